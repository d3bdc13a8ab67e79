/**
 * Schemas from files: read once each, found by path or by the URI that `schemas` maps, compiled
 * once for all functions that name the same one.
 *
 * Used while a snapshot is made, by the control thread; what comes out is immutable. Nothing is
 * fetched: a reference that leads to no mapped file is an error.
 */
#ifndef PEN_GATEWAY_SCHEMA_FILES_H
#define PEN_GATEWAY_SCHEMA_FILES_H

#include "filters/schema/schema.h"
#include "gateway/config/config.h"
#include "gateway/schema/mappings.h"

#define PEN_SCHEMA_FILE_BYTES ((size_t)8 << 20) /* GitHub's REST API as OpenAPI has them */
#define PEN_SCHEMA_FOLDER     16384             /* files below one mapped folder */

/** One file, read. */
struct pen_schema_file {
    struct pen_str path; /* followed by a NUL */
    struct pen_str uri;  /* by which others refer to it; empty = none */
    struct pen_str text;
    const struct pen_json *root;
};

/** What a schema says and does not mean: "order.json:7:3: #/proprties: is no keyword ...". */
struct pen_schema_doubt {
    struct pen_str text; /* followed by a NUL */
    struct pen_schema_doubt *next;
};

#define PEN_SCHEMA_DOUBTS 20 /* that are told; more are counted */

struct pen_schema_files {
    struct pen_arena *arena;              /* of everything, compiled schemas included, but: */
    struct pen_arena *programs;           /* what verdicts read of them */
    struct pen_schema_workshop *workshop; /* for all of them; NULL: one for each */
    struct pen_schema_doubt *doubts;      /* as they were met */
    struct pen_schema_doubt *last_doubt;
    size_t doubt_count;
    const struct pen_config *config;
    struct pen_schema_mappings mappings;
    const struct pen_schema_file **files; /* as they were opened */
    uint32_t file_count;
    uint32_t file_room;
    struct pen_lookup by_path;    /* files */
    struct pen_schema_made *made; /* compiled ones */
    uint32_t made_count;
    uint32_t made_room;
    struct pen_lookup by_source; /* compiled ones */
    struct pen_error *err;       /* while one is compiled */
};

/** Where a schema is and how it is meant. */
struct pen_schema_source {
    const struct pen_schema_file *file;
    struct pen_str pointer;      /* in it; lives as long as the arena */
    enum pen_schema_draft draft; /* where no "$schema" says */
    bool annotate;               /* "format" is not checked */
};

/**
 * The file at `path`, read and parsed: YAML when its name ends so, else JSON.
 *
 * @param err  file, line, column and what is wrong
 *
 * Errors: PEN_ERR_IO, PEN_ERR_SYNTAX, PEN_ERR_LIMIT, PEN_ERR_INVALID (YAML with two readings),
 *         PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_schema_files_open(struct pen_schema_files *files,
                                                   struct pen_str path,
                                                   const struct pen_schema_file **out,
                                                   struct pen_error *err);

/** What answers a compiler's questions for documents from `files`, for schemas that are in no file.
 */
struct pen_schema_documents pen_schema_files_documents(struct pen_schema_files *files);

/** The schema, compiled now or before. `err` says file, line, column, path and what is wrong. */
PEN_MUST_USE enum pen_status pen_schema_files_compile(struct pen_schema_files *files,
                                                      const struct pen_schema_source *source,
                                                      const struct pen_schema **out,
                                                      struct pen_error *err);

/** Several of one file, compiled together; `source->pointer` is not looked at. */
PEN_MUST_USE enum pen_status pen_schema_files_compile_parts(struct pen_schema_files *files,
                                                            const struct pen_schema_source *source,
                                                            const struct pen_str *pointers,
                                                            uint32_t count,
                                                            const struct pen_schema **out,
                                                            struct pen_error *err);

/** "order.json:7:3: " and the sentence, into `err`. Returns PEN_ERR_INVALID. */
enum pen_status pen_schema_files_fail(const struct pen_schema_file *file,
                                      const struct pen_json *value, struct pen_error *err,
                                      const char *format, ...) PEN_PRINTF(4, 5);

/** What a mapped URI stands for: one file. */
struct pen_schema_mapped {
    struct pen_str uri;
    struct pen_str path; /* followed by a NUL */
};

/**
 * Every file that `schemas` maps, those below folders one by one.
 *
 * Errors: PEN_ERR_IO, PEN_ERR_LIMIT (PEN_SCHEMA_FOLDER), PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_schema_files_mapped(const struct pen_config *config,
                                                     struct pen_arena *arena,
                                                     const struct pen_schema_mapped **out,
                                                     size_t *count, struct pen_error *err);

#endif
