"""What a row of the suite is, and the few words from which raw requests are built."""
import dataclasses

HOST = b"Host: localhost\r\n"
TYPE = b"Content-Type: application/json\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
LAST = b"0\r\n\r\n"

# Behind whatever ends the connection stands a request that nobody may ever see. Behind every row stands
# one that ends it, so that its end says how many answers there were, and nothing waits for a deadline.
HIDDEN = b"GET /wire/hidden HTTP/1.1\r\nHost: localhost\r\n\r\n"
AFTER = b"GET /wire/after HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@dataclasses.dataclass(frozen=True)
class Seen:
    """A request as the function must have got it: its line, its body, and fields: name to value, to a
    list of them, or to None, which must not be there."""
    line: str
    body: bytes = b""
    fields: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Row:
    name: str       # what is odd about it, and so why it is here
    source: str     # where the rule stands: "RFC 9112 6.3"; "docs/wire.md" where it is ours and narrower
    raw: bytes      # what the caller sends
    answers: tuple  # of (status, reason): in this order, and no more; reason None: the function's own answer
    seen: tuple     # of Seen: what reached the function, in this order, and no more
    closes: bool    # the gateway ends the connection behind the last answer
    head: tuple = ()       # numbers of the answers that are heads alone, because HEAD asked for them
    waits: bool = False    # the body is sent when 100 Continue is there
    hasty: bool = False    # the body comes while 100 Continue may be on its way

    @property
    def continues(self):
        """How many 100 Continue there may be."""
        return (1,) if self.waits else (0, 1) if self.hasty else (0,)

    @property
    def sent(self):
        """The bytes with the request that tells where the connection stands."""
        return self.raw + (HIDDEN if self.closes else b"") + AFTER


def refused(name, source, raw, status, reason):
    """Answered once by the gateway, which then closes; the function sees nothing."""
    return Row(name, source, raw, ((status, reason),), (), True)


def passes(name, source, raw, *seen, **more):
    """Every request is answered by the function, and the connection goes on."""
    return Row(name, source, raw, ((200, None),) * len(seen), seen, False, **more)


def closes(name, source, raw, *seen, **more):
    """As passes, but the last request ends the connection."""
    return Row(name, source, raw, ((200, None),) * len(seen), seen, True, **more)


def answered(name, source, raw, *answers, seen=(), ends=False, **more):
    """Answered in this order: by a (status, reason) of the gateway or by 200 of the function."""
    pairs = tuple((answer, None) if isinstance(answer, int) else answer for answer in answers)
    return Row(name, source, raw, pairs, tuple(seen), ends, **more)


def get(target=b"/wire/x", *fields, version=b"HTTP/1.1", host=HOST, method=b"GET"):
    """A request without a body; fields without their CRLF."""
    return method + b" " + target + b" " + version + b"\r\n" + host + lines(*fields) + b"\r\n"


def post(*fields, body=b"", target=b"/wire/x", version=b"HTTP/1.1", method=b"POST"):
    """A request with a body whose framing is among the fields."""
    return method + b" " + target + b" " + version + b"\r\n" + HOST + TYPE + lines(*fields) + b"\r\n" + body


def sized(body=b"{}", *fields, **more):
    """A request with a body of a correct length."""
    return post(b"Content-Length: %d" % len(body), *fields, body=body, **more)


def chunked(body, *fields, **more):
    """A chunked request; `body` is what is on the wire."""
    return post(b"Transfer-Encoding: chunked", *fields, body=body, **more)


def chunk(data, extension=b""):
    return b"%x%s\r\n%s\r\n" % (len(data), extension, data)


def lines(*fields):
    return b"".join(field + b"\r\n" for field in fields)


def shown(data):
    """Bytes in a name: short and readable."""
    text = data.decode("latin-1").encode("unicode_escape").decode()
    return text if len(text) <= 40 else text[:37] + "..."
