"""Transfer-Encoding: exactly "chunked", once, in HTTP/1.1."""
from wire.length import CONTROLS, almost
from wire.rows import HIDDEN, HOST, LAST, Seen, answered, chunk, chunked, get, passes, post, refused

CODING, UNKNOWN, REPEATED, OLD = "wire.coding", "wire.coding_unknown", "wire.coding_repeated", "wire.coding_http10"

VALUES = [
    # Well-formed, and none that we have: 501.
    ("identity", b"identity", UNKNOWN), ("gzip", b"gzip", UNKNOWN), ("x-gzip", b"x-gzip", UNKNOWN), ("deflate", b"deflate", UNKNOWN),
    ("compress", b"compress", UNKNOWN), ("br", b"br", UNKNOWN), ("trailers", b"trailers", UNKNOWN), ("a word", b"cow", UNKNOWN),
    ("gzip, chunked", b"gzip, chunked", UNKNOWN), ("identity, chunked", b"identity, chunked", UNKNOWN),
    ("gzip,chunked", b"gzip,chunked", UNKNOWN), ("three codings", b"gzip, deflate, chunked", UNKNOWN),
    ("chunked with a letter before", b"xchunked", UNKNOWN), ("chunked with a letter behind", b"chunkedx", UNKNOWN),
    ("chunked with a letter less", b"chunke", UNKNOWN), ("chunked with a hyphen", b"chunked-", UNKNOWN),
    ("x-chunked", b"x-chunked", UNKNOWN), ("apostrophes", b"'chunked'", UNKNOWN), ("an escape", b"%63hunked", UNKNOWN),
    # Malformed, or chunked where nothing may follow: 400.
    ("chunked, then gzip", b"chunked, gzip", CODING), ("chunked, then identity", b"chunked, identity", CODING),
    ("chunked twice in one field", b"chunked, chunked", CODING), ("chunked twice with another between", b"chunked, gzip, chunked", CODING),
    ("a comma behind", b"chunked,", CODING), ("a comma before", b",chunked", CODING), ("commas alone", b",,", CODING),
    ("a parameter", b"chunked;q=1", CODING), ("an empty parameter", b"chunked;", CODING), ("an extension", b"chunked;a=b", CODING),
    ("nothing", b"", CODING), ("white space", b" \t", CODING), ("two words", b"chunked chunked", CODING),
    ("two words with a tab", b"chunked\tgzip", CODING), ("quotes", b'"chunked"', CODING), ("a quote open", b'"chunked', CODING),
    ("brackets", b"[chunked]", CODING), ("braces", b"{chunked}", CODING), ("a colon before", b":chunked", CODING),
    ("a colon behind", b"chunked:", CODING), ("an equals sign", b"=chunked", CODING), ("a version", b"chunked/1.1", CODING),
    ("a space within", b"c hunked", CODING), ("a no-break space before", b"\xa0chunked", CODING),
    ("a no-break space behind", b"chunked\xa0", CODING), ("a soft hyphen within", b"chun\xadked", CODING),
    ("a Kelvin sign, whose lower case is k", b"chun\xe2\x84\xaaed", CODING), ("full-width letters", b"\xef\xbd\x83hunked", CODING),
    ("a dotless i in identity", b"\xc4\xb1dentity", CODING), ("a byte order mark", b"\xef\xbb\xbfchunked", CODING),
]


def status(reason):
    return 501 if reason == UNKNOWN else 400


def forged(name, value, reason):
    """The positions, each with a request hidden where a reader of `chunked` finds the next one."""
    field = b"Transfer-Encoding: " + value
    yield refused("coding first of the fields: " + name, "RFC 9112 6.1",
                  b"POST /wire/x HTTP/1.1\r\n" + field + b"\r\n" + HOST + b"\r\n" + LAST + HIDDEN, status(reason), reason)
    yield refused("coding last of the fields: " + name, "RFC 9112 6.3", post(field, body=chunk(HIDDEN) + LAST), status(reason), reason)
    yield answered("coding in the second of two requests: " + name, "RFC 9112 9.3.2",
                   chunked(chunk(b"{}") + LAST) + post(field, body=LAST) + HIDDEN, 200, (status(reason), reason),
                   seen=[Seen(X, b"{}")], ends=True)


