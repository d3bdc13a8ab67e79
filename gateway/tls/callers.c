/** OpenSSL's chain check with our rules behind it, and what a ticket says about its end. */
#include "gateway/tls/callers.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/clock.h"
#include "gateway/tls/identity.h"
#include "gateway/tls/trust.h"

#define PROOF_MOST_S 86400 /* a day: sessions may be resumed over and over */

#define CHAIN_MOST  6     /* authorities between a certificate and the one believed, as upstreams */
#define CHAIN_BYTES 32768 /* of what a caller sends: read before it is proven, and then kept */

struct pen_tls_callers {
    enum pen_client_auth auth;
    const struct pen_tls_name *rules;
    size_t rule_count;
    struct stack_st_X509 *authorities;
    struct stack_st_X509_CRL *revoked; /* NULL: no lists */
    X509_STORE *store;
    int64_t ca_until_s;
    int64_t crl_until_s;
};

static enum pen_status read_files(struct pen_tls_callers *callers,
                                  const struct pen_tls_server_options *options,
                                  struct pen_error *err)
{
    PEN_TRY(pen_pem_authorities_read(options->client_ca, "callers", &callers->authorities, err));
    callers->ca_until_s = pen_pem_until(callers->authorities);
    if (options->client_crl.len > 0) {
        PEN_TRY(pen_pem_revoked_read(options->client_crl, &callers->revoked, err));
        callers->crl_until_s = pen_tls_trust_lists_until(callers->revoked);
    }
    callers->store = X509_STORE_new();
    if (callers->store == NULL) return PEN_ERR_NOMEM;
    return pen_tls_trust(callers->store, callers->authorities, callers->revoked);
}

enum pen_status pen_tls_callers_create(const struct pen_tls_server_options *options,
                                       struct pen_tls_callers **out, struct pen_error *err)
{
    struct pen_tls_callers *callers = calloc(1, sizeof(*callers));
    if (callers == NULL) return PEN_ERR_NOMEM;

    callers->auth = options->client_auth;
    callers->rules = options->client_names;
    callers->rule_count = options->client_name_count;
    callers->ca_until_s = callers->crl_until_s = INT64_MAX;
    const enum pen_status status =
        options->client_auth == PEN_CLIENT_AUTH_OFF ? PEN_OK : read_files(callers, options, err);
    if (status != PEN_OK) {
        pen_tls_callers_destroy(callers);
        return status;
    }
    *out = callers;
    return PEN_OK;
}

void pen_tls_callers_destroy(struct pen_tls_callers *callers)
{
    if (callers == NULL) return;

    sk_X509_pop_free(callers->authorities, X509_free);
    sk_X509_CRL_pop_free(callers->revoked, X509_CRL_free);
    X509_STORE_free(callers->store);
    free(callers);
}

static bool has_allowed_name(const struct pen_tls_callers *callers, const X509 *certificate)
{
    if (callers->rule_count == 0) return true;

    struct pen_tls_identity *identity = NULL;
    if (pen_tls_identity_of(certificate, &identity) != PEN_OK) return false;

    const bool found = pen_tls_identity_find(identity, callers->rules, callers->rule_count) != NULL;
    pen_tls_identity_destroy(identity);
    return found;
}

static int prove_caller(X509_STORE_CTX *chain, void *data)
{
    if (X509_verify_cert(chain) != 1) return 0;
    if (has_allowed_name(data, X509_STORE_CTX_get0_cert(chain))) {
        /* What judge_link let pass is no fault of the whole. */
        X509_STORE_CTX_set_error(chain, X509_V_OK);
        return 1;
    }
    X509_STORE_CTX_set_error(chain, X509_V_ERR_CERT_REJECTED);
    return 0;
}

/* Eight bytes in the ticket: the Unix second from which the caller must be proven anew. */
static void put_second(unsigned char bytes[8], int64_t second)
{
    for (int i = 0; i < 8; i++) {
        bytes[i] = (unsigned char)((uint64_t)second >> (56 - 8 * i));
    }
}

static int64_t get_second(const unsigned char bytes[8])
{
    uint64_t second = 0;
    for (int i = 0; i < 8; i++) {
        second = second << 8 | bytes[i];
    }
    return (int64_t)second;
}

