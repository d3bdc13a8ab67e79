"""bench/run: options, tools, one measure after the other, and the files that are written."""
import argparse
import contextlib
import datetime
import json
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import time

from harness import conclusion, generators, machine, markdown, page, peers, setting
from harness.common import LOAD, PENSTOCK, ROOT, Trouble, find, give_up, say
from harness.measures import ALL, scale
from harness.report import failures, runs
from harness.verdicts import bar, shown, turns, verdict, verdicts, worst_first

HURRY_S = 20 * 60  # of the 25 minutes that are promised: one round of what comes behind takes four where the machine is busy
LAST_S = 22.5 * 60  # the same for the third to last section, whose round takes up to 110 s, and half a minute comes behind it
REPEAT_S = 75  # for runs that others disturbed; with that it takes some 23 minutes
TOOLS = ("nginx", "haproxy", "apache2", "wrk", "h2load", "openssl")


class Bench:
    """What the measures share: how long and how often, the setting, the servers, and who is told about progress."""

    def __init__(self, options, where):
        self.options, self.quick = options, options.quick
        self.rounds, self.seconds, self.may_hurry = options.rounds, options.seconds, options.may_hurry
        self.setting, self.machine = setting.Setting(where), machine.describe()
        self.keep, self.left_out, self.bodies, self.pool = {}, [], {}, {}
        self.clear, self.began, self.cut, self.repeating_s = sys.stdout.isatty(), time.monotonic(), False, 0.0
        self.last_turn, self.hurry_s = self.rounds, HURRY_S
        # Short turns and many, where what is told apart is a tenth: one turn differs from the next by more than that.
        self.many_turns = 1 if self.quick else 3

    def turns(self, times=1):
        """The rounds, or `times` as many. Where time runs short, the one that is going on is a section's last, and every section has one."""
        self.last_turn = self.rounds * times
        for number in range(self.last_turn):
            if number >= times and self.may_hurry and time.monotonic() - self.began > self.hurry_s:
                self.cut = True
                return
            yield number

    def may_repeat(self, seconds):
        """Is there time to take a disturbed turn of so many seconds again? Where a time was promised, of what was set apart for that; else
        a fifth of all, because on a machine that is never quiet it gains nothing."""
        gone = time.monotonic() - self.began
        if not self.may_hurry:
            return self.repeating_s <= gone / 5
        return not self.quick and self.repeating_s + seconds <= REPEAT_S and gone < self.hurry_s

    def body(self, name):
        """`order`: 1 KiB; `size-N`: N bytes."""
        if name not in self.bodies:
            self.bodies[name] = setting.event_of(1024 if name == "order" else int(name.removeprefix("size-")))
        return self.bodies[name]

    @contextlib.contextmanager
    def servers(self, starts, plain=(), fresh=False):
        """Start and warm all. One that cannot be started or does not answer is left out, and said.

        The contestants of peers.START stay up for the next measure, unless it wants fresh ones; others end here."""
        running, ours = {}, []
        try:
            for name, start in starts.items():
                if start in self.pool and not fresh:
                    running[name] = self.pool[start]
                    continue
                try:
                    running[name] = self.start(start, name not in plain)
                except Trouble as trouble:
                    self.leave_out(name, trouble)
                    continue
                if start in peers.START.values() and not fresh:
                    self.pool[start] = running[name]
                else:
                    ours.append(running[name])
            yield running
        finally:
            for server in ours:
                self.setting.stop(server)

    def start(self, start, tls):
        server = start(self.setting)
        try:
            generators.check(self, server, tls)
        except Trouble:
            self.setting.stop(server)
            raise
        return server

    def leave_out(self, name, trouble):
        label = name if isinstance(name, str) else ", ".join(map(str, name))
        self.left_out.append((label, str(trouble)))
        say(f"    {label} is left out: {trouble}")

    def progress(self, what, point, shot, number):
        """A line for each run, which the next one overwrites."""
        label = point if isinstance(point, str) else ", ".join(map(str, point))
        shown = "; ".join(shot["trouble"]) if shot["trouble"] else f"{shot['cpu_us']:.1f} us CPU" if "cpu_us" in shot else "done"
        text = f"    {what} {number + 1}/{self.last_turn}  {label}: {shown}"
        if self.clear and not shot["trouble"]:
            print(f"\r\033[K{text[:110]}", end="", flush=True)
        elif self.options.verbose or shot["trouble"]:
            say(("\r\033[K" if self.clear else "") + text[:300])


