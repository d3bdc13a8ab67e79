/**
 * Exceptions: findings of one filter, or of one of its rules, at one path that do not count.
 *
 * A path is what pen_leaf_path writes; a segment that is an asterisk stands for any one segment,
 * and "item[*]" in XML for any of several elements of that name. Pure; any thread.
 */
#ifndef PEN_FILTERS_EXCEPTION_H
#define PEN_FILTERS_EXCEPTION_H

#include "filters/chain.h"

#define PEN_EXCEPTION_PATH                                                \
    1024 /* bytes; a leaf whose path is longer is covered by no exception \
          */

/** The exception in force at `now` (Unix seconds) that covers this finding; NULL = none. */
const struct pen_exception *pen_exception_for(const struct pen_exception *exceptions, size_t count,
                                              const struct pen_finding *finding, int64_t now);

/** Whether `path`, in which asterisks may stand for segments, is the path `whole`, or covers it. */
bool pen_exception_path_fits(struct pen_str path, struct pen_str whole);

/** What is wrong with a path, to follow "the path '/a' "; NULL when it is one. */
const char *pen_exception_path_problem(struct pen_str path);

/** Does it name anything but asterisks? An exception's must. */
bool pen_exception_path_is_narrow(struct pen_str path);

/**
 * The exceptions that would have let an event pass, one a call: rule and path, nothing wider. The
 * places in arrays, which differ from event to event, are asterisks.
 *
 * @param scan  as pen_chain_inspect has left it
 * @param at    0 for the first; moved on
 * @param rule  its id
 * @param path  a buffer of PEN_EXCEPTION_PATH bytes over memory of the caller's; overwritten
 *
 * False: there are no more; or none at all, because no exception helps (something is wrong with the
 * event as a whole, or there were more findings than are kept).
 */
bool pen_exception_suggest(const struct pen_scan *scan, uint32_t *at, const char **rule,
                           struct pen_buf *path);

/**
 * The first finding that refuses and whose place no exception can name: it is about the event as a
 * whole, or its path is none that a configuration can hold. NULL = there is none.
 */
const struct pen_finding *pen_exception_unnamed(const struct pen_scan *scan);

#endif
