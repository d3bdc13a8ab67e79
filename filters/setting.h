/**
 * What filters say of settings of theirs that they cannot take: the sentence and its place.
 *
 * Whoever reads the configuration knows lines; a filter hands it the offset. Pure; any thread.
 */
#ifndef PEN_FILTERS_SETTING_H
#define PEN_FILTERS_SETTING_H

#include "filters/core/json.h"

/**
 * Refuse a value: "'depth' takes a whole number above 0".
 *
 * @param value  what `err` points at; `err` may be NULL
 * @return PEN_ERR_INVALID
 */
PEN_MUST_USE enum pen_status pen_setting_refuse(const struct pen_json *value, struct pen_error *err,
                                                const char *format, ...) PEN_PRINTF(3, 4);

/**
 * Refuse a key that the filter does not have, with the one that was meant.
 *
 * @param known  its `count` keys, without `mode` and `thresholds`, which all filters have
 * @return PEN_ERR_INVALID
 */
PEN_MUST_USE enum pen_status pen_setting_unknown(const struct pen_json *member,
                                                 const struct pen_str *known, size_t count,
                                                 struct pen_error *err);

#endif
