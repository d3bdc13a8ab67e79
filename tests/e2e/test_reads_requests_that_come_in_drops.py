"""The rows of wire/ once more, each byte in a TLS record of its own: the answers are the same. And rows
that stop before their end are given up at the deadline."""
import concurrent.futures

import harness
from test_reads_every_request_in_one_way import ROWS
from wire import unfinished
from wire.runner import WireSetting, read_answers

LONGEST = 2048  # of a row that is sent byte by byte


class ReadsRequestsThatComeInDrops(WireSetting):
    def test_byte_by_byte(self):
        self.start()
        rows = [row for row in ROWS if len(row.raw) <= LONGEST]
        self.assertGreaterEqual(len(rows), 600)
        self.run_rows(rows, step=1)

    def test_what_never_ends(self):
        self.start(more="timeouts: { head: 1s, body: 1s }")

        def ask(row):
            return row, read_answers(self.exchange(row, row.raw), ())

        with concurrent.futures.ThreadPoolExecutor(len(unfinished.ROWS)) as pool:
            for row, (answers, continues) in pool.map(ask, unfinished.ROWS):
                with self.subTest(row.name):
                    self.assertEqual([self.what(reply) for reply in answers], list(row.answers))
                    self.assertEqual(answers[0].get("Connection"), "close")
                    self.assertEqual(continues, 1 if b"Expect" in row.raw else 0)
        self.assertEqual(self.function.requests, [])
        self.assertEqual(self.server.post("/open/x").status, 200)


if __name__ == "__main__":
    harness.main()
