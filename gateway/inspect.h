/**
 * One event through decoding, one function's schemas and its chain, and what its sender is
 * answered.
 *
 * The step that the gateway and `penstock scan` share, so that what scan says is what the gateway
 * does. Every outcome is a verdict: what could not be finished is refused. One thread per scratch.
 */
#ifndef PEN_GATEWAY_INSPECT_H
#define PEN_GATEWAY_INSPECT_H

#include "filters/chain.h"
#include "gateway/schema/check.h"

struct pen_inspect_limits {
    uint64_t body_bytes;
    uint32_t depth;
    uint32_t leaves;
    uint32_t fields; /* of a form, a query, or parts of a multipart body */
    uint64_t string_bytes;
    size_t memory; /* of the arena: what filters have beside the reasons of a violation; 0 = rest */
};

/** What an event is held against. */
struct pen_inspect_rules {
    const struct pen_chain *chain;
    const struct pen_function_schemas *schemas; /* NULL = none */
    const struct pen_openapi_match *operation;  /* NULL = without OpenAPI */
};

struct pen_inspection {
    enum pen_verdict verdict;
    int status;         /* 200 when the event may pass, else what its sender is answered */
    const char *reason; /* "none", a decode code, "schema.violation" and the like, the deciding
                           rule, "<filter>.limit" */
    /* Why it is not what its schemas say, or NULL. With status 200 that is only recorded. */
    const struct pen_violations *violations;
    bool unfinished;  /* a filter was stopped by a limit, or failed */
    size_t offset;    /* decode errors: byte of the body where reading stopped */
    bool taken_apart; /* `event` is there */
    struct pen_event
        event; /* valid when it could be decoded; without leaves once it was forgotten */
};

/** The defaults of a function that says nothing: 1 MiB, depth 32, 10,000 leaves, 256 fields,
 * 64 KiB strings. */
struct pen_inspect_limits pen_inspect_default_limits(void);

/**
 * Decode and inspect. What a schema refuses no filter looks at. Findings are in `scan`, which this
 * initialises.
 *
 * @param now_s  Unix seconds, for exceptions that end
 *
 * Ownership: `out` and the findings live as long as `arena` and what `input` borrows.
 */
void pen_inspect(const struct pen_inspect_rules *rules, struct pen_scratch *scratch,
                 const struct pen_event_input *input, const struct pen_inspect_limits *limits,
                 int64_t now_s, struct pen_arena *arena, struct pen_scan *scan,
                 struct pen_inspection *out);

/**
 * Give back what taking apart an event took, if it passed and nothing was found in it: it waits for
 * its function without, and the next event is taken apart in memory that is in the cache. What a
 * record says stays: of `event` the envelope and those of its documents that are told apart, but
 * no leaf.
 *
 * @param before  of `arena`, taken ahead of pen_inspect
 */
void pen_inspect_forget(struct pen_arena *arena, struct pen_arena_mark before,
                        struct pen_scan *scan, struct pen_inspection *inspection);

#endif
