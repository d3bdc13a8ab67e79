"""Six hundred requests, most of which some server, proxy or library reads in another way than others: each
is answered as its row says, nothing hidden in one is served, and the function gets what was checked."""
import concurrent.futures
import re
import select
import socket
import time

import harness
from harness import Setting
from wire import REQUESTS
from wire.row import MARK

AT_ONCE = 12
PROBE = b"GET /open/probe HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


class Answers:
    """What came over a connection, taken apart by its framing as far as it has come."""

    def __init__(self):
        self.raw, self.at, self.replies = b"", 0, []

    def feed(self, piece):
        self.raw += piece
        while reply := self.next():
            self.replies.append(reply)

    def next(self):
        end = self.raw.find(b"\r\n\r\n", self.at)
        if end < 0:
            return None
        head = self.raw[self.at:end]
        length = re.search(rb"\r\nContent-Length: (\d+)", head)
        stop = end + 4 + (int(length.group(1)) if length else 0)
        if stop > len(self.raw):
            return None
        assert re.match(rb"HTTP/1.1 \d{3} ", self.raw[self.at:]), f"no answer: {self.raw[self.at:][:200]!r}"
        reply, self.at = harness.Reply(self.raw[self.at:stop]), stop
        return reply if reply.status >= 200 else self.next()


class ReadsRequestsInOneWay(Setting):
    def test_every_row(self):
        self.assertGreaterEqual(len(REQUESTS), 600)
        names = [(row.section, row.why) for row in REQUESTS]
        self.assertEqual(len(set(names)), len(names), sorted(name for name in names if names.count(name) > 1))
        self.upstream = self.mtls_recorder()
        self.server = self.gateway(self.config(port=self.upstream.port))
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            troubles = [trouble for trouble in pool.map(self.play, range(len(REQUESTS))) if trouble]
        if troubles:
            self.fail(f"{len(troubles)} of {len(REQUESTS)} rows:\n" + "\n".join(troubles))
        self.upstream.requests[:] = [seen for seen in self.upstream.requests if "/open/probe " not in seen.line]
        expected = sum(len(row.seen) for row in REQUESTS)
        self.assertEqual(len(self.upstream.requests), expected, "the function has seen more than the rows say")
        self.assertEqual(self.server.post("/open/x").status, 200)
        self.server.reaches("penstock_requests_in_flight", 0)
        print(f"{len(REQUESTS)} requests, {expected} of them for the function")

    def play(self, number):
        """What is wrong with a row, or nothing."""
        row = REQUESTS[number]
        try:
            self.check_answers(row, self.exchange(row, b"row%d" % number))
            self.check_seen(row, b"row%d" % number)
        except (AssertionError, OSError, ValueError) as trouble:
            return f"{row.section} {row.why}: {trouble!r}"
        return None

    def exchange(self, row, mark):
        answers = Answers()
        want = len(row.answers)
        with self.server.connect() as connection:
            connection.settimeout(harness.PATIENCE)
            try:
                self.send(connection, row.sent.replace(MARK, mark), row.piece)
                self.receive(connection, answers, want)
                if not row.ends:
                    connection.sendall(PROBE)
                answers.ended = self.receive(connection, answers, want + 100)
            except ConnectionError as trouble:
                answers.ended = True
                assert len(answers.replies) >= want, f"{trouble!r} behind {answers.raw[:200]!r}"
        return answers

    def send(self, connection, data, piece):
        for start in range(0, len(data), piece or len(data)):
            connection.sendall(data[start:start + (piece or len(data))])
            if piece:
                time.sleep(0)

    def receive(self, connection, answers, want):
        while len(answers.replies) < want:
            piece = connection.recv(65536)
            if not piece:
                return True
            answers.feed(piece)
        return False

    def check_answers(self, row, answers):
        replies = list(answers.replies)
        if not row.ends:
            assert replies and replies[-1].status == 200 and replies[-1].get("Connection") == "close", "the probe behind it was not served"
            replies.pop()
        got = tuple(reply.status for reply in replies)
        want = tuple(status or reply.status for (status, _), reply in zip(row.answers, replies))
        assert got == want and len(replies) == len(row.answers), f"answers {got}: {answers.raw[:300]!r}"
        assert answers.at == len(answers.raw), f"more came: {answers.raw[answers.at:][:100]!r}"
        for reply, (status, reason) in zip(replies, row.answers):
            assert not 500 <= reply.status or reply.status in (501, 505), f"a fault of the caller's is answered {reply.status}"
            if reply.status >= 400:
                assert status is None or reason is None or reply.problem["reason"] == reason, f"reason {reply.problem['reason']}, not {reason}"
                assert reply.get("X-Request-Id"), "no request id"
        if row.ends:
            assert replies[-1].get("Connection") == "close", "the end is not announced"

    def check_seen(self, row, mark):
        name = mark.decode()
        seen = [request for request in self.upstream.requests if re.search(rf"/{name}(?!\d)", request.line)]
        lines = [(request.line.encode("latin-1"), request.body) for request in seen]
        assert lines == [(line.replace(MARK, mark), body) for line, body in row.seen], f"the function has seen {lines}"
        for request in seen:
            head = request.head.replace("\r\n", "\n") if isinstance(request.head, str) else request.head.replace(b"\r\n", b"\n").decode("latin-1")
            assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", head), f"control byte: {head!r}"
            for absent in row.lacks + ("Connection", "Transfer-Encoding", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Upgrade", "Expect"):
                assert not request.all(absent), f"{absent} went on: {request.all(absent)}"
            for field in row.has:
                assert field in [(field_name, value) for field_name, value in request.fields], f"{field} is missing: {request.fields}"
            assert not request.all("X-Forwarded-For") or request.all("X-Forwarded-For") == ["127.0.0.1"], request.all("X-Forwarded-For")


if __name__ == "__main__":
    harness.main()
