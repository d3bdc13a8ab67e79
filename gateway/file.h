/**
 * Small files read and written whole, at start and reload: certificates, keys, key sets. Any
 * thread.
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

/**
 * The first line of a small file of the kernel's, without its line break.
 *
 * @param into  where it is put, with a NUL behind it; a longer line is cut
 * @return false: no such file, or nothing in it
 */
PEN_MUST_USE bool pen_file_first_line(const char *path, char *into, size_t room,
                                      struct pen_str *out);

/**
 * Write a file of our own: never through a link, never open to others in between.
 *
 * @param path     followed by a NUL that is not counted
 * @param mode     of the file, as with open(2): 0600 for a key
 * @param replace  take away what is there; else that is an error
 *
 * Errors: PEN_ERR_IO; `err` names the file
 */
PEN_MUST_USE enum pen_status pen_file_write(struct pen_str path, unsigned mode, bool replace,
                                            struct pen_str contents, struct pen_error *err);

/**
 * Make a folder and the ones above it, for the owner alone. One that is there is fine.
 *
 * Errors: PEN_ERR_IO (also when the name is too long); `err` names it
 */
PEN_MUST_USE enum pen_status pen_file_make_folder(struct pen_str path, struct pen_error *err);

/** Overwrite and free: the contents may be a private key. Empty is fine; `contents` is emptied. */
void pen_file_wipe(struct pen_str *contents);

#endif
