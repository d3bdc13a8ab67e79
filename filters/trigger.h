/**
 * A trigger's expression, taken apart so that a whole event is scanned for literals only.
 *
 * An expression is spelled out into forms without alternatives. Of each the part that is found at
 * the least cost is its factor: a mark, the first letters of a word, or a literal. Texts are
 * searched for factors; where one stands, what the form says of its surroundings is looked at in
 * place. The idea is that of FREE (Cho and Rajagopalan, ICDE 2002) and of Hyperscan (NSDI 2019),
 * for small expressions, so that those never become automata.
 *
 * Expressions are over bytes: literals, classes, '.', '^', "\b", "\s", "\d", "\w", "\xHH", groups,
 * alternatives and counts. What follows a repeated group is not looked at: a trigger is a necessary
 * condition, and less of it still is.
 *
 * Forms are immutable; any thread.
 */
#ifndef PEN_FILTERS_TRIGGER_H
#define PEN_FILTERS_TRIGGER_H

#include "filters/core/arena.h"
#include "filters/core/str.h"

/** What separates the texts of an event's leaves: no byte of UTF-8. */
#define PEN_TRIGGER_GAP ((char)0xff)

enum pen_trigger_kind {
    PEN_TRIGGER_CLASS,
    PEN_TRIGGER_START,    /* '^': of the leaf */
    PEN_TRIGGER_BOUNDARY, /* "\b" */
};

struct pen_trigger_item {
    uint64_t set[4]; /* a bit for each byte of the class */
    uint8_t kind;    /* enum pen_trigger_kind */
    uint8_t least;
    uint8_t most; /* UINT8_MAX = any number */
};

/** What of a form texts are searched for. */
enum pen_trigger_factor {
    PEN_TRIGGER_MARK,    /* a byte of a class of marks: see pen_block_kinds */
    PEN_TRIGGER_WORD,    /* a letter with none before it, and the bytes behind it */
    PEN_TRIGGER_LITERAL, /* two bytes or more, anywhere */
};

#define PEN_TRIGGER_WORD_LEAST 2
#define PEN_TRIGGER_WORD_MOST  4 /* of a word's bytes that are the factor */

struct pen_trigger_form {
    const struct pen_trigger_item *items;
    size_t count;
    size_t at;              /* the factor's first item */
    size_t length;          /* items of the factor, each one byte */
    struct pen_str literal; /* the factor; empty: the class of the one item */
    bool caseless;          /* the literal */
    enum pen_trigger_factor factor;
};

/**
 * Spell an expression out.
 *
 * @param caseless  ASCII letters stand for both cases
 * @param emit      called with each form, which lives as long as `arena`
 *
 * Errors: PEN_ERR_INVALID  `err` says what is not understood, or that there is no factor: nothing
 *                          in it is rare
 *         PEN_ERR_LIMIT    too many forms or items
 *         PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_trigger_compile(
    struct pen_str expression, bool caseless, struct pen_arena *arena,
    enum pen_status (*emit)(void *context, const struct pen_trigger_form *form), void *context,
    struct pen_error *err);

/* So many bytes before a factor and behind it pen_trigger_stands looks at, at most. */
#define PEN_TRIGGER_REACH 200

/**
 * The factor stands at `start`: does the rest stand around it? Looks at PEN_TRIGGER_REACH bytes
 * on either side at most, and says yes where it would have to go on.
 *
 * @param steps  what was compared is added
 */
bool pen_trigger_stands(const struct pen_trigger_form *form, struct pen_str text, size_t start,
                        uint64_t *steps);

/**
 * The bytes that can stand `distance` bytes, 1 or more, behind the beginning of `count` items; with
 * `step` -1 the items lie before `first` and are read backwards.
 */
void pen_trigger_beside(const struct pen_trigger_item *first, size_t count, int step,
                        unsigned distance, uint64_t set[4]);

static inline bool pen_trigger_has(const struct pen_trigger_item *item, unsigned char byte)
{
    return (item->set[byte >> 6] >> (byte & 63) & 1) != 0;
}

#endif
