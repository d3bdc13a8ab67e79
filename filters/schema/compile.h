/**
 * Compiling: from a tree to the plain form (compile.c, keywords.c), and from there to the program
 * (lower.c). Used while compiling and no longer.
 */
#ifndef PEN_SCHEMA_COMPILE_H
#define PEN_SCHEMA_COMPILE_H

#include "filters/schema/program.h"
#include "filters/schema/registry.h"

/** A meta-schema that was compiled. */
struct pen_meta {
    const struct pen_json *document; /* NULL = the standard's */
    enum pen_schema_draft draft;     /* where it does not say */
    bool old;                        /* of draft-07 */
    const struct pen_schema *schema;
};

struct pen_schema_workshop {
    struct pen_arena *making; /* of one compilation: tables, lists that grow */
    struct pen_arena *arena;  /* of meta-schemas; this and the next: NULL before the first check */
    struct pen_arena *work;   /* of one check */
    struct pen_patterns *patterns;
    struct pen_scratch *scratch;
    struct pen_meta metas[8]; /* nobody has more; beyond it they are compiled again */
    uint32_t count;
};

struct pen_compiler {
    struct pen_registry registry;
    struct pen_arena *arena;   /* of what stays */
    struct pen_arena *program; /* of what stays and is read for a verdict; may be the same */
    struct pen_arena *making;  /* of what is needed meanwhile */
    struct pen_subschema *subschemas;
    uint32_t count;
    uint32_t room;
    uint32_t most;
    struct pen_lookup by_source;   /* subschemas */
    struct pen_dynamic **dynamics; /* targets are known when all documents are */
    uint32_t dynamic_count;
    uint32_t dynamic_room;
    struct pen_lookup by_dynamic; /* dynamics, by their anchor's name: one entry a name */
    struct pen_schema_workshop *workshop;
    bool is_meta; /* of the standard: not checked against itself */
};

/** An array as long as it is, where it stays. NULL: no memory. */
PEN_MUST_USE void *pen_compiler_keep(struct pen_arena *arena, const void *items, size_t item_bytes,
                                     uint32_t count);

/** The number of a schema, compiled now or later. */
PEN_MUST_USE enum pen_status pen_compiler_subschema(struct pen_compiler *compiler,
                                                    const struct pen_json *source,
                                                    uint32_t resource, uint32_t *out);

/** Read one keyword's value into `use`, whose `member` and `keyword` are set. */
PEN_MUST_USE enum pen_status pen_keyword_read(struct pen_compiler *compiler, uint32_t resource,
                                              struct pen_use *use);

/** Make the program of what was compiled. Errors: PEN_ERR_INVALID, PEN_ERR_NOMEM. */
PEN_MUST_USE enum pen_status pen_schema_lower(struct pen_compiler *compiler,
                                              struct pen_schema *schema);

/** As pen_schema_compile() for a meta-schema, which is not itself checked, all in `arena`. */
PEN_MUST_USE enum pen_status pen_schema_compile_meta(const struct pen_json *document,
                                                     const struct pen_schema_options *options,
                                                     struct pen_arena *arena,
                                                     const struct pen_schema **out,
                                                     struct pen_schema_error *error);

/** Check a schema against the meta-schema of its dialect. Errors: as pen_schema_compile(). */
PEN_MUST_USE enum pen_status pen_schema_check(struct pen_compiler *compiler,
                                              const struct pen_json *schema, uint32_t resource);

#endif
