/** Options turned into contexts; what is allowed stands in the constants and set_policy. */
#include "gateway/tls/server.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/tls/callers.h"
#include "gateway/tls/hosts.h"
#include "gateway/tls/tickets.h"

/* Mozilla "Server Side TLS" 5.7, intermediate, without DHE: every client that knows an AEAD cipher
 * also knows ECDHE. */
#define CIPHERS_TLS12                                            \
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:" \
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:" \
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
#define CIPHERS_TLS13 "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
#define GROUPS        "X25519:P-256:P-384"

#define SECURITY_LEVEL 2 /* 112 bits: no RSA key below 2,048 bits, no SHA-1 in certificates */

#define ARENA_BYTES ((size_t)64 << 20) /* names and tables of some ten thousand certificates */
#define ARENA_BLOCK ((size_t)4 << 10)

struct pen_tls_server {
    atomic_size_t references;
    struct pen_arena *arena;
    struct pen_tls_hosts *hosts;
    struct pen_tls_callers *callers;
    struct pen_tickets *tickets;
    bool refuse_unknown;
    int min_version;
    enum pen_client_auth client_auth;
    unsigned char policy[SSL_MAX_SID_CTX_LENGTH]; /* digest of what decides about callers */
    struct pen_tls_date *dates;
    size_t date_count;
};

_Static_assert(SSL_MAX_SID_CTX_LENGTH == 32, "a SHA-256 is a session id context");

/* Where a session keeps its server: OpenSSL wants such a place named once per process. */
static pthread_once_t slot_once = PTHREAD_ONCE_INIT;
static int slot;

static void leave_session(void *parent, void *ptr, CRYPTO_EX_DATA *data, int index, long argl,
                          void *argp)
{
    (void)parent;
    (void)data;
    (void)index;
    (void)argl;
    (void)argp;
    pen_tls_server_release(ptr);
}

static void name_slot(void)
{
    slot = SSL_get_ex_new_index(0, NULL, NULL, NULL, leave_session);
}

