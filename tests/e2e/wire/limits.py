"""Sizes: at the limit it passes, above it is refused before more is read."""
from wire.rows import HOST, LAST, Seen, answered, chunk, chunked, get, passes, post, refused, sized

G, X = "GET /wire/x HTTP/1.1", "POST /wire/x HTTP/1.1"
TARGET, FIELD, COUNT, HEAD = "wire.target_size", "wire.field_size", "wire.field_count", "wire.head_size"
KIB = 1024


def many(count):
    """`count` fields in all, Host among them."""
    return [b"X-%d: 1" % i for i in range(count - 1)]


def head_of(size):
    """A head of exactly this many bytes, in fields of less than 8 KiB."""
    left = size - len(get())
    fields = []
    while left > 8000:
        fields.append(b"X-%d: " % len(fields) + b"a" * 7000)
        left -= len(fields[-1]) + 2
    return get(b"/wire/x", *fields, b"X-Last: " + b"a" * (left - len("X-Last: \r\n")))


ROWS = [
    passes("a target of 8 KiB", "RFC 9112 3", get(b"/wire/" + b"a" * (8 * KIB - 6)), Seen("GET /wire/" + "a" * (8 * KIB - 6) + " HTTP/1.1")),
    refused("a target above 8 KiB", "RFC 9110 15.5.15", get(b"/wire/" + b"a" * (8 * KIB - 5)), 414, TARGET),
    refused("a query above 8 KiB", "RFC 9110 15.5.15", get(b"/wire/x?" + b"a" * 8 * KIB), 414, TARGET),
    refused("an absolute form above 8 KiB", "RFC 9110 15.5.15", get(b"http://localhost/wire/" + b"a" * 8 * KIB), 414, TARGET),
    refused("a target above 8 KiB in HTTP/1.0", "RFC 9110 15.5.15", get(b"/wire/" + b"a" * 8 * KIB, version=b"HTTP/1.0"), 414, TARGET),
    refused("a target of 30 KiB", "RFC 9110 15.5.15", get(b"/" + b"a" * 30 * KIB), 414, TARGET),
    refused("a target of 100 KiB", "RFC 9110 15.5.15", get(b"/" + b"a" * 100 * KIB), 414, TARGET),
    answered("a method of 10,000 letters", "RFC 9110 9.1", get(method=b"G" * 10000), (405, "method.not_allowed")),
    refused("a request line without an end", "RFC 9110 15.5.15", b"GET /" + b"a" * 40 * KIB, 414, TARGET),
    refused("a method without an end", "RFC 9112 3", b"A" * 40 * KIB, 414, TARGET),
    refused("spaces without an end", "RFC 9112 3", b" " * 40 * KIB, 414, TARGET),
    passes("a field line of 8 KiB", "RFC 6585 5", get(b"/wire/x", b"X-A: " + b"a" * (8 * KIB - 5)), Seen(G, fields={"X-A": "a" * (8 * KIB - 5)})),
    refused("a field line above 8 KiB", "RFC 6585 5", get(b"/wire/x", b"X-A: " + b"a" * (8 * KIB - 4)), 431, FIELD),
    refused("a field name above 8 KiB", "RFC 6585 5", get(b"/wire/x", b"X" * 9 * KIB + b": 1"), 431, FIELD),
    refused("a field of white space above 8 KiB", "RFC 6585 5", get(b"/wire/x", b"X-A:" + b" " * 9 * KIB), 431, FIELD),
    refused("a field above 8 KiB without a colon", "RFC 6585 5", get(b"/wire/x", b"a" * 9 * KIB), 431, FIELD),
    refused("a Host above 8 KiB", "RFC 6585 5", get(host=b"Host: " + b"a" * 9 * KIB + b"\r\n"), 431, FIELD),
    refused("a second field above 8 KiB in HTTP/1.0", "RFC 6585 5", get(b"/wire/x", b"X-A: 1", b"X-B: " + b"b" * 9 * KIB, version=b"HTTP/1.0"), 431, FIELD),
    passes("64 fields", "RFC 6585 5", get(b"/wire/x", *many(64)), Seen(G, fields={"X-62": "1"})),
    refused("65 fields", "RFC 6585 5", get(b"/wire/x", *many(65)), 431, COUNT),
    refused("65 fields with a body", "RFC 6585 5", sized(b"{}", *many(65)), 431, COUNT),
    refused("65 equal fields", "RFC 6585 5", get(b"/wire/x", *[b"X-A: 1"] * 64), 431, COUNT),
    refused("fields without an end", "RFC 6585 5", b"GET /wire/x HTTP/1.1\r\n" + HOST + b"a: b\r\n" * 4000, 431, COUNT),
    refused("the smallest fields, without an end", "RFC 6585 5", b"GET /wire/x HTTP/1.1\r\n" + HOST + b"a:\r\n" * 8000, 431, COUNT),
    passes("a head of 32 KiB but one", "RFC 6585 5", head_of(32 * KIB - 1), Seen(G)),
    passes("a head of 32 KiB", "RFC 6585 5", head_of(32 * KIB), Seen(G)),
    refused("a head above 32 KiB", "RFC 6585 5", head_of(32 * KIB + 1), 431, HEAD),
    refused("a head of 60 KiB", "RFC 6585 5", head_of(60 * KIB), 431, HEAD),
    refused("a field without an end", "RFC 6585 5", b"GET /wire/x HTTP/1.1\r\n" + HOST + b"X-A: " + b"a" * 40 * KIB, 431, HEAD),
    answered("a good request, then a head above 32 KiB", "RFC 6585 5", get() + head_of(33 * KIB), 200, (431, HEAD), seen=[Seen(G)], ends=True),

    passes("a body at the limit", "RFC 9110 15.5.14", sized(b"a" * 256 * KIB), Seen(X, b"a" * 256 * KIB)),
    answered("a length one above the limit", "RFC 9110 15.5.14", post(b"Content-Length: %d" % (256 * KIB + 1), body=b"a" * (256 * KIB + 1)),
             (413, "body.too_large"), ends=True),
    answered("a length of 2^63 - 1", "RFC 9110 15.5.14", post(b"Content-Length: 9223372036854775807"), (413, "body.too_large"), ends=True),
    answered("a length above the limit, nothing of it sent", "RFC 9110 15.5.14", post(b"Content-Length: 99999999"), (413, "body.too_large"), ends=True),
    answered("a length above the limit in HTTP/1.0", "RFC 9110 15.5.14", post(b"Content-Length: 99999999", version=b"HTTP/1.0"), (413, "body.too_large"),
             ends=True),
    passes("chunks at the limit", "RFC 9110 15.5.14", chunked(chunk(b"a" * 64 * KIB) * 4 + LAST), Seen(X, b"a" * 256 * KIB)),
    answered("chunks one above the limit", "RFC 9110 15.5.14", chunked(chunk(b"a" * 64 * KIB) * 4 + chunk(b"a") + LAST), (413, "body.too_large"), ends=True),
    answered("one chunk above the limit", "RFC 9110 15.5.14", chunked(chunk(b"a" * 257 * KIB) + LAST), (413, "body.too_large"), ends=True),
    answered("chunks far above the limit", "RFC 9110 15.5.14", chunked(chunk(b"a" * 64 * KIB) * 12 + LAST), (413, "body.too_large"), ends=True),
]
