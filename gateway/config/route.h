/**
 * Which function a request is for: exact path, prefix ("/hooks/" + "*") and "{name}" templates, by
 * host, on the raw target. Nothing is decoded: the wire codec has refused whatever decoding could
 * make mean something else.
 *
 * Built once from the configuration, immutable, any thread. Look-up cost does not grow with the
 * number of functions: a hash of exact paths, then a segment trie.
 */
#ifndef PEN_GATEWAY_ROUTE_H
#define PEN_GATEWAY_ROUTE_H

#include "gateway/config/config.h"

struct pen_router;

#define PEN_ROUTE_CAPTURES 8

struct pen_route_match {
    const struct pen_config_function *function; /* NULL = none */
    /* What "{name}" segments matched, in order, and the rest behind a "*". Ranges of the path. */
    struct pen_str captures[PEN_ROUTE_CAPTURES];
    size_t capture_count;
};

/** Errors: PEN_ERR_INVALID two functions own the same route (named in `err`), PEN_ERR_NOMEM. */
PEN_MUST_USE enum pen_status pen_router_create(const struct pen_config *config,
                                               struct pen_arena *arena,
                                               const struct pen_router **out,
                                               struct pen_error *err);

/**
 * The most specific match: its host before any host, exact before template before prefix, the
 * longer prefix before the shorter.
 *
 * @param authority  Host as received; its port is ignored, case too
 * @param path       raw path
 */
void pen_router_find(const struct pen_router *router, struct pen_str authority, struct pen_str path,
                     struct pen_route_match *out);

/** The path at the function: `function->target` filled in, or `path`, behind the upstream's base.
 */
void pen_route_target(const struct pen_route_match *match, struct pen_str path,
                      struct pen_buf *buf);

#endif
