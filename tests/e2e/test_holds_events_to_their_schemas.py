"""An event that its function's schema does not allow is refused with the places and keywords, and no value; one that
it allows goes on, and what it makes harmless is not taken for an injection."""
import base64
import json
import os
import subprocess

import harness
from harness import JSON, PENSTOCK, Setting

UUID = "7d444840-9dc0-11d1-b245-5ffdce74fad2"
# The enum has what SQL would take for an attack: who wrote the schema says that it is a word of theirs.
ORDER = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "state": {"enum": ["open", "x' OR 1=1 --"]},
        "note": {"type": "string", "maxLength": 40},
        "items": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/item"}},
    },
    "required": ["items"],
    "additionalProperties": False,
    "$defs": {
        "item": {
            "type": "object",
            "properties": {"sku": {"type": "string"}, "qty": {"type": "integer", "minimum": 1}},
            "required": ["qty"],
        },
    },
}
GOOD = {"id": UUID, "items": [{"sku": "a", "qty": 2}]}
BAD = {"id": UUID, "items": [{"sku": "a", "qty": 0}]}
QTY = "#/$defs/item/properties/qty/minimum"
EVENT = {"specversion": "1.0", "id": "1", "source": "/s", "type": "t"}
STRUCTURED = "Content-Type: application/cloudevents+json"
BATCH = "Content-Type: application/cloudevents-batch+json"
BINARY = [JSON, "ce-specversion: 1.0", "ce-id: 1", "ce-source: /s", "ce-type: t"]


def sqs(*messages):
    """SNS messages as the bodies of SQS records."""
    return json.dumps({"Records": [{
        "messageId": "m", "eventSource": "aws:sqs",
        "body": json.dumps({"Type": "Notification", "MessageId": "n", "TopicArn": "arn:aws:sns:x", "Timestamp": "now",
                            "Message": message if isinstance(message, str) else json.dumps(message)}),
    } for message in messages]})


