/** Subschemas, and keywords that apply others to the same value. */
#include "filters/schema/collect.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SENTENCE 320 /* bytes; longer ones are cut */

/* A unit while it is made. */
struct building {
    struct pen_schema_unit unit;
    struct building *last; /* child */
    bool held;             /* of "if": what it came to */
};

/* Every unit that is not const is one of ours. */
static struct building *building_of(struct pen_schema_unit *unit)
{
    return (struct building *)unit;
}

struct pen_schema_unit *pen_collect_unit(struct pen_collecting *all, struct pen_schema_unit *parent,
                                         struct pen_str step, const struct pen_json *source,
                                         const struct pen_json *instance)
{
    struct building *const made = pen_arena_alloc(all->work.arena, sizeof(*made));
    if (made == NULL) {
        (void)pen_schema_stop(&all->work, PEN_ERR_NOMEM);
        return NULL;
    }
    *made = (struct building){.unit = {
                                  .parent = parent,
                                  .step = step,
                                  .has_step = step.ptr != NULL,
                                  .valid = true,
                                  .source = source,
                                  .instance = instance,
                              }};
    if (parent == NULL) return &made->unit;
    made->unit.is_referred = parent->is_referred;
    made->unit.root = parent->root;
    made->unit.uri = parent->uri;
    struct building *const outer = building_of(parent);
    if (outer->last == NULL) {
        parent->first = &made->unit;
    } else {
        outer->last->unit.next = &made->unit;
    }
    outer->last = made;
    return &made->unit;
}

bool pen_collect_fail(const struct pen_collect *c, const char *format, ...)
{
    char text[SENTENCE];
    va_list values;
    va_start(values, format);
    const int length = vsnprintf(text, sizeof(text), format, values);
    va_end(values);
    struct pen_str copy = {0};
    const size_t bytes = length < 0 ? 0 : (size_t)length < SENTENCE ? (size_t)length : SENTENCE - 1;
    if (pen_arena_copy(c->all->work.arena, (struct pen_str){text, bytes}, &copy) != PEN_OK) {
        return pen_schema_stop(&c->all->work, PEN_ERR_NOMEM);
    }
    c->unit->sentence = copy.ptr;
    return false;
}

const struct pen_use *pen_collect_other(const struct pen_collect *c, enum pen_keyword keyword)
{
    for (uint32_t i = 0; i < c->schema->use_count; i++) {
        if (c->schema->uses[i].keyword == keyword) return &c->schema->uses[i];
    }
    return NULL;
}

bool pen_collect_below(const struct pen_collect *c, uint32_t number, struct pen_str step,
                       const struct pen_json *instance, struct pen_marks *marks)
{
    const struct pen_json *const source = c->all->schema->subschemas[number].source;
    struct pen_schema_unit *const unit = pen_collect_unit(c->all, c->unit, step, source, instance);
    return unit != NULL && pen_collect_into(c->all, number, unit, marks, c->scope);
}

static struct pen_str index_step(const struct pen_collect *c, uint32_t index)
{
    char text[16];
    struct pen_buf buf = pen_buf_over(text, sizeof(text));
    pen_buf_u64(&buf, index);
    struct pen_str copy = {0};
    if (pen_arena_copy(c->all->work.arena, pen_buf_str(&buf), &copy) != PEN_OK) {
        (void)pen_schema_stop(&c->all->work, PEN_ERR_NOMEM);
    }
    return copy;
}

/* ---- keywords that apply subschemas to the same value ---- */

static bool collect_reference(const struct pen_collect *c)
{
    uint32_t target = c->use->node;
    const struct pen_dynamic *const dynamic =
        c->use->keyword == PEN_KEYWORD_DYNAMIC_REF ? c->use->dynamic : NULL;
    for (const struct pen_scope *s = c->scope; dynamic != NULL && s != NULL; s = s->outer) {
        if (!pen_schema_pay(&c->all->work, 1 + dynamic->count / 8)) return false;
        for (uint32_t i = 0; i < dynamic->count; i++) {
            if (dynamic->resources[i] == s->resource) target = dynamic->targets[i];
        }
    }
    /* The reference's result is that of what it leads to, and stands there. */
    c->unit->source = c->all->schema->subschemas[target].source;
    c->unit->is_referred = true;
    return pen_collect_into(c->all, target, c->unit, c->marks, c->scope);
}

static bool collect_all_of(const struct pen_collect *c)
{
    bool all = true;
    for (uint32_t i = 0; i < c->use->count; i++) {
        all = pen_collect_below(c, c->use->nodes[i], index_step(c, i), c->value, c->marks) && all;
    }
    return all;
}

