"""What two readers of a body would read in two ways is refused with a reason of its own, or read in the one way that
its specification gives. A row a case, sent over the wire; docs/events/differences.md says why for each."""
import gzip
import json
import zlib

import harness
from harness import Setting

FUNCTION = {"route": "/any", "bodies": ["json", "form", "multipart", "xml", "text"],
            "content_codings": ["gzip", "deflate"]}

J, F, T, X = "application/json", "application/x-www-form-urlencoded", "text/plain", "application/xml"
M = "multipart/form-data; boundary=b"
NAME = b'Content-Disposition: form-data; name="a"\r\n'
FILE = b'Content-Disposition: form-data; name="a"; filename="f"\r\n'


def part(head, content=b"x"):
    return b"--b\r\n" + head + b"\r\n" + content + b"\r\n--b--\r\n"


def disposed(text):
    return part(b"Content-Disposition: " + text + b"\r\n")


def wide(text, codec):
    return text.encode(codec)


# type, body, status, reason; 200 and None: it reaches the function as it was sent
ROWS = [
    # Characters
    (J, b'["\xff"]', 400, "json.utf8"),
    (J, b'["\xc0\xa7"]', 400, "json.utf8"),
    (J, b'["\xed\xa0\x80"]', 400, "json.utf8"),
    (J, b'["\\ud800"]', 400, "json.surrogate"),
    (J, b'\xef\xbb\xbf{}', 400, "json.bom"),
    (J, wide('{"a":1}', "utf-16-le"), 400, "charset.utf16"),
    (J, wide('{"a":1}', "utf-16"), 400, "charset.utf16"),
    (J, wide('{"a":1}', "utf-32-be"), 400, "charset.utf16"),
    (J + "; charset=utf-16", b"{}", 415, "charset.unsupported"),
    (J + "; charset=ibm037", b"{}", 415, "charset.unsupported"),
    (J + "; charset=us-ascii", b'["\xc3\xa4"]', 400, "charset.ascii"),
    (J + "; charset=UTF-8", b'["\xc3\xa4"]', 200, None),
    (T + "; charset=utf-7", b"+ADw-", 415, "charset.unsupported"),
    (T + "; charset=iso-8859-1", b"\xe4", 415, "charset.unsupported"),
    (T, b"M\xfcller", 400, "text.utf8"),
    (T, b"a\xc0\xaf", 400, "text.utf8"),
    (T, b"\xef\xbb\xbfhello", 400, "charset.bom"),
    (T, wide("hello", "utf-16-be"), 400, "charset.utf16"),
    (T, b"hello\0world", 400, "text.nul"),
    (X, b'<?xml version="1.0" encoding="utf-7"?><a/>', 400, "xml.encoding"),
    (X, wide("<a/>", "utf-16"), 400, "xml.encoding"),
    # The field that says the type
    (None, b"{}", 415, "type.unsupported"),
    ("", b"{}", 400, "type.malformed"),
    ("application/octet-stream", b"{}", 415, "type.unsupported"),
    ("text/html", b"<p>", 415, "type.unsupported"),
    ("multipart/mixed; boundary=b", part(NAME), 415, "type.unsupported"),
    ("json", b"{}", 400, "type.malformed"),
    ("application/json, text/plain", b"{}", 400, "type.malformed"),
    ("application/json;", b"{}", 400, "type.malformed"),
    ("application/json; charset", b"{}", 400, "type.malformed"),
    ("text/plain; charset=utf-8; charset=utf-16", b"x", 400, "type.parameter"),
    ("text/plain; charset*=utf-8''utf-16", b"x", 400, "type.parameter"),
    ("application/json\r\nContent-Type: text/plain", b"{}", 400, "wire.field_repeated"),
    (J, b"a=1", 400, "json.syntax"),
    (X, b"{}", 400, "xml.syntax"),
    # JSON
    (J, b'{"a":1,"a":2}', 400, "json.duplicate_name"),
    (J, b'{"data":1,"d\\u0061ta":2}', 400, "json.duplicate_name"),
    (J, b"[1,]", 400, "json.syntax"),
    (J, b"[1/**/]", 400, "json.syntax"),
    (J, b"[NaN]", 400, "json.syntax"),
    (J, b"[Infinity]", 400, "json.syntax"),
    (J, b"[1e999]", 400, "json.number_range"),
    (J, b"{} {}", 400, "json.trailing"),
    (J, b"{}{}", 400, "json.trailing"),
    (J, b'{"a":1}\0', 400, "json.trailing"),
    (J, b'["\0"]', 400, "json.control"),
    (J, b'["a\nb"]', 400, "json.control"),
    (J, b"{'a':1}", 400, "json.syntax"),
    (J, b'["\\x27"]', 400, "json.syntax"),
    (J, b'["\\u0000"]', 200, None),
    (J, b"[123456789012345678901234567890]", 200, None),
    # Forms
    (F, b"a=1&a=2&b[]=3", 200, None),
    (F, b"a=one; two", 200, None),
    (F, b"a=1%3Bb=2", 200, None),
    (F, b"a=1;b=2", 400, "form.semicolon"),
    (F, b"a=1&b=2;c=3", 400, "form.semicolon"),
    (F, b"a=%4", 400, "form.syntax"),
    (F, b"a=%u0027", 400, "form.syntax"),
    (F, b"a=b%00c", 400, "form.nul"),
    (F, b"a=..%c0%af", 400, "form.utf8"),
    (F, b"a=M%FCller", 400, "form.utf8"),
    (F, b"a=M\xfcller", 400, "form.utf8"),
    (F, b"_charset_=utf-7&a=1", 400, "form.charset"),
    (F, b"_charset_=utf-8&a=1", 200, None),
    (F, b"\xef\xbb\xbfa=1", 400, "charset.bom"),
    (F, wide("a=1", "utf-16-le"), 400, "charset.utf16"),
    (F, b"&".join([b"a=1"] * 257), 400, "form.fields"),
    # Multipart: the boundary
    (M, part(NAME), 200, None),
    (M, b"--b--\r\n", 200, None),
    ("multipart/form-data", part(NAME), 400, "multipart.boundary"),
    ('multipart/form-data; boundary=""', part(NAME), 400, "multipart.boundary"),
    ('multipart/form-data; boundary="b "', part(NAME), 400, "multipart.boundary"),
    ("multipart/form-data; boundary=" + "b" * 71, part(NAME), 400, "multipart.boundary"),
    ("multipart/form-data; boundary=a; boundary=b", part(NAME), 400, "type.parameter"),
    ("multipart/form-data; boundary*0=b", part(NAME), 400, "type.parameter"),
    ('multipart/form-data; boundary="\\b"', part(NAME), 400, "type.parameter"),
    (M, b"a=1", 400, "multipart.missing"),
    (M, b"hello\r\n" + part(NAME), 400, "multipart.preamble"),
    (M, part(NAME) + b"more", 400, "multipart.epilogue"),
    (M, part(NAME) + part(NAME), 400, "multipart.epilogue"),
    (M, b"--b\r\n" + NAME + b"\r\nx\r\n", 400, "multipart.truncated"),
    (M, b"--b\r\n" + NAME + b"\r\nx\r\n--b\r\n", 400, "multipart.truncated"),
    (M, part(NAME, b"x\r\n--bX\r\n" + NAME + b"\r\ny"), 400, "multipart.lookalike"),
    (M, part(NAME, b"x --b\r\n" + NAME + b"\r\ny"), 400, "multipart.lookalike"),
    (M, b"--b \r\n" + NAME + b"\r\nx\r\n--b--\r\n", 400, "multipart.lookalike"),
    (M, part(NAME, b"x\n--b\r\n" + NAME + b"\r\ny"), 400, "multipart.line_break"),
    (M, part(NAME).replace(b"\r\n", b"\n"), 400, "multipart.line_break"),
    # Multipart: a part's fields
    (M, part(b""), 400, "multipart.disposition"),
    (M, disposed(b"attachment; name=a"), 400, "multipart.disposition"),
    (M, disposed(b"form-data; name=a b"), 400, "multipart.disposition"),
    (M, disposed(b"form-data; filename=f"), 400, "multipart.name"),
    (M, disposed(b"form-data; name=a; name=b"), 400, "multipart.parameter_repeated"),
    (M, disposed(b"form-data; name=a; filename=a.png; filename=a.php"), 400, "multipart.parameter_repeated"),
    (M, disposed(b"form-data; name=a; filename=a.png; filename*=utf-8''a.php"), 400, "multipart.extended"),
    (M, disposed(b"form-data; name=a; filename*0=a; filename*1=.php"), 400, "multipart.extended"),
    (M, disposed(b'form-data; name="a\\"; filename=\\"b"'), 400, "multipart.escape"),
    (M, part(NAME + NAME), 400, "multipart.header_repeated"),
    (M, part(NAME + b"Content-Type: text/plain\r\nContent-Type: text/html\r\n"), 400, "multipart.header_repeated"),
    (M, part(b'Content-Disposition: form-data;\r\n name="a"\r\n'), 400, "multipart.folded"),
    (M, part(NAME + b"X : y\r\n"), 400, "multipart.header"),
    (M, part(NAME + b"X: y\nZ: w\r\n"), 400, "multipart.line_break"),
    (M, part(NAME + b"X: y\r\n" * 16), 400, "multipart.headers"),
    (M, disposed(b'form-data; name="a\0"'), 400, "multipart.nul"),
    (M, disposed(b'form-data; name="\xe4"'), 400, "multipart.utf8"),
    (M, part(NAME + b"Content-Transfer-Encoding: base64\r\n", b"eA=="), 400, "multipart.encoding"),
    (M, part(NAME + b"Content-Transfer-Encoding: binary\r\n"), 200, None),
    (M, part(NAME + b"Content-Type: multipart/mixed; boundary=c\r\n"), 400, "multipart.nested"),
    (M, part(NAME + b"Content-Type: text\r\n"), 400, "multipart.content_type"),
    (M, part(NAME + b"Content-Type: text/plain; charset=utf-16\r\n"), 415, "multipart.charset"),
    (M, part(NAME + b"Content-Length: 0\r\n"), 400, "multipart.length"),
    (M, part(NAME.replace(b'"a"', b'"_charset_"'), b"utf-7"), 400, "multipart.charset_field"),
    # Multipart: content
    (M, part(NAME, b"\xff"), 400, "multipart.utf8"),
    (M, part(NAME, b"ab\0c"), 400, "multipart.nul"),
    (M, part(NAME, b"\xef\xbb\xbfx"), 400, "charset.bom"),
    (M, part(FILE + b"Content-Type: text/csv\r\n", b"\xef\xbb\xbfa;b"), 200, None),
    (M, part(FILE + b"Content-Type: text/csv\r\n", b"M\xfcller"), 400, "multipart.utf8"),
    (M, part(FILE + b"Content-Type: image/png\r\n", b"\x89PNG\r\n\x1a\n\0\xff"), 200, None),
    (M, part(FILE + b"Content-Type: image/png\r\n", b"<html><script>"), 400, "multipart.type"),
    (M, part(FILE + b"Content-Type: image/png\r\n", b"#!/bin/sh\n"), 400, "multipart.type"),
    (M, part(FILE + b"Content-Type: application/json\r\n", b'{"a":1,"a":2}'), 400, "json.duplicate_name"),
    (M, part(FILE + b"Content-Type: image/svg+xml\r\n", b"<!DOCTYPE svg><svg/>"), 400, "xml.doctype"),
    (M, b"".join([b"--b\r\n" + NAME + b"\r\nx\r\n"] * 257) + b"--b--", 400, "multipart.parts"),
]

