"""SIGHUP again and again under load, each time to something else: other listeners, certificates,
functions, issuers, upstreams, and files that cannot be read. No request is lost or answered wrongly.

With `--full` a thousand reloads for what they leave behind, instead of sixty.
"""
import contextlib
import itertools
import json
import os
import re
import socket
import sys
import threading
import time

import harness
from harness import Issuer, Setting, wait_for

FULL = "--full" in sys.argv and not sys.argv.remove("--full")
STORM_S = 8
PAUSE_S = 0.07  # between two signals: what is asked for, not a wait for something
RELOADS = 1002 if FULL else 60  # whole rounds of six


class Caller(threading.Thread):
    """Asks until it is told to stop; what was not as it should be is in `wrong`."""

    def __init__(self, test, connect, kept, path, fields=""):
        super().__init__(daemon=True)
        self.test, self.connect, self.kept, self.path, self.fields = test, connect, kept, path, fields
        self.wrong, self.answered, self.refused = [], 0, 0
        self.last = False  # the connection has served as many as one may
        self.start()

    def run(self):
        connection = None
        for number in itertools.count():
            if self.test.stop.is_set():
                break
            mark = f"{id(self)}-{number}"
            try:
                connection = connection or self.connect()
            except (ConnectionRefusedError, FileNotFoundError):
                self.refused += 1
                self.test.stop.wait(0.01)
                continue
            try:
                self.ask(connection, mark)
            except OSError as error:
                self.wrong.append(f"{mark}: {error!r}")
                connection.close()
                connection = None
                continue
            if not self.kept or self.last:
                connection.close()
                connection = None
        if connection:
            connection.close()

    def ask(self, connection, mark):
        body = json.dumps({"mark": mark})
        connection.sendall((f"POST {self.path} HTTP/1.1\r\nHost: localhost\r\nX-Mark: {mark}\r\n{self.fields}"
                            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}").encode())
        received = b""
        while not received.endswith(b"."):
            piece = connection.recv(65536)
            if not piece:
                break
            received += piece
        if received.startswith(b"HTTP/1.1 200 ") and received.endswith(f"\r\n\r\n{mark}.".encode()):
            self.answered += 1
            self.last = b"\r\nConnection: close\r\n" in received
        else:
            self.wrong.append(f"{mark}: {received}")


class LosesNothingWhileItReloads(Setting):
    def setUp(self):
        super().setUp()
        self.stop = threading.Event()
        self.addCleanup(self.stop.set)
        self.function = self.mtls_recorder()
        self.function.script = self.marked
        self.extra, self.unix = harness.free_port(), self.pki.path("extra.sock")
        for name in ("server-2", "client-2"):
            self.pki.issue(name, name.replace("-2", "Auth"))
        self.issuer.write(Issuer(self.pki, "k2"))

    @staticmethod
    def marked(request):
        mark = json.loads(request.body)["mark"].encode() + b"."
        return b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s" % (len(mark), mark)

    def configs(self):
        """What is in force is another of these each time; every third cannot be."""
        base = self.config(port=self.function.port)
        more = base.replace("listen:\n", f'listen:\n  - address: "unix:{self.unix}"\n  - address: 127.0.0.1:{self.extra}\n')
        more = more.replace("issuers:\n", "issuers:\n  other:\n    issuer: https://other.example.com/\n"
                            "    audience: functions\n    jwks: { file: jwks.json }\n")
        more = more.replace("  open:\n", "  added:\n    route: /added\n    upstream: faas\n    allow: anyone\n  open:\n")
        renewed = base.replace("server.", "server-2.").replace("client.", "client-2.") + "timeouts: { idle: 70s }\n"
        return [more, base.replace("upstreams:", "upstrems:"), renewed, more, base.replace("client.key", "none.key"), base]

    def descriptors(self, gateway):
        return len(os.listdir(f"/proc/{gateway.process.pid}/fd"))

    def resident_kib(self, gateway):
        with open(f"/proc/{gateway.process.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))

    def over_unix(self):
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(harness.PATIENCE)
            connection.connect(self.unix)
        except OSError:
            connection.close()
            raise
        return connection

    def over_extra(self):
        return socket.create_connection(("127.0.0.1", self.extra), harness.PATIENCE)

    def test_under_load(self):
        gateway = self.gateway(self.config(port=self.function.port))
        token = f"Authorization: Bearer {self.issuer.token()}\r\n"
        callers = [Caller(self, gateway.connect, True, "/open/kept") for _ in range(4)]
        callers += [Caller(self, gateway.connect, False, "/open/new") for _ in range(3)]
        callers += [Caller(self, gateway.connect, True, "/function/orders", token)]
        callers += [Caller(self, gateway.connect, False, "/function/orders", token)]
        passing = [Caller(self, self.over_extra, False, "/open/extra"), Caller(self, self.over_unix, False, "/open/unix")]
        end = time.monotonic() + STORM_S
        for config in itertools.cycle(self.configs()):
            if time.monotonic() > end:
                break
            gateway.write(config)
            gateway.hang_up()
            time.sleep(PAUSE_S)
        self.stop.set()
        for caller in callers + passing:
            caller.join(harness.PATIENCE)
        wrong = [wrong for caller in callers + passing for wrong in caller.wrong]
        self.assertEqual(wrong[:5], [], f"and {len(wrong)} in all")
        for caller in callers:
            self.assertEqual(caller.refused, 0)
            self.assertGreater(caller.answered, 20)
        for caller in passing:
            self.assertGreater(caller.answered, 0)
            self.assertGreater(caller.refused, 0)
        asked = [request.one("X-Mark") for request in self.function.requests]
        self.assertEqual(len(asked), len(set(asked)), "one request out for one in")
        self.assertEqual(len(asked), sum(caller.answered for caller in callers + passing))
        self.assertTrue(gateway.said("generation 10 of the configuration"), gateway.lines[-20:])
        self.assertTrue(gateway.said("reload refused"))
        print(f"{len(asked)} requests, {sum('in force' in line for line in gateway.lines)} reloads", file=sys.stderr)

    def test_nothing_is_left_behind(self):
        gateway = self.gateway(self.config(port=self.function.port).replace("workers: 2", "workers: 1"))
        texts = [config.replace("workers: 2", "workers: 1") for config in self.configs()]
        held = None
        for number in range(RELOADS):
            outcomes = self.outcomes(gateway)
            gateway.write(texts[number % len(texts)])
            gateway.hang_up()
            wait_for("an outcome", lambda: self.outcomes(gateway) > outcomes)
            if number % len(texts) == len(texts) - 1:
                self.assertEqual(gateway.post("/open/x", b'{"mark":"m"}').status, 200)
                wait_for("other listeners are closed", lambda: not self.is_open())
            if number == 5:
                held = self.descriptors(gateway), self.resident_kib(gateway)
        wait_for("descriptors are as before", lambda: self.descriptors(gateway) <= held[0])
        grown = self.resident_kib(gateway) - held[1]
        self.assertLess(grown, 8 * 1024 if "release" in harness.PENSTOCK else 64 * 1024)
        print(f"{grown} KiB more after {RELOADS} reloads", file=sys.stderr)

    @staticmethod
    def outcomes(gateway):
        return sum("in force" in line or "reload refused" in line for line in list(gateway.lines))

    def is_open(self):
        with open("/proc/net/tcp", encoding="ascii") as file:
            return any(line.split()[1].endswith(f":{self.extra:04X}") and line.split()[3] == "0A" for line in file)


if __name__ == "__main__":
    harness.main()
