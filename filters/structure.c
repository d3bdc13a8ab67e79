/**
 * Structure: an event whose shape alone is dangerous, whatever its texts say.
 *
 * Deep nesting, endless arrays, enormous names and numbers exhaust parsers, stacks and budgets
 * behind the gateway. The bounds are a function's own business, so they are settings; the defaults
 * are what events of the known sources stay well below. Depth, texts and their lengths have none
 * here: the event was read within the function's limits, and one key has to be enough to raise
 * them.
 */
#include <string.h>

#include "filters/filter.h"
#include "filters/setting.h"

#define SCORE 100        /* a bound that was set is a bound */
#define NONE  UINT64_MAX /* the function's limit holds */

/* One bound: its configuration key and default. */
enum bound { DEPTH, LEAVES, STRING, NAME, MEMBERS, ELEMENTS, NUMBER, BOUND_COUNT };

static const struct {
    struct pen_str key;
    uint64_t fallback;
    const char *rule;
} bounds[BOUND_COUNT] = {
    [DEPTH] = {PEN_STR("depth"), NONE, "structure.depth"},
    [LEAVES] = {PEN_STR("leaves"), NONE, "structure.leaves"},
    [STRING] = {PEN_STR("string"), NONE, "structure.string"},
    [NAME] = {PEN_STR("name"), 256, "structure.name"},
    [MEMBERS] = {PEN_STR("members"), 256, "structure.members"},
    [ELEMENTS] = {PEN_STR("elements"), 4096, "structure.elements"},
    [NUMBER] = {PEN_STR("number"), 64, "structure.number"},
};

static const struct pen_rule rules[] = {
    {"structure.depth", "the event is nested deeper than the function allows"},
    {"structure.leaves", "the event has more texts than the function allows"},
    {"structure.string", "a text is longer than the function allows"},
    {"structure.name", "a member's name is longer than the function allows"},
    {"structure.members", "an object has more members than the function allows"},
    {"structure.elements", "an array has more elements than the function allows"},
    {"structure.number", "a number has more digits than the function allows"},
};

struct limits {
    uint64_t of[BOUND_COUNT];
};

static enum pen_status read_bound(const struct pen_json *member, struct limits *limits,
                                  struct pen_error *err)
{
    size_t i = 0;
    while (i < BOUND_COUNT && !pen_str_equal(member->name, bounds[i].key)) {
        i++;
    }
    if (i == BOUND_COUNT) {
        struct pen_str keys[BOUND_COUNT];
        for (size_t k = 0; k < BOUND_COUNT; k++) {
            keys[k] = bounds[k].key;
        }
        return pen_setting_unknown(member, keys, BOUND_COUNT, err);
    }
    if (pen_json_to_u64(member, &limits->of[i]) != PEN_OK || limits->of[i] == 0) {
        return pen_setting_refuse(member, err, "'%.*s' takes a whole number above 0",
                                  PEN_STR_ARGS(member->name));
    }
    return PEN_OK;
}

static enum pen_status compile(const struct pen_json *config, struct pen_arena *arena, void **state,
                               struct pen_error *err)
{
    struct limits *limits = pen_arena_calloc(arena, 1, sizeof(*limits));
    if (limits == NULL) return PEN_ERR_NOMEM;

    for (size_t i = 0; i < BOUND_COUNT; i++) {
        limits->of[i] = bounds[i].fallback;
    }
    for (const struct pen_json *m = config == NULL ? NULL : config->first; m != NULL; m = m->next) {
        if (pen_str_equal(m->name, PEN_S("mode"))) continue; /* the chain's, not ours */
        PEN_TRY(read_bound(m, limits, err));
    }
    *state = limits;
    return PEN_OK;
}

static void check(const struct limits *limits, enum bound bound, uint64_t value,
                  struct pen_scan *scan)
{
    if (value <= limits->of[bound]) return;
    pen_scan_report(scan, bounds[bound].rule, (struct pen_span){0, 0}, SCORE);
}

static void check_node(const struct limits *limits, const struct pen_json *node, uint64_t depth,
                       struct pen_scan *scan)
{
    check(limits, NAME, node->name.len, scan);
    switch (node->type) {
    case PEN_JSON_OBJECT:
        check(limits, DEPTH, depth, scan);
        check(limits, MEMBERS, node->count, scan);
        return;
    case PEN_JSON_ARRAY:
        check(limits, DEPTH, depth, scan);
        check(limits, ELEMENTS, node->count, scan);
        return;
    case PEN_JSON_STRING:
        check(limits, STRING, node->text.len, scan);
        return;
    case PEN_JSON_NUMBER:
        check(limits, NUMBER, node->text.len, scan);
        return;
    case PEN_JSON_NULL:
    case PEN_JSON_FALSE:
    case PEN_JSON_TRUE:
        return;
    }
}

static enum pen_status inspect_event(const void *state, const struct pen_event *event,
                                     struct pen_scan *scan)
{
    const struct limits *const limits = state;
    check(limits, LEAVES, event->leaf_count, scan);
    check(limits, DEPTH, event->left_out.depth, scan);
    check(limits, ELEMENTS, event->left_out.children, scan);
    check(limits, NUMBER, event->left_out.number_bytes, scan);
    uint64_t depth = 1;
    for (const struct pen_json *node = event->root; node != NULL;) {
        check_node(limits, node, depth, scan);
        if (node->first != NULL) {
            node = node->first;
            depth++;
            continue;
        }
        while (node->parent != NULL && node->next == NULL) {
            node = node->parent;
            depth--;
        }
        node = node->next;
    }
    return PEN_OK;
}

const struct pen_filter pen_filter_structure = {
    .name = "structure",
    .summary = "depth, counts and sizes beyond the function's bounds",
    .rules = rules,
    .rule_count = PEN_COUNT_OF(rules),
    /* Never woken for a leaf: it looks at the event. */
    .compile = compile,
    .inspect_event = inspect_event,
};
