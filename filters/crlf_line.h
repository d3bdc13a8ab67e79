/**
 * What a line begins with: a field of HTTP, a request or an answer, a log record. Pure; any thread.
 */
#ifndef PEN_FILTERS_CRLF_LINE_H
#define PEN_FILTERS_CRLF_LINE_H

#include "filters/core/str.h"

enum pen_crlf_line {
    PEN_CRLF_FIELD,  /* "Set-Cookie: a=b" */
    PEN_CRLF_STATUS, /* "HTTP/1.1 200 OK", "GET /a HTTP/1.1" */
    PEN_CRLF_RECORD, /* "2026-03-02 10:00:00 INFO ..." */
    PEN_CRLF_NOTHING,
};

/**
 * What begins at `at` in `text`.
 *
 * @param telling  a name that is a word of notes, too, has to have a field's value: the text may be
 *                 one for people
 *
 * Cost: linear in the line
 */
enum pen_crlf_line pen_crlf_line(struct pen_str text, size_t at, bool telling);

/** Is there at `at` a name as fields have, whatever it is: "Injected-Header: x"? Linear in it. */
bool pen_crlf_is_named(struct pen_str text, size_t at);

/** Is there a field at `at` whose value is of the field's own kind? Linear in the line. */
bool pen_crlf_is_certain(struct pen_str text, size_t at);

#endif
