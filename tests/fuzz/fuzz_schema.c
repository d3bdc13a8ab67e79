/**
 * The JSON Schema compiler and both evaluators. The input is a schema, or a schema, a NUL and an
 * instance: refused with a sentence and a path, or compiled, and then both evaluations come to the
 * same verdict, twice, on the instance, on some fixed ones and on the schema itself.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "filters/core/utf8.h"
#include "filters/schema/output.h"

#define MEMORY ((size_t)64 << 20)
#define STEPS  2000000 /* some 50 ms: more finds nothing new */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) abort();
}

static const char *const instances[] = {
    "null",
    "true",
    "0",
    "-1.50e1",
    "18446744073709551616",
    "1e400",
    "\"\"",
    "\"a\"",
    "\"2026-11-27T19:30:00Z\"",
    "\"\\u00e4\\ud83d\\ude00'--\"",
    "[]",
    "[1,1.0,\"a\",null,[],{\"a\":1}]",
    "{}",
    "{\"a\":1,\"b\":\"x\",\"foo\":[1,2],\"bar\":{\"a\":null}}",
    "{\"$ref\":\"#\",\"type\":\"string\"}",
};

struct engine {
    struct pen_patterns *none;
    struct pen_scratch *scratch;
};

static const struct engine *engine(void)
{
    static struct engine made;
    if (made.scratch != NULL) return &made;
    require(pen_patterns_create(NULL, 0, &made.none, NULL) == PEN_OK);
    require(pen_patterns_scratch(made.none, &made.scratch) == PEN_OK);
    return &made;
}

static const struct pen_json *read_json(struct pen_str text, struct pen_arena *arena)
{
    const struct pen_json_limits limits = {.any_number = true};
    const struct pen_json *root = NULL;
    return pen_json_read(text, &limits, arena, &root, NULL) == PEN_OK ? root : NULL;
}

static void check_output(const struct pen_schema_unit *unit, struct pen_arena *arena)
{
    static char memory[1 << 20];
    for (int form = PEN_SCHEMA_FLAG; form <= PEN_SCHEMA_VERBOSE; form++) {
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        pen_schema_output(unit, (enum pen_schema_form)form, &buf);
        if (buf.full) continue;
        const struct pen_json_limits limits = {.depth = 4096, .any_number = true};
        const struct pen_json *root = NULL;
        const enum pen_status status =
            pen_json_read(pen_buf_str(&buf), &limits, arena, &root, NULL);
        require(status == PEN_OK || status == PEN_ERR_NOMEM);
        if (status == PEN_OK) require(pen_json_member(root, PEN_S("valid")) != NULL);
    }
    const struct pen_schema_unit *const failure = pen_schema_next_failure(unit, NULL);
    require((failure == NULL) == unit->valid);
}

static void check_instance(const struct pen_schema *schema, const struct pen_json *instance,
                           struct pen_arena *arena)
{
    if (instance == NULL) return;
    uint64_t steps = STEPS;
    const struct pen_schema_run run = {
        .arena = arena, .scratch = engine()->scratch, .steps_left = &steps};
    bool valid = false;
    const enum pen_status status = pen_schema_is_valid(schema, instance, &run, &valid);
    require(status == PEN_OK || status == PEN_ERR_LIMIT || status == PEN_ERR_NOMEM);

    steps = STEPS;
    bool again = false;
    struct pen_schema_values harmless = {0};
    const enum pen_status other =
        pen_schema_find_harmless(schema, instance, &run, &again, &harmless);
    if (status == PEN_OK && other == PEN_OK) require(valid == again);
    require(again || harmless.count == 0);

    steps = STEPS;
    const struct pen_schema_unit *unit = NULL;
    if (pen_schema_evaluate(schema, instance, &run, &unit) != PEN_OK) return;
    if (status == PEN_OK) require(unit->valid == valid);
    check_output(unit, arena);
}

static void check_error(const struct pen_schema_error *error, enum pen_status status)
{
    if (status == PEN_ERR_NOMEM) return;
    require(status == PEN_ERR_INVALID || status == PEN_ERR_NOT_FOUND || status == PEN_ERR_SYNTAX
            || status == PEN_ERR_UNSUPPORTED || status == PEN_ERR_LIMIT);
    require(error->sentence[0] != '\0' && strchr(error->path, '#') != NULL);
}

static void check(struct pen_str source, struct pen_str instance, bool old)
{
    struct pen_arena *arena = NULL;
    struct pen_arena *work = NULL;
    require(pen_arena_create(MEMORY, 65536, &arena) == PEN_OK);
    require(pen_arena_create(MEMORY, 65536, &work) == PEN_OK);
    const struct pen_json *const text = read_json(source, arena);
    const struct pen_schema_options options = {
        .draft = old ? PEN_SCHEMA_DRAFT_7 : PEN_SCHEMA_2020_12,
        .assert_format = true,
        .assert_content = true,
        .nodes = 2000,
    };
    const struct pen_schema *schema = NULL;
    struct pen_schema_error error = {0};
    const enum pen_status status =
        text == NULL ? PEN_ERR_NOMEM : pen_schema_compile(text, &options, arena, &schema, &error);
    if (status != PEN_OK) {
        check_error(&error, status);
    } else {
        check_instance(schema, read_json(instance, work), work);
        check_instance(schema, text, work);
        for (size_t i = 0; i < PEN_COUNT_OF(instances); i++) {
            pen_arena_reset(work);
            check_instance(schema, read_json(pen_str_from_c(instances[i]), work), work);
        }
    }
    pen_arena_destroy(work);
    pen_arena_destroy(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct pen_str text = {(const char *)data, size};
    const size_t end = pen_str_find(text, '\0', 0);
    const struct pen_str source = pen_str_slice(text, 0, end);
    const struct pen_str instance = pen_str_slice(text, end + 1, size);
    check(source, instance, false);
    check(source, instance, true);
    return 0;
}
