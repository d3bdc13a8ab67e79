"""Request lines: methods, spaces, versions, what may stand before them, and other protocols."""
from wire.rows import HIDDEN, HOST, LAST, Seen, answered, chunked, closes, get, passes, post, refused, shown, sized

LINE, VERSION, METHOD = "wire.request_line", "wire.version", "wire.method"
REST = HOST + b"\r\n"


def line(text):
    return text + b"\r\n" + REST


SPACES = [
    ("two spaces behind the method", b"GET  /wire/x HTTP/1.1"),
    ("two spaces before the version", b"GET /wire/x  HTTP/1.1"),
    ("a space before the method", b" GET /wire/x HTTP/1.1"),
    ("a tab before the method", b"\tGET /wire/x HTTP/1.1"),
    ("a space behind the version", b"GET /wire/x HTTP/1.1 "),
    ("a tab behind the version", b"GET /wire/x HTTP/1.1\t"),
    ("a tab behind the method", b"GET\t/wire/x HTTP/1.1"),
    ("a no-break space behind the method", b"GET\xa0/wire/x HTTP/1.1"),
    ("a next-line byte behind the method", b"GET\x85/wire/x HTTP/1.1"),
    ("a space in the target", b"GET /wire/x y HTTP/1.1"),
    ("a space in the target before what looks like a version", b"GET /wire/x HTTP/1.1 HTTP/1.1"),
    ("a space within the version", b"GET /wire/x HTTP/1. 1"),
    ("a space behind HTTP", b"GET /wire/x HTTP /1.1"),
    ("no method", b" /wire/x HTTP/1.1"),
    ("no target", b"GET HTTP/1.1"),
    ("an empty target", b"GET  HTTP/1.1"),
    ("a version alone", b"HTTP/1.1"),
    ("a method alone", b"GET"),
    ("a space alone", b" "),
    ("a field before the request line", b"Host: localhost"),
    ("a status line", b"HTTP/1.1 200 OK"),
    ("a byte order mark before the method", b"\xef\xbb\xbfGET /wire/x HTTP/1.1"),
    ("a PROXY line within TLS", b"PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\nGET /wire/x HTTP/1.1"),
]

BAD_METHODS = [b"GE(T", b"GET)", b"G,T", b"/GET", b"GET:", b"G;T", b"<GET", b"G=T", b"GE@T", b"[GET]", b"G\\T", b"{GET}",
               b'"GET"', b"GE\xc3\x89T", b"GET\xad"]

OTHER_VERSIONS = [b"HTTP/0.0", b"HTTP/0.9", b"HTTP/1.2", b"HTTP/1.9", b"HTTP/2.0", b"HTTP/3.0", b"HTTP/9.9", b"HTTP/2.1"]
NO_VERSIONS = [b"HTTP/1", b"HTTP/1.", b"HTTP/.1", b"HTTP/11", b"HTTP/1.10", b"HTTP/1.01", b"HTTP/01.1", b"HTTP/1.1.1",
               b"HTTP/1,1", b"HTTP/+1.1", b"HTTP/1.-1", b"HTTP/A.1", b"HTTP/1.1;", b"HTTP\\1.1", b"HTTP//1.1", b"HTTP-1.1",
               b"HTTP1.1", b"http/1.1", b"Http/1.1", b"HTTPS/1.1", b"SHTTP/1.1", b"ICY/1.1", b"RTSP/1.0", b"HTTP/\xef\xbc\x91.1",
               b"1.1", b"/HTTP/1.1"]

# Places of a request line, and what stands in for the byte at hand.
PLACES = [
    ("before the method", b"%sGET /wire/x HTTP/1.1"),
    ("within the method", b"G%sT /wire/x HTTP/1.1"),
    ("behind the method", b"GET%s /wire/x HTTP/1.1"),
    ("for the first space", b"GET%s/wire/x HTTP/1.1"),
    ("within the path", b"GET /wire/%sx HTTP/1.1"),
    ("within the query", b"GET /wire/x?a=%s HTTP/1.1"),
    ("for the second space", b"GET /wire/x%sHTTP/1.1"),
    ("within the version", b"GET /wire/x HTTP/%s1.1"),
    ("behind the version", b"GET /wire/x HTTP/1.1%s"),
]
CONTROLS = [
    ("NUL", b"\0", "wire.nul"),
    ("backspace", b"\x08", "wire.control"),
    ("vertical tab", b"\x0b", "wire.control"),
    ("form feed", b"\x0c", "wire.control"),
    ("escape", b"\x1b", "wire.control"),
    ("unit separator", b"\x1f", "wire.control"),
    ("DEL", b"\x7f", "wire.control"),
    ("bare CR", b"\r", "wire.bare_cr"),
    ("bare LF", b"\n", "wire.bare_lf"),
]

