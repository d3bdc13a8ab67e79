/** Placeholder while the tree is laid out; replaced before anything links it. */
#include "filters/filter.h"

const struct pen_filter pen_filter_structure = {
    .name = "structure", .summary = "depth, counts and sizes of an event's structure"};
