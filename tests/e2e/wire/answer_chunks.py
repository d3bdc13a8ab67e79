"""Chunked answers: what is wrong in them, whole in one record; what is right."""
from wire.answers import LAST, chunk, chunked, fine, hostile

SIZE, END, EXTENSION, TRAILER = "wire.chunk_size", "wire.chunk_end", "wire.chunk_extension", "wire.trailer"

BODIES = [
    ("no size", b"{}\r\n" + LAST, SIZE), ("an empty size", b"\r\n{}\r\n" + LAST, "wire.bare_cr"), ("a plus sign", b"+2\r\n{}\r\n" + LAST, SIZE),
    ("a minus sign", b"-2\r\n{}\r\n" + LAST, SIZE), ("0x", b"0x2\r\n{}\r\n" + LAST, SIZE), ("a space before the size", b" 2\r\n{}\r\n" + LAST, SIZE),
    ("a space behind the size", b"2 \r\n{}\r\n" + LAST, SIZE), ("a letter beyond f", b"g\r\n{}\r\n" + LAST, SIZE), ("2^63", b"8000000000000000\r\n{}\r\n" + LAST, SIZE),
    ("2^64 + 2", b"10000000000000002\r\n{}\r\n" + LAST, SIZE), ("a NUL behind the size", b"2\0\r\n{}\r\n" + LAST, "wire.nul"),
    ("LF behind the size", b"2\n{}\r\n" + LAST, "wire.bare_lf"), ("CR behind the size", b"2\r{}\r\n" + LAST, "wire.bare_cr"),
    ("LF behind the data", b"2\r\n{}\n" + LAST, END), ("no line end behind the data", b"2\r\n{}" + LAST, END), ("data longer than said", b"1\r\n{}\r\n" + LAST, END),
    ("data shorter than said", b"3\r\n{}\r\n" + LAST, END), ("an answer for a chunk", b"HTTP/1.1 200 OK\r\n\r\n", SIZE),
    ("an empty line between chunks", b"1\r\n{\r\n\r\n1\r\n}\r\n" + LAST, "wire.bare_cr"), ("LF behind the last size", chunk(b"{}") + b"0\n\n", "wire.bare_lf"),
    ("LF at the end", chunk(b"{}") + b"0\r\n\n", "wire.bare_lf"), ("CR at the end", chunk(b"{}") + b"0\r\n\rX", "wire.bare_cr"),
    ("a last chunk with a sign", chunk(b"{}") + b"-0\r\n\r\n", SIZE), ("an answer behind a last chunk without its empty line", chunk(b"{}") + b"0\r\nHTTP/1.1 200 OK\r\n\r\n", TRAILER),
    ("a second chunk that is malformed", chunk(b"{") + b"+1\r\n}\r\n" + LAST, SIZE), ("a hundredth chunk that is malformed", chunk(b"a") * 99 + b"1 \r\na\r\n" + LAST, SIZE),
    ("an extension without a name", b"2;\r\n{}\r\n" + LAST, "wire.bare_cr"), ("an extension with a space", b"2; a\r\n{}\r\n" + LAST, EXTENSION),
    ("an extension with an open quote", b'2;a="\r\n{}\r\n' + LAST, "wire.bare_cr"), ("LF in an extension", b"2;a=b\n{}\r\n" + LAST, "wire.bare_lf"),
    ("an extension above 256 bytes", b"2;" + b"a" * 300 + b"\r\n{}\r\n" + LAST, "wire.chunk_extension_size"),
    ("extensions above 1 KiB in all", chunk(b"a", b";" + b"b" * 200) * 6 + LAST, "wire.chunk_extension_size"),
    ("a trailer without a colon", chunk(b"{}") + b"0\r\nX-T\r\n\r\n", "wire.bare_cr"), ("a trailer without a name", chunk(b"{}") + b"0\r\n: 1\r\n\r\n", TRAILER),
    ("a folded trailer", chunk(b"{}") + b"0\r\nX-T: 1\r\n 2\r\n\r\n", "wire.fold"), ("a NUL in a trailer", chunk(b"{}") + b"0\r\nX-T: \0\r\n\r\n", "wire.nul"),
    ("a length as a trailer", chunk(b"{}") + b"0\r\nContent-Length: 5\r\n\r\n", "wire.trailer_field"), ("a coding as a trailer", chunk(b"{}") + b"0\r\nTransfer-Encoding: chunked\r\n\r\n", "wire.trailer_field"),
    ("a cookie as a trailer", chunk(b"{}") + b"0\r\nSet-Cookie: a=b\r\n\r\n", "wire.trailer_field"), ("seventeen trailers", chunk(b"{}") + b"0\r\n" + b"X-T: 1\r\n" * 17 + b"\r\n", "wire.trailer_size"),
    ("4 KiB of trailers", chunk(b"{}") + b"0\r\nX-T: " + b"a" * 4096 + b"\r\n\r\n", "wire.trailer_size"),
]

ROWS = [
    *[hostile("chunks: " + name, "RFC 9112 7.1", chunked(body, b"X-Secret: s"), reason) for name, body, reason in BODIES],
    fine("chunks", "RFC 9112 7.1", chunked(chunk(b"{") + chunk(b"}") + LAST), b"{}"),
    fine("no chunk but the last", "RFC 9112 7.1", chunked(LAST), b""),
    fine("chunks of one byte each", "RFC 9112 7.1", chunked(b"".join(chunk(b"%c" % c) for c in b'{"a":[1,2,3]}') + LAST), b'{"a":[1,2,3]}'),
    fine("chunks in records of their own", "RFC 9112 7.1", (chunked(chunk(b"{")), chunk(b"}"), LAST), b"{}"),
    fine("chunks with extensions and trailers, which are dropped", "RFC 9112 7.1.1", chunked(chunk(b"{}", b";a=b") + b"0;c\r\nX-T: 1\r\n\r\n"), b"{}", fields={"X-T": None}),
    fine("chunks of an answer in them", "RFC 9112 7.1", chunked(chunk(b"HTTP/1.1 200 OK\r\n\r\n") + LAST), b"HTTP/1.1 200 OK\r\n\r\n"),
    fine("chunks of 200 KiB", "RFC 9112 7.1", chunked(chunk(b"a" * 20480) * 10 + LAST), b"a" * 204800),
    fine("an answer to HEAD that says chunked", "RFC 9110 9.3.2", chunked(b""), b"", method="HEAD"),
]
