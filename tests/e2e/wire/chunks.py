"""Chunked bodies: sizes, ends of data, extensions, the last chunk, trailers."""
from wire.rows import HIDDEN, LAST, Seen, answered, chunk, chunked, get, passes, refused

SIZE, END, EXTENSION, EXTENSION_SIZE = "wire.chunk_size", "wire.chunk_end", "wire.chunk_extension", "wire.chunk_extension_size"
TRAILER, TRAILER_FIELD, TRAILER_SIZE = "wire.trailer", "wire.trailer_field", "wire.trailer_size"
X = "POST /wire/x HTTP/1.1"

# What stands where "2" should; the data and the last chunk follow.
SIZES = [
    ("nothing", b"", "wire.bare_cr"), ("a plus sign", b"+2", SIZE), ("a minus sign", b"-2", SIZE), ("minus zero", b"-0", SIZE),
    ("0x before", b"0x2", SIZE), ("0X before", b"0X2", SIZE), ("h behind", b"2h", SIZE), ("a letter beyond f", b"g", SIZE),
    ("a space before", b" 2", SIZE), ("a tab before", b"\t2", SIZE), ("a space behind", b"2 ", SIZE), ("a tab behind", b"2\t", SIZE),
    ("many spaces behind", b"2" + b" " * 100, SIZE), ("a space within", b"0 2", SIZE), ("a no-break space behind", b"2\xa0", SIZE),
    ("an underscore", b"0_2", SIZE), ("a fraction", b"2.0", SIZE), ("an exponent", b"2e+0", SIZE), ("a comma", b"2,", SIZE),
    ("a list", b"2,2", SIZE), ("quotes", b'"2"', SIZE), ("percent-encoding", b"%32", SIZE), ("a full-width digit", b"\xef\xbc\x92", SIZE),
    ("a vertical tab behind", b"2\x0b", "wire.control"), ("a form feed behind", b"2\x0c", "wire.control"), ("a NUL behind", b"2\0", "wire.nul"),
    ("a NUL before", b"\x002", "wire.nul"), ("a DEL behind", b"2\x7f", "wire.control"),
    ("2^63", b"8000000000000000", SIZE), ("2^64 - 1", b"ffffffffffffffff", SIZE), ("2^64", b"10000000000000000", SIZE),
    ("2^64 + 2", b"10000000000000002", SIZE), ("2^32 + 2, which some readers cut, in seventeen digits", b"00000000100000002", SIZE),
    ("seventeen digits of which sixteen are zeros", b"0" * 16 + b"2", SIZE), ("hundreds of zeros", b"0" * 400 + b"2", SIZE),
]

# Whole bodies, from the first size line on.
BODIES = [
    ("a bare LF behind the size", b"2\n{}\r\n" + LAST, "wire.bare_lf"),
    ("a bare CR behind the size", b"2\r{}\r\n" + LAST, "wire.bare_cr"),
    ("CR CR LF behind the size", b"2\r\r\n{}\r\n" + LAST, "wire.bare_cr"),
    ("LF CR behind the size", b"2\n\r{}\r\n" + LAST, "wire.bare_lf"),
    ("a bare LF behind the data", b"2\r\n{}\n" + LAST, END),
    ("a bare CR behind the data", b"2\r\n{}\r" + LAST, END),
    ("CR CR LF behind the data", b"2\r\n{}\r\r\n" + LAST, END),
    ("LF CR behind the data", b"2\r\n{}\n\r" + LAST, END),
    ("no line end behind the data", b"2\r\n{}" + LAST, END),
    ("two bytes that are no line end behind the data", b"2\r\n{}XX" + LAST, END),
    ("a space behind the data", b"2\r\n{} \r\n" + LAST, END),
    ("data longer than said", b"1\r\n{}\r\n" + LAST, END),
    ("data longer than said by a request", b"2\r\n{}" + HIDDEN, END),
    ("data shorter than said", b"3\r\n{}\r\n" + LAST, END),
    ("data shorter than said by one", b"4\r\n{}\r\n0\r\n\r\n", END),
    ("an empty line before the size", b"\r\n2\r\n{}\r\n" + LAST, "wire.bare_cr"),
    ("an empty line between chunks", b"2\r\n{}\r\n\r\n" + LAST, "wire.bare_cr"),
    ("no size at all", b"{}\r\n" + LAST, SIZE),
    ("a request for the body", HIDDEN, SIZE),
    ("a bare LF behind the last size", b"2\r\n{}\r\n0\n\n", "wire.bare_lf"),
    ("a bare LF at the end", b"2\r\n{}\r\n0\r\n\n", "wire.bare_lf"),
    ("a bare CR at the end", b"2\r\n{}\r\n0\r\n\rX", "wire.bare_cr"),
    ("CR CR LF at the end", b"2\r\n{}\r\n0\r\n\r\r\n", "wire.bare_cr"),
    ("a last chunk with 0x", b"2\r\n{}\r\n0x0\r\n\r\n", SIZE),
    ("a last chunk with a minus sign", b"2\r\n{}\r\n-0\r\n\r\n", SIZE),
    ("a last chunk with a space", b"2\r\n{}\r\n0 \r\n\r\n", SIZE),
    ("a last chunk without its empty line, and a request", b"2\r\n{}\r\n0\r\n" + HIDDEN, TRAILER),
    ("a second chunk that is malformed", chunk(b"{") + b"+1\r\n}\r\n" + LAST, SIZE),
    ("a hundredth chunk that is malformed", chunk(b"a") * 99 + b"1 \r\na\r\n" + LAST, SIZE),
]

