/**
 * Quantities as people write them: "30s", "1MiB", "500B/s", "2027-01-01".
 *
 * A quantity is a whole number and a unit, without a space; the unit is never left out, because
 * "30" leaves open what is meant. Pure functions; any thread.
 */
#ifndef PEN_GATEWAY_UNITS_H
#define PEN_GATEWAY_UNITS_H

#include "filters/core/str.h"

/** Milliseconds of "250ms", "30s", "5m", "24h", "7d". Errors: PEN_ERR_SYNTAX, PEN_ERR_LIMIT. */
PEN_MUST_USE enum pen_status pen_units_duration(struct pen_str text, uint64_t *out);

/** Bytes of "512B", "64KiB", "1MiB", "2GiB". Errors: PEN_ERR_SYNTAX, PEN_ERR_LIMIT. */
PEN_MUST_USE enum pen_status pen_units_size(struct pen_str text, uint64_t *out);

/** Bytes a second of "500B/s". Errors: PEN_ERR_SYNTAX, PEN_ERR_LIMIT. */
PEN_MUST_USE enum pen_status pen_units_rate(struct pen_str text, uint64_t *out);

/**
 * The Unix second at which a day of the Gregorian calendar begins in UTC: "2027-01-01".
 * Errors: PEN_ERR_SYNTAX  another form, or a day that does not exist
 */
PEN_MUST_USE enum pen_status pen_units_date(struct pen_str text, int64_t *out);

/** The shortest exact form: 90,000 ms is "90s". */
void pen_units_put_duration(struct pen_buf *buf, uint64_t ms);
void pen_units_put_size(struct pen_buf *buf, uint64_t bytes);

#endif
