/** Reading a keyword's value: whatever a meta-schema allows or not, only sound ones pass. */
#include <stdlib.h>

#include "filters/schema/compile.h"
#include "filters/schema/format.h"
#include "filters/schema/values.h"

#define HASH_STEPS UINT64_MAX /* of a schema's own values: whoever wrote it waits for it */

typedef enum pen_status reader(struct pen_compiler *c, uint32_t resource, struct pen_use *use);

static enum pen_status fail(struct pen_compiler *c, const struct pen_use *use,
                            const struct pen_json *at, const char *sentence)
{
    return pen_registry_fail(&c->registry, at, use->member->name, PEN_ERR_INVALID, "%s", sentence);
}

static struct pen_dialect dialect_of(const struct pen_compiler *c, uint32_t resource)
{
    return c->registry.resources[resource].dialect;
}

static enum pen_status read_schema(struct pen_compiler *c, uint32_t resource, struct pen_use *use)
{
    if (use->member->type != PEN_JSON_OBJECT && use->member->type != PEN_JSON_TRUE
        && use->member->type != PEN_JSON_FALSE) {
        return fail(c, use, use->member, "must be a schema");
    }
    return pen_compiler_subschema(c, use->member, resource, &use->node);
}

/* One number a child; PEN_NONE where `skips` says that it is no schema. */
static enum pen_status read_children(struct pen_compiler *c, uint32_t resource, struct pen_use *use,
                                     enum pen_json_type skips)
{
    use->count = use->member->count;
    use->nodes = pen_arena_calloc(c->program, (size_t)use->count + 1, sizeof(*use->nodes));
    if (use->nodes == NULL) return PEN_ERR_NOMEM;
    uint32_t i = 0;
    for (const struct pen_json *s = use->member->first; s != NULL; s = s->next, i++) {
        if (s->type == skips && skips != PEN_JSON_NULL) {
            use->nodes[i] = PEN_NONE;
            continue;
        }
        if (s->type != PEN_JSON_OBJECT && s->type != PEN_JSON_TRUE && s->type != PEN_JSON_FALSE) {
            return fail(c, use, s, "must be a schema");
        }
        PEN_TRY(pen_compiler_subschema(c, s, resource, &use->nodes[i]));
    }
    return PEN_OK;
}

static enum pen_status read_schemas(struct pen_compiler *c, uint32_t resource, struct pen_use *use)
{
    if (use->member->type != PEN_JSON_ARRAY || use->member->count == 0) {
        return fail(c, use, use->member, "must be a non-empty array of schemas");
    }
    return read_children(c, resource, use, PEN_JSON_NULL);
}

static enum pen_status read_schema_map(struct pen_compiler *c, uint32_t resource,
                                       struct pen_use *use)
{
    if (use->member->type != PEN_JSON_OBJECT) {
        return fail(c, use, use->member, "must be an object of schemas");
    }
    return read_children(c, resource, use, PEN_JSON_NULL);
}

static enum pen_status read_items(struct pen_compiler *c, uint32_t resource, struct pen_use *use)
{
    if (use->member->type == PEN_JSON_ARRAY && dialect_of(c, resource).old) {
        return read_children(c, resource, use, PEN_JSON_NULL);
    }
    return read_schema(c, resource, use);
}

static enum pen_status check_names(struct pen_compiler *c, const struct pen_use *use,
                                   const struct pen_json *list)
{
    if (list->type != PEN_JSON_ARRAY) return fail(c, use, list, "must be an array of names");
    for (const struct pen_json *name = list->first; name != NULL; name = name->next) {
        if (name->type != PEN_JSON_STRING) return fail(c, use, name, "must be a name");
    }
    return PEN_OK;
}

static enum pen_status read_names(struct pen_compiler *c, uint32_t resource, struct pen_use *use)
{
    (void)resource;
    return check_names(c, use, use->member);
}

static enum pen_status read_dependencies(struct pen_compiler *c, uint32_t resource,
                                         struct pen_use *use)
{
    if (use->member->type != PEN_JSON_OBJECT) {
        return fail(c, use, use->member, "must be an object");
    }
    for (const struct pen_json *d = use->member->first; d != NULL; d = d->next) {
        if (d->type == PEN_JSON_ARRAY) PEN_TRY(check_names(c, use, d));
    }
    return read_children(c, resource, use, PEN_JSON_ARRAY);
}

