"""SIGTERM, and whoever is somewhere on the way: in the kernel's queue, shaking hands, before a first
request, on a kept connection, sending a body, waiting, reading a long answer."""
import contextlib
import json
import os
import signal
import socket
import threading
import time

import harness
from harness import Setting, wait_for

FIELDS = b"Host: localhost\r\nContent-Type: application/json\r\n"
REQUEST = b"POST /open/x HTTP/1.1\r\n" + FIELDS + b"Content-Length: 2\r\n\r\n{}"
LONG = 3_000_000  # bytes: more than sockets hold


def rest(connection):
    """To the end, which the caller answers with its own: nobody lingers for it."""
    received = b""
    with connection, contextlib.suppress(OSError):
        while piece := connection.recv(65536):
            received += piece
    return received


class EndsWithoutLosingAnybody(Setting):
    def setUp(self):
        super().setUp()
        self.release = threading.Event()
        self.addCleanup(self.release.set)

    def started(self, drain="20s"):
        """A gateway that also listens without TLS and on a Unix socket."""
        self.unix = self.pki.path("edge.sock")
        listen = f'listen:\n  - address: "unix:{self.unix}"\n  - address: 127.0.0.1:{harness.free_port()}\n'
        return self.gateway(self.config(more=f"timeouts: {{ drain: {drain} }}").replace("listen:\n", listen))

    def connect(self, gateway, how="tls"):
        if how != "unix":
            connection = gateway.connect(how)
            self.addCleanup(connection.close)
            return connection
        connection = socket.socket(socket.AF_UNIX)
        self.addCleanup(connection.close)
        connection.settimeout(harness.PATIENCE)
        connection.connect(self.unix)
        return connection

    def waits(self, request):
        self.release.wait(harness.PATIENCE)
        yield b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    def drain(self, gateway, signum=signal.SIGTERM):
        gateway.process.send_signal(signum)
        wait_for("it drains", lambda: gateway.said("draining"))

    def served_as_the_last(self, connection):
        answer = rest(connection)
        self.assertTrue(answer.startswith(b"HTTP/1.1 200 "), answer)
        self.assertIn(b"\r\nConnection: close\r\n", answer)
        return answer

    def ended(self, gateway, status=0):
        self.assertEqual(gateway.process.wait(harness.PATIENCE), status)
        gateway.reader.join(harness.PATIENCE)

    def test_who_waits_in_the_kernels_queue_is_served(self):
        """Stopped, it accepts nobody; when it goes on it finds the signal and the callers at once."""
        gateway = self.started()
        gateway.process.send_signal(signal.SIGSTOP)
        callers = [self.connect(gateway, how) for how in ("plaintext", "unix") for _ in range(16)]
        for caller in callers:
            caller.sendall(REQUEST)
        gateway.process.send_signal(signal.SIGTERM)
        gateway.process.send_signal(signal.SIGCONT)
        for caller in callers:
            self.served_as_the_last(caller)
        self.ended(gateway)

    def test_who_connects_while_it_stops_listening_is_served_or_refused(self):
        """One connection after the other, over the moment of the signal: none is reset."""
        gateway = self.started()
        outcomes = []

        def call(how):
            while True:
                try:
                    connection = self.connect(gateway, how)
                except (ConnectionRefusedError, FileNotFoundError):
                    outcomes.append("refused")
                    return
                with connection:
                    connection.sendall(REQUEST)
                    outcomes.append(connection.recv(65536)[:13])

        callers = [threading.Thread(target=call, args=(how,)) for how in ("plaintext", "unix", "tls") for _ in range(3)]
        for caller in callers:
            caller.start()
        wait_for("they are at it", lambda: len(outcomes) > 50)
        self.drain(gateway)
        for caller in callers:
            caller.join(harness.PATIENCE)
        self.assertEqual(set(outcomes), {"refused", b"HTTP/1.1 200 "})
        self.assertEqual(outcomes.count("refused"), len(callers))
        self.ended(gateway)

    def test_a_new_caller_has_time_for_its_first_request(self):
        self.recorder.script = self.waits
        gateway = self.started()
        busy, new = self.connect(gateway), self.connect(gateway)
        busy.sendall(REQUEST)
        wait_for("the function works", lambda: self.seen)
        self.drain(gateway)
        new.sendall(REQUEST)
        wait_for("it is let in", lambda: len(self.seen) == 2)
        self.release.set()
        self.served_as_the_last(new)
        self.served_as_the_last(busy)
        self.ended(gateway)

    def test_a_request_that_has_come_over_a_kept_connection_is_served(self):
        gateway = self.started()
        kept = [self.connect(gateway) for _ in range(8)]
        for connection in kept:
            connection.sendall(REQUEST)
            self.assertTrue(connection.recv(65536).startswith(b"HTTP/1.1 200 "))
        gateway.process.send_signal(signal.SIGSTOP)
        for connection in kept:
            connection.sendall(REQUEST)
        gateway.process.send_signal(signal.SIGTERM)
        gateway.process.send_signal(signal.SIGCONT)
        for connection in kept:
            answer = rest(connection)  # it may have been on its way before the signal was seen
            self.assertTrue(answer.startswith(b"HTTP/1.1 200 "), answer)
        self.ended(gateway)

    def test_long_exchanges_are_finished(self):
        """A body that comes slowly, a function that thinks, an answer that is long: each to its end."""
        def script(request):
            if b"slow-answer" in request.head:
                yield b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % LONG
                yield b"x" * (LONG // 2)
                self.release.wait(harness.PATIENCE)
                yield b"x" * (LONG - LONG // 2)
                return
            if b"slow-function" in request.head:
                time.sleep(2)  # what it is about, not a wait for something
            yield b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

        self.recorder.script = script
        gateway = self.started()
        sending, thinking, reading, idle = (self.connect(gateway) for _ in range(4))
        idle.sendall(REQUEST)
        self.assertTrue(idle.recv(65536).startswith(b"HTTP/1.1 200 "))
        sending.sendall(b"POST /open/slow-body HTTP/1.1\r\n" + FIELDS + b"Content-Length: 12\r\n\r\n{\"a\":")
        thinking.sendall(b"GET /open/slow-function HTTP/1.1\r\nHost: localhost\r\n\r\n")
        reading.sendall(b"GET /open/slow-answer HTTP/1.1\r\nHost: localhost\r\n\r\n")
        wait_for("both functions are asked", lambda: len(self.seen) == 3)
        first = reading.recv(65536)
        self.drain(gateway)
        self.assertEqual(rest(idle), b"")
        for byte in b"\"slow\"}":
            sending.sendall(bytes([byte]))
        self.release.set()
        self.served_as_the_last(sending)
        self.served_as_the_last(thinking)
        answer = first + rest(reading)
        self.assertEqual(len(answer.partition(b"\r\n\r\n")[2]), LONG)
        self.ended(gateway)
        self.assertTrue(gateway.said_before("drained; all requests were answered"))
        with open(gateway.audit, encoding="utf-8") as file:
            self.assertEqual([json.loads(line)["reason"] for line in file], ["ok"] * 4)

    def cut(self, gateway):
        """What those get who are waiting and reading when the time is over."""
        def script(request):
            if b"/reading" in request.head:
                yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n"
            self.release.wait(harness.PATIENCE)

        self.recorder.script = script
        waiting, reading, sending = (self.connect(gateway) for _ in range(3))
        waiting.sendall(REQUEST)
        reading.sendall(REQUEST.replace(b"/open/x", b"/open/reading"))
        sending.sendall(REQUEST[:-1])
        wait_for("the answer has begun", lambda: reading.recv(65536))
        wait_for("the other waits", lambda: len(self.seen) == 2)
        wait_for("all are known", lambda: gateway.metric("penstock_requests_in_flight") == 3)
        return waiting, reading, sending

    def told(self, gateway, waiting, reading, sending):
        for connection in (waiting, sending):
            reply = harness.Reply(rest(connection))
            self.refused(reply, 503, "edge.stopping")
            self.assertEqual(reply.get("Retry-After"), "1")
            self.assertEqual(reply.get("Connection"), "close")
        self.assertNotIn(b"0\r\n\r\n", rest(reading))
        self.ended(gateway)
        self.assertTrue(gateway.said_before("3 requests ended before an answer was complete"))
        with open(gateway.audit, encoding="utf-8") as file:
            records = sorted((json.loads(line) for line in file), key=lambda record: record["status"])
        self.assertEqual([record["reason"] for record in records], ["edge.stopping"] * 3)

    def test_when_the_time_is_over_everybody_is_told(self):
        gateway = self.started(drain="1s")
        callers = self.cut(gateway)
        self.drain(gateway)
        self.told(gateway, *callers)

    def test_a_second_signal_ends_it_at_once(self):
        for first, second in ((signal.SIGTERM, signal.SIGTERM), (signal.SIGINT, signal.SIGINT)):
            gateway = self.started(drain="1h")
            callers = self.cut(gateway)
            self.drain(gateway, first)
            gateway.process.send_signal(second)
            self.told(gateway, *callers)
            self.seen.clear()

    def test_nobody_is_kept_waiting_in_a_unix_socket(self):
        self.recorder.script = self.waits
        gateway = self.started()
        busy = self.connect(gateway, "unix")
        busy.sendall(REQUEST)
        wait_for("the function works", lambda: self.seen)
        self.drain(gateway)
        wait_for("nobody else comes", lambda: not os.path.exists(self.unix))
        self.release.set()
        self.served_as_the_last(busy)
        self.ended(gateway)


if __name__ == "__main__":
    harness.main()
