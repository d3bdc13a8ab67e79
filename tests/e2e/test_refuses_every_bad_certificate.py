"""Whatever is wrong with a function's certificate: refused, told apart on record, and not a byte of an event sent.

The list is this project's own: for each row what is wrong, the code in the record, and RFC 5280's or RFC 9525's
word on it. The caller learns none of it.
"""
import harness
from harness import AUTHORITY, LEAF, Setting, Workshop

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
NUL_NAME = b"localhost\0.evil.example"
NUL_SAN = "2.5.29.17=DER:" + (bytes([0x30, len(NUL_NAME) + 2, 0x82, len(NUL_NAME)]) + NUL_NAME).hex()

# name: (code, certificate's options, upstream's TLS options)
ROWS = {
    "expired": ("expired", {"days": (-30, -1)}, {}),
    "expired by a minute": ("expired", {"days": (-30, -1 / 1440)}, {}),
    "not yet valid": ("not_yet_valid", {"days": (1, 30)}, {}),
    "expired authority": ("expired", {"issuer": "old", "chain": ["old"]}, {}),
    "another name": ("name", {"names": "subjectAltName=DNS:elsewhere.example"}, {}),
    "longer name": ("name", {"names": "subjectAltName=DNS:localhost.evil.example"}, {}),
    "name in the subject alone": ("name", {"names": None, "subject": "localhost"}, {}),
    "NUL in the name": ("name", {"names": NUL_SAN}, {}),
    "wildcard for everything": ("name", {"names": "subjectAltName=DNS:*"}, {}),
    "wildcard in the first label": ("name", {"names": "subjectAltName=DNS:local*"}, {}),
    "address and no name": ("name", {"names": "subjectAltName=IP:127.0.0.1"}, {}),
    "name as another kind": ("name", {"names": "subjectAltName=URI:https://localhost,email:a@localhost"}, {}),
    "another address": ("name", {"names": "subjectAltName=IP:127.0.0.2,DNS:127.0.0.1"}, {"url": "127.0.0.1"}),
    "another server_name": ("name", {}, {"server_name": "fn.internal"}),
    "authority nobody trusts": ("unknown_ca", {"issuer": "stranger"}, {}),
    "that authority sent along": ("unknown_ca", {"issuer": "stranger", "chain": ["stranger"]}, {}),
    "same name, another key": ("unknown_ca", {"issuer": "impostor", "chain": ["impostor"]}, {}),
    "signed by itself": ("unknown_ca", "self_signed", {}),
    "link not sent": ("unknown_ca", {"issuer": "middle"}, {}),
    "signed by a server": ("authority", {"issuer": "leaf", "chain": ["leaf"]}, {}),
    "authority without basicConstraints": ("authority", {"issuer": "bare", "chain": ["bare"]}, {}),
    "authority that may not sign": ("authority", {"issuer": "mute", "chain": ["mute"]}, {}),
    "authority too deep": ("authority", {"issuer": "below-last", "chain": ["below-last", "last"]}, {}),
    "authority of other names": ("authority", {"issuer": "others", "chain": ["others"]}, {}),
    "authority of all but this name": ("authority", {"issuer": "but-us", "chain": ["but-us"]}, {}),
    "endless chain": ("too_long", {"issuer": "link7", "chain": [f"link{i}" for i in range(7, -1, -1)]}, {}),
    "revoked": ("revoked", {}, {"crl": "revoked.crl"}),
    "revoked authority": ("revoked", {"issuer": "fallen", "chain": ["fallen"]}, {"crl": "both.crl"}),
    "list too old": ("crl_expired", {}, {"crl": "old.crl"}),
    "list of others": ("crl_missing", {"issuer": "middle", "chain": ["middle"]}, {"crl": "revoked.crl"}),
    "RSA of 1,024 bits": ("weak", {"key": "rsa1024"}, {}),
    "signed over SHA-1": ("weak", {"digest": "sha1"}, {}),
    "authority with RSA of 1,024 bits": ("weak", {"issuer": "small", "chain": ["small"]}, {}),
    "a client's": ("purpose", {"extensions": [*LEAF[:2], "extendedKeyUsage=clientAuth"]}, {}),
    "a mailbox's": ("purpose", {"extensions": [*LEAF[:2], "extendedKeyUsage=emailProtection"]}, {}),
    "a key that may not sign": ("purpose", {"extensions": [LEAF[0], "keyUsage=critical,cRLSign", LEAF[2]]}, {}),
    "unknown critical extension": ("invalid", {"extensions": [*LEAF, "1.2.3.4=critical,ASN1:NULL"]}, {}),
    "a bit of the signature": ("signature", "tamper", {}),
    "another key than the pinned one": ("pin", {}, {"pin": "good"}),
}
# The same ways without what is wrong: the list proves nothing if these fail, too.
GOOD = {
    "good": ({}, {}),
    "good over a link": ({"issuer": "middle", "chain": ["middle"]}, {}),
    "good by address": ({"names": "subjectAltName=IP:127.0.0.1"}, {"url": "127.0.0.1"}),
    "good and not revoked": ({}, {"crl": "revoked.crl"}),
    "good and pinned": ({}, {"pin": "good and pinned"}),
    "good among its own names": ({"issuer": "ours", "chain": ["ours"]}, {}),
}


