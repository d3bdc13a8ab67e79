/** The list of all filters, made from registry.def. Immutable; any thread. */
#ifndef PEN_FILTERS_REGISTRY_H
#define PEN_FILTERS_REGISTRY_H

#include "filters/filter.h"

#define PEN_FILTER_MAX 64 /* bits of pen_event.wake */

size_t pen_registry_count(void);

/** Filter `index` < pen_registry_count(). */
const struct pen_filter *pen_registry_at(size_t index);

/** Index by name, or pen_registry_count() when unknown. */
size_t pen_registry_find(struct pen_str name);

/** Known sinks, for configuration: is `name` one of "sql", "html", "shell", "path", ...? */
bool pen_registry_knows_sink(struct pen_str name);

/** All of them, for "did you mean": sink `index` < pen_registry_sink_count(). */
size_t pen_registry_sink_count(void);
struct pen_str pen_registry_sink_at(size_t index);

#endif
