"""Targets are routed, judged and passed on as they came: whatever decoding or normalising could make mean
something else is refused (RFC 9112 section 3.2, RFC 3986 sections 3.3, 5.2.4 and 6.2.2)."""
from wire.row import HOST, MARK, answered, get, passes, refused

OPEN = b"/open/" + MARK
DOTS = [b".", b"..", b"%2e", b"%2E%2e", b".%2e", b"%2e.", b"%252e%252e", b"%25%32%65%2e", b"%25252e.", b"%2525%32%65.", b"..;", b"..;a=b", b".;x", b"%2e%2e;",
        b"..%3b", b"%2e%3ba"]
RAW = b'<>"{}|^`\\'  # RFC 3986 has none of them in a URI


def dots():
    for dot in DOTS:
        name = dot.decode()
        yield refused("3986 5.2.4", f"segment {name} in the middle", get(OPEN + b"/" + dot + b"/x"), 400, "wire.target_dot_segment")
        yield refused("3986 5.2.4", f"segment {name} at the end", get(OPEN + b"/" + dot), 400, "wire.target_dot_segment")
        yield refused("3986 5.2.4", f"segment {name} at the start", get(b"/" + dot + OPEN), 400, "wire.target_dot_segment")
    for fine in (b"...", b"..a", b"a..", b".well-known", b"a.b", b"%2e%2e%2e"):
        yield passes("3986 5.2.4", f"segment {fine.decode()} climbs nowhere", get(OPEN + b"/" + fine))


def separators():
    for encoded in (b"%2f", b"%2F", b"%5c", b"%5C", b"%252f", b"%25252f", b"%255c", b"%25%32%66", b"%%32%66"):
        code = "wire.target_escape" if encoded.startswith(b"%%") else "wire.target_encoded"
        yield refused("3986 2.2", f"{encoded.decode()} in the path", get(OPEN + encoded + b"x"), 400, code)
    yield refused("3986 3.3", "a backslash for a slash", get(b"\\open\\" + MARK), 400, "wire.target_form")
    yield refused("3986 3.3", "a backslash behind the route", get(OPEN + b"\\..\\x"), 400, "wire.target_byte")
    for why, target in (("two slashes first", b"//open/" + MARK), ("an empty segment", b"/open//" + MARK),
                        ("three slashes", b"/open///" + MARK)):
        yield refused("3986 3.3", why, get(target), 400, "wire.target_empty_segment")


def escapes():
    for byte in (0x00, 0x01, 0x08, 0x09, 0x0a, 0x0d, 0x1b, 0x1f, 0x7f):
        yield refused("3986 2.1", f"encoded byte {byte:#04x} in the path", get(OPEN + b"%%%02x" % byte), 400, "wire.target_encoded")
        yield refused("3986 2.1", f"twice encoded byte {byte:#04x} in the path", get(OPEN + b"%%25%02x" % byte), 400,
                      "wire.target_encoded")
    yield refused("3986 2.1", "encoded NUL in the query", get(OPEN + b"?a=%00"), 400, "wire.target_encoded")
    for broken in (b"%", b"%2", b"%zz", b"%2g", b"%g2", b"%u0041", b"%-1", b"%%"):
        yield refused("3986 2.1", f"broken escape {broken.decode()} in the path", get(OPEN + broken), 400, "wire.target_escape")
        yield refused("3986 2.1", f"broken escape {broken.decode()} in the query", get(OPEN + b"?a=" + broken), 400,
                      "wire.target_escape")
    for fine in (b"%20", b"%41", b"%c3%a9", b"%E2%82%AC", b"%f0%9f%9a%80", b"%25", b"%3a", b"%3F"):
        yield passes("3986 2.1", f"escape {fine.decode()} goes on as it came", get(OPEN + b"/" + fine))


def utf8():
    for why, encoded in (
            ("an overlong slash of two bytes", b"%c0%af"), ("an overlong slash of three bytes", b"%e0%80%af"),
            ("an overlong slash of four bytes", b"%f0%80%80%af"), ("an overlong dot", b"%c0%ae"), ("an overlong NUL", b"%c0%80"),
            ("a lone continuation byte", b"%80"), ("a lead byte alone", b"%c3"), ("a lead byte and a letter", b"%c3a"),
            ("two of three bytes", b"%e2%82"), ("a surrogate", b"%ed%a0%80"), ("beyond U+10FFFF", b"%f4%90%80%80"),
            ("a byte that never occurs", b"%ff"), ("Latin-1", b"%e9")):
        yield refused("3629 3", f"{why} in the path", get(OPEN + b"/" + encoded), 400, "wire.target_utf8")


