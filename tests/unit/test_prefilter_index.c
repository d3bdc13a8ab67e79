/** The search for all forms at once, held against each expression alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "filters/prefilter_search.h"
#include "filters/registry.h"

#define TEXT_BYTES   200 /* more than the search looks at in one go */
#define LEAVES       3
#define ROUNDS       4000
#define STEPS        1000000
#define STEPS_A_BYTE 10 /* of one filter's forms */

/* The triggers of one filter, each with a bit of its own. */
struct searched {
    const struct pen_filter *filter;
    struct pen_arena *arena;
    struct pen_watch *watches;
    size_t watch_count;
    uint64_t bit;
    struct pen_index *index;
    struct pen_scratch *scratch;
    struct pen_regex *regexes[64];
};

static enum pen_status take(void *context, const struct pen_trigger_form *form)
{
    struct searched *const it = context;
    assert_true(it->watch_count < PEN_WATCHES_MOST);
    pen_watch_make(it->index->kinds, form, it->bit, &it->watches[it->watch_count++]);
    return PEN_OK;
}

static void open_searched(struct searched *it, const struct pen_filter *filter)
{
    struct pen_error err = {.text = ""};
    *it = (struct searched){.filter = filter};
    it->watches = calloc(PEN_WATCHES_MOST, sizeof(*it->watches));
    it->index = calloc(1, sizeof(*it->index));
    assert_true(it->watches != NULL && it->index != NULL && filter->trigger_count <= 64);
    assert_int_equal(pen_arena_create((size_t)8 << 20, 4096, &it->arena), PEN_OK);
    pen_index_kinds(it->index->kinds);
    for (size_t t = 0; t < filter->trigger_count; t++) {
        const struct pen_trigger *const trigger = &filter->triggers[t];
        const struct pen_str expression = pen_str_from_c(trigger->pattern);
        it->bit = (uint64_t)1 << t;
        assert_int_equal(
            pen_trigger_compile(expression, trigger->caseless, it->arena, take, it, &err), PEN_OK);
        assert_int_equal(pen_regex_create(expression, trigger->caseless, &it->regexes[t], &err),
                         PEN_OK);
    }
    assert_int_equal(pen_index_build(it->watches, it->watch_count, it->arena, it->index, &err),
                     PEN_OK);
    assert_int_equal(pen_patterns_scratch(it->index->patterns, &it->scratch), PEN_OK);
}

static void close_searched(struct searched *it)
{
    for (size_t t = 0; t < it->filter->trigger_count; t++) {
        pen_regex_destroy(it->regexes[t]);
    }
    pen_patterns_scratch_destroy(it->scratch);
    pen_patterns_destroy(it->index->patterns);
    pen_arena_destroy(it->arena);
    free(it->index);
    free(it->watches);
}

/* Texts of pieces of the filter's expressions, so that much of them nearly stands. */
static size_t fill(const struct pen_filter *filter, char *text, size_t want)
{
    static const char others[] = " \n\r\t'\"(){}[]<>=;:/\\|&$%#@!?*+-._,aeox019\x80\xe2\xd0";
    size_t len = 0;
    while (len < want) {
        if (rand() % 4 == 0) {
            text[len++] = others[(size_t)rand() % (sizeof(others) - 1)];
            continue;
        }
        const struct pen_str expression =
            pen_str_from_c(filter->triggers[(size_t)rand() % filter->trigger_count].pattern);
        const size_t start = (size_t)rand() % expression.len;
        for (size_t i = start, n = 1 + (size_t)rand() % 9; i < expression.len && n > 0; i++, n--) {
            if (expression.ptr[i] == '\\' && rand() % 4 != 0) continue;
            if (len < want) text[len++] = expression.ptr[i];
        }
    }
    return len;
}

static bool stands(const struct searched *it, size_t trigger, struct pen_str text)
{
    struct pen_span place;
    uint64_t steps = STEPS;
    assert_int_equal(pen_regex_find(it->regexes[trigger], it->scratch, text, 0, &steps, &place),
                     PEN_OK);
    return place.start < text.len;
}

/* What fires in each of a few texts side by side; the leaf with a gap on either side, as it lies in
   an event, decides what is right. */