def read_options():
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__ and sys.modules["__main__"].__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="two minutes: one round of a second, fewer points")
    parser.add_argument("--full", action="store_true", help="25 minutes: three rounds, all points; this is the default")
    parser.add_argument("--rounds", type=int, help="turns of each contestant; sections of short turns have three times as many")
    parser.add_argument("--seconds", type=int, help="of each contestant in each round, but for sections of short turns")
    parser.add_argument("--only", action="append", default=[], choices=[name for name, _, _ in ALL], help="only this section; may be repeated")
    parser.add_argument("--without", action="append", default=[], help="leave a contestant out, by its name in the tables")
    parser.add_argument("--corpus", help="labelled rows for the detection table (bench/README.md); else the repository's own texts")
    parser.add_argument("--held-out", action="store_true", help="nobody who works on the filters has seen the corpus")
    parser.add_argument("--weak", action="append", default=[], help="ids of rows that are no attack on their own; may be repeated")
    parser.add_argument("--html", default="build/benchmarks.html", help="the report (default: %(default)s)")
    parser.add_argument("--json", default="build/benchmarks.json", help="all figures (default: %(default)s)")
    parser.add_argument("--docs", nargs="?", type=pathlib.Path, const=ROOT / "docs/benchmarks.md",
                        help="write this file as well, with its plots in a folder beside it (docs/benchmarks.md)")
    parser.add_argument("--no-install", action="store_true", help="do not install what is missing; leave it out")
    parser.add_argument("--verbose", action="store_true", help="a line for each run")
    options = parser.parse_args()
    if options.quick and options.full:
        parser.error("--quick and --full exclude each other")
    if 0 in (options.rounds, options.seconds):
        parser.error("--rounds and --seconds are at least 1")
    for name in options.without:
        if name not in peers.START and name != scale.AS_INSTALLED:
            parser.error(f"there is no contestant '{name}'; there are: {', '.join(peers.START)}")
    options.may_hurry = options.rounds is None and options.seconds is None  # who asks for more has the time
    options.rounds = options.rounds or (1 if options.quick else 3)
    options.seconds = options.seconds or (1 if options.quick else 2)
    if options.rounds < 1 or options.seconds < 1:
        parser.error("--rounds and --seconds are at least 1")
    # They are read last: nobody should wait for that.
    for name in [*filter(None, [options.corpus]), *options.weak]:
        if not pathlib.Path(name).is_file():
            parser.error(f"there is no file '{name}'")
    return options


def prepare(options):
    """What is needed: our own programs, and the peers, which are installed when they can be."""
    if not PENSTOCK.exists() or not LOAD.exists():
        give_up("build first: make build && cmake --build --preset release --target load stages")
    missing = [tool for tool in TOOLS if not find(tool)]
    if missing and not options.no_install:
        say(f"bench: installing what is missing: {', '.join(missing)}")
        subprocess.run([ROOT / ".ci/deps", "bench"], check=False)
    for tool in ("nginx", "wrk", "openssl"):
        if not find(tool):
            give_up(f"{tool} is needed; install it with: .ci/deps bench")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def has_figures(one):
    """Where nothing is shot (instructions, a profile), what there is to show was measured."""
    if one["shots"]:
        return any(not shot["trouble"] for some in one["shots"].values() for shot in some)
    return bool(one["tables"] or one["plots"])


