/**
 * Files that a name may lead to and nobody's honest value does: secrets, settings and logs of a
 * system and of its servers.
 *
 * Pure; any thread; linear in the name's kept segments.
 */
#ifndef PEN_FILTERS_PATH_PLACES_H
#define PEN_FILTERS_PATH_PLACES_H

#include "filters/path_name.h"

/** What the end of a resolved name gives away. */
enum pen_path_place {
    PEN_PATH_NOWHERE,
    PEN_PATH_SERVER, /* settings and keys: ordinary names inside a project, not outside of one */
    PEN_PATH_SYSTEM, /* no one's but the system's, whatever stands before it */
};

/** `whole`: the place is all of the name, with nothing before it. */
enum pen_path_place pen_path_place_of(const struct pen_path_name *name, bool *whole);

#endif
