/**
 * Marks and words are found sixty-four bytes at a time, literals by the pattern engine. What stands
 * beside a place rules most forms out at once; only for the others the leaf is found and the rest
 * of the form looked at, once for each leaf in which it stands.
 */
#include "filters/prefilter_search.h"

#include <string.h>

#include "filters/core/block16.h"

#define STRIDE ((size_t)64) /* a bit of a word for each byte */
#define LEAP   8            /* leaves that are passed at once: most have no factor */

struct search {
    const struct pen_index *index;
    struct pen_str text;
    uint64_t *fired;
    const size_t *ends;
    uint32_t leaf_count;
    uint32_t leaf; /* that of the last place; places rise within one pass, nearly */
    uint64_t steps_left;
    bool exhausted;
};

/* The bits of the leaf that the byte at `place` belongs to. */
static uint64_t *leaf_at(struct search *search, size_t place)
{
    while (search->leaf > 0 && place < search->ends[search->leaf - 1]) {
        search->leaf--;
    }
    while (search->leaf_count - search->leaf > LEAP && place >= search->ends[search->leaf + LEAP]) {
        search->leaf += LEAP;
    }
    while (place >= search->ends[search->leaf]) {
        search->leaf++;
    }
    return &search->fired[search->leaf];
}

/* Kinds of the bytes beside a factor. */
struct beside {
    uint64_t before[PEN_BESIDE]; /* nearest first */
    uint64_t behind[PEN_BESIDE];
};

_Static_assert(PEN_BESIDE == 2, "kinds_beside and fits spell them out");

static inline uint64_t kind_at(const struct search *search, size_t at)
{
    const char c = at < search->text.len ? search->text.ptr[at] : PEN_TRIGGER_GAP;
    return search->index->kinds[(unsigned char)c];
}

/* Before the text offsets wrap around, to where no text is either. */
static inline struct beside kinds_beside(const struct search *search, size_t place, size_t end)
{
    if (place >= PEN_BESIDE && search->text.len - end >= PEN_BESIDE) {
        const unsigned char *const p = (const unsigned char *)search->text.ptr;
        const uint8_t *const kinds = search->index->kinds;
        return (struct beside){{kinds[p[place - 1]], kinds[p[place - 2]]},
                               {kinds[p[end]], kinds[p[end + 1]]}};
    }
    return (struct beside){{kind_at(search, place - 1), kind_at(search, place - 2)},
                           {kind_at(search, end), kind_at(search, end + 1)}};
}

static inline bool fits(const struct pen_watch *watch, const struct beside *beside)
{
    return (watch->before[0] >> beside->before[0] & watch->before[1] >> beside->before[1]
            & watch->behind[0] >> beside->behind[0] & watch->behind[1] >> beside->behind[1] & 1)
           != 0;
}

static void look_around(struct search *search, const struct pen_watch *watch, size_t place)
{
    uint64_t *const fired = leaf_at(search, place);
    if ((*fired & watch->bit) != 0) return;
    uint64_t steps = 1;
    if (watch->told || pen_trigger_stands(&watch->form, search->text, place, &steps)) {
        *fired |= watch->bit;
    }
    if (steps > search->steps_left) search->exhausted = true;
    search->steps_left -= search->exhausted ? search->steps_left : steps;
}

static void mark_found(struct search *search, size_t place)
{
    const struct pen_mark *const mark =
        &search->index->marks[(unsigned char)search->text.ptr[place]];
    if (mark->direct != 0) *leaf_at(search, place) |= mark->direct;
    if (mark->words == 0) return;

    const struct beside beside = kinds_beside(search, place, place + 1);
    const size_t words = mark->words;
    for (size_t word = 0; word < words; word++) {
        uint64_t bits = mark->before[0][beside.before[0] * words + word]
                        & mark->behind[0][beside.behind[0] * words + word];
        if (bits == 0) continue;
        bits &= mark->before[1][beside.before[1] * words + word]
                & mark->behind[1][beside.behind[1] * words + word];
        for (; bits != 0; bits &= bits - 1) {
            const size_t i = 64 * word + (size_t)__builtin_ctzll(bits);
            look_around(search, &search->index->watches[mark->first + i], place);
        }
    }
}

static void word_found(struct search *search, size_t place)
{
    const struct pen_index *const index = search->index;
    const uint32_t letters = pen_index_letters(search->text.ptr + place, search->text.len - place);
    const uint32_t first = index->beginnings[pen_index_hash(letters)];
    if (first == 0) return;
    for (const struct pen_word *word = &index->words[first]; word->mask != 0; word++) {
        if (((letters | word->fold) & word->mask) != word->letters) continue;
        const struct pen_watch *const watch = &index->watches[word->watch];
        const struct beside beside = kinds_beside(search, place, place + watch->form.length);
        if (fits(watch, &beside)) look_around(search, watch, place);
    }
}

static void literal_found(void *context, uint32_t id, size_t end)
{
    struct search *const search = context;
    const struct pen_watch_range *const range = &search->index->literals[id];
    const size_t place = end - range->length;
    const struct beside beside = kinds_beside(search, place, end);
    const struct pen_watch *watch = &search->index->watches[range->first];
    for (const struct pen_watch *const last = watch + range->count; watch < last; watch++) {
        if (fits(watch, &beside)) look_around(search, watch, place);
    }
}

/* A bit for each letter and each mark among the next `STRIDE` bytes. */
static void kinds_of(struct pen_str text, size_t at, uint64_t *letters, uint64_t *marks)
{
    char tail[STRIDE];
    const char *p = text.ptr + at;
    if (text.len - at < STRIDE) {
        memset(tail, PEN_TRIGGER_GAP, sizeof(tail));
        memcpy(tail, p, text.len - at);
        p = tail;
    }
    *letters = 0;
    *marks = 0;
    for (unsigned i = 0; i < STRIDE; i += PEN_BLOCK) {
        unsigned some_letters = 0;
        unsigned some_marks = 0;
        pen_block_kinds(p + i, &some_letters, &some_marks);
        *letters |= (uint64_t)some_letters << i;
        *marks |= (uint64_t)some_marks << i;
    }
}

static void find_marks_and_words(struct search *search)
{
    uint64_t carry = 0; /* the byte before is a letter */
    for (size_t at = 0; at < search->text.len && !search->exhausted; at += STRIDE) {
        uint64_t letters = 0;
        uint64_t marks = 0;
        kinds_of(search->text, at, &letters, &marks);
        uint64_t words = letters & ~(letters << 1 | carry);
        carry = letters >> 63;
        for (; marks != 0; marks &= marks - 1) {
            mark_found(search, at + (size_t)__builtin_ctzll(marks));
        }
        for (; words != 0; words &= words - 1) {
            word_found(search, at + (size_t)__builtin_ctzll(words));
        }
    }
}

enum pen_status pen_index_search(const struct pen_index *index, struct pen_event *event,
                                 struct pen_scratch *scratch, uint64_t *steps_left)
{
    struct search search = {.index = index,
                            .text = event->text,
                            .fired = event->wake,
                            .ends = event->text_ends,
                            .leaf_count = event->leaf_count,
                            .steps_left = *steps_left};
    find_marks_and_words(&search);
    search.leaf = 0;
    const enum pen_status status =
        search.exhausted
            ? PEN_ERR_LIMIT
            : pen_patterns_scan(index->patterns, scratch, event->text, literal_found, &search);
    *steps_left = search.steps_left;
    return search.exhausted ? PEN_ERR_LIMIT : status;
}
