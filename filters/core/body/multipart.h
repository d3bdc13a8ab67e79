/**
 * One part of multipart/form-data (RFC 7578, RFC 2046): what its header fields say.
 *
 * The way past a filter is a body that it splits in one way and the function in another. So a part
 * is read only as all readers agree, and refused where they do not:
 *
 *   "multipart.line_break"  CR or LF alone in the fields, or before a boundary
 *   "multipart.folded"      a field that goes on in the next line
 *   "multipart.header"      no field line (name, ':', text), or no empty line behind the last
 *   "multipart.headers"     more than 16 fields
 *   "multipart.header_repeated"  a field twice that decides about the part
 *   "multipart.nul", "multipart.utf8"  in fields, and in content that is to be text
 *   "multipart.disposition" no Content-Disposition, another than form-data, or malformed
 *   "multipart.parameter_repeated"  two names, two file names
 *   "multipart.extended"    name*, filename*, filename*0 (RFC 8187, RFC 2231; RFC 7578 section 4.2)
 *   "multipart.escape"      a backslash in quotes: RFC 9110 drops it, HTML's form-data keeps it
 *   "multipart.name"        no name, or an empty one
 *   "multipart.encoding"    Content-Transfer-Encoding other than 7bit, 8bit, binary
 *   "multipart.content_type"  a Content-Type that is none
 *   "multipart.charset"     one whose charset is neither utf-8 nor us-ascii (415)
 *   "multipart.nested"      parts within a part, or a whole message
 *   "multipart.length"      a Content-Length that is not the content's
 *   "multipart.type"        content whose first bytes are no such thing as its type says
 *
 * and of the body as a whole:
 *
 *   "multipart.missing"     its boundary stands nowhere
 *   "multipart.preamble", "multipart.epilogue"  bytes before the first boundary, behind the last
 *   "multipart.lookalike"   "--boundary" within a line, or with more behind it
 *   "multipart.truncated"   no closing boundary
 *   "multipart.parts"       too many
 *   "multipart.charset_field"  a part `_charset_` that names another than UTF-8
 *
 * Pure; any thread.
 */
#ifndef PEN_CORE_BODY_MULTIPART_H
#define PEN_CORE_BODY_MULTIPART_H

#include "filters/core/body/media_type.h"

#define PEN_PART_FIELDS 16 /* browsers send two, libraries up to five */

struct pen_part {
    struct pen_str name;
    struct pen_str file_name;
    bool has_file_name; /* it may be empty: a file input that nobody filled in */
    bool has_type;
    struct pen_media_type type; /* when it has one */
    bool has_more_parameters;   /* Content-Disposition says more than name and filename */
    struct pen_event_field fields[PEN_PART_FIELDS];
    uint32_t field_count;
    struct pen_str content;
};

/**
 * Read a part: everything between the line breaks of two boundaries.
 *
 * @param out     every text points into `part`
 * @param code    on errors: one of the first list, but the content's
 * @param offset  in `part`; on errors
 *
 * Errors: PEN_ERR_SYNTAX, PEN_ERR_LIMIT; PEN_ERR_UNSUPPORTED "multipart.charset"
 */
PEN_MUST_USE enum pen_status pen_part_read(struct pen_str part, struct pen_part *out,
                                           const char **code, size_t *offset);

#endif
