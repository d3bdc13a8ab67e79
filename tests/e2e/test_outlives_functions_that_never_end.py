"""Functions that hang, drip, reset, never end or close one side: each ends in time, with the status that
says what it did, and the same worker goes on with others."""
import socket
import struct
import threading
import time

import harness
from harness import Reply, Setting

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
FINE = HEAD + b"Content-Length: 2\r\n\r\nok"
DRIP_S = 0.05  # far below every deadline here
LIMITS = "    first_byte_timeout: 600ms\n    timeout: 1200ms\n    response: 256KiB"


def drips(first, data):
    """Byte by byte, longer than any deadline lasts."""
    if first:
        yield first
    for i in range(len(data)):
        yield data[i:i + 1]
        time.sleep(DRIP_S)


def resets(request, first=b""):
    """A TCP reset instead of more."""
    if first:
        yield first
        time.sleep(DRIP_S)
    connection = request.connection
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    socket.socket(fileno=connection.detach()).close()
    yield None


def half_closes(request, first=b""):
    """The end of TLS' and TCP's stream towards us, while it would still read."""
    if first:
        yield first
    request.connection.shutdown(socket.SHUT_WR)
    time.sleep(2 * harness.PATIENCE / 20)
    yield None


def waits(first=b""):
    if first:
        yield first
    time.sleep(2)
    yield None


# why, what it does, status, reason of the record. CUT: the answer had begun, and breaks off.
CUT = None
LENGTH = b"Content-Length: 9\r\n\r\nx"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"
ROWS = (
    ("hangs before its answer", lambda _: waits(), 504, "upstream.first_byte_timeout"),
    ("hangs within its head", lambda _: waits(HEAD), 504, "upstream.first_byte_timeout"),
    ("hangs within a body with a length", lambda _: waits(HEAD + LENGTH), 504, "upstream.timeout"),
    ("hangs within a chunked body", lambda _: waits(HEAD + CHUNKED), CUT, "upstream.timeout"),
    ("drips its head", lambda _: drips(b"", HEAD + b"X-Long: " + b"x" * 1000), 504, "upstream.first_byte_timeout"),
    ("drips a body with a length", lambda _: drips(HEAD + b"Content-Length: 999\r\n\r\n", b"x" * 999), 504, "upstream.timeout"),
    ("drips a chunked body", lambda _: drips(HEAD + CHUNKED, b"1\r\nx\r\n" * 99), CUT, "upstream.timeout"),
    ("drips interim answers", lambda _: drips(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 30), 504, "upstream.first_byte_timeout"),
    ("resets before its answer", resets, 502, "upstream.closed"),
    ("resets within its head", lambda request: resets(request, HEAD), 502, "upstream.closed"),
    ("resets within a body with a length", lambda request: resets(request, HEAD + LENGTH), 502, "upstream.closed"),
    ("resets within a chunked body", lambda request: resets(request, HEAD + CHUNKED), CUT, "upstream.closed"),
    ("closes its side before its answer", half_closes, 502, "upstream.closed"),
    ("closes its side within its head", lambda request: half_closes(request, HEAD), 502, "upstream.closed"),
    ("closes its side within a body with a length", lambda request: half_closes(request, HEAD + LENGTH), 502, "upstream.closed"),
    ("closes its side within a chunked body", lambda request: half_closes(request, HEAD + CHUNKED), CUT, "upstream.closed"),
    ("never ends its body", lambda _: [HEAD + CHUNKED, *[b"1000\r\n" + b"x" * 4096 + b"\r\n"] * 200], CUT, "upstream.too_large"),
    ("says that it will say too much", lambda _: [HEAD + b"Content-Length: 262145\r\n\r\n"], 502, "upstream.too_large"),
    ("never ends its head", lambda _: [HEAD, *[b"X-More: " + b"x" * 4000 + b"\r\n"] * 200], 502, "upstream.malformed"),
    ("never ends its interim answers", lambda _: [b"HTTP/1.1 103 Early Hints\r\n\r\n" * 1000], 502, "upstream.malformed"),
)


