/**
 * Named formats of JSON Schema: which texts are dates, addresses, URIs and so on.
 *
 * Each is its RFC's grammar, not a likeness of it; docs/schema-formats.md names the RFCs and what
 * was decided where they leave something open. A check is linear in the text and takes no memory.
 * Pure functions over constant tables; any thread.
 */
#ifndef PEN_SCHEMA_FORMAT_H
#define PEN_SCHEMA_FORMAT_H

#include "filters/core/str.h"

struct pen_format; /* static storage */

/**
 * @param old  draft-07, which knows neither duration nor uuid; else draft 2020-12
 *
 * @return NULL when the draft has no such format: the name is then a remark only
 */
const struct pen_format *pen_format_find(struct pen_str name, bool old);

struct pen_str pen_format_name(const struct pen_format *format);

/** Whether `text`, as decoded from JSON, is of the format. */
bool pen_format_matches(const struct pen_format *format, struct pen_str text);

/**
 * Whether no text of this format can carry an injection, so that its leaves need not be scanned:
 * date-time, date, time, duration, uuid, ipv4 and ipv6. Their alphabets have no quote, bracket,
 * separator or letter out of place, in no decoded form either. Filters that look for secrets are
 * another matter: a key may well be a UUID.
 */
bool pen_format_is_harmless(const struct pen_format *format);

#endif
