"""Sizes: 414 and 431 for heads (RFC 9110 section 15.5.15, RFC 6585 section 5), 413 for bodies before they are read."""
from wire.row import HEAD, HOST, MARK, Row, answered, get, passes, refused

PATH = b"/open/" + MARK


def rows():
    yield passes("9112 3", "a target of 8,000 bytes, as every recipient should take", get(PATH + b"/" + b"a" * 7980))
    yield refused("9110 15.5.15", "a target beyond 8 KiB", get(PATH + b"/" + b"a" * 8192), 414, "wire.target_size")
    yield refused("9110 15.5.15", "a query beyond 8 KiB", get(PATH + b"?" + b"a" * 8192), 414, "wire.target_size")
    yield refused("9110 15.5.15", "a target of 100 KiB", get(PATH + b"/" + b"a" * 102400), 414, "wire.target_size")
    yield refused("9110 15.5.15", "a request line without an end", b"GET /" + b"a" * 40000, 414, "wire.target_size", hidden=False)
    yield refused("6585 5", "a field beyond 8 KiB", get(PATH, b"X-A: " + b"a" * 8192 + b"\r\n"), 431, "wire.field_size")
    yield refused("6585 5", "a name beyond 8 KiB", get(PATH, b"X" * 8300 + b": 1\r\n"), 431, "wire.field_size")
    yield refused("6585 5", "a head beyond 32 KiB", get(PATH, b"".join(b"X-%d: %s\r\n" % (i, b"a" * 8000) for i in range(5))), 431, "wire.head_size")
    yield refused("6585 5", "65 fields", get(PATH, b"".join(b"X-%d: 1\r\n" % i for i in range(64))), 431, "wire.field_count")
    yield refused("6585 5", "a thousand fields", get(PATH, b"X-A: 1\r\n" * 1000), 431, "wire.field_count")
    yield refused("6585 5", "fields without an end", b"GET " + PATH + b" HTTP/1.1\r\n" + HOST + b"X-A: " + b"a" * 40000, 431, "wire.head_size", hidden=False)
    yield passes("6585 5", "sixty fields", get(PATH, b"".join(b"X-%d: 1\r\n" % i for i in range(59))))
    yield Row("9110 15.5.14", "a length beyond the function's", HEAD + b"Content-Length: 1048577\r\n\r\n", ((413, "body.too_large"),))
    yield Row("9110 15.5.14", "the greatest length there is", HEAD + b"Content-Length: 9223372036854775807\r\n\r\n", ((413, "body.too_large"),))
    yield Row("9110 15.5.14", "a chunk beyond the function's length",
              HEAD + b"Transfer-Encoding: chunked\r\n\r\n100001\r\n" + b" " * 1048577 + b"\r\n0\r\n\r\n", ((413, "body.too_large"),))
    body = b'"' + b"a" * 60000 + b'"'
    yield passes("9110 15.5.14", "a body of many records", HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body, body)
    yield answered("9112 3", "a method of 10,000 letters", b"G" * 10000 + b" " + PATH + b" HTTP/1.1\r\n" + HOST + b"\r\n", 405, "method.not_allowed")
