"""Key sets and signed tokens, by the openssl command line and not by the code under test."""
import http.server
import json
import ssl
import threading
import time

from harness.common import ISSUER, b64url, openssl


def raw_ecdsa(der, size):
    """r and s side by side (RFC 7518 section 3.4) from the DER that openssl writes."""
    at, numbers = 2 if der[1] < 0x80 else 3, b""
    for _ in range(2):
        length = der[at + 1]
        numbers += int.from_bytes(der[at + 2:at + 2 + length], "big").to_bytes(size, "big")
        at += 2 + length
    return numbers


class Issuer:
    """RS256 keys and tokens signed with them."""

    algorithm = "RS256"

    def __init__(self, pki, kid="k1"):
        self.pki, self.kid, self.key = pki, kid, pki.path(f"jwt-{kid}.key")
        self.jwk = {**self.make_key(), "kid": kid, "use": "sig", "alg": self.algorithm}

    def make_key(self):
        openssl("genrsa", "-out", self.key, "2048")
        modulus = openssl("rsa", "-in", self.key, "-noout", "-modulus").decode().strip().split("=")[1]
        return {"kty": "RSA", "n": b64url(bytes.fromhex(modulus)), "e": "AQAB"}

    def write(self, *others):
        path = self.pki.path("jwks.json")
        with open(path, "w", encoding="ascii") as file:
            json.dump({"keys": [self.jwk, *[other.jwk for other in others]]}, file)
        return path

    def token(self, header=None, **claims):
        now = int(time.time())
        body = {"iss": ISSUER, "aud": "functions", "sub": "caller-1", "iat": now, "exp": now + 600,
                "scope": "orders:write", "tenant": "acme"}
        body.update(claims)
        body = {name: value for name, value in body.items() if value is not None}
        head = {"alg": self.algorithm, "typ": "JWT", "kid": self.kid, **(header or {})}
        signed = b64url(json.dumps(head).encode()) + "." + b64url(json.dumps(body).encode())
        return signed + "." + b64url(self.sign(signed.encode()))

    def sign(self, data):
        return openssl("dgst", "-sha256", "-sign", self.key, data=data)


class EcIssuer(Issuer):
    """The same with ES256."""

    algorithm = "ES256"

    def make_key(self):
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", self.key)
        point = openssl("pkey", "-in", self.key, "-pubout", "-outform", "DER")[-64:]
        return {"kty": "EC", "crv": "P-256", "x": b64url(point[:32]), "y": b64url(point[32:])}

    def sign(self, data):
        return raw_ecdsa(super().sign(data), 32)


class KeyServer:
    """Gives away what `document()` returns, over HTTPS; 500 while that is None."""

    def __init__(self, pki, document):
        self.document, self.asked, answers = document, 0, self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                answers.asked += 1
                keys = answers.document()
                body = b"" if keys is None else json.dumps(keys).encode()
                self.send_response(500 if keys is None else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pki.path("server.pem"), pki.path("server.key"))
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
