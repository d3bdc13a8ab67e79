/** Names of stored objects, as the events of stores tell them. Pure; any thread. */
#ifndef PEN_FILTERS_PATH_OBJECTS_H
#define PEN_FILTERS_PATH_OBJECTS_H

#include "filters/core/leaf.h"

/** The name within the leaf's text: all of a key, or what stands behind its container in a resource
 * or address; len 0: it names no object. */
struct pen_str pen_path_object(const struct pen_leaf *leaf);

#endif
