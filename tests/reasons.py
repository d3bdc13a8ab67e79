#!/usr/bin/env python3
"""docs/events/reasons.md lists the reasons for which an event is refused while it is taken apart, and each is named
in a page that its row links to.

Usage: tests/reasons.py [ROOT] — exit status 1 with one line for each that only the code has, or only the page, or no
linked page.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent).resolve()

KINDS = "charset|cloudevents|event|form|graphql|json|multipart|ndjson|openapi|query|schema|text|type|xml"
IN_CODE = re.compile(rf'"((?:{KINDS})\.[a-z0-9_]+)"')
IN_PAGE = re.compile(rf"`((?:{KINDS})\.[a-z0-9_]+)`")


LIMITS = {"depth", "nodes", "string", "number", "fields", "memory"}
LINK = re.compile(r"\]\(((?:\.\./)?[a-z_-]+\.md)")


def is_named(reason, said):
    """Whole, or in a table headed "`kind.…`" by its ending; endings of limits are told on the page of reasons."""
    kind, _, ending = reason.partition(".")
    return f"`{reason}`" in said or ending in LIMITS or (f"`{kind}.…`" in said and f"`{ending}`" in said)


def unnamed(folder, text):
    """(reason, pages) of the rows whose pages do not name what is listed."""
    for row in text.splitlines():
        pages = sorted(set(LINK.findall(row)))
        if not row.startswith("| ") or not pages:
            continue
        said = "".join((folder / page).read_text() for page in pages)
        yield from ((reason, pages) for reason in IN_PAGE.findall(row) if not is_named(reason, said))


def main():
    gateway = ROOT / "gateway"
    sources = [*(ROOT / "filters" / "core").rglob("*.c"), *(gateway / "schema").glob("*.c"), gateway / "content.c",
               gateway / "pipeline.c"]
    code = {reason for path in sources for reason in IN_CODE.findall(path.read_text())}
    folder = ROOT / "docs" / "events"
    text = (folder / "reasons.md").read_text()
    page = set(IN_PAGE.findall(text))
    for reason in sorted(code - page):
        print(f"docs/events/reasons.md lacks {reason}")
    for reason in sorted(page - code):
        print(f"docs/events/reasons.md has {reason}, and nothing refuses for it")
    missing = list(unnamed(folder, text))
    for reason, pages in missing:
        print(f"docs/events/reasons.md sends {reason} to {' and '.join(pages)}, which does not name it")
    return code != page or bool(missing)


sys.exit(main())
