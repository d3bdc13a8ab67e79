"""What the filters catch, on the same page: speed without accuracy says nothing."""
import collections
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


def detection(bench):
    module = tool()
    corpus = bench.options.corpus
    rows = module.read(corpus, None)[0] if corpus else own_rows()
    weak = module.read_weak(bench.options.weak)
    rows = [row for row in rows if row["id"] not in weak]
    rows = sample(rows, 600 if bench.quick else 4000)
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
            notes.append(f"{name} answered neither 200 nor a refusal to some: {dict(strange)}; they count as passed")
    keys = sorted({key for by, _ in results.values() for key in by}, key=lambda key: (key[0], key[1] != "all", key[1]))
    out = [[label, kind, next(by[label, kind][0] for by, _ in results.values()),
            *(f"{by[label, kind][1] / by[label, kind][0]:.2%}" if by[label, kind][0] else "-" for by, _ in results.values())]
           for label, kind in keys]
    bench.keep["detection"] = {name: {f"{label} {kind}": counts for (label, kind), counts in by.items()} for name, (by, _) in results.items()}
    where = (f"{pathlib.Path(corpus).name}, {len(rows)} rows drawn from it" if corpus and len(rows) >= (600 if bench.quick else 4000)
             else f"{pathlib.Path(corpus).name}, {len(rows)} rows" if corpus
             else f"{len(rows)} texts of tests/corpus, which the filters were made with: for figures that mean something give --corpus")
    left_out = f" {len(weak)} rows that are no attack on their own were left out (--weak)." if weak else ""
    return section(
        f"Share of rows that were blocked over the wire: {where}. Attacks should be blocked, benign rows should not. Penstock with no sink "
        f"declared, which is its most careful setting; ModSecurity with the Core Rule Set at paranoia level 1.{left_out} It took "
        + ", ".join(f"{name} {seconds:.0f} s" for name, seconds in took.items()) + ".",
        {}, [table(["label", "class", "rows", *(f"{name}, blocked" for name in results)], out)], [], notes=notes)


ALL = [("detection", "What is caught", detection)]
