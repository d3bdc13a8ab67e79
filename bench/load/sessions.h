/**
 * TLS sessions kept for the next connection, whatever libcurl does with its own.
 *
 * libcurl 7.88 forgets every other session of a server that sends one ticket a connection, so that
 * half of the connections would not be resumed. Here each exchange keeps its latest one. One
 * thread.
 */
#ifndef PEN_BENCH_LOAD_SESSIONS_H
#define PEN_BENCH_LOAD_SESSIONS_H

#include <curl/curl.h>
#include <openssl/ssl.h>

/**
 * Resume the session in `kept`, and keep the one that the server gives next.
 *
 * @param kept  outlives the handle; what it holds at the end is the owner's, for SSL_SESSION_free()
 */
CURLcode load_sessions_keep(CURL *easy, SSL_SESSION **kept);

#endif
