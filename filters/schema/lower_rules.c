/**
 * Keywords about one type of value, fused: bounds of numbers, lengths of strings, and for objects
 * and arrays one rule that a single walk over their children decides.
 */
#include "filters/schema/format.h"
#include "filters/schema/lower.h"

/* Up to here looking for each name beats looking each member up: one comparison of lengths each. */
#define FEW_NAMES 2

static uint64_t limit_of(const struct pen_subschema *s, enum pen_keyword keyword,
                         uint64_t otherwise)
{
    const struct pen_use *const use = pen_lower_use(s, keyword);
    return use != NULL ? use->limit : otherwise;
}

static bool has_any(const struct pen_subschema *s, const enum pen_keyword *keywords, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (pen_lower_use(s, keywords[i]) != NULL) return true;
    }
    return false;
}

/* ---- members ---- */

static bool is_dependency(enum pen_keyword keyword)
{
    return keyword == PEN_KEYWORD_DEPENDENT_REQUIRED || keyword == PEN_KEYWORD_DEPENDENT_SCHEMAS
           || keyword == PEN_KEYWORD_DEPENDENCIES;
}

static size_t count_names(const struct pen_subschema *s)
{
    size_t count = 0;
    for (uint32_t i = 0; i < s->use_count; i++) {
        const struct pen_use *const use = &s->uses[i];
        if (use->keyword == PEN_KEYWORD_PROPERTIES || use->keyword == PEN_KEYWORD_REQUIRED) {
            count += use->member->count;
        }
        if (!is_dependency(use->keyword)) continue;
        for (const struct pen_json *d = use->member->first; d != NULL; d = d->next) {
            count += 1 + d->count;
        }
    }
    return count;
}

static void collect_children(const struct pen_json *list, struct pen_str *names, size_t *count)
{
    for (const struct pen_json *n = list->first; n != NULL; n = n->next) {
        names[(*count)++] = list->type == PEN_JSON_ARRAY ? n->text : n->name;
    }
}

/* All names that the object's keywords speak of; "properties" first. */
static size_t collect_names(const struct pen_subschema *s, struct pen_str *names)
{
    size_t count = 0;
    const struct pen_use *const properties = pen_lower_use(s, PEN_KEYWORD_PROPERTIES);
    if (properties != NULL) collect_children(properties->member, names, &count);
    const struct pen_use *const required = pen_lower_use(s, PEN_KEYWORD_REQUIRED);
    if (required != NULL) collect_children(required->member, names, &count);
    for (uint32_t i = 0; i < s->use_count; i++) {
        if (!is_dependency(s->uses[i].keyword)) continue;
        for (const struct pen_json *d = s->uses[i].member->first; d != NULL; d = d->next) {
            names[count++] = d->name;
            if (d->type == PEN_JSON_ARRAY) collect_children(d, names, &count);
        }
    }
    return count;
}

static enum pen_status add_dependencies(struct pen_lowering *l, const struct pen_use *use,
                                        struct pen_object_rule *rule)
{
    uint32_t i = 0;
    for (const struct pen_json *d = use->member->first; d != NULL; d = d->next, i++) {
        struct pen_dependency *const one = &rule->dependencies[rule->dependency_count++];
        *one = (struct pen_dependency){.property = pen_names_find(&rule->names, d->name),
                                       .node = PEN_NONE};
        if (d->type != PEN_JSON_ARRAY) {
            one->node = use->nodes[i];
            continue;
        }
        one->names = pen_arena_calloc(l->arena, (size_t)d->count + 1, sizeof(*one->names));
        if (one->names == NULL) return PEN_ERR_NOMEM;
        for (const struct pen_json *n = d->first; n != NULL; n = n->next) {
            one->names[one->count++] = pen_names_find(&rule->names, n->text);
        }
    }
    return PEN_OK;
}

static size_t count_dependencies(const struct pen_subschema *s)
{
    size_t count = 0;
    for (uint32_t i = 0; i < s->use_count; i++) {
        if (is_dependency(s->uses[i].keyword)) count += s->uses[i].member->count;
    }
    return count;
}

