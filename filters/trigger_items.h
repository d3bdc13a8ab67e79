/**
 * The syntax of a trigger's expression, without groups and alternatives: read into items.
 *
 * Used by trigger.c alone. Positions are offsets into the expression.
 */
#ifndef PEN_FILTERS_TRIGGER_ITEMS_H
#define PEN_FILTERS_TRIGGER_ITEMS_H

#include "filters/trigger.h"

#define PEN_TRIGGER_ITEMS 64 /* of one form */

struct pen_trigger_items {
    struct pen_trigger_item items[PEN_TRIGGER_ITEMS];
    size_t count;
};

/** Behind the escape, class or byte at `at`. */
size_t pen_trigger_skip(struct pen_str expression, size_t at);

/**
 * "?", "*", "+", "{2}", "{2,}" or "{2,9}" at `at`, which moves behind it; without one, once.
 *
 * @return whether what stands there is understood
 */
PEN_MUST_USE bool pen_trigger_read_count(struct pen_str expression, size_t *at, uint8_t *least,
                                         uint8_t *most);

/**
 * Read a whole expression. What is demanded several times is written out, so that literals show.
 *
 * @return NULL, or what is wrong with it, as a sentence's part
 */
PEN_MUST_USE const char *pen_trigger_read(struct pen_str expression, bool caseless,
                                          struct pen_trigger_items *out);

void pen_trigger_add_byte(struct pen_trigger_item *item, unsigned char byte);

/** Give ASCII letters of the class their other case, too. */
void pen_trigger_fold(struct pen_trigger_item *item);

#endif
