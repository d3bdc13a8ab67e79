"""Requests that never end: cut at their deadlines. Each row waits for one, so they run side by side."""
from wire.rows import CHUNKED, HOST, TYPE, chunk, get, refused

HEAD, BODY = (408, "edge.head_timeout"), (408, "edge.body_timeout")
START = b"POST /wire/x HTTP/1.1\r\n" + HOST + TYPE

HEADS = [
    ("one byte", b"G"), ("a method", b"GET"), ("a target", b"GET /wire/x"), ("a version", b"GET /wire/x HTTP/1.1"),
    ("a CR", b"GET /wire/x HTTP/1.1\r"), ("a line", b"GET /wire/x HTTP/1.1\r\n"), ("a field", b"GET /wire/x HTTP/1.1\r\nHost: localhost\r\n"),
    ("all but one byte", get()[:-1]), ("an empty line", b"\r\n"), ("the CR of an empty line", b"\r"), ("framing fields", START + b"Content-Length: 2\r\n"),
]
BODIES = [
    ("none of the body", START + b"Content-Length: 2\r\n\r\n"), ("a byte too few", START + b"Content-Length: 3\r\n\r\n{}"),
    ("an Expect that is not followed", START + b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n"), ("no chunk", START + CHUNKED + b"\r\n"),
    ("a size", START + CHUNKED + b"\r\n2"), ("a size line", START + CHUNKED + b"\r\n2\r\n"), ("a part of a chunk", START + CHUNKED + b"\r\n2\r\n{"),
    ("a chunk without its end", START + CHUNKED + b"\r\n2\r\n{}"), ("a chunk and no last one", START + CHUNKED + b"\r\n" + chunk(b"{}")),
    ("a last chunk without its empty line", START + CHUNKED + b"\r\n" + chunk(b"{}") + b"0\r\n"),
    ("a trailer without its empty line", START + CHUNKED + b"\r\n" + chunk(b"{}") + b"0\r\nX-T: 1\r\n"),
    ("a huge chunk that does not come", START + CHUNKED + b"\r\n7fffffffffffffff\r\n{}"),
    ("an extension without an end", START + CHUNKED + b"\r\n2;a"),
]

ROWS = [
    *[refused("never more than " + name, "RFC 9110 15.5.9", raw, *HEAD) for name, raw in HEADS],
    *[refused("never more than " + name, "RFC 9110 15.5.9", raw, *BODY) for name, raw in BODIES],
]
