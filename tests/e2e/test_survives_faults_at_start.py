"""Whatever is refused to it while it starts, or to a command while it works: it says so and ends with
its status, or does what it should; it neither crashes nor leaks.

Every place that asks fails once; with `--full` every call in turn (minutes).
"""
import itertools
import json
import os
import re
import signal
import subprocess
import sys

import harness
from harness import Setting
from harness.faults import FAULTY, Faults

FULL = "--full" in sys.argv and not sys.argv.remove("--full")
EVENTS = [{"note": "Tea at five"}, {"note": "x' OR 1=1 --"}, {"path": "../../etc/passwd"}]


class Starts(Setting):
    def setUp(self):
        super().setUp()
        self.faults = Faults(self.folder)
        self.file = self.pki.path("faults.yaml")
        text = self.config(more="timeouts: { drain: 1s }").replace("workers: 2", "workers: 1")
        listen = f'listen:\n  - address: "unix:{self.pki.path("edge.sock")}"\n'
        with open(self.file, "w", encoding="utf-8") as file:
            file.write(text.replace("listen:\n", listen).replace("AUDIT", self.pki.path("faults.jsonl")))

    def rounds(self):
        """Arms the fault anew for each round, until nothing fails any more."""
        for calls in itertools.count():
            self.faults.fail_after(calls) if FULL else self.faults.fail_new_places()
            yield
            if self.faults.off() == 0:
                return

    def command(self, *arguments, data=b""):
        run = subprocess.run([FAULTY, *arguments], input=data, capture_output=True, timeout=harness.PATIENCE,
                             env={**os.environ, "PEN_FAULTS": self.faults.path}, check=False)
        self.assertNotRegex(run.stderr.decode(), "Sanitizer|runtime error", self.faults.after("it"))
        return run

    def test_a_start_that_fails_says_why(self):
        started = 0
        for _ in self.rounds():
            process = subprocess.Popen([FAULTY, "run", "-c", self.file], stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                       env={**os.environ, "PEN_FAULTS": self.faults.path})
            lines = []
            for line in process.stderr:
                lines.append(line)
                if " runs with " in line:
                    process.send_signal(signal.SIGTERM)
                    started += 1
            status = process.wait(harness.PATIENCE)
            process.stderr.close()
            log = "".join(lines)
            self.assertNotRegex(log, "Sanitizer|runtime error", self.faults.after("it"))
            if " runs with " in log:
                self.assertEqual(status, 0, self.faults.after(log))
            else:
                self.assertIn(status, (1, 2), self.faults.after(log))
                self.assertRegex(log, r" error .+\n$", self.faults.after(log))
        self.assertGreater(started, 0)
        self.assertFalse(os.path.exists(self.pki.path("edge.sock")))

    def test_a_check_that_cannot_be_made_says_why(self):
        whole = self.command("check", "-c", self.file)
        self.assertEqual(whole.returncode, 0, whole.stderr)
        for _ in self.rounds():
            run = self.command("check", "-c", self.file)
            if run.returncode == 0:
                # A second after it was made a certificate has a day less.
                days = re.compile(rb"\d+ days left")
                self.assertEqual(days.sub(b"", run.stdout), days.sub(b"", whole.stdout), self.faults.after("it"))
            else:
                self.assertEqual(run.returncode, 2, self.faults.after("it"))
                self.assertNotEqual(run.stderr, b"", self.faults.after("it"))
        self.assertEqual(run.returncode, 0, run.stderr)

    def test_a_scan_refuses_what_it_cannot_look_at(self):
        data = "".join(json.dumps(event) + "\n" for event in EVENTS).encode()
        arguments = ("scan", "-c", self.file, "--function", "orders")
        whole = self.command(*arguments, data=data).stdout.splitlines()
        self.assertEqual([json.loads(line)["verdict"] for line in whole], ["pass", "block", "block"])
        for _ in self.rounds():
            run = self.command(*arguments, data=data)
            self.assertIn(run.returncode, (1, 2), self.faults.after("it"))
            if run.returncode == 2:
                self.assertNotEqual(run.stderr, b"", self.faults.after("it"))
                continue
            lines = run.stdout.splitlines()
            self.assertEqual(len(lines), len(EVENTS), run.stdout)
            for line, expected in zip(lines, whole):
                if line != expected:
                    self.assertEqual(json.loads(line)["verdict"], "block", self.faults.after("it"))
                    self.assertGreaterEqual(json.loads(line)["status"], 500, self.faults.after("it"))
        self.assertEqual(run.stdout.splitlines(), whole)


if __name__ == "__main__":
    harness.main()
