"""Senders that ask before they send hear yes or no from the gateway; their functions never do."""
import json

import harness

ORIGINS = {"route": "/hooks", "methods": ["POST", "PUT"], "allow": {"issuer": "corp"},
           "webhook": {"origins": ["eventemitter.example.com", "eventgrid.azure.net"], "rate": 120}}
TOPIC = "/subscriptions/5b4b650e/resourceGroups/rg1/providers/Microsoft.EventGrid/topics/orders"
GRID = {"route": "/grid", "allow": {"issuer": "corp"}, "webhook": {"topics": [TOPIC]}}


def validation(topic=TOPIC, code="512d38b6-c7b8-40c8-89fe-f46f9e9622b6", **other):
    """As learn.microsoft.com's "Endpoint validation with Event Grid event schema" shows it."""
    event = {"id": "2d1781af-3a4c-4d7c-bd0c-e34b19da4e66", "topic": topic, "subject": "",
             "data": {"validationCode": code,
                      "validationUrl": "https://rp-eastus2.eventgrid.azure.net:553/eventsubscriptions/validate?id=1&token=secret"},
             "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "eventTime": "2022-10-28T04:23:35.1981776Z",
             "metadataVersion": "1", "dataVersion": "1"}
    return json.dumps([event | other])


class AnswersWebhookHandshakes(harness.Setting):
    def ask(self, gateway, *fields, path="/hooks"):
        arguments = [part for field in fields for part in ("-H", field)]
        return gateway.curl(path, "-X", "OPTIONS", *arguments)

    def not_granted(self, reply, allow):
        self.refused(reply, 405, "method.not_allowed")
        self.assertEqual(reply.get("Allow"), allow)
        self.assertEqual([name for name, _ in reply.fields if name.lower().startswith("webhook")], [])

    def test_who_is_on_the_list_is_granted_without_a_token(self):
        gateway = self.gateway(self.config(functions={"hooks": ORIGINS}))
        reply = self.ask(gateway, "WebHook-Request-Origin: EventEmitter.example.com", "WebHook-Request-Rate: 300",
                         "WebHook-Request-Callback: https://example.com/confirm?id=12345&key=SECRET")
        self.assertEqual(reply.status, 200, reply.raw)
        self.assertEqual(reply.get("Allow"), "POST, PUT")
        self.assertEqual(reply.get("WebHook-Allowed-Origin"), "eventemitter.example.com")
        self.assertEqual(reply.get("WebHook-Allowed-Rate"), "120")
        self.assertEqual((reply.get("Content-Length"), reply.get("Cache-Control")), ("0", "no-store"))
        self.assertRegex(reply.get("X-Request-Id"), "^[0-9a-f]{32}$")
        self.assertTrue(reply.get("Date"))
        record = gateway.records(1)[0]
        self.assertEqual((record["status"], record["reason"], record["verdict"]), (200, "webhook.validated", "pass"))
        self.assertEqual(record["webhook"], {"sender": "EventEmitter.example.com", "callback": "https://example.com/confirm"})
        gateway.reaches("penstock_webhook_answers_total", 1)
        self.assertEqual(self.seen, [])

    def test_a_connection_goes_on_behind_a_handshake(self):
        gateway = self.gateway(self.config(functions={"hooks": ORIGINS}))
        ask = b"OPTIONS /hooks HTTP/1.1\r\nHost: localhost\r\nWebHook-Request-Origin: eventgrid.azure.net\r\n"
        raw = gateway.raw((ask + b"\r\n") * 2 + ask + b"Content-Length: 5\r\nConnection: close\r\n\r\nhello")
        self.assertEqual(raw.count(b"HTTP/1.1 200 "), 3, raw)
        self.assertEqual(raw.count(b"WebHook-Allowed-Origin: eventgrid.azure.net\r\n"), 3, raw)

    def test_everybody_else_finds_no_options_here(self):
        gateway = self.gateway(self.config(functions={"hooks": ORIGINS}))
        known = "WebHook-Request-Origin: eventemitter.example.com"
        for why, fields in (("no question", []), ("a stranger", ["WebHook-Request-Origin: evil.example.com"]),
                            ("a part of a name", ["WebHook-Request-Origin: example.com"]),
                            ("a longer name", ["WebHook-Request-Origin: eventemitter.example.com.evil.example"]),
                            ("any", ["WebHook-Request-Origin: *"]), ("nobody", ["WebHook-Request-Origin;"]),
                            ("two names", [known, "WebHook-Request-Origin: evil.example.com"]),
                            ("two rates", [known, "WebHook-Request-Rate: 1", "WebHook-Request-Rate: 2"]),
                            ("a rate of none", [known, "WebHook-Request-Rate: 0"]),
                            ("no rate", [known, "WebHook-Request-Rate: many"])):
            with self.subTest(why):
                self.not_granted(self.ask(gateway, *fields), "POST, PUT")
        self.not_granted(self.ask(gateway, known, path="/open/x"), "GET, HEAD, POST, PUT")
        self.refused(self.ask(gateway, known, path="/closed"), 404, "route.unknown")
        self.refused(self.ask(gateway, known, path="/nowhere"), 404, "route.unknown")
        self.assertEqual(gateway.records(2)[1]["reason"], "webhook.origin")
        self.assertEqual(self.seen, [])

    def test_any_origin_and_no_rate_are_told_so(self):
        gateway = self.gateway(self.config(functions={"hooks": ORIGINS | {"webhook": {"origins": "*"}}}))
        reply = self.ask(gateway, "WebHook-Request-Origin: x.example")
        self.assertEqual((reply.status, reply.get("WebHook-Allowed-Origin"), reply.get("WebHook-Allowed-Rate")), (200, "*", None))
        reply = self.ask(gateway, "WebHook-Request-Origin: x.example", "WebHook-Request-Rate: 10")
        self.assertEqual(reply.get("WebHook-Allowed-Rate"), "*")

    def test_events_must_say_an_origin_of_the_list_and_prove_their_caller(self):
        gateway = self.gateway(self.config(functions={"hooks": ORIGINS}))
        origin = ["-H", "WebHook-Request-Origin: eventgrid.azure.net"]
        token = self.issuer.token()
        self.refused(gateway.post("/hooks", b"{}", *origin), 401, "credential.missing")
        self.refused(gateway.post("/hooks", b"{}", token=token), 403, "webhook.origin")
        self.refused(gateway.post("/hooks", b"{}", "-H", "WebHook-Request-Origin: x.example", token=token), 403, "webhook.origin")
        self.refused(gateway.post("/hooks", b"{}", *origin, *origin, token=token), 403, "webhook.origin")
        self.assertEqual(self.seen, [])
        self.assertEqual(gateway.post("/hooks", b"{}", *origin, token=token).status, 200)
        self.assertEqual(self.seen[0].one("WebHook-Request-Origin"), "eventgrid.azure.net")

    def test_event_grid_hears_its_code_back_for_a_topic_of_the_list(self):
        gateway = self.gateway(self.config(functions={"grid": GRID}))
        kind = ["-H", "aeg-event-type: SubscriptionValidation"]
        token = self.issuer.token()
        self.refused(gateway.post("/grid", validation(), *kind), 401, "credential.missing")
        reply = gateway.post("/grid", validation(topic=TOPIC.upper()), *kind, token=token)
        self.assertEqual((reply.status, reply.get("Content-Type")), (200, "application/json"), reply.raw)
        self.assertEqual(json.loads(reply.body), {"validationResponse": "512d38b6-c7b8-40c8-89fe-f46f9e9622b6"})
        record = gateway.records(2)[1]
        self.assertEqual(record["reason"], "webhook.validated")
        self.assertNotIn("secret", json.dumps(record))
        reply = gateway.post("/grid", validation(code='a"\\\n</script>'), *kind, token=token)
        self.assertEqual(json.loads(reply.body), {"validationResponse": 'a"\\\n</script>'})
        for why, body, status, reason in (
                ("another topic", validation(topic=TOPIC + "2"), 403, "webhook.topic"),
                ("no topic", validation(topic=None), 403, "webhook.topic"),
                ("no code", validation(data={}), 422, "webhook.validation"),
                ("a code without end", validation(code="x" * 257), 422, "webhook.validation"),
                ("another event", validation(eventType="Microsoft.Storage.BlobCreated"), 422, "webhook.validation"),
                ("two events", validation()[:-1] + "," + validation()[1:], 422, "webhook.validation"),
                ("no array", validation()[1:-1], 422, "webhook.validation"), ("no JSON", "[", 400, "json.truncated")):
            with self.subTest(why):
                self.refused(gateway.post("/grid", body, *kind, token=token), status, reason)
        self.refused(gateway.post("/grid", validation(), *kind, *kind, token=token), 422, "webhook.validation")
        self.assertEqual(self.seen, [])

    def test_a_function_without_topics_answers_event_grid_itself(self):
        gateway = self.gateway()
        body = validation().encode()
        self.assertEqual(gateway.post("/open/x", body, "-H", "aeg-event-type: SubscriptionValidation").status, 200)
        self.assertEqual(self.seen[0].body, body)


if __name__ == "__main__":
    harness.main()
