"""What a row about a function's answer is. The other answer_*.py hold the rows."""
import dataclasses

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
LAST = b"0\r\n\r\n"

# Among the parts of an answer: what the function does with its connection.
GOODBYE = "goodbye"  # ends it as TLS wants
CUT = "cut"          # ends it without a word
RESET = "reset"      # ends it with a TCP reset
AWAITED = "awaited"  # waits until the caller has the head of the answer


@dataclasses.dataclass(frozen=True)
class Answer:
    name: str      # what is odd about it, and so why it is here
    source: str    # where the rule stands: "RFC 9112 6.3"; "docs/wire.md" where it is ours and narrower
    parts: tuple   # bytes, sent one after the other, and GOODBYE, CUT or RESET
    method: str = "GET"
    status: int = 502
    reason: str = "upstream.malformed"       # for the caller; None: the answer is passed on
    error: str = "http_protocol_error"       # in Proxy-Status
    detail: str | None = None                # in the audit record
    body: bytes = b""                        # when it is passed on
    fields: dict = dataclasses.field(default_factory=dict)  # then: name to value, or None for what must not be there
    kept: bool = False                       # the connection serves the next request, too


def hostile(name, source, parts, detail, **more):
    """502 for the caller, nothing of it passed on, and its connection is never used again."""
    return Answer(name, source, (parts,) if isinstance(parts, bytes) else parts, detail=detail, **more)


def ended(name, source, *parts, detail=None, **more):
    """The function went away before its answer was whole."""
    return Answer(name, source, parts, reason="upstream.closed", error="connection_terminated", detail=detail, **more)


def fine(name, source, parts, body=b"", status=200, kept=True, **more):
    """Passed on, and the connection goes on."""
    return Answer(name, source, (parts,) if isinstance(parts, bytes) else parts, status=status, reason=None, body=body, kept=kept, **more)


def broken(name, source, *parts, detail=None):
    """Too late for 502, since the caller has the head: its connection is broken off, and nothing looks like an end."""
    reason = "upstream.malformed" if detail and "." in detail else "upstream.closed"
    return Answer(name, source, parts, status=200, reason=reason, detail=detail)


def sized(body=b"{}", *fields, line=OK):
    return line + b"".join(field + b"\r\n" for field in fields) + b"Content-Length: %d\r\n\r\n" % len(body) + body


def chunked(body, *fields):
    """A chunked answer; `body` is what is on the wire."""
    return OK + b"".join(field + b"\r\n" for field in fields) + b"Transfer-Encoding: chunked\r\n\r\n" + body


def chunk(data, extension=b""):
    return b"%x%s\r\n%s\r\n" % (len(data), extension, data)
