/**
 * Texts that come by name, as a value that a schema can be held against: parameters of a query, of
 * a form, of a path, and header fields.
 *
 * They come as texts and a schema speaks of numbers and lists, so a text becomes what the schema's
 * `type` says, in the way of OpenAPI's readers and of Ajv's coerceTypes, and stays a text where
 * that cannot be: then the schema says no. `type` is looked up at `properties` and the name,
 * through references within the file and `allOf`. Pure; any thread.
 */
#ifndef PEN_GATEWAY_SCHEMA_VALUES_H
#define PEN_GATEWAY_SCHEMA_VALUES_H

#include "filters/core/event.h"

/** A schema as it is written. */
struct pen_typed {
    const struct pen_json *document; /* references are looked up here */
    const struct pen_json *schema;   /* NULL = nothing is known: texts stay texts */
};

/** A name and a text. */
struct pen_named_text {
    struct pen_str name;
    struct pen_str text;
    uint32_t index; /* order of those of one name */
};

/** What `schema` says of the member `name`. */
struct pen_typed pen_typed_property(struct pen_typed typed, struct pen_str name);

/** Does `type` allow this one alone, or among others? */
bool pen_typed_is(struct pen_typed typed, struct pen_str type);

/**
 * A text as JSON could hold it: each byte that is no UTF-8, as header fields may have them, becomes
 * U+FFFD. Schemas read texts without a look whether they are UTF-8.
 *
 * @param out  the same memory where nothing is amiss
 *
 * Errors: PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_values_text(struct pen_str bytes, struct pen_arena *arena,
                                             struct pen_str *out);

/**
 * Pairs of a query or form, decoded, sorted by name and then as they came.
 *
 * Errors: PEN_ERR_NOMEM, PEN_ERR_SYNTAX (no pairs: whoever takes the event apart has refused it)
 */
PEN_MUST_USE enum pen_status pen_values_split(struct pen_str pairs, struct pen_arena *arena,
                                              struct pen_named_text **out, size_t *count);

/** Header fields likewise, by pen_values_text(), names in lower case. Errors: PEN_ERR_NOMEM */
PEN_MUST_USE enum pen_status pen_values_fields(const struct pen_event_field *fields, size_t count,
                                               struct pen_arena *arena,
                                               struct pen_named_text **out);

/** One value of the texts of one name: a list where there are several, or `type` says so. */
PEN_MUST_USE enum pen_status pen_values_one(const struct pen_named_text *texts, size_t count,
                                            struct pen_typed typed, struct pen_arena *arena,
                                            struct pen_json **out);

/** An object of them all; `texts` as the functions above leave them. Errors: PEN_ERR_NOMEM */
PEN_MUST_USE enum pen_status pen_values_object(const struct pen_named_text *texts, size_t count,
                                               struct pen_typed typed, struct pen_arena *arena,
                                               const struct pen_json **out);

#endif
