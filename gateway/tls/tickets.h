/**
 * Keys of TLS session tickets: made in memory and rotated, or shared between replicas by a file.
 *
 * A ticket key decrypts recorded sessions of TLS 1.2, so it must not live as long as the process:
 * each key made here issues tickets for one period, opens them for one more, and is then wiped. A
 * file's keys are its owner's to rotate. One per line, 160 hexadecimal digits (`openssl rand -hex
 * 80`), at most 8: the first issues tickets, all of them open some. To rotate without a stumble put
 * the new key second, give the file to every replica, then move it to the front.
 *
 * Counted; any thread; a handshake takes a short lock, an event does not.
 */
#ifndef PEN_GATEWAY_TLS_TICKETS_H
#define PEN_GATEWAY_TLS_TICKETS_H

#include "filters/core/str.h"

typedef struct ssl_ctx_st SSL_CTX;

/** Seconds that one key issues tickets, and that a ticket is good for. */
#define PEN_TICKETS_PERIOD_S 3600

struct pen_tickets;

/**
 * New keys, in memory alone.
 *
 * Ownership: one reference, for pen_tickets_release.
 * Errors:    PEN_ERR_NOMEM, PEN_ERR_INTERNAL (no random bytes)
 */
PEN_MUST_USE enum pen_status pen_tickets_create(struct pen_tickets **out);

/**
 * The keys of a file, whose bytes are wiped when they are read.
 *
 * Errors: PEN_ERR_IO, PEN_ERR_LIMIT  the file cannot be read, or is too large
 *         PEN_ERR_INVALID            no key, too many, two that look alike, or no key's form
 *         PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_tickets_load(struct pen_str file, struct pen_tickets **out,
                                              struct pen_error *err);

/** Returns `tickets`. */
struct pen_tickets *pen_tickets_acquire(struct pen_tickets *tickets);
/** The last reference wipes and frees; NULL is fine. */
void pen_tickets_release(struct pen_tickets *tickets);

/** Do the keys come from a file? */
bool pen_tickets_are_shared(const struct pen_tickets *tickets);

/** Let a context issue and open tickets with these keys; it takes a reference.
 * Errors: PEN_ERR_INTERNAL */
PEN_MUST_USE enum pen_status pen_tickets_attach(struct pen_tickets *tickets, SSL_CTX *context);

/** Take new keys now as if a period had gone by; the previous ones still open tickets. Not for
 * keys of a file. */
PEN_MUST_USE enum pen_status pen_tickets_rotate(struct pen_tickets *tickets);

#endif