static enum pen_status read_dependent_names(struct pen_compiler *c, uint32_t resource,
                                            struct pen_use *use)
{
    (void)resource;
    if (use->member->type != PEN_JSON_OBJECT) {
        return fail(c, use, use->member, "must be an object of arrays of names");
    }
    for (const struct pen_json *d = use->member->first; d != NULL; d = d->next) {
        PEN_TRY(check_names(c, use, d));
    }
    return PEN_OK;
}

static enum pen_status read_number(struct pen_compiler *c, const struct pen_use *use,
                                   struct pen_number *out)
{
    if (use->member->type != PEN_JSON_NUMBER) return fail(c, use, use->member, "must be a number");
    if (pen_number_read(use->member->text, out) != PEN_OK) {
        return pen_registry_fail(&c->registry, use->member, use->member->name, PEN_ERR_LIMIT,
                                 "is a number too long to compute with");
    }
    return PEN_OK;
}

static enum pen_status read_count(struct pen_compiler *c, uint32_t resource, struct pen_use *use)
{
    (void)resource;
    struct pen_number number;
    if (use->member->type != PEN_JSON_NUMBER
        || pen_number_read(use->member->text, &number) != PEN_OK
        || pen_number_to_count(&number, &use->limit) != PEN_OK) {
        return fail(c, use, use->member, "must be a non-negative integer");
    }
    return PEN_OK;
}

static bool word_of(struct pen_str text, int64_t *out)
{
    uint64_t value = 0;
    const bool negative = text.len > 0 && text.ptr[0] == '-';
    const struct pen_str digits = negative ? pen_str_slice(text, 1, text.len) : text;
    if (pen_str_to_u64(digits, &value) != PEN_OK || value > INT64_MAX) return false;
    *out = negative ? -(int64_t)value : (int64_t)value;
    return true;
}

static enum pen_status read_bound(struct pen_compiler *c, uint32_t resource, struct pen_use *use)
{
    (void)resource;
    struct pen_bound *const bound = pen_arena_calloc(c->program, 1, sizeof(*bound));
    if (bound == NULL) return PEN_ERR_NOMEM;
    PEN_TRY(read_number(c, use, &bound->exact));
    bound->is_small = word_of(use->member->text, &bound->small);
    use->bound = bound;
    return PEN_OK;
}

static enum pen_status read_divisor(struct pen_compiler *c, uint32_t resource, struct pen_use *use)
{
    PEN_TRY(read_bound(c, resource, use));
    const struct pen_number *const number = &use->bound->exact;
    if (number->count == 0 || number->negative) {
        return fail(c, use, use->member, "must be a number greater than 0");
    }
    if (number->count > PEN_NUMBER_DIVISOR_DIGITS) {
        return pen_registry_fail(&c->registry, use->member, use->member->name, PEN_ERR_LIMIT,
                                 "has more than %d digits", PEN_NUMBER_DIVISOR_DIGITS);
    }
    return PEN_OK;
}

static pen_types type_of(struct pen_str name)
{
    static const struct {
        struct pen_str name;
        pen_types types;
    } types[] = {
        {PEN_STR("null"), PEN_TYPE(PEN_JSON_NULL)},
        {PEN_STR("boolean"), PEN_TYPES_BOOLEAN},
        {PEN_STR("number"), PEN_TYPE(PEN_JSON_NUMBER)},
        {PEN_STR("integer"), PEN_TYPE(PEN_JSON_NUMBER) | PEN_TYPES_INTEGER},
        {PEN_STR("string"), PEN_TYPE(PEN_JSON_STRING)},
        {PEN_STR("array"), PEN_TYPE(PEN_JSON_ARRAY)},
        {PEN_STR("object"), PEN_TYPE(PEN_JSON_OBJECT)},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(types); i++) {
        if (pen_str_equal(types[i].name, name)) return types[i].types;
    }
    return 0;
}

