"""A caller that goes away before its answer ends the exchange with the function, and is recorded."""
import harness
from harness import Setting, wait_for

REQUEST = (b"POST /open/x HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
           b"Content-Length: 2\r\n\r\n{}")


class EndsTheExchangeWhenTheCallerGoesAway(Setting):
    def setUp(self):
        super().setUp()
        self.function_side = self.mtls_recorder()
        self.broken = []
        self.server = self.gateway(self.config(port=self.function_side.port))

    def until_the_gateway_hangs_up(self, request):
        """Waits for the end of the connection as a function at work would see it."""
        request.connection.settimeout(harness.PATIENCE)
        try:
            self.broken.append(request.connection.recv(1))
        except OSError as error:
            self.broken.append(error)
        yield None

    def recorded(self):
        record = self.server.records(1)[0]
        self.assertEqual((record["function"], record["status"], record["reason"]), ("open", 0, "caller.gone"))
        wait_for("nothing is in flight", lambda: self.server.metric("penstock_requests_in_flight") == 0)

    def test_while_the_function_works(self):
        self.function_side.script = self.until_the_gateway_hangs_up
        with self.server.connect() as connection:
            connection.sendall(REQUEST)
            wait_for("the function works", lambda: self.function_side.requests)
        wait_for("the function's connection ends", lambda: self.broken)
        self.assertNotIsInstance(self.broken[0], TimeoutError)
        self.recorded()

    def test_in_the_middle_of_a_streamed_answer(self):
        def endless(request):
            yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            while True:
                yield b"4000\r\n" + b"x" * 0x4000 + b"\r\n"

        self.function_side.script = endless
        with self.server.connect() as connection:
            connection.sendall(REQUEST)
            while b"xxxx" not in connection.recv(65536):
                pass
        wait_for("the function cannot write any more", lambda: self.function_side.gone)
        self.server.records(1)
        wait_for("nothing is in flight", lambda: self.server.metric("penstock_requests_in_flight") == 0)

    def test_in_the_middle_of_its_body(self):
        with self.server.connect() as connection:
            connection.sendall(REQUEST.replace(b"Length: 2", b"Length: 9"))
            wait_for("the gateway has it", lambda: self.server.metric("penstock_requests_in_flight") == 1)
        self.recorded()
        self.assertEqual(self.function_side.requests, [])


if __name__ == "__main__":
    harness.main()
