/**
 * The subset construction: a state here is the set of all states that the expression may be in.
 *
 * A match may begin anywhere, so where it may begin is in every set again. A set that holds a match
 * needs no more text and is one state for all; likewise the empty set. "$" holds at the end only,
 * for which each state has a column of its own.
 */
#include "filters/schema/automaton.h"

#include <stdlib.h>

#include "filters/schema/automaton_table.h"
#include "filters/schema/nfa.h"

/* Of the table, 64 KiB: a state and a column are one number below it. */
#define MOST_ENTRIES 32768
#define MOST_STATES  8192    /* with the fewest columns there are no more */
#define MOST_WORK    2000000 /* states that are gone through: some ten milliseconds */
#define BUCKETS      16384   /* twice the states, and a power of two */

/* A set of the expression's states in the pool. */
struct subset {
    uint32_t start;
    uint32_t count;
};

struct maker {
    const struct pen_nfa *nfa;
    const struct pen_alphabet *alphabet;
    const struct pen_alphabet_letter *letters;
    struct subset *subsets; /* by state */
    uint32_t subset_count;
    uint32_t *buckets; /* state + 1; 0 = none */
    uint32_t *pool;    /* all subsets, behind each other; behind them the one at hand */
    uint32_t pool_used;
    uint32_t pool_room;
    uint32_t *seen; /* by the expression's state: in which round it was reached */
    uint32_t *stack;
    uint32_t round;
    uint32_t work;
    uint32_t current; /* members of the one at hand */
    bool found;       /* it holds a match */
};

static enum pen_status make_room(struct maker *m, struct pen_arena *scratch)
{
    /* The one at hand may grow to all states. */
    const uint32_t needed = m->pool_used + m->nfa->count;
    if (needed <= m->pool_room) return PEN_OK;
    const uint32_t room = needed * 2;
    uint32_t *const pool = pen_arena_calloc(scratch, room, sizeof(*pool));
    if (pool == NULL) return PEN_ERR_NOMEM;
    for (uint32_t i = 0; i < m->pool_used; i++) {
        pool[i] = m->pool[i];
    }
    m->pool = pool;
    m->pool_room = room;
    return PEN_OK;
}

static void push(struct maker *m, uint32_t *height, uint32_t state)
{
    if (m->seen[state] == m->round) return;
    m->seen[state] = m->round;
    m->stack[(*height)++] = state;
}

/* To the set at hand add `from` and whatever is reached from it without a character. */
static void reach(struct maker *m, uint32_t from, bool at_start, bool at_end)
{
    uint32_t height = 0;
    push(m, &height, from);
    while (height > 0) {
        const uint32_t state = m->stack[--height];
        const struct pen_nfa_state *const s = &m->nfa->states[state];
        m->work++;
        switch ((enum pen_nfa_kind)s->kind) {
        case PEN_NFA_NOTHING:
            break;
        case PEN_NFA_SET:
            m->pool[m->pool_used + m->current++] = state;
            break;
        case PEN_NFA_BOTH:
            push(m, &height, s->next);
            push(m, &height, s->other);
            break;
        case PEN_NFA_START:
            if (at_start) push(m, &height, s->next);
            break;
        case PEN_NFA_END:
            if (at_end) push(m, &height, s->next);
            if (!at_end) m->pool[m->pool_used + m->current++] = state;
            break;
        case PEN_NFA_FOUND:
            m->found = true;
            break;
        }
    }
}

static void begin(struct maker *m)
{
    m->round++;
    m->current = 0;
    m->found = false;
}

static uint32_t hash(const uint32_t *members, uint32_t count)
{
    uint32_t value = count;
    for (uint32_t i = 0; i < count; i++) {
        value = (value ^ members[i]) * UINT32_C(0x9e3779b1); /* 2^32 by the golden ratio */
        value ^= value >> 15;
    }
    return value;
}

