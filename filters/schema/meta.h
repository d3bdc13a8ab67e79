/**
 * The meta-schemas of both drafts, built in: a schema about schemas is needed for every schema.
 *
 * Source: https://json-schema.org/draft-07/schema and /draft/2020-12/schema with its vocabularies,
 * without what only annotates (meta/, one JSON file each). Immutable; any thread.
 */
#ifndef PEN_SCHEMA_META_H
#define PEN_SCHEMA_META_H

#include "filters/core/str.h"

#define PEN_META_2020_12 "https://json-schema.org/draft/2020-12/schema"
#define PEN_META_DRAFT_7 "http://json-schema.org/draft-07/schema"

/** The text of a meta-schema by its URI without fragment; empty when it is none of them. */
struct pen_str pen_meta_find(struct pen_str uri);

#endif
