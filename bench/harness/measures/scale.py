"""What grows with what: size of bodies, number of functions, issuers and rules, connections, workers."""
import time

from harness import figures, generators, peers
from harness.common import Trouble
from harness.report import lines, section, table
from harness.setting import ISSUER

KIB = 1024
MOST = {"rules": 512}  # virtual patches that a configuration may have


def sizes(bench):
    steps = [256, KIB, 64 * KIB, KIB * KIB] if bench.quick else [256, KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, KIB * KIB, 4 * KIB * KIB]
    most = {"nginx + modsecurity": 4 * KIB if bench.quick else 16 * KIB, "apache + modsecurity": 4 * KIB if bench.quick else 16 * KIB}
    names = ["nginx", "penstock", "nginx + modsecurity"] if bench.quick else ["nginx", "haproxy", "penstock", *most]
    names = [name for name in names if name not in bench.options.without]
    with bench.servers({name: peers.START[name] for name in names}) as servers:
        points = [(name, size) for name in servers for size in steps if size <= most.get(name, size)]
        shots = figures.interleave(bench, "sizes", points, lambda point: generators.saturate(
            bench, point[0], servers[point[0]], body=f"size-{point[1]}", connections=8 if point[1] >= 256 * KIB else 32))
    bench.keep["sizes"] = shots
    rows = [[name, size_name(size), figures.of(shots[name, size], "cpu_us"),
             figures.ratio(shots[name, size], shots.get(("nginx", size), []), "cpu_us"), figures.of(shots[name, size], "per_second"),
             figures.of(shots[name, size], "p99")] for name, size in points]
    return section(
        "JSON events of orders in a list, as large as is said. ModSecurity is left out where one event takes it tens of "
        "milliseconds to seconds.",
        {f"{name}, {size_name(size)}": one for (name, size), one in shots.items()},
        [table(["contestant", "body", "CPU us an event", "times nginx", "events/s", "p99 ms"], rows)],
        [lines("sizes", "CPU per event by size of the body", "bytes", "us",
               {name: [(size, figures.of(shots[name, size], "cpu_us")) for one, size in points if one == name] for name in servers},
               log_x=True, log_y=True)])


def size_name(size):
    return f"{size} B" if size < KIB else f"{size // KIB} KiB" if size < KIB * KIB else f"{size // KIB // KIB} MiB"


def many_functions(bench, count):
    functions = "".join(f"  f{i}: {{ route: /function/f{i}, upstream: function, allow: {{ issuer: bench, scopes: [\"orders:write\"] }} }}\n"
                        for i in range(count))
    return {"functions": functions + "  orders: { route: /function/orders, upstream: function, allow: { issuer: bench, "
                                     "scopes: [\"orders:write\"] } }\n"}, count


def many_issuers(bench, count):
    issuers = "".join(f"  i{i}: {{ issuer: \"{ISSUER}{i}\", audience: functions, algorithms: [RS256], jwks: {{ file: jwks.json }} }}\n"
                      for i in range(count - 1))
    return {"issuers": issuers}, 1


def many_rules(bench, count):
    """Virtual patches, each with an expression and a word of its own that wakes it."""
    names = []
    for begin in range(0, count, 1000):
        name = f"rules-{count}-{begin}.yaml"
        rules = "".join(f"- {{ id: r{i}, title: bench, match: {{ leaf: 'zq{i}x-[a-f]{{4}}' }}, wake: zq{i}x }}\n"
                        for i in range(begin, min(begin + 1000, count)))
        bench.setting.path(name).write_text(rules, encoding="utf-8")
        names.append(name)
    return {"patches": "patches:\n" + "".join(f"  - file: {name}\n" for name in names)}, 1


