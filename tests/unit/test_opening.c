/** The decode graph of a leaf: which forms it has, in whatever order they were encoded, and no
 * more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "filters/core/codec.h"
#include "filters/core/opening.h"

/* 144 of them; a document has 128 at most. */
#define OPEN8 "[[[[[[[["
#define SHUT8 "]]]]]]]]"
#define OPEN  OPEN8 OPEN8 OPEN8 OPEN8 OPEN8 OPEN8 OPEN8 OPEN8 OPEN8
#define SHUT  SHUT8 SHUT8 SHUT8 SHUT8 SHUT8 SHUT8 SHUT8 SHUT8 SHUT8
#define DEEP  OPEN OPEN
#define ROSE  SHUT SHUT

static struct pen_arena *arena;
static const struct pen_json_limits no_limits;

static int set_up(void **state)
{
    (void)state;
    return pen_arena_create((size_t)64 << 20, 65536, &arena) == PEN_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    pen_arena_destroy(arena);
    return 0;
}

static struct pen_leaves new_leaves(struct pen_str text)
{
    return (struct pen_leaves){
        .arena = arena,
        .limit = 1000,
        .json = &no_limits,
        .layers = 6,
        .opened_limit = ((size_t)1 << 20) + 4 * text.len,
    };
}

static enum pen_status open_text(struct pen_leaves *leaves, struct pen_str text,
                                 enum pen_expect expect)
{
    const struct pen_leaf leaf = {.text = text, .origin = PEN_ORIGIN_BODY};
    *leaves = new_leaves(text);
    return pen_leaves_add(leaves, &leaf, expect);
}

static const struct pen_leaf *leaf_at(const struct pen_leaves *leaves, uint32_t index)
{
    return &leaves->blocks[index / PEN_EVENT_BLOCK][index % PEN_EVENT_BLOCK];
}

/* The forms behind the text itself: "codings=text", a line each. */
static struct pen_str spell(const struct pen_leaves *leaves)
{
    struct pen_buf buf = {.ptr = pen_arena_bytes(arena, 8192), .cap = 8192};
    assert_non_null(buf.ptr);
    for (uint32_t i = 1; i < leaves->count; i++) {
        if (i > 1) pen_buf_byte(&buf, '\n');
        pen_leaf_codings(leaf_at(leaves, i), &buf);
        pen_buf_byte(&buf, '=');
        pen_buf_put(&buf, leaf_at(leaves, i)->text);
    }
    assert_false(buf.full);
    return pen_buf_str(&buf);
}

struct row {
    const char *why;
    struct pen_str text;
    struct pen_str forms;
    enum pen_expect expect;
};

static void check(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct pen_leaves leaves;
        if (open_text(&leaves, rows[i].text, rows[i].expect) != PEN_OK) {
            fail_msg("%s: %s", rows[i].why, leaves.code);
        }
        const struct pen_str forms = spell(&leaves);
        if (!pen_str_equal(forms, rows[i].forms)) {
            fail_msg("%s:\n%.*s", rows[i].why, PEN_STR_ARGS(forms));
        }
    }
}

static void leaves_ordinary_texts_alone(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"empty", PEN_STR(""), PEN_STR(""), 0},
        {"prose", PEN_STR("Dear all, 50% off & more; see C:\\temp\\new (it's 1+1)."), PEN_STR(""),
         0},
        {"an apostrophe as typeset", PEN_STR("I don\xe2\x80\x99t"), PEN_STR(""), 0},
        {"a long word", PEN_STR("internationalisation"), PEN_STR(""), 0},
        {"ids", PEN_STR("6f1c2c1e-6f55-4f5c-9d6b-1e8ac0a6c1de"), PEN_STR(""), 0},
        {"a digest", PEN_STR("d41d8cd98f00b204e9800998ecf8427e"), PEN_STR(""), 0},
        {"a number", PEN_STR("49590338271490256608559692538361571095"), PEN_STR(""), 0},
        {"a signature in base64", PEN_STR("EXAMPLEpH+DcEwjAPg8O9mY8dReBSwksfg2S7WKQcikcNKWLQj"),
         PEN_STR(""), 0},
        {"a regular expression", PEN_STR("^\\w+\\s(\\d+)\\1$"), PEN_STR(""), 0},
        {"a query that is prose", PEN_STR("?a=1&b=2&section=3"), PEN_STR(""), 0},
        {"what only begins as a document", PEN_STR("<3 {a} [1"), PEN_STR(""), 0},
        {"a phone number", PEN_STR("+4915123456789"), PEN_STR(""), 0},
    };
    check(rows, PEN_COUNT_OF(rows));
}

