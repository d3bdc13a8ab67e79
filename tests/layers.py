#!/usr/bin/env python3
"""The house rules that a compiler does not check: layers, one place per library, banned functions.

Usage: tests/layers.py [ROOT] — exit status 1 with one line per breach.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent).resolve()

# From the floor up. A file includes only from its own layer and from those before it. The first
# pattern that matches decides.
LAYERS = [
    ("core", [r"filters/core/"]),
    ("schemas", [r"filters/schema/"]),
    ("filters", [r"filters/"]),
    ("ground", [r"gateway/(clock|log|loop|cpus|digest|file|file_watch|net|notify|pair|pressure|readiness|want)\.",
                r"gateway/(wire|metrics|tls)/"]),
    ("config", [r"gateway/(config|schema)/", r"gateway/(snapshot|chains|sockets|handover|policy_dates|tls_files)\."]),
    ("auth", [r"gateway/auth/"]),
    ("transport", [r"gateway/(edge|upstream)/", r"gateway/(listener|fetch|keyring|sns_keeper|upstream)\."]),
    ("pipeline", [r"gateway/(problem|trace|provenance|forward|inspect|mask|request|response|response_type|pipeline|content|webhook|webhook_sns)\."]),
    ("record", [r"gateway/(record|admin)/"]),
    ("process", [r"gateway/task/", r"gateway/(worker|listeners|gateway|devcerts)\."]),
    ("commands", [r"gateway/cli/", r"gateway/main\."]),
]

# Who may include a library's header.
LIBRARIES = {
    r"microhttpd\.h": [r"gateway/listener\.c", r"gateway/admin/admin\.c"],
    r"curl/curl\.h": [r"gateway/upstream/libcurl\.h", r"gateway/fetch\.c", r"gateway/cli/demo/.*\.c",
                      r"gateway/cli/health_command\.c"],
    r"openssl/.*": [r"gateway/tls/.*\.[ch]", r"gateway/(digest|devcerts)\.c",
                    r"gateway/edge/transport\.c",
                    r"gateway/auth/(keys|keyset|jwk|jws|signer|prover|key)\.[ch]"],
    r"jwt\.h": [r"gateway/auth/(second_reader|mint|signer)\.c"],
    r"jansson\.h": [r"gateway/auth/(second_reader|mint|signer)\.c"],
    r"hs\.h": [r"filters/core/pattern\.c"],
    r"pcre2\.h": [r"filters/core/pattern\.c"],
    r"yaml\.h": [r"gateway/config/yaml\.c"],
    r"zlib\.h": [r"filters/core/codec/inflate\.c"],
}

BANNED = r"\b(sprintf|vsprintf|strcpy|strcat|strtok|strtok_r|atoi|atol|atof|gets|alloca)\s*\("
FORMATTER = "clang-format version 14"  # Debian 12's; later ones differ about macros
LONGEST = {"filters": 600, "gateway": 600, "tests": 800, "bench": 600}  # tables of cases are long

breaches = []


def breach(path, line, what):
    breaches.append(f"{path}:{line}: {what}")


def layer(path):
    for rank, (name, patterns) in enumerate(LAYERS):
        if any(re.match(pattern, path) for pattern in patterns):
            return rank, name
    return None, None


def without_comments_and_strings(text):
    """The same text with comments and literals blanked, so that line numbers stay."""
    pattern = r"/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
    return re.sub(pattern, lambda m: re.sub(r"[^\n]", " ", m.group()), text, flags=re.S)


def check_includes(path, text):
    rank, name = layer(path)
    if rank is None:
        breach(path, 1, "belongs to no layer; tests/layers.py lists them")
        return
    for number, line in enumerate(text.splitlines(), 1):
        own = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        if own:
            if not (ROOT / own.group(1)).exists() and not own.group(1).endswith(".def"):
                breach(path, number, f"include from the root, not {own.group(1)}")
                continue
            other, other_name = layer(own.group(1))
            if other is not None and other > rank:
                breach(path, number, f"{name} includes {own.group(1)} of {other_name}: arrows point down")
        foreign = re.match(r"\s*#\s*include\s+<([^>]+)>", line)
        for library, places in LIBRARIES.items():
            if foreign and re.fullmatch(library, foreign.group(1)):
                if not any(re.fullmatch(place, path) for place in places):
                    breach(path, number, f"<{foreign.group(1)}> is known to {', '.join(places)} alone")


def check_text(path, text):
    bare = without_comments_and_strings(text)
    for number, line in enumerate(bare.splitlines(), 1):
        if "//" in line:
            breach(path, number, "comments are /* */")
        if re.search(BANNED, line):
            breach(path, number, "banned function: lengths travel with pointers")
    lines = text.count("\n")
    most = LONGEST[path.split("/")[0]]
    if lines > most:
        breach(path, lines, f"longer than {most} lines: more than one subject")


def check_headers_compile(headers):
    for header in headers:
        run = subprocess.run(["cc", "-std=c17", "-D_GNU_SOURCE", "-fsyntax-only", "-I", ROOT, "-x", "c", header],
                             capture_output=True, text=True, check=False)
        if run.returncode != 0:
            breach(header.relative_to(ROOT), 1, "does not compile alone: " + run.stderr.splitlines()[0])


def check_format(files):
    try:
        version = subprocess.run(["clang-format", "--version"], capture_output=True, text=True, check=True).stdout
        if FORMATTER not in version:
            print(f"skipped: the form is what {FORMATTER} makes of it, and this is {version.strip()}")
            return
        run = subprocess.run(["clang-format", "--dry-run", "-Werror", *files], cwd=ROOT, capture_output=True,
                             text=True, check=False)
    except FileNotFoundError:
        print("skipped: clang-format is not installed; formatting was not checked")
        return
    for line in run.stderr.splitlines():
        if "error:" in line:
            breaches.append(line.split(" error:")[0] + " not formatted: make format")


def main():
    files = sorted(p for top in ("filters", "gateway") for p in (ROOT / top).rglob("*.[ch]"))
    others = sorted(p for top in ("tests", "bench") for p in (ROOT / top).rglob("*.[ch]"))
    if len(files) < 20:
        sys.exit(f"only {len(files)} sources found below {ROOT}: nothing was checked")
    for file in files:
        path = file.relative_to(ROOT).as_posix()
        text = file.read_text(encoding="utf-8")
        check_includes(path, text)
        check_text(path, text)
    for file in others:
        check_text(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8"))
    check_headers_compile([f for f in files if f.suffix == ".h"])
    check_format([str(f) for f in files + others])
    for line in breaches:
        print(line)
    print(f"{len(files) + len(others)} files, {len(breaches)} breaches")
    sys.exit(1 if breaches else 0)


if __name__ == "__main__":
    main()
