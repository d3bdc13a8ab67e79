/**
 * Values that stand elsewhere: ${NAME} and ${NAME:-default} in the environment, file:PATH in a
 * file.
 *
 * For secrets and for what differs between machines. What comes from there is never printed and is
 * wiped when the configuration is destroyed. One thread.
 */
#ifndef PEN_GATEWAY_REFERENCE_H
#define PEN_GATEWAY_REFERENCE_H

#include "gateway/config/reader.h"

/** Whether the text holds a reference at all. */
bool pen_reference_occurs(struct pen_str text);

/**
 * Replace every ${...} of a text value.
 *
 * Errors: PEN_ERR_INVALID  a variable is not set, or the reference is not well formed
 *         PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_reference_expand(struct pen_reader *reader,
                                                  const struct pen_json *value,
                                                  struct pen_str *out);

/**
 * The contents of the file that `path` names, without one line end at its end.
 *
 * Errors: PEN_ERR_INVALID  it cannot be read, others may read it, or it is larger than 64 KiB
 *         PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_reference_file(struct pen_reader *reader,
                                                const struct pen_json *value, struct pen_str path,
                                                struct pen_str *out);

/** `name` relative to the configuration's folder. Errors: PEN_ERR_NOMEM. */
PEN_MUST_USE enum pen_status pen_reference_resolve(struct pen_reader *reader, struct pen_str name,
                                                   struct pen_str *out);

/**
 * Whether a file can be read, and is not open to others when it is private.
 *
 * Errors: PEN_ERR_INVALID
 */
PEN_MUST_USE enum pen_status pen_reference_check_file(struct pen_reader *reader,
                                                      const struct pen_json *value,
                                                      struct pen_str path, bool is_private);

/**
 * Whether a file can be written, or made where it is not there yet. Makes and opens none.
 *
 * Errors: PEN_ERR_INVALID
 */
PEN_MUST_USE enum pen_status pen_reference_check_output(struct pen_reader *reader,
                                                        const struct pen_json *value,
                                                        struct pen_str path);

#endif
