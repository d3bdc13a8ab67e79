/**
 * The program's evaluator: a verdict, as fast as it goes.
 *
 * One function a subschema and value; most leaves are decided before it is called, by a bit of
 * their type. Recursion is as deep as the value times what a schema puts on top of each other for
 * one value, and bounded. Marks of evaluated children are kept only below a schema that asks for
 * them; a branch that may fail gets its own, which are thrown away when it does.
 */
#include "filters/schema/format.h"
#include "filters/schema/program.h"
#include "filters/schema/values.h"

/* The resources that one came through, innermost first. */
struct scope {
    const struct scope *outer;
    uint32_t resource;
};

struct run {
    struct pen_schema_work work;
    const struct pen_node *nodes;
    const struct pen_instruction *instructions;
    bool is_dynamic;
};

static bool evaluate(struct run *run, const struct pen_node *node, const struct pen_json *value,
                     struct pen_marks *marks, const struct scope *scope);

static inline bool fits(struct run *run, uint32_t number, const struct pen_json *value,
                        struct pen_marks *marks, const struct scope *scope)
{
    const struct pen_node *const node = &run->nodes[number];
    const pen_types type = PEN_TYPE(value->type);
    if ((node->types & type) == 0) return false;
    if ((node->types & PEN_TYPES_INTEGER) != 0 && value->type == PEN_JSON_NUMBER
        && !pen_value_is_integer(&run->work, value)) {
        return false;
    }
    if ((node->busy & type) != 0 && !evaluate(run, node, value, marks, scope)) return false;
    if (run->work.harmless != NULL && (node->harmless & type) != 0) {
        pen_schema_note_harmless(&run->work, value);
    }
    return true;
}

/* A branch whose failure is no failure: what it noted goes with it. */
static bool tries(struct run *run, uint32_t number, const struct pen_json *value,
                  struct pen_marks *marks, const struct scope *scope)
{
    const size_t noted = run->work.harmless != NULL ? run->work.harmless->count : 0;
    const struct pen_bits_place place = pen_bits_here(&run->work);
    bool holds = false;
    if (marks == NULL) {
        holds = fits(run, number, value, NULL, scope);
    } else {
        struct pen_marks own;
        if (!pen_marks_init(&own, &run->work, value->count)) return false;
        holds = fits(run, number, value, &own, scope);
        if (holds) pen_marks_join(marks, &own);
    }
    pen_bits_back(&run->work, place);
    if (!holds && run->work.harmless != NULL) run->work.harmless->count = noted;
    return holds && run->work.status == PEN_OK;
}

static bool fails(struct run *run, uint32_t number, const struct pen_json *value,
                  const struct scope *scope)
{
    struct pen_schema_values *const harmless = run->work.harmless;
    run->work.harmless = NULL;
    const bool holds = fits(run, number, value, NULL, scope);
    run->work.harmless = harmless;
    return !holds && run->work.status == PEN_OK;
}

/* ---- members ---- */

static bool name_fits(struct run *run, uint32_t number, const struct pen_json *member,
                      const struct scope *scope)
{
    const struct pen_json name = {
        .name = member->name,
        .text = member->name,
        .parent = member->parent,
        .place = member->name_place,
        .index = member->index,
        .type = PEN_JSON_STRING,
        .plain_text = member->plain_name,
    };
    struct pen_schema_values *const harmless = run->work.harmless;
    run->work.harmless = NULL; /* it would point to this function's memory */
    const bool holds = fits(run, number, &name, NULL, scope);
    run->work.harmless = harmless;
    return holds;
}

/* Has the member a pattern, and does it fit all that it has? */
static bool patterns_fit(struct run *run, const struct pen_object_rule *rule,
                         const struct pen_json *member, const struct scope *scope, bool *known)
{
    for (uint32_t i = 0; i < rule->pattern_count; i++) {
        if (!pen_pattern_holds(&run->work, rule->patterns[i], member->name)) {
            if (run->work.status != PEN_OK) return false;
            continue;
        }
        *known = true;
        if (!fits(run, rule->pattern_nodes[i], member, NULL, scope)) return false;
    }
    return true;
}

