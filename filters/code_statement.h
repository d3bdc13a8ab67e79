/**
 * A text that is one complete statement of PHP and nothing else: a method is called, an object
 * made, a file changed. Pure; any thread. Linear, and short texts only.
 */
#ifndef PEN_FILTERS_CODE_STATEMENT_H
#define PEN_FILTERS_CODE_STATEMENT_H

#include "filters/core/str.h"

/** Is it one? Its semicolon is there, and nothing stands before or behind it. */
bool pen_code_is_statement(struct pen_str text);

#endif
