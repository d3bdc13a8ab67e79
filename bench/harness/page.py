"""The report as one HTML file that needs nothing else: no script, no font, no network."""
import html
import re

from harness import report, svg
from harness.measures.scale import ABOUT_BUFFERS as BUFFERS
from harness.verdicts import bar, shown, turns, verdict, worst_first

STYLE = """
:root{color-scheme:light dark;--ink:#1c2128;--soft:#59636e;--line:#d5dae0;--back:#fff;--good:#1f7d43;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ee;--soft:#9aa4b0;--line:#343b44;--back:#14181d;--good:#6fd092;--bad:#ff8a80}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--back);max-width:1000px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.7rem}h2{margin-top:3rem;border-bottom:1px solid var(--line)}a{color:inherit}
.wide{overflow-x:auto}table{border-collapse:collapse;font-size:.88rem;margin:1rem 0}
th,td{padding:.25rem .6rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}th{font-weight:600}
th.n{text-align:right}td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}small,.soft{color:var(--soft)}td small{display:block}
.yes{color:var(--good);font-weight:600}.no{color:var(--bad);font-weight:600}svg{max-width:100%;height:auto;margin:1rem 0}
code,pre{font:.82rem/1.4 ui-monospace,monospace}pre{white-space:pre-wrap;word-break:break-all}ul{padding-left:1.2rem}
"""


def escape(text):
    return html.escape(report.without_folders(text))


def prose(text):
    """Names of commands stand between backticks, as in the document."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def table(one):
    head = "".join(f"<th{' class=n' if right else ''}>{escape(column)}</th>" for column, right in zip(one["columns"], report.numeric_columns(one)))
    rows = ""
    for row in one["rows"]:
        rows += "<tr>"
        for shown, spread, numeric in report.cells(row):
            rows += f'<td{" class=n" if numeric else ""}>{escape(shown)}' + (f"<small>{escape(spread)}</small>" if spread else "") + "</td>"
        rows += "</tr>\n"
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


KINDS = {True: "yes", False: "no", None: "soft"}


def summary(rows):
    body = ""
    for row in worst_first(rows):
        value, spread = shown(row)
        body += (f"<tr><td>{escape(row['what'])}</td><td class=n>{escape(value)}" + (f"<small>{escape(spread)}</small>" if spread else "")
                 + f"</td><td class=n>{bar(row)}</td><td class=n>{turns(row)}</td><td class={KINDS[row['holds']]}>{escape(verdict(row))}</td></tr>")
    return ('<div class="wide"><table><thead><tr><th>promise</th><th class=n>measured</th><th class=n>bar</th><th class=n>turns that keep it</th>'
            f'<th>by the median</th></tr></thead><tbody>{body}</tbody></table></div>')


def machine(one):
    limit = f", limited to {one['cpu_limit']:g}" if one["cpu_limit"] else ""
    rows = [("CPU", f"{one['cpu']}; {one['cpus']} CPUs{limit}"), ("memory", f"{one['memory_mib']:,} MiB"),
            ("system", f"{one['system']}, Linux {one['kernel']}"), ("virtualisation", one["virtual"]), ("governor", one["governor"]),
            ("load when it began", f"{one['load_at_start']:.2f}"),
            ("versions", ", ".join(f"{name} {version}" for name, version in one["versions"].items()))]
    return "<table>" + "".join(f"<tr><th>{name}</th><td>{escape(value)}</td></tr>" for name, value in rows) + "</table>"


def section(one):
    parts = [f'<h2 id="{one["name"]}">{escape(one["title"])}</h2><p>{prose(one["text"])}</p>']
    parts += [svg.draw(plot) for plot in one["plots"]]
    parts += [table(item) for item in one["tables"]]
    if one["notes"]:
        parts.append("<ul>" + "".join(f"<li>{prose(note)}</li>" for note in one["notes"]) + "</ul>")
    said = report.commands(one)
    if said:
        parts.append(f"<details><summary>{len(said)} commands, as they were run; {one['seconds']:.0f} s in all</summary><pre>"
                     + "\n".join(f"# {escape(name)}\n{escape(command)}" for name, command in said.items()) + "</pre></details>")
    return "\n".join(parts)


def write(result):
    failed = report.failures(result["sections"])
    lost = "".join(f"<li>{escape(title)}: {escape(name)}, round {number}: {escape(trouble)}</li>" for title, name, number, trouble in failed)
    contents = "".join(f'<li><a href="#{one["name"]}">{escape(one["title"])}</a></li>' for one in result["sections"])
    left = "".join(f"<li>{escape(name)}: {escape(why)}</li>" for name, why in result["left_out"])
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Penstock: what it costs</title><style>{STYLE}</style></head><body>
<h1>Penstock: what it costs, and what it catches</h1>
<p class="soft">{escape(result["date"])}, <code>{escape(result["command"])}</code>, {result["seconds"]:.0f} s in all.</p>
<p><strong>In short.</strong> {escape(" ".join(result["conclusion"]))}</p>
{summary(result["verdicts"])}
<p>{prose(BUFFERS)}</p>
<p>{escape(report.READING)}</p>
<p>{escape(report.how_often(result))} {escape(report.others(result["sections"]))}</p>
<h2>Machine</h2>{machine(result["machine"])}
<h2>Contents</h2><ol>{contents}</ol>
{"".join(section(one) for one in result["sections"])}
<h2>What does not count</h2>
{f"<p>{len(failed)} runs had errors, or were throttled, and are in no figure:</p><ul>{lost}</ul>" if failed else "<p>No run had an error.</p>"}
{f"<p>Left out:</p><ul>{left}</ul>" if left else ""}
</body></html>
"""