static bool dependencies_hold(struct run *run, const struct pen_object_rule *rule,
                              const struct pen_json *value, const struct pen_marks *seen,
                              struct pen_marks *marks, const struct scope *scope)
{
    for (uint32_t i = 0; i < rule->dependency_count; i++) {
        const struct pen_dependency *const d = &rule->dependencies[i];
        if (!pen_marks_has(seen, d->property)) continue;
        if (!pen_schema_pay(&run->work, d->count)) return false;
        for (uint32_t n = 0; n < d->count; n++) {
            if (!pen_marks_has(seen, d->names[n])) return false;
        }
        if (d->node != PEN_NONE && !fits(run, d->node, value, marks, scope)) return false;
    }
    return true;
}

static const struct pen_json *find_member(const struct pen_json *object,
                                          const struct pen_name *name)
{
    for (const struct pen_json *m = object->first; m != NULL; m = m->next) {
        if (m->name.len != name->len) continue;
        const struct pen_name own = pen_names_read(m->name);
        if (pen_names_equal(&own, name)) return m;
    }
    return NULL;
}

/* As members_fit() does, for a rule of a name or two and nothing else, as in branches. */
static bool named_fit(struct run *run, const struct pen_object_rule *rule,
                      const struct pen_json *value, struct pen_marks *marks,
                      const struct scope *scope)
{
    for (uint32_t i = 0; i < rule->names.count; i++) {
        const struct pen_property property = rule->properties[i];
        const struct pen_json *const member = find_member(value, &rule->names.names[i]);
        if (member == NULL) {
            if (property.required) return false;
            continue;
        }
        if (property.node == PEN_NONE) continue;
        if (!fits(run, property.node, member, NULL, scope)) return false;
        if (marks != NULL) pen_marks_set(marks, member->index);
    }
    return true;
}

static bool members_fit(struct run *run, const struct pen_object_rule *rule,
                        const struct pen_json *value, struct pen_marks *seen,
                        struct pen_marks *marks, const struct scope *scope)
{
    uint32_t missing = rule->required;
    for (const struct pen_json *m = value->first; m != NULL; m = m->next) {
        bool known = false;
        const uint32_t found =
            rule->names.count > 0 ? pen_names_find(&rule->names, m->name) : PEN_NONE;
        if (found != PEN_NONE) {
            const struct pen_property property = rule->properties[found];
            missing -= property.required;
            if (seen != NULL) pen_marks_set(seen, found);
            if (property.node != PEN_NONE) {
                known = true;
                if (!fits(run, property.node, m, NULL, scope)) return false;
            }
        }
        if (rule->pattern_count > 0 && !patterns_fit(run, rule, m, scope, &known)) return false;
        if (!known && rule->additional != PEN_NONE) {
            known = true;
            if (!fits(run, rule->additional, m, NULL, scope)) return false;
        }
        if (known && marks != NULL) pen_marks_set(marks, m->index);
        if (rule->property_names != PEN_NONE && !name_fits(run, rule->property_names, m, scope)) {
            return false;
        }
    }
    return missing == 0;
}

static bool object_fits(struct run *run, const struct pen_object_rule *rule,
                        const struct pen_json *value, struct pen_marks *marks,
                        const struct scope *scope)
{
    if (value->count < rule->least || value->count > rule->most) return false;
    if (value->count < rule->required) return false;
    if (!pen_schema_pay(&run->work, value->count)) return false;
    if (rule->is_brief) return named_fit(run, rule, value, marks, scope);
    if (rule->dependency_count == 0) return members_fit(run, rule, value, NULL, marks, scope);

    const struct pen_bits_place place = pen_bits_here(&run->work);
    struct pen_marks seen;
    if (!pen_marks_init(&seen, &run->work, rule->names.count)) return false;
    const bool holds = members_fit(run, rule, value, &seen, marks, scope)
                       && dependencies_hold(run, rule, value, &seen, marks, scope);
    pen_bits_back(&run->work, place);
    return holds;
}

/* ---- elements ---- */