EXTENSIONS_REFUSED = [
    ("empty", b";", "wire.bare_cr"), ("no name", b";=b", EXTENSION), ("no value", b";a=", "wire.bare_cr"),
    ("a space before the semicolon", b" ;a=b", SIZE), ("a space behind the semicolon", b"; a=b", EXTENSION),
    ("a space behind the name", b";a =b", EXTENSION), ("a space before the value", b";a= b", EXTENSION),
    ("a space behind the value", b";a=b ", EXTENSION), ("two semicolons", b";;a", EXTENSION), ("two equals signs", b";a==b", EXTENSION),
    ("a comma", b";a,b", EXTENSION), ("a quote that is not closed", b';a="b', "wire.bare_cr"),
    ("something behind the quote", b';a="b"c', EXTENSION), ("a quote in the name", b';"a"=b', EXTENSION),
    ("a line end within quotes", b';a="\r\n"', "wire.bare_cr"), ("a bare LF within quotes", b';a="\n"', "wire.bare_lf"),
    ("an escaped LF within quotes", b';a="\\\n"', "wire.bare_lf"), ("a bare LF behind the value", b";a=b\n", "wire.bare_lf"),
    ("a bare LF for the value", b";\n", "wire.bare_lf"), ("a bare CR within", b";a\rb", "wire.bare_cr"), ("a NUL within", b";a\0b", "wire.nul"),
    ("a NUL within quotes", b';a="\0"', "wire.nul"), ("a vertical tab", b";a\x0b", "wire.control"), ("a control byte within quotes", b';a="\x01"', "wire.control"),
    ("bytes above 127 outside quotes", b";\xe9", EXTENSION), ("257 bytes", b";" + b"a" * 257, EXTENSION_SIZE),
    ("64 KiB", b";" + b"a" * 65536, EXTENSION_SIZE), ("many small ones in a line", b";a=b" * 100, EXTENSION_SIZE),
]
EXTENSIONS_DROPPED = [
    ("a name", b";a"), ("a value", b";a=b"), ("two", b";a=b;c"), ("a quoted value", b';a="b c"'), ("an empty quoted value", b';a=""'),
    ("an escaped quote", b';a="\\""'), ("a quoted line of chunked", b';a="0;b=1"'), ("bytes above 127 in quotes", b';a="\xc3\xa9"'),
    ("256 bytes", b";" + b"a" * 255),
]

TRAILERS_REFUSED = [
    ("no colon", b"X-T", "wire.bare_cr"), ("a space before the colon", b"X-T : 1", TRAILER), ("an empty name", b": 1", TRAILER),
    ("a name in quotes", b'"X-T": 1', TRAILER), ("a name above 127", b"X-\xe9: 1", TRAILER), ("a fold", b"X-T: 1\r\n 2", "wire.fold"),
    ("a line that begins with a space", b" X-T: 1", "wire.fold"), ("a line that begins with a tab", b"\tX-T: 1", "wire.fold"),
    ("a NUL in the name", b"X\0: 1", "wire.nul"), ("a NUL in the value", b"X-T: a\0", "wire.nul"),
    ("a control byte in the value", b"X-T: \x01", "wire.control"), ("a bare LF", b"X-T: 1\nX-U: 2", "wire.bare_lf"),
    ("a bare CR", b"X-T: 1\rX-U: 2", "wire.bare_cr"), ("a request line", b"GET /wire/hidden HTTP/1.1", TRAILER),
    ("seventeen", b"\r\n".join(b"X-%d: 1" % i for i in range(17)), TRAILER_SIZE), ("4 KiB of one", b"X-T: " + b"a" * 4096, TRAILER_SIZE),
    ("4 KiB of a name", b"X" * 4097 + b": 1", TRAILER_SIZE), ("4 KiB of several", b"\r\n".join(b"X-%d: " % i + b"a" * 500 for i in range(9)), TRAILER_SIZE),
    *[(name.decode() + " too late", name + b": 1", TRAILER_FIELD) for name in (
        b"Content-Length", b"content-length", b"Transfer-Encoding", b"Host", b"Authorization", b"Content-Type", b"Content-Encoding",
        b"Connection", b"TE", b"Trailer", b"Expect", b"Upgrade", b"Cookie", b"Set-Cookie", b"Range", b"Content-Range", b"Max-Forwards",
        b"Proxy-Authorization", b"Forwarded", b"X-Forwarded-For", b"Via", b"X-Request-Id", b"traceparent", b"Keep-Alive")],
]
TRAILERS_DROPPED = [
    ("one", b"X-T: 1\r\n"), ("one without a value", b"X-T:\r\n"), ("sixteen", b"".join(b"X-%d: 1\r\n" % i for i in range(16))),
    ("a checksum", b"Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==\r\n"), ("a signature", b"Signature: sig1=:YQ==:\r\n"), ("a date", b"Date: now\r\n"),
    ("a name that is longer than any forbidden one", b"X-" + b"a" * 60 + b": 1\r\n"),
]

