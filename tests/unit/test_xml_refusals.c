/** The XML reader: what it refuses, with which code, and its limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "filters/core/body/xml.h"

static struct pen_arena *arena;

static int set_up(void **state)
{
    (void)state;
    return pen_arena_create((size_t)64 << 20, 4096, &arena) == PEN_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    pen_arena_destroy(arena);
    return 0;
}

static void refuses_with_a_stable_code_and_place(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str source;
        const char *code;
        size_t offset;
    } rows[] = {
        {"nothing", PEN_STR(""), "xml.empty", 0},
        {"only space", PEN_STR(" \n"), "xml.empty", 2},
        {"only a mark", PEN_STR("\xef\xbb\xbf"), "xml.empty", 3},
        {"only a comment", PEN_STR("<!--a-->"), "xml.truncated", 8},
        {"a text", PEN_STR("a"), "xml.syntax", 0},
        {"JSON", PEN_STR("{}"), "xml.syntax", 0},
        /* Nothing is declared, nothing is fetched. */
        {"DOCTYPE", PEN_STR("<!DOCTYPE a><a/>"), "xml.doctype", 0},
        {"DOCTYPE with a subset", PEN_STR("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
         "xml.doctype", 0},
        {"DOCTYPE with a system identifier",
         PEN_STR("<?xml version='1.0'?>\n<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>"),
         "xml.doctype", 22},
        {"doctype in lower case", PEN_STR("<!doctype html><a/>"), "xml.doctype", 0},
        {"DOCTYPE within", PEN_STR("<a><!DOCTYPE a></a>"), "xml.doctype", 3},
        {"DOCTYPE behind", PEN_STR("<a/><!DOCTYPE a>"), "xml.doctype", 4},
        {"ENTITY", PEN_STR("<!ENTITY % a 'b'><a/>"), "xml.doctype", 0},
        {"a conditional section", PEN_STR("<![INCLUDE[]]><a/>"), "xml.syntax", 0},
        {"an entity", PEN_STR("<a>&nbsp;</a>"), "xml.entity", 4},
        {"an entity in a value", PEN_STR("<a b='&file;'/>"), "xml.entity", 7},
        {"one of the five in capitals", PEN_STR("<a>&LT;</a>"), "xml.entity", 4},
        {"a bare ampersand", PEN_STR("<a>R & D</a>"), "xml.reference", 6},
        {"no semicolon", PEN_STR("<a>&lt</a>"), "xml.reference", 6},
        {"no digits", PEN_STR("<a>&#;</a>"), "xml.reference", 5},
        {"no hexadecimal digits", PEN_STR("<a>&#x;</a>"), "xml.reference", 6},
        {"capital X", PEN_STR("<a>&#X41;</a>"), "xml.reference", 5},
        {"a sign", PEN_STR("<a>&#+65;</a>"), "xml.reference", 5},
        {"NUL by reference", PEN_STR("<a>&#0;</a>"), "xml.reference", 6},
        {"a control by reference", PEN_STR("<a>&#x1b;</a>"), "xml.reference", 8},
        {"a surrogate by reference", PEN_STR("<a>&#xD83D;&#xDE00;</a>"), "xml.reference", 10},
        {"U+FFFE by reference", PEN_STR("<a>&#xFFFE;</a>"), "xml.reference", 10},
        {"beyond Unicode, past 32 bits", PEN_STR("<a>&#x100000041;</a>"), "xml.reference", 15},
        /* Encodings. */
        {"Latin-1", PEN_STR("<?xml version='1.0' encoding='ISO-8859-1'?><a/>"), "xml.encoding", 41},
        {"UTF-7", PEN_STR("<?xml version='1.0' encoding='UTF-7'?><a/>"), "xml.encoding", 36},
        {"UTF-16 declared", PEN_STR("<?xml version='1.0' encoding='UTF-16'?><a/>"), "xml.encoding",
         37},
        {"UTF-16, mark, big end", PEN_STR("\xfe\xff\0<\0a"), "xml.encoding", 0},
        {"UTF-16, mark, little end", PEN_STR("\xff\xfe<\0a\0"), "xml.encoding", 0},
        {"UTF-16 without a mark", PEN_STR("<\0a\0/\0>\0"), "xml.encoding", 0},
        {"UTF-32", PEN_STR("\0\0\xfe\xff"), "xml.encoding", 0},
        {"EBCDIC", PEN_STR("\x4c\x6f\xa7\x94"), "xml.utf8", 2},
        {"overlong", PEN_STR("<a>\xc0\xbc</a>"), "xml.utf8", 3},
        {"surrogate bytes", PEN_STR("<a>\xed\xa0\x80</a>"), "xml.utf8", 3},
        {"NUL", PEN_STR("<aaa>\0</aaa>"), "xml.control", 5},
        {"a control", PEN_STR("<a>\x1b[0m</a>"), "xml.control", 3},
        {"a control far behind",
         PEN_STR("<a>0123456789012345678901234567890123456789012345678901234567890123456789\x02"
                 "</a>"),
         "xml.control", 73},
        {"U+FFFF", PEN_STR("<a>\xef\xbf\xbf</a>"), "xml.control", 3},
        /* The declaration. */
        {"XML 1.1", PEN_STR("<?xml version='1.1'?><a/>"), "xml.version", 19},
        {"no version", PEN_STR("<?xml encoding='UTF-8'?><a/>"), "xml.declaration", 5},
        {"nothing in it", PEN_STR("<?xml?><a/>"), "xml.declaration", 5},
        {"another order", PEN_STR("<?xml version='1.0' standalone='no' encoding='UTF-8'?><a/>"),
         "xml.declaration", 36},
        {"encoding twice", PEN_STR("<?xml version='1.0' encoding='UTF-8' encoding='UTF-7'?><a/>"),
         "xml.declaration", 37},
        {"standalone neither yes nor no", PEN_STR("<?xml version='1.0' standalone='YES'?><a/>"),
         "xml.declaration", 36},
        {"no space between", PEN_STR("<?xml version='1.0'encoding='UTF-8'?><a/>"),
         "xml.declaration", 19},
        {"something else in it", PEN_STR("<?xml version='1.0' x='1'?><a/>"), "xml.declaration", 20},
        {"space in front", PEN_STR(" <?xml version='1.0'?><a/>"), "xml.declaration", 1},
        {"twice", PEN_STR("<?xml version='1.0'?><?xml version='1.0'?><a/>"), "xml.declaration", 21},
        {"within", PEN_STR("<a><?xml version='1.0'?></a>"), "xml.declaration", 3},
        {"in capitals", PEN_STR("<?XML version='1.0'?><a/>"), "xml.declaration", 0},
        /* Tags. */
        {"mismatched", PEN_STR("<a></b>"), "xml.mismatch", 5},
        {"case matters", PEN_STR("<a></A>"), "xml.mismatch", 5},
        {"a longer name", PEN_STR("<a></ab>"), "xml.mismatch", 3},
        {"a shorter name", PEN_STR("<ab></a>"), "xml.mismatch", 6},
        {"crossed", PEN_STR("<a><b></a></b>"), "xml.mismatch", 8},
        {"attributes in an end tag", PEN_STR("<a></a b='c'>"), "xml.syntax", 7},
        {"an end tag alone", PEN_STR("</a>"), "xml.name", 1},
        {"space before the name", PEN_STR("< a/>"), "xml.name", 1},
        {"a digit first", PEN_STR("<1/>"), "xml.name", 1},
        {"a combining letter first", PEN_STR("<\xcc\x80/>"), "xml.name", 1},
        {"the multiplication sign in a name", PEN_STR("<a\xc3\x97/>"), "xml.syntax", 2},
        {"no space between attributes", PEN_STR("<a b='1'c='2'/>"), "xml.syntax", 8},
        {"no quotes", PEN_STR("<a b=1/>"), "xml.syntax", 5},
        {"no value", PEN_STR("<a b/>"), "xml.syntax", 4},
        {"a slash in the middle", PEN_STR("<a / b='1'>"), "xml.syntax", 4},
        {"'<' in a value", PEN_STR("<a b='<'/>"), "xml.attribute", 6},
        {"an attribute twice", PEN_STR("<a b='1' c='2' b='1'/>"), "xml.duplicate_attribute", 15},
        {"twice by meaning", PEN_STR("<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>"),
         "xml.duplicate_attribute", 35},
        {"twice by meaning, declared behind",
         PEN_STR("<a q:b='1' p:b='2' xmlns:p='u' xmlns:q='&#117;'/>"), "xml.duplicate_attribute",
         11},
        {"a namespace twice", PEN_STR("<a xmlns:p='u' xmlns:p='v'/>"), "xml.duplicate_attribute",
         15},
        /* Namespaces. */
        {"an undeclared prefix", PEN_STR("<p:a/>"), "xml.prefix", 1},
        {"an undeclared prefix of an attribute", PEN_STR("<a p:b='1'/>"), "xml.prefix", 3},
        {"declared by a sibling", PEN_STR("<a><b xmlns:p='u'/><p:c/></a>"), "xml.prefix", 20},
        {"xmlns as an element's prefix", PEN_STR("<xmlns:a/>"), "xml.prefix", 1},
        {"xml as another's name", PEN_STR("<a xmlns:xml='u'/>"), "xml.namespace", 3},
        {"another as xml's name", PEN_STR("<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>"),
         "xml.namespace", 3},
        {"xmlns declared", PEN_STR("<a xmlns:xmlns='u'/>"), "xml.namespace", 3},
        {"the name of xmlns", PEN_STR("<a xmlns='http://www.w3.org/2000/xmlns/'/>"),
         "xml.namespace", 3},
        {"a prefix undeclared", PEN_STR("<a xmlns:p=''/>"), "xml.namespace", 3},
        {"two colons", PEN_STR("<a:b:c xmlns:a='u'/>"), "xml.name", 1},
        {"no prefix", PEN_STR("<:a/>"), "xml.name", 1},
        {"no local name", PEN_STR("<a:/>"), "xml.name", 1},
        {"a local name that is none", PEN_STR("<a:1/>"), "xml.name", 1},
        {"a colon in a target", PEN_STR("<?a:b?><a/>"), "xml.name", 2},
        /* Text and markup. */
        {"']]>' in text", PEN_STR("<a>]]]></a>"), "xml.cdata", 4},
        {"'--' in a comment", PEN_STR("<a><!-- a -- b --></a>"), "xml.comment", 10},
        {"'--->'", PEN_STR("<a><!-- a ---></a>"), "xml.comment", 10},
        {"a PI without a target", PEN_STR("<a><? x?></a>"), "xml.name", 5},
        {"CDATA outside", PEN_STR("<![CDATA[a]]><a/>"), "xml.syntax", 0},
        {"CDATA in small letters", PEN_STR("<a><![cdata[a]]></a>"), "xml.syntax", 3},
        {"'<!' and nothing known", PEN_STR("<a><!x></a>"), "xml.syntax", 3},
        {"two roots", PEN_STR("<a/><b/>"), "xml.trailing", 4},
        {"text behind", PEN_STR("<a/>b"), "xml.trailing", 4},
        {"a reference behind", PEN_STR("<a/>&#32;"), "xml.trailing", 4},
        {"text in front", PEN_STR("x<a/>"), "xml.syntax", 0},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_json *document = NULL;
        struct pen_json_error error = {0};
        if (pen_xml_read(rows[i].source, NULL, arena, &document, &error) == PEN_OK) {
            fail_msg("read: %s", rows[i].why);
        }
        if (strcmp(error.code, rows[i].code) != 0 || error.offset != rows[i].offset) {
            fail_msg("%s: %s at %zu", rows[i].why, error.code, error.offset);
        }
        assert_null(document);
    }
}