def run_measures(bench, wanted, sections):
    """One section after the other; those that are done are in `sections` also when somebody ends it. Was it let to its end?"""
    for number, (name, title, measure) in enumerate(wanted, 1):
        started, bench.cut = time.monotonic(), False
        bench.hurry_s = LAST_S if len(wanted) - number <= 2 else HURRY_S
        say(f"{started - bench.began:5.0f} s  {number}/{len(wanted)}  {title}")
        try:
            one = measure(bench)
        except (Trouble, OSError, subprocess.TimeoutExpired) as trouble:
            bench.leave_out(title, trouble)
            continue
        except KeyboardInterrupt:
            for sign in (signal.SIGINT, signal.SIGTERM):
                signal.signal(sign, signal.SIG_IGN)  # servers are to be stopped, and what there is to be written
            for _, left, _ in wanted[number - 1:]:
                bench.leave_out(left, "bench/run was ended before it was done")
            return False
        if bench.clear:
            print("\r\033[K", end="")
        if bench.cut:
            one["notes"].append(f"Time was short on this machine, so there are fewer than {bench.rounds} rounds of this.")
        if not has_figures(one):
            bench.leave_out(title, "no run of it counts")
        sections.append({"name": name, "title": title, "seconds": time.monotonic() - started, **one})
    return True


def plain(value):
    """For JSON: keys are texts; what a flame graph was made from is large and in the picture."""
    if isinstance(value, dict):
        return {key if isinstance(key, str) else ", ".join(map(str, key)) if isinstance(key, tuple) else str(key): plain(one)
                for key, one in value.items() if key != "stacks"}
    return [plain(one) for one in value] if isinstance(value, (list, tuple)) else value


def write(options, result, whole):
    """An earlier report stays when nothing was measured now, and the repository's page when this is half of one."""
    if not any(map(has_figures, result["sections"])):
        say("\nbench: nothing was measured, so nothing is written")
        return
    for name, text in ((options.json, json.dumps(plain(result), indent=1) + "\n"), (options.html, page.write(result))):
        path = pathlib.Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    say(f"\nbench: {options.html} (open it in a browser), {options.json}")
    if options.docs and whole:
        markdown.write(result, options.docs)
        say(f"bench: {options.docs}, and its plots beside it")
    elif options.docs:
        say(f"bench: {options.docs} stays as it was, because this is a part of it only")


def conclude(options, result, whole):
    # A single turn tells which side of the bar it was on, and no more.
    words = {True: "within the bar", False: "beyond the bar"} if options.quick else {True: "holds         ", False: "DOES NOT HOLD "}
    for row in worst_first(result["verdicts"]):
        value, spread = shown(row)
        if row["holds"] is not None:
            say(f"  {words[row['holds']]} {row['what']}: {value}" + (f" ({spread})" if spread else "")
                + f", {bar(row)} ({verdict(row)}; {turns(row)} turns keep it)")
    if options.quick:
        say("A quick look has one turn of a second, and no spread: whether a bar holds is told by bench/run as a whole.")
    lost = failures(result["sections"])
    if lost:
        say(f"{len(lost)} runs had errors or were throttled and do not count; the report lists them")
    if not whole:
        say("bench: it was ended early; what was not done is listed as left out")


def end_early(*_):
    raise KeyboardInterrupt


def main():
    try:
        return run()
    except KeyboardInterrupt:
        give_up("ended before anything was measured")
    except Trouble as trouble:  # of what all sections need
        give_up(str(trouble))


def run():
    options = read_options()
    signal.signal(signal.SIGTERM, end_early)
    prepare(options)
    wanted = [one for one in ALL if not options.only or one[0] in options.only]
    began, sections = time.monotonic(), []
    # As anybody would type it: the folders of this machine say nothing to others.
    command = " ".join(["bench/run", *(pathlib.Path(word).name if word.startswith("/") else word for word in sys.argv[1:])])
    with tempfile.TemporaryDirectory(prefix="penstock-bench-") as where:
        bench = Bench(options, where)
        try:
            whole = run_measures(bench, wanted, sections)
        finally:
            bench.setting.close()
    rows = verdicts(bench.keep)
    result = {"command": command, "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
              "seconds": time.monotonic() - began, "rounds": options.rounds, "shot_seconds": options.seconds, "machine": bench.machine,
              "turns": bench.rounds * bench.many_turns,
              "conclusion": conclusion.sentences(bench.keep, rows, [shot["other_share"] for shot in runs(sections)]),
              "verdicts": rows, "sections": sections, "left_out": bench.left_out}
    write(options, result, whole)
    conclude(options, result, whole)
    # A single run with an error is the report's; a section without any figure is a failure.
    return 0 if len(sections) == len(wanted) and all(map(has_figures, sections)) else 1