static void undoes_each_encoding(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"percent, three leaves of one", PEN_STR("%2527"),
         PEN_STR("percent=%27\npercent|percent='"), 0},
        {"%u", PEN_STR("%u0027"), PEN_STR("percent_u='"), 0},
        {"a form", PEN_STR("a+b%27"), PEN_STR("form=a b'"), PEN_EXPECT_FORM},
        {"declared percent-encoding keeps '+'", PEN_STR("a+b%27"), PEN_STR("percent=a+b'"),
         PEN_EXPECT_PERCENT},
        {"references", PEN_STR("&amp;lt;"), PEN_STR("entity=&lt;\nentity|entity=<"), 0},
        {"escapes", PEN_STR("\\u0027"), PEN_STR("escape='"), 0},
        {"UTF-7", PEN_STR("+ADw-b"), PEN_STR("utf7=<b"), 0},
        {"look-alikes",
         PEN_STR("\xef\xbc\x9c"
                 "b"),
         PEN_STR("fold=<b"), 0},
        {"overlong behind percent", PEN_STR("%c0%ae"), PEN_STR("percent=\xc0\xae\npercent|fold=."),
         0},
        {"hexadecimal", PEN_STR("27204f5220312d2d"), PEN_STR("hex=' OR 1--"), 0},
        {"a literal", PEN_STR("0x273b6c73"), PEN_STR("hex=';ls"), 0},
        {"base64", PEN_STR("JyBPUiAxPTEgLS0gYWJj"), PEN_STR("base64=' OR 1=1 -- abc"), 0},
        {"a data: URL", PEN_STR("data:text/plain;charset=utf-8;base64,JyBPUiAxPTEgLS0gYWJj"),
         PEN_STR("data|base64=' OR 1=1 -- abc"), 0},
        {"in capitals", PEN_STR("DATA:;BASE64,JyBPUiAxPTEgLS0gYWJj"),
         PEN_STR("data|base64=' OR 1=1 -- abc"), 0},
        {"a picture in one",
         PEN_STR(
             "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
             "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="),
         PEN_STR(""), 0},
        {"base64 of base64", PEN_STR("SnlCUFVpQXhQVEVnTFMwZ1lXSmo="),
         PEN_STR("base64=JyBPUiAxPTEgLS0gYWJj\nbase64|base64=' OR 1=1 -- abc"), 0},
        {"a text behind a byte that is none", PEN_STR("/ycgT1IgMT0xIC0tIGFiYw=="),
         PEN_STR("base64=\xff' OR 1=1 -- abc"), 0},
        {"a text in binary data", PEN_STR("AAECAwQFBgcnIE9SIDE9MSAtLSBhYmMAAQIDBAUGBw=="),
         PEN_STR("base64|strings=' OR 1=1 -- abc"), 0},
        {"UTF-16, as PowerShell takes it", PEN_STR("aQBkADsAIABsAHMAIAAtAGwA"),
         PEN_STR("base64|strings=id; ls -l"), 0},
        {"a token's header and claims",
         PEN_STR("eyJhbGciOiJub25lIn0.eyJzdWIiOiInIE9SIDE9MSJ9.c2lnbmF0dXJl"),
         PEN_STR("token|base64={\"alg\":\"none\"}\ntoken|base64|json=alg\ntoken|base64|json=none\n"
                 "token|base64={\"sub\":\"' OR 1=1\"}\ntoken|base64|json=sub\n"
                 "token|base64|json=' OR 1=1"),
         0},
        {"a token behind its scheme, without a signature",
         PEN_STR("Bearer eyAiayI6Iid4IiB9.ewogMX0."),
         PEN_STR("token|base64={ \"k\":\"'x\" }\ntoken|base64|json=k\ntoken|base64|json='x\n"
                 "token|base64={\n 1}"),
         0},
        {"zeros between letters", PEN_STR("s\0e\0l"), PEN_STR("zeros=sel"), 0},
        {"zeros behind percent", PEN_STR("%00s%00e"), PEN_STR("percent=\0s\0e\npercent|zeros=se"),
         0},
        {"UTF-32 in base64", PEN_STR("JwAAACAAAABPAAAAUgAAACAAAAAxAAAAPQAAADEAAAA="),
         PEN_STR("base64|strings=' OR 1=1"), 0},
        {"of the other byte order", PEN_STR("AAAAJwAAACAAAABPAAAAUgAAACAAAAAxAAAAPQAAADE="),
         PEN_STR("base64|strings=' OR 1=1"), 0},
        {"declared base64 may be short", PEN_STR("JzsnOw=="), PEN_STR("base64=';';"),
         PEN_EXPECT_BASE64},
        {"and binary with short runs", PEN_STR("AAEnO2xzAAE="), PEN_STR("base64|strings=';ls"),
         PEN_EXPECT_BASE64},
        {"what is declared so and is not", PEN_STR("%27"), PEN_STR("percent='"), PEN_EXPECT_BASE64},
        {"serialised Java", PEN_STR("rO0ABXNyABFqYXZhLnV0aWwuSGFzaA=="),
         PEN_STR("base64=\xac\xed\0\5sr\0\x11java.util.Hash"), 0},
        {"gzip", PEN_STR("H4sIAAAAAAAAA1NXUPAPUjC0NVTQ1VVITEoGAI7vXLkQAAAA"),
         PEN_STR("base64|gzip='  OR 1=1 -- abc"), 0},
        {"zlib", PEN_STR("eJxTV1DwD1IwtDVU0NVVSExKBgAaiwOI"),
         PEN_STR("base64|gzip='  OR 1=1 -- abc"), 0},
        {"gzip cut short", PEN_STR("H4sIAAAAAAAAA1NXUPAPUjC0NVTQ1VVITA=="),
         PEN_STR("base64|gzip='  OR 1=1 -- a"), 0},
        {"JSON", PEN_STR("{\"a\":[\"b\"]}"), PEN_STR("json=a\njson=b"), 0},
        {"XML", PEN_STR("<a b='c'>d</a>"), PEN_STR("xml=a\nxml=b\nxml=c\nxml=d"), 0},
        {"fields", PEN_STR("a=1&b%5B%5D=x+y&&c"),
         PEN_STR("form=a\nform=1\nform=b%5B%5D\nform|form=b[]\nform=x+y\nform|form=x y\nform=c"),
         PEN_EXPECT_FIELDS},
    };
    check(rows, PEN_COUNT_OF(rows));
}

