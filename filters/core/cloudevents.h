/**
 * CloudEvents 1.0 over HTTP: in which of the three modes a request is, and whether what it brings
 * is a CloudEvent.
 *
 * The content type wins, as the binding says (section 3); fields beside a structured event may
 * repeat its attributes and must not contradict them. Pure; any thread.
 *
 * Source: CloudEvents 1.0.2, its HTTP protocol binding and its JSON event format
 */
#ifndef PEN_CORE_CLOUDEVENTS_H
#define PEN_CORE_CLOUDEVENTS_H

#include "filters/core/event.h"

#define PEN_CLOUDEVENTS_BATCH 100 /* events in one request where nothing else is said */

/** The fields of a request, borrowed. */
struct pen_cloudevents_fields {
    const struct pen_event_field *list;
    size_t count;
};

/**
 * The mode that the fields name.
 *
 * @param code  of the error
 *
 * Errors: PEN_ERR_UNSUPPORTED "cloudevents.format": an event format other than JSON
 */
PEN_MUST_USE enum pen_status pen_cloudevents_mode(struct pen_cloudevents_fields fields,
                                                  enum pen_cloudevents_mode *out,
                                                  const char **code);

/**
 * Is this an event in binary mode? Its Content-Type is the event's datacontenttype, and how the
 * body is read follows from it as for any request.
 *
 * @param arena  for decoding; nothing in it is needed afterwards
 *
 * Errors: PEN_ERR_SYNTAX, and `code` is "cloudevents." and the attribute that is missing or wrong
 *         ("id", "source", "specversion", "type", "subject", "time", "datacontenttype",
 *         "dataschema", "extension"), or "name", "duplicate", "encoding"
 *         PEN_ERR_NOMEM "event.memory"
 */
PEN_MUST_USE enum pen_status pen_cloudevents_check_fields(struct pen_cloudevents_fields fields,
                                                          struct pen_arena *arena,
                                                          const char **code);

/**
 * Is this document an event, or a batch of them?
 *
 * @param mode   structured or batch
 * @param most   events in a batch; an empty batch is one, too
 * @param error  codes as above, and "event" (no object), "batch" (no array, or too long), "data"
 *               (beside data_base64), "data_base64", "contradiction" (fields that say otherwise);
 *               the offset is that of the value
 *
 * Errors: PEN_ERR_SYNTAX, PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_cloudevents_check_tree(enum pen_cloudevents_mode mode,
                                                        const struct pen_json *root,
                                                        struct pen_cloudevents_fields fields,
                                                        uint32_t most, struct pen_arena *arena,
                                                        struct pen_json_error *error);

/** Is it an attribute's field, "ce-id"? */
bool pen_cloudevents_is_field(struct pen_str name);

/**
 * The attribute's value that a field's value stands for: a quoted string is taken out of its
 * quotes, then percent-encoding is undone once.
 *
 * @param out  the same memory as `value` when nothing was encoded
 *
 * Errors: PEN_ERR_SYNTAX  an open quote, a '%' without digits, bytes beyond ASCII as they are, or
 *                         no UTF-8 when decoded
 *         PEN_ERR_NOMEM
 * Source: HTTP protocol binding, section 3.1.3.2
 */
PEN_MUST_USE enum pen_status pen_cloudevents_decode(struct pen_str value, struct pen_arena *arena,
                                                    struct pen_str *out);

/**
 * The inside of a quoted string, its quoted pairs undone.
 *
 * @param value  begins with a quote
 *
 * Errors: PEN_ERR_SYNTAX  the quote stays open, or something follows it; PEN_ERR_NOMEM
 * Source: RFC 9110 section 5.6.4
 */
PEN_MUST_USE enum pen_status pen_cloudevents_unquote(struct pen_str value, struct pen_arena *arena,
                                                     struct pen_str *out);

#endif
