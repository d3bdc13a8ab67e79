"""A peer of bench/schema: Debian's python3-jsonschema.

    python_jsonschema.py serve SCHEMA EVENT     as bench_schema --serve
    python_jsonschema.py verdicts SCHEMA        as bench_schema --verdicts

Run by Debian's own Python, which is the one that has the package. Of the formats that the schemas name,
date-time and uri-template need packages that Debian does not have; the checks here stand in for them, shorter than any.
uri is checked by python3-rfc3987, which the package recommends; where it is absent, verdicts will differ.
"""
import json
import pathlib
import re
import sys
import time

import jsonschema

DATE_TIME = re.compile(r"\d{4}-(0\d|1[0-2])-([0-2]\d|3[01])[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)\Z", re.A)
TEMPLATE = re.compile(r"(?:[^\s\"'<>\\^`{|}]|\{[^\s{}]+\})*\Z")
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")

checker = jsonschema.FormatChecker()
checker.checks("date-time")(lambda text: not isinstance(text, str) or DATE_TIME.match(text) is not None)
checker.checks("uri-template")(lambda text: not isinstance(text, str) or TEMPLATE.match(text) is not None)
checker.checks("uuid")(lambda text: not isinstance(text, str) or UUID.match(text) is not None)


def main():
    what, schema, *event = sys.argv[1:]
    validator = jsonschema.Draft202012Validator(json.loads(pathlib.Path(schema).read_text(encoding="utf-8")),
                                                format_checker=checker)
    if what == "verdicts":
        for line in sys.stdin:
            print("valid" if validator.is_valid(json.loads(line)) else "invalid", flush=True)
        return
    text = pathlib.Path(event[0]).read_bytes().rstrip(b"\n")
    value = json.loads(text)
    tasks = {"whole": lambda: validator.is_valid(json.loads(text)), "read": lambda: json.loads(text) is not None,
             "verdict": lambda: validator.is_valid(value)}
    for line in sys.stdin:
        task, times = line.split()
        run, fine = tasks[task], True
        start = time.process_time_ns()
        for _ in range(int(times)):
            fine = run() and fine
        spent = time.process_time_ns() - start
        if not fine:
            sys.exit("the event is not valid by its schema")
        print(spent, flush=True)


main()
