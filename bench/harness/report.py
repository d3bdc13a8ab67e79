"""What a measure hands back: tables, plots and sentences, without a word about how they look."""
import re
import statistics

from harness import figures
from harness.common import ROOT


def section(text, shots, tables, plots, notes=()):
    return {"text": text, "shots": {name_of(key): some for key, some in shots.items()}, "tables": tables, "plots": plots,
            "notes": list(notes)}


def name_of(key):
    return key if isinstance(key, str) else ", ".join(map(str, key))


def table(columns, rows):
    """Cells are texts, numbers, or figures (figures.figure)."""
    return {"columns": columns, "rows": rows}


def bars(name, title, unit, rows, log=False):
    """Horizontal bars: rows of (label, figure)."""
    return {"kind": "bars", "name": name, "title": title, "unit": unit, "rows": rows, "log": log}


def lines(name, title, x_label, y_label, series, log_x=False, log_y=False, sizes=False):
    """{series: [(x, figure), ...]}; with `sizes` x is in bytes, and named in KiB and MiB."""
    return {"kind": "lines", "name": name, "title": title, "x_label": x_label, "y_label": y_label, "series": series, "log_x": log_x,
            "log_y": log_y, "sizes": sizes}


def flame(name, title, stacks):
    """{(outermost, ..., innermost): samples}"""
    return {"kind": "flame", "name": name, "title": title, "stacks": stacks}


def number(value):
    """Three digits, which is more than most of it holds."""
    if value is None:
        return "-"
    if isinstance(value, int) or abs(value) >= 1000:
        return f"{value:,.0f}"
    digits = 0 if abs(value) >= 99.95 else 1 if abs(value) >= 9.995 else 2 if abs(value) >= 0.1 or value == 0 else 4
    return f"{value:,.{digits}f}"


def spread(one):
    return f"{number(one['low'])} to {number(one['high'])}"


def cell(value):
    """(what is shown, its spread or None, whether it is a number)"""
    if isinstance(value, dict):
        failed = f"{value['failed']} failed" if value["failed"] else None
        if value["median"] is None:
            return ("not counted" if failed else "-"), failed, True
        if value.get("difference") and value["n"] > 1 and value["low"] <= 0 <= value["high"]:
            return "within noise", "; ".join(filter(None, (f"{number(value['median'])}, {spread(value)}", failed))), True
        return number(value["median"]), "; ".join(filter(None, (spread(value) if value["n"] > 1 else None, failed))) or None, True
    if isinstance(value, (int, float)):
        return number(value), None, True
    return str(value), None, bool(re.fullmatch(r"-|[\d.,]+%|\d+ of \d+", str(value)))


def cells(row):
    """All of a row. That its runs failed is said once, not in each column."""
    shown, told = [], False
    for value in row:
        failed = isinstance(value, dict) and value["failed"] > 0
        shown.append(cell({**value, "failed": 0} if failed and told else value))
        told = told or failed
    return shown


def numeric_columns(one):
    """Which columns have nothing but numbers."""
    return [all(right for _, _, right in column) for column in zip(*map(cells, one["rows"]))] or [False] * len(one["columns"])


def without_folders(text):
    """Without folders of the machine that it was made on."""
    return re.sub(r"/\S*/penstock-bench-\w+/", "", str(text)).replace(str(ROOT) + "/", "")


def size_name(size):
    return f"{size} B" if size < 1 << 10 else f"{size >> 10} KiB" if size < 1 << 20 else f"{size >> 20} MiB"


READING = (
    "How to read it. CPU us an event: microseconds of CPU that a contestant's own processes used, kernel work for its sockets included, by "
    "the kernel's accounting, divided by the events that it answered 200. CPU, times nginx's: that, divided by what nginx used for the same "
    "event in the same turn; nginx ends TLS 1.3, forwards over mutual TLS with one worker, and checks nothing. Figures are medians of the "
    "turns, with the lowest and highest beside them. A bar is kept or missed by the median; where some turns keep it and others miss it, "
    "it lies within the spread, and another run could come out otherwise. Callers, function and contestant share the machine, over loopback: "
    "events a second are of all three together.")


def how_often(result):
    return (f"Rounds: {result['rounds']}, in which every contestant has a turn of {result['shot_seconds']} s, another one first each time; in sections "
            f"with a bar on time and for stages {result['turns']} turns of a second. Ratios are taken within a turn.")


def failures(sections):
    """(section, what, round, trouble) of every shot that does not count."""
    return [(one["title"], name, shot["round"] + 1, "; ".join(shot["trouble"]))
            for one in sections for name, some in one["shots"].items() for shot in some if shot["trouble"]]


def runs(sections):
    """All runs by a generator that are in a table or among what does not count; not those that were repeated."""
    return [shot for one in sections for some in one["shots"].values() for shot in some if "other_share" in shot]


def others(sections):
    """Sentences about who else used the machine, and what was done about it."""
    all_runs = runs(sections)
    if not all_runs:
        return "Nothing was loaded."
    shares = [shot["other_share"] for shot in all_runs]
    median, repeated, still = statistics.median(shares), sum("dropped" in shot for shot in all_runs), sum(map(figures.disturbed, all_runs))
    said = (f"Others (processes that are neither contestant, function nor generator, and the host's other guests) used {median:.0%} of the "
            f"machine in the median run and {max(shares):.0%} in the worst. {repeated} of {len(all_runs)} runs were repeated, because in their turn "
            f"of all contestants one had more than {figures.BUSY:.0%}; of the two turns the one that others disturbed less is kept as a whole, "
            f"whatever it measured (both are in the JSON file). {still} runs with more than that are in the figures, or among what does not "
            "count: time for repeats was up, or the repeat was no better. ")
    return said + ("So busy a machine makes every event dear (cold caches, wake-ups that no two events share), with ratios suffering least: "
                   "measure again when it is quiet." if median > figures.BUSY else
                   "CPU per event suffers little from that (caches), latency and events a second much.")


def commands(one):
    """One exact command for each row that was measured by one."""
    return {name: some[-1]["command"] for name, some in one["shots"].items() if some and "command" in some[-1]}
