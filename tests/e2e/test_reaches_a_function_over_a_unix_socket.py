"""A function beside the gateway, over a Unix socket; and the operators' listener on one."""
import os
import subprocess

import harness
from harness import Setting


class ReachesAFunctionOverAUnixSocket(Setting):
    def test_event_and_answer(self):
        gateway = self.gateway(self.config().replace(f"url: https://localhost:{self.nginx.port}",
                                                     f"url: unix:{self.recorder.path}")
                               .replace("mtls: { certificate: client.pem, key: client.key, ca: ca.pem }", ""))
        reply = gateway.post("/function/orders?a=b", b'{"a": 1}', token=self.issuer.token())
        self.assertEqual((reply.status, reply.body), (200, b'{"ok":true}'))
        request = self.seen[0]
        self.assertEqual((request.line, request.body), ("POST /function/orders?a=b HTTP/1.1", b'{"a": 1}'))
        self.assertEqual((request.one("Host"), request.one("X-Tenant")), ("localhost", "acme"))
        self.assertEqual(request.all("X-Nginx-Verify"), [])
        self.refused(gateway.post("/open/x", b'{"a":"x\' OR 1=1 --"}'), 403, "filter.sqli")
        self.assertEqual(len(self.seen), 1)

    def test_a_function_that_is_not_there(self):
        path = self.pki.path("nobody.sock")
        gateway = self.gateway(self.config().replace(f"url: https://localhost:{self.nginx.port}", f"url: unix:{path}")
                               .replace("mtls: { certificate: client.pem, key: client.key, ca: ca.pem }", ""))
        reply = gateway.post("/open/x")
        self.refused(reply, 502, reply.problem["reason"])
        self.assertTrue(reply.get("Proxy-Status").startswith("penstock; error="))

    def test_a_listening_socket_has_its_mode_and_leaves_with_the_gateway(self):
        path = self.pki.path("in.sock")
        listen = f"listen:\n  - {{ address: 'unix:{path}', mode: \"0600\" }}\n"
        gateway = self.gateway(self.config().replace("listen:\n", listen))
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        run = subprocess.run(["curl", "-sS", "--max-time", str(harness.PATIENCE), "--unix-socket", path, "-H",
                              harness.JSON, "-d", "{}", "http://localhost/open/x"], capture_output=True, check=True)
        self.assertEqual(run.stdout, b'{"ok":true}')
        self.assertEqual(gateway.records(1)[0]["remote"], "unix")
        gateway.close()
        self.assertFalse(os.path.exists(path))


if __name__ == "__main__":
    harness.main()
