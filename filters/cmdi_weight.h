/**
 * What a command is worth as evidence, by its kind and the shape of its arguments.
 *
 * Pure; any thread; constant time but for the second word of PEN_SHELL_ADMIN.
 */
#ifndef PEN_FILTERS_CMDI_WEIGHT_H
#define PEN_FILTERS_CMDI_WEIGHT_H

#include "filters/shell_lexer.h"
#include "filters/shell_names.h"

/** Arguments that are no words of a sentence. */
bool pen_cmdi_shaped(const struct pen_shell_arguments *arguments);

/** An option, path, address or redirection among them. */
bool pen_cmdi_has_target(const struct pen_shell_arguments *arguments);

/** How sure a command in this shape is one, behind a value. `rest`: its arguments as they stand. */
uint32_t pen_cmdi_certainty(const struct pen_shell_part *part, enum pen_shell_command command,
                            struct pen_str rest);

/**
 * The same where the text begins with what separates, as no sentence does: developers' tools and
 * words of English count as well. `alone`: nothing but this command is in the text.
 */
uint32_t pen_cmdi_bare(const struct pen_shell_part *part, enum pen_shell_command command,
                       struct pen_str rest, bool alone);

/** What a whole command line would do wherever it is run. */
uint32_t pen_cmdi_harm(const struct pen_shell_part *part, enum pen_shell_command command,
                       struct pen_str rest);

/** It is spelled oddly, tells of the system, fetches, writes or runs: more than a look at files. */
bool pen_cmdi_leads_on(const struct pen_shell_part *part, enum pen_shell_command command);

#endif
