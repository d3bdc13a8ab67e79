"""Content-Length: one field, one value, nothing but digits, and never beside Transfer-Encoding."""
from wire.rows import HIDDEN, HOST, Seen, answered, chunk, chunked, closes, get, passes, post, refused, shown, sized

LENGTH, REPEATED, BOTH = "wire.length", "wire.length_repeated", "wire.length_and_chunked"

# Spellings of 2 and near it that some reader takes for a number.
MALFORMED = [
    ("a plus sign", b"+2"), ("a minus sign", b"-2"), ("minus zero", b"-0"), ("hexadecimal", b"0x2"), ("binary", b"0b10"),
    ("an octal prefix", b"0o2"), ("a fraction", b"2.0"), ("a fraction of nothing", b"2."), ("an exponent", b"2e0"),
    ("an underscore", b"0_2"), ("a thousands separator", b"2'000"), ("a suffix", b"2L"), ("a unit", b"2 bytes"),
    ("two numbers", b"2 2"), ("two numbers with a tab", b"2\t2"), ("a list of equal numbers", b"2, 2"),
    ("a list without a space", b"2,2"), ("a list of different numbers", b"2, 40"), ("a comma first", b",2"),
    ("a comma last", b"2,"), ("a comma alone", b","), ("a semicolon", b"2;"), ("a parameter", b"2;q=1"),
    ("quotes", b'"2"'), ("apostrophes", b"'2'"), ("parentheses", b"(2)"), ("brackets", b"[2]"), ("an equals sign", b"=2"),
    ("a colon", b":2"), ("a slash", b"2/2"), ("percent-encoding", b"%32"), ("nothing", b""), ("white space", b" \t "),
    ("a word", b"two"), ("infinity", b"inf"), ("no number", b"NaN"), ("true", b"true"),
    ("full-width digits", b"\xef\xbc\x92"), ("an Arabic digit", b"\xd9\xa2"), ("a no-break space before", b"\xa02"),
    ("a no-break space behind", b"2\xa0"), ("a byte order mark", b"\xef\xbb\xbf2"), ("a letter l", b"l2"), ("a letter O", b"2O"),
    ("2^63", b"9223372036854775808"), ("2^63 + 2", b"9223372036854775810"), ("2^64", b"18446744073709551616"),
    ("2^64 + 2", b"18446744073709551618"), ("2^64 - 1", b"18446744073709551615"), ("2^128 + 2", b"340282366920938463463374607431768211458"),
    ("twenty digits of which eighteen are zeros", b"0" * 19 + b"2"), ("hundreds of digits", b"9" * 400),
]
CONTROLS = [("NUL", b"\0", "wire.nul"), ("backspace", b"\x08", "wire.control"), ("vertical tab", b"\x0b", "wire.control"),
            ("form feed", b"\x0c", "wire.control"), ("DEL", b"\x7f", "wire.control"), ("bare CR", b"\r", "wire.bare_cr"),
            ("bare LF", b"\n", "wire.bare_lf")]


def forged(name, *values):
    """The positions a malformed length can stand in, each with a request hidden where the body would be."""
    value = b"Content-Length: " + values[0]
    yield refused("length first of the fields: " + name, "RFC 9112 6.3",
                  b"POST /wire/x HTTP/1.1\r\n" + value + b"\r\n" + HOST + b"\r\n" + HIDDEN, 400, LENGTH)
    yield refused("length last of the fields: " + name, "RFC 9110 8.6", post(value, body=b"{}"), 400, LENGTH)
    yield answered("length in the second of two requests: " + name, "RFC 9112 9.3.2",
                   sized(b"{}") + post(value) + HIDDEN, 200, (400, LENGTH), seen=[Seen("POST /wire/x HTTP/1.1", b"{}")], ends=True)


DUPLICATES = [
    ("equal", [b"Content-Length: 2", b"Content-Length: 2"]),
    ("equal in number", [b"Content-Length: 2", b"Content-Length: 02"]),
    ("the lesser first", [b"Content-Length: 2", b"Content-Length: 50"]),
    ("the greater first", [b"Content-Length: 50", b"Content-Length: 2"]),
    ("zero first", [b"Content-Length: 0", b"Content-Length: 50"]),
    ("zero last", [b"Content-Length: 50", b"Content-Length: 0"]),
    ("thrice", [b"Content-Length: 2"] * 3),
    ("in two cases", [b"Content-Length: 2", b"content-length: 2"]),
    ("in three cases", [b"CONTENT-LENGTH: 2", b"content-Length: 2", b"Content-length: 3"]),
    ("with fields between", [b"Content-Length: 2", b"X-A: 1", b"X-B: 2", b"Content-Length: 2"]),
    ("the first malformed", [b"Content-Length: x", b"Content-Length: 2"]),
    ("the second malformed", [b"Content-Length: 2", b"Content-Length: +2"]),
    ("the second empty", [b"Content-Length: 2", b"Content-Length:"]),
    ("twenty times", [b"Content-Length: 2"] * 20),
]

