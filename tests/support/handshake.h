/**
 * Handshakes in memory between a listener's TLS and an ordinary client.
 * Every function fails the running test when something does not work that should.
 */
#ifndef PEN_TESTS_HANDSHAKE_H
#define PEN_TESTS_HANDSHAKE_H

#include <openssl/ssl.h>

#include "gateway/tls/server.h"
#include "tests/support/pki.h"

/** What a client does besides the ordinary. */
struct handshake_wish {
    SSL_SESSION *session;  /* to resume */
    const char *protocols; /* ALPN, as it goes over the wire */
    const char *host;      /* SNI */
    const char *schemes;   /* signature algorithms it can verify: "RSA-PSS+SHA256" */
    bool status;           /* asks for a stapled response */
};

struct ends {
    SSL *server;
    SSL *client;
    bool done;  /* both shook hands, and a byte went from server to client */
    int reason; /* the client's OpenSSL reason when it failed */
};

/** A client that trusts "ca.pem" and has the identity of "<identity>.pem", or none. */
SSL_CTX *handshake_client(struct pki *pki, const char *identity);

/** Shake hands, then write a byte so that tickets arrive. `wish` may be NULL. */
struct ends shake_hands(struct pen_tls_server *server, SSL_CTX *client,
                        const struct handshake_wish *wish);
void part_ends(struct ends *ends);

/** The ticket of one connection. */
SSL_SESSION *ticket_of(struct pen_tls_server *server, SSL_CTX *client);
/** Shake hands with a ticket: was it taken? */
bool resumes(struct pen_tls_server *server, SSL_CTX *client, SSL_SESSION *session);

#endif
