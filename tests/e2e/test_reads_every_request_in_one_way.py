"""Every row of wire/ with a request: refused once or passed on whole, and nothing hidden in it is ever
seen by the function. How the bytes are cut into pieces makes no difference."""
import collections

import harness
from harness import wait_for
from wire import chunks, coding, connection, fields, host, length, limits, pipelining, request_line, target
from wire.rows import AFTER, sized
from wire.runner import WireSetting, answer

MODULES = (request_line, target, host, length, coding, chunks, fields, connection, pipelining, limits)
ROWS = [row for module in MODULES for row in module.ROWS]


class ReadsEveryRequestInOneWay(WireSetting):
    def test_in_one_piece(self):
        self.start()
        self.run_rows(ROWS)
        self.is_recorded([reason for row in ROWS for _, reason in row.answers if reason and reason.startswith("wire.")])

    def is_recorded(self, reasons):
        """Each refusal of the codec is in the audit record, by its reason."""
        requests = sum(len(row.answers) + (not row.closes) for row in ROWS) + 1
        recorded = [record["reason"] for record in self.server.records(requests)]
        self.assertEqual(len(recorded), requests)
        self.assertEqual(collections.Counter(reason for reason in recorded if reason.startswith("wire.")),
                         collections.Counter(reasons))

    def test_pipelined_requests_reach_the_function_one_at_a_time(self):
        self.start()
        requests = [sized(b"%d" % number) for number in range(20)] + [AFTER]
        at_work, most = [], []

        def script(request):
            at_work.append(request)
            most.append(len(at_work))
            wait_for("all of them are with the gateway", lambda: self.server.metric("penstock_received_bytes_total") >= len(b"".join(requests)))
            at_work.remove(request)
            yield answer(request)

        self.function.script = script
        with self.connect() as connection:
            connection.sendall(b"".join(requests))
            while self.receive(connection):
                pass
        self.assertEqual([request.body for request in self.function.requests], [b"%d" % number for number in range(20)] + [b""])
        self.assertEqual(set(most), {1})

    def test_there_are_enough_and_none_twice(self):
        self.assertGreaterEqual(len(ROWS), 600)
        for part in (lambda row: row.name, lambda row: row.raw):
            parts = [part(row) for row in ROWS]
            self.assertEqual([one for one in set(parts) if parts.count(one) > 1], [])


if __name__ == "__main__":
    harness.main()
