#!/usr/bin/env python3
"""docs/events/reasons.md lists the reasons for which an event is refused while it is taken apart.

Usage: tests/reasons.py [ROOT] — exit status 1 with one line for each that only the code has, or only the page.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent).resolve()

KINDS = "charset|cloudevents|event|form|graphql|json|multipart|ndjson|query|text|type|xml"
IN_CODE = re.compile(rf'"((?:{KINDS})\.[a-z0-9_]+)"')
IN_PAGE = re.compile(rf"`((?:{KINDS})\.[a-z0-9_]+)`")


def main():
    code = {reason for path in (ROOT / "filters" / "core").rglob("*.c") for reason in IN_CODE.findall(path.read_text())}
    page = set(IN_PAGE.findall((ROOT / "docs" / "events" / "reasons.md").read_text()))
    for reason in sorted(code - page):
        print(f"docs/events/reasons.md lacks {reason}")
    for reason in sorted(page - code):
        print(f"docs/events/reasons.md has {reason}, and nothing refuses for it")
    return code != page


sys.exit(main())
