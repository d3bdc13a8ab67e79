"""What a function gives away is recorded, struck out or refused before its caller has it."""
import gzip
import json
import threading

import harness
from harness import Setting, wait_for

GET = b"GET /leaky HTTP/1.1\r\nHost: localhost\r\n\r\n"
KEY = "dop" + "_v1_" + "9f83c1d07b2e4a65" * 4  # of the form of one service's tokens, and no token
CARD = "4539578763621486"
TRACE = "Error: no such order\n    at get (/srv/app/orders.js:12:34)\n"


def answer(body, kind=b"application/json", more=b""):
    body = body if isinstance(body, bytes) else body.encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n%s\r\n%s" % (kind, len(body), more, body)


def chunked(*pieces, kind=b"application/json"):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n" % kind
    return head + b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


class HoldsBackWhatFunctionsGiveAway(Setting):
    def leaky(self, response, *answers):
        function = self.function(*answers)
        functions = {"leaky": {"route": "/leaky", "methods": ["GET", "HEAD", "POST"], "response": response}}
        return self.gateway(self.config(port=function.port, functions=functions)), function

    def record(self, gateway):
        line = gateway.records(1)[0]
        for secret in (KEY, CARD):
            self.assertNotIn(secret, json.dumps(line))
        return line

    def test_detect_passes_the_answer_on_and_records_what_it_found(self):
        body = json.dumps({"token": KEY, "trace": TRACE})
        gateway, _ = self.leaky({"secrets": "detect", "traces": "detect"}, answer(body))
        self.assertEqual(gateway.post("/leaky").body, body.encode())
        response = self.record(gateway)["response"]
        self.assertEqual(response["verdict"], "flagged")
        self.assertEqual([finding["rule"] for finding in response["findings"]],
                         ["secrets.service_key", "traces.node"])
        self.assertEqual(response["findings"][0]["excerpt"], "dop_" + "*" * 18 + "65")
        gateway.reaches("penstock_responses_flagged_total", 1)

    def test_redact_strikes_out_secrets_and_leaves_the_rest(self):
        body = json.dumps({"token": KEY, "card": int(CARD), "name": "Ada", "trace": TRACE})
        gateway, _ = self.leaky({"secrets": "redact", "traces": "redact"},
                                answer(body, more=b'ETag: "1"\r\nDigest: sha-256=x\r\nX-Mine: y\r\n'))
        reply = gateway.post("/leaky")
        self.assertEqual((reply.status, len(reply.body)), (200, len(body)))
        left = json.loads(reply.body)
        self.assertEqual(left["token"], "*" * len(KEY))
        self.assertEqual(left["card"], int("1" * 16))
        self.assertEqual(left["name"], "Ada")
        self.assertNotIn("orders.js", left["trace"])
        self.assertEqual((reply.get("ETag"), reply.get("Digest"), reply.get("X-Mine")), (None, None, "y"))
        self.assertEqual(self.record(gateway)["response"]["verdict"], "redacted")
        gateway.reaches("penstock_responses_redacted_total", 1)

    def test_enforce_lets_nothing_of_the_answer_out(self):
        for response, body, reason, rule in (
                ({"secrets": "enforce"}, KEY, "response.secrets", "secrets.service_key"),
                ({"traces": "enforce"}, TRACE, "response.traces", "traces.node"),
                ({"errors": "enforce"}, "You have an error in your SQL syntax", "response.errors", "errors.mysql")):
            with self.subTest(reason):
                gateway, _ = self.leaky(response, answer(body, kind=b"text/plain"))
                reply = gateway.post("/leaky")
                self.refused(reply, 502, reason)
                self.assertNotIn(body.encode(), reply.raw)
                record = self.record(gateway)
                self.assertEqual((record["reason"], record["response"]["verdict"]), (rule, "refused"))
                self.assertEqual(record["upstream"]["status"], 200)

    def test_a_clean_answer_is_the_functions_own(self):
        for mode in ("detect", "redact", "enforce"):
            for said in (answer('{"ok":true}'), chunked(b'{"ok"', b":true}")):
                with self.subTest(mode=mode, said=said):
                    gateway, _ = self.leaky({"secrets": mode, "traces": mode, "errors": mode}, said)
                    reply = gateway.post("/leaky")
                    self.assertEqual((reply.status, reply.body), (200, b'{"ok":true}'))
                    self.assertNotIn("response", self.record(gateway))

    def test_an_answer_that_breaks_off_is_none(self):
        for said in (answer("x" * 90)[:-9], b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nno end"):
            with self.subTest(said=said):
                gateway, _ = self.leaky({"secrets": "redact"}, said)
                self.refused(gateway.post("/leaky"), 502, "upstream.closed")

    def test_a_secret_in_two_pieces_is_one(self):
        gateway, _ = self.leaky({"secrets": "redact"}, chunked(KEY[:20].encode(), KEY[20:].encode(), kind=b"text/plain"))
        self.assertEqual(gateway.post("/leaky").body, b"*" * len(KEY))

    def test_a_coded_answer_is_decoded_to_be_looked_at(self):
        coded = gzip.compress(json.dumps({"token": KEY}).encode())
        gateway, _ = self.leaky({"secrets": "redact"}, answer(coded, more=b"Content-Encoding: gzip\r\n"))
        reply = gateway.post("/leaky")
        self.assertIsNone(reply.get("Content-Encoding"))
        self.assertEqual(json.loads(reply.body), {"token": "*" * len(KEY)})
        clean = gzip.compress(b'{"ok":true}')
        gateway, _ = self.leaky({"secrets": "redact"}, answer(clean, more=b"Content-Encoding: gzip\r\n"))
        reply = gateway.post("/leaky")
        self.assertEqual((reply.get("Content-Encoding"), reply.body), ("gzip", clean))

    def test_escapes_of_json_hide_nothing(self):
        spelled = "".join("\\u%04x" % ord(letter) for letter in KEY)
        url = "mysql:\\/\\/root:Tr0ub4dorX9@db.internal:3306\\/x"
        body = '{"n":1,"t":"%s","u":"%s","e":"a\\u002Fb\\n\\u00e9","s":"%s"}' % (spelled, url, spelled)
        gateway, _ = self.leaky({"secrets": "redact"}, answer(body))
        reply = gateway.post("/leaky")
        left = json.loads(reply.body)
        self.assertEqual((len(reply.body), left["n"], left["e"]), (len(body), 1, "a/b\n\u00e9"))
        self.assertEqual((left["t"], left["s"]), ("*" * len(spelled), "*" * len(spelled)))
        self.assertEqual(left["u"], "mysql://root:***********@db.internal:3306/x")
        self.assertEqual(self.record(gateway)["response"]["findings"][0]["excerpt"], "dop_" + "*" * 18 + "65")
        gateway, _ = self.leaky({"secrets": "enforce"}, answer(body))
        self.refused(gateway.post("/leaky"), 502, "response.secrets")

    def test_a_coded_answer_is_bounded_by_what_it_becomes_alone(self):
        body = json.dumps({"items": [{"ok": True}] * 30000, "token": KEY})
        coded = gzip.compress(body.encode())
        self.assertGreater(len(body), 100 * len(coded))
        gateway, _ = self.leaky({"secrets": "redact"}, answer(coded, more=b"Content-Encoding: gzip\r\n"))
        self.assertEqual(json.loads(gateway.post("/leaky").body)["token"], "*" * len(KEY))

    def test_what_cannot_be_read_is_recorded_or_refused(self):
        large = b'{"a":"' + b"x" * 20000 + b'"}'
        coded = gzip.compress(json.dumps({"token": KEY}).encode())
        for why, said in (("large", answer(large)), ("large, in pieces", chunked(large[:9000], large[9000:])),
                          ("coded", answer(b"xyz", more=b"Content-Encoding: br\r\n")),
                          ("no gzip", answer(b"xyz", more=b"Content-Encoding: gzip\r\n")),
                          ("a second coding", answer(coded, more=b"Content-Encoding: identity\r\n"
                                                                 b"Content-Encoding: gzip\r\n")),
                          ("an empty one first", answer(coded, more=b"Content-Encoding: \r\n"
                                                                    b"Content-Encoding: gzip\r\n")),
                          ("utf-16", answer(KEY.encode("utf-16"), kind=b"text/plain; charset=utf-16")),
                          ("utf-16 unsaid", answer(KEY.encode("utf-16-le"), kind=b"text/plain")),
                          ("parts", answer("--b\r\n\r\n%s\r\n--b--\r\n" % KEY, kind=b"multipart/mixed; boundary=b"))):
            with self.subTest(why):
                gateway, _ = self.leaky({"secrets": "detect", "body": "16KiB"}, said)
                self.assertEqual(gateway.post("/leaky").status, 200)
                self.assertEqual(self.record(gateway)["response"]["reason"], "response.unread")
                gateway.reaches("penstock_responses_unread_total", 1)
                for mode in ("redact", "enforce"):
                    gateway, _ = self.leaky({"secrets": mode, "body": "16KiB"}, said)
                    self.refused(gateway.post("/leaky"), 502, "response.unread")

    def test_a_stream_goes_on_while_it_comes(self):
        gate = threading.Event()
        self.addCleanup(gate.set)

        def pieces():
            yield (b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                   b"d\r\ndata: first\n\n\r\n")
            gate.wait(harness.PATIENCE)
            yield b"%x\r\n%s\r\n0\r\n\r\n" % (len(KEY), KEY.encode())

        gateway, function = self.leaky({"secrets": "detect"})
        function.answer = pieces()
        with gateway.connect() as connection:
            connection.sendall(GET)
            data = b""
            while b"first" not in data:
                data += connection.recv(65536)
            gate.set()
            while not data.endswith(b"0\r\n\r\n"):
                data += connection.recv(65536)
        self.assertEqual(self.record(gateway)["response"]["findings"][0]["rule"], "secrets.service_key")

    def test_a_stream_that_would_be_held_back_is_refused(self):
        gateway, _ = self.leaky({"secrets": "redact"}, chunked(b"data: x\n\n", kind=b"text/event-stream"))
        self.refused(gateway.post("/leaky"), 502, "response.unread")

    def test_other_kinds_of_answers_are_left_alone(self):
        for why, said in (("a picture", answer(KEY, kind=b"image/png")), ("none", b"HTTP/1.1 204 No Content\r\n\r\n")):
            with self.subTest(why):
                gateway, _ = self.leaky({"secrets": "enforce"}, said)
                self.assertIn(gateway.post("/leaky").status, (200, 204))

    def test_the_function_is_asked_for_an_answer_that_can_be_read(self):
        functions = {"leaky": {"route": "/leaky", "response": {"secrets": "redact"}},
                     "other": {"route": "/other", "response": {"secrets": "detect"}}}
        gateway = self.gateway(self.config(functions=functions))
        for path in ("/leaky", "/other"):
            gateway.post(path, b"{}", "-H", "Accept-Encoding: br", "-H", "Range: bytes=0-9")
        wait_for("both", lambda: len(self.seen) == 2)
        held, passed = self.seen
        self.assertEqual((held.all("Accept-Encoding"), held.all("Range")), ([], []))
        self.assertEqual((passed.one("Accept-Encoding"), passed.one("Range")), ("br", "bytes=0-9"))


if __name__ == "__main__":
    harness.main()
