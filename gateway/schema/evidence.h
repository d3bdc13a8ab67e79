/**
 * A value held against a schema; what is found out kept, and bounded. Used by check.c and
 * check_openapi.c alone.
 */
#ifndef PEN_GATEWAY_SCHEMA_EVIDENCE_H
#define PEN_GATEWAY_SCHEMA_EVIDENCE_H

#include "gateway/schema/check.h"

/** At work on one request or answer. */
struct pen_evidence {
    struct pen_arena *arena;
    struct pen_schema_run run;
    uint64_t steps;         /* the run's */
    uint64_t steps_granted; /* once for the verdict, once more to say why */
    size_t room;            /* of the arena, for what follows */
    bool shows_values;
    struct pen_violations *found; /* NULL: nothing yet */

    struct pen_str file;           /* of the schema at work */
    struct pen_str origin;         /* before pointers: "query:"; empty = a document */
    const struct pen_leaf *holder; /* of the document at work */

    struct pen_str *harmless; /* texts that need no look */
    size_t harmless_count;
    size_t harmless_room;
};

/**
 * @param bytes  of what is looked at: they bound the work
 * @param room   that the arena is to have behind it, whatever it took to say why; 0 = as it is
 */
void pen_evidence_begin(struct pen_evidence *evidence, struct pen_arena *arena,
                        struct pen_scratch *scratch, size_t bytes, size_t room);

/** Errors: PEN_ERR_LIMIT, PEN_ERR_NOMEM */
PEN_MUST_USE enum pen_status pen_evidence_hold(struct pen_evidence *evidence,
                                               const struct pen_schema *schema,
                                               const struct pen_json *value);

/**
 * Something else than a schema says no.
 *
 * @param at      the nearest value; NULL = the whole
 * @param schema  what says so, a value of the schema's file, or NULL
 */
PEN_MUST_USE enum pen_status pen_evidence_add(struct pen_evidence *evidence, const char *reason,
                                              const struct pen_json *at, const char *keyword,
                                              const struct pen_json *schema);

/** What `status` means at the end; sorts what is harmless. NULL: nothing was violated. */
const struct pen_violations *pen_evidence_end(struct pen_evidence *evidence,
                                              enum pen_status status);

#endif
