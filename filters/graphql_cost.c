/**
 * Two walks: one over all that is written, one over each definition with the numbers of the
 * fragments it spreads. The second waits at a spread until that fragment is done; a fragment that
 * is still waited for is a circle.
 */
#include "filters/graphql_cost.h"

#include "filters/core/json_names.h"

enum progress { NEW, WAITING, DONE };

/* An operation or fragment. */
struct definition {
    const struct pen_json *node;
    const struct pen_json *at; /* the walk's place in it */
    struct definition *caller; /* waits for this one */
    struct pen_graphql_tally depth;
    uint64_t expanded;
    uint64_t level; /* fields above `at` within it */
    enum progress progress;
};

struct counting {
    struct pen_graphql_cost *cost;
    const struct pen_json **names; /* fragments, sorted by name */
    struct definition *fragments;  /* in the same order */
    size_t count;
};

static uint64_t add(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static void raise_to(struct pen_graphql_tally *tally, uint64_t value, const struct pen_json *node)
{
    if (value <= tally->value) return;
    *tally = (struct pen_graphql_tally){value, node};
}

static void count_up(struct pen_graphql_tally *tally, const struct pen_json *node)
{
    tally->value++;
    tally->node = node;
}

/* What is written. */

static bool asks_for_schema(struct pen_str field)
{
    return pen_str_equal(field, PEN_S("__schema")) || pen_str_equal(field, PEN_S("__type"));
}

/* Values hold no fields: the walk stays out of them. */
static bool has_parts(enum pen_graphql_part part)
{
    return part != PEN_GRAPHQL_ARGUMENT && part != PEN_GRAPHQL_ABOUT;
}

static const struct pen_json *next_written(const struct pen_json *node, enum pen_graphql_part part)
{
    if (node->first != NULL && has_parts(part)) return node->first;
    while (node->parent != NULL && node->next == NULL) {
        node = node->parent;
    }
    return node->next;
}

static void count_written(const struct pen_json *root, struct pen_graphql_cost *cost)
{
    const struct pen_json *place = NULL; /* of the directives being counted */
    uint64_t here = 0;
    for (const struct pen_json *node = root; node != NULL;) {
        const enum pen_graphql_part part = pen_graphql_part_of(node);
        cost->steps++;
        if (part == PEN_GRAPHQL_FIELD) {
            count_up(&cost->fields, node);
            if (cost->schema == NULL && asks_for_schema(node->name)) cost->schema = node;
        }
        if (part == PEN_GRAPHQL_ABOUT && pen_str_equal(node->name, PEN_S("alias:"))) {
            count_up(&cost->aliases, node);
        }
        if (part == PEN_GRAPHQL_DIRECTIVE) {
            here = node->parent == place ? here + 1 : 1;
            place = node->parent;
            raise_to(&cost->directives, here, node);
        }
        node = next_written(node, part);
    }
}

/* What it expands to. */

static struct definition *fragment_of(const struct counting *c, const struct pen_json *spread)
{
    const size_t at = pen_json_names_find(c->names, c->count, spread->name);
    return at < c->count ? &c->fragments[at] : NULL;
}

/* The next node of the definition; false at its end. */
static bool step(struct definition *d)
{
    const enum pen_graphql_part part = pen_graphql_part_of(d->at);
    if (d->at->first != NULL && has_parts(part) && part != PEN_GRAPHQL_VARIABLE
        && part != PEN_GRAPHQL_DIRECTIVE) {
        if (part == PEN_GRAPHQL_FIELD) d->level++;
        d->at = d->at->first;
        return true;
    }
    while (d->at != d->node && d->at->next == NULL) {
        d->at = d->at->parent;
        if (pen_graphql_part_of(d->at) == PEN_GRAPHQL_FIELD) d->level--;
    }
    if (d->at == d->node) return false;
    d->at = d->at->next;
    return true;
}

/* The numbers of the fragment at a spread, or that fragment, which has to be walked first. */
static struct definition *expand(struct counting *c, struct definition *d)
{
    struct definition *const fragment = fragment_of(c, d->at);
    if (fragment == NULL) return NULL; /* the server will not know it either */
    if (fragment->progress == NEW) return fragment;
    if (fragment->progress == WAITING) {
        if (c->cost->cycle == NULL) c->cost->cycle = d->at;
        return NULL;
    }
    d->expanded = add(d->expanded, fragment->expanded);
    raise_to(&d->depth, add(d->level, fragment->depth.value), d->at);
    return NULL;
}

/* Walk a definition and all that it needs. */
static void walk(struct counting *c, struct definition *first)
{
    struct definition *d = first;
    first->progress = WAITING;
    first->at = first->node;
    while (d != NULL) {
        struct definition *wanted = NULL;
        const enum pen_graphql_part part = pen_graphql_part_of(d->at);
        c->cost->steps++;
        if (part == PEN_GRAPHQL_FIELD) {
            d->expanded = add(d->expanded, 1);
            raise_to(&d->depth, d->level + 1, d->at);
        } else if (part == PEN_GRAPHQL_SPREAD_OF) {
            wanted = expand(c, d);
        }
        if (wanted != NULL) { /* it comes back to the same spread */
            wanted->progress = WAITING;
            wanted->at = wanted->node;
            wanted->caller = d;
            d = wanted;
        } else if (!step(d)) {
            d->progress = DONE;
            d = d->caller;
        }
    }
}

static enum pen_status collect_fragments(struct counting *c, const struct pen_json *root,
                                         struct pen_arena *arena)
{
    size_t count = 0;
    for (const struct pen_json *n = root->first; n != NULL; n = n->next) {
        count += pen_graphql_part_of(n) == PEN_GRAPHQL_FRAGMENT;
    }
    c->names = pen_arena_calloc(arena, count, sizeof(*c->names));
    c->fragments = pen_arena_calloc(arena, count, sizeof(*c->fragments));
    if (c->names == NULL || c->fragments == NULL) return PEN_ERR_NOMEM;

    for (const struct pen_json *n = root->first; n != NULL; n = n->next) {
        if (pen_graphql_part_of(n) == PEN_GRAPHQL_FRAGMENT) c->names[c->count++] = n;
    }
    pen_json_names_sort(c->names, c->count);
    for (size_t i = 0; i < c->count; i++) {
        c->fragments[i].node = c->names[i];
        if (i > 0 && pen_str_equal(c->names[i - 1]->name, c->names[i]->name)) {
            c->cost->twice = c->names[i];
        }
    }
    return PEN_OK;
}

/* Operations by their names. What is sorted goes by the node's own name, and an operation's says
   which kind it is: stand-ins carry what it is called. */
static enum pen_status check_operations(const struct pen_json *root, struct pen_arena *arena,
                                        struct pen_graphql_cost *cost)
{
    const struct pen_json **const names = pen_arena_calloc(arena, root->count, sizeof(*names));
    struct pen_json *const stand_ins = pen_arena_calloc(arena, root->count, sizeof(*stand_ins));
    if (names == NULL || stand_ins == NULL) return PEN_ERR_NOMEM;

    size_t count = 0;
    for (const struct pen_json *n = root->first; n != NULL; n = n->next) {
        if (pen_graphql_part_of(n) != PEN_GRAPHQL_OPERATION) continue;
        stand_ins[count].name = pen_json_string_or(pen_json_member(n, PEN_S("name:")), PEN_S(""));
        stand_ins[count].parent = n;
        names[count] = &stand_ins[count];
        count++;
    }
    pen_json_names_sort(names, count);
    for (size_t i = 1; i < count; i++) {
        if (pen_str_equal(names[i - 1]->name, names[i]->name)) cost->twice = names[i]->parent;
    }
    return PEN_OK;
}

enum pen_status pen_graphql_count(const struct pen_json *root, struct pen_arena *arena,
                                  struct pen_graphql_cost *out)
{
    struct pen_graphql_cost cost = {0};
    struct counting c = {.cost = &cost};
    count_written(root, &cost);
    PEN_TRY(check_operations(root, arena, &cost));
    PEN_TRY(collect_fragments(&c, root, arena));
    for (const struct pen_json *n = root->first; n != NULL; n = n->next) {
        if (pen_graphql_part_of(n) != PEN_GRAPHQL_OPERATION) continue;
        struct definition operation = {.node = n};
        walk(&c, &operation);
        raise_to(&cost.expanded, operation.expanded, n);
        raise_to(&cost.depth, operation.depth.value, operation.depth.node);
    }
    /* A circle of fragments that no operation spreads is one, too. */
    for (size_t i = 0; i < c.count; i++) {
        if (c.fragments[i].progress == NEW) walk(&c, &c.fragments[i]);
    }
    *out = cost;
    return PEN_OK;
}
