/** Forms sorted by their factors. */
#include "filters/prefilter_index.h"

#include <stdlib.h>
#include <string.h>

#define WORDS_MOST   UINT16_MAX /* a word of two letters has thirty-two beginnings */
#define KIND_DIGIT   26         /* behind the letters */
#define KIND_SPACE   27
#define KIND_GAP     28
#define KIND_MARKS   29 /* and on: each its own */
#define KIND_CONTROL 62
#define KIND_BEYOND  63

void pen_index_kinds(uint8_t kinds[UINT8_MAX + 1])
{
    uint8_t next = KIND_MARKS;
    for (unsigned byte = 0; byte <= UINT8_MAX; byte++) {
        const char c = (char)byte;
        if (pen_is_alpha(c)) {
            kinds[byte] = (uint8_t)(pen_to_lower(c) - 'a');
        } else if (pen_is_digit(c)) {
            kinds[byte] = KIND_DIGIT;
        } else if (c == ' ') {
            kinds[byte] = KIND_SPACE;
        } else if (c == PEN_TRIGGER_GAP) {
            kinds[byte] = KIND_GAP;
        } else if (byte > 0x7f) {
            kinds[byte] = KIND_BEYOND;
        } else if (byte > ' ' && byte < 0x7f) {
            kinds[byte] = next++; /* 32 marks: up to KIND_CONTROL - 2 */
        } else {
            kinds[byte] = c == '\n' || c == '\r' || c == '\t' ? KIND_CONTROL - 1 : KIND_CONTROL;
        }
    }
}

static uint64_t kinds_beside(const uint8_t kinds[UINT8_MAX + 1],
                             const struct pen_trigger_item *first, size_t count, int step,
                             unsigned distance)
{
    struct pen_trigger_item beside = {.least = 1, .most = 1};
    uint64_t set = 0;
    pen_trigger_beside(first, count, step, distance, beside.set);
    for (unsigned byte = 0; byte <= UINT8_MAX; byte++) {
        if (pen_trigger_has(&beside, (unsigned char)byte)) set |= (uint64_t)1 << kinds[byte];
    }
    return set;
}

/* Do the kinds beside the factor say as much as `count` items do? */
static bool are_kinds(const uint8_t kinds[UINT8_MAX + 1], const struct pen_trigger_item *first,
                      size_t count, int step)
{
    if (count > PEN_BESIDE) return false;
    for (size_t i = 0; i < count; i++) {
        const struct pen_trigger_item *const item = first + (ptrdiff_t)i * step;
        if (item->kind == PEN_TRIGGER_START && i + 1 == count) continue;
        if (item->kind != PEN_TRIGGER_CLASS || item->least != 1 || item->most != 1) return false;
        uint64_t inside = 0;
        uint64_t outside = 0;
        for (unsigned byte = 0; byte <= UINT8_MAX; byte++) {
            const bool has = pen_trigger_has(item, (unsigned char)byte);
            *(has ? &inside : &outside) |= (uint64_t)1 << kinds[byte];
        }
        if ((inside & outside) != 0) return false;
    }
    return true;
}

void pen_watch_make(const uint8_t kinds[UINT8_MAX + 1], const struct pen_trigger_form *form,
                    uint64_t bit, struct pen_watch *out)
{
    const struct pen_trigger_item *const items = form->items;
    const size_t behind = form->at + form->length;
    *out = (struct pen_watch){.form = *form, .bit = bit};
    for (unsigned i = 0; i < PEN_BESIDE; i++) {
        out->before[i] =
            kinds_beside(kinds, items + form->at - (form->at > 0), form->at, -1, i + 1);
        out->behind[i] = kinds_beside(kinds, items + behind, form->count - behind, 1, i + 1);
    }
    out->told = are_kinds(kinds, items + form->at - (form->at > 0), form->at, -1)
                && are_kinds(kinds, items + behind, form->count - behind, 1);
}

