/** A context that never speaks: it holds what the speaking ones are given. */
#include "gateway/tls/client.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "gateway/tls/pem.h"

struct pen_tls_client {
    SSL_CTX *held;
    struct pen_tls_date dates[2];
    size_t date_count;
    atomic_size_t references;
};

/* The places compiled into OpenSSL, not those that the environment names. */
static enum pen_status trust_system(SSL_CTX *context, struct pen_error *err)
{
    const char *const file = X509_get_default_cert_file();
    struct stat found;
    if (SSL_CTX_load_verify_dir(context, X509_get_default_cert_dir()) == 1
        && (stat(file, &found) != 0 || SSL_CTX_load_verify_file(context, file) == 1)) {
        return PEN_OK;
    }
    pen_error_set(err, "the system's CA certificates cannot be used: %s", pen_pem_reason());
    return PEN_ERR_INVALID;
}

static void note_date(struct pen_tls_client *client, struct pen_str file,
                      enum pen_tls_date_kind kind, int64_t until_s)
{
    client->dates[client->date_count++] = (struct pen_tls_date){file, kind, until_s};
}

static void free_certificates(struct stack_st_X509 **certificates)
{
    sk_X509_pop_free(*certificates, X509_free);
}

static enum pen_status trust(struct pen_tls_client *client, struct pen_str ca,
                             struct pen_error *err)
{
    if (ca.len == 0) return trust_system(client->held, err);

    PEN_CLEANUP(free_certificates) struct stack_st_X509 *trusted = NULL;
    PEN_TRY(pen_pem_authorities_read(ca, "this upstream", &trusted, err));
    X509_STORE *const store = SSL_CTX_get_cert_store(client->held);
    for (int i = 0; i < sk_X509_num(trusted); i++) {
        if (X509_STORE_add_cert(store, sk_X509_value(trusted, i)) != 1) return PEN_ERR_NOMEM;
    }
    note_date(client, ca, PEN_TLS_DATE_CA, pen_pem_until(trusted));
    return PEN_OK;
}

static enum pen_status use_identity(struct pen_tls_client *client,
                                    const struct pen_tls_client_options *options,
                                    struct pen_error *err)
{
    if (options->certificate.len == 0) return PEN_OK;

    PEN_CLEANUP(pen_pem_identity_deinit)
    struct pen_pem_identity identity = {.certificate = NULL};
    PEN_TRY(pen_pem_identity_read(options->certificate, options->key, &identity, err));
    note_date(client, options->certificate, PEN_TLS_DATE_CERTIFICATE, identity.until_s);
    return pen_pem_identity_use(client->held, &identity, options->certificate, err);
}

enum pen_status pen_tls_client_create(const struct pen_tls_client_options *options,
                                      struct pen_tls_client **out, struct pen_error *err)
{
    pen_error_set(err, "TLS cannot be set up");
    ERR_clear_error();
    struct pen_tls_client *client = calloc(1, sizeof(*client));
    if (client == NULL) return PEN_ERR_NOMEM;

    atomic_init(&client->references, 1);
    enum pen_status status = PEN_ERR_NOMEM;
    client->held = SSL_CTX_new(TLS_client_method());
    if (client->held == NULL) goto fail;

    status = trust(client, options->ca, err);
    if (status != PEN_OK) goto fail;
    status = use_identity(client, options, err);
    if (status != PEN_OK) goto fail;
    *out = client;
    return PEN_OK;

fail:
    ERR_clear_error();
    pen_tls_client_release(client);
    return status;
}

struct pen_tls_client *pen_tls_client_acquire(struct pen_tls_client *client)
{
    (void)atomic_fetch_add_explicit(&client->references, 1, memory_order_relaxed);
    return client;
}

void pen_tls_client_release(struct pen_tls_client *client)
{
    if (client == NULL) return;
    if (atomic_fetch_sub_explicit(&client->references, 1, memory_order_acq_rel) > 1) return;

    SSL_CTX_free(client->held);
    free(client);
}

const struct pen_tls_date *pen_tls_client_dates(const struct pen_tls_client *client, size_t *count)
{
    *count = client->date_count;
    return client->dates;
}

enum pen_status pen_tls_client_apply(const struct pen_tls_client *client, void *ssl_ctx)
{
    SSL_CTX *const context = ssl_ctx;
    SSL_CTX_set1_cert_store(context, SSL_CTX_get_cert_store(client->held));
    /* A record's head and its rest in one read of the socket. */
    SSL_CTX_set_read_ahead(context, 1);
    X509 *const certificate = SSL_CTX_get0_certificate(client->held);
    if (certificate == NULL) return PEN_OK;

    struct stack_st_X509 *chain = NULL;
    if (SSL_CTX_get0_chain_certs(client->held, &chain) != 1
        || SSL_CTX_use_cert_and_key(context, certificate, SSL_CTX_get0_privatekey(client->held),
                                    chain, 1)
               != 1) {
        ERR_clear_error();
        return PEN_ERR_NOMEM;
    }
    return PEN_OK;
}

bool pen_tls_said_goodbye(const void *ssl)
{
    return ssl != NULL && (SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN) != 0;
}

bool pen_tls_has_more(const void *ssl)
{
    return ssl != NULL && SSL_has_pending(ssl) == 1;
}

const char *pen_tls_verify_text(long result)
{
    return X509_verify_cert_error_string(result);
}