/* A ticket is about to be made. One for a resumed session keeps what its first one said. */
static int note_proof(SSL *ssl, void *data)
{
    const struct pen_tls_callers *const callers = data;
    const struct stack_st_X509 *const chain = SSL_get0_verified_chain(ssl);
    if (SSL_session_reused(ssl) == 1 || chain == NULL) return 1;

    int64_t until_s = pen_clock_unix_s() + PROOF_MOST_S;
    const int64_t chain_s = pen_pem_until(chain);
    if (chain_s < until_s) until_s = chain_s;
    if (callers->crl_until_s < until_s) until_s = callers->crl_until_s;

    unsigned char bytes[8];
    put_second(bytes, until_s);
    return SSL_SESSION_set1_ticket_appdata(SSL_get_session(ssl), bytes, sizeof(bytes));
}

static bool proof_counts(SSL_SESSION *session)
{
    if (SSL_SESSION_get0_peer(session) == NULL) return true;

    void *bytes = NULL;
    size_t size = 0;
    return SSL_SESSION_get0_ticket_appdata(session, &bytes, &size) == 1 && size == 8
           && pen_clock_unix_s() < get_second(bytes);
}

static SSL_TICKET_RETURN judge_ticket(SSL *ssl, SSL_SESSION *session, const unsigned char *name,
                                      size_t name_len, SSL_TICKET_STATUS status, void *data)
{
    (void)ssl;
    (void)name;
    (void)name_len;
    (void)data;
    if (status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW) {
        return SSL_TICKET_RETURN_IGNORE_RENEW;
    }
    if (!proof_counts(session)) return SSL_TICKET_RETURN_IGNORE_RENEW;

    return status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW;
}

/* The names of the authorities, so that callers with several certificates know which to send. */
static bool name_authorities(const struct pen_tls_callers *callers, SSL_CTX *context)
{
    for (int i = 0; i < sk_X509_num(callers->authorities); i++) {
        if (SSL_CTX_add_client_CA(context, sk_X509_value(callers->authorities, i)) != 1) {
            return false;
        }
    }
    return true;
}

bool pen_tls_callers_attach(struct pen_tls_callers *callers, SSL_CTX *context)
{
    if (callers->auth == PEN_CLIENT_AUTH_OFF) return true;

    SSL_CTX_set_verify_depth(context, CHAIN_MOST);
    (void)SSL_CTX_set_max_cert_list(context, CHAIN_BYTES);
    const int demand =
        callers->auth == PEN_CLIENT_AUTH_REQUIRED ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | demand, pen_tls_trust_judge);
    SSL_CTX_set_cert_verify_callback(context, prove_caller, callers);
    SSL_CTX_set1_cert_store(context, callers->store);
    return SSL_CTX_set_session_ticket_cb(context, note_proof, judge_ticket, callers) == 1
           && name_authorities(callers, context);
}

/* Length and bytes, so that no two lists of fields read alike. */
static bool add_field(EVP_MD_CTX *digest, const void *bytes, size_t size)
{
    unsigned char length[8];
    put_second(length, (int64_t)size);
    return EVP_DigestUpdate(digest, length, sizeof(length)) == 1
           && EVP_DigestUpdate(digest, bytes, size) == 1;
}

static bool add_der(EVP_MD_CTX *digest, unsigned char *der, int length)
{
    const bool added = length > 0 && add_field(digest, der, (size_t)length);
    OPENSSL_free(der);
    return added;
}

bool pen_tls_callers_digest(const struct pen_tls_callers *callers, EVP_MD_CTX *digest)
{
    const unsigned char auth = (unsigned char)callers->auth;
    if (!add_field(digest, &auth, sizeof(auth))) return false;

    for (int i = 0; i < sk_X509_num(callers->authorities); i++) {
        unsigned char *der = NULL;
        const int length = i2d_X509(sk_X509_value(callers->authorities, i), &der);
        if (!add_der(digest, der, length)) return false;
    }
    for (int i = 0; i < sk_X509_CRL_num(callers->revoked); i++) {
        unsigned char *der = NULL;
        const int length = i2d_X509_CRL(sk_X509_CRL_value(callers->revoked, i), &der);
        if (!add_der(digest, der, length)) return false;
    }
    for (size_t i = 0; i < callers->rule_count; i++) {
        const struct pen_str kind = pen_tls_name_word(callers->rules[i].kind);
        const struct pen_str text = callers->rules[i].text;
        if (!add_field(digest, kind.ptr, kind.len) || !add_field(digest, text.ptr, text.len)) {
            return false;
        }
    }
    return true;
}

int64_t pen_tls_callers_ca_until(const struct pen_tls_callers *callers)
{
    return callers->ca_until_s;
}

int64_t pen_tls_callers_crl_until(const struct pen_tls_callers *callers)
{
    return callers->crl_until_s;
}
