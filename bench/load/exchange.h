/**
 * One event on its way: a libcurl handle that sends events of any kind, one after the other, and
 * misbehaves where the kind's fault says so.
 *
 * One thread.
 */
#ifndef PEN_BENCH_LOAD_EXCHANGE_H
#define PEN_BENCH_LOAD_EXCHANGE_H

#include "bench/load/arrivals.h"
#include "bench/load/report.h"
#include "bench/load/sessions.h"
#include "bench/load/sockets.h"

struct load_exchange {
    CURL *easy;
    struct load_exchange *next_free;
    const struct load_kind *kind; /* of the event that is on its way; NULL: none is */
    struct load_tally *tally;
    struct pen_str body;
    size_t sent;           /* bytes of the body, by a fault that sends by itself */
    uint64_t due_ns;       /* when the event was to be sent */
    uint64_t next_drip_ns; /* 0: libcurl is not waiting for a drip */
    bool counted;          /* due within the time that counts */
    bool left;             /* its fault ended it */
    bool seen;             /* the answer's first line came */
    bool resumed;
    bool settled;            /* it was done with an event before: its connection is there */
    SSL_SESSION *session;    /* for the next connection, where they resume */
    struct curl_slist token; /* the Authorization field, before the kind's */
    char error[CURL_ERROR_SIZE];
};

/** What all exchanges of a load share. */
struct load_lane {
    const struct load_scenario *scenario;
    struct load_sockets *sockets;
    struct load_report *report;
    struct load_random random;
    char **urls;                /* by kind */
    struct curl_slist **fields; /* by kind */
};

/** Errors: PEN_ERR_NOMEM, PEN_ERR_INTERNAL (libcurl lacks what is asked for) */
PEN_MUST_USE enum pen_status load_exchange_init(struct load_exchange *exchange,
                                                struct load_lane *lane);
void load_exchange_deinit(struct load_exchange *exchange, struct load_lane *lane);

/** Send an event of a kind that is drawn now. Errors: PEN_ERR_INTERNAL. */
PEN_MUST_USE enum pen_status load_exchange_begin(struct load_exchange *exchange,
                                                 struct load_lane *lane, uint64_t due_ns,
                                                 bool counted);

/**
 * libcurl is done with it: count what became of it. It is free afterwards.
 *
 * @return whether it was answered as its kind expects
 */
bool load_exchange_done(struct load_exchange *exchange, struct load_lane *lane, CURLcode result);

/** It is not waited for any longer. */
void load_exchange_give_up(struct load_exchange *exchange, struct load_lane *lane);

/** The next bytes of a slow body, when they are due. For exchanges on their way, now and then. */
void load_exchange_tick(struct load_exchange *exchange, uint64_t now_ns);

/** The kind that `draw`, below the sum of the weights, falls to. */
size_t load_kind_drawn(const struct load_scenario *scenario, uint64_t draw);

#endif
