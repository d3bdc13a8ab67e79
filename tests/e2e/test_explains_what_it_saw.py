"""`penstock scan --explain` prints the tree of an event's texts for people; what is piped has no colours."""
import json
import os
import subprocess

import harness
from harness import PENSTOCK, Setting

KEY = "x%27+OR+1%3D1"
EVENT = {"Records": [{"messageId": "1", "body": json.dumps({"s3": {"object": {"key": KEY}}})}]}


class ExplainsWhatItSaw(Setting):
    def scan(self, *arguments, data="", **variables):
        return subprocess.run([PENSTOCK, "scan", *arguments], input=data, capture_output=True, text=True, check=False,
                              cwd=self.folder, env={**os.environ, **variables}, timeout=harness.PATIENCE)

    def write(self, event):
        path = os.path.join(self.folder, "event.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(event, file)
        return path

    def test_the_tree_leads_to_the_finding(self):
        run = self.scan("--explain", self.write(EVENT), COLUMNS="100")
        self.assertEqual(run.returncode, 1, run.stderr)
        lines = run.stdout.splitlines()
        self.assertRegex(lines[0], r"event\.json: event, \d+ bytes, \d+ leaves$")
        way = ['/Records/0/messageId ', '/Records/0/body ', '  json', '  /s3/object/key ', '    percent ',
               '      ! sqli.tautology 95 (blocks from 70), bytes 3-9 "OR+1=1"', '        the value is closed']
        for start in way:
            self.assertTrue(any(line.startswith(start) for line in lines), f"no line '{start}' in\n{run.stdout}")
        self.assertIn("block (403, sqli.tautology)", lines)
        self.assertRegex(lines[-1], r'- \{ rule: sqli\.tautology, path: "/Records/\*/body.*/key", reason: "" \}$')
        self.assertNotIn("\033", run.stdout)
        self.assertNotIn("messageId#", run.stdout)
        self.assertIn("/Records/0/messageId# ", self.scan("--explain", "--all", self.write(EVENT)).stdout)

    def test_lines_of_standard_input_follow_each_other(self):
        run = self.scan("--explain", data='{"a":"b"}\n{"a":1,"a":2}\n{"c":"\\u001b[31m"}\n')
        self.assertEqual(run.returncode, 1, run.stderr)
        events = run.stdout.split("\n\n")
        self.assertEqual([event.splitlines()[-1] for event in events],
                         ["pass (200, none)", "block (400, json.duplicate_name)", "pass (200, none)"])
        self.assertIn('"\\u001b[31m"', events[2])

    def test_of_several_files_each_line_says_which(self):
        names = []
        for number, event in enumerate(("{}", '{"a":1,"a":2}')):
            names.append(os.path.join(self.folder, f"{number}.json"))
            with open(names[-1], "w", encoding="utf-8") as file:
                file.write(event)
        lines = [json.loads(line) for line in self.scan(*names).stdout.splitlines()]
        self.assertEqual([(line["file"], line["reason"]) for line in lines],
                         [(names[0], "none"), (names[1], "json.duplicate_name")])
        self.assertNotIn("file", json.loads(self.scan(names[0]).stdout))

    def test_it_is_told_when_it_cannot_write(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            run = subprocess.run([PENSTOCK, "scan", "--explain", self.write(EVENT)], stdout=full,
                                 stderr=subprocess.PIPE, text=True, check=False, timeout=harness.PATIENCE)
        self.assertEqual(run.returncode, 2)
        self.assertIn("cannot write", run.stderr)

    def test_an_option_that_there_is_not_is_told_with_the_nearest(self):
        for arguments, says in (
                (["-z"], "penstock scan: there is no option '-z'; see: penstock scan --help\n"),
                (["--explan=x"], "there is no option '--explan=x'; did you mean '--explain'?; see: penstock scan --help\n"),
                (["--all=1"], "the option '--all' takes no value; see"),
                (["--explain", "-c"], "the option '-c' needs a value; see"),
                (["--type"], "the option '--type' needs a value; see")):
            run = self.scan(*arguments)
            self.assertEqual(run.returncode, 2, arguments)
            self.assertIn(says, run.stderr)
        for command in ("certs", "check", "demo", "health", "run", "token"):
            run = subprocess.run([PENSTOCK, command, "--hepl"], capture_output=True, text=True, check=False,
                                 timeout=harness.PATIENCE)
            self.assertEqual(run.returncode, 2, command)
            self.assertEqual(run.stderr, f"penstock {command}: there is no option '--hepl'; did you mean '--help'?; "
                                         f"see: penstock {command} --help\n")

    def test_a_document_over_several_lines_is_told_to_be_none_once(self):
        hint = "penstock scan: standard input has one event a line; for one document give a FILE or --type"
        run = self.scan(data='{\n  "a": 1,\n  "b": [\n    2\n  ]\n}\n')
        self.assertEqual(run.returncode, 1)
        self.assertEqual(run.stderr.count(hint), 1)
        self.assertEqual(self.scan(data='{"a": 1}\n{"a": 1} x\n[1,2]\n').stderr, "")

    def test_names_are_shown_only_in_an_explanation(self):
        self.assertEqual(self.scan("--all").returncode, 2)

    def test_it_tells_what_a_function_excuses_and_only_records(self):
        config = os.path.join(self.folder, "policy.yaml")
        with open(config, "w", encoding="utf-8") as file:
            file.write("listen: [{ address: 127.0.0.1:0 }]\n"
                       "upstreams: { u: { url: http://127.0.0.1:1 } }\n"
                       "functions:\n"
                       "  f:\n"
                       "    route: /f\n"
                       "    upstream: u\n"
                       "    sinks: [path]\n"
                       "    filters: { path: detect }\n"
                       "    exceptions: [{ filter: sqli, path: /id, reason: a bound parameter }]\n")
        event = '{"id":"1 OR 1=1 --","f":"../../x"}\n'
        run = self.scan("-c", config, "-f", "f", data=event)
        self.assertEqual(run.returncode, 0, run.stderr)
        findings = {finding["path"]: finding for finding in json.loads(run.stdout)["findings"]}
        self.assertEqual((findings["/id"]["excused"], findings["/f"]["held_back"]), (True, True))
        self.assertNotIn("held_back", findings["/id"])
        self.assertNotIn("excused", findings["/f"])
        run = self.scan("-c", config, "-f", "f", "--explain", data=event, COLUMNS="100")
        self.assertIn('    excused: "a bound parameter"\n', run.stdout)
        self.assertIn("(blocks from 50: sink path, but detect only records)", run.stdout)

    def test_fields_and_types_tell_what_an_event_is(self):
        run = self.scan("--explain", "-H", "X-GitHub-Event: push", data='{"ref":"a"}\n')
        self.assertEqual(run.stdout.splitlines()[0], "event, github, 11 bytes, 3 leaves")
        run = self.scan("--type", "application/cloudevents+json", data="{}")
        self.assertIn("cloudevents.", run.stdout)
        for field in ("X-GitHub-Event", ": push", "Content-Type: text/plain"):
            run = self.scan("-H", field)
            self.assertEqual((run.returncode, run.stdout), (2, ""), run.stderr)
        self.assertEqual(self.scan(*["-H", "a: b"] * 17).returncode, 2)


if __name__ == "__main__":
    harness.main()
