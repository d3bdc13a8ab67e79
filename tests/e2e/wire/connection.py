"""Connection and what it names, fields of one hop, Upgrade, Expect, and when a connection ends."""
from wire.rows import HIDDEN, LAST, Seen, answered, chunk, chunked, closes, get, passes, post, refused, sized

G, X = "GET /wire/x HTTP/1.1", "POST /wire/x HTTP/1.1"
CONNECTION, UPGRADE, EXPECT = "wire.connection", "wire.upgrade", "wire.expect"

OPTIONS_REFUSED = [
    ("no token", b"a b"), ("quotes", b'"close"'), ("a parameter", b"close;a"), ("an equals sign", b"close=1"), ("a colon", b"close:"), ("a slash", b"a/b"),
    ("bytes above 127", b"caf\xe9"), ("a no-break space", b"\xa0close"), ("a tab for the comma", b"close\tkeep-alive"), ("parentheses", b"(close)"),
]
# Naming these would take from every request what it needs.
FOR_ALL = [b"Host", b"Content-Length", b"Transfer-Encoding", b"Content-Type", b"Content-Encoding", b"Authorization", b"Expect"]

NOMINATED = [
    ("one", [b"Connection: X-A"], {"X-A": None, "X-B": "2"}),
    ("one in another case", [b"Connection: x-a"], {"X-A": None, "X-B": "2"}),
    ("two in a list", [b"Connection: X-A, X-B"], {"X-A": None, "X-B": None}),
    ("two in two fields", [b"Connection: X-A", b"Connection: X-B"], {"X-A": None, "X-B": None}),
    ("one among options", [b"Connection: keep-alive, X-B"], {"X-A": "1", "X-B": None}),
    ("one amid empty elements", [b"Connection: ,, X-A ,,"], {"X-A": None, "X-B": "2"}),
    ("one that is not there", [b"Connection: X-C"], {"X-A": "1", "X-B": "2"}),
    ("a part of a name", [b"Connection: X"], {"X-A": "1", "X-B": "2"}),
    ("nothing", [b"Connection:"], {"X-A": "1", "X-B": "2"}),
    ("Connection itself", [b"Connection: Connection"], {"X-A": "1", "X-B": "2"}),
    ("what comes before it", [b"X-C: 3", b"Connection: X-C"], {"X-C": None}),
    ("a cookie", [b"Connection: Cookie", b"Cookie: a=b"], {"Cookie": None}),
]
# A caller cannot have the gateway's own fields taken away by naming them.
OURS = [("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-Proto", "https"), ("Via", "1.1 penstock")]

ONE_HOP = [b"Keep-Alive: timeout=5", b"Proxy-Connection: keep-alive", b"Proxy-Connection: close", b"TE: trailers", b"TE: chunked", b"Trailer: X-T", b"Trailer: Content-Length",
           b"Proxy-Authorization: Basic YTpi", b"Proxy-Authenticate: Basic", b"Proxy-Authentication-Info: a", b"Proxy-Status: x; error=dns_error",
           b"HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA", b"Keep-Alive:", b"Proxy-Anything: 1"]

