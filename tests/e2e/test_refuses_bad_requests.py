"""Refusals that need no function: each with its status, reason and fields, and nothing passed on. Those
of the wire codec are in wire/."""
import harness
from harness import JSON, Setting

HEAD = b"POST /open/x HTTP/1.1\r\nHost: localhost\r\n"
TYPE = b"Content-Type: application/json\r\n"


class RefusesBadRequests(Setting):
    def test_method_type_and_size(self):
        gateway, token = self.gateway(), self.issuer.token()
        reply = gateway.curl("/function/orders", "-H", f"Authorization: Bearer {token}")
        self.refused(reply, 405, "method.not_allowed")
        self.assertEqual(reply.get("Allow"), "POST")
        for fields, reason in ((["-H", "Content-Type: application/xml"], "type.unsupported"),
                               (["-H", "Content-Type: application/json; charset=utf-16"], "charset.unsupported"),
                               (["-H", "Content-Type:"], "type.unsupported")):
            reply = gateway.curl("/open/x", *fields, data=b"{}")
            self.refused(reply, 415, reason)
            self.assertEqual(reply.get("Accept"), "application/json")
        self.refused(gateway.post("/open/x", b"{}", "-H", "Content-Encoding: gzip"), 415, "type.coding")
        self.refused(gateway.curl("/open/x", "-H", "Content-Type: ;", data=b"{}"), 400, "type.malformed")
        large = b'"' + b"a" * (1 << 20) + b'"'
        self.refused(gateway.post("/open/x", large), 413, "body.too_large")
        self.refused(gateway.post("/open/x", large, "-H", "Transfer-Encoding: chunked"), 413, "body.too_large")
        self.assertEqual(self.seen, [])

    def test_a_length_that_is_too_large_costs_no_body(self):
        raw = self.gateway().raw(HEAD + TYPE + b"Content-Length: 99999999\r\nExpect: 100-continue\r\n\r\n")
        self.assertTrue(raw.startswith(b"HTTP/1.1 413 "), raw)
        self.assertNotIn(b"100 Continue", raw)

    def test_a_target_or_head_that_is_too_long(self):
        gateway = self.gateway()
        self.refused(gateway.curl("/" + "a" * 9000), 414, "wire.target_size")
        self.assertEqual(gateway.curl("/open/x", "-H", "X-A: " + "a" * 9000).status, 431)
        many = [argument for i in range(70) for argument in ("-H", f"X-{i}: 1")]
        self.assertEqual(gateway.curl("/open/x", *many).status, 431)

    def test_events_that_cannot_be_read_in_one_way(self):
        gateway = self.gateway()
        rows = [(b"{", "json.truncated"), (b'{"a":1,"a":2}', "json.duplicate_name"), (b'["\xff"]', "json.utf8"),
                (b"{} {}", "json.trailing"), (b"\xef\xbb\xbf{}", "json.bom"), (b'["\\ud800"]', "json.surrogate"),
                (b"[" * 40 + b"]" * 40, "json.depth"), (b"[1,]", "json.syntax")]
        for body, reason in rows:
            self.refused(gateway.post("/open/x", body), 400, reason)
        self.assertEqual(self.seen, [])

    def test_injections_in_the_body_the_query_and_a_field(self):
        gateway = self.gateway()
        self.refused(gateway.post("/open/x", b'{"note":"x\' OR 1=1 --"}'), 403, "filter.sqli")
        self.refused(gateway.post("/open/x?id=1%27%20union%20select%20null,null--%20"), 403, "filter.sqli")
        self.refused(gateway.post("/open/x", b'{"key":"%2e%2e/%2e%2e/etc/passwd"}'), 403, "filter.path")
        self.refused(gateway.post("/open/x", b"{}", "-H", "X-Note: 1; drop table orders"), 403, "filter.sqli")
        self.assertEqual(self.seen, [])
        records = gateway.records(4)
        self.assertEqual([record["reason"] for record in records],
                         ["sqli.tautology", "sqli.union", "path.climb", "sqli.stacked"])
        record = records[2]
        finding = record["findings"][0]
        self.assertEqual((finding["path"], finding["codings"]), ("/key", "percent"))
        self.assertGreaterEqual(finding["score"], 70)
        self.assertTrue(finding["message"])

    def test_slow_heads_and_bodies_end_at_their_deadline(self):
        config = self.config(more="timeouts: { head: 1s, body: 1s }")
        gateway = self.gateway(config)
        self.assertTrue(gateway.raw(b"POST /open/x HT").startswith(b"HTTP/1.1 408 "))
        raw = gateway.raw(HEAD + TYPE + b"Content-Length: 10\r\n\r\n{")
        self.assertTrue(raw.startswith(b"HTTP/1.1 408 "), raw)
        self.assertEqual(self.seen, [])


if __name__ == "__main__":
    harness.main()
