"""The examples in conf/ run as they stand, with what `penstock certs` and `penstock token` make; only
their ports are left to the system."""
import contextlib
import gzip
import os
import re
import shutil
import socket
import subprocess
import threading

import harness
from harness import JSON, PENSTOCK, ROOT, Certificates, Setting, wait_for

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class StartsEveryExample(Setting):
    def setUp(self):
        super().setUp()
        self.tree = os.path.join(self.folder, self.id().rpartition(".")[2])
        shutil.copytree(os.path.join(ROOT, "conf"), os.path.join(self.tree, "conf"))
        self.penstock("certs")
        self.penstock("token", "--init")
        self.pki = Certificates(os.path.join(self.tree, "certs/dev"))

    def penstock(self, *arguments):
        run = subprocess.run([PENSTOCK, *arguments], cwd=self.tree, capture_output=True, text=True, check=False,
                             timeout=harness.PATIENCE)
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout.strip()

    def start(self, name, function_port, **variables):
        with open(os.path.join(self.tree, "conf", name), encoding="utf-8") as file:
            text = file.read()
        text = re.sub(r"(0\.0\.0\.0|127\.0\.0\.1):(8443|9901|9902)\b", "127.0.0.1:0", text)
        text = re.sub(r"127\.0\.0\.1:(9443|8080)\b", f"127.0.0.1:{function_port}", text)
        if "admin:" not in text:
            text += "admin: { address: '127.0.0.1:0' }\n"
        gateway = harness.Gateway(self, text, folder=os.path.join(self.tree, "conf"), **variables)
        self.addCleanup(gateway.close)
        return gateway

    def test_each_passes_check(self):
        names = sorted(name for name in os.listdir(os.path.join(self.tree, "conf")) if name.endswith(".yaml") and name != "patches.yaml")
        self.assertIn("edge.yaml", names)
        for name in names:
            with self.subTest(name):
                self.assertIn("is valid", self.penstock("check", "-c", "conf/" + name))

    def test_the_smallest_one(self):
        function = self.function(ANSWER)
        gateway = self.start("minimal.yaml", function.port)
        self.refused(gateway.post("/function/hello"), 401, "credential.missing")
        self.assertEqual(gateway.post("/function/hello", token=self.penstock("token")).status, 200)
        self.assertEqual(len(function.seen), 1)

    def test_the_edge(self):
        function = self.function(ANSWER)
        gateway = self.start("edge.yaml", function.port)
        token = self.penstock("token", "--scope", "images:write", "--claim", "tenant=acme")
        rows = [("/function/orders", b'{"note":"1 OR 1=1 --"}', 200), ("/function/orders", b'{"id":"1 OR 1=1 --"}', 403),
                ("/function/resize-image", b'{"key":"a/b.png"}', 200),
                ("/function/resize-image", b'{"key":"../../etc/passwd"}', 403), ("/function/any", b"{}", 403),
                ("/function/search", b'{"q":"1 OR 1=1 --"}', 200)]
        for path, body, status in rows:
            with self.subTest(path=path, body=body):
                self.assertEqual(gateway.post(path, body, token=token).status, status)
        self.assertEqual(len(function.seen), 3)

    def test_the_events(self):
        function = self.function(ANSWER)
        gateway = self.start("events.yaml", function.port)
        token = self.penstock("token")
        event = b'{"specversion":"1.0","id":"1","source":"/s","type":"t"}'
        cloudevent = "Content-Type: application/cloudevents+json"
        squeezed = "Content-Encoding: gzip"
        form = "Content-Type: application/x-www-form-urlencoded"
        rows = [("/function/queue", event, [cloudevent], 200), ("/function/queue", b"{}", [JSON], 422),
                ("/function/intake", b"<a>b</a>", ["Content-Type: application/xml"], 200),
                ("/function/intake", b"a=b", [form], 200), ("/function/queue", b"a=b", [form], 415),
                ("/function/metrics", gzip.compress(b'{"a":"b"}'), [JSON, squeezed], 200),
                ("/function/queue", gzip.compress(event), [cloudevent, squeezed], 415),
                ("/function/graphql", b'{"query":"{ a }"}', [JSON], 200),
                ("/function/graphql", b'{"note":"hi"}', [JSON], 422),
                ("/hooks/grid", event, [cloudevent, "WebHook-Request-Origin: eventgrid.azure.net"], 200),
                ("/hooks/grid", event, [cloudevent], 403), ("/hooks/sns", b"{}", [JSON], 403),
                ("/function/pages", b'{"a":"<script>alert(1)</script>"}', [JSON], 200),
                ("/function/pages", b'{"a":"1 OR 1=1 --"}', [JSON], 403),
                ("/function/archive", b"PK", ["Content-Type: application/zip"], 200)]
        for path, body, fields, status in rows:
            with self.subTest(path=path, fields=fields, body=body):
                arguments = [word for field in (*fields, "Authorization: Bearer " + token) for word in ("-H", field)]
                reply = gateway.curl(path, *arguments, data=body)
                self.assertEqual(reply.status, status, reply.raw)

    def test_the_sidecar(self):
        server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(server.close)
        seen = []

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with connection:
                        seen.append(connection.recv(65536))
                        connection.sendall(ANSWER.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))

        threading.Thread(target=serve, daemon=True).start()
        gateway = self.start("sidecar.yaml", server.getsockname()[1], PORT="0")
        reply = gateway.curl("/_/health", how="plaintext")
        self.assertEqual(reply.status, 200, reply.raw)
        self.refused(gateway.post("/any/path", how="plaintext"), 401, "credential.missing")
        reply = gateway.post("/any/path", b'{"a":1}', how="plaintext", token=self.penstock("token"))
        self.assertEqual(reply.status, 200, reply.raw)
        wait_for("two requests", lambda: len(seen) == 2)
        self.assertTrue(seen[1].startswith(b"POST /any/path HTTP/1.1\r\n"), seen[1])
        self.assertTrue(seen[1].endswith(b'{"a":1}'), seen[1])


if __name__ == "__main__":
    harness.main()
