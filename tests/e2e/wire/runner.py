"""Sends rows to the real gateway and holds what comes back, and what the function saw, against them."""
import json
import re

from harness import Reply, Setting
from wire.rows import Seen

CONFIG_FUNCTIONS = {
    # Takes every method and any body as it is: what arrives is what the wire codec let through.
    "wire": {"route": "/wire/*", "methods": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"], "bodies": ["opaque"],
             "filters": "off", "limits": {"body": "256KiB"}},
}
OF_ONE_HOP = re.compile(r"(?i)connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|http2-settings|expect")
STATUS_LINE = re.compile(rb"HTTP/1\.1 \d{3} [^\x00-\x1f\x7f]*\r\n")
FIELD_LINE = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+: [^\x00-\x08\x0a-\x1f\x7f]*\r\n")


def answer(request):
    """The function's answer names the request's line, so that the order of answers can be told."""
    body = json.dumps({"line": request.line}).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    return head if request.line.startswith("HEAD ") else head + body


def take_line(raw, pattern):
    """One line that matches, and the rest."""
    line, end, rest = raw.partition(b"\r\n")
    assert end and pattern.fullmatch(line + end), f"not a line of an answer: {raw[:300]}"
    return line + end, rest


def take_chunks(raw):
    """The data of a chunked body, which must be as plain as can be, and the rest."""
    data = b""
    while True:
        line, raw = take_line(raw, re.compile(rb"[0-9a-f]+\r\n", re.IGNORECASE))
        size = int(line, 16)
        assert raw[size:size + 2] == b"\r\n", f"no end of a chunk: {raw[:300]}"
        data, raw = data + raw[:size], raw[size + 2:]
        if size == 0:
            return data, raw


def take_body(reply, raw, alone):
    """What of `raw` is the body that a reply announces, and the rest; `alone`: it has none whatever it says."""
    lengths = [value for name, value in reply.fields if name.lower() == "content-length"]
    codings = [value for name, value in reply.fields if name.lower() == "transfer-encoding"]
    if alone or reply.status in (204, 304):
        assert len(lengths) <= 1 and codings == [], reply.raw
        return b"", raw
    if codings:
        assert (lengths, codings) == ([], ["chunked"]), reply.raw
        return take_chunks(raw)
    assert len(lengths) == 1, reply.raw
    length = int(lengths[0])
    assert len(raw) >= length, f"an answer cut short: {reply.raw + raw}"
    return raw[:length], raw[length:]


def read_answers(raw, heads):
    """Take a stream apart into its answers, strictly; `heads` are numbers of those without a body."""
    answers, continues = [], 0
    while raw:
        head, raw = take_line(raw, STATUS_LINE)
        while not raw.startswith(b"\r\n"):
            line, raw = take_line(raw, FIELD_LINE)
            head += line
        reply, raw = Reply(head[:-2] + b"\r\n\r\n"), raw[2:]
        if reply.status == 100:
            continues += 1
            continue
        reply.body, raw = take_body(reply, raw, len(answers) in heads)
        reply.raw += reply.body
        answers.append(reply)
    return answers, continues


class WireSetting(Setting):
    """A gateway and a recording function behind mutual TLS, without any other reader between them."""

    def start(self, more="", workers=2):
        self.function = self.mtls_recorder()
        self.function.script = answer
        config = self.config(port=self.function.port, functions=CONFIG_FUNCTIONS, more=more)
        self.server = self.gateway(config.replace("workers: 2", f"workers: {workers}"))
        self.context = self.server.context()

    def connect(self):
        return self.server.connect(context=self.context)

    def exchange(self, row, sent, step=65536):
        """The whole connection of a row: all that came back until the gateway ended it."""
        with self.connect() as connection:
            received = b""
            if row.waits:
                head, end, sent = sent.partition(b"\r\n\r\n")
                connection.sendall(head + end)
                while b"\r\n\r\n" not in received:
                    received += self.receive(connection)
            self.send(connection, sent, step)
            while piece := self.receive(connection):
                received += piece
        return received

    def send(self, connection, data, step):
        try:
            for at in range(0, len(data), step):
                connection.sendall(data[at:at + step])
        except OSError:
            pass  # refused already; what it answered is there to be read

    def receive(self, connection):
        try:
            return connection.recv(65536)
        except ConnectionError:
            return b""

    def judge(self, row, raw):
        """What the caller got."""
        answers, continues = read_answers(raw, row.head)
        expected = list(row.answers) if row.closes else [*row.answers, (200, None)]
        self.assertEqual([self.what(reply) for reply in answers], expected, raw[:2000])
        self.assertIn(continues, row.continues, raw[:2000])
        self.assertEqual([reply.get("Connection") for reply in answers[:-1] if reply.get("Connection") == "close"], [], raw)
        self.assertEqual(answers[-1].get("Connection"), "close", raw)
        named = [json.loads(reply.body)["line"] for number, reply in enumerate(answers) if reply.status == 200 and number not in row.head]
        self.assertEqual(named, [seen.line for seen in self.wanted(row) if not seen.line.startswith("HEAD ")])
        for reply in answers:
            if reply.status != 200:
                self.assertTrue(reply.status < 500 or reply.status in (501, 505), raw)
                self.refused(reply, reply.status, reply.problem["reason"])

    def what(self, reply):
        return (reply.status, None if reply.status == 200 else reply.problem["reason"])

    def wanted(self, row):
        return row.seen if row.closes else (*row.seen, Seen("GET /wire/after HTTP/1.1"))

    def judge_seen(self, row, requests):
        """What the function got: these requests, in this order, and nothing that belongs to one hop."""
        wanted = self.wanted(row)
        self.assertEqual([request.line for request in requests], [seen.line for seen in wanted])
        for seen, request in zip(wanted, requests):
            self.assertEqual(request.body, seen.body)
            self.assertEqual(request.one("Content-Length"), str(len(seen.body)))
            self.assertEqual(request.one("Host"), f"localhost:{self.function.port}")
            self.assertRegex(request.one("X-Request-Id"), "^[0-9a-f]{32}$")
            for line in request.head.split(b"\r\n")[1:]:
                self.assertRegex(line + b"\r\n", FIELD_LINE)
            for name, _ in request.fields:
                self.assertIsNone(OF_ONE_HOP.fullmatch(name), request.head)
                self.assertNotIn("_", name)
            for name, value in seen.fields.items():
                values = [] if value is None else value if isinstance(value, list) else [value]
                self.assertEqual(request.all(name), values, name)

    def run_rows(self, rows, step=65536):
        """Each row over a connection of its own, one after the other, in pieces of this size; a clean
        request at the end."""
        for row in rows:
            with self.subTest(row.name, source=row.source):
                before = len(self.function.requests)
                raw = self.exchange(row, row.sent, step)
                self.judge(row, raw)
                self.judge_seen(row, self.function.requests[before:])
        self.assertEqual(self.function.leftover, [], "bytes that are no request")
        self.assertEqual(self.server.post("/open/x").status, 200)
        wanted = sum(len(self.wanted(row)) for row in rows)
        self.assertEqual(len(self.function.requests), wanted + 1, "nothing came late")
