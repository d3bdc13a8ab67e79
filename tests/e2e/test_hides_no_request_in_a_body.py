"""A body that looks like a request stays a body, also when its own request was refused before it was
read: no reading of the connection finds a second request."""
import re

import harness
from harness import Setting

HIDDEN = b"GET /open/hidden HTTP/1.1\r\nHost: localhost\r\n\r\n"


class HidesNoRequestInABody(Setting):
    def ask(self, path, body=HIDDEN, fields=b""):
        """The answers to a request with this body, and to an honest one behind it."""
        after = b"GET /open/after HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        raw = self.server.raw(b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n%s"
                              b"Content-Length: %d\r\n\r\n%s%s" % (path, fields, len(body), body, after))
        return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", raw)], raw

    def test_whatever_refuses_the_first(self):
        self.server = self.gateway()
        rows = [
            ("no token", b"/function/orders", b"", 401),
            ("no route", b"/nowhere", b"", 404),
            ("wrong type", b"/open/x", b"Content-Encoding: gzip\r\n", 415),
            ("no JSON", b"/open/x", b"", 400),
        ]
        for why, path, fields, status in rows:
            with self.subTest(why):
                statuses, raw = self.ask(path, fields=fields)
                self.assertIn(statuses, ([status], [status, 200]), raw)
                self.assertNotIn("/open/hidden", " ".join(request.line for request in self.seen))
                self.assertEqual(len(self.seen), len(statuses) - 1, "only the honest one arrives")
                self.seen.clear()

    def test_a_body_too_large_to_be_skipped(self):
        self.server = self.gateway()
        for path, fields, status in ((b"/function/orders", b"", 401), (b"/open/x", b"", 413)):
            statuses, raw = self.ask(path, HIDDEN * 40000, fields)
            self.assertEqual(statuses, [status], raw[:2000])
        self.assertEqual(self.seen, [])

    def test_a_body_on_a_method_that_has_none(self):
        self.server = self.gateway()
        raw = self.server.raw(b"GET /open/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                              b"Content-Length: %d\r\n\r\n%s" % (len(HIDDEN), HIDDEN))
        self.assertEqual(len(re.findall(rb"HTTP/1\.1 \d{3} ", raw)), 1, raw)
        self.assertNotIn("/open/hidden", " ".join(request.line for request in self.seen))


if __name__ == "__main__":
    harness.main()
