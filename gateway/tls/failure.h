/** Why a peer's certificate or a caller's handshake was refused, told apart. */
#ifndef PEN_GATEWAY_TLS_FAILURE_H
#define PEN_GATEWAY_TLS_FAILURE_H

typedef struct ssl_st SSL;

/** What a certificate failed at. */
enum pen_tls_fault {
    PEN_TLS_FAULT_INVALID, /* none of the others: malformed, a critical extension nobody knows */
    PEN_TLS_FAULT_EXPIRED, /* it, or one of those above it */
    PEN_TLS_FAULT_NOT_YET_VALID,
    PEN_TLS_FAULT_NAME,
    PEN_TLS_FAULT_UNKNOWN_CA, /* signed by itself, by a stranger, or by one that was not sent */
    PEN_TLS_FAULT_REVOKED,
    PEN_TLS_FAULT_CRL_MISSING, /* there are lists, and none of its issuer that can be believed */
    PEN_TLS_FAULT_CRL_EXPIRED,
    PEN_TLS_FAULT_WEAK,      /* a key too small, a digest too old */
    PEN_TLS_FAULT_PURPOSE,   /* not made for this end of a connection */
    PEN_TLS_FAULT_AUTHORITY, /* one above it may not sign, or not so deep, or not this name */
    PEN_TLS_FAULT_TOO_LONG,  /* more between it and its root than is followed */
    PEN_TLS_FAULT_SIGNATURE, /* not what its issuer has signed */
};

/** @param result  an X509_V_ERR_ number, not X509_V_OK */
enum pen_tls_fault pen_tls_fault(long result);

/**
 * Right after the handshake function failed, in the same thread: OpenSSL's queue of errors tells.
 *
 * "certificate." and what was wrong with the caller's: missing, or a fault in the words above
 * ("certificate.not_yet_valid"). "tls." for the rest: version, cipher, host, protocol, not_tls,
 * alert (the caller's), closed, failed.
 */
const char *pen_tls_failure(const SSL *ssl);

#endif
