"""Chunked bodies (RFC 9112 section 7.1): sizes, extensions, data, the last chunk, trailers."""
from wire.row import HEAD, MARK, Row, passes, post, refused

START = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
END = b"0\r\n\r\n"
SEEN = b"POST /open/" + MARK + b" HTTP/1.1"


def bad(why, body, code, status=400, section="9112 7.1"):
    return refused(section, f"chunked: {why}", START + body, status, code)


def sizes():
    for why, size in (
            ("hexadecimal with 0x", b"0x2"), ("a plus sign", b"+2"), ("a minus sign", b"-2"), ("a space before it", b" 2"),
            ("a space behind it", b"2 "), ("a tab behind it", b"2\t"), ("a space within", b"0 2"), ("empty", b""), ("a letter beyond f", b"g"),
            ("a letter behind it", b"2g"), ("a comma", b"2,2"), ("a fraction", b"2.0"), ("an underscore", b"0_2"), ("quotes", b'"2"'),
            ("2^63", b"8000000000000000"), ("2^64", b"10000000000000000"), ("2^64 + 2", b"10000000000000002"),
            ("2^32 + 2 in seventeen digits", b"00000000100000002"), ("a hundred zeros", b"0" * 100 + b"2"), ("minus nought", b"-0"),
            ("a byte above 127", b"\xb2"), ("an h behind it", b"2h"), ("a colon", b"2:2"), ("an escape", b"%32")):
        if size == b"":
            yield bad(f"size: {why}", b"\r\n{}\r\n" + END, "wire.bare_cr")
        else:
            yield bad(f"size: {why}", size + b"\r\n{}\r\n" + END, "wire.chunk_size")
    for byte, code in ((0x00, "wire.nul"), (0x01, "wire.control"), (0x0b, "wire.control"), (0x0c, "wire.control"), (0x1f, "wire.control"),
                       (0x7f, "wire.control")):
        yield bad(f"size: byte {byte:#04x} before it", bytes([byte]) + b"2\r\n{}\r\n" + END, code)
        yield bad(f"size: byte {byte:#04x} behind it", b"2" + bytes([byte]) + b"\r\n{}\r\n" + END, code)
        yield bad(f"byte {byte:#04x} for the last chunk's size", b"2\r\n{}\r\n" + bytes([byte]) + b"\r\n\r\n", code)


def line_ends():
    for why, body, code in (
            ("LF behind a size", b"2\n{}\r\n" + END, "wire.bare_lf"), ("CR behind a size", b"2\r{}\r\n" + END, "wire.bare_cr"),
            ("CR CR LF behind a size", b"2\r\r\n{}\r\n" + END, "wire.bare_cr"), ("LF behind data", b"2\r\n{}\n" + END, "wire.chunk_end"),
            ("CR behind data", b"2\r\n{}\r" + END, "wire.chunk_end"), ("nothing behind data", b"2\r\n{}" + END, "wire.chunk_end"),
            ("a space behind data", b"2\r\n{} \r\n" + END, "wire.chunk_end"), ("LF LF behind data", b"2\r\n{}\n\n" + END, "wire.chunk_end"),
            ("LF behind the last size", b"2\r\n{}\r\n0\n\r\n", "wire.bare_lf"), ("LF behind the last chunk", b"2\r\n{}\r\n0\r\n\n", "wire.bare_lf"),
            ("CR behind the last chunk", b"2\r\n{}\r\n0\r\n\rX", "wire.bare_cr"), ("LF LF at the end", b"2\r\n{}\r\n0\n\n", "wire.bare_lf"),
            ("LF first", b"\n2\r\n{}\r\n" + END, "wire.bare_lf"), ("an empty line first", b"\r\n2\r\n{}\r\n" + END, "wire.bare_cr"),
            ("an empty line between chunks", b"1\r\n{\r\n\r\n1\r\n}\r\n" + END, "wire.bare_cr")):
        yield bad(f"line ends: {why}", body, code)


def data():
    for why, body, code in (
            ("longer than said", b"2\r\n{}}\r\n" + END, "wire.chunk_end"), ("shorter than said", b"3\r\n{}\r\n" + END, "wire.chunk_end"),
            ("the next size within it", b"6\r\n{}\r\n0\r\n\r\n", "wire.chunk_end"),
            ("no last chunk but a request", b"2\r\n{}\r\nGET /open/hidden HTTP/1.1\r\n\r\n", "wire.chunk_size"),
            ("no last chunk but a field", b"2\r\n{}\r\nX-A: 1\r\n\r\n", "wire.chunk_size")):
        yield bad(f"data: {why}", body, code)
    for why, body, value in (
            ("one chunk", b"2\r\n{}\r\n" + END, b"{}"), ("a chunk a byte", b"1\r\n{\r\n1\r\n}\r\n" + END, b"{}"),
            ("a zero first in the size", b"02\r\n{}\r\n" + END, b"{}"), ("fifteen zeros first", b"0" * 15 + b"2\r\n{}\r\n" + END, b"{}"),
            ("a size in capital letters", b"A\r\n\"12345678\"\r\n" + END, b'"12345678"'),
            ("a size in small letters", b"a\r\n\"12345678\"\r\n" + END, b'"12345678"'),
            ("a last chunk of several zeros", b"2\r\n{}\r\n000\r\n\r\n", b"{}"),
            ("line breaks in data", b"6\r\n{\r\n\r\n}\r\n" + END, b"{\r\n\r\n}"),
            ("a thousand chunks", b"1\r\n[\r\n" + b"1\r\n \r\n" * 1000 + b"1\r\n]\r\n" + END, b"[" + b" " * 1000 + b"]")):
        yield passes("9112 7.1", f"chunked: {why}", START + body, value)
    for piece in (1, 2, 3, 5, 7):
        yield passes("9112 7.1", f"chunked, sent by {piece}", START + b"1\r\n{\r\n1;a=b\r\n}\r\n0\r\nX-T: 1\r\n\r\n", b"{}", piece=piece)
    yield Row("9112 7.1", "chunked, and the next request right behind it", START + b"2\r\n{}\r\n" + END + post(b"[]"),
              ((200, None), (200, None)), ((SEEN, b"{}"), (SEEN, b"[]")), ends=False)


