/** Documents as texts, for the tests of the JSON reader. */
#ifndef PEN_TEST_JSON_CASE_H
#define PEN_TEST_JSON_CASE_H

#include <string.h>

#include "filters/core/json.h"
#include "tests/unit/arena_case.h"

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
