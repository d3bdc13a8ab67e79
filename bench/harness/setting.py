"""What all contestants share: certificates, keys, tokens, events, and the function behind them."""
import json
import os
import pathlib
import subprocess

from harness import orders
from harness.common import PENSTOCK, ROOT, Trouble, find, free_port
from harness.processes import Process

ISSUER = "https://issuer.bench.invalid/"
EVENT = json.loads((ROOT / "bench/events/order.json").read_text(encoding="utf-8"))


VARIED = 4096  # from here on an event is a list of several orders, and no two are alike


def event_of(size):
    """A JSON event of exactly `size` bytes: one order and a note that fills up the rest, or, from VARIED on, a list of orders that
    differ (orders.py): the same order again and again could be answered from what a reader remembers of it.

    An order alone is 769 bytes; a smaller event is a part of one."""
    if size >= VARIED:
        return orders.listed(size)
    order = json.dumps(EVENT, separators=(",", ":"))
    if size < len(order) + 40:
        body = json.dumps({"specversion": "1.0", "id": "A234-1234-1234", "source": "/shop/orders",
                           "type": "com.example.order.created", "data": {"sku": "BK-1001", "quantity": 2, "note": ""}},
                          separators=(",", ":"))
        return fill(body[:-3], '"}}', size)
    count = (size - 30) // (len(order) + 1)
    return fill('{"items":[' + ",".join([order] * count) + '],"note":"', '"}', size)


def fill(begin, end, size):
    words = "please leave the parcel with the neighbours at number 14 "
    rest = size - len(begin) - len(end)
    return begin + (words * (rest // len(words) + 1))[:rest].replace('"', "'") + end if rest > 0 else begin + end


def nginx_command(folder, name, body, workers=1, modules="", body_buffer="client_body_buffer_size 128k;"):
    """A configuration of nginx that needs nothing of the system's, and the command that runs it."""
    temporary = " ".join(f"{kind}_temp_path {folder}/{name}-{kind};"
                         for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    user = "user root;" if os.getuid() == 0 else ""
    path = folder / f"{name}.conf"
    path.write_text(f"{modules}\n{user} daemon off; worker_processes {workers}; worker_rlimit_nofile 20000;\n"
                    f"pid {folder}/{name}.pid; error_log {folder}/{name}.error.log;\nevents {{ worker_connections 16384; }}\n"
                    f"http {{ access_log off; keepalive_requests 1000000000; keepalive_timeout 1h; client_max_body_size 16m;\n"
                    f"{body_buffer} {temporary}\n{body}\n}}\n", encoding="utf-8")
    return [find("nginx"), "-p", str(folder), "-c", str(path)]


class Setting:
    """A folder with everything in it. `endpoint` stands for all functions: nginx behind mutual TLS; `plain` likewise
    without TLS, for the rows that leave TLS out and for detection."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.penstock("certs", "--force", str(folder))
        self.penstock("token", "--init", "--alg", "RS256", "--force", str(folder))
        for name in ("server", "client"):
            both = self.path(f"{name}.both.pem")
            both.write_text(self.path(f"{name}.pem").read_text(encoding="ascii")
                            + self.path(f"{name}.key").read_text(encoding="ascii"), encoding="ascii")
            both.chmod(0o600)
        subprocess.run([find("openssl"), "pkey", "-in", self.path("signing.key"), "-pubout", "-out", self.path("signing.pub")],
                       check=True, capture_output=True)
        self.token = self.penstock("token", "--key", str(self.path("signing.key")), "--issuer", ISSUER, "--scope",
                                   "orders:write", "--expires-in", "6h")
        self.running = []
        try:
            self.endpoint, self.plain = self.start_endpoint(), self.start_plain_endpoint()
        except (Trouble, KeyboardInterrupt):
            self.close()
            raise

    def path(self, name):
        return self.folder / name

    def penstock(self, *arguments):
        return subprocess.run([str(PENSTOCK), *arguments], check=True, capture_output=True, text=True).stdout.strip()

    def start(self, name, command, port, **options):
        process = Process(name, command, port, self.path(f"{name}.log"), **options)
        self.running.append(process)
        return process

    def start_endpoint(self):
        port = free_port()
        body = (f"server {{ listen 127.0.0.1:{port} ssl backlog=4096; ssl_certificate {self.path('function.pem')}; "
                f"ssl_certificate_key {self.path('function.key')}; ssl_client_certificate {self.path('ca.pem')}; "
                "ssl_verify_client on; location / { return 200 'ok\\n'; } }")
        return self.start("endpoint", nginx_command(self.folder, "endpoint", body), port)

    def start_plain_endpoint(self):
        port = free_port()
        body = f"server {{ listen 127.0.0.1:{port} backlog=4096; location / {{ return 200 'ok\\n'; }} }}"
        return self.start("plain-endpoint", nginx_command(self.folder, "plain-endpoint", body), port)

    def stop(self, process):
        process.stop()
        self.running.remove(process)

    def close(self):
        for process in reversed(self.running):
            process.stop()
        self.running.clear()
