/**
 * One event through decoding and one function's chain, and what its sender is answered.
 *
 * The step that the gateway and `penstock scan` share, so that what scan says is what the gateway
 * does. Every outcome is a verdict: what could not be finished is refused. One thread per scratch.
 */
#ifndef PEN_GATEWAY_INSPECT_H
#define PEN_GATEWAY_INSPECT_H

#include "filters/chain.h"

struct pen_inspect_limits {
    uint64_t body_bytes;
    uint32_t depth;
    uint32_t leaves;
    uint32_t fields; /* of a form, a query, or parts of a multipart body */
    uint64_t string_bytes;
};

struct pen_inspection {
    enum pen_verdict verdict;
    int status;             /* 200 when the event may pass, else what its sender is answered */
    const char *reason;     /* "none", a decode code, the deciding rule, "<filter>.limit" */
    bool unfinished;        /* a filter was stopped by a limit, or failed */
    size_t offset;          /* decode errors: byte of the body where reading stopped */
    struct pen_event event; /* valid when it could be decoded */
};

/** The defaults of a function that says nothing: 1 MiB, depth 32, 10,000 leaves, 256 fields,
 * 64 KiB strings. */
struct pen_inspect_limits pen_inspect_default_limits(void);

/**
 * Decode and inspect. Findings are in `scan`, which this initialises.
 *
 * @param now_s  Unix seconds, for exceptions that end
 *
 * Ownership: `out` and the findings live as long as `arena` and what `input` borrows.
 */
void pen_inspect(const struct pen_chain *chain, struct pen_scratch *scratch,
                 const struct pen_event_input *input, const struct pen_inspect_limits *limits,
                 int64_t now_s, struct pen_arena *arena, struct pen_scan *scan,
                 struct pen_inspection *out);

#endif
