"""Where a body ends: Content-Length and Transfer-Encoding, one of them, once, in its plainest form
(RFC 9112 sections 6.1 to 6.3). Behind each refused request stands another that must not be served."""
from wire.row import HEAD, HOST, JSON, MARK, Row, get, passes, post, refused

CHUNKED = b"Transfer-Encoding: chunked\r\n"
BODY = b"0\r\n\r\n"


def lengths():
    for why, value in (
            ("empty", b""), ("a plus sign", b"+2"), ("a minus sign", b"-2"), ("minus nought", b"-0"), ("hexadecimal", b"0x2"),
            ("a hexadecimal digit", b"a"), ("octal", b"0o2"), ("binary", b"0b10"), ("a fraction", b"2.0"), ("an exponent", b"2e0"),
            ("a space within", b"1 2"), ("a tab within", b"1\t2"), ("a comma", b"2,"), ("a list of equals", b"2, 2"),
            ("a list without a space", b"2,2"), ("a list of others", b"2, 22"), ("a list with an empty part", b",2"),
            ("a semicolon", b"2;2"), ("quotes", b'"2"'), ("an underscore", b"1_0"), ("a word", b"two"), ("nothing but a sign", b"+"),
            ("a superscript two", b"\xb2"), ("a full-width two", b"\xef\xbc\x92"), ("2^63", b"9223372036854775808"),
            ("2^64 - 1", b"18446744073709551615"), ("2^64", b"18446744073709551616"), ("2^64 + 2, which wraps to 2", b"18446744073709551618"),
            ("2^32 squared", b"1" + b"0" * 40), ("twenty zeros and a two", b"0" * 20 + b"2"), ("a thousand digits", b"9" * 1000),
            ("a letter behind it", b"2x"), ("a letter before it", b"x2"), ("a percent sign", b"%32"), ("an ampersand", b"2&2")):
        yield refused("9112 6.3", f"length: {why}", HEAD + b"Content-Length: " + value + b"\r\n\r\n{}", 400, "wire.length")
    for byte, code in ((0x00, "wire.nul"), (0x01, "wire.control"), (0x0b, "wire.control"), (0x0c, "wire.control"), (0x1f, "wire.control"),
                       (0x7f, "wire.control")):
        for where, value in (("before", bytes([byte]) + b"2"), ("behind", b"2" + bytes([byte]))):
            yield refused("9110 5.5", f"length: byte {byte:#04x} {where} it", HEAD + b"Content-Length: " + value + b"\r\n\r\n{}", 400, code)
    for why, value in (("spaces around it", b"  2  "), ("tabs around it", b"\t2\t"), ("a zero first", b"02"), ("no space", None)):
        field = b"Content-Length:2\r\n" if value is None else b"Content-Length: " + value + b"\r\n"
        yield passes("9110 5.5", f"length: {why}", HEAD + field + b"\r\n{}", b"{}")


def repeated_lengths():
    for why, fields in (
            ("the same twice", [b"2", b"2"]), ("the shorter first", [b"2", b"200"]), ("the longer first", [b"200", b"2"]),
            ("nought first", [b"0", b"2"]), ("nought second", [b"2", b"0"]), ("three times", [b"2", b"2", b"2"]),
            ("an empty second", [b"2", b""]), ("a malformed second", [b"2", b"x"]), ("a malformed first", [b"x", b"2"]),
            ("in another spelling", [b"2", b"02"])):
        for apart in (b"", b"X-Between: 1\r\n"):
            lines = apart.join(b"Content-Length: " + value + b"\r\n" for value in fields)
            yield refused("9112 6.3", f"two lengths: {why}{', apart' if apart else ''}", HEAD + lines + b"\r\n{}", 400, "wire.length_repeated")
    yield refused("9112 6.3", "two lengths in two cases", HEAD + b"Content-Length: 2\r\ncontent-length: 2\r\n\r\n{}", 400,
                  "wire.length_repeated")


