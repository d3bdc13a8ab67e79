"""bench/run's own arithmetic: what counts, what does not, and pictures that are well formed."""
import contextlib
import importlib.machinery
import importlib.util
import io
import itertools
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

from harness import conclusion, figures, generators, machine, main, markdown, orders, page, processes, report, svg, verdicts  # noqa: E402
from harness.measures import ALL, many, scale, stages  # noqa: E402
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
        self.assertFalse(rows["CPU of a 1 KiB event, times nginx's"]["holds"])
        self.assertFalse(rows["CPU of nginx + ModSecurity + CRS for a 1 KiB event, times Penstock's"]["holds"])

    def test_a_configuration_that_was_refused_holds_no_promise(self):
        keep = {"many": {("rules", 10): [shot(0, 10)], ("rules", 512): [shot(0, 10)], ("rules", 10000): [],
                         ("schemas", 10): [shot(0, 10)], ("schemas", 10000): [shot(0, 12)]}}
        rows = {row["what"]: row for row in verdicts.verdicts(keep)}
        self.assertIsNone(rows["CPU of an event with 10,000 rules, times 10 rules"]["holds"])
        self.assertFalse(rows["CPU of an event with 10,000 schemas, times 10 schemas"]["holds"])
        self.assertIsNone(rows["CPU of an event with 10,000 functions, times 10 functions"]["holds"])

    def test_a_percentile_has_events_beyond_it_or_is_not_shown(self):
        shots = [{**shot(number, 1), "events": 400, "p90": 2.0, "p99": 5.0} for number in range(3)]
        self.assertEqual(figures.percentile(shots, "p99")["median"], 5.0)  # 12 of 1200
        self.assertIsNone(figures.percentile(shots[:2], "p99")["median"])
        self.assertEqual(figures.percentile(shots[:1], "p90")["median"], 2.0)

    def test_a_difference_that_is_not_always_of_one_sign_is_noise(self):
        base = [shot(number, 10.0) for number in range(3)]
        for cpus, shown, agree in (([8, 7, 11], "within noise", "2 of 3"), ([8, 7, 9], "-2.00", "3 of 3")):
            one = figures.difference([shot(number, cpu) for number, cpu in enumerate(cpus)], base, "cpu_us")
            self.assertEqual((report.cell(one)[0], figures.agreeing(one)), (shown, agree))
        self.assertEqual(report.cell(figures.difference([shot(0, 8.0), shot(1, 7.0), shot(2, 11.0)], base, "cpu_us"))[1], "-2.00, -3.00 to 1.00")
        self.assertEqual(report.cell(figures.difference([shot(0, 11.0)], base, "cpu_us"))[0], "1.00")

    def test_no_two_schemas_are_alike(self):
        self.assertEqual(len({json.dumps(many.schema(i)) for i in range(10000)}), 10000)


def promise(what, values, bar=2, **options):
    return verdicts.row(what, figures.figure(values), bar, **options)


class Verdicts(unittest.TestCase):
    def test_the_median_decides_and_the_spread_is_told(self):
        for values, bar, verdict, turns in (
                ([1, 1.5, 1.9], 2, "holds", "3 of 3"),
                ([1, 1.5, 2.5], 2, "holds, not for sure: the bar lies within the spread", "2 of 3"),
                ([1, 2.1, 2.5], 2, "does not hold, not for sure: the bar lies within the spread", "1 of 3"),
                ([2.1, 2.2, 2.5], 2, "does not hold", "0 of 3"),
                ([1.5, 2, 2], 2, "holds", "3 of 3"),
                ([1.5], 2, "holds, by a single turn", "1 of 1"),
                ([], 2, "not measured", "-"),
                ([1, 5, 9], None, "no promise", "-")):
            one = promise("a", values, bar)
            self.assertEqual((verdicts.verdict(one), verdicts.turns(one)), (verdict, turns), values)

    def test_a_bar_may_be_one_to_exceed(self):
        one = promise("a", [60, 80, 90], 70, low_is_good=False, digits=0)
        self.assertEqual((one["holds"], verdicts.turns(one), verdicts.bar(one), verdicts.shown(one)), (True, "2 of 3", "at least 70", ("80", "60 to 90")))

    def test_what_falls_short_comes_first(self):
        rows = [promise("a", [1.0]), promise("b", []), promise("c", [3.0, 1.0, 4.0]), promise("d", [1.0], None)]
        self.assertEqual([row["what"] for row in verdicts.worst_first(rows)], ["c", "b", "a", "d"])
        self.assertEqual(verdicts.tally(rows), "Of 3 promises 1 hold by the median of their turns and 1 do not; 1 were not measured. What falls short "
                         "here: c: 3.00 (1.00 to 4.00), at most 2 is promised (1 of 3 turns keep it, so the bar lies within the spread).")
        self.assertIn("single turn", verdicts.tally(rows[:1]))
        self.assertEqual(verdicts.tally(rows[1:2]), "No promise was measured.")
        self.assertIn("Not for sure, because some turns miss the bar: c (2 of 3", verdicts.tally([promise("c", [1, 1, 3])]))

    def test_64_kib_is_held_against_the_nginx_that_is_harder_to_beat(self):
        keep = {"sizes": {("penstock", 65536): [shot(0, 20)], ("nginx", 65536): [shot(0, 10)], (scale.AS_INSTALLED, 65536): [shot(0, 20)]}}
        large = [row for row in verdicts.verdicts(keep) if "64 KiB" in row["what"]]
        self.assertEqual([(row["figure"]["median"], row["bar"], row["holds"]) for row in large], [(2.0, 1.6, False), (1.0, None, None)])


