/**
 * YAML as a tree of values: the part of YAML 1.2 that has one reading, and nothing else.
 *
 * The text becomes the same tree that the JSON reader makes (filters/core/json.h), so that one set
 * of accessors serves both and a JSON file is a configuration too. Plain scalars are typed by the
 * JSON schema of YAML 1.2 section 10.2: null, true, false and JSON numbers; every other one is
 * text. What two readers would understand differently is refused: duplicate keys, anchors, aliases,
 * merge keys, tags, directives, several documents. Words that older readers take for something else
 * are told apart by pen_scalar_trap (scalar.h), because only the typed reader knows what was
 * expected.
 */
#ifndef PEN_GATEWAY_YAML_H
#define PEN_GATEWAY_YAML_H

#include "filters/core/json.h"

#define PEN_YAML_BYTES ((size_t)8 << 20) /* 10,000 functions fill three; beyond is a mistake */
#define PEN_YAML_DEPTH 32                /* the deepest key of ours is the seventh level */

/**
 * Read one document.
 *
 * `place` and `name_place` are byte offsets into `source`; a name's or a scalar's first byte there
 * is its quote, `|` or `>` unless it is plain. Texts are copies followed by a NUL that is not
 * counted. Null keys and empty documents are refused.
 *
 * @param err  sentence, line and column on every error; may be NULL
 *
 * Ownership: the tree lives as long as `arena`.
 * Errors:    PEN_ERR_SYNTAX   no YAML, or no UTF-8
 *            PEN_ERR_INVALID  YAML that has more than one reading
 *            PEN_ERR_LIMIT    PEN_YAML_BYTES, PEN_YAML_DEPTH
 *            PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_yaml_read(struct pen_str source, struct pen_arena *arena,
                                           const struct pen_json **out, struct pen_error *err);

/** Line and column (both from 1, the column in bytes) of an offset; past the end is the end. */
void pen_yaml_place(struct pen_str source, size_t offset, size_t *line, size_t *column);

/** Whether the scalar or name that starts at `offset` was written without quotes. */
bool pen_yaml_is_plain(struct pen_str source, size_t offset);

#endif