static void names_fields_in_a_text(void **state)
{
    (void)state;
    struct pen_leaves leaves;
    char memory[64];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    assert_int_equal(open_text(&leaves, PEN_S("b%5B%5D=1"), PEN_EXPECT_FIELDS), PEN_OK);
    pen_leaf_path(leaf_at(&leaves, leaves.count - 1), &buf);
    assert_true(pen_str_equal(pen_buf_str(&buf), PEN_S("|form/b[]")));
}

static void refuses_what_was_declared_as_json_and_is_none(void **state)
{
    (void)state;
    struct pen_leaves leaves;
    assert_int_equal(open_text(&leaves, PEN_S("1"), PEN_EXPECT_JSON), PEN_OK);
    assert_int_equal(open_text(&leaves, PEN_S("{"), PEN_EXPECT_JSON), PEN_ERR_INVALID);
    assert_string_equal(leaves.code, "json.truncated");
}

/* No JSON to us, and a document to JSON.parse or Python's json: its strings would be hidden. */
static void refuses_documents_within_that_are_read_in_two_ways(void **state)
{
    (void)state;
    static const struct {
        struct pen_str text;
        const char *code;
    } rows[] = {
        {PEN_STR("{\"a\":1,\"a\":\"JyBPUiAxPTEgLS0gYWJj\"}"), "json.duplicate_name"},
        {PEN_STR("{\"a\":\"\\ud800\",\"b\":\"\\u0027\"}"), "json.surrogate"},
        {PEN_STR("[1e999,\"JyBPUiAxPTEgLS0gYWJj\"]"), "json.number_range"},
        {PEN_STR("{\"a\":1}\n{\"a\":1,\"a\":2}"), "json.duplicate_name"},
        {PEN_STR("{\"a\":1}{\"a\":1,\"a\":2} and more"), "json.duplicate_name"},
        {PEN_STR("eyJhIjoxLCJhIjoiSnlCUFVpQXhQVEVnTFMwZ1lXSmoifQ=="), "json.duplicate_name"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_leaves leaves;
        assert_int_equal(open_text(&leaves, rows[i].text, PEN_EXPECT_NOTHING), PEN_ERR_SYNTAX);
        assert_string_equal(leaves.code, rows[i].code);
    }
}

static void refuses_a_row_with_a_document_that_is_too_deep(void **state)
{
    (void)state;
    static const struct pen_str rows[] = {PEN_STR(DEEP ROSE "!"), PEN_STR("{}" DEEP "1" ROSE " x")};
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_leaves leaves;
        assert_int_equal(open_text(&leaves, rows[i], PEN_EXPECT_NOTHING), PEN_ERR_LIMIT);
        assert_string_equal(leaves.code, "json.depth");
    }
}