DUPLICATES = [
    ("equal", [b"chunked", b"chunked"]), ("identity first", [b"identity", b"chunked"]), ("identity last", [b"chunked", b"identity"]),
    ("gzip first", [b"gzip", b"chunked"]), ("an empty one first", [b"", b"chunked"]), ("an empty one last", [b"chunked", b""]),
    ("an unknown one last", [b"chunked", b"cow"]), ("thrice", [b"chunked"] * 3),
]

X = "POST /wire/x HTTP/1.1"
ROWS = [
    *[row for name, value, reason in VALUES for row in forged(name, value, reason)],
    *[refused(f"{what} before chunked", "RFC 9110 5.5", post(b"Transfer-Encoding: " + byte + b"chunked", body=LAST), 400, reason)
      for what, byte, reason in CONTROLS],
    *[refused(f"{what} behind chunked", "RFC 9110 5.5", post(b"Transfer-Encoding: chunked" + byte, body=LAST), 400, reason)
      for what, byte, reason in CONTROLS],
    *[refused("coding twice: " + name, "RFC 9112 6.1", post(*[b"Transfer-Encoding: " + value for value in values], body=LAST), 400,
              REPEATED) for name, values in DUPLICATES],
    refused("coding twice in two cases", "RFC 9110 5.1", post(b"Transfer-Encoding: chunked", b"tRANSFER-eNCODING: chunked", body=LAST), 400,
            REPEATED),
    refused("coding twice with fields between", "RFC 9112 6.1",
            post(b"Transfer-Encoding: chunked", b"X-A: 1", b"Transfer-Encoding: chunked", body=LAST), 400, REPEATED),
    refused("chunked in HTTP/1.0", "RFC 9112 6.1", chunked(LAST, version=b"HTTP/1.0"), 400, OLD),
    refused("chunked in HTTP/1.0 that keeps the connection", "RFC 9112 6.1", chunked(LAST, b"Connection: keep-alive", version=b"HTTP/1.0"),
            400, OLD),
    refused("identity in HTTP/1.0", "RFC 9112 6.1", post(b"Transfer-Encoding: identity", body=b"{}", version=b"HTTP/1.0"), 400, OLD),
    refused("an unknown coding on GET", "RFC 9112 6.1", get(b"/wire/x", b"Transfer-Encoding: cow"), 501, UNKNOWN),
    refused("chunked in a fold of another field", "RFC 9112 5.2", post(b"X-A: 1,", b" Transfer-Encoding: chunked", body=LAST), 400,
            "wire.fold"),
    *almost("Transfer-Encoding", b"chunked", LAST, "RFC 9112 5.1", b"Content-Length: 2"),

    passes("chunked", "RFC 9112 7.1", chunked(chunk(b"{}") + LAST), Seen(X, b"{}", {"Content-Length": "2", "Transfer-Encoding": None})),
    passes("chunked in capitals", "RFC 9110 7.4", post(b"TRANSFER-ENCODING: CHUNKED", body=chunk(b"{}") + LAST), Seen(X, b"{}")),
    passes("chunked amid white space", "RFC 9112 5.1", post(b"Transfer-Encoding: \t chunked \t", body=chunk(b"{}") + LAST), Seen(X, b"{}")),
    passes("chunked without a space", "RFC 9112 5.1", post(b"Transfer-Encoding:chunked", body=chunk(b"{}") + LAST), Seen(X, b"{}")),
    *[passes("a chunked " + method, "RFC 9112 7.1", chunked(chunk(b"{}") + LAST, method=method.encode()),
             Seen(method + " /wire/x HTTP/1.1", b"{}")) for method in ("PUT", "PATCH", "DELETE", "OPTIONS")],
    passes("what a caller can decode is not what it sends", "RFC 9110 10.1.4", get(b"/wire/x", b"TE: trailers, gzip", b"Connection: TE"),
           Seen("GET /wire/x HTTP/1.1", fields={"TE": None})),
]
