/** Placeholder while the tree is laid out; replaced before anything links it. */
#include "filters/filter.h"

const struct pen_filter pen_filter_sqli = {.name = "sqli", .summary = "SQL injection"};
