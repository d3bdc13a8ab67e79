"""Our ECMA-262 expressions and Node.js's, over expressions and texts made at random.

What we accept Node.js accepts, and finds in the same texts. What only we refuse is either beyond the flag "u" (Annex B),
or refused for one of the reasons that filters/schema/ecma.h names.

Usage: ecma_node.py ECMA_MATCH [COUNT [SEED]]
"""
import collections
import json
import random
import re
import shutil
import struct
import subprocess
import sys

NODE = r"""
const read = (p, flags) => { try { return new RegExp(p, flags) } catch { return null } };
for (const line of require("fs").readFileSync(0, "utf8").split("\n")) {
  if (line === "") continue;
  const [p, t] = JSON.parse(line);
  const strict = read(p, "u"), lenient = strict === null ? read(p, "") : null;
  console.log(strict !== null ? (strict.test(t) ? "yes" : "no")
            : lenient !== null ? (lenient.test(t) ? "lenient yes" : "lenient no") : "refused");
}
"""

CHARS = ["a", "a", "b", "b", "A", "1", "_", "-", " ", "\n", "\r", "\u2028", "\u2029", "\u00e9", "\ufeff", "\u00a0",
         "\u180e", "\U0001F432", "\u4e2d", ":", ",", "=", "!", "<", "/", "\0", "\u017f", "\u212a"]
ESCAPES = [r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", r"\t", r"\n", r"\v", r"\f", r"\r", r"\cA", r"\cj", r"\0", r"\x61",
           r"\u0061", r"\u00e9", r"\u{61}", r"\u{1F432}", r"\ud83d\udc32", r"\ud83d", r"\udc32", r"\.", r"\/", r"\\",
           r"\$", r"\^", r"\p{L}", r"\P{L}", r"\p{Letter}", r"\p{Lu}", r"\p{gc=Nd}", r"\p{digit}", r"\p{Script=Latin}",
           r"\p{sc=Han}", r"\p{scx=Grek}", r"\P{ASCII}", r"\p{Any}", r"\P{Assigned}", r"\p{White_Space}", r"\p{LC}",
           r"\p{Emoji}"]
ODD_ESCAPES = [r"\a", r"\A", r"\z", r"\Z", r"\h", r"\R", r"\X", r"\K", r"\Q", r"\E", r"\G", r"\e", r"\i", r"\-", r"\_",
               r"\@", r"\ ", r"\c", r"\c1", r"\x", r"\x6", r"\u", r"\u{", r"\u{110000}", r"\u006", r"\p", r"\p{}",
               r"\p{Foo}", r"\p{letter}", r"\pL", r"\8", r"\012", r"\101", r"\00", r"\400", r"\k", r"\k<", r"\k<x>",
               r"\é", "\\"]
ODD = ["{", "}", "]", "{}", "{,3}", "{a", "{1", "(?i)", "(?>a)", "(?#x)", "(?P<n>a)", "(?P=n)", "(*FAIL)", "(?R)",
       "(?1)", "(?|a|b)", "(?(1)a|b)", "a++", "a{1}{2}", "a**", "[[:alpha:]]", "[a", ")", "(", "(?<n", "(?<1>a)", "(?<>a)",
       "(?", "(?:", "^*", "$+", r"\b*", "*", "+", "?", "|", "{2,1}", "a{2,1}", "[[:alpha:]", "{2}", "a{99999999999}"]


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, choices):
        return self.random.choice(choices)

    def chance(self, p):
        return self.random.random() < p

    def number(self):
        return str(self.pick([0, 0, 1, 1, 2, 3]))

    def quantifier(self):
        form = self.pick(["*", "+", "?", "{%s}", "{%s,}", "{%s,%s}", "*", "?"])
        low = self.number()
        form = form % tuple([low, str(int(low) + int(self.number()))][:form.count("%s")])
        return form + ("?" if self.chance(0.15) else "")

    def class_atom(self):
        if self.chance(0.04):
            return self.pick(ODD_ESCAPES)
        if self.chance(0.3):
            return self.pick(ESCAPES + [r"\b", r"\-"])
        return self.pick(CHARS + ["^", ".", "[", "(", "|", "$"])

    def char_class(self):
        inside = ""
        for _ in range(self.random.randrange(4)):
            inside += self.class_atom()
            if self.chance(0.25):
                inside += "-" + self.class_atom()
        return "[" + ("^" if self.chance(0.3) else "") + inside + "]"

    def atom(self, depth):
        kind = self.random.random()
        if kind < 0.38:
            return self.pick(["a", "b", "a", "b", self.pick(CHARS)]), True
        if kind < 0.46:
            return self.pick(ESCAPES), True
        if kind < 0.5:
            return ".", True
        if kind < 0.6:
            return self.char_class(), True
        if kind < 0.66:
            return self.pick(["^", "$", r"\b", r"\B"]), False
        if kind < 0.74:
            return self.pick(["\\1", "\\1", "\\2", "\\3", "\\k<n>"]), True
        if depth > 2:
            return self.pick("ab"), True
        kind = self.random.random()
        inside = self.alternatives(depth + 1)
        if kind < 0.35:
            return "(" + inside + ")", True
        if kind < 0.5:
            return "(?:" + inside + ")", True
        if kind < 0.6:
            return self.pick(["(?<n>", "(?<m>", "(?<é>"]) + inside + ")", True
        if kind < 0.8:
            return self.pick(["(?=", "(?!"]) + inside + ")", self.chance(0.2)
        return self.pick(["(?<=", "(?<!"]) + inside + ")", False

    def term(self, depth):
        if self.chance(0.006):
            return self.pick(ODD)
        if self.chance(0.006):
            return self.pick(ODD_ESCAPES)
        text, repeatable = self.atom(depth)
        return text + (self.quantifier() if repeatable and self.chance(0.3) else "")

    def alternatives(self, depth):
        return "|".join("".join(self.term(depth) for _ in range(self.pick([0, 1, 1, 2, 2, 3])))
                        for _ in range(self.pick([1, 1, 1, 2, 3])))

    @staticmethod
    def count_groups(text):
        return len(re.findall(r"\((?!\?(?!<\w))", text))

    def expression(self):
        text = self.alternatives(0)
        # Mostly, what is referred to exists.
        while self.chance(0.95) and ("\\k<n>" in text and "(?<n>" not in text
                                     or any(f"\\{i}" in text and self.count_groups(text) < i for i in (1, 2, 3))):
            text = self.alternatives(0)
        return "^" + text + "$" if self.chance(0.4) else text

    def text(self):
        chars = ["a", "b"] if self.chance(0.5) else CHARS
        return "".join(self.pick(chars) for _ in range(self.random.randrange(7)))