static bool contains_enough(struct run *run, const struct pen_array_rule *rule,
                            const struct pen_json *value, struct pen_marks *marks,
                            const struct scope *scope)
{
    uint64_t count = 0;
    for (const struct pen_json *e = value->first; e != NULL; e = e->next) {
        if (!tries(run, rule->contains, e, NULL, scope)) {
            if (run->work.status != PEN_OK) return false;
            continue;
        }
        if (++count > rule->most_contained) return false;
        if (marks != NULL && rule->contains_marks) pen_marks_set(marks, e->index);
        const bool decided = rule->most_contained == UINT64_MAX && count >= rule->least_contained;
        if (decided && marks == NULL && run->work.harmless == NULL) return true;
    }
    return count >= rule->least_contained;
}

static bool array_fits(struct run *run, const struct pen_array_rule *rule,
                       const struct pen_json *value, struct pen_marks *marks,
                       const struct scope *scope)
{
    if (value->count < rule->least || value->count > rule->most) return false;
    if (!pen_schema_pay(&run->work, value->count)) return false;
    const struct pen_json *e = value->first;
    for (uint32_t i = 0; i < rule->prefix_count && e != NULL; i++, e = e->next) {
        if (!fits(run, rule->prefix[i], e, NULL, scope)) return false;
        if (marks != NULL) pen_marks_set(marks, e->index);
    }
    if (rule->items != PEN_NONE) {
        for (; e != NULL; e = e->next) {
            if (!fits(run, rule->items, e, NULL, scope)) return false;
            if (marks != NULL) pen_marks_set(marks, e->index);
        }
    }
    if (rule->contains != PEN_NONE && !contains_enough(run, rule, value, marks, scope)) {
        return false;
    }
    return !rule->unique || pen_values_unique(&run->work, value, NULL, NULL);
}

/* ---- scalars ---- */

static bool is_within(struct run *run, const struct pen_bounds_rule *rule,
                      const struct pen_json *value)
{
    struct pen_schema_work *const work = &run->work;
    if (rule->least != NULL && pen_bound_compare(work, rule->least, value) < 0) return false;
    if (rule->most != NULL && pen_bound_compare(work, rule->most, value) > 0) return false;
    if (rule->above != NULL && pen_bound_compare(work, rule->above, value) <= 0) return false;
    if (rule->below != NULL && pen_bound_compare(work, rule->below, value) >= 0) return false;
    return work->status == PEN_OK;
}

/* ---- other schemas on the same value ---- */

static bool any_fits(struct run *run, const struct pen_instruction *one,
                     const struct pen_json *value, struct pen_marks *marks,
                     const struct scope *scope)
{
    bool any = false;
    for (uint32_t i = 0; i < one->node; i++) {
        if (tries(run, one->nodes[i], value, marks, scope)) {
            any = true;
            if (marks == NULL) return true;
        }
        if (run->work.status != PEN_OK) return false;
    }
    return any;
}

static bool one_fits(struct run *run, const struct pen_instruction *one,
                     const struct pen_json *value, struct pen_marks *marks,
                     const struct scope *scope)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < one->node; i++) {
        if (tries(run, one->nodes[i], value, marks, scope) && ++count > 1) return false;
        if (run->work.status != PEN_OK) return false;
    }
    return count == 1;
}

static bool branch_fits(struct run *run, const struct pen_instruction *one,
                        const struct pen_json *value, struct pen_marks *marks,
                        const struct scope *scope)
{
    const bool holds = tries(run, one->node, value, marks, scope);
    if (run->work.status != PEN_OK) return false;
    const uint32_t branch = one->nodes[holds ? 0 : 1];
    return branch == PEN_NONE || fits(run, branch, value, marks, scope);
}

static bool dynamic_fits(struct run *run, const struct pen_dynamic *dynamic,
                         const struct pen_json *value, struct pen_marks *marks,
                         const struct scope *scope)
{
    uint32_t target = dynamic->fallback;
    for (const struct scope *s = scope; s != NULL; s = s->outer) {
        if (!pen_schema_pay(&run->work, 1 + dynamic->count / 8)) return false;
        for (uint32_t i = 0; i < dynamic->count; i++) {
            if (dynamic->resources[i] == s->resource) target = dynamic->targets[i];
        }
    }
    return fits(run, target, value, marks, scope);
}

static bool rest_fits(struct run *run, uint32_t number, const struct pen_json *value,
                      struct pen_marks *marks, const struct scope *scope)
{
    if (!pen_schema_pay(&run->work, value->count)) return false;
    for (const struct pen_json *c = value->first; c != NULL; c = c->next) {
        if (pen_marks_has(marks, c->index)) continue;
        if (!fits(run, number, c, NULL, scope)) return false;
        pen_marks_set(marks, c->index);
    }
    return true;
}

