/** The decode graph of a leaf: which forms it has, in whatever order they were encoded, and no
 * more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "filters/core/codec.h"
#include "filters/core/opening.h"

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
        {"base64 of base64", PEN_STR("SnlCUFVpQXhQVEVnTFMwZ1lXSmo="),
         PEN_STR("base64=JyBPUiAxPTEgLS0gYWJj\nbase64|base64=' OR 1=1 -- abc"), 0},
        {"a text behind a byte that is none", PEN_STR("/ycgT1IgMT0xIC0tIGFiYw=="),
         PEN_STR("base64=\xff' OR 1=1 -- abc"), 0},
        {"a text in binary data", PEN_STR("AAECAwQFBgcnIE9SIDE9MSAtLSBhYmMAAQIDBAUGBw=="),
         PEN_STR("base64|strings=' OR 1=1 -- abc"), 0},
        {"UTF-16, as PowerShell takes it", PEN_STR("aQBkADsAIABsAHMAIAAtAGwA"),
         PEN_STR("base64|strings=id; ls -l"), 0},
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
        {PEN_STR("eyJhIjoxLCJhIjoiSnlCUFVpQXhQVEVnTFMwZ1lXSmoifQ=="), "json.duplicate_name"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_leaves leaves;
        assert_int_equal(open_text(&leaves, rows[i].text, PEN_EXPECT_NOTHING), PEN_ERR_SYNTAX);
        assert_string_equal(leaves.code, rows[i].code);
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
        {"lines that are no JSON", PEN_STR("{\"a\":1}\n{b}"), PEN_STR(""), 0},
        {"two in a line", PEN_STR("[1] or [2]"), PEN_STR(""), 0},
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

static void refuses_bombs(void **state)
{
    (void)state;
    struct pen_buf buf = {.ptr = pen_arena_bytes(arena, 8192), .cap = 8192};
    assert_non_null(buf.ptr);
    static const char head[] = "\x1f\x8b\x08\0\0\0\0\0\0\x03";
    /* One letter and 1,000 matches of 258 behind it, in fixed codes, least bit first. */
    uint32_t bits = 0;
    uint32_t held = 0;
    pen_buf_put(&buf, (struct pen_str){head, 10});
#define PUT(value, count)                            \
    do {                                             \
        bits |= (uint32_t)(value) << held;           \
        held += (count);                             \
        while (held >= 8) {                          \
            pen_buf_byte(&buf, (char)(bits & 0xff)); \
            bits >>= 8;                              \
            held -= 8;                               \
        }                                            \
    } while (0)
    PUT(1, 1);    /* the last block */
    PUT(1, 2);    /* fixed codes */
    PUT(0x8e, 8); /* 'A' is 0x71, its bits the other way round */
    for (int i = 0; i < 1000; i++) {
        PUT(0xa3, 8); /* 285: a match of 258; 0xc5 turned round */
        PUT(0, 5);    /* distance 1 */
    }
    PUT(0, 7); /* the block's end */
    PUT(0, 7);
#undef PUT
    pen_buf_put(&buf, (struct pen_str){"\0\0\0\0\0\0\0\0", 8});
    assert_false(buf.full);

    struct pen_buf text = {.ptr = pen_arena_bytes(arena, 8192), .cap = 8192};
    assert_non_null(text.ptr);
    pen_codec_base64url_put(&text, pen_buf_str(&buf));
    assert_false(text.full);
    assert_string_equal(refused(pen_buf_str(&text)), "event.ratio");
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
        cmocka_unit_test(opens_documents_as_streams_and_files_have_them),
        cmocka_unit_test(undoes_encodings_in_every_order),
        cmocka_unit_test(opens_the_strings_of_a_document_only),
        cmocka_unit_test(refuses_more_than_eight_forms),
        cmocka_unit_test(refuses_more_than_six_layers),
        cmocka_unit_test(refuses_bombs),
        cmocka_unit_test(counts_opened_bytes_over_all),
        cmocka_unit_test(survives_every_shortage_of_memory),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