static uint32_t count_fitting(const struct pen_collect *c)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < c->use->count && c->all->work.status == PEN_OK; i++) {
        count += pen_collect_below(c, c->use->nodes[i], index_step(c, i), c->value, c->marks);
    }
    return count;
}

static bool collect_any_of(const struct pen_collect *c)
{
    return count_fitting(c) > 0
           || pen_collect_fail(c, "fits none of the %u alternatives", c->use->count);
}

static bool collect_one_of(const struct pen_collect *c)
{
    const uint32_t count = count_fitting(c);
    if (count == 1) return true;
    if (count == 0) return pen_collect_fail(c, "fits none of the %u alternatives", c->use->count);
    return pen_collect_fail(c, "fits %u of the %u alternatives, and must fit one", count,
                            c->use->count);
}

static bool collect_not(const struct pen_collect *c)
{
    const struct pen_json *const source = c->all->schema->subschemas[c->use->node].source;
    struct pen_schema_unit *const unit =
        pen_collect_unit(c->all, c->unit, (struct pen_str){0}, source, c->value);
    if (unit == NULL) return false;
    return !pen_collect_into(c->all, c->use->node, unit, NULL, c->scope)
           || pen_collect_fail(c, "fits what it must not fit");
}

static bool collect_if(const struct pen_collect *c)
{
    building_of(c->unit)->held =
        pen_collect_into(c->all, c->use->node, c->unit, c->marks, c->scope);
    return true; /* it asserts nothing itself */
}

static bool collect_branch(const struct pen_collect *c)
{
    const struct pen_use *const condition = pen_collect_other(c, PEN_KEYWORD_IF);
    if (condition == NULL) return true;
    /* Its result is among those before this one. */
    const struct pen_schema_unit *unit = c->unit->parent->first;
    while (unit->source != condition->member) {
        unit = unit->next;
    }
    const bool held = ((const struct building *)unit)->held;
    if (held != (c->use->keyword == PEN_KEYWORD_THEN)) return true;
    return pen_collect_into(c->all, c->use->node, c->unit, c->marks, c->scope);
}

/* ---- subschemas ---- */

/* What is not here asserts nothing: its value is an annotation. */
static pen_collector *const collectors[PEN_KEYWORD_UNKNOWN + 1] = {
    [PEN_KEYWORD_REF] = collect_reference,
    [PEN_KEYWORD_DYNAMIC_REF] = collect_reference,
    [PEN_KEYWORD_ALL_OF] = collect_all_of,
    [PEN_KEYWORD_ANY_OF] = collect_any_of,
    [PEN_KEYWORD_ONE_OF] = collect_one_of,
    [PEN_KEYWORD_NOT] = collect_not,
    [PEN_KEYWORD_IF] = collect_if,
    [PEN_KEYWORD_THEN] = collect_branch,
    [PEN_KEYWORD_ELSE] = collect_branch,
    [PEN_KEYWORD_PROPERTIES] = pen_collect_properties,
    [PEN_KEYWORD_PATTERN_PROPERTIES] = pen_collect_pattern_properties,
    [PEN_KEYWORD_ADDITIONAL_PROPERTIES] = pen_collect_additional_properties,
    [PEN_KEYWORD_PROPERTY_NAMES] = pen_collect_property_names,
    [PEN_KEYWORD_DEPENDENT_SCHEMAS] = pen_collect_dependencies,
    [PEN_KEYWORD_DEPENDENCIES] = pen_collect_dependencies,
    [PEN_KEYWORD_UNEVALUATED_ITEMS] = pen_collect_unevaluated,
    [PEN_KEYWORD_UNEVALUATED_PROPERTIES] = pen_collect_unevaluated,
    [PEN_KEYWORD_PREFIX_ITEMS] = pen_collect_prefix_items,
    [PEN_KEYWORD_ITEMS] = pen_collect_items,
    [PEN_KEYWORD_ADDITIONAL_ITEMS] = pen_collect_additional_items,
    [PEN_KEYWORD_CONTAINS] = pen_collect_contains,
    [PEN_KEYWORD_TYPE] = pen_collect_type,
    [PEN_KEYWORD_ENUM] = pen_collect_enum,
    [PEN_KEYWORD_CONST] = pen_collect_enum,
    [PEN_KEYWORD_MULTIPLE_OF] = pen_collect_multiple,
    [PEN_KEYWORD_MAXIMUM] = pen_collect_bound,
    [PEN_KEYWORD_EXCLUSIVE_MAXIMUM] = pen_collect_bound,
    [PEN_KEYWORD_MINIMUM] = pen_collect_bound,
    [PEN_KEYWORD_EXCLUSIVE_MINIMUM] = pen_collect_bound,
    [PEN_KEYWORD_MAX_LENGTH] = pen_collect_length,
    [PEN_KEYWORD_MIN_LENGTH] = pen_collect_length,
    [PEN_KEYWORD_PATTERN] = pen_collect_pattern,
    [PEN_KEYWORD_FORMAT] = pen_collect_format,
    [PEN_KEYWORD_CONTENT_ENCODING] = pen_collect_content,
    [PEN_KEYWORD_CONTENT_MEDIA_TYPE] = pen_collect_content,
    [PEN_KEYWORD_MAX_ITEMS] = pen_collect_count,
    [PEN_KEYWORD_MIN_ITEMS] = pen_collect_count,
    [PEN_KEYWORD_MAX_PROPERTIES] = pen_collect_count,
    [PEN_KEYWORD_MIN_PROPERTIES] = pen_collect_count,
    [PEN_KEYWORD_UNIQUE_ITEMS] = pen_collect_unique,
    [PEN_KEYWORD_REQUIRED] = pen_collect_required,
    [PEN_KEYWORD_DEPENDENT_REQUIRED] = pen_collect_dependent_required,
};

