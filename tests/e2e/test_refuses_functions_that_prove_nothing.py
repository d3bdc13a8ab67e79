"""No byte of an event goes to an endpoint that is not proven, whoever it pretends to be."""
import base64
import contextlib
import socket
import threading

import harness
from harness import Setting

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class RefusesFunctionsThatProveNothing(Setting):
    def ask(self, port, upstream=""):
        gateway = self.gateway(self.config(port=port, upstream=upstream))
        return gateway.post("/open/x")

    def test_a_client_certificate_is_no_servers(self):
        self.pki.issue("poser", "clientAuth")
        function = self.function(OK, certificate="poser")
        reply = self.ask(function.port)
        self.refused(reply, 502, "upstream.certificate")
        self.assertFalse(any(function.seen))

    def test_another_server_name_is_expected(self):
        function = self.function(OK)
        config = self.config(port=function.port).replace("ca: ca.pem }", "ca: ca.pem, server_name: other.example }")
        self.refused(self.gateway(config).post("/open/x"), 502, "upstream.certificate")
        self.assertFalse(any(function.seen))

    def test_a_pin_decides_beside_the_authority(self):
        for pin, status in ((self.pin("function"), 200), (self.pin("server"), 502)):
            with self.subTest(status=status):
                function = self.function(OK)
                config = self.config(port=function.port).replace("ca: ca.pem }", f'ca: ca.pem, pin: "{pin}" }}')
                self.assertEqual(self.gateway(config).post("/open/x").status, status)
                self.assertEqual(any(function.seen), status == 200)

    def pin(self, name):
        public = harness.openssl("x509", "-in", self.pki.path(name + ".pem"), "-pubkey", "-noout")
        der = harness.openssl("pkey", "-pubin", "-outform", "DER", data=public)
        digest = harness.openssl("dgst", "-sha256", "-binary", data=der)
        return "sha256//" + base64.b64encode(digest).decode()

    def test_plain_http_where_tls_is_due(self):
        server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(server.close)
        got = []

        def serve():
            with contextlib.suppress(OSError):
                connection, _ = server.accept()
                with connection:
                    got.append(connection.recv(65536))
                    connection.sendall(OK)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        self.assertEqual(self.ask(server.getsockname()[1]).status, 502)
        thread.join(harness.PATIENCE)
        self.assertNotIn(b"POST", got[0])

    def test_a_function_that_does_not_accept_the_gateway(self):
        self.pki.issue("unknown", "clientAuth", ca="other-ca")
        function = self.function(OK)
        config = self.config(port=function.port).replace("certificate: client.pem, key: client.key",
                                                         "certificate: unknown.pem, key: unknown.key")
        gateway = self.gateway(config)
        reply = gateway.post("/open/x")
        self.refused(reply, 502, "upstream.tls")
        self.assertEqual(reply.get("Proxy-Status"), "penstock; error=tls_alert_received")
        self.assertEqual(gateway.records(1)[0]["reason"], "upstream.identity_refused")
        self.assertFalse(any(function.seen))

    def test_nginx_itself_refuses_a_gateway_without_certificate(self):
        config = self.config().replace("mtls: { certificate: client.pem, key: client.key, ca: ca.pem }",
                                       "tls: { ca: ca.pem }")
        reply = self.gateway(config).post("/open/x")
        self.assertEqual(reply.status, 400, reply.raw)  # nginx's own page for "no certificate sent"
        self.assertEqual(self.seen, [])


if __name__ == "__main__":
    harness.main()
