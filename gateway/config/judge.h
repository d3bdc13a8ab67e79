/**
 * The configuration against its published schema, conf/penstock.schema.json.
 *
 * Keys, types, words, ranges, lengths and forms are said there once, for editors and for us. It is
 * part of the program, compiled anew each time a configuration is read (that takes a millisecond or
 * two, and nothing is left lying about) and evaluated by filters/schema. What it refuses is told as
 * every other error of a configuration is, at the first place in the file. What it cannot say, such
 * as whether a file is there or a name leads anywhere, is left to the readers. One thread.
 */
#ifndef PEN_GATEWAY_JUDGE_H
#define PEN_GATEWAY_JUDGE_H

#include "filters/schema/schema.h"
#include "gateway/config/reader.h"

#define PEN_JUDGE_WHOLE   ""               /* JSON Pointer of the schema of a configuration */
#define PEN_JUDGE_PATCHES "/$defs/patches" /* and of a file with patches */

/** The schema as it is published: JSON text, immutable, for ever. */
struct pen_str pen_judge_schema_text(void);

/**
 * Hold a tree of the reader's source against the schema at `at`.
 *
 * Errors: PEN_ERR_INVALID   told in the reader's error
 *         PEN_ERR_NOMEM     likewise
 *         PEN_ERR_INTERNAL  the schema itself does not compile
 */
PEN_MUST_USE enum pen_status pen_judge(struct pen_reader *reader, const struct pen_json *tree,
                                       const char *at);

/** The same against another schema: JSON text, for files of other programs that read as we do. */
PEN_MUST_USE enum pen_status pen_judge_by(struct pen_reader *reader, const struct pen_json *tree,
                                          struct pen_str schema, const char *at);

/** Refuse what a unit found wrong, in a sentence. Returns PEN_ERR_INVALID. */
PEN_MUST_USE enum pen_status pen_judge_tell(struct pen_reader *reader,
                                            const struct pen_schema_unit *unit);

#endif
