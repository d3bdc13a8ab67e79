/** Why a handshake with a caller failed, in codes that metrics and records keep. */
#ifndef PEN_GATEWAY_TLS_FAILURE_H
#define PEN_GATEWAY_TLS_FAILURE_H

typedef struct ssl_st SSL;

/**
 * Right after the handshake function failed, in the same thread: OpenSSL's queue of errors tells.
 *
 * "certificate." and what was wrong with the caller's: missing, expired, not_yet_valid, revoked,
 * unknown_ca, crl_missing, crl_expired, purpose, name, weak, signature, invalid. "tls." for the
 * rest: version, cipher, host, protocol, not_tls, alert (the caller's), closed, failed.
 */
const char *pen_tls_failure(const SSL *ssl);

#endif
