/**
 * Structure: an event whose shape alone is dangerous, whatever its texts say.
 *
 * Deep nesting, endless arrays, enormous names and numbers exhaust parsers, stacks and budgets
 * behind the gateway. The bounds are a function's own business, so they are settings; the defaults
 * are what events of the known sources stay well below. Depth, texts and their lengths have none
 * here: the event was read within the function's limits, and one key has to be enough to raise
 * them.
 */
#include <inttypes.h>
#include <string.h>

#include "filters/filter.h"
#include "filters/setting.h"

#define SCORE 100        /* a bound that was set is a bound */
#define NONE  UINT64_MAX /* the function's limit holds */

#define NAME_SHOWN     16 /* bytes of a name with its slash; the shortest keys are longer */
#define DIGITS_SHOWN   4
#define PATH_BYTES     160                    /* of a path in a sentence */
#define SENTENCE_BYTES (7 * PATH_BYTES + 256) /* an escape takes six */

/* One bound: its configuration key and default. */
enum bound { DEPTH, LEAVES, STRING, NAME, MEMBERS, ELEMENTS, NUMBER, BOUND_COUNT };

static const struct {
    struct pen_str key;
    uint64_t fallback;
    const char *rule;
    const char *subject; /* before the path, and what it has behind it */
    const char *unit;
} bounds[BOUND_COUNT] = {
    [DEPTH] = {PEN_STR("depth"), NONE, "structure.depth", "the event", "levels"},
    [LEAVES] = {PEN_STR("leaves"), NONE, "structure.leaves", "the event", "texts"},
    [STRING] = {PEN_STR("string"), NONE, "structure.string", "the text", "bytes"},
    [NAME] = {PEN_STR("name"), 256, "structure.name", "the name of", "bytes"},
    [MEMBERS] = {PEN_STR("members"), 256, "structure.members", "the object", "members"},
    [ELEMENTS] = {PEN_STR("elements"), 4096, "structure.elements", "the array", "elements"},
    [NUMBER] = {PEN_STR("number"), 64, "structure.number", "the number", "digits"},
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
    uint64_t small; /* a power of two: whatever is less is within the bounds of every value */
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

static uint64_t small_for(const struct limits *limits)
{
    static const enum bound of_values[] = {STRING, NAME, MEMBERS, ELEMENTS, NUMBER};
    uint64_t least = bounds[NUMBER].fallback;
    for (size_t i = 0; i < PEN_COUNT_OF(of_values); i++) {
        if (limits->of[of_values[i]] < least) least = limits->of[of_values[i]];
    }
    uint64_t small = 1;
    while (small * 2 <= least) {
        small *= 2;
    }
    return small;
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
    limits->small = small_for(limits);
    *state = limits;
    return PEN_OK;
}

/* Names that may be keys, tokens or numbers of people are not spelled out in a sentence: their
   owners' records show findings as they are. */
static bool may_be_shown(struct pen_str path)
{
    size_t length = 0;
    size_t digits = 0;
    for (size_t i = 0; i < path.len; i++) {
        if (path.ptr[i] == '/') length = digits = 0;
        if (pen_is_digit(path.ptr[i])) digits++;
        if (++length > NAME_SHOWN || digits > DIGITS_SHOWN) return false;
    }
    return true;
}

/* "the object at /items has 300 members, the bound is 256: filters: { ... } raises it". `node`:
 * where, NULL for no one place. In the arena; NULL: no room. */
static const char *sentence(enum bound bound, uint64_t value, uint64_t most,
                            const struct pen_json *node, struct pen_arena *arena)
{
    char name[PATH_BYTES];
    char memory[SENTENCE_BYTES];
    struct pen_buf path = pen_buf_over(name, sizeof(name));
    struct pen_buf text = pen_buf_over(memory, sizeof(memory));
    if (node != NULL) pen_json_pointer(node, &path);
    pen_buf_put(&text, pen_str_from_c(bounds[bound].subject));
    if (path.len > 0 && may_be_shown(pen_buf_str(&path))) {
        pen_buf_put(&text, bound == NAME ? PEN_S(" ") : PEN_S(" at "));
        pen_buf_json(&text, pen_buf_str(&path));
        if (path.full) pen_buf_put(&text, PEN_S("..."));
    }
    pen_buf_format(&text,
                   " has %" PRIu64 " %s, the bound is %" PRIu64
                   ": filters: { structure: { %.*s: %" PRIu64 " } } raises it",
                   value, bounds[bound].unit, most, PEN_STR_ARGS(bounds[bound].key), value);
    char *const kept = text.full ? NULL : pen_arena_bytes(arena, text.len + 1);
    if (kept == NULL) return NULL;
    memcpy(kept, text.ptr, text.len);
    kept[text.len] = '\0';
    return kept;
}

/* `node`: where, NULL for the event as a whole. */
static void report(const struct limits *limits, enum bound bound, uint64_t value,
                   const struct pen_json *node, struct pen_scan *scan)
{
    const uint64_t most = limits->of[bound];
    const struct pen_span nowhere = {0, 0};
    const char *text = NULL;
    /* Not for those that are only counted: they would take memory without end. */
    if (scan->finding_count < PEN_SCAN_FINDINGS) {
        text = sentence(bound, value, most, node, scan->arena);
    }
    if (text == NULL) {
        pen_scan_report(scan, bounds[bound].rule, nowhere, SCORE);
    } else {
        pen_scan_report_as(scan, bounds[bound].rule, text, nowhere, SCORE, false);
    }
}

static void check(const struct limits *limits, enum bound bound, uint64_t value,
                  const struct pen_json *node, struct pen_scan *scan)
{
    if (value > limits->of[bound]) report(limits, bound, value, node, scan);
}

static void check_node(const struct limits *limits, const struct pen_json *node, uint64_t depth,
                       struct pen_scan *scan)
{
    check(limits, NAME, node->name.len, node, scan);
    switch (node->type) {
    case PEN_JSON_OBJECT:
        check(limits, DEPTH, depth, NULL, scan);
        check(limits, MEMBERS, node->count, node, scan);
        return;
    case PEN_JSON_ARRAY:
        check(limits, DEPTH, depth, NULL, scan);
        check(limits, ELEMENTS, node->count, node, scan);
        return;
    case PEN_JSON_STRING:
        check(limits, STRING, node->text.len, node, scan);
        return;
    case PEN_JSON_NUMBER:
        check(limits, NUMBER, node->text.len, node, scan);
        return;
    case PEN_JSON_NULL:
    case PEN_JSON_FALSE:
    case PEN_JSON_TRUE:
        return;
    }
}

/* What all sizes of the value are less than when it is within every bound; too deep none is. */
static uint64_t small_at(const struct limits *limits, uint64_t depth)
{
    return depth > limits->of[DEPTH] ? 0 : limits->small;
}

/* Nearly all are far below: one comparison tells it of those. */
static void check_nodes(const struct limits *limits, const struct pen_json *root,
                        struct pen_scan *scan)
{
    uint64_t depth = 1;
    uint64_t small = small_at(limits, depth);
    for (const struct pen_json *node = root; node != NULL;) {
        if ((node->name.len | node->text.len | node->count) >= small) {
            check_node(limits, node, depth, scan);
        }
        if (node->first != NULL) {
            node = node->first;
            small = small_at(limits, ++depth);
            continue;
        }
        if (node->next != NULL) {
            node = node->next;
            continue;
        }
        do {
            node = node->parent;
            depth--;
        } while (node != NULL && node->next == NULL);
        small = small_at(limits, depth);
        if (node != NULL) node = node->next;
    }
}

static enum pen_status inspect_event(const void *state, const struct pen_event *event,
                                     struct pen_scan *scan)
{
    const struct limits *const limits = state;
    check(limits, LEAVES, event->leaf_count, NULL, scan);
    check(limits, DEPTH, event->left_out.depth, NULL, scan);
    check(limits, ELEMENTS, event->left_out.children, NULL, scan);
    check(limits, NUMBER, event->left_out.number_bytes, NULL, scan);
    check_nodes(limits, event->root, scan);
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
