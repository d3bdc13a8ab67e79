/** The XML reader: what it reads, what it refuses and with which code, and where things stand. */
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
        cmocka_unit_test(refuses_with_a_stable_code_and_place),
        cmocka_unit_test(refuses_every_truncation_as_such),
        cmocka_unit_test(says_so_when_memory_ends),
        cmocka_unit_test(keeps_its_limits),
        cmocka_unit_test(finds_a_duplicate_among_many_attributes),
        cmocka_unit_test(bounds_the_namespaces_of_a_document),
        cmocka_unit_test(records_where_things_stand),
        cmocka_unit_test(names_no_deeper_path_than_fits),
        cmocka_unit_test(tells_what_may_be_a_document),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
