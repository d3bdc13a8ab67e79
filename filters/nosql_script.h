/** JavaScript that leaves the string or number it was put into, as a server-side query runs it. */
#ifndef PEN_FILTERS_NOSQL_SCRIPT_H
#define PEN_FILTERS_NOSQL_SCRIPT_H

#include "filters/core/str.h"

/** White space, or the '+' of a URL; in front of a number the '+' is a sign, and means nothing. */
static inline bool pen_nosql_is_blank(char c)
{
    return pen_is_space(c) || c == '+';
}

/**
 * How sure it is that `text`, put between quotes or for a number into a `$where` or the like, ends
 * it and goes on as a script: a score, 0 when nothing of the kind was seen.
 *
 * @param span  of the evidence; written only with a score above 0
 *
 * Cost: linear
 */
uint32_t pen_nosql_script(struct pen_str text, struct pen_span *span);

/** A call of the MongoDB shell, "db.users.drop()", that stands alone in the text; as above. */
uint32_t pen_nosql_shell(struct pen_str text, struct pen_span *span);

#endif
