"""Where an event's time goes: each stage off and on, instructions by stage, and a profile of the whole process."""
import collections
import json
import re
import subprocess
import threading

from harness import figures, generators, peers
from harness.common import ROOT, STAGES, Trouble, find
from harness.report import bars, flame, section, table

WHOLE = "everything on"  # what the others are held against
VARIANTS = {
    WHOLE: {},
    "and answers inspected": {"response": True},
    "without the token": {"token": False},
    "without filters": {"filters": '"off"'},
    "filters only record": {"filters": "detect"},
    "without the record": {"audit": False},
    "plain HTTP to the function": {"tls_out": False},
    "plain HTTP from callers": {"tls_in": False},
    "forwarding only": {"token": False, "filters": '"off"', "audit": False},
    "forwarding only, plain on both sides": {"token": False, "filters": '"off"', "audit": False, "tls_in": False, "tls_out": False},
}


SLOW_LOOK = {"filters only record", "without the record", "plain HTTP from callers", "forwarding only, plain on both sides"}  # not with --quick


def on_and_off(bench):
    wanted = {name: (lambda setting, options=options: peers.start_penstock(setting, **options)) for name, options in VARIANTS.items()}
    wanted[WHOLE] = peers.start_penstock
    wanted["forwarding only"] = peers.start_penstock_forwarding
    if bench.quick:
        wanted = {name: start for name, start in wanted.items() if name not in SLOW_LOOK}
    plain = {name for name, options in VARIANTS.items() if options.get("tls_in") is False}
    with bench.servers(wanted, plain=plain) as servers:
        shots = figures.interleave(bench, "stages", servers, lambda name: generators.wrk(
            bench, servers[name], tls=name not in plain, seconds=1), times=bench.many_turns)
    differences = {name: figures.difference(some, shots.get(WHOLE, []), "cpu_us") for name, some in shots.items() if name != WHOLE}
    rows = [[name, figures.of(some, "cpu_us"), *([differences[name], figures.agreeing(differences[name])] if name != WHOLE else ["-", "-"]),
             figures.of(some, "per_second")] for name, some in shots.items()]
    return section("One worker, the 1 KiB event, each row with something off or on. The difference is to the first row, within a turn; beside it in "
                   "how many turns it had that sign. Where some turns say more and others less, it is within noise: nothing was shown, whatever the "
                   f"median. Turns of a second, {figures.turns_of(bench)} of each. What a stage costs without any noise is under \"Instructions by stage\".",
                   shots, [table(["Penstock", "CPU us an event", "difference us", "turns with its sign", "events/s"], rows)],
                   [bars("stages", "CPU per event with stages off and on", "us", [(row[0], row[1]) for row in rows])])


def instructions(bench):
    """bench/micro under callgrind; where it cannot run, the committed baseline, which is said."""
    path, note = bench.setting.path("stages.json"), None
    if not bench.quick and find("valgrind") and STAGES.exists():
        run = subprocess.run([ROOT / "bench/micro/run", "--anyway", "--json", path], capture_output=True, text=True, timeout=600, check=False)
        if run.returncode == 2 or not path.exists():
            note = f"callgrind could not be run: {(run.stdout + run.stderr)[-200:]}"
    else:
        note = "From bench/micro/baseline.json: nothing was counted here (--quick, or no valgrind, or the target `stages` is not built)."
    source = path if path.exists() else ROOT / "bench/micro/baseline.json"
    stages = json.loads(source.read_text(encoding="utf-8"))["stages"]
    rows = []
    for name, stage in stages.items():
        top = sorted(stage["functions"].items(), key=lambda item: -item[1])[:3]
        rows.append([name, stage["instructions"],
                     ", ".join(f"{re.sub(chr(39) + '[0-9]+$', '', function)} {share / stage['instructions']:.0%}" for function, share in top)])
    return section("Instructions of one call by callgrind, which are the same whatever else the machine does. `bench/micro/run` holds them "
                   "against the baseline and names the functions that rose.", {},
                   [table(["stage", "instructions", "most of them in"], rows)],
                   [bars("instructions", "Instructions by stage", "logarithmic", [(row[0], figures.figure([row[1]])) for row in rows], log=True)],
                   notes=[note] if note else [])


def folded(script):
    """perf script's stacks, outermost first: {(frame, ...): samples}"""
    stacks, stack = collections.Counter(), []
    for line in script.splitlines() + [""]:
        frame = re.match(r"\s+[0-9a-f]+ (.+?)(?:\+0x[0-9a-f]+)? \(([^)]*)\)$", line)
        if frame:
            name, where = frame.groups()
            stack.append(name if name != "[unknown]" else f"[{where.rsplit('/', 1)[-1]}]")
        elif not line.strip() and stack:
            stacks[tuple(reversed(stack))] += 1
            stack = []
    return stacks


def profile(bench):
    """Where CPU goes while it is loaded, kernel and libraries included."""
    seconds = 2 if bench.quick else 5
    if not find("perf"):
        raise Trouble("perf is not installed")
    with bench.servers({"penstock": peers.START["penstock"]}) as servers:
        server, data = servers["penstock"], bench.setting.path("perf.data")
        loader = threading.Thread(target=lambda: generators.wrk(bench, server, seconds=seconds + 1))
        loader.start()
        command = ["perf", "record", "-q", "-F", "499", "--call-graph", "dwarf,16384", "-p", str(server.process.pid), "-o", str(data), "--",
                   "sleep", str(seconds - 0.5)]
        run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        loader.join()
    script = subprocess.run(["perf", "script", "-i", str(data), "-F", "ip,sym,dso"], capture_output=True, text=True,
                            errors="replace", timeout=300, check=False)
    stacks = folded(script.stdout)
    if sum(stacks.values()) < 50:
        raise Trouble(f"perf saw next to nothing here: {run.stderr[-200:]}")
    return section("One worker, everything on, 1 KiB events at saturation, sampled by perf with unwound stacks. Width is the share of CPU; "
                   "what stands above was called by what is below.", {},
                   [], [flame("profile", f"Where CPU goes: {sum(stacks.values())} samples", stacks)], notes=["perf record -q -F 499 --call-graph dwarf,16384 -p PID"])


ON_AND_OFF = [("stages", "Each stage off and on", on_and_off)]
INSIDE = [("instructions", "Instructions by stage", instructions), ("profile", "Profile", profile)]