UPGRADES = [
    ("to HTTP/2", [b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA"]),
    ("to HTTP/2 without naming it", [b"Upgrade: h2c"]), ("to HTTP/2 over TLS", [b"Connection: Upgrade", b"Upgrade: h2"]),
    ("to WebSocket", [b"Connection: Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", b"Sec-WebSocket-Version: 13"]),
    ("to WebSocket in capitals", [b"CONNECTION: UPGRADE", b"UPGRADE: WEBSOCKET"]), ("to TLS", [b"Connection: Upgrade", b"Upgrade: TLS/1.0"]),
    ("to nothing", [b"Connection: Upgrade", b"Upgrade:"]), ("to a list", [b"Connection: Upgrade", b"Upgrade: h2c, websocket"]),
    ("twice", [b"Connection: Upgrade", b"Upgrade: h2c", b"Upgrade: websocket"]), ("to HTTP/1.1", [b"Connection: Upgrade", b"Upgrade: HTTP/1.1"]),
]

EXPECTATIONS = [
    ("another one", [b"Expect: 200-ok"]), ("a word", [b"Expect: continue"]), ("nothing", [b"Expect:"]), ("a parameter", [b"Expect: 100-continue;a=b"]),
    ("a value", [b"Expect: 100-continue=1"]), ("a list", [b"Expect: 100-continue, 100-continue"]), ("a list with another", [b"Expect: 100-continue, x"]),
    ("a comma behind", [b"Expect: 100-continue,"]), ("twice", [b"Expect: 100-continue"] * 2), ("twice, one another", [b"Expect: 100-continue", b"Expect: x"]),
    ("quotes", [b'Expect: "100-continue"']), ("a letter more", [b"Expect: 100-continuex"]), ("a space within", [b"Expect: 100 -continue"]),
    ("a space for the hyphen", [b"Expect: 100 continue"]), ("101", [b"Expect: 101-switching"]),
]

ROWS = [
    *[refused("a connection option: " + name, "RFC 9110 7.6.1", get(b"/wire/x", b"Connection: " + value), 400, CONNECTION) for name, value in OPTIONS_REFUSED],
    *[refused("a connection option behind close: " + name, "RFC 9110 7.6.1", get(b"/wire/x", b"Connection: close, " + value), 400, CONNECTION)
      for name, value in OPTIONS_REFUSED[::3]],
    *[refused("a connection option that is for all: " + name.decode(), "RFC 9110 7.6.1", sized(b"{}", b"Connection: " + name), 400, CONNECTION) for name in FOR_ALL],
    *[refused("for all, in another case and among others: " + name.decode(), "RFC 9110 7.6.1", get(b"/wire/x", b"Connection: keep-alive, " + name.swapcase()),
              400, CONNECTION) for name in FOR_ALL],
    refused("a length that is named and chunked beside it", "RFC 9112 6.3",
            post(b"Connection: Content-Length", b"Content-Length: 5", b"Transfer-Encoding: chunked", body=LAST), 400, "wire.length_and_chunked"),
    refused("a coding that is named", "RFC 9110 7.6.1", chunked(LAST, b"Connection: Transfer-Encoding"), 400, CONNECTION),

    *[passes("nominated: " + name, "RFC 9110 7.6.1", get(b"/wire/x", b"X-A: 1", b"X-B: 2", *fields), Seen(G, fields=seen)) for name, fields, seen in NOMINATED],
    *[passes("nominated: our own " + name, "RFC 9110 7.6.1", get(b"/wire/x", b"Connection: " + name.encode()), Seen(G, fields={name: value})) for name, value in OURS],
    *[passes("of one hop: " + field.decode(), "RFC 9110 7.6.1", get(b"/wire/x", field, b"X-A: 1"), Seen(G, fields={field.decode().split(":")[0]: None, "X-A": "1"}))
      for field in ONE_HOP],
    passes("of one hop: all at once", "RFC 9110 7.6.1", sized(b"{}", *ONE_HOP), Seen(X, b"{}")),
    passes("of one hop: in HTTP/1.0 that is kept", "RFC 9112 C.2.2", get(b"/wire/x", b"Connection: keep-alive", b"Keep-Alive: 5", version=b"HTTP/1.0"),
           Seen(G, fields={"Keep-Alive": None})),

    *[refused("upgrade " + name, "RFC 9110 7.8", get(b"/wire/x", *fields), 400, UPGRADE) for name, fields in UPGRADES],
    *[refused("upgrade with a body " + name, "RFC 9110 7.8", sized(b"{}", *fields), 400, UPGRADE) for name, fields in UPGRADES[:4]],
    refused("upgrade in HTTP/1.0", "RFC 9110 7.8", get(b"/wire/x", b"Upgrade: websocket", version=b"HTTP/1.0"), 400, UPGRADE),
    passes("the word upgrade without the field", "RFC 9110 7.8", get(b"/wire/x", b"Connection: Upgrade"), Seen(G)),
    passes("insecure requests upgraded are something else", "RFC 9110 7.8", get(b"/wire/x", b"Upgrade-Insecure-Requests: 1"),
           Seen(G, fields={"Upgrade-Insecure-Requests": "1"})),

    *[refused("expectation: " + name, "RFC 9110 10.1.1", sized(b"{}", *fields), 417, EXPECT) for name, fields in EXPECTATIONS],
    *[refused("expectation without a body: " + name, "RFC 9110 10.1.1", get(b"/wire/x", *fields), 417, EXPECT) for name, fields in EXPECTATIONS[::5]],
    passes("100-continue, the body at once", "RFC 9110 10.1.1", sized(b"{}", b"Expect: 100-continue"), Seen(X, b"{}", {"Expect": None}), waits=True),
    passes("100-continue in capitals", "RFC 9110 10.1.1", sized(b"{}", b"EXPECT: 100-CONTINUE"), Seen(X, b"{}", {"Expect": None}), waits=True),
    passes("100-continue, chunked", "RFC 9110 10.1.1", chunked(chunk(b"{}") + LAST, b"Expect: 100-continue"), Seen(X, b"{}", {"Expect": None}), waits=True),
    passes("100-continue without a body is pointless", "RFC 9110 10.1.1", get(b"/wire/x", b"Expect: 100-continue"), Seen(G, fields={"Expect": None})),
    closes("100-continue in HTTP/1.0 is ignored", "RFC 9110 10.1.1", sized(b"{}", b"Expect: 100-continue", version=b"HTTP/1.0"),
           Seen(X, b"{}", {"Expect": None})),
    answered("100-continue to nowhere", "RFC 9110 10.1.1", sized(b"{}", b"Expect: 100-continue", target=b"/nowhere"), (404, "route.unknown"), ends=True),
    answered("100-continue with a method that is not taken", "RFC 9110 10.1.1", sized(b"{}", b"Expect: 100-continue", method=b"REPORT"),
             (405, "method.not_allowed"), ends=True),
    answered("100-continue without a credential", "RFC 9110 10.1.1", sized(b"{}", b"Expect: 100-continue", target=b"/function/orders"),
             (401, "credential.missing"), ends=True),
    answered("100-continue with a body of the wrong type", "RFC 9110 10.1.1", sized(b"{}", b"Expect: 100-continue", b"Content-Encoding: gzip", target=b"/open/x"),
             (415, "type.coding"), ends=True),
    answered("100-continue with a body too large", "RFC 9110 10.1.1", post(b"Content-Length: 99999999", b"Expect: 100-continue"),
             (413, "body.too_large"), ends=True),
    refused("100-continue with two lengths", "RFC 9112 6.3", sized(b"{}", b"Expect: 100-continue", b"Content-Length: 2"), 400, "wire.length_repeated"),

    closes("close", "RFC 9112 9.6", get(b"/wire/x", b"Connection: close"), Seen(G)),
    closes("close in capitals", "RFC 9112 9.6", get(b"/wire/x", b"Connection: CLOSE"), Seen(G)),
    closes("close in a list", "RFC 9112 9.6", get(b"/wire/x", b"Connection: X-A, close"), Seen(G)),
    closes("close beats keep-alive", "RFC 9112 9.3", get(b"/wire/x", b"Connection: keep-alive, close"), Seen(G)),
    closes("close in a second field", "RFC 9112 9.3", get(b"/wire/x", b"Connection: keep-alive", b"Connection: close"), Seen(G)),
    closes("close beats keep-alive in HTTP/1.0", "RFC 9112 9.3", get(b"/wire/x", b"Connection: keep-alive, close", version=b"HTTP/1.0"), Seen(G)),
    closes("close with a body", "RFC 9112 9.6", sized(HIDDEN, b"Connection: close"), Seen(X, HIDDEN)),
    closes("close with chunks", "RFC 9112 9.6", chunked(chunk(HIDDEN) + LAST, b"Connection: close"), Seen(X, HIDDEN)),
    passes("keep-alive", "RFC 9112 9.3", get(b"/wire/x", b"Connection: keep-alive"), Seen(G)),
    passes("keep-alive in HTTP/1.0", "RFC 9112 9.3", get(b"/wire/x", b"Connection: Keep-Alive", version=b"HTTP/1.0"), Seen(G)),
    passes("close of a proxy is not ours", "RFC 9110 7.6.1", get(b"/wire/x", b"Proxy-Connection: close"), Seen(G)),
    closes("HTTP/1.0 that asks a proxy to keep it", "RFC 9112 C.2.2", get(b"/wire/x", b"Proxy-Connection: keep-alive", version=b"HTTP/1.0"), Seen(G)),
    answered("close on a refusal", "RFC 9112 9.6", get(b"/nowhere", b"Connection: close"), (404, "route.unknown"), ends=True),
]
