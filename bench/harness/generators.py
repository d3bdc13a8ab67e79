"""One shot at a contestant: wrk, h2load and bench/load, and what each says of it."""
import json
import re
import resource
import subprocess
import time

from harness import machine, peers
from harness.common import LOAD, Trouble, find

SCALE_MS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60000.0}

OUT_OF_CPU = "the generator was out of CPU itself"


def own_seconds(bench):
    """CPU of all that belongs to a run: generators, which are our children and were waited for, ourselves, and every server that was
    started here, the function and those contestants included that have no turn now."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF)]
    return sum(one.ru_utime + one.ru_stime for one in used) + sum(one.cpu_seconds() for one in bench.setting.running)


def watched(bench, server, command, seconds, read):
    """Run a generator; its own figures, and the CPU that the contestant used meanwhile."""
    watch, ours = machine.Watch(), own_seconds(bench)
    before, began = server.cpu_seconds(), time.monotonic()
    try:
        run = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=seconds + 90, check=False)
        shot = read(run)
    except subprocess.TimeoutExpired:
        shot = {"events": 0, "trouble": ["the generator did not end"]}
    wall = time.monotonic() - began
    used = server.cpu_seconds() - before
    trouble, other = watch.end(own_seconds(bench) - ours)
    shot["trouble"] += trouble
    shot["other_share"] = other
    shot["command"] = " ".join(str(word) for word in command)
    if shot["events"] > 0:
        shot.setdefault("seconds", wall)
        shot["cpu_us"] = used * 1e6 / shot["events"]
        shot["per_second"] = shot["events"] / shot["seconds"]
        shot["cores"] = used / wall
    elif not shot["trouble"]:
        shot["trouble"] = ["nothing was answered"]
    return shot


def read_wrk(run):
    out = run.stdout
    found = re.search(r"(\d+) requests in ([\d.]+)(us|ms|s|m)", out)
    shot = {"events": int(found.group(1)) if found else 0, "trouble": []}
    if found:
        shot["seconds"] = float(found.group(2)) * SCALE_MS[found.group(3)] / 1000
    else:
        shot["trouble"].append((out + run.stderr)[-200:] or "wrk said nothing")
    for percent, key in (("50", "p50"), ("90", "p90"), ("99", "p99")):
        value = re.search(rf"^\s+{percent}%\s+([\d.]+)(us|ms|s|m)", out, re.M)
        if value:
            shot[key] = float(value.group(1)) * SCALE_MS[value.group(2)]
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    errors = re.search(r"Socket errors: (.*)", out)
    if bad:
        shot["trouble"].append(f"{bad.group(1)} answers were not 200")
    if errors:
        shot["trouble"].append(f"socket errors: {errors.group(1)}")
    return shot


def wrk(bench, server, body="order", connections=32, seconds=None, path="/function/orders", paths=1, tls=True, token=None):
    """Saturation: every connection asks again at once. `paths`: over so many functions, /function/f0 and on."""
    seconds = seconds or bench.seconds
    script = bench.setting.path(f"post-{body}-{paths}.lua")
    text = bench.body(body)
    lines = ['wrk.method = "POST"', f"wrk.body = [==[{text}]==]", 'wrk.headers["Host"] = "localhost"',
             'wrk.headers["Content-Type"] = "application/json"',
             f'wrk.headers["Authorization"] = "Bearer {token or bench.setting.token}"']
    if paths > 1:
        lines += ["local asked = 0", "request = function()", f"  asked = (asked + 7919) % {paths}",
                  '  return wrk.format(nil, "/function/f" .. asked)', "end"]
    script.write_text("\n".join(lines) + "\n", encoding="utf-8")
    command = [find("wrk"), "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", "--latency", "-s", script,
               f"http{'s' if tls else ''}://127.0.0.1:{server.port}{path}"]
    return watched(bench, server, command, seconds, read_wrk)


def read_h2load(run):
    out = run.stdout
    done = re.search(r"requests: (\d+) total, \d+ started, (\d+) done, (\d+) succeeded, (\d+) failed", out)
    finished = re.search(r"finished in ([\d.]+)(us|ms|s)", out)
    if not done or not finished:
        return {"events": 0, "trouble": [(out + run.stderr)[-200:] or "h2load said nothing"]}
    shot = {"events": int(done.group(3)), "trouble": [], "seconds": float(finished.group(1)) * SCALE_MS[finished.group(2)] / 1000}
    if int(done.group(4)) > 0 or int(done.group(2)) != int(done.group(3)):
        shot["trouble"].append(f"{done.group(4)} failed")
    return shot


def h2load(bench, server, body="order", connections=32, seconds=None):
    """HTTP/1.1, as the others; it counts the connections' beginning as well."""
    seconds = seconds or bench.seconds
    data = bench.setting.path(f"body-{body}.json")
    data.write_text(bench.body(body), encoding="utf-8")
    command = [find("h2load"), "--h1", "-t1", f"-c{connections}", f"-D{seconds}", "-d", data, "-H", "Content-Type: application/json",
               "-H", f"Authorization: Bearer {bench.setting.token}", f"https://127.0.0.1:{server.port}/function/orders"]
    return watched(bench, server, command, seconds, read_h2load)


