"""Of every envelope, the sample passes; with an injection in its deepest leaf it is refused, and the record names that leaf."""
import base64
import binascii
import gzip
import json
import pathlib
import urllib.parse

import harness
from harness import ROOT, Setting

SAMPLES = pathlib.Path(ROOT, "tests/events")
ATTACK = "x' OR 1=1 -- a"
TYPES = {"json": "application/json", "form": "application/x-www-form-urlencoded", "text": "text/plain"}


def samples():
    for line in (SAMPLES / "leaves.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            name, envelope, kind, field, path, codings, _ = line.split("\t")
            yield name, envelope, kind, field, path, [] if codings == "-" else codings.split("|")


def unwrap(value, coding):
    if coding == "base64":
        return base64.b64decode(value)
    if coding == "gzip":
        return gzip.decompress(value)
    return urllib.parse.unquote_plus(value) if coding == "form" else value


def wrap(value, coding):
    raw = value if isinstance(value, bytes) else value.encode()
    if coding == "base64":
        return base64.b64encode(raw).decode()
    if coding == "gzip":
        return gzip.compress(raw)
    if coding == "form":
        return urllib.parse.quote_plus(value)
    if coding == "words":
        return f"=?utf-8?B?{binascii.b2a_base64(raw, newline=False).decode()}?="
    raise ValueError(coding)


def replace_in_text(text, codings, places):
    """`text` with the attack in the leaf that `codings` and `places`, one a document within, lead to."""
    if not codings:
        return ATTACK
    coding, rest = codings[0], codings[1:]
    if coding == "json":
        return json.dumps(replace_in_tree(json.loads(text), places[0].removeprefix("json"), rest, places[1:]))
    if coding == "form" and places and places[0].startswith("form"):
        return replace_in_form(text.decode() if isinstance(text, bytes) else text, places[0], rest, places[1:])
    return wrap(replace_in_text(unwrap(text, coding), rest, places), coding)


def replace_in_form(text, place, codings, places):
    name = place.rpartition("/")[2]
    pairs = dict(pair.split("=", 1) for pair in text.split("&"))
    pairs[name] = replace_in_text(pairs[name], codings, places)
    return "&".join(f"{key}={value}" for key, value in pairs.items())


def replace_in_tree(tree, pointer, codings, places):
    if not pointer:  # a document that is a lone string
        return replace_in_text(tree, codings, places)
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/")]
    node = tree
    for step in steps[:-1]:
        node = node[int(step) if isinstance(node, list) else step]
    last = int(steps[-1]) if isinstance(node, list) else steps[-1]
    if isinstance(node[last], list):
        node[last] = list(ATTACK.encode())
    else:
        node[last] = replace_in_text(node[last], codings, places)
    return tree


def attacked(body, kind, path, codings):
    places = path.split("|")
    if kind == "form":
        return replace_in_form(body, places[0], codings, places[1:])
    if kind == "text":
        return replace_in_text(body, codings, places[1:])
    return json.dumps(replace_in_tree(json.loads(body), places[0], codings, places[1:]))


class FindsInjectionsInEveryEnvelope(Setting):
    def test_the_sample_passes_and_the_injection_is_named(self):
        methods = "methods: [GET, HEAD, POST, PUT]"
        gateway = self.gateway(self.config().replace(methods, methods + "\n    bodies: [json, form, text]"))
        sent = refused = 0
        for name, _, kind, field, path, codings in samples():
            with self.subTest(name):
                fields = [] if field == "-" else [f for pair in field.split("|") for f in ("-H", pair)]
                if not field.lower().startswith("content-type:"):
                    fields += ["-H", f"Content-Type: {TYPES[kind]}"]
                body = (SAMPLES / f"{name}.json").read_text(encoding="utf-8")
                reply = gateway.curl("/open/x", *fields, data=body.encode())
                sent += 1
                self.assertEqual(reply.status, 200, reply.raw)
                if path == "-":
                    continue
                reply = gateway.curl("/open/x", *fields, data=attacked(body, kind, path, codings).encode())
                sent += 1
                refused += 1
                self.refused(reply, 403, "filter.sqli")
                record, = (r for r in gateway.records(sent) if r["request_id"] == reply.get("X-Request-Id"))
                self.assertIn(path, [finding.get("path") for finding in record["findings"]])
        self.assertGreater(refused, 60)
        self.assertEqual(len(self.seen), sent - refused, "the clean ones alone reach the function")


if __name__ == "__main__":
    harness.main()
