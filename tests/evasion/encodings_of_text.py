"""Layers that a function undoes before it uses a text. Each takes a text and gives another with the same meaning."""
import base64
import gzip
import json
import urllib.parse

SPECIAL = set("'\"`<>(){}[]|&;$%=/\\*#.:,!@^~+ \n\t")
LOOKALIKE = {"'": "\u02bc", '"': "\uff02", "<": "\uff1c", ">": "\uff1e", "(": "\uff08", ")": "\uff09", "/": "\uff0f",
             "=": "\uff1d", ";": "\uff1b", "|": "\uff5c", ".": "\uff0e", "&": "\uff06", "$": "\uff04", "{": "\uff5b",
             "}": "\uff5d", "%": "\uff05", "*": "\uff0a", "-": "\uff0d", "#": "\uff03", ":": "\uff1a", "\\": "\uff3c"}


def percent(text, draw):
    """Everything, or what RFC 3986 does not call unreserved."""
    if draw.random() < 0.3:
        return "".join(f"%{byte:02x}" for byte in text.encode(errors="surrogatepass"))
    return urllib.parse.quote(text, safe="", errors="surrogatepass")


def percent_some(text, draw):
    """Special characters alone, each or not; lower and upper digits. '%' always, or it would say something else."""
    return "".join(
        "".join(f"%{byte:02{draw.choice('xX')}}" for byte in c.encode()) if c == "%" or (c in SPECIAL and draw.random() < 0.8)
        else c for c in text)


def percent_u(text, draw):
    return "".join(f"%u{ord(c):04x}" if c in SPECIAL and ord(c) < 0x10000 else c for c in text)


def entities(text, draw):
    """'&' always, or it would say something else."""
    forms = (lambda c: f"&#{ord(c)};", lambda c: f"&#x{ord(c):x};", lambda c: f"&#{ord(c):07d};", lambda c: f"&#X{ord(c):04X};")
    return "".join(draw.choice(forms)(c) if c == "&" or (c in SPECIAL and draw.random() < 0.8) else c for c in text)


def escapes(text, draw):
    """As JavaScript, Java, Python and JSON write characters; the backslash always."""
    def one(c):
        if ord(c) > 0xffff:
            return c
        return f"\\x{ord(c):02x}" if ord(c) < 0x80 and draw.random() < 0.4 else f"\\u{ord(c):04x}"
    return "".join(one(c) if c == "\\" or (c in SPECIAL and draw.random() < 0.9) else c for c in text)


def json_string(text, draw):
    """A document within a text, as queues and notifications carry it."""
    return json.dumps({"id": draw.randrange(1000), "payload": text}, ensure_ascii=draw.random() < 0.5)


def form_field(text, draw):
    return urllib.parse.urlencode([("id", draw.randrange(1000)), ("name", text)], errors="surrogatepass")


def base64_standard(text, draw):
    return base64.b64encode(text.encode(errors="surrogatepass")).decode()


def base64_url(text, draw):
    return base64.urlsafe_b64encode(text.encode(errors="surrogatepass")).decode().rstrip("=")


def base64_gzip(text, draw):
    return base64.b64encode(gzip.compress(text.encode(errors="surrogatepass"), mtime=0)).decode()


def hexadecimal(text, draw):
    return text.encode(errors="surrogatepass").hex()


def lookalikes(text, draw):
    """Full-width forms and other quotes, which databases and converters turn into ASCII."""
    return "".join(LOOKALIKE.get(c, c) if draw.random() < 0.7 else c for c in text)


TEXTUAL = [percent, percent_some, percent_u, entities, escapes]
WHOLE = [json_string, base64_standard, base64_url, base64_gzip, hexadecimal]
# What has to be short of its special characters stays readable to the next layer: base64 shorter than a word is none.
LEAST_WHOLE = 12


def layers(text, draw, most):
    """Up to `most` of them, one around the other; their names and the text."""
    names = []
    for _ in range(draw.randint(0, most)):
        choice = draw.choice(TEXTUAL + WHOLE if len(text) >= LEAST_WHOLE else TEXTUAL)
        text = choice(text, draw)
        names.append(choice.__name__)
    return names, text
