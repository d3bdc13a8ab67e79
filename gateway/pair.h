/**
 * The socket pair between the edge and libmicrohttpd: the edge's end of it.
 *
 * Requests cross it in a canonical form (what the wire codec has parsed, written anew), one at a
 * time, so any pair serves any caller; it belongs to a caller's connection only while a request
 * runs. One worker.
 */
#ifndef PEN_GATEWAY_PAIR_H
#define PEN_GATEWAY_PAIR_H

#include "gateway/loop.h"

struct pen_edge_connection;

struct pen_pair {
    struct pen_watch watch;             /* on the edge's end; registered while the pair lives */
    struct pen_edge_connection *caller; /* NULL while idle */
    void *request;                      /* the worker's, while one runs */
};

#endif
