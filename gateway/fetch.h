/**
 * Documents fetched from the control thread: key sets, certificates. Ordinary libcurl transfers,
 * off the way of an event; HTTPS only (plain HTTP on loopback), no redirects, size and time
 * bounded, no proxy from the environment. One thread.
 */
#ifndef PEN_GATEWAY_FETCH_H
#define PEN_GATEWAY_FETCH_H

#include "gateway/loop.h"

struct pen_fetcher;
struct pen_fetch;

struct pen_fetch_options {
    struct pen_str url;          /* NUL-terminated behind its length */
    struct pen_str connect;      /* "host:port" to connect to instead of the URL's, which must
                                    still prove the URL's name; NUL-terminated; empty = the URL's */
    struct pen_str ca;           /* PEM file; empty = the system's */
    const char *accept;          /* Accept; NULL = JSON and key sets */
    size_t max_bytes;            /* 256 KiB for key sets */
    uint32_t connect_timeout_ms; /* 2,000 */
    uint32_t timeout_ms;         /* 5,000 */
    struct pen_str etag;         /* If-None-Match; empty = none */
};

struct pen_fetch_answer {
    enum pen_status status; /* PEN_OK: `http_status` is 200 or 304 */
    long http_status;
    struct pen_str body;  /* valid during the call */
    struct pen_str etag;  /* valid during the call; empty = none */
    uint32_t max_age_s;   /* of Cache-Control; 0 = none given */
    struct pen_error err; /* why not, for the log */
};

PEN_MUST_USE enum pen_status pen_fetcher_create(struct pen_loop *loop, struct pen_fetcher **out);
/** Cancels what runs. */
void pen_fetcher_destroy(struct pen_fetcher *fetcher);

/** Start; `done` is called once from a later turn of the loop. */
PEN_MUST_USE enum pen_status pen_fetch_start(
    struct pen_fetcher *fetcher, const struct pen_fetch_options *options,
    void (*done)(void *owner, const struct pen_fetch_answer *answer), void *owner);

/** End what was started for this owner; its `done` is not called any more. */
void pen_fetch_forget(struct pen_fetcher *fetcher, const void *owner);

#endif
