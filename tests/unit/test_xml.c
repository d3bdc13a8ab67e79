/** The XML reader: what it reads, and where things stand. */
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

/* The tree on one line: "/a", "/a/@b=c", "/a=text", each in brackets, in order. */
static struct pen_str print(const struct pen_json *document, char *memory, size_t size)
{
    struct pen_buf buf = pen_buf_over(memory, size);
    const struct pen_json *node = document->first;
    while (node != NULL) {
        pen_buf_byte(&buf, '[');
        pen_xml_path(node, &buf);
        if (node->type == PEN_JSON_STRING) {
            pen_buf_byte(&buf, '=');
            pen_buf_put(&buf, node->text);
        }
        pen_buf_byte(&buf, ']');
        if (node->first != NULL) {
            node = node->first;
            continue;
        }
        while (node != document && node->next == NULL) {
            node = node->parent;
        }
        node = node->next;
    }
    assert_false(buf.full);
    return pen_buf_str(&buf);
}

struct reading {
    const char *why;
    struct pen_str source;
    struct pen_str tree;
};

static void check_readings(const struct reading *rows, size_t count)
{
    char memory[8192];
    for (size_t i = 0; i < count; i++) {
        const struct pen_json *document = NULL;
        struct pen_json_error error = {0};
        if (pen_xml_read(rows[i].source, NULL, arena, &document, &error) != PEN_OK) {
            fail_msg("%s: %s at %zu", rows[i].why, error.code, error.offset);
        }
        const struct pen_str tree = print(document, memory, sizeof(memory));
        if (!pen_str_equal(tree, rows[i].tree)) {
            fail_msg("%s: %.*s", rows[i].why, PEN_STR_ARGS(tree));
        }
    }
}

static void gives_elements_attributes_and_texts(void **state)
{
    (void)state;
    const struct reading rows[] = {
        {"the smallest", PEN_STR("<a/>"), PEN_STR("[/a]")},
        {"two tags", PEN_STR("<a></a>"), PEN_STR("[/a]")},
        {"space in tags", PEN_STR("<a  b = 'c'\n d=\"e\" ></a\t>"),
         PEN_STR("[/a][/a/@b=c][/a/@d=e]")},
        {"a text", PEN_STR("<a>b</a>"), PEN_STR("[/a][/a=b]")},
        {"siblings of one name", PEN_STR("<o><i>1</i><j/><i>2</i></o>"),
         PEN_STR("[/o][/o/i[1]][/o/i[1]=1][/o/j][/o/i[2]][/o/i[2]=2]")},
        {"an element and an attribute of one name", PEN_STR("<a b='1'><b/></a>"),
         PEN_STR("[/a][/a/@b=1][/a/b]")},
        {"space that only lays out is dropped", PEN_STR("<a>\r\n <b/>\t\n</a>"),
         PEN_STR("[/a][/a/b]")},
        {"space by reference is space, too", PEN_STR("<a>&#32;<![CDATA[ ]]></a>"), PEN_STR("[/a]")},
        {"an empty value", PEN_STR("<a b=''/>"), PEN_STR("[/a][/a/@b=]")},
        {"the other quote within", PEN_STR("<a b='\"' c=\"'\"/>"),
         PEN_STR("[/a][/a/@b=\"][/a/@c=']")},
        {"names beyond ASCII", PEN_STR("<\xc3\xa9t\xc3\xa9 \xe4\xb8\xad='1'/>"),
         PEN_STR("[/\xc3\xa9t\xc3\xa9][/\xc3\xa9t\xc3\xa9/@\xe4\xb8\xad=1]")},
        {"names with dots, digits, hyphens", PEN_STR("<_a-1.b2/>"), PEN_STR("[/_a-1.b2]")},
        {"'>' may stand for itself", PEN_STR("<a b='>'>1>0</a>"), PEN_STR("[/a][/a/@b=>][/a=1>0]")},
        {"brackets may, unless '>' follows", PEN_STR("<a>x[y[0]]z ]] ></a>"),
         PEN_STR("[/a][/a=x[y[0]]z ]] >]")},
        {"DEL and C1 are Char", PEN_STR("<a>\x7f\xc2\x85</a>"), PEN_STR("[/a][/a=\x7f\xc2\x85]")},
    };
    check_readings(rows, PEN_COUNT_OF(rows));
}

