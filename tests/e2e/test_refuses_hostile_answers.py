"""Every row of wire/ with a function's answer: passed on as it is, or 502 with nothing of it, and then its
connection is never used again."""
import contextlib
import socket
import struct
import threading

import harness
from wire import answer_chunks, answer_endings, answer_framing, answer_heads
from wire.answers import AWAITED, GOODBYE, RESET, sized
from wire.runner import WireSetting, answer, read_answers

ROWS = [row for module in (answer_heads, answer_framing, answer_chunks, answer_endings) for row in module.ROWS]
CLEAN = "GET /wire/clean HTTP/1.1"


class RefusesHostileAnswers(WireSetting):
    def setUp(self):
        super().setUp()
        self.start(workers=1)
        self.row, self.awaited = None, threading.Event()
        self.function.script = self.say

    def say(self, request):
        """The row's answer; to any other request a plain one."""
        if not request.line.split()[1].endswith("/row"):
            yield answer(request)
            return
        for part in self.row.parts:
            if isinstance(part, bytes):
                yield part
                continue
            if part == AWAITED:
                self.assertTrue(self.awaited.wait(harness.PATIENCE))
                continue
            with contextlib.suppress(OSError):
                if part == GOODBYE:
                    request.connection.unwrap()
                elif part == RESET:
                    request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            yield None  # for CUT that is all

    def connected(self, method, target):
        """A connection over which this was asked."""
        body = b"Content-Length: 2\r\n\r\n{}" if method == "POST" else b"\r\n"
        connection = self.connect()
        connection.sendall(f"{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n".encode() + body)
        return connection

    def rest(self, connection):
        received = b""
        while piece := self.receive(connection):
            received += piece
        return received

    def ask(self, method, target):
        """The one answer to a request over a connection of its own."""
        with self.connected(method, target) as connection:
            received = self.rest(connection)
        answers, _ = read_answers(received, (0,) if method == "HEAD" else ())
        self.assertEqual(len(answers), 1, received[:2000])
        return answers[0]

    def judge_answer(self, row, reply):
        if row.reason is not None:
            self.assertEqual(reply.status, row.status, reply.raw[:2000])
            self.assertEqual(reply.get("Proxy-Status"), f"penstock; error={row.error}")
            if row.method != "HEAD":
                self.refused(reply, row.status, row.reason)
            for trace in ("Set-Cookie", "X-Secret", "X-A", "Location"):
                self.assertIsNone(reply.get(trace), reply.raw)
            return
        self.assertEqual((reply.status, reply.body), (row.status, row.body), reply.raw[:2000])
        self.assertIsNone(reply.get("Proxy-Status"))
        for name, value in row.fields.items():
            values = [] if value is None else value if isinstance(value, list) else [value]
            self.assertEqual([text for field, text in reply.fields if field.lower() == name.lower()], values, name)

    def connection_is_kept(self, row, before):
        """Ask for something plain: does it take the connection over which the row's answer came?"""
        plain = self.ask("GET", "/wire/clean")
        self.assertEqual(plain.status, 200, plain.raw)
        *asked, last = self.function.requests[before:]
        self.assertEqual(last.line, CLEAN)
        self.assertIn(len(asked), (1,) if row.method == "POST" else (1, 2), "asked once, or twice over a connection found closed")
        return asked[-1].number == last.number

    def are_recorded(self, ids):
        records = {record["request_id"]: record for record in self.server.records(2 * len(ids))}
        for request_id, row in ids.items():
            with self.subTest(row.name, source=row.source):
                record = records[request_id]
                self.assertEqual((record["status"], record["reason"]), (row.status, row.reason or "ok"))
                if row.detail:
                    self.assertEqual(record["upstream"]["detail"], row.detail)

    def test_every_row(self):
        self.assertGreaterEqual(len([row for row in ROWS if row.reason]), 60)
        self.assertEqual(len({row.name for row in ROWS}), len(ROWS))
        ids = {}
        for self.row in ROWS:
            with self.subTest(self.row.name, source=self.row.source):
                before = len(self.function.requests)
                reply = self.ask(self.row.method, "/wire/row")
                ids[reply.get("X-Request-Id")] = self.row
                self.judge_answer(self.row, reply)
                self.assertEqual(self.connection_is_kept(self.row, before), self.row.kept, "is the connection used again?")
        self.are_recorded(ids)
        self.assertEqual(self.function.leftover, [])

    def test_answers_that_turn_bad_when_the_caller_has_their_head(self):
        ids = {}
        for self.row in answer_endings.BROKEN:
            with self.subTest(self.row.name, source=self.row.source):
                before = len(self.function.requests)
                self.awaited.clear()
                with self.connected("GET", "/wire/row") as connection:
                    received = self.receive(connection)
                    while b"\r\n\r\n" not in received:
                        received += self.receive(connection)
                    self.awaited.set()
                    received += self.rest(connection)
                ids[harness.Reply(received).get("X-Request-Id")] = self.row
                self.assertRaises(AssertionError, read_answers, received, ())
                self.assertNotIn(b"evil", received)
                self.assertFalse(self.connection_is_kept(self.row, before))
        self.are_recorded(ids)

    def test_what_is_said_between_two_answers(self):
        for said in (b"X", b"\r\n", sized(b"evil"), b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n"):
            with self.subTest(said):
                before, done = len(self.function.requests), threading.Event()
                self.awaited.clear()

                def script(request, said=said, done=done, number=before):
                    yield answer(request)
                    if request is self.function.requests[number]:
                        self.awaited.wait(harness.PATIENCE)
                        yield said
                        done.set()

                self.function.script = script
                self.assertEqual(self.ask("GET", "/wire/clean").status, 200)
                self.awaited.set()
                self.assertTrue(done.wait(harness.PATIENCE))
                reply = self.ask("POST", "/wire/clean")
                self.assertEqual(reply.status, 200, reply.raw)
                self.assertNotIn(b"evil", reply.raw)
                first, second = self.function.requests[before:]
                self.assertNotEqual(second.number, first.number)


if __name__ == "__main__":
    harness.main()
