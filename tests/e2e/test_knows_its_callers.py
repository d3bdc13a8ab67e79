"""Who calls: 401, 403, 503 with the right challenge, and nothing at the function."""
import hashlib
import hmac
import json
import time

import harness
from harness import Issuer, Setting, b64url, openssl, wait_for


class KnowsItsCallers(Setting):
    def test_no_credential_gets_a_bare_challenge(self):
        reply = self.gateway().post("/function/orders")
        self.refused(reply, 401, "credential.missing")
        self.assertEqual(reply.get("WWW-Authenticate"), 'Bearer realm="penstock"')
        self.assertEqual(reply.get("Cache-Control"), "no-store")
        self.assertEqual(self.seen, [])

    def test_bad_tokens_get_one_answer_and_their_own_record(self):
        gateway, now = self.gateway(), int(time.time())
        good = self.issuer.token()
        head, body, signature = good.split(".")
        none = b64url(b'{"alg":"none"}') + "." + body + "."
        hs = b64url(b'{"alg":"HS256","kid":"k1"}') + "." + body
        public = openssl("rsa", "-in", self.issuer.key, "-pubout")
        confused = hs + "." + b64url(hmac.new(public, hs.encode(), hashlib.sha256).digest())
        rows = [
            ("token.signature", head + "." + body + "." + signature[:-8] + "AAAAAAAA"),
            ("token.expired", self.issuer.token(exp=now - 120, iat=now - 300)),
            ("token.not_yet", self.issuer.token(nbf=now + 600)),
            ("token.audience", self.issuer.token(aud="others")),
            ("token.issuer", self.issuer.token(iss="https://id.example.com.evil/")),
            ("token.claims", self.issuer.token(exp=None)),
            ("token.claims", self.issuer.token(exp="tomorrow")),
            ("token.lifetime", self.issuer.token(exp=now + 10 * 86400)),
            ("token.header", self.issuer.token(header={"crit": ["b64"], "b64": False})),
            ("token.forbidden_header", self.issuer.token(header={"jku": "https://127.0.0.1:1/"})),
            ("token.unknown_key", self.issuer.token(header={"kid": "../../dev/null"})),
            ("token.type", self.issuer.token(header={"typ": "dpop+jwt"})),
            ("token.malformed", none),
            (None, confused),
            ("token.encrypted", good + ".x.y"),
            ("token.malformed", "abc"),
        ]
        for reason, token in rows:
            reply = gateway.post("/function/orders", token=token)
            self.refused(reply, 401, "token.invalid")
            self.assertIn('error="invalid_token"', reply.get("WWW-Authenticate"), reason)
        self.assertEqual(self.seen, [])
        records = gateway.records(len(rows))
        for (reason, token), record in zip(rows, records):
            if reason:
                self.assertEqual(record["reason"], reason)
            self.assertNotIn(token, json.dumps(record))

    def test_two_credentials_are_a_bad_request(self):
        reply = self.gateway().post("/function/orders", b"{}", "-H", "Authorization: Bearer a", "-H",
                                    "Authorization: Bearer b")
        self.assertEqual(reply.status, 400)
        self.assertEqual(self.seen, [])

    def test_a_missing_scope_is_forbidden_and_named(self):
        reply = self.gateway().post("/function/orders", token=self.issuer.token(scope="orders:read"))
        self.refused(reply, 403, "allow.scope")
        self.assertIn('error="insufficient_scope"', reply.get("WWW-Authenticate"))
        self.assertIn('scope="orders:write"', reply.get("WWW-Authenticate"))
        self.assertEqual(self.seen, [])

    def test_a_function_without_allow_looks_like_none(self):
        gateway = self.gateway()
        closed = gateway.post("/closed", token=self.issuer.token())
        unknown = gateway.post("/nowhere", token=self.issuer.token())
        self.refused(closed, 404, "route.unknown")
        self.refused(unknown, 404, "route.unknown")
        self.assertEqual({k: v for k, v in closed.problem.items() if k != "request_id"},
                         {k: v for k, v in unknown.problem.items() if k != "request_id"})


class KeySets(Setting):
    """Keys by URL: never fetched, rotated, gone."""

    def test_never_fetched_is_503_until_it_is(self):
        server = self.key_server(lambda: None)
        gateway = self.gateway(self.with_keys_from(server.port), ready=False)
        reply = gateway.post("/function/orders", token=self.issuer.token())
        self.refused(reply, 503, "token.no_keys")
        self.assertIsNotNone(reply.get("Retry-After"))
        self.assertEqual(gateway.page("/readyz")[0], 503)
        self.assertIn("corp", gateway.page("/readyz")[1])
        server.document = lambda: {"keys": [self.issuer.jwk]}
        wait_for("the key set is there", lambda: gateway.page("/readyz")[0] == 200)
        self.assertEqual(gateway.post("/function/orders", token=self.issuer.token()).status, 200)

    def test_an_unknown_kid_causes_one_refresh_and_then_succeeds(self):
        rotated = Issuer(self.pki, "k2")
        current = {"keys": [self.issuer.jwk]}
        server = self.key_server(lambda: current)
        gateway = self.gateway(self.with_keys_from(server.port))
        self.assertEqual(gateway.post("/function/orders", token=self.issuer.token()).status, 200)
        asked = server.asked
        # Within 30 s of a fetch no unknown kid causes another: the provider is not ours to hammer.
        for kid in range(5):
            self.refused(gateway.post("/function/orders", token=self.issuer.token(header={"kid": f"no-{kid}"})), 401,
                         "token.invalid")
        self.assertEqual(server.asked, asked)
        current["keys"] = [rotated.jwk]
        gateway.hang_up()  # a reload fetches at once, and takes the old keys over meanwhile
        wait_for("the new set is fetched", lambda: server.asked > asked)
        wait_for("the new key counts",
                 lambda: gateway.post("/function/orders", token=rotated.token()).status == 200)
        self.refused(gateway.post("/function/orders", token=self.issuer.token()), 401, "token.invalid")


if __name__ == "__main__":
    harness.main()
