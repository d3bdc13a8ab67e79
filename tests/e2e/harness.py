"""The setting of an end-to-end test: a development PKI, a recording function behind an nginx that
demands a client certificate, and the real gateway, all on loopback ports that the system chooses.

Waits are on conditions and bounded; everything started is ended by its process id.
"""
import base64
import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

PENSTOCK = os.environ.get("PENSTOCK", "build/release/gateway/penstock")
PATIENCE = float(os.environ.get("PEN_E2E_PATIENCE", "20"))  # seconds before a condition counts as missed
JSON = "Content-Type: application/json"
ISSUER = "https://id.example.com/"


def wait_for(what, condition):
    """Poll until `condition()` is true; its value. Fails with `what` when patience ends."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"waited in vain: {what}")


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def openssl(*arguments, data=None):
    return subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=True).stdout


class Pki:
    """A CA and certificates below one folder; also one that nobody trusts."""

    def __init__(self, folder):
        self.folder = folder
        for ca in ("ca", "other-ca"):
            openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                    self.path(ca + ".key"), "-out", self.path(ca + ".pem"), "-days", "30", "-subj", f"/CN={ca}")
        self.issue("server", "serverAuth")
        self.issue("function", "serverAuth")
        self.issue("client", "clientAuth")

    def path(self, name):
        return os.path.join(self.folder, name)

    def issue(self, name, usage, ca="ca", names="DNS:localhost,IP:127.0.0.1,IP:::1", days="30"):
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                self.path(name + ".key"), "-out", self.path(name + ".csr"), "-subj", f"/CN={name}")
        with open(self.path(name + ".ext"), "w", encoding="ascii") as extensions:
            extensions.write(f"subjectAltName={names}\nextendedKeyUsage={usage}\n")
        openssl("x509", "-req", "-in", self.path(name + ".csr"), "-CA", self.path(ca + ".pem"), "-CAkey",
                self.path(ca + ".key"), "-CAcreateserial", "-days", days, "-extfile", self.path(name + ".ext"),
                "-out", self.path(name + ".pem"))
        os.chmod(self.path(name + ".key"), 0o600)


class Issuer:
    """RS256 keys and tokens signed with them."""

    def __init__(self, pki, kid="k1"):
        self.pki, self.kid, self.key = pki, kid, pki.path(f"jwt-{kid}.key")
        openssl("genrsa", "-out", self.key, "2048")
        modulus = openssl("rsa", "-in", self.key, "-noout", "-modulus").decode().strip().split("=")[1]
        self.jwk = {"kty": "RSA", "kid": kid, "use": "sig", "alg": "RS256", "n": b64url(bytes.fromhex(modulus)),
                    "e": "AQAB"}

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
        head = {"alg": "RS256", "typ": "JWT", "kid": self.kid, **(header or {})}
        signed = b64url(json.dumps(head).encode()) + "." + b64url(json.dumps(body).encode())
        signature = openssl("dgst", "-sha256", "-sign", self.key, data=signed.encode())
        return signed + "." + b64url(signature)


class Recorder:
    """A function that keeps every request as bytes and answers by `script(request)`."""

    def __init__(self, folder):
        self.requests = []
        self.script = lambda request: b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"ok\":true}"
        self.gone = 0
        self.path = os.path.join(folder, "recorder.sock")
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(self.path)
        self.socket.listen(64)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.socket.accept()
                threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        buffer = b""
        with connection, contextlib.suppress(OSError):
            while True:
                while b"\r\n\r\n" not in buffer:
                    piece = connection.recv(65536)
                    if not piece:
                        return
                    buffer += piece
                head, _, buffer = buffer.partition(b"\r\n\r\n")
                length = re.search(rb"(?i)\ncontent-length: *(\d+)", head)
                need = int(length.group(1)) if length else 0
                while len(buffer) < need:
                    piece = connection.recv(65536)
                    if not piece:
                        return
                    buffer += piece
                body, buffer = buffer[:need], buffer[need:]
                request = Request(head, body)
                self.requests.append(request)
                answer = self.script(request)
                try:
                    for part in [answer] if isinstance(answer, bytes) else answer:
                        connection.sendall(part)
                except OSError:
                    self.gone += 1
                    return

    def close(self):
        self.socket.close()


class Request:
    def __init__(self, head, body):
        lines = head.decode("latin-1").split("\r\n")
        self.head, self.line, self.body = head, lines[0], body
        self.fields = [tuple(line.split(": ", 1)) if ": " in line else (line.rstrip(":"), "") for line in lines[1:]]

    def all(self, name):
        return [value for field, value in self.fields if field.lower() == name.lower()]

    def one(self, name):
        values = self.all(name)
        assert len(values) == 1, f"{name}: {values}"
        return values[0]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Nginx:
    """nginx in front of the recorder: TLS, and a client certificate of our CA demanded."""

    def __init__(self, pki, recorder, certificate="function"):
        self.port = free_port()
        folder = tempfile.mkdtemp(prefix="nginx-", dir=pki.folder)
        config = f"""
            daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log; user root;
            events {{ worker_connections 512; }}
            http {{
                access_log off; client_max_body_size 64m; keepalive_timeout 60s;
                client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
                uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
                server {{
                    listen 127.0.0.1:{self.port} ssl;
                    ssl_certificate {pki.path(certificate)}.pem; ssl_certificate_key {pki.path(certificate)}.key;
                    ssl_client_certificate {pki.path("ca.pem")}; ssl_verify_client on;
                    location / {{
                        proxy_pass http://unix:{recorder.path}:; proxy_http_version 1.1;
                        proxy_set_header Host $http_host; proxy_set_header X-Nginx-Verify $ssl_client_verify;
                        proxy_set_header X-Nginx-Subject $ssl_client_s_dn; proxy_set_header Connection "";
                        proxy_buffering off; proxy_ignore_client_abort off;
                    }}
                }}
            }}"""
        if os.getuid() != 0:
            config = config.replace("user root;", "")
        with open(f"{folder}/nginx.conf", "w", encoding="ascii") as file:
            file.write(config)
        binary = shutil.which("nginx") or "/usr/sbin/nginx"
        self.log = f"{folder}/error.log"
        self.process = subprocess.Popen([binary, "-p", folder, "-c", f"{folder}/nginx.conf"],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        wait_for("nginx listens", self.listens)

    def listens(self):
        if self.process.poll() is not None:
            with open(self.log, encoding="utf-8") as log:
                raise AssertionError("nginx ended: " + log.read())
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True

    def close(self):
        self.process.terminate()
        self.process.wait(PATIENCE)


class RawFunction:
    """A TLS server that demands our client certificate and answers raw bytes, once a connection."""

    def __init__(self, pki, answer, certificate="function", shake_hands=True):
        self.answer, self.shake_hands, self.seen = answer, shake_hands, []
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(pki.path(certificate + ".pem"), pki.path(certificate + ".key"))
        self.context.load_verify_locations(pki.path("ca.pem"))
        self.context.verify_mode = ssl.CERT_REQUIRED
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.stop = threading.Event()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.socket.accept()
                threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with contextlib.suppress(OSError):
            if not self.shake_hands:
                self.stop.wait(PATIENCE)
                connection.close()
                return
            with self.context.wrap_socket(connection, server_side=True) as tls:
                self.seen.append(tls.recv(65536))
                for part in self.answer:
                    if part is None:
                        self.stop.wait(PATIENCE)
                    else:
                        tls.sendall(part)

    def close(self):
        self.stop.set()
        self.socket.close()


class Reply:
    def __init__(self, raw):
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.raw, self.line = raw, lines[0]
        self.status = int(lines[0].split()[1]) if len(lines[0].split()) > 1 else 0
        self.fields = [line.split(": ", 1) for line in lines[1:]]

    def get(self, name):
        for field, value in self.fields:
            if field.lower() == name.lower():
                return value
        return None

    @property
    def problem(self):
        assert self.get("Content-Type") == "application/problem+json", self.raw
        return json.loads(self.body)


class Gateway:
    def __init__(self, setting, config, ready=True):
        self.setting = setting
        self.config = setting.pki.path(f"gateway-{time.monotonic_ns()}.yaml")
        self.audit = self.config.replace(".yaml", ".jsonl")
        self.write(config)
        self.lines = []
        # A small quarantine, so that memory can be measured with the sanitizer too.
        environment = {**os.environ, "ASAN_OPTIONS": "quarantine_size_mb=2"}
        self.process = subprocess.Popen([PENSTOCK, "run", "-c", self.config], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                        env=environment)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        self.admin = int(wait_for("the gateway names its admin port", lambda: self.said(r"admin on 127.0.0.1:(\d+)")))
        self.ports = {}
        for how, pattern in (("tls", r"listening on (?:127.0.0.1|\[::1\]):(\d+) \(tls\)"),
                             ("plaintext", r"listening on 127.0.0.1:(\d+) \(plaintext\)")):
            if self.said(pattern):
                self.ports[how] = int(self.said(pattern))
        if ready:
            wait_for("the gateway is ready", lambda: self.page("/readyz")[0] == 200)

    def write(self, config):
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(config.replace("AUDIT", self.audit))

    def read(self):
        for line in self.process.stderr:
            self.lines.append(line.rstrip("\n"))

    def said(self, pattern):
        if self.process.poll() is not None and not self.lines:
            raise AssertionError(f"the gateway ended with status {self.process.returncode}")
        for line in list(self.lines):
            found = re.search(pattern, line)
            if found:
                return found.group(1) if found.groups() else found.group()
        return None

    def page(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.admin, timeout=PATIENCE)
        with contextlib.closing(connection), contextlib.suppress(OSError):
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        return 0, ""

    def metric(self, series):
        for line in self.page("/metrics")[1].splitlines():
            if line.startswith(series + " "):
                return float(line.rsplit(" ", 1)[1])
        return 0.0

    def records(self, count):
        """At least `count` audit records, parsed; waits for the writer."""

        def read():
            with contextlib.suppress(FileNotFoundError), open(self.audit, encoding="utf-8") as file:
                lines = file.read().splitlines()
                return lines if len(lines) >= count else None
            return None

        records = [json.loads(line) for line in wait_for(f"{count} audit records", read)]
        return sorted(records, key=lambda record: record["time"])  # workers write side by side

    def context(self, **options):
        context = ssl.create_default_context(cafile=self.setting.pki.path("ca.pem"))
        for name, value in options.items():
            setattr(context, name, value)
        return context

    def connect(self, how="tls", host="127.0.0.1", **options):
        plain = socket.create_connection((host, self.ports[how]), PATIENCE)
        if how == "plaintext":
            return plain
        return self.context(**options).wrap_socket(plain, server_hostname="localhost")

    def raw(self, data, how="tls"):
        """Send bytes, and read to the end of the connection."""
        received = b""
        with self.connect(how) as connection:
            with contextlib.suppress(OSError):
                connection.sendall(data)
            with contextlib.suppress(ConnectionError, ssl.SSLError):
                while piece := connection.recv(65536):
                    received += piece
        return received

    def curl(self, path, *arguments, how="tls", data=None):
        """A request by the real curl; its reply."""
        scheme = "https" if how == "tls" else "http"
        host = "localhost" if how == "tls" else "127.0.0.1"
        command = ["curl", "-sS", "-i", "--http1.1", "--max-time", str(PATIENCE), "--path-as-is", "--noproxy", "*",
                   "--cacert", self.setting.pki.path("ca.pem"), "--resolve", f"localhost:{self.ports.get('tls')}:127.0.0.1"]
        if data is not None:
            command += ["--data-binary", "@-"]
        run = subprocess.run([*command, *arguments, f"{scheme}://{host}:{self.ports[how]}{path}"],
                             input=data, capture_output=True, check=False)
        if run.returncode != 0:
            return Reply(run.stdout or f"curl/{run.returncode} 0 {run.stderr.decode()}".encode())
        raw = run.stdout
        while re.match(rb"HTTP/1.1 100 ", raw):
            raw = raw.partition(b"\r\n\r\n")[2]
        return Reply(raw)

    def post(self, path, body=b"{}", *arguments, token=None, **options):
        fields = ["-H", JSON, *arguments]
        if token:
            fields += ["-H", f"Authorization: Bearer {token}"]
        return self.curl(path, *fields, data=body if isinstance(body, bytes) else body.encode(), **options)

    def hang_up(self):
        self.process.send_signal(signal.SIGHUP)

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            status = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("the gateway did not drain:\n" + "\n".join(self.lines)) from None
        finally:
            self.reader.join(PATIENCE)
            self.process.stderr.close()
        log = "\n".join(self.lines)
        if status != 0 or "Sanitizer" in log or "runtime error" in log:
            raise AssertionError(f"the gateway ended with status {status}:\n{log}")


CONFIG = """
listen:
  - address: 127.0.0.1:0
    tls: {{ certificate: server.pem, key: server.key }}