def read_load(run):
    try:
        said = json.loads(run.stdout)
    except json.JSONDecodeError:
        return {"events": 0, "trouble": [(run.stdout + run.stderr)[-300:] or "load said nothing"]}
    shot = {"events": said["answers"], "seconds": said["seconds"], "trouble": [], "own_cores": said["own_cpu_seconds"] / said["seconds"],
            "offered": said["offered_per_second"], "good": said["good"] / said["seconds"],
            "refused": (said["answers"] - said["good"]) / said["seconds"], "due": said["events"], "errors": said["errors"], "waited": said["waited"],
            "connections": said["connections"], "resumed": said["resumed"], "failures": {}, "statuses": {}}
    for kind in said["kinds"].values():
        for key in ("failures", "statuses"):
            for name, count in kind[key].items():
                shot[key][name] = shot[key].get(name, 0) + count
    for key in ("p50", "p90", "p99", "p99.9", "max"):
        if key in said["latency_ms"]:
            shot[key] = said["latency_ms"][key]
    if said["errors"]:
        reasons = {**{f"answered {status}": count for status, count in shot["statuses"].items() if status != "200"}, **shot["failures"]}
        shot["trouble"].append(", ".join(f"{count} {reason}" for reason, count in reasons.items()) or said["first_trouble"])
    if said["own_limit"]:
        shot["trouble"].append(OUT_OF_CPU)
    if said["cpu"] and said["cpu"][0]["seconds"] is not None:
        shot["server_seconds"] = said["cpu"][0]["seconds"]
    return shot


def load(bench, server, rate=None, body="order", connections=64, seconds=None, connection="kept", warmup="500ms", timeout="10s",
         tls=True, forgiving=False):
    """Our own: open loop with a rate, closed without. `forgiving`: refusals are what is measured, so they are no trouble."""
    seconds = seconds or bench.seconds
    data = bench.setting.path(f"body-{body}.json")
    data.write_text(bench.body(body), encoding="utf-8")
    tokens = bench.setting.path("token.txt")
    tokens.write_text(bench.setting.token + "\n", encoding="ascii")
    scenario = bench.setting.path(f"scenario-{server.name}.yaml")
    scenario.write_text(
        f"target: http{'s' if tls else ''}://127.0.0.1:{server.port}\nca: ca.pem\nconnections: {connections}\nconnection: {connection}\n"
        + (f"rate: {rate}\n" if rate else "") + f"warmup: {warmup}\nduration: {seconds * 1000:.0f}ms\ntimeout: {timeout}\n"
        "tokens: { caller: { file: token.txt } }\n"
        f"mix: {{ order: {{ path: /function/orders, token: caller, body: {{ file: {data.name} }} }} }}\n", encoding="utf-8")
    command = [LOAD, scenario, "--json", "--pid", server.process.pid]
    shot = watched(bench, server, command, seconds, read_load)
    if "server_seconds" in shot and shot["events"]:
        # Its own reading, without start and warm-up.
        shot["cpu_us"] = shot.pop("server_seconds") * 1e6 / shot["events"]
    if forgiving and shot["events"]:
        shot["trouble"] = [one for one in shot["trouble"] if "throttled" in one or "stolen" in one or "generator" in one]
    return shot


def saturate(bench, name, server, body="order", connections=32, steady=False, seconds=None):
    """wrk, but for slow contestants and, with `steady`, large events: those that are unfinished when it ends would be a good part of
    all that were begun, and their CPU would count while they do not. bench/load counts CPU and answers between two moments of a load
    that goes on."""
    if name not in peers.SLOW and not steady:
        return wrk(bench, server, body=body, connections=connections, seconds=seconds)
    if bench.quick:
        seconds = 1
    # A firewall that takes 150 ms for an event has had few after a second, and its first ones are not over after half of one.
    warmup = "300ms" if seconds else "1s" if name in peers.SLOW else "500ms"
    return load(bench, server, body=body, connections=4, seconds=seconds or max(bench.seconds, 3 if name in peers.SLOW else 1), warmup=warmup,
                timeout="60s")


def check(bench, server, tls=True):
    """The first answers of a server are nobody's: connections to the function, caches, page faults. And does it answer at all?"""
    said = ""
    for seconds in (0.3, 1.0, 4.0):  # one event may take 20 ms, and the machine may be busy
        shot = load(bench, server, connections=8, seconds=seconds, warmup="0s", tls=tls)
        said = "; ".join(one for one in shot["trouble"] if not any(word in one for word in ("throttled", "stolen", "generator")))
        if not said:
            return
    raise Trouble(f"{server.name}: {said}: {server.said()[-300:]}")
