/**
 * What a keyword is in which draft, and what a dialect makes of it.
 *
 * A dialect is a draft with some of its vocabularies: a meta-schema of one's own may leave out
 * "validation", and "minimum" is then a remark. Tables; any thread.
 */
#ifndef PEN_SCHEMA_DIALECT_H
#define PEN_SCHEMA_DIALECT_H

#include "filters/core/json.h"

enum pen_keyword {
#define PEN_KEYWORD(id, name, drafts, vocabulary, form, rank) PEN_KEYWORD_##id,
#include "filters/schema/keywords.def"
#undef PEN_KEYWORD
    PEN_KEYWORD_UNKNOWN,
};

/** Which subschemas a keyword's value holds. */
enum pen_keyword_form {
    PEN_FORM_PLAIN,        /* none */
    PEN_FORM_SCHEMA,       /* it is one */
    PEN_FORM_SCHEMAS,      /* an array of them */
    PEN_FORM_SCHEMA_MAP,   /* an object of them */
    PEN_FORM_ITEMS,        /* one; draft-07 also an array of them */
    PEN_FORM_DEPENDENCIES, /* an object of schemas and arrays of names */
};

enum pen_vocabulary {
    PEN_VOCABULARY_CORE = 1,
    PEN_VOCABULARY_APPLICATOR = 2,
    PEN_VOCABULARY_UNEVALUATED = 4,
    PEN_VOCABULARY_VALIDATION = 8,
    PEN_VOCABULARY_META_DATA = 16,
    PEN_VOCABULARY_FORMAT = 32,
    PEN_VOCABULARY_CONTENT = 64,
    PEN_VOCABULARY_FORMAT_ASSERTION = 128, /* "format" is checked whatever the options say */
};

struct pen_dialect {
    bool old;                    /* draft-07; else 2020-12 */
    uint8_t vocabularies;        /* bits of enum pen_vocabulary */
    const struct pen_json *meta; /* a meta-schema that is none of ours; NULL = one of ours */
    struct pen_str meta_uri;
};

extern const struct pen_dialect pen_dialect_2020_12;
extern const struct pen_dialect pen_dialect_draft_7;

/** PEN_KEYWORD_UNKNOWN when the dialect has none of that name. */
enum pen_keyword pen_keyword_find(struct pen_dialect dialect, struct pen_str name);

/**
 * What a member that is no keyword of the dialect was probably meant to be: one of the other draft,
 * or one that is a slip away. PEN_KEYWORD_UNKNOWN: a remark of one's own, as the standard allows.
 * Only what would hold something back counts; a misspelt title does no harm.
 */
enum pen_keyword pen_keyword_meant(struct pen_dialect dialect, struct pen_str name);

struct pen_str pen_keyword_name(enum pen_keyword keyword);
enum pen_keyword_form pen_keyword_form(enum pen_keyword keyword);
unsigned pen_keyword_rank(enum pen_keyword keyword);

/** A dialect that needs no meta-schema of its own; "http", "https" and an empty fragment are alike.
 *  False: not one of ours. */
bool pen_dialect_find(struct pen_str uri, struct pen_dialect *out);

/** Is it a draft of JSON Schema that we do not support? */
bool pen_dialect_is_foreign(struct pen_str uri);

/** The bit of a vocabulary of 2020-12 by its URI; 0 = not known. */
uint8_t pen_vocabulary_find(struct pen_str uri);

#endif
