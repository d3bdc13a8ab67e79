"""The request line: method, one space, target, one space, version, CRLF (RFC 9112 section 3)."""
from wire.row import HIDDEN, HOST, JSON, MARK, answered, get, passes, refused

PATH = b"/open/" + MARK
REST = HOST + b"\r\n"
# Of each kind one: NUL, C0 with and without a meaning, the white space that some readers split at, DEL.
CONTROLS = (0x00, 0x01, 0x07, 0x08, 0x0b, 0x0c, 0x1b, 0x1c, 0x1f, 0x7f)


def spacing():
    for why, line in (
            ("two spaces before the target", b"GET  " + PATH + b" HTTP/1.1"),
            ("two spaces before the version", b"GET " + PATH + b"  HTTP/1.1"),
            ("a tab before the target", b"GET\t" + PATH + b" HTTP/1.1"),
            ("a tab before the version", b"GET " + PATH + b"\tHTTP/1.1"),
            ("a space behind the version", b"GET " + PATH + b" HTTP/1.1 "),
            ("a tab behind the version", b"GET " + PATH + b" HTTP/1.1\t"),
            ("a space in the target", b"GET " + PATH + b" x HTTP/1.1"),
            ("a second target", b"GET " + PATH + b" /open/hidden HTTP/1.1"),
            ("a space before the method", b" GET " + PATH + b" HTTP/1.1"),
            ("a tab before the method", b"\tGET " + PATH + b" HTTP/1.1"),
            ("no target", b"GET HTTP/1.1"),
            ("an empty target", b"GET  HTTP/1.1"),
            ("a method alone", b"GET"),
            ("a method and a space", b"GET "),
            ("a no-break space before the version", b"GET " + PATH + b"\xa0HTTP/1.1"),
            ("something behind the version", b"GET " + PATH + b" HTTP/1.1 x")):
        status, reason = (505, "wire.version") if why.startswith(("a tab before the version", "a no-break")) else (400, None)
        yield refused("9112 3", why, line + b"\r\n" + REST, status, reason)


