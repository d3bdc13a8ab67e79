/**
 * The files that TLS rests on under a configuration: which to watch, and when what is in them ends.
 *
 * Listeners' certificates, keys, responses, authorities, revocation lists and ticket keys;
 * upstreams' identities and authorities. Control thread.
 */
#ifndef PEN_GATEWAY_TLS_FILES_H
#define PEN_GATEWAY_TLS_FILES_H

#include "gateway/file_watch.h"
#include "gateway/snapshot.h"

/** Watch them all, from how they are now. Errors: PEN_ERR_NOMEM. */
PEN_MUST_USE enum pen_status pen_tls_files_watch(const struct pen_config *config,
                                                 struct pen_file_watch **out);

/**
 * When they end, each file once, the first to end first.
 *
 * Ownership: `out` is for free(); the names live as long as the snapshot.
 * Errors:    PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_tls_files_dates(const struct pen_snapshot *snapshot,
                                                 struct pen_tls_date **out, size_t *count);

/** Put the ends into the metrics in place of those before, and into the log what ends soon. */
void pen_tls_files_publish(const struct pen_snapshot *snapshot, struct pen_metrics *metrics,
                           int64_t now_s);

#endif