static void check_round(const struct searched *it, size_t *stood, size_t *fired)
{
    char memory[1 + LEAVES * (TEXT_BYTES + 1)];
    size_t ends[LEAVES];
    uint64_t wake[LEAVES] = {0};
    uint64_t touched = 0;
    uint64_t steps = STEPS;
    size_t len = 1;
    memory[0] = PEN_EVENT_GAP; /* no part of the event */
    for (size_t i = 0; i < LEAVES; i++) {
        len += fill(it->filter, memory + len, 1 + (size_t)rand() % TEXT_BYTES);
        ends[i] = len - 1;
        memory[len++] = PEN_EVENT_GAP;
    }
    struct pen_event event = {.text = {memory + 1, len - 1},
                              .text_ends = ends,
                              .wake = wake,
                              .touched = &touched,
                              .leaf_count = LEAVES};
    assert_int_equal(pen_index_search(it->index, &event, it->scratch, &steps), PEN_OK);
    for (size_t i = 0; i < LEAVES; i++) {
        const size_t start = i == 0 ? 0 : ends[i - 1] + 1;
        assert_int_equal(touched >> i & 1, wake[i] != 0);
        for (size_t t = 0; t < it->filter->trigger_count; t++) {
            const bool fires = (wake[i] >> t & 1) != 0;
            const struct pen_str alone = {memory + 1 + start, ends[i] - start};
            const struct pen_str between = {memory + start, ends[i] - start + 2};
            const bool right = stands(it, t, alone) || stands(it, t, between);
            if (right && !fires) {
                fail_msg("%s: %s misses \"%.*s\"", it->filter->name,
                         it->filter->triggers[t].pattern, PEN_STR_ARGS(alone));
            }
            *stood += right;
            *fired += fires;
        }
    }
}

static void finds_what_each_expression_alone_finds(void **state)
{
    (void)state;
    size_t stood = 0;
    size_t fired = 0;
    srand(7);
    for (size_t f = 0; f < pen_registry_count(); f++) {
        const struct pen_filter *const filter = pen_registry_at(f);
        struct searched it;
        if (filter->trigger_count == 0) continue;
        open_searched(&it, filter);
        for (size_t round = 0; round < ROUNDS / filter->trigger_count; round++) {
            check_round(&it, &stood, &fired);
        }
        close_searched(&it);
    }
    assert_true(stood > 10000);
    /* What fires for more than it must wakes lexers for nothing. */
    assert_in_range(fired, stood, stood + stood / 50);
}

/* "amport (" is "import (" but for its first letter. */
static void places_that_nearly_stand_are_paid_for(void **state)
{
    (void)state;
    struct searched it;
    static char text[4096];
    const size_t end = sizeof(text) - 1;
    uint64_t wake = 0;
    open_searched(&it, pen_registry_at(pen_registry_find(PEN_S("code"))));
    for (size_t i = 0; i < end; i++) {
        text[i] = "amport ("[i % 8];
    }
    text[end] = PEN_EVENT_GAP;
    uint64_t touched = 0;
    struct pen_event event = {.text = {text, sizeof(text)},
                              .text_ends = &end,
                              .wake = &wake,
                              .touched = &touched,
                              .leaf_count = 1};
    uint64_t steps = STEPS;
    assert_int_equal(pen_index_search(it.index, &event, it.scratch, &steps), PEN_OK);
    const uint64_t spent = STEPS - steps;
    assert_in_range(spent, 1, 64 * sizeof(text));
    steps = spent - 1;
    wake = 0;
    assert_int_equal(pen_index_search(it.index, &event, it.scratch, &steps), PEN_ERR_LIMIT);
    assert_int_equal(steps, 0);
    close_searched(&it);
}

/* What did not stand at places with the same around them is not taken to be so where one byte, at
   whatever distance, is another. */
static void places_that_nearly_stand_hide_none_that_does(void **state)
{
    (void)state;
    size_t stood = 0;
    srand(11);
    for (size_t f = 0; f < pen_registry_count(); f++) {
        const struct pen_filter *const filter = pen_registry_at(f);
        struct searched it;
        if (filter->trigger_count == 0) continue;
        open_searched(&it, filter);
        for (size_t round = 0; round < 20; round++) {
            static char text[2001];
            const size_t end = sizeof(text) - 1;
            const size_t period = fill(filter, text, 40);
            uint64_t wake = 0;
            uint64_t touched = 0;
            uint64_t steps = STEPS;
            struct pen_event event = {.text = {text, sizeof(text)},
                                      .text_ends = &end,
                                      .wake = &wake,
                                      .touched = &touched,
                                      .leaf_count = 1};
            for (size_t i = period; i < end; i++) {
                text[i] = text[i - period];
            }
            text[1000 + (size_t)rand() % 400] = text[(size_t)rand() % period];
            text[end] = PEN_EVENT_GAP;
            assert_int_equal(pen_index_search(it.index, &event, it.scratch, &steps), PEN_OK);
            for (size_t t = 0; t < filter->trigger_count; t++) {
                const bool right = stands(&it, t, (struct pen_str){text, end});
                if (right && (wake >> t & 1) == 0) {
                    fail_msg("%s: %s misses \"%.*s\"", filter->name, filter->triggers[t].pattern,
                             (int)end, text);
                }
                stood += right;
            }
        }
        close_searched(&it);
    }
    assert_true(stood > 100);
}

