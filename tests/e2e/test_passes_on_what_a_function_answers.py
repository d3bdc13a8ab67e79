"""Answers of every kind come back as the function gave them: its errors and redirects are its own."""
import threading

import harness
from harness import JSON, Setting, wait_for

GET = b"GET /open/x HTTP/1.1\r\nHost: localhost\r\n\r\n"


def read_head(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            break
        data += piece
    return data


class PassesOnWhatAFunctionAnswers(Setting):
    def answer(self, *answer):
        function = self.function(*answer)
        return self.gateway(self.config(port=function.port))

    def test_errors_and_redirects_are_the_functions_own(self):
        for status, field in ((302, b"Location: http://169.254.169.254/\r\n"), (404, b""), (429, b"Retry-After: 7\r\n"),
                              (500, b""), (503, b"")):
            with self.subTest(status=status):
                gateway = self.answer(b"HTTP/1.1 %d Mine\r\n%sContent-Length: 4\r\n\r\nmine" % (status, field))
                reply = gateway.post("/open/x")
                self.assertEqual((reply.status, reply.body), (status, b"mine"))
                if field:
                    name, value = field.decode().strip().split(": ")
                    self.assertEqual(reply.get(name), value)
                self.assertIsNone(reply.get("Proxy-Status"))
                self.assertRegex(reply.get("X-Request-Id"), "^[0-9a-f]{32}$")
                self.assertEqual(gateway.records(1)[0]["reason"], "ok")

    def test_interim_answers_stay_behind(self):
        gateway = self.answer(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
                              b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        with gateway.connect() as connection:
            connection.sendall(GET)
            data = read_head(connection)
        self.assertTrue(data.startswith(b"HTTP/1.1 200 "), data)
        self.assertNotIn(b"Link", data)

    def test_answers_without_a_body_leave_the_connection_usable(self):
        for why, method, said in (
                ("no content", b"POST", b"HTTP/1.1 204 No Content\r\n\r\n"),
                ("not modified", b"GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\n\r\n"),
                ("HEAD", b"HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"),
                ("an empty one", b"GET", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")):
            with self.subTest(why):
                gateway = self.answer(said)
                with gateway.connect() as connection:
                    for _ in range(2):
                        connection.sendall(method + b" /open/x HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        data = read_head(connection)
                        self.assertEqual(data.split(b" ")[1], said.split(b" ")[1], data)
                        self.assertTrue(data.endswith(b"\r\n\r\n"), data)

    def test_an_answer_to_head_is_its_head_alone(self):
        function = self.function(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        raw = self.gateway(self.config(port=function.port)).raw(GET.replace(b"GET", b"HEAD"))
        self.assertTrue(raw.startswith(b"HTTP/1.1 200 "), raw)
        self.assertTrue(raw.endswith(b"\r\n\r\n"), raw)
        self.assertEqual(raw.count(b"\r\n\r\n"), 1, raw)  # no last chunk, which the next reply would begin with

    def test_a_field_without_a_value_does_not_cost_the_answer(self):
        gateway = self.answer(b"HTTP/1.1 200 OK\r\nX-Empty:\r\nX-Full: a\r\nContent-Length: 2\r\n\r\nok")
        reply = gateway.post("/open/x")
        self.assertEqual((reply.status, reply.body, reply.get("X-Full")), (200, b"ok", "a"))

    def test_a_chunked_answer_arrives_piece_by_piece(self):
        first, second = b"6\r\nfirst\n\r\n", b"7\r\nsecond\n\r\n0\r\n\r\n"
        gate = threading.Event()
        self.addCleanup(gate.set)

        def pieces():
            yield b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n" + first
            gate.wait(harness.PATIENCE)
            yield second

        function = self.function()
        function.answer = pieces()
        gateway = self.gateway(self.config(port=function.port))
        with gateway.connect() as connection:
            connection.sendall(GET)
            data = read_head(connection)
            while b"first" not in data:
                data += connection.recv(65536)
            self.assertNotIn(b"second", data)  # the function has not said it yet
            gate.set()
            while not data.endswith(b"0\r\n\r\n"):
                piece = connection.recv(65536)
                self.assertTrue(piece, data)
                data += piece
        self.assertIn(b"second", data)

    def test_an_answer_that_ends_with_its_connection(self):
        gateway = self.answer(b"HTTP/1.1 200 OK\r\n\r\nuntil the end")
        self.assertEqual(gateway.post("/open/x").body, b"until the end")

    def test_connections_to_the_function_are_kept(self):
        gateway = self.gateway(self.config().replace("workers: 2", "workers: 1"))
        for _ in range(5):
            self.assertEqual(gateway.post("/open/x").status, 200)
        reused = [record["upstream"]["reused"] for record in gateway.records(5)]
        self.assertEqual(reused, [False, True, True, True, True])

    def test_a_connection_that_the_function_has_closed_is_not_used_again(self):
        function = self.function(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")  # one answer, then the end
        gateway = self.gateway(self.config(port=function.port))
        for _ in range(5):
            self.assertEqual(gateway.post("/open/x").status, 200)
        self.assertEqual(len(function.seen), 5)

    def test_each_event_is_sent_once(self):
        gateway = self.gateway()
        bodies = [b'{"n":%d}' % number for number in range(50)]

        def call(part):
            with gateway.connect() as connection:
                for body in part:
                    connection.sendall(b"POST /open/x HTTP/1.1\r\nHost: localhost\r\n%s\r\nContent-Length: %d\r\n\r\n%s"
                                       % (JSON.encode(), len(body), body))
                    if not read_head(connection).startswith(b"HTTP/1.1 200 "):
                        return

        callers = [threading.Thread(target=call, args=(bodies[i::4],)) for i in range(4)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join(harness.PATIENCE)
        self.assertEqual(sorted(request.body for request in self.seen), sorted(bodies))
        ids = {request.one("X-Request-Id") for request in self.seen}
        wait_for("fifty ids", lambda: len(ids) == len(bodies))


if __name__ == "__main__":
    harness.main()