def codings():
    for value, status in (
            (b"gzip", 501), (b"deflate", 501), (b"compress", 501), (b"identity", 501), (b"x-gzip", 501), (b"br", 501), (b"xchunked", 501),
            (b"chunkedx", 501), (b"chunk", 501), (b"chunke", 501), (b"gzip, chunked", 501), (b"identity, chunked", 501), (b"cow", 501),
            (b"chunked, chunked", 400), (b"chunked, gzip", 400), (b"chunked, identity", 400), (b"chunked,", 400), (b",chunked", 400),
            (b", chunked", 400), (b"chunked;q=1", 400), (b"chunked; a=b", 400), (b'"chunked"', 400), (b"'chunked", 501), (b"[chunked]", 400),
            (b"chun ked", 400), (b"chunked chunked", 400), (b"chunked\tgzip", 400), (b"", 400), (b"chunked=1", 400), (b"c\xc3\xa9hunked", 400),
            (b"chunked\xa0", 400), (b"gzip;q=1, chunked", 400), (b"(comment) chunked", 400), (b"chunked/1.0", 400)):
        code = "wire.coding_unknown" if status == 501 else "wire.coding"
        yield refused("9112 6.1", f"coding: {value.decode('latin-1') or 'empty'}", HEAD + b"Transfer-Encoding: " + value + b"\r\n\r\n" + BODY,
                      status, code)
    for byte, code in ((0x00, "wire.nul"), (0x01, "wire.control"), (0x0b, "wire.control"), (0x0c, "wire.control"), (0x1f, "wire.control"),
                       (0x7f, "wire.control")):
        for where, value in (("before", bytes([byte]) + b"chunked"), ("behind", b"chunked" + bytes([byte])),
                             ("within", b"chun" + bytes([byte]) + b"ked")):
            yield refused("9110 5.5", f"coding: byte {byte:#04x} {where} it", HEAD + b"Transfer-Encoding: " + value + b"\r\n\r\n" + BODY, 400,
                          code)
    for why, lines in (
            ("chunked twice", CHUNKED * 2), ("chunked and identity", CHUNKED + b"Transfer-Encoding: identity\r\n"),
            ("identity and chunked", b"Transfer-Encoding: identity\r\n" + CHUNKED), ("gzip and chunked", b"Transfer-Encoding: gzip\r\n" + CHUNKED),
            ("in two cases", CHUNKED + b"TRANSFER-ENCODING: chunked\r\n"), ("an empty second", CHUNKED + b"Transfer-Encoding:\r\n"),
            ("apart", CHUNKED + b"X-Between: 1\r\n" + CHUNKED)):
        yield refused("9112 6.1", f"two codings: {why}", HEAD + lines + b"\r\n" + BODY, 400, "wire.coding_repeated")
    for why, head in (("1.0", HEAD.replace(b"HTTP/1.1", b"HTTP/1.0")),
                      ("1.0 that is kept alive", HEAD.replace(b"HTTP/1.1", b"HTTP/1.0") + b"Connection: keep-alive\r\n")):
        yield refused("9112 6.1", f"chunked in HTTP/{why}", head + CHUNKED + b"\r\n" + BODY, 400, "wire.coding_http10")
    for value in (b"CHUNKED", b"Chunked", b"cHuNkEd", b" chunked\t"):
        yield passes("9112 7", f"coding: {value.decode()!r}", HEAD + b"Transfer-Encoding: " + value + b"\r\n\r\n2\r\n{}\r\n" + BODY, b"{}")


def both():
    pairs = [(b"Content-Length: " + length + b"\r\n", b"Transfer-Encoding: " + coding + b"\r\n")
             for length in (b"0", b"2", b"5", b"100", b"x", b"") for coding in (b"chunked", b"identity", b"gzip", b"xchunked", b" chunked")]
    for length, coding in pairs:
        what = f"{length.decode().strip()} and {coding.decode().strip()}"
        yield refused("9112 6.3", f"{what}", HEAD + length + coding + b"\r\n" + BODY, 400, "wire.length_and_chunked")
        if b"chunked\r" in coding:
            yield refused("9112 6.3", f"{what}, in the other order", HEAD + coding + length + b"\r\n" + BODY, 400, "wire.length_and_chunked")
            yield refused("9112 6.3", f"{what}, in HTTP/1.0", HEAD.replace(b"HTTP/1.1", b"HTTP/1.0") + length + coding + b"\r\n" + BODY,
                          400, "wire.length_and_chunked")