static const struct pen_tls_server *server_of(const SSL *ssl)
{
    return SSL_get_ex_data(ssl, slot);
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

/* RFC 6066 section 3: a server that does not know the name goes on, or says unrecognized_name. */
static int choose_host(SSL *ssl, int *alert, void *data)
{
    (void)data;
    const struct pen_tls_server *const server = server_of(ssl);
    const char *const name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    SSL_CTX *const context =
        name == NULL ? NULL : pen_tls_hosts_find(server->hosts, pen_str_from_c(name));
    if (context == NULL) {
        if (!server->refuse_unknown) return SSL_TLSEXT_ERR_NOACK;

        *alert = SSL_AD_UNRECOGNIZED_NAME;
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    if (SSL_set_SSL_CTX(ssl, context) != NULL) return SSL_TLSEXT_ERR_OK;

    *alert = SSL_AD_INTERNAL_ERROR;
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* The caller asks for the authority's word about the certificate that was chosen. */
static int staple(SSL *ssl, void *data)
{
    (void)data;
    const struct pen_tls_staple *const found =
        pen_tls_hosts_staple(server_of(ssl)->hosts, SSL_get_certificate(ssl));
    return found != NULL && pen_tls_staple_give(found, ssl) ? SSL_TLSEXT_ERR_OK
                                                            : SSL_TLSEXT_ERR_NOACK;
}

static bool set_policy(SSL_CTX *context, int min_version)
{
    (void)SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION
                                           | SSL_OP_CIPHER_SERVER_PREFERENCE
                                           | SSL_OP_PRIORITIZE_CHACHA);
    /* Small memory for idle callers, and writes that go as far as the socket takes them. */
    (void)SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE
                                        | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                                        | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_security_level(context, SECURITY_LEVEL);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);

    char groups[] = GROUPS; /* OpenSSL's macro takes the const away, which clang tells */
    const int version = min_version == 13 ? TLS1_3_VERSION : TLS1_2_VERSION;
    return SSL_CTX_set_min_proto_version(context, version) == 1
           && SSL_CTX_set_max_proto_version(context, 0) == 1
           && SSL_CTX_set_cipher_list(context, CIPHERS_TLS12) == 1
           && SSL_CTX_set_ciphersuites(context, CIPHERS_TLS13) == 1
           && SSL_CTX_set1_groups_list(context, groups) == 1
           && SSL_CTX_set_max_early_data(context, 0) == 1
           && SSL_CTX_set_tlsext_servername_callback(context, choose_host) == 1
           && SSL_CTX_set_tlsext_status_cb(context, staple) == 1;
}

static enum pen_status prepare(void *data, SSL_CTX *context)
{
    struct pen_tls_server *const server = data;
    if (!set_policy(context, server->min_version)) return PEN_ERR_INTERNAL;
    if (SSL_CTX_set_session_id_context(context, server->policy, sizeof(server->policy)) != 1) {
        return PEN_ERR_INTERNAL;
    }
    (void)SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    /* Programs keep one connection; a second ticket would only cost bytes. */
    if (SSL_CTX_set_num_tickets(context, 1) != 1) return PEN_ERR_INTERNAL;
    if (!pen_tls_callers_attach(server->callers, context)) return PEN_ERR_NOMEM;

    return pen_tickets_attach(server->tickets, context);
}

static void free_digest(EVP_MD_CTX **digest)
{
    EVP_MD_CTX_free(*digest);
}

/* Where the listener stands is left out: replicas differ in it, and it says nothing of callers. The
 * served names are in it, so that no other site's sessions are taken up with a shared key. */
static enum pen_status digest_policy(struct pen_tls_server *server)
{
    const unsigned char version = (unsigned char)server->min_version;
    PEN_CLEANUP(free_digest) EVP_MD_CTX *digest = EVP_MD_CTX_new();
    if (digest == NULL) return PEN_ERR_NOMEM;

    const bool done = EVP_DigestInit_ex(digest, EVP_sha256(), NULL) == 1
                      && EVP_DigestUpdate(digest, &version, sizeof(version)) == 1
                      && pen_tls_callers_digest(server->callers, digest)
                      && pen_tls_hosts_digest(server->hosts, digest)
                      && EVP_DigestFinal_ex(digest, server->policy, NULL) == 1;
    return done ? PEN_OK : PEN_ERR_INTERNAL;
}

static enum pen_status choose_tickets(struct pen_tls_server *server,
                                      const struct pen_tls_server_options *options,
                                      struct pen_error *err)
{
    if (options->ticket_keys.len > 0) {
        return pen_tickets_load(options->ticket_keys, &server->tickets, err);
    }
    const struct pen_tls_server *const previous = options->previous;
    if (previous != NULL && !pen_tickets_are_shared(previous->tickets)
        && memcmp(previous->policy, server->policy, sizeof(server->policy)) == 0) {
        server->tickets = pen_tickets_acquire(previous->tickets);
        return PEN_OK;
    }
    return pen_tickets_create(&server->tickets);
}

static enum pen_status note_date(struct pen_tls_server *server, struct pen_str file,
                                 enum pen_tls_date_kind kind, int64_t until_s)
{
    if (file.len == 0) return PEN_OK;

    struct pen_tls_date *const date = &server->dates[server->date_count++];
    *date = (struct pen_tls_date){.kind = kind, .until_s = until_s};
    return pen_arena_copy(server->arena, file, &date->file);
}

static enum pen_status list_dates(struct pen_tls_server *server,
                                  const struct pen_tls_server_options *options)
{
    size_t count = 0;
    const struct pen_tls_date *const own = pen_tls_hosts_dates(server->hosts, &count);
    server->dates = pen_arena_calloc(server->arena, count + 2, sizeof(*server->dates));
    if (server->dates == NULL) return PEN_ERR_NOMEM;

    memcpy(server->dates, own, count * sizeof(*own));
    server->date_count = count;
    if (options->client_auth == PEN_CLIENT_AUTH_OFF) return PEN_OK;

    PEN_TRY(note_date(server, options->client_ca, PEN_TLS_DATE_CA,
                      pen_tls_callers_ca_until(server->callers)));
    return note_date(server, options->client_crl, PEN_TLS_DATE_CRL,
                     pen_tls_callers_crl_until(server->callers));
}

/* Rules outlive the configuration that they came with: a handshake may be under way. */
static enum pen_status copy_rules(struct pen_tls_server *server,
                                  struct pen_tls_server_options *options)
{
    struct pen_tls_name *const rules =
        pen_arena_calloc(server->arena, options->client_name_count, sizeof(*rules));
    if (rules == NULL) return PEN_ERR_NOMEM;

    for (size_t i = 0; i < options->client_name_count; i++) {
        rules[i].kind = options->client_names[i].kind;
        PEN_TRY(pen_arena_copy(server->arena, options->client_names[i].text, &rules[i].text));
    }
    options->client_names = rules;
    return PEN_OK;
}

static enum pen_status build(struct pen_tls_server *server,
                             const struct pen_tls_server_options *wanted, struct pen_error *err)
{
    struct pen_tls_server_options options = *wanted;
    if (pthread_once(&slot_once, name_slot) != 0 || slot < 0) return PEN_ERR_INTERNAL;
    PEN_TRY(pen_arena_create(ARENA_BYTES, ARENA_BLOCK, &server->arena));

    server->refuse_unknown = options.refuse_unknown;
    server->min_version = options.min_version;
    server->client_auth = options.client_auth;
    PEN_TRY(copy_rules(server, &options));
    PEN_TRY(pen_tls_hosts_load(options.certificates, options.certificate_count, server->arena,
                               &server->hosts, err));
    PEN_TRY(pen_tls_callers_create(&options, &server->callers, err));
    PEN_TRY(digest_policy(server));
    PEN_TRY(choose_tickets(server, &options, err));
    PEN_TRY(pen_tls_hosts_build(server->hosts, prepare, server, err));
    return list_dates(server, &options);
}

enum pen_status pen_tls_server_create(const struct pen_tls_server_options *options,
                                      struct pen_tls_server **out, struct pen_error *err)
{
    pen_error_set(err, "TLS cannot be set up");
    struct pen_tls_server *const server = calloc(1, sizeof(*server));
    if (server == NULL) return PEN_ERR_NOMEM;

    atomic_init(&server->references, 1);
    ERR_clear_error();
    const enum pen_status status = build(server, options, err);
    ERR_clear_error();
    if (status != PEN_OK) {
        pen_tls_server_release(server);
        return status;
    }
    *out = server;
    return PEN_OK;
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

    pen_tls_hosts_destroy(server->hosts);
    pen_tls_callers_destroy(server->callers);
    pen_tickets_release(server->tickets);
    pen_arena_destroy(server->arena);
    free(server);
}

SSL *pen_tls_server_session(struct pen_tls_server *server)
{
    SSL *const ssl = SSL_new(pen_tls_hosts_default(server->hosts));
    if (ssl == NULL) return NULL;

    if (SSL_set_ex_data(ssl, slot, pen_tls_server_acquire(server)) != 1) {
        pen_tls_server_release(server);
        SSL_free(ssl);
        return NULL;
    }
    SSL_set_accept_state(ssl);
    return ssl;
}

bool pen_tls_server_asks(const struct pen_tls_server *server)
{
    return server->client_auth != PEN_CLIENT_AUTH_OFF;
}

const struct pen_tls_date *pen_tls_server_dates(const struct pen_tls_server *server, size_t *count)
{
    *count = server->date_count;
    return server->dates;
}

enum pen_status pen_tls_server_rotate(struct pen_tls_server *server)
{
    return pen_tickets_rotate(server->tickets);
}