static int by_number(const void *a, const void *b)
{
    const uint32_t left = *(const uint32_t *)a;
    const uint32_t right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

/* So that equal sets are equal lists. */
static void sort(uint32_t *members, uint32_t count)
{
    if (count > 1) qsort(members, count, sizeof(*members), by_number);
}

/* The set at hand as a state, which is a new one when there is none yet. */
static enum pen_status settle(struct maker *m, bool is_first, uint32_t *out)
{
    if (m->found) {
        *out = PEN_AUTOMATON_FOUND;
        return PEN_OK;
    }
    if (m->current == 0) {
        *out = PEN_AUTOMATON_LOST;
        return PEN_OK;
    }
    uint32_t *const members = m->pool + m->pool_used;
    sort(members, m->current);
    uint32_t at = hash(members, m->current) % BUCKETS;
    /* The first state is not looked for: at its place "^" holds, and elsewhere not. */
    while (!is_first && m->buckets[at] != 0) {
        const uint32_t state = m->buckets[at] - 1;
        const struct subset known = m->subsets[state];
        if (known.count == m->current
            && memcmp(m->pool + known.start, members, known.count * sizeof(*members)) == 0) {
            *out = state;
            return PEN_OK;
        }
        at = (at + 1) % BUCKETS;
    }
    if (m->subset_count == MOST_STATES) return PEN_ERR_LIMIT;
    m->subsets[m->subset_count] = (struct subset){.start = m->pool_used, .count = m->current};
    m->pool_used += m->current;
    *out = m->subset_count++;
    if (!is_first) m->buckets[at] = *out + 1;
    return PEN_OK;
}

static bool has_letter(const struct maker *m, uint32_t state, uint32_t letter)
{
    const struct pen_nfa_state *const s = &m->nfa->states[state];
    return s->kind == PEN_NFA_SET
           && (m->letters[letter].sets[s->set / 64] >> (s->set % 64) & 1) != 0;
}

/* Where `letter` leads from the state. */
static enum pen_status follow(struct maker *m, struct subset from, uint32_t letter,
                              struct pen_arena *scratch, uint32_t *out)
{
    PEN_TRY(make_room(m, scratch));
    begin(m);
    for (uint32_t i = 0; i < from.count; i++) {
        const uint32_t state = m->pool[from.start + i];
        if (has_letter(m, state, letter)) reach(m, m->nfa->states[state].next, false, false);
    }
    m->work += from.count;
    reach(m, 0, false, false); /* a match may begin here, too */
    return m->work > MOST_WORK ? PEN_ERR_LIMIT : settle(m, false, out);
}

/* Is there a match if the text ends in this state? */
static enum pen_status ends_well(struct maker *m, struct subset from, bool at_start,
                                 struct pen_arena *scratch, bool *out)
{
    PEN_TRY(make_room(m, scratch));
    begin(m);
    for (uint32_t i = 0; i < from.count; i++) {
        const struct pen_nfa_state *const s = &m->nfa->states[m->pool[from.start + i]];
        if (s->kind == PEN_NFA_END) reach(m, s->next, at_start, true);
    }
    *out = m->found;
    return PEN_OK;
}

static enum pen_status fill(struct maker *m, struct pen_arena *scratch, uint16_t *table,
                            uint32_t width)
{
    const uint32_t end = width - 1;
    for (uint32_t column = 0; column < width; column++) {
        table[PEN_AUTOMATON_FOUND * width + column] = (uint16_t)(PEN_AUTOMATON_FOUND * width);
    }
    for (uint32_t state = PEN_AUTOMATON_FIRST; state < m->subset_count; state++) {
        if ((state + 1) * width > MOST_ENTRIES) return PEN_ERR_LIMIT;
        const struct subset subset = m->subsets[state];
        for (uint32_t letter = 0; letter < end; letter++) {
            uint32_t next;
            PEN_TRY(follow(m, subset, letter, scratch, &next));
            if ((next + 1) * width > MOST_ENTRIES) return PEN_ERR_LIMIT;
            table[state * width + letter] = (uint16_t)(next * width);
        }
        bool good;
        PEN_TRY(ends_well(m, subset, state == PEN_AUTOMATON_FIRST, scratch, &good));
        if (good) table[state * width + end] = (uint16_t)(PEN_AUTOMATON_FOUND * width);
    }
    return PEN_OK;
}

static enum pen_status prepare(struct maker *m, struct pen_arena *scratch)
{
    m->subsets = pen_arena_calloc(scratch, MOST_STATES, sizeof(*m->subsets));
    m->buckets = pen_arena_calloc(scratch, BUCKETS, sizeof(*m->buckets));
    m->seen = pen_arena_calloc(scratch, m->nfa->count, sizeof(*m->seen));
    m->stack = pen_arena_calloc(scratch, m->nfa->count, sizeof(*m->stack));
    if (m->subsets == NULL || m->buckets == NULL || m->seen == NULL || m->stack == NULL) {
        return PEN_ERR_NOMEM;
    }
    m->subset_count = PEN_AUTOMATON_FIRST; /* the two before have no members */
    return make_room(m, scratch);
}

/* A copy of what is used of the table, beside the rest. */
static enum pen_status finish(const struct maker *m, const uint16_t *table, uint32_t width,
                              uint32_t first, struct pen_arena *arena,
                              const struct pen_automaton **out)
{
    struct pen_automaton *const made = pen_arena_calloc(arena, 1, sizeof(*made));
    const size_t entries = (size_t)m->subset_count * width;
    uint16_t *const kept = pen_arena_calloc(arena, entries, sizeof(*kept));
    if (made == NULL || kept == NULL) return PEN_ERR_NOMEM;
    for (size_t i = 0; i < entries; i++) {
        kept[i] = table[i];
    }
    *made = (struct pen_automaton){
        .alphabet = *m->alphabet,
        .table = kept,
        .width = width,
        .state_count = m->subset_count,
        .first = first * width,
    };
    *out = made;
    return PEN_OK;
}

enum pen_status pen_automaton_make(const struct pen_ecma_tree *tree, struct pen_arena *arena,
                                   struct pen_arena *scratch, const struct pen_automaton **out)
{
    struct pen_nfa nfa;
    struct pen_alphabet alphabet;
    struct maker m = {.nfa = &nfa, .alphabet = &alphabet};
    PEN_TRY(pen_nfa_make(tree, scratch, &nfa));
    PEN_TRY(pen_alphabet_make(nfa.sets, nfa.set_count, arena, scratch, &alphabet, &m.letters));
    PEN_TRY(prepare(&m, scratch));
    uint16_t *const table = pen_arena_calloc(scratch, MOST_ENTRIES, sizeof(*table));
    if (table == NULL) return PEN_ERR_NOMEM;

    const uint32_t width = alphabet.letter_count + 1;
    uint32_t first;
    begin(&m);
    reach(&m, 0, true, false);
    PEN_TRY(settle(&m, true, &first));
    PEN_TRY(fill(&m, scratch, table, width));
    return finish(&m, table, width, first, arena, out);
}

bool pen_automaton_matches(const struct pen_automaton *automaton, struct pen_str text)
{
    const uint32_t found = PEN_AUTOMATON_FOUND * automaton->width;
    const unsigned char *p = (const unsigned char *)text.ptr;
    const unsigned char *const end = p + text.len;
    uint32_t at = automaton->first;
    while (p < end) {
        if (at <= found) return at == found;
        uint32_t letter;
        if (*p < 0x80) {
            letter = automaton->alphabet.ascii[*p++];
        } else {
            uint32_t code;
            p = pen_ecma_take_wide(p, &code);
            letter = pen_alphabet_find(&automaton->alphabet, code);
        }
        at = automaton->table[at + letter];
    }
    return automaton->table[at + automaton->width - 1] == found;
}