/* Of a literal: its first bytes. */
static struct pen_index_word word_of(const struct pen_trigger_form *form)
{
    const struct pen_str literal = form->literal;
    const size_t length = literal.len < PEN_TRIGGER_WORD_MOST ? literal.len : PEN_TRIGGER_WORD_MOST;
    struct pen_index_word word = {.letters = pen_index_letters(literal.ptr, literal.len),
                                  .mask = UINT32_MAX >> 8 * (PEN_TRIGGER_WORD_MOST - length)};
    for (unsigned i = 0; form->caseless && i < length; i++) {
        if (pen_is_alpha(literal.ptr[i])) word.fold |= 0x20U << 8 * i;
    }
    word.letters |= word.fold;
    return word;
}

static int compare(const void *a, const void *b)
{
    const struct pen_trigger_form *const left = &((const struct pen_watch *)a)->form;
    const struct pen_trigger_form *const right = &((const struct pen_watch *)b)->form;
    if (left->factor != right->factor) return left->factor < right->factor ? -1 : 1;
    if (left->factor != PEN_TRIGGER_LITERAL) return 0;
    if (left->literal.len != right->literal.len) {
        return left->literal.len < right->literal.len ? -1 : 1;
    }
    if (left->caseless != right->caseless) return left->caseless ? 1 : -1;
    return memcmp(left->literal.ptr, right->literal.ptr, left->literal.len);
}

static bool is_alone(const struct pen_trigger_form *form)
{
    return form->count == form->length;
}

static enum pen_status keep(struct pen_index *index, const struct pen_watch *watch)
{
    if (index->watch_count == PEN_WATCHES_MOST) return PEN_ERR_LIMIT;
    index->watches[index->watch_count++] = *watch;
    return PEN_OK;
}

static const uint64_t nothing[PEN_MARK_LANES];

/* In a table: the kinds of the byte so far before the mark, and behind it. */
static void find_rows(size_t beside, size_t *before, size_t *behind)
{
    const size_t group = beside / PEN_NEAR * PEN_MARK_LANES;
    *before = group + beside % PEN_NEAR * PEN_BYTE_KINDS;
    *behind = *before + PEN_NEAR * PEN_BYTE_KINDS;
}

_Static_assert(PEN_BESIDE == 2 * PEN_NEAR, "near ones and as many others");

/* Which of the mark's watches can have a byte of each kind so far away. */
static enum pen_status fill_tables(const struct pen_index *index, struct pen_mark *mark,
                                   uint32_t count, struct pen_arena *arena)
{
    uint64_t *const tables = pen_arena_calloc(arena, mark->words * PEN_MARK_TABLE, sizeof(*tables));
    uint64_t *const lanes = pen_arena_calloc(arena, PEN_MARK_LANES, sizeof(*lanes));
    if (tables == NULL || lanes == NULL) return PEN_ERR_NOMEM;
    for (uint32_t i = 0; i < count; i++) {
        const struct pen_watch *const watch = &index->watches[mark->first + i];
        uint64_t *const table = tables + i / 64 * PEN_MARK_TABLE;
        for (size_t at = 0; at < (size_t)PEN_BESIDE * PEN_BYTE_KINDS; at++) {
            const size_t beside = at / PEN_BYTE_KINDS;
            const size_t kind = at % PEN_BYTE_KINDS;
            size_t before = 0;
            size_t behind = 0;
            find_rows(beside, &before, &behind);
            table[before + kind] |= (watch->before[beside] >> kind & 1) << (i % 64);
            table[behind + kind] |= (watch->behind[beside] >> kind & 1) << (i % 64);
        }
    }
    /* For marks of many watches those 64 apart share a bit. */
    for (size_t i = 0; i < mark->words * PEN_MARK_LANES; i++) {
        lanes[i % PEN_MARK_LANES] |=
            tables[i / PEN_MARK_LANES * PEN_MARK_TABLE + i % PEN_MARK_LANES];
    }
    mark->tables = tables;
    mark->lanes = lanes;
    return PEN_OK;
}

