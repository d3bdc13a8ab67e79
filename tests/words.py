"""Tables of words (filters/core/words.h) stand in order: one out of its place would not be found."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIST = re.compile(r"#define (\w+)\(W\)((?:[^\n]*\\\n)*[^\n]*)")


def lists(text):
    for name, body in LIST.findall(text):
        words = re.findall(r'W\("([^"]*)"', body)
        if words:
            yield name, words


def main():
    count, wrong = 0, []
    for path in sorted(ROOT.glob("filters/**/*.[ch]")):
        for name, words in lists(path.read_text(encoding="utf-8")):
            if str(path).endswith("core/words.h"):
                continue
            count += 1
            wrong += [f"{path.relative_to(ROOT)}: {name}: '{after}' behind '{before}'"
                      for before, after in zip(words, words[1:]) if before.encode() >= after.encode()]
            wrong += [f"{path.relative_to(ROOT)}: {name}: '{word}' begins with another letter than '{words[0]}'"
                      for word in words if word[0] != words[0][0]]
    print("\n".join(wrong) or f"{count} lists in order")
    return 1 if wrong or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
