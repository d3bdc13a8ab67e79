"""Contestants as processes: their CPU by the kernel's accounting, their memory, their end."""
import contextlib
import os
import pathlib
import signal
import subprocess
import time

from harness.common import Trouble, listens, wait_for

TICK = os.sysconf("SC_CLK_TCK")


def family(pid):
    """A process and all that descend from it."""
    found = [pid]
    for parent in found:
        try:
            for task in pathlib.Path(f"/proc/{parent}/task").iterdir():
                found += map(int, (task / "children").read_text(encoding="ascii").split())
        except OSError:
            continue
    return found


def cpu_seconds(pids):
    """By each process's own clock, which counts nanoseconds: a tick of /proc/PID/stat is 10 ms, half of what a hundred events cost."""
    total = 0.0
    for pid in pids:
        with contextlib.suppress(OSError):
            total += time.clock_gettime(~pid << 3 | 2)  # what clock_getcpuclockid(3) makes of it in Linux: CPUCLOCK_SCHED is 2
    return total


def memory_kib(pids):
    """Proportional set size: what is shared between workers counts once."""
    total = 0
    for pid in pids:
        try:
            for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        except OSError:
            continue
    return total


class Process:
    """A server on loopback. It is ended by whoever started it, with all of its children."""

    def __init__(self, name, command, port, log, seconds=20, environment=None):
        self.name, self.port, self.command = name, port, [str(word) for word in command]
        self.log = open(log, "w+b")
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                        env={**os.environ, **(environment or {})}, start_new_session=True)
        try:
            wait_for(f"{name} listens", lambda: self.process.poll() is not None or listens(port), seconds)
            if self.process.poll() is not None:
                raise Trouble(f"{name} did not start")
        except Trouble as trouble:
            self.stop()
            raise Trouble(f"{trouble}: {self.said()[-600:]}") from None
        except KeyboardInterrupt:
            self.stop()
            raise

    def said(self):
        with open(self.log.name, "rb") as log:
            return log.read().decode(errors="replace")

    def pids(self):
        return family(self.process.pid)

    def cpu_seconds(self):
        return cpu_seconds(self.pids())

    def memory_kib(self):
        return memory_kib(self.pids())

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)  # its own session: nobody else's
                self.process.wait()
        self.log.close()
