/**
 * The key sets of all issuers, kept fresh by the control thread.
 *
 * Files are read when a snapshot is built; URLs are fetched ahead of their end, again when a worker
 * meets an unknown kid (once at a time, at most every 30 s per issuer), with doubling pauses after
 * failures; old keys serve for the issuer's `stale` time while the URL fails. Every change
 * publishes a new immutable ring. Control thread only; rings are counted and thread-safe.
 */
#ifndef PEN_GATEWAY_KEYRING_H
#define PEN_GATEWAY_KEYRING_H

#include "gateway/auth/keys.h"
#include "gateway/fetch.h"
#include "gateway/metrics/metrics.h"

struct pen_keyring *pen_keyring_acquire(struct pen_keyring *ring);
void pen_keyring_release(struct pen_keyring *ring);

struct pen_key_keeper;

/**
 * Start keeping the key sets of a configuration.
 *
 * @param old      the keeper of the configuration before, or NULL: sets of an issuer that is still
 *                 configured the same way are taken over, so that a reload never forgets keys
 * @param changed  called with a new ring (one reference for the callee) whenever a set has changed
 *
 * Errors: PEN_ERR_INVALID a file cannot be used (`err`); URLs never fail here
 */
PEN_MUST_USE enum pen_status pen_key_keeper_create(
    struct pen_loop *loop, struct pen_fetcher *fetcher, const struct pen_config *config,
    const struct pen_key_keeper *old, struct pen_metrics *metrics,
    void (*changed)(void *owner, struct pen_keyring *ring), void *owner,
    struct pen_key_keeper **out, struct pen_error *err);
void pen_key_keeper_destroy(struct pen_key_keeper *keeper);

/** The ring of this moment; one reference for the caller. NULL: no memory. */
struct pen_keyring *pen_key_keeper_ring(struct pen_key_keeper *keeper);

/** Certificates of SNS for the rings from now on, and for the keeper after this one; `changed` is
 * called. Takes its own reference. */
void pen_key_keeper_use_sns(struct pen_key_keeper *keeper, struct pen_sns_set *set);

/** A worker met a kid that issuer `index` does not have. */
void pen_key_keeper_want(struct pen_key_keeper *keeper, size_t index);

/** Has every issuer keys? Writes the first that has none. */
bool pen_key_keeper_ready(const struct pen_key_keeper *keeper, struct pen_buf *why);

#endif
