"""`client_auth`: callers show a certificate in the handshake, before a byte of HTTP is read."""
import harness
from harness import Setting


class KnowsCallersByCertificate(Setting):
    def with_client_auth(self, how):
        return self.config().replace("key: server.key }", f"key: server.key, client_ca: ca.pem, client_auth: {how} }}")

    def certificate(self, name):
        return ["--cert", self.pki.path(name + ".pem"), "--key", self.pki.path(name + ".key")]

    def test_required_means_no_certificate_no_answer(self):
        self.pki.issue("stranger", "clientAuth", ca="other-ca")
        gateway = self.gateway(self.with_client_auth("required"))
        self.assertEqual(gateway.post("/open/x", b"{}", *self.certificate("client")).status, 200)
        for why, options in (("none", []), ("of another authority", self.certificate("stranger")),
                             ("a server's", self.certificate("server"))):
            with self.subTest(why):
                self.assertEqual(gateway.post("/open/x", b"{}", *options).status, 0)
        self.assertEqual(len(self.seen), 1)

    def test_optional_takes_none_but_no_bad_one(self):
        self.pki.issue("stranger", "clientAuth", ca="other-ca")
        gateway = self.gateway(self.with_client_auth("optional"))
        self.assertEqual(gateway.post("/open/x").status, 200)
        self.assertEqual(gateway.post("/open/x", b"{}", *self.certificate("client")).status, 200)
        self.assertEqual(gateway.post("/open/x", b"{}", *self.certificate("stranger")).status, 0)
        self.assertEqual(len(self.seen), 2)


if __name__ == "__main__":
    harness.main()
