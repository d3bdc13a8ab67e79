/**
 * Small files read whole, at start and reload: certificates, keys, key sets. Any thread.
 */
#ifndef PEN_GATEWAY_FILE_H
#define PEN_GATEWAY_FILE_H

#include "filters/core/str.h"

/**
 * Read a regular file, pipe or descriptor path to its end.
 *
 * @param path       followed by a NUL that is not counted
 * @param max_bytes  a longer file is an error, so that a wrong path cannot fill the memory
 * @param out        the contents, followed by a NUL that is not counted
 * @param err        names the file and what is wrong with it; may be NULL
 *
 * Ownership: give `out` back with pen_file_wipe.
 * Errors:    PEN_ERR_IO, PEN_ERR_LIMIT (longer than `max_bytes`), PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_file_read(struct pen_str path, size_t max_bytes,
                                           struct pen_str *out, struct pen_error *err);

/** Overwrite and free: the contents may be a private key. Empty is fine; `contents` is emptied. */
void pen_file_wipe(struct pen_str *contents);

#endif
