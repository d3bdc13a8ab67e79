"""What every part of the setting uses: bounded waits, encodings, tools, ports."""
import base64
import os
import socket
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
PENSTOCK = os.environ.get("PENSTOCK", os.path.join(ROOT, "build/asan/gateway/penstock"))
PATIENCE = float(os.environ.get("PEN_E2E_PATIENCE", "20"))  # seconds before a condition counts as missed
JSON = "Content-Type: application/json"
ISSUER = "https://id.example.com/"


def wait_for(what, condition, patience=PATIENCE):
    """Poll until `condition()` is true; its value. Fails with `what` when patience ends."""
    end = time.monotonic() + patience
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


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