def file_of(name):
    return "x-" + "-".join(name.replace(",", "").split())


class RefusesEveryBadCertificate(Setting):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.workshop = Workshop(cls.folder)
        cls.make_authorities(cls.workshop)
        for name, (_, options, _) in ROWS.items():
            cls.make(name, options)
        for name, (options, _) in GOOD.items():
            cls.make(name, options)
        cls.workshop.revoke(file_of("revoked"))
        cls.workshop.list_revoked("revoked.crl")
        cls.workshop.list_revoked("old.crl", days=(-30, -1))
        cls.workshop.list_revoked("fallen.crl", "fallen")
        cls.workshop.revoke("fallen")
        cls.workshop.list_revoked("root.crl")
        with open(cls.workshop.path("both.crl"), "wb") as file:
            for part in ("fallen.crl", "root.crl"):
                with open(cls.workshop.path(part), "rb") as source:
                    file.write(source.read())

    @classmethod
    def make(cls, name, options):
        if options == "self_signed":
            cls.workshop.self_signed(file_of(name))
        elif options == "tamper":
            cls.workshop.make("whole")
            cls.workshop.tamper(file_of(name), "whole")
        else:
            cls.workshop.make(file_of(name), **options)

    @staticmethod
    def make_authorities(shop):
        signs = AUTHORITY[1:]
        shop.root("stranger")
        shop.authority("old", days=(-60, -1))
        shop.authority("middle")
        shop.authority("impostor", issuer="stranger", subject="root")
        shop.make("leaf")
        shop.authority("bare", extensions=signs)
        shop.authority("mute", extensions=[AUTHORITY[0], "keyUsage=critical,digitalSignature", AUTHORITY[2]])
        shop.authority("last", extensions=["basicConstraints=critical,CA:TRUE,pathlen:0", *signs])
        shop.authority("below-last", issuer="last")
        shop.authority("others", extensions=[*AUTHORITY, "nameConstraints=critical,permitted;DNS:other.example"])
        shop.authority("ours", extensions=[*AUTHORITY, "nameConstraints=critical,permitted;DNS:localhost"])
        shop.authority("but-us", extensions=[*AUTHORITY, "nameConstraints=critical,excluded;DNS:localhost"])
        for i in range(8):
            shop.authority(f"link{i}", issuer=f"link{i - 1}" if i > 0 else "root")
        shop.authority("fallen")
        shop.authority("small", key="rsa1024")

    def all_functions(self, rows):
        """A gateway with an upstream and a route for each row; what each function was sent."""
        seen, upstreams, functions = {}, "", {}
        for i, (name, tls) in enumerate(rows.items()):
            function = self.function(OK, certificate=file_of(name))
            seen[name] = function.seen
            host = tls.pop("url", "localhost")
            if "pin" in tls:
                tls["pin"] = self.workshop.pin(file_of(tls["pin"]))
            options = "".join(f", {key}: '{value}'" for key, value in tls.items())
            upstreams += (f"  u{i}:\n    url: https://{host}:{function.port}\n"
                          f"    mtls: {{ certificate: client.pem, key: client.key, ca: root.pem{options} }}\n")
            functions[f"f{i}"] = {"route": f"/f{i}", "upstream": f"u{i}"}
        config = self.config(functions=functions).replace("upstreams:\n", "upstreams:\n" + upstreams)
        return self.gateway(config), seen

    def test_all_of_them(self):
        gateway, seen = self.all_functions({name: dict(tls) for name, (_, _, tls) in ROWS.items()})
        replies = {name: gateway.post(f"/f{i}") for i, name in enumerate(ROWS)}
        records = {record["path"]: record for record in gateway.records(len(ROWS))}
        codes = {name: records[f"/f{i}"]["reason"] for i, name in enumerate(ROWS)}
        self.assertEqual(codes, {name: "upstream.certificate_" + row[0] for name, row in ROWS.items()})
        for reply in replies.values():
            self.refused(reply, 502, "upstream.certificate")
            self.assertEqual(reply.get("Proxy-Status"), "penstock; error=tls_certificate_error")
        self.assertEqual({name: sent for name, sent in seen.items() if any(sent)}, {})
        self.assertEqual(gateway.metric('penstock_refusals_total{reason="upstream.certificate_revoked"}'), 2)

    def test_none_that_is_in_order(self):
        gateway, seen = self.all_functions({name: dict(tls) for name, (_, tls) in GOOD.items()})
        for i, name in enumerate(GOOD):
            with self.subTest(name):
                self.assertEqual(gateway.post(f"/f{i}").status, 200, gateway.records(i + 1)[-1])
        self.assertTrue(all(any(sent) for sent in seen.values()))


if __name__ == "__main__":
    harness.main()
