"""kill -9, and the next process: the port is free at once, a socket file left over is taken, and the
audit file goes on with a line of its own."""
import json
import os
import socket

import harness
from harness import Setting, wait_for

REQUEST = b"POST /open/x HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


class BeginsAgainAfterAKill(Setting):
    def setUp(self):
        super().setUp()
        self.port = harness.free_port()
        self.unix = self.pki.path("edge.sock")
        listen = f'listen:\n  - address: "unix:{self.unix}"\n'
        text = self.config().replace("listen:\n", listen).replace("127.0.0.1:0\n    tls", f"127.0.0.1:{self.port}\n    tls")
        self.audit = self.pki.path(f"{self.id()}.jsonl")
        self.text = text.replace("file: AUDIT", f"file: {self.audit}")

    def over_unix(self):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(harness.PATIENCE)
            connection.connect(self.unix)
            connection.sendall(REQUEST)
            return connection.recv(65536)

    def lines(self):
        with open(self.audit, encoding="utf-8") as file:
            return file.read().splitlines()

    def kill(self, gateway):
        """With callers on it, so that the port is left in the worst state."""
        callers = [gateway.connect() for _ in range(8)]
        for caller in callers:
            self.addCleanup(caller.close)
            caller.sendall(REQUEST)
            self.assertTrue(caller.recv(65536).startswith(b"HTTP/1.1 200 "))
        callers[0].sendall(REQUEST[:-1])
        gateway.process.kill()
        gateway.process.wait(harness.PATIENCE)

    def test_everything_is_taken_up_again(self):
        dead = harness.Gateway(self, self.text)
        self.addCleanup(dead.end)
        self.assertTrue(self.over_unix().startswith(b"HTTP/1.1 200 "))
        wait_for("its record is written", lambda: len(self.lines()) == 1)
        self.kill(dead)
        self.assertTrue(os.path.exists(self.unix), "a kill leaves it behind")
        whole = len(self.lines())
        with open(self.audit, "a", encoding="utf-8") as file:
            file.write('{"time":"2026-')  # as much as the disk had room for

        gateway = self.gateway(self.text)
        self.assertEqual(gateway.ports["tls"], self.port)
        self.assertEqual(gateway.post("/open/x").status, 200)
        self.assertTrue(self.over_unix().startswith(b"HTTP/1.1 200 "))
        wait_for("both records are written", lambda: len(self.lines()) == whole + 3)
        lines = self.lines()
        self.assertEqual(lines.pop(whole), '{"time":"2026-')
        self.assertEqual([json.loads(line)["status"] for line in lines], [200] * len(lines))

    def test_a_socket_that_is_listened_on_is_not_taken(self):
        gateway = self.gateway(self.text)
        other = self.text.replace(f"127.0.0.1:{self.port}", "127.0.0.1:0")
        with self.assertRaisesRegex(AssertionError, "another process listens there"):
            harness.Gateway(self, other)
        self.assertTrue(self.over_unix().startswith(b"HTTP/1.1 200 "))
        self.assertEqual(gateway.post("/open/x").status, 200)


if __name__ == "__main__":
    harness.main()
