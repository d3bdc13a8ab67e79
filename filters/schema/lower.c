/**
 * From the plain form to the program.
 *
 * A subschema comes after all that it applies to the same value, so that what it draws in is ready.
 * A schema that applies itself to the same value would never end; the order shows that, too.
 */
#include "filters/schema/lower.h"

/* Instructions of another schema that are copied in rather than called: a call costs about as much
 * as a handful of them, and copies of copies must not grow without bound. */
#define MOST_DRAWN_IN 16

/* Types without parts. */
#define SCALARS (PEN_TYPE(PEN_JSON_ARRAY) - 1)

const struct pen_use *pen_lower_use(const struct pen_subschema *s, enum pen_keyword keyword)
{
    for (uint32_t i = 0; i < s->use_count; i++) {
        if (s->uses[i].keyword == keyword) return &s->uses[i];
    }
    return NULL;
}

uint32_t pen_lower_node(const struct pen_subschema *s, enum pen_keyword keyword)
{
    const struct pen_use *const use = pen_lower_use(s, keyword);
    return use != NULL ? use->node : PEN_NONE;
}

enum pen_status pen_lower_add(struct pen_lowering *l, enum pen_group group,
                              struct pen_instruction one)
{
    struct pen_instruction *const drafts =
        pen_lookup_grow(l->drafts, sizeof(*drafts), l->draft_count, &l->draft_room, l->making);
    if (drafts == NULL) return PEN_ERR_NOMEM;
    l->drafts = drafts;
    enum pen_group *const groups =
        pen_lookup_grow(l->groups, sizeof(*groups), l->draft_count, &l->group_room, l->making);
    if (groups == NULL) return PEN_ERR_NOMEM;
    l->groups = groups;
    drafts[l->draft_count] = one;
    groups[l->draft_count++] = group;
    return PEN_OK;
}

static pen_types both(pen_types a, pen_types b)
{
    return (pen_types)((a & b & PEN_TYPES_ALL) | ((a | b) & PEN_TYPES_INTEGER));
}

static enum pen_status lower_types(struct pen_lowering *l, const struct pen_subschema *s)
{
    for (uint32_t i = 0; i < s->use_count; i++) {
        const struct pen_use *const use = &s->uses[i];
        if (use->keyword == PEN_KEYWORD_TYPE) {
            l->node->types = both(l->node->types, use->types);
        }
        if (use->keyword != PEN_KEYWORD_ENUM && use->keyword != PEN_KEYWORD_CONST) continue;
        l->node->types = both(l->node->types, use->values->types);
        l->node->harmless |= SCALARS;
        PEN_TRY(pen_lower_add(
            l, PEN_GROUP_EARLY,
            (struct pen_instruction){.operation = PEN_OP_ENUM, .values = use->values}));
    }
    /* A schema that takes no strings says that what is here is a number or a word. */
    if ((l->node->types & PEN_TYPE(PEN_JSON_STRING)) == 0) l->node->harmless |= SCALARS;
    return PEN_OK;
}

/* ---- other subschemas on the same value ---- */

static bool can_be_drawn_in(const struct pen_lowering *l, const struct pen_subschema *s,
                            uint32_t target)
{
    const struct pen_node *const node = &l->nodes[target];
    if (node->tracks != 0) return false; /* its marks are its own */
    if (l->is_dynamic && node->resource != s->resource) return false;
    return node->first[PEN_GROUP_END] - node->first[0] <= MOST_DRAWN_IN;
}

/* All of another schema holds here, too. */
static enum pen_status require(struct pen_lowering *l, const struct pen_subschema *s,
                               uint32_t target)
{
    const struct pen_node *const node = &l->nodes[target];
    if (!can_be_drawn_in(l, s, target)) {
        l->node->types = both(l->node->types, node->types);
        return pen_lower_add(l, PEN_GROUP_LATE,
                             (struct pen_instruction){.operation = PEN_OP_CALL, .node = target});
    }
    l->node->types = both(l->node->types, node->types);
    l->node->harmless |= node->harmless;
    for (int group = 0; group < PEN_GROUP_END; group++) {
        for (uint32_t i = node->first[group]; i < node->first[group + 1]; i++) {
            PEN_TRY(pen_lower_add(l, (enum pen_group)group, l->instructions[i]));
        }
    }
    return PEN_OK;
}

static enum pen_status lower_several(struct pen_lowering *l, const struct pen_use *use,
                                     enum pen_operation operation)
{
    return pen_lower_add(
        l, PEN_GROUP_LATE,
        (struct pen_instruction){.operation = operation, .node = use->count, .nodes = use->nodes});
}

