"""A function that fails: 502, 503 or 504 with Proxy-Status, and nothing half of its answer."""
import harness
from harness import Setting, free_port

OK = b"HTTP/1.1 200 OK\r\n"


class TellsUpstreamFailuresApart(Setting):
    def ask(self, port, upstream=""):
        gateway = self.gateway(self.config(port=port, upstream=upstream))
        return gateway, gateway.post("/open/x")

    def failed(self, reply, status, error):
        self.assertEqual(reply.status, status, reply.raw)
        self.assertEqual(reply.get("Proxy-Status"), f"penstock; error={error}")
        self.assertTrue(reply.problem["reason"].startswith("upstream."), reply.raw)

    def test_connection_refused(self):
        _, reply = self.ask(free_port())
        self.failed(reply, 502, "connection_refused")

    def test_certificates_that_prove_nothing(self):
        self.pki.issue("stranger", "serverAuth", ca="other-ca")
        self.pki.issue("elsewhere", "serverAuth", names="DNS:elsewhere.example")
        self.pki.issue_expired("past", "serverAuth")
        for certificate, detail in (("stranger", "issuer"), ("elsewhere", "name"), ("past", "expired")):
            function = self.function(OK + b"Content-Length: 0\r\n\r\n", certificate=certificate)
            gateway, reply = self.ask(function.port)
            self.failed(reply, 502, "tls_certificate_error")
            self.assertFalse(any(function.seen), certificate)
            self.assertIn(detail, gateway.records(1)[0]["upstream"]["detail"], certificate)

    def test_malformed_answers(self):
        for why, answer in (("not HTTP", b"hello\r\n\r\n"), ("bare LF", b"HTTP/1.1 200 OK\nContent-Length: 0\n\n"),
                            ("two lengths", OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
                            ("length and chunked", OK + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                            ("control byte", OK + b"X: a\x01b\r\nContent-Length: 0\r\n\r\n"),
                            ("switching protocols", b"HTTP/1.1 101 Switching\r\n\r\n"),
                            ("endless interim", b"HTTP/1.1 103 Hints\r\n\r\n" * 50)):
            with self.subTest(why):
                function = self.function(answer)
                _, reply = self.ask(function.port)
                self.failed(reply, 502, "http_protocol_error")

    def test_an_answer_that_ends_early(self):
        _, reply = self.ask(self.function(b"").port)
        self.assertEqual(reply.status, 502)
        _, reply = self.ask(self.function(OK + b"Content-Length: 5\r\n\r\nab").port)
        self.assertEqual(reply.status, 502, reply.raw)
        self.assertNotIn(b"\r\n\r\nab", reply.raw)

    def test_a_streamed_answer_that_breaks_is_cut_off(self):
        function = self.function(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
        gateway = self.gateway(self.config(port=function.port))
        raw = gateway.raw(b"GET /open/x HTTP/1.1\r\nHost: localhost\r\n\r\n")
        self.assertIn(b"hello", raw)
        self.assertFalse(raw.endswith(b"0\r\n\r\n"), raw)
        self.assertEqual(gateway.records(1)[0]["reason"], "upstream.closed")

    def test_time_outs(self):
        function = self.function(None)
        _, reply = self.ask(function.port, "    first_byte_timeout: 500ms")
        self.failed(reply, 504, "http_response_timeout")
        function = self.function(b"", shake_hands=False)
        _, reply = self.ask(function.port, "    connect_timeout: 500ms")
        self.failed(reply, 504, "connection_timeout")


if __name__ == "__main__":
    harness.main()
