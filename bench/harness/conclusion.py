"""What to take home, in one paragraph: made of the figures, and silent about what was not measured."""
import statistics

from harness import figures
from harness.measures.scale import AS_INSTALLED
from harness.report import number, spread
from harness.verdicts import KIB, ratio, tally

EVERYTHING = "one worker that proves the token, inspects the whole event and records it"


def times(one):
    return f"{number(one['median'])} times" + (f" ({spread(one)})" if one["n"] > 1 else "")


def of_cost(cost):
    ours, to_nginx = figures.of(cost.get("penstock", []), "cpu_us"), ratio(cost, "penstock", "nginx")
    if not ours["median"]:
        return None
    rate = float(f"{1e6 / ours['median']:.2g}")
    said = f"A 1 KiB event costs Penstock {number(ours['median'])} us of CPU ({EVERYTHING}), so about {rate:,.0f} a second use up a core"
    if to_nginx["median"]:
        said += f"; that is {times(to_nginx)} what nginx takes to forward it, looking at nothing"
    return said + "."


def of_sizes(sizes):
    large = "penstock", 64 * KIB
    to_nginx, installed = ratio(sizes, large, ("nginx", 64 * KIB)), ratio(sizes, large, (AS_INSTALLED, 64 * KIB))
    if not to_nginx["median"]:
        return None
    return (f"Every byte is read, so larger events cost more than to forward them: 64 KiB {times(to_nginx)} nginx's CPU"
            + (f", {times(installed)} that of nginx as Debian installs it" if installed["median"] else "") + ".")


def of_firewalls(cost, sizes):
    small, large = ratio(cost, "nginx + modsecurity", "penstock"), ratio(sizes, ("nginx + modsecurity", 16 * KIB), ("penstock", 16 * KIB))
    if not small["median"]:
        return None
    return (f"nginx with ModSecurity and the Core Rule Set takes {times(small)} Penstock's CPU for 1 KiB"
            + (f" and {times(large)} for 16 KiB" if large["median"] else "") + ".")


def of_latency(latency):
    """At the highest rate that both were measured at."""
    for rate in sorted({rate for _, rate in latency}, reverse=True):
        ours, theirs = (figures.percentile(latency.get((name, rate), []), "p99") for name in ("penstock", "nginx"))
        if ours["median"] and theirs["median"]:
            return (f"With {rate:,} such events a second offered, 99 of 100 are answered within {number(ours['median'])} ms behind Penstock, "
                    f"{number(theirs['median'])} ms behind nginx.")
    return None


def of_detection(kept):
    if not kept:
        return None

    def shares(name):
        attacks, benign = (kept["blocked"][name].get(label, [0, 0]) for label in ("attack all", "benign all"))
        return " and ".join(f"{blocked / count:.1%} of {what}" for (count, blocked), what in ((attacks, "the attacks"), (benign, "what is benign")) if count)
    names = [name for name in ("penstock", "nginx + modsecurity") if name in kept["blocked"]]
    said = f"Of the rows in {kept['of']} " + "; ".join(f"{name} blocks {shares(name)}" for name in names) + "."
    return said + ("" if kept["held_out"] else " Penstock's filters may have been tuned on these rows, the Core Rule Set was not: judge by rows of your own.")


def sentences(keep, rows, other_shares=()):
    """A list; promises come last, and whether the machine was fit to measure them."""
    cost, sizes = keep.get("cost", {}), keep.get("sizes", {})
    said = [of_cost(cost), of_sizes(sizes), of_firewalls(cost, sizes), of_latency(keep.get("latency", {})), of_detection(keep.get("detection"))]
    said += [tally(rows)]
    if other_shares and statistics.median(other_shares) > figures.BUSY:
        said.append(f"Others used {statistics.median(other_shares):.0%} of the machine in the median run: measure again when it is quiet.")
    return [*filter(None, said)]
