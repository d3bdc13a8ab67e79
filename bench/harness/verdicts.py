"""What Penstock promises about its cost, held against what was measured.

A bar is kept or missed by the median of a promise's turns. Where some turns keep it and others do not, it lies within the spread,
and the verdict says so: another run could come out otherwise."""
from harness import figures
from harness.measures.scale import AS_INSTALLED

KIB = 1024


def row(what, one, bar, low_is_good=True, digits=2):
    """`one`: the figure of its turns. A row without a bar is measured for comparison, and no promise."""
    kept = None if bar is None else sum(value <= bar if low_is_good else value >= bar for value in one["values"])
    holds = None if bar is None or one["median"] is None else one["median"] <= bar if low_is_good else one["median"] >= bar
    return {"what": what, "figure": one, "bar": bar, "low_is_good": low_is_good, "digits": digits, "kept": kept, "holds": holds}


def ratio(shots, ours, theirs):
    return figures.ratio(shots.get(ours, []), shots.get(theirs, []), "cpu_us")


def verdicts(keep):
    cost, sizes, workers, many = (keep.get(name, {}) for name in ("cost", "sizes", "workers", "many"))
    large = "penstock", 64 * KIB
    rows = [
        row("CPU of a 1 KiB event, times nginx's", ratio(cost, "penstock", "nginx"), 1.9),
        row("CPU of a 64 KiB event, times nginx's with a buffer that takes it whole", ratio(sizes, large, ("nginx", 64 * KIB)), 1.6),
        row("CPU of a 64 KiB event, times nginx's as installed", ratio(sizes, large, (AS_INSTALLED, 64 * KIB)), None),
        row("CPU of nginx + ModSecurity + CRS for a 1 KiB event, times Penstock's", ratio(cost, "nginx + modsecurity", "penstock"), 70,
            low_is_good=False, digits=0),
        row("CPU of nginx + ModSecurity + CRS for a 16 KiB event, times Penstock's",
            ratio(sizes, ("nginx + modsecurity", 16 * KIB), ("penstock", 16 * KIB)), 500, low_is_good=False, digits=0),
        row("CPU of an event with two workers, times one worker", ratio(workers, ("penstock", 2), ("penstock", 1)), 1.08),
    ]
    for kind in ("functions", "issuers", "rules", "schemas"):
        # What was asked for: a configuration that was refused is in here without shots, and holds nothing.
        most = max([count for one, count in many if one == kind], default=10000)
        rows.append(row(f"CPU of an event with {most:,} {kind}, times 10 {kind}", ratio(many, (kind, most), (kind, 10)), 1.1))
    return rows


def worst_first(rows):
    """What does not hold, then what could not be told, then what holds, then what is no promise."""
    return sorted(rows, key=lambda one: 3 if one["bar"] is None else (False, None, True).index(one["holds"]))


def within_spread(one):
    return bool(one["kept"]) and one["kept"] < one["figure"]["n"]


def shown(one):
    """(the median, the lowest and highest or None)"""
    figure, digits = one["figure"], one["digits"]
    if figure["median"] is None:
        return "not measured", None
    # "1.08, at most 1.08" would not show on which side it lies.
    while one["bar"] is not None and digits < 4 and figure["median"] != one["bar"] and round(figure["median"], digits) == round(one["bar"], digits):
        digits += 1
    return (f"{figure['median']:,.{digits}f}",
            f"{figure['low']:,.{digits}f} to {figure['high']:,.{digits}f}" if figure["n"] > 1 else None)


def bar(one):
    return "-" if one["bar"] is None else f"{'at most' if one['low_is_good'] else 'at least'} {one['bar']:g}"


def turns(one):
    return "-" if one["bar"] is None or not one["figure"]["n"] else f"{one['kept']} of {one['figure']['n']}"


def verdict(one):
    if one["bar"] is None:
        return "no promise"
    if one["holds"] is None:
        return "not measured"
    said = "holds" if one["holds"] else "does not hold"
    return said + (", not for sure: the bar lies within the spread" if within_spread(one)
                   else ", by a single turn" if one["figure"]["n"] == 1 else "")


def tally(rows):
    """Sentences to begin with: how many hold, and each that does not."""
    rows = [one for one in rows if one["bar"] is not None]
    known = [one for one in rows if one["holds"] is not None]
    if not known:
        return "No promise was measured."
    held, missed = ([one for one in known if one["holds"] is which] for which in (True, False))
    said = f"Of {len(rows)} promises {len(held)} hold by the median of their turns and {len(missed)} do not"
    said += f"; {len(rows) - len(known)} were not measured." if len(known) < len(rows) else "."
    if missed:
        said += " What falls short here: " + "; ".join(
            f"{one['what']}: {shown(one)[0]}" + (f" ({shown(one)[1]})" if shown(one)[1] else "") + f", {bar(one)} is promised"
            + (f" ({turns(one)} turns keep it, so the bar lies within the spread)" if within_spread(one) else "") for one in missed) + "."
    unsure = [one for one in held if within_spread(one)]
    if unsure:
        said += " Not for sure, because some turns miss the bar: " + "; ".join(f"{one['what']} ({turns(one)} turns keep it)" for one in unsure) + "."
    if all(one["figure"]["n"] == 1 for one in known):
        said += " Each was measured in a single turn, which has no spread: take no verdict from that."
    return said
