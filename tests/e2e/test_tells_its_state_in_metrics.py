"""/metrics is Prometheus' text format to the letter, counts what happened and never goes back; the
admin listener does nothing else."""
import re
import socket

import harness
from harness import Setting, wait_for

SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (\S+)')


def parse(text):
    """{series: value}, {family: type}; fails on what Prometheus would not take."""
    samples, types, helps, latest = {}, {}, set(), None
    assert text.endswith("\n"), "the last line must end"
    for line in text.splitlines():
        if line.startswith("# HELP "):
            latest = line.split(" ", 3)[2]
            assert latest not in helps, f"{latest} comes twice"
            helps.add(latest)
            assert "Not described" not in line, line
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name == latest and kind in ("counter", "gauge", "histogram"), line
            types[name] = kind
        else:
            match = SAMPLE.fullmatch(line)
            assert match, f"no sample: {line!r}"
            family = match[1]
            if types.get(latest) == "histogram":
                family = re.sub(r"_(bucket|sum|count)$", "", family)
            assert family == latest, f"{line} stands under {latest}"
            series = line.rpartition(" ")[0]
            assert series not in samples, f"{series} comes twice"
            samples[series] = float(match[3])
    assert set(types) == helps
    return samples, types


class TellsItsStateInMetrics(Setting):
    def metrics(self):
        return parse(self.server.page("/metrics")[1])

    def test_what_happened_is_counted_in_the_format_of_prometheus(self):
        self.server = self.gateway()
        token = self.issuer.token()
        before, types = self.metrics()
        for _ in range(4):
            self.assertEqual(self.server.post("/function/orders", token=token).status, 200)
        self.refused(self.server.post("/function/orders"), 401, "credential.missing")
        self.refused(self.server.post("/open/x", b'{"a":"x\' OR 1=1 --"}'), 403, "filter.sqli")
        self.server.raw(b"BAD\r\n\r\n")
        wait_for("all are counted",
                 lambda: self.server.metric("penstock_audit_records_total") == 7
                 and self.server.metric("penstock_requests_in_flight") == 0)
        after, _ = self.metrics()
        for series, grown in (
                ('penstock_requests_total{function="orders",status="2xx",verdict="pass"}', 4),
                ('penstock_requests_total{function="orders",status="4xx",verdict="block"}', 1),
                ('penstock_requests_total{function="open",status="4xx",verdict="block"}', 1),
                ('penstock_refusals_total{reason="credential.missing"}', 1),
                ('penstock_refusals_total{reason="sqli.tautology"}', 1),
                ("penstock_edge_refusals_total", 1), ("penstock_tls_handshakes_total", 7),
                ('penstock_stage_seconds_count{stage="upstream"}', 4)):
            self.assertEqual(after.get(series, 0) - before.get(series, 0), grown, series)
        self.assertEqual(after["penstock_upstream_connects_total"] + after["penstock_upstream_reuses_total"], 4)
        self.assertGreater(after["penstock_received_bytes_total"], 7 * 100)
        for series, value in before.items():
            if types[re.sub(r"(_bucket|_sum|_count)?(\{.*)?$", "", series)] != "gauge" or "_total" in series:
                self.assertGreaterEqual(after[series], value, series)

    def test_histograms_are_cumulative_and_complete(self):
        self.server = self.gateway()
        for _ in range(3):
            self.server.post("/open/x")
        samples, types = self.metrics()
        histograms = {}
        for series, value in samples.items():
            bucket = re.fullmatch(r'(\w+)_bucket\{(.*?),?le="([^"]+)"\}', series)
            if bucket:
                histograms.setdefault((bucket[1], bucket[2]), []).append((float(bucket[3].replace("Inf", "inf")), value))
        self.assertTrue(histograms)
        for (name, labels), buckets in histograms.items():
            self.assertEqual(types[name], "histogram")
            self.assertEqual([bound for bound, _ in buckets], sorted(bound for bound, _ in buckets))
            self.assertEqual([count for _, count in buckets], sorted(count for _, count in buckets))
            around = "{" + labels + "}" if labels else ""
            self.assertEqual(buckets[-1], (float("inf"), samples[f"{name}_count{around}"]))
            self.assertIn(f"{name}_sum{around}", samples)

    def test_counters_survive_a_reload(self):
        self.server = self.gateway()
        series = 'penstock_requests_total{function="open",status="2xx",verdict="pass"}'
        self.server.post("/open/x")
        wait_for("it is counted", lambda: self.server.metric(series) == 1)
        self.server.hang_up()
        wait_for("the reload", lambda: self.server.metric("penstock_config_generation") == 2)
        self.server.post("/open/x")
        wait_for("it goes on", lambda: self.server.metric(series) == 2)

    def test_the_admin_listener_does_nothing_else(self):
        self.server = self.gateway()
        for request, status in ((b"GET / HTTP/1.1", 404), (b"GET /metrics/../healthz HTTP/1.1", 404),
                                (b"POST /metrics HTTP/1.1", 405), (b"DELETE /healthz HTTP/1.1", 405)):
            with socket.create_connection(("127.0.0.1", self.server.admin), harness.PATIENCE) as connection:
                connection.sendall(request + b"\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                self.assertEqual(int(connection.recv(65536).split()[1]), status, request)
        for path in ("/metrics", "/healthz", "/readyz"):
            self.refused(self.server.curl(path), 404, "route.unknown")


if __name__ == "__main__":
    harness.main()
