"""The audit file is reopened on reload, so that it can be rotated, and nothing secret is in it or in the
log."""
import json
import os
import stat

import harness
from harness import Setting, wait_for


class WritesItsRecordsWhereItIsTold(Setting):
    def test_rotation_loses_nothing(self):
        gateway = self.gateway()
        told = []
        for generation in range(2, 5):
            for _ in range(5):
                told.append(gateway.post("/open/x").get("X-Request-Id"))
            wait_for("all are written", lambda: gateway.metric("penstock_audit_records_total") == len(told))
            os.rename(gateway.audit, f"{gateway.audit}.{generation}")
            gateway.hang_up()
            wait_for("the reload", lambda: gateway.metric("penstock_config_generation") == generation)
        told.append(gateway.post("/open/x").get("X-Request-Id"))
        gateway.records(1)
        written = []
        for name in [f"{gateway.audit}.{generation}" for generation in range(2, 5)] + [gateway.audit]:
            with open(name, encoding="utf-8") as file:
                written += [json.loads(line)["request_id"] for line in file]
        self.assertEqual(sorted(written), sorted(told))

    def test_nobody_else_may_read_them(self):
        gateway = self.gateway()
        gateway.post("/open/x")
        gateway.records(1)
        self.assertEqual(stat.S_IMODE(os.stat(gateway.audit).st_mode) & 0o007, 0)

    def test_no_secret_is_in_record_log_or_metrics(self):
        gateway, token = self.gateway(), self.issuer.token(tenant="s3cret-claim")
        forged = token[:-8] + "AAAAAAAA"
        for path, body, credential in (("/function/orders?key=s3cret-query", b'{"a":"s3cret-body"}', token),
                                       ("/function/orders", b'{"a":"s3cret-body', token),
                                       ("/function/orders", b"{}", forged), ("/closed?s3cret-query", b"{}", token)):
            gateway.post(path, body, "-H", "X-Api-Key: s3cret-field", "-H", "Cookie: s3cret-cookie=1", token=credential)
        gateway.raw(b"POST /open/x HTTP/1.1\r\nAuthorization: Bearer " + token.encode() + b"\r\nbroken\r\n\r\n")
        gateway.records(5)
        with open(gateway.audit, encoding="utf-8") as file:
            written = file.read() + gateway.page("/metrics")[1] + "\n".join(gateway.lines)
        for secret in ("s3cret", token, forged, token.split(".")[2]):
            self.assertNotIn(secret, written)


if __name__ == "__main__":
    harness.main()
