/** Callbacks of OpenSSL on the context that libcurl makes for each connection. */
#include "bench/load/sessions.h"

static int take_session(SSL *ssl, SSL_SESSION *session)
{
    SSL_SESSION **const kept = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    SSL_SESSION_free(*kept);
    *kept = session;
    return 1; /* it is ours now */
}

/* Before the first message is written, which is when OpenSSL looks for a session. A copy: the one
 * that was used is good for nothing once the server has sent another ticket. */
static void offer_session(const SSL *ssl, int where, int result)
{
    (void)result;
    if ((where & SSL_CB_HANDSHAKE_START) == 0) return;
    SSL_SESSION *const *const kept = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    if (*kept == NULL || SSL_get_session(ssl) != NULL) return;

    SSL_SESSION *const copy = SSL_SESSION_dup(*kept);
    /* The callback's type says const; OpenSSL hands out the connection itself. */
    if (copy != NULL) (void)SSL_set_session((SSL *)(uintptr_t)ssl, copy);
    SSL_SESSION_free(copy);
}

static CURLcode set_up(CURL *easy, void *context, void *kept)
{
    (void)easy;
    SSL_CTX *const ssl_context = context;
    if (SSL_CTX_set_app_data(ssl_context, kept) != 1) return CURLE_OUT_OF_MEMORY;
    (void)SSL_CTX_set_session_cache_mode(ssl_context,
                                         SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ssl_context, take_session);
    SSL_CTX_set_info_callback(ssl_context, offer_session);
    return CURLE_OK;
}

CURLcode load_sessions_keep(CURL *easy, SSL_SESSION **kept)
{
    const CURLcode result = curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, set_up);
    return result == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, kept) : result;
}