static const struct pen_str whole = PEN_STR(
    "\xef\xbb\xbf<?xml version=\"1.0\" encoding='UTF-8' standalone='yes'?>\r\n<!-- a - b -->"
    "<?style x=1?><s:E xmlns:s=\"urn:s\" xmlns:t='urn:t'\n a='1&#39;2' s:a='x' t:a='y'>te&lt;xt"
    "<![CDATA[<]]]]>&amp;]]&gt; more <s:b/>\xc3\xa9<c>d\r\n</c></s:E>");

static void refuses_every_truncation_as_such(void **state)
{
    (void)state;
    const struct pen_json *document = NULL;
    assert_int_equal(pen_xml_read(whole, NULL, arena, &document, NULL), PEN_OK);
    for (size_t length = 0; length < whole.len; length++) {
        char *copy = malloc(length + 1); /* its own memory: a sanitizer sees a byte too far */
        assert_non_null(copy);
        memcpy(copy, whole.ptr, length);
        struct pen_json_error error = {0};
        const struct pen_str part = {copy, length};
        assert_int_equal(pen_xml_read(part, NULL, arena, &document, &error), PEN_ERR_SYNTAX);
        /* Within the byte-order mark, behind it, within the one character of two bytes. */
        const size_t character = pen_str_find(whole, '\xc3', 3) + 1;
        const char *const code = length == 0 || length == 3          ? "xml.empty"
                                 : length < 3 || length == character ? "xml.utf8"
                                                                     : "xml.truncated";
        if (strcmp(error.code, code) != 0) fail_msg("%zu: %s", length, error.code);
        assert_true(error.offset <= length);
        free(copy);
    }
}

