"""`penstock schema`: sentences for people, output forms for programs, one verdict a line for suites."""
import json
import os
import subprocess

import harness
from harness import PENSTOCK, Setting

SUITES = os.environ.get("PEN_SUITES", os.path.join(harness.ROOT, "../shared/suites"))
SUITE = os.path.join(SUITES, "json-schema")
SCHEMA = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "integer", "minimum": 1}, "at": {"format": "date-time"}},
    "additionalProperties": False,
}


class HoldsJsonAgainstSchemas(Setting):
    def schema(self, *arguments, data=""):
        return subprocess.run([PENSTOCK, "schema", *arguments], input=data, capture_output=True, text=True,
                              check=False, cwd=self.folder, timeout=harness.PATIENCE)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text if isinstance(text, str) else json.dumps(text))
        return name

    def test_what_is_wrong_is_told_with_its_place(self):
        self.write("order.schema.json", SCHEMA)
        self.write("good.json", {"id": 7, "at": "2026-01-01T00:00:00Z"})
        self.write("bad.json", '{\n  "id": 0,\n  "at": "yesterday",\n  "odd": 1\n}\n')
        run = self.schema("order.schema.json", "good.json", "bad.json")
        self.assertEqual(run.returncode, 1, run.stderr)
        self.assertEqual(run.stdout.splitlines(), [
            "good.json: valid",
            "bad.json:2:9: /id: minimum: must be at least 1 (#/properties/id/minimum)",
            "bad.json:3:9: /at: format: must be of format date-time (#/properties/at/format)",
            "bad.json:4:10: /odd: additionalProperties: is not allowed here (#/additionalProperties)",
        ])
        self.assertEqual(self.schema("--format", "annotate", "order.schema.json", "-",
                                     data='{"id":1,"at":"x"}').stdout, "-: valid\n")

    def test_words_are_told_while_they_fit_into_a_sentence(self):
        for schema, words in (
                ({"enum": ["S", "M", "L"]}, 'enum: must be one of "S", "M" or "L" (#/enum)'),
                ({"enum": ["S"]}, 'enum: must be "S" (#/enum)'),
                ({"const": None}, "const: must be null (#/const)"),
                ({"enum": [1.5, True, "a\n", [1], {"a": 1}]},
                 'enum: must be one of 1.5, true, "a\\u000a", a certain list or a certain object (#/enum)'),
                ({"const": "x" * 200}, "const: must be the one value that the schema has (#/const)"),
                ({"enum": [f"word-{i}" for i in range(50)]}, "enum: must be one of 50 values (#/enum)")):
            with self.subTest(words):
                self.assertEqual(self.schema(self.write("words.json", schema), "-", data='"other"').stdout,
                                 f"-:1:1: the whole: {words}\n")

    def test_a_bad_schema_is_told_with_its_own_path(self):
        self.write("bad.schema.json", '{\n "properties": {"a": {"minLength": -1}}}')
        run = self.schema("bad.schema.json")
        self.assertEqual((run.returncode, run.stdout), (2, ""))
        self.assertTrue(run.stderr.startswith("bad.schema.json:2:36: #/properties/a/minLength: "), run.stderr)

    def test_what_is_nearly_a_keyword_is_told_and_ends_nothing(self):
        self.write("slip.json", {"requird": ["a"], "dependencies": {}})
        run = self.schema("slip.json")
        self.assertEqual((run.returncode, run.stdout), (0, "slip.json: a schema, but look twice\n"))
        self.assertEqual(run.stderr, "slip.json:1:13: #/requird: is no keyword and holds nothing; did you mean 'required'?\n")

    def test_a_part_of_a_document_is_named_as_references_name_it(self):
        self.write("all.json", {"$defs": {"order": SCHEMA}})
        for pointer in ("/$defs/order", "#/$defs/order"):
            self.assertEqual(self.schema("--pointer", pointer, "all.json").stdout, "all.json: a good schema\n")

    def test_a_schema_that_is_not_there_is_told_as_this_commands_trouble(self):
        run = self.schema("none.json")
        self.assertEqual((run.returncode, run.stderr),
                         (2, "penstock schema: 'none.json' cannot be opened: No such file or directory\n"))

    def test_output_forms_are_the_standards(self):
        self.write("order.schema.json", SCHEMA)
        self.write("bad.json", {"id": 0})
        forms = {form: json.loads(self.schema("--output", form, "order.schema.json", "bad.json").stdout)
                 for form in ("flag", "basic", "detailed", "verbose")}
        self.assertEqual(forms["flag"], {"valid": False})
        for form in ("basic", "detailed", "verbose"):
            self.assertFalse(forms[form]["valid"])
        self.assertEqual([(unit["instanceLocation"], unit["keywordLocation"]) for unit in forms["basic"]["errors"]],
                         [("/id", "/properties/id/minimum")])

    def test_references_lead_to_mapped_files_and_nowhere_else(self):
        self.write("item.json", {"type": "integer"})
        self.write("list.schema.json", {"items": {"$ref": "https://example.com/s/item.json"}})
        self.assertEqual(self.schema("list.schema.json").returncode, 2)
        mapped = ("--map", "https://example.com/s/=.", "list.schema.json", "-")
        self.assertEqual(self.schema(*mapped, data="[1]").returncode, 0)
        self.assertEqual(self.schema(*mapped, data='["1"]').returncode, 1)

    def test_a_batch_answers_line_by_line(self):
        lines = [
            {"id": 1, "schema": {"format": "uuid"}, "instance": "x", "assert_format": True},
            {"id": 2, "schema": {"format": "uuid"}, "instance": "x", "assert_format": False},
            {"id": 3, "schema": {"type": 3}, "instance": 1},
            {"id": 4, "draft": "7", "schema": {"items": [{"type": "string"}]}, "instance": [1]},
            {"id": 5, "draft": "4", "schema": {}, "instance": 1},
            {"id": 6, "schema": {"$schema": "a URI\nvalid"}, "instance": 1},
        ]
        data = "".join(json.dumps(line) + "\n" for line in lines) + 'nothing\n{"schema":{"minimum":1e400},"instance":1e401}'
        run = self.schema("--batch", data=data)
        self.assertEqual(run.returncode, 0, run.stderr)
        words = [line.split()[0] for line in run.stdout.splitlines()]
        self.assertEqual(words, ["invalid", "valid", "error", "invalid", "error", "error", "error", "valid"])

    def test_the_official_suite_gets_its_verdicts(self):
        if not os.path.isdir(SUITE):
            self.skipTest(f"the JSON Schema suite is not at {SUITE}")
        tests, wanted = [], []
        for folder, draft in (("draft2020-12", "2020-12"), ("draft7", "7")):
            for name in sorted(os.listdir(os.path.join(SUITE, "tests", folder))):
                if not name.endswith(".json"):
                    continue
                with open(os.path.join(SUITE, "tests", folder, name), encoding="utf-8") as file:
                    for group in json.load(file):
                        for test in group["tests"]:
                            tests.append(json.dumps({"draft": draft, "schema": group["schema"],
                                                     "instance": test["data"], "assert_format": False}))
                            wanted.append(("valid" if test["valid"] else "invalid", name, test["description"]))
        run = self.schema("--batch", "--remotes", os.path.join(SUITE, "remotes"), data="\n".join(tests) + "\n")
        got = run.stdout.splitlines()
        self.assertGreater(len(got), 2000)
        self.assertEqual(len(got), len(wanted))
        wrong = [(answer, *want) for answer, want in zip(got, wanted) if answer != want[0]]
        self.assertEqual(wrong, [])

    def test_the_schema_of_configurations_is_printed(self):
        run = self.schema("--config")
        with open(os.path.join(harness.ROOT, "conf/penstock.schema.json"), encoding="utf-8") as file:
            self.assertEqual(json.loads(run.stdout), json.load(file))


if __name__ == "__main__":
    harness.main()