# A length beside a coding, in either order, whatever each of them says.
BOTH_SAY = [
    ("the length is right", b"5", b"chunked"), ("the length is zero", b"0", b"chunked"),
    ("the length reaches into the next request", b"%d" % (5 + len(HIDDEN)), b"chunked"), ("the length is malformed", b"+5", b"chunked"),
    ("the length is empty", b"", b"chunked"), ("the coding is identity", b"5", b"identity"),
    ("the coding is none of ours", b"5", b"gzip"), ("the coding is malformed", b"5", b"chunked, x, chunked"),
    ("the coding is empty", b"5", b""), ("the coding is almost chunked", b"5", b"xchunked"),
    ("the coding is in capitals", b"5", b"CHUNKED"),
]

# Names that some reader takes for the framing field's, and why we do not.
ALMOST = [
    ("a space before the colon", b"%s : %s", "wire.field_space"),
    ("a tab before the colon", b"%s\t: %s", "wire.field_space"),
    ("two spaces before the colon", b"%s  : %s", "wire.field_space"),
    ("a vertical tab before the colon", b"%s\x0b: %s", "wire.control"),
    ("a NUL before the colon", b"%s\0: %s", "wire.nul"),
    ("a CR before the colon", b"%s\r: %s", "wire.bare_cr"),
    ("a line feed before the name", b"X-A: 1\n%s: %s", "wire.bare_lf"),
    ("a carriage return before the name", b"X-A: 1\r%s: %s", "wire.bare_cr"),
    ("a line of NUL before the name", b"\0\r\n%s: %s", "wire.nul"),
    ("a space before the name", b" %s: %s", "wire.fold"),
    ("a tab before the name", b"\t%s: %s", "wire.fold"),
    ("a fold behind the colon", b"%s:\r\n %s", "wire.fold"),
    ("a fold of a field before it", b"X-A: 1\r\n %s: %s", "wire.fold"),
    ("a no-break space before the colon", b"%s\xa0: %s", "wire.field_name"),
    ("a quoted name", b'"%s": %s', "wire.field_name"),
    ("a semicolon before the colon", b"%s;: %s", "wire.field_name"),
    ("an equals sign for the colon", b"%s= %s", "wire.field_colon"),
    ("no colon", b"%s %s", "wire.field_colon"),
    ("an empty name before it", b": %s: %s", "wire.field_name"),
]


def almost(name, value, body, source, other):
    """Requests whose framing field is spelt almost right, alone and beside the other one, which is right."""
    for why, pattern, reason in ALMOST:
        field = pattern % (name.encode(), value)
        yield refused(f"almost {name}: {why}", source, post(field, body=body), 400, reason)
        yield refused(f"almost {name} beside the other field: {why}", source, post(other, field, body=body), 400, reason)
    with_underscore = name.replace("-", "_").encode()
    yield refused(f"almost {name}: an underscore", "RFC 3875 4.1.18", post(with_underscore + b": " + value, body=body), 400,
                  "wire.field_underscore")
    yield refused(f"almost {name}: a space for the hyphen", source, post(name.replace("-", " ").encode() + b": " + value, body=body), 400,
                  "wire.field_name")


