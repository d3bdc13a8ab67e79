/**
 * Texts of strangers on a terminal: escaped, as wide as they look, cut where there is no more room.
 *
 * Nothing that a terminal obeys is left: control characters, and those that turn the direction of
 * writing or take no room, are escaped as JSON does, bytes that are no UTF-8 as "\xff". Pure.
 */
#ifndef PEN_GATEWAY_CLI_SHOWN_H
#define PEN_GATEWAY_CLI_SHOWN_H

#include "filters/core/str.h"

/**
 * `text` in quotes. What does not fit ends in an ellipsis before the closing quote.
 *
 * @param columns  at most; fewer than 4 are taken for 4
 *
 * @return whether all of it was put
 */
bool pen_shown_quoted(struct pen_buf *buf, struct pen_str text, size_t columns);

/** A path, without quotes, at most `columns` wide: what does not fit is missing at its beginning.
 *
 * @return the columns it takes
 */
size_t pen_shown_path(struct pen_buf *buf, struct pen_str path, size_t columns);

/** "1,234,567" */
void pen_shown_count(struct pen_buf *buf, uint64_t count);

#endif
