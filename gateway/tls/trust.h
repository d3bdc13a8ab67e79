/**
 * What both directions believe: authorities, and the lists of what they have taken back.
 *
 * Exactly what the file says is believed: an authority in it need not be a root. The issuer of the
 * peer's own certificate must have a list once there are lists; those above it need none, as few
 * publish any, but one that is there counts.
 */
#ifndef PEN_GATEWAY_TLS_TRUST_H
#define PEN_GATEWAY_TLS_TRUST_H

#include "gateway/tls/pem.h"

/** @param lists  NULL: none. Errors: PEN_ERR_NOMEM. */
PEN_MUST_USE enum pen_status pen_tls_trust(X509_STORE *store,
                                           const struct stack_st_X509 *authorities,
                                           const struct stack_st_X509_CRL *lists);

/** The verify callback that goes with it (SSL_CTX_set_verify). */
int pen_tls_trust_judge(int good, X509_STORE_CTX *chain);

/** Unix seconds: the earliest end of some lists; INT64_MAX without any. */
int64_t pen_tls_trust_lists_until(const struct stack_st_X509_CRL *lists);

#endif
