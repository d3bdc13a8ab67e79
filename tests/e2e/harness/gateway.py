"""The real gateway, and callers of it: curl for what is ordinary, raw TLS for what is not."""
import contextlib
import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import threading
import time

from harness.common import JSON, PATIENCE, PENSTOCK, wait_for


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
    def __init__(self, setting, config, ready=True, folder=None, program=PENSTOCK, **variables):
        self.setting = setting
        self.config = os.path.join(folder or setting.pki.folder, f"gateway-{time.monotonic_ns()}.yaml")
        self.audit = self.config.replace(".yaml", ".jsonl")
        self.write(config)
        self.lines = []
        # A small quarantine, so that memory can be measured with the sanitizer too.
        environment = {**os.environ, "ASAN_OPTIONS": "quarantine_size_mb=2", **variables}
        self.process = self.popen([program, "run", "-c", self.config], env=environment)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        self.ports = {}
        try:
            self.await_start(ready)
        except BaseException:
            self.end()
            raise

    def popen(self, command, **options):
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                text=True, **options)

    def await_start(self, ready):
        self.admin = int(wait_for("the gateway names its admin port", lambda: self.said(r"admin on 127.0.0.1:(\d+)")))
        for how, pattern in (("tls", r"listening on (?:127.0.0.1|\[::1\]):(\d+) \(tls\)"),
                             ("plaintext", r"listening on 127.0.0.1:(\d+) \(plaintext\)")):
            if self.said(pattern):
                self.ports[how] = int(self.said(pattern))
        if ready:
            wait_for("the gateway is ready", lambda: self.page("/readyz")[0] == 200)

    def end(self):
        """End it now, whatever it does."""
        self.process.kill()
        self.process.wait()
        self.reader.join(PATIENCE)
        self.process.stderr.close()

    def write(self, config):
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(config.replace("AUDIT", self.audit))

    def read(self):
        for line in self.process.stderr:
            self.lines.append(line.rstrip("\n"))

    def said(self, pattern):
        for line in list(self.lines):
            found = re.search(pattern, line)
            if found:
                return found.group(1) if found.groups() else found.group()
        if self.process.poll() is not None:
            raise AssertionError(f"ended with status {self.process.returncode}:\n" + "\n".join(self.lines))
        return None

    def said_before(self, pattern):
        """The same of one that has ended."""
        return any(re.search(pattern, line) for line in self.lines)

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

    def reaches(self, series, value):
        """The series comes to this value, and not beyond: a request is counted after its reply is out."""
        wait_for(f"{series} reaches {value}", lambda: self.metric(series) >= value)
        assert self.metric(series) == value, f"{series}: {self.metric(series)}, not {value}"

    def records(self, count):
        """At least `count` audit records, parsed; waits for the writer."""

        def read():
            with contextlib.suppress(FileNotFoundError), open(self.audit, encoding="utf-8") as file:
                lines = file.read().split("\n")[:-1]  # what has no end yet is being written
                return lines if len(lines) >= count else None
            return None

        records = [json.loads(line) for line in wait_for(f"{count} audit records", read)]
        return sorted(records, key=lambda record: record["time"])  # workers write side by side

    def context(self, **options):
        context = ssl.create_default_context(cafile=self.setting.pki.path("ca.pem"))
        for name, value in options.items():
            setattr(context, name, value)
        return context

    def connect(self, how="tls", host="127.0.0.1", context=None, **options):
        plain = socket.create_connection((host, self.ports[how]), PATIENCE)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # what is sent in pieces arrives in them
        if how == "plaintext":
            return plain
        return (context or self.context(**options)).wrap_socket(plain, server_hostname="localhost")

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
                   "--cacert", self.setting.pki.path("ca.pem")]
        if how == "tls":
            command += ["--resolve", f"localhost:{self.ports[how]}:127.0.0.1"]
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
