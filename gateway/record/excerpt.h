/** What of a leaf a record may show. Pure; any thread. */
#ifndef PEN_GATEWAY_EXCERPT_H
#define PEN_GATEWAY_EXCERPT_H

#include "filters/core/scan.h"
#include "gateway/config/config.h"

/**
 * The finding's span with a little around it, as the inside of a JSON string: at most 64 bytes of
 * the leaf, everything but printable text escaped. For redacted paths, and for fields, parameters
 * and members whose name speaks of a secret, nothing but "sha256:" and eight digits. Secrets that
 * are found in it are masked (gateway/mask.h).
 *
 * @param scan  with all findings: what is found in the leaf besides
 */
void pen_excerpt_put(struct pen_buf *buf, const struct pen_config_audit *config,
                     const struct pen_scan *scan, const struct pen_finding *finding);

#endif
