/**
 * Thompson's construction: each term leads from a state to another; a repetition is written out as
 * often as it says. Recursion is as deep as groups are.
 */
#include "filters/schema/nfa.h"

struct builder {
    struct pen_nfa *nfa;
    enum pen_status status; /* the first trouble */
};

static uint32_t build_once(struct builder *b, const struct pen_ecma_node *node, uint32_t from);

static void give_up(struct builder *b, enum pen_status status)
{
    if (b->status == PEN_OK) b->status = status;
}

/* State 0 after trouble: nobody looks at the states then. */
static uint32_t add_state(struct builder *b)
{
    if (b->status == PEN_OK && b->nfa->count < PEN_NFA_STATES) return b->nfa->count++;
    give_up(b, PEN_ERR_LIMIT);
    return 0;
}

static void lead(struct builder *b, uint32_t from, enum pen_nfa_kind kind, uint32_t next,
                 uint32_t other)
{
    b->nfa->states[from] =
        (struct pen_nfa_state){.kind = (uint8_t)kind, .next = next, .other = other};
}

static void join(struct builder *b, uint32_t from, uint32_t to)
{
    lead(b, from, PEN_NFA_BOTH, to, to);
}

static uint8_t find_set(struct builder *b, const struct pen_ecma_set *set)
{
    struct pen_nfa *const nfa = b->nfa;
    if (set->members != NULL) give_up(b, PEN_ERR_UNSUPPORTED);
    for (uint32_t i = 0; i < nfa->set_count && b->status == PEN_OK; i++) {
        if (pen_ecma_set_is_equal(nfa->sets[i], set)) return (uint8_t)i;
    }
    if (nfa->set_count == PEN_ALPHABET_SETS) give_up(b, PEN_ERR_LIMIT);
    if (b->status != PEN_OK) return 0;
    nfa->sets[nfa->set_count] = set;
    return (uint8_t)nfa->set_count++;
}

static uint32_t build_repeated(struct builder *b, const struct pen_ecma_node *node, uint32_t from)
{
    if (pen_ecma_is_skipped(node)) return from;
    for (uint32_t i = 0; i < node->min && b->status == PEN_OK; i++) {
        const uint32_t to = build_once(b, node, from);
        if (to == from) break; /* nothing, however often: (?:){4000000000} */
        from = to;
    }
    if (node->max == node->min) return from;
    const uint32_t out = add_state(b);
    if (node->max == PEN_ECMA_ENDLESS) {
        const uint32_t loop = add_state(b);
        const uint32_t inside = add_state(b);
        join(b, from, loop);
        lead(b, loop, PEN_NFA_BOTH, inside, out);
        join(b, build_once(b, node, inside), loop);
        return out;
    }
    for (uint32_t i = node->min; i < node->max && b->status == PEN_OK; i++) {
        const uint32_t inside = add_state(b);
        lead(b, from, PEN_NFA_BOTH, inside, out);
        from = build_once(b, node, inside);
    }
    join(b, from, out);
    return out;
}

static uint32_t build_alternative(struct builder *b, const struct pen_ecma_alternative *alternative,
                                  uint32_t from)
{
    for (const struct pen_ecma_node *node = alternative->first; node != NULL; node = node->next) {
        if (b->status != PEN_OK) return 0;
        from = build_repeated(b, node, from);
    }
    return from;
}

static uint32_t build_group(struct builder *b, const struct pen_ecma_node *node, uint32_t from)
{
    const struct pen_ecma_alternative *alternative = node->alternatives;
    if (alternative->next == NULL) return build_alternative(b, alternative, from);
    const uint32_t out = add_state(b);
    for (; alternative->next != NULL && b->status == PEN_OK; alternative = alternative->next) {
        const uint32_t inside = add_state(b);
        const uint32_t others = add_state(b);
        lead(b, from, PEN_NFA_BOTH, inside, others);
        join(b, build_alternative(b, alternative, inside), out);
        from = others;
    }
    join(b, build_alternative(b, alternative, from), out);
    return out;
}

static uint32_t build_once(struct builder *b, const struct pen_ecma_node *node, uint32_t from)
{
    uint32_t to = 0;
    switch (node->kind) {
    case PEN_ECMA_SET:
        to = add_state(b);
        lead(b, from, PEN_NFA_SET, to, to);
        b->nfa->states[from].set = find_set(b, node->set);
        return to;
    case PEN_ECMA_START:
    case PEN_ECMA_END:
        to = add_state(b);
        lead(b, from, node->kind == PEN_ECMA_START ? PEN_NFA_START : PEN_NFA_END, to, to);
        return to;
    case PEN_ECMA_GROUP:
        return build_group(b, node, from);
    case PEN_ECMA_REFERENCE:
        if (node->always_empty) return from;
        break;
    case PEN_ECMA_BOUNDARY:
    case PEN_ECMA_NOT_BOUNDARY:
    case PEN_ECMA_AHEAD:
    case PEN_ECMA_NOT_AHEAD:
    case PEN_ECMA_BEHIND:
    case PEN_ECMA_NOT_BEHIND:
        break;
    }
    give_up(b, PEN_ERR_UNSUPPORTED);
    return 0;
}

enum pen_status pen_nfa_make(const struct pen_ecma_tree *tree, struct pen_arena *arena,
                             struct pen_nfa *out)
{
    *out = (struct pen_nfa){0};
    out->states = pen_arena_calloc(arena, PEN_NFA_STATES, sizeof(*out->states));
    if (out->states == NULL) return PEN_ERR_NOMEM;
    struct builder b = {.nfa = out};
    const uint32_t end = build_group(&b, tree->root, add_state(&b));
    if (b.status == PEN_OK) lead(&b, end, PEN_NFA_FOUND, 0, 0);
    return b.status;
}