# query, reason
QUERIES = [
    (b"a=1;b=2", "query.semicolon"),
    (b"a=%c0%af", "query.utf8"),
    (b"a=%FC", "query.utf8"),
    (b"a=%", "wire.target_escape"),
    (b"a=%00", "wire.target_encoded"),
    (b"_charset_=utf-16", "query.charset"),
    (b"&".join([b"a"] * 257), "query.fields"),
]

EVENT = b'{"note":"a clean event"}'
# coding, body, status, reason
CODINGS = [
    ("gzip", gzip.compress(EVENT), 200, None),
    ("x-gzip", gzip.compress(EVENT), 200, None),
    ("GZIP", gzip.compress(EVENT), 200, None),
    ("deflate", zlib.compress(EVENT), 200, None),
    ("identity", EVENT, 200, None),
    ("br", EVENT, 415, "type.coding"),
    ("gzip, gzip", gzip.compress(gzip.compress(EVENT)), 415, "type.coding"),
    ("gzip\r\nContent-Encoding: deflate", gzip.compress(EVENT), 415, "type.coding"),
    ("identity, gzip", gzip.compress(EVENT), 415, "type.coding"),
    ("gzip", EVENT, 400, "coding.syntax"),
    ("gzip", gzip.compress(EVENT)[:-1], 400, "coding.syntax"),
    ("gzip", gzip.compress(EVENT) + b"\0", 400, "coding.syntax"),
    ("gzip", gzip.compress(EVENT) + gzip.compress(EVENT), 400, "coding.syntax"),
    ("gzip", zlib.compress(EVENT), 400, "coding.syntax"),
    ("deflate", zlib.compress(EVENT)[2:-4], 400, "coding.syntax"),
    ("gzip", gzip.compress(b" " * (1 << 19) + b"{}"), 400, "coding.ratio"),
    ("gzip", gzip.compress(b'{"a":1,"a":2}'), 400, "json.duplicate_name"),
    ("gzip", gzip.compress(b'{"note":"x\' OR 1=1 --"}'), 403, "filter.sqli"),
]