static enum pen_status read_types(struct pen_compiler *c, uint32_t resource, struct pen_use *use)
{
    (void)resource;
    const struct pen_json *const value = use->member;
    if (value->type != PEN_JSON_ARRAY) {
        use->types = value->type == PEN_JSON_STRING ? type_of(value->text) : 0;
        if (use->types != 0) return PEN_OK;
        return fail(c, use, value, "must be the name of a type or an array of such");
    }
    bool any_number = false;
    for (const struct pen_json *name = value->first; name != NULL; name = name->next) {
        const pen_types types = name->type == PEN_JSON_STRING ? type_of(name->text) : 0;
        if (types == 0) return fail(c, use, name, "must be the name of a type");
        if (types == PEN_TYPE(PEN_JSON_NUMBER)) any_number = true;
        use->types |= types;
    }
    if (any_number) use->types &= PEN_TYPES_ALL;
    return PEN_OK;
}

struct hashed {
    uint64_t hash;
    const struct pen_json *value;
};

static int compare_hashed(const void *a, const void *b)
{
    const struct hashed *const left = a;
    const struct hashed *const right = b;
    return (left->hash > right->hash) - (left->hash < right->hash);
}

/* Numbers, arrays and objects, ordered for the search. */
static enum pen_status sort_others(struct pen_compiler *c, const struct pen_use *use,
                                   struct pen_enum *list)
{
    struct pen_schema_work work = {.arena = c->making, .steps_left = HASH_STEPS};
    struct hashed *const sorted =
        pen_arena_calloc(c->making, (size_t)list->other_count + 1, sizeof(*sorted));
    if (sorted == NULL) return PEN_ERR_NOMEM;
    for (uint32_t i = 0; i < list->other_count; i++) {
        sorted[i] = (struct hashed){pen_values_hash(&work, list->others[i]), list->others[i]};
        if (work.status == PEN_ERR_LIMIT) {
            return pen_registry_fail(&c->registry, list->others[i], use->member->name, work.status,
                                     "is too large a number, or too deep");
        }
    }
    qsort(sorted, list->other_count, sizeof(*sorted), compare_hashed);
    for (uint32_t i = 0; i < list->other_count; i++) {
        list->hashes[i] = sorted[i].hash;
        list->others[i] = sorted[i].value;
    }
    return work.status;
}

static enum pen_status read_values(struct pen_compiler *c, struct pen_use *use,
                                   const struct pen_json *first, uint32_t count)
{
    struct pen_enum *const list = pen_arena_calloc(c->program, 1, sizeof(*list));
    struct pen_str *const strings =
        pen_arena_calloc(c->making, (size_t)count + 1, sizeof(*strings));
    if (list == NULL || strings == NULL) return PEN_ERR_NOMEM;
    list->others = pen_arena_calloc(c->arena, (size_t)count + 1, sizeof(*list->others));
    list->hashes = pen_arena_calloc(c->arena, (size_t)count + 1, sizeof(*list->hashes));
    if (list->others == NULL || list->hashes == NULL) return PEN_ERR_NOMEM;

    uint32_t string_count = 0;
    const struct pen_json *value = first;
    for (uint32_t i = 0; i < count; i++, value = value->next) {
        list->types |= PEN_TYPE(value->type);
        if (value->type == PEN_JSON_STRING) {
            strings[string_count++] = value->text;
        } else if (value->type >= PEN_JSON_NUMBER) {
            list->others[list->other_count++] = value;
        }
    }
    use->values = list;
    PEN_TRY(sort_others(c, use, list));
    const enum pen_status status =
        pen_names_create(strings, string_count, c->program, &list->strings);
    if (status != PEN_ERR_LIMIT) return status;
    return pen_registry_fail(&c->registry, use->member, use->member->name, status,
                             "has more than %d strings", PEN_NAMES_MOST);
}

static enum pen_status read_enum(struct pen_compiler *c, uint32_t resource, struct pen_use *use)
{
    (void)resource;
    if (use->member->type != PEN_JSON_ARRAY) return fail(c, use, use->member, "must be an array");
    return read_values(c, use, use->member->first, use->member->count);
}

static enum pen_status read_const(struct pen_compiler *c, uint32_t resource, struct pen_use *use)
{
    (void)resource;
    return read_values(c, use, use->member, 1);
}

static enum pen_status read_expression(struct pen_compiler *c, const struct pen_use *use,
                                       const struct pen_json *at, struct pen_str source,
                                       const struct pen_expression **out)
{
    struct pen_error error = {0};
    const enum pen_status status = pen_expression_create(source, c->arena, out, &error);
    if (status == PEN_OK || status == PEN_ERR_NOMEM) return status;
    return pen_registry_fail(&c->registry, at, use->member->name, status,
                             "is no regular expression: %s", error.text);
}

