/** Words of streams and types: each is found where it stands first, by the sign that it hangs on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "filters/deser_words.h"

#define ROOM 256 /* bytes: two of the longest word, and what stands around them */

struct found {
    struct pen_arena *arena;
    struct pen_deser_index *index;
    size_t places[PEN_DESER_WORDS];
};

static int set_up(void **state)
{
    static struct found found;
    *state = &found;
    return pen_arena_create((size_t)1 << 16, 4096, &found.arena) == PEN_OK
                   && pen_deser_index_create(found.arena, &found.index) == PEN_OK
               ? 0
               : -1;
}

static int tear_down(void **state)
{
    struct found *const found = *state;
    pen_arena_destroy(found->arena);
    return 0;
}

static void every_word_holds_its_sign(void **state)
{
    (void)state;
    for (size_t i = 0; i < PEN_DESER_WORDS; i++) {
        const struct pen_deser_word *const word = &pen_deser_words[i];
        if (pen_str_find(word->text, word->sign, 0) == word->text.len) {
            fail_msg("%.*s", PEN_STR_ARGS(word->text));
        }
    }
}

/* A blank, the word twice, and as many bytes as the longest stream needs. */
static void every_word_is_found_where_it_stands_first(void **state)
{
    struct found *const found = *state;
    for (size_t i = 0; i < PEN_DESER_WORDS; i++) {
        const struct pen_str word = pen_deser_words[i].text;
        char memory[ROOM];
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        pen_buf_byte(&buf, ' ');
        pen_buf_put(&buf, word);
        pen_buf_byte(&buf, ' ');
        pen_buf_put(&buf, word);
        pen_buf_put(&buf, PEN_S("                        "));
        assert_false(buf.full);
        pen_deser_find(found->index, pen_buf_str(&buf), found->places);
        if (found->places[i] != 1) fail_msg("%.*s", PEN_STR_ARGS(word));
    }
}

static void what_does_not_stand_in_the_text_has_no_place(void **state)
{
    struct found *const found = *state;
    const struct pen_str text = PEN_STR("java.lang.Runtim System.IO.File $typ rO0A <sun (");
    pen_deser_find(found->index, text, found->places);
    for (size_t i = 0; i < PEN_DESER_WORDS; i++) {
        assert_int_equal(found->places[i], text.len);
    }
}

static void a_magic_stands_apart_and_has_a_stream_behind_it(void **state)
{
    struct found *const found = *state;
    static const struct {
        const char *why;
        struct pen_str text;
        size_t place; /* of "rO0AB", the first of the words */
    } rows[] = {
        {"within a longer token", PEN_STR("xrO0ABXNyABFqYXZh"), 17},
        {"behind one that does not count", PEN_STR("xrO0AB rO0ABXNyABFqYXZh"), 7},
        {"behind a sign of equality", PEN_STR("t=rO0ABXNyABFqYXZh"), 2},
        {"too short", PEN_STR("rO0ABXNyABF"), 11},
    };
    assert_true(pen_str_equal(pen_deser_words[0].text, PEN_S("rO0AB")));
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        pen_deser_find(found->index, rows[i].text, found->places);
        if (found->places[0] != rows[i].place) fail_msg("%s", rows[i].why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_holds_its_sign),
        cmocka_unit_test(every_word_is_found_where_it_stands_first),
        cmocka_unit_test(what_does_not_stand_in_the_text_has_no_place),
        cmocka_unit_test(a_magic_stands_apart_and_has_a_stream_behind_it),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