static void joins_what_a_function_sees_joined(void **state)
{
    (void)state;
    const struct reading rows[] = {
        {"CDATA", PEN_STR("<a><![CDATA[<b>&amp;]]></a>"), PEN_STR("[/a][/a=<b>&amp;]")},
        {"text and CDATA", PEN_STR("<a>&lt;scr<![CDATA[ipt>]]></a>"),
         PEN_STR("[/a][/a/#part[1]=<scr][/a/#part[2]=ipt>][/a=<script>]")},
        {"layout around CDATA is no piece", PEN_STR("<a> <![CDATA[x]]>\n</a>"),
         PEN_STR("[/a][/a= x\n]")},
        {"across a comment", PEN_STR("<a>un<!-- x -->ion</a>"),
         PEN_STR("[/a][/a/#comment= x ][/a/#part[1]=un][/a/#part[2]=ion][/a=union]")},
        {"across a PI", PEN_STR("<a>un<?x y?>ion</a>"),
         PEN_STR("[/a][/a/?x=y][/a/#part[1]=un][/a/#part[2]=ion][/a=union]")},
        {"CDATA next to CDATA", PEN_STR("<a><![CDATA[]]]]><![CDATA[>]]></a>"),
         PEN_STR("[/a][/a/#part[1]=]]][/a/#part[2]=>][/a=]]>]")},
        {"three pieces, the middle one empty", PEN_STR("<a>1<![CDATA[]]><!----> 2</a>"),
         PEN_STR("[/a][/a/#comment=][/a/#part[1]=1][/a/#part[2]= 2][/a=1 2]")},
        {"texts around an element", PEN_STR("<a>x' OR <b/>1=1</a>"),
         PEN_STR("[/a][/a/#text[1]=x' OR ][/a/b][/a/#text[2]=1=1][/a/#joined=x' OR 1=1]")},
        {"the child's text stays its own", PEN_STR("<a>1<b>2</b>3</a>"),
         PEN_STR("[/a][/a/#text[1]=1][/a/b][/a/b=2][/a/#text[2]=3][/a/#joined=13]")},
        {"dropped space joins as one space", PEN_STR("<a>x<b/>\n\n<b/>y</a>"),
         PEN_STR("[/a][/a/#text[1]=x][/a/b[1]][/a/b[2]][/a/#text[2]=y][/a/#joined=x y]")},
        {"a comment between elements is no space", PEN_STR("<a>x<b/><!--c--><b/>y</a>"),
         PEN_STR("[/a][/a/#text[1]=x][/a/b[1]][/a/#comment=c][/a/b[2]][/a/#text[2]=y]"
                 "[/a/#joined=xy]")},
        {"a comment behind a text is no space", PEN_STR("<a>x<!--c--><b/><?p?>y</a>"),
         PEN_STR("[/a][/a/#comment=c][/a/#text[1]=x][/a/b][/a/?p=][/a/#text[2]=y]"
                 "[/a/#joined=xy]")},
    };
    check_readings(rows, PEN_COUNT_OF(rows));
}