def raw_bytes():
    for byte in RAW:
        c = bytes([byte])
        yield refused("3986 2", f"{chr(byte)} in the path", get(OPEN + c), 400, "wire.target_byte")
        if c in b"{}|^`":
            yield passes("3986 3.4", f"{chr(byte)} in the query, which browsers leave raw", get(OPEN + b"?a=" + c))
        else:
            yield refused("3986 2", f"{chr(byte)} in the query", get(OPEN + b"?a=" + c), 400, "wire.target_byte")
    for byte in (0x80, 0xa0, 0xc3, 0xe9, 0xff):
        yield refused("3986 2", f"raw byte {byte:#04x} in the path", get(OPEN + bytes([byte])), 400, "wire.target_byte")
        yield refused("3986 2", f"raw byte {byte:#04x} in the query", get(OPEN + b"?a=" + bytes([byte])), 400, "wire.target_byte")
    for why, target in (("a fragment", OPEN + b"#x"), ("an empty fragment", OPEN + b"#"), ("a fragment behind a query", OPEN + b"?a#b"),
                        ("a fragment in place of a path", b"/#" + MARK)):
        yield refused("9112 3.2.1", why, get(target), 400, "wire.target_byte")


def forms():
    for why, target, code in (
            ("no slash first", b"open/" + MARK, "wire.target_form"), ("an authority", b"localhost:443", "wire.target_form"),
            ("an asterisk for GET", b"*", "wire.target_form"), ("an asterisk and more", b"*" + MARK, "wire.target_form"),
            ("a query alone", b"?" + MARK, "wire.target_form"), ("another scheme", b"ftp://localhost" + OPEN, "wire.target_form"),
            ("a file", b"file:///etc/passwd", "wire.target_form"), ("a script", b"javascript:alert(1)", "wire.target_form"),
            ("a scheme with one slash", b"http:/localhost" + OPEN, "wire.target_form"),
            ("a scheme without slashes", b"http:localhost" + OPEN, "wire.target_form"),
            ("backslashes behind the scheme", b"http:\\\\localhost" + OPEN, "wire.target_form"),
            ("another host", b"http://other" + OPEN, "wire.authority"), ("no host", b"http://" + OPEN, "wire.authority"),
            ("a user before the host", b"http://localhost@other" + OPEN, "wire.authority"),
            ("our host as the user", b"http://localhost:x@other" + OPEN, "wire.authority"),
            ("another port", b"http://localhost:81" + OPEN, "wire.authority"),
            ("port nought", b"http://localhost:0" + OPEN, "wire.authority"),
            ("an encoded host", b"http://%6cocalhost" + OPEN, "wire.authority"),
            ("a host behind a backslash", b"http://other\\@localhost" + OPEN, "wire.authority"),
            ("a fragment for a path", b"http://localhost#" + OPEN, "wire.authority"),
            ("a query for a path", b"http://localhost?" + MARK, "wire.target_form"),
            ("dot segments in it", b"http://localhost/open/../" + MARK, "wire.target_dot_segment")):
        yield refused("9112 3.2.2", f"target: {why}", get(target), 400, code)
    for scheme in (b"http", b"https", b"HTTP", b"Https"):
        yield passes("9112 3.2.2", f"absolute form with {scheme.decode()}", get(scheme + b"://localhost" + OPEN),
                     line=b"GET " + OPEN + b" HTTP/1.1")
    yield passes("9112 3.2.2", "absolute form with another case of the host", get(b"http://LOCALHOST" + OPEN),
                 line=b"GET " + OPEN + b" HTTP/1.1")
    yield answered("9112 3.2.4", "OPTIONS for the server as a whole", b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", 404, None)
    yield answered("9112 3.2.1", "a path that leads nowhere", get(b"/nowhere/" + MARK), 404, None)


def rows():
    for subject in (dots, separators, escapes, utf8, raw_bytes, forms):
        yield from subject()
    for why, tail in (("a query", b"?a=1&b=2"), ("an empty query", b"?"), ("slashes in the query", b"?next=/a/../b"),
                      ("a second question mark", b"?a?b"), ("sub-delimiters", b"/!$&'()*+,=:@"), ("a parameter", b"/x;v=1"),
                      ("a tilde", b"/~x"), ("a trailing slash", b"/")):
        yield passes("3986 3", f"target with {why}", get(OPEN + tail))
