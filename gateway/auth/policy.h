/**
 * May this caller call this function? Scopes, subjects, claims and certificate of `allow`, after
 * authentication.
 *
 * Pure; any thread.
 */
#ifndef PEN_GATEWAY_POLICY_H
#define PEN_GATEWAY_POLICY_H

#include "gateway/auth/token.h"
#include "gateway/tls/identity.h"

/** What the Authorization field(s) hold. */
enum pen_credential {
    PEN_CREDENTIAL_NONE,
    PEN_CREDENTIAL_BEARER,
    PEN_CREDENTIAL_MALFORMED, /* two fields, another scheme's shape, no token68: 400 invalid_request
                               */
    PEN_CREDENTIAL_OTHER,     /* another scheme: as none, 401 */
};

/** Take "Bearer <token>" apart: scheme case-insensitive, one space, b64token (RFC 6750
 * section 2.1). */
enum pen_credential pen_credential_read(struct pen_str authorization, struct pen_str *token);

struct pen_policy_answer {
    bool allowed;
    const char *reason; /* "allow.scope", "allow.subject", "allow.claim", "allow.issuer" */
};

struct pen_policy_answer pen_policy_check(const struct pen_config_allow *allow,
                                          const struct pen_caller *caller);

/**
 * Does the caller's certificate fulfil `certificate`? Yes where none is asked for.
 *
 * @param identity  proven in the handshake; NULL: no certificate
 * @param name      the name that was admitted; untouched when any or none will do
 *
 * Reasons: "certificate.missing", "certificate.not_allowed"
 */
struct pen_policy_answer pen_policy_certificate(const struct pen_config_allow *allow,
                                                const struct pen_tls_identity *identity,
                                                const struct pen_tls_name **name);

/** Is a scope among the token's `scope` (space-separated) or `scp` (string or array)? */
bool pen_policy_has_scope(const struct pen_json *claims, struct pen_str scope);

/** A claim by member name or JSON Pointer, as text for a header: strings and numbers; else empty.
 */
struct pen_str pen_policy_claim_text(const struct pen_json *claims, struct pen_str claim);

/**
 * The WWW-Authenticate value (RFC 6750 section 3): no error attribute when no credential was given.
 *
 * @param error  "invalid_token", "invalid_request", "insufficient_scope", or NULL
 */
void pen_policy_challenge(struct pen_buf *buf, struct pen_str realm, const char *error,
                          const struct pen_config_allow *allow);

#endif
