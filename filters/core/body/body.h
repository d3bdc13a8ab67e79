/**
 * Readers of bodies, one file a format: each adds to the list of leaves what a function would see.
 *
 * All of them: `leaves->code` and `offset` (in the body) tell what was wrong and where on errors.
 * Errors: PEN_ERR_SYNTAX       not what its type says
 *         PEN_ERR_UNSUPPORTED  a charset within that is not read
 *         PEN_ERR_LIMIT, PEN_ERR_NOMEM  as pen_leaves_add
 */
#ifndef PEN_CORE_BODY_BODY_H
#define PEN_CORE_BODY_BODY_H

#include "filters/core/event_leaves.h"

/**
 * One JSON document; `root` is its tree.
 *
 * @param left_out  what the tree does not show of it, as pen_json_read_sparse; NULL: it shows all
 */
PEN_MUST_USE enum pen_status pen_body_add_json(struct pen_leaves *leaves, struct pen_str body,
                                               const struct pen_json **root,
                                               struct pen_json_left_out *left_out, size_t *offset);

/** JSON documents line by line, or as RFC 7464 has them; `root` is an array of them. */
PEN_MUST_USE enum pen_status pen_body_add_ndjson(struct pen_leaves *leaves, struct pen_str body,
                                                 const struct pen_json **root, size_t *offset);

/** The same, and nothing is added: what a text holds has its own place. */
PEN_MUST_USE enum pen_status pen_body_read_ndjson(struct pen_leaves *leaves, struct pen_str body,
                                                  const struct pen_json **root, size_t *offset);

/** application/graphql: one document. Codes are those of pen_graphql_read. */
PEN_MUST_USE enum pen_status pen_body_add_graphql(struct pen_leaves *leaves, struct pen_str body,
                                                  size_t *offset);

/** Text: one leaf. */
PEN_MUST_USE enum pen_status pen_body_add_text(struct pen_leaves *leaves, struct pen_str body,
                                               size_t *offset);

/**
 * Names and values of "a=1&b=2", of a form or a query, by the WHATWG URL standard's one way: '&'
 * parts, the first '=' ends the name, '+' is a space, percent-encoding is undone once.
 *
 * Beyond it refused, because other readers go other ways ("query." instead of "form." for a query):
 * "form.syntax" a '%' without two digits; "form.semicolon" a ';' with a '=' behind it, at which
 * some readers part; "form.utf8" and "form.nul" what decodes to bytes that are no UTF-8 or NUL;
 * "form.charset" a field `_charset_` that names another than UTF-8; "form.fields" too many.
 *
 * @param origin  PEN_ORIGIN_FORM or PEN_ORIGIN_QUERY
 */
PEN_MUST_USE enum pen_status pen_body_add_pairs(struct pen_leaves *leaves, struct pen_str text,
                                                enum pen_origin origin, size_t *offset);

/**
 * The parts of multipart/form-data (filters/core/body/multipart.h says how strictly): names, file
 * names, values of their fields, and texts, each opened like any text.
 *
 * @param boundary  as pen_media_type_read gives it
 * @param holder    the leaf whose text the body is; NULL for the request's
 * @param layer     how many encodings were undone to reach it
 */
PEN_MUST_USE enum pen_status pen_body_add_multipart(struct pen_leaves *leaves, struct pen_str body,
                                                    struct pen_str boundary,
                                                    const struct pen_leaf *holder, uint32_t layer,
                                                    size_t *offset);

/** One XML document (filters/core/body/xml.h). */
PEN_MUST_USE enum pen_status pen_body_add_xml(struct pen_leaves *leaves, struct pen_str body,
                                              size_t *offset);

/**
 * Add the names, values, texts and comments of an XML document, in its order, each with what it
 * holds.
 *
 * @param holder  the leaf whose text the document is; NULL for the body
 * @param layer   how many encodings were undone to reach them
 */
PEN_MUST_USE enum pen_status pen_leaves_add_xml(struct pen_leaves *leaves,
                                                const struct pen_json *document,
                                                const struct pen_leaf *holder, uint32_t layer);

#endif
