"""An OpenAPI document says which requests a function takes: by path and method, parameters, body; and what it answers."""
import json

import harness
from harness import JSON, Setting

API = """
openapi: 3.1.0
info: { title: Shop, version: "1" }
servers: [{ url: "https://api.example.com/shop" }]
paths:
  /orders:
    post:
      requestBody:
        required: true
        content:
          application/json: { schema: { $ref: "#/components/schemas/Order" } }
          application/x-www-form-urlencoded:
            schema: { type: object, properties: { qty: { type: integer } }, required: [qty] }
      responses:
        "201": { content: { application/json: { schema: { required: [id] } } } }
        4XX: { description: refused }
    get:
      parameters:
        - { name: page, in: query, schema: { type: integer, minimum: 1 } }
        - { name: ids, in: query, explode: false, schema: { type: array, items: { type: integer }, maxItems: 3 } }
        - { $ref: "#/components/parameters/Tenant" }
      responses: { default: {} }
  /orders/{id}:
    parameters:
      - { name: id, in: path, required: true, schema: { type: integer, maximum: 999 } }
    get: { responses: { "200": { content: { application/json: { schema: { type: object } } } } } }
    delete: { responses: { default: {} } }
  /orders/latest:
    get: { responses: { default: {} } }
components:
  parameters:
    Tenant: { name: X-Tenant, in: header, required: true, schema: { enum: [acme, globex] } }
  schemas:
    Order:
      type: object
      properties: { qty: { $ref: "#/components/schemas/Qty" } }
      required: [qty]
    Qty: { type: integer, minimum: 1 }
"""
TENANT = ["-H", "X-Tenant: acme"]


