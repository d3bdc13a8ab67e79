/** Compiling the schema, evaluating it, and which of several failures is told. */
#include "gateway/config/judge.h"

#include <stdint.h>

#include "filters/schema/output.h"

/* Written by CMake from the published file. */
static const unsigned char schema_bytes[] = {
#include "gateway/config/penstock_schema.def"
};

/* For the results of a look at the largest file, each of them kept. */
#define MEMORY ((size_t)2 << 30)
#define BLOCK  ((size_t)64 << 10)

struct judging {
    struct pen_arena *arena;
    struct pen_scratch *scratch;
    struct pen_patterns *patterns;
    const struct pen_schema *schema;
};

struct pen_str pen_judge_schema_text(void)
{
    return (struct pen_str){(const char *)schema_bytes, sizeof(schema_bytes)};
}

/* ---- which failure is told ---- */

/* The first failure so far, by its place in the file, and how many there are. */
struct failures {
    const struct pen_schema_unit *first;
    size_t offset;
    size_t count;
};

static bool is_called(const struct pen_schema_unit *unit, struct pen_str keyword)
{
    return unit->is_keyword && pen_str_equal(unit->step, keyword);
}

static bool has_branches(const struct pen_schema_unit *unit)
{
    return is_called(unit, PEN_S("anyOf")) || is_called(unit, PEN_S("oneOf"));
}

/* Whoever reads a file from the top learns at the end of a mapping what is missing in it. */
static size_t noticed_at(const struct pen_schema_unit *unit)
{
    static const struct pen_str at_end[] = {
        PEN_STR("required"),      PEN_STR("minItems"), PEN_STR("maxItems"),
        PEN_STR("minProperties"), PEN_STR("oneOf"),    PEN_STR("maxProperties"),
    };
    const struct pen_json *const value = unit->instance;
    const size_t last = value->place.end > value->place.start ? value->place.end - 1 : 0;
    if (!unit->is_keyword && value->name.ptr != NULL) return value->name_place.start;
    for (size_t i = 0; i < PEN_COUNT_OF(at_end); i++) {
        if (pen_str_equal(unit->step, at_end[i])) return last;
    }
    return value->place.start;
}

static void add(struct failures *failures, const struct failures *others)
{
    failures->count += others->count;
    if (failures->first != NULL && failures->offset <= others->offset) return;
    failures->first = others->first;
    failures->offset = others->offset;
}

static void add_unit(struct failures *failures, const struct pen_schema_unit *unit)
{
    const struct failures one = {.first = unit, .offset = noticed_at(unit), .count = 1};
    add(failures, &one);
}

static bool has_words_of_type(const struct pen_schema_unit *unit)
{
    if (!is_called(unit, PEN_S("enum"))) return unit->source->type == unit->instance->type;
    for (const struct pen_json *word = unit->source->first; word != NULL; word = word->next) {
        if (word->type == unit->instance->type) return true;
    }
    return false;
}

/* Is it because of the value's type that it does not fit? */
static bool rejects_type(const struct pen_schema_unit *unit, const struct pen_json *value)
{
    const bool branches = has_branches(unit);
    bool all = true;
    for (const struct pen_schema_unit *u = unit->first; u != NULL; u = u->next) {
        if (u->valid || u->instance != value) {
            all = false;
            continue;
        }
        const bool words = is_called(u, PEN_S("enum")) || is_called(u, PEN_S("const"));
        const bool rejects =
            words ? !has_words_of_type(u) : is_called(u, PEN_S("type")) || rejects_type(u, value);
        if (rejects && !branches) return true;
        all = all && rejects;
    }
    return branches && all;
}

static void find_failures(struct failures *failures, const struct pen_schema_unit *unit);

/* Of several alternatives the one that was meant counts: by the value's type, or else the one with
 * the least that is wrong. Where neither tells, what all of them would take is said. */
