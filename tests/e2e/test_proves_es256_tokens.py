"""ES256 beside RS256: the algorithm is the key's, and a signature has one form (RFC 7518 section 3.4)."""
import base64

import harness
from harness import EcIssuer, Setting, b64url


class ProvesEs256Tokens(Setting):
    def test_what_the_key_signed_and_nothing_else(self):
        elliptic = EcIssuer(self.pki, "ec1")
        self.issuer.write(elliptic)
        gateway = self.gateway()
        good = elliptic.token()
        self.assertEqual(gateway.post("/function/orders", token=good).status, 200)
        self.assertEqual(gateway.post("/function/orders", token=self.issuer.token()).status, 200)
        self.seen.clear()

        signed, _, signature = good.rpartition(".")
        raw = base64.urlsafe_b64decode(signature + "==")
        order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
        twin = raw[:32] + (order - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
        self.assertEqual(gateway.post("/function/orders", token=signed + "." + b64url(twin)).status, 200,
                         "(r, n - s) is a signature as well: tokens are not identified by their bytes")
        self.seen.clear()

        der = super(EcIssuer, elliptic).sign(signed.encode())
        rows = [
            ("token.signature", "DER", signed + "." + b64url(der)),
            ("token.signature", "zeros (CVE-2022-21449)", signed + "." + b64url(bytes(64))),
            ("token.signature", "one byte short", signed + "." + b64url(raw[:-1])),
            ("token.signature", "one byte long", signed + "." + b64url(raw + b"\0")),
            ("token.signature", "a zero before s, which DER would drop",
             signed + "." + b64url(raw[:32] + b"\0" + raw[32:])),
            ("token.signature", "of another token", signed + "." + elliptic.token(sub="x").rpartition(".")[2]),
            ("token.malformed", "nothing", signed + "."),
            (None, "RS256 with this key", elliptic.token(header={"alg": "RS256"})),
            (None, "ES256 with an RSA key", elliptic.token(header={"kid": "k1"})),
            (None, "ES512 with a P-256 key", elliptic.token(header={"alg": "ES512"})),
        ]
        for reason, why, token in rows:
            with self.subTest(why):
                self.refused(gateway.post("/function/orders", token=token), 401, "token.invalid")
        self.assertEqual(self.seen, [])
        recorded = [record["reason"] for record in gateway.records(3 + len(rows))[3:]]
        for (reason, why, _), is_recorded in zip(rows, recorded):
            if reason:
                self.assertEqual(is_recorded, reason, why)


if __name__ == "__main__":
    harness.main()
