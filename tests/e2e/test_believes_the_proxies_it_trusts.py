"""Load balancers and proxies in front: whom they speak for is believed where they are configured, and a
caller who pretends to be one is nobody."""
import contextlib
import socket
import ssl
import struct

import harness
from harness import JSON, Setting

EVENT = b"POST /open/x HTTP/1.1\r\nHost: localhost\r\n" + JSON.encode() + b"\r\nContent-Length: 2\r\n%s\r\n{}"
V1 = b"PROXY TCP4 192.0.2.7 127.0.0.1 4242 443\r\n"
V2 = (b"\r\n\r\n\0\r\nQUIT\n\x21\x11" + struct.pack(">H", 12) + socket.inet_aton("192.0.2.7") + socket.inet_aton("127.0.0.1")
      + struct.pack(">HH", 4242, 443))
LOCAL = b"\r\n\r\n\0\r\nQUIT\n\x20\x00\x00\x00"


class BelievesTheProxiesItTrusts(Setting):
    def behind(self, networks, more=""):
        config = self.config(more=more).replace("    tls: {", f"    proxy_protocol: [{networks}]\n    tls: {{", 1)
        return self.gateway(config)

    def answer(self, gateway, before, event=EVENT % b"", piece=0, source="127.0.0.1"):
        """Send `before` in the clear and the event over TLS; what came back, "" for the end."""
        try:
            with socket.create_connection(("127.0.0.1", gateway.ports["tls"]), harness.PATIENCE, (source, 0)) as plain:
                for start in range(0, len(before), piece or len(before) or 1):
                    plain.sendall(before[start:start + (piece or len(before))])
                with gateway.context().wrap_socket(plain, server_hostname="localhost") as connection:
                    connection.sendall(event)
                    return connection.recv(65536)
        except (ConnectionError, ssl.SSLError):
            return b""

    def test_a_header_of_each_version(self):
        gateway = self.behind("127.0.0.0/8")
        for header in (V1, V2):
            for piece in (0, 1, 5):
                self.assertTrue(self.answer(gateway, header, piece=piece).startswith(b"HTTP/1.1 200 "))
        for request in self.seen:
            self.assertEqual(request.one("X-Forwarded-For"), "192.0.2.7")
            self.assertRegex(request.one("Forwarded"), "^for=192.0.2.7;")
        for record in gateway.records(6):
            self.assertEqual(record["remote"], "192.0.2.7:4242")

    def test_a_check_of_the_balancers_own(self):
        gateway = self.behind("127.0.0.0/8")
        self.assertTrue(self.answer(gateway, LOCAL).startswith(b"HTTP/1.1 200 "))
        self.assertEqual(self.seen[0].one("X-Forwarded-For"), "127.0.0.1")

    def test_no_header_from_one_that_must_send_it(self):
        gateway = self.behind("127.0.0.0/8")
        for before in (b"", b"GET / HTTP/1.1\r\n\r\n", b"PROXY TCP4 x\r\n", V1[:-2] + b"\n", V2[:12] + b"\x31" + V2[13:]):
            self.assertEqual(self.answer(gateway, before), b"")
        gateway.reaches("penstock_proxy_header_failures_total", 5)
        self.assertEqual(self.seen, [])

    def test_a_header_from_one_that_must_not(self):
        gateway = self.behind("127.0.0.9")
        for before in (V1, V2):
            self.assertEqual(self.answer(gateway, before), b"")
        self.assertTrue(self.answer(gateway, b"").startswith(b"HTTP/1.1 200 "))
        self.assertTrue(self.answer(gateway, V1, source="127.0.0.9").startswith(b"HTTP/1.1 200 "))
        self.assertEqual([request.one("X-Forwarded-For") for request in self.seen], ["127.0.0.1", "192.0.2.7"])

    def test_a_header_that_does_not_end_is_cut_at_the_handshakes_deadline(self):
        gateway = self.behind("127.0.0.0/8", "timeouts: { handshake: 300ms }")
        with socket.create_connection(("127.0.0.1", gateway.ports["tls"]), harness.PATIENCE) as connection:
            connection.sendall(V1[:20])
            with contextlib.suppress(ConnectionResetError):  # our bytes were never read
                self.assertEqual(connection.recv(10), b"")

    def test_limits_by_address_count_the_caller_behind_the_balancer(self):
        gateway = self.behind("127.0.0.0/8", "connections_per_address: 1")
        first = socket.create_connection(("127.0.0.1", gateway.ports["tls"]), harness.PATIENCE)
        self.addCleanup(first.close)
        first.sendall(V1)
        with gateway.context().wrap_socket(first, server_hostname="localhost"):
            self.assertEqual(self.answer(gateway, V1), b"")
            other = V1.replace(b"192.0.2.7", b"192.0.2.8")
            self.assertTrue(self.answer(gateway, other).startswith(b"HTTP/1.1 200 "))

    def test_fields_of_a_trusted_proxy(self):
        gateway = self.gateway(self.config(more="trusted_proxies: [127.0.0.0/8, 10.0.0.0/8]"))
        rows = [
            # fields, X-Forwarded-For and proto for the function, caller in the record
            (["X-Forwarded-For: 203.0.113.9"], "203.0.113.9, 127.0.0.1", "https", "203.0.113.9"),
            (["X-Forwarded-For: 6.6.6.6, 203.0.113.9, 10.1.1.1"], "6.6.6.6, 203.0.113.9, 10.1.1.1, 127.0.0.1", "https", "203.0.113.9"),
            (["X-Forwarded-For: 10.0.0.1, 10.0.0.2"], "10.0.0.1, 10.0.0.2, 127.0.0.1", "https", "10.0.0.1"),
            (["X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: http"], "203.0.113.9, 127.0.0.1", "http", "203.0.113.9"),
            (['Forwarded: for="[2001:db8::1]:99";proto=http'], "2001:db8::1, 127.0.0.1", "http", "[2001:db8::1]"),
            (["Forwarded: for=203.0.113.9", "X-Forwarded-For: 203.0.113.9"], "203.0.113.9, 127.0.0.1", "https", "203.0.113.9"),
            (["Forwarded: for=_secret"], "unknown, 127.0.0.1", "https", "unknown"),
            ([], "127.0.0.1", "https", None),
        ]
        for fields, chain, proto, caller in rows:
            with self.subTest(fields):
                self.seen.clear()
                self.assertEqual(gateway.post("/open/x", b"{}", *(word for field in fields for word in ("-H", field))).status, 200)
                request = self.seen[0]
                self.assertEqual((request.one("X-Forwarded-For"), request.one("X-Forwarded-Proto")), (chain, proto))
                self.assertEqual(request.one("Forwarded").count("for="), chain.count(",") + 1)
        for record, (_, _, _, caller) in zip(gateway.records(len(rows)), rows):
            if caller:
                self.assertEqual(record["remote"], caller)
                self.assertRegex(record["proxy"], r"^127.0.0.1:\d+$")
            else:
                self.assertNotIn("proxy", record)

    def test_fields_that_cannot_be_read_in_one_way(self):
        gateway = self.gateway(self.config(more="trusted_proxies: [127.0.0.1]"))
        for fields, reason in ((["X-Forwarded-For: 1.2.3.4, x"], "forwarded.malformed"), (["Forwarded: for=1.2.3.4, proto=https"], "forwarded.malformed"),
                               (["Forwarded: for=1.2.3.4", "X-Forwarded-For: 4.3.2.1"], "forwarded.conflict"),
                               (["X-Forwarded-For: 1.2.3.4", "X-Forwarded-Proto: gopher"], "forwarded.malformed"),
                               (["X-Forwarded-For: " + ", ".join(["1.2.3.4"] * 17)], "forwarded.malformed")):
            reply = gateway.post("/open/x", b"{}", *(word for field in fields for word in ("-H", field)))
            self.refused(reply, 400, reason)
        self.assertEqual(self.seen, [])

    def test_fields_of_anybody_else_are_dropped(self):
        gateway = self.gateway(self.config(more="trusted_proxies: [10.0.0.0/8]"))
        reply = gateway.post("/open/x", b"{}", "-H", "X-Forwarded-For: 10.0.0.1", "-H", "Forwarded: for=10.0.0.1", "-H", "X-Forwarded-Proto: http")
        self.assertEqual(reply.status, 200)
        self.assertEqual((self.seen[0].one("X-Forwarded-For"), self.seen[0].one("X-Forwarded-Proto")), ("127.0.0.1", "https"))
        self.assertNotIn("10.0.0.1", self.seen[0].one("Forwarded"))


if __name__ == "__main__":
    harness.main()
