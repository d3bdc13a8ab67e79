/** One body through the event reader, its leaves spelled out: what tests of readers share. */
#ifndef PEN_TESTS_BODY_CASE_H
#define PEN_TESTS_BODY_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "filters/core/event.h"

#define SPELLED 16384

/* Every leaf as "path=text|codings;", in order. */
static inline struct pen_str spell_leaves(const struct pen_event *event, struct pen_arena *arena)
{
    struct pen_buf buf = {.ptr = pen_arena_bytes(arena, SPELLED), .cap = SPELLED};
    assert_non_null(buf.ptr);
    for (uint32_t i = 0; i < event->leaf_count; i++) {
        pen_leaf_path(pen_event_leaf(event, i), &buf);
        pen_buf_byte(&buf, '=');
        pen_buf_put(&buf, pen_event_leaf(event, i)->text);
        if (pen_event_leaf(event, i)->from != NULL) pen_buf_byte(&buf, '|');
        pen_leaf_codings(pen_event_leaf(event, i), &buf);
        pen_buf_byte(&buf, ';');
    }
    assert_false(buf.full);
    return pen_buf_str(&buf);
}

/* Read it; fails unless the leaves are these. */
static inline void expect_leaves(const char *why, const struct pen_event_input *input,
                                 struct pen_str leaves, struct pen_arena *arena)
{
    struct pen_event event;
    struct pen_json_error error = {0};
    if (pen_event_decode(input, NULL, arena, &event, &error) != PEN_OK) {
        fail_msg("%s: %s at %zu", why, error.code, error.offset);
    }
    const struct pen_str spelled = spell_leaves(&event, arena);
    if (!pen_str_equal(spelled, leaves)) fail_msg("%s: %.*s", why, PEN_STR_ARGS(spelled));
    for (uint32_t i = 0; i < event.leaf_count; i++) {
        const struct pen_leaf *const leaf = pen_event_leaf(&event, i);
        if (leaf->from != NULL || input->body.len == 0) continue;
        /* What was not decoded stands in the body where the leaf says. */
        const struct pen_str raw = pen_str_slice(input->body, leaf->place.start, leaf->place.end);
        if (!pen_str_equal(raw, leaf->text)) fail_msg("%s: leaf %u is elsewhere", why, i);
    }
}

/* Read it; fails unless it is refused with this. */
static inline void expect_refusal(const char *why, const struct pen_event_input *input,
                                  enum pen_status status, const char *code, struct pen_arena *arena)
{
    struct pen_event event;
    struct pen_json_error error = {.code = "passed"};
    const enum pen_status got = pen_event_decode(input, NULL, arena, &event, &error);
    if (got != status || error.code == NULL || strcmp(error.code, code) != 0) {
        fail_msg("%s: %s %s at %zu", why, pen_status_name(got),
                 error.code == NULL ? "without a code" : error.code, error.offset);
    }
    assert_true(error.offset <= input->body.len + input->query.len);
}

#endif
