/**
 * OpenAPI 3.1 as a source of schemas: which operation a request is, and what it must look like.
 *
 * The document's own schemas are compiled where they stand (JSON Pointers into it), so references
 * into `components` hold. References to parameters, bodies, answers and path items are followed
 * within the document. What is not understood is an error when it is loaded, never passed over: a
 * parameter that is written in another style than the default ones, or by `content`.
 *
 * Source: OpenAPI Specification 3.1.1
 */
#ifndef PEN_GATEWAY_SCHEMA_OPENAPI_H
#define PEN_GATEWAY_SCHEMA_OPENAPI_H

#include "gateway/schema/files.h"
#include "gateway/schema/values.h"

#define PEN_OPENAPI_CAPTURES 16 /* of one path */

/** A schema in the document. */
struct pen_openapi_schema {
    const struct pen_schema **schema; /* once all are compiled together; NULL = anything */
    struct pen_typed typed;
};

enum pen_openapi_in { PEN_OPENAPI_QUERY, PEN_OPENAPI_HEADER, PEN_OPENAPI_PATH };

struct pen_openapi_parameter {
    const struct pen_json *node; /* where it stands */
    struct pen_str name;         /* of headers in lower case */
    enum pen_openapi_in in;
    bool required;
    bool is_joined; /* a list in one text, between commas */
    struct pen_openapi_schema schema;
};

/** What a body of one media type must look like. */
struct pen_openapi_content {
    struct pen_str type; /* "application/json", "text/" and "" before an asterisk */
    bool is_range;
    struct pen_openapi_schema schema;
};

struct pen_openapi_answer {
    struct pen_str status; /* "200", "2XX", "default" */
    const struct pen_openapi_content *contents;
    size_t content_count;
};

struct pen_openapi_operation {
    struct pen_str method; /* "POST" */
    struct pen_str path;   /* the template, as written */
    const struct pen_json *node;
    const struct pen_openapi_parameter *parameters;
    size_t parameter_count;
    bool has_body;
    bool needs_body;
    const struct pen_openapi_content *contents; /* of the body */
    size_t content_count;
    const struct pen_openapi_answer *answers;
    size_t answer_count;
};

struct pen_openapi;

/** Read and compile. `err` says file, line, column and what is wrong. */
PEN_MUST_USE enum pen_status pen_openapi_compile(struct pen_schema_files *files,
                                                 const struct pen_config_function *function,
                                                 const struct pen_openapi **out,
                                                 struct pen_error *err);

/** A request's operation and the values of its path's names, raw. */
struct pen_openapi_match {
    const struct pen_openapi *openapi;
    const struct pen_openapi_operation *operation; /* NULL: none */
    bool knows_path;      /* without an operation: another method has one */
    struct pen_str allow; /* then: "GET, POST" */
    struct pen_named_text captures[PEN_OPENAPI_CAPTURES];
    size_t capture_count;
};

/** Concrete paths come before those with names (section 4.8.8.1). HEAD is GET where none is. */
void pen_openapi_find(const struct pen_openapi *openapi, struct pen_str method, struct pen_str path,
                      struct pen_openapi_match *out);

/** What is said of a media type ("application/json; charset=utf-8"); NULL: it is not listed. */
const struct pen_openapi_content *pen_openapi_content(const struct pen_openapi_content *contents,
                                                      size_t count, struct pen_str type);

/** What is said of an answer's status, the narrowest; NULL: it is not listed. */
const struct pen_openapi_answer *pen_openapi_answer(const struct pen_openapi_operation *operation,
                                                    int status);

/** The document's file, for records. */
struct pen_str pen_openapi_file(const struct pen_openapi *openapi);

#endif