def disguises():
    for name in (b"Content-Length", b"Transfer-Encoding"):
        value = b"2" if name == b"Content-Length" else b"chunked"
        other = b"Content-Length: 2\r\n" if name == b"Transfer-Encoding" else CHUNKED
        for why, line, code in (
                ("a space before the colon", name + b" : " + value, "wire.field_space"),
                ("a tab before the colon", name + b"\t: " + value, "wire.field_space"),
                ("a space before the name", b" " + name + b": " + value, "wire.fold"),
                ("a tab before the name", b"\t" + name + b": " + value, "wire.fold"),
                ("an underscore", name.replace(b"-", b"_") + b": " + value, "wire.field_underscore"),
                ("a vertical tab before the colon", name + b"\x0b: " + value, "wire.control"),
                ("a NUL before the colon", name + b"\0: " + value, "wire.nul"),
                ("a NUL within", name.replace(b"-", b"\0-") + b": " + value, "wire.nul"),
                ("a quote before it", b'"' + name + b'": ' + value, "wire.field_name"),
                ("a byte above 127 behind it", name + b"\xa0: " + value, "wire.field_name"),
                ("a second colon first", b":" + name + b": " + value, "wire.field_name"),
                ("a bare CR before it", b"X-A: 1\r" + name + b": " + value, "wire.bare_cr"),
                ("a bare LF before it", b"X-A: 1\n" + name + b": " + value, "wire.bare_lf"),
                ("its value folded", name + b":\r\n " + value, "wire.fold"),
                ("its value folded by a tab", name + b":\r\n\t" + value, "wire.fold"),
                ("an equals sign for the colon", name + b"= " + value, "wire.field_colon"),
                ("a space for the dash", name.replace(b"-", b" ") + b": " + value, "wire.field_name")):
            for beside in (b"", other):
                yield refused("9112 5", f"{name.decode()} with {why}{' beside the other' if beside else ''}",
                              HEAD + line + b"\r\n" + beside + b"\r\n{}", 400, code)


def bodies():
    yield passes("9112 6.2", "a length", post(b"{}"), b"{}")
    yield passes("9112 6.3", "length nought", HEAD.replace(JSON, b"") + b"Content-Length: 0\r\n\r\n", b"")
    yield passes("9112 6.3", "no framing at all: no body", (HEAD.replace(JSON, b"")) + b"\r\n", b"")
    yield passes("9110 9.3.1", "GET with length nought", get(b"/open/" + MARK, b"Content-Length: 0\r\n"), b"")
    for method in (b"GET", b"HEAD"):
        line = method + b" /open/" + MARK + b" HTTP/1.1\r\n" + HOST + JSON
        yield refused("9110 9.3.1", f"{method.decode()} with a body", line + b"Content-Length: 2\r\n\r\n{}", 400, "wire.unasked_body")
        yield refused("9110 9.3.1", f"{method.decode()} with a request for a body", line + b"Content-Length: 61\r\n\r\n", 400,
                      "wire.unasked_body")
        yield refused("9110 9.3.1", f"{method.decode()} with chunks", line + CHUNKED + b"\r\n2\r\n{}\r\n" + BODY, 400, "wire.unasked_body")
    inner = b'{"a":"GET /open/hidden HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n"}'
    yield passes("9112 6.2", "a request within a body", post(inner), inner)
    yield Row("9112 6.2", "a length, and the next request right behind it", post(b"{}") + post(b"[]"), ((200, None), (200, None)),
              ((b"POST /open/" + MARK + b" HTTP/1.1", b"{}"), (b"POST /open/" + MARK + b" HTTP/1.1", b"[]")), ends=False)


def rows():
    for subject in (lengths, repeated_lengths, codings, both, disguises, bodies):
        yield from subject()
