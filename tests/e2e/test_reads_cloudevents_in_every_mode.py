"""CloudEvents: the specification's examples and the conformance features pass byte for byte, in all three modes;
what says that it is a CloudEvent and is none is refused with the attribute's name."""
import base64
import json
import os
import re

import harness

SUITES = os.environ.get("PEN_SUITES", os.path.join(harness.ROOT, "../shared/suites"))
EXAMPLES = os.path.join(harness.ROOT, "tests/cloudevents/examples.json")
MINIMUM = {"specversion": "1.0", "id": "1", "source": "/s", "type": "t"}
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
ANY = {"route": "/ce", "bodies": ["json"]}


def suite():
    """cloudevents/conformance's feature file, when the public suites are there."""
    file = os.path.join(SUITES, "cloudevents/features/http-protocol-binding.feature")
    return file if os.path.exists(file) else None


def scenarios(file):
    """Each outline of a feature file with each row of its examples: name, request as written."""
    with open(file, encoding="utf-8") as lines:
        text = lines.read()
    for outline in re.split(r"(?m)^\s*Scenario Outline:", text)[1:]:
        name = outline.split("\n", 1)[0].strip()
        request = re.search(r'Given an HTTP request\s*\n\s*"""\n(.*?)\n\s*"""', outline, re.S).group(1)
        rows = [[cell.strip() for cell in line.strip().strip("|").split("|")]
                for line in outline.split("Examples:")[1].splitlines() if line.strip().startswith("|")]
        for row in rows[1:]:
            filled, named = request, name
            for key, value in zip(rows[0], row):
                filled, named = filled.replace(f"<{key}>", value), named.replace(f"<{key}>", value)
            yield named, [line.strip() for line in filled.splitlines()]


