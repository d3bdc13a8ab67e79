"""CPU per event beside everyone, and whether three generators agree about it."""
from harness import figures, generators, peers
from harness.report import bars, section, table


def cost(bench):
    names = [name for name in peers.START if name not in bench.options.without]
    with bench.servers({name: peers.START[name] for name in names}) as servers:
        shots = figures.interleave(bench, "cost", servers, lambda name: generators.wrk(bench, servers[name]))
    base = shots.get("nginx", [])
    bench.keep["cost"] = shots
    rows = [[name, figures.of(shots[name], "cpu_us"), figures.ratio(shots[name], base, "cpu_us"),
             figures.of(shots[name], "per_second"), figures.of(shots[name], "p50"), figures.of(shots[name], "p99"), peers.WHAT[name]]
            for name in shots]
    return section(
        "One 1 KiB event over 32 kept connections, as many as are answered. CPU is that of the contestant's own processes, kernel "
        "work for its sockets included. The logarithm of the scale hides nothing that the table does not show.",
        shots,
        [table(["contestant", "CPU us an event", "times nginx", "events/s", "p50 ms", "p99 ms", "what it does"], rows)],
        [bars("cost", "CPU per 1 KiB event", "us, logarithmic", [(row[0], row[1]) for row in rows], log=True)],
        notes=["Latency at saturation is what a queue makes of it; callers who come by themselves are the next section's."])


def agreement(bench):
    """A generator of our own could flatter us: two that are not ours measure the same."""
    ways = {"wrk": generators.wrk, "h2load": generators.h2load, "bench/load": lambda b, s: generators.load(b, s, connections=32)}
    with bench.servers({name: peers.START[name] for name in ("nginx", "penstock")}) as servers:
        points = [(way, name) for way in ways for name in servers]
        shots = figures.interleave(bench, "generators", points, lambda point: ways[point[0]](bench, servers[point[1]]))
    rows = []
    for way in ways:
        ours, theirs = shots.get((way, "penstock"), []), shots.get((way, "nginx"), [])
        rows.append([way, figures.of(theirs, "cpu_us"), figures.of(ours, "cpu_us"), figures.ratio(ours, theirs, "cpu_us"),
                     figures.of(ours, "per_second")])
    return section("Saturation over 32 connections by three generators. They take different parts of the machine, so events a second "
                   "differ, and with them how many events share a wake-up; the ratio should not.",
                   {" / ".join(point): one for point, one in shots.items()},
                   [table(["generator", "nginx, CPU us", "Penstock, CPU us", "ratio", "Penstock, events/s"], rows)], [])


ALL = [("cost", "What an event costs", cost), ("generators", "Do three load generators agree?", agreement)]
