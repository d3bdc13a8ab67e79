"""Paths, ports and waiting."""
import contextlib
import pathlib
import shutil
import socket
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PENSTOCK = ROOT / "build/release/gateway/penstock"
LOAD = ROOT / "build/release/bench/load/load"
STAGES = ROOT / "build/release/bench/micro/stages"


class Trouble(Exception):
    """Something could not be measured; the sentence says why, and the report has it."""


def find(program):
    """Servers are in /usr/sbin, which not everyone has in PATH."""
    return shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/sbin:/sbin")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def wait_for(what, condition, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.02)
    raise Trouble(f"waited {seconds} s in vain: {what}")


def say(text=""):
    print(text, flush=True)


def give_up(text):
    sys.exit(f"bench: {text}")