static void opens_documents_as_streams_and_files_have_them(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"a line each", PEN_STR("{\"a\":\"%41\"}\n{\"b\":2}\n"),
         PEN_STR("json=a\njson=%41\njson|percent=A\njson=b"), 0},
        {"behind the mark of UTF-8", PEN_STR("\xef\xbb\xbf[\"%41\"]"),
         PEN_STR("json=%41\njson|percent=A"), 0},
        {"lines of which one is no JSON", PEN_STR("{\"a\":1}\n{b}"), PEN_STR("json=a"), 0},
        {"two in a line", PEN_STR("[1] or [2]"), PEN_STR(""), 0},
        {"one behind the other", PEN_STR("{\"a\":\"%41\"}{\"b\":[\"}\\\"]\"]} [\"c\"]"),
         PEN_STR("json=a\njson=%41\njson|percent=A\njson=b\njson=}\"]\njson=c"), 0},
        {"one in front of anything else", PEN_STR("{\"a\":\"b\"} and %41"),
         PEN_STR("json=a\njson=b\npercent={\"a\":\"b\"} and A\npercent|json=a\npercent|json=b"), 0},
        {"in front of a bracket", PEN_STR("[\"a\"]]"), PEN_STR("json=a"), 0},
        {"in front of what is none", PEN_STR("[\"a\"]{b}[\"c\"]"), PEN_STR("json=a"), 0},
        {"behind it nothing is one", PEN_STR("{a} {\"b\":\"c\"}"), PEN_STR(""), 0},
        {"brackets that stay open", PEN_STR("[\"a\",[\"b\"]"), PEN_STR(""), 0},
        {"too deep to be a document, and none", PEN_STR(DEEP "x" ROSE "!"), PEN_STR(""), 0},
    };
    check(rows, PEN_COUNT_OF(rows));
}

