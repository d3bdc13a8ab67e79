/**
 * What both ways of `penstock schema` work with: memory, scratch, and where documents are that
 * references lead to. One thread.
 */
#ifndef PEN_GATEWAY_CLI_SCHEMA_BENCH_H
#define PEN_GATEWAY_CLI_SCHEMA_BENCH_H

#include "gateway/schema/files.h"

#define PEN_SCHEMA_MAPPINGS 32 /* --map and --remotes together */

struct pen_schema_bench {
    struct pen_arena *kept; /* documents and compiled schemas */
    struct pen_arena *work; /* one instance at a time */
    struct pen_patterns *patterns;
    struct pen_scratch *scratch;
    struct pen_config config; /* of it only the mappings */
    struct pen_config_mapping mappings[PEN_SCHEMA_MAPPINGS];
    struct pen_schema_files files;
};

/** Errors: PEN_ERR_NOMEM, and then there is nothing to close. */
PEN_MUST_USE enum pen_status pen_schema_bench_open(struct pen_schema_bench *bench);
void pen_schema_bench_close(struct pen_schema_bench *bench);

/** Forget all documents and schemas, not the mappings. */
void pen_schema_bench_clear(struct pen_schema_bench *bench);

/**
 * URIs that are `uri`, or begin so when it ends in '/', are looked for at `path`.
 *
 * @param uri, path  outlive the bench; `path` is followed by a NUL that is not counted
 *
 * Errors: PEN_ERR_INVALID with `err`; PEN_ERR_LIMIT  PEN_SCHEMA_MAPPINGS
 */
PEN_MUST_USE enum pen_status pen_schema_bench_map(struct pen_schema_bench *bench,
                                                  struct pen_str uri, struct pen_str path,
                                                  struct pen_error *err);

/** One JSON or YAML text of any numbers, as an instance. `err` has line and column. */
PEN_MUST_USE enum pen_status pen_schema_bench_read(struct pen_str name, struct pen_str text,
                                                   struct pen_arena *arena,
                                                   const struct pen_json **out,
                                                   struct pen_error *err);

#endif
