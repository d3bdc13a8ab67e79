/** Paths of an OpenAPI document: templates, and which of them a request's path is. */
#ifndef PEN_GATEWAY_SCHEMA_OPENAPI_PATH_H
#define PEN_GATEWAY_SCHEMA_OPENAPI_PATH_H

#include "gateway/schema/openapi.h"

#define PEN_OPENAPI_SEGMENTS 32 /* more is no path that people read; as of routes */

/** "report-{day}.csv": what stands before and behind one name; without a name all is `before`. */
struct pen_openapi_segment {
    struct pen_str before;
    struct pen_str name; /* ptr NULL = none */
    struct pen_str behind;
};

struct pen_openapi_path {
    struct pen_str text;
    struct pen_openapi_segment segments[PEN_OPENAPI_SEGMENTS];
    size_t segment_count;
    size_t name_count;
    const struct pen_openapi_operation *operations;
    size_t operation_count;
    struct pen_str allow; /* "GET, POST" */
};

struct pen_openapi_paths {
    struct pen_str base;
    struct pen_openapi_path *list;
    size_t count;
};

/** False: it is none that is read; `problem` ends the sentence. */
PEN_MUST_USE bool pen_openapi_path_read(struct pen_str text, struct pen_openapi_path *out,
                                        const char **problem);

/** Put them into the order in which they are tried. Errors: PEN_ERR_NOMEM */
PEN_MUST_USE enum pen_status pen_openapi_paths_ready(struct pen_openapi_paths *paths,
                                                     struct pen_arena *arena);

/**
 * Can a request on this route ("/shop/{id}") be on one of the paths? False is certain: what a route
 * and a path begin with, up to a name, is compared.
 */
bool pen_openapi_paths_meet(const struct pen_openapi_paths *paths, struct pen_str route);

/** As pen_openapi_find. */
void pen_openapi_paths_find(const struct pen_openapi_paths *paths, struct pen_str method,
                            struct pen_str path, struct pen_openapi_match *out);

#endif