/* Two encodings: either first, and both ways to the same end, which counts once. */
static void undoes_encodings_in_every_order(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"side by side", PEN_STR("%41&#66;"),
         PEN_STR("percent=A&#66;\npercent|entity=AB\nentity=%41B"), 0},
        {"three", PEN_STR("%41&#66;\\x43"),
         PEN_STR("percent=A&#66;\\x43\npercent|entity=AB\\x43\npercent|entity|escape=ABC\n"
                 "percent|escape=A&#66;C\nentity=%41B\\x43\nentity|escape=%41BC\n"
                 "escape=%41&#66;C"),
         0},
        {"one within the other", PEN_STR("%26%2339;"), PEN_STR("percent=&#39;\npercent|entity='"),
         0},
        {"and the other way", PEN_STR("&#37;27"), PEN_STR("entity=%27\nentity|percent='"), 0},
        {"%u and % together", PEN_STR("%u0041%42"),
         PEN_STR("percent=%u0041B\npercent|percent_u=AB"), 0},
    };
    check(rows, PEN_COUNT_OF(rows));
}

/* A percent sign in a document of documents is in one leaf, not in one of each decoding. */
static void opens_the_strings_of_a_document_only(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"JSON", PEN_STR("[\"%41\"]"), PEN_STR("json=%41\njson|percent=A"), 0},
        {"a quote that percent-encoding hides ends a string", PEN_STR("[\"a%22,%22b\"]"),
         PEN_STR("json=a%22,%22b\njson|percent=a\",\"b\npercent=[\"a\",\"b\"]\npercent|json=a\n"
                 "percent|json=b"),
         0},
        {"markup is a text, too", PEN_STR("<a>%41</a>"),
         PEN_STR("xml=a\nxml=%41\nxml|percent=A\npercent=<a>A</a>\npercent|xml=a\n"
                 "percent|xml=A"),
         0},
    };
    check(rows, PEN_COUNT_OF(rows));
}

static const char *refused(struct pen_str text)
{
    struct pen_leaves leaves;
    assert_int_equal(open_text(&leaves, text, PEN_EXPECT_NOTHING), PEN_ERR_LIMIT);
    return leaves.code;
}

static void refuses_more_than_eight_forms(void **state)
{
    (void)state;
    assert_string_equal(refused(PEN_S("%41&#66;\\x43\xef\xbc\xa4")), "event.forms");
    struct pen_leaves leaves;
    /* Each leaf has its own: a document of many is fine. */
    const struct pen_str many =
        PEN_STR("[\"%41&#66;\\\\x43\",\"%41&#66;\\\\x43\",\"%41&#66;\\\\x43\"]");
    assert_int_equal(open_text(&leaves, many, PEN_EXPECT_NOTHING), PEN_OK);
    assert_int_equal(leaves.count, 1 + 3 * 8);
}

