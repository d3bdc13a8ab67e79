/** One record as one JSON line. Pure; any thread. */
#ifndef PEN_GATEWAY_AUDIT_LINE_H
#define PEN_GATEWAY_AUDIT_LINE_H

#include "gateway/record/audit.h"
#include "gateway/record/excerpt.h"

#define PEN_AUDIT_LINE 16384 /* bytes; findings beyond it are left out and counted in the line */

/** Write the line, its line break included. Look at `buf->full`: never for PEN_AUDIT_LINE bytes. */
void pen_audit_line(struct pen_buf *buf, const struct pen_config_audit *config,
                    const struct pen_audit_entry *entry);

#endif
