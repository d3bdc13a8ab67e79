/**
 * What is to be sent, read from a small YAML file: where to, how fast, with which tokens, and a mix
 * of kinds of events with the answer that each is to get.
 *
 * The same reader as the gateway's configuration: ${NAME:-default} stands for the environment,
 * file names start at the file's folder, a mistake is told with line, column and the nearest key
 * that exists. Everything that is sent is made here, once, so that sending costs no more than it
 * must. bench/README.md lists the keys. Immutable once read.
 */
#ifndef PEN_BENCH_LOAD_SCENARIO_H
#define PEN_BENCH_LOAD_SCENARIO_H

#include "filters/core/arena.h"

#define LOAD_KINDS_MOST    32      /* rows that a person reads; scenario.schema.json, too */
#define LOAD_EXPECTED_MOST 8       /* statuses that one kind may be answered with */
#define LOAD_RATE_MOST     1000000 /* events a second; beyond is a mistake */
#define LOAD_AT_ONCE_MOST  16384   /* connections; loopback has ports for 28,000 */
#define LOAD_MS_MOST       3600000 /* an hour: a load is never without end */

enum load_arrival { LOAD_POISSON, LOAD_CONSTANT };

/** What becomes of a connection between two events. */
enum load_connection {
    LOAD_KEPT,    /* the next event takes it */
    LOAD_FRESH,   /* a connection and a full handshake for each event */
    LOAD_RESUMED, /* a connection for each, its session resumed */
};

/** What a caller does wrong, beside what it sends. */
enum load_fault {
    LOAD_NO_FAULT,
    LOAD_SLOW_BODY,    /* drips the body, `pace` bytes a second */
    LOAD_ABORT_BODY,   /* ends the connection in the middle of the body */
    LOAD_ABORT_ANSWER, /* asks, and ends the connection without waiting for the answer */
};

/** Tokens under one name; events take one at random. */
struct load_tokens {
    struct pen_str name;
    char **fields; /* "Authorization: Bearer ...", ended by NUL */
    size_t count;
};

struct load_kind {
    struct pen_str name;
    uint32_t weight; /* of the sum of all weights */
    struct pen_str method;
    struct pen_str path;
    const struct load_tokens *tokens; /* NULL: none is sent */
    const struct pen_str *bodies;     /* one of these, at random */
    size_t body_count;                /* 0: no body */
    const struct pen_str *fields;     /* "Name: value", Content-Type among them */
    size_t field_count;
    uint16_t expected[LOAD_EXPECTED_MOST];
    size_t expected_count;
    enum load_fault fault;
    uint32_t pace; /* bytes a second of LOAD_SLOW_BODY */
};

struct load_scenario {
    struct pen_arena *arena; /* of everything below */
    struct pen_str about;
    struct pen_str target;      /* "https://127.0.0.1:8443", without a path */
    struct pen_str unix_socket; /* to connect to instead of the target's address; may be empty */
    struct pen_str ca;          /* file of authorities for the target; empty: the system's */
    struct pen_str certificate; /* that callers show, with its key; may be empty */
    struct pen_str key;
    uint32_t rate; /* events a second; 0: as many as are answered (closed loop) */
    enum load_arrival arrival;
    enum load_connection connection;
    uint32_t at_once; /* connections at most */
    uint32_t duration_ms;
    uint32_t warmup_ms; /* sent before, and not counted */
    uint32_t timeout_ms;
    const struct load_kind *kinds;
    size_t kind_count;
    uint32_t weight_sum;
    size_t body_bytes; /* of all bodies */
};

/**
 * Read a scenario, its event files and its keys, and mint its tokens.
 *
 * @param file  followed by a NUL that is not counted
 *
 * Errors: PEN_ERR_IO, PEN_ERR_SYNTAX, PEN_ERR_INVALID, PEN_ERR_LIMIT, PEN_ERR_NOMEM; `err` says
 *         what is to be done, with line and column when it is about the file's text
 */
PEN_MUST_USE enum pen_status load_scenario_read(struct pen_str file, struct load_scenario *out,
                                                struct pen_error *err);

/**
 * The same from a text. Without files none is read: a scenario that names one is refused.
 *
 * Errors: as load_scenario_read, but for PEN_ERR_IO
 */
PEN_MUST_USE enum pen_status load_scenario_parse(struct pen_str text, struct pen_str folder,
                                                 bool with_files, struct load_scenario *out,
                                                 struct pen_error *err);

/**
 * "https://host:port" or "http://host:port", with or without the slash at its end.
 *
 * @param out  without the slash; of `url`
 */
PEN_MUST_USE bool load_target_read(struct pen_str url, struct pen_str *out);

/** Give it back. One that was not read is fine when it is zeroed. */
void load_scenario_release(struct load_scenario *scenario);

/** Whether the target is this machine: a loopback address, localhost, or a Unix socket. */
bool load_scenario_is_local(const struct load_scenario *scenario);

#endif
