"""A schema that is none keeps a configuration from being taken: its file, line, column and path are told, beside the
place that names it."""
import os
import re
import subprocess

import harness
from harness import PENSTOCK, Setting

API = '{"openapi":"3.1.0","paths":{"/a":{"get":%s}}}'


class SaysWhatIsWrongWithASchema(Setting):
    def put(self, name, text):
        path = self.pki.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def check(self, function, more=""):
        path = self.pki.path("edge.yaml")
        functions = {"held": {"route": "/held", **function}}
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.config(functions=functions, more=more).replace("AUDIT", self.pki.path("edge.jsonl")))
        run = subprocess.run([PENSTOCK, "check", "-c", path], capture_output=True, text=True, check=False, timeout=harness.PATIENCE)
        return run.returncode, run.stderr.replace(self.pki.folder + "/", "").strip()

    def wrong(self, text, place, words, function=None, more="", name="bad.json"):
        self.put(name, text)
        status, said = self.check(function or {"schema": "bad.json"}, more)
        self.assertEqual(status, 2, said)
        # Where the configuration names it, then where in the schema.
        self.assertRegex(said, r"^edge\.yaml:\d+:\d+: " + re.escape(place) + r".*" + re.escape(words), text)

    def test_file_line_column_path_and_keyword(self):
        for text, place, words in (
                ('{\n  "properties": {\n    "qty": { "minimum": "1" }\n  }\n}', "bad.json:3:25: #/properties/qty/minimum: ", ""),
                ('{"type":"strnig"}', "bad.json:1:9: #/type: ", ""),
                ('{"$ref":"#/$defs/none"}', "bad.json:1:9: #/$ref: ", ""),
                ('{"$ref":"https://example.com/other.json"}', "bad.json:1:9: #/$ref: ", "https://example.com/other.json"),
                ('{"pattern":"("}', "bad.json:1:12: #/pattern: ", ""),
                ('{"type":"object",}', "bad.json:1:18: ", "json.syntax"),
                ('{"type":"object","type":"object"}', "bad.json:1:", "json.duplicate_name")):
            with self.subTest(text):
                self.wrong(text, place, words)

    def test_a_pointer_that_leads_nowhere(self):
        self.wrong("{}", "bad.json:", "", {"schema": "bad.json#/$defs/none"})

    def test_a_document_that_is_referred_to(self):
        self.put("schemas/item.json", '{\n  "minLength": -1\n}')
        self.wrong('{"$ref":"https://example.com/s/item.json"}', "schemas/item.json:2:16: ", "",
                   more='schemas: { "https://example.com/s/": schemas }')
        self.put("schemas/item.json", "{")
        self.wrong('{"$ref":"https://example.com/s/item.json"}', "schemas/item.json:1:2: ", "json.truncated",
                   more='schemas: { "https://example.com/s/": schemas }')

    def test_every_schema_that_an_event_could_name(self):
        self.put("named/bad.json", '{"type":7}')
        status, said = self.check({"schema": {"dataschema": "use"}}, 'schemas: { "https://example.com/s/": named }')
        self.assertEqual(status, 2)
        self.assertRegex(said, r"named/bad\.json:1:9: .*#/type")

    def test_answers_and_openapi(self):
        self.wrong('{"type":7}', "bad.json:1:9: #/type: ", "", {"response_schema": "bad.json"})
        for operation, words in (('{"parameters":[{"name":"q","in":"query","style":"deepObject","schema":{}}]}', "style 'deepObject'"),
                                 ('{"parameters":[{"name":"q","in":"qury"}]}', "'in' is query, header, path or cookie"),
                                 ('{"parameters":[{"$ref":"#/components/none"}]}', "nothing is at '#/components/none'"),
                                 ('{"parameters":[{"name":"q","in":"query","schema":{"type":"int"}}]}', "/schema/type"),
                                 ('{"requestBody":{"content":{"application/json":{"schema":{"maximum":"x"}}}}}', "/schema/maximum")):
            with self.subTest(operation):
                self.wrong(API % operation, "bad.json:1:", words, {"openapi": "bad.json"})
        self.wrong('{"openapi":"3.0.3","paths":{}}', "bad.json:1:12: ", "3.1", {"openapi": "bad.json"})
        self.wrong('{"openapi":"3.1.0","paths":{"/{a}{b}":{}}}', "bad.json:1:", "two names in one segment", {"openapi": "bad.json"})

    def test_a_parameter_of_the_path_that_the_path_has_not(self):
        document = '{"openapi":"3.1.0","paths":{"/pets/{id}":{"get":{"parameters":[{"name":"%s","in":"path","required":true}]}}}}'
        self.wrong(document % "idd", "bad.json:1:", "the path '/pets/{id}' has no '{idd}'", {"openapi": "bad.json"})
        document = document.replace("/pets/{id}", "/held/{id}")
        self.put("good.json", document % "id")
        self.assertEqual(self.check({"openapi": "good.json"})[0], 0)

    def test_paths_that_are_not_on_the_functions_route(self):
        document = '{"openapi":"3.1.0","servers":[{"url":"https://api.example/v1"}],"paths":{"/held":{"get":{}}}}'
        self.wrong(document, "bad.json:1:", "no path of it is on the route '/held': paths stand behind '/v1'", {"openapi": "bad.json"})
        self.assertEqual(self.check({"openapi": {"file": "bad.json", "base": "/"}})[0], 0)

    def test_a_body_that_no_schema_can_speak_about(self):
        self.put("good.json", "{}")
        status, said = self.check({"schema": "good.json", "bodies": ["json", "xml"]})
        self.assertEqual(status, 2)
        self.assertIn("this function takes xml bodies", said)

    def test_check_asks_to_look_twice_at_what_is_nearly_a_keyword(self):
        self.put("slip.json", '{\n  "proprties": { "a": {} },\n  "required": [ "a" ]\n}')
        path = self.pki.path("edge.yaml")
        self.assertEqual(self.check({"schema": "slip.json"})[0], 0)
        run = subprocess.run([PENSTOCK, "check", "-c", path], capture_output=True, text=True, check=True, timeout=harness.PATIENCE)
        self.assertIn("slip.json:2:16: #/proprties: is no keyword and holds nothing; did you mean 'properties'?",
                      run.stdout.split("Look twice")[1].replace(self.pki.folder + "/", ""))

    def test_check_shows_what_is_held(self):
        self.put("good.json", "{}")
        path = self.pki.path("edge.yaml")
        self.check({"schema": "good.json"})
        run = subprocess.run([PENSTOCK, "check", "-c", path], capture_output=True, text=True, check=True, timeout=harness.PATIENCE)
        self.assertIn("schema good.json", run.stdout.replace(self.pki.folder + "/", ""))


if __name__ == "__main__":
    harness.main()
