/** One verdict at a time; only a "no" is asked for its reasons. */
#include "gateway/schema/evidence.h"

#include <stdlib.h>
#include <string.h>

#include "filters/schema/output.h"
#include "gateway/schema/part.h"

#define HARMLESS_FIRST 32
/* To say why something is not valid: all results of an event of some 30,000 values. A larger one's
 * reasons are not told. */
#define REASONS_BYTES ((size_t)8 << 20)

/* Where there is no memory to say more. */
static const struct pen_violations no_memory = {.reason = "schema.memory"};
static const struct pen_violations used_up = {.reason = "schema.limit"};

void pen_evidence_begin(struct pen_evidence *evidence, struct pen_arena *arena,
                        struct pen_scratch *scratch, size_t bytes, size_t room)
{
    *evidence = (struct pen_evidence){
        .arena = arena,
        .run = {.arena = arena, .scratch = scratch},
        .steps = pen_schema_steps(bytes),
        .steps_granted = pen_schema_steps(bytes),
        .room = room,
    };
    evidence->run.steps_left = &evidence->steps;
}

static enum pen_status new_violation(struct pen_evidence *evidence, const char *reason,
                                     struct pen_violation **out)
{
    *out = NULL;
    if (evidence->found == NULL) {
        evidence->found = pen_arena_calloc(evidence->arena, 1, sizeof(*evidence->found));
        if (evidence->found == NULL) return PEN_ERR_NOMEM;
        evidence->found->reason = reason;
    }
    if (evidence->found->count == PEN_VIOLATIONS) {
        evidence->found->more = true;
        return PEN_OK;
    }
    *out = &evidence->found->list[evidence->found->count++];
    (*out)->file = evidence->file;
    return PEN_OK;
}

/* What a writer puts, in the arena, cut. */
struct cut {
    char memory[PEN_VIOLATION_PATH];
    struct pen_buf buf;
};

static struct pen_buf *cut_begin(struct cut *cut)
{
    cut->buf = pen_buf_over(cut->memory, sizeof(cut->memory));
    return &cut->buf;
}

static enum pen_status cut_end(const struct cut *cut, struct pen_arena *arena, struct pen_str *out)
{
    return pen_arena_copy(arena, pen_buf_str(&cut->buf), out);
}

static enum pen_status put_pointer(struct pen_evidence *evidence, const struct pen_json *value,
                                   struct pen_violation *violation)
{
    struct cut cut;
    struct pen_buf *const buf = cut_begin(&cut);
    pen_buf_put(buf, evidence->origin);
    pen_part_path(evidence->holder, value, buf);
    return cut_end(&cut, evidence->arena, &violation->pointer);
}

/* Lists and objects are too much, and hold what nobody asked for. */
static enum pen_status put_value(const struct pen_evidence *evidence, const struct pen_json *value,
                                 struct pen_violation *violation)
{
    if (!evidence->shows_values) return PEN_OK;
    switch (value->type) {
    case PEN_JSON_NULL:
        violation->value = PEN_S("null");
        return PEN_OK;
    case PEN_JSON_FALSE:
        violation->value = PEN_S("false");
        return PEN_OK;
    case PEN_JSON_TRUE:
        violation->value = PEN_S("true");
        return PEN_OK;
    case PEN_JSON_NUMBER:
    case PEN_JSON_STRING:
        violation->is_text =
            value->type == PEN_JSON_STRING || value->text.len > PEN_VIOLATION_VALUE;
        return pen_arena_copy(evidence->arena, pen_str_slice(value->text, 0, PEN_VIOLATION_VALUE),
                              &violation->value);
    case PEN_JSON_ARRAY:
    case PEN_JSON_OBJECT:
        break;
    }
    return PEN_OK;
}

static enum pen_status put_schema(struct pen_evidence *evidence, const struct pen_schema_unit *unit,
                                  struct pen_violation *violation)
{
    struct cut cut;
    pen_schema_unit_absolute(unit, cut_begin(&cut));
    return cut_end(&cut, evidence->arena, &violation->schema);
}

static enum pen_status tell(struct pen_evidence *evidence, const struct pen_schema_unit *unit)
{
    struct pen_violation *violation = NULL;
    PEN_TRY(new_violation(evidence, "schema.violation", &violation));
    if (violation == NULL) return PEN_OK;

    violation->keyword = pen_schema_unit_keyword(unit);
    violation->sentence = unit->sentence;
    PEN_TRY(put_pointer(evidence, unit->instance, violation));
    PEN_TRY(put_schema(evidence, unit, violation));
    return put_value(evidence, unit->instance, violation);
}

