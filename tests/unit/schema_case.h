/** A schema and values as texts, for the tests of the JSON Schema engine. */
#ifndef PEN_TEST_SCHEMA_CASE_H
#define PEN_TEST_SCHEMA_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "filters/schema/output.h"

struct schema_case {
    struct pen_arena *arena; /* of the schema */
    struct pen_arena *work;  /* of evaluations */
    struct pen_patterns *patterns;
    struct pen_scratch *scratch;
    const struct pen_schema *schema;
    struct pen_schema_error error;
    uint64_t steps;
    struct pen_schema_run run;
};

static inline const struct pen_json *schema_case_json(struct pen_arena *arena, const char *text)
{
    const struct pen_json *root = NULL;
    const struct pen_json_limits limits = {.any_number = true};
    if (pen_json_read(pen_str_from_c(text), &limits, arena, &root, NULL) != PEN_OK) {
        fail_msg("no JSON: %s", text);
    }
    return root;
}

static inline int schema_case_open(void **state)
{
    static struct schema_case c;
    c = (struct schema_case){.steps = UINT64_C(10000000)};
    assert_int_equal(pen_arena_create((size_t)64 << 20, 65536, &c.arena), PEN_OK);
    assert_int_equal(pen_arena_create((size_t)64 << 20, 65536, &c.work), PEN_OK);
    assert_int_equal(pen_patterns_create(NULL, 0, &c.patterns, NULL), PEN_OK);
    assert_int_equal(pen_patterns_scratch(c.patterns, &c.scratch), PEN_OK);
    c.run = (struct pen_schema_run){.arena = c.work, .scratch = c.scratch, .steps_left = &c.steps};
    *state = &c;
    return 0;
}

static inline int schema_case_close(void **state)
{
    struct schema_case *const c = *state;
    pen_patterns_scratch_destroy(c->scratch);
    pen_patterns_destroy(c->patterns);
    pen_arena_destroy(c->work);
    pen_arena_destroy(c->arena);
    return 0;
}

static inline enum pen_status schema_case_try(struct schema_case *c, const char *schema,
                                              const struct pen_schema_options *options)
{
    return pen_schema_compile(schema_case_json(c->arena, schema), options, c->arena, &c->schema,
                              &c->error);
}

static inline void schema_case_with(struct schema_case *c, const char *schema,
                                    const struct pen_schema_options *options)
{
    if (schema_case_try(c, schema, options) != PEN_OK) {
        fail_msg("not compiled: %s %s: %s", c->error.path, c->error.keyword, c->error.sentence);
    }
}

static inline void schema_case_compile(struct schema_case *c, const char *schema)
{
    const struct pen_schema_options options = {.assert_format = true};
    schema_case_with(c, schema, &options);
}

/* The verdict of both evaluators, which must agree. */
static inline bool schema_case_valid(struct schema_case *c, const char *instance)
{
    bool valid = false;
    const struct pen_schema_unit *unit = NULL;
    const struct pen_json *const value = schema_case_json(c->work, instance);
    assert_int_equal(pen_schema_is_valid(c->schema, value, &c->run, &valid), PEN_OK);
    assert_int_equal(pen_schema_evaluate(c->schema, value, &c->run, &unit), PEN_OK);
    assert_int_equal(unit->valid, valid);
    return valid;
}

static inline void schema_case_takes(struct schema_case *c, const char *instance)
{
    if (!schema_case_valid(c, instance)) fail_msg("refused: %s", instance);
}

static inline void schema_case_refuses(struct schema_case *c, const char *instance)
{
    if (schema_case_valid(c, instance)) fail_msg("taken: %s", instance);
}

#define SCHEMA_TEST(name) cmocka_unit_test_setup_teardown(name, schema_case_open, schema_case_close)

#endif
