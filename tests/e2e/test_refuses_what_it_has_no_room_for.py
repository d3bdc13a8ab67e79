"""Limits of the whole process: 503 with Retry-After while they are reached, and all is well behind them."""
import contextlib
import threading

import harness
from harness import Setting, wait_for

HEAD = b"POST /open/x HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


class RefusesWhatItHasNoRoomFor(Setting):
    def setUp(self):
        super().setUp()
        self.gate = threading.Event()
        self.addCleanup(self.gate.set)

    def one_worker(self, **options):
        return self.gateway(self.config(**options).replace("workers: 2", "workers: 1"))

    def waits(self, request):
        self.gate.wait(harness.PATIENCE)
        yield b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    def hold(self, gateway, data):
        connection = gateway.connect()
        self.addCleanup(connection.close)
        connection.sendall(data)
        return connection

    def test_bodies_in_flight(self):
        gateway = self.one_worker(more="memory: 2MiB")
        half = HEAD + b"Content-Length: 1000000\r\n\r\n" + b" " * 500000
        held = [self.hold(gateway, half) for _ in range(2)]
        wait_for("both are taken", lambda: gateway.metric("penstock_requests_in_flight") == 2)
        reply = gateway.post("/open/x", b" " * 1000000)
        self.refused(reply, 503, "overload.memory")
        self.assertGreaterEqual(int(reply.get("Retry-After")), 1)
        self.assertEqual(self.seen, [])
        held.pop().close()
        wait_for("its memory is free again", lambda: gateway.post("/open/x", b"{}" + b" " * 900000).status == 200)
        held[0].sendall(b" " * 499998 + b"{}")
        self.assertTrue(held[0].recv(65536).startswith(b"HTTP/1.1 200 "))

    def test_many_small_bodies_in_flight(self):
        gateway = self.one_worker(more="memory: 1MiB")
        held = [self.hold(gateway, HEAD + b"Content-Length: 2\r\n\r\n{") for _ in range(520)]
        # Two bytes each, and 2 KiB in front of them.
        wait_for("all have come, some to be refused", lambda: gateway.metric("penstock_requests_in_flight") == 520)
        self.refused(gateway.post("/open/x", b"{}"), 503, "overload.memory")
        for connection in held:
            connection.close()
        wait_for("their memory is free again", lambda: gateway.post("/open/x", b"{}").status == 200)

    def test_connections_to_a_function(self):
        self.recorder.script = self.waits
        gateway = self.one_worker(upstream="    connections: 1")
        first = self.hold(gateway, HEAD + b"Content-Length: 2\r\n\r\n{}")
        wait_for("the only connection is busy", lambda: self.seen)
        reply = gateway.post("/open/y")
        self.refused(reply, 503, "upstream.busy")
        self.assertEqual(reply.get("Proxy-Status"), "penstock; error=connection_limit_reached")
        self.assertGreaterEqual(int(reply.get("Retry-After") or 0), 1)
        self.assertEqual(len(self.seen), 1)
        self.gate.set()
        self.assertTrue(first.recv(65536).startswith(b"HTTP/1.1 200 "))
        self.assertEqual(gateway.post("/open/y").status, 200)

    def test_connections_of_callers(self):
        gateway = self.one_worker(more="connections: 4")
        held = [self.hold(gateway, HEAD + b"Content-Length: 2\r\n\r\n{") for _ in range(4)]
        wait_for("all four are in", lambda: gateway.metric("penstock_connections") == 4)
        with contextlib.suppress(OSError):
            fifth = gateway.connect()
            self.addCleanup(fifth.close)
            fifth.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")
            fifth.settimeout(0.5)
            self.assertNotIn(b" 200 ", fifth.recv(65536))
        self.assertLessEqual(gateway.metric("penstock_connections"), 4)
        for connection in held:
            connection.sendall(b"}")
            self.assertTrue(connection.recv(65536).startswith(b"HTTP/1.1 200 "))
            connection.close()
        wait_for("there is room again", lambda: gateway.post("/open/x").status == 200)


if __name__ == "__main__":
    harness.main()
