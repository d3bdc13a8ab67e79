/**
 * Files that are looked at now and then: have they changed, and has the change come to rest?
 *
 * By stat alone, so that whatever replaces them counts: an editor, a renamed file, the symbolic
 * links that Kubernetes swaps. A change counts when two looks in a row see the same, as several
 * files are seldom replaced at one instant. One thread.
 */
#ifndef PEN_GATEWAY_FILE_WATCH_H
#define PEN_GATEWAY_FILE_WATCH_H

#include "filters/core/str.h"

struct pen_file_watch;

/**
 * Remember how the files are now. One that is not there is remembered so.
 *
 * @param paths  each followed by a NUL that is not counted; copied
 *
 * Errors: PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_file_watch_create(const struct pen_str *paths, size_t count,
                                                   struct pen_file_watch **out);
/** NULL is fine. */
void pen_file_watch_destroy(struct pen_file_watch *watch);

/**
 * True once for each change: they are not as they were when a change was last told, or at the
 * beginning, and they were as now at the look before.
 */
bool pen_file_watch_look(struct pen_file_watch *watch);

/**
 * How long to rest between two looks, in ms: so long that looking at many files takes no more than
 * a few thousandths of a CPU, and at least `least_ms`.
 */
uint64_t pen_file_watch_rest_ms(const struct pen_file_watch *watch, uint64_t least_ms);

#endif
