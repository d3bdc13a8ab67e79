"""Bodies in and out: chunked, expected, pipelined, large, streamed to a slow caller."""
import os

import harness
from harness import Setting, wait_for

HEAD = b"POST /open/x HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


class CarriesBodiesOfEveryKind(Setting):
    def test_chunked_requests_arrive_with_a_length(self):
        raw = self.gateway().raw(HEAD + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                                 b"1;a=b\r\n{\r\n3\r\n\"a\"\r\n3\r\n:1}\r\n0\r\nX-T: 1\r\n\r\n")
        self.assertTrue(raw.startswith(b"HTTP/1.1 200 "), raw)
        self.assertEqual(self.seen[0].body, b'{"a":1}')
        self.assertEqual(self.seen[0].one("Content-Length"), "7")
        self.assertEqual(self.seen[0].all("X-T"), [])

    def test_continue_is_said_only_to_those_who_are_let_in(self):
        gateway = self.gateway()
        with gateway.connect() as connection:
            connection.sendall(HEAD + b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n")
            self.assertEqual(connection.recv(1000), b"HTTP/1.1 100 Continue\r\n\r\n")
            connection.sendall(b"{}")
            self.assertTrue(connection.recv(1000).startswith(b"HTTP/1.1 200 "))
        raw = gateway.raw(HEAD.replace(b"/open/x", b"/function/orders")
                          + b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        self.assertTrue(raw.startswith(b"HTTP/1.1 401 "), raw)

    def test_pipelined_requests_are_answered_in_order(self):
        self.recorder.script = lambda request: (
            b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(request.body), request.body))
        requests = b"".join(HEAD + b"Content-Length: 3\r\n\r\n%d" % (100 + i) for i in range(20))
        raw = self.gateway().raw(requests + HEAD + b"Connection: close\r\nContent-Length: 3\r\n\r\n120")
        bodies = [part[-3:] for part in raw.replace(b"HTTP/1.1 200 OK", b"|").split(b"|")[1:]]
        self.assertEqual(bodies, [b"%d" % (100 + i) for i in range(21)])

    def test_pipelined_bodies_of_all_sizes_arrive_as_they_were_sent(self):
        sizes = (10, 700, 1023, 1025, 15000, 16384, 40000, 65000, 3, 65536 - 900, 2000)
        texts = [b"%d-" % i + bytes(97 + (i + at) % 26 for at in range(size)) for i, size in enumerate(sizes)]
        bodies = [b'"' + text[:60000] + b'"' for text in texts]
        requests = b"".join(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body for body in bodies)
        raw = self.gateway().raw(requests + HEAD + b"Connection: close\r\nContent-Length: 2\r\n\r\n{}")
        self.assertEqual(raw.count(b"HTTP/1.1 200 "), len(bodies) + 1)
        self.assertEqual([request.body for request in self.seen], bodies + [b"{}"])

    def test_a_body_arrives_behind_a_head_of_any_length(self):
        for length in (10, 1200, 1700, 2100, 8000):
            with self.subTest(length=length):
                field = b"X-Long: " + b"v" * length + b"\r\n"
                body = b'["' + b"b" * 30000 + b'"]'
                raw = self.gateway().raw(HEAD + field + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
                self.assertTrue(raw.startswith(b"HTTP/1.1 200 "), raw[:200])
                self.assertEqual(self.seen[-1].one("X-Long"), "v" * length)
                self.assertEqual(self.seen[-1].body, body)

    def test_a_connection_is_kept_over_refusals_with_small_bodies(self):
        gateway = self.gateway()
        with gateway.connect() as connection:
            for path in (b"/open/x", b"/nowhere", b"/function/orders", b"/open/x") * 10:
                connection.sendall(HEAD.replace(b"/open/x", path) + b"Content-Length: 2\r\n\r\n{}")
                self.assertTrue(connection.recv(65536).startswith(b"HTTP/1.1 "))
        self.assertEqual(len(self.seen), 20)

    def test_a_megabyte_arrives_whole(self):
        body = b'["' + b'","'.join(b"a" * 60000 for _ in range(17)) + b'"]'
        reply = self.gateway().post("/open/x", body)
        self.assertEqual(reply.status, 200, reply.raw[:200])
        self.assertEqual(self.seen[0].body, body)

    def test_a_large_answer_streams_to_a_slow_caller_in_little_memory(self):
        block, blocks = os.urandom(65536), 320
        self.recorder.script = lambda request: (
            part for part in [b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (len(block) * blocks)]
            + [block] * blocks)
        gateway = self.gateway()

        def resident():
            with open(f"/proc/{gateway.process.pid}/status", encoding="ascii") as status:
                return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

        gateway.post("/open/x")
        before, most, received = resident(), 0, 0
        with gateway.connect() as connection:
            connection.sendall(b"GET /open/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            while piece := connection.recv(16384):
                received += len(piece)
                most = max(most, resident())
        self.assertGreater(received, len(block) * blocks)
        self.assertLess(most - before, 8 * 1024, "KiB of memory while streaming")

    def test_a_caller_that_goes_away_ends_the_exchange(self):
        release = []
        self.recorder.script = lambda request: (
            b"" if wait_for("the caller is gone", lambda: release) else b"" for _ in range(1))
        gateway = self.gateway()
        connection = gateway.connect()
        connection.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")
        wait_for("the function works", lambda: self.seen)
        connection.close()
        record = gateway.records(1)[0]
        release.append(1)
        self.assertEqual((record["reason"], record["status"]), ("caller.gone", 0))


if __name__ == "__main__":
    harness.main()