/* Most names that are required are properties, too: a table of half the size. Properties keep
 * their places, which are those of their schemas. */
static enum pen_status drop_repeated(struct pen_lowering *l, const struct pen_subschema *s,
                                     struct pen_str *names, size_t *count)
{
    struct pen_names all;
    PEN_TRY(pen_names_create(names, *count, l->making, &all));
    const struct pen_use *const properties = pen_lower_use(s, PEN_KEYWORD_PROPERTIES);
    size_t kept = properties != NULL ? properties->member->count : 0;
    for (size_t i = kept; i < *count; i++) {
        if (pen_names_find(&all, names[i]) == i) names[kept++] = names[i];
    }
    *count = kept;
    return PEN_OK;
}

static enum pen_status fill_names(struct pen_lowering *l, const struct pen_subschema *s,
                                  struct pen_object_rule *rule)
{
    const size_t room = count_names(s);
    struct pen_str *const names = pen_arena_calloc(l->making, room + 1, sizeof(*names));
    if (names == NULL) return PEN_ERR_NOMEM;
    size_t count = collect_names(s, names);
    enum pen_status status = drop_repeated(l, s, names, &count);
    if (status == PEN_OK) status = pen_names_create(names, count, l->arena, &rule->names);
    if (status == PEN_ERR_LIMIT) {
        return pen_registry_fail(&l->compiler->registry, s->source, PEN_S("properties"), status,
                                 "speaks of more than %d names", PEN_NAMES_MOST);
    }
    if (status != PEN_OK) return status;

    rule->properties = pen_arena_calloc(l->arena, count, sizeof(*rule->properties));
    rule->dependencies =
        pen_arena_calloc(l->arena, count_dependencies(s), sizeof(*rule->dependencies));
    if (rule->properties == NULL || rule->dependencies == NULL) return PEN_ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        rule->properties[i].node = PEN_NONE;
    }
    const struct pen_use *const properties = pen_lower_use(s, PEN_KEYWORD_PROPERTIES);
    for (uint32_t i = 0; properties != NULL && i < properties->count; i++) {
        rule->properties[i].node = properties->nodes[i];
    }
    const struct pen_use *const required = pen_lower_use(s, PEN_KEYWORD_REQUIRED);
    const struct pen_json *name = required != NULL ? required->member->first : NULL;
    for (; name != NULL; name = name->next) {
        bool *const is_required =
            &rule->properties[pen_names_find(&rule->names, name->text)].required;
        rule->required += !*is_required;
        *is_required = true;
    }
    for (uint32_t i = 0; i < s->use_count; i++) {
        if (is_dependency(s->uses[i].keyword)) PEN_TRY(add_dependencies(l, &s->uses[i], rule));
    }
    return PEN_OK;
}

static enum pen_status lower_object(struct pen_lowering *l, const struct pen_subschema *s)
{
    static const enum pen_keyword keywords[] = {
        PEN_KEYWORD_PROPERTIES,        PEN_KEYWORD_PATTERN_PROPERTIES,
        PEN_KEYWORD_REQUIRED,          PEN_KEYWORD_ADDITIONAL_PROPERTIES,
        PEN_KEYWORD_PROPERTY_NAMES,    PEN_KEYWORD_MIN_PROPERTIES,
        PEN_KEYWORD_MAX_PROPERTIES,    PEN_KEYWORD_DEPENDENT_REQUIRED,
        PEN_KEYWORD_DEPENDENT_SCHEMAS, PEN_KEYWORD_DEPENDENCIES,
    };
    if (!has_any(s, keywords, PEN_COUNT_OF(keywords))) return PEN_OK;

