/**
 * Values compared as JSON Schema compares them: 1 equals 1.0, members have no order.
 *
 * Equality is exact; hashes only keep most pairs from being compared. Everything that is looked at
 * is paid for.
 */
#ifndef PEN_SCHEMA_VALUES_H
#define PEN_SCHEMA_VALUES_H

#include "filters/schema/work.h"

/** False, too, when work->status says that we could not tell. */
bool pen_values_equal(struct pen_schema_work *work, const struct pen_json *a,
                      const struct pen_json *b);

/** Equal values have the same. Nothing of worth when work->status is set. */
uint64_t pen_values_hash(struct pen_schema_work *work, const struct pen_json *value);

/**
 * Are all elements different? Linear in the array's bytes.
 *
 * @param first, second  the first pair that is equal; may be NULL
 */
bool pen_values_unique(struct pen_schema_work *work, const struct pen_json *array, uint32_t *first,
                       uint32_t *second);

#endif
