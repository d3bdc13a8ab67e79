"""bench/run's own arithmetic: what counts, what does not, and pictures that are well formed."""
import contextlib
import importlib.machinery
import importlib.util
import io
import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import types
import unittest
import unittest.mock
import xml.etree.ElementTree
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "bench"))

from harness import figures, generators, main, markdown, orders, page, processes, report, svg, verdicts  # noqa: E402
from harness.measures import ALL, many, stages  # noqa: E402
from harness.setting import EVENT, event_of  # noqa: E402


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
            order = []

            def turns(self, times):
                return range(3 * times)

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


    def test_a_configuration_that_was_refused_holds_no_promise(self):
        keep = {"many": {("rules", 10): [shot(0, 10)], ("rules", 512): [shot(0, 10)], ("rules", 10000): [],
                         ("schemas", 10): [shot(0, 10)], ("schemas", 10000): [shot(0, 12)]}}
        rows = {row["what"]: row for row in verdicts.verdicts(keep)}
        self.assertIsNone(rows["CPU of an event with 10,000 rules, times 10 rules"]["holds"])
        self.assertFalse(rows["CPU of an event with 10,000 schemas, times 10 schemas"]["holds"])
        self.assertIsNone(rows["CPU of an event with 10,000 functions, times 10 functions"]["holds"])

    def test_what_falls_short_comes_first(self):
        rows = [verdicts.row("a", 1.0, 2), verdicts.row("b", None, 2), verdicts.row("c", 3.0, 2)]
        self.assertEqual([row["what"] for row in verdicts.worst_first(rows)], ["c", "b", "a"])
        self.assertEqual(verdicts.falls_short(rows), "What falls short here: c: 3.00, at most 2 is promised. 1 of 3 promises were not measured.")
        self.assertIn("Every promise", verdicts.falls_short(rows[:1]))
        self.assertIn("No promise", verdicts.falls_short(rows[1:2]))

    def test_a_busy_machine_is_told(self):
        self.assertIn("measure again", verdicts.other_load([0.0, 0.5, 0.9]))
        self.assertNotIn("measure again", verdicts.other_load([0.0, 0.01, 0.9]))

    def test_no_two_schemas_are_alike(self):
        self.assertEqual(len({json.dumps(many.schema(i)) for i in range(10000)}), 10000)


class Rounds(unittest.TestCase):
    def bench(self, **options):
        one = object.__new__(main.Bench)
        one.rounds, one.may_hurry, one.began, one.cut, one.clear, one.left_out = 3, True, time.monotonic(), False, False, []
        one.__dict__.update(options)
        return one

    def test_there_are_fewer_when_time_runs_short(self):
        late = time.monotonic() - main.HURRY_S - 1
        self.assertEqual(list(self.bench().turns()), [0, 1, 2])
        self.assertEqual(list(self.bench(began=late).turns()), [0])
        self.assertEqual(list(self.bench(began=late, may_hurry=False).turns()), [0, 1, 2])

    def run_measures(self, *measures):
        sections, bench = [], self.bench()
        wanted = [(f"s{i}", f"Section {i}", measure) for i, measure in enumerate(measures)]
        with contextlib.redirect_stdout(io.StringIO()), unittest.mock.patch.object(signal, "signal"):
            whole = main.run_measures(bench, wanted, sections)
        return whole, sections, bench

    def test_what_was_measured_is_kept_when_somebody_ends_it(self):
        def end(_):
            raise KeyboardInterrupt
        good = lambda _: report.section("", {"x": [shot(0, 1)]}, [], [])
        whole, sections, bench = self.run_measures(good, end, good)
        self.assertFalse(whole)
        self.assertEqual([one["name"] for one in sections], ["s0"])
        self.assertEqual([name for name, _ in bench.left_out], ["Section 1", "Section 2"])

    def test_nothing_is_written_over_a_report_when_nothing_was_measured(self):
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as said:
            html, data = pathlib.Path(folder, "a.html"), pathlib.Path(folder, "a.json")
            html.write_text("before", encoding="utf-8")
            options = types.SimpleNamespace(html=str(html), json=str(data), docs=None)
            bad = report.section("", {"x": [shot(0, 1, "socket errors")]}, [report.table(["a"], [["b"]])], [])
            for sections in ([], [bad]):
                main.write(options, {"sections": sections}, True)
            self.assertEqual((html.read_text(encoding="utf-8"), data.exists()), ("before", False))
            self.assertIn("nothing was measured", said.getvalue())


