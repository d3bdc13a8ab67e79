"""Field lines (RFC 9112 section 5, RFC 9110 sections 5.1 to 5.6): a token, a colon, a value without control bytes."""
from wire.row import HEAD, HOST, MARK, get, passes, post, refused

PATH = b"/open/" + MARK
SEPARATORS = b'(),/;<=>?@[\\]{}"'
CONTROLS = (0x00, 0x01, 0x07, 0x08, 0x0b, 0x0c, 0x1b, 0x1f, 0x7f)


def names():
    for byte in SEPARATORS:
        yield refused("9110 5.6.2", f"{chr(byte)} in a name", get(PATH, b"X-" + bytes([byte]) + b"A: 1\r\n"), 400, "wire.field_name")
    for why, line, code in (
            ("a space in a name", b"X A: 1", "wire.field_name"), ("a tab in a name", b"X\tA: 1", "wire.field_name"),
            ("a space before the colon", b"X-A : 1", "wire.field_space"), ("a tab before the colon", b"X-A\t: 1", "wire.field_space"),
            ("many spaces before the colon", b"X-A     : 1", "wire.field_space"), ("no name", b": 1", "wire.field_name"),
            ("a colon alone", b":", "wire.field_name"), ("no colon", b"X-A", "wire.field_colon"), ("no colon but a value", b"X-A 1", "wire.field_colon"),
            ("a request line for a field", b"GET /open/hidden HTTP/1.1", "wire.field_colon"),
            ("a byte above 127 in a name", b"X-\xe9: 1", "wire.field_name"), ("UTF-8 in a name", b"X-\xc3\xa9: 1", "wire.field_name"),
            ("an underscore", b"X_A: 1", "wire.field_underscore"), ("a forged identity by an underscore", b"X_Forwarded_For: 1.2.3.4",
                                                                     "wire.field_underscore")):
        yield refused("9112 5.1", why, get(PATH, line + b"\r\n"), 400, code)
        yield refused("9112 5.1", f"{why}, behind a good one", get(PATH, b"X-Good: 1\r\n" + line + b"\r\n"), 400, code)
    for byte in CONTROLS:
        code = "wire.nul" if byte == 0 else "wire.control"
        for where, line in (("at the start of a name", bytes([byte]) + b"X-A: 1"), ("in a name", b"X-" + bytes([byte]) + b"A: 1"),
                            ("before the colon", b"X-A" + bytes([byte]) + b": 1"), ("at the start of a value", b"X-A: " + bytes([byte]) + b"1"),
                            ("in a value", b"X-A: 1" + bytes([byte]) + b"2"), ("at the end of a value", b"X-A: 1" + bytes([byte])),
                            ("for a line", bytes([byte]))):
            yield refused("9110 5.5", f"byte {byte:#04x} {where}", get(PATH, line + b"\r\n"), 400, code)


def folds():
    for why, lines in (
            ("by a space", b"X-A: 1\r\n 2\r\n"), ("by a tab", b"X-A: 1\r\n\t2\r\n"), ("by many spaces", b"X-A: 1\r\n      2\r\n"),
            ("with an empty line", b"X-A: 1\r\n \r\n"), ("that looks like a field", b"X-A: 1\r\n X-B: 2\r\n"),
            ("that looks like a request", b"X-A: 1\r\n GET /open/hidden HTTP/1.1\r\n"), ("of an empty value", b"X-A:\r\n 1\r\n"),
            ("twice", b"X-A: 1\r\n 2\r\n 3\r\n")):
        yield refused("9112 5.2", f"a fold {why}", get(PATH, lines), 400, "wire.fold")
    yield refused("9112 2.2", "white space before the first field", b"GET " + PATH + b" HTTP/1.1\r\n " + HOST + b"\r\n", 400, "wire.fold")
    yield refused("9112 2.2", "a tab before the first field", b"GET " + PATH + b" HTTP/1.1\r\n\t" + HOST + b"\r\n", 400, "wire.fold")


