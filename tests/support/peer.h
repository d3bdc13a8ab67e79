/**
 * Scripted functions for tests: a listener on loopback whose connections each run a script in a
 * thread of their own, plain or over TLS. Scripts block on their socket and on nothing else;
 * peer_stop wakes them all. Set-up that does not work aborts the test.
 */
#ifndef PEN_TESTS_PEER_H
#define PEN_TESTS_PEER_H

#include "tests/support/pki.h"

struct peer;
struct peer_talk; /* one connection, as its script sees it */

struct peer_options {
    struct pki *pki;
    const char *identity;  /* "<identity>.pem" and ".key"; NULL = no TLS */
    bool ask_client;       /* demand a certificate of the authority */
    int max_version;       /* 12: no TLS 1.3 */
    bool mute;             /* accept, and never say a word */
    const char *unix_path; /* listen here instead of on loopback */
    void (*script)(struct peer_talk *talk);
};

struct peer *peer_start(const struct peer_options *options);
void peer_stop(struct peer *peer);
uint16_t peer_port(const struct peer *peer);
size_t peer_connections(const struct peer *peer);
/** Requests read whole. */
size_t peer_requests(const struct peer *peer);
/** Bytes that the scripts could send so far. */
size_t peer_sent(const struct peer *peer);
/** The latest request, as received; valid until peer_stop. */
struct pen_str peer_request(struct peer *peer);

/** For scripts. Number of the connection, from 1. */
size_t peer_number(const struct peer_talk *talk);
/** Read one request by its Content-Length. False at the end of the connection. */
bool peer_read(struct peer_talk *talk);
bool peer_send(struct peer_talk *talk, struct pen_str bytes);
/** Wait until the gateway closes. */
void peer_wait_end(struct peer_talk *talk);
/** Close without TLS's goodbye, or with a TCP reset. */
void peer_cut(struct peer_talk *talk);
void peer_reset(struct peer_talk *talk);

/** Open descriptors of this process. */
size_t peer_count_descriptors(void);

#endif
