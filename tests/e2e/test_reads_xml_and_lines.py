"""An injection in an XML or NDJSON body is refused wherever it hides, the record names its path; clean ones pass as sent."""
import harness
from harness import Setting

XML = ("-H", "Content-Type: application/soap+xml; charset=utf-8")
LINES = ("-H", "Content-Type: application/x-ndjson")

CLEAN = b"""\xef\xbb\xbf<?xml version="1.0" encoding="UTF-8"?>\r
<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope" xmlns="urn:orders">\r
  <soap:Body><order id='7' currency = "EUR"><customer>Siobhan O&apos;Brien</customer>
    <item>Fountain pen &amp; ink</item><item><![CDATA[2 < 3]]></item><!-- as agreed --></order></soap:Body>
</soap:Envelope>
"""

ATTACKS = (
    (b"<order><item id=\"x' OR 1=1 -- a\"/></order>", "xml:/order/item/@id"),
    (b"<order><item id='x&#39; OR 1=1 -- a'/></order>", "xml:/order/item/@id"),
    (b"<order><item>1</item><item><![CDATA[x' OR 1=1 -- a]]></item></order>", "xml:/order/item[2]"),
    (b"<order><note>x' OR <![CDATA[1=1]]> -- a</note></order>", "xml:/order/note"),
    (b"<order><note>x&apos; O<!-- -->R 1=1 -- a</note></order>", "xml:/order/note"),
    (b"<order><note>x' OR <b/>1=1 -- a</note></order>", "xml:/order/note/#joined"),
    (b"<order><!-- x' OR 1=1 -- a --></order>", None),
    (b"<order><json>{\"k\":\"x' OR 1=1 -- a\"}</json></order>", "xml:/order/json|json/k"),
)


class ReadsXmlAndLines(Setting):
    def gateway(self):
        return super().gateway(self.config(functions={
            "xml": {"route": "/xml", "bodies": ["xml"]}, "lines": {"route": "/lines", "bodies": ["ndjson"]}}))

    def paths(self, gateway, count):
        return {finding["path"] for record in gateway.records(count) for finding in record.get("findings", [])}

    def test_clean_xml_passes_byte_for_byte(self):
        gateway = self.gateway()
        self.assertEqual(gateway.curl("/xml", *XML, data=CLEAN).status, 200)
        self.assertEqual(self.seen[0].body, CLEAN)

    def test_an_injection_is_named_wherever_it_hides(self):
        gateway = self.gateway()
        refused = 0
        for body, path in ATTACKS:
            with self.subTest(body):
                reply = gateway.curl("/xml", *XML, data=body)
                if path is None:  # "--" ends in a comment only as its end
                    self.refused(reply, 400, "xml.comment")
                else:
                    self.refused(reply, 403, "filter.sqli")
                refused += 1
        paths = self.paths(gateway, refused)
        for _, path in ATTACKS:
            if path is not None:
                self.assertIn(path, paths)
        self.assertEqual(self.seen, [])

    def test_what_is_not_strict_xml_is_refused_with_its_reason(self):
        gateway = self.gateway()
        for body, reason in ((b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "xml.doctype"),
                             (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "xml.doctype"),
                             (b"<a>&b;</a>", "xml.entity"), (b"<a><b></a>", "xml.mismatch"),
                             (b"<?xml version='1.0' encoding='UTF-7'?><a/>", "xml.encoding"),
                             ("<a/>".encode("utf-16"), "xml.encoding"), (b"<a>\0</a>", "xml.encoding")):
            with self.subTest(body):
                self.refused(gateway.curl("/xml", *XML, data=body), 400, reason)
        latin = gateway.curl("/xml", "-H", "Content-Type: text/xml; charset=iso-8859-1", data=b"<a/>")
        self.refused(latin, 415, "charset.unsupported")
        json = gateway.post("/xml", b"{}")
        self.refused(json, 415, "type.unsupported")
        self.assertEqual(json.get("Accept"), "application/xml")
        self.assertEqual(self.seen, [])

    def test_each_line_is_a_document(self):
        gateway = self.gateway()
        clean = b'{"note":"a"}\r\n\n["b"]'
        self.assertEqual(gateway.curl("/lines", *LINES, data=clean).status, 200)
        self.refused(gateway.curl("/lines", *LINES, data=b'{"note":"a"}\n{"note":"x\' OR 1=1 -- a"}\n'), 403,
                     "filter.sqli")
        self.refused(gateway.curl("/lines", *LINES, data=b"[1,\n2]"), 400, "json.truncated")
        self.assertIn("/1/note", self.paths(gateway, 3))
        self.assertEqual([request.body for request in self.seen], [clean])


if __name__ == "__main__":
    harness.main()