def many(bench):
    kinds = {"functions": many_functions, "issuers": many_issuers, "rules": many_rules}
    counts = [10, 1000] if bench.quick else [1, 10, 100, 1000, 10000]
    shots, starts, servers, notes = {}, {}, {}, []
    try:
        for kind, make in kinds.items():
            for count in sorted({min(count, MOST.get(kind, count)) for count in counts}):
                options, paths = make(bench, count)
                began = time.monotonic()
                try:
                    server = peers.start_penstock(bench.setting, **options)
                    starts[kind, count] = time.monotonic() - began
                    generators.check(bench, server)
                    servers[kind, count] = server, paths
                except Trouble as trouble:
                    notes.append(f"{count} {kind}: {str(trouble)[:300]}")
        points = list(servers)
        shots = figures.interleave(bench, "many", points, lambda point: generators.wrk(
            bench, servers[point][0], paths=servers[point][1]))
        memory = {point: servers[point][0].memory_kib() / 1024 for point in points}
    finally:
        for server, _ in servers.values():
            bench.setting.stop(server)
    bench.keep["many"] = shots
    rows = [[kind, count, figures.of(shots[kind, count], "cpu_us"),
             figures.ratio(shots[kind, count], shots.get((kind, 10), []), "cpu_us"), memory[kind, count], starts[kind, count]]
            for kind, count in points]
    return section(
        "Penstock alone, one worker, everything on. Functions: each event asks another one of them. Issuers: the token's is one among so "
        "many. Rules: virtual patches with an expression each, of which a configuration may have 512. The column of ratios is to 10 of the same, within a round.",
        {f"{count} {kind}": one for (kind, count), one in shots.items()},
        [table(["what", "how many", "CPU us an event", "times 10 of them", "memory MiB", "start s"], rows)],
        [lines("many", "CPU per event by what is configured", "how many", "us",
               {kind: [(count, figures.of(shots[kind, count], "cpu_us")) for one, count in points if one == kind] for kind in kinds},
               log_x=True)],
        notes=notes)


def held(bench, server, count):
    """All connections are made before it counts, which bench/load waits for."""
    shot = generators.load(bench, server, connections=count, timeout="30s")
    if shot.get("connections", 0) > 0.02 * count:
        shot["trouble"].append(f"{shot['connections']} connections were still being made")
    return shot


def concurrency(bench):
    steps = [1, 128] if bench.quick else [1, 4, 16, 64, 256, 1024, 4096]
    names = ["nginx", "haproxy", "penstock"]
    with bench.servers({name: peers.START[name] for name in names}) as servers:
        points = [(name, step) for name in servers for step in steps]
        shots = figures.interleave(bench, "concurrency", points, lambda point: held(bench, servers[point[0]], point[1]))
    rows = [[name, step, figures.of(shots[name, step], "cpu_us"), figures.of(shots[name, step], "per_second"),
             figures.of(shots[name, step], "p50"), figures.of(shots[name, step], "p99")] for name, step in points]
    plots = [lines("concurrency", "CPU per event by connections at a time", "connections", "us",
                   {name: [(step, figures.of(shots[name, step], "cpu_us")) for step in steps] for name in servers}, log_x=True),
             lines("concurrency-rate", "Events a second by connections at a time", "connections", "events/s",
                   {name: [(step, figures.of(shots[name, step], "per_second")) for step in steps] for name in servers}, log_x=True)]
    return section("So many callers ask again and again, each over a connection of its own (bench/load, closed loop); their handshakes are "
                   "over when it begins to count.",
                   {f"{name}, {step} connections": one for (name, step), one in shots.items()},
                   [table(["contestant", "connections", "CPU us an event", "events/s", "p50 ms", "p99 ms"], rows)], plots)


def workers(bench):
    cpus = bench.machine["cpus"]
    steps = [step for step in (1, 2, 4, 8, 16) if step <= max(2, cpus)]
    starts = {"nginx": peers.start_nginx, "haproxy": peers.start_haproxy, "penstock": peers.start_penstock}
    wanted = {(name, step): start if step == 1 else (lambda setting, start=start, step=step: start(setting, workers=step))
              for name, start in starts.items() for step in steps}
    with bench.servers(wanted) as servers:
        shots = figures.interleave(bench, "workers", servers, lambda point: generators.wrk(bench, servers[point], connections=64))
    bench.keep["workers"] = shots
    rows = [[name, step, figures.of(shots[name, step], "cpu_us"), figures.ratio(shots[name, step], shots.get((name, 1), []), "cpu_us"),
             figures.of(shots[name, step], "per_second"), figures.of(shots[name, step], "p99")] for name, step in shots]
    return section(
        f"Workers or threads on {cpus} CPUs, 64 connections. Generator and function take CPU as well, so events a second stop growing "
        "before the workers do; CPU per event tells what sharing costs.",
        {f"{name}, {step} workers": one for (name, step), one in shots.items()},
        [table(["contestant", "workers", "CPU us an event", "times one worker", "events/s", "p99 ms"], rows)], [])


ALL = [("sizes", "Size of the body", sizes), ("many", "Many functions, issuers and rules", many),
       ("concurrency", "Connections at a time", concurrency), ("workers", "Workers", workers)]
