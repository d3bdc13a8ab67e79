/**
 * Inline code of Markdown: "Try `ls | head`." What stands in it is told to people, not run.
 *
 * A substitution of the shell's has the same back-ticks, but stands within a word, behind a quote
 * or alone. Pure; any thread. (CommonMark 6.1)
 */
#ifndef PEN_FILTERS_CMDI_MARKDOWN_H
#define PEN_FILTERS_CMDI_MARKDOWN_H

#include "filters/core/str.h"

/** The back-tick at `at` stands where Markdown's code begins: behind a space, a bracket or at
 * first. */
bool pen_cmdi_code_opens(struct pen_str text, size_t at);

/**
 * Where the code that begins at the back-tick `at` ends: at its other back-tick, with no letter, no
 * name and no third back-tick behind it; 0 when it does not. Linear in what lies between.
 */
size_t pen_cmdi_code_end(struct pen_str text, size_t at);

/** Two words and more follow byte `at` before anything that a shell would end a command at. */
bool pen_cmdi_prose_follows(struct pen_str text, size_t at);

/** The text is one piece of code and nothing else. */
bool pen_cmdi_is_code(struct pen_str text);

#endif
