/**
 * What a call of ours can fail with, and the sentence that goes with it.
 *
 * A status says that *we* could not do something; what the chain concludes about an event is a
 * verdict (filters/chain.h), and the evidence is a finding (filters/core/scan.h). The three never
 * share a type: on the way of an event every status other than PEN_OK refuses it.
 */
#ifndef PEN_CORE_STATUS_H
#define PEN_CORE_STATUS_H

#include <stddef.h>

#define PEN_MUST_USE     __attribute__((warn_unused_result))
#define PEN_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define PEN_CLEANUP(fn)  __attribute__((cleanup(fn)))

enum pen_status {
    PEN_OK = 0,
    PEN_ERR_NOMEM,       /* an arena's limit, or the heap */
    PEN_ERR_LIMIT,       /* a limit of ours on work, depth, count or size */
    PEN_ERR_SYNTAX,      /* the bytes are not what they should be */
    PEN_ERR_INVALID,     /* well formed, but not allowed here */
    PEN_ERR_UNSUPPORTED, /* well formed, and nothing we do */
    PEN_ERR_NOT_FOUND,   /* no such thing */
    PEN_ERR_IO,          /* the operating system or a peer refused */
    PEN_ERR_INTERNAL,    /* a library did what it should never do */
};

/** The status in lower case, as logs print it: "syntax". Never NULL. */
const char *pen_status_name(enum pen_status status);

/** Pass a status up; the only macro that returns. */
#define PEN_TRY(call)                                          \
    do {                                                       \
        const enum pen_status pen_try_status_ = (call);        \
        if (pen_try_status_ != PEN_OK) return pen_try_status_; \
    } while (0)

/** A sentence for people, filled while configuration is read. Names the place and the repair. */
struct pen_error {
    char text[480]; /* NUL-terminated, cut when longer */
    size_t line;    /* 1-based; 0 = no place */
    size_t column;  /* 1-based, in bytes; 0 = no place */
    /* From a filter, which knows no lines: the byte of what it read its settings from, 0 = none. */
    size_t offset;
};

/** Write the sentence and forget any place. `err` may be NULL. */
void pen_error_set(struct pen_error *err, const char *format, ...) PEN_PRINTF(2, 3);

#endif
