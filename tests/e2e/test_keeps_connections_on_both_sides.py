"""Fifty events over one caller's connection go over few connections to the function, in order."""
import harness
from harness import Setting


class KeepsConnectionsOnBothSides(Setting):
    def test_fifty_events_one_after_another(self):
        recorder = self.mtls_recorder()
        recorder.script = lambda request: (
            b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(request.body), request.body))
        gateway = self.gateway(self.config(port=recorder.port))
        with gateway.connect() as connection:
            for i in range(50):
                body = b'{"number":%d}' % i
                connection.sendall(b"POST /open/%d HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                   b"Content-Length: %d\r\n\r\n%s" % (i, len(body), body))
                answer = b""
                while not answer.endswith(body):
                    piece = connection.recv(65536)
                    self.assertTrue(piece, answer)
                    answer += piece
                self.assertTrue(answer.startswith(b"HTTP/1.1 200 "), answer)
        self.assertEqual([request.line for request in recorder.requests],
                         [f"POST /open/{i} HTTP/1.1" for i in range(50)])
        self.assertEqual(recorder.connections, 1)
        gateway.reaches("penstock_upstream_reuses_total", 49)


if __name__ == "__main__":
    harness.main()
