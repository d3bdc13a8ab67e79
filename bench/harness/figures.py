"""Medians with their spread, and rounds in which everyone has a turn."""
import statistics


def figure(values, failed=0):
    """What a table's cell and a plot's point are: {median, low, high, n, failed}; None values are left out."""
    good = [value for value in values if value is not None]
    if not good:
        return {"median": None, "low": None, "high": None, "n": 0, "failed": failed}
    return {"median": statistics.median(good), "low": min(good), "high": max(good), "n": len(good), "failed": failed}


def of(shots, key):
    """The figure of one quantity over the shots that count."""
    good = [shot for shot in shots if not shot["trouble"]]
    return figure([shot.get(key) for shot in good], len(shots) - len(good))


def ratio(shots, base, key):
    """Ratios within a round, so that what both suffered from cancels out."""
    theirs = {shot["round"]: shot.get(key) for shot in base if not shot["trouble"]}
    good = [shot for shot in shots if not shot["trouble"] and theirs.get(shot["round"])]
    return figure([shot[key] / theirs[shot["round"]] for shot in good if shot.get(key)], len(shots) - len(good))


def interleave(bench, what, points, shoot, times=1):
    """Each point once a round, another one first in each round; `times` as many rounds as asked for. {point: [shot, ...]}"""
    shots = {point: [] for point in points}
    points = list(points)
    for number in bench.turns(times):
        turn = number % len(points)
        for point in points[turn:] + points[:turn]:
            shot = shoot(point)
            shot["round"] = number
            shots[point].append(shot)
            bench.progress(what, point, shot, number)
    return shots
