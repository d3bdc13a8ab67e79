/**
 * What `schemas` maps, both ways: from a file's path to its URI, from a URI to the path.
 *
 * One file mapped is found by its hash, however many there are; folders are tried one by one. Used
 * while a snapshot is made, by the control thread.
 */
#ifndef PEN_GATEWAY_SCHEMA_MAPPINGS_H
#define PEN_GATEWAY_SCHEMA_MAPPINGS_H

#include "filters/core/lookup.h"
#include "gateway/config/config.h"

/** Starts out as zeros; filled when first asked. Entries are numbers of the configuration's. */
struct pen_schema_mappings {
    bool is_ready;
    struct pen_lookup by_uri;  /* files */
    struct pen_lookup by_path; /* files */
    uint32_t *folders;
    uint32_t folder_count;
};

/**
 * The URI under which a file is mapped, by the first mapping that has it; empty: by none.
 *
 * @param arena  the same one each time; `out` lives as long
 *
 * Errors: PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_schema_mappings_uri(struct pen_schema_mappings *mappings,
                                                     const struct pen_config *config,
                                                     struct pen_arena *arena, struct pen_str path,
                                                     struct pen_str *out);

/**
 * The path of what a URI is mapped to: by its whole, or else by the longest folder. No way out of
 * the folder is taken, and nothing that a URI would spell otherwise.
 *
 * Errors: PEN_ERR_NOT_FOUND, PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_schema_mappings_path(struct pen_schema_mappings *mappings,
                                                      const struct pen_config *config,
                                                      struct pen_arena *arena, struct pen_str uri,
                                                      struct pen_str *out);

#endif
