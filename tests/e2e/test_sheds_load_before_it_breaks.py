"""Limits on what callers may hold: their share is taken from those who hold too much, with a clear
answer where one can be given, and everybody else is served."""
import contextlib
import socket
import ssl
import threading

import harness
from harness import JSON, Setting, wait_for

HEAD = b"POST /open/x HTTP/1.1\r\nHost: localhost\r\n" + JSON.encode() + b"\r\n"
EVENT = HEAD + b"Content-Length: 2\r\n\r\n{}"


class ShedsLoadBeforeItBreaks(Setting):
    def from_address(self, gateway, source):
        plain = socket.create_connection(("127.0.0.1", gateway.ports["tls"]), harness.PATIENCE, (source, 0))
        return gateway.context().wrap_socket(plain, server_hostname="localhost")

    def is_served(self, connection):
        connection.sendall(EVENT)
        return connection.recv(65536).startswith(b"HTTP/1.1 200 ")

    def test_connections_of_one_address(self):
        gateway = self.gateway(self.config(more="connections_per_address: 3"))
        held = [self.from_address(gateway, "127.0.0.2") for _ in range(3)]
        for connection in held:
            self.addCleanup(connection.close)
            self.assertTrue(self.is_served(connection))
        with self.assertRaises((ConnectionError, ssl.SSLError)):
            self.from_address(gateway, "127.0.0.2").close()
        gateway.reaches("penstock_connections_refused_total", 1)
        with self.from_address(gateway, "127.0.0.3") as other:
            self.assertTrue(self.is_served(other))
        held.pop().close()

        def enters():
            with contextlib.suppress(ConnectionError, ssl.SSLError), self.from_address(gateway, "127.0.0.2") as one:
                return self.is_served(one)
            return False

        wait_for("there is room again", enters)

    def test_requests_on_one_connection(self):
        gateway = self.gateway(self.config(more="requests_per_connection: 3"))
        raw = gateway.raw(EVENT * 5)
        self.assertEqual(raw.count(b"HTTP/1.1 200 "), 3, raw)
        self.assertEqual(raw.count(b"Connection: close"), 1, raw)
        self.assertEqual(len(self.seen), 3)

    def test_a_function_longer_at_work_than_an_exchange_may_take(self):
        gate = threading.Event()
        self.addCleanup(gate.set)

        def script(request):
            gate.wait(harness.PATIENCE)
            yield b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

        self.recorder.script = script
        gateway = self.gateway(self.config(more="timeouts: { exchange: 500ms }"))
        reply = gateway.post("/open/x")
        self.refused(reply, 504, "edge.exchange_timeout")
        self.assertEqual(reply.get("Connection"), "close")
        record = gateway.records(1)[0]
        self.assertEqual((record["status"], record["reason"]), (504, "edge.exchange_timeout"))
        wait_for("the function hears of it", lambda: self.recorder.gone == 1)

    def test_a_caller_that_reads_its_answer_byte_by_byte(self):
        stop = threading.Event()
        self.addCleanup(stop.set)

        def endless(request):
            yield b"HTTP/1.1 200 OK\r\n\r\n"
            while not stop.is_set():
                yield b"a" * 65536

        self.recorder.script = endless
        gateway = self.gateway(self.config())
        plain = socket.socket()
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        plain.connect(("127.0.0.1", gateway.ports["tls"]))
        with gateway.context().wrap_socket(plain, server_hostname="localhost") as connection:
            connection.sendall(EVENT)
            connection.settimeout(harness.PATIENCE)

            def cut():
                connection.recv(1)
                return gateway.metric("penstock_requests_in_flight") == 0

            wait_for("the gateway gives it up", cut)
        self.assertEqual(gateway.records(1)[0]["reason"], "edge.reply_timeout")

    def test_a_caller_that_still_sends_reads_its_refusal(self):
        gateway = self.gateway(self.config())
        length = 64 << 20
        with gateway.connect() as connection:
            connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % length)
            piece = b" " * (1 << 20)
            with contextlib.suppress(ConnectionError):
                for _ in range(32):
                    connection.sendall(piece)
            raw = connection.recv(65536)
        self.refused(harness.Reply(raw), 413, "body.too_large")
        self.assertEqual(self.seen, [])

    def under_pressure(self, gateway, share, level):
        """Reload with a limit of which this share is in use already; again where a reload took more."""

        def reload(more=""):
            generation = gateway.metric("penstock_config_generation")
            gateway.write(self.config(more=more))
            gateway.hang_up()
            wait_for("it is in force", lambda: gateway.metric("penstock_config_generation") > generation)

        def presses():
            reload()
            wait_for("no pressure", lambda: gateway.metric("penstock_memory_pressure") == 0)
            reload(f"process_memory: {int(gateway.metric('penstock_resident_memory_bytes') / share) >> 10}KiB")
            with contextlib.suppress(AssertionError):
                return wait_for("it is noticed", lambda: gateway.metric("penstock_memory_pressure") == level, 1)
            return False

        wait_for("it has looked", lambda: gateway.metric("penstock_resident_memory_bytes") > 0)
        wait_for("the right pressure", presses)

    def test_memory_of_the_process_nearly_used_up(self):
        gateway = self.gateway()
        self.under_pressure(gateway, 0.925, 1)
        reply = gateway.post("/open/x")
        self.refused(reply, 503, "overload.process_memory")
        self.assertEqual(reply.get("Connection"), "close")
        self.assertGreaterEqual(int(reply.get("Retry-After")), 1)
        self.assertEqual(self.seen, [])
        gateway.write(self.config())
        gateway.hang_up()
        wait_for("all is well", lambda: gateway.post("/open/x").status == 200)

    def test_memory_of_the_process_used_up(self):
        gateway = self.gateway()
        with gateway.connect() as idle:
            self.assertTrue(self.is_served(idle))
            self.under_pressure(gateway, 1.5, 2)
            with self.assertRaises((ConnectionError, ssl.SSLError)):
                gateway.connect().close()
            self.assertEqual(idle.recv(1), b"")
        gateway.write(self.config())
        gateway.hang_up()
        wait_for("all is well", lambda: gateway.post("/open/x").status == 200)

    def test_records_that_cannot_be_written(self):
        gateway = self.gateway(self.config().replace("file: AUDIT", "file: /dev/full, on_full: refuse"))
        wait_for("requests are refused", lambda: gateway.post("/open/x").status == 503)
        reply = gateway.post("/open/x")
        self.refused(reply, 503, "overload.audit")
        self.assertGreaterEqual(int(reply.get("Retry-After")), 1)
        self.assertGreater(gateway.metric("penstock_audit_failed_total"), 0)
        gateway.write(self.config().replace("file: AUDIT", "file: AUDIT, on_full: refuse"))
        gateway.hang_up()
        wait_for("they can be written elsewhere", lambda: gateway.post("/open/x").status == 200)

    def test_records_that_may_be_lost(self):
        gateway = self.gateway(self.config().replace("file: AUDIT", "file: /dev/full"))
        wait_for("writing fails", lambda: gateway.post("/open/x").status == 200
                 and gateway.metric("penstock_audit_failed_total") > 0)
        self.assertEqual(gateway.post("/open/x").status, 200)


if __name__ == "__main__":
    harness.main()
