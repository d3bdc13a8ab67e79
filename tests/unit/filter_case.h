/** A text through one filter's place in the default chain, for the detectors' tests. */
#ifndef PEN_TEST_FILTER_CASE_H
#define PEN_TEST_FILTER_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "filters/chain.h"

struct filter_case {
    struct pen_ruleset *ruleset;
    struct pen_scratch *scratch;
    struct pen_arena *arena;
    struct pen_arena *chain_arena;
    const struct pen_chain *chain;
    struct pen_scan scan;
    struct pen_event event;
};

/* Compiled once a program: with the sanitizers it takes seconds. */
static struct pen_ruleset *filter_case_ruleset;

__attribute__((destructor)) static void filter_case_forget(void)
{
    pen_ruleset_release(filter_case_ruleset);
}

static inline void filter_case_open(struct filter_case *c, const struct pen_policy *policy)
{
    struct pen_error err = {0};
    if (filter_case_ruleset == NULL) {
        assert_int_equal(pen_ruleset_create(&filter_case_ruleset, &err), PEN_OK);
    }
    c->ruleset = pen_ruleset_acquire(filter_case_ruleset);
    assert_int_equal(pen_scratch_create(c->ruleset, &c->scratch), PEN_OK);
    assert_int_equal(pen_arena_create((size_t)8 << 20, 65536, &c->arena), PEN_OK);
    assert_int_equal(pen_arena_create((size_t)1 << 20, 4096, &c->chain_arena), PEN_OK);
    assert_int_equal(pen_chain_create(c->ruleset, policy, c->chain_arena, &c->chain, &err), PEN_OK);
}

static inline void filter_case_close(struct filter_case *c)
{
    pen_arena_destroy(c->chain_arena);
    pen_arena_destroy(c->arena);
    pen_scratch_destroy(c->scratch);
    pen_ruleset_release(c->ruleset);
}

static inline enum pen_status filter_case_inspect(struct filter_case *c,
                                                  const struct pen_event_input *input,
                                                  struct pen_judgement *judgement)
{
    struct pen_json_error error = {0};
    *judgement = (struct pen_judgement){0};
    pen_arena_reset(c->arena);
    if (pen_event_decode(input, NULL, c->arena, &c->event, &error) != PEN_OK) {
        fail_msg("%s at %zu", error.code, error.offset);
    }
    pen_scan_init(&c->scan, c->arena, c->scratch, pen_scan_steps(c->event.leaf_bytes));
    return pen_chain_inspect(c->chain, &c->event, 0, &c->scan, judgement);
}

static inline struct pen_judgement filter_case_event(struct filter_case *c,
                                                     const struct pen_event_input *input)
{
    struct pen_judgement judgement;
    assert_int_equal(filter_case_inspect(c, input, &judgement), PEN_OK);
    return judgement;
}

/** The text as the whole body of a text event: one leaf and its decoded forms. */
static inline struct pen_judgement filter_case_text(struct filter_case *c, struct pen_str text)
{
    const struct pen_event_input input = {.body = text, .body_kind = PEN_BODY_TEXT};
    return filter_case_event(c, &input);
}

/** The highest score of this filter's findings in the last inspection. */
static inline uint32_t filter_case_score(const struct filter_case *c, const char *filter)
{
    uint32_t best = 0;
    for (uint32_t i = 0; i < c->scan.finding_count; i++) {
        if (strcmp(c->scan.findings[i].filter, filter) == 0 && c->scan.findings[i].score > best) {
            best = c->scan.findings[i].score;
        }
    }
    return best;
}

/** This rule would block by itself; another filter may be surer of the same text. */
static inline bool filter_case_reports(const struct filter_case *c, const char *rule)
{
    for (uint32_t i = 0; i < c->scan.finding_count; i++) {
        if (strcmp(c->scan.findings[i].rule, rule) == 0 && c->scan.findings[i].score >= 70) {
            return true;
        }
    }
    return false;
}

struct filter_row {
    const char *why;
    struct pen_str text;
};

/** Each text is blocked, and by this filter: another one proves nothing about it. */
static inline void filter_case_blocks(struct filter_case *c, const char *filter,
                                      const struct filter_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct pen_judgement judgement = filter_case_text(c, rows[i].text);
        if (judgement.verdict != PEN_BLOCK || filter_case_score(c, filter) < 70) {
            fail_msg("%s: %s %s", rows[i].why, pen_verdict_name(judgement.verdict),
                     judgement.reason);
        }
    }
}

