"""Several requests in one piece: answered in order, one at a time, and nothing behind a bad one."""
from wire.rows import HIDDEN, LAST, Seen, answered, chunk, chunked, closes, get, passes, post, sized

X = "POST /wire/x HTTP/1.1"


def good(name):
    """A request that can be told from the others, and what the function sees of it."""
    target = b"/wire/" + name
    return {
        b"get": (get(target), Seen(f"GET {target.decode()} HTTP/1.1")),
        b"sized": (sized(b'"sized"', target=target), Seen(f"POST {target.decode()} HTTP/1.1", b'"sized"')),
        b"chunked": (chunked(chunk(b'"chun') + chunk(b'ked"') + LAST, target=target), Seen(f"POST {target.decode()} HTTP/1.1", b'"chunked"')),
        b"empty": (sized(b"", target=target), Seen(f"POST {target.decode()} HTTP/1.1")),
        b"absolute": (get(b"http://localhost" + target), Seen(f"GET {target.decode()} HTTP/1.1")),
        b"kept": (get(target, b"Connection: keep-alive", version=b"HTTP/1.0"), Seen(f"GET {target.decode()} HTTP/1.1")),
    }[name]


KINDS = (b"get", b"sized", b"chunked", b"empty", b"absolute", b"kept")
BAD = [
    ("two lengths", post(b"Content-Length: 2", b"Content-Length: 2", body=b"{}"), 400, "wire.length_repeated"),
    ("length and coding", post(b"Content-Length: 5", b"Transfer-Encoding: chunked", body=LAST), 400, "wire.length_and_chunked"),
    ("an unknown coding", post(b"Transfer-Encoding: cow", body=LAST), 501, "wire.coding_unknown"),
    ("a bare LF", b"GET /wire/x HTTP/1.1\nHost: localhost\n\n", 400, "wire.bare_lf"),
    ("a fold", get(b"/wire/x", b"X-A: 1", b" 2"), 400, "wire.fold"),
    ("a NUL", get(b"/wire/x", b"X-A: \0"), 400, "wire.nul"),
    ("no Host", get(host=b""), 400, "wire.host_missing"),
    ("HTTP/0.9", b"GET /wire/x\r\n\r\n", 505, "wire.version"),
    ("TRACE", get(method=b"TRACE"), 405, "wire.method"),
    ("an upgrade", get(b"/wire/x", b"Upgrade: h2c"), 400, "wire.upgrade"),
    ("dot segments", get(b"/wire/../x"), 400, "wire.target_dot_segment"),
    ("a chunk size with a sign", chunked(b"+2\r\n{}\r\n" + LAST), 400, "wire.chunk_size"),
    ("a framing field as a trailer", chunked(chunk(b"{}") + b"0\r\nContent-Length: 9\r\n\r\n"), 400, "wire.trailer_field"),
]
# Refused, but whole: the connection goes on.
TOLERABLE = [
    ("no route", get(b"/nowhere"), 404, "route.unknown"),
    ("no route with a body", sized(HIDDEN, target=b"/nowhere"), 404, "route.unknown"),
    ("no credential", sized(b"{}", target=b"/function/orders"), 401, "credential.missing"),
    ("another method", get(method=b"REPORT"), 405, "method.not_allowed"),
    ("no JSON", sized(b"{", target=b"/open/x"), 400, "json.truncated"),
    ("a coded body", sized(HIDDEN, b"Content-Encoding: gzip", target=b"/open/x"), 415, "type.coding"),
]


def joined(*kinds):
    pairs = [good(kind) for kind in kinds]
    return b"".join(raw for raw, _ in pairs), [seen for _, seen in pairs]


def after(kind, name, raw, status, reason):
    first, seen = good(kind)
    return answered(f"{kind.decode()}, then {name}", "RFC 9112 9.3.2", first + raw, 200, (status, reason), seen=[seen], ends=True)