ROWS = [
    *[refused("chunk size: " + name, "RFC 9112 7.1", chunked(size + b"\r\n{}\r\n" + LAST), 400, reason) for name, size, reason in SIZES],
    *[refused("chunks: " + name, "RFC 9112 7.1", chunked(body), 400, reason) for name, body, reason in BODIES],
    *[refused("extension: " + name, "RFC 9112 7.1.1", chunked(b"2" + extension + b"\r\n{}\r\n" + LAST), 400, reason)
      for name, extension, reason in EXTENSIONS_REFUSED],
    *[refused("extension of the last chunk: " + name, "RFC 9112 7.1.1", chunked(b"2\r\n{}\r\n0" + extension + b"\r\n\r\n"), 400, reason)
      for name, extension, reason in EXTENSIONS_REFUSED[::4]],
    refused("extensions: 1 KiB in all of the chunks", "RFC 9112 7.1.1", chunked(chunk(b"a", b";" + b"b" * 200) * 6 + LAST), 400, EXTENSION_SIZE),
    refused("extensions: a little in each of many chunks", "RFC 9112 7.1.1", chunked(chunk(b"a", b";b=c") * 300 + LAST), 400, EXTENSION_SIZE),
    *[refused("trailer: " + name, "RFC 9110 6.5.1" if reason == TRAILER_FIELD else "RFC 9112 7.1.2",
              chunked(chunk(b"{}") + b"0\r\n" + trailer + b"\r\n\r\n"), 431 if reason == TRAILER_SIZE else 400, reason)
      for name, trailer, reason in TRAILERS_REFUSED],

    *[passes("extension: " + name, "RFC 9112 7.1.1", chunked(chunk(b"{}", extension) + b"0" + extension + b"\r\n\r\n"), Seen(X, b"{}"))
      for name, extension in EXTENSIONS_DROPPED],
    *[passes("trailer: " + name, "RFC 9112 7.1.2", chunked(chunk(b"{}") + b"0\r\n" + trailer + b"\r\n"),
             Seen(X, b"{}", {"X-T": None, "Content-MD5": None, "Signature": None, "Trailer": None})) for name, trailer in TRAILERS_DROPPED],
    passes("an announced trailer", "RFC 9110 6.6.2", chunked(chunk(b"{}") + b"0\r\nX-T: 1\r\n\r\n", b"Trailer: X-T", b"TE: trailers"),
           Seen(X, b"{}", {"X-T": None, "Trailer": None, "TE": None})),
    passes("chunks: none but the last", "RFC 9112 7.1", chunked(LAST), Seen(X, b"", {"Content-Length": "0"})),
    passes("chunks: one byte each", "RFC 9112 7.1", chunked(b"".join(chunk(b"%c" % c) for c in b'{"a":[1,2,3]}') + LAST), Seen(X, b'{"a":[1,2,3]}')),
    passes("chunks: sizes in capitals and small letters", "RFC 9112 7.1", chunked(b"A\r\n0123456789\r\na\r\n0123456789\r\n" + LAST),
           Seen(X, b"0123456789" * 2)),
    passes("chunks: sizes with leading zeros", "RFC 9112 7.1", chunked(b"0002\r\n{}\r\n0000\r\n\r\n"), Seen(X, b"{}")),
    passes("chunks: a size of sixteen digits", "RFC 9112 7.1", chunked(b"0" * 15 + b"2\r\n{}\r\n" + LAST), Seen(X, b"{}")),
    passes("chunks: a request as data", "RFC 9112 7.1", chunked(chunk(HIDDEN) + LAST), Seen(X, HIDDEN)),
    passes("chunks: a last chunk as data", "RFC 9112 7.1", chunked(chunk(LAST + HIDDEN) + LAST), Seen(X, LAST + HIDDEN)),
    passes("chunks: every byte as data", "RFC 9110 6.4", chunked(chunk(bytes(range(256))) + LAST), Seen(X, bytes(range(256)))),
    passes("chunks: a hundred", "RFC 9112 7.1", chunked(chunk(b"0123456789") * 100 + LAST), Seen(X, b"0123456789" * 100)),
    passes("chunks: one of 64 KiB", "RFC 9112 7.1", chunked(chunk(b"a" * 65536) + LAST), Seen(X, b"a" * 65536)),
    passes("chunks: another request right behind", "RFC 9112 9.3.2", chunked(chunk(b"{}") + LAST) + get(b"/wire/y"), Seen(X, b"{}"),
           Seen("GET /wire/y HTTP/1.1")),
    answered("chunks: a second last chunk", "RFC 9112 7.1", chunked(chunk(b"{}") + LAST + LAST) + HIDDEN, 200, (400, "wire.request_line"),
             seen=[Seen(X, b"{}")], ends=True),
]
