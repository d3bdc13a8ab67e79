"""Raw requests, and what must become of each: README.md beside this file says how to read a row."""
from wire import chunked, connection, fields, framing, host, limits, pipelining, request_line, target

REQUESTS = [row for subject in (request_line, target, host, fields, framing, chunked, connection, pipelining, limits)
            for row in subject.rows()]

__all__ = ["REQUESTS"]
