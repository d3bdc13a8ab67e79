"""Under many callers at once: each answer belongs to its question, and each request is in the audit
file exactly once, under the id that its caller was told."""
import collections
import json
import threading

import harness
from harness import Setting, wait_for

CALLERS, EVENTS = 8, 40


class RecordsEachRequestOnce(Setting):
    def test_eight_callers_with_forty_events_each(self):
        recorder = self.mtls_recorder()
        recorder.script = lambda request: (
            b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(request.body), request.body))
        gateway, token = self.gateway(self.config(port=recorder.port)), self.issuer.token()
        told, troubles = [], []

        def call(caller):
            with gateway.connect() as connection, connection.makefile("rb") as answers:
                for event in range(EVENTS):
                    attack = event % 5 == 4
                    body = json.dumps({"caller": caller, "event": event, "pad": "a" * (event * 97),
                                       "note": "x' OR 1=1 --" if attack else "O'Brien"}).encode()
                    connection.sendall(
                        b"POST /function/orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        b"Authorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s" % (token.encode(), len(body), body))
                    status, fields, answer = self.read(answers)
                    told.append((fields["x-request-id"], status))
                    if (status, answer == body) != ((403, False) if attack else (200, True)):
                        troubles.append((caller, event, status, answer))

        threads = [threading.Thread(target=call, args=(caller,)) for caller in range(CALLERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(harness.PATIENCE)
        self.assertEqual(troubles, [])
        self.assertEqual(len(told), CALLERS * EVENTS)
        self.assertEqual(len(recorder.requests), CALLERS * EVENTS * 4 // 5)

        records = gateway.records(len(told))
        self.assertEqual(collections.Counter((record["request_id"], record["status"]) for record in records),
                         collections.Counter(told))
        self.assertEqual(len({record["request_id"] for record in records}), len(told))
        for record in records:
            self.assertEqual("findings" in record, record["status"] == 403, record)
        self.assertNotIn(token, json.dumps(records))
        wait_for("they are counted", lambda: gateway.metric("penstock_audit_records_total") == len(told))
        self.assertEqual(gateway.metric("penstock_audit_dropped_total"), 0)

    @staticmethod
    def read(answers):
        status = int(answers.readline().split()[1])
        fields = {}
        while line := answers.readline().strip():
            name, _, value = line.decode().partition(": ")
            fields[name.lower()] = value
        return status, fields, answers.read(int(fields["content-length"]))


if __name__ == "__main__":
    harness.main()
