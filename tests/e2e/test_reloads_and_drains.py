"""SIGHUP swaps everything or nothing; SIGTERM finishes what runs."""
import json
import signal
import socket
import threading

import harness
from harness import Issuer, Setting, wait_for

HEAD = b"POST /open/x HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


class ReloadsAndDrains(Setting):
    def test_a_new_file_counts_for_live_connections_too(self):
        gateway = self.gateway()
        with gateway.connect() as connection:
            connection.sendall(HEAD)
            self.assertTrue(connection.recv(65536).startswith(b"HTTP/1.1 200 "))
            gateway.write(self.config().replace("/open/*", "/new/*"))
            gateway.hang_up()
            wait_for("the second generation", lambda: gateway.said("generation 2 of the configuration"))
            wait_for("the new route", lambda: gateway.post("/new/x").status == 200)
            connection.sendall(HEAD)
            self.assertTrue(connection.recv(65536).startswith(b"HTTP/1.1 404 "))

    def test_a_bad_file_leaves_the_old_one_running_and_says_why(self):
        gateway = self.gateway()
        gateway.write(self.config().replace("audience:", "audiense:"))
        gateway.hang_up()
        wait_for("the refusal", lambda: gateway.said("reload refused; generation 1 goes on"))
        self.assertTrue(gateway.said(r":\d+:\d+: .*audiense.*did you mean 'audience'"), gateway.lines)
        self.assertEqual(gateway.post("/open/x").status, 200)
        gateway.reaches("penstock_config_reload_failed", 1)

    def test_a_new_certificate_is_shown_to_new_callers(self):
        gateway = self.gateway()

        def serial():
            with gateway.connect() as connection:
                return connection.getpeercert()["serialNumber"]

        before = serial()
        self.pki.issue("server", "serverAuth")
        gateway.hang_up()
        wait_for("the new certificate", lambda: serial() != before)

    def test_nothing_is_lost_while_it_reloads(self):
        gateway, failures, stop = self.gateway(), [], threading.Event()

        def call():
            while not stop.is_set():
                with gateway.connect() as connection:
                    for _ in range(20):
                        connection.sendall(HEAD)
                        answer = connection.recv(65536)
                        if not answer.startswith(b"HTTP/1.1 200 "):
                            failures.append(answer)
                            return

        callers = [threading.Thread(target=call) for _ in range(4)]
        for caller in callers:
            caller.start()
        for generation in range(2, 12):
            gateway.hang_up()
            wait_for("the next generation", lambda: gateway.said(f"generation {generation} of the configuration"))
        stop.set()
        for caller in callers:
            caller.join(harness.PATIENCE)
        self.assertEqual(failures, [])

    def test_a_request_in_flight_is_finished_and_new_ones_are_not_taken(self):
        release = threading.Event()

        def script(request):
            release.wait(harness.PATIENCE)
            yield b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

        self.recorder.script = script
        gateway = self.gateway()
        with gateway.connect() as connection:
            connection.sendall(HEAD)
            wait_for("the function works", lambda: self.seen)
            gateway.process.send_signal(signal.SIGTERM)
            wait_for("it drains", lambda: gateway.said("draining"))

            def refuses():
                try:
                    socket.create_connection(("127.0.0.1", gateway.ports["tls"]), harness.PATIENCE).close()
                except ConnectionRefusedError:
                    return True
                return False

            wait_for("no new callers", refuses)
            self.assertEqual(gateway.page("/readyz")[0], 503)
            release.set()
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
        self.assertTrue(answer.startswith(b"HTTP/1.1 200 ") and answer.endswith(b"ok"), answer)
        self.assertEqual(gateway.process.wait(harness.PATIENCE), 0)

    def test_a_request_that_waits_for_keys_is_judged_by_its_own_issuers(self):
        """A reload that moves another issuer to the first one's place lends it no trust."""
        other = Issuer(self.pki, "k2")
        with open(self.pki.path("other.json"), "w", encoding="ascii") as file:
            json.dump({"keys": [other.jwk]}, file)
        server = self.key_server(lambda: {"keys": [self.issuer.jwk]})
        first = self.with_keys_from(server.port).replace("workers: 2", "workers: 1")
        added = ("issuers:\n  other:\n    issuer: https://other.example.com/\n    audience: functions\n"
                 "    jwks: { file: other.json }\n")
        gateway = self.gateway(first)
        forged = other.token()  # says that it comes from the first issuer
        fields = f"Host: localhost\r\nAuthorization: Bearer {forged}\r\nContent-Length: 0\r\n\r\n"
        with gateway.connect() as connection:
            connection.sendall(b"POST /function/orders HTTP/1.1\r\n" + fields.encode())
            wait_for("it waits", lambda: gateway.metric("penstock_requests_in_flight") == 1)
            gateway.write(first.replace("issuers:\n", added))
            gateway.hang_up()
            reply = connection.recv(65536)
        self.assertTrue(reply.startswith(b"HTTP/1.1 401 "), reply)
        self.assertEqual(self.seen, [])
        self.assertEqual(gateway.records(1)[0]["generation"], 2)

    def test_a_token_that_waits_for_its_key_waits_on_over_a_reload(self):
        """The new configuration begins with the keys of the old one, and asks for newer ones."""
        rotated = Issuer(self.pki, "k2")
        current = {"keys": [self.issuer.jwk]}
        server = self.key_server(lambda: current)
        gateway = self.gateway(self.with_keys_from(server.port))
        fields = f"Host: localhost\r\nAuthorization: Bearer {rotated.token()}\r\nContent-Length: 0\r\n\r\n"
        with gateway.connect() as connection:
            connection.sendall(b"POST /function/orders HTTP/1.1\r\n" + fields.encode())
            wait_for("it waits", lambda: gateway.metric("penstock_requests_in_flight") == 1)
            current["keys"] = [rotated.jwk]
            gateway.hang_up()
            reply = connection.recv(65536)
        self.assertTrue(reply.startswith(b"HTTP/1.1 200 "), reply)

    def test_a_malformed_body_that_waited_for_keys_is_refused(self):
        rotated = Issuer(self.pki, "k2")
        current = {"keys": [self.issuer.jwk]}
        server = self.key_server(lambda: current)
        gateway = self.gateway(self.with_keys_from(server.port))
        fields = (f"Host: localhost\r\nAuthorization: Bearer {rotated.token()}\r\n"
                  "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        with gateway.connect() as connection:
            connection.sendall(b"POST /function/orders HTTP/1.1\r\n" + fields.encode() + b"0x2\r\n{}\r\n0\r\n\r\n")
            wait_for("it waits", lambda: gateway.metric("penstock_requests_in_flight") == 1)
            current["keys"] = [rotated.jwk]
            gateway.hang_up()
            reply = connection.recv(65536)
        self.assertTrue(reply.startswith(b"HTTP/1.1 400 "), reply)
        self.assertEqual(self.seen, [])


if __name__ == "__main__":
    harness.main()
