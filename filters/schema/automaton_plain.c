/**
 * What texts an automaton lets pass: a walk over all of them, a character at a time.
 *
 * At each length up to the bound, which states may be reached, and behind which character: enough
 * to see every pair of neighbours in every text. States from which no match is reached do not
 * count.
 */
#include "filters/schema/automaton.h"

#include "filters/core/codec/look.h"
#include "filters/schema/automaton_table.h"

#define LENGTH_BOUND PEN_LOOK_DIGITS /* shorter words are not taken for base64 or hexadecimal */
#define MOST_STATES  512             /* looked at: what has more is no short word */
#define MOST_LETTERS 255

enum mark { NO_MARK = 0, DASH = 1, UNDERSCORE = 2, OTHER = 4, HARMFUL = 8 };
/* What stands before, as an index. */
enum before { BEHIND_NOTHING, BEHIND_DASH, BEHIND_UNDERSCORE, BEHIND_OTHER, BEFORE_COUNT };

struct walk {
    const struct pen_automaton *automaton;
    uint8_t marks[MOST_LETTERS];
    bool alive[MOST_STATES];
    bool reached[2][MOST_STATES][BEFORE_COUNT];
};

static uint8_t mark_of(uint32_t code)
{
    if (code == '-') return DASH;
    if (code == '_') return UNDERSCORE;
    return code < 0x80 && pen_is_alnum((char)code) ? OTHER : HARMFUL;
}

static void mark_letters(struct walk *w)
{
    const struct pen_alphabet *const alphabet = &w->automaton->alphabet;
    for (uint32_t code = 0; code < PEN_COUNT_OF(alphabet->ascii); code++) {
        w->marks[alphabet->ascii[code]] |= mark_of(code);
    }
    for (uint32_t i = 0; i < alphabet->interval_count; i++) {
        const bool is_last = i + 1 == alphabet->interval_count;
        if (is_last || alphabet->intervals[i + 1].first > PEN_COUNT_OF(alphabet->ascii)) {
            w->marks[alphabet->intervals[i].letter] |= HARMFUL;
        }
    }
}

static uint32_t next_state(const struct walk *w, uint32_t state, uint32_t column)
{
    const struct pen_automaton *const a = w->automaton;
    return a->table[state * a->width + column] / a->width;
}

/* States are numbered as they were found, so that going backwards settles nearly all at once. */
static void find_alive(struct walk *w)
{
    w->alive[PEN_AUTOMATON_FOUND] = true;
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t state = w->automaton->state_count; state-- > PEN_AUTOMATON_FIRST;) {
            for (uint32_t column = 0; column < w->automaton->width && !w->alive[state]; column++) {
                w->alive[state] = w->alive[next_state(w, state, column)];
                changed |= w->alive[state];
            }
        }
    }
}

/* May the letter stand there? */
static bool is_good(uint8_t marks, enum before before)
{
    if ((marks & HARMFUL) != 0) return false;
    if ((marks & DASH) != 0 && (before == BEHIND_DASH || before == BEHIND_NOTHING)) return false;
    return (marks & UNDERSCORE) == 0 || before != BEHIND_UNDERSCORE;
}

/* One character on from `state`; false: into something that is not plain. */
static bool step(const struct walk *w, uint32_t state, enum before before,
                 bool next[MOST_STATES][BEFORE_COUNT])
{
    for (uint32_t letter = 0; letter + 1 < w->automaton->width; letter++) {
        const uint32_t to = next_state(w, state, letter);
        if (!w->alive[to]) continue;
        /* A match before the end lets anything follow. */
        if (to == PEN_AUTOMATON_FOUND || !is_good(w->marks[letter], before)) return false;
        next[to][BEHIND_DASH] |= (w->marks[letter] & DASH) != 0;
        next[to][BEHIND_UNDERSCORE] |= (w->marks[letter] & UNDERSCORE) != 0;
        next[to][BEHIND_OTHER] |= (w->marks[letter] & OTHER) != 0;
    }
    return true;
}

/* *any: there are such texts of this length or longer. */
static bool step_all(struct walk *w, size_t length, bool *any)
{
    const size_t now = length % 2;
    memset(w->reached[1 - now], 0, sizeof(w->reached[1 - now]));
    *any = false;
    for (uint32_t state = PEN_AUTOMATON_FIRST; state < w->automaton->state_count; state++) {
        for (size_t before = 0; before < BEFORE_COUNT; before++) {
            if (!w->reached[now][state][before] || !w->alive[state]) continue;
            *any = true;
            if (!step(w, state, (enum before)before, w->reached[1 - now])) return false;
        }
    }
    return true;
}

bool pen_automaton_is_plain(const struct pen_automaton *automaton)
{
    if (automaton->state_count > MOST_STATES || automaton->width > MOST_LETTERS) return false;
    if (pen_automaton_matches(automaton, PEN_S("constructor"))
        || pen_automaton_matches(automaton, PEN_S("prototype"))) {
        return false;
    }
    struct walk w = {.automaton = automaton};
    const uint32_t first = automaton->first / automaton->width;
    mark_letters(&w);
    find_alive(&w);
    if (first == PEN_AUTOMATON_FOUND) return false;
    w.reached[0][first][BEHIND_NOTHING] = true;
    bool any = true;
    for (size_t length = 0; length <= LENGTH_BOUND && any; length++) {
        if (!step_all(&w, length, &any)) return false;
    }
    return !any;
}
