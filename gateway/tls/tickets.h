/**
 * Keys of TLS session tickets: made in memory, rotated, wiped; never stored or shared.
 *
 * A ticket key decrypts recorded sessions of TLS 1.2, so it must not live as long as the process:
 * each key issues tickets for one period, opens them for one more, and is then wiped. Any thread;
 * a handshake takes a short lock, an event does not.
 */
#ifndef PEN_GATEWAY_TLS_TICKETS_H
#define PEN_GATEWAY_TLS_TICKETS_H

#include "filters/core/status.h"

typedef struct ssl_ctx_st SSL_CTX;

/** Seconds that one key issues tickets, and that a ticket is good for. */
#define PEN_TICKETS_PERIOD_S 3600

/**
 * Give a context its ticket keys. They live as long as the context.
 * Errors: PEN_ERR_NOMEM, PEN_ERR_INTERNAL (no random bytes)
 */
PEN_MUST_USE enum pen_status pen_tickets_attach(SSL_CTX *context);

/** Take new keys now as if a period had gone by; the previous ones still open tickets. */
PEN_MUST_USE enum pen_status pen_tickets_rotate(SSL_CTX *context);

#endif
