"""Functions: one that records behind nginx, one that says whatever bytes a test wants."""
import contextlib
import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading

from harness.common import PATIENCE, wait_for


class Recorder:
    """A function that keeps every request as bytes and answers by `script(request)`: bytes, or parts
    of them, among which None ends the connection. On a Unix socket; with a PKI on a port, where it
    demands our client certificate as nginx does."""

    def __init__(self, folder, pki=None):
        self.requests, self.connections, self.ended = [], 0, 0
        self.script = lambda request: b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"ok\":true}"
        self.gone = 0
        self.leftover = []  # bytes behind the last whole request of a connection
        self.context = pki and pki.server_context("function")
        if pki:
            self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
            self.port = self.socket.getsockname()[1]
        else:
            self.path = os.path.join(folder, "recorder.sock")
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.bind(self.path)
            self.socket.listen(64)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.socket.accept()
                self.connections += 1
                threading.Thread(target=self.serve, args=(connection, self.connections), daemon=True).start()

    def serve(self, connection, number):
        try:
            if self.context:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # each part leaves at once
                connection = self.context.wrap_socket(connection, server_side=True)
            self.exchange(connection, number)
        except OSError:
            connection.close()
        self.ended += 1

    def exchange(self, connection, number):
        buffer = b""
        with connection:
            while True:
                while b"\r\n\r\n" not in buffer:
                    piece = connection.recv(65536)
                    if not piece:
                        if buffer:
                            self.leftover.append(buffer)
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
                request = Request(head, body, connection, number)
                self.requests.append(request)
                answer = self.script(request)
                try:
                    for part in [answer] if isinstance(answer, bytes) else answer:
                        if part is None:
                            return
                        connection.sendall(part)
                except OSError:
                    self.gone += 1
                    return

    def close(self):
        self.socket.close()


class Request:
    def __init__(self, head, body, connection, number):
        self.connection, self.number = connection, number  # it came over, the how-manieth it is
        lines = head.decode("latin-1").split("\r\n")
        self.head, self.line, self.body = head, lines[0], body
        self.fields = [tuple(line.split(": ", 1)) if ": " in line else (line.rstrip(":"), "") for line in lines[1:]]

    def all(self, name):
        return [value for field, value in self.fields if field.lower() == name.lower()]

    def one(self, name):
        values = self.all(name)
        assert len(values) == 1, f"{name}: {values}"
        return values[0]


class Nginx:
    """nginx in front of the recorder: TLS, and a client certificate of our CA demanded."""

    def __init__(self, pki, recorder, certificate="function"):
        # nginx takes over a socket that listens already: the system chooses its port, and nobody else
        # can get it before nginx does.
        listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = listening.getsockname()[1]
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
                                        env={**os.environ, "NGINX": f"{listening.fileno()};"},
                                        pass_fds=[listening.fileno()], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        listening.close()
        try:
            wait_for("nginx runs", self.runs)
        except BaseException:
            self.close()
            raise

    def runs(self):
        if self.process.poll() is not None:
            with open(self.log, encoding="utf-8") as log:
                raise AssertionError("nginx ended: " + log.read())
        return os.path.exists(self.log.replace("error.log", "pid"))

    def close(self):
        self.process.terminate()
        self.process.wait(PATIENCE)


class RawFunction:
    """A TLS server that demands our client certificate and answers raw bytes, once a connection."""

    def __init__(self, pki, answer, certificate="function", shake_hands=True):
        self.answer, self.shake_hands, self.seen = answer, shake_hands, []
        self.context = pki.server_context(certificate)
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
