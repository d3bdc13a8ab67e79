/**
 * A snapshot: one configuration, compiled and immutable, swapped whole.
 *
 * Built aside by the control thread (files are read here, never by a worker), counted per worker:
 * a worker takes one reference when it adopts a snapshot and gives it back when its last request
 * under it is over.
 */
#ifndef PEN_GATEWAY_SNAPSHOT_H
#define PEN_GATEWAY_SNAPSHOT_H

#include "gateway/config/config.h"
#include "gateway/config/route.h"
#include "gateway/metrics/metrics.h"
#include "gateway/schema/schemas.h"
#include "gateway/tls/client.h"
#include "gateway/tls/server.h"
#include "gateway/tls/signing.h"

struct pen_snapshot {
    uint64_t generation;       /* 1 for the first, rising */
    struct pen_config *config; /* owned, with those that were renewed from this one */
    const struct pen_router *router;
    struct pen_ruleset *ruleset;
    const struct pen_chain *const *chains;      /* by function index */
    struct pen_schemas *schemas;                /* of all functions */
    struct pen_tls_server *const *tls;          /* by listen index; NULL = plain */
    struct pen_tls_client *const *upstream_tls; /* by upstream index; NULL = plain */
    const uint32_t *metric_slots;               /* by function index */
    /* Certificates from files that prove SNS messages, by function index; NULL = fetched ones. */
    const struct pen_signing_certificate *const *pinned;
    const struct pen_str *claimed; /* header names that claims are mapped to, each once */
    size_t claimed_count;
    struct pen_str strict_transport; /* Strict-Transport-Security for who came by TLS; empty = not
                                        said */
};

/**
 * Compile a configuration.
 *
 * @param config    taken over, also on failure
 * @param previous  the snapshot in force, or NULL: the generation is the one after it, and TLS
 *                  sessions go on where its rules about callers have not changed
 * @param metrics   gives each function its series; NULL for none (check, tests)
 *
 * Errors: any; `err` says what is wrong in words
 */
PEN_MUST_USE enum pen_status pen_snapshot_create(struct pen_config *config,
                                                 const struct pen_snapshot *previous,
                                                 struct pen_metrics *metrics,
                                                 struct pen_snapshot **out, struct pen_error *err);

/**
 * The same configuration with schemas, certificates, keys and all else that TLS takes from files
 * read anew: a new generation, in which nothing but those files can have changed.
 *
 * Errors: as pen_snapshot_create
 */
PEN_MUST_USE enum pen_status pen_snapshot_renew(const struct pen_snapshot *previous,
                                                struct pen_snapshot **out, struct pen_error *err);

/** Thread-safe. */
struct pen_snapshot *pen_snapshot_acquire(struct pen_snapshot *snapshot);
/** The last release frees it. NULL is fine. */
void pen_snapshot_release(struct pen_snapshot *snapshot);

#endif
