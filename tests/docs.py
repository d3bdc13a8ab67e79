#!/usr/bin/env python3
"""What docs/filters/*.md print as examples is what `penstock scan` finds: rule and score of every row.

Usage: tests/docs.py PENSTOCK [ROOT] — exit status 1 with one line for each example that is not as printed.

A table counts when a column is called "example". Its code spans are put where a sender could put them: into a value, a
name, a whole event, a field, a form. Spans with … or ... are shortened and stand for many; they are passed over.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

PENSTOCK = sys.argv[1]
ROOT = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(__file__).parent.parent).resolve()

SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
SHORTENED = re.compile(r"…|(?<!\.)\.\.\.(?!\.)")
FIELD = re.compile(r"[A-Za-z][A-Za-z-]*: [ -~]+")
CONFIG = """
listen: [{ address: 127.0.0.1:0 }]
upstreams: { u: { url: http://127.0.0.1:1 } }
functions: { f: { route: /f, upstream: u, sinks: [%s] } }
"""


def cells(line):
    """The cells of a row; a bar behind a backslash stands in its cell."""
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]


def spans(cell):
    cell = cell.replace("` + line break + `", "\n")
    return [text[1:-1] if text.startswith(" ") and text.endswith(" ") and text.strip() else text
            for _, text in SPAN.findall(cell)]


def bounds(score):
    """Least and most that a score column says; "to 95" has no least, "from 55" no most."""
    numbers = [int(number) for number in re.findall(r"\b\d+\b", score)]
    if not numbers:
        return 0, 100
    least = 0 if score.startswith("to ") else min(numbers)
    return least, 100 if score.startswith("from ") else max(numbers)


def rows():
    """(page:line, rules, examples, least, most) of every row that has an example."""
    for page in sorted((ROOT / "docs" / "filters").glob("*.md")):
        columns, rules = None, set()
        for number, line in enumerate(page.read_text().splitlines(), 1):
            if not line.startswith("|"):
                columns = None
                continue
            row = cells(line)
            if columns is None:
                columns = [name.strip() for name in row]
            elif "example" in columns and "rule" in columns and not set(line) <= set("|- :"):
                named = spans(row[columns.index("rule")])
                rules = set(named) if named else rules  # an empty cell is the rule above
                rules = {(page.stem + rule) if rule.startswith(".") else rule for rule in rules}
                last = row[-1]
                yield f"{page.name}:{number}", rules, spans(row[columns.index("example")]), *bounds(last)


def in_json(example):
    """Events of JSON in which the example stands."""
    yield {"v": example}
    yield {example: 1}
    try:
        yield json.loads(example if example.startswith("{") else "{" + example + "}")
    except ValueError:
        pass


def scan(config, text, options=()):
    """(rule, score) of all findings, a list for each event."""
    command = [PENSTOCK, "scan", "-c", config, "--function", "f", *options]
    run = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if run.stderr:
        sys.exit(run.stderr)
    return [[(finding["rule"], finding["score"]) for finding in json.loads(answer)["findings"]]
            for answer in run.stdout.splitlines()]


def elsewhere(config, example):
    """Findings where the example is a field of the head, or of a form."""
    if FIELD.fullmatch(example) and not example.lower().startswith("content-type:"):
        yield from scan(config, "{}\n", ["--header", example])
    elif "=" in example:
        yield from scan(config, example.lstrip("?"), ["--type", "application/x-www-form-urlencoded"])


def main():
    sources = (source.read_text() for source in (ROOT / "filters").glob("*.c"))
    sinks = {sink for text in sources for names in re.findall(r'\.sinks = "([a-z ]+)"', text) for sink in names.split()}
    examples = [(where, rules, example, least, most) for where, rules, examples, least, most in rows()
                for example in examples if not SHORTENED.search(example)]
    wrong = 0
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as config:
        config.write(CONFIG % ", ".join(sorted(sinks)))
        config.flush()
        events = [list(in_json(example)) for _, _, example, _, _ in examples]
        answers = iter(scan(config.name, "".join(json.dumps(event) + "\n" for group in events for event in group)))
        for (where, rules, example, least, most), group in zip(examples, events):
            def fits(finding):
                return finding[0] in rules and least <= finding[1] <= most
            found = {finding for _ in group for finding in next(answers)}
            if any(map(fits, found)):
                continue
            found |= {finding for findings in elsewhere(config.name, example) for finding in findings}
            if any(map(fits, found)):
                continue
            print(f"docs/filters/{where}: {example!r} is not {', '.join(sorted(rules))} with {least} to {most}, but "
                  f"{sorted(found)}")
            wrong += 1
    print(f"{len(examples)} examples, {wrong} not as printed")
    return 1 if wrong or not examples else 0


sys.exit(main())
