"""A clean event reaches the function as it was inspected, and nothing else does."""
import harness
from harness import Setting


class ForwardsACleanEvent(Setting):
    def test_body_byte_for_byte_and_a_rebuilt_head(self):
        gateway, token = self.gateway(), self.issuer.token()
        body = b'{ "id" : 1e0,\n\t"note":"\\u00e9 \xc3\xa9" }\n'
        reply = gateway.post(
            "/function/orders?x=1&y=%20", body, "-H", "X-Tenant: evil", "-H", "x-tenant: evil2",
            "-H", "X-Forwarded-For: 6.6.6.6", "-H", "Forwarded: for=6.6.6.6", "-H", "Penstock-Subject: root",
            "-H", "X-Function-Name: f", "-H", "Connection: X-Hop", "-H", "X-Hop: 1", "-H", "X-Note: kept",
            "-H", "Proxy-Authorization: Basic eA==", "-H", "X-Request-Id: forged", token=token)
        self.assertEqual(reply.status, 200, reply.raw)
        self.assertEqual(reply.body, b'{"ok":true}')
        self.assertEqual(len(self.seen), 1)
        request = self.seen[0]
        self.assertEqual(request.line, "POST /function/orders?x=1&y=%20 HTTP/1.1")
        self.assertEqual(request.body, body)
        self.assertEqual(request.one("Host"), f"localhost:{self.nginx.port}")
        self.assertEqual(request.one("Content-Length"), str(len(body)))
        self.assertEqual(request.one("X-Nginx-Verify"), "SUCCESS")
        self.assertEqual(request.one("X-Tenant"), "acme")
        self.assertEqual(request.one("X-Forwarded-For"), "127.0.0.1")
        self.assertEqual(request.one("X-Forwarded-Proto"), "https")
        self.assertTrue(request.one("Forwarded").startswith("for=127.0.0.1;"), request.head)
        self.assertEqual(request.one("X-Note"), "kept")
        self.assertEqual(request.one("X-Request-Id"), reply.get("X-Request-Id"))
        self.assertRegex(request.one("traceparent"), r"^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$")
        self.assertIn("1.1 penstock", request.one("Via"))
        for gone in ("Authorization", "Penstock-Subject", "X-Function-Name", "X-Hop", "Proxy-Authorization"):
            self.assertEqual(request.all(gone), [], gone)
        self.assertNotIn(b"6.6.6.6", request.head)
        self.assertNotIn(b"forged", request.head)

    def test_a_trace_is_continued(self):
        gateway = self.gateway()
        trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        gateway.post("/open/x", b"{}", "-H", f"traceparent: 00-{trace}-00f067aa0ba902b7-01")
        value = self.seen[0].one("traceparent")
        self.assertTrue(value.startswith(f"00-{trace}-"), value)
        self.assertNotIn("00f067aa0ba902b7", value)

    def test_the_token_is_passed_only_where_the_function_asks(self):
        config = self.config().replace("claims_to_headers: { X-Tenant: tenant }", "authorization: forward")
        gateway, token = self.gateway(config), self.issuer.token()
        gateway.post("/function/orders", token=token)
        self.assertEqual(self.seen[0].one("Authorization"), "Bearer " + token)

    def test_answers_pass_without_hop_by_hop_and_server_fields(self):
        function = self.function(
            b"HTTP/1.1 201 Made\r\nLocation: /x\r\nServer: secret/1\r\nX-Powered-By: y\r\nConnection: X-Hop\r\n"
            b"X-Hop: 1\r\nX-Mine: z\r\nContent-Length: 2\r\n\r\nok")
        reply = self.gateway(self.config(port=function.port)).post("/open/x")
        self.assertEqual((reply.status, reply.body), (201, b"ok"))
        self.assertEqual((reply.get("Location"), reply.get("X-Mine")), ("/x", "z"))
        for gone in ("Server", "X-Powered-By", "X-Hop"):
            self.assertIsNone(reply.get(gone), gone)

    def test_redirects_no_content_and_head_pass_as_they_are(self):
        gateway = self.gateway()
        self.recorder.script = lambda request: b"HTTP/1.1 302 Found\r\nLocation: https://else.example/\r\nContent-Length: 0\r\n\r\n"
        reply = gateway.curl("/open/a")
        self.assertEqual((reply.status, reply.get("Location")), (302, "https://else.example/"))
        self.recorder.script = lambda request: b"HTTP/1.1 204 No Content\r\n\r\n"
        self.assertEqual(gateway.post("/open/a").status, 204)
        self.recorder.script = lambda request: b"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n"
        reply = gateway.curl("/open/a", "--head")
        self.assertEqual((reply.status, reply.get("Content-Length"), reply.body), (200, "1234", b""))
        self.assertEqual(len(self.seen), 3)


if __name__ == "__main__":
    harness.main()
