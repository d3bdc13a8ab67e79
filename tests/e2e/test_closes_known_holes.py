"""Virtual patches: shipped, written by the operator, added by a reload, ended, and never endless."""
import json
import os
import subprocess

import harness
from harness import PENSTOCK, ROOT, Setting, wait_for

SHIPPED = os.path.join(ROOT, "conf/patches.yaml")
HOLE = b'{"a":"zqx-77"}'
PATCH = {"id": "zqx", "title": "a hole of ours", "match": {"leaf": "zqx-[0-9]+"}}


class ClosesKnownHoles(Setting):
    def patched(self, *patches, **options):
        return self.config(more="patches: " + json.dumps(patches), **options)

    def test_a_patch_added_by_a_reload_is_in_force_for_the_next_request(self):
        gateway = self.gateway()
        self.assertEqual(gateway.post("/open/x", HOLE).status, 200)
        gateway.write(self.patched(PATCH))
        gateway.hang_up()
        gateway.reaches("penstock_config_generation", 2)
        self.refused(gateway.post("/open/x", HOLE), 403, "filter.patch")
        self.assertEqual(gateway.post("/open/x", b'{"a":"zqx-"}').status, 200)
        record = next(record for record in gateway.records(3) if record["status"] == 403)
        self.assertEqual((record["reason"], record["findings"][0]["rule"]), ("patch.zqx", "patch.zqx"))
        self.assertEqual(record["findings"][0]["message"], "a hole of ours")
        self.assertEqual(record["exceptions"], [{"rule": "patch.zqx", "path": "/a"}])
        gateway.reaches('penstock_refusals_total{reason="patch.zqx"}', 1)
        gateway.write(self.config())
        gateway.hang_up()
        gateway.reaches("penstock_config_generation", 3)
        self.assertEqual(gateway.post("/open/x", HOLE).status, 200)

    def test_a_reload_with_a_wrong_patch_leaves_the_others_in_force(self):
        gateway = self.gateway(self.patched(PATCH))
        gateway.write(self.patched({**PATCH, "match": {"leaf": "zqx-("}}))
        gateway.hang_up()
        wait_for("the refusal", lambda: gateway.said("does not compile at 5"))
        self.refused(gateway.post("/open/x", HOLE), 403, "filter.patch")

    def test_one_that_has_ended_lets_pass_and_says_so(self):
        gateway = self.gateway(self.patched({**PATCH, "until": "2020-01-01"}))
        self.assertEqual(gateway.post("/open/x", HOLE).status, 200)
        self.assertTrue(gateway.said(r"the patch zqx \(a hole of ours\) has ended and keeps nothing out"))
        self.assertEqual(gateway.metric("penstock_patches_ended"), 1)
        self.assertEqual(gateway.metric('penstock_patch_expiry_seconds{patch="zqx"}'), 1577836800)
        check = subprocess.run([PENSTOCK, "check", "-c", gateway.config], capture_output=True, text=True, check=False,
                               timeout=harness.PATIENCE)
        self.assertRegex(check.stdout, r"patch\.zqx +block +all functions +ended +a hole of ours")
        self.assertIn("the patch zqx has ended", check.stdout)

    def test_an_endless_search_is_refused_and_holds_nobody_up(self):
        slow = {"id": "slow", "title": "goes back and forth", "match": {"leaf": "zqy(?:[a-z]+)+$"}}
        gateway = self.gateway(self.patched(slow, PATCH).replace("workers: 2", "workers: 1"))
        event = json.dumps({"a": "zqy" + "a" * 60000 + "!"}).encode()
        for _ in range(3):
            self.refused(gateway.post("/open/x", event), 403, "filter.limit")
        self.assertEqual(gateway.post("/open/x").status, 200)
        gateway.reaches('penstock_refusals_total{reason="patch.limit"}', 3)
        self.assertEqual(gateway.records(4)[0]["reason"], "patch.limit")

    def test_conditions_and_actions_are_the_rules(self):
        gateway = self.gateway(self.patched(
            {**PATCH, "id": "watched", "action": "flag", "when": {"functions": ["open"]}},
            {"id": "field", "title": "t", "match": {"header": {"name": "X-Hole", "value": "^1"}}},
            {"id": "path", "title": "t", "match": {"url": "/ho(?:le|me)/x"}}))
        self.assertEqual(gateway.post("/open/x", HOLE).status, 200)
        self.assertEqual(gateway.records(1)[0]["verdict"], "flag")
        self.refused(gateway.post("/open/x", b"{}", "-H", "x-hole: 12"), 403, "filter.patch")
        self.assertEqual(gateway.post("/open/x", b"{}", "-H", "x-hole: 2").status, 200)
        self.refused(gateway.post("/open/h%6fle/x"), 403, "filter.patch")

    def test_the_shipped_ones_close_what_the_filters_leave(self):
        gateway = self.gateway(self.patched({"file": SHIPPED}))
        rows = [("/open/x", b'{"a":"$1:constructor:constructor"}', []),
                ("/open/x", b'{"@type":"com.mysql.cj.jdbc.Driver"}', []),
                ("/open/x?class.module.classLoader.resources=1", b"{}", []),
                ("/open/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php", b"{}", []),
                ("/open/x", b"{}", ["-H", "spring.cloud.function.routing-expression: T(x).y()"])]
        for path, body, fields in rows:
            with self.subTest(path=path, body=body):
                self.assertEqual(gateway.post(path, body, *fields).status, 403)
        for body in (b'{"a":"${name} pays $1: thanks"}', b'{"@type":"type.googleapis.com/x"}', b'{"class":"a"}'):
            self.assertEqual(gateway.post("/open/x", body).status, 200)


if __name__ == "__main__":
    harness.main()