/* What fires directly passes every first look. */
static enum pen_status fill_look(struct pen_index *index, unsigned byte, struct pen_arena *arena)
{
    const struct pen_mark *const mark = &index->marks[byte];
    index->looks[byte] = mark->lanes;
    if (mark->direct == 0) return PEN_OK;
    uint64_t *const all = pen_arena_calloc(arena, PEN_MARK_LANES, sizeof(*all));
    if (all == NULL) return PEN_ERR_NOMEM;
    memset(all, UINT8_MAX, PEN_MARK_LANES * sizeof(*all));
    index->looks[byte] = all;
    return PEN_OK;
}

/* A form of a mark stands under every byte of its class, or fires at once where nothing is around
   it. */
static enum pen_status add_mark(struct pen_index *index, const struct pen_watch *watches,
                                size_t count, unsigned byte, struct pen_arena *arena)
{
    struct pen_mark *const mark = &index->marks[byte];
    *mark = (struct pen_mark){.first = index->watch_count, .lanes = nothing};
    for (size_t i = 0; i < count; i++) {
        const struct pen_trigger_form *const form = &watches[i].form;
        if (!pen_trigger_has(&form->items[form->at], (unsigned char)byte)) continue;
        if (is_alone(form)) {
            mark->direct |= watches[i].bit;
        } else {
            PEN_TRY(keep(index, &watches[i]));
        }
    }
    const uint32_t kept = index->watch_count - mark->first;
    mark->words = (kept + 63) / 64;
    if (kept > 0) PEN_TRY(fill_tables(index, mark, kept, arena));
    return fill_look(index, byte, arena);
}

/* Can a word that begins with three bytes of this hash be this one? Behind two anything stands. */
static bool may_begin(struct pen_index_word word, uint32_t hash)
{
    if (word.mask > 0xffffU) return pen_index_hash(word.letters) == hash;
    for (uint32_t third = 0; third < 32; third++) {
        if (pen_index_hash(word.letters | third << 16) == hash) return true;
    }
    return false;
}

#define CLASSES 7 /* a bit of a byte for each, PEN_SIEVE_PIECE left out */

/* Most bytes before words are of the first three; marks share the others. */
static void fill_classes(struct pen_index *index)
{
    static const uint8_t firsts[] = {KIND_DIGIT, KIND_SPACE, KIND_GAP};
    const unsigned count = PEN_COUNT_OF(firsts);
    for (unsigned byte = 0; byte <= UINT8_MAX; byte++) {
        const uint8_t kind = index->kinds[byte];
        index->classes[byte] = (uint8_t)(count + kind % (CLASSES - count));
        for (unsigned i = 0; i < count; i++) {
            if (kind == firsts[i]) index->classes[byte] = (uint8_t)i;
        }
    }
}

/* A bit for each class of the bytes that may stand before a word. */
static uint8_t classes_of(const struct pen_index *index, uint64_t kinds)
{
    unsigned bits = 0;
    for (unsigned byte = 0; byte <= UINT8_MAX; byte++) {
        if ((kinds >> index->kinds[byte] & 1) != 0) bits |= 1U << index->classes[byte];
    }
    return (uint8_t)bits;
}

static void add_before(struct pen_index *index, struct pen_index_word word)
{
    const uint8_t classes = classes_of(index, word.before);
    for (uint32_t third = 0; third < 32; third++) {
        const bool has_third = word.mask > 0xffffU;
        const uint32_t letters = has_third ? word.letters : word.letters | third << 16;
        index->sieve[pen_index_hash(letters)] |= classes;
    }
}

/* Of the fourth byte of a word; where it does not ask for one it can be any. */
static uint32_t fourth_bits(struct pen_index_word word)
{
    return word.mask == UINT32_MAX ? UINT32_C(1) << (word.letters >> 24 & 0x1f) : UINT32_MAX;
}

