"""Certificates, keys and authorities are read anew when their files change, and nothing else is."""
import contextlib
import os
import socket
import ssl

import harness
from harness import Setting


class ReadsChangedCertificatesAnew(Setting):
    def setUp(self):
        super().setUp()
        for name, usage in (("server", "serverAuth"), ("client", "clientAuth")):
            self.pki.issue(name, usage)

    def serial(self, gateway):
        with gateway.connect() as connection:
            return connection.getpeercert()["serialNumber"]

    def put(self, name, ending, source):
        """Another file in its place, at one instant."""
        target = self.pki.path(name + ending)
        with open(self.pki.path(source + ending), "rb") as file, open(target + ".new", "wb") as new:
            new.write(file.read())
        os.chmod(target + ".new", 0o600)
        os.replace(target + ".new", target)

    def renew(self, name, usage):
        self.pki.issue("fresh", usage)
        for ending in (".key", ".pem"):
            self.put(name, ending, "fresh")

    def awaited(self, gateway, generation):
        harness.wait_for(f"generation {generation}", lambda: gateway.said(f"generation {generation} of the configuration"))

    def test_a_new_certificate_is_shown_and_old_connections_go_on(self):
        gateway = self.gateway()
        before = self.serial(gateway)
        with gateway.connect() as open_before:
            self.renew("server", "serverAuth")
            gateway.write("this: [is no configuration")
            self.awaited(gateway, 2)
            self.assertNotEqual(self.serial(gateway), before)
            open_before.sendall(b"POST /open/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            answer = b""
            while piece := open_before.recv(65536):
                answer += piece
            self.assertTrue(answer.startswith(b"HTTP/1.1 200 "), answer)
        gateway.reaches("penstock_config_generation", 2)
        self.assertIn("\npenstock_tls_reload_failed 0\n", gateway.page("/metrics")[1])

    def test_a_broken_file_keeps_the_old_one_and_says_so_once(self):
        gateway = self.gateway()
        before = self.serial(gateway)
        self.put("server", ".key", "client")
        gateway.reaches("penstock_tls_reload_failed", 1)
        self.assertEqual(self.serial(gateway), before)
        self.assertEqual(gateway.post("/open/x").status, 200)
        # The next complaint of the same kind is about the next change, not about the next look.
        with open(self.pki.path("server.pem"), "w", encoding="ascii") as file:
            file.write("nothing")
        harness.wait_for("the second complaint", lambda: gateway.said("no certificate in PEM form"))
        harness.wait_for("its end", lambda: sum("is refused" in line for line in gateway.lines) >= 2)
        self.assertEqual(sum("is refused" in line for line in gateway.lines), 2)
        self.assertEqual(self.serial(gateway), before)
        self.renew("server", "serverAuth")
        self.awaited(gateway, 2)
        self.assertIn("\npenstock_tls_reload_failed 0\n", gateway.page("/metrics")[1])
        self.assertNotEqual(self.serial(gateway), before)
        self.assertEqual(gateway.metric("penstock_config_generation"), 2)

    def test_upstreams_get_the_new_identity(self):
        recorder = self.mtls_recorder()
        recorder.script = lambda request: (
            f"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Serial: {request.connection.getpeercert()['serialNumber']}\r\n\r\n".encode())
        gateway = self.gateway(self.config(port=recorder.port))
        first = gateway.post("/open/x").get("X-Serial")
        self.assertTrue(first)
        self.renew("client", "clientAuth")
        self.awaited(gateway, 2)
        second = gateway.post("/open/x").get("X-Serial")
        self.assertNotEqual(first, second)
        self.assertTrue(second)

    def test_an_authority_that_is_withdrawn_is_believed_no_longer(self):
        bundle = self.pki.path("callers.pem")
        with open(bundle, "wb") as file:
            for ca in ("ca.pem", "other-ca.pem"):
                with open(self.pki.path(ca), "rb") as part:
                    file.write(part.read())
        self.pki.issue("stranger", "clientAuth", ca="other-ca")
        gateway = self.gateway(self.config().replace("key: server.key }", "key: server.key, client_ca: callers.pem }"))
        context = gateway.context()
        context.load_cert_chain(self.pki.path("stranger.pem"), self.pki.path("stranger.key"))
        session = self.session(gateway, context)
        self.assertTrue(session)
        self.put("callers", ".pem", "ca")
        self.awaited(gateway, 2)
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            self.session(gateway, context, session)
        self.assertEqual(gateway.records(2)[-1]["reason"], "certificate.unknown_ca")

    def session(self, gateway, context, session=None):
        plain = socket.create_connection(("127.0.0.1", gateway.ports["tls"]), harness.PATIENCE)
        with context.wrap_socket(plain, server_hostname="localhost", session=session) as connection:
            connection.sendall(b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertTrue(connection.recv(65536))
            return connection.session

    def test_replicas_share_sessions_by_a_file_that_is_read_anew(self):
        keys = [os.urandom(80).hex() for _ in range(2)]

        def write(*lines):
            with open(self.pki.path("tickets.new"), "w", encoding="ascii") as file:
                file.write("\n".join(lines) + "\n")
            os.chmod(self.pki.path("tickets.new"), 0o600)
            os.replace(self.pki.path("tickets.new"), self.pki.path("tickets"))

        write(keys[0])
        config = self.config().replace("key: server.key }", "key: server.key, ticket_keys: tickets }")
        one, other = self.gateway(config), self.gateway(config)
        context = one.context()
        session = self.session(one, context)
        self.assertTrue(self.resumed(other, context, session))
        write(keys[1])
        self.awaited(other, 2)
        self.assertFalse(self.resumed(other, context, session))

    def resumed(self, gateway, context, session):
        plain = socket.create_connection(("127.0.0.1", gateway.ports["tls"]), harness.PATIENCE)
        with contextlib.closing(context.wrap_socket(plain, server_hostname="localhost", session=session)) as connection:
            connection.sendall(b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertTrue(connection.recv(65536))
            return connection.session_reused

    def test_metrics_and_check_say_when_they_end(self):
        self.pki.issue("server", "serverAuth", days=20)
        gateway = self.gateway()
        page = gateway.page("/metrics")[1]
        for kind, file in (("certificate", "server.pem"), ("certificate", "client.pem"), ("ca", "ca.pem")):
            series = f'penstock_certificate_expiry_seconds{{kind="{kind}",file="{self.pki.path(file)}"}}'
            self.assertIn(series, page)
            end = ssl.cert_time_to_seconds(
                harness.openssl("x509", "-noout", "-enddate", "-in", self.pki.path(file)).decode().strip().split("=")[1])
            self.assertEqual(gateway.metric(series), end)
        self.assertEqual(page.count("# TYPE penstock_certificate_expiry_seconds"), 1)
        self.assertTrue(gateway.said(r"server.pem: this certificate ends in (19|20) days"))


if __name__ == "__main__":
    harness.main()
