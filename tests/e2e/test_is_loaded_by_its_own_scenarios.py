"""The scenarios in bench/scenarios/ get from conf/'s examples exactly the answers that they expect, and
bench/load counts what callers get."""
import json
import os
import re
import shutil
import signal
import socket
import subprocess

import harness
from harness import PENSTOCK, ROOT, Certificates, Setting

LOAD = os.environ.get("PENSTOCK_LOAD", os.path.join(ROOT, "build/release/bench/load/load"))
NOBODY = 1  # no function is asked in these


class IsLoadedByItsOwnScenarios(Setting):
    def setUp(self):
        super().setUp()
        self.tree = os.path.join(self.folder, self.id().rpartition(".")[2])
        shutil.copytree(os.path.join(ROOT, "conf"), os.path.join(self.tree, "conf"))
        self.keys = os.path.join(self.tree, "certs/dev")
        for arguments in (("certs",), ("token", "--init")):
            subprocess.run([PENSTOCK, *arguments], cwd=self.tree, capture_output=True, check=True, timeout=harness.PATIENCE)
        self.pki = Certificates(self.keys)

    def start(self, name, function_port, **variables):
        with open(os.path.join(self.tree, "conf", name), encoding="utf-8") as file:
            text = file.read()
        text = re.sub(r"(0\.0\.0\.0|127\.0\.0\.1):(8443|9901|9902)\b", "127.0.0.1:0", text)
        text = re.sub(r"127\.0\.0\.1:(9443|8080)\b", f"127.0.0.1:{function_port}", text)
        gateway = harness.Gateway(self, text, folder=os.path.join(self.tree, "conf"), **variables)
        self.addCleanup(gateway.close)
        return gateway

    def load(self, scenario, *arguments, status=0, **variables):
        run = subprocess.run([LOAD, scenario, "--json", *arguments], capture_output=True, text=True, check=False,
                             timeout=45, env={**os.environ, "KEYS": self.keys, **variables})
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        return json.loads(run.stdout)

    def scenario(self, text):
        path = os.path.join(self.tree, "scenario.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def test_the_edge(self):
        gateway = self.start("edge.yaml", self.behind(tls=True))
        result = self.load(os.path.join(ROOT, "bench/scenarios/edge.yaml"), "--rate", "60", "--duration", "4s",
                           "--warmup", "0s", "--pid", str(gateway.process.pid),
                           EDGE_URL=f"https://127.0.0.1:{gateway.ports['tls']}")
        self.assertEqual(result["errors"], 0)
        self.assertGreater(result["events"], 150)
        self.assertGreater(result["kinds"]["order"]["statuses"]["200"], 100)
        self.assertGreater(result["cpu"][0]["seconds"], 0)
        latency = result["latency_ms"]
        self.assertTrue(0 < latency["min"] <= latency["p50"] <= latency["p99"] <= latency["max"], latency)

    def test_the_sidecar(self):
        gateway = self.start("sidecar.yaml", self.behind(tls=False), PORT="0")
        result = self.load(os.path.join(ROOT, "bench/scenarios/sidecar.yaml"), "--duration", "1s", "--warmup", "0s",
                           "--connections", "8", SIDECAR_URL=f"http://127.0.0.1:{gateway.ports['plaintext']}")
        self.assertEqual(result["errors"], 0)
        self.assertEqual(result["offered_per_second"], 0)
        self.assertGreater(result["answers_per_second"], 50)

    def behind(self, tls):
        """The port of the function that scenarios are tried with: it answers everything and keeps its connections."""
        ports = {"8080": harness.free_port(), "9443": harness.free_port()}
        folder = os.path.join(self.tree, "nginx")
        os.makedirs(os.path.join(folder, "build"))
        with open(os.path.join(ROOT, "bench/scenarios/function.conf"), encoding="ascii") as file:
            text = file.read().replace("../../certs/dev", self.keys)
        for shipped, port in ports.items():
            text = text.replace(f"127.0.0.1:{shipped}", f"127.0.0.1:{port}")
        with open(f"{folder}/nginx.conf", "w", encoding="ascii") as file:
            file.write(text)
        port = ports["9443" if tls else "8080"]
        nginx = subprocess.Popen(["/usr/sbin/nginx", "-e", "stderr", "-p", folder, "-c", f"{folder}/nginx.conf"],
                                 stderr=subprocess.DEVNULL)
        self.addCleanup(nginx.wait)
        self.addCleanup(nginx.terminate)
        harness.wait_for("nginx listens", lambda: self.listens(port))
        return port

    @staticmethod
    def listens(port):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def test_a_stall_is_felt_by_everyone_who_came_in_it(self):
        """The process stands still for a second in two: events due meanwhile waited up to that long."""
        gateway = self.start("edge.yaml", NOBODY)
        scenario = self.scenario(
            f"target: https://127.0.0.1:{gateway.ports['tls']}\nca: {self.keys}/ca.pem\nrate: 100\narrivals: constant\n"
            "connections: 4\nwarmup: 0s\nduration: 2s\nmix: { nobody: { path: /function/orders, body: { text: '{}' }, expect: 401 } }\n")
        load = subprocess.Popen([LOAD, scenario, "--json"], stdout=subprocess.PIPE, text=True)
        try:
            harness.wait_for("callers are there", lambda: gateway.metric("penstock_connections") > 0)
            gateway.process.send_signal(signal.SIGSTOP)
            with self.assertRaises(subprocess.TimeoutExpired):
                load.wait(1)
        finally:
            gateway.process.send_signal(signal.SIGCONT)
        out = load.communicate(timeout=harness.PATIENCE)[0]
        self.assertEqual(load.returncode, 0, out)
        result = json.loads(out)
        self.assertEqual(result["events"], 200)
        # Four connections were waiting; the 90 that were due behind them count as well.
        self.assertGreater(result["waited"], 50)
        self.assertGreater(result["latency_ms"]["p90"], 500)

    def test_what_is_not_answered_as_expected_is_told_by_its_reason(self):
        gateway = self.start("edge.yaml", NOBODY)
        port = harness.free_port()
        common = f"ca: {self.keys}/ca.pem\nrate: 20\nwarmup: 0s\nduration: 500ms\ntimeout: 30s\n"
        mix = "mix: { order: { path: /function/orders, body: { text: '{}' } } }\n"
        result = self.load(self.scenario(f"target: https://127.0.0.1:{gateway.ports['tls']}\n" + common + mix), status=1)
        self.assertEqual(list(result["kinds"]["order"]["statuses"]), ["401"])
        self.assertEqual(result["errors"], result["events"])
        self.assertEqual(result["latency_ms"], {"count": 0})
        result = self.load(self.scenario(f"target: https://127.0.0.1:{port}\n" + common + mix), status=1)
        self.assertEqual(list(result["kinds"]["order"]["failures"]), ["no connection"])
        no_ca = common.replace(f"ca: {self.keys}/ca.pem\n", "")
        result = self.load(self.scenario(f"target: https://127.0.0.1:{gateway.ports['tls']}\n" + no_ca + mix), status=1)
        self.assertEqual(list(result["kinds"]["order"]["failures"]), ["no TLS handshake"])

    def test_another_machine_is_not_loaded_by_mistake(self):
        scenario = self.scenario("target: https://192.0.2.1\nmix: { a: { path: / } }\n")
        run = subprocess.run([LOAD, scenario], capture_output=True, text=True, check=False, timeout=harness.PATIENCE)
        self.assertEqual(run.returncode, 2)
        self.assertIn("--elsewhere", run.stderr)


if __name__ == "__main__":
    harness.main()
