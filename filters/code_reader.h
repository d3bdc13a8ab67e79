/**
 * A text read as a program, leniently and in one pass, until something stands there that no program
 * has: two operands side by side, as words of a sentence do.
 *
 * Pure; any thread.
 */
#ifndef PEN_FILTERS_CODE_READER_H
#define PEN_FILTERS_CODE_READER_H

#include "filters/code_values.h"

/** Where the text is put, so far as is assumed. */
enum pen_code_place {
    PEN_CODE_WHOLE,   /* the text is the program */
    PEN_CODE_CLOSED,  /* a string has just been ended by the quote before */
    PEN_CODE_PAGE,    /* behind "<?php" */
    PEN_CODE_SPLICED, /* behind "${" in a string: up to the brace */
};

struct pen_code_evidence {
    enum pen_code_strength strength; /* of the strongest call */
    struct pen_span span;
    size_t end;      /* where reading stopped */
    bool broken;     /* by what no program has: nothing of it would run */
    bool cut;        /* a comment cuts off what follows */
    bool breaks_out; /* begins by ending what it was put into */
    bool incomplete; /* a string has no end */
    bool spelled;    /* names or texts were put together, or parted by comments */
    uint32_t others; /* statements that do other things: an ordinary program's */
    uint32_t lines;  /* statements ended by a line break */
    uint32_t before; /* others, before the strongest call */
};

/**
 * Read `text` from `from` on. Linear; what it has read is [from, evidence.end).
 *
 * @param share  of the text: how many tokens may be read, lessened by those that were; at 0 reading
 * stops, broken
 */
struct pen_code_evidence pen_code_read(struct pen_str text, size_t from, enum pen_code_place place,
                                       size_t *share);

#endif
