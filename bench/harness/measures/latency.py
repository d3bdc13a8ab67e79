"""Latency at a fixed offered load, and what happens beyond the limit."""
from harness import figures, generators, peers
from harness.common import Trouble
from harness.report import lines, section, table

SLOW_RATE = 100  # what a firewall that takes 7 ms for an event can still do
WHO = ["nginx", "haproxy", "haproxy + jwt", "penstock", "nginx + modsecurity"]


def offered(bench):
    rates = [1500, 4000] if bench.quick else [100, 1000, 4000, 8000]
    names = [name for name in WHO if name not in bench.options.without]
    if bench.quick:
        names = [name for name in names if name in ("nginx", "penstock")]
    points = [(name, rate) for name in names for rate in rates if name not in peers.SLOW or rate <= SLOW_RATE]
    with bench.servers({name: peers.START[name] for name in names}) as servers:
        points = [point for point in points if point[0] in servers]
        shots = figures.interleave(bench, "latency", points,
                                   lambda point: generators.load(bench, servers[point[0]], rate=point[1]))
    bench.keep["latency"] = shots
    rows = [[name, rate, figures.of(shots[name, rate], "per_second"),
             *(figures.percentile(shots[name, rate], key) for key in ("p50", "p90", "p99", "p99.9")), figures.of(shots[name, rate], "cpu_us")]
            for name, rate in points]
    plots = [lines(f"latency-{key}", f"{key} of latency at an offered load", "events a second offered", "ms",
                   {name: [(rate, figures.percentile(shots[name, rate], key)) for one, rate in points if one == name] for name in servers},
                   log_x=True, log_y=True) for key in ("p50", "p99")]
    return section(
        "1 KiB events come as a Poisson process over at most 64 connections, whatever the contestant does; latency counts from when "
        "an event was due (bench/load), so a stall is in the percentiles of everyone who came in it. p99: 99 of 100 events were answered within. "
        f"A percentile is shown where at least {figures.BEYOND} events of all rounds lie beyond it; with fewer it would be an accident. CPU an event "
        "is higher at a low rate because each event wakes processes that were asleep. A rate beyond what a "
        "contestant can answer, or what the generator can send, is a failed run and not shown.",
        {f"{name} at {rate}/s": one for (name, rate), one in shots.items()},
        [table(["contestant", "offered/s", "answered/s", "p50 ms", "p90 ms", "p99 ms", "p99.9 ms", "CPU us an event"], rows)], plots)


def overload(bench):
    """More than it can do: does it still do what it can?"""
    names = ["nginx", "penstock"] if bench.quick else ["nginx", "haproxy", "penstock"]
    factors = [0.5, 2.0] if bench.quick else [0.5, 1.5, 3.0]
    with bench.servers({name: peers.START[name] for name in names}) as servers:
        limits = {}
        for name in servers:
            shot = figures.undisturbed(bench, "overload", [name], lambda one: generators.load(bench, servers[one], connections=64), 0)[name]
            if not shot["events"]:
                raise Trouble(f"{name} answered nothing at saturation")
            limits[name] = shot["per_second"]
        points = [(name, factor) for name in servers for factor in factors]
        shots = figures.interleave(
            bench, "overload", points, lambda point: generators.load(
                bench, servers[point[0]], rate=max(1, int(limits[point[0]] * point[1])), connections=256, timeout="2s",
                warmup="500ms" if bench.quick else "1s",
                forgiving=True))
    for (name, factor), some in shots.items():
        for shot in some:
            shot["share_of_limit"] = shot["good"] / limits[name] * 100 if "good" in shot else None
            shot["failed"] = shot["errors"] / shot["seconds"] - shot["refused"] if "errors" in shot else None
    rows = [[name, factor, int(limits[name] * factor), figures.of(shots[name, factor], "good"), figures.of(shots[name, factor], "refused"),
             figures.of(shots[name, factor], "failed"), figures.of(shots[name, factor], "share_of_limit"), figures.percentile(shots[name, factor], "p50") if factor < 1 else "-",
             figures.percentile(shots[name, factor], "p99") if factor < 1 else "-"] for name, factor in points]
    plots = [lines("overload", "Answered 200 while more is offered", "times its own limit", "% of the limit",
                   {name: [(factor, figures.of(shots[name, factor], "share_of_limit")) for factor in factors] for name in servers})]
    return section(
        "Each contestant's own limit is measured first (closed loop, 64 connections), then multiples of it are offered over at most 256 "
        "connections, with 2 s of patience. Generator and function share the machine, so the limit is that of all three together and "
        "falls when the generator has to do more: what counts is that the line does not break down. Beyond the limit no "
        "percentiles are shown: what is answered had waited for as long as this test lets it, and 2 s would say nothing about anyone. Failed is "
        "what had no answer within its 2 s, was never sent or lost its connection, what was due in the warm-up and given up later included: here it "
        "is what is measured, and counts as no error of the run.",
        {f"{name} at {factor} times its limit": one for (name, factor), one in shots.items()},
        [table(["contestant", "times its limit", "offered/s", "answered 200/s", "refused/s", "failed/s", "% of the limit", "p50 ms, below it", "p99 ms, below it"], rows)],
        plots)


ALL = [("latency", "Latency at an offered load", offered), ("overload", "Beyond the limit", overload)]
