"""What the filters catch, on the same page: speed without accuracy says nothing."""
import collections
import hashlib
import importlib.machinery
import importlib.util
import pathlib
import random
import threading
import time

from harness import peers
from harness.common import ROOT, Trouble
from harness.report import section, table


def tool():
    """bench/detection, which knows how a row of a corpus travels."""
    loader = importlib.machinery.SourceFileLoader("detection_tool", str(ROOT / "bench/detection"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("detection_tool", loader))
    loader.exec_module(module)
    return module


def own_rows():
    """The repository's texts of each filter, as leaves. The filters were made with them: they show nothing to a sceptic."""
    rows = []
    for folder in sorted((ROOT / "tests/corpus").iterdir()):
        for label, name in (("attack", "attacks.txt"), ("benign", "benign.txt")):
            path = folder / name
            if not path.exists():
                continue
            for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines()):
                if line and not line.startswith("#"):
                    rows.append({"id": f"{folder.name}-{label}-{number}", "class": folder.name, "label": label,
                                 "where": "json-leaf", "value": line})
    return rows


class Peer:
    """A firewall over plain HTTP, asked as bench/detection asks a gateway."""

    def __init__(self, module, port):
        self.module, self.port, self.local = module, port, threading.local()

    def ask(self, request):
        """The Core Rule Set counts it against a request when these are missing; browsers and clients send them."""
        head, _, body = request.partition(b"\r\n\r\n")
        for field in (b"User-Agent: bench/1", b"Accept: */*"):
            if b"\r\n" + field.split(b":")[0].lower() not in head.lower():
                head += b"\r\n" + field
        return self.module.Gateway.ask(self, head + b"\r\n\r\n" + body)

    def stream(self, fresh):
        return self.module.Gateway.stream(self, fresh)


def sample(rows, most):
    if len(rows) <= most:
        return rows
    drawn = random.Random(1).sample(rows, most)
    return sorted(drawn, key=lambda row: row["id"])


def judge(module, rows, statuses):
    by = collections.defaultdict(lambda: [0, 0])
    strange = collections.Counter()
    for row, status in zip(rows, statuses):
        if status is None:
            continue
        if status not in module.BLOCKED and status != 200:
            strange[status] += 1
        for key in ((row["label"], "all"), (row["label"], row["class"])):
            by[key][0] += 1
            by[key][1] += status in module.BLOCKED
    return by, strange


def of_what(corpus, drawn, most):
    """Which rows these are, so that somebody else can have the same."""
    if not corpus:
        return f"{drawn} texts of tests/corpus, which the filters were made with"
    path = pathlib.Path(corpus)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return f"{path.name} (SHA-256 {digest}...), {drawn} rows" + (" drawn from it" if drawn >= most else "")


# A table of nothing but hits and no false alarm is what tuning looks like, too. Whoever reads it can find out.
TUNED = (
    "Penstock's filters may have been tuned on these rows, while the Core Rule Set was not, so the two columns are no contest: this tells how "
    "well the filters were fitted, not what they find that nobody showed them. To know that, run rows of your own: `bench/run --only detection "
    "--corpus yours.jsonl --held-out`, one JSON object a line such as "
    '`{"id": "1", "class": "sqli", "label": "attack", "where": "json-leaf", "value": "..."}` (bench/README.md has the other places, and '
    "`benign` is the other label). `--held-out` says that nobody who works on the filters has seen them.")
HELD_OUT = "Nobody who works on the filters has seen these rows, says whoever ran it (`--held-out`)."
LEVEL = (
    "Both ModSecurity columns are the Core Rule Set at paranoia level 1, which is its default, with its default anomaly threshold of 5. Higher "
    "levels block more attacks and more that is benign.")


def detection(bench):
    module = tool()
    corpus = bench.options.corpus
    rows = module.read(corpus, None)[0] if corpus else own_rows()
    weak = module.read_weak(bench.options.weak)
    rows = [row for row in rows if row["id"] not in weak]
    most = 600 if bench.quick else 4000
    rows = sample(rows, most)
    held_out = bool(corpus) and bench.options.held_out
    results, notes, took = {}, [], {}
    began = time.monotonic()
    gateway = module.Gateway(str(module.ROOT / "build/release/gateway/penstock"), [])
    try:
        results["penstock"] = judge(module, rows, module.by_gateway(gateway, rows, "all"))
    finally:
        gateway.close()
    took["penstock"] = time.monotonic() - began
    for name, start in (("nginx + modsecurity", peers.start_nginx_modsecurity), ("apache + modsecurity", peers.start_apache_modsecurity)):
        if name in bench.options.without or (bench.quick and name.startswith("apache")):
            continue
        try:
            server = start(bench.setting, tls=False)
        except Trouble as trouble:
            notes.append(f"{name}: {str(trouble)[:200]}")
            continue
        try:
            began = time.monotonic()
            results[name] = judge(module, rows, module.by_gateway(Peer(module, server.port), rows, "all"))
            took[name] = time.monotonic() - began
        finally:
            bench.setting.stop(server)
    for name, (_, strange) in results.items():
        if strange:
            notes.append(f"{name} answered neither 200 nor a refusal to some, which count as passed: "
                         + ", ".join(f"{count} times {status}" for status, count in sorted(strange.items())))
    if len(results) > 1:
        notes.append(LEVEL)
    keys = sorted({key for by, _ in results.values() for key in by}, key=lambda key: (key[0], key[1] != "all", key[1]))
    out = [[label, kind, next(by[label, kind][0] for by, _ in results.values()),
            *(f"{by[label, kind][1] / by[label, kind][0]:.2%}" if by[label, kind][0] else "-" for by, _ in results.values())]
           for label, kind in keys]
    bench.keep["detection"] = {"of": pathlib.Path(corpus).name if corpus else "tests/corpus", "held_out": held_out, "blocked": {
        name: {f"{label} {kind}": counts for (label, kind), counts in by.items()} for name, (by, _) in results.items()}}
    left_out = f" {len(weak)} rows that are no attack on their own were left out (--weak)." if weak else ""
    return section(
        f"Share of rows that were blocked over the wire: {of_what(corpus, len(rows), most)}. Attacks should be blocked, benign rows should not. Penstock with no sink "
        f"declared, which is its most careful setting; ModSecurity with the Core Rule Set at paranoia level 1.{left_out} It took "
        + ", ".join(f"{name} {seconds:.0f} s" for name, seconds in took.items()) + ". " + (HELD_OUT if held_out else TUNED),
        {}, [table(["label", "class", "rows", *(f"{name}, blocked" + (", paranoia 1" if "modsecurity" in name else "") for name in results)], out)], [], notes=notes)


ALL = [("detection", "What is caught", detection)]