static void decodes_references_and_line_ends(void **state)
{
    (void)state;
    const struct reading rows[] = {
        {"the five", PEN_STR("<a>&lt;&gt;&amp;&quot;&apos;</a>"), PEN_STR("[/a][/a=<>&\"']")},
        {"once, not twice", PEN_STR("<a>&amp;lt;&#38;lt;</a>"), PEN_STR("[/a][/a=&lt;&lt;]")},
        {"decimal and hexadecimal", PEN_STR("<a b='&#39;&#x27;&#x4A;&#x4a;'/>"),
         PEN_STR("[/a][/a/@b=''JJ]")},
        {"leading zeros", PEN_STR("<a>&#0000000000000000000039;&#x0000000000027;</a>"),
         PEN_STR("[/a][/a='']")},
        {"beyond the BMP", PEN_STR("<a>&#x1F600;&#128512;</a>"),
         PEN_STR("[/a][/a=\xf0\x9f\x98\x80\xf0\x9f\x98\x80]")},
        {"line ends in text", PEN_STR("<a>1\r\n2\r3\n4\r\r\n5</a>"),
         PEN_STR("[/a][/a=1\n2\n3\n4\n\n5]")},
        {"line ends in CDATA, comment, PI",
         PEN_STR("<a><![CDATA[1\r\n2]]><!--1\r\r\n--><?p 1\r?></a>"),
         PEN_STR("[/a][/a/#comment=1\n\n][/a/?p=1\n][/a=1\n2]")},
        {"a line end divided by CDATA's edge is two", PEN_STR("<a>1\r<![CDATA[\n]]></a>"),
         PEN_STR("[/a][/a=1\n\n]")},
        {"CR by reference stays", PEN_STR("<a b='&#13;&#10;'>x&#13;</a>"),
         PEN_STR("[/a][/a/@b=\r\n][/a=x\r]")},
        {"space in a value", PEN_STR("<a b=' 1\t2\r\n3\r4\n'/>"), PEN_STR("[/a][/a/@b= 1 2 3 4 ]")},
        {"tab by reference stays", PEN_STR("<a b='&#9;'/>"), PEN_STR("[/a][/a/@b=\t]")},
    };
    check_readings(rows, PEN_COUNT_OF(rows));
}

static void reads_what_stands_beside_the_root(void **state)
{
    (void)state;
    const struct reading rows[] = {
        {"declaration", PEN_STR("<?xml version=\"1.0\"?><a/>"), PEN_STR("[/a]")},
        {"declaration in full",
         PEN_STR("<?xml version = '1.0'\n encoding='utf-8' standalone='no' ?>\n<a/>\n"),
         PEN_STR("[/a]")},
        {"byte-order mark", PEN_STR("\xef\xbb\xbf<?xml version='1.0'?><a/>"), PEN_STR("[/a]")},
        {"comments and PIs before and behind", PEN_STR("<?p q?><!--1--><a/><!--2--> <?p?>"),
         PEN_STR("[/?p[1]=q][/#comment[1]=1][/a][/#comment[2]=2][/?p[2]=]")},
        {"a PI whose target begins with xml", PEN_STR("<?xml-stylesheet href='x'?><a/>"),
         PEN_STR("[/?xml-stylesheet=href='x'][/a]")},
        {"space in front, without a declaration", PEN_STR(" \n<a/>"), PEN_STR("[/a]")},
    };
    check_readings(rows, PEN_COUNT_OF(rows));
}

static void knows_namespaces(void **state)
{
    (void)state;
    const struct reading rows[] = {
        {"default", PEN_STR("<a xmlns='u'/>"), PEN_STR("[/a][/a/@xmlns=u]")},
        {"a prefix", PEN_STR("<p:a xmlns:p='u' p:b='1' b='2'/>"),
         PEN_STR("[/p:a][/p:a/@xmlns:p=u][/p:a/@p:b=1][/p:a/@b=2]")},
        {"declared further out", PEN_STR("<a xmlns:p='u'><p:b/></a>"),
         PEN_STR("[/a][/a/@xmlns:p=u][/a/p:b]")},
        {"xml is declared", PEN_STR("<a xml:lang='en'/>"), PEN_STR("[/a][/a/@xml:lang=en]")},
        {"and may be declared as what it is",
         PEN_STR("<a xmlns:xml='http://www.w3.org/XML/1998/namespace'/>"),
         PEN_STR("[/a][/a/@xmlns:xml=http://www.w3.org/XML/1998/namespace]")},
        {"the default may be undone", PEN_STR("<a xmlns='u'><b xmlns=''/></a>"),
         PEN_STR("[/a][/a/@xmlns=u][/a/b][/a/b/@xmlns=]")},
        {"the default is not an attribute's", PEN_STR("<a xmlns='u' xmlns:p='u' p:b='' b=''/>"),
         PEN_STR("[/a][/a/@xmlns=u][/a/@xmlns:p=u][/a/@p:b=][/a/@b=]")},
        {"a prefix that meant the same further out",
         PEN_STR("<a xmlns:p='u' xmlns:q='u'><b xmlns:q='v' p:x='' q:x=''/></a>"),
         PEN_STR("[/a][/a/@xmlns:p=u][/a/@xmlns:q=u][/a/b][/a/b/@xmlns:q=v][/a/b/@p:x=]"
                 "[/a/b/@q:x=]")},
        {"a name that begins with xmlns", PEN_STR("<a xmlnsx='1'/>"),
         PEN_STR("[/a][/a/@xmlnsx=1]")},
    };
    check_readings(rows, PEN_COUNT_OF(rows));
}

