"""Does an event cost more when more is configured? Functions, issuers, rules and schemas, from 1 to 10,000 of each."""
import json
import time

from harness import figures, generators, peers
from harness.common import Trouble
from harness.report import lines, section, table
from harness.setting import ISSUER

ALLOW = 'allow: { issuer: bench, scopes: ["orders:write"] }'
ORDERS = f"  orders: {{ route: /function/orders, upstream: function, {ALLOW} }}\n"  # which a server is tried with


def functions(bench, count):
    """Each event asks another function."""
    some = "".join(f"  f{i}: {{ route: /function/f{i}, upstream: function, {ALLOW} }}\n" for i in range(count))
    return {"functions": some + ORDERS}, count


def issuers(bench, count):
    """The token's issuer is one of so many."""
    some = "".join(f"  i{i}: {{ issuer: \"{ISSUER}{i}\", audience: functions, algorithms: [RS256], jwks: {{ file: jwks.json }} }}\n"
                   for i in range(count - 1))
    return {"issuers": some}, 1


def rules(bench, count):
    """Virtual patches, each with an expression and a word of its own that wakes it."""
    names = []
    for begin in range(0, count, 1000):
        name = f"rules-{count}-{begin}.yaml"
        some = "".join(f"- {{ id: r{i}, title: bench, match: {{ leaf: 'zq{i}x-[a-f]{{4}}' }}, wake: zq{i}x }}\n"
                       for i in range(begin, min(begin + 1000, count)))
        bench.setting.path(name).write_text(some, encoding="utf-8")
        names.append(name)
    return {"patches": "patches:\n" + "".join(f"  - file: {name}\n" for name in names)}, 1


def schema(number):
    """Small, and like no other: each has a bound of its own, which the event keeps."""
    order = {"type": "object", "required": ["id", "type", "data"],
             "properties": {"id": {"type": "string", "minLength": 1, "maxLength": 64}, "type": {"const": "com.example.order.created"},
                            "data": {"type": "object", "required": ["orderId"]}}}
    return {"type": "object", "required": ["items"],
            "properties": {"items": {"type": "array", "minItems": 1, "items": order},
                           "note": {"type": "string", "maxLength": 1000 + number}}}


def schemas(bench, count):
    """A function and a file for each schema; each event asks another function, and is held against its schema."""
    folder = bench.setting.path("schemas")
    folder.mkdir(exist_ok=True)
    for i in range(count):
        path = folder / f"s{i}.json"
        if not path.exists():
            path.write_text(json.dumps(schema(i)), encoding="utf-8")
    some = "".join(f"  f{i}: {{ route: /function/f{i}, upstream: function, {ALLOW}, schema: schemas/s{i}.json }}\n" for i in range(count))
    return {"functions": some + ORDERS}, count


KINDS = {"functions": functions, "issuers": issuers, "rules": rules, "schemas": schemas}


class Started:
    """A server with so many of one kind."""

    def __init__(self, bench, make, count):
        options, self.paths = make(bench, count)
        began = time.monotonic()
        self.server = peers.start_penstock(bench.setting, **options)
        self.seconds = time.monotonic() - began
        try:
            generators.check(bench, self.server)
        except Trouble:
            bench.setting.stop(self.server)
            raise


def one_kind(bench, kind, counts, notes):
    """{(kind, count): (shots, MiB, seconds to start)}; no shots where it would not start, which is noted."""
    started = {}
    try:
        for count in counts:
            try:
                started[kind, count] = Started(bench, KINDS[kind], count)
            except Trouble as trouble:
                notes.append(f"{count:,} {kind} were not measured: {str(trouble)[:300]}")
        shots = figures.interleave(bench, "many", started, lambda point: generators.wrk(
            bench, started[point].server, paths=started[point].paths, seconds=1), times=bench.many_turns) if started else {}
        made = {point: (shots[point], one.server.memory_kib() / 1024, one.seconds) for point, one in started.items()}
    finally:
        for one in started.values():
            bench.setting.stop(one.server)
    return {(kind, count): made.get((kind, count), ([], "-", "did not start")) for count in counts}


def many(bench):
    counts = [10, 1000] if bench.quick else [1, 10, 100, 1000, 10000]
    notes, made = [], {}
    for kind in KINDS:
        made.update(one_kind(bench, kind, counts, notes))
    shots = {point: some for point, (some, _, _) in made.items()}
    rows = [[kind, count, figures.of(some, "cpu_us"), figures.ratio(some, shots[kind, 10], "cpu_us"), memory, seconds]
            for (kind, count), (some, memory, seconds) in made.items()]
    bench.keep["many"] = shots
    return section(
        "Penstock alone, one worker, everything on. Functions: each event asks another one of them. Issuers: the token's is one among so "
        "many. Rules: virtual patches, each with an expression and a word that wakes it, which these events do not have. Schemas: as "
        "functions, and each event is held against the schema of its own. The column of ratios is to 10 of the same, within a round; it "
        "should stay at 1. "
        f"Turns of a second, {figures.turns_of(bench)} of each.",
        {f"{count} {kind}": some for (kind, count), some in shots.items()},
        [table(["what", "how many", "CPU us an event", "CPU, times that of 10", "memory MiB", "start s"], rows)],
        [lines("many", "CPU per event by what is configured", "how many", "us",
               {kind: [(count, figures.of(shots[kind, count], "cpu_us")) for count in counts] for kind in KINDS}, log_x=True)],
        notes=notes)


ALL = [("many", "Many functions, issuers, rules and schemas", many)]