/* Said about the schema and nothing about the instance. */
static bool is_silent(enum pen_keyword keyword)
{
    return pen_keyword_rank(keyword) == 0 || keyword == PEN_KEYWORD_MIN_CONTAINS
           || keyword == PEN_KEYWORD_MAX_CONTAINS;
}

static bool collect_use(const struct pen_collect *c)
{
    pen_collector *const collect = collectors[c->use->keyword];
    if (collect == NULL) {
        c->unit->annotation = c->use->member;
        return true;
    }
    return collect(c);
}

static bool collect_uses(struct pen_collecting *all, const struct pen_subschema *schema,
                         struct pen_schema_unit *unit, struct pen_marks *marks,
                         const struct pen_scope *scope)
{
    bool valid = true;
    for (uint32_t i = 0; i < schema->use_count; i++) {
        const struct pen_use *const use = &schema->uses[i];
        if (is_silent(use->keyword)) continue;
        if (!pen_schema_pay(&all->work, 1)) return false;
        struct pen_schema_unit *const one =
            pen_collect_unit(all, unit, use->member->name, use->member, unit->instance);
        if (one == NULL) return false;
        one->is_keyword = true;
        const struct pen_collect c = {.all = all,
                                      .schema = schema,
                                      .use = use,
                                      .value = unit->instance,
                                      .unit = one,
                                      .marks = marks,
                                      .scope = scope};
        one->valid = collect_use(&c);
        if (all->work.status != PEN_OK) return false;
        valid = valid && one->valid;
    }
    return valid;
}

bool pen_collect_into(struct pen_collecting *all, uint32_t number, struct pen_schema_unit *unit,
                      struct pen_marks *marks, const struct pen_scope *scope)
{
    const struct pen_subschema *const schema = &all->schema->subschemas[number];
    const struct pen_resource *const resource = &all->schema->resources[schema->resource];
    if (!pen_schema_pay(&all->work, 1)) return false;
    if (all->work.depth == PEN_SCHEMA_DEPTH) return pen_schema_stop(&all->work, PEN_ERR_LIMIT);

    unit->root = resource->root;
    unit->uri = resource->uri;
    const struct pen_scope inner = {.outer = scope, .resource = schema->resource};
    if (scope == NULL || scope->resource != schema->resource) scope = &inner;
    const struct pen_bits_place place = pen_bits_here(&all->work);
    struct pen_marks own;
    if (!pen_marks_init(&own, &all->work, unit->instance->count)) return false;
    all->work.depth++;
    unit->valid = schema->source->type != PEN_JSON_FALSE;
    if (!unit->valid) unit->sentence = "is not allowed here";
    unit->valid = collect_uses(all, schema, unit, &own, scope) && unit->valid;
    all->work.depth--;
    if (unit->valid && marks != NULL) pen_marks_join(marks, &own);
    pen_bits_back(&all->work, place);
    return unit->valid && all->work.status == PEN_OK;
}

enum pen_status pen_schema_evaluate(const struct pen_schema *schema,
                                    const struct pen_json *instance,
                                    const struct pen_schema_run *run,
                                    const struct pen_schema_unit **out)
{
    struct pen_collecting all = {.work = pen_schema_work_of(run), .schema = schema};
    struct pen_schema_unit *const root = pen_collect_unit(
        &all, NULL, (struct pen_str){0}, schema->subschemas[schema->root].source, instance);
    if (root != NULL) (void)pen_collect_into(&all, schema->root, root, NULL, NULL);
    *run->steps_left = all.work.steps_left;
    if (all.work.status != PEN_OK) return all.work.status;
    *out = root;
    return PEN_OK;
}
