/**
 * Marks, words and pieces of literals are found sixty-four bytes at a time, the other literals by
 * the pattern engine. What stands beside a place rules most forms out at once; only for the others
 * the leaf is found and the rest of the form looked at, once for each leaf in which it stands.
 */
#include "filters/prefilter_search.h"

#include <string.h>

#include "filters/core/block16.h"

#define STRIDE ((size_t)64) /* a bit of a word for each byte */
#define LEAP   8            /* leaves that are passed at once: most have no factor */

#define FAILURES \
    64 /* places that are remembered: forms that are looked at again and again are few */

/* Where a form did not stand. */
struct failure {
    const struct pen_watch *watch;
    size_t place;
};

struct search {
    const struct pen_index *index;
    struct pen_str text;
    uint64_t *fired;
    uint64_t *touched;
    const size_t *ends;
    uint32_t leaf_count;
    uint32_t leaf; /* that of the last place; places rise within one pass, nearly */
    uint64_t steps_left;
    bool exhausted;
    struct failure *failures; /* FAILURES, by watch */
    uint64_t failed;          /* which of them are written: clearing all takes longer */
};

/* The leaf that the byte at `place` belongs to: no repeat, as none of their texts lies there. */
static uint32_t leaf_at(struct search *search, size_t place)
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
    return search->leaf;
}

static inline void fire(struct search *search, uint32_t leaf, uint64_t bits)
{
    search->fired[leaf] |= bits;
    search->touched[leaf / 64] |= (uint64_t)1 << leaf % 64;
}

/* Kinds of the bytes beside a factor. */
struct beside {
    uint64_t before[PEN_BESIDE]; /* nearest first */
    uint64_t behind[PEN_BESIDE];
};

_Static_assert(PEN_NEAR == 2 && PEN_BESIDE == 4, "the following spell them out");
_Static_assert(PEN_BESIDE >= PEN_TRIGGER_WORD_MOST - 1, "a word is read behind its first byte");

static inline uint64_t kind_at(const struct search *search, size_t at)
{
    const char c = at < search->text.len ? search->text.ptr[at] : PEN_TRIGGER_GAP;
    return search->index->kinds[(unsigned char)c];
}

/* Not at the ends of all texts: nothing has to be asked of each byte. */
static inline bool has_room(const struct search *search, size_t place, size_t end)
{
    return place >= PEN_BESIDE && search->text.len - end >= PEN_BESIDE;
}

/* Before the text offsets wrap around, to where no text is either. */
static void look_at_ends(const struct search *search, size_t place, size_t end,
                         struct beside *beside)
{
    for (size_t i = 0; i < PEN_BESIDE; i++) {
        beside->before[i] = kind_at(search, place - 1 - i);
        beside->behind[i] = kind_at(search, end + i);
    }
}

static inline void near_kinds(const struct search *search, size_t place, size_t end,
                              struct beside *beside)
{
    if (!has_room(search, place, end)) {
        look_at_ends(search, place, end, beside);
        return;
    }
    const unsigned char *const p = (const unsigned char *)search->text.ptr;
    const uint8_t *const kinds = search->index->kinds;
    beside->before[0] = kinds[p[place - 1]];
    beside->before[1] = kinds[p[place - 2]];
    beside->behind[0] = kinds[p[end]];
    beside->behind[1] = kinds[p[end + 1]];
}

/* Behind near_kinds(). */
static inline void far_kinds(const struct search *search, size_t place, size_t end,
                             struct beside *beside)
{
    if (!has_room(search, place, end)) return; /* they are known */
    const unsigned char *const p = (const unsigned char *)search->text.ptr;
    const uint8_t *const kinds = search->index->kinds;
    beside->before[2] = kinds[p[place - 3]];
    beside->before[3] = kinds[p[place - 4]];
    beside->behind[2] = kinds[p[end + 2]];
    beside->behind[3] = kinds[p[end + 3]];
}

static inline struct beside kinds_beside(const struct search *search, size_t place, size_t end)
{
    struct beside beside;
    near_kinds(search, place, end, &beside);
    far_kinds(search, place, end, &beside);
    return beside;
}

static inline bool fits(const struct pen_watch *watch, const struct beside *beside)
{
    const uint64_t near =
        watch->before[0] >> beside->before[0] & watch->before[1] >> beside->before[1]
        & watch->behind[0] >> beside->behind[0] & watch->behind[1] >> beside->behind[1];
    if ((near & 1) == 0) return false;
    const uint64_t far =
        watch->before[2] >> beside->before[2] & watch->before[3] >> beside->before[3]
        & watch->behind[2] >> beside->behind[2] & watch->behind[3] >> beside->behind[3];
    return (far & 1) != 0;
}

