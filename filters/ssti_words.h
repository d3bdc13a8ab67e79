/** The words that an expression of a template can reach, call or ask for, and what each may be. */
#ifndef PEN_FILTERS_SSTI_WORDS_H
#define PEN_FILTERS_SSTI_WORDS_H

#include "filters/core/str.h"

/* No template gives it to its authors, its engine or platform has it. */
#define PEN_SSTI_REACHING 0x01U
/* An ordinary word that runs something when it is called. */
#define PEN_SSTI_CALL 0x02U
/* Leads out when a member is taken of it. */
#define PEN_SSTI_OWNER 0x04U
/* An engine or framework brings it along: a probe when asked for alone. */
#define PEN_SSTI_OBJECT_WORD 0x08U
/* What constants are asked for honestly. */
#define PEN_SSTI_FORMAT 0x10U
/* Calls what its argument names: "|map('system')". */
#define PEN_SSTI_FILTER 0x20U
/* Members of it may tell about the server instead. */
#define PEN_SSTI_REQUEST 0x40U

/* Shows all that a template can see. */
#define PEN_SSTI_TELLS 0x80U

/** What `word`, in any case, may be: some of the above, 0 for most. Pure; any thread. */
unsigned pen_ssti_word(struct pen_str word);

#endif