def versions():
    for version, why in (
            (b"HTTP/1.2", "a minor version that is none yet"), (b"HTTP/1.9", "the last minor version"),
            (b"HTTP/2.0", "HTTP/2 in HTTP/1 form"), (b"HTTP/3.0", "HTTP/3 in HTTP/1 form"), (b"HTTP/0.9", "0.9 spelled out"),
            (b"HTTP/0.0", "version nought"), (b"HTTP/9.9", "version 9.9")):
        yield refused("9110 2.5", why, b"GET " + PATH + b" " + version + b"\r\n" + REST, 505, "wire.version")
    for version, why in (
            (b"http/1.1", "lower case"), (b"Http/1.1", "mixed case"), (b"HTTP/1", "no minor version"), (b"HTTP/1.", "no digit"),
            (b"HTTP/.1", "no major version"), (b"HTTP/1.1.1", "three numbers"), (b"HTTP/01.1", "a leading zero"),
            (b"HTTP/1.01", "a zero in the minor version"), (b"HTTP/1.10", "two digits"), (b"HTTP/11", "no dot"),
            (b"HTTP/1,1", "a comma"), (b"HTTP/1-1", "a dash"), (b"HTTP/+1.1", "a sign"), (b"HTTP/1.-1", "a negative minor version"),
            (b"HTTP 1.1", "a space for the slash"), (b"HTTP\\1.1", "a backslash"), (b"HTTPS/1.1", "HTTPS"), (b"HTP/1.1", "HTP"),
            (b"ICY/1.1", "another protocol"), (b"HTTP/x.y", "letters"), (b"HTTP/1.\xb2", "a superscript two"),
            (b"HTTP/1.1;a", "a parameter"), (b"RTSP/1.0", "RTSP")):
        yield refused("9112 2.3", f"version: {why}", b"GET " + PATH + b" " + version + b"\r\n" + REST, 400, "wire.request_line")
    yield refused("9112 2.3", "no version: HTTP/0.9", b"GET " + PATH + b"\r\n" + REST, 505, "wire.version")
    yield refused("9113 3.4", "the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "wire.version", hidden=False)
    yield passes("9112 2.3", "HTTP/1.0 with Host", b"GET " + PATH + b" HTTP/1.0\r\n" + REST,
                 line=b"GET " + PATH + b" HTTP/1.1", ends=True)
    yield passes("9112 2.3", "HTTP/1.0 without Host", b"GET " + PATH + b" HTTP/1.0\r\n\r\n",
                 line=b"GET " + PATH + b" HTTP/1.1", ends=True)


def methods():
    for method, why in (
            (b"GE(T", "a bracket"), (b"G@T", "an at sign"), (b"POST:", "a colon"), (b'"GET"', "quotes"), (b"G\xc9T", "a byte above 127"),
            (b"G/T", "a slash"), (b"GET,POST", "a comma"), (b"G=T", "an equals sign"), (b"{GET}", "braces"), (b"G?T", "a question mark")):
        yield refused("9110 9.1", f"method with {why}", method + b" " + PATH + b" HTTP/1.1\r\n" + REST, 400, "wire.request_line")
    for method, why in ((b"TRACE", "echoes credentials"), (b"trace", "folded by some"), (b"TrAcE", "folded by some"),
                        (b"connect", "folded by some")):
        yield refused("9110 9.3.8", f"{method.decode()}: {why}", method + b" " + PATH + b" HTTP/1.1\r\n" + REST, 405, "wire.method")
    yield refused("9110 9.3.6", "CONNECT in its own form", b"CONNECT localhost:443 HTTP/1.1\r\n" + REST, 405, "wire.method")
    yield refused("9110 9.3.6", "CONNECT to a path", b"CONNECT " + PATH + b" HTTP/1.1\r\n" + REST, 405, "wire.method")
    for method, why in ((b"BREW", "nobody knows"), (b"get", "not GET: methods are case-sensitive"), (b"Post", "not POST"),
                        (b"M-SEARCH", "a token with a dash"), (b"X" * 100, "of a hundred letters"), (b"DELETE", "that is known"),
                        (b"PATCH", "that is known, too"), (b"OPTIONS", "that asks for methods"), (b"!#$%&'*+-.^_`|~", "of tchar alone")):
        yield answered("9110 9.1", f"a method {why}", method + b" " + PATH + b" HTTP/1.1\r\n" + REST, 405, "method.not_allowed")


def controls():
    for byte in CONTROLS:
        c = bytes([byte])
        code = "wire.nul" if byte == 0 else "wire.control"
        for where, line in (("in the method", b"GE" + c + b"T " + PATH + b" HTTP/1.1"),
                            ("before the method", c + b"GET " + PATH + b" HTTP/1.1"),
                            ("in the target", b"GET " + PATH + c + b" HTTP/1.1"),
                            ("in the version", b"GET " + PATH + b" HTTP/1" + c + b".1"),
                            ("behind the version", b"GET " + PATH + b" HTTP/1.1" + c)):
            yield refused("9112 2.2", f"byte {byte:#04x} {where}", line + b"\r\n" + REST, 400, code)


def line_ends():
    for why, line, code in (
            ("LF alone", b"GET " + PATH + b" HTTP/1.1\n", "wire.bare_lf"),
            ("CR alone", b"GET " + PATH + b" HTTP/1.1\r", "wire.bare_cr"),
            ("CR CR LF", b"GET " + PATH + b" HTTP/1.1\r\r\n", "wire.bare_cr"),
            ("LF CR", b"GET " + PATH + b" HTTP/1.1\n\r", "wire.bare_lf"),
            ("CR within the target", b"GET /open/\r" + MARK + b" HTTP/1.1\r\n", "wire.bare_cr"),
            ("LF within the target", b"GET /open/\n" + MARK + b" HTTP/1.1\r\n", "wire.bare_lf")):
        yield refused("9112 2.2", f"request line ended by {why}", line + REST, 400, code)


def empty_lines():
    good = get(PATH)
    yield passes("9112 2.2", "one empty line first, which a server should ignore", b"\r\n" + good)
    for why, start, code in (("two empty lines first", b"\r\n\r\n", "wire.empty_line"), ("an LF first", b"\n", "wire.bare_lf"),
                             ("a CR first", b"\r", "wire.bare_cr"), ("LF CR first", b"\n\r", "wire.bare_lf"),
                             ("a hundred empty lines first", b"\r\n" * 100, "wire.empty_line"),
                             ("an empty line and a space first", b"\r\n ", None), ("a NUL first", b"\0", "wire.nul"),
                             ("a byte-order mark first", b"\xef\xbb\xbf", "wire.request_line")):
        yield refused("9112 2.2", why, start + good, 400, code)


def other_protocols():
    for why, sent, status in (
            ("a TLS hello within TLS", b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03\r\n\r\n", 400),
            ("a Redis command", b"*1\r\n$4\r\nPING\r\n\r\n", None), ("SMTP", b"EHLO localhost\r\n\r\n", None),
            ("an SSH banner", b"SSH-2.0-OpenSSH_9.2\r\n\r\n", None), ("a PROXY header", b"PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\n", 400),
            ("a status line", b"HTTP/1.1 200 OK\r\n\r\n", 400)):
        yield refused("9112 3", why, sent, status, None)


def rows():
    for subject in (spacing, versions, methods, controls, line_ends, empty_lines, other_protocols):
        yield from subject()
    yield passes("9112 3", "an ordinary GET", get(PATH))
    yield passes("9112 3", "an ordinary POST", b"POST " + PATH + b" HTTP/1.1\r\n" + HOST + JSON + b"Content-Length: 2\r\n\r\n{}", b"{}")
    yield refused("9112 9.3", "an LF behind the head", get(PATH)[:-2] + b"\n" + HIDDEN, 400, "wire.bare_lf")