static void refuses_more_than_six_layers(void **state)
{
    (void)state;
    struct pen_leaves leaves;
    const struct pen_str six[] = {
        PEN_STR("%252525252527"),
        PEN_STR("&amp;amp;amp;amp;amp;lt;"),
        PEN_STR("\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\x27"),
        PEN_STR("[[\"%2525252527\"]]"),
    };
    const struct pen_str seven[] = {
        PEN_STR("%25252525252527"),
        PEN_STR("&amp;amp;amp;amp;amp;amp;lt;"),
        PEN_STR("[[\"%252525252527\"]]"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(six); i++) {
        if (open_text(&leaves, six[i], PEN_EXPECT_NOTHING) != PEN_OK) {
            fail_msg("%.*s: %s", PEN_STR_ARGS(six[i]), leaves.code);
        }
    }
    for (size_t i = 0; i < PEN_COUNT_OF(seven); i++) {
        assert_string_equal(refused(seven[i]), "event.layers");
    }
}

/* Python's b64decode, Node's Buffer.from, PHP's base64_decode, Java's MIME decoder. */
static void reads_broken_base64_as_forgiving_decoders_do(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"blanks", PEN_STR("JyBPUiAx PTEgLS0gYWJj"), PEN_STR("base64=' OR 1=1 -- abc"), 0},
        {"a blank among the first", PEN_STR("Jy BPUiAxPTEgLS0gYWJj"),
         PEN_STR("base64=' OR 1=1 -- abc"), 0},
        {"tabs and other bytes", PEN_STR("JyBPUiAx\t PTEgLS0gY!WJj"),
         PEN_STR("base64=' OR 1=1 -- abc"), 0},
        {"a byte beyond ASCII", PEN_STR("JyBPUiAxPTEgLS0g\xc3\xa9YWJj"),
         PEN_STR("base64=' OR 1=1 -- abc"), 0},
        {"digits of the other alphabet, skipped", PEN_STR("JyBPUiA-xPTEgLS0gYWJj_"),
         PEN_STR("base64=' OR 1=1 -- abc"), 0},
        {"one digit too many", PEN_STR("JyBPUiAxPTEgLS0gYWJjA"), PEN_STR("base64=' OR 1=1 -- abc"),
         0},
        {"one base64 behind the other", PEN_STR("JyBPUiAxPTEgLS0gYQ==JyBPUiAx"),
         PEN_STR("base64=' OR 1=1 -- a' OR 1"), 0},
        {"more foreign than not", PEN_STR("J.y.B.P.U.i.A.x.P.T.E.g.L.S.0.g.Y.W.J.j"),
         PEN_STR("base64=' OR 1=1 -- abc"), 0},
        {"three of four foreign", PEN_STR("J...y...B...P...U...i...A...x...P...T...E...g"),
         PEN_STR("base64=' OR 1=1 "), 0},
        {"in words", PEN_STR("JyBP UiAx PTEg LS0g YWJj IGRl ZiBn aGkg amts"),
         PEN_STR("base64=' OR 1=1 -- abc def ghi jkl"), 0},
        {"declared, a blank behind each", PEN_STR("J y B P U i A x P T E g L S 0 g Y W J j"),
         PEN_STR("base64=' OR 1=1 -- abc"), PEN_EXPECT_BASE64},
        {"declared, brackets around", PEN_STR("(JyBPUiAxPTEgLS0gYWJj)"),
         PEN_STR("base64=' OR 1=1 -- abc"), PEN_EXPECT_BASE64},
        {"declared, padding within, which Python passes over", PEN_STR("J=yBPUiAxPTEgLS0gYWJj"),
         PEN_STR("base64=' OR 1=1 -- abc"), PEN_EXPECT_BASE64},
    };
    check(rows, PEN_COUNT_OF(rows));
}

static void leaves_texts_alone_that_are_nearly_base64(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"prose that begins with a long word", PEN_STR("Internationalisation, that is to say i18n"),
         PEN_STR(""), 0},
        {"prose without many spaces",
         PEN_STR("Donaudampfschifffahrtsgesellschaftskapitaene reisen"), PEN_STR(""), 0},
        {"a path", PEN_STR("/opt/application/releases/20240131/current/bin"), PEN_STR(""), 0},
        {"a name of a host", PEN_STR("ip-10-0-12-7.eu-central-1.compute.internal"), PEN_STR(""), 0},
        {"a slug", PEN_STR("how-to-write-a-parser-in-an-afternoon"), PEN_STR(""), 0},
        {"an identifier of a resource", PEN_STR("arn:aws:sns:eu-west-1:123456789012:orders"),
         PEN_STR(""), 0},
        {"declared, and a sentence", PEN_STR("the pump is on; please check: 21 C"), PEN_STR(""),
         PEN_EXPECT_BASE64},
        {"a time", PEN_STR("2026-01-31T12:34:56.789Z"), PEN_STR(""), 0},
    };
    check(rows, PEN_COUNT_OF(rows));
}