def has_other_reading(expression, text):
    """Without "u", does it mean something else than with it, of what both know?"""
    wide = any(ord(c) > 0xffff for c in expression + text)
    return wide or any(mark in expression for mark in ["\\u{", "\\p{", "\\P{", "\\ud", "\\k"])


def is_mistaken(expression, text):
    """V8 is wrong about an empty reference before a character beyond U+FFFF, and about the middle of such a one:
    /\\1\U0001F432|(a)/u is not found in "-\U0001F432", and /\\B/u is found in "b\U0001F432A", between the halves."""
    return any(ord(c) > 0xffff for c in text) and re.search(r"\\[1-9kB]", expression)


def judge(expression, text, ours, node):
    """None, or what is wrong; and a word for the statistics."""
    lenient = ours.startswith("lenient ")
    verdict = ours.removeprefix("lenient ")
    refused = verdict not in ("yes", "no")
    if refused and not verdict.startswith(("syntax", "unsupported", "limit")):
        return "fails", "wrong"
    if "two groups of the same name" in verdict:
        return None, "allowed in alternatives since 2025"
    if node == "refused" and lenient and has_other_reading(expression, text):
        return None, "one half with u, the other without"
    if node == "refused":
        return (None, "refused by both") if refused and lenient else ("we accept it", "wrong")
    if node.startswith("lenient "):
        if not lenient:
            return "we take it for one with the flag u", "wrong"
        if refused:
            return None, "Annex B refused: " + verdict.split(": ", 1)[-1]
        if has_other_reading(expression, text):
            return None, "Annex B read as with u"
        return (None, "Annex B alike") if verdict == node.removeprefix("lenient ") else ("differs", "wrong")
    if refused and not verdict.startswith("syntax"):
        return (None, "refused: " + verdict.split(": ", 1)[-1]) if not lenient else ("no expression?", "wrong")
    if refused or lenient:
        return "we refuse it", "wrong"
    if verdict != node and is_mistaken(expression, text):
        return None, "V8 is mistaken"
    return (None, verdict) if verdict == node else ("differs", "wrong")


def ask(command, pairs):
    packed = [part.encode() for pair in pairs for part in pair]
    lines = subprocess.run(command, input=b"".join(struct.pack("<I", len(p)) + p for p in packed),
                           capture_output=True, check=True).stdout.decode().split("\n")[:-1]
    answers = []
    for line in lines:
        if re.match("(lenient )?(yes$|no$|(syntax|unsupported|limit|nomem|invalid|internal) )", line):
            answers.append(line)
        else:
            answers[-1] += line  # a sentence quotes its expression, which may hold line ends
    return answers


def compare(pairs, ours, node, name):
    assert len(ours) == len(node) == len(pairs), f"{len(ours)} and {len(node)} answers to {len(pairs)} pairs"
    seen, shown = collections.Counter(), 0
    for (expression, text), our, their in zip(pairs, ours, node):
        wrong, word = judge(expression, text, our, their)
        seen[word] += 1
        if wrong and shown < 20:
            shown += 1
            print(f"{wrong}: {expression!r} in {text!r}: {our!r}, Node.js {their!r}")
    print(f"{name}:")
    for word, times in seen.most_common():
        print(f"{times:8} {word}")
    return seen["wrong"] > 0


def main():
    if shutil.which("node") is None:
        print("no Node.js here")
        return 77
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 4000
    maker = Maker(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    pairs = [(maker.expression(), maker.text()) for _ in range(count)]
    node = subprocess.run(["node", "-e", NODE], input="\n".join(map(json.dumps, pairs)), text=True,
                          capture_output=True, check=True).stdout.splitlines()
    failed = False
    for engine in ([], ["--pcre2"]):
        failed |= compare(pairs, ask([sys.argv[1], *engine], pairs), node, " ".join(["ours", *engine]))
    return failed


if __name__ == "__main__":
    sys.exit(main())
