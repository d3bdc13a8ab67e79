"""bench/run's own arithmetic: what counts, what does not, and pictures that are well formed."""
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "bench"))

from harness import figures, generators, markdown, page, processes, report, svg, verdicts  # noqa: E402
from harness.measures import ALL, stages  # noqa: E402
from harness.setting import event_of  # noqa: E402


def shot(number, cpu, *trouble):
    return {"round": number, "cpu_us": cpu, "trouble": list(trouble), "events": 1}


class Said:
    def __init__(self, stdout):
        self.stdout, self.stderr = stdout, ""


WRK = """Running 2s test @ https://127.0.0.1:1/
  Latency Distribution
     50%  812.00us
     90%    1.20ms
     99%    1.05s
  4321 requests in 2.10s, 1.0MB read
"""


class Figures(unittest.TestCase):
    def test_a_run_with_trouble_is_in_no_figure(self):
        figure = figures.of([shot(0, 10), shot(1, 99, "throttled"), shot(2, 14)], "cpu_us")
        self.assertEqual((figure["median"], figure["low"], figure["high"], figure["n"], figure["failed"]), (12, 10, 14, 2, 1))

    def test_ratios_are_taken_within_a_round(self):
        ours, theirs = [shot(0, 20), shot(1, 60), shot(2, 50)], [shot(0, 10), shot(1, 20), shot(2, 1, "errors")]
        figure = figures.ratio(ours, theirs, "cpu_us")
        self.assertEqual((figure["low"], figure["high"], figure["n"]), (2, 3, 2))

    def test_everyone_has_a_turn_and_nobody_is_always_first(self):
        class Bench:
            rounds = 3
            order = []

            def progress(self, *_):
                pass
        bench = Bench()
        shots = figures.interleave(bench, "x", "abc", lambda point: Bench.order.append(point) or shot(0, 1))
        self.assertEqual("".join(Bench.order), "abcbcacab")
        self.assertEqual([one["round"] for one in shots["c"]], [0, 1, 2])

    def test_what_was_not_measured_holds_no_promise(self):
        for row in verdicts.verdicts({}):
            self.assertIsNone(row["holds"], row)
        keep = {"cost": {"penstock": [shot(0, 20)], "nginx": [shot(0, 10)], "nginx + modsecurity": [shot(0, 1000)]}}
        rows = {row["what"]: row for row in verdicts.verdicts(keep)}
        self.assertFalse(rows["CPU of a 1 KiB event, times nginx"]["holds"])
        self.assertFalse(rows["nginx + ModSecurity + CRS takes times as much CPU at 1 KiB"]["holds"])


class Generators(unittest.TestCase):
    def test_reads_what_wrk_says(self):
        read = generators.read_wrk(Said(WRK))
        self.assertEqual((read["events"], read["seconds"], read["p50"], read["p99"], read["trouble"]), (4321, 2.1, 0.812, 1050.0, []))
        bad = generators.read_wrk(Said(WRK + "  Socket errors: connect 0, read 3, write 0, timeout 1\n  Non-2xx or 3xx responses: 5\n"))
        self.assertEqual(len(bad["trouble"]), 2)
        self.assertTrue(generators.read_wrk(Said(""))["trouble"])

    def test_reads_what_load_says(self):
        said = {"answers": 10, "good": 10, "seconds": 2.0, "own_cpu_seconds": 0.1, "offered_per_second": 5, "events": 12, "errors": 2, "waited": 0,
                "connections": 1, "resumed": 0, "own_limit": False, "cpu": [{"pid": 1, "seconds": 0.5}], "first_trouble": "",
                "latency_ms": {"count": 10, "p50": 1.0, "p99": 2.0, "max": 3.0},
                "kinds": {"order": {"statuses": {"200": 10, "503": 1}, "failures": {"no answer in time": 1}}}}
        read = generators.read_load(Said(json.dumps(said)))
        self.assertEqual((read["p99"], read["server_seconds"]), (2.0, 0.5))
        self.assertEqual(read["trouble"], ["1 answered 503, 1 no answer in time"])

    def test_folds_stacks_outermost_first(self):
        script = "    7f01 inner+0x12 (/lib/x.so)\n    7f02 outer (/bin/y)\n    7f03 [unknown] (/lib/z.so)\n\n    7f01 inner (/lib/x.so)\n"
        self.assertEqual(stages.folded(script), {("[z.so]", "outer", "inner"): 1, ("inner",): 1})