/* The words of one beginning stand together, an empty one behind them. */
static enum pen_status add_words(struct pen_index *index, const struct pen_watch *watches,
                                 size_t count, struct pen_arena *arena)
{
    const uint32_t first = index->watch_count;
    index->words = pen_arena_calloc(arena, WORDS_MOST, sizeof(*index->words));
    if (index->words == NULL) return PEN_ERR_NOMEM;
    fill_classes(index);
    for (size_t i = 0; i < count; i++) {
        PEN_TRY(keep(index, &watches[i]));
        struct pen_index_word word = word_of(&watches[i].form);
        word.before = watches[i].before[0];
        add_before(index, word);
    }
    uint32_t used = 1; /* 0 stands for none */
    for (uint32_t hash = 0; hash < PEN_WORD_HASHES; hash++) {
        if (index->sieve[hash] == 0) continue; /* pieces come later */
        struct pen_index_word *const begin = &index->words[used];
        for (uint32_t i = 0; i < count; i++) {
            struct pen_index_word word = word_of(&watches[i].form);
            if (!may_begin(word, hash)) continue;
            if (used + 3 > WORDS_MOST) return PEN_ERR_LIMIT;
            word.watch = first + i;
            word.before = watches[i].before[0];
            index->words[++used] = word;
            begin->letters |= fourth_bits(word);
        }
        index->beginnings[hash] = (uint16_t)(begin - index->words);
        used += 2;
    }
    return PEN_OK;
}

#define PIECE 3 /* letters */

/* How often three letters stand in names and running text, roughly. */
static unsigned commonness(const char *letters)
{
    unsigned common = 0;
    for (size_t i = 0; i < PIECE; i++) {
        common += memchr("etaoinsrhldc", pen_to_lower(letters[i]), 12) != NULL;
    }
    return common;
}

/* So many letters stand at `at`, at least? */
static bool has_letters(struct pen_str literal, size_t at, size_t count)
{
    for (size_t i = at; i < at + count; i++) {
        if (i >= literal.len || !pen_is_alpha(literal.ptr[i])) return false;
    }
    return true;
}

/* The rarest piece that begins at an even byte (0) or an odd one (1); literal.len: there is none.
 */
static size_t find_piece(struct pen_str literal, size_t parity)
{
    size_t best = literal.len;
    for (size_t at = parity; at + PIECE <= literal.len; at += 2) {
        const bool within = has_letters(literal, at, PIECE + 1)
                            || (at > 0 && has_letters(literal, at - 1, PIECE + 1));
        if (!within) continue;
        if (best == literal.len || commonness(literal.ptr + at) < commonness(literal.ptr + best)) {
            best = at;
        }
    }
    return best;
}

/* False: the literal has no two pieces. */
static bool cut(const struct pen_trigger_form *form, uint32_t literal,
                struct pen_index_piece pieces[2])
{
    const struct pen_index_word word = word_of(form);
    for (size_t parity = 0; parity < 2; parity++) {
        const size_t at = find_piece(form->literal, parity);
        if (at == form->literal.len) return false;
        pieces[parity] = (struct pen_index_piece){word.letters, word.fold, literal, (uint32_t)at};
    }
    return true;
}

/* Those of the same letters stand together, an empty one behind them. */
static enum pen_status add_pieces(struct pen_index *index, const struct pen_index_piece *pieces,
                                  size_t count, struct pen_arena *arena)
{
    /* Each is alone at the worst, and the first place stands for none. */
    if (2 * count + 1 > UINT16_MAX) return PEN_ERR_LIMIT;
    index->pieces = pen_arena_calloc(arena, 2 * count + 1, sizeof(*index->pieces));
    if (index->pieces == NULL) return PEN_ERR_NOMEM;
    uint32_t used = 1;
    for (uint32_t hash = 0; hash < PEN_WORD_HASHES; hash++) {
        const uint32_t begin = used;
        for (size_t i = 0; i < count; i++) {
            const struct pen_watch_range *const range = &index->literals[pieces[i].literal];
            const struct pen_str text = index->watches[range->first].form.literal;
            const uint32_t letters = pen_index_letters(text.ptr + pieces[i].at, PIECE);
            if (pen_index_hash(letters) == hash) index->pieces[used++] = pieces[i];
        }
        if (used == begin) continue;
        index->piece_places[hash] = (uint16_t)begin;
        index->sieve[hash] |= PEN_SIEVE_PIECE;
        used++;
    }
    return PEN_OK;
}