ROWS = [
    *[passes(f"{a.decode()}, then {b.decode()}", "RFC 9112 9.3.2", joined(a, b)[0], *joined(a, b)[1]) for a in KINDS for b in KINDS],
    *[after(kind, *bad) for bad in BAD for kind in (b"get", b"sized", b"chunked")],
    *[answered(f"{name}, then a good one", "RFC 9112 9.3.2", raw + good(b"get")[0], (status, reason), ends=True)
      for name, raw, status, reason in BAD],
    *[answered(f"{name} between good ones", "RFC 9112 9.3.2", good(b"sized")[0] + raw + good(b"chunked")[0], 200, (status, reason), 200,
               seen=[good(b"sized")[1], good(b"chunked")[1]]) for name, raw, status, reason in TOLERABLE],
    answered("six refusals in a row", "RFC 9112 9.3.2", b"".join(row[1] for row in TOLERABLE), *[(row[2], row[3]) for row in TOLERABLE]),
    answered("every refusal, and a bad one last", "RFC 9112 9.3.2", b"".join(row[1] for row in TOLERABLE) + BAD[0][1],
             *[(row[2], row[3]) for row in TOLERABLE], BAD[0][2:], ends=True),
    passes("twenty at once", "RFC 9112 9.3.2", b"".join(sized(b"%d" % i) for i in range(20)), *[Seen(X, b"%d" % i) for i in range(20)]),
    passes("twenty at once, chunked", "RFC 9112 9.3.2", b"".join(chunked(chunk(b"%d" % i) + LAST) for i in range(20)),
           *[Seen(X, b"%d" % i) for i in range(20)]),
    passes("a hundred at once", "RFC 9112 9.3.2", get() * 100, *[Seen("GET /wire/x HTTP/1.1")] * 100),
    passes("bodies and none in turn", "RFC 9112 9.3.2", joined(*KINDS[:2] * 5)[0], *joined(*KINDS[:2] * 5)[1]),
    answered("a LF between two", "RFC 9112 2.2", get() + b"\n" + get(), 200, (400, "wire.bare_lf"), seen=[Seen("GET /wire/x HTTP/1.1")], ends=True),
    answered("a NUL between two", "RFC 9110 5.5", sized(b"{}") + b"\0" + get(), 200, (400, "wire.nul"), seen=[Seen(X, b"{}")], ends=True),
    passes("all kinds at once", "RFC 9112 9.3.2", joined(*KINDS)[0], *joined(*KINDS)[1]),
    passes("bodies of 40 KiB behind each other", "RFC 9112 9.3.2", sized(b"a" * 40000) * 3, *[Seen(X, b"a" * 40000)] * 3),
    passes("HEAD between others", "RFC 9110 9.3.2", get() + get(method=b"HEAD") + get(), Seen("GET /wire/x HTTP/1.1"), Seen("HEAD /wire/x HTTP/1.1"),
           Seen("GET /wire/x HTTP/1.1"), head=(1,)),
    passes("HEAD thrice", "RFC 9110 9.3.2", get(method=b"HEAD") * 3, *[Seen("HEAD /wire/x HTTP/1.1")] * 3, head=(0, 1, 2)),
    passes("an empty line between two", "RFC 9112 2.2", get() + b"\r\n" + get(), Seen("GET /wire/x HTTP/1.1"), Seen("GET /wire/x HTTP/1.1")),
    answered("two empty lines between two", "RFC 9112 2.2", get() + b"\r\n\r\n" + HIDDEN, 200, (400, "wire.empty_line"),
             seen=[Seen("GET /wire/x HTTP/1.1")], ends=True),
    closes("close in the middle", "RFC 9112 9.6", sized(b"{}") + get(b"/wire/x", b"Connection: close") + HIDDEN, Seen(X, b"{}"),
           Seen("GET /wire/x HTTP/1.1")),
    closes("HTTP/1.0 in the middle", "RFC 9112 9.3", sized(b"{}") + get(version=b"HTTP/1.0") + HIDDEN, Seen(X, b"{}"), Seen("GET /wire/x HTTP/1.1")),
    answered("a body too large in the middle", "RFC 9110 15.5.14", get() + post(b"Content-Length: 99999999") + HIDDEN, 200, (413, "body.too_large"),
             seen=[Seen("GET /wire/x HTTP/1.1")], ends=True),
    answered("a chunked body that nobody takes in the middle", "RFC 9112 9.3", get() + chunked(chunk(HIDDEN) + LAST, target=b"/nowhere") + HIDDEN,
             200, (404, "route.unknown"), seen=[Seen("GET /wire/x HTTP/1.1")], ends=True),
    answered("a refused expectation in the middle", "RFC 9110 10.1.1", get() + sized(b"{}", b"Expect: 100-continue", target=b"/nowhere") + HIDDEN,
             200, (404, "route.unknown"), seen=[Seen("GET /wire/x HTTP/1.1")], ends=True),
    passes("a kept expectation in the middle", "RFC 9110 10.1.1", get() + sized(b"{}", b"Expect: 100-continue") + get(),
           Seen("GET /wire/x HTTP/1.1"), Seen(X, b"{}"), Seen("GET /wire/x HTTP/1.1"), hasty=True),
]
