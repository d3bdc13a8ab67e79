"""`allow`, filters, exceptions, limits and routes of a function, as its caller meets them."""
import json

import harness
from harness import JSON, Setting

ATTACK = b'{"id":"1 OR 1=1 --"}'
FORM = ["-H", "Content-Type: application/x-www-form-urlencoded"]


class DoesWhatAFunctionsPolicySays(Setting):
    def test_claims_and_subjects_are_compared_by_their_bytes(self):
        gateway = self.gateway(self.config(functions={
            "acme": {"route": "/acme", "allow": {"issuer": "corp", "claims": {"tenant": ["acme", "globex"]}}},
            "anna": {"route": "/anna", "allow": {"issuer": "corp", "subjects": ["caller-1"]}}}))
        rows = [("/acme", {}, None), ("/acme", {"tenant": "globex"}, None),
                ("/acme", {"tenant": ["other", "acme"]}, None), ("/acme", {"tenant": "Acme"}, "allow.claim"),
                ("/acme", {"tenant": None}, "allow.claim"), ("/acme", {"tenant": {"acme": 1}}, "allow.claim"),
                ("/anna", {}, None), ("/anna", {"sub": "bob"}, "allow.subject"), ("/anna", {"sub": None}, "allow.subject")]
        for path, claims, reason in rows:
            with self.subTest(path=path, claims=claims):
                reply = gateway.post(path, token=self.issuer.token(**claims))
                if reason is None:
                    self.assertEqual(reply.status, 200, reply.raw)
                else:
                    self.refused(reply, 403, reason)
        self.assertEqual(len(self.seen), 4)

    def test_a_claim_that_cannot_stand_in_a_header_leaves_none(self):
        gateway = self.gateway()
        for tenant in (None, "a\r\nX-Admin: yes", {"name": "acme"}):
            with self.subTest(tenant=tenant):
                self.seen.clear()
                reply = gateway.post("/function/orders", b"{}", "-H", "X-Tenant: forged",
                                     token=self.issuer.token(tenant=tenant))
                self.assertEqual(reply.status, 200, reply.raw)
                self.assertEqual(self.seen[0].all("X-Tenant") + self.seen[0].all("X-Admin"), [])

    def test_detect_records_and_lets_pass(self):
        gateway = self.gateway(self.config(functions={"watched": {"route": "/watched", "filters": {"sqli": "detect"}}}))
        self.assertEqual(gateway.post("/watched", ATTACK).status, 200)
        self.assertEqual(self.seen[0].body, ATTACK)
        record = gateway.records(1)[0]
        self.assertEqual((record["verdict"], record["findings"][0]["rule"]), ("flag", "sqli.tautology"))
        self.assertIs(record["findings"][0]["held_back"], True)

    def test_an_exception_is_as_wide_as_its_path(self):
        exception = {"filter": "sqli", "path": "/note", "reason": "a bound parameter"}
        gateway = self.gateway(self.config(functions={"notes": {"route": "/notes", "exceptions": [exception]}}))
        self.assertEqual(gateway.post("/notes", ATTACK.replace(b"id", b"note")).status, 200)
        self.assertIs(gateway.records(1)[0]["findings"][0]["excused"], True)
        self.refused(gateway.post("/notes", ATTACK), 403, "filter.sqli")
        self.assertEqual(len(self.seen), 1)

    def test_the_empty_path_is_a_body_that_is_one_text(self):
        exception = {"rule": "sqli.tautology", "path": "", "reason": "a search, bound as a parameter"}
        gateway = self.gateway(self.config(functions={
            "search": {"route": "/search", "bodies": ["text", "json"], "exceptions": [exception]}}))
        reply = gateway.curl("/search", "-H", "Content-Type: text/plain", data=b"1 OR 1=1 --")
        self.assertEqual(reply.status, 200, reply.raw)
        self.refused(gateway.post("/search", ATTACK), 403, "filter.sqli")

    def test_an_exception_that_has_ended_excuses_nothing(self):
        exception = {"filter": "sqli", "path": "/id", "reason": "was a bound parameter", "until": "2020-01-01"}
        gateway = self.gateway(self.config(functions={"notes": {"route": "/notes", "exceptions": [exception]}}))
        self.refused(gateway.post("/notes", ATTACK), 403, "filter.sqli")

        self.assertTrue(gateway.said("function notes: the exception of sqli at /id has ended"))
        self.assertEqual(gateway.metric("penstock_exceptions_ended"), 1)
        series = 'penstock_exception_expiry_seconds{function="notes",rule="sqli",path="/id"}'
        self.assertEqual(gateway.metric(series), 1577836800)

    def test_the_exceptions_that_a_record_suggests_let_its_event_pass(self):
        event = b'{"rows":[{"id":"1 OR 1=1 --"},{"id":"2","html":"<script>alert(1)</script>"}]}'
        gateway = self.gateway()
        self.assertEqual(gateway.post("/open/x", event).status, 403)
        suggested = gateway.records(1)[0]["exceptions"]
        self.assertEqual(suggested[0], {"rule": "sqli.tautology", "path": "/rows/*/id"})
        gateway = self.gateway(self.config(functions={"rows": {
            "route": "/rows", "exceptions": [{**exception, "reason": "a test"} for exception in suggested]}}))
        self.assertEqual(gateway.post("/rows", event).status, 200)
        self.assertNotIn("exceptions", gateway.records(1)[0])
        self.assertEqual(gateway.post("/rows", event.replace(b"rows", b"cells")).status, 403)

    def test_a_filter_may_have_thresholds_of_its_own(self):
        gateway = self.gateway(self.config(functions={
            "lenient": {"route": "/lenient", "filters": {"sqli": {"thresholds": {"block": 100, "flag": 30}}}},
            "strict": {"route": "/strict", "filters": {"path": {"mode": "enforce", "thresholds": {"block": 45}}}}}))
        self.assertEqual(gateway.post("/lenient", ATTACK).status, 200)
        self.assertEqual(gateway.records(1)[0]["verdict"], "flag")
        self.assertEqual(gateway.post("/lenient", b'{"f":"../../x"}').status, 200)
        self.refused(gateway.post("/strict", b'{"f":"../../x"}'), 403, "filter.path")

    def test_a_threshold_that_is_given_counts_for_declared_sinks_too(self):
        climb = b'{"f":"../../x"}'
        gateway = self.gateway(self.config(functions={
            "plain": {"route": "/plain", "sinks": ["path"]},
            "raised": {"route": "/raised", "sinks": ["path"], "thresholds": {"block": 90}}}))
        self.refused(gateway.post("/plain", climb), 403, "filter.path")
        self.assertEqual(gateway.post("/raised", climb).status, 200)
        self.assertEqual(gateway.records(2)[1]["verdict"], "flag")

    def test_excerpts_of_redacted_paths_are_not_written(self):
        config = self.config().replace("audit: { file: AUDIT }", "audit: { file: AUDIT, redact: [/card] }")
        gateway = self.gateway(config)
        self.refused(gateway.post("/open/x", b'{"card":"4111 OR 1=1 --"}'), 403, "filter.sqli")
        record = gateway.records(1)[0]
        self.assertEqual(record["findings"][0]["path"], "/card")
        self.assertNotIn("4111", json.dumps(record))

    def test_keys_and_paths_are_inspected_like_values(self):
        gateway = self.gateway()
        self.refused(gateway.post("/open/x", b'{"x\' UNION SELECT a FROM b --": 1}'), 403, "filter.sqli")
        self.refused(gateway.post("/open/x'%20UNION%20SELECT%20a%20FROM%20b%20--"), 403, "filter.sqli")
        self.assertEqual(self.seen, [])

    def test_ordinary_text_passes(self):
        gateway = self.gateway()
        texts = ["O'Brien", "Select the union of both sets", "Rock 'n' roll; drop by at 1=1", "a/b/../c is prose"]
        for text in texts:
            self.assertEqual(gateway.post("/open/x", json.dumps({"note": text})).status, 200, text)
        self.assertEqual([json.loads(request.body)["note"] for request in self.seen], texts)

    def test_events_have_the_shape_that_limits_allow(self):
        limits = {"body": "1KiB", "depth": 2, "leaves": 10, "string": "16B"}
        gateway = self.gateway(self.config(functions={"flat": {"route": "/flat", "limits": limits}}))
        self.assertEqual(gateway.post("/flat", b'{"a":[1]}').status, 200)
        for why, body in (("too deep", b'{"a":[[1]]}'), ("too long a text", b'{"a":"%s"}' % (b"x" * 17)),
                          ("too many leaves", json.dumps(list("abcdefghijkl")).encode())):
            with self.subTest(why):
                reply = gateway.post("/flat", body)
                self.assertEqual(reply.status, 400, reply.raw)
                self.refused(reply, 400, reply.problem["reason"])
        self.assertEqual(len(self.seen), 1)

    def test_a_body_of_exactly_the_limit_passes_and_one_more_does_not(self):
        gateway = self.gateway(self.config(functions={"small": {"route": "/small", "limits": {"body": "1KiB"}}}))
        body = b"[" + b" " * 1022 + b"]"
        self.assertEqual(gateway.post("/small", body).status, 200)
        self.assertEqual(gateway.post("/small", body, "-H", "Transfer-Encoding: chunked").status, 200)
        self.refused(gateway.post("/small", body + b" "), 413, "body.too_large")
        self.refused(gateway.post("/small", body + b" ", "-H", "Transfer-Encoding: chunked"), 413, "body.too_large")
        self.assertEqual([request.body for request in self.seen], [body, body])

    def test_a_refusal_does_not_wait_for_the_rest_of_the_body(self):
        gateway = self.gateway(self.config(functions={"small": {"route": "/small", "limits": {"body": "1KiB"}}}))
        for path, length, status in (("/small", 1025, 413), ("/function/orders", 2000, 401), ("/nowhere", 10, 404)):
            with self.subTest(path=path), gateway.connect() as connection:
                head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{JSON}\r\nContent-Length: {length}\r\n\r\n"
                connection.sendall(head.encode())
                self.assertIn(b" %d " % status, connection.recv(65536)[:20])
        self.assertEqual(self.seen, [])

    def test_a_function_takes_the_bodies_that_it_names(self):
        gateway = self.gateway(self.config(functions={
            "form": {"route": "/form", "bodies": ["form"]}, "text": {"route": "/text", "bodies": ["text"]},
            "any": {"route": "/any", "bodies": ["opaque"]}}))
        self.assertEqual(gateway.curl("/form", *FORM, data=b"a=1&b=%20x").status, 200)
        self.refused(gateway.curl("/form", *FORM, data=b"a=%zz"), 400, "form.syntax")
        self.refused(gateway.curl("/form", *FORM, data=b"a=x%27%20OR%201%3D1%20--"), 403, "filter.sqli")
        reply = gateway.post("/form", b"{}")
        self.refused(reply, 415, "type.unsupported")
        self.assertEqual(reply.get("Accept"), "application/x-www-form-urlencoded")
        self.assertEqual(gateway.curl("/text", "-H", "Content-Type: text/plain", data=b"hello").status, 200)
        self.assertEqual(gateway.curl("/any", "-H", "Content-Type: image/png", data=b"\x89PNG\0").status, 200)
        self.assertEqual([request.body for request in self.seen], [b"a=1&b=%20x", b"hello", b"\x89PNG\0"])

    def test_the_most_specific_route_wins_and_targets_are_filled_in(self):
        gateway = self.gateway(self.config(functions={
            "exact": {"route": "/function/resize", "target": "/exact"},
            "named": {"route": "/function/{name}", "target": "/by-name/{name}"},
            "hosted": {"route": "/*", "host": "fn.example", "target": "/hosted/*"}}))
        for path, host, target in (("/function/resize", None, "/exact"), ("/function/a%20b", None, "/by-name/a%20b"),
                                   ("/a/b?q=1", "fn.example", "/hosted/a/b?q=1"),
                                   ("/a/b", "FN.example:443", "/hosted/a/b")):
            with self.subTest(path=path, host=host):
                self.seen.clear()
                fields = ["-H", f"Host: {host}"] if host else []
                self.assertEqual(gateway.post(path, b"{}", *fields).status, 200)
                self.assertEqual(self.seen[0].line.split(" ")[1], target)
        self.seen.clear()
        for path in ("/function/", "/function/a/b", "/Function/resize", "/open", "/"):
            with self.subTest(path=path):
                self.refused(gateway.post(path), 404, "route.unknown")
        self.assertEqual(self.seen, [])

    def test_405_names_the_methods_of_the_function(self):
        gateway = self.gateway(self.config(functions={"some": {"route": "/some", "methods": ["POST", "PUT"]}}))
        for method in ("GET", "DELETE", "PATCH", "OPTIONS"):
            with self.subTest(method=method):
                reply = gateway.curl("/some", "-X", method)
                self.refused(reply, 405, "method.not_allowed")
                self.assertEqual(reply.get("Allow"), "POST, PUT")
        self.assertEqual(self.seen, [])

    def test_what_claims_are_mapped_to_is_nobodys_to_say_elsewhere(self):
        gateway = self.gateway()
        gateway.post("/open/x", b"{}", "-H", "x-tenant: forged", "-H", "X-Amzn-Oidc-Identity: forged")
        self.assertEqual(self.seen[0].all("X-Tenant") + self.seen[0].all("X-Amzn-Oidc-Identity"), [])

    def test_an_escaped_letter_leads_past_no_rule(self):
        gateway = self.gateway(self.config(functions={"admin": {"route": "/open/admin", "allow": {"issuer": "corp"}}}))
        for path in ("/open/admin", "/open/%61dmin", "/open/a%64m%69%6E"):
            self.refused(gateway.post(path), 401, "credential.missing")
        self.assertEqual(gateway.post("/open/%C3%A4%61").status, 200)
        self.assertEqual([request.line for request in self.seen], ["POST /open/%C3%A4%61 HTTP/1.1"])

    def test_a_path_parameter_leads_past_no_rule(self):
        gateway = self.gateway(self.config(functions={"admin": {"route": "/open/admin", "allow": {"issuer": "corp"}}}))
        for path in ("/open/admin;", "/open/admin;a=1", "/open/;a/admin", "/open/%61dmin;a"):
            with self.subTest(path):
                self.refused(gateway.post(path), 404, "route.unknown")
        self.assertEqual(gateway.post("/open/other;a=1").status, 200)
        self.assertEqual([request.line for request in self.seen], ["POST /open/other;a=1 HTTP/1.1"])


if __name__ == "__main__":
    harness.main()
