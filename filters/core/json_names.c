/**
 * Fingerprints tell names apart: a handful is compared pairwise, more go through a table.
 *
 * Only where two are equal, or the table is crowded, the names themselves are looked at: again a
 * handful pairwise, more by heapsort, whose worst case is its usual one. So names chosen to share
 * fingerprints, for whoever could know the seed, cost O(n log n) and no more.
 */
#include "filters/core/json_names.h"

#include <string.h>

#define FEW        16 /* members that are cheaper to compare pairwise than to put into a table */
#define FIRST_ROOM 16
#define FIRST_BITS 6
#define STEPS      8  /* looks into the table for each name, on average; two are usual */
#define AHEAD      12 /* names: a place that is in no cache takes as long as a dozen that are */

typedef const struct pen_json *member;

static bool same_name(const struct pen_json *a, const struct pen_json *b)
{
    return a->name.len == b->name.len && pen_str_equal(a->name, b->name);
}

static const struct pen_json *compare_few(const struct pen_json *object)
{
    for (const struct pen_json *a = object->first; a != NULL; a = a->next) {
        for (const struct pen_json *b = object->first; b != a; b = b->next) {
            if (same_name(a, b)) return a;
        }
    }
    return NULL;
}

/* Length first: most names differ in it, and no byte has to be read. */
static bool name_is_less(struct pen_str a, struct pen_str b)
{
    return a.len != b.len ? a.len < b.len : pen_str_compare(a, b) < 0;
}

static bool is_less(const struct pen_json *a, const struct pen_json *b)
{
    return name_is_less(a->name, b->name);
}

static void sift_down(member *heap, size_t at, size_t count)
{
    const member moving = heap[at];
    for (;;) {
        size_t child = at * 2 + 1;
        if (child >= count) break;
        if (child + 1 < count && is_less(heap[child], heap[child + 1])) child++;
        if (!is_less(moving, heap[child])) break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moving;
}

void pen_json_names_sort(member *members, size_t count)
{
    if (count == 0) return;

    for (size_t i = count / 2; i-- > 0;) {
        sift_down(members, i, count);
    }
    for (size_t left = count - 1; left > 0; left--) {
        const member largest = members[0];
        members[0] = members[left];
        members[left] = largest;
        sift_down(members, 0, left);
    }
}

size_t pen_json_names_find(const member *sorted, size_t count, struct pen_str name)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (name_is_less(sorted[middle]->name, name)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < count && pen_str_equal(sorted[low]->name, name) ? low : count;
}

static enum pen_status compare_many(const struct pen_json *object, struct pen_arena *arena,
                                    const struct pen_json **duplicate)
{
    member *const members = pen_arena_calloc(arena, object->count, sizeof(*members));
    if (members == NULL) return PEN_ERR_NOMEM;

    size_t count = 0;
    for (const struct pen_json *m = object->first; m != NULL; m = m->next) {
        members[count++] = m;
    }
    pen_json_names_sort(members, count);
    for (size_t i = 1; i < count && *duplicate == NULL; i++) {
        if (!same_name(members[i - 1], members[i])) continue;
        *duplicate = members[i]->index > members[i - 1]->index ? members[i] : members[i - 1];
    }
    return PEN_OK;
}

enum pen_status pen_json_names_unique(const struct pen_json *object, struct pen_arena *arena,
                                      const struct pen_json **duplicate)
{
    *duplicate = NULL;
    if (object->count > FEW) return compare_many(object, arena, duplicate);

    *duplicate = compare_few(object);
    return PEN_OK;
}

bool pen_json_names_grow(struct pen_json_names *names, struct pen_arena *arena)
{
    const size_t room = names->room == 0 ? FIRST_ROOM : names->room * 2;
    uint64_t *const prints = pen_arena_alloc(arena, room * sizeof(*prints));
    if (prints == NULL) return false;

    if (names->count > 0) memcpy(prints, names->prints, names->count * sizeof(*prints));
    names->prints = prints;
    names->room = room;
    return true;
}

static bool few_differ(const uint64_t *prints, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (prints[i] == prints[j]) return false;
        }
    }
    return true;
}

static inline size_t place_of(uint64_t print, unsigned bits)
{
    return (size_t)(print * PEN_JSON_NAMES_ODD >> (64 - bits));
}

/* Open addressing in a table of 2^bits places, at most half full. False: two are equal, or it is
 * too crowded. A table of many names is larger than a cache: its places are asked for ahead. */
static bool many_differ(const uint64_t *prints, size_t count, uint64_t *table, unsigned bits)
{
    const size_t places = (size_t)1 << bits;
    size_t steps = count * STEPS;
    memset(table, 0, places * sizeof(*table));
    for (size_t i = 0; i < count; i++) {
        if (i + AHEAD < count) __builtin_prefetch(&table[place_of(prints[i + AHEAD], bits)], 1);
        size_t place = place_of(prints[i], bits);
        for (; table[place] != 0; place = (place + 1) & (places - 1)) {
            if (table[place] == prints[i] || steps-- == 0) return false;
        }
        table[place] = prints[i];
    }
    return true;
}

static enum pen_status prints_differ(const uint64_t *prints, size_t count, struct pen_arena *arena,
                                     bool *differ)
{
    if (count <= FEW) {
        *differ = few_differ(prints, count);
        return PEN_OK;
    }
    unsigned bits = FIRST_BITS;
    while ((size_t)1 << bits < count * 2) {
        bits++;
    }
    const size_t bytes = sizeof(uint64_t) << bits;
    uint64_t *const table = pen_arena_alloc(arena, bytes);
    if (table == NULL) return PEN_ERR_NOMEM;

    *differ = many_differ(prints, count, table, bits);
    pen_arena_trim(arena, (const char *)table, bytes, 0);
    return PEN_OK;
}

enum pen_status pen_json_names_close(struct pen_json_names *names, const struct pen_json *object,
                                     struct pen_arena *arena, const struct pen_json **duplicate)
{
    *duplicate = NULL;
    bool differ = true;
    names->count -= object->count;
    if (object->count < 2) return PEN_OK;

    PEN_TRY(prints_differ(names->prints + names->count, object->count, arena, &differ));
    return differ ? PEN_OK : pen_json_names_unique(object, arena, duplicate);
}
