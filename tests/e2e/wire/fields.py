"""Field lines: names, colons, values, folds and line ends; what passes, and what asserts too much."""
from wire.rows import HIDDEN, HOST, LAST, Seen, answered, chunked, get, passes, refused, shown, sized

NAME, COLON, SPACE, FOLD = "wire.field_name", "wire.field_colon", "wire.field_space", "wire.fold"
G, X = "GET /wire/x HTTP/1.1", "POST /wire/x HTTP/1.1"

NAMES = [
    ("empty", b"", NAME), ("a space", b" ", FOLD), ("a space within", b"X A", NAME), ("a tab within", b"X\tA", NAME), ("a space behind", b"X-A ", SPACE),
    ("a tab behind", b"X-A\t", SPACE), ("two spaces behind", b"X-A  ", SPACE), ("a parenthesis", b"X(A)", NAME), ("a comma", b"X,A", NAME), ("a slash", b"X/A", NAME),
    ("a semicolon", b"X;A", NAME), ("an equals sign", b"X=A", NAME), ("a question mark", b"X?A", NAME), ("an at sign", b"X@A", NAME), ("brackets", b"[X-A]", NAME),
    ("a backslash", b"X\\A", NAME), ("braces", b"{X-A}", NAME), ("quotes", b'"X-A"', NAME), ("angle brackets", b"<X-A>", NAME),
    ("Latin-1", b"X-\xe9", NAME), ("UTF-8", b"X-\xc3\xa9", NAME), ("a next-line byte", b"X-A\x85", NAME), ("a colon first", b":path", NAME),
    ("an underscore", b"X_A", "wire.field_underscore"), ("an underscore first", b"_X-A", "wire.field_underscore"),
    ("an underscore in an identity", b"X_Forwarded_For", "wire.field_underscore"), ("a byte order mark", b"\xef\xbb\xbfX-A", NAME),
]
# Where a field may stand among the others.
PLACES = [("first", b"%s" + HOST + b"X-B: 2\r\n"), ("in the middle", HOST + b"%s" + b"X-B: 2\r\n"), ("last", HOST + b"X-B: 2\r\n%s")]

CONTROLS = [("NUL", b"\0", "wire.nul"), ("start of heading", b"\x01", "wire.control"), ("backspace", b"\x08", "wire.control"),
            ("vertical tab", b"\x0b", "wire.control"), ("form feed", b"\x0c", "wire.control"), ("shift out", b"\x0e", "wire.control"),
            ("escape", b"\x1b", "wire.control"), ("unit separator", b"\x1f", "wire.control"), ("DEL", b"\x7f", "wire.control"),
            ("bare CR", b"\r", "wire.bare_cr"), ("bare LF", b"\n", "wire.bare_lf")]
SPOTS = [("before the name", b"%sX-A: 1"), ("within the name", b"X%sA: 1"), ("behind the name", b"X-A%s: 1"), ("behind the colon", b"X-A:%s1"),
         ("within the value", b"X-A: a%sb"), ("behind the value", b"X-A: 1%s"), ("alone on a line", b"%s")]


def at(place, field, more=b""):
    return b"GET /wire/x HTTP/1.1\r\n" + place % field + more + b"\r\n"


LINE_ENDS = [
    ("LF everywhere", b"GET /wire/x HTTP/1.1\nHost: localhost\n\n", "wire.bare_lf"),
    ("LF behind the request line", b"GET /wire/x HTTP/1.1\nHost: localhost\r\n\r\n", "wire.bare_lf"),
    ("LF behind a field", b"GET /wire/x HTTP/1.1\r\nHost: localhost\n\r\n", "wire.bare_lf"),
    ("LF for the empty line", b"GET /wire/x HTTP/1.1\r\nHost: localhost\r\n\n", "wire.bare_lf"),
    ("CR everywhere", b"GET /wire/x HTTP/1.1\rHost: localhost\r\r", "wire.bare_cr"),
    ("CR CR LF behind a field", b"GET /wire/x HTTP/1.1\r\nHost: localhost\r\r\n\r\n", "wire.bare_cr"),
    ("LF CR behind a field", b"GET /wire/x HTTP/1.1\r\nHost: localhost\n\r\n\r", "wire.bare_lf"),
    ("CR CR LF for the empty line", b"GET /wire/x HTTP/1.1\r\nHost: localhost\r\n\r\r\n", "wire.bare_cr"),
    ("CR LF LF at the end", b"GET /wire/x HTTP/1.1\r\nHost: localhost\r\nX-A: 1\r\n\n", "wire.bare_lf"),
    ("a LF that ends the head for some, then a hidden request", b"GET /wire/x HTTP/1.1\r\nHost: localhost\r\nX-A: 1\n\n" + HIDDEN, "wire.bare_lf"),
    ("a fold of nothing", b"GET /wire/x HTTP/1.1\r\nHost: localhost\r\n \r\n\r\n", FOLD),
    ("a fold of a tab", b"GET /wire/x HTTP/1.1\r\nHost: localhost\r\n\t\r\n\r\n", FOLD),
    ("a fold behind the request line", b"GET /wire/x HTTP/1.1\r\n X-A: 1\r\nHost: localhost\r\n\r\n", FOLD),
    ("a fold that ends the head for some", b"GET /wire/x HTTP/1.1\r\nHost: localhost\r\nX-A: 1\r\n \r\n" + HIDDEN, FOLD),
    ("a fold that holds a request", b"GET /wire/x HTTP/1.1\r\nHost: localhost\r\nX-A: 1\r\n " + HIDDEN, FOLD),
    ("two folds", b"GET /wire/x HTTP/1.1\r\nHost: localhost\r\nX-A: 1\r\n 2\r\n\t3\r\n\r\n", FOLD),
]