static void records_where_things_stand(void **state)
{
    (void)state;
    const struct pen_str source = PEN_STR(" <a  b = '1'>x<![CDATA[y]]>z<?p q?></a>");
    const struct pen_json *document = NULL;
    assert_int_equal(pen_xml_read(source, NULL, arena, &document, NULL), PEN_OK);
    const struct pen_json *const a = document->first;
    assert_int_equal(a->place.start, 1);
    assert_int_equal(a->place.end, source.len);
    assert_int_equal(a->name_place.start, 2);
    assert_int_equal(a->name_place.end, 3);
    assert_int_equal(a->first->name_place.start, 5);
    assert_int_equal(a->first->name_place.end, 6);
    assert_int_equal(a->first->place.start, 9);
    assert_int_equal(a->first->place.end, 12);
    const struct pen_json *node = a->first->next;
    const struct {
        const char *name;
        size_t start;
        size_t end;
    } rows[] = {
        {"#part", 13, 14}, {"#part", 23, 24}, {"#part", 27, 28}, {"?p", 28, 35}, {"#text", 13, 28}};
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++, node = node->next) {
        assert_non_null(node);
        assert_true(pen_str_equal(node->name, pen_str_from_c(rows[i].name)));
        assert_int_equal(node->place.start, rows[i].start);
        assert_int_equal(node->place.end, rows[i].end);
    }
    assert_null(node);
}

static void names_no_deeper_path_than_fits(void **state)
{
    (void)state;
    static char memory[16384];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    for (int i = 0; i < 1100; i++) {
        pen_buf_put(&buf, PEN_S("<a>"));
    }
    for (int i = 0; i < 1100; i++) {
        pen_buf_put(&buf, PEN_S("</a>"));
    }
    const struct pen_json_limits limits = {.depth = 2000};
    const struct pen_json *node = NULL;
    assert_int_equal(pen_xml_read(pen_buf_str(&buf), &limits, arena, &node, NULL), PEN_OK);
    while (node->first != NULL) {
        node = node->first;
    }
    char path[8192];
    struct pen_buf out = pen_buf_over(path, sizeof(path));
    pen_xml_path(node, &out);
    assert_true(out.full);
}

static void tells_what_may_be_a_document(void **state)
{
    (void)state;
    const struct {
        struct pen_str text;
        bool may_be;
    } rows[] = {
        {PEN_STR(""), false},       {PEN_STR("<"), false},          {PEN_STR("<>"), false},
        {PEN_STR("<a/>"), true},    {PEN_STR("\r\n <a/>\t"), true}, {PEN_STR("a<b and c>d"), false},
        {PEN_STR("<3 you"), false}, {PEN_STR("x</a>"), false},      {PEN_STR("   "), false},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        if (pen_xml_looks_like(rows[i].text) != rows[i].may_be) {
            fail_msg("%.*s", PEN_STR_ARGS(rows[i].text));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_elements_attributes_and_texts),
        cmocka_unit_test(joins_what_a_function_sees_joined),
        cmocka_unit_test(decodes_references_and_line_ends),
        cmocka_unit_test(reads_what_stands_beside_the_root),
        cmocka_unit_test(knows_namespaces),
        cmocka_unit_test(records_where_things_stand),
        cmocka_unit_test(names_no_deeper_path_than_fits),
        cmocka_unit_test(tells_what_may_be_a_document),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
