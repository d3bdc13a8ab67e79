/**
 * Options turned into an SSL_CTX, and OpenSSL's complaints turned into a sentence.
 *
 * Certificate and key are read by us and parsed from memory: one read of each file, no password
 * prompt on the terminal, and the key's bytes can be wiped.
 */
#include "gateway/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/file.h"
#include "gateway/tickets.h"

#define FILE_BYTES (1024 * 1024) /* a bundle of all public CAs is a quarter of it */

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

static const char *openssl_reason(void)
{
    const char *const reason = ERR_reason_error_string(ERR_peek_last_error());
    return reason != NULL ? reason : "no reason given";
}

static int no_password(char *into, int size, int writing, void *data)
{
    (void)into;
    (void)size;
    (void)writing;
    (void)data;
    return -1; /* an encrypted key is an error, not a question */
}

static void free_bio(BIO **bio)
{
    (void)BIO_free(*bio);
}

static void free_x509(X509 **certificate)
{
    X509_free(*certificate);
}

static void free_key(EVP_PKEY **key)
{
    EVP_PKEY_free(*key);
}

static enum pen_status open_pem(struct pen_str path, struct pen_str *contents, BIO **bio,
                                struct pen_error *err)
{
    PEN_TRY(pen_file_read(path, FILE_BYTES, contents, err));
    *bio = BIO_new_mem_buf(contents->ptr, (int)contents->len);
    return *bio != NULL ? PEN_OK : PEN_ERR_NOMEM;
}

/* PEM_read_bio_X509 found nothing more: was that the end, or something broken? */
static bool at_end_of_pem(void)
{
    const unsigned long error = ERR_peek_last_error();
    const bool end =
        ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
    if (end) ERR_clear_error();
    return end;
}

static enum pen_status use_chain(SSL_CTX *context, struct pen_str path, struct pen_error *err)
{
    PEN_CLEANUP(pen_file_wipe) struct pen_str contents = {.ptr = NULL};
    PEN_CLEANUP(free_bio) BIO *bio = NULL;
    PEN_TRY(open_pem(path, &contents, &bio, err));

    PEN_CLEANUP(free_x509) X509 *leaf = PEM_read_bio_X509(bio, NULL, no_password, NULL);
    if (leaf == NULL) {
        pen_error_set(err, "'%.*s': no certificate in PEM form", PEN_STR_ARGS(path));
        return PEN_ERR_INVALID;
    }
    if (SSL_CTX_use_certificate(context, leaf) != 1) {
        pen_error_set(err, "'%.*s': certificate not usable: %s", PEN_STR_ARGS(path),
                      openssl_reason());
        return PEN_ERR_INVALID;
    }
    for (;;) {
        X509 *const issuer = PEM_read_bio_X509(bio, NULL, no_password, NULL);
        if (issuer == NULL) break;
        if (SSL_CTX_add0_chain_cert(context, issuer) != 1) {
            X509_free(issuer);
            pen_error_set(err, "'%.*s': chain not usable: %s", PEN_STR_ARGS(path),
                          openssl_reason());
            return PEN_ERR_INVALID;
        }
    }
    if (at_end_of_pem()) return PEN_OK;

    pen_error_set(err, "'%.*s': a certificate of the chain is broken: %s", PEN_STR_ARGS(path),
                  openssl_reason());
    return PEN_ERR_INVALID;
}

static enum pen_status use_key(SSL_CTX *context, const struct pen_tls_server_options *options,
                               struct pen_error *err)
{
    PEN_CLEANUP(pen_file_wipe) struct pen_str contents = {.ptr = NULL};
    PEN_CLEANUP(free_bio) BIO *bio = NULL;
    PEN_TRY(open_pem(options->key, &contents, &bio, err));

    PEN_CLEANUP(free_key) EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);
    if (key == NULL) {
        pen_error_set(err, "'%.*s': no private key in PEM form, or an encrypted one",
                      PEN_STR_ARGS(options->key));
        return PEN_ERR_INVALID;
    }
    /* Also compares the key with the certificate when both are of one type. */
    if (SSL_CTX_use_PrivateKey(context, key) != 1 || SSL_CTX_check_private_key(context) != 1) {
        pen_error_set(err, "'%.*s' is not the key of '%.*s': %s", PEN_STR_ARGS(options->key),
                      PEN_STR_ARGS(options->certificate), openssl_reason());
        return PEN_ERR_INVALID;
    }
    return PEN_OK;
}

static enum pen_status trust_callers(SSL_CTX *context, const struct pen_tls_server_options *options,
                                     struct pen_error *err)
{
    if (options->client_auth == PEN_CLIENT_AUTH_OFF) return PEN_OK;

    const char *const path = options->client_ca.len > 0 ? options->client_ca.ptr : NULL;
    STACK_OF(X509_NAME) *names = path == NULL ? NULL : SSL_load_client_CA_file(path);
    if (names == NULL || SSL_CTX_load_verify_file(context, path) != 1) {
        sk_X509_NAME_pop_free(names, X509_NAME_free);
        pen_error_set(err, "'%.*s': no CA certificate in PEM form to check callers with",
                      PEN_STR_ARGS(options->client_ca));
        return PEN_ERR_INVALID;
    }
    SSL_CTX_set_client_CA_list(context, names);
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

    const int version = min_version == 13 ? TLS1_3_VERSION : TLS1_2_VERSION;
    return SSL_CTX_set_min_proto_version(context, version) == 1
           && SSL_CTX_set_cipher_list(context, CIPHERS_TLS12) == 1
           && SSL_CTX_set1_groups_list(context, GROUPS) == 1
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
    status = use_chain(server->context, options->certificate, err);
    if (status != PEN_OK) goto fail;
    status = use_key(server->context, options, err);
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