    struct pen_object_rule *const rule = pen_arena_calloc(l->arena, 1, sizeof(*rule));
    if (rule == NULL) return PEN_ERR_NOMEM;
    PEN_TRY(fill_names(l, s, rule));
    const struct pen_use *const patterns = pen_lower_use(s, PEN_KEYWORD_PATTERN_PROPERTIES);
    if (patterns != NULL) {
        rule->pattern_count = patterns->count;
        rule->patterns = patterns->expressions;
        rule->pattern_nodes = patterns->nodes;
    }
    rule->additional = pen_lower_node(s, PEN_KEYWORD_ADDITIONAL_PROPERTIES);
    rule->property_names = pen_lower_node(s, PEN_KEYWORD_PROPERTY_NAMES);
    rule->is_brief = rule->names.count > 0 && rule->names.count <= FEW_NAMES
                     && rule->dependency_count == 0 && rule->pattern_count == 0
                     && rule->additional == PEN_NONE && rule->property_names == PEN_NONE;
    rule->least = limit_of(s, PEN_KEYWORD_MIN_PROPERTIES, 0);
    rule->most = limit_of(s, PEN_KEYWORD_MAX_PROPERTIES, UINT64_MAX);
    return pen_lower_add(l, PEN_GROUP_OBJECT,
                         (struct pen_instruction){.operation = PEN_OP_OBJECT, .object = rule});
}

/* ---- elements ---- */

static void fill_items(const struct pen_subschema *s, bool old, struct pen_array_rule *rule)
{
    const struct pen_use *const items = pen_lower_use(s, PEN_KEYWORD_ITEMS);
    const struct pen_use *prefix = pen_lower_use(s, PEN_KEYWORD_PREFIX_ITEMS);
    rule->items = items != NULL ? items->node : PEN_NONE;
    if (old && items != NULL && items->node == PEN_NONE) {
        prefix = items; /* an array of schemas, and only then does "additionalItems" count */
        rule->items = pen_lower_node(s, PEN_KEYWORD_ADDITIONAL_ITEMS);
    }
    if (prefix != NULL) {
        rule->prefix = prefix->nodes;
        rule->prefix_count = prefix->count;
    }
}

static enum pen_status lower_array(struct pen_lowering *l, const struct pen_subschema *s)
{
    static const enum pen_keyword keywords[] = {
        PEN_KEYWORD_ITEMS,     PEN_KEYWORD_PREFIX_ITEMS, PEN_KEYWORD_CONTAINS,
        PEN_KEYWORD_MIN_ITEMS, PEN_KEYWORD_MAX_ITEMS,    PEN_KEYWORD_UNIQUE_ITEMS,
    };
    if (!has_any(s, keywords, PEN_COUNT_OF(keywords))) return PEN_OK;

    struct pen_array_rule *const rule = pen_arena_calloc(l->arena, 1, sizeof(*rule));
    if (rule == NULL) return PEN_ERR_NOMEM;
    const bool old = l->compiler->registry.resources[s->resource].dialect.old;
    fill_items(s, old, rule);
    rule->contains = pen_lower_node(s, PEN_KEYWORD_CONTAINS);
    rule->contains_marks = !old;
    rule->least_contained = limit_of(s, PEN_KEYWORD_MIN_CONTAINS, 1);
    rule->most_contained = limit_of(s, PEN_KEYWORD_MAX_CONTAINS, UINT64_MAX);
    rule->least = limit_of(s, PEN_KEYWORD_MIN_ITEMS, 0);
    rule->most = limit_of(s, PEN_KEYWORD_MAX_ITEMS, UINT64_MAX);
    rule->unique = limit_of(s, PEN_KEYWORD_UNIQUE_ITEMS, 0) != 0;
    return pen_lower_add(l, PEN_GROUP_ARRAY,
                         (struct pen_instruction){.operation = PEN_OP_ARRAY, .array = rule});
}

/* ---- scalars ---- */

static const struct pen_bound *bound_of(const struct pen_subschema *s, enum pen_keyword keyword)
{
    const struct pen_use *const use = pen_lower_use(s, keyword);
    return use != NULL ? use->bound : NULL;
}

