"""Names of functions are looked up off the workers: whatever a name server does, nobody else waits for it."""
import signal

import harness
from harness import Setting, wait_for
from harness.faults import FAULTY

NAMES = "many.test=127.0.0.2,127.0.0.3,127.0.0.1 gone.test=gone down.test=down slow.test=hang"


class LooksNamesUpAside(Setting):
    """penstock_faults is the gateway with a resolver that reads PEN_NAMES."""

    def named(self, port=None, **names):
        """A gateway with one upstream and one function for each name, and the usual ones."""
        port = port or self.nginx.port
        upstreams = "".join(
            f"  {name}:\n    url: https://{host}:{port}\n    connect_timeout: 700ms\n"
            f"    mtls: {{ certificate: client.pem, key: client.key, ca: ca.pem, server_name: localhost }}\n"
            for name, host in names.items())
        functions = {name: {"route": f"/{name}", "upstream": name} for name in names}
        config = self.config(upstream=upstreams, functions=functions).replace("workers: 2", "workers: 1")
        return self.gateway(config, program=FAULTY, PEN_NAMES=NAMES)

    def test_a_name_with_several_addresses_is_reached_at_the_one_that_answers(self):
        gateway = self.named(many="many.test")
        for _ in range(3):
            self.assertEqual(gateway.post("/many").status, 200)

    def test_names_that_mean_nothing_are_the_functions_fault(self):
        gateway = self.named(gone="gone.test", down="down.test")
        for path in ("/gone", "/down"):
            reply = gateway.post(path)
            self.refused(reply, 502, "upstream.dns")
            self.assertEqual(reply.get("Proxy-Status"), "penstock; error=dns_error")
        self.assertEqual(gateway.post("/open/x").status, 200)

    def test_a_name_server_that_hangs_holds_up_nobody_else(self):
        gateway = self.named(slow="slow.test")
        body = b"POST /slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
        waiting = [gateway.connect() for _ in range(20)]
        for connection in waiting:
            connection.sendall(body)
        for _ in range(5):
            self.assertEqual(gateway.post("/open/x").status, 200)
        for connection in waiting:
            self.assertIn(b" 504 ", connection.recv(4096).split(b"\r\n")[0])
            connection.close()
        reasons = {record["reason"] for record in gateway.records(25) if record["path"] == "/slow"}
        self.assertEqual(reasons, {"upstream.connect_timeout"})

    def test_reload_and_end_do_not_wait_for_a_name_server_that_hangs(self):
        gateway = self.named(slow="slow.test")
        self.refused(gateway.post("/slow"), 504, "upstream.connect_timeout")
        gateway.hang_up()
        wait_for("the second generation", lambda: gateway.said("generation 2 of the configuration"))
        self.assertEqual(gateway.post("/open/x").status, 200)
        gateway.process.send_signal(signal.SIGTERM)
        self.assertEqual(gateway.process.wait(harness.PATIENCE), 0)


if __name__ == "__main__":
    harness.main()