static void choose_branch(struct failures *failures, const struct pen_schema_unit *unit)
{
    struct failures least = {.count = SIZE_MAX};
    size_t open = 0;
    for (const struct pen_schema_unit *branch = unit->first; branch != NULL;
         branch = branch->next) {
        if (branch->valid) {
            add_unit(failures, unit);
            return;
        }
        if (rejects_type(branch, unit->instance)) continue;
        struct failures own = {.count = 0};
        find_failures(&own, branch);
        if (own.first != NULL && own.count < least.count) least = own;
        open++;
    }
    const struct pen_json *const holder = unit->source->parent;
    const bool has_message = pen_json_member(holder, PEN_S("errorMessage")) != NULL;
    if (least.first == NULL || (open > 1 && has_message)) {
        add_unit(failures, unit);
    } else {
        add(failures, &least);
    }
}

static void find_failures(struct failures *failures, const struct pen_schema_unit *unit)
{
    for (const struct pen_schema_unit *u = unit->first; u != NULL; u = u->next) {
        if (u->valid) continue;
        if (has_branches(u)) {
            choose_branch(failures, u);
            continue;
        }
        if (u->sentence != NULL) add_unit(failures, u);
        if (!is_called(u, PEN_S("not"))) find_failures(failures, u);
    }
}

/* ---- the evaluation ---- */

static void end(struct judging *judging)
{
    pen_patterns_scratch_destroy(judging->scratch);
    pen_patterns_destroy(judging->patterns);
    pen_arena_destroy(judging->arena);
}

static enum pen_status begin(struct judging *judging, struct pen_str text, const char *at,
                             struct pen_schema_error *error)
{
    const struct pen_schema_options options = {.assert_format = true, .at = pen_str_from_c(at)};
    const struct pen_json *document = NULL;
    PEN_TRY(pen_arena_create(MEMORY, BLOCK, &judging->arena));
    PEN_TRY(pen_patterns_create(NULL, 0, &judging->patterns, NULL));
    PEN_TRY(pen_patterns_scratch(judging->patterns, &judging->scratch));
    PEN_TRY(pen_json_read(text, NULL, judging->arena, &document, NULL));
    return pen_schema_compile(document, &options, judging->arena, &judging->schema, error);
}

static enum pen_status judge(struct pen_reader *reader, const struct judging *judging,
                             const struct pen_json *tree)
{
    uint64_t steps = UINT64_MAX; /* whoever wrote the file waits for it */
    const struct pen_schema_run run = {
        .arena = judging->arena, .scratch = judging->scratch, .steps_left = &steps};
    bool valid = false;
    PEN_TRY(pen_schema_is_valid(judging->schema, tree, &run, &valid));
    if (valid) return PEN_OK;

    const struct pen_schema_unit *root = NULL;
    struct failures failures = {.count = 0};
    PEN_TRY(pen_schema_evaluate(judging->schema, tree, &run, &root));
    find_failures(&failures, root);
    return failures.first != NULL ? pen_judge_tell(reader, failures.first) : PEN_ERR_INTERNAL;
}

enum pen_status pen_judge_by(struct pen_reader *reader, const struct pen_json *tree,
                             struct pen_str schema, const char *at)
{
    struct judging judging = {0};
    struct pen_schema_error error = {.path = ""};
    enum pen_status status = begin(&judging, schema, at, &error);
    if (status == PEN_OK) {
        status = judge(reader, &judging, tree);
    } else if (status != PEN_ERR_NOMEM) {
        status = PEN_ERR_INTERNAL;
    }
    end(&judging);
    if (status == PEN_ERR_NOMEM) return pen_reader_no_memory(reader);
    if (status == PEN_OK || status == PEN_ERR_INVALID) return status;
    return pen_reader_fail(reader, tree, "cannot be held against the schema: %s %s: %s", error.path,
                           error.keyword, error.sentence);
}

enum pen_status pen_judge(struct pen_reader *reader, const struct pen_json *tree, const char *at)
{
    return pen_judge_by(reader, tree, pen_judge_schema_text(), at);
}