static enum pen_status read_pattern(struct pen_compiler *c, uint32_t resource, struct pen_use *use)
{
    (void)resource;
    if (use->member->type != PEN_JSON_STRING) {
        return fail(c, use, use->member, "must be a regular expression");
    }
    use->expressions = pen_arena_calloc(c->arena, 1, sizeof(*use->expressions));
    if (use->expressions == NULL) return PEN_ERR_NOMEM;
    return read_expression(c, use, use->member, use->member->text, use->expressions);
}

static enum pen_status read_pattern_map(struct pen_compiler *c, uint32_t resource,
                                        struct pen_use *use)
{
    PEN_TRY(read_schema_map(c, resource, use));
    use->expressions =
        pen_arena_calloc(c->arena, (size_t)use->count + 1, sizeof(*use->expressions));
    if (use->expressions == NULL) return PEN_ERR_NOMEM;
    uint32_t i = 0;
    for (const struct pen_json *m = use->member->first; m != NULL; m = m->next, i++) {
        PEN_TRY(read_expression(c, use, m, m->name, &use->expressions[i]));
    }
    return PEN_OK;
}

static enum pen_status read_flag(struct pen_compiler *c, uint32_t resource, struct pen_use *use)
{
    (void)resource;
    if (use->member->type != PEN_JSON_TRUE && use->member->type != PEN_JSON_FALSE) {
        return fail(c, use, use->member, "must be true or false");
    }
    use->limit = use->member->type == PEN_JSON_TRUE;
    return PEN_OK;
}

static enum pen_status read_format(struct pen_compiler *c, uint32_t resource, struct pen_use *use)
{
    if (use->member->type != PEN_JSON_STRING) return fail(c, use, use->member, "must be a string");
    const struct pen_dialect dialect = dialect_of(c, resource);
    if (!c->registry.options->assert_format
        && (dialect.vocabularies & PEN_VOCABULARY_FORMAT_ASSERTION) == 0) {
        return PEN_OK;
    }
    use->format = pen_format_find(use->member->text, dialect.old);
    return PEN_OK;
}

static enum pen_status read_content(struct pen_compiler *c, uint32_t resource, struct pen_use *use)
{
    if (use->member->type != PEN_JSON_STRING) return fail(c, use, use->member, "must be a string");
    if (!c->registry.options->assert_content || !dialect_of(c, resource).old) return PEN_OK;
    if (use->keyword == PEN_KEYWORD_CONTENT_ENCODING) {
        use->content.base64 = pen_str_equal(use->member->text, PEN_S("base64"));
        return PEN_OK;
    }
    use->content.json = pen_str_equal(use->member->text, PEN_S("application/json"));
    return PEN_OK;
}

static const struct pen_dynamic *find_dynamic(const struct pen_compiler *c, struct pen_str name)
{
    const uint64_t hash = pen_lookup_hash(name);
    size_t at = 0;
    uint32_t found = PEN_NONE;
    while ((found = pen_lookup_next(&c->by_dynamic, hash, &at)) != PEN_NONE) {
        if (pen_str_equal(c->dynamics[found]->name, name)) return c->dynamics[found];
    }
    return NULL;
}

static enum pen_status read_reference(struct pen_compiler *c, uint32_t resource,
                                      struct pen_use *use)
{
    struct pen_target target;
    PEN_TRY(pen_registry_resolve(&c->registry, resource, use->member, &target));
    if (target.schema->type != PEN_JSON_OBJECT && target.schema->type != PEN_JSON_TRUE
        && target.schema->type != PEN_JSON_FALSE) {
        return fail(c, use, use->member, "leads to what is no schema");
    }
    PEN_TRY(pen_compiler_subschema(c, target.schema, target.resource, &use->node));
    if (use->keyword != PEN_KEYWORD_DYNAMIC_REF || target.dynamic_name.ptr == NULL) return PEN_OK;

    struct pen_dynamic *const dynamic = pen_arena_calloc(c->arena, 1, sizeof(*dynamic));
    struct pen_dynamic **const all = pen_lookup_grow(c->dynamics, sizeof(struct pen_dynamic *),
                                                     c->dynamic_count, &c->dynamic_room, c->making);
    if (dynamic == NULL || all == NULL) return PEN_ERR_NOMEM;
    c->dynamics = all;
    dynamic->name = target.dynamic_name;
    dynamic->fallback = use->node;
    dynamic->same = find_dynamic(c, dynamic->name);
    use->dynamic = dynamic;
    all[c->dynamic_count++] = dynamic;
    if (dynamic->same != NULL) return PEN_OK;
    return pen_lookup_add(&c->by_dynamic, c->making, pen_lookup_hash(dynamic->name),
                          c->dynamic_count - 1);
}

