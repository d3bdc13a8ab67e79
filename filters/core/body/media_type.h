/**
 * Content-Type (RFC 9110 section 8.3): the one thing that decides how a body is read.
 *
 * Nothing is guessed from the body. What two readers of the field could take for different things
 * is refused: a parameter that stands there twice, one cut into pieces (RFC 2231), an escape in a
 * value that matters. Pure; any thread.
 */
#ifndef PEN_CORE_BODY_MEDIA_TYPE_H
#define PEN_CORE_BODY_MEDIA_TYPE_H

#include "filters/core/event.h"

/** What the field says; every text points into it. */
struct pen_media_type {
    struct pen_str name;     /* "text/plain", as it was sent: no case is folded */
    struct pen_str boundary; /* multipart's, 1 to 70 bytes; empty for other types */
    enum pen_body_kind kind; /* PEN_BODY_NONE: no reader of ours */
    bool is_ascii;           /* charset=us-ascii: no byte of the body is above 0x7f */
    bool has_charset;
};

/**
 * Read a Content-Type field's value.
 *
 * @param code  on errors: "type.malformed" no media type, or several of them
 *                         "type.parameter" one parameter that has two readings
 *                         "multipart.boundary" a multipart/form-data without a usable one
 *                         "type.unsupported" no reader of ours; `out` is filled even so
 *                         "charset.unsupported" neither utf-8 nor us-ascii
 *
 * Errors: PEN_ERR_SYNTAX       the first three: 400
 *         PEN_ERR_UNSUPPORTED  the other two: 415
 */
PEN_MUST_USE enum pen_status pen_media_type_read(struct pen_str field, struct pen_media_type *out,
                                                 const char **code);

/** The type that stands for a kind in Accept: "application/json". Empty: none does. */
struct pen_str pen_media_type_name(enum pen_body_kind kind);

/** Is it "multipart/..." or "message/...": a body of bodies? */
bool pen_media_type_is_nest(const struct pen_media_type *type);

/** Is its content text: of the type text, with a charset, XML, a script? */
bool pen_media_type_is_text(const struct pen_media_type *type);

/** Is it of this type ("image", without '/')? */
bool pen_media_type_is(const struct pen_media_type *type, struct pen_str top);

#endif