/* A mark that many forms end with, behind what each of them would have to skip. */
static void no_text_makes_it_look_far(void **state)
{
    (void)state;
    static const struct pen_str pieces[] = {
        PEN_STR("`"),     PEN_STR("("),    PEN_STR("  ("), PEN_STR(" ("),   PEN_STR("t ("),
        PEN_STR("a=("),   PEN_STR("' "),   PEN_STR("=="),  PEN_STR("t((("), PEN_STR("        ("),
        PEN_STR("or or"), PEN_STR("\n--"), PEN_STR("."),   PEN_STR("$_$"),  PEN_STR("a:"),
    };
    static char text[16384];
    const size_t end = sizeof(text) - 1;
    for (size_t f = 0; f < pen_registry_count(); f++) {
        const struct pen_filter *const filter = pen_registry_at(f);
        struct searched it;
        if (filter->trigger_count == 0) continue;
        open_searched(&it, filter);
        for (size_t p = 0; p < PEN_COUNT_OF(pieces); p++) {
            for (size_t i = 0; i < end; i++) {
                text[i] = pieces[p].ptr[i % pieces[p].len];
            }
            text[end] = PEN_EVENT_GAP;
            uint64_t wake = 0;
            uint64_t steps = STEPS;
            uint64_t touched = 0;
            struct pen_event event = {.text = {text, sizeof(text)},
                                      .text_ends = &end,
                                      .wake = &wake,
                                      .touched = &touched,
                                      .leaf_count = 1};
            assert_int_equal(pen_index_search(it.index, &event, it.scratch, &steps), PEN_OK);
            if (STEPS - steps > STEPS_A_BYTE * sizeof(text)) {
                fail_msg("%s: \"%.*s\": %lu steps", filter->name, PEN_STR_ARGS(pieces[p]),
                         (unsigned long)(STEPS - steps));
            }
        }
        close_searched(&it);
    }
}

/* Literals of letters are found by three of them at every other place, others by the engine: at
   each place, at the ends of a text, and none that only begins or ends as they do. */
static void finds_literals_wherever_they_stand(void **state)
{
    (void)state;
    static const struct pen_trigger triggers[] = {
        {"evaluate", true, 0}, {"tRp[a-z]s", false, 0}, {"aced0005", false, 0},
        {"q1w2e3r4", true, 0}, {"basic ", false, 0},    {"node", false, 0},
    };
    static const struct {
        struct pen_str text;
        uint64_t fires;
    } rows[] = {
        {PEN_STR("eVALuate"), 1}, {PEN_STR("evaluata"), 0}, {PEN_STR("xvaluate"), 0},
        {PEN_STR("tRpas"), 2},    {PEN_STR("trpas"), 0},    {PEN_STR("aced0005"), 4},
        {PEN_STR("aced0004"), 0}, {PEN_STR("Q1w2e3r4"), 8}, {PEN_STR("basic "), 16},
        {PEN_STR("Basic "), 0},   {PEN_STR("node"), 32},    {PEN_STR("nod"), 0},
    };
    const struct pen_filter filter = {.triggers = triggers,
                                      .trigger_count = PEN_COUNT_OF(triggers)};
    struct searched it;
    open_searched(&it, &filter);
    for (size_t row = 0; row < PEN_COUNT_OF(rows); row++) {
        const struct pen_str one = rows[row].text;
        for (size_t place = 0; place < 140; place++) {
            for (size_t behind = 0; behind < 70; behind++) {
                char text[220];
                const size_t end = place + one.len + behind;
                memset(text, place % 3 == 0 ? 'x' : '.', sizeof(text));
                memcpy(text + place, one.ptr, one.len);
                text[end] = PEN_EVENT_GAP;
                uint64_t wake = 0;
                uint64_t steps = STEPS;
                uint64_t touched = 0;
                struct pen_event event = {.text = {text, end + 1},
                                          .text_ends = &end,
                                          .wake = &wake,
                                          .touched = &touched,
                                          .leaf_count = 1};
                assert_int_equal(pen_index_search(it.index, &event, it.scratch, &steps), PEN_OK);
                if (wake != rows[row].fires) {
                    fail_msg("\"%.*s\" at %zu: %lx", PEN_STR_ARGS(one), place, (unsigned long)wake);
                }
            }
        }
    }
    close_searched(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_each_expression_alone_finds),
        cmocka_unit_test(places_that_nearly_stand_are_paid_for),
        cmocka_unit_test(places_that_nearly_stand_hide_none_that_does),
        cmocka_unit_test(no_text_makes_it_look_far),
        cmocka_unit_test(finds_literals_wherever_they_stand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
