/** Ranges are collected as they come and put in order once, when the class is closed. */
#include "filters/schema/ecma_set.h"

#include <stdlib.h>

#include "filters/schema/ecma_properties.h"

#define FIRST_ROOM      4 /* ranges: [A-Za-z0-9_] */
#define FIRST_SURROGATE UINT32_C(0xd800)
#define LAST_SURROGATE  UINT32_C(0xdfff)

static const struct pen_ecma_range digits[] = {{'0', '9'}};
static const struct pen_ecma_range words[] = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
/* WhiteSpace and LineTerminator (ECMA-262, 12.2 and 12.3): TAB, VT, FF, ZWNBSP, General_Category Zs
   (of any Unicode since 6.3), LF, CR, LS, PS. */
static const struct pen_ecma_range spaces[] = {
    {0x09, 0x0d},     {0x20, 0x20},     {0xa0, 0xa0},     {0x1680, 0x1680}, {0x2000, 0x200a},
    {0x2028, 0x2029}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000}, {0xfeff, 0xfeff},
};
static const struct pen_ecma_range line_ends[] = {{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}};

enum pen_status pen_ecma_set_add(struct pen_ecma_set *set, uint32_t first, uint32_t last,
                                 struct pen_arena *arena)
{
    if (set == NULL) return PEN_OK;
    if (set->count == set->room) {
        const size_t room = set->room == 0 ? FIRST_ROOM : set->room * 2;
        struct pen_ecma_range *const ranges = pen_arena_calloc(arena, room, sizeof(*ranges));
        if (ranges == NULL) return PEN_ERR_NOMEM;
        for (size_t i = 0; i < set->count; i++) {
            ranges[i] = set->ranges[i];
        }
        set->ranges = ranges;
        set->room = room;
    }
    set->ranges[set->count++] = (struct pen_ecma_range){first, last};
    return PEN_OK;
}

/* `ranges` are in order and apart. */
static enum pen_status add_ranges(struct pen_ecma_set *set, const struct pen_ecma_range *ranges,
                                  size_t count, bool complement, struct pen_arena *arena)
{
    uint32_t next = 0;
    for (size_t i = 0; i < count; i++) {
        if (!complement) {
            PEN_TRY(pen_ecma_set_add(set, ranges[i].first, ranges[i].last, arena));
        } else if (ranges[i].first > next) {
            PEN_TRY(pen_ecma_set_add(set, next, ranges[i].first - 1, arena));
        }
        next = ranges[i].last + 1;
    }
    if (!complement || next > PEN_LAST_CODE_POINT) return PEN_OK;
    return pen_ecma_set_add(set, next, PEN_LAST_CODE_POINT, arena);
}

enum pen_status pen_ecma_set_add_class(struct pen_ecma_set *set, char letter,
                                       struct pen_arena *arena)
{
    const bool complement = letter < 'a';
    switch (pen_to_lower(letter)) {
    case 'd':
        return add_ranges(set, digits, PEN_COUNT_OF(digits), complement, arena);
    case 'w':
        return add_ranges(set, words, PEN_COUNT_OF(words), complement, arena);
    default:
        return add_ranges(set, spaces, PEN_COUNT_OF(spaces), complement, arena);
    }
}

enum pen_status pen_ecma_set_add_dot(struct pen_ecma_set *set, struct pen_arena *arena)
{
    return add_ranges(set, line_ends, PEN_COUNT_OF(line_ends), true, arena);
}

enum pen_status pen_ecma_set_add_property(struct pen_ecma_set *set, struct pen_str inside,
                                          bool negated, struct pen_arena *arena)
{
    const struct pen_ecma_range any = {0, PEN_LAST_CODE_POINT};
    const struct pen_ecma_range ascii = {0, 0x7f};
    struct pen_str prefix = {0};
    struct pen_str written = {0};
    switch (pen_ecma_property_find(inside, &prefix, &written)) {
    case PEN_ECMA_NO_PROPERTY:
        return PEN_ERR_SYNTAX;
    case PEN_ECMA_ANY:
        return add_ranges(set, &any, 1, negated, arena);
    case PEN_ECMA_ASCII:
        return add_ranges(set, &ascii, 1, negated, arena);
    case PEN_ECMA_ASSIGNED:
        negated = !negated;
        break;
    case PEN_ECMA_PROPERTY:
        break;
    }
    if (set == NULL) return PEN_OK;

    struct pen_ecma_member *const member = pen_arena_calloc(arena, 1, sizeof(*member));
    if (member == NULL) return PEN_ERR_NOMEM;
    *member = (struct pen_ecma_member){
        .prefix = prefix, .written = written, .next = set->members, .negated = negated};
    set->members = member;
    return PEN_OK;
}

static int by_first(const void *a, const void *b)
{
    const struct pen_ecma_range *const left = a;
    const struct pen_ecma_range *const right = b;
    return (left->first > right->first) - (left->first < right->first);
}

/* Overlapping and adjoining ranges become one. */
static void merge(struct pen_ecma_set *set)
{
    if (set->count == 0) return;
    qsort(set->ranges, set->count, sizeof(*set->ranges), by_first);
    size_t kept = 0;
    for (size_t i = 1; i < set->count; i++) {
        struct pen_ecma_range *const last = &set->ranges[kept];
        if (set->ranges[i].first > last->last + 1) {
            set->ranges[++kept] = set->ranges[i];
        } else if (set->ranges[i].last > last->last) {
            last->last = set->ranges[i].last;
        }
    }
    set->count = kept + 1;
}

static void clear(struct pen_ecma_set *set)
{
    set->ranges = NULL;
    set->count = 0;
    set->room = 0;
}

static enum pen_status invert(struct pen_ecma_set *set, struct pen_arena *arena)
{
    const struct pen_ecma_set before = *set;
    clear(set);
    return add_ranges(set, before.ranges, before.count, true, arena);
}

static enum pen_status drop_surrogates(struct pen_ecma_set *set, struct pen_arena *arena)
{
    const struct pen_ecma_set before = *set;
    clear(set);
    for (size_t i = 0; i < before.count; i++) {
        const struct pen_ecma_range range = before.ranges[i];
        if (range.last < FIRST_SURROGATE || range.first > LAST_SURROGATE) {
            PEN_TRY(pen_ecma_set_add(set, range.first, range.last, arena));
            continue;
        }
        if (range.first < FIRST_SURROGATE) {
            PEN_TRY(pen_ecma_set_add(set, range.first, FIRST_SURROGATE - 1, arena));
        }
        if (range.last > LAST_SURROGATE) {
            PEN_TRY(pen_ecma_set_add(set, LAST_SURROGATE + 1, range.last, arena));
        }
    }
    return PEN_OK;
}

enum pen_status pen_ecma_set_seal(struct pen_ecma_set *set, bool negated, struct pen_arena *arena)
{
    if (set == NULL) return PEN_OK;

    merge(set);
    set->negated = negated && set->members != NULL;
    if (negated && !set->negated) PEN_TRY(invert(set, arena));
    return set->count > 0 && set->ranges[set->count - 1].last >= FIRST_SURROGATE
               ? drop_surrogates(set, arena)
               : PEN_OK;
}

bool pen_ecma_set_is_equal(const struct pen_ecma_set *a, const struct pen_ecma_set *b)
{
    if (a->count != b->count) return false;
    for (size_t i = 0; i < a->count; i++) {
        if (a->ranges[i].first != b->ranges[i].first || a->ranges[i].last != b->ranges[i].last) {
            return false;
        }
    }
    return true;
}
