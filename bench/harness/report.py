"""What a measure hands back: tables, plots and sentences, without a word about how they look."""
import re

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


def cell(value):
    """(what is shown, its spread or None, whether it is a number)"""
    if isinstance(value, dict):
        failed = f"{value['failed']} failed" if value["failed"] else None
        if value["median"] is None:
            return ("not counted" if failed else "-"), failed, True
        spread = f"{number(value['low'])} to {number(value['high'])}" if value["n"] > 1 else None
        return number(value["median"]), "; ".join(filter(None, (spread, failed))) or None, True
    if isinstance(value, (int, float)):
        return number(value), None, True
    return str(value), None, bool(re.fullmatch(r"-|[\d.,]+%", str(value)))


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


def failures(sections):
    """(section, what, round, trouble) of every shot that does not count."""
    return [(one["title"], name, shot["round"] + 1, "; ".join(shot["trouble"]))
            for one in sections for name, some in one["shots"].items() for shot in some if shot["trouble"]]


def other_shares(sections):
    return sorted(shot["other_share"] for one in sections for some in one["shots"].values() for shot in some if "other_share" in shot)


def commands(one):
    """One exact command for each row that was measured by one."""
    return {name: some[-1]["command"] for name, some in one["shots"].items() if some and "command" in some[-1]}
