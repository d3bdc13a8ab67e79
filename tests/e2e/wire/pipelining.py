"""Several requests over one connection (RFC 9112 section 9.3.2): answered in order, and none behind one that was refused."""
from wire.row import HEAD, HIDDEN, HOST, MARK, Row, get, passes, post

PATH = b"/open/" + MARK
GET, POST = b"GET " + PATH + b" HTTP/1.1", b"POST " + PATH + b" HTTP/1.1"
CHUNKS = HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
OK = (200, None)
BAD = (("two lengths", HEAD + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400, "wire.length_repeated"),
       ("length and chunked", HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "wire.length_and_chunked"),
       ("a bare LF", b"GET " + PATH + b" HTTP/1.1\n" + HOST + b"\r\n", 400, "wire.bare_lf"),
       ("no Host", b"GET " + PATH + b" HTTP/1.1\r\n\r\n", 400, "wire.host_missing"),
       ("a dot segment", get(PATH + b"/.."), 400, "wire.target_dot_segment"),
       ("HTTP/0.9", b"GET " + PATH + b"\r\n", 505, "wire.version"),
       ("an unknown coding", HEAD + b"Transfer-Encoding: gzip\r\n\r\n", 501, "wire.coding_unknown"),
       ("a chunk too long", HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n", 400, "wire.chunk_end"),
       ("an upgrade", get(PATH, b"Upgrade: h2c\r\n"), 400, "wire.upgrade"),
       ("a field without a name", get(PATH, b": 1\r\n"), 400, "wire.field_name"))


def rows():
    one, two = (GET, b""), (POST, b"{}")
    yield Row("9112 9.3.2", "two at once", get(PATH) + get(PATH), (OK, OK), (one, one), ends=False)
    yield Row("9112 9.3.2", "ten at once", get(PATH) * 10, (OK,) * 10, (one,) * 10, ends=False)
    yield Row("9112 9.3.2", "a hundred at once", get(PATH) * 100, (OK,) * 100, (one,) * 100, ends=False)
    yield Row("9112 9.3.2", "bodies and none in turn", (post(b"{}") + get(PATH)) * 5, (OK,) * 10, (two, one) * 5, ends=False)
    yield Row("9112 9.3.2", "chunks and lengths in turn", (CHUNKS + post(b"{}")) * 5, (OK,) * 10, (two,) * 10, ends=False)
    yield Row("9112 2.2", "an empty line between two", post(b"{}") + b"\r\n" + post(b"{}"), (OK, OK), (two, two), ends=False)
    yield Row("9112 2.2", "two empty lines between two", post(b"{}") + b"\r\n\r\n" + post(b"{}"), (OK, (400, "wire.empty_line")), (two,))
    yield Row("9112 2.2", "an LF between two", post(b"{}") + b"\n" + post(b"{}"), (OK, (400, "wire.bare_lf")), (two,))
    yield Row("9112 6.3", "bytes behind a body that begin no request", post(b"{}") + b"\0" + get(PATH), (OK, (400, "wire.nul")), (two,))
    for status, reason, sent in ((404, None, get(b"/nowhere/" + MARK)), (405, "method.not_allowed", b"PATCH " + PATH + b" HTTP/1.1\r\n" + HOST + b"\r\n"),
                                 (401, None, get(b"/function/orders").replace(b"GET", b"POST"))):
        yield Row("9112 9.3.2", f"one that gets {status} between two", get(PATH) + sent + get(PATH), (OK, (status, reason), OK), (one, one), ends=False)
    for why, sent, status, reason in BAD:
        yield Row("9112 9.3.2", f"a good one before {why}", get(PATH) + sent + HIDDEN, (OK, (status, reason)), (one,))
        yield Row("9112 9.3.2", f"two good ones before {why}, sent by 11", post(b"{}") + get(PATH) + sent + HIDDEN, (OK, OK, (status, reason)), (two, one),
                  piece=11)
    for piece in (1, 2, 3, 4, 5, 7, 13, 29, 61):
        yield passes("9112 2.1", f"a request sent by {piece}", post(b'{"a":1}'), b'{"a":1}', piece=piece)
        yield Row("9112 9.3.2", f"three requests sent by {piece}", post(b"{}") + CHUNKS + get(PATH), (OK,) * 3, (two, two, one), ends=False, piece=piece)