class Conclusion(unittest.TestCase):
    def test_says_what_was_measured_and_nothing_else(self):
        self.assertEqual(conclusion.sentences({}, []), ["No promise was measured."])
        keep = {"cost": {"penstock": [shot(0, 20.0)], "nginx": [shot(0, 10.0)], "nginx + modsecurity": [shot(0, 3000.0)]},
                "latency": {(name, rate): [{**shot(0, 1), "events": events, "p99": 3.0}] for name in ("penstock", "nginx")
                            for rate, events in ((1000, 2000), (8000, 100))},
                "detection": {"of": "x.jsonl", "held_out": False, "blocked": {"penstock": {"attack all": [10, 9], "benign all": [20, 1]}}}}
        said = " ".join(conclusion.sentences(keep, []))
        for part in ("20.0 us of CPU", "about 50,000 a second use up a core", "2.00 times what nginx", "150 times Penstock's CPU for 1 KiB.", "With 1,000 such events",
                     "penstock blocks 90.0% of the attacks and 5.0% of what is benign.", "may have been tuned"):
            self.assertIn(part, said)
        self.assertNotIn("64 KiB", said)
        keep["detection"]["held_out"] = True
        self.assertNotIn("tuned", " ".join(conclusion.sentences(keep, [], [0.05])))
        self.assertNotIn("quiet", " ".join(conclusion.sentences(keep, [], [0.05])))
        self.assertIn("measure again when it is quiet", conclusion.sentences(keep, [], [0.0, 0.2, 0.3])[-1])

    def test_a_figure_beside_its_bar_shows_on_which_side_it_lies(self):
        for median, text in ((1.0804, "1.0804"), (1.084, "1.084"), (1.08, "1.08"), (1.09, "1.09")):
            self.assertEqual(verdicts.shown(verdicts.row("x", figures.figure([median]), 1.08))[0], text)


class Disturbance(unittest.TestCase):
    def turn(self, *shares, may=True):
        """What counts of turns of two points in which others used so much of the machine, and how many turns there were. None: no run."""
        bench, some, count = unittest.mock.Mock(repeating_s=0.0, **{"may_repeat.return_value": may}), iter(shares), itertools.count()

        def shoot(_):
            share = next(some)
            return {**shot(0, next(count)), **({} if share is None else {"other_share": share})}
        kept = figures.undisturbed(bench, "x", ["a", "b"], shoot, 5)
        return [kept[point]["cpu_us"] for point in "ab"], next(count) // 2, ["dropped" in one for one in kept.values()]

    def test_a_disturbed_turn_is_repeated_once_and_the_quieter_counts_as_a_whole(self):
        for shares, counts, turns in (((0.02, 0.1), [0, 1], 1), ((0.4, 0.0, 0.0, 0.0), [2, 3], 2), ((0.0, 0.2, 0.4, 0.0), [0, 1], 2),
                                      ((0.4, 0.0, 0.0, 0.3), [2, 3], 2), ((0.0, 0.4, 0.0, None), [0, 1], 2)):
            self.assertEqual(self.turn(*shares), (counts, turns, [turns == 2] * 2), shares)

    def test_without_time_it_is_counted_as_it_is(self):
        self.assertEqual(self.turn(0.4, 0.0, may=False), ([0, 1], 1, [False, False]))

    def test_what_the_host_took_counts_as_others(self):
        self.assertTrue(figures.disturbed({**shot(0, 1, "8% of the CPUs were stolen by the host"), "other_share": 0.08}))
        self.assertFalse(figures.disturbed(shot(0, 1, "socket errors")))

    def test_the_contestants_function_and_generator_are_not_others(self):
        def process(*seconds):
            return unittest.mock.Mock(**{"cpu_seconds.side_effect": seconds})
        # Before and after: an idle contestant, the function, and the one that has its turn.
        running = [process(1.0, 1.25), process(2.0, 3.0), process(5.0, 5.5)]
        bench = types.SimpleNamespace(setting=types.SimpleNamespace(running=running))
        used = iter([3.0, 10.0, 3.5, 10.25])  # generators and ourselves
        with unittest.mock.patch.object(generators.resource, "getrusage", lambda _: types.SimpleNamespace(ru_utime=next(used), ru_stime=0.0)):
            before = generators.own_seconds(bench)
            self.assertAlmostEqual(generators.own_seconds(bench) - before, 2.5)

    def test_what_is_left_of_the_machine_is_others(self):
        before = {"busy": 1000, "steal": 0, "all": 10000}
        after = {"busy": 1300, "steal": 4, "all": 10400}
        with unittest.mock.patch.object(machine.Watch, "machine_ticks", side_effect=[before, after]), \
                unittest.mock.patch.object(machine.Watch, "throttlings", return_value=0):
            trouble, others = machine.Watch().end(200 / processes.TICK)
        self.assertEqual(trouble, [])
        self.assertAlmostEqual(others, 0.25 + 0.01)

    def test_interrupts_that_the_kernel_times_apart_are_nobodys_work(self):
        for irq, busy in ((0, 75), (4, 60)):
            with unittest.mock.patch.object(pathlib.Path, "read_text", return_value=f"cpu  30 10 20 100 1 {irq} 15 0 0 0\ncpu0 1\n"):
                self.assertEqual(machine.Watch.machine_ticks()["busy"], busy)

    def test_the_page_says_how_many_were_repeated(self):
        def said(*shares):
            shots = [{**shot(0, 1), "other_share": share, **({"dropped": {}} if dropped else {})} for share, dropped in shares]
            return report.others([{"shots": {"a": shots}}])
        text = said((0.0, False), (0.0, True), (0.3, True))
        self.assertIn("2 of 3 runs were repeated", text)
        self.assertIn("1 runs with more than that", text)
        self.assertNotIn("measure again", text)
        self.assertIn("measure again", said((0.5, False), (0.9, False)))
        self.assertEqual(report.others([]), "Nothing was loaded.")