class Setting(unittest.TestCase):
    def test_events_are_json_of_exactly_their_size(self):
        for size in (256, 1024, 4096, 65536, 1 << 20):
            event = event_of(size)
            self.assertEqual(len(event.encode()), size)
            self.assertIsInstance(json.loads(event), dict)

    def test_counts_the_cpu_of_a_process_and_its_children(self):
        child = subprocess.Popen(["sh", "-c", "sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; sleep 5' & wait"])
        try:
            end = time.monotonic() + 20
            while processes.cpu_seconds(processes.family(child.pid)) < 0.05 and time.monotonic() < end:
                time.sleep(0.02)
            self.assertGreaterEqual(processes.cpu_seconds(processes.family(child.pid)), 0.05)
            self.assertLess(processes.cpu_seconds([child.pid]), 0.05)
        finally:
            for pid in reversed(processes.family(child.pid)):
                subprocess.run(["kill", str(pid)], check=False)
            child.wait()


class Pages(unittest.TestCase):
    def result(self):
        figure = figures.figure([10, 12, 11])
        plots = [report.bars("b", "Bars & <more>", "us", [("nginx", figure), ("penstock", figures.figure([5.5])), ("x", figures.figure([]))]),
                 report.bars("l", "Log", "us", [("nginx", figures.figure([20])), ("penstock", figures.figure([40000]))], log=True),
                 report.lines("n", "Lines", "x", "y", {"nginx": [(1, figure), (10000, figure)], "penstock": [(1, figures.figure([]))]}, True, True),
                 report.flame("f", "Flame", {("main", "pen_a", "b<c>"): 60, ("main", "d"): 40})]
        one = report.section("Text & more.", {"nginx": [{**shot(0, 1), "command": "wrk <x>"}], "bad": [shot(0, 1, "socket errors")]},
                             [report.table(["who", "us"], [["nginx", figure], ["a|b", "text"]])], plots, ["a note"])
        return {"command": "bench/run", "date": "today", "seconds": 1.0, "rounds": 3, "shot_seconds": 2, "left_out": [("x", "is missing")],
                "verdicts": verdicts.verdicts({}), "sections": [{"name": "s", "title": "Section", "seconds": 1.0, **one}],
                "machine": {"cpu": "c", "cpus": 2, "cpu_limit": None, "memory_mib": 1, "system": "s", "kernel": "k", "virtual": "v",
                            "governor": "g", "load_at_start": 0.5, "versions": {"nginx": "1"}}}

    def test_every_picture_is_well_formed_and_knows_light_and_dark(self):
        for plot in self.result()["sections"][0]["plots"]:
            text = svg.draw(plot)
            xml.etree.ElementTree.fromstring(text)
            self.assertIn("prefers-color-scheme:dark", text)
            self.assertNotIn("nan", text)

    def test_the_page_needs_nothing_else_and_says_what_does_not_count(self):
        text = page.write(self.result())
        for outside in ("<script", "<link", "src=", "@import", "url("):
            self.assertNotIn(outside, text)
        self.assertIn("bad, round 1: socket errors", text)
        self.assertIn("is missing", text)
        self.assertIn("wrk &lt;x&gt;", text)

    def test_the_document_has_its_plots_beside_it(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "benchmarks.md")
            markdown.write(self.result(), path)
            text = path.read_text(encoding="utf-8")
            for name in ("b", "l", "n", "f"):
                self.assertIn(f"(benchmarks/{name}.svg)", text)
                self.assertTrue(pathlib.Path(folder, "benchmarks", f"{name}.svg").exists())
            self.assertIn("| a\\|b | text |", text)

    def test_sections_have_names_of_their_own(self):
        names = [name for name, _, _ in ALL]
        self.assertEqual(len(names), len(set(names)))


class Options(unittest.TestCase):
    def test_a_file_that_is_not_there_is_told_before_anything_is_measured(self):
        for option in ("--corpus", "--weak"):
            run = subprocess.run([ROOT / "bench/run", option, "nothing.jsonl"], capture_output=True, text=True, check=False, timeout=60)
            self.assertEqual((run.returncode, run.stdout), (2, ""))
            self.assertIn("there is no file 'nothing.jsonl'", run.stderr)


if __name__ == "__main__":
    unittest.main()
