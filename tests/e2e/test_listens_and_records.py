"""TLS policy, plaintext and Unix sockets, audit records and metrics."""
import contextlib
import json
import socket
import ssl
import subprocess

import harness
from harness import PENSTOCK, Setting, wait_for


class ListensAndRecords(Setting):
    def test_tls_versions_and_protocols(self):
        gateway = self.gateway()
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            with gateway.connect(minimum_version=version, maximum_version=version) as connection:
                self.assertEqual(connection.version().replace("v", ""), version.name.replace("v", "").replace("_", "."))
        context = gateway.context()
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")
        with self.assertRaises(ssl.SSLError), socket.create_connection(("127.0.0.1", gateway.ports["tls"])) as plain:
            context.wrap_socket(plain, server_hostname="localhost")
        context = gateway.context()
        context.set_alpn_protocols(["h2", "http/1.1"])
        with socket.create_connection(("127.0.0.1", gateway.ports["tls"])) as plain:
            with context.wrap_socket(plain, server_hostname="localhost") as connection:
                self.assertEqual(connection.selected_alpn_protocol(), "http/1.1")
        context.set_alpn_protocols(["h2"])
        with self.assertRaises(ssl.SSLError), socket.create_connection(("127.0.0.1", gateway.ports["tls"])) as plain:
            context.wrap_socket(plain, server_hostname="localhost")

    def test_sessions_resume(self):
        gateway = self.gateway()
        context = gateway.context()
        session = None
        for resumed in (False, True):
            with socket.create_connection(("127.0.0.1", gateway.ports["tls"])) as plain:
                with context.wrap_socket(plain, server_hostname="localhost", session=session) as connection:
                    connection.sendall(b"GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n")
                    connection.recv(65536)
                    self.assertEqual(connection.session_reused, resumed)
                    session = connection.session

    def test_records_are_whole_and_hold_no_secret(self):
        gateway, token = self.gateway(), self.issuer.token()
        gateway.post("/function/orders?secret=hunter2", b'{"a":1}', token=token)
        gateway.post("/open/x", b'{"password":"x\' or 1=1 --hunter3"}')
        gateway.raw(b"BAD\r\n\r\n")
        clean, blocked, malformed = gateway.records(3)
        self.assertEqual((clean["function"], clean["status"], clean["verdict"], clean["reason"]),
                         ("orders", 200, "pass", "ok"))
        self.assertEqual(clean["caller"], {"issuer": "corp", "subject": "caller-1"})
        self.assertEqual(clean["upstream"]["status"], 200)
        self.assertGreaterEqual(clean["us"]["total"], clean["us"]["head"])
        self.assertEqual((blocked["verdict"], blocked["status"]), ("block", 403))
        self.assertEqual(blocked["findings"][0]["path"], "/password")
        self.assertEqual(malformed["status"], 400)
        text = json.dumps([clean, blocked, malformed])
        for secret in (token, token.split(".")[2], "hunter2", "hunter3"):
            self.assertNotIn(secret, text)

    def test_metrics_count_what_happened(self):
        gateway = self.gateway()
        for _ in range(3):
            gateway.post("/open/x")
        gateway.post("/open/x", b"{")
        series = 'penstock_requests_total{function="open",status="2xx",verdict="pass"}'
        wait_for("three are counted", lambda: gateway.metric(series) == 3)
        gateway.reaches('penstock_refusals_total{reason="json.truncated"}', 1)
        wait_for("nothing is in flight", lambda: gateway.metric("penstock_requests_in_flight") == 0)
        self.assertEqual(gateway.page("/healthz")[0], 200)

    def test_a_sidecar_takes_a_unix_socket_in_and_plain_http_out(self):
        path = self.pki.path("edge.sock")
        plain = self.function_over_http()
        config = f"""
listen:
  - address: unix:{path}
admin: {{ address: "127.0.0.1:0" }}
upstreams:
  watchdog: {{ url: "http://127.0.0.1:{plain}" }}
functions:
  mine: {{ route: /*, upstream: watchdog, allow: anyone }}
audit: {{ file: AUDIT }}
"""
        self.gateway(config)
        run = subprocess.run(["curl", "-sS", "--max-time", "20", "--unix-socket", path, "-H", harness.JSON, "-d", "{}",
                              "http://mine/a/b"], capture_output=True, check=True)
        self.assertEqual(run.stdout, b"plain")

    def function_over_http(self):
        import threading
        server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(server.close)

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with connection:
                        connection.recv(65536)
                        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nplain")

        threading.Thread(target=serve, daemon=True).start()
        return server.getsockname()[1]

    def test_a_bad_configuration_ends_with_status_2_and_the_place(self):
        path = self.pki.path("bad.yaml")
        with open(path, "w", encoding="ascii") as file:
            file.write("listen:\n  - adress: 127.0.0.1:0\n")
        for command in ("check", "run"):
            run = subprocess.run([PENSTOCK, command, "-c", path], capture_output=True, text=True, timeout=20, check=False)
            self.assertEqual(run.returncode, 2, run.stderr)
            self.assertIn("bad.yaml:2:5:", run.stdout + run.stderr)
            self.assertIn("did you mean 'address'", run.stdout + run.stderr)


if __name__ == "__main__":
    harness.main()