/* While literals are sorted: those that the engine is to find, and the pieces of the others. */
struct sorting {
    struct pen_pattern *patterns;
    struct pen_index_piece *pieces;
    size_t pattern_count;
    size_t piece_count;
};

/* Forms of one literal stand together: it is looked for once. */
static enum pen_status sort_literals(struct pen_index *index, const struct pen_watch *watches,
                                     size_t count, struct sorting *sorting)
{
    uint32_t distinct = 0;
    for (size_t i = 0; i < count; i++) {
        const struct pen_trigger_form *const form = &watches[i].form;
        if (i == 0 || compare(&watches[i - 1], &watches[i]) != 0) {
            if (cut(form, distinct, sorting->pieces + sorting->piece_count)) {
                sorting->piece_count += 2;
            } else {
                sorting->patterns[sorting->pattern_count++] = (struct pen_pattern){
                    .literal = form->literal, .caseless = form->caseless, .id = distinct};
            }
            index->literals[distinct++] =
                (struct pen_watch_range){index->watch_count, 0, (uint32_t)form->literal.len};
        }
        index->literals[distinct - 1].count++;
        PEN_TRY(keep(index, &watches[i]));
    }
    return PEN_OK;
}

static enum pen_status add_literals(struct pen_index *index, const struct pen_watch *watches,
                                    size_t count, struct pen_arena *arena, struct pen_error *err)
{
    struct sorting sorting = {.patterns = calloc(count + 1, sizeof(*sorting.patterns)),
                              .pieces = calloc(2 * count + 2, sizeof(*sorting.pieces))};
    index->literals = pen_arena_calloc(arena, count + 1, sizeof(*index->literals));
    enum pen_status status = PEN_ERR_NOMEM;
    if (sorting.patterns != NULL && sorting.pieces != NULL && index->literals != NULL) {
        status = sort_literals(index, watches, count, &sorting);
    }
    if (status == PEN_OK) status = add_pieces(index, sorting.pieces, sorting.piece_count, arena);
    if (status == PEN_OK) {
        status =
            pen_patterns_create(sorting.patterns, sorting.pattern_count, &index->patterns, err);
    }
    free(sorting.pieces);
    free(sorting.patterns);
    return status;
}

static size_t count_of(const struct pen_watch *watches, size_t count,
                       enum pen_trigger_factor factor)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        found += watches[i].form.factor == factor;
    }
    return found;
}

enum pen_status pen_index_build(struct pen_watch *watches, size_t count, struct pen_arena *arena,
                                struct pen_index *out, struct pen_error *err)
{
    out->watches = pen_arena_calloc(arena, PEN_WATCHES_MOST, sizeof(*out->watches));
    if (out->watches == NULL) return PEN_ERR_NOMEM;
    qsort(watches, count, sizeof(*watches), compare);
    const size_t marks = count_of(watches, count, PEN_TRIGGER_MARK);
    const size_t words = count_of(watches, count, PEN_TRIGGER_WORD);
    for (unsigned byte = 0; byte <= UINT8_MAX; byte++) {
        PEN_TRY(add_mark(out, watches, marks, byte, arena));
    }
    PEN_TRY(add_words(out, watches + marks, words, arena));
    return add_literals(out, watches + marks + words, count - marks - words, arena, err);
}