/** No text is reported by this filter, not even as a hint, nor blocked by any. */
static inline void filter_case_passes(struct filter_case *c, const char *filter,
                                      const struct filter_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct pen_judgement judgement = filter_case_text(c, rows[i].text);
        if (judgement.verdict == PEN_BLOCK || filter_case_score(c, filter) > 0) {
            fail_msg("%s: %s %s", rows[i].why, pen_verdict_name(judgement.verdict),
                     judgement.reason);
        }
    }
}

/* Steps for each byte of an event's text, all filters that its leaves wake together: what the
   dearest of the texts here cost (188: "${${a}" with all shipped patches), and a fifth more;
   pen_scan_steps() grants 256. */
#define FILTER_CASE_STEPS 230

enum filter_case_lead {
    FILTER_CASE_NOTHING,
    FILTER_CASE_LETTER, /* so that it is no document of another kind, whose depth is bounded */
    FILTER_CASE_BLANKS, /* half of the text, which each piece could be tempted to skip anew */
};

/* `piece` up to `bytes`, inspected to the end. Steps that were spent, and the bytes of text, in all
   decoded forms, for which. */
static inline uint64_t filter_case_spends(struct filter_case *c, enum filter_case_lead lead,
                                          struct pen_str piece, size_t bytes, size_t *text_bytes)
{
    static char text[1 << 18];
    struct pen_buf buf = pen_buf_over(text, bytes);
    if (lead == FILTER_CASE_LETTER) pen_buf_byte(&buf, 'x');
    while (lead == FILTER_CASE_BLANKS && buf.len < bytes / 2) {
        pen_buf_byte(&buf, ' ');
    }
    while (!buf.full) {
        pen_buf_put(&buf, piece);
    }
    const struct pen_event_input input = {.body = pen_buf_str(&buf), .body_kind = PEN_BODY_TEXT};
    struct pen_judgement judgement;
    /* A filter may refuse what was made to keep it busy: sooner than it uses up its steps. */
    const enum pen_status status = filter_case_inspect(c, &input, &judgement);
    assert_true(status == PEN_OK || (status == PEN_ERR_LIMIT && c->scan.steps_left > 0));
    *text_bytes = c->event.leaf_bytes;
    return pen_scan_steps(c->event.leaf_bytes) - c->scan.steps_left;
}

/** No byte costs more than its steps, and none of a long text more than one of a short text. */
static inline void filter_case_is_linear(struct filter_case *c, enum filter_case_lead lead,
                                         struct pen_str piece)
{
    size_t few = 0;
    size_t many = 0;
    const uint64_t small = filter_case_spends(c, lead, piece, 1 << 14, &few);
    const uint64_t large = filter_case_spends(c, lead, piece, 1 << 18, &many);
    if (small > FILTER_CASE_STEPS * few || large > FILTER_CASE_STEPS * many) {
        fail_msg("\"%.*s\": %lu steps for %zu bytes, %lu for %zu", PEN_STR_ARGS(piece),
                 (unsigned long)small, few, (unsigned long)large, many);
    }
    /* A quarter more: some filters do not look at every length. */
    if (large / many > small / few * 5 / 4 + 1) {
        fail_msg("\"%.*s\" is not linear: %lu steps for %zu bytes, %lu for %zu",
                 PEN_STR_ARGS(piece), (unsigned long)small, few, (unsigned long)large, many);
    }
}

/** Each piece again and again: inspected to the end, in steps that grow as the text does. */
static inline void filter_case_endures(struct filter_case *c, const struct pen_str *pieces,
                                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        filter_case_is_linear(c, FILTER_CASE_NOTHING, pieces[i]);
        filter_case_is_linear(c, FILTER_CASE_BLANKS, pieces[i]);
    }
}

/** The texts weigh only where the function declares the sink. */
static inline void filter_case_needs_sink(const char *filter, struct pen_str sink,
                                          const struct filter_row *rows, size_t count)
{
    const struct pen_policy policy = {.sinks = &sink, .sink_count = 1};
    struct filter_case plain;
    struct filter_case declared;
    filter_case_open(&plain, NULL);
    filter_case_open(&declared, &policy);
    for (size_t i = 0; i < count; i++) {
        if (filter_case_text(&plain, rows[i].text).verdict == PEN_BLOCK) {
            fail_msg("%s: blocked without the sink", rows[i].why);
        }
        if (filter_case_text(&declared, rows[i].text).verdict != PEN_BLOCK
            || filter_case_score(&declared, filter) < 50) {
            fail_msg("%s: passes in spite of the sink", rows[i].why);
        }
    }
    filter_case_close(&declared);
    filter_case_close(&plain);
}

#endif
