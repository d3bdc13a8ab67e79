"""What Penstock promises about its cost, held against what was measured."""
import statistics

from harness import figures

BUSY = 0.1  # of the machine used by others; at 0.8 an event was seen to take four times the CPU


def row(what, value, bar, low_is_good=True, digits=2):
    if value is None:
        return {"what": what, "value": "not measured", "bar": bar, "holds": None}
    return {"what": what, "value": f"{value:.{digits}f}", "bar": bar, "holds": value <= bar if low_is_good else value >= bar}


def paired(ours, theirs):
    """The median of the ratios within rounds."""
    return figures.ratio(ours, theirs, "cpu_us")["median"]


def verdicts(keep):
    cost, sizes, workers, many = (keep.get(name, {}) for name in ("cost", "sizes", "workers", "many"))
    rows = [
        row("CPU of a 1 KiB event, times nginx", paired(cost.get("penstock", []), cost.get("nginx", [])), 1.9),
        row("CPU of a 64 KiB event, times nginx", paired(sizes.get(("penstock", 65536), []), sizes.get(("nginx", 65536), [])), 1.6),
        row("nginx + ModSecurity + CRS takes times as much CPU at 1 KiB",
            paired(cost.get("nginx + modsecurity", []), cost.get("penstock", [])), 70, low_is_good=False, digits=0),
        row("nginx + ModSecurity + CRS takes times as much CPU at 16 KiB",
            paired(sizes.get(("nginx + modsecurity", 16384), []), sizes.get(("penstock", 16384), [])), 500, low_is_good=False, digits=0),
        row("CPU of an event with two workers, times one worker", paired(workers.get(("penstock", 2), []), workers.get(("penstock", 1), [])), 1.08),
    ]
    for kind in ("functions", "issuers", "rules", "schemas"):
        # What was asked for: a configuration that was refused is in here without shots, and holds nothing.
        most = max([count for one, count in many if one == kind], default=10000)
        rows.append(row(f"CPU of an event with {most:,} {kind}, times 10 {kind}", paired(many.get((kind, most), []), many.get((kind, 10), [])), 1.1))
    return rows


def worst_first(rows):
    """What does not hold, then what could not be told, then what holds."""
    return sorted(rows, key=lambda row: (False, None, True).index(row["holds"]))


def bar(one):
    return f"{'at least' if 'times as much' in one['what'] else 'at most'} {one['bar']:g}"


def falls_short(rows):
    """A sentence to begin with."""
    missed = [f"{one['what']}: {one['value']}, {bar(one)} is promised" for one in rows if one["holds"] is False]
    unknown = sum(one["holds"] is None for one in rows)
    said = ("What falls short here: " + "; ".join(missed) + "." if missed
            else "Every promise that was measured holds here." if unknown < len(rows) else "No promise was measured.")
    return said + (f" {unknown} of {len(rows)} promises were not measured." if 0 < unknown < len(rows) else "")


def other_load(shares):
    """A sentence about who else used the machine."""
    if not shares:
        return "Nothing was loaded."
    median = statistics.median(shares)
    said = f"Other processes used {median:.0%} of the machine in the median run, {shares[-1]:.0%} in the worst. "
    return said + ("So busy a machine makes every event dear (cold caches, wake-ups that no two events share), with ratios suffering least: "
                   "measure again when it is quiet." if median > BUSY else
                   "CPU per event suffers little from that (caches), latency and events a second much.")