ROWS = [
    *[refused(name, "RFC 9112 3", line(text), 400, LINE) for name, text in SPACES],
    refused("a method and a space", "RFC 9112 3", line(b"GET "), 400, LINE),
    refused("a no-break space before the version: read as HTTP/0.9", "RFC 9112 3", line(b"GET /wire/x\xa0HTTP/1.1"), 505, VERSION),
    refused("a tab before the version: read as HTTP/0.9", "RFC 9112 3", line(b"GET /wire/x\tHTTP/1.1"), 505, VERSION),
    *[refused("no token as a method: " + shown(method), "RFC 9110 9.1", get(method=method), 400, LINE) for method in BAD_METHODS],
    *[refused(f"{what} {where}", "RFC 9112 2.2" if what.startswith("bare") else "RFC 9110 5.5", line(text % byte), 400, reason)
      for where, text in PLACES for what, byte, reason in CONTROLS],

    refused("HTTP/0.9", "RFC 9112 2.3", b"GET /wire/x\r\n\r\n", 505, VERSION),
    refused("HTTP/0.9 with fields", "RFC 9112 2.3", line(b"GET /wire/x"), 505, VERSION),
    refused("HTTP/0.9 with a space behind it", "RFC 9112 3", line(b"GET /wire/x "), 400, LINE),
    refused("HTTP/0.9 with a hidden request at once", "RFC 9112 2.3", b"GET /wire/x\r\n" + HIDDEN, 505, VERSION),
    *[refused("another version: " + shown(version), "RFC 9112 2.3", get(version=version), 505, VERSION)
      for version in OTHER_VERSIONS],
    *[refused("no version: " + shown(version), "RFC 9112 2.3", get(version=version), 400, LINE) for version in NO_VERSIONS],
    refused("the preface of HTTP/2", "RFC 9113 3.4", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, VERSION),
    refused("the preface of HTTP/2 as 1.1", "RFC 9113 3.4", b"PRI * HTTP/1.1\r\nHost: localhost\r\n\r\nSM\r\n\r\n", 400,
            "wire.target_form"),

    *[refused("a tunnel: " + shown(method), "RFC 9110 9.3.6", get(b"localhost:443", method=method), 405, METHOD)
      for method in (b"CONNECT", b"connect", b"cOnNeCt")],
    refused("CONNECT to a path", "RFC 9110 9.3.6", get(method=b"CONNECT"), 405, METHOD),
    refused("CONNECT with a body", "RFC 9110 9.3.6", sized(HIDDEN, target=b"localhost:443", method=b"CONNECT"), 405, METHOD),
    *[refused("an echo: " + shown(method), "RFC 9110 9.3.8", get(method=method), 405, METHOD)
      for method in (b"TRACE", b"trace", b"TrAcE")],
    refused("TRACE with a body", "RFC 9110 9.3.8", sized(method=b"TRACE"), 405, METHOD),
    refused("TRACE with a chunked body", "RFC 9110 9.3.8", chunked(LAST, method=b"TRACE"), 405, METHOD),
    refused("TRACE with Max-Forwards", "RFC 9110 7.6.2", get(b"/wire/x", b"Max-Forwards: 0", method=b"TRACE"), 405, METHOD),
    *[answered("a method that no function takes: " + shown(method), "RFC 9110 9.1", get(method=method),
               (405, "method.not_allowed"))
      for method in (b"get", b"Get", b"GETS", b"G", b"PROPFIND", b"TRACK", b"DEBUG", b"X-GET", b"!#$%&'*+-.^_`|~", b"A" * 200)],
    answered("a method that no function takes, with a body", "RFC 9110 9.1", sized(b"{}", method=b"REPORT"),
             (405, "method.not_allowed")),

    passes("one empty line before the request", "RFC 9112 2.2", b"\r\n" + get(), Seen("GET /wire/x HTTP/1.1")),
    refused("two empty lines before the request", "RFC 9112 2.2", b"\r\n\r\n" + get(), 400, "wire.empty_line"),
    refused("many empty lines", "RFC 9112 2.2", b"\r\n" * 5000, 400, "wire.empty_line"),
    refused("CR CR LF before the request", "RFC 9112 2.2", b"\r\r\n" + get(), 400, "wire.bare_cr"),
    refused("a line of one space before the request", "RFC 9112 2.2", b" \r\n" + get(), 400, LINE),
    refused("an empty line and a fold", "RFC 9112 2.2", b"\r\n " + get(), 400, LINE),
    passes("an empty line behind a body, as old browsers sent it", "RFC 9112 2.2", sized(b"{}") + b"\r\n",
           Seen("POST /wire/x HTTP/1.1", b"{}")),
    answered("two empty lines behind a body", "RFC 9112 2.2", sized(b"{}") + b"\r\n\r\n" + HIDDEN, 200, (400, "wire.empty_line"),
             seen=[Seen("POST /wire/x HTTP/1.1", b"{}")], ends=True),

    refused("a TLS handshake within TLS", "RFC 9112 2.2", b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + b"x" * 64, 400,
            "wire.control"),
    refused("a greeting of SMTP", "RFC 9112 3", b"EHLO mail.example\r\nMAIL FROM:<a@b>\r\n\r\n", 400, LINE),
    refused("a command of Redis", "RFC 9112 3", b"*1\r\n$4\r\nPING\r\n\r\n", 400, LINE),
    refused("a greeting of SSH", "RFC 9112 3", b"SSH-2.0-OpenSSH_9.2\r\n\r\n", 400, LINE),
    refused("a record of memcached", "RFC 9112 3", b"set key 0 0 2\r\n{}\r\n\r\n", 400, LINE),

    *[passes("an ordinary " + method.decode(), "RFC 9110 9.3", get(method=method), Seen(method.decode() + " /wire/x HTTP/1.1"))
      for method in (b"GET", b"DELETE", b"OPTIONS", b"PUT", b"PATCH", b"POST")],
    passes("an ordinary HEAD", "RFC 9110 9.3.2", get(method=b"HEAD"), Seen("HEAD /wire/x HTTP/1.1"), head=(0,)),
    closes("HTTP/1.0", "RFC 9112 C.2.2", get(version=b"HTTP/1.0"), Seen("GET /wire/x HTTP/1.1", fields={"Via": "1.0 penstock"})),
    closes("HTTP/1.0 with a body", "RFC 9112 C.2.2", post(b"Content-Length: 2", body=b"{}", version=b"HTTP/1.0"),
           Seen("POST /wire/x HTTP/1.1", b"{}")),
    closes("HTTP/1.0 without Host", "RFC 9112 C.2.1", get(version=b"HTTP/1.0", host=b""), Seen("GET /wire/x HTTP/1.1")),
]