X = "POST /wire/x HTTP/1.1"
ROWS = [
    *[row for name, value in MALFORMED for row in forged(name, value)],
    *[refused(f"{what} before a length", "RFC 9110 5.5", post(b"Content-Length: " + byte + b"2", body=b"{}"), 400, reason)
      for what, byte, reason in CONTROLS],
    *[refused(f"{what} behind a length", "RFC 9110 5.5", post(b"Content-Length: 2" + byte, body=b"{}"), 400, reason)
      for what, byte, reason in CONTROLS],
    *[refused("length twice: " + name, "RFC 9112 6.3", post(*fields, body=b"{}"), 400, REPEATED) for name, fields in DUPLICATES],
    refused("length twice on GET", "RFC 9112 6.3", get(b"/wire/x", b"Content-Length: 0", b"Content-Length: %d" % len(HIDDEN)), 400, REPEATED),
    refused("length twice in HTTP/1.0", "RFC 9112 6.3",
            post(b"Content-Length: 2", b"Content-Length: 2", body=b"{}", version=b"HTTP/1.0"), 400, REPEATED),
    *[refused(f"length, then coding: {name}", "RFC 9112 6.3",
              post(b"Content-Length: " + length, b"Transfer-Encoding: " + coding, body=b"0\r\n\r\n"), 400, BOTH)
      for name, length, coding in BOTH_SAY],
    *[refused(f"coding, then length: {name}", "RFC 9112 6.3",
              post(b"Transfer-Encoding: " + coding, b"X-Between: 1", b"Content-Length: " + length, body=b"0\r\n\r\n"), 400, BOTH)
      for name, length, coding in BOTH_SAY],
    refused("length and coding on GET", "RFC 9112 6.3", get(b"/wire/x", b"Content-Length: 5", b"Transfer-Encoding: chunked") + b"0\r\n\r\n", 400,
            BOTH),
    refused("length and coding in HTTP/1.0", "RFC 9112 6.3",
            post(b"Content-Length: 5", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n", version=b"HTTP/1.0"), 400, BOTH),
    refused("two lengths and two codings", "RFC 9112 6.3",
            post(b"Content-Length: 5", b"Transfer-Encoding: chunked", b"Content-Length: 5", b"Transfer-Encoding: chunked",
                 body=b"0\r\n\r\n"), 400, BOTH),
    *almost("Content-Length", b"%d" % len(HIDDEN), b"0\r\n\r\n", "RFC 9112 5.1", b"Transfer-Encoding: chunked"),

    passes("a length", "RFC 9110 8.6", sized(b'{"a":1}'), Seen(X, b'{"a":1}', {"Content-Length": "7"})),
    passes("a length of zero", "RFC 9110 8.6", sized(b""), Seen(X, b"", {"Content-Length": "0"})),
    passes("no length at all", "RFC 9112 6.3", post(), Seen(X, b"", {"Content-Length": "0"})),
    passes("a length with leading zeros", "RFC 9110 8.6", post(b"Content-Length: 0002", body=b"{}"), Seen(X, b"{}", {"Content-Length": "2"})),
    passes("a length of nineteen digits", "RFC 9110 8.6", post(b"Content-Length: " + b"0" * 18 + b"2", body=b"{}"),
           Seen(X, b"{}", {"Content-Length": "2"})),
    passes("a length without a space", "RFC 9112 5.1", post(b"Content-Length:2", body=b"{}"), Seen(X, b"{}")),
    passes("a length amid white space", "RFC 9112 5.1", post(b"Content-Length: \t 2 \t", body=b"{}"), Seen(X, b"{}")),
    passes("a length in capitals", "RFC 9110 5.1", post(b"CONTENT-LENGTH: 2", body=b"{}"), Seen(X, b"{}")),
    passes("a length of zero on GET", "RFC 9110 9.3.1", get(b"/wire/x", b"Content-Length: 0"), Seen("GET /wire/x HTTP/1.1")),
    passes("a body that looks like a request", "RFC 9112 6.2", sized(HIDDEN), Seen(X, HIDDEN)),
    passes("a body that looks like an end of chunks", "RFC 9112 6.2", sized(b"0\r\n\r\n" + HIDDEN), Seen(X, b"0\r\n\r\n" + HIDDEN)),
    passes("a body of every byte", "RFC 9110 6.4", sized(bytes(range(256))), Seen(X, bytes(range(256)))),
    passes("a body that begins with line ends", "RFC 9112 6.2", sized(b"\r\n\r\n\n\r"), Seen(X, b"\r\n\r\n\n\r")),
    passes("a length beside what only looks like a coding", "RFC 9110 10.1.4", sized(b"{}", b"X-Transfer-Encoding: chunked"),
           Seen(X, b"{}", {"X-Transfer-Encoding": "chunked"})),
    passes("a DELETE with a body", "RFC 9110 9.3.5", sized(b"{}", method=b"DELETE"), Seen("DELETE /wire/x HTTP/1.1", b"{}")),
    passes("an OPTIONS with a body", "RFC 9110 9.3.7", sized(b"{}", method=b"OPTIONS"), Seen("OPTIONS /wire/x HTTP/1.1", b"{}")),
    closes("a length in HTTP/1.0 with a hidden request as the body", "RFC 9112 6.2", sized(HIDDEN, version=b"HTTP/1.0"), Seen(X, HIDDEN)),

    *[refused(f"a body that {method} does not have: {shown(body)}", "RFC 9110 9.3.1", sized(body, method=method.encode()), 400,
              "wire.unasked_body") for method in ("GET", "HEAD") for body in (b"{}", HIDDEN)],
    *[refused(f"a chunked body that {method} does not have", "RFC 9110 9.3.1",
              chunked(chunk(HIDDEN) + b"0\r\n\r\n", method=method.encode()), 400, "wire.unasked_body") for method in ("GET", "HEAD")],
    refused("an empty chunked body on GET", "RFC 9110 9.3.1", chunked(b"0\r\n\r\n", method=b"GET"), 400, "wire.unasked_body"),
    answered("a body longer than its length", "RFC 9112 6.3", sized(b"{}") + b"}" + HIDDEN, 200, (400, "wire.request_line"),
             seen=[Seen(X, b"{}")], ends=True),
    answered("a body longer than its length by a request", "RFC 9112 6.3",
             post(b"Content-Length: 2", body=b"{}" + get(b"/wire/y")), 200, 200, seen=[Seen(X, b"{}"), Seen("GET /wire/y HTTP/1.1")]),
]