KEPT = [
    ("text", b"a b c"), ("a number", b"42"), ("a list", b"a, b;q=0.5, c"), ("quotes", b'"a, \\"b\\""'), ("a colon", b"a: b"), ("a URL", b"https://example.com/?a=b#c"),
    ("what looks like a field, encoded", b"a%0d%0aX-B:1"), ("a tab within", b"a\tb"), ("UTF-8", "Grüße, 世界".encode()),
    ("every visible character", bytes(range(0x21, 0x7f))), ("4 KiB", b"a" * 4096), ("an unclosed quote", b'"a'), ("a backslash", b"C:\\x"),
    ("a date", b"Sun, 06 Nov 1994 08:49:37 GMT"), ("Base64", b"QUJD+/=="), ("what looks like a request", b"GET /wire/hidden HTTP/1.1"),
]

# What tells a function who calls, from where, or by which other target: said by the gateway or by nobody.
ASSERTING = [b"X-Real-IP", b"X-Client-IP", b"True-Client-IP", b"CF-Connecting-IP", b"Fastly-Client-IP", b"X-Cluster-Client-IP", b"Client-Cert",
             b"Client-Cert-Chain", b"Remote-User", b"X-Remote-User", b"X-Authenticated-User", b"X-Auth-Request-User", b"SSL-Client-Verify",
             b"X-SSL-Client-CN", b"X-Goog-IAP-JWT-Assertion", b"X-Amzn-Oidc-Data", b"X-MS-Client-Principal", b"X-Original-URL", b"X-Original-Host",
             b"X-Rewrite-URL", b"X-HTTP-Method-Override", b"X-HTTP-Method", b"X-Method-Override", b"Proxy", b"Penstock-Caller", b"X-Function-Name"]

