"""What a connection costs: memory while it is held, CPU when it is made."""
import itertools
import time

from harness import connections, figures, generators, peers
from harness.common import Trouble
from harness.report import bars, section, table

WHO = ["nginx", "haproxy", "apache + oidc", "nginx + modsecurity", "penstock"]


def one_memory(bench, server, count):
    """Idle and active connections of a process that has held none yet; what it is at rest afterwards."""
    shot = {"trouble": []}
    try:
        for kind, name in (("idle", "order"), ("active", "size-16384")):
            before = server.memory_kib()
            held = connections.hold(bench.setting, server.port, count, bench.body(name).encode(), kind == "active")
            time.sleep(0.2)  # what was sent last is being read
            shot[kind] = (server.memory_kib() - before) / count
            connections.release(held)
            time.sleep(0.2)
        shot["resting"] = server.memory_kib() / 1024
    except Trouble as trouble:
        shot["trouble"].append(str(trouble))
    return shot


def memory(bench):
    count = 100 if bench.quick else 250  # Apache has 512 threads, one for each active connection
    names = [name for name in (["nginx", "penstock"] if bench.quick else WHO) if name not in bench.options.without]
    shots = {name: [] for name in names}
    for number in itertools.islice(bench.turns(), 2):
        for name in names:
            with bench.servers({name: peers.START[name]}, fresh=True) as servers:
                if name in servers:
                    shot = {"round": number, **one_memory(bench, servers[name], count)}
                    shots[name].append(shot)
                    bench.progress("memory", name, shot, number)
    rows = [[name, *(figures.of(some, key) for key in ("idle", "active", "resting"))] for name, some in shots.items() if some]
    plots = [bars(f"memory-{title}", f"Memory of an {title} connection", "KiB", [(row[0], row[column]) for row in rows])
             for column, title in ((1, "idle"), (2, "active"))]
    return section(
        f"{count} TLS connections at a time. Idle: one 1 KiB event was answered, and the connection is kept. Active: head and the first "
        "half of a 16 KiB event have come, on new connections, when the idle ones are gone. Memory is the proportional set size of all "
        "processes, before and after; each round has a fresh process, because later connections find what earlier ones gave back.",
        shots, [table(["contestant", "idle, KiB", "active, KiB", "whole process after it, MiB"], rows)], plots)


def handshakes(bench):
    names = ["nginx", "penstock"] if bench.quick else ["nginx", "haproxy", "apache + oidc", "penstock"]
    names = [name for name in names if name not in bench.options.without]
    with bench.servers({name: peers.START[name] for name in names}) as servers:
        points = [(name, kind) for name in servers for kind in ("fresh", "resumed")]

        def shoot(point):
            shot = generators.load(bench, servers[point[0]], connections=16, connection=point[1], warmup="300ms")
            # Half of each handshake is its own: that it is the limit says nothing about the contestant's CPU.
            shot["trouble"] = [trouble for trouble in shot["trouble"] if trouble != generators.OUT_OF_CPU]
            wanted = shot.get("connections", 0) if point[1] == "resumed" else 0
            if shot["events"] and abs(shot.get("resumed", 0) - wanted) > 0.1 * shot["connections"]:
                shot["trouble"].append(f"{shot['resumed']} of {shot['connections']} sessions were resumed")
            return shot

        shots = figures.interleave(bench, "handshakes", points, shoot)
    rows = [[name, kind, figures.of(shots[name, kind], "per_second"), figures.of(shots[name, kind], "cpu_us"),
             figures.ratio(shots[name, kind], shots.get(("nginx", kind), []), "cpu_us")] for name, kind in points]
    return section(
        "A new connection for each 1 KiB event, 16 at a time: TLS 1.3, ECDSA P-256 certificate, with a whole handshake or with the last "
        "session resumed. The generator does the other half of each handshake on the same machine, so connections a second are "
        "less than a contestant could do; CPU is its own.",
        {f"{name}, {kind}": one for (name, kind), one in shots.items()},
        [table(["contestant", "handshake", "connections and events/s", "CPU us each", "CPU, times nginx's"], rows)],
        [bars("handshakes", "CPU of a new connection with one event", "us",
              [(f"{row[0]}, {row[1]}", row[3]) for row in rows])])


ALL = [("memory", "Memory of a connection", memory), ("handshakes", "New connections", handshakes)]