def line_ends():
    for why, head, code in (
            ("LF behind a field", HOST + b"X-A: 1\nX-B: 2\r\n\r\n", "wire.bare_lf"), ("LF behind the last field", HOST + b"X-A: 1\n\r\n", "wire.bare_lf"),
            ("LF LF at the end", HOST + b"X-A: 1\n\n", "wire.bare_lf"), ("LF behind CRLF at the end", HOST + b"X-A: 1\r\n\n", "wire.bare_lf"),
            ("CR behind a field", HOST + b"X-A: 1\rX-B: 2\r\n\r\n", "wire.bare_cr"), ("CR at the end", HOST + b"X-A: 1\r\n\rX", "wire.bare_cr"),
            ("CR CR LF behind a field", HOST + b"X-A: 1\r\r\n\r\n", "wire.bare_cr"), ("LF CR behind a field", HOST + b"X-A: 1\n\r\n\r", "wire.bare_lf"),
            ("a CR in a value", HOST + b"X-A: a\rb\r\n\r\n", "wire.bare_cr"), ("a CR at the end of a value", HOST + b"X-A: a\r \r\n\r\n", "wire.bare_cr"),
            ("an LF in a value", HOST + b"X-A: a\nb\r\n\r\n", "wire.bare_lf"), ("LF at the end of all lines", HOST.replace(b"\r", b"") + b"\n", "wire.bare_lf"),
            ("a field hidden behind CR", HOST + b"X-A: a\rContent-Length: 61\r\n\r\n", "wire.bare_cr"),
            ("a field hidden behind LF", HOST + b"X-A: a\nTransfer-Encoding: chunked\r\n\r\n", "wire.bare_lf")):
        yield refused("9112 2.2", why, b"GET " + PATH + b" HTTP/1.1\r\n" + head, 400, code)


def repeated():
    for name, value in ((b"Content-Type", b"application/json"), (b"Content-Type", b"text/plain"), (b"content-type", b"application/json"),
                        (b"Content-Type", b"")):
        yield refused("9110 5.3", f"a second {name.decode()}: {value.decode() or 'empty'}", post(b"{}", name + b": " + value + b"\r\n"), 400,
                      "wire.field_repeated")
    for second in (b"Bearer x", b"Basic eDp4", b""):
        yield refused("9110 11.6.2", f"two Authorization fields, the second {second.decode() or 'empty'}",
                      get(PATH, b"Authorization: Bearer x\r\nAuthorization: " + second + b"\r\n"), 400, "wire.field_repeated")


def fine():
    for why, line, name, value in (
            ("an empty value", b"X-A:", "X-A", ""), ("white space around a value", b"X-A: \t 1 \t ", "X-A", "1"), ("no space", b"X-A:1", "X-A", "1"),
            ("a tab within a value", b"X-A: 1\t2", "X-A", "1\t2"), ("a byte above 127", b"X-A: \xe9", "X-A", "\xe9"),
            ("UTF-8", b"X-A: \xc3\xa9", "X-A", "\xc3\xa9"), ("a colon in a value", b"X-A: a:b", "X-A", "a:b"),
            ("a name of tchar alone", b"!#$%&'*+-.^`|~: 1", "!#$%&'*+-.^`|~", "1"), ("a name in lower case", b"x-a: 1", "x-a", "1"),
            ("a value of 8,000 bytes", b"X-A: " + b"a" * 8000, "X-A", "a" * 8000), ("quotes in a value", b'X-A: "a"', "X-A", '"a"')):
        yield passes("9110 5.5", why, get(PATH, line + b"\r\n"), has=((name, value),))
    yield passes("9110 5.3", "one name twice", get(PATH, b"X-A: 1\r\nX-A: 2\r\n"), has=(("X-A", "1"), ("X-A", "2")))


def rows():
    for subject in (names, folds, line_ends, repeated, fine):
        yield from subject()
