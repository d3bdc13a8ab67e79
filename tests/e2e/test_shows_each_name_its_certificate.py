"""Several certificates on one address, seen by openssl s_client: by name, by what the caller can verify,
with the authority's word stapled; and names that nobody serves."""
import os
import subprocess

import harness
from harness import Setting


class ShowsEachNameItsCertificate(Setting):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pki.issue("shop", "serverAuth", names="DNS:shop.example")
        cls.pki.issue("wild", "serverAuth", names="DNS:*.fn.example")
        cls.issue_rsa("shop-rsa", "DNS:shop.example")
        cls.say("shop")

    @classmethod
    def issue_rsa(cls, name, names):
        path = cls.pki.path
        cls.pki.request(name, "serverAuth", names)
        harness.openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", path(name + ".key"), "-out", path(name + ".csr"),
                        "-subj", f"/CN={name}")
        os.chmod(path(name + ".key"), 0o600)
        harness.openssl("x509", "-req", "-in", path(name + ".csr"), "-CA", path("ca.pem"), "-CAkey", path("ca.key"),
                        "-CAcreateserial", "-days", "90", "-extfile", path(name + ".ext"), "-out", path(name + ".pem"))

    @classmethod
    def say(cls, name):
        """The authority's OCSP response about a certificate, valid for a day."""
        path = cls.pki.path
        serial = harness.openssl("x509", "-noout", "-serial", "-in", path(name + ".pem")).decode().strip().split("=")[1]
        with open(path("ocsp-index"), "w", encoding="ascii") as file:
            file.write(f"V\t491231235959Z\t\t{serial}\tunknown\t/CN={name}\n")
        harness.openssl("ocsp", "-index", path("ocsp-index"), "-CA", path("ca.pem"), "-rsigner", path("ca.pem"), "-rkey",
                        path("ca.key"), "-issuer", path("ca.pem"), "-cert", path(name + ".pem"), "-ndays", "1", "-respout",
                        path(name + ".ocsp"))

    def served(self, more=""):
        names = ["server", "shop", "shop-rsa", "wild"]
        listed = [f"{{ certificate: {name}.pem, key: {name}.key{', ocsp: shop.ocsp' if name == 'shop' else ''} }}" for name in names]
        return self.gateway(self.config().replace("certificate: server.pem, key: server.key",
                                                  f"certificates: [{', '.join(listed)}]{more}"))

    def look(self, gateway, *options):
        run = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{gateway.ports['tls']}", "-CAfile",
                              self.pki.path("ca.pem"), *options], input=b"", capture_output=True, timeout=harness.PATIENCE, check=False)
        return run.stdout.decode(errors="replace") + run.stderr.decode(errors="replace")

    def test_by_name_and_kind_of_key(self):
        gateway = self.served()
        rows = [
            ("no name: the first", ["-noservername"], "CN = server"),
            ("an exact name", ["-servername", "shop.example"], "CN = shop\n"),
            ("in capitals", ["-servername", "SHOP.EXAMPLE"], "CN = shop\n"),
            ("for who verifies RSA alone", ["-servername", "shop.example", "-sigalgs", "RSA-PSS+SHA256"], "CN = shop-rsa"),
            ("the same, TLS 1.2", ["-servername", "shop.example", "-tls1_2", "-sigalgs", "RSA-PSS+SHA256"], "CN = shop-rsa"),
            ("a wildcard", ["-servername", "a.fn.example"], "CN = wild"),
            ("two labels: the first", ["-servername", "a.b.fn.example"], "CN = server"),
            ("unknown: the first", ["-servername", "other.example"], "CN = server"),
        ]
        for why, options, subject in rows:
            with self.subTest(why):
                self.assertIn(f"subject={subject}", self.look(gateway, *options))

    def test_unknown_names_may_be_refused(self):
        gateway = self.served(", unknown_names: refuse")
        self.assertIn("subject=CN = shop\n", self.look(gateway, "-servername", "shop.example"))
        for options in (["-servername", "other.example"], ["-noservername"]):
            self.assertIn("unrecognized name", self.look(gateway, *options))
        gateway.reaches('penstock_refusals_total{reason="tls.host"}', 2)

    def test_the_authority_s_word_is_stapled(self):
        gateway = self.served()
        said = self.look(gateway, "-servername", "shop.example", "-status")
        self.assertIn("OCSP Response Status: successful", said)
        self.assertIn("Cert Status: good", said)
        self.assertIn("OCSP response: no response sent", self.look(gateway, "-servername", "a.fn.example", "-status"))
        series = f'penstock_certificate_expiry_seconds{{kind="ocsp",file="{self.pki.path("shop.ocsp")}"}}'
        self.assertGreater(gateway.metric(series), 0)

    def test_a_staple_about_another_certificate_is_no_start(self):
        path = self.pki.path("wrong.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.config().replace("key: server.key }", "key: server.key, ocsp: shop.ocsp }").replace("AUDIT", "'-'"))
        run = subprocess.run([harness.PENSTOCK, "check", "-c", path], capture_output=True, text=True, timeout=harness.PATIENCE,
                             check=False)
        self.assertEqual(run.returncode, 2)
        self.assertIn("shop.ocsp': an OCSP response about another certificate", run.stderr)


if __name__ == "__main__":
    harness.main()
