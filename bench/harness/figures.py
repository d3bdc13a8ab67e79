"""Medians with their spread, and rounds in which everyone has a turn."""
import statistics
import time

BUSY = 0.1  # of the machine used by others; at 0.8 an event was seen to take four times the CPU
BEYOND = 10  # events that lie beyond a percentile, before it is more than an event or two that were late


def figure(values, failed=0):
    """What a table's cell and a plot's point are: {median, low, high, n, failed, values}; None values are left out."""
    good = [value for value in values if value is not None]
    if not good:
        return {"median": None, "low": None, "high": None, "n": 0, "failed": failed, "values": []}
    return {"median": statistics.median(good), "low": min(good), "high": max(good), "n": len(good), "failed": failed, "values": good}


def of(shots, key):
    """The figure of one quantity over the shots that count."""
    good = [shot for shot in shots if not shot["trouble"]]
    return figure([shot.get(key) for shot in good], len(shots) - len(good))


def percentile(shots, key):
    """`p99`, `p99.9` and so on, where enough events of all rounds lie beyond it."""
    good = [shot for shot in shots if not shot["trouble"]]
    beyond = sum(shot["events"] for shot in good) * (1 - float(key.removeprefix("p")) / 100)
    return of(shots, key) if beyond >= BEYOND else figure([], len(shots) - len(good))


def paired(shots, base, key):
    """(ours, theirs) of each round in which both count, so that what both suffered from cancels out."""
    theirs = {shot["round"]: shot.get(key) for shot in base if not shot["trouble"]}
    return [(shot[key], theirs[shot["round"]]) for shot in shots if not shot["trouble"] and shot.get(key) and theirs.get(shot["round"])]


def ratio(shots, base, key):
    pairs = paired(shots, base, key)
    return figure([ours / theirs for ours, theirs in pairs], len(shots) - len(pairs))


def difference(shots, base, key):
    """It is shown as noise where some rounds say more and others less (report.cell)."""
    pairs = paired(shots, base, key)
    return {**figure([ours - theirs for ours, theirs in pairs], len(shots) - len(pairs)), "difference": True}


def agreeing(one):
    """How many rounds of a difference have the sign of its median."""
    if not one["n"]:
        return "-"
    return f"{sum((value > 0) == (one['median'] > 0) for value in one['values'])} of {one['n']}"


def disturbed(shot):
    """Somebody else used the machine meanwhile: a process, or the host for another guest."""
    return shot.get("other_share", 0) > BUSY or any("stolen" in trouble for trouble in shot["trouble"])


def taken(bench, what, points, shoot, number):
    """One turn: a shot of each point."""
    shots = {}
    for point in points:
        shots[point] = {**shoot(point), "round": number}
        bench.progress(what, point, shots[point], number)
    return shots


def disturbance(shots):
    """Of a turn. A run that came to no end tells nothing of others, and is no better than one that had the machine taken from it."""
    return sum(shot.get("other_share", 1.0) for shot in shots.values())


def undisturbed(bench, what, points, shoot, number):
    """One turn. Where others disturbed a run all of it is taken again, once, where there is time for that, and the turn counts that
    others disturbed less: neither what was measured nor whose run it was has a say in it, and ratios stay within one turn."""
    began = time.monotonic()
    first = taken(bench, what, points, shoot, number)
    again_from = time.monotonic()
    if not any(map(disturbed, first.values())) or not bench.may_repeat(again_from - began):
        return first
    again = taken(bench, what, points, shoot, number)
    bench.repeating_s += time.monotonic() - again_from
    kept, dropped = (again, first) if disturbance(again) <= disturbance(first) else (first, again)
    return {point: {**kept[point], "dropped": dropped[point]} for point in points}


def turns_of(bench):
    """Of each contestant, in sections of short turns."""
    return bench.rounds * bench.many_turns


def interleave(bench, what, points, shoot, times=1):
    """Each point once a round, another one first in each round; `times` as many rounds as asked for. {point: [shot, ...]}"""
    shots = {point: [] for point in points}
    points = list(points)
    for number in bench.turns(times):
        turn = number % len(points)
        for point, shot in undisturbed(bench, what, points[turn:] + points[:turn], shoot, number).items():
            shots[point].append(shot)
    return shots