class Micro(unittest.TestCase):
    DUMP = "ob=/lib/libcrypto.so.3\nfn=0x00000000000012a0\n0 40\nob=/x/stages\nfn=pen_slow\n0 100\ncalls=1 0\n0 999\nfn=pen_same\n0 60\n"

    def tool(self):
        loader = importlib.machinery.SourceFileLoader("micro_run", str(ROOT / "bench/micro/run"))
        module = importlib.util.module_from_spec(importlib.util.spec_from_loader("micro_run", loader))
        loader.exec_module(module)
        return module

    def test_reads_what_each_function_took_itself(self):
        with tempfile.NamedTemporaryFile("w", suffix=".dump") as dump:
            dump.write(self.DUMP)
            dump.flush()
            cost = self.tool().functions_of(pathlib.Path(dump.name))
        self.assertEqual(dict(cost), {"libcrypto.so.3+0x12a0": 40, "pen_slow": 100, "pen_same": 60})

    def test_names_the_function_that_rose(self):
        baseline = {"a stage": {"instructions": 1000, "functions": {"pen_slow": 400, "pen_same": 600}}}
        for slow, failed in ((440, []), (460, ["a stage"])):
            with contextlib.redirect_stdout(io.StringIO()) as said:
                rose = self.tool().compare(baseline, {"a stage": (600 + slow, {"pen_slow": slow, "pen_same": 600})})
            self.assertEqual(rose, failed)
            self.assertEqual("pen_slow" in said.getvalue(), bool(failed))
            self.assertNotIn("pen_same", said.getvalue())


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
        for size in (256, 1024, 4095, 4096, 4097, 16384, 65536, 1 << 20):
            event = event_of(size)
            self.assertEqual(len(event.encode()), size)
            self.assertIsInstance(json.loads(event), dict)

    def test_a_large_event_does_not_repeat_itself(self):
        text = event_of(65536)
        self.assertEqual(text, event_of(65536))
        some = json.loads(text)["items"]
        self.assertGreater(len(some), 60)
        for of in (lambda one: one["id"], lambda one: one["data"]["orderId"], lambda one: json.dumps(one["data"]["customer"])):
            self.assertEqual(len(set(map(of, some))), len(some))
        for of in (lambda one: one["data"]["customer"]["name"], lambda one: json.dumps(one["data"]["items"]), lambda one: one["data"]["total"]):
            self.assertGreater(len(set(map(of, some))), 0.8 * len(some))
        # Eighty times the same order is a seventieth of it to zlib; shops' orders share their keys and their words.
        self.assertGreater(len(zlib.compress(text.encode())), 0.12 * len(text))

    def test_orders_have_the_shape_of_the_one_that_is_1_kib(self):
        def shape(value):
            if isinstance(value, dict):
                return {key: shape(one) for key, one in value.items()}
            return [shape(value[0])] if isinstance(value, list) else "number" if type(value) in (int, float) else type(value).__name__
        expected = shape(EVENT)
        for number in range(300):
            made = orders.order(number)
            made["data"]["coupon"] = None  # a text or nothing
            self.assertEqual(shape(made), expected)

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
            root = xml.etree.ElementTree.fromstring(text)
            for one in root.iter():
                if "class" in one.attrib and one is not root:
                    self.assertTrue(one.get("fill") or one.get("stroke"), one.attrib)  # rsvg-convert: what has none is black
            self.assertNotIn("var(", text)
            self.assertIn("prefers-color-scheme:dark", text)
            self.assertNotIn("nan", text)

    def test_that_runs_failed_is_said_once_in_a_row(self):
        lost = figures.of([shot(0, 1, "errors")], "cpu_us")
        self.assertEqual([(shown, spread) for shown, spread, _ in report.cells(["nginx", lost, lost])],
                         [("nginx", None), ("not counted", "1 failed"), ("-", None)])

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
