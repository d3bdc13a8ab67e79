/**
 * Marks: which texts of a document are encoded, by the envelopes that the document is.
 *
 * Begun at the root, told of each record as the reader gets there, asked about each string. A
 * document may have the shape of several envelopes (whoever sends it may add members): all of their
 * marks hold.
 */
#ifndef PEN_CORE_ENVELOPE_MARKS_H
#define PEN_CORE_ENVELOPE_MARKS_H

#include "filters/core/envelope/envelope.h"

/* Shapes that one document may have at once; an honest one has two at most. */
#define PEN_MARKS_MOST 8

struct pen_mark {
    const struct pen_envelope *envelope;
    const struct pen_json *base; /* its paths begin here */
};

struct pen_marks {
    /* What the function declared: these alone count, and must be met. None = undeclared. */
    const struct pen_envelope *const *expected;
    size_t expected_count;
    const struct pen_event_field *fields; /* of the request, for the outermost document */
    size_t field_count;

    const struct pen_json *batch; /* its children are records; NULL = none */
    size_t record_first;          /* the list's entries for records of this batch */
    size_t record_end;
    const struct pen_envelope *first;
    struct pen_mark active[PEN_MARKS_MOST];
    uint32_t of_document; /* of those for the whole document, the rest for the record */
    uint32_t active_count;
    /* A bit for each byte, by its lowest six bits, that a path of theirs ends in; all of them where
     * one ends in '*'. Of those for the whole document, and of all. */
    uint64_t lasts_of_document;
    uint64_t lasts;
};

/**
 * Recognise a document. The caller has set what is declared and the fields, all else is zero.
 *
 * Errors: PEN_ERR_INVALID  it is none of what is expected
 *         PEN_ERR_LIMIT    more than PEN_MARKS_MOST shapes
 */
PEN_MUST_USE enum pen_status pen_marks_begin(struct pen_marks *marks, const struct pen_json *root);

/** The reader is at `record`, a child of marks->batch. Errors as above. */
PEN_MUST_USE enum pen_status pen_marks_enter(struct pen_marks *marks,
                                             const struct pen_json *record);

/** Is something expected that only a record could be? */
static inline bool pen_marks_miss(const struct pen_marks *marks)
{
    return marks->expected_count > 0 && marks->of_document == 0;
}

/** pen_marks_of where the last byte of the node's name may be that of a path. */
const struct pen_envelope_leaf *pen_marks_look_up(const struct pen_marks *marks,
                                                  const struct pen_json *node);

/** What is known of a text or an array of bytes; NULL = nothing. Nearly every name tells at once.
 */
static inline const struct pen_envelope_leaf *pen_marks_of(const struct pen_marks *marks,
                                                           const struct pen_json *node)
{
    if (marks->lasts == 0) return NULL;
    if (marks->lasts != UINT64_MAX) {
        const struct pen_str name = node->name;
        if (name.len == 0 || (marks->lasts >> (name.ptr[name.len - 1] & 63) & 1) == 0) return NULL;
    }
    return pen_marks_look_up(marks, node);
}

/** By the request's fields alone, for bodies that are no document: the one of `expected`, or of all
 * when there are none expected; NULL. */
const struct pen_envelope *pen_marks_by_fields(const struct pen_marks *marks);

#endif
