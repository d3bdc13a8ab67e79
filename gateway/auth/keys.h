/**
 * Key sets: JWKS (RFC 7517, 7518, 8037) parsed once into EVP_PKEY, immutable, shared by all
 * workers.
 *
 * A key carries the algorithms that it may verify, fixed here from its type, curve, size, `alg` and
 * `use`; a token can only name one of them. A public key cannot become an HMAC secret: secrets are
 * another type in memory (RFC 8725 section 2.1).
 */
#ifndef PEN_GATEWAY_KEYS_H
#define PEN_GATEWAY_KEYS_H

#include "gateway/auth/sns_set.h"

struct pen_keyset;
struct pen_key;

/** What was left out of a set and why, for the log: counted, the first one told in words. */
struct pen_keyset_notes {
    uint32_t used;
    uint32_t skipped;
    struct pen_error first_skipped;
};

/**
 * Parse a JWKS document. Keys that we cannot or may not use (unknown kty, curve or alg; `use` other
 * than sig; key_ops without verify; RSA below 2048 bits or above 8192, e < 65537; private members
 * present; an RSA modulus with the ROCA fingerprint; an HMAC secret shorter than its hash, or an
 * issuer that allows no HS algorithm; a secret in a set that holds public keys, for then it was
 * published with them) are skipped with a note; at most 64 keys and 256 KiB.
 *
 * @param notes  may be NULL
 *
 * Errors: PEN_ERR_SYNTAX   no JSON, no "keys"
 *         PEN_ERR_INVALID  two usable keys share kid and algorithm; or no usable key at all
 *         PEN_ERR_LIMIT, PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_keyset_parse(struct pen_str document, uint32_t allowed_algorithms,
                                              struct pen_keyset **out,
                                              struct pen_keyset_notes *notes,
                                              struct pen_error *err);

/** Read a local file (JWKS) whole and parse it. Also PEN_ERR_IO. */
PEN_MUST_USE enum pen_status pen_keyset_load(struct pen_str file, uint32_t allowed_algorithms,
                                             struct pen_keyset **out,
                                             struct pen_keyset_notes *notes, struct pen_error *err);

/** Counted: the keyring of each generation holds one reference. Thread-safe. */
struct pen_keyset *pen_keyset_acquire(struct pen_keyset *set);
void pen_keyset_release(struct pen_keyset *set);

size_t pen_keyset_count(const struct pen_keyset *set);

/**
 * The key for a token: by kid and algorithm. Without kid only if exactly one key fits the
 * algorithm.
 *
 * @param kid  bytes of the token's header; ptr NULL when it has none
 * @return NULL when there is none
 */
const struct pen_key *pen_keyset_find(const struct pen_keyset *set, struct pen_str kid,
                                      enum pen_jws_alg alg);

/** Whether any key has this kid, whatever its algorithm: decides if a refresh could help. */
bool pen_keyset_has_kid(const struct pen_keyset *set, struct pen_str kid);

/** "RS256" to its bit, by exact bytes; PEN_JWS_NONE_KNOWN for anything else ("none", "rs256"). */
enum pen_jws_alg pen_jws_alg_named(struct pen_str name);

/** The bit's name. */
const char *pen_jws_alg_name(enum pen_jws_alg alg);

/**
 * All issuers' key sets at one time; position = pen_config_issuer.index; NULL = never loaded yet.
 * With them the certificates of SNS.
 * Immutable once published; a refresh publishes a new one. `generation` differs for every one.
 */
struct pen_keyring {
    uint64_t generation;
    struct pen_sns_set *sns; /* NULL = none yet */
    size_t count;
    struct pen_keyset *sets[];
};

#endif