static void says_so_when_memory_ends(void **state)
{
    (void)state;
    size_t limit = 0;
    for (enum pen_status status = PEN_ERR_NOMEM; status != PEN_OK; limit += 16) {
        struct pen_arena *small;
        const struct pen_json *document = NULL;
        struct pen_json_error error = {0};
        assert_int_equal(pen_arena_create(limit, 0, &small), PEN_OK);
        status = pen_xml_read(whole, NULL, small, &document, &error);
        if (status != PEN_OK) {
            assert_int_equal(status, PEN_ERR_NOMEM);
            assert_string_equal(error.code, "xml.memory");
            assert_null(document);
        }
        pen_arena_destroy(small);
    }
    assert_true(limit > 1024);
}

static void keeps_its_limits(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str source;
        struct pen_json_limits limits;
        const char *code; /* NULL: just fits */
    } rows[] = {
        {"as deep as allowed", PEN_STR("<a><b/></a>"), {.depth = 2}, NULL},
        {"deeper", PEN_STR("<a><b><c/></b></a>"), {.depth = 2}, "xml.depth"},
        {"siblings are not deep", PEN_STR("<a><b/><b/><b/></a>"), {.depth = 2}, NULL},
        {"as many nodes", PEN_STR("<a b=''>t</a>"), {.nodes = 4}, NULL},
        {"more nodes", PEN_STR("<a b=''>t<!----></a>"), {.nodes = 4}, "xml.nodes"},
        {"as long a text", PEN_STR("<a>12345</a>"), {.string_bytes = 5}, NULL},
        {"a longer text", PEN_STR("<a>123456</a>"), {.string_bytes = 5}, "xml.string"},
        {"longer when joined",
         PEN_STR("<a>123<![CDATA[456]]></a>"),
         {.string_bytes = 5},
         "xml.string"},
        {"longer across elements", PEN_STR("<a>123<b/>456</a>"), {.string_bytes = 5}, "xml.string"},
        {"a longer value", PEN_STR("<a b='123456'/>"), {.string_bytes = 5}, "xml.string"},
        {"decoded bytes count", PEN_STR("<a b='&lt;&lt;'/>"), {.string_bytes = 5}, NULL},
        {"a longer name", PEN_STR("<abcdef/>"), {.string_bytes = 5}, "xml.string"},
        {"a longer comment", PEN_STR("<a><!--123456--></a>"), {.string_bytes = 5}, "xml.string"},
        {"a longer PI", PEN_STR("<a><?p 123456?></a>"), {.string_bytes = 5}, "xml.string"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_json *document = NULL;
        struct pen_json_error error = {.code = "none"};
        const enum pen_status status =
            pen_xml_read(rows[i].source, &rows[i].limits, arena, &document, &error);
        if (status != (rows[i].code == NULL ? PEN_OK : PEN_ERR_LIMIT)
            || (rows[i].code != NULL && strcmp(rows[i].code, error.code) != 0)) {
            fail_msg("%s: %s", rows[i].why, error.code);
        }
    }
}

