/** Both ends in one thread, over a pair of memory buffers. */
#include "tests/support/handshake.h"

#include <openssl/err.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

SSL_CTX *handshake_client(struct pki *pki, const char *identity)
{
    SSL_CTX *const client = SSL_CTX_new(TLS_client_method());
    assert_non_null(client);
    assert_int_equal(SSL_CTX_load_verify_file(client, pki_path(pki, "ca.pem").ptr), 1);
    SSL_CTX_set_verify(client, SSL_VERIFY_PEER, NULL);
    if (identity == NULL) return client;

    char file[64];
    (void)snprintf(file, sizeof(file), "%s.pem", identity);
    assert_int_equal(SSL_CTX_use_certificate_chain_file(client, pki_path(pki, file).ptr), 1);
    (void)snprintf(file, sizeof(file), "%s.key", identity);
    assert_int_equal(SSL_CTX_use_PrivateKey_file(client, pki_path(pki, file).ptr, SSL_FILETYPE_PEM),
                     1);
    return client;
}

static void fulfil(SSL *client, const struct handshake_wish *wish)
{
    if (wish->session != NULL) assert_int_equal(SSL_set_session(client, wish->session), 1);
    if (wish->protocols != NULL) {
        const unsigned int len = (unsigned int)strlen(wish->protocols);
        assert_int_equal(SSL_set_alpn_protos(client, (const unsigned char *)wish->protocols, len),
                         0);
    }
    if (wish->host != NULL) {
        char host[300];
        (void)snprintf(host, sizeof(host), "%s", wish->host); /* OpenSSL wants it without const */
        assert_int_equal(SSL_set_tlsext_host_name(client, host), 1);
    }
    if (wish->schemes != NULL) {
        char schemes[300];
        (void)snprintf(schemes, sizeof(schemes), "%s", wish->schemes); /* likewise */
        assert_int_equal(SSL_set1_sigalgs_list(client, schemes), 1);
    }
    if (wish->status) {
        assert_int_equal(SSL_set_tlsext_status_type(client, TLSEXT_STATUSTYPE_ocsp), 1);
    }
}

/* In TLS 1.3 the client is through before the server has looked at its certificate: what the server
 * thinks of it comes as an alert to the first read. */
static void read_alert(struct ends *ends)
{
    char byte = 0;
    size_t count = 0;
    ERR_clear_error();
    if (SSL_read_ex(ends->client, &byte, 1, &count) != 1) {
        ends->reason = ERR_GET_REASON(ERR_peek_error());
    }
}

static bool go_through(struct ends *ends)
{
    ERR_clear_error();
    for (int i = 0; i < 20; i++) {
        const int client = SSL_do_handshake(ends->client);
        if (client != 1 && SSL_get_error(ends->client, client) == SSL_ERROR_SSL) {
            ends->reason = ERR_GET_REASON(ERR_peek_error());
            return false;
        }
        const int accepted = SSL_do_handshake(ends->server);
        const bool failed = accepted != 1 && SSL_get_error(ends->server, accepted) == SSL_ERROR_SSL;
        ERR_clear_error();
        if (client == 1 && accepted == 1) return true;
        if (client == 1 && failed) {
            read_alert(ends);
            return false;
        }
    }
    return false;
}

struct ends shake_hands(struct pen_tls_server *server, SSL_CTX *client,
                        const struct handshake_wish *wish)
{
    struct ends ends = {.server = pen_tls_server_session(server), .client = SSL_new(client)};
    assert_non_null(ends.server);
    assert_non_null(ends.client);
    BIO *near = NULL;
    BIO *far = NULL;
    assert_int_equal(BIO_new_bio_pair(&near, 0, &far, 0), 1);
    SSL_set_bio(ends.server, near, near);
    SSL_set_bio(ends.client, far, far);
    SSL_set_connect_state(ends.client);
    if (wish != NULL) fulfil(ends.client, wish);

    ends.done = go_through(&ends);
    char byte = 0;
    size_t count = 0;
    if (ends.done) {
        assert_int_equal(SSL_write_ex(ends.server, "s", 1, &count), 1);
        if (SSL_read_ex(ends.client, &byte, 1, &count) != 1) {
            ends.reason = ERR_GET_REASON(ERR_peek_error());
            ends.done = false;
        }
    }
    return ends;
}

void part_ends(struct ends *ends)
{
    SSL_free(ends->server);
    SSL_free(ends->client);
}

SSL_SESSION *ticket_of(struct pen_tls_server *server, SSL_CTX *client)
{
    struct ends ends = shake_hands(server, client, NULL);
    assert_true(ends.done);
    assert_false(SSL_session_reused(ends.server));
    SSL_SESSION *const session = SSL_get1_session(ends.client);
    assert_non_null(session);
    assert_true(SSL_SESSION_has_ticket(session));
    (void)SSL_shutdown(ends.client);
    part_ends(&ends);
    return session;
}

bool resumes(struct pen_tls_server *server, SSL_CTX *client, SSL_SESSION *session)
{
    struct ends ends = shake_hands(server, client, &(struct handshake_wish){.session = session});
    assert_true(ends.done);
    const bool reused = SSL_session_reused(ends.server) == 1;
    (void)SSL_shutdown(ends.client);
    part_ends(&ends);
    return reused;
}
