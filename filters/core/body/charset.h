/**
 * Which characters the bytes of a text stand for: UTF-8, and nothing that could be read as another
 * encoding.
 *
 * Readers that sniff take a byte-order mark, or zeros between ASCII bytes, for UTF-16 or UTF-32,
 * whatever the type says; others take the same bytes for UTF-8 with NULs. Pure; any thread.
 */
#ifndef PEN_CORE_BODY_CHARSET_H
#define PEN_CORE_BODY_CHARSET_H

#include "filters/core/status.h"
#include "filters/core/str.h"

/**
 * Look at how a text begins, and at all of it when it is said to be US-ASCII.
 *
 * @param code    on errors: "charset.bom" a UTF-8 byte-order mark, "charset.utf16" one of UTF-16 or
 *                UTF-32, or their zeros, "charset.ascii" a byte above 0x7f
 * @param offset  of the byte; only on errors
 *
 * Errors: PEN_ERR_SYNTAX
 */
PEN_MUST_USE enum pen_status pen_charset_check(struct pen_str text, bool is_ascii,
                                               const char **code, size_t *offset);

#endif