/* <a p0:b='' p1:b='' ...> with each prefix declared as a namespace of its own, or the last two as
   one. */
static struct pen_str many_prefixes(char *memory, size_t size, int count, bool last_twice)
{
    struct pen_buf buf = pen_buf_over(memory, size);
    pen_buf_put(&buf, PEN_S("<r"));
    for (int i = 0; i < count; i++) {
        pen_buf_format(&buf, " xmlns:p%d='urn:%d'", i, last_twice && i == count - 1 ? i - 1 : i);
    }
    pen_buf_put(&buf, PEN_S("><a"));
    for (int i = 0; i < count; i++) {
        pen_buf_format(&buf, " p%d:b=''", i);
    }
    pen_buf_put(&buf, PEN_S("/></r>"));
    assert_false(buf.full);
    return pen_buf_str(&buf);
}

static void finds_a_duplicate_among_many_attributes(void **state)
{
    (void)state;
    char memory[32768];
    const struct pen_json *document = NULL;
    struct pen_json_error error = {0};
    struct pen_str source = many_prefixes(memory, sizeof(memory), 200, false);
    assert_int_equal(pen_xml_read(source, NULL, arena, &document, &error), PEN_OK);
    source = many_prefixes(memory, sizeof(memory), 200, true);
    assert_int_equal(pen_xml_read(source, NULL, arena, &document, &error), PEN_ERR_SYNTAX);
    assert_string_equal(error.code, "xml.duplicate_attribute");

    for (int count = PEN_XML_ATTRIBUTES; count <= PEN_XML_ATTRIBUTES + 1; count++) {
        for (int twice = 0; twice < 2; twice++) {
            struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
            pen_buf_put(&buf, PEN_S("<a"));
            for (int i = 0; i < count; i++) {
                pen_buf_format(&buf, " b%d=''", twice && i == count - 1 ? 7 : i);
            }
            pen_buf_put(&buf, PEN_S("/>"));
            const enum pen_status status =
                pen_xml_read(pen_buf_str(&buf), NULL, arena, &document, &error);
            if (count > PEN_XML_ATTRIBUTES) {
                assert_int_equal(status, PEN_ERR_LIMIT);
                assert_string_equal(error.code, "xml.attributes");
            } else {
                assert_int_equal(status, twice ? PEN_ERR_SYNTAX : PEN_OK);
            }
        }
    }
}

