/**
 * What reading an OpenAPI document shares: where it is, and which of its schemas are yet to be
 * compiled. Used by openapi*.c alone, while a snapshot is made and by the control thread.
 *
 * Source: OpenAPI 3.1.0, section 4
 */
#ifndef PEN_GATEWAY_SCHEMA_OPENAPI_READING_H
#define PEN_GATEWAY_SCHEMA_OPENAPI_READING_H

#include "gateway/schema/openapi.h"

/** A schema that is yet to be compiled. */
struct pen_openapi_pending {
    struct pen_str pointer;
    const struct pen_schema **schema;
    struct pen_openapi_pending *next;
};

struct pen_openapi_reading {
    struct pen_schema_files *files;
    struct pen_openapi_pending *pending;
    uint32_t pending_count;
    const struct pen_schema_file *file;
    bool annotate;
    struct pen_error *err;
};

/** Say what is wrong with a value of the document; PEN_ERR_INVALID. */
#define PEN_OPENAPI_FAIL(reading, value, ...) \
    pen_schema_files_fail((reading)->file, value, (reading)->err, __VA_ARGS__)

/** Say so; PEN_ERR_NOMEM. */
enum pen_status pen_openapi_no_memory(const struct pen_openapi_reading *reading);

/**
 * What a Reference Object leads to; the value itself when it is none.
 *
 * Errors: PEN_ERR_INVALID, which is told: it leads nowhere, out of the document or in a circle
 */
PEN_MUST_USE enum pen_status pen_openapi_dereference(const struct pen_openapi_reading *reading,
                                                     const struct pen_json *value,
                                                     const struct pen_json **out);

/**
 * Compile a schema later, with all others: they refer to the same components.
 *
 * @param schema  NULL is none
 * @param out     its `schema` leads to the compiled one from pen_openapi_compile_pending() on
 *
 * Errors: PEN_ERR_INVALID, PEN_ERR_NOMEM, which are told
 */
PEN_MUST_USE enum pen_status pen_openapi_later(struct pen_openapi_reading *reading,
                                               const struct pen_json *schema,
                                               struct pen_openapi_schema *out);

/** In the document's order, so that the first mistake is the one that is told. Errors: as above. */
PEN_MUST_USE enum pen_status pen_openapi_compile_pending(struct pen_openapi_reading *reading);

/** Is a member true? `otherwise` when it is not there. */
static inline bool pen_openapi_is_said(const struct pen_json *object, struct pen_str name,
                                       bool otherwise)
{
    const struct pen_json *const value = pen_json_member(object, name);
    return value == NULL ? otherwise : value->type == PEN_JSON_TRUE;
}

/** Children; none of what is not there. */
static inline size_t pen_openapi_count(const struct pen_json *value)
{
    return value == NULL ? 0 : value->count;
}

/** In lower case, in the files' arena. Errors: PEN_ERR_NOMEM, which is told. */
PEN_MUST_USE enum pen_status pen_openapi_lower(const struct pen_openapi_reading *reading,
                                               struct pen_str text, struct pen_str *out);

/** Those of a Path Item and of one of its operations. Errors: as above. */
PEN_MUST_USE enum pen_status pen_openapi_read_parameters(struct pen_openapi_reading *reading,
                                                         const struct pen_json *item,
                                                         const struct pen_json *value,
                                                         struct pen_openapi_operation *operation);

#endif
