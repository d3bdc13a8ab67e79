/**
 * The steps of opening a leaf, for the files that share them: opening.c chooses, opening_bytes.c
 * and opening_documents.c know what is behind digits and in documents. Nobody else includes this.
 *
 * `leaf` is one of `o->leaves`, or a step to one, and `layer` says how many encodings were undone
 * to reach it. Errors are those of pen_leaf_open.
 */
#ifndef PEN_CORE_OPENING_STEPS_H
#define PEN_CORE_OPENING_STEPS_H

#include "filters/core/opening.h"

#define PEN_OPENING_FORMS 8 /* of one text: three encodings in every order are seven */

/** One text and every form made of it. */
struct pen_opening {
    struct pen_leaves *leaves;
    struct pen_str texts[PEN_OPENING_FORMS + 1]; /* the first is the text itself */
    uint32_t count;
};

/** Undoes one layer of any text; the same memory when nothing was encoded. */
typedef enum pen_status pen_opening_codec(struct pen_str in, struct pen_arena *arena,
                                          struct pen_str *out);

/** Percent-encoding, without that of '+'. */
enum pen_status pen_opening_percent(struct pen_str in, struct pen_arena *arena,
                                    struct pen_str *out);

static inline enum pen_status pen_opening_fail(struct pen_leaves *leaves, enum pen_status status,
                                               const char *code)
{
    leaves->code = code;
    return status;
}

static inline enum pen_status pen_opening_no_memory(struct pen_leaves *leaves)
{
    return pen_opening_fail(leaves, PEN_ERR_NOMEM, "event.memory");
}

/** What `coding` undoes of `leaf`: a leaf of its own, opened in turn, when it is a new text. */
PEN_MUST_USE enum pen_status pen_opening_form(struct pen_opening *o, const struct pen_leaf *leaf,
                                              struct pen_str text, enum pen_coding coding,
                                              uint32_t layer);

/** The same of a text that may be a piece of `leaf`, which is no leaf itself. */
PEN_MUST_USE enum pen_status pen_opening_found(struct pen_opening *o, const struct pen_leaf *leaf,
                                               struct pen_str text, enum pen_coding coding,
                                               uint32_t layer);

/** Base64 by the format's word (`declared`), or perhaps. */
PEN_MUST_USE enum pen_status pen_opening_base64(struct pen_opening *o, const struct pen_leaf *leaf,
                                                bool declared, uint32_t layer);

/** Hexadecimal or base64, perhaps. */
PEN_MUST_USE enum pen_status pen_opening_digits(struct pen_opening *o, const struct pen_leaf *leaf,
                                                uint32_t layer);

/** What a "data:" URL carries. */
PEN_MUST_USE enum pen_status pen_opening_data_url(struct pen_opening *o,
                                                  const struct pen_leaf *leaf, uint32_t layer);

/** JSON by the format's word, or perhaps; `found`: it is. */
PEN_MUST_USE enum pen_status pen_opening_json(struct pen_opening *o, const struct pen_leaf *leaf,
                                              bool declared, uint32_t layer, bool *found);

/** Whatever kinds of documents a text may be; `found`: as a text it is nothing else. */
PEN_MUST_USE enum pen_status pen_opening_document(struct pen_opening *o,
                                                  const struct pen_leaf *leaf, unsigned seen,
                                                  uint32_t layer, bool *found);

/** "a=1&b=2", each name and value as a form has it. */
PEN_MUST_USE enum pen_status pen_opening_fields(struct pen_opening *o,
                                                const struct pen_leaf *holder, uint32_t layer);

/** Without a mark of UTF-8: readers of bytes, as base64 gives them, skip it; a body must not have
 * it. */
struct pen_str pen_opening_behind_mark(struct pen_str text);

#endif