/* JSON5, comments, YAML's flow style, Python's literals. */
static void opens_documents_of_lenient_readers(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"a comment and a trailing comma", PEN_STR("{\"a\":\"b\", /*c*/ }"),
         PEN_STR("json=a\njson=b"), 0},
        {"single quotes", PEN_STR("{'a':'b\"'}"), PEN_STR("json=a\njson=b\""), 0},
        {"a name without quotes, a number that is none", PEN_STR("{a:NaN,b:'x'}"),
         PEN_STR("json=a\njson=b\njson=x"), 0},
        {"escapes of JSON5", PEN_STR("['\\x41\\'\\\n!']"), PEN_STR("json=A'!\nescape=['A'!']"), 0},
        {"a line break in a string", PEN_STR("[\"a\nb\"]"), PEN_STR("json=a\nb"), 0},
        {"comments around", PEN_STR("/* c */ {\"a\":\"b\"} // d"), PEN_STR("json=a\njson=b"), 0},
        {"base64 within", PEN_STR("{ 'a': \"JyBPUiAxPTEgLS0gYWJj\", }"),
         PEN_STR("json=a\njson=JyBPUiAxPTEgLS0gYWJj\njson|base64=' OR 1=1 -- abc"), 0},
        {"Python", PEN_STR("{u'a': None, 'b': b'x', 'c': True}"),
         PEN_STR("json=a\njson=b\njson=x\njson=c"), 0},
        {"a mark and a comment", PEN_STR("\xef\xbb\xbf{\"a\":\"b\"/**/}"),
         PEN_STR("json=a\njson=b"), 0},
        {"a program is none", PEN_STR("{ return 'a' + \"b\"; }"), PEN_STR(""), 0},
        {"a stylesheet is none", PEN_STR("{ color: 'red'; width: 1px }"), PEN_STR(""), 0},
        {"a template is none", PEN_STR("[see below]"), PEN_STR(""), 0},
    };
    check(rows, PEN_COUNT_OF(rows));
}

static void opens_xml_whatever_encoding_it_declares(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"as .NET's StringWriter has it",
         PEN_STR("<?xml version=\"1.0\" encoding=\"utf-16\"?><a>A</a>"), PEN_STR("xml=a\nxml=A"),
         0},
        {"of one byte", PEN_STR("<?xml version='1.0' encoding='ISO-8859-1'?><a>B</a>"),
         PEN_STR("xml=a\nxml=B"), 0},
    };
    check(rows, PEN_COUNT_OF(rows));
}

static void refuses_xml_that_is_too_much_to_read(void **state)
{
    (void)state;
    const struct pen_json_limits narrow = {.depth = 3, .nodes = 100, .string_bytes = 8};
    const struct {
        struct pen_str text;
        const char *code; /* NULL: it is no XML, and only a text */
    } rows[] = {
        {PEN_STR("<a><b><c><d>x</d></c></b></a>"), "xml.depth"},
        {PEN_STR("<p>a<p>b<p>c<p>d</p>"), NULL},
        {PEN_STR("<a>123456789</a>"), "xml.string"},
        {PEN_STR("<a>123456789<br></a>"), NULL},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_leaves leaves = new_leaves(rows[i].text);
        leaves.json = &narrow;
        const struct pen_leaf leaf = {.text = rows[i].text};
        const enum pen_status status = pen_leaves_add(&leaves, &leaf, PEN_EXPECT_NOTHING);
        assert_int_equal(status, rows[i].code == NULL ? PEN_OK : PEN_ERR_LIMIT);
        if (rows[i].code != NULL) assert_string_equal(leaves.code, rows[i].code);
    }
}

/* gzip -9 of 512 KiB of one letter. */
static void refuses_bombs(void **state)
{
    (void)state;
    const struct pen_str bomb =
        PEN_STR("H4sIAAAAAAACA+3BgQAAAADDILb5S93gBFUBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAfAPIGt8U"
                "AAAIAA==");
    assert_string_equal(refused(bomb), "event.ratio");
}

