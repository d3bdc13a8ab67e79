"""Whatever allocation, descriptor or library object is refused to it while it serves: the caller gets
a clear answer or a closed connection, nothing goes on unseen, and the next request is served.

Every place that asks fails once on a gateway that has just started, and every call of a round on one
at work; with `--full` every call of a first round too, each on a gateway of its own (minutes).
"""
import itertools
import json
import re
import sys
import threading
import unittest

import harness
from harness import Issuer, Setting
from harness.faults import FAULTY, Faults

FULL = "--full" in sys.argv and not sys.argv.remove("--full")
LARGE = 200_000  # bytes of the streamed answer: several times what is held of it
CLOSED = None


def request(method, path, *fields, body=b""):
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", *fields]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def chunks(body):
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (body[:7], body[7:])) + b"0\r\n\r\n"


def unchunk(raw):
    """The body, or None when its last chunk is missing."""
    body = b""
    while True:
        line, separator, raw = raw.partition(b"\r\n")
        if not separator or not re.fullmatch(rb"[0-9A-Fa-f]+", line):
            return None
        length = int(line, 16)
        if length == 0:
            return body if raw == b"\r\n" else None
        if len(raw) < length + 2:
            return None
        body, raw = body + raw[:length], raw[length + 2:]


def answer(raw):
    """(status, body) of a whole answer; CLOSED when a caller can tell that it is not whole."""
    head, separator, body = raw.partition(b"\r\n\r\n")
    if not separator:
        return CLOSED
    fields = head.lower()
    if b"transfer-encoding: chunked" in fields:
        body = unchunk(body)
    else:
        length = int(re.search(rb"content-length: (\d+)", fields).group(1))
        if len(body) < length:
            return CLOSED
        assert len(body) == length, raw
    return CLOSED if body is None else (int(head.split()[1]), body)


