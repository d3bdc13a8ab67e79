/** Documents as texts, for the tests of the JSON reader. */
#ifndef PEN_TEST_JSON_CASE_H
#define PEN_TEST_JSON_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "filters/core/json.h"

static struct pen_arena *arena;

static inline int set_up(void **state)
{
    (void)state;
    return pen_arena_create((size_t)16 << 20, 4096, &arena) == PEN_OK ? 0 : -1;
}

static inline int tear_down(void **state)
{
    (void)state;
    pen_arena_destroy(arena);
    return 0;
}

static inline const struct pen_json *read_ok(struct pen_str source)
{
    const struct pen_json *root = NULL;
    struct pen_json_error error = {0};
    if (pen_json_read(source, NULL, arena, &root, &error) != PEN_OK) {
        fail_msg("%.*s: %s at %zu", PEN_STR_ARGS(source), error.code, error.offset);
    }
    return root;
}

#endif
