#!/usr/bin/env python3
"""filters/schema/idn_table.def is what its script computes, where Perl's Unicode is the table's.

Usage: idn_table.py ROOT
"""
import pathlib
import subprocess
import sys

FOLDER = pathlib.Path(sys.argv[1]) / "filters/schema"


def version(text):
    return text.split("\n", 1)[0]


committed = (FOLDER / "idn_table.def").read_text(encoding="ascii")
try:
    run = subprocess.run(["perl", FOLDER / "idn_table.pl"], capture_output=True, text=True, check=False)
except FileNotFoundError:
    print("skipped: no Perl here")
    sys.exit(77)
if run.returncode != 0 or run.stderr != "":
    print(run.stderr)
    sys.exit(77 if "Can't locate" in run.stderr else 1)
if version(run.stdout) != version(committed):
    print(f"skipped: {version(run.stdout)} here, {version(committed)} in the table")
    sys.exit(77)
if run.stdout != committed:
    print("idn_table.def is not what idn_table.pl writes")
    sys.exit(1)
