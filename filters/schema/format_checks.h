/** The check of each format, as format.c's table names them. Linear, no memory; any thread. */
#ifndef PEN_SCHEMA_FORMAT_CHECKS_H
#define PEN_SCHEMA_FORMAT_CHECKS_H

#include "filters/core/str.h"

/** RFC 3339 appendix A, duration. */
bool pen_format_is_duration(struct pen_str text);

/** RFC 4122 section 3, any version and variant. */
bool pen_format_is_uuid(struct pen_str text);

/** RFC 1123 section 2.1, A-labels proven by RFC 5891; RFC 5890 section 2.3.2.3. */
bool pen_format_is_hostname(struct pen_str text);
bool pen_format_is_idn_hostname(struct pen_str text);

/** RFC 5321 section 4.1.2, Mailbox; RFC 6531 section 3.3. */
bool pen_format_is_email(struct pen_str text);
bool pen_format_is_idn_email(struct pen_str text);

/** RFC 3986 and RFC 3987. */
bool pen_format_is_uri(struct pen_str text);
bool pen_format_is_uri_reference(struct pen_str text);
bool pen_format_is_iri(struct pen_str text);
bool pen_format_is_iri_reference(struct pen_str text);

/** RFC 6570 section 2. */
bool pen_format_is_uri_template(struct pen_str text);

/** RFC 6901 section 3. */
bool pen_format_is_json_pointer(struct pen_str text);

/** draft-handrews-relative-json-pointer-01 (draft-07); draft-bhutton-relative-json-pointer-00. */
bool pen_format_is_old_relative_pointer(struct pen_str text);
bool pen_format_is_relative_pointer(struct pen_str text);

#endif
