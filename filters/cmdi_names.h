/**
 * Names between back-ticks: "SELECT `o`.`id` FROM `orders` `o`". What maps objects to tables writes
 * each name so, and it is told to a database, not to a shell.
 *
 * Pure; any thread. (MySQL Reference Manual 9.2)
 */
#ifndef PEN_FILTERS_CMDI_NAMES_H
#define PEN_FILTERS_CMDI_NAMES_H

#include "filters/core/str.h"

/** The text begins as a statement of SQL does. */
bool pen_cmdi_is_query(struct pen_str text);

/** Nothing but a name stands between the back-tick at `at` and the next one, at a place where a
 * query has names: no separator stands before it. Linear in what lies between. */
bool pen_cmdi_quotes_name(struct pen_str text, size_t at);

#endif
