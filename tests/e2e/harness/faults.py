"""Calls of the gateway's own code that fail on request: the control of tests/support/faults.c."""
import contextlib
import mmap
import os
import struct
import subprocess

from harness.common import PENSTOCK

FAULTY = os.environ.get("PENSTOCK_FAULTS", os.path.join(os.path.dirname(PENSTOCK), "../tests/support/penstock_faults"))
OFF, COUNT, PLACE = 0, 1, 2
HEAD = struct.Struct("=QQQQ")  # mode, countdown, fired, last
PLACES, FRAMES = 2048, 6
ONE = struct.Struct(f"=QQQ32s{FRAMES}Q")  # hash, seen, failed, name, frames


class Place:
    """A function of the system or of a library, with those of ours that led to the call."""

    def __init__(self, packed):
        self.hash, self.seen, self.failed, name, *self.frames = ONE.unpack(packed)
        self.name = name.rstrip(b"\0").decode()

    def __str__(self):
        addresses = [hex(frame - 1) for frame in self.frames if frame]
        lines = []
        with contextlib.suppress(FileNotFoundError):
            run = subprocess.run(["addr2line", "-sfe", FAULTY, *addresses], capture_output=True, text=True, check=False)
            lines = run.stdout.splitlines()
        calls = [f"{lines[i]} ({lines[i + 1]})" for i in range(0, len(lines) - 1, 2)] or addresses
        return f"{self.name} < " + " < ".join(calls)


class After:
    """What was being looked at, and which call had failed before. Put into words only when needed."""

    def __init__(self, faults, what):
        self.faults, self.what = faults, what

    def __str__(self):
        return f"{self.what} after {self.faults.last}"


class Faults:
    def __init__(self, folder):
        self.path = os.path.join(folder, "faults")
        size = HEAD.size + PLACES * ONE.size
        with open(self.path, "wb") as file:
            file.truncate(size)
        with open(self.path, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), size)

    def set(self, mode, countdown=0):
        self.memory[0:8] = struct.pack("=Q", OFF)
        self.memory[8:24] = struct.pack("=QQ", countdown, 0)
        self.memory[0:8] = struct.pack("=Q", mode)

    def off(self):
        """Nothing fails any more. How many calls failed since it was armed."""
        self.memory[0:8] = struct.pack("=Q", OFF)
        return self.fired

    def fail_after(self, calls):
        """The call that comes after so many others fails."""
        self.set(COUNT, calls)

    def fail_new_places(self):
        """At each place the first call that it makes in the life of this control fails."""
        self.set(PLACE)

    @property
    def fired(self):
        return struct.unpack_from("=Q", self.memory, 16)[0]

    def place(self, index):
        at = HEAD.size + index * ONE.size
        return Place(self.memory[at:at + ONE.size])

    @property
    def last(self):
        """The place that failed last."""
        return self.place(struct.unpack_from("=Q", self.memory, 24)[0])

    def after(self, what):
        return After(self, what)

    @property
    def places(self):
        return [place for place in map(self.place, range(PLACES)) if place.hash]
