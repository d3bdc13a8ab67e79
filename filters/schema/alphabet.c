/** All borders of all sets cut the code points into intervals; what is alike becomes one letter. */
#include "filters/schema/alphabet.h"

#include <stdlib.h>

static int by_value(const void *a, const void *b)
{
    const uint32_t left = *(const uint32_t *)a;
    const uint32_t right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

/* The places at which intervals begin, ascending, each once. */
static uint32_t *collect_borders(const struct pen_ecma_set *const *sets, size_t set_count,
                                 struct pen_arena *scratch, size_t *count)
{
    size_t most = 1;
    for (size_t i = 0; i < set_count; i++) {
        most += sets[i]->count * 2;
    }
    uint32_t *const borders = pen_arena_calloc(scratch, most, sizeof(*borders));
    if (borders == NULL) return NULL;
    size_t used = 1; /* 0 is one */
    for (size_t i = 0; i < set_count; i++) {
        for (size_t j = 0; j < sets[i]->count; j++) {
            borders[used++] = sets[i]->ranges[j].first;
            borders[used++] = sets[i]->ranges[j].last + 1;
        }
    }
    qsort(borders, used, sizeof(*borders), by_value);
    size_t kept = 0;
    for (size_t i = 1; i < used; i++) {
        if (borders[i] != borders[kept] && borders[i] <= PEN_LAST_CODE_POINT) {
            borders[++kept] = borders[i];
        }
    }
    *count = kept + 1;
    return borders;
}

/* Which sets each interval is in. Both ascend, so each set is gone through once. */
static struct pen_alphabet_letter *mark_members(const struct pen_ecma_set *const *sets,
                                                size_t set_count, const uint32_t *borders,
                                                size_t count, struct pen_arena *scratch)
{
    struct pen_alphabet_letter *const members = pen_arena_calloc(scratch, count, sizeof(*members));
    if (members == NULL) return NULL;
    for (size_t i = 0; i < set_count; i++) {
        size_t range = 0;
        for (size_t j = 0; j < count && range < sets[i]->count; j++) {
            while (range < sets[i]->count && sets[i]->ranges[range].last < borders[j]) {
                range++;
            }
            if (range < sets[i]->count && sets[i]->ranges[range].first <= borders[j]) {
                members[j].sets[i / 64] |= UINT64_C(1) << (i % 64);
            }
        }
    }
    return members;
}

static bool is_same(const struct pen_alphabet_letter *a, const struct pen_alphabet_letter *b)
{
    return memcmp(a->sets, b->sets, sizeof(a->sets)) == 0;
}

enum pen_status pen_alphabet_make(const struct pen_ecma_set *const *sets, size_t count,
                                  struct pen_arena *arena, struct pen_arena *scratch,
                                  struct pen_alphabet *out,
                                  const struct pen_alphabet_letter **letters)
{
    if (count > PEN_ALPHABET_SETS) return PEN_ERR_LIMIT;
    size_t border_count = 0;
    const uint32_t *const borders = collect_borders(sets, count, scratch, &border_count);
    if (borders == NULL) return PEN_ERR_NOMEM;
    const struct pen_alphabet_letter *const members =
        mark_members(sets, count, borders, border_count, scratch);
    struct pen_alphabet_letter *const found =
        pen_arena_calloc(scratch, PEN_ALPHABET_LETTERS, sizeof(*found));
    struct pen_alphabet_interval *const intervals =
        pen_arena_calloc(arena, border_count, sizeof(*intervals));
    if (members == NULL || found == NULL || intervals == NULL) return PEN_ERR_NOMEM;

    struct pen_alphabet alphabet = {.intervals = intervals};
    for (size_t i = 0; i < border_count; i++) {
        uint32_t letter = 0;
        while (letter < alphabet.letter_count && !is_same(&found[letter], &members[i])) {
            letter++;
        }
        if (letter == PEN_ALPHABET_LETTERS) return PEN_ERR_LIMIT;
        if (letter == alphabet.letter_count) found[alphabet.letter_count++] = members[i];
        if (i > 0 && intervals[alphabet.interval_count - 1].letter == letter) continue;
        intervals[alphabet.interval_count++] =
            (struct pen_alphabet_interval){.first = borders[i], .letter = letter};
    }
    for (uint32_t code = 0; code < PEN_COUNT_OF(alphabet.ascii); code++) {
        alphabet.ascii[code] = (uint8_t)pen_alphabet_find(&alphabet, code);
    }
    *out = alphabet;
    *letters = found;
    return PEN_OK;
}

uint32_t pen_alphabet_find(const struct pen_alphabet *alphabet, uint32_t code)
{
    uint32_t low = 0;
    uint32_t high = alphabet->interval_count;
    while (high - low > 1) {
        const uint32_t middle = low + (high - low) / 2;
        if (alphabet->intervals[middle].first <= code) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return alphabet->intervals[low].letter;
}