admin: {{ address: "127.0.0.1:0" }}
workers: 2
issuers:
  corp:
    issuer: https://id.example.com/
    audience: functions
    jwks: {{ file: jwks.json }}
upstreams:
  faas:
    url: https://localhost:{port}
    mtls: {{ certificate: client.pem, key: client.key, ca: ca.pem }}
{upstream}
functions:
  orders:
    route: /function/orders
    upstream: faas
    allow: {{ issuer: corp, scopes: ["orders:write"], methods: [POST] }}
    claims_to_headers: {{ X-Tenant: tenant }}
  open:
    route: /open/*
    upstream: faas
    methods: [GET, HEAD, POST, PUT]
    allow: anyone
  closed:
    route: /closed
    upstream: faas
audit: {{ file: AUDIT }}
{more}
"""


class Setting(unittest.TestCase):
    """PKI, issuer, recorder and nginx for a class of tests; each test starts its own gateway."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="penstock-e2e-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.pki = Pki(cls.folder)
        cls.issuer = Issuer(cls.pki)
        cls.issuer.write()
        cls.recorder = Recorder(cls.folder)
        cls.addClassCleanup(cls.recorder.close)
        cls.script = cls.recorder.script
        cls.nginx = Nginx(cls.pki, cls.recorder)
        cls.addClassCleanup(cls.nginx.close)

    def setUp(self):
        self.recorder.requests.clear()
        self.recorder.script = type(self).script
        self.recorder.gone = 0

    @property
    def seen(self):
        return self.recorder.requests

    def config(self, upstream="", more="", port=None):
        return CONFIG.format(port=port or self.nginx.port, upstream=upstream, more=more)

    def gateway(self, config=None, **options):
        gateway = Gateway(self, config or self.config(), **options)
        self.addCleanup(gateway.close)
        return gateway

    def function(self, *answer, **options):
        function = RawFunction(self.pki, answer, **options)
        self.addCleanup(function.close)
        return function

    def refused(self, reply, status, reason):
        self.assertEqual(reply.status, status, reply.raw)
        problem = reply.problem
        self.assertEqual(problem["reason"], reason)
        self.assertEqual(problem["status"], status)
        self.assertEqual(problem["request_id"], reply.get("X-Request-Id"))


def main():
    unittest.main(module=sys.modules["__main__"], verbosity=2)
