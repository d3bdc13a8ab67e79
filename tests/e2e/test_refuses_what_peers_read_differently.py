"""Requests that servers, proxies and libraries are known to read in different ways: each is answered
once, the connection ends behind it, and the function sees neither it nor what is hidden in it."""
import re

import harness
from harness import Setting

HOST = b"Host: localhost\r\n"
HEAD = b"POST /open/x HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
HIDDEN = b"GET /open/hidden HTTP/1.1\r\nHost: localhost\r\n\r\n"


def get(target):
    return b"GET " + target + b" HTTP/1.1\r\n" + HOST + b"\r\n"


ROWS = [
    # why, request, status, reason
    ("negative length", HEAD + b"Content-Length: -1\r\n\r\n", 400, "wire.length"),
    ("hexadecimal length", HEAD + b"Content-Length: 0x2\r\n\r\n{}", 400, "wire.length"),
    ("empty length", HEAD + b"Content-Length: \r\n\r\n", 400, "wire.length"),
    ("length beyond 2^63", HEAD + b"Content-Length: 9223372036854775808\r\n\r\n", 400, "wire.length"),
    ("length that wraps at 2^64", HEAD + b"Content-Length: 18446744073709551618\r\n\r\n{}", 400, "wire.length"),
    ("length with a digit after a space", HEAD + b"Content-Length: 2 2\r\n\r\n{}", 400, "wire.length"),
    ("chunked before length", HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n", 400,
     "wire.length_and_chunked"),
    ("vertical tab before chunked", HEAD + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n", 400, "wire.control"),
    ("quoted chunked", HEAD + b'Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n', 400, "wire.coding"),
    ("a word that ends in chunked", HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501, "wire.coding_unknown"),
    ("identity", HEAD + b"Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\n{}", 400, "wire.length_and_chunked"),
    ("gzip alone", HEAD + b"Transfer-Encoding: gzip\r\n\r\n", 501, "wire.coding_unknown"),
    ("chunked in HTTP/1.0", HEAD.replace(b"1.1", b"1.0", 1) + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
     "wire.coding_http10"),
    ("coding folded onto the next line", HEAD + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", 400, "wire.fold"),
    ("tab before the colon", HEAD + b"Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n", 400, "wire.field_space"),
    ("a first field that begins with a space", b"POST /open/x HTTP/1.1\r\n Host: localhost\r\n\r\n", 400, "wire.fold"),
    ("field without a colon", HEAD + b"Transfer-Encoding chunked\r\n\r\n", 400, None),
    ("quote in a field name", HEAD + b'"Content-Length": 2\r\n\r\n{}', 400, "wire.field_name"),
    ("byte above 127 in a field name", HEAD + b"X-\xe9: 1\r\n\r\n", 400, "wire.field_name"),
    ("DEL in a value", HEAD + b"X-A: a\x7fb\r\n\r\n", 400, "wire.control"),
    ("one bare LF among CRLF", HEAD + b"X-A: b\nContent-Length: 2\r\n\r\n{}", 400, "wire.bare_lf"),
    ("CR CR LF", HEAD + b"X-A: b\r\r\n\r\n", 400, "wire.bare_cr"),
    ("length nominated by Connection", HEAD + b"Connection: Content-Length\r\nContent-Length: 2\r\n\r\n{}", 400,
     "wire.connection"),
    ("two content types", HEAD + b"Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}", 400, "wire.field_repeated"),
    ("two spaces in the request line", b"GET  /open/x HTTP/1.1\r\n" + HOST + b"\r\n", 400, None),
    ("tab in the request line", b"GET\t/open/x HTTP/1.1\r\n" + HOST + b"\r\n", 400, None),
    ("space behind the version", b"GET /open/x HTTP/1.1 \r\n" + HOST + b"\r\n", 400, None),
    ("space in the target", get(b"/open/x y"), 400, None),
    ("leading zero in the version", b"GET /open/x HTTP/01.1\r\n" + HOST + b"\r\n", 400, "wire.request_line"),
    ("lower case version", b"GET /open/x http/1.1\r\n" + HOST + b"\r\n", 400, "wire.request_line"),
    ("empty segment", get(b"//open/x"), 400, "wire.target_empty_segment"),
    ("encoded backslash", get(b"/open/%5cx"), 400, "wire.target_encoded"),
    ("twice encoded slash", get(b"/open/%252fx"), 400, "wire.target_encoded"),
    ("half encoded dots", get(b"/open/.%2E/x"), 400, "wire.target_dot_segment"),
    ("dots with a parameter", get(b"/open/..;a=b/x"), 400, "wire.target_dot_segment"),
    ("overlong slash", get(b"/open/%c0%afx"), 400, "wire.target_utf8"),
    ("broken escape", get(b"/open/%zz"), 400, "wire.target_escape"),
    ("encoded line break", get(b"/open/%0d%0aX:1"), 400, "wire.target_encoded"),
    ("NUL in the query", get(b"/open/x?a=%00"), 400, "wire.target_encoded"),
    ("no slash", get(b"open/x"), 400, "wire.target_form"),
    ("another scheme", get(b"file:///etc/passwd"), 400, "wire.target_form"),
    ("Host with a list", get(b"/open/x").replace(b"localhost", b"localhost, other"), 400, "wire.host"),
    ("Host with a path", get(b"/open/x").replace(b"localhost", b"localhost/x"), 400, "wire.host"),
    ("empty Host", get(b"/open/x").replace(b"localhost", b""), 400, None),
    ("chunk size with 0x", CHUNKED + b"0x2\r\n{}\r\n0\r\n\r\n", 400, "wire.chunk_size"),
    ("chunk size with a space", CHUNKED + b"2 \r\n{}\r\n0\r\n\r\n", 400, "wire.chunk_size"),
    ("empty chunk size", CHUNKED + b"\r\n{}\r\n0\r\n\r\n", 400, "wire.bare_cr"),
    ("negative chunk size", CHUNKED + b"-2\r\n{}\r\n0\r\n\r\n", 400, "wire.chunk_size"),
    ("chunk size that wraps", CHUNKED + b"10000000000000002\r\n{}\r\n0\r\n\r\n", 400, "wire.chunk_size"),
    ("line break in a chunk extension", CHUNKED + b"2;a=b\n{}\r\n0\r\n\r\n", 400, "wire.bare_lf"),
    ("endless chunk extension", CHUNKED + b"2;a=" + b"b" * 300 + b"\r\n{}\r\n0\r\n\r\n", 400,
     "wire.chunk_extension_size"),
    ("chunk longer than said", CHUNKED + b"2\r\n{} \r\n0\r\n\r\n", 400, "wire.chunk_end"),
    ("bare LF behind the last chunk", CHUNKED + b"2\r\n{}\r\n0\n\n", 400, "wire.bare_lf"),
    ("length as a trailer", CHUNKED + b"2\r\n{}\r\n0\r\nContent-Length: 100\r\n\r\n", 400, "wire.trailer_field"),
    ("token as a trailer", CHUNKED + b"2\r\n{}\r\n0\r\nAuthorization: Bearer x\r\n\r\n", 400, "wire.trailer_field"),
]


class RefusesWhatPeersReadDifferently(Setting):
    def test_every_one(self):
        gateway = self.gateway()
        for why, request, status, reason in ROWS:
            with self.subTest(why):
                raw = gateway.raw(request + HIDDEN)
                self.assertEqual(len(re.findall(rb"HTTP/1\.1 \d{3} ", raw)), 1, raw)
                reply = harness.Reply(raw)
                self.assertEqual((reply.status, reply.get("Connection")), (status, "close"), raw)
                self.refused(reply, status, reason or reply.problem["reason"])
                self.assertTrue(reply.problem["reason"].startswith("wire."), raw)
        self.assertEqual([request.line for request in self.seen], [])
        records = gateway.records(len(ROWS))
        self.assertEqual(len(records), len(ROWS))
        gateway.reaches("penstock_edge_refusals_total", len(ROWS))


if __name__ == "__main__":
    harness.main()