static void make_room(struct pen_evidence *evidence, size_t bytes)
{
    if (evidence->room == 0) return;
    pen_arena_limit(evidence->arena, pen_arena_used(evidence->arena) + bytes);
}

/* Why is it not valid? Takes longer than to know that it is not, and is asked once per "no". */
static enum pen_status explain(struct pen_evidence *evidence, const struct pen_schema *schema,
                               const struct pen_json *value)
{
    uint64_t steps = evidence->steps_granted;
    const struct pen_schema_run run = {
        .arena = evidence->arena, .scratch = evidence->run.scratch, .steps_left = &steps};
    const struct pen_schema_unit *root = NULL;
    make_room(evidence, REASONS_BYTES);
    const enum pen_status status = pen_schema_evaluate(schema, value, &run, &root);
    make_room(evidence, evidence->room);
    if (status != PEN_OK) {
        /* That it is not valid is known; where is not. */
        return pen_evidence_add(evidence, "schema.violation", value, "", NULL);
    }
    evidence->steps_granted = steps;
    const struct pen_schema_unit *unit = NULL;
    while ((unit = pen_schema_next_failure(root, unit)) != NULL) {
        PEN_TRY(tell(evidence, unit));
        if (evidence->found->more) return PEN_OK;
    }
    return evidence->found != NULL
               ? PEN_OK
               : pen_evidence_add(evidence, "schema.violation", value, "", NULL);
}

static enum pen_status note_harmless(struct pen_evidence *evidence,
                                     const struct pen_schema_values *values)
{
    for (size_t i = 0; i < values->count; i++) {
        const struct pen_json *const value = values->values[i];
        /* Numbers of documents are no leaves; those of a query are texts. */
        const bool is_leaf =
            value->text.len > 0 && (value->type == PEN_JSON_STRING || evidence->origin.len > 0);
        if (!is_leaf) continue;
        if (evidence->harmless_count == evidence->harmless_room) {
            const size_t room =
                evidence->harmless_room == 0 ? HARMLESS_FIRST : evidence->harmless_room * 2;
            struct pen_str *const grown = pen_arena_calloc(evidence->arena, room, sizeof(*grown));
            if (grown == NULL) return PEN_ERR_NOMEM;
            if (evidence->harmless_count > 0) {
                memcpy(grown, evidence->harmless, evidence->harmless_count * sizeof(*grown));
            }
            evidence->harmless = grown;
            evidence->harmless_room = room;
        }
        evidence->harmless[evidence->harmless_count++] = value->text;
    }
    return PEN_OK;
}

enum pen_status pen_evidence_hold(struct pen_evidence *evidence, const struct pen_schema *schema,
                                  const struct pen_json *value)
{
    struct pen_schema_values harmless = {.count = 0};
    bool valid = false;
    if (evidence->found != NULL && evidence->found->more) return PEN_OK;
    PEN_TRY(pen_schema_find_harmless(schema, value, &evidence->run, &valid, &harmless));
    return valid ? note_harmless(evidence, &harmless) : explain(evidence, schema, value);
}

enum pen_status pen_evidence_add(struct pen_evidence *evidence, const char *reason,
                                 const struct pen_json *at, const char *keyword,
                                 const struct pen_json *schema)
{
    struct pen_violation *violation = NULL;
    PEN_TRY(new_violation(evidence, reason, &violation));
    if (violation == NULL) return PEN_OK;

    violation->keyword = pen_str_from_c(keyword);
    PEN_TRY(put_pointer(evidence, at, violation));
    struct cut cut;
    struct pen_buf *const buf = cut_begin(&cut);
    pen_buf_byte(buf, '#');
    if (schema != NULL) pen_json_pointer(schema, buf);
    return cut_end(&cut, evidence->arena, &violation->schema);
}

static int by_place(const void *left, const void *right)
{
    const struct pen_str *const a = left;
    const struct pen_str *const b = right;
    return (a->ptr > b->ptr) - (a->ptr < b->ptr);
}

const struct pen_violations *pen_evidence_end(struct pen_evidence *evidence, enum pen_status status)
{
    if (evidence->harmless_count > 0) {
        qsort(evidence->harmless, evidence->harmless_count, sizeof(*evidence->harmless), by_place);
    }
    if (status == PEN_OK) return evidence->found;
    if (status == PEN_ERR_NOMEM) {
        make_room(evidence, evidence->room);
        return &no_memory;
    }
    return &used_up;
}
