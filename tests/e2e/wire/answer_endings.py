"""Interim answers, and answers that end before their end."""
from wire.answers import AWAITED, CHUNKED, CUT, GOODBYE, LAST, OK, RESET, broken, chunk, ended, fine, hostile, sized

CONTINUE, HINTS = b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
HEAD = OK + b"Content-Length: 5\r\n\r\n"
MANY, UPGRADE = "upstream.interim_heads", "upstream.unasked_upgrade"

PLACES = [
    ("before its first byte", b""), ("within the version", b"HTTP/1."), ("within the status line", b"HTTP/1.1 200"), ("behind the status line", OK),
    ("within a field", OK + b"Content-Le"), ("before the empty line", OK + b"Content-Length: 5\r\n"), ("within the empty line", OK + b"Content-Length: 5\r\n\r"),
    ("behind an interim answer", CONTINUE), ("before the body", HEAD), ("within the body", HEAD + b"{ }"), ("a byte before the end", HEAD + b"{   "),
]
CHUNK_PLACES = [
    ("before the first chunk", b""), ("within a size", b"2"), ("behind a size", b"2\r\n"), ("within a chunk", b"5\r\n{}"), ("behind a chunk", chunk(b"{}")),
    ("within the last chunk", chunk(b"{}") + b"0\r\n"), ("before the empty line", chunk(b"{}") + b"0\r\nX-T: 1\r\n"),
]

ROWS = [
    *[ended(f"a goodbye {where}", "RFC 9112 8", part, GOODBYE) for where, part in PLACES],
    *[ended(f"a cut {where}", "RFC 9112 9.8", part, CUT) for where, part in PLACES],
    *[ended(f"a reset {where}", "RFC 9112 9.5", part, RESET) for where, part in PLACES[1::3]],
    *[ended(f"a goodbye, asked by POST, {where}", "RFC 9110 9.2.2", part, GOODBYE, method="POST") for where, part in PLACES[::4]],

    hostile("101", "RFC 9110 15.2.2", b"HTTP/1.1 101 Switching Protocols\r\n\r\n", UPGRADE),
    hostile("101 to WebSocket", "RFC 9110 15.2.2", b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x02hi", UPGRADE),
    hostile("101 behind 100", "RFC 9110 15.2.2", CONTINUE + b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n", UPGRADE),
    hostile("nine interim answers", "RFC 9110 15.2", CONTINUE * 9 + sized(b"{}"), MANY),
    hostile("thousands of interim answers", "RFC 9110 15.2", HINTS * 5000, MANY),
    hostile("interim answers in records of their own", "RFC 9110 15.2", (HINTS,) * 12, MANY),
    hostile("interim answers of which each is large", "RFC 9110 15.2", (b"HTTP/1.1 103 Early Hints\r\nLink: " + b"a" * 8000 + b"\r\n\r\n") * 20, MANY),
    hostile("an interim answer with a length", "RFC 9110 8.6", b"HTTP/1.1 103 Early Hints\r\nContent-Length: 2\r\n\r\n{}" + sized(b"{}"), "wire.bodyless"),
    hostile("an interim answer that is chunked", "RFC 9112 6.1", b"HTTP/1.1 100 Continue\r\nTransfer-Encoding: chunked\r\n\r\n" + LAST + sized(b"{}"), "wire.bodyless"),
    hostile("an interim answer with a fold", "RFC 9112 5.2", b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n b\r\n\r\n" + sized(b"{}"), "wire.fold"),
    hostile("an interim answer of HTTP/2", "RFC 9112 2.3", b"HTTP/2.0 103 Early Hints\r\n\r\n" + sized(b"{}"), "wire.version"),
    hostile("an interim answer and a body", "RFC 9110 15.2", CONTINUE + b"{}" + sized(b"{}"), "wire.status_line"),
    hostile("an interim answer and an empty line", "RFC 9110 15.2", CONTINUE + b"\r\n" + sized(b"{}"), "wire.empty_line"),
    hostile("an interim answer and a malformed one", "RFC 9110 15.2", HINTS + b"HTTP/1.1 200 OK\nContent-Length: 2\n\n{}", "wire.bare_lf"),

    fine("100", "RFC 9110 15.2.1", CONTINUE + sized(b"{}"), b"{}"),
    fine("100 to a POST", "RFC 9110 15.2.1", CONTINUE + sized(b"{}"), b"{}", method="POST"),
    fine("103, whose fields stay behind", "RFC 8297 2", HINTS + sized(b"{}"), b"{}", fields={"Link": None}),
    fine("eight interim answers", "RFC 9110 15.2", HINTS * 4 + CONTINUE * 4 + sized(b"{}"), b"{}"),
    fine("a status of 1xx that nobody knows", "RFC 9110 15.2", b"HTTP/1.1 199 Whatever\r\n\r\n" + sized(b"{}"), b"{}"),
    fine("until the goodbye", "RFC 9112 6.3", (OK + b"\r\nuntil the end", GOODBYE), b"until the end", kept=False),
    fine("until the goodbye, without a byte", "RFC 9112 6.3", (OK + b"\r\n", GOODBYE), b"", kept=False),
    fine("until the goodbye, in HTTP/1.0", "RFC 9112 6.3", (b"HTTP/1.0 200 OK\r\n\r\nuntil the end", GOODBYE), b"until the end", kept=False),
]

# The caller has the head already.
BROKEN = [
    *[broken(f"a goodbye {where}", "RFC 9112 8", CHUNKED + part, AWAITED, GOODBYE, detail="closed within the body") for where, part in CHUNK_PLACES],
    *[broken(f"a cut {where}", "RFC 9112 9.8", CHUNKED + part, AWAITED, CUT) for where, part in CHUNK_PLACES],
    *[broken(f"a reset {where}", "RFC 9112 9.5", CHUNKED + part, AWAITED, RESET) for where, part in CHUNK_PLACES[::3]],
    broken("a cut where the goodbye is the end", "RFC 9112 9.8", OK + b"\r\nuntil the end", AWAITED, CUT),
    broken("a reset where the goodbye is the end", "RFC 9112 9.5", OK + b"\r\nuntil the end", AWAITED, RESET),
    broken("a goodbye within a large body", "RFC 9112 8", sized(b"a" * 40000)[:-1], AWAITED, GOODBYE, detail="closed within the body"),
    broken("a byte behind a large body", "RFC 9112 9.2", sized(b"a" * 40000)[:-1], AWAITED, b"aX", detail="upstream.surplus"),
    broken("an answer behind the last chunk", "RFC 9112 9.2", CHUNKED + chunk(b"{}"), AWAITED, LAST + sized(b"evil"), detail="upstream.surplus"),
    *[broken("chunks: " + name, "RFC 9112 7.1", CHUNKED + chunk(b"{}"), AWAITED, part, detail=reason) for name, part, reason in (
        ("a size with a sign", b"+1\r\na\r\n" + LAST, "wire.chunk_size"), ("LF behind a size", b"1\na\r\n" + LAST, "wire.bare_lf"),
        ("data longer than said", b"1\r\nab\r\n" + LAST, "wire.chunk_end"), ("LF at the end", b"0\r\n\n", "wire.bare_lf"),
        ("a length as a trailer", b"0\r\nContent-Length: 9\r\n\r\n", "wire.trailer_field"), ("a NUL in a trailer", b"0\r\nX-T: \0\r\n\r\n", "wire.nul"),
        ("an extension above 256 bytes", b"1;" + b"a" * 300 + b"\r\na\r\n" + LAST, "wire.chunk_extension_size"))],
]