static enum pen_status lower_condition(struct pen_lowering *l, const struct pen_subschema *s,
                                       const struct pen_use *use)
{
    uint32_t *const branches = pen_arena_calloc(l->arena, 2, sizeof(*branches));
    if (branches == NULL) return PEN_ERR_NOMEM;
    branches[0] = pen_lower_node(s, PEN_KEYWORD_THEN);
    branches[1] = pen_lower_node(s, PEN_KEYWORD_ELSE);
    return pen_lower_add(
        l, PEN_GROUP_LATE,
        (struct pen_instruction){.operation = PEN_OP_IF, .node = use->node, .nodes = branches});
}

static bool is_fixed(const struct pen_use *use)
{
    return use->keyword == PEN_KEYWORD_REF || use->dynamic == NULL
           || (use->dynamic->count == 1 && use->dynamic->targets[0] == use->dynamic->fallback);
}

static enum pen_status lower_applicator(struct pen_lowering *l, const struct pen_subschema *s,
                                        const struct pen_use *use)
{
    if (use->keyword == PEN_KEYWORD_REF || use->keyword == PEN_KEYWORD_DYNAMIC_REF) {
        if (is_fixed(use)) return require(l, s, use->node);
        return pen_lower_add(
            l, PEN_GROUP_LATE,
            (struct pen_instruction){.operation = PEN_OP_DYNAMIC, .dynamic = use->dynamic});
    }
    if (use->keyword == PEN_KEYWORD_ALL_OF) {
        for (uint32_t i = 0; i < use->count; i++) {
            PEN_TRY(require(l, s, use->nodes[i]));
        }
        return PEN_OK;
    }
    if (use->keyword == PEN_KEYWORD_ANY_OF) return lower_several(l, use, PEN_OP_ANY_OF);
    if (use->keyword == PEN_KEYWORD_ONE_OF) return lower_several(l, use, PEN_OP_ONE_OF);
    if (use->keyword == PEN_KEYWORD_IF) return lower_condition(l, s, use);
    if (use->keyword == PEN_KEYWORD_NOT) {
        return pen_lower_add(l, PEN_GROUP_LATE,
                             (struct pen_instruction){.operation = PEN_OP_NOT, .node = use->node});
    }
    const bool items = use->keyword == PEN_KEYWORD_UNEVALUATED_ITEMS;
    if (!items && use->keyword != PEN_KEYWORD_UNEVALUATED_PROPERTIES) return PEN_OK;
    l->node->tracks |= PEN_TYPE(items ? PEN_JSON_ARRAY : PEN_JSON_OBJECT);
    return pen_lower_add(l, PEN_GROUP_LAST,
                         (struct pen_instruction){.operation = PEN_OP_UNEVALUATED,
                                                  .for_items = items,
                                                  .node = use->node});
}

/* ---- one subschema ---- */

static pen_types busy_types(enum pen_group group, pen_types tracks)
{
    switch (group) {
    case PEN_GROUP_NUMBER:
        return PEN_TYPE(PEN_JSON_NUMBER);
    case PEN_GROUP_STRING:
        return PEN_TYPE(PEN_JSON_STRING);
    case PEN_GROUP_ARRAY:
        return PEN_TYPE(PEN_JSON_ARRAY);
    case PEN_GROUP_OBJECT:
        return PEN_TYPE(PEN_JSON_OBJECT);
    case PEN_GROUP_LAST:
        return tracks;
    case PEN_GROUP_EARLY:
    case PEN_GROUP_LATE:
    case PEN_GROUP_END:
        break;
    }
    return PEN_TYPES_ALL;
}

/* The drafts, group by group, at the end of the program. */
static enum pen_status place_drafts(struct pen_lowering *l)
{
    for (int group = 0; group < PEN_GROUP_END; group++) {
        l->node->first[group] = l->instruction_count;
        for (uint32_t i = 0; i < l->draft_count; i++) {
            if ((int)l->groups[i] != group) continue;
            struct pen_instruction *const all =
                pen_lookup_grow(l->instructions, sizeof(*all), l->instruction_count,
                                &l->instruction_room, l->making);
            if (all == NULL) return PEN_ERR_NOMEM;
            l->instructions = all;
            all[l->instruction_count++] = l->drafts[i];
            l->node->busy |= busy_types((enum pen_group)group, l->node->tracks);
        }
    }
    l->node->first[PEN_GROUP_END] = l->instruction_count;
    return PEN_OK;
}