class OutlivesFunctionsThatNeverEnd(Setting):
    def ask(self, gateway, path):
        """A reply as the bytes that came until its end, or until the connection's."""
        reply = Reply(gateway.raw(b"POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"
                                  b"Content-Length: 2\r\n\r\n{}" % path.encode()))
        reply.broken = reply.status == 200 and not reply.raw.endswith(b"0\r\n\r\n")
        return reply

    def test_each_ends_in_time_with_the_status_that_says_why(self):
        recorder = self.mtls_recorder()
        scripts = {f"/open/{number}": row[1] for number, row in enumerate(ROWS)}
        recorder.script = lambda request: scripts.get(request.line.split()[1], lambda _: FINE)(request)
        gateway = self.gateway(self.config(LIMITS, port=recorder.port).replace("workers: 2", "workers: 1"))
        for number, (why, _, status, reason) in enumerate(ROWS):
            with self.subTest(why):
                reply = self.ask(gateway, f"/open/{number}")
                self.assertEqual(gateway.post("/open/fine").status, 200)
                record = next(one for one in gateway.records(2 * number + 2) if one["path"] == f"/open/{number}")
                self.assertEqual(record["reason"], reason, record)
                if status is CUT:
                    self.assertTrue(reply.broken, reply.raw)
                else:
                    self.assertEqual(reply.status, status, reply.raw)
                    self.assertTrue(reply.problem["reason"].startswith("upstream."))
        self.assertEqual([request.line.split()[1] for request in recorder.requests if request.line.split()[1] != "/open/fine"],
                         list(scripts), "none was asked twice")
        gateway.reaches("penstock_requests_in_flight", 0)

    def test_one_that_does_not_read_is_given_up(self):
        listening = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listening.close)
        context = self.pki.server_context("function")
        gateway = self.gateway(self.config(LIMITS, port=listening.getsockname()[1]).replace("workers: 2", "workers: 1"))
        held = []

        def accept():
            plain, _ = listening.accept()
            held.append(context.wrap_socket(plain, server_side=True))

        threading.Thread(target=accept, daemon=True).start()
        reply = gateway.post("/open/large", b"[" + b",".join([b'"' + b"x" * 1000 + b'"'] * 900) + b"]")
        self.assertEqual(reply.status, 504, reply.raw)
        for connection in held:
            connection.close()


class UsesNoConnectionProvenUnderOtherRules(Setting):
    def test_reloads_with_another_ca_identity_or_name(self):
        recorder = self.mtls_recorder()
        self.pki.issue("client-2", "clientAuth")
        base = self.config(port=recorder.port).replace("workers: 2", "workers: 1")
        gateway = self.gateway(base)
        first, second = gateway.post("/open/1"), gateway.post("/open/2")
        self.assertEqual((first.status, second.status, recorder.connections), (200, 200, 1))
        generation = 1
        for why, config, status in (
                ("nothing else", base, 200),
                ("another identity", base.replace("client.pem, key: client.key", "client-2.pem, key: client-2.key"), 200),
                ("a CA that does not know the function", base.replace("client.key, ca: ca.pem", "client.key, ca: other-ca.pem"), 502),
                ("a name that the function does not have", base.replace("client.key, ca: ca.pem", "client.key, ca: ca.pem, server_name: x.test"), 502),
                ("the first again", base, 200)):
            with self.subTest(why):
                before, generation = recorder.connections, generation + 1
                gateway.write(config)
                gateway.hang_up()
                harness.wait_for("the reload", lambda n=generation: gateway.said(f"generation {n} of the configuration"))
                self.assertEqual(gateway.post("/open/x").status, status)
                self.assertEqual(recorder.connections, before + 1, "a new connection, proven anew")
                if status == 200:
                    self.assertEqual(gateway.post("/open/x").status, 200)
                    self.assertEqual(recorder.connections, before + 1, "which then is kept")


if __name__ == "__main__":
    harness.main()