/* What asks about a value without children and hands it to no other schema. */
static inline bool obey_scalar(struct run *run, const struct pen_instruction *one,
                               const struct pen_json *value)
{
    struct pen_schema_work *const work = &run->work;
    switch (one->operation) {
    case PEN_OP_ENUM:
        return pen_enum_has(work, one->values, value);
    case PEN_OP_LENGTH:
        return pen_length_within(work, value->text, one->length->least, one->length->most);
    case PEN_OP_PATTERN:
        return pen_pattern_holds(work, one->expression, value->text);
    case PEN_OP_FORMAT:
        return pen_schema_pay(work, value->text.len)
               && pen_format_matches(one->format, value->text);
    case PEN_OP_CONTENT:
        return pen_content_fits(work, one->content, value->text);
    case PEN_OP_BOUNDS:
        return is_within(run, one->bounds, value);
    case PEN_OP_MULTIPLE:
        return pen_bound_divides(work, one->bound, value);
    case PEN_OP_OBJECT:
    case PEN_OP_ARRAY:
    case PEN_OP_CALL:
    case PEN_OP_DYNAMIC:
    case PEN_OP_ANY_OF:
    case PEN_OP_ONE_OF:
    case PEN_OP_NOT:
    case PEN_OP_IF:
    case PEN_OP_UNEVALUATED:
        break;
    }
    return false;
}

static bool obey(struct run *run, const struct pen_instruction *one, const struct pen_json *value,
                 struct pen_marks *marks, const struct scope *scope)
{
    switch (one->operation) {
    case PEN_OP_OBJECT:
        return object_fits(run, one->object, value, marks, scope);
    case PEN_OP_ARRAY:
        return array_fits(run, one->array, value, marks, scope);
    case PEN_OP_CALL:
        return fits(run, one->node, value, marks, scope);
    case PEN_OP_DYNAMIC:
        return dynamic_fits(run, one->dynamic, value, marks, scope);
    case PEN_OP_ANY_OF:
        return any_fits(run, one, value, marks, scope);
    case PEN_OP_ONE_OF:
        return one_fits(run, one, value, marks, scope);
    case PEN_OP_NOT:
        return fails(run, one->node, value, scope);
    case PEN_OP_IF:
        return branch_fits(run, one, value, marks, scope);
    case PEN_OP_UNEVALUATED:
        return rest_fits(run, one->node, value, marks, scope);
    case PEN_OP_ENUM:
    case PEN_OP_LENGTH:
    case PEN_OP_PATTERN:
    case PEN_OP_FORMAT:
    case PEN_OP_CONTENT:
    case PEN_OP_BOUNDS:
    case PEN_OP_MULTIPLE:
        break;
    }
    return obey_scalar(run, one, value);
}

static bool obey_group(struct run *run, const struct pen_node *node, enum pen_group group,
                       const struct pen_json *value, struct pen_marks *marks,
                       const struct scope *scope)
{
    const struct pen_instruction *one = &run->instructions[node->first[group]];
    const struct pen_instruction *const end = &run->instructions[node->first[group + 1]];
    for (; one < end; one++) {
        if (!obey(run, one, value, marks, scope)) return false;
    }
    return true;
}

static const enum pen_group groups[] = {
    [PEN_JSON_NULL] = PEN_GROUP_END,      [PEN_JSON_FALSE] = PEN_GROUP_END,
    [PEN_JSON_TRUE] = PEN_GROUP_END,      [PEN_JSON_NUMBER] = PEN_GROUP_NUMBER,
    [PEN_JSON_STRING] = PEN_GROUP_STRING, [PEN_JSON_ARRAY] = PEN_GROUP_ARRAY,
    [PEN_JSON_OBJECT] = PEN_GROUP_OBJECT,
};

/* A number or a string that no other schema is asked about: most leaves of an event. */
static inline bool is_plain_scalar(const struct pen_node *node, const struct pen_json *value)
{
    return (value->type == PEN_JSON_STRING || value->type == PEN_JSON_NUMBER)
           && node->first[PEN_GROUP_LATE] == node->first[PEN_GROUP_LAST];
}

