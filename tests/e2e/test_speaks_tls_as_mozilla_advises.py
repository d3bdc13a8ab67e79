"""The intermediate policy: AEAD ciphers alone, no renegotiation, sessions by ticket in both
versions."""
import socket
import ssl
import subprocess

import harness
from harness import Setting

ASK = b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n"


class SpeaksTlsAsMozillaAdvises(Setting):
    def session(self, gateway, context, session=None):
        with socket.create_connection(("127.0.0.1", gateway.ports["tls"])) as plain:
            with context.wrap_socket(plain, server_hostname="localhost", session=session) as connection:
                connection.sendall(ASK)
                connection.recv(65536)
                return connection.session, connection.session_reused

    def test_sessions_resume_in_both_versions(self):
        gateway = self.gateway()
        for resumed, version in ((1, ssl.TLSVersion.TLSv1_2), (2, ssl.TLSVersion.TLSv1_3)):
            context = gateway.context(minimum_version=version, maximum_version=version)
            session, again = self.session(gateway, context)
            self.assertFalse(again)
            self.assertTrue(self.session(gateway, context, session)[1], version)
            gateway.reaches("penstock_tls_handshakes_resumed_total", resumed)

    def test_a_session_outlives_a_reload_unless_the_rules_change(self):
        gateway = self.gateway()
        context = gateway.context()
        session, _ = self.session(gateway, context)
        gateway.hang_up()
        harness.wait_for("the reload", lambda: gateway.said("generation 2 of the configuration"))
        session, again = self.session(gateway, context, session)
        self.assertTrue(again)
        gateway.write(self.config().replace("key: server.key }", "key: server.key, client_ca: ca.pem, client_auth: optional }"))
        gateway.hang_up()
        harness.wait_for("the second reload", lambda: gateway.said("generation 3 of the configuration"))
        self.assertFalse(self.session(gateway, context, session)[1])

    def client(self, gateway, *options, data=b""):
        return subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{gateway.ports['tls']}", "-servername", "localhost",
             "-CAfile", self.pki.path("ca.pem"), *options], input=data, capture_output=True,
            timeout=harness.PATIENCE, check=False)

    def test_ciphers_without_aead_are_refused(self):
        gateway = self.gateway()
        for cipher in ("ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA", "ECDHE-ECDSA-NULL-SHA"):
            run = self.client(gateway, "-tls1_2", "-cipher", cipher + ":@SECLEVEL=0")
            self.assertNotEqual(run.returncode, 0, cipher)
        run = self.client(gateway, "-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256")
        self.assertEqual(run.returncode, 0, run.stderr)

    def test_a_caller_cannot_renegotiate(self):
        run = self.client(self.gateway(), "-tls1_2", data=b"R\n" + ASK)
        self.assertIn(b"no renegotiation", run.stderr)
        self.assertNotIn(b"HTTP/1.1", run.stdout)

    def test_the_floor_can_be_raised(self):
        gateway = self.gateway(self.config().replace("key: server.key }", 'key: server.key, min_version: "1.3" }'))
        self.assertNotEqual(self.client(gateway, "-tls1_2").returncode, 0)
        self.assertEqual(self.client(gateway, "-tls1_3").returncode, 0)


    def test_answers_say_that_the_host_is_reached_by_tls_alone(self):
        year = "max-age=31536000"
        config = self.config().replace("listen:", "listen:\n  - address: \"127.0.0.1:0\"\n    plaintext: true", 1)
        gateway = self.gateway(config)
        name = "Strict-Transport-Security"
        self.assertEqual(gateway.curl("/nowhere").get(name), year)
        self.assertEqual(gateway.post("/open/x").get(name), year)
        self.assertIn(f"{name}: {year}\r\n".encode(), gateway.raw(b"GARBAGE\r\n\r\n"))
        self.assertIsNone(gateway.curl("/nowhere", how="plaintext").get(name))
        self.assertIsNone(gateway.post("/open/x", how="plaintext").get(name))
        self.recorder.script = lambda request: b"HTTP/1.1 200 OK\r\nStrict-Transport-Security: max-age=7\r\nContent-Length: 0\r\n\r\n"
        reply = gateway.post("/open/x")
        self.assertEqual([value for field, value in reply.fields if field == name], ["max-age=7"])
        self.assertIsNone(self.gateway("hsts: 0s\n" + self.config()).curl("/nowhere").get(name))


if __name__ == "__main__":
    harness.main()