/* Most forms do not stand: which leaf it is in nobody has to know of those. */
static inline bool is_in_last_leaf(const struct search *search, size_t place)
{
    const uint32_t leaf = search->leaf;
    return place < search->ends[leaf] && (leaf == 0 || place >= search->ends[leaf - 1]);
}

static inline bool has_fired(const struct search *search, size_t place, uint64_t bits)
{
    return is_in_last_leaf(search, place) && (search->fired[search->leaf] & bits) == bits;
}

static void fire_once(struct search *search, size_t place, uint64_t bits)
{
    if (!has_fired(search, place, bits)) fire(search, leaf_at(search, place), bits);
}

/* Did the form not stand where all that it looks at was the same? Texts that repeat themselves,
   rows of a table or what is made to keep us busy, are told by one comparison. */
static bool has_failed(const struct failure *failure, const struct pen_watch *watch,
                       struct pen_str text, size_t place)
{
    if (failure->watch != watch) return false;
    const size_t length = 2 * PEN_TRIGGER_REACH + watch->form.length;
    if (failure->place < PEN_TRIGGER_REACH || place < PEN_TRIGGER_REACH) return false;
    const size_t start = place - PEN_TRIGGER_REACH;
    const size_t other = failure->place - PEN_TRIGGER_REACH;
    return text.len - start >= length && text.len - other >= length
           && memcmp(text.ptr + start, text.ptr + other, length) == 0;
}

static bool stands(struct search *search, const struct pen_watch *watch, size_t place,
                   uint64_t *steps)
{
    _Static_assert(FAILURES == 64, "a bit of a word for each");
    const size_t index = (size_t)(watch - search->index->watches) % FAILURES;
    struct failure *const failure = &search->failures[index];
    const bool written = (search->failed >> index & 1) != 0;
    if (written && has_failed(failure, watch, search->text, place)) return false;
    if (pen_trigger_stands(&watch->form, search->text, place, steps)) return true;
    *failure = (struct failure){watch, place};
    search->failed |= (uint64_t)1 << index;
    return false;
}

static void look_around(struct search *search, const struct pen_watch *watch, size_t place)
{
    if (has_fired(search, place, watch->bit)) return;
    uint64_t steps = 1;
    if (watch->told || stands(search, watch, place, &steps)) {
        fire(search, leaf_at(search, place), watch->bit);
    }
    if (steps > search->steps_left) search->exhausted = true;
    search->steps_left -= search->exhausted ? search->steps_left : steps;
}

/* Forms of a mark that can stand by the bytes nearest to it. */
static inline uint64_t near_bits(const uint64_t *lanes, const uint8_t *kinds,
                                 const unsigned char *p)
{
    const size_t row = PEN_BYTE_KINDS;
    _Static_assert(PEN_NEAR == 2, "two before it and two behind it");
    return lanes[kinds[p[-1]]] & lanes[row + kinds[p[-2]]] & lanes[2 * row + kinds[p[1]]]
           & lanes[3 * row + kinds[p[2]]];
}

/* And by the next ones. */
static inline uint64_t far_bits(const uint64_t *lanes, const uint8_t *kinds, const unsigned char *p)
{
    const size_t row = PEN_BYTE_KINDS;
    return lanes[kinds[p[-3]]] & lanes[row + kinds[p[-4]]] & lanes[2 * row + kinds[p[3]]]
           & lanes[3 * row + kinds[p[4]]];
}

/* The mark at `place`, which is read at `p`: PEN_BESIDE bytes beside it can be, too. */
static void mark_found(struct search *search, const unsigned char *p, size_t place)
{
    const struct pen_mark *const mark = &search->index->marks[*p];
    const uint8_t *const kinds = search->index->kinds;
    if (mark->direct != 0) fire_once(search, place, mark->direct);
    if (near_bits(mark->lanes, kinds, p) == 0) return;

    const uint64_t *table = mark->tables;
    for (size_t word = 0; word < mark->words; word++, table += PEN_MARK_TABLE) {
        uint64_t bits = near_bits(table, kinds, p) & far_bits(table + PEN_MARK_LANES, kinds, p);
        for (; bits != 0; bits &= bits - 1) {
            const size_t i = 64 * word + (size_t)__builtin_ctzll(bits);
            look_around(search, &search->index->watches[mark->first + i], place);
        }
    }
}

