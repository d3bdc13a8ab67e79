"""Our numbers and Python's fractions, over pairs made at random.

Usage: number_fractions.py NUMBER_FACTS [COUNT [SEED]]
"""
import random
import subprocess
import sys
from fractions import Fraction


def spell(rng, value):
    """One of the ways in which a JSON text may write the integer `value` times a power of ten."""
    digits, exponent = str(abs(value)), rng.choice([0, 0, 0, -1, -2, 1, 2, -20, 20, -300, 300])
    text = digits
    if rng.random() < 0.5:
        places = rng.randrange(0, len(digits) + 3)
        padded = digits.rjust(places + 1, "0")
        text = padded if places == 0 else padded[:-places] + "." + padded[-places:]
        if "." in text and rng.random() < 0.3:
            text += "0" * rng.randrange(1, 4)
        exponent += places if rng.random() < 0.7 else 0
    if exponent != 0 or rng.random() < 0.1:
        text += rng.choice("eE") + (rng.choice(["", "+"]) if exponent >= 0 else "-") \
            + rng.choice(["", "", "00"]) + str(abs(exponent))
    return ("-" if value < 0 or rng.random() < 0.02 else "") + text


def pick(rng):
    kind = rng.random()
    if kind < 0.3:
        return rng.randrange(-12, 13)
    if kind < 0.5:
        return rng.randrange(-10**6, 10**6)
    if kind < 0.7:
        return rng.choice([1, -1]) * (10 ** rng.randrange(15, 21) + rng.randrange(-2, 3))
    if kind < 0.85:
        return 2 ** rng.randrange(0, 130) * 5 ** rng.randrange(0, 4)
    return rng.randrange(10 ** rng.randrange(1, 90))


def pair(rng):
    a, b = pick(rng), pick(rng)
    kind = rng.random()
    if kind < 0.3:
        a = b * rng.choice([1, 1, 2, 3, pick(rng)]) + rng.choice([0, 0, 0, 1])
    return spell(rng, a), spell(rng, b)


def expected(a, b):
    a, b = Fraction(a), Fraction(b)
    multiple = a == 0 if b == 0 else (a / b).denominator == 1
    return (a > b) - (a < b), int(a == b), int(a.denominator == 1), int(multiple)


def main():
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 5000
    rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    pairs = [pair(rng) for _ in range(count)]
    lines = subprocess.run([sys.argv[1]], input="".join(f"{a} {b}\n" for a, b in pairs), text=True,
                           capture_output=True, check=True).stdout.splitlines()
    assert len(lines) == count, f"{len(lines)} answers to {count} pairs"
    wrong, multiples, equals = 0, 0, 0
    for (a, b), line in zip(pairs, lines):
        *facts, hashes_equal = map(int, line.split())
        want = expected(a, b)
        equals += want[1]
        multiples += want[3]
        if tuple(facts) != want or (want[1] and not hashes_equal):
            wrong += 1
            print(f"{a} {b}: {facts} and hashes {hashes_equal}, not {want}")
    print(f"{count} pairs, {equals} equal, {multiples} multiples, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