class Rounds(unittest.TestCase):
    def bench(self, **options):
        one = object.__new__(main.Bench)
        one.quick, one.repeating_s, one.hurry_s = False, 0.0, main.HURRY_S
        one.rounds, one.may_hurry, one.began, one.cut, one.clear, one.left_out = 3, True, time.monotonic(), False, False, []
        one.__dict__.update(options)
        return one

    def test_there_are_fewer_when_time_runs_short(self):
        late = time.monotonic() - main.HURRY_S - 1
        self.assertEqual(list(self.bench().turns()), [0, 1, 2])
        self.assertEqual(list(self.bench(began=late).turns()), [0])
        self.assertEqual(list(self.bench(began=late, may_hurry=False).turns()), [0, 1, 2])

    def test_the_last_sections_have_what_the_others_left(self):
        seen = []
        good = lambda bench: seen.append(bench.hurry_s) or report.section("", {"x": [shot(0, 1)]}, [], [])
        self.run_measures(good, good, good, good)
        self.assertEqual(seen, [main.HURRY_S] + [main.LAST_S] * 3)

    def test_repeats_have_a_budget(self):
        self.assertTrue(self.bench().may_repeat(1.0))
        self.assertFalse(self.bench(quick=True).may_repeat(1.0))
        self.assertFalse(self.bench(repeating_s=main.REPEAT_S - 1.0).may_repeat(2.0))
        self.assertFalse(self.bench(began=time.monotonic() - main.HURRY_S - 1).may_repeat(1.0))
        for repeating, may in ((10.0, True), (30.0, False)):
            self.assertEqual(self.bench(began=time.monotonic() - 100, repeating_s=repeating, may_hurry=False).may_repeat(1.0), may)

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
        return {"command": "bench/run", "date": "today", "seconds": 1.0, "rounds": 3, "shot_seconds": 2, "left_out": [("x", "is missing")], "turns": 9,
                "conclusion": ["All is <well>."], "verdicts": [promise("a | b", [1.0, 1.5, 3.0]), promise("c", [7.0])], "sections": [{"name": "s", "title": "Section", "seconds": 1.0, **one}],
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
        for part in ("All is &lt;well&gt;.", "1.00 to 3.00", "2 of 3", "holds, not for sure", "does not hold"):
            self.assertIn(part, text)

    def test_the_document_has_its_plots_beside_it(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "benchmarks.md")
            markdown.write(self.result(), path)
            text = path.read_text(encoding="utf-8")
            for name in ("b", "l", "n", "f"):
                self.assertIn(f"(benchmarks/{name}.svg)", text)
                self.assertTrue(pathlib.Path(folder, "benchmarks", f"{name}.svg").exists())
            self.assertIn("| a\\|b | text |", text)
            self.assertIn("| a \\| b | 1.50 (1.00 to 3.00) | at most 2 | 2 of 3 | holds, not for sure: the bar lies within the spread |", text)
            self.assertIn("| c | 7.00 | at most 2 | 0 of 1 | **does not hold, by a single turn** |", text)

    def test_sections_have_names_of_their_own(self):
        names = [name for name, _, _ in ALL]
        self.assertEqual(len(names), len(set(names)))
        self.assertEqual(set(names[:4]), {"cost", "sizes", "workers", "many"})  # those with a bar, while there is time


class Options(unittest.TestCase):
    def test_a_file_that_is_not_there_is_told_before_anything_is_measured(self):
        for option in ("--corpus", "--weak"):
            run = subprocess.run([ROOT / "bench/run", option, "nothing.jsonl"], capture_output=True, text=True, check=False, timeout=60)
            self.assertEqual((run.returncode, run.stdout), (2, ""))
            self.assertIn("there is no file 'nothing.jsonl'", run.stderr)


if __name__ == "__main__":
    unittest.main()