class ReadsCloudEventsInEveryMode(harness.Setting):
    def send(self, gateway, body, *fields, path="/ce"):
        arguments = [part for field in fields for part in ("-H", field)]
        return gateway.curl(path, *arguments, data=body if isinstance(body, bytes) else body.encode())

    def test_examples_of_the_specification_pass(self):
        gateway = self.gateway(self.config(functions={"ce": {"route": "/ce", "bodies": ["json", "opaque"]}}))
        with open(EXAMPLES, encoding="utf-8") as file:
            examples = json.load(file)["examples"]
        for example in examples:
            with self.subTest(example["name"]):
                self.seen.clear()
                fields = [f"{name}: {value}" for name, value in example["fields"].items()]
                reply = self.send(gateway, example["body"], *fields)
                self.assertEqual(reply.status, 200, reply.raw)
                self.assertEqual(self.seen[0].body, example["body"].encode())
                for name, value in example["fields"].items():
                    self.assertEqual(self.seen[0].one(name), value)

    def test_scenarios_of_the_conformance_suite_pass(self):
        file = suite()
        if file is None:
            self.skipTest(f"cloudevents/conformance is not in {SUITES}")
        gateway = self.gateway(self.config(functions={"ce": ANY | {"route": "/someresource"}}))
        count = 0
        for name, lines in scenarios(file):
            with self.subTest(name):
                self.seen.clear()
                empty = lines.index("")
                body = "\n".join(lines[empty + 1:]).encode()
                # Lengths are those of the file's own indentation.
                head = [line for line in lines[:empty] if not re.match(r"(?i)content-length|host", line)]
                head += ["Host: localhost", f"Content-Length: {len(body)}", "Connection: close", "", ""]
                raw = gateway.raw("\r\n".join(head).encode() + body)
                self.assertTrue(raw.startswith(b"HTTP/1.1 200 "), raw)
                self.assertEqual(self.seen[0].body, body)
                for field in lines[1:empty]:
                    key, value = field.split(": ")
                    if key.startswith("ce-"):
                        self.assertEqual(self.seen[0].one(key), value)
                count += 1
        self.assertGreaterEqual(count, 4)

    def test_what_is_no_cloudevent_is_refused(self):
        gateway = self.gateway(self.config(functions={"ce": ANY}))
        binary = ["ce-specversion: 1.0", "ce-id: 1", "ce-source: /s", "ce-type: t", harness.JSON]
        structured = f"Content-Type: {STRUCTURED}"
        for body, fields, status, reason in (
                ({}, [structured], 400, "cloudevents.id"),
                (MINIMUM | {"specversion": "0.3"}, [structured], 400, "cloudevents.specversion"),
                (MINIMUM | {"id": ""}, [structured], 400, "cloudevents.id"),
                (MINIMUM | {"data": 1, "data_base64": "YQ=="}, [structured], 400, "cloudevents.data"),
                (MINIMUM | {"data_base64": "a b"}, [structured], 400, "cloudevents.data_base64"),
                (MINIMUM, [structured, "ce-id: 2"], 400, "cloudevents.contradiction"),
                ([MINIMUM, MINIMUM | {"time": "now"}], [f"Content-Type: {BATCH}"], 400, "cloudevents.time"),
                ([MINIMUM] * 101, [f"Content-Type: {BATCH}"], 400, "cloudevents.batch"),
                (MINIMUM, [f"Content-Type: {BATCH}"], 400, "cloudevents.batch"),
                ({}, binary[1:2] + binary[:1] + [harness.JSON], 400, "cloudevents.source"),
                ({}, [*binary, "CE-ID: 2"], 400, "cloudevents.duplicate"),
                ({}, [*binary, "ce-subject: %C0%A0"], 400, "cloudevents.encoding"),
                ({}, [*binary, "ce-datacontenttype: application/json"], 400, "cloudevents.datacontenttype")):
            with self.subTest(reason=reason):
                self.refused(self.send(gateway, json.dumps(body), *fields), status, reason)
        self.assertEqual(self.seen, [])

    def test_attributes_and_data_are_judged_as_the_function_reads_them(self):
        gateway = self.gateway(self.config(functions={"ce": ANY}))
        binary = ["ce-specversion: 1.0", "ce-id: 1", "ce-source: /s", "ce-type: t", harness.JSON]
        structured = [f"Content-Type: {STRUCTURED}"]
        attack = "x' OR 1=1 -- a"
        encoded = "".join(f"%{byte:02X}" for byte in attack.encode())
        for body, fields, path in (
                ("{}", [*binary, f"ce-subject: {encoded}"], "header:/ce-subject"),
                ("{}", [*binary, f'ce-x: "{encoded}"'], "header:/ce-x"),
                (json.dumps(MINIMUM | {"subject": attack}), structured, "/subject"),
                (json.dumps(MINIMUM | {"data": {"note": attack}}), structured, "/data/note"),
                (json.dumps([MINIMUM, MINIMUM | {"data": attack}]), [f"Content-Type: {BATCH}"], "/1/data")):
            with self.subTest(path):
                self.refused(self.send(gateway, body, *fields), 403, "filter.sqli")
        found = {finding["path"] for record in gateway.records(5) for finding in record["findings"]}
        self.assertLessEqual({"header:/ce-subject", "header:/ce-x", "/subject", "/data/note", "/1/data"}, found)
        self.assertEqual(self.seen, [])

    def test_encoded_data_is_read_as_its_content_type_says(self):
        gateway = self.gateway(self.config(functions={"ce": ANY}))
        attack = "x' OR 1=1 -- a"
        rows = (("application/json", json.dumps({"note": attack}), "json/note"),
                ("application/x-www-form-urlencoded", "note=" + attack.replace(" ", "+"), "form/note"),
                ("text/plain", attack, ""), (None, json.dumps({"note": attack}), "json/note"))
        for kind, data, _ in rows:
            event = MINIMUM | {"data_base64": base64.b64encode(data.encode()).decode()}
            event |= {"datacontenttype": kind} if kind else {}
            with self.subTest(kind=kind):
                self.refused(self.send(gateway, json.dumps(event), f"Content-Type: {STRUCTURED}"), 403, "filter.sqli")
        for (kind, _, path), record in zip(rows, gateway.records(len(rows))):
            paths = [finding["path"] for finding in record["findings"]]
            self.assertIn("/data_base64" + ("|" + path if path else ""), paths, kind)
        self.assertEqual(self.seen, [])


if __name__ == "__main__":
    harness.main()
