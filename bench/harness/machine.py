"""What the figures were made on, and whether somebody else used it meanwhile."""
import os
import pathlib
import platform
import re
import subprocess
import time

from harness.common import PENSTOCK, ROOT, find
from harness.processes import TICK

PACKAGES = ["nginx", "nginx-light", "haproxy", "apache2", "libapache2-mod-security2", "libapache2-mod-auth-openidc",
            "libmodsecurity3", "libnginx-mod-http-modsecurity", "modsecurity-crs", "wrk", "nghttp2-client", "libssl3",
            "libcurl4", "libjwt0", "libmicrohttpd12", "libvectorscan5", "libpcre2-8-0", "libc6", "valgrind"]


def first(pattern, path, otherwise="unknown"):
    try:
        found = re.search(pattern, pathlib.Path(path).read_text(encoding="utf-8", errors="replace"), re.M)
    except OSError:
        return otherwise
    return found.group(1).strip() if found else otherwise


def output(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=20).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""


def versions():
    found = {}
    if find("dpkg-query"):
        for line in output("dpkg-query", "-W", "-f=${db:Status-Status} ${Package} ${Version}\n", *PACKAGES).splitlines():
            status, _, rest = line.partition(" ")
            if status == "installed":
                package, _, version = rest.partition(" ")
                found[package] = version
    found["penstock"] = output(str(PENSTOCK), "--version").removeprefix("penstock ") or "unknown"
    commit = output("git", "-C", str(ROOT), "rev-parse", "--short=12", "HEAD")
    if commit:
        changed = output("git", "-C", str(ROOT), "status", "--porcelain", "--untracked-files=no")
        found["commit"] = commit + (" and changes" if changed else "")
    return found


def cpu_limit():
    """CPUs that the control group allows, or None."""
    quota = first(r"^(\S+ \S+)$", "/sys/fs/cgroup/cpu.max", "max 0").split()
    return None if quota[0] == "max" else int(quota[0]) / int(quota[1])


def describe():
    return {
        "cpu": first(r"^model name\s*: (.*)$", "/proc/cpuinfo", platform.machine()),
        "cpus": len(os.sched_getaffinity(0)),
        "cpu_limit": cpu_limit(),
        "memory_mib": int(first(r"^MemTotal:\s+(\d+) kB", "/proc/meminfo", "0")) // 1024,
        "kernel": platform.release(),
        "system": first(r'^PRETTY_NAME="?([^"\n]*)', "/etc/os-release"),
        "governor": first(r"^(.*)$", "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "not shown"),
        "virtual": output("systemd-detect-virt") or "unknown",
        "load_at_start": os.getloadavg()[0],
        "versions": versions(),
    }


class Watch:
    """One run: was it throttled or its CPU stolen, and how much did others use?"""

    def __init__(self):
        self.began, self.cpu, self.throttled = time.monotonic(), self.machine_ticks(), self.throttlings()

    @staticmethod
    def machine_ticks():
        words = pathlib.Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:]
        user, nice, system, idle, iowait, irq, softirq, steal = map(int, words[:8])
        # Where the kernel times interrupts apart (IRQ_TIME_ACCOUNTING) they are in no process's CPU, and packets over loopback, which are
        # ours, would look like somebody else's work. Where it only samples, its ticks are an interrupt themselves, and it sees no others.
        interrupts = softirq if irq == 0 else 0
        return {"busy": user + nice + system + interrupts, "steal": steal,
                "all": user + nice + system + idle + iowait + irq + softirq + steal}

    @staticmethod
    def throttlings():
        return int(first(r"^nr_throttled (\d+)$", "/sys/fs/cgroup/cpu.stat", "0"))

    def end(self, ours_seconds):
        """(trouble, share of the machine that others used, the host's other guests among them).

        `ours_seconds`: CPU of all that belongs to the run."""
        now = self.machine_ticks()
        whole = max(now["all"] - self.cpu["all"], 1)
        trouble = []
        times = self.throttlings() - self.throttled
        if times > 0:
            trouble.append(f"throttled {times} times by the control group's CPU limit")
        stolen = (now["steal"] - self.cpu["steal"]) / whole
        if stolen > 0.05:
            trouble.append(f"{stolen:.0%} of the CPUs were stolen by the host")
        others = (now["busy"] - self.cpu["busy"]) / whole - ours_seconds * TICK / whole
        return trouble, max(others, 0.0) + stolen
