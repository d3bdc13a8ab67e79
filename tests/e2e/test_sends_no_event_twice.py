"""A function that breaks off after it was asked is not asked again: it may have worked already."""
import harness
from harness import Setting


class SendsNoEventTwice(Setting):
    def test_a_kept_connection_that_breaks_off_in_the_exchange(self):
        recorder = self.mtls_recorder()
        first = [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"]
        recorder.script = lambda request: first if len(recorder.requests) == 1 else [None]
        gateway = self.gateway(self.config(port=recorder.port).replace("workers: 2", "workers: 1"))
        self.assertEqual(gateway.post("/open/1").status, 200)
        reply = gateway.post("/open/2")
        self.assertEqual(reply.status, 502, reply.raw)
        self.assertEqual(reply.get("Proxy-Status"), "penstock; error=connection_terminated")
        self.assertEqual([request.line.split()[1] for request in recorder.requests], ["/open/1", "/open/2"])
        self.assertEqual([request.number for request in recorder.requests], [1, 1])
        self.assertTrue(gateway.records(2)[1]["upstream"]["reused"])


if __name__ == "__main__":
    harness.main()
