/**
 * Certificates that sign texts instead of connections: those of webhook senders who publish one.
 *
 * Immutable and counted; any thread.
 */
#ifndef PEN_GATEWAY_TLS_SIGNING_H
#define PEN_GATEWAY_TLS_SIGNING_H

#include "filters/core/str.h"

struct pen_signing_certificate;

/** What is asked of a certificate besides its dates and an RSA key of 2,048 to 8,192 bits. */
struct pen_signing_rules {
    bool pinned;                 /* the operator's own file: nothing below is asked */
    const struct pen_str *names; /* it must name one of these hosts */
    size_t name_count;
    struct pen_str ca; /* PEM file of authorities; empty = the system's */
};

/**
 * Read a certificate; what stands behind it in the PEM text leads to its authority.
 *
 * Senders publish the certificate without those that lead to its authority. Then whom it is from is
 * known by where it was fetched alone; with them, or when an authority signed it itself, the chain
 * must hold.
 *
 * Errors: PEN_ERR_INVALID  none, too old or too young, another key, another name, a chain that does
 *                          not hold; `err` says which
 *         PEN_ERR_IO (the authorities' file), PEN_ERR_LIMIT, PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_signing_certificate_read(struct pen_str pem,
                                                          const struct pen_signing_rules *rules,
                                                          int64_t now_s,
                                                          struct pen_signing_certificate **out,
                                                          struct pen_error *err);

struct pen_signing_certificate *pen_signing_certificate_acquire(
    struct pen_signing_certificate *certificate);
/** NULL is fine. */
void pen_signing_certificate_release(struct pen_signing_certificate *certificate);

/**
 * Does the signature (RSA PKCS #1 v1.5 with SHA-256, or SHA-1) prove the text now?
 *
 * Errors: PEN_ERR_INVALID   it does not, or the certificate has ended
 *         PEN_ERR_INTERNAL  a library failed: nothing is known
 */
PEN_MUST_USE enum pen_status pen_signing_certificate_check(
    const struct pen_signing_certificate *certificate, bool sha1, struct pen_str text,
    struct pen_str signature, int64_t now_s);

#endif
