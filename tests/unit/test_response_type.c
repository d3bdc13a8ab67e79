/** Which answers are texts, which of them can be read, and how they are coded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "gateway/response_type.h"

static void knows_texts_and_those_it_cannot_read(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct pen_str type;
        enum pen_answer_kind kind;
    } rows[] = {
        {"none", PEN_STR(""), PEN_ANSWER_TEXT},
        {"only parameters", PEN_STR(";text/html"), PEN_ANSWER_TEXT},
        {"no type: browsers look at the body", PEN_STR("text"), PEN_ANSWER_TEXT},
        {"the same", PEN_STR("unknown/unknown"), PEN_ANSWER_TEXT},
        {"a page", PEN_STR("text/html; charset=UTF-8"), PEN_ANSWER_TEXT},
        {"quoted", PEN_STR("text/html; x=y; Charset=\"utf-8\""), PEN_ANSWER_TEXT},
        {"of one byte a letter", PEN_STR("text/plain;charset=ISO-8859-15"), PEN_ANSWER_TEXT},
        {"a mail", PEN_STR("message/rfc822"), PEN_ANSWER_TEXT},
        {"a vendor's XML", PEN_STR("application/vnd.x+xml"), PEN_ANSWER_TEXT},
        {"JSON", PEN_STR("application/json"), PEN_ANSWER_JSON},
        {"a problem", PEN_STR("Application/Problem+JSON; charset=utf-8"), PEN_ANSWER_JSON},
        {"an old name", PEN_STR("application/x-json"), PEN_ANSWER_JSON},
        {"a picture", PEN_STR("image/png"), PEN_ANSWER_OTHER},
        {"a vendor's, of any form", PEN_STR("application/vnd.x"), PEN_ANSWER_OTHER},
        {"a picture's charset says nothing", PEN_STR("image/png; charset=utf-16"),
         PEN_ANSWER_OTHER},
        {"two bytes a letter", PEN_STR("text/plain; charset=utf-16"), PEN_ANSWER_UNREADABLE},
        {"JSON, too", PEN_STR("application/json;charset=\"UTF-16LE\""), PEN_ANSWER_UNREADABLE},
        {"letters for bytes", PEN_STR("text/plain; charset=utf-7"), PEN_ANSWER_UNREADABLE},
        {"space around", PEN_STR("text/plain; charset = utf-32"), PEN_ANSWER_UNREADABLE},
        {"the second counts", PEN_STR("text/plain; charset=utf-8; charset=utf-16"),
         PEN_ANSWER_UNREADABLE},
        {"empty", PEN_STR("text/plain; charset="), PEN_ANSWER_UNREADABLE},
        {"parts of any kind", PEN_STR("multipart/mixed; boundary=b"), PEN_ANSWER_UNREADABLE},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        if (pen_answer_kind_of(rows[i].type) != rows[i].kind) fail_msg("%s", rows[i].why);
    }
}

static void reads_all_content_encodings_as_one_list(void **state)
{
    (void)state;
    static const struct {
        struct pen_str values[2]; /* NULL: no such field */
        enum pen_answer_coding coding;
    } rows[] = {
        {{{NULL, 0}, {NULL, 0}}, PEN_ANSWER_PLAIN},
        {{PEN_STR(""), {NULL, 0}}, PEN_ANSWER_PLAIN},
        {{PEN_STR("Identity"), PEN_STR("identity")}, PEN_ANSWER_PLAIN},
        {{PEN_STR("gzip"), {NULL, 0}}, PEN_ANSWER_GZIP},
        {{PEN_STR(", X-GZIP ,"), {NULL, 0}}, PEN_ANSWER_GZIP},
        {{PEN_STR("deflate"), {NULL, 0}}, PEN_ANSWER_DEFLATE},
        {{PEN_STR("br"), {NULL, 0}}, PEN_ANSWER_CODED},
        {{PEN_STR("gzip;q=1"), {NULL, 0}}, PEN_ANSWER_CODED},
        {{PEN_STR("gzip, gzip"), {NULL, 0}}, PEN_ANSWER_CODED},
        {{PEN_STR("identity, gzip"), {NULL, 0}}, PEN_ANSWER_CODED},
        {{PEN_STR("gzip, identity"), {NULL, 0}}, PEN_ANSWER_CODED},
        {{PEN_STR("identity"), PEN_STR("gzip")}, PEN_ANSWER_CODED},
        {{PEN_STR("gzip"), PEN_STR("identity")}, PEN_ANSWER_CODED},
        {{PEN_STR(""), PEN_STR("gzip")}, PEN_ANSWER_CODED},
        {{PEN_STR("gzip"), PEN_STR("")}, PEN_ANSWER_CODED},
        {{PEN_STR("gzip"), PEN_STR("gzip")}, PEN_ANSWER_CODED},
        {{PEN_STR("identity"), PEN_STR("br")}, PEN_ANSWER_CODED},
    };
    static struct pen_wire_head answer;
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        answer.field_count = 0;
        for (size_t k = 0; k < 2; k++) {
            if (rows[i].values[k].ptr == NULL) continue;
            answer.ids[answer.field_count] = PEN_FIELD_CONTENT_ENCODING;
            answer.fields[answer.field_count++].value = rows[i].values[k];
        }
        if (pen_answer_coding_of(&answer) != rows[i].coding) fail_msg("row %zu", i);
    }
}

static void tells_letters_of_two_and_four_bytes(void **state)
{
    (void)state;
    assert_true(pen_answer_is_wide(PEN_S("\xff\xfe{\0")));
    assert_true(pen_answer_is_wide(PEN_S("\xfe\xff\0{")));
    assert_true(pen_answer_is_wide(PEN_S("{\0\"\0")));
    assert_true(pen_answer_is_wide(PEN_S("\0{\0\"")));
    assert_true(pen_answer_is_wide(PEN_S("\0\0\0{")));
    assert_false(pen_answer_is_wide(PEN_S("{\"a\":1}")));
    assert_false(pen_answer_is_wide(PEN_S("\xef\xbb\xbf{}")));
    assert_false(pen_answer_is_wide(PEN_S("\xc3\xbf")));
    assert_false(pen_answer_is_wide(PEN_S("{")));
    assert_false(pen_answer_is_wide(PEN_S("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_texts_and_those_it_cannot_read),
        cmocka_unit_test(reads_all_content_encodings_as_one_list),
        cmocka_unit_test(tells_letters_of_two_and_four_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
