"""docs/benchmarks.md and its plots: the same report, for whoever reads the repository."""
from harness import report, svg
from harness.measures.scale import ABOUT_BUFFERS as BUFFERS
from harness.verdicts import bar, shown, turns, verdict, worst_first


def escape(text):
    return report.without_folders(text).replace("|", "\\|").replace("\n", " ")


def table(one):
    lines = ["| " + " | ".join(map(escape, one["columns"])) + " |",
             "| " + " | ".join("---:" if right else "---" for right in report.numeric_columns(one)) + " |"]
    for row in one["rows"]:
        lines.append("| " + " | ".join(escape(shown) + (f" ({escape(spread)})" if spread else "")
                                       for shown, spread, _ in report.cells(row)) + " |")
    return "\n".join(lines)


def section(one, folder):
    parts = [f"## {one['title']}", one["text"]]
    for plot in one["plots"]:
        (folder / f"{plot['name']}.svg").write_text(svg.draw(plot), encoding="utf-8")
        parts.append(f"![{escape(plot['title'])}](benchmarks/{plot['name']}.svg)")
    parts += [table(item) for item in one["tables"]]
    if one["notes"]:
        parts.append("\n".join(f"- {escape(note)}" for note in one["notes"]))
    return "\n\n".join(parts)


def machine(one):
    limit = f", limited to {one['cpu_limit']:g}" if one["cpu_limit"] else ""
    return (f"{one['cpu']}; {one['cpus']} CPUs{limit}; {one['memory_mib']:,} MiB; {one['system']}, Linux {one['kernel']}; virtualisation: "
            f"{one['virtual']}; load when it began: {one['load_at_start']:.2f}.\n\n"
            + ", ".join(f"{name} {version}" for name, version in one["versions"].items()) + ".")


def summary(rows):
    """Promises; what does not hold is bold."""
    lines = ["| promise | measured | bar | turns that keep it | by the median |", "| --- | ---: | ---: | ---: | --- |"]
    for row in worst_first(rows):
        value, spread = shown(row)
        said = f"**{verdict(row)}**" if row["holds"] is False else verdict(row)
        lines.append(f"| {escape(row['what'])} | {value}{f' ({spread})' if spread else ''} | {bar(row)} | {turns(row)} | {said} |")
    return "\n".join(lines)


def write(result, path):
    folder = path.parent / "benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.svg"):
        old.unlink()
    promises = summary(result["verdicts"])
    failed = report.failures(result["sections"])
    parts = [
        "# What Penstock costs, and what it catches",
        f"Written by `{result['command']}` on {result['date']}, in {result['seconds']:.0f} s; run it on your own machine to see yours.",
        f"**In short.** {' '.join(result['conclusion'])}", promises, BUFFERS, report.READING,
        f"{report.how_often(result)} {report.others(result['sections'])}", "## Machine", machine(result["machine"])]
    parts += [section(one, folder) for one in result["sections"]]
    parts.append("## What does not count")
    if failed:
        parts.append(f"{len(failed)} runs had errors or were throttled, and are in no figure:")
        parts.append("\n".join(f"- {escape(title)}: {escape(name)}, round {number}: {escape(trouble[:200])}" for title, name, number, trouble in failed[:40])
                     + (f"\n- and {len(failed) - 40} more, all in the JSON file" if len(failed) > 40 else ""))
    else:
        parts.append("No run had an error.")
    if result["left_out"]:
        parts.append("Left out:\n\n" + "\n".join(f"- {escape(name)}: {escape(why)}" for name, why in result["left_out"]))
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