/* Can the word that stands at `place` be the form's? What is before it fits already. */
static inline bool word_fits(const struct search *search, const struct pen_watch *watch,
                             size_t place)
{
    const size_t end = place + watch->form.length;
    if (!has_room(search, place, end)) {
        const struct beside beside = kinds_beside(search, place, end);
        return fits(watch, &beside);
    }
    const unsigned char *const p = (const unsigned char *)search->text.ptr + place;
    const unsigned char *const q = (const unsigned char *)search->text.ptr + end;
    const uint8_t *const kinds = search->index->kinds;
    const uint64_t near = watch->behind[0] >> kinds[q[0]] & watch->behind[1] >> kinds[q[1]]
                          & watch->before[1] >> kinds[p[-2]];
    if ((near & 1) == 0) return false;
    const uint64_t far = watch->behind[2] >> kinds[q[2]] & watch->behind[3] >> kinds[q[3]]
                         & watch->before[2] >> kinds[p[-3]] & watch->before[3] >> kinds[p[-4]];
    return (far & 1) != 0;
}

static void word_found(struct search *search, size_t place)
{
    const struct pen_index *const index = search->index;
    const uint32_t letters = pen_index_letters(search->text.ptr + place, search->text.len - place);
    const struct pen_index_word *word = &index->words[index->beginnings[pen_index_hash(letters)]];
    if ((word->letters >> (letters >> 24 & 0x1f) & 1) == 0) return;
    const uint64_t before = kind_at(search, place - 1); /* wraps around where no text is */
    for (word++; word->mask != 0; word++) {
        if (((letters | word->fold) & word->mask) != word->letters) continue;
        if ((word->before >> before & 1) == 0) continue;
        const struct pen_watch *const watch = &index->watches[word->watch];
        if (word_fits(search, watch, place)) look_around(search, watch, place);
    }
}

static void look_around_literal(struct search *search, const struct pen_watch_range *range,
                                size_t place)
{
    const struct beside beside = kinds_beside(search, place, place + range->length);
    const struct pen_watch *watch = &search->index->watches[range->first];
    for (const struct pen_watch *const last = watch + range->count; watch < last; watch++) {
        if (fits(watch, &beside)) look_around(search, watch, place);
    }
}

/* Found by the engine. */
static void literal_found(void *context, uint32_t id, size_t end)
{
    struct search *const search = context;
    const struct pen_watch_range *const range = &search->index->literals[id];
    look_around_literal(search, range, end - range->length);
}

static void piece_found(struct search *search, size_t place)
{
    const struct pen_index *const index = search->index;
    const struct pen_str text = search->text;
    const uint32_t letters = pen_index_letters(text.ptr + place, text.len - place);
    const uint16_t first = index->piece_places[pen_index_hash(letters)];
    for (const struct pen_index_piece *piece = &index->pieces[first]; piece->letters != 0;
         piece++) {
        const struct pen_watch_range *const range = &index->literals[piece->literal];
        const size_t start = place - piece->at;
        if (piece->at > place || text.len - start < range->length) continue;
        const uint32_t head = pen_index_letters(text.ptr + start, text.len - start);
        if ((head | piece->fold) != piece->letters) continue;
        const struct pen_str literal = index->watches[range->first].form.literal;
        const struct pen_str here = {text.ptr + start, range->length};
        const bool stands =
            piece->fold != 0 ? pen_str_equal_fold(here, literal) : pen_str_equal(here, literal);
        if (stands) look_around_literal(search, range, start);
    }
}

/* The next `STRIDE` bytes of the text with what is looked at beside each of them. */
struct stride {
    char padded[PEN_BESIDE + STRIDE + PEN_BESIDE]; /* where the text ends too early */
    const char *bytes;
    uint64_t letters; /* a bit for each */
    uint64_t marks;
    uint8_t places[STRIDE]; /* of those that may be something, ascending */
};

static void begin_stride(struct stride *stride, struct pen_str text, size_t at)
{
    stride->bytes = text.ptr + at;
    if (at < PEN_BESIDE || text.len - at < STRIDE + PEN_BESIDE) {
        const size_t before = at < PEN_BESIDE ? at : PEN_BESIDE;
        const size_t room = STRIDE + PEN_BESIDE;
        const size_t left = text.len - at < room ? text.len - at : room;
        memset(stride->padded, PEN_TRIGGER_GAP, sizeof(stride->padded));
        memcpy(stride->padded + PEN_BESIDE - before, text.ptr + at - before, before + left);
        stride->bytes = stride->padded + PEN_BESIDE;
    }
    stride->letters = 0;
    stride->marks = 0;
    for (unsigned i = 0; i < STRIDE; i += PEN_BLOCK) {
        unsigned letters = 0;
        unsigned marks = 0;
        pen_block_kinds(stride->bytes + i, &letters, &marks);
        stride->letters |= (uint64_t)letters << i;
        stride->marks |= (uint64_t)marks << i;
    }
}