static bool obey_scalars(struct run *run, const struct pen_node *node, const struct pen_json *value)
{
    const enum pen_group group = groups[value->type];
    uint32_t i = node->first[PEN_GROUP_EARLY];
    for (; i < node->first[PEN_GROUP_EARLY + 1]; i++) {
        if (!obey_scalar(run, &run->instructions[i], value)) return false;
    }
    for (i = node->first[group]; i < node->first[group + 1]; i++) {
        if (!obey_scalar(run, &run->instructions[i], value)) return false;
    }
    return true;
}

static bool obey_all(struct run *run, const struct pen_node *node, const struct pen_json *value,
                     struct pen_marks *marks, const struct scope *scope)
{
    const enum pen_group group = groups[value->type];
    return obey_group(run, node, PEN_GROUP_EARLY, value, marks, scope)
           && (group == PEN_GROUP_END || obey_group(run, node, group, value, marks, scope))
           && obey_group(run, node, PEN_GROUP_LATE, value, marks, scope);
}

/* A schema that asks what was left: it sees marks of its own only, and hands them on. */
static bool obey_tracked(struct run *run, const struct pen_node *node, const struct pen_json *value,
                         struct pen_marks *outer, const struct scope *scope)
{
    const struct pen_bits_place place = pen_bits_here(&run->work);
    struct pen_marks own;
    if (!pen_marks_init(&own, &run->work, value->count)) return false;
    bool holds = obey_all(run, node, value, &own, scope);
    const struct pen_instruction *one = &run->instructions[node->first[PEN_GROUP_LAST]];
    const struct pen_instruction *const end = &run->instructions[node->first[PEN_GROUP_END]];
    for (; holds && one < end; one++) {
        const bool items = one->for_items;
        if (items != (value->type == PEN_JSON_ARRAY)) continue;
        holds = obey(run, one, value, &own, scope);
    }
    if (holds && outer != NULL) pen_marks_join(outer, &own);
    pen_bits_back(&run->work, place);
    return holds;
}

static bool evaluate(struct run *run, const struct pen_node *node, const struct pen_json *value,
                     struct pen_marks *marks, const struct scope *scope)
{
    if (!pen_schema_pay(&run->work, 1)) return false;
    if (is_plain_scalar(node, value)) return obey_scalars(run, node, value);
    if (run->work.depth == PEN_SCHEMA_DEPTH) return pen_schema_stop(&run->work, PEN_ERR_LIMIT);

    const struct scope inner = {.outer = scope, .resource = node->resource};
    if (run->is_dynamic && (scope == NULL || scope->resource != node->resource)) scope = &inner;
    run->work.depth++;
    const bool holds = (node->tracks & PEN_TYPE(value->type)) != 0
                           ? obey_tracked(run, node, value, marks, scope)
                           : obey_all(run, node, value, marks, scope);
    run->work.depth--;
    return holds;
}

static enum pen_status start(const struct pen_schema *schema, const struct pen_json *instance,
                             const struct pen_schema_run *run, struct pen_schema_values *harmless,
                             bool *valid)
{
    struct run state = {
        .work = pen_schema_work_of(run),
        .nodes = schema->nodes,
        .instructions = schema->instructions,
        .is_dynamic = schema->is_dynamic,
    };
    state.work.harmless = harmless;
    const bool holds = fits(&state, schema->root, instance, NULL, NULL);
    *run->steps_left = state.work.steps_left;
    if (state.work.status != PEN_OK) return state.work.status;
    *valid = holds;
    return PEN_OK;
}

enum pen_status pen_schema_is_valid(const struct pen_schema *schema,
                                    const struct pen_json *instance,
                                    const struct pen_schema_run *run, bool *valid)
{
    return start(schema, instance, run, NULL, valid);
}

enum pen_status pen_schema_find_harmless(const struct pen_schema *schema,
                                         const struct pen_json *instance,
                                         const struct pen_schema_run *run, bool *valid,
                                         struct pen_schema_values *harmless)
{
    struct pen_schema_values found = {0};
    PEN_TRY(start(schema, instance, run, &found, valid));
    if (!*valid) found.count = 0;
    *harmless = found;
    return PEN_OK;
}
