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

struct match {
    struct pen_str text;
    const struct pen_trigger_item *items;
    int steps;
    bool backward;
};

/* The byte that is `taken` bytes away from `at`; what is beyond the text is a gap. */
static unsigned char byte_at(const struct match *match, size_t at, size_t taken)
{
    if (match->backward) {
        return taken < at ? (unsigned char)match->text.ptr[at - taken - 1]
                          : (unsigned char)PEN_TRIGGER_GAP;
    }
    return at + taken < match->text.len ? (unsigned char)match->text.ptr[at + taken]
                                        : (unsigned char)PEN_TRIGGER_GAP;
}

static size_t moved(const struct match *match, size_t at, size_t taken)
{
    if (match->backward) return taken < at ? at - taken : 0;
    return at + taken < match->text.len ? at + taken : match->text.len;
}

/* Can `item` begin at `at`? Most ways to go on end there, without a call. */
static bool may_begin(const struct match *match, const struct pen_trigger_item *item, size_t at)
{
    return item->kind != PEN_TRIGGER_CLASS || item->least == 0
           || pen_trigger_has(item, byte_at(match, at, 0));
}

/* Do the items i, i+1 ... (or, backward, i-1, i-2 ...) stand from `at` on? `left` of them. */
static bool items_stand(struct match *match, size_t i, size_t left, size_t at)
{
    while (left > 0) {
        if (--match->steps <= 0) return true;
        const struct pen_trigger_item *const item = &match->items[match->backward ? i - 1 : i];
        const size_t next = match->backward ? i - 1 : i + 1;
        if (item->kind != PEN_TRIGGER_CLASS) {
            if (!stands_at(item, match->text, at)) return false;
            i = next;
            left--;
            continue;
        }
        if (item->least == 1 && item->most == 1) { /* most are */
            if (!pen_trigger_has(item, byte_at(match, at, 0))) return false;
            if (--match->steps <= 0) return true;
            at = moved(match, at, 1);
            i = next;
            left--;
            continue;
        }
        size_t taken = 0;
        while (taken < item->most && pen_trigger_has(item, byte_at(match, at, taken))) {
            taken++;
            if (taken == REACH || --match->steps <= 0) return true;
        }
        if (taken < item->least) return false;
        for (; taken > item->least; taken--) {
            const size_t behind = moved(match, at, taken);
            if (left > 1 && !may_begin(match, item + (match->backward ? -1 : 1), behind)) continue;
            if (items_stand(match, next, left - 1, behind)) return true;
        }
        at = moved(match, at, taken);
        i = next;
        left--;
    }
    return true;
}

bool pen_trigger_stands(const struct pen_trigger_form *form, struct pen_str text, size_t start,
                        uint64_t *steps)
{
    const size_t behind = form->at + form->length;
    struct match match = {.text = text, .items = form->items, .steps = STEPS};
    bool stands = items_stand(&match, behind, form->count - behind, start + form->length);
    if (stands) {
        match.backward = true;
        stands = items_stand(&match, form->at, form->at, start);
    }
    *steps += (uint64_t)(STEPS - match.steps);
    return stands;
}
