/**
 * What both evaluators say of schemas and instances, for tests/schema/differential.
 *
 * Two lines come in, {"draft": "7", "format": true, "instances": [...]} and the schema; out goes a
 * letter for each instance (v valid, i invalid, l a limit, d when the evaluators differ), or
 * "refused" and why.
 */
#include <stdio.h>
#include <stdlib.h>

#include "filters/schema/schema.h"

#define MEMORY ((size_t)256 << 20) /* far above what a case takes */
#define BLOCK  ((size_t)1 << 16)
#define STEPS  UINT64_C(20000000) /* more than a second: no case made at random takes it */

struct driver {
    struct pen_arena *arena;
    struct pen_scratch *scratch;
};

static void require(bool condition, const char *what)
{
    if (condition) return;
    fprintf(stderr, "schema_verdicts: %s\n", what);
    exit(2);
}

static char verdict_on(const struct driver *d, const struct pen_schema *schema,
                       const struct pen_json *instance)
{
    uint64_t steps = STEPS;
    const struct pen_schema_run run = {
        .arena = d->arena, .scratch = d->scratch, .steps_left = &steps};
    bool valid = false;
    const enum pen_status flag = pen_schema_is_valid(schema, instance, &run, &valid);
    steps = STEPS;
    const struct pen_schema_unit *unit = NULL;
    const enum pen_status full = pen_schema_evaluate(schema, instance, &run, &unit);
    if (flag != full) return 'd';
    if (flag != PEN_OK) return 'l';
    if (unit->valid != valid) return 'd';
    return valid ? 'v' : 'i';
}

static bool is_word(const struct pen_json *object, const char *name, const char *word)
{
    const struct pen_json *const member = pen_json_member(object, pen_str_from_c(name));
    return pen_str_equal(pen_json_string_or(member, PEN_S("")), pen_str_from_c(word));
}

static const struct pen_json *read_line(const struct driver *d, struct pen_str line)
{
    const struct pen_json_limits limits = {.any_number = true};
    const struct pen_json *root = NULL;
    require(pen_json_read(line, &limits, d->arena, &root, NULL) == PEN_OK, "a line is no JSON");
    return root;
}

static void answer(const struct driver *d, struct pen_str first, struct pen_str second)
{
    const struct pen_json *const request = read_line(d, first);
    const struct pen_json *const format = pen_json_member(request, PEN_S("format"));
    const struct pen_schema_options options = {
        .draft = is_word(request, "draft", "7") ? PEN_SCHEMA_DRAFT_7 : PEN_SCHEMA_2020_12,
        .assert_format = format != NULL && format->type == PEN_JSON_TRUE,
    };
    const struct pen_schema *schema = NULL;
    struct pen_schema_error error = {0};
    const enum pen_status status =
        pen_schema_compile(read_line(d, second), &options, d->arena, &schema, &error);
    require(status != PEN_ERR_NOMEM, "no memory");
    if (status != PEN_OK) {
        printf("refused %s %s %s\n", error.path, error.keyword, error.sentence);
        return;
    }
    const struct pen_json *const instances = pen_json_member(request, PEN_S("instances"));
    for (const struct pen_json *i = instances->first; i != NULL; i = i->next) {
        putchar(verdict_on(d, schema, i));
    }
    putchar('\n');
}

int main(void)
{
    struct driver d = {0};
    struct pen_patterns *none = NULL;
    require(pen_patterns_create(NULL, 0, &none, NULL) == PEN_OK
                && pen_patterns_scratch(none, &d.scratch) == PEN_OK
                && pen_arena_create(MEMORY, BLOCK, &d.arena) == PEN_OK,
            "no memory");
    char *first = NULL;
    char *second = NULL;
    size_t rooms[2] = {0, 0};
    for (;;) {
        const ssize_t length = getline(&first, &rooms[0], stdin);
        const ssize_t other = length < 0 ? -1 : getline(&second, &rooms[1], stdin);
        if (other < 0) break;
        answer(&d, (struct pen_str){first, (size_t)length},
               (struct pen_str){second, (size_t)other});
        pen_arena_reset(d.arena);
    }
    free(first);
    free(second);
    pen_arena_destroy(d.arena);
    pen_patterns_scratch_destroy(d.scratch);
    pen_patterns_destroy(none);
    return fflush(stdout) == 0 ? 0 : 2;
}
