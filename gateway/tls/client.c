/** A context that never speaks: it holds what the speaking ones are given. */
#include "gateway/tls/client.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/tls/trust.h"

#define SECURITY_LEVEL 2 /* 112 bits: RSA of 2,048, no SHA-1 */
#define CHAIN_MOST     6 /* authorities between a certificate and its root; two are common */

/* Where a context keeps what became of its one session, as numbers and not as pointers: OpenSSL
 * gives out such slots once per process. */
static pthread_once_t slots_once = PTHREAD_ONCE_INIT;
static int alert_slot;
static int verdict_slot;

struct pen_tls_client {
    SSL_CTX *held;
    char name[256]; /* NUL-terminated */
    struct pen_tls_date dates[3];
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

static void free_lists(struct stack_st_X509_CRL **lists)
{
    sk_X509_CRL_pop_free(*lists, X509_CRL_free);
}

static enum pen_status trust(struct pen_tls_client *client,
                             const struct pen_tls_client_options *options, struct pen_error *err)
{
    PEN_CLEANUP(free_certificates) struct stack_st_X509 *trusted = NULL;
    PEN_CLEANUP(free_lists) struct stack_st_X509_CRL *lists = NULL;
    if (options->ca.len == 0) {
        PEN_TRY(trust_system(client->held, err));
    } else {
        PEN_TRY(pen_pem_authorities_read(options->ca, "this upstream", &trusted, err));
        note_date(client, options->ca, PEN_TLS_DATE_CA, pen_pem_until(trusted));
    }
    if (options->crl.len > 0) {
        PEN_TRY(pen_pem_revoked_read(options->crl, &lists, err));
        note_date(client, options->crl, PEN_TLS_DATE_CRL, pen_tls_trust_lists_until(lists));
    }
    return pen_tls_trust(SSL_CTX_get_cert_store(client->held), trusted, lists);
}

/* What libcurl checks as well, but after the handshake and with the subject's name as a reserve. */
static enum pen_status expect_name(struct pen_tls_client *client, struct pen_str name,
                                   struct pen_error *err)
{
    /* A dot at the end says "from the root": certificates do without. */
    if (pen_str_ends(name, PEN_S("."))) name.len--;
    if (name.len == 0 || name.len >= sizeof(client->name)) {
        pen_error_set(err, "the name expected of an upstream is too long");
        return PEN_ERR_INVALID;
    }
    memcpy(client->name, name.ptr, name.len);
    X509_VERIFY_PARAM *const rules = SSL_CTX_get0_param(client->held);
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT
                                               | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    X509_VERIFY_PARAM_set_depth(rules, CHAIN_MOST);
    /* An address is no host name: whatever does not read as one is a name. */
    if (X509_VERIFY_PARAM_set1_ip_asc(rules, client->name) == 1
        || X509_VERIFY_PARAM_set1_host(rules, client->name, 0) == 1) {
        return PEN_OK;
    }
    return PEN_ERR_NOMEM;
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

static void name_slots(void)
{
    alert_slot = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, NULL);
    verdict_slot = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, NULL);
}

enum pen_status pen_tls_client_create(const struct pen_tls_client_options *options,
                                      struct pen_tls_client **out, struct pen_error *err)
{
    pen_error_set(err, "TLS cannot be set up");
    if (pthread_once(&slots_once, name_slots) != 0 || alert_slot < 0 || verdict_slot < 0) {
        return PEN_ERR_INTERNAL;
    }
    ERR_clear_error();
    struct pen_tls_client *client = calloc(1, sizeof(*client));
    if (client == NULL) return PEN_ERR_NOMEM;

    atomic_init(&client->references, 1);
    enum pen_status status = PEN_ERR_NOMEM;
    client->held = SSL_CTX_new(TLS_client_method());
    if (client->held == NULL) goto fail;

    status = expect_name(client, options->name, err);
    if (status != PEN_OK) goto fail;
    status = trust(client, options, err);
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

/* Those that say something of our certificate (RFC 8446 section 6.2, RFC 5246 section 7.2.2). */
static enum pen_tls_alert read_alert(int description)
{
    switch (description) {
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_CERTIFICATE_EXPIRED:
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_UNKNOWN_CA:
    case SSL_AD_ACCESS_DENIED:
    case TLS13_AD_CERTIFICATE_REQUIRED:
        return PEN_TLS_ALERT_IDENTITY;
    default:
        return PEN_TLS_ALERT_OTHER;
    }
}

/* The slots have their room from pen_tls_client_apply on. */
static void note(const SSL *ssl, int slot, long value)
{
    if (SSL_CTX_set_ex_data(SSL_get_SSL_CTX(ssl), slot, (void *)(intptr_t)value) != 1) abort();
}

static long noted(const void *ssl_ctx, int slot)
{
    return ssl_ctx == NULL ? 0 : (long)(intptr_t)SSL_CTX_get_ex_data(ssl_ctx, slot);
}

static void note_alert(const SSL *ssl, int where, int value)
{
    const bool fatal = (value >> 8) == SSL3_AL_FATAL;
    if ((where & SSL_CB_READ_ALERT) != SSL_CB_READ_ALERT || !fatal) return;

    note(ssl, alert_slot, (long)read_alert(value & 0xff));
}

static int judge(int good, X509_STORE_CTX *chain)
{
    if (pen_tls_trust_judge(good, chain) == 1) return 1;

    const SSL *const ssl = X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx());
    note(ssl, verdict_slot, X509_STORE_CTX_get_error(chain));
    return 0;
}

enum pen_status pen_tls_client_apply(const struct pen_tls_client *client, void *ssl_ctx)
{
    SSL_CTX *const context = ssl_ctx;
    SSL_CTX_set1_cert_store(context, SSL_CTX_get_cert_store(client->held));
    if (SSL_CTX_set1_param(context, SSL_CTX_get0_param(client->held)) != 1
        || SSL_CTX_set_ex_data(context, alert_slot, NULL) != 1
        || SSL_CTX_set_ex_data(context, verdict_slot, NULL) != 1) {
        ERR_clear_error();
        return PEN_ERR_NOMEM;
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, judge);
    SSL_CTX_set_security_level(context, SECURITY_LEVEL);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_info_callback(context, note_alert);
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

void *pen_tls_context_acquire(void *ssl_ctx)
{
    return SSL_CTX_up_ref(ssl_ctx) == 1 ? ssl_ctx : NULL;
}

void pen_tls_context_release(void *ssl_ctx)
{
    SSL_CTX_free(ssl_ctx);
}

enum pen_tls_alert pen_tls_context_alert(const void *ssl_ctx)
{
    return (enum pen_tls_alert)noted(ssl_ctx, alert_slot);
}

long pen_tls_context_verdict(const void *ssl_ctx)
{
    return noted(ssl_ctx, verdict_slot);
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
