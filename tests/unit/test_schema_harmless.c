/**
 * Harmless formats against the filters that they spare: no filter finds anything in any text of
 * one, in no form that it decodes to.
 */
#include "tests/unit/filter_alone.h"

#include "filters/schema/format.h"

#define TEXTS 400 /* of each format */

static uint32_t draw(uint64_t *seed, uint32_t below)
{
    *seed = *seed * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(*seed >> 33) % below;
}

static void put_of(struct pen_buf *buf, uint64_t *seed, struct pen_str letters, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        pen_buf_byte(buf, letters.ptr[draw(seed, (uint32_t)letters.len)]);
    }
}

/*
 * A text for a template: 'n' is some digits, few or thousands; 'd' two that are good for a day, an
 * hour or a minute; 'h' a hexadecimal digit of either case; 'b' a byte's number; all else stands
 * for itself.
 */
static struct pen_str fill(const char *template, uint64_t *seed, char *memory, size_t size)
{
    const struct pen_str digits = PEN_STR("0123456789");
    struct pen_buf buf = pen_buf_over(memory, size);
    for (; *template != '\0'; template ++) {
        switch (*template) {
        case 'n':
            put_of(&buf, seed, digits, 1 + draw(seed, draw(seed, 8) == 0 ? 3000 : 8));
            break;
        case 'd':
            pen_buf_byte(&buf, '1');
            pen_buf_byte(&buf, digits.ptr[draw(seed, 10)]);
            break;
        case 'h':
            put_of(&buf, seed, PEN_S("0123456789abcdefABCDEF"), 1);
            break;
        case 'b':
            pen_buf_u64(&buf, draw(seed, 256));
            break;
        default:
            pen_buf_byte(&buf, *template);
            break;
        }
    }
    assert_false(buf.full);
    return pen_buf_str(&buf);
}

static void holds_nothing(const char *format, struct pen_str text)
{
    const struct pen_format *const found = pen_format_find(pen_str_from_c(format), false);
    assert_non_null(found);
    assert_true(pen_format_is_harmless(found));
    if (!pen_format_matches(found, text)) fail_msg("%s: %.*s", format, PEN_STR_ARGS(text));

    const struct pen_judgement judgement = filter_case_text(&it, text);
    if (judgement.verdict != PEN_PASS || it.scan.finding_count > 0) {
        fail_msg("%s: %s in %.*s", format, judgement.reason, PEN_STR_ARGS(text));
    }
}

static void gives_the_filters_nothing_to_find(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"date-time", "20d-10-dTd:d:dZ"},
        {"date-time", "d26-12-dtd:d:d.n+d:d"},
        {"date", "dd-11-d"},
        {"time", "d:d:d.n-d:d"},
        {"time", "d:d:dz"},
        {"duration", "PnYnMnDTnHnMnS"},
        {"duration", "pnw"},
        {"duration", "PTnS"},
        {"uuid", "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh"},
        {"ipv4", "b.b.b.b"},
        {"ipv6", "hhhh:hhhh:hhh:hh:h:hhhh:hhhh:hhhh"},
        {"ipv6", "hh::hhhh:b.b.b.b"},
        {"ipv6", "::h"},
    };
    static char memory[1 << 16];
    uint64_t seed = 20261127;
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        for (size_t n = 0; n < TEXTS; n++) {
            holds_nothing(rows[i][0], fill(rows[i][1], &seed, memory, sizeof(memory)));
        }
    }
}

/* Where a client must not be led, as an address and no more. */
static void gives_them_no_address_to_find(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"ipv4", "169.254.169.254"},
        {"ipv4", "127.0.0.1"},
        {"ipv4", "0.0.0.0"},
        {"ipv4", "100.100.100.200"},
        {"ipv4", "255.255.255.255"},
        {"ipv6", "::1"},
        {"ipv6", "::"},
        {"ipv6", "fd00:ec2::254"},
        {"ipv6", "::ffff:169.254.169.254"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        holds_nothing(rows[i][0], pen_str_from_c(rows[i][1]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_filters_nothing_to_find),
        cmocka_unit_test(gives_them_no_address_to_find),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