/* What is not here only annotates, or is read by others. */
static reader *const readers[PEN_KEYWORD_UNKNOWN + 1] = {
    [PEN_KEYWORD_REF] = read_reference,
    [PEN_KEYWORD_DYNAMIC_REF] = read_reference,
    [PEN_KEYWORD_DEFS] = read_schema_map,
    [PEN_KEYWORD_DEFINITIONS] = read_schema_map,
    [PEN_KEYWORD_TYPE] = read_types,
    [PEN_KEYWORD_ENUM] = read_enum,
    [PEN_KEYWORD_CONST] = read_const,
    [PEN_KEYWORD_MULTIPLE_OF] = read_divisor,
    [PEN_KEYWORD_MAXIMUM] = read_bound,
    [PEN_KEYWORD_EXCLUSIVE_MAXIMUM] = read_bound,
    [PEN_KEYWORD_MINIMUM] = read_bound,
    [PEN_KEYWORD_EXCLUSIVE_MINIMUM] = read_bound,
    [PEN_KEYWORD_MAX_LENGTH] = read_count,
    [PEN_KEYWORD_MIN_LENGTH] = read_count,
    [PEN_KEYWORD_PATTERN] = read_pattern,
    [PEN_KEYWORD_MAX_ITEMS] = read_count,
    [PEN_KEYWORD_MIN_ITEMS] = read_count,
    [PEN_KEYWORD_UNIQUE_ITEMS] = read_flag,
    [PEN_KEYWORD_MAX_CONTAINS] = read_count,
    [PEN_KEYWORD_MIN_CONTAINS] = read_count,
    [PEN_KEYWORD_MAX_PROPERTIES] = read_count,
    [PEN_KEYWORD_MIN_PROPERTIES] = read_count,
    [PEN_KEYWORD_REQUIRED] = read_names,
    [PEN_KEYWORD_DEPENDENT_REQUIRED] = read_dependent_names,
    [PEN_KEYWORD_FORMAT] = read_format,
    [PEN_KEYWORD_CONTENT_ENCODING] = read_content,
    [PEN_KEYWORD_CONTENT_MEDIA_TYPE] = read_content,
    [PEN_KEYWORD_CONTENT_SCHEMA] = read_schema,
    [PEN_KEYWORD_ALL_OF] = read_schemas,
    [PEN_KEYWORD_ANY_OF] = read_schemas,
    [PEN_KEYWORD_ONE_OF] = read_schemas,
    [PEN_KEYWORD_NOT] = read_schema,
    [PEN_KEYWORD_IF] = read_schema,
    [PEN_KEYWORD_THEN] = read_schema,
    [PEN_KEYWORD_ELSE] = read_schema,
    [PEN_KEYWORD_DEPENDENT_SCHEMAS] = read_schema_map,
    [PEN_KEYWORD_DEPENDENCIES] = read_dependencies,
    [PEN_KEYWORD_PREFIX_ITEMS] = read_schemas,
    [PEN_KEYWORD_ITEMS] = read_items,
    [PEN_KEYWORD_ADDITIONAL_ITEMS] = read_schema,
    [PEN_KEYWORD_CONTAINS] = read_schema,
    [PEN_KEYWORD_PROPERTIES] = read_schema_map,
    [PEN_KEYWORD_PATTERN_PROPERTIES] = read_pattern_map,
    [PEN_KEYWORD_ADDITIONAL_PROPERTIES] = read_schema,
    [PEN_KEYWORD_PROPERTY_NAMES] = read_schema,
    [PEN_KEYWORD_UNEVALUATED_ITEMS] = read_schema,
    [PEN_KEYWORD_UNEVALUATED_PROPERTIES] = read_schema,
};

enum pen_status pen_keyword_read(struct pen_compiler *compiler, uint32_t resource,
                                 struct pen_use *use)
{
    use->node = PEN_NONE;
    reader *const read = readers[use->keyword];
    return read != NULL ? read(compiler, resource, use) : PEN_OK;
}