/* The same of 6,000 equal lines, 190 KiB: a log that repeats itself, and large to nobody. */
static void opens_logs_that_repeat_themselves(void **state)
{
    (void)state;
    const struct pen_str log =
        PEN_STR("H4sIAAAAAAACA+3KsQmAMBAAwN4pfgLRyg2ENDqDhEgggTTuj7iD5XHtpWM/o5arPzVyLbnFuGNd5s8W"
                "o01JEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARB"
                "EARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARB"
                "EARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARB"
                "EARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARB"
                "EARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARB"
                "EARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARB"
                "EARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARB"
                "EARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARB"
                "EARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARB"
                "EARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEARBEIS/wwsJjn44cAUDAA==");
    struct pen_leaves leaves;
    assert_int_equal(open_text(&leaves, log, PEN_EXPECT_NOTHING), PEN_OK);
    assert_int_equal(leaf_at(&leaves, 1)->text.len, 198000);
}

static void counts_opened_bytes_over_all(void **state)
{
    (void)state;
    struct pen_leaves leaves = new_leaves(PEN_S(""));
    leaves.opened_limit = 6;
    const struct pen_leaf leaf = {.text = PEN_STR("%41bcd")};
    assert_int_equal(pen_leaves_add(&leaves, &leaf, PEN_EXPECT_NOTHING), PEN_OK);
    assert_int_equal(pen_leaves_add(&leaves, &leaf, PEN_EXPECT_NOTHING), PEN_ERR_LIMIT);
    assert_string_equal(leaves.code, "event.opened");
}

static void survives_every_shortage_of_memory(void **state)
{
    (void)state;
    const struct pen_str texts[] = {
        PEN_STR("%41&#66;\\x43"),
        PEN_STR("[\"+ADw-\",\"\xef\xbc\x9c\",\"%u0041\"]"),
        PEN_STR("<a>27204f5220312d2d</a>"),
        PEN_STR("H4sIAAAAAAAAA1NXUPAPUjC0NVTQ1VVITEoGAI7vXLkQAAAA"),
        PEN_STR("AAECAwQFBgcnIE9SIDE9MSAtLSBhYmMAAQIDBAUGBw=="),
        PEN_STR("{a:'JyBPUi AxPTEgLS0gYWJj',}"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(texts); i++) {
        for (size_t limit = 0;; limit += 64) {
            struct pen_arena *small = NULL;
            assert_int_equal(pen_arena_create(limit, 64, &small), PEN_OK);
            struct pen_leaves leaves = new_leaves(texts[i]);
            leaves.arena = small;
            const struct pen_leaf leaf = {.text = texts[i]};
            const enum pen_status status = pen_leaves_add(&leaves, &leaf, PEN_EXPECT_NOTHING);
            pen_arena_destroy(small);
            if (status == PEN_OK) break;
            assert_int_equal(status, PEN_ERR_NOMEM);
            assert_string_equal(leaves.code, "event.memory");
            assert_true(limit < 1 << 20);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_ordinary_texts_alone),
        cmocka_unit_test(undoes_each_encoding),
        cmocka_unit_test(names_fields_in_a_text),
        cmocka_unit_test(refuses_what_was_declared_as_json_and_is_none),
        cmocka_unit_test(refuses_documents_within_that_are_read_in_two_ways),
        cmocka_unit_test(refuses_a_row_with_a_document_that_is_too_deep),
        cmocka_unit_test(opens_documents_as_streams_and_files_have_them),
        cmocka_unit_test(undoes_encodings_in_every_order),
        cmocka_unit_test(opens_the_strings_of_a_document_only),
        cmocka_unit_test(refuses_more_than_eight_forms),
        cmocka_unit_test(refuses_more_than_six_layers),
        cmocka_unit_test(refuses_bombs),
        cmocka_unit_test(opens_logs_that_repeat_themselves),
        cmocka_unit_test(reads_broken_base64_as_forgiving_decoders_do),
        cmocka_unit_test(leaves_texts_alone_that_are_nearly_base64),
        cmocka_unit_test(opens_documents_of_lenient_readers),
        cmocka_unit_test(opens_xml_whatever_encoding_it_declares),
        cmocka_unit_test(refuses_xml_that_is_too_much_to_read),
        cmocka_unit_test(counts_opened_bytes_over_all),
        cmocka_unit_test(survives_every_shortage_of_memory),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
