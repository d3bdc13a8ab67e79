/** Are schemas still as they were when they were read? Control thread. */
#ifndef PEN_GATEWAY_SCHEMA_WATCH_H
#define PEN_GATEWAY_SCHEMA_WATCH_H

#include "gateway/config/config.h"
#include "gateway/file_watch.h"

/**
 * Watch every file of schemas that a configuration names, those below mapped folders, and these
 * folders, from how they are now. Errors: PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_schema_watch(const struct pen_config *config,
                                              struct pen_file_watch **out);

#endif
