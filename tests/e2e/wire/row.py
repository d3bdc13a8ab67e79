"""What a row is made of, and the few builders that most rows need."""
import dataclasses

MARK = b"@MARK@"  # in a target: stands for the row's own number, so that what the function saw can be told apart
HOST = b"Host: localhost\r\n"
JSON = b"Content-Type: application/json\r\n"
LINE = b"POST /open/" + MARK + b" HTTP/1.1\r\n"
HEAD = LINE + HOST + JSON
# What is behind a request that must not be served: with another reading it would be one of its own.
HIDDEN = b"GET /open/hidden HTTP/1.1\r\nHost: localhost\r\n\r\n"


@dataclasses.dataclass(frozen=True)
class Row:
    section: str  # "9112 3.2": the RFC and its section
    why: str
    sent: bytes
    answers: tuple  # (status, reason code) in order; the code None where a function answers
    seen: tuple = ()  # (request line, body) as the function gets them, in order
    ends: bool = True  # the gateway closes behind the last answer
    piece: int = 0  # bytes sent at a time; 0 = all at once
    has: tuple = ()  # fields that the function's last request has: (name, value)
    lacks: tuple = ()  # names that none of them has


def refused(section, why, sent, status, reason, hidden=True):
    """One answer of our own, the end of the connection, and nothing for the function."""
    return Row(section, why, sent + (HIDDEN if hidden else b""), ((status, reason),))


def passes(section, why, sent, body=b"", line=None, **more):
    """Reaches the function as one request with this body."""
    seen = (line or sent.lstrip(b"\r\n").split(b"\r\n", 1)[0], body)
    return Row(section, why, sent, ((200, None),), (seen,), **{"ends": False} | more)


def answered(section, why, sent, status, reason, ends=False):
    """Refused for what it asks, not for how it is written: the connection goes on."""
    return Row(section, why, sent, ((status, reason),), ends=ends)


def get(target, extra=b"", host=HOST):
    return b"GET " + target + b" HTTP/1.1\r\n" + host + extra + b"\r\n"


def post(body, extra=b"", head=HEAD):
    return head + extra + b"Content-Length: %d\r\n\r\n" % len(body) + body
