/**
 * The reader of ECMA-262 expressions (2024), grammar of 22.2.1 with the flag "u": between its
 * files.
 *
 * Recursive descent, a level for each group, linear. Without an arena it makes no tree and says
 * whether the text is an expression.
 */
#ifndef PEN_SCHEMA_ECMA_READER_H
#define PEN_SCHEMA_ECMA_READER_H

#include "filters/schema/ecma_tree.h"

/* Groups in each other: PCRE2 takes 250, and two are written for one. */
#define PEN_ECMA_GROUPS_DEEP 100
#define PEN_ECMA_NAMES       100 /* of groups; schemas have none or a few */

struct pen_ecma_name {
    struct pen_str text;
    uint32_t number;
};

struct pen_ecma_reader {
    struct pen_str source;
    size_t at;
    struct pen_arena *arena; /* NULL: the syntax only */
    struct pen_error *err;   /* may be NULL */
    bool strict;             /* nothing of Annex B */
    uint32_t group_count;    /* that capture, in all the source: known before it is read */
    uint32_t name_count;
    uint32_t groups_begun;
    uint32_t depth;
    struct pen_ecma_tree *tree; /* NULL without an arena */
    struct pen_ecma_name names[PEN_ECMA_NAMES];
};

/** What an escape or an element of a class stands for. */
struct pen_ecma_atom {
    bool is_class;    /* \d, \p{...} and the like: already added to the set */
    bool is_property; /* \p or \P among them */
    uint32_t code;    /* of one character */
    bool is_boundary; /* \b or \B outside of classes: `code` is the letter */
    uint32_t group;   /* a reference to it; 0 = none */
};

/** Sets the error's sentence, with the place `at`, and gives `status` back. */
enum pen_status pen_ecma_fail(struct pen_ecma_reader *r, enum pen_status status, size_t at,
                              const char *sentence);

/** The code point at the reader's place, which goes behind it. The source is valid UTF-8. */
uint32_t pen_ecma_take(struct pen_ecma_reader *r);

/** The byte `ahead` of the reader's place; '\0' behind the end. */
static inline char pen_ecma_peek(const struct pen_ecma_reader *r, size_t ahead)
{
    const size_t rest = r->source.len - r->at;
    return ahead < rest ? r->source.ptr[r->at + ahead] : '\0';
}

/** Behind a '\' outside of classes. A class goes into `set`. Errors: PEN_ERR_SYNTAX, _NOMEM */
PEN_MUST_USE enum pen_status pen_ecma_read_escape(struct pen_ecma_reader *r,
                                                  struct pen_ecma_set *set,
                                                  struct pen_ecma_atom *out);

/** Behind a '[', up to behind its ']'; `set` is sealed. Errors: PEN_ERR_SYNTAX, _NOMEM */
PEN_MUST_USE enum pen_status pen_ecma_read_class(struct pen_ecma_reader *r,
                                                 struct pen_ecma_set *set);

/** <name>, behind the '<' and up to behind the '>'. Errors: PEN_ERR_SYNTAX */
PEN_MUST_USE enum pen_status pen_ecma_read_name(struct pen_ecma_reader *r, struct pen_str *out);

/**
 * A whole expression. `r` has source, arena, err and strict set.
 *
 * Errors: PEN_ERR_SYNTAX  none of ECMA-262
 *         PEN_ERR_LIMIT   too many groups in each other, or named ones
 *         PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_ecma_read(struct pen_ecma_reader *r);

#endif