class HoldsEventsToTheirSchemas(Setting):
    def setUp(self):
        super().setUp()
        self.put("order.json", ORDER)

    def put(self, name, schema):
        path = self.pki.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path + ".new", "w", encoding="utf-8") as file:
            json.dump(schema, file)
        os.replace(path + ".new", path)

    def held(self, schema, more="", **function):
        return self.gateway(self.config(functions={"held": {"route": "/held", "schema": schema, **function}}, more=more))

    def send(self, gateway, body, *fields, path="/held"):
        arguments = [part for field in fields or [JSON] for part in ("-H", field)]
        body = body if isinstance(body, str) else json.dumps(body)
        return gateway.curl(path, *arguments, data=body.encode())

    def passes(self, reply):
        self.assertEqual(reply.status, 200, reply.raw)

    def violates(self, reply, *errors, reason="schema.violation"):
        """Errors as (pointer, keyword) or with the place in the schema."""
        self.assertEqual((reply.status, reply.problem["reason"]), (422, reason), reply.raw)
        told = [(one["pointer"], one["keyword"], one["schema"]) for one in reply.problem["errors"]]
        self.assertEqual([one[:len(error)] for one, error in zip(told, errors)], list(errors), told)
        self.assertEqual(len(told), len(errors), told)

    def test_a_body_that_violates_is_refused_with_place_and_keyword_alone(self):
        gateway = self.held("order.json")
        self.passes(self.send(gateway, GOOD))
        self.assertEqual(json.loads(self.seen[0].body), GOOD)
        reply = self.send(gateway, {"items": [{"qty": -7}, {}], "more": "secret"})
        self.violates(reply, ("/items/0/qty", "minimum", QTY), ("/items/1", "required", "#/$defs/item/required"),
                      ("/more", "additionalProperties"))
        for value in (b"-7", b"secret", b"order.json"):
            self.assertNotIn(value, reply.body)
        self.assertEqual(len(self.seen), 1)
        record = gateway.records(2)[1]
        self.assertEqual((record["status"], record["reason"], record["verdict"]), (422, "schema.violation", "block"))
        self.assertEqual(record["violations"][0], {"pointer": "/items/0/qty", "keyword": "minimum", "schema": QTY,
                                                   "file": self.pki.path("order.json")})
        self.assertNotIn("secret", json.dumps(record))
        gateway.reaches('penstock_schema_violations_total{function="held"}', 1)
        gateway.reaches('penstock_refusals_total{reason="schema.violation"}', 1)

    def test_values_are_told_where_the_policy_says_so(self):
        gateway = self.held({"body": "order.json", "values": True})
        errors = self.send(gateway, {"items": [{"qty": -7}], "id": "n\"one"}).problem["errors"]
        self.assertEqual([(error["pointer"], error["value"]) for error in errors], [("/id", 'n"one'), ("/items/0/qty", -7)])

    def test_at_most_sixteen_are_told(self):
        gateway = self.held("order.json")
        reply = self.send(gateway, {"items": [{"qty": 0}] * 40})
        self.assertEqual(len(reply.problem["errors"]), 16)
        self.assertTrue(gateway.records(1)[0]["more_violations"])

    def test_numbers_in_lists_are_looked_at(self):
        self.put("numbers.json", {"items": {"type": "integer", "maximum": 9}})
        gateway = self.held("numbers.json")
        self.passes(self.send(gateway, [1, 2, 9]))
        self.violates(self.send(gateway, [1, 2, 10]), ("/2", "maximum"))

    def test_detect_records_and_lets_it_go_on(self):
        gateway = self.held({"body": "order.json", "mode": "detect"})
        self.passes(self.send(gateway, BAD))
        self.assertEqual(json.loads(self.seen[0].body), BAD)
        record = gateway.records(1)[0]
        self.assertEqual((record["status"], record["verdict"]), (200, "flag"))
        self.assertEqual(record["violations"][0]["keyword"], "minimum")
        gateway.reaches('penstock_schema_violations_total{function="held"}', 1)

    def test_detect_refuses_nothing_whatever_is_violated(self):
        self.put("many.json", {"items": {"type": "object", "properties": {name: {"minimum": 5, "multipleOf": 7, "type": "integer"}
                                                                           for name in "abcd"}}})
        body = json.dumps([dict.fromkeys("abcd", 1)] * 2300)
        for mode, status in (("detect", 200), ("enforce", 422)):
            with self.subTest(mode):
                gateway = self.held({"body": "many.json", "mode": mode}, filters={"structure": "off"})
                reply = self.send(gateway, body)
                self.assertEqual(reply.status, status, reply.raw)
                record = gateway.records(1)[0]
                self.assertEqual((record["verdict"], len(record["violations"]) > 0), ("flag" if status == 200 else "block", True))

    def test_a_missing_body_is_no_way_around(self):
        gateway = self.held("order.json", methods=["GET", "POST"])
        self.passes(gateway.curl("/held"))
        self.violates(self.send(gateway, ""), ("", "at"))

    def test_formats_are_checked_unless_they_only_annotate(self):
        event = {"items": [{"qty": 1}], "id": "none"}
        self.violates(self.send(self.held("order.json"), event), ("/id", "format"))
        self.passes(self.send(self.held({"body": "order.json", "format": "annotate"}), event))

    def test_data_is_held_in_all_three_modes(self):
        gateway = self.held({"body": {"file": "order.json", "at": "data"}})
        coded = {**EVENT, "datacontenttype": "application/json"}
        self.passes(self.send(gateway, GOOD, *BINARY))
        self.passes(self.send(gateway, {**EVENT, "data": GOOD}, STRUCTURED))
        self.passes(self.send(gateway, {**coded, "data_base64": base64.b64encode(json.dumps(GOOD).encode()).decode()}, STRUCTURED))
        self.passes(self.send(gateway, [{**EVENT, "data": GOOD}, {**EVENT, "id": "2", "data": GOOD}], BATCH))
        self.violates(self.send(gateway, BAD, *BINARY), ("/items/0/qty", "minimum"))
        self.violates(self.send(gateway, {**EVENT, "data": BAD}, STRUCTURED), ("/data/items/0/qty", "minimum"))
        self.violates(self.send(gateway, {**coded, "data_base64": base64.b64encode(json.dumps(BAD).encode()).decode()}, STRUCTURED),
                      ("/data_base64|json/items/0/qty", "minimum"))
        self.violates(self.send(gateway, [{**EVENT, "data": GOOD}, {**EVENT, "id": "2", "data": BAD}], BATCH),
                      ("/1/data/items/0/qty", "minimum"))
        self.violates(self.send(gateway, EVENT, STRUCTURED), ("", "at"))
        self.violates(self.send(gateway, GOOD), ("", "at"))  # no CloudEvent at all

    def test_records_are_held_one_by_one(self):
        self.put("record.json", {"properties": {"body": {"maxLength": 5}}})
        gateway = self.held({"body": {"file": "record.json", "at": "records"}})
        records = [{"messageId": "m", "eventSource": "aws:sqs", "body": body} for body in ("short", "too long")]
        self.passes(self.send(gateway, {"Records": records[:1]}))
        self.violates(self.send(gateway, {"Records": records}), ("/Records/1/body", "maxLength"))
        self.violates(self.send(gateway, {"body": "x"}), ("", "at"))

    def test_a_message_in_sns_in_sqs_is_held(self):
        gateway = self.held({"body": {"file": "order.json", "at": "/Records/*/body|json/Message|json"}})
        way = "/Records/1/body|json/Message"
        self.passes(self.send(gateway, sqs(GOOD, GOOD)))
        self.violates(self.send(gateway, sqs(GOOD, BAD)), (way + "|json/items/0/qty", "minimum", QTY))
        self.violates(self.send(gateway, sqs(GOOD, "no JSON")), (way, "at"))
        self.violates(self.send(gateway, GOOD), ("", "at"))
        self.assertEqual(len(self.seen), 1)

    def test_records_of_a_stream_are_decoded_first(self):
        gateway = self.held({"body": {"file": "order.json", "at": "/Records/*/kinesis/data|json"}})

        def stream(order):
            data = base64.b64encode(json.dumps(order).encode()).decode()
            return {"Records": [{"eventSource": "aws:kinesis", "kinesis": {"data": data, "partitionKey": "k"}}]}

        self.passes(self.send(gateway, stream(GOOD)))
        self.violates(self.send(gateway, stream(BAD)), ("/Records/0/kinesis/data|json/items/0/qty", "minimum"))

    def test_lines_are_documents_each(self):
        gateway = self.held("order.json", bodies=["ndjson"])
        lines = json.dumps(GOOD) + "\n" + json.dumps(BAD) + "\n"
        self.violates(self.send(gateway, lines, "Content-Type: application/x-ndjson"), ("/1/items/0/qty", "minimum"))

    def test_query_and_headers_are_objects_of_texts(self):
        self.put("query.json", {"properties": {"page": {"type": "integer", "maximum": 9}, "tag": {"type": "array", "maxItems": 2},
                                               "all": {"type": "boolean"}},
                                "required": ["page"], "additionalProperties": False})
        self.put("headers.json", {"properties": {"x-tenant": {"enum": ["acme"]}}, "required": ["x-tenant"]})
        gateway = self.held({"query": "query.json", "headers": "headers.json"})
        fields = [JSON, "X-Tenant: acme"]
        self.passes(self.send(gateway, {}, *fields, path="/held?page=9&tag=a&all=true"))
        self.passes(self.send(gateway, {}, *fields, path="/held?p%61ge=%39&tag=a&tag=b"))
        for query, error in (("page=10", ("query:/page", "maximum")), ("page=ten", ("query:/page", "type")),
                             ("page=1&page=2", ("query:/page", "type")), ("page=1&tag=a&tag=b&tag=c", ("query:/tag", "maxItems")),
                             ("page=1&all=yes", ("query:/all", "type")), ("page=1&x=", ("query:/x", "additionalProperties")),
                             ("", ("query:", "required"))):
            with self.subTest(query):
                self.violates(self.send(gateway, {}, *fields, path="/held?" + query), error)
        self.violates(self.send(gateway, {}, JSON, "X-Tenant: evil", path="/held?page=1"), ("header:/x-tenant", "enum"))
        self.violates(self.send(gateway, {}, path="/held?page=1"), ("header:", "required"))

    def test_forms_are_held_as_queries_are(self):
        self.put("form.json", {"properties": {"age": {"type": "integer", "minimum": 18}}})
        gateway = self.held("form.json", bodies=["form"])
        form = "Content-Type: application/x-www-form-urlencoded"
        self.passes(self.send(gateway, "age=18", form))
        self.violates(self.send(gateway, "age=17", form), ("form:/age", "minimum"))

    def test_an_event_is_held_to_the_schema_that_it_names(self):
        self.put("schemas/sales/order.json", ORDER)
        more = 'schemas: { "https://example.com/schemas/": schemas }'
        uri = "https://example.com/schemas/sales/order.json"
        for mode, unmapped in (("use", False), ("require", True)):
            with self.subTest(mode):
                gateway = self.held({"dataschema": mode}, more=more)
                self.passes(self.send(gateway, {**EVENT, "dataschema": uri, "data": GOOD}, STRUCTURED))
                self.passes(self.send(gateway, GOOD, *BINARY, "ce-dataschema: " + uri))
                self.violates(self.send(gateway, {**EVENT, "dataschema": uri, "data": BAD}, STRUCTURED),
                              ("/data/items/0/qty", "minimum", uri + QTY))
                self.violates(self.send(gateway, BAD, *BINARY, "ce-dataschema: " + uri), ("/items/0/qty", "minimum", uri + QTY))
                for event in ({**EVENT, "data": BAD}, {**EVENT, "dataschema": "https://example.com/other.json", "data": BAD}):
                    reply = self.send(gateway, event, STRUCTURED)
                    if unmapped:
                        self.violates(reply, ("", "dataschema"), reason="schema.unmapped")
                    else:
                        self.passes(reply)

    def test_references_lead_to_mapped_files(self):
        self.put("schemas/item.json", ORDER["$defs"]["item"])
        self.put("list.json", {"items": {"$ref": "https://example.com/schemas/item.json"}})
        gateway = self.held("list.json", more='schemas: { "https://example.com/schemas/": schemas }')
        self.passes(self.send(gateway, [{"qty": 1}]))
        self.violates(self.send(gateway, [{"qty": 0}]), ("/0/qty", "minimum"))
        # A mapped one refers to its neighbours by relative ones.
        self.put("schemas/near.json", {"items": {"$ref": "item.json"}})
        gateway = self.held("schemas/near.json", more='schemas: { "https://example.com/schemas/": schemas }')
        self.violates(self.send(gateway, [{"qty": 0}]), ("/0/qty", "minimum", "https://example.com/schemas/item.json#/properties/qty/minimum"))

    def test_a_schema_within_a_file_is_named_by_its_pointer(self):
        gateway = self.held("order.json#/$defs/item")
        self.passes(self.send(gateway, {"qty": 1}))
        self.violates(self.send(gateway, {"qty": 0}), ("/qty", "minimum", QTY))

    def test_what_a_schema_makes_harmless_is_no_injection(self):
        attack = "x' OR 1=1 --"
        gateway = self.held("order.json", sinks=["sql"])
        self.passes(self.send(gateway, {**GOOD, "state": attack}))
        self.assertNotIn("findings", gateway.records(1)[0])
        # The same text where the schema says nothing of what it may hold.
        self.refused(self.send(gateway, {**GOOD, "note": attack}), 403, "filter.sqli")
        self.refused(self.send(self.held("order.json#/$defs/item", sinks=["sql"]), {"qty": 1, "state": attack}), 403,
                     "filter.sqli")

    def test_scan_shows_what_the_gateway_would_refuse(self):
        gateway = self.held("order.json")

        def scan(event, *options):
            run = subprocess.run([PENSTOCK, "scan", "-c", gateway.config, "-f", "held", *options], input=json.dumps(event),
                                 capture_output=True, text=True, check=False, timeout=harness.PATIENCE)
            self.assertIn(run.returncode, (0, 1), run.stderr)
            return run.stdout

        self.assertEqual(json.loads(scan(GOOD)), {"verdict": "pass", "status": 200, "reason": "none", "findings": []})
        said = json.loads(scan(BAD))
        self.assertEqual((said["verdict"], said["status"], said["reason"]), ("block", 422, "schema.violation"))
        self.assertEqual(said["violations"], [{"pointer": "/items/0/qty", "keyword": "minimum", "schema": QTY,
                                               "file": self.pki.path("order.json")}])
        told = scan(BAD, "--explain")
        self.assertIn("! schema.violation /items/0/qty: minimum", told)
        self.assertIn("order.json" + QTY, told)
        self.assertIn("block (422, schema.violation)", told)

    def test_work_is_bounded(self):
        # At every level each of four branches has to be followed to the bottom, where it fails.
        branches = [{"properties": {"n": {"$ref": "#/$defs/a"}, f"m{i}": {}}} for i in range(4)]
        self.put("hard.json", {"$ref": "#/$defs/a", "$defs": {"a": {"type": "object", "anyOf": branches}}})
        nested = "0"
        for _ in range(30):
            nested = '{"n":' + nested + "}"
        gateway = self.held("hard.json")
        reply = self.send(gateway, nested)
        self.assertEqual((reply.status, reply.problem["reason"]), (422, "schema.limit"), reply.raw)
        self.assertLess(gateway.records(1)[0]["us"]["total"], 2000000)

    def test_a_changed_schema_is_taken_over_and_a_broken_one_is_not(self):
        gateway = self.held("order.json")
        self.violates(self.send(gateway, BAD), ("/items/0/qty", "minimum"))
        self.put("order.json", {"required": ["customer"]})
        harness.wait_for("generation 2", lambda: gateway.said("generation 2 of the configuration"))
        self.violates(self.send(gateway, BAD), ("", "required"))
        self.put("order.json", {"required": 7})
        harness.wait_for("a complaint", lambda: gateway.said(r"order\.json:1:14: #/required.*"))
        gateway.reaches("penstock_tls_reload_failed", 1)
        self.violates(self.send(gateway, BAD), ("", "required"))
        self.put("order.json", {})
        harness.wait_for("generation 3", lambda: gateway.said("generation 3 of the configuration"))
        self.passes(self.send(gateway, BAD))


if __name__ == "__main__":
    harness.main()
