/** Points in time as text: RFC 3339. Pure; any thread. */
#ifndef PEN_CORE_RFC3339_H
#define PEN_CORE_RFC3339_H

#include "filters/core/str.h"

/**
 * "2018-04-05T17:31:00.123Z": a day that exists, second 60 allowed, 'T' and 'Z' in either case.
 *
 * @param unix_s  Unix seconds, the fraction cut; may be NULL
 *
 * Errors: PEN_ERR_SYNTAX
 * Source: RFC 3339 section 5.6, date-time
 */
PEN_MUST_USE enum pen_status pen_rfc3339_read(struct pen_str text, int64_t *unix_s);

/**
 * The productions date-time, full-date and full-time of RFC 3339 section 5.6, and what section 5.7
 * asks of them: second 60 stands in the last minute of a day of UTC alone, and where there is a
 * date, of a month's last day.
 */
bool pen_rfc3339_is_date_time(struct pen_str text);
bool pen_rfc3339_is_date(struct pen_str text);
bool pen_rfc3339_is_time(struct pen_str text);

#endif