class HoldsRequestsToAnOpenapiDocument(Setting):
    def api(self, port=None, openapi="api.yaml", **function):
        with open(self.pki.path("api.yaml"), "w", encoding="utf-8") as file:
            file.write(API)
        functions = {"shop": {"route": "/shop/*", "bodies": ["json", "form"], "openapi": openapi, **function}}
        return self.gateway(self.config(port=port, functions=functions))

    def get(self, gateway, path, *arguments):
        return gateway.curl(path, *arguments)

    def passes(self, reply):
        self.assertEqual(reply.status, 200, reply.raw)

    def violates(self, reply, *errors):
        self.assertEqual((reply.status, reply.problem["reason"]), (422, "schema.violation"), reply.raw)
        told = [(one["pointer"], one["keyword"], one["schema"]) for one in reply.problem["errors"]]
        self.assertEqual([one[:len(error)] for one, error in zip(told, errors)], list(errors), told)

    def test_what_is_not_listed_is_not_there(self):
        gateway = self.api()
        self.passes(self.get(gateway, "/shop/orders/7"))
        for path in ("/shop/order", "/shop/orders/7/x", "/shop/orders/", "/shop/x/orders"):
            with self.subTest(path):
                self.refused(self.get(gateway, path), 404, "openapi.path")
        reply = gateway.post("/shop/orders/7", b"{}")
        self.refused(reply, 405, "openapi.method")
        self.assertEqual(reply.get("Allow"), "GET, DELETE")
        self.refused(gateway.curl("/shop/orders", "-H", "Content-Type: application/vnd.x+json", data=b"{}"), 415, "openapi.type")

    def test_a_path_parameter_leads_to_no_other_operation(self):
        gateway = self.api()
        self.refused(self.get(gateway, "/shop/orders/latest;a=1"), 404, "openapi.path")
        self.violates(self.get(gateway, "/shop/orders/7;a=1"), ("path:/id", "type"))

    def test_bodies_are_held_by_their_type(self):
        gateway = self.api()
        form = ["-H", "Content-Type: application/x-www-form-urlencoded"]
        self.passes(gateway.post("/shop/orders", b'{"qty":1}'))
        self.passes(gateway.curl("/shop/orders", *form, data=b"qty=1"))
        self.violates(gateway.post("/shop/orders", b'{"qty":0}'), ("/qty", "minimum", "#/components/schemas/Qty/minimum"))
        self.violates(gateway.post("/shop/orders", b"{}"), ("", "required", "#/components/schemas/Order/required"))
        self.violates(gateway.curl("/shop/orders", *form, data=b"qty=x"), ("form:/qty", "type"))
        self.violates(gateway.curl("/shop/orders", "-X", "POST"), ("", "requestBody", "#/paths/~1orders/post"))
        self.violates(gateway.curl("/shop/orders/7", "-X", "DELETE", "-H", JSON, data=b"{}"), ("", "requestBody"))

    def test_parameters_are_held_where_they_stand(self):
        gateway = self.api()
        self.passes(self.get(gateway, "/shop/orders?page=2&ids=1,2,3", *TENANT))
        self.violates(self.get(gateway, "/shop/orders?page=0", *TENANT), ("query:/page", "minimum"))
        self.violates(self.get(gateway, "/shop/orders?page=x", *TENANT), ("query:/page", "type"))
        self.violates(self.get(gateway, "/shop/orders?ids=1,2,3,4", *TENANT), ("query:/ids", "maxItems"))
        self.violates(self.get(gateway, "/shop/orders?ids=1,b", *TENANT), ("query:/ids/1", "type"))
        self.violates(self.get(gateway, "/shop/orders"), ("header:/x-tenant", "required", "#/components/parameters/Tenant"))
        self.violates(self.get(gateway, "/shop/orders", "-H", "X-Tenant: evil"), ("header:/x-tenant", "enum"))
        self.violates(self.get(gateway, "/shop/orders/1000"), ("path:/id", "maximum"))
        self.violates(self.get(gateway, "/shop/orders/x"), ("path:/id", "type"))
        self.passes(self.get(gateway, "/shop/orders/latest"))  # a concrete path comes first

    def test_detect_records_what_is_not_listed(self):
        gateway = self.api(schema={"mode": "detect"})
        self.passes(self.get(gateway, "/shop/order"))
        record = gateway.records(1)[0]
        self.assertEqual((record["verdict"], record["violations"][0]["keyword"]), ("flag", "paths"))

    def answered(self, status, body, mode, path="/shop/orders", post=True):
        answer = b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)
        function = self.function(answer)
        gateway = self.api(port=function.port, openapi={"file": "api.yaml", "responses": mode})
        reply = gateway.post(path, b'{"qty":1}') if post else gateway.curl(path)
        return reply, gateway.records(1)[0]

    def test_answers_are_held_by_their_status(self):
        for status, body, error in ((201, b'{"id":1}', None), (201, b"{}", "required"), (409, b"{}", None), (200, b"{}", "responses")):
            for mode in ("detect", "enforce"):
                with self.subTest(status=status, body=body, mode=mode):
                    reply, record = self.answered(status, body, mode)
                    if error is None:
                        self.assertEqual((reply.status, reply.body), (status, body))
                        self.assertNotIn("response", record)
                        continue
                    self.assertEqual(record["response"]["violations"][0]["keyword"], error)
                    if mode == "detect":
                        self.assertEqual((reply.status, reply.body), (status, body))
                    else:
                        self.refused(reply, 502, "response.schema")

    def test_what_is_no_text_is_passed_on_as_it_is(self):
        secrets = b"password=4539578763621486 4539578763621486"
        for body in (b"\x89PNG\r\n\x1a\n" + secrets, b"\x00\x00\x00\x18ftypmp42" + secrets):
            for mode in ("detect", "enforce"):
                with self.subTest(body=body, mode=mode):
                    function = self.function(b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
                    gateway = self.api(port=function.port, openapi={"file": "api.yaml", "responses": mode}, response={"secrets": "redact"})
                    reply = gateway.curl("/shop/orders/latest")
                    self.assertEqual((reply.status, reply.body), (200, body))
                    self.assertNotIn("response", gateway.records(1)[0])


if __name__ == "__main__":
    harness.main()