def request(path, kind, body, *fields):
    head = [b"POST " + path + b" HTTP/1.1", b"Host: localhost", b"Connection: close",
            b"Content-Length: %d" % len(body), *fields]
    if kind is not None:
        head.append(b"Content-Type: " + kind.encode("latin-1"))
    return b"\r\n".join(head) + b"\r\n\r\n" + body


class ReadsEveryBodyInOneWay(Setting):
    def start(self):
        return self.gateway(self.config(functions={"any": FUNCTION}))

    def answer(self, gateway, sent, status, reason, why):
        reply = harness.Reply(gateway.raw(sent))
        with self.subTest(why):
            self.assertEqual(reply.status, status, reply.raw[:600])
            if status != 200:
                self.refused(reply, status, reason)
        return reply

    def test_bodies(self):
        gateway = self.start()
        passed = []
        for kind, body, status, reason in ROWS:
            self.answer(gateway, request(b"/any", kind, body), status, reason, (kind, body[:80]))
            if status == 200:
                passed.append(body)
        self.assertEqual([seen.body for seen in self.seen], passed, "what is refused reaches no function")

    def test_queries(self):
        gateway = self.start()
        for query, reason in QUERIES:
            self.answer(gateway, request(b"/any?" + query, J, b"{}"), 400, reason, query[:80])
        self.assertEqual(self.seen, [])
        self.answer(gateway, request(b"/any?a=1&a=2;3&b=%C3%A4", J, b"{}"), 200, None, "one way")

    def test_coded_bodies_are_sent_as_they_were_inspected(self):
        gateway = self.start()
        for coding, body, status, reason in CODINGS:
            fields = [b"Content-Encoding: " + coding.encode(), b"Content-Digest: sha-256=:AAAA:"]
            reply = self.answer(gateway, request(b"/any", J, body, *fields), status, reason, (coding, body[:40]))
            if status == 415:
                self.assertEqual(reply.get("Accept-Encoding"), "gzip, deflate")
                self.assertIsNone(reply.get("Accept"))
            if status != 200:
                continue
            seen = self.seen.pop()
            self.assertEqual(seen.body, EVENT)
            self.assertEqual(seen.one("Content-Length"), str(len(EVENT)))
            decoded = coding != "identity"
            self.assertEqual(seen.all("Content-Encoding"), [] if decoded else [coding])
            self.assertEqual(seen.all("Content-Digest") == [], decoded, "a digest of other bytes is none")
        self.assertEqual(self.seen, [])

    def test_coded_bodies_are_refused_where_nobody_asked_for_them(self):
        gateway = self.start()
        sent = request(b"/open/x", J, gzip.compress(EVENT), b"Content-Encoding: gzip")
        reply = self.answer(gateway, sent, 415, "type.coding", "not configured")
        self.assertEqual(reply.get("Accept-Encoding"), "identity")
        self.assertEqual(self.seen, [])

    def test_a_decoded_body_keeps_to_the_functions_limit(self):
        function = FUNCTION | {"limits": {"body": "4KiB"}}
        gateway = self.gateway(self.config(functions={"any": function}))
        for size, status in ((4000, 200), (5000, 413)):
            body = gzip.compress(json.dumps(["n"] * (size // 5)).encode())
            sent = request(b"/any", J, body, b"Content-Encoding: gzip")
            self.answer(gateway, sent, status, "body.too_large", size)

    def test_a_type_that_is_not_taken_says_which_are(self):
        gateway = self.start()
        reply = self.answer(gateway, request(b"/any", "text/html", b"<p>"), 415, "type.unsupported", "html")
        self.assertEqual(reply.get("Accept"), "application/json, application/x-www-form-urlencoded, "
                                              "multipart/form-data, application/xml, text/plain")
        self.assertIsNone(reply.get("Accept-Encoding"))


if __name__ == "__main__":
    harness.main()
