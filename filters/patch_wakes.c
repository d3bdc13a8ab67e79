/** Literals are sorted, so that equal ones of different rules become one pattern of the engine. */
#include "filters/patch_wakes.h"

#include <stdlib.h>
#include <string.h>

/* A literal's rules: those of the list from `first` on. */
struct range {
    uint32_t first;
    uint32_t count;
};

struct pen_wakes {
    struct pen_patterns *patterns; /* ids are indexes of ranges */
    struct range *ranges;
    uint32_t *rules;
};

static int compare_literals(const struct pen_wake *left, const struct pen_wake *right)
{
    if (left->caseless != right->caseless) return left->caseless ? 1 : -1;
    if (!left->caseless) return pen_str_compare(left->literal, right->literal);
    const size_t shorter =
        left->literal.len < right->literal.len ? left->literal.len : right->literal.len;
    for (size_t i = 0; i < shorter; i++) {
        const int a = (unsigned char)pen_to_lower(left->literal.ptr[i]);
        const int b = (unsigned char)pen_to_lower(right->literal.ptr[i]);
        if (a != b) return a - b;
    }
    if (left->literal.len == right->literal.len) return 0;
    return left->literal.len < right->literal.len ? -1 : 1;
}

static int compare(const void *a, const void *b)
{
    const struct pen_wake *const left = a;
    const struct pen_wake *const right = b;
    const int literals = compare_literals(left, right);
    if (literals != 0) return literals;
    return (left->rule > right->rule) - (left->rule < right->rule);
}

static void release_patterns(void *patterns)
{
    pen_patterns_destroy(patterns);
}

static enum pen_status fill(struct pen_wakes *wakes, const struct pen_wake *list, size_t count,
                            struct pen_pattern *patterns, struct pen_error *err)
{
    uint32_t distinct = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (i == 0 || compare_literals(&list[i - 1], &list[i]) != 0) {
            patterns[distinct] = (struct pen_pattern){
                .literal = list[i].literal, .caseless = list[i].caseless, .id = distinct};
            wakes->ranges[distinct++] = (struct range){.first = i};
        }
        wakes->ranges[distinct - 1].count++;
        wakes->rules[i] = list[i].rule;
    }
    return pen_patterns_create(patterns, distinct, &wakes->patterns, err);
}

enum pen_status pen_wakes_create(struct pen_wake *list, size_t count, struct pen_arena *arena,
                                 struct pen_wakes **out, struct pen_error *err)
{
    if (count > PEN_WAKES_MOST) {
        pen_error_set(err, "the patches are woken by %zu texts; at most %d are taken", count,
                      PEN_WAKES_MOST);
        return PEN_ERR_LIMIT;
    }
    struct pen_wakes *const wakes = pen_arena_calloc(arena, 1, sizeof(*wakes));
    struct pen_pattern *const patterns = calloc(count + 1, sizeof(*patterns));
    enum pen_status status = PEN_ERR_NOMEM;
    if (wakes != NULL && patterns != NULL) {
        wakes->ranges = pen_arena_calloc(arena, count + 1, sizeof(*wakes->ranges));
        wakes->rules = pen_arena_calloc(arena, count + 1, sizeof(*wakes->rules));
        if (wakes->ranges != NULL && wakes->rules != NULL) {
            if (count > 0) qsort(list, count, sizeof(*list), compare);
            status = fill(wakes, list, count, patterns, err);
        }
    }
    free(patterns);
    PEN_TRY(status);
    *out = wakes;
    return pen_arena_defer(arena, release_patterns, wakes->patterns);
}

enum pen_status pen_wakes_prepare(const struct pen_wakes *wakes, struct pen_scratch *scratch)
{
    return pen_patterns_scratch_grow(wakes->patterns, scratch);
}

/* What a search pays. Where it cannot pay any more nothing else is noted. */
struct purse {
    uint64_t *steps_left;
    bool empty;
};

static bool pay(struct purse *purse, uint64_t steps)
{
    purse->empty = purse->empty || steps > *purse->steps_left;
    *purse->steps_left -= purse->empty ? *purse->steps_left : steps;
    return !purse->empty;
}

struct waking {
    const struct pen_wakes *wakes;
    struct pen_patch_bits *rules;
    struct purse purse;
    struct pen_patch_bits seen; /* literals of this text */
};

static void wake_rules(void *context, uint32_t id, size_t end)
{
    (void)end;
    struct waking *const waking = context;
    const struct range range = waking->wakes->ranges[id];
    if (!pay(&waking->purse, 1) || !pen_patch_bits_add(&waking->seen, id)) return;
    if (!pay(&waking->purse, range.count)) return;
    for (uint32_t i = 0; i < range.count; i++) {
        (void)pen_patch_bits_add(waking->rules, waking->wakes->rules[range.first + i]);
    }
}

enum pen_status pen_wakes_rules(const struct pen_wakes *wakes, struct pen_scratch *scratch,
                                struct pen_str text, uint64_t *steps_left,
                                struct pen_patch_bits *rules)
{
    struct waking waking;
    waking.wakes = wakes;
    waking.rules = rules;
    waking.purse = (struct purse){.steps_left = steps_left};
    pen_patch_bits_clear(&waking.seen);
    PEN_TRY(pen_patterns_scan(wakes->patterns, scratch, text, wake_rules, &waking));
    return waking.purse.empty ? PEN_ERR_LIMIT : PEN_OK;
}

struct marking {
    const size_t *ends;
    uint64_t *marks;
    uint64_t bit;
    uint32_t count;
    uint32_t part; /* that of the last place; the engine's places rise */
    struct purse purse;
};

static void mark_part(void *context, uint32_t id, size_t end)
{
    (void)id;
    struct marking *const marking = context;
    if (!pay(&marking->purse, 1)) return;
    while (marking->part > 0 && end <= marking->ends[marking->part - 1]) {
        marking->part--;
    }
    while (marking->part + 1 < marking->count && end > marking->ends[marking->part]) {
        marking->part++;
    }
    marking->marks[marking->part] |= marking->bit;
}

enum pen_status pen_wakes_parts(const struct pen_wakes *wakes, struct pen_scratch *scratch,
                                struct pen_str text, const size_t *ends, uint32_t count,
                                uint64_t *steps_left, uint64_t bit, uint64_t *marks)
{
    struct marking marking = {.ends = ends,
                              .marks = marks,
                              .bit = bit,
                              .count = count,
                              .purse = {.steps_left = steps_left}};
    if (count == 0) return PEN_OK;
    PEN_TRY(pen_patterns_scan(wakes->patterns, scratch, text, mark_part, &marking));
    return marking.purse.empty ? PEN_ERR_LIMIT : PEN_OK;
}
