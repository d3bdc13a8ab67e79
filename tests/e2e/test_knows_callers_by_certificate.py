"""Client certificates: asked for before a byte of HTTP is read, and who they name decides in `allow`."""
import json
import subprocess

import harness
from harness import Setting


class KnowsCallersByCertificate(Setting):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pki.issue("stranger", "clientAuth", ca="other-ca")
        cls.pki.issue("orders", "clientAuth", names="URI:spiffe://prod/orders,DNS:orders.prod.example")
        cls.pki.issue("reports", "clientAuth", names="URI:spiffe://prod/reports")

    def with_client_auth(self, how, more="", functions=None):
        return self.config(functions=functions).replace(
            "key: server.key }", f"key: server.key, client_ca: ca.pem, client_auth: {how}{more} }}")

    def certificate(self, name):
        return ["--cert", self.pki.path(name + ".pem"), "--key", self.pki.path(name + ".key")]

    def test_required_means_no_certificate_no_answer(self):
        gateway = self.gateway(self.with_client_auth("required"))
        self.assertEqual(gateway.post("/open/x", b"{}", *self.certificate("client")).status, 200)
        for why, options in (("none", []), ("of another authority", self.certificate("stranger")),
                             ("a server's", self.certificate("server"))):
            with self.subTest(why):
                self.assertEqual(gateway.post("/open/x", b"{}", *options).status, 0)
        self.assertEqual(len(self.seen), 1)
        records = gateway.records(4)
        self.assertEqual([record["reason"] for record in records],
                         ["ok", "certificate.missing", "certificate.unknown_ca", "certificate.purpose"])
        self.assertEqual([record["status"] for record in records], [200, 0, 0, 0])
        for reason in ("missing", "unknown_ca", "purpose"):
            gateway.reaches(f'penstock_refusals_total{{reason="certificate.{reason}"}}', 1)
        gateway.reaches("penstock_tls_handshake_failures_total", 3)

    def test_optional_takes_none_but_no_bad_one(self):
        gateway = self.gateway(self.with_client_auth("optional"))
        self.assertEqual(gateway.post("/open/x").status, 200)
        self.assertEqual(gateway.post("/open/x", b"{}", *self.certificate("client")).status, 200)
        self.assertEqual(gateway.post("/open/x", b"{}", *self.certificate("stranger")).status, 0)
        self.assertEqual(len(self.seen), 2)

    def test_a_listener_asks_for_names(self):
        gateway = self.gateway(self.with_client_auth("required", ', client_names: ["dns:*.prod.example"]'))
        self.assertEqual(gateway.post("/open/x", b"{}", *self.certificate("orders")).status, 200)
        self.assertEqual(gateway.post("/open/x", b"{}", *self.certificate("reports")).status, 0)
        self.assertEqual(gateway.records(2)[1]["reason"], "certificate.name")

    def test_a_revoked_certificate_is_refused_and_so_is_an_old_list(self):
        self.pki.issue("lost", "clientAuth", names="URI:spiffe://prod/lost")
        self.revoke("lost")
        gateway = self.gateway(self.with_client_auth("required", ", client_crl: ca.crl"))
        self.assertEqual(gateway.post("/open/x", b"{}", *self.certificate("orders")).status, 200)
        self.assertEqual(gateway.post("/open/x", b"{}", *self.certificate("lost")).status, 0)
        self.assertEqual(gateway.records(2)[1]["reason"], "certificate.revoked")
        # The list is read anew: what it takes back, no session of before brings back.
        self.revoke("lost", "orders")
        harness.wait_for("the new list", lambda: gateway.said("generation 2 of the configuration"))
        self.assertEqual(gateway.post("/open/x", b"{}", *self.certificate("orders")).status, 0)
        self.assertEqual(gateway.post("/open/x", b"{}", *self.certificate("reports")).status, 200)

    def revoke(self, *names):
        path = self.pki.path
        with open(path("index.txt"), "w", encoding="ascii") as index:
            for name in names:
                serial = harness.openssl("x509", "-noout", "-serial", "-in", path(name + ".pem")).decode().strip().split("=")[1]
                index.write(f"R\t491231235959Z\t200101000000Z\t{serial}\tunknown\t/CN={name}\n")
        with open(path("crl.cnf"), "w", encoding="ascii") as config:
            config.write(f"[ca]\ndefault_ca=own\n[own]\ndatabase={path('index.txt')}\ndefault_md=sha256\n")
        harness.openssl("ca", "-gencrl", "-config", path("crl.cnf"), "-cert", path("ca.pem"), "-keyfile", path("ca.key"),
                        "-crldays", "1", "-out", path("ca.crl"))

    def test_a_function_asks_for_names(self):
        functions = {
            "alone": {"route": "/alone", "allow": {"certificate": "uri:spiffe://prod/orders"}},
            "any": {"route": "/any", "allow": {"certificate": "any"}},
            "both": {"route": "/both", "allow": {"issuer": "corp", "certificate": ["uri:spiffe://prod/*"]}},
        }
        gateway = self.gateway(self.with_client_auth("optional", functions=functions))
        token = ["-H", "Authorization: Bearer " + self.issuer.token()]
        rows = [
            ("its own", "/alone", ["orders"], [], 200, "ok", "uri:spiffe://prod/orders"),
            ("another's", "/alone", ["reports"], [], 403, "certificate.not_allowed", "uri:spiffe://prod/reports"),
            ("none", "/alone", [], [], 403, "certificate.missing", None),
            ("a token instead", "/alone", [], token, 403, "certificate.missing", None),
            ("any", "/any", ["client"], [], 200, "ok", "dns:localhost"),
            ("any, none shown", "/any", [], [], 403, "certificate.missing", None),
            ("both", "/both", ["reports"], token, 200, "ok", "uri:spiffe://prod/reports"),
            ("certificate alone", "/both", ["reports"], [], 401, "credential.missing", "uri:spiffe://prod/reports"),
            ("token alone", "/both", [], token, 403, "certificate.missing", None),
        ]
        for count, (why, path, names, headers, status, reason, name) in enumerate(rows, 1):
            with self.subTest(why):
                options = [option for one in names for option in self.certificate(one)]
                reply = gateway.post(path, b"{}", *options, *headers)
                self.assertEqual(reply.status, status, reply.raw)
                record = gateway.records(count)[-1]
                self.assertEqual(record["reason"], reason)
                self.assertEqual(record.get("certificate", {}).get("name"), name)
                if name:
                    self.assertRegex(record["certificate"]["sha256"], "^[0-9a-f]{64}$")
                if status == 403:
                    self.refused(reply, 403, reason)
        self.assertEqual(len(self.seen), 3)

    def test_check_names_a_function_that_no_certificate_reaches(self):
        functions = {"f": {"route": "/f", "allow": {"certificate": "uri:spiffe://prod/orders"}}}
        path = self.pki.path("check.yaml")
        for auth, said in (("off", True), ("required", False)):
            config = self.config(functions=functions)
            if auth != "off":
                config = self.with_client_auth(auth, functions=functions)
            with open(path, "w", encoding="utf-8") as file:
                file.write(config.replace("AUDIT", json.dumps(self.pki.path("audit"))))
            run = subprocess.run([harness.PENSTOCK, "check", "-c", path], capture_output=True, text=True, check=False,
                                 timeout=harness.PATIENCE)
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertIn("certificate of uri:spiffe://prod/orders", run.stdout)
            self.assertEqual("no listener asks for client certificates" in run.stdout, said)


if __name__ == "__main__":
    harness.main()
