/**
 * Tokens and key sets for development, tests and the demo.
 *
 * libjwt signs what it can (RS*, ES*, HS*); PS* and EdDSA, which libjwt 1.10 does not know, are
 * signed by OpenSSL.
 */
#ifndef PEN_GATEWAY_MINT_H
#define PEN_GATEWAY_MINT_H

#include "gateway/auth/signer.h"

struct pen_mint_claim {
    struct pen_str name;
    struct pen_str value;
    bool json; /* the value is JSON, not a string's text */
};

struct pen_mint_request {
    struct pen_str kid; /* empty = no kid, as with all strings here */
    struct pen_str typ; /* empty = "JWT" */
    struct pen_str issuer;
    const struct pen_str *audiences; /* one gives a string, several an array */
    size_t audience_count;
    struct pen_str subject;
    struct pen_str scope;
    int64_t issued_at;  /* Unix seconds */
    int64_t expires_at; /* Unix seconds; 0 = no exp */
    const struct pen_mint_claim *claims;
    size_t claim_count;
};

/**
 * Make a signed token in compact serialisation.
 *
 * Ownership: `out` lives as long as `arena`, followed by a NUL.
 * Errors:    PEN_ERR_INVALID   a claim given twice, or a value that is no JSON; `err` says which
 *            PEN_ERR_NOMEM, PEN_ERR_INTERNAL
 */
PEN_MUST_USE enum pen_status pen_mint_token(const struct pen_signer *signer,
                                            const struct pen_mint_request *request,
                                            struct pen_arena *arena, struct pen_str *out,
                                            struct pen_error *err);

/** Sign any header and payload as they are: for tests of what must be refused. */
PEN_MUST_USE enum pen_status pen_mint_raw(const struct pen_signer *signer, struct pen_str header,
                                          struct pen_str payload, struct pen_arena *arena,
                                          struct pen_str *out);

/** A JWKS document with the public keys of all; `kids` may be NULL for thumbprints. */
PEN_MUST_USE enum pen_status pen_mint_key_set(const struct pen_signer *const *signers,
                                              const struct pen_str *kids, size_t count,
                                              struct pen_arena *arena, struct pen_str *out);

#define PEN_MINT_KEY_FILE "signing.key"
#define PEN_MINT_SET_FILE "jwks.json"

/**
 * Write the private key (PEM, readable by its owner alone) and the key set into a folder, which is
 * made when absent.
 *
 * @param kid      empty = the key's thumbprint
 * @param replace  files that are there are replaced; else that is an error and nothing is written
 *
 * Errors: PEN_ERR_IO, PEN_ERR_NOMEM, PEN_ERR_INTERNAL; `err` names the file
 */
PEN_MUST_USE enum pen_status pen_mint_write_keys(const struct pen_signer *signer,
                                                 struct pen_str folder, struct pen_str kid,
                                                 bool replace, struct pen_error *err);

#endif
