/**
 * When a reference is tried, what does its group hold?
 *
 * ECMA-262 empties the groups in a repeated term whenever it begins anew (22.2.2.3.1,
 * RepeatMatcher); PCRE2 keeps what they held. So /(?:(a)|b)*\1/ finds "ab" there, as the last round
 * was "b", and here only "aba". A repetition that matched nothing is undone there and counts here,
 * and its groups with it. Neither can be spelled in PCRE2, so an expression is refused unless its
 * shape says that both hold the same:
 *
 *  - a reference in its own group, before it, in another alternative than it, or to a group in a
 *    negative look or in what is repeated no times: that group never holds anything, and the
 *    reference matches nothing;
 *  - behind a group: of every repetition around the group alone, the last round sets it, and no
 *    round matches nothing;
 *  - within a repetition that holds both: each round sets the group before the reference.
 *
 * What looks ahead is left for good once it matched, by its first way. That way may differ where a
 * loop in it may turn without moving, and so may what its groups hold.
 */
#include "filters/schema/ecma_reference.h"

static struct pen_ecma_node *parent(const struct pen_ecma_node *node)
{
    return node->within != NULL ? node->within->owner : NULL;
}

/* Are sequences read backwards where the node stands? */
static bool is_backwards(const struct pen_ecma_node *node)
{
    for (const struct pen_ecma_node *n = parent(node); n != NULL; n = parent(n)) {
        if (pen_ecma_looks_around(n)) return pen_ecma_looks_behind(n);
    }
    return false;
}

/* Whoever passes `node` has passed what stands in `node` with it: no other alternative, no "?". */
static bool is_certain(const struct pen_ecma_node *node)
{
    return node->min > 0 && node->within->owner->alternatives->next == NULL;
}

static bool repeats_around(const struct pen_ecma_node *node)
{
    for (const struct pen_ecma_node *n = parent(node); n != NULL; n = parent(n)) {
        if (n->max > 1) return true;
    }
    return false;
}

/*
 * The group is in `top` or is it, and the reference stands behind `top` in the same alternative.
 * Climbs from the group to `top`.
 */
static bool holds_alike(const struct pen_ecma_node *group, const struct pen_ecma_node *top)
{
    bool certain = true; /* each round of the repetition at hand sets the group */
    bool in_look = false;
    const bool repeated = repeats_around(top);
    for (const struct pen_ecma_node *n = group;; n = parent(n)) {
        if (pen_ecma_looks_behind(n)) return false;
        if (pen_ecma_looks_around(n)) {
            if (n->nullable_loop) return false;
            in_look = true;
        }
        if (n->max > 1 && (n->body_nullable || !certain)) return false;
        if (n->min == 0 && n->body_nullable && in_look) return false;
        if (n == top) return !repeated || (certain && n->min > 0);
        certain = certain && is_certain(n);
    }
}

/* In what holds nothing once it is passed, or is never tried. */
static bool is_forgotten(const struct pen_ecma_node *group, const struct pen_ecma_node *top)
{
    for (const struct pen_ecma_node *n = group;; n = parent(n)) {
        if (n->kind == PEN_ECMA_NOT_AHEAD || n->kind == PEN_ECMA_NOT_BEHIND) return true;
        if (pen_ecma_is_skipped(n)) return true;
        if (n == top) return false;
    }
}

static bool is_in_look_behind(const struct pen_ecma_node *node, const struct pen_ecma_node *top)
{
    for (const struct pen_ecma_node *n = node;; n = parent(n)) {
        if (pen_ecma_looks_behind(n)) return true;
        if (n == top) return false;
    }
}

/* Climb until both are terms of the same alternative, or of alternatives of the same group; equal
   when the reference is in its group. */
static void climb(const struct pen_ecma_node **a, const struct pen_ecma_node **b)
{
    while ((*a)->depth > (*b)->depth) {
        *a = parent(*a);
    }
    while ((*b)->depth > (*a)->depth) {
        *b = parent(*b);
    }
    while (*a != *b && parent(*a) != parent(*b)) {
        *a = parent(*a);
        *b = parent(*b);
    }
}

static bool is_alike(struct pen_ecma_node *reference, struct pen_ecma_node *group)
{
    const struct pen_ecma_node *own = reference;
    const struct pen_ecma_node *top = group;
    climb(&own, &top);
    const bool backwards = is_backwards(own);
    const bool behind = (own->place > top->place) != backwards;
    if (own == top || own->within != top->within || !behind || is_forgotten(group, top)) {
        reference->always_empty = true;
        return true;
    }
    group->captures = true;
    return !backwards && !is_in_look_behind(reference, own) && holds_alike(group, top);
}

enum pen_status pen_ecma_references(const struct pen_ecma_tree *tree, size_t *place)
{
    for (struct pen_ecma_node *r = tree->references; r != NULL; r = r->next_reference) {
        if (is_alike(r, tree->groups[r->number])) continue;
        *place = r->place;
        return PEN_ERR_UNSUPPORTED;
    }
    return PEN_OK;
}
