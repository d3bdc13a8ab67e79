/** Options turned into an SSL_CTX; what is allowed stands in the constants and set_policy. */
#include "gateway/tls/server.h"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "gateway/tls/pem.h"
#include "gateway/tls/tickets.h"

/* Mozilla "Server Side TLS" 5.7, intermediate, without DHE: every client that knows an AEAD cipher
 * also knows ECDHE. */
#define CIPHERS_TLS12                                            \
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:" \
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:" \
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
#define GROUPS "X25519:P-256:P-384"

struct pen_tls_server {
    SSL_CTX *context;
    atomic_size_t references;
};

/* The names of the CAs, so that callers with several certificates know which one to send. */
static bool name_trusted(SSL_CTX *context)
{
    STACK_OF(X509) *const trusted = X509_STORE_get1_all_certs(SSL_CTX_get_cert_store(context));
    bool named = trusted != NULL;
    for (int i = 0; named && i < sk_X509_num(trusted); i++) {
        named = SSL_CTX_add_client_CA(context, sk_X509_value(trusted, i)) == 1;
    }
    sk_X509_pop_free(trusted, X509_free);
    return named;
}

static enum pen_status trust_callers(SSL_CTX *context, const struct pen_tls_server_options *options,
                                     struct pen_error *err)
{
    if (options->client_auth == PEN_CLIENT_AUTH_OFF) return PEN_OK;

    PEN_TRY(pen_pem_trust(context, options->client_ca, "callers", err));
    if (!name_trusted(context)) return PEN_ERR_NOMEM;

    const int demand =
        options->client_auth == PEN_CLIENT_AUTH_REQUIRED ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | demand, NULL);
    return PEN_OK;
}

/* RFC 7301 section 3.2: a server that supports none of the offered protocols SHALL say so. */
static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                           const unsigned char *offered, unsigned int offered_len, void *data)
{
    (void)ssl;
    (void)data;
    static const unsigned char ours[] = "\x08http/1.1";
    unsigned char *chosen;
    if (SSL_select_next_proto(&chosen, out_len, ours, sizeof(ours) - 1, offered, offered_len)
        != OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

static bool set_policy(SSL_CTX *context, int min_version)
{
    (void)SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    /* Small memory for idle callers, and writes that go as far as the socket takes them. */
    (void)SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE
                                        | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                                        | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);

    char groups[] = GROUPS; /* OpenSSL's macro takes the const away, which clang tells */
    const int version = min_version == 13 ? TLS1_3_VERSION : TLS1_2_VERSION;
    return SSL_CTX_set_min_proto_version(context, version) == 1
           && SSL_CTX_set_cipher_list(context, CIPHERS_TLS12) == 1
           && SSL_CTX_set1_groups_list(context, groups) == 1
           && SSL_CTX_set_max_early_data(context, 0) == 1;
}

static enum pen_status set_sessions(SSL_CTX *context)
{
    /* Random, so that a session can never be taken up in another context, where other callers may
     * be trusted. */
    unsigned char id[SSL_MAX_SID_CTX_LENGTH];
    if (RAND_bytes(id, sizeof(id)) != 1
        || SSL_CTX_set_session_id_context(context, id, sizeof(id)) != 1) {
        return PEN_ERR_INTERNAL;
    }
    (void)SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    /* Programs keep one connection; a second ticket would only cost bytes. */
    if (SSL_CTX_set_num_tickets(context, 1) != 1) return PEN_ERR_INTERNAL;

    return pen_tickets_attach(context);
}

enum pen_status pen_tls_server_create(const struct pen_tls_server_options *options,
                                      struct pen_tls_server **out, struct pen_error *err)
{
    pen_error_set(err, "TLS cannot be set up");
    ERR_clear_error();
    struct pen_tls_server *server = calloc(1, sizeof(*server));
    if (server == NULL) return PEN_ERR_NOMEM;

    atomic_init(&server->references, 1);
    enum pen_status status = PEN_ERR_NOMEM;
    server->context = SSL_CTX_new(TLS_server_method());
    if (server->context == NULL) goto fail;

    status = PEN_ERR_INTERNAL;
    if (!set_policy(server->context, options->min_version)) goto fail;
    status = set_sessions(server->context);
    if (status != PEN_OK) goto fail;
    status = pen_pem_use_identity(server->context, options->certificate, options->key, err);
    if (status != PEN_OK) goto fail;
    status = trust_callers(server->context, options, err);
    if (status != PEN_OK) goto fail;

    *out = server;
    return PEN_OK;

fail:
    ERR_clear_error();
    pen_tls_server_release(server);
    return status;
}

struct pen_tls_server *pen_tls_server_acquire(struct pen_tls_server *server)
{
    (void)atomic_fetch_add_explicit(&server->references, 1, memory_order_relaxed);
    return server;
}

void pen_tls_server_release(struct pen_tls_server *server)
{
    if (server == NULL) return;
    if (atomic_fetch_sub_explicit(&server->references, 1, memory_order_acq_rel) > 1) return;

    SSL_CTX_free(server->context);
    free(server);
}

SSL *pen_tls_server_session(struct pen_tls_server *server)
{
    SSL *const ssl = SSL_new(server->context);
    if (ssl != NULL) SSL_set_accept_state(ssl);
    return ssl;
}
