/** Around a factor: what the other items of a form ask for, before it and behind it. */
#include "filters/trigger.h"

#include <string.h>

#define STEPS 192 /* comparisons for one factor: surroundings are short, or they wake */
#define REACH 60  /* repeats of one item that are looked at; more of them wake as well */

static bool is_word(struct pen_str text, size_t at)
{
    const char c = text.ptr[at];
    return pen_is_alpha(c) || pen_is_digit(c) || c == '_';
}

static bool stands_at(const struct pen_trigger_item *item, struct pen_str text, size_t at)
{
    if (item->kind == PEN_TRIGGER_START) return at == 0 || text.ptr[at - 1] == PEN_TRIGGER_GAP;

    const bool before = at > 0 && is_word(text, at - 1);
    const bool behind = at < text.len && is_word(text, at);
    return before != behind;
}

void pen_trigger_beside(const struct pen_trigger_item *first, size_t count, int step,
                        unsigned distance, uint64_t set[4])
{
    if (count == 0 || (first->kind == PEN_TRIGGER_START && distance > 1)) {
        memset(set, UINT8_MAX, 4 * sizeof(set[0])); /* nothing is asked for */
        return;
    }
    const struct pen_trigger_item *const next = count > 1 ? first + step : NULL;
    if (first->kind == PEN_TRIGGER_BOUNDARY) {
        pen_trigger_beside(next, count - 1, step, distance, set);
        return;
    }
    if (first->kind == PEN_TRIGGER_START) {
        const unsigned char gap = (unsigned char)PEN_TRIGGER_GAP;
        set[gap >> 6] |= (uint64_t)1 << (gap & 63);
        return;
    }
    for (unsigned taken = first->least; taken < distance && taken <= first->most; taken++) {
        pen_trigger_beside(next, count - 1, step, distance - taken, set);
    }
    for (size_t word = 0; first->most >= distance && word < 4; word++) {
        set[word] |= first->set[word];
    }
}

/* Each step is a byte farther at most; what bounds a word lies one beyond. */
_Static_assert(STEPS + 2 <= PEN_TRIGGER_REACH, "looks no farther than it says");

struct match {
    struct pen_str text;
    int steps;
};

/* The byte that is `taken` bytes away from `at`; what is beyond the text is a gap. */
static inline unsigned char byte_at(struct pen_str text, size_t at, size_t taken, bool backward)
{
    if (backward) {
        return taken < at ? (unsigned char)text.ptr[at - taken - 1]
                          : (unsigned char)PEN_TRIGGER_GAP;
    }
    return at + taken < text.len ? (unsigned char)text.ptr[at + taken]
                                 : (unsigned char)PEN_TRIGGER_GAP;
}

static inline size_t moved(struct pen_str text, size_t at, size_t taken, bool backward)
{
    if (backward) return taken < at ? at - taken : 0;
    return at + taken < text.len ? at + taken : text.len;
}

/* Can `left` items, the first of them `item`, begin at `at`? Most ways to go on end there, without
   a call. */
static inline bool may_begin(const struct pen_trigger_item *item, size_t left, struct pen_str text,
                             size_t at, bool backward)
{
    const unsigned char byte = byte_at(text, at, 0, backward);
    for (; left > 0; left--, item += backward ? -1 : 1) {
        if (item->kind != PEN_TRIGGER_CLASS || pen_trigger_has(item, byte)) return true;
        if (item->least > 0) return false;
    }
    return true;
}

typedef bool way_on(struct match *match, const struct pen_trigger_item *item, size_t left,
                    size_t at);

/* Do `left` items, the first of them `item`, stand from `at` on? Written once and made twice, so
   that no byte asks in which direction: `go_on` is that function itself. */
__attribute__((always_inline)) static inline bool stand(struct match *match,
                                                        const struct pen_trigger_item *item,
                                                        size_t left, size_t at, bool backward,
                                                        way_on *go_on)
{
    const struct pen_str text = match->text;
    const ptrdiff_t step = backward ? -1 : 1;
    int steps = match->steps;
    bool stands = true;
    for (; left > 0 && --steps > 0; left--, item += step) {
        if (item->kind != PEN_TRIGGER_CLASS) {
            stands = stands_at(item, text, at);
            if (!stands) break;
            continue;
        }
        if (item->least == 1 && item->most == 1) { /* most are */
            stands = pen_trigger_has(item, byte_at(text, at, 0, backward));
            if (!stands) break;
            at = moved(text, at, 1, backward);
            continue;
        }
        size_t taken = 0;
        while (taken < item->most && pen_trigger_has(item, byte_at(text, at, taken, backward))) {
            taken++;
            if (taken == REACH || --steps <= 0) {
                match->steps = steps;
                return true;
            }
        }
        stands = taken >= item->least;
        if (!stands || left == 1) break;
        for (; taken > item->least; taken--) {
            const size_t behind = moved(text, at, taken, backward);
            if (!may_begin(item + step, left - 1, text, behind, backward)) continue;
            match->steps = steps;
            if (go_on(match, item + step, left - 1, behind)) return true;
            steps = match->steps;
        }
        at = moved(text, at, taken, backward);
    }
    match->steps = steps;
    return stands;
}

static bool stand_behind(struct match *match, const struct pen_trigger_item *item, size_t left,
                         size_t at)
{
    return stand(match, item, left, at, false, stand_behind);
}

static bool stand_before(struct match *match, const struct pen_trigger_item *item, size_t left,
                         size_t at)
{
    return stand(match, item, left, at, true, stand_before);
}

bool pen_trigger_stands(const struct pen_trigger_form *form, struct pen_str text, size_t start,
                        uint64_t *steps)
{
    const struct pen_trigger_item *const behind = form->items + form->at + form->length;
    const size_t left = form->count - form->at - form->length;
    struct match match = {.text = text, .steps = STEPS};
    bool stands = stand_behind(&match, behind, left, start + form->length);
    if (stands && form->at > 0) {
        stands = stand_before(&match, form->items + form->at - 1, form->at, start);
    }
    *steps += (uint64_t)(STEPS - match.steps);
    return stands;
}