/* Which marks a form may stand around. Nothing here is a branch on what the text is: as likely as
   not it would go the other way, and that costs more than the look. */
static size_t likely_marks(const struct pen_index *index, struct stride *stride)
{
    const uint8_t *const kinds = index->kinds;
    size_t count = 0;
    for (uint64_t marks = stride->marks; marks != 0; marks &= marks - 1) {
        const unsigned i = (unsigned)__builtin_ctzll(marks);
        const unsigned char *const p = (const unsigned char *)stride->bytes + i;
        stride->places[count] = (uint8_t)i;
        count += near_bits(index->looks[*p], kinds, p) != 0;
    }
    return count;
}

/* Which of the words that begin at a bit of `words` a form may begin with. */
static size_t likely_words(const struct pen_index *index, struct stride *stride, uint64_t words)
{
    size_t count = 0;
    for (; words != 0; words &= words - 1) {
        const unsigned i = (unsigned)__builtin_ctzll(words);
        const char *const p = stride->bytes + i;
        const uint32_t letters = pen_index_letters(p, PEN_TRIGGER_WORD_MOST);
        const unsigned before = index->sieve[pen_index_hash(letters)];
        stride->places[count] = (uint8_t)i;
        count += before >> index->classes[(unsigned char)p[-1]] & 1;
    }
    return count;
}

/* Where pieces of literals may begin, from the letters of the stride and of that before: every
   other place with three letters, and one more beside them. A bit stands for the last of the three,
   which are read from where they begin. */
static size_t likely_pieces(const struct pen_index *index, struct stride *stride, uint64_t last)
{
    const uint64_t letters = stride->letters;
    const uint64_t one = letters << 1 | last >> 63;
    const uint64_t two = letters << 2 | last >> 62;
    const uint64_t three = letters << 3 | last >> 61;
    const uint64_t even = UINT64_C(0x5555555555555555);
    size_t count = 0;
    for (uint64_t ends = letters & one & two & (three | letters >> 1) & even; ends != 0;
         ends &= ends - 1) {
        const unsigned i = (unsigned)__builtin_ctzll(ends);
        const char *const p = stride->bytes + i - 2;
        const uint32_t piece = pen_index_letters(p, PEN_TRIGGER_WORD_MOST);
        stride->places[count] = (uint8_t)i;
        count += index->sieve[pen_index_hash(piece)] >= PEN_SIEVE_PIECE;
    }
    return count;
}

static void find_factors(struct search *search)
{
    struct stride stride;
    uint64_t last = 0; /* letters of the stride before */
    for (size_t at = 0; at < search->text.len && !search->exhausted; at += STRIDE) {
        begin_stride(&stride, search->text, at);
        const size_t marks = likely_marks(search->index, &stride);
        for (size_t i = 0; i < marks; i++) {
            const char *const p = stride.bytes + stride.places[i];
            mark_found(search, (const unsigned char *)p, at + stride.places[i]);
        }
        const uint64_t words = stride.letters & ~(stride.letters << 1 | last >> 63);
        const size_t count = likely_words(search->index, &stride, words);
        for (size_t i = 0; i < count; i++) {
            word_found(search, at + stride.places[i]);
        }
        const size_t pieces = likely_pieces(search->index, &stride, last);
        for (size_t i = 0; i < pieces; i++) {
            piece_found(search, at + stride.places[i] - 2);
        }
        last = stride.letters;
    }
}

enum pen_status pen_index_search(const struct pen_index *index, struct pen_event *event,
                                 struct pen_scratch *scratch, uint64_t *steps_left)
{
    struct failure failures[FAILURES];
    struct search search = {.index = index,
                            .text = event->text,
                            .fired = event->wake,
                            .touched = event->touched,
                            .ends = event->text_ends,
                            .leaf_count = event->leaf_count,
                            .steps_left = *steps_left,
                            .failures = failures};
    find_factors(&search);
    search.leaf = 0;
    const enum pen_status status =
        search.exhausted
            ? PEN_ERR_LIMIT
            : pen_patterns_scan(index->patterns, scratch, event->text, literal_found, &search);
    *steps_left = search.steps_left;
    return search.exhausted ? PEN_ERR_LIMIT : status;
}
