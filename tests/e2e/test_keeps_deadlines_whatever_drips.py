"""Deadlines are absolute: a caller that sends a byte now and then does not move them, and one that
sends nothing costs no more than its time."""
import select
import socket
import time

import harness
from harness import Setting

TIMEOUTS = "timeouts: { handshake: 1s, head: 1s, body: 2s, idle: 1s }"
BODY = (b"POST /open/x HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Content-Length: 100000\r\n\r\n")


class KeepsDeadlinesWhateverDrips(Setting):
    def setUp(self):
        super().setUp()
        self.server = self.gateway(self.config(more=TIMEOUTS))

    def drip(self, start, drop):
        """Send `start`, then `drop` after `drop`, until there is an answer; what came."""
        with self.server.connect() as connection:
            connection.sendall(start)
            end = time.monotonic() + harness.PATIENCE
            while not select.select([connection], [], [], 0.1)[0]:
                self.assertLess(time.monotonic(), end, "dripping keeps the connection open")
                connection.sendall(drop)
            raw = b""
            while piece := connection.recv(65536):
                raw += piece
        return harness.Reply(raw)

    def test_a_dripping_head(self):
        self.refused(self.drip(b"POST /open/x HTTP/1.1\r\nX-A: ", b"a"), 408, "edge.head_timeout")

    def test_a_dripping_field_after_field(self):
        self.refused(self.drip(b"POST /open/x HTTP/1.1\r\n", b"X-A: a\r\n"), 408, "edge.head_timeout")

    def test_a_dripping_body(self):
        self.refused(self.drip(BODY, b" "), 408, "edge.body_timeout")
        self.assertEqual(self.seen, [])
        self.assertEqual(self.server.records(1)[0]["status"], 408)

    def ends_without_a_word(self, connection):
        connection.settimeout(harness.PATIENCE)
        self.assertEqual(connection.recv(100), b"")

    def test_a_caller_who_stops_in_its_greeting(self):
        with socket.create_connection(("127.0.0.1", self.server.ports["tls"])) as connection:
            connection.sendall(b"\x16\x03\x01\x02\x00\x01\x00")
            self.ends_without_a_word(connection)

    def test_a_caller_who_greets_and_is_silent(self):
        with self.server.connect() as connection:
            self.ends_without_a_word(connection)


if __name__ == "__main__":
    harness.main()
