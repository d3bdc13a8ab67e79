/**
 * The text of a route, taken apart: "/function/{name}/files/" + "*" is four segments.
 *
 * A `{name}` stands for one whole, non-empty segment, a final `*` for everything behind its slash;
 * everything else is compared byte by byte with the raw path. Pure functions; any thread.
 */
#ifndef PEN_GATEWAY_ROUTE_TEXT_H
#define PEN_GATEWAY_ROUTE_TEXT_H

#include "filters/core/arena.h"

#define PEN_ROUTE_SEGMENTS 32   /* more is no path that people read */
#define PEN_ROUTE_BYTES    1024 /* likewise */

enum pen_segment_kind { PEN_SEGMENT_LITERAL, PEN_SEGMENT_CAPTURE, PEN_SEGMENT_REST };

struct pen_route_segment {
    struct pen_str text; /* the literal's bytes, the capture's name without braces; "*" */
    enum pen_segment_kind kind;
};

struct pen_route_text {
    struct pen_route_segment segments[PEN_ROUTE_SEGMENTS];
    size_t segment_count;
    size_t capture_count; /* captures and the rest */
};

/**
 * @param most     how many captures, the rest counted, the caller has room for
 * @param problem  what is wrong, as the end of a sentence; static storage
 *
 * Errors: PEN_ERR_INVALID with `problem`; `out` may be half written
 */
PEN_MUST_USE enum pen_status pen_route_text_read(struct pen_str route, size_t most,
                                                 struct pen_route_text *out, const char **problem);

/** The segment that starts at `at` (behind a slash), up to the next slash or the end. */
struct pen_str pen_route_segment_at(struct pen_str path, size_t at);

/** What one segment of a route or a target is. */
struct pen_route_segment pen_route_segment_of(struct pen_str text, bool last);

/**
 * Why `path` is no plain raw path: absolute, no empty or dot segments, nothing that would have to
 * be decoded to be understood. NULL when it is one.
 */
const char *pen_route_path_problem(struct pen_str path);

/**
 * The path as routes see it: escapes of unreserved characters decoded. "/%61dmin" is "/admin" to a
 * function (RFC 3986 section 2.3), so it must be to the routes, or it would go by a wider route
 * with weaker rules. Other escapes mean another path, and stay.
 *
 * @param path  as the wire codec passed it
 * @param out   `path` itself, or memory of the arena
 *
 * Errors: PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_route_plain_path(struct pen_str path, struct pen_arena *arena,
                                                  struct pen_str *out);

/**
 * The path as a server sees it that cuts off path parameters (Tomcat, Jetty, Spring):
 * "/admin;x=1" is "/admin" to it, and a segment of nothing but one is none. Only to be compared
 * with what the path itself leads to.
 *
 * @param out  `path` itself, or memory of the arena
 *
 * Errors: PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_route_bare_path(struct pen_str path, struct pen_arena *arena,
                                                 struct pen_str *out);

#endif