static enum pen_status lower_number(struct pen_lowering *l, const struct pen_subschema *s)
{
    static const enum pen_keyword keywords[] = {
        PEN_KEYWORD_MINIMUM,
        PEN_KEYWORD_MAXIMUM,
        PEN_KEYWORD_EXCLUSIVE_MINIMUM,
        PEN_KEYWORD_EXCLUSIVE_MAXIMUM,
    };
    if (has_any(s, keywords, PEN_COUNT_OF(keywords))) {
        struct pen_bounds_rule *const rule = pen_arena_calloc(l->arena, 1, sizeof(*rule));
        if (rule == NULL) return PEN_ERR_NOMEM;
        rule->least = bound_of(s, PEN_KEYWORD_MINIMUM);
        rule->most = bound_of(s, PEN_KEYWORD_MAXIMUM);
        rule->above = bound_of(s, PEN_KEYWORD_EXCLUSIVE_MINIMUM);
        rule->below = bound_of(s, PEN_KEYWORD_EXCLUSIVE_MAXIMUM);
        PEN_TRY(
            pen_lower_add(l, PEN_GROUP_NUMBER,
                          (struct pen_instruction){.operation = PEN_OP_BOUNDS, .bounds = rule}));
    }
    const struct pen_bound *const divisor = bound_of(s, PEN_KEYWORD_MULTIPLE_OF);
    if (divisor == NULL) return PEN_OK;
    return pen_lower_add(l, PEN_GROUP_NUMBER,
                         (struct pen_instruction){.operation = PEN_OP_MULTIPLE, .bound = divisor});
}

static enum pen_status lower_content(struct pen_lowering *l, const struct pen_subschema *s)
{
    const struct pen_use *const encoding = pen_lower_use(s, PEN_KEYWORD_CONTENT_ENCODING);
    const struct pen_use *const type = pen_lower_use(s, PEN_KEYWORD_CONTENT_MEDIA_TYPE);
    const struct pen_content content = {
        .base64 = encoding != NULL && encoding->content.base64,
        /* In an encoding that we cannot undo nothing is known of the type. */
        .json =
            type != NULL && type->content.json && (encoding == NULL || encoding->content.base64),
    };
    if (!content.base64 && !content.json) return PEN_OK;
    return pen_lower_add(l, PEN_GROUP_STRING,
                         (struct pen_instruction){.operation = PEN_OP_CONTENT, .content = content});
}

static enum pen_status lower_string(struct pen_lowering *l, const struct pen_subschema *s)
{
    if (pen_lower_use(s, PEN_KEYWORD_MIN_LENGTH) != NULL
        || pen_lower_use(s, PEN_KEYWORD_MAX_LENGTH) != NULL) {
        struct pen_length_rule *const rule = pen_arena_calloc(l->arena, 1, sizeof(*rule));
        if (rule == NULL) return PEN_ERR_NOMEM;
        rule->least = limit_of(s, PEN_KEYWORD_MIN_LENGTH, 0);
        rule->most = limit_of(s, PEN_KEYWORD_MAX_LENGTH, UINT64_MAX);
        PEN_TRY(
            pen_lower_add(l, PEN_GROUP_STRING,
                          (struct pen_instruction){.operation = PEN_OP_LENGTH, .length = rule}));
    }
    const struct pen_use *const format = pen_lower_use(s, PEN_KEYWORD_FORMAT);
    if (format != NULL && format->format != NULL) {
        if (pen_format_is_harmless(format->format)) {
            l->node->harmless |= PEN_TYPE(PEN_JSON_STRING);
        }
        PEN_TRY(pen_lower_add(
            l, PEN_GROUP_STRING,
            (struct pen_instruction){.operation = PEN_OP_FORMAT, .format = format->format}));
    }
    const struct pen_use *const pattern = pen_lower_use(s, PEN_KEYWORD_PATTERN);
    if (pattern != NULL) {
        if (pen_expression_is_plain(pattern->expressions[0])) {
            l->node->harmless |= PEN_TYPE(PEN_JSON_STRING);
        }
        PEN_TRY(pen_lower_add(l, PEN_GROUP_STRING,
                              (struct pen_instruction){.operation = PEN_OP_PATTERN,
                                                       .expression = pattern->expressions[0]}));
    }
    return lower_content(l, s);
}

enum pen_status pen_lower_rules(struct pen_lowering *lowering,
                                const struct pen_subschema *subschema)
{
    PEN_TRY(lower_number(lowering, subschema));
    PEN_TRY(lower_string(lowering, subschema));
    PEN_TRY(lower_array(lowering, subschema));
    return lower_object(lowering, subschema);
}
