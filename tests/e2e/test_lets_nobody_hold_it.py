"""Deadlines: a caller or a function that does nothing is given up, and costs nobody else anything."""
import os
import resource
import socket
import threading
import time

import harness
from harness import JSON, Setting

HEAD = b"POST /open/x HTTP/1.1\r\nHost: localhost\r\n" + JSON.encode() + b"\r\nContent-Length: 2\r\n\r\n"
SHORT = "timeouts: { handshake: 300ms, head: 300ms, body: 500ms, idle: 300ms }"


class LetsNobodyHoldIt(Setting):
    def test_an_idle_connection_is_closed_in_silence(self):
        gateway = self.gateway(self.config(more=SHORT))
        raw = gateway.raw(HEAD + b"{}")
        self.assertEqual(raw.count(b"HTTP/1.1 "), 1, raw)
        self.assertTrue(raw.startswith(b"HTTP/1.1 200 "), raw)

    def test_a_handshake_that_never_comes_is_closed(self):
        gateway = self.gateway(self.config(more=SHORT))
        gateway.ports["plaintext"] = gateway.ports["tls"]
        with gateway.connect("plaintext") as connection:
            self.assertEqual(connection.recv(100), b"")

    def test_a_slow_caller_does_not_slow_others(self):
        gateway = self.gateway(self.config().replace("workers: 2", "workers: 1"))
        held = [gateway.connect() for _ in range(20)]
        for connection in held:
            connection.sendall(HEAD + b"{")
        self.assertEqual(gateway.post("/open/x").status, 200)
        for connection in held:
            connection.close()

    def test_a_slow_function_does_not_slow_others(self):
        gate = threading.Event()
        self.addCleanup(gate.set)

        def script(request):
            if request.body == b"[]":
                gate.wait(harness.PATIENCE)
            yield b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

        self.recorder.script = script
        gateway = self.gateway(self.config().replace("workers: 2", "workers: 1"))
        with gateway.connect() as connection:
            connection.sendall(HEAD + b"[]")
            harness.wait_for("the slow one", lambda: self.seen)
            for _ in range(5):
                self.assertEqual(gateway.post("/open/x").status, 200)
            gate.set()
            self.assertTrue(connection.recv(65536).startswith(b"HTTP/1.1 200 "))

    def test_callers_for_whom_there_is_no_descriptor_cost_nothing(self):
        gateway = self.gateway(self.config().replace("workers: 2", "workers: 1"))
        process = gateway.process.pid
        most = resource.prlimit(process, resource.RLIMIT_NOFILE)[1]
        resource.prlimit(process, resource.RLIMIT_NOFILE, (48, most))
        waiting = [socket.create_connection(("127.0.0.1", gateway.ports["tls"])) for _ in range(60)]
        harness.wait_for("descriptors are out", lambda: len(os.listdir(f"/proc/{process}/fd")) >= 48)

        before = self.processor_seconds(process)
        time.sleep(1)  # what is measured is what it does while it can do nothing
        self.assertLess(self.processor_seconds(process) - before, 0.5)
        for connection in waiting:
            connection.close()
        self.assertEqual(gateway.post("/open/x").status, 200)

    def processor_seconds(self, process):
        with open(f"/proc/{process}/stat", encoding="ascii") as file:
            words = file.read().split()
        return (int(words[13]) + int(words[14])) / os.sysconf("SC_CLK_TCK")

    def test_the_functions_own_timeout_counts(self):
        function = self.function(None)
        gateway = self.gateway(self.config(port=function.port, functions={"quick": {"route": "/quick", "timeout": "200ms"}}))
        reply = gateway.post("/quick")
        self.refused(reply, 504, "upstream.timeout")
        self.assertEqual(reply.get("Proxy-Status"), "penstock; error=http_response_timeout")

    def test_an_answer_that_stops_in_the_middle_is_given_up(self):
        function = self.function(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n{ ", None)
        gateway = self.gateway(self.config(port=function.port, upstream="    timeout: 300ms"))
        self.refused(gateway.post("/open/x"), 504, "upstream.timeout")

    def test_a_late_answer_is_not_taken_for_the_next_one(self):
        gate = threading.Event()
        self.addCleanup(gate.set)

        def script(request):
            if request.body == b"[]":
                gate.wait(harness.PATIENCE)
            yield b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(request.body), request.body)

        self.recorder.script = script
        gateway = self.gateway(self.config(upstream="    first_byte_timeout: 200ms").replace("workers: 2", "workers: 1"))
        self.refused(gateway.post("/open/x", b"[]"), 504, "upstream.first_byte_timeout")
        gate.set()
        for number in range(5):
            self.assertEqual(gateway.post("/open/x", b'{"n":%d}' % number).body, b'{"n":%d}' % number)


if __name__ == "__main__":
    harness.main()