static enum pen_status lower_one(struct pen_lowering *l, uint32_t number)
{
    const struct pen_subschema *const s = &l->compiler->subschemas[number];
    l->node = &l->nodes[number];
    l->node->resource = s->resource;
    l->node->types = s->source->type == PEN_JSON_FALSE ? 0 : PEN_TYPES_ALL;
    l->draft_count = 0;
    PEN_TRY(lower_types(l, s));
    PEN_TRY(pen_lower_rules(l, s));
    for (uint32_t i = 0; i < s->use_count; i++) {
        PEN_TRY(lower_applicator(l, s, &s->uses[i]));
    }
    return place_drafts(l);
}

/* ---- order ---- */

static bool applies_in_place(enum pen_keyword keyword)
{
    return keyword == PEN_KEYWORD_REF || keyword == PEN_KEYWORD_DYNAMIC_REF
           || keyword == PEN_KEYWORD_ALL_OF || keyword == PEN_KEYWORD_ANY_OF
           || keyword == PEN_KEYWORD_ONE_OF || keyword == PEN_KEYWORD_NOT
           || keyword == PEN_KEYWORD_IF || keyword == PEN_KEYWORD_THEN
           || keyword == PEN_KEYWORD_ELSE || keyword == PEN_KEYWORD_DEPENDENT_SCHEMAS
           || keyword == PEN_KEYWORD_DEPENDENCIES;
}

struct visit {
    uint32_t number;
    uint32_t use;   /* at work */
    uint32_t child; /* the next one of it */
};

/* The next subschema that the one at work applies to the same value. */
static uint32_t next_in_place(const struct pen_subschema *s, struct visit *visit)
{
    for (; visit->use < s->use_count; visit->use++, visit->child = 0) {
        const struct pen_use *const use = &s->uses[visit->use];
        if (!applies_in_place(use->keyword)) continue;
        if (use->keyword == PEN_KEYWORD_DYNAMIC_REF && !is_fixed(use)) continue;
        if (use->node != PEN_NONE) {
            if (visit->child++ == 0) return use->node;
            continue;
        }
        while (use->nodes != NULL && visit->child < use->count) {
            const uint32_t node = use->nodes[visit->child++];
            if (node != PEN_NONE) return node;
        }
    }
    return PEN_NONE;
}

enum colour {
    UNSEEN,
    OPEN, /* on the way to the one at work */
    DONE,
};

static enum pen_status endless(struct pen_lowering *l, uint32_t number)
{
    return pen_registry_fail(&l->compiler->registry, l->compiler->subschemas[number].source,
                             PEN_S("$ref"), PEN_ERR_INVALID,
                             "comes back to itself without going deeper into the value: it would "
                             "never end");
}

static enum pen_status lower_from(struct pen_lowering *l, uint32_t number, uint8_t *colours,
                                  struct visit *stack)
{
    uint32_t depth = 0;
    colours[number] = OPEN;
    stack[depth++] = (struct visit){.number = number};
    while (depth > 0) {
        struct visit *const top = &stack[depth - 1];
        const uint32_t next = next_in_place(&l->compiler->subschemas[top->number], top);
        if (next == PEN_NONE) {
            PEN_TRY(lower_one(l, top->number));
            colours[top->number] = DONE;
            depth--;
        } else if (colours[next] == OPEN) {
            return endless(l, next);
        } else if (colours[next] == UNSEEN) {
            colours[next] = OPEN;
            stack[depth++] = (struct visit){.number = next};
        }
    }
    return PEN_OK;
}

enum pen_status pen_schema_lower(struct pen_compiler *compiler, struct pen_schema *schema)
{
    struct pen_lowering l = {
        .compiler = compiler, .arena = compiler->program, .making = compiler->making};
    for (uint32_t i = 0; i < compiler->dynamic_count; i++) {
        if (compiler->dynamics[i]->count > 1) l.is_dynamic = true;
    }
    l.nodes = pen_arena_calloc(l.arena, (size_t)compiler->count + 1, sizeof(*l.nodes));
    uint8_t *const colours = pen_arena_calloc(l.making, (size_t)compiler->count + 1, 1);
    struct visit *const stack =
        pen_arena_calloc(l.making, (size_t)compiler->count + 1, sizeof(*stack));
    if (l.nodes == NULL || colours == NULL || stack == NULL) return PEN_ERR_NOMEM;
    for (uint32_t i = 0; i < compiler->count; i++) {
        if (colours[i] == UNSEEN) PEN_TRY(lower_from(&l, i, colours, stack));
    }
    schema->nodes = l.nodes;
    schema->instructions =
        pen_compiler_keep(l.arena, l.instructions, sizeof(*l.instructions), l.instruction_count);
    if (schema->instructions == NULL) return PEN_ERR_NOMEM;
    schema->is_dynamic = l.is_dynamic;
    return PEN_OK;
}