class Serves(Setting):
    @staticmethod
    def answers(asked):
        """The connection is kept behind a small answer, and closed behind a large one."""
        if " /open/large " not in asked.line:
            return b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n" % LARGE
        return [head, b"x" * LARGE, None]

    def setUp(self):
        super().setUp()
        self.function = self.mtls_recorder()
        self.function.script = self.answers
        self.faults = Faults(self.folder)
        self.keys = self.key_server(lambda: {"keys": [self.issuer.jwk]})
        self.forged = Issuer(self.pki, "unknown").token()
        self.steps = self.make_steps()

    def make_steps(self):
        """What is asked, with the status that it gets when nothing fails."""
        note = json.dumps({"note": "Tea at five, O'Brien"}).encode()
        attack = json.dumps({"note": "x' OR 1=1 --"}).encode()
        json_type, length = "Content-Type: application/json", "Content-Length: {}".format
        bearer = "Authorization: Bearer {}".format
        return [
            (200, request("POST", "/function/orders", json_type, length(len(note)), bearer(self.issuer.token()),
                          body=note)),
            (403, request("POST", "/open/attack", json_type, length(len(attack)), body=attack)),
            (200, request("POST", "/open/chunked", json_type, "Transfer-Encoding: chunked", body=chunks(note))),
            (200, request("GET", "/open/large")),
            (400, b"GET /open/x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
            (200, request("PUT", "/open/again", json_type, length(len(note)), body=note)),
            (401, request("POST", "/function/orders", json_type, length(2), bearer("x.y.z"), body=b"{}")),
        ]

    def start(self):
        config = self.with_keys_from(self.keys.port).replace("workers: 2", "workers: 1")
        config = config.replace(str(self.nginx.port), str(self.function.port))
        return self.gateway(config, program=FAULTY, PEN_FAULTS=self.faults.path)

    def ask(self, gateway, data):
        received = b""
        try:
            with gateway.connect() as connection:
                connection.sendall(data)
                while piece := connection.recv(65536):
                    received += piece
        except TimeoutError:
            self.fail(f"no answer and no end: {data[:60]} after {self.faults.last}")
        except OSError:
            pass
        return answer(received)

    def clear(self, reply, status, data):
        """What it should be, a refusal that says why, or a connection that visibly ended early."""
        if reply is CLOSED or reply[0] == status:
            return reply is not CLOSED
        self.assertGreaterEqual(reply[0], 500, (data, reply, self.faults.after("it")))
        self.assertIn("reason", json.loads(reply[1]), reply)
        return False

    def play(self, gateway):
        """Every step, and beside them a token of an unknown key and a look at the metrics. Were all as
        they are when nothing fails?"""
        beside = []
        unknown = request("POST", "/function/orders", "Content-Type: application/json", "Content-Length: 2",
                          f"Authorization: Bearer {self.forged}", body=b"{}")
        caller = threading.Thread(target=lambda: beside.append(self.ask(gateway, unknown)))
        caller.start()
        fine = gateway.page("/metrics")[0] == 200
        for status, data in self.steps:
            self.function.requests.clear()
            reply = self.ask(gateway, data)
            fine = self.clear(reply, status, data) and fine
            if reply is not CLOSED and reply[0] == 200 and b"/large" in data:
                self.assertEqual(reply[1], b"x" * LARGE)
            self.looked_at(data, status)
        caller.join(harness.PATIENCE)
        self.assertEqual(len(beside), 1, f"the unknown key: neither answer nor end; {self.faults.last}")
        return self.clear(beside[0], 401, unknown) and fine

    def looked_at(self, data, status):
        """What reached the function is what was asked, once, and whole."""
        asked = [seen.line for seen in self.function.requests]
        if status != 200:
            self.assertEqual(asked, [])
            return
        self.assertLessEqual(len(asked), 1, asked)
        for seen in self.function.requests:
            self.assertEqual(seen.line.encode(), data.partition(b"\r\n")[0])
            self.assertIn(seen.body, (b"", json.dumps({"note": "Tea at five, O'Brien"}).encode()))

    def settles(self, gateway):
        """Nothing hangs on, and the next callers are served."""
        gateway.process.poll()
        self.assertIsNone(gateway.process.returncode, f"it ended after {self.faults.last}:\n" + "\n".join(gateway.lines))
        for gauge in ("penstock_requests_in_flight", "penstock_connections"):
            harness.wait_for(self.faults.after(f"{gauge} is 0"), lambda: gateway.metric(gauge) == 0)
        status, data = self.steps[0]
        reply = self.ask(gateway, data)
        self.assertEqual(reply and reply[0], status, f"after {self.faults.last}:\n" + "\n".join(gateway.lines))

    def once(self, gateway, arm):
        """Play with the fault, and see it settle. (How many failed, was all as ever?)"""
        arm()
        fine = self.play(gateway)
        fired = self.faults.off()
        self.settles(gateway)
        return fired, fine

    def test_every_place_fails_once_on_a_gateway_that_has_just_started(self):
        fired, fine = True, False
        while fired:
            gateway = self.start()
            fired, fine = self.once(gateway, self.faults.fail_new_places)
            gateway.close()
        self.assertTrue(fine)
        self.assertGreater(sum(place.failed for place in self.faults.places), 30)

    def test_every_call_of_a_round_fails_on_a_gateway_at_work(self):
        gateway = self.start()
        self.play(gateway)
        for calls in itertools.count():
            fired, fine = self.once(gateway, lambda: self.faults.fail_after(calls))
            if not fired:
                break
        self.assertTrue(fine)
        self.assertGreater(calls, 20)

    @unittest.skipUnless(FULL, "minutes: --full")
    def test_every_call_of_a_first_round_fails(self):
        for calls in itertools.count():
            gateway = self.start()
            fired, fine = self.once(gateway, lambda: self.faults.fail_after(calls))
            gateway.close()
            if not fired:
                break
        self.assertTrue(fine)
        self.assertGreater(calls, 20)


if __name__ == "__main__":
    harness.main()