ROWS = [
    *[refused(f"a field name, {where}: {name}", "RFC 9110 5.1", at(place, text + b": 1\r\n"), 400, reason)
      for where, place in PLACES for name, text, reason in NAMES],
    *[refused(f"{what} {where}", "RFC 9112 2.2" if what.startswith("bare") else "RFC 9110 5.5", at(PLACES[1][1], text % byte + b"\r\n"), 400, reason)
      for where, text in SPOTS for what, byte, reason in CONTROLS],
    *[refused("line ends: " + name, "RFC 9112 2.2", raw, 400, reason) for name, raw, reason in LINE_ENDS],
    refused("no colon", "RFC 9112 5", at(PLACES[1][1], b"X-A\r\n"), 400, COLON),
    refused("no colon but a value", "RFC 9112 5", at(PLACES[1][1], b"X-A 1\r\n"), 400, COLON),
    refused("a request line among the fields", "RFC 9112 5", at(PLACES[1][1], b"GET /wire/hidden HTTP/1.1\r\n"), 400, COLON),
    refused("a request with a URL among the fields", "RFC 9112 5", at(PLACES[1][1], b"GET http://localhost/wire/hidden HTTP/1.1\r\n"), 400, NAME),
    refused("a colon alone", "RFC 9110 5.1", at(PLACES[1][1], b":\r\n"), 400, NAME),
    refused("two colons", "RFC 9110 5.1", at(PLACES[1][1], b"::\r\n"), 400, NAME),
    refused("an empty name that ends the head for some", "RFC 9110 5.1", at(PLACES[1][1], b": v\r\n") + HIDDEN, 400, NAME),
    refused("a line of NUL that ends the head for some", "RFC 9110 5.5", at(PLACES[1][1], b"\0\r\n") + HIDDEN, 400, "wire.nul"),
    refused("a CR that begins a field for some", "RFC 9112 2.2", at(PLACES[1][1], b"X-A: a\rTransfer-Encoding: chunked\r\n") + LAST, 400, "wire.bare_cr"),
    answered("a bad name in the second of two requests", "RFC 9112 9.3.2", get() + get(b"/wire/x", b"X A: 1"), 200, (400, NAME), seen=[Seen(G)],
             ends=True),
    *[refused("twice: " + name.decode(), "RFC 9110 5.3", sized(b"{}", name + b": application/json", name + b": text/plain"), 400, "wire.field_repeated")
      for name in (b"Content-Type", b"Authorization")],
    *[refused(f"two credentials, the second {shown(second) or 'empty'}", "RFC 9110 11.6.2", get(b"/wire/x", b"Authorization: Bearer x", b"Authorization: " + second),
              400, "wire.field_repeated") for second in (b"Bearer x", b"Basic eDp4", b"")],
    refused("twice in two cases: Authorization", "RFC 9110 5.3", get(b"/wire/x", b"Authorization: Bearer a", b"AUTHORIZATION: Bearer b"), 400,
            "wire.field_repeated"),

    *[passes("a value as it is: " + name, "RFC 9110 5.5", get(b"/wire/x", b"X-A: " + value), Seen(G, fields={"X-A": value.decode("latin-1")}))
      for name, value in KEPT],
    passes("a value of Latin-1, where nobody looks into it", "RFC 9110 5.5", get(b"/wire/x", b"X-A: caf\xe9"), Seen(G, fields={"X-A": "caf\xe9"})),
    passes("an empty value", "RFC 9110 5.5", get(b"/wire/x", b"X-A:"), Seen(G, fields={"X-A": ""})),
    passes("a value of white space", "RFC 9110 5.5", get(b"/wire/x", b"X-A: \t "), Seen(G, fields={"X-A": ""})),
    passes("white space around a value", "RFC 9112 5.1", get(b"/wire/x", b"X-A:\t  1 \t "), Seen(G, fields={"X-A": "1"})),
    passes("a field twice", "RFC 9110 5.3", get(b"/wire/x", b"X-A: 1", b"X-A: 2"), Seen(G, fields={"X-A": ["1", "2"]})),
    passes("a field twice in two cases", "RFC 9110 5.3", get(b"/wire/x", b"X-A: 1", b"x-a: 2"), Seen(G, fields={"X-A": ["1", "2"]})),
    passes("every tchar in a name", "RFC 9110 5.6.2", get(b"/wire/x", b"!#$%&'*+-.^`|~09azAZ: 1"), Seen(G, fields={"!#$%&'*+-.^`|~09azAZ": "1"})),
    passes("a name of one letter", "RFC 9110 5.1", get(b"/wire/x", b"X: 1"), Seen(G, fields={"X": "1"})),
    passes("cookies", "RFC 6265 5.4", get(b"/wire/x", b"Cookie: a=b; c=d", b"Cookie: e=f"), Seen(G, fields={"Cookie": ["a=b; c=d", "e=f"]})),
    passes("what a browser sends", "RFC 9110 10.1", get(
        b"/wire/x", b"User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", b"Accept: text/html,*/*;q=0.8",
        b"Accept-Language: de,en-US;q=0.7", b"Accept-Encoding: gzip, deflate, br, zstd", b"Referer: https://localhost/", b"Sec-Fetch-Mode: cors",
        b"If-None-Match: W/\"abc\"", b"Cache-Control: no-cache", b"Origin: https://localhost", b"DNT: 1"),
        Seen(G, fields={"Accept-Encoding": "gzip, deflate, br, zstd", "If-None-Match": 'W/"abc"', "Origin": "https://localhost"})),
    passes("what a webhook sends", "RFC 9110 10.1", sized(b'{"zen":"Design for failure."}', b"X-GitHub-Event: ping", b"X-Hub-Signature-256: sha256=ab"),
           Seen(X, b'{"zen":"Design for failure."}', {"X-GitHub-Event": "ping", "X-Hub-Signature-256": "sha256=ab", "Content-Type": "application/json"})),
    *[passes("dropped: " + shown(name), "RFC 9110 17.1", get(b"/wire/x", name + b": admin", b"X-Kept: 1"), Seen(G, fields={name.decode(): None, "X-Kept": "1"}))
      for name in ASSERTING],
    passes("forwarding fields are the gateway's own", "RFC 7239 8.1", get(
        b"/wire/x", b"X-Forwarded-For: 10.0.0.1", b"X-Forwarded-Proto: http", b"X-Forwarded-Host: other", b"X-Forwarded-Port: 1", b"Forwarded: for=10.0.0.1"),
        Seen(G, fields={"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "localhost", "X-Forwarded-Port": None,
                        "Forwarded": 'for=127.0.0.1;host="localhost";proto=https'})),
    passes("Via grows by one", "RFC 9110 7.6.3", get(b"/wire/x", b"Via: 1.1 other"), Seen(G, fields={"Via": ["1.1 other", "1.1 penstock"]})),
    passes("a credential for the gateway stays with it", "RFC 9110 11.6.2", get(b"/wire/x", b"Authorization: Bearer x"), Seen(G, fields={"Authorization": None})),
    passes("a request id of the caller's is replaced", "docs/wire.md", get(b"/wire/x", b"X-Request-Id: mine", b"X-Call-Id: mine"),
           Seen(G, fields={"X-Call-Id": None})),
    passes("fields of a chunked request", "RFC 9110 6.3", chunked(LAST, b"X-A: 1"), Seen(X, b"", {"X-A": "1"})),
]
