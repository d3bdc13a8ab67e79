"""A function's answer that its schema does not allow is recorded, or nothing of it goes out."""
import gzip
import json

import harness
from harness import Setting

SCHEMA = {"properties": {"total": {"type": "integer"}, "card": {"minimum": 4000000000000000}}, "required": ["total"], "additionalProperties": False}


def answer(body, status=200, kind=b"application/json", more=b""):
    return b"HTTP/1.1 %d OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n%s\r\n%s" % (status, kind, len(body), more, body)


class HoldsAnswersToTheirSchemas(Setting):
    def held(self, mode, said, **more):
        with open(self.pki.path("answer.json"), "w", encoding="utf-8") as file:
            json.dump(SCHEMA, file)
        function = self.function(said)
        functions = {"held": {"route": "/held", "response_schema": {"file": "answer.json", "mode": mode}, **more}}
        gateway = self.gateway(self.config(port=function.port, functions=functions))
        return gateway.post("/held"), gateway

    def test_an_answer_as_it_should_be_is_the_functions_own(self):
        for mode in ("detect", "enforce"):
            for said in (answer(b'{"total":1}'), answer(b'{"error":"x"}', status=404), answer(b"", status=204),
                         answer(gzip.compress(b'{"total":1}'), more=b"Content-Encoding: gzip\r\n")):
                with self.subTest(mode=mode, said=said):
                    reply, gateway = self.held(mode, said)
                    self.assertEqual(reply.body, said.partition(b"\r\n\r\n")[2])
                    self.assertNotIn("response", gateway.records(1)[0])

    def test_detect_passes_it_on_and_records(self):
        body = b'{"total":"none","password":"Xy"}'
        reply, gateway = self.held("detect", answer(body))
        self.assertEqual((reply.status, reply.body), (200, body))
        response = gateway.records(1)[0]["response"]
        self.assertEqual(response["verdict"], "flagged")
        self.assertEqual([(one["pointer"], one["keyword"]) for one in response["violations"]],
                         [("/total", "type"), ("/password", "additionalProperties")])
        self.assertEqual(response["violations"][0]["file"], self.pki.path("answer.json"))
        self.assertNotIn("Xy", json.dumps(response))
        gateway.reaches("penstock_responses_flagged_total", 1)

    def test_enforce_lets_nothing_of_it_out(self):
        for said in (answer(b'{"total":"none"}'), answer(b'{"total":1,"password":"Xy"}'), answer(b"<p>Xy</p>", kind=b"text/html"),
                     answer(b"\x89PNG", kind=b"image/png"), answer(b'{"total":1', status=201),
                     answer(gzip.compress(b'{"total":"Xy"}'), more=b"Content-Encoding: gzip\r\n")):
            with self.subTest(said=said):
                reply, gateway = self.held("enforce", said)
                self.refused(reply, 502, "response.schema")
                self.assertNotIn(b"Xy", reply.raw)
                record = gateway.records(1)[0]
                self.assertEqual((record["reason"], record["response"]["verdict"]), ("response.schema", "refused"))

    def test_what_cannot_be_read_does_not_go_out(self):
        reply, _ = self.held("enforce", answer(b'{"total":1}', more=b"Content-Encoding: br\r\n"))
        self.refused(reply, 502, "response.unread")
        reply, _ = self.held("enforce", answer(b'{"total":' + b" " * 9000 + b"1}"), response={"body": "8KiB"})
        self.refused(reply, 502, "response.unread")

    def test_it_is_held_before_secrets_are_struck_out(self):
        body = json.dumps({"total": 1, "card": 4539578763621486}).encode()
        reply, _ = self.held("enforce", answer(body), response={"secrets": "redact"})
        self.assertEqual(json.loads(reply.body), {"total": 1, "card": int("1" * 16)})


if __name__ == "__main__":
    harness.main()
