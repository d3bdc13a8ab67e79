"""Throw-away certificates, by the openssl command line and not by the code under test."""
import os
import ssl

from harness.common import openssl


class Certificates:
    """NAME.pem and NAME.key in one folder, whoever made them."""

    def __init__(self, folder):
        self.folder = folder

    def path(self, name):
        return os.path.join(self.folder, name)

    def server_context(self, certificate):
        """A server's, which demands a certificate of our CA."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("DEFAULT:@SECLEVEL=0")  # shows whatever certificate it is given
        context.load_cert_chain(self.path(certificate + ".pem"), self.path(certificate + ".key"))
        context.load_verify_locations(self.path("ca.pem"))
        context.verify_mode = ssl.CERT_REQUIRED
        return context


class Pki(Certificates):
    """A CA of our own and certificates by it; also a CA that nobody trusts."""

    def __init__(self, folder):
        super().__init__(folder)
        for ca in ("ca", "other-ca"):
            openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                    self.path(ca + ".key"), "-out", self.path(ca + ".pem"), "-days", "90", "-subj", f"/CN={ca}",
                    "-addext", "keyUsage=critical,keyCertSign,cRLSign")
        self.issue("server", "serverAuth")
        self.issue("function", "serverAuth")
        self.issue("client", "clientAuth")

    def issue(self, name, usage, ca="ca", names="DNS:localhost,IP:127.0.0.1,IP:::1", days=90):
        self.request(name, usage, names)
        openssl("x509", "-req", "-in", self.path(name + ".csr"), "-CA", self.path(ca + ".pem"), "-CAkey",
                self.path(ca + ".key"), "-CAcreateserial", "-days", str(days), "-extfile", self.path(name + ".ext"),
                "-out", self.path(name + ".pem"))

    def issue_expired(self, name, usage):
        """By `openssl ca`, which alone takes dates in every version."""
        self.request(name, usage, "DNS:localhost,IP:127.0.0.1,IP:::1")
        with open(self.path("index.txt"), "w", encoding="ascii"):
            pass
        with open(self.path("ca.cnf"), "w", encoding="ascii") as config:
            config.write(f"[ca]\ndefault_ca=own\n[own]\ndatabase={self.path('index.txt')}\n"
                         f"new_certs_dir={self.folder}\nrand_serial=yes\ndefault_md=sha256\npolicy=any\n"
                         "[any]\ncommonName=supplied\n")
        openssl("ca", "-batch", "-notext", "-config", self.path("ca.cnf"), "-cert", self.path("ca.pem"), "-keyfile",
                self.path("ca.key"), "-startdate", "20200101000000Z", "-enddate", "20200131000000Z", "-extfile",
                self.path(name + ".ext"), "-in", self.path(name + ".csr"), "-out", self.path(name + ".pem"))

    def request(self, name, usage, names):
        """A key, and what a certificate of it is to say."""
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                self.path(name + ".key"), "-out", self.path(name + ".csr"), "-subj", f"/CN={name}")
        with open(self.path(name + ".ext"), "w", encoding="ascii") as extensions:
            # All that strict verifiers ask for, among them Python's since 3.13.
            extensions.write(f"subjectAltName={names}\nextendedKeyUsage={usage}\nbasicConstraints=CA:FALSE\n"
                             "keyUsage=critical,digitalSignature\nauthorityKeyIdentifier=keyid\n")
        os.chmod(self.path(name + ".key"), 0o600)
