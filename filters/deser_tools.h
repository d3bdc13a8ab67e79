/** Command lines of the public generators of gadget chains. Pure; any thread. */
#ifndef PEN_FILTERS_DESER_TOOLS_H
#define PEN_FILTERS_DESER_TOOLS_H

#include "filters/core/str.h"

/** Does the text begin with one: the tool, and the chain that it is to make? */
bool pen_deser_is_tool_line(struct pen_str text);

#endif
