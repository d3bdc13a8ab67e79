"""GraphQL: a query that is deeper than the function allows is refused, wherever it travels, and the record names the field."""
import json
import urllib.parse

import harness
from harness import Setting

JSON = "application/json"
OWN = "application/graphql"
CLEAN = "query Q($id: ID!) { user(id: $id) { name posts(first: 3) { title __typename } } }"
SHOP = {"shop": {"route": "/graphql", "methods": ["GET", "POST"], "bodies": ["json", "graphql"],
                 "filters": {"graphql": {"depth": 5, "aliases": 3}}}}


def nested(depth):
    return "{a" * depth + "}" * depth


class BoundsWhatGraphqlAsksFor(Setting):
    def send(self, gateway, body, kind=JSON):
        body = body if isinstance(body, str) else json.dumps(body)
        return gateway.curl("/graphql", "-H", f"Content-Type: {kind}", data=body.encode())

    def paths(self, gateway, requests):
        return {finding["path"] for record in gateway.records(requests) for finding in record.get("findings", [])}

    def test_documents_are_judged_wherever_they_travel(self):
        gateway = self.gateway(self.config(functions=SHOP))
        self.assertEqual(self.send(gateway, {"query": CLEAN, "variables": {"id": "1"}}).status, 200)
        self.assertEqual(self.send(gateway, CLEAN, OWN).status, 200)
        self.assertEqual(self.send(gateway, {"query": nested(5)}).status, 200)

        self.refused(self.send(gateway, {"query": nested(6)}), 403, "filter.graphql")
        self.refused(self.send(gateway, [{"query": CLEAN}, {"query": nested(6)}]), 403, "filter.graphql")
        self.refused(self.send(gateway, nested(6), OWN), 403, "filter.graphql")
        self.refused(gateway.curl("/graphql?query=" + urllib.parse.quote(nested(6))), 403, "filter.graphql")
        self.refused(self.send(gateway, {"query": "{ __schema { types { name } } }"}), 403, "filter.graphql")
        self.refused(self.send(gateway, "{ user(id: 1 }", OWN), 400, "graphql.syntax")
        self.assertEqual(len(self.seen), 3, "the clean ones alone reach the function")

        found = self.paths(gateway, 9)
        for path in ("/query|graphql/query/a/a/a/a/a/a#", "/1/query|graphql/query/a/a/a/a/a/a#",
                     "graphql:/query/a/a/a/a/a/a#", "query:/query|graphql/query/a/a/a/a/a/a#",
                     "/query|graphql/query/__schema#"):
            self.assertIn(path, found)

    def test_a_string_in_a_query_is_looked_at_as_the_server_reads_it(self):
        gateway = self.gateway(self.config(functions=SHOP))
        reply = self.send(gateway, {"query": '{ user(name: "x\\u0027 OR 1=1 -- a") { id } }'})
        self.refused(reply, 403, "filter.sqli")
        self.assertIn("/query|graphql/query/user/(name)", self.paths(gateway, 1))


if __name__ == "__main__":
    harness.main()
