"""SIGTERM: idle connections end at once, those at work after their answer, and what does not end is cut
when the time is over. The status is 0 and every request has its record."""
import contextlib
import json
import signal
import threading

import harness
from harness import Setting, wait_for

REQUEST = (b"POST /open/x HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
           b"Content-Length: 2\r\n\r\n{}")


def rest(connection):
    received = b""
    with contextlib.suppress(OSError):
        while piece := connection.recv(65536):
            received += piece
    return received


class DrainsToTheEnd(Setting):
    def setUp(self):
        super().setUp()
        self.release = threading.Event()
        self.addCleanup(self.release.set)

    def connect(self, gateway):
        connection = gateway.connect()
        self.addCleanup(connection.close)
        return connection

    def waits(self, request):
        self.release.wait(harness.PATIENCE)
        yield b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    def recorded(self, gateway):
        with open(gateway.audit, encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def test_idle_connections_do_not_hold_it(self):
        gateway = self.gateway(self.config(more="timeouts: { drain: 20s }"))
        fresh, used = self.connect(gateway), self.connect(gateway)
        used.sendall(REQUEST)
        self.assertTrue(used.recv(65536).startswith(b"HTTP/1.1 200 "))
        gateway.process.send_signal(signal.SIGTERM)
        self.assertEqual((rest(fresh), rest(used)), (b"", b""))
        self.assertEqual(gateway.process.wait(harness.PATIENCE / 2), 0)

    def test_interrupt_drains_as_well(self):
        gateway = self.gateway()
        gateway.process.send_signal(signal.SIGINT)
        self.assertEqual(gateway.process.wait(harness.PATIENCE), 0)

    def test_many_in_flight_are_all_answered(self):
        self.recorder.script = self.waits
        gateway = self.gateway()
        connections = [self.connect(gateway) for _ in range(16)]
        for connection in connections:
            connection.sendall(REQUEST)
        wait_for("all are at the function", lambda: len(self.seen) == 16)
        gateway.process.send_signal(signal.SIGTERM)
        wait_for("it drains", lambda: gateway.said("draining"))
        self.release.set()
        for connection in connections:
            answer = rest(connection)
            self.assertTrue(answer.startswith(b"HTTP/1.1 200 ") and answer.endswith(b"ok"), answer)
        self.assertEqual(gateway.process.wait(harness.PATIENCE), 0)
        self.assertEqual([record["status"] for record in self.recorded(gateway)], [200] * 16)

    def test_a_body_on_its_way_is_taken(self):
        gateway = self.gateway()
        connection = self.connect(gateway)
        connection.sendall(REQUEST[:-1])
        wait_for("it has begun", lambda: gateway.metric("penstock_requests_in_flight") == 1)
        gateway.process.send_signal(signal.SIGTERM)
        wait_for("it drains", lambda: gateway.said("draining"))
        connection.sendall(b"}")
        self.assertTrue(rest(connection).startswith(b"HTTP/1.1 200 "))
        self.assertEqual(gateway.process.wait(harness.PATIENCE), 0)

    def test_what_does_not_end_is_cut_and_recorded(self):
        self.recorder.script = self.waits
        gateway = self.gateway(self.config(more="timeouts: { drain: 1s }"))
        connection = self.connect(gateway)
        connection.sendall(REQUEST)
        wait_for("the function works", lambda: self.seen)
        gateway.process.send_signal(signal.SIGTERM)
        self.assertNotIn(b" 200 ", rest(connection))
        self.assertEqual(gateway.process.wait(harness.PATIENCE), 0)
        records = self.recorded(gateway)
        self.assertEqual(len(records), 1)
        self.assertNotEqual(records[0]["reason"], "ok")

    def test_a_reload_while_it_drains_changes_nothing(self):
        self.recorder.script = self.waits
        gateway = self.gateway()
        connection = self.connect(gateway)
        connection.sendall(REQUEST)
        wait_for("the function works", lambda: self.seen)
        gateway.process.send_signal(signal.SIGTERM)
        wait_for("it drains", lambda: gateway.said("draining"))
        gateway.hang_up()
        self.release.set()
        self.assertTrue(rest(connection).endswith(b"ok"))
        self.assertEqual(gateway.process.wait(harness.PATIENCE), 0)
        gateway.reader.join(harness.PATIENCE)
        self.assertNotIn("generation 2", "\n".join(gateway.lines))


if __name__ == "__main__":
    harness.main()