static void bounds_the_namespaces_of_a_document(void **state)
{
    (void)state;
    static char memory[65536];
    /* Declared one in the other, so that no element has too many attributes; "xml" is one. */
    for (int count = PEN_XML_NAMESPACES - 1; count <= PEN_XML_NAMESPACES; count++) {
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        pen_buf_put(&buf, PEN_S("<r>"));
        for (int i = 0; i < count; i++) {
            pen_buf_format(&buf, "<p%d:a xmlns:p%d='urn:%d'/>", i, i, i);
        }
        pen_buf_put(&buf, PEN_S("</r>"));
        const struct pen_json *document = NULL;
        struct pen_json_error error = {.code = "none"};
        const enum pen_status status =
            pen_xml_read(pen_buf_str(&buf), NULL, arena, &document, &error);
        assert_int_equal(status, count < PEN_XML_NAMESPACES ? PEN_OK : PEN_ERR_LIMIT);
        assert_string_equal(error.code, count < PEN_XML_NAMESPACES ? "none" : "xml.namespaces");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_with_a_stable_code_and_place),
        cmocka_unit_test(refuses_every_truncation_as_such),
        cmocka_unit_test(says_so_when_memory_ends),
        cmocka_unit_test(keeps_its_limits),
        cmocka_unit_test(finds_a_duplicate_among_many_attributes),
        cmocka_unit_test(bounds_the_namespaces_of_a_document),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
