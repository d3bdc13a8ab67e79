"""Certificates with whatever is wrong with them, by the openssl command line."""
import base64
import hashlib
import os
import shutil
import time

from harness.common import openssl
from harness.pki import Certificates

LEAF = ["basicConstraints=CA:FALSE", "keyUsage=critical,digitalSignature", "extendedKeyUsage=serverAuth"]
AUTHORITY = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign", "subjectKeyIdentifier=hash"]
DAY = 86400


class Workshop(Certificates):
    """By `openssl ca`, which takes every date and digest. "root" is the authority to believe."""

    def __init__(self, folder):
        super().__init__(folder)
        self.root("root")

    def root(self, name):
        self.sign(name, self.key(name), None, AUTHORITY, ("-selfsign",))

    def authority(self, name, issuer="root", extensions=AUTHORITY, **options):
        self.make(name, issuer, extensions, None, **options)

    def make(self, name, issuer="root", extensions=LEAF, names="subjectAltName=DNS:localhost", chain=(), key="ec",
             digest="sha256", days=(-1, 30), subject=None):
        """NAME.pem with NAME.key; behind it in the file stand those of `chain`."""
        extensions = [*extensions, "authorityKeyIdentifier=keyid"] + ([names] if names else [])
        self.sign(name, self.key(name, key, subject), issuer, extensions, (), digest, days)
        with open(self.path(name + ".pem"), "a", encoding="ascii") as file:
            for link in chain:
                file.write(self.first(link))

    def first(self, name):
        """The certificate itself, without those behind it."""
        return openssl("x509", "-in", self.path(name + ".pem")).decode()

    def key(self, name, kind="ec", subject=None):
        how = {"ec": ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"), "rsa1024": ("-newkey", "rsa:1024")}[kind]
        openssl("req", *how, "-nodes", "-keyout", self.path(name + ".key"), "-out", self.path(name + ".csr"), "-subj",
                f"/CN={subject or name}")
        os.chmod(self.path(name + ".key"), 0o600)
        return self.path(name + ".csr")

    def books(self, issuer):
        """What `openssl ca` knows of an authority: also what was revoked."""
        index, config = self.path(issuer + ".index"), self.path(issuer + ".cnf")
        if not os.path.exists(config):
            with open(index, "w", encoding="ascii"), open(config, "w", encoding="ascii") as file:
                file.write(f"[ca]\ndefault_ca=own\n[own]\ndatabase={index}\nnew_certs_dir={self.folder}\n"
                           "rand_serial=yes\nunique_subject=no\npolicy=any\ndefault_crl_days=30\n"
                           "default_md=sha256\n[any]\ncommonName=supplied\n")
        return ("-batch", "-config", config, "-keyfile", self.path(issuer + ".key"))

    def sign(self, name, request, issuer, extensions, more, digest="sha256", days=(-1, 30)):
        with open(self.path(name + ".ext"), "w", encoding="ascii") as file:
            file.write("\n".join(extensions) + "\n")
        by = ("-cert", self.path(issuer + ".pem")) if issuer else ()
        openssl("ca", *self.books(issuer or name), *by, *more, "-notext", "-md", digest, "-startdate", when(days[0]),
                "-enddate", when(days[1]), "-extfile", self.path(name + ".ext"), "-in", request, "-out",
                self.path(name + ".pem"))

    def self_signed(self, name):
        self.sign(name, self.key(name), None, [*LEAF, "subjectAltName=DNS:localhost"], ("-selfsign",))

    def revoke(self, name, issuer="root"):
        openssl("ca", *self.books(issuer), "-cert", self.path(issuer + ".pem"), "-revoke", self.path(name + ".pem"))

    def list_revoked(self, file, issuer="root", days=(-1, 30)):
        """FILE: the issuer's revocation list."""
        openssl("ca", *self.books(issuer), "-cert", self.path(issuer + ".pem"), "-gencrl", "-crl_lastupdate",
                when(days[0]), "-crl_nextupdate", when(days[1]), "-out", self.path(file))

    def tamper(self, name, source):
        """A copy whose signature is another one by a bit."""
        der = bytearray(openssl("x509", "-in", self.path(source + ".pem"), "-outform", "DER"))
        der[-1] ^= 1
        with open(self.path(name + ".pem"), "wb") as file:
            file.write(openssl("x509", "-inform", "DER", data=bytes(der)))
        shutil.copy(self.path(source + ".key"), self.path(name + ".key"))

    def pin(self, name):
        public = openssl("x509", "-in", self.path(name + ".pem"), "-pubkey", "-noout")
        digest = hashlib.sha256(openssl("pkey", "-pubin", "-outform", "DER", data=public)).digest()
        return "sha256//" + base64.b64encode(digest).decode()


def when(days):
    """Days from now as `openssl ca` takes it."""
    return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + days * DAY))