def extensions():
    for extension in (b";a", b";a=b", b';a="b c"', b';a="\\""', b";a=b;c=d", b';a="b;c"', b";" + b"a" * 200):
        yield passes("9112 7.1.1", f"chunked: extension {extension[:20].decode()} is dropped", START + b"2" + extension + b"\r\n{}\r\n" + END, b"{}")
    for why, line, code in (
            ("no name", b"2;\r\n", "wire.bare_cr"), ("no value", b"2;a=\r\n", "wire.bare_cr"),
            ("a space before it", b"2 ;a\r\n", "wire.chunk_size"), ("a space behind the semicolon", b"2; a\r\n", "wire.chunk_extension"),
            ("a space before the equals sign", b"2;a =b\r\n", "wire.chunk_extension"), ("an open quote", b'2;a="b\r\n', "wire.bare_cr"),
            ("something behind a quote", b'2;a="b"c\r\n', "wire.chunk_extension"), ("a comma", b"2;a,b\r\n", "wire.chunk_extension"),
            ("a line feed", b"2;a=b\n", "wire.bare_lf"), ("a line feed in quotes", b'2;a="b\nc"\r\n', "wire.bare_lf"),
            ("a carriage return", b"2;a=b\rc\r\n", "wire.bare_cr"), ("a NUL", b"2;a=\0\r\n", "wire.nul"), ("a tab", b"2;\ta\r\n", "wire.chunk_extension"),
            ("a byte above 127", b"2;a=\xe9\r\n", "wire.chunk_extension"), ("two semicolons", b"2;;a\r\n", "wire.chunk_extension")):
        yield refused("9112 7.1.1", f"extension: {why}", START + line + b"{}\r\n" + END, 400, code)
    yield refused("9112 7.1.1", "extension: of 300 bytes", START + b"2;" + b"a" * 300 + b"\r\n{}\r\n" + END, 400, "wire.chunk_extension_size")
    yield refused("9112 7.1.1", "extensions: of 200 bytes on each of ten chunks",
                  START + (b"1;" + b"a" * 200 + b"\r\n \r\n") * 10 + END, 400, "wire.chunk_extension_size")


def trailers():
    for why, lines in (("one", b"X-T: 1\r\n"), ("two", b"X-T: 1\r\nX-U: 2\r\n"), ("an empty value", b"X-T:\r\n"),
                       ("a digest", b"Digest: sha-256=x\r\n"), ("a date", b"Date: Tue, 24 Nov 2026 00:00:00 GMT\r\n"),
                       ("a byte above 127", b"X-T: \xe9\r\n")):
        yield passes("9112 7.1.2", f"trailer: {why} is dropped", START + b"2\r\n{}\r\n0\r\n" + lines + b"\r\n", b"{}", lacks=("X-T", "X-U", "Digest"))
    for name in (b"Content-Length", b"Transfer-Encoding", b"Host", b"Connection", b"Trailer", b"TE", b"Upgrade", b"Authorization", b"Cookie",
                 b"Set-Cookie", b"Content-Type", b"Content-Encoding", b"Content-Range", b"Expect", b"Range", b"Max-Forwards", b"Forwarded",
                 b"X-Forwarded-For", b"X-Forwarded-Host", b"Via", b"Proxy-Authorization", b"Keep-Alive", b"X-Request-Id", b"traceparent"):
        yield refused("9110 6.5.1", f"trailer: {name.decode()}", START + b"2\r\n{}\r\n0\r\n" + name + b": 1\r\n\r\n", 400, "wire.trailer_field")
    for why, lines, code in (
            ("a fold", b"X-T: 1\r\n b\r\n", "wire.fold"), ("a fold first", b" X-T: 1\r\n", "wire.fold"), ("no colon", b"X-T\r\n", "wire.bare_cr"),
            ("no name", b": 1\r\n", "wire.trailer"), ("a space before the colon", b"X-T : 1\r\n", "wire.trailer"), ("LF", b"X-T: 1\n", "wire.bare_lf"),
            ("a carriage return", b"X-T: 1\r2\r\n", "wire.bare_cr"), ("a NUL", b"X-T: \0\r\n", "wire.nul"), ("a NUL name", b"\0: 1\r\n", "wire.nul"),
            ("DEL", b"X-T: \x7f\r\n", "wire.control"), ("a byte above 127 in the name", b"X-\xe9: 1\r\n", "wire.trailer")):
        yield refused("9112 7.1.2", f"trailer: {why}", START + b"2\r\n{}\r\n0\r\n" + lines + b"\r\n", 400, code)
    yield refused("9110 6.5", "trailers: twenty", START + b"2\r\n{}\r\n0\r\n" + b"X-T: 1\r\n" * 20 + b"\r\n", 431, "wire.trailer_size")
    yield refused("9110 6.5", "trailers: of 5,000 bytes", START + b"2\r\n{}\r\n0\r\nX-T: " + b"a" * 5000 + b"\r\n\r\n", 431, "wire.trailer_size")


def rows():
    for subject in (sizes, line_ends, data, extensions, trailers):
        yield from subject()
