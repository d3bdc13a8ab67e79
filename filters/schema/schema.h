/**
 * JSON Schema, drafts 2020-12 and 07, compiled to a flat program over the event reader's trees.
 *
 * A schema is compiled once, when it is loaded; what comes out is immutable and serves any thread.
 * Trees are whole ones (pen_json_read, not _read_sparse), and their texts valid UTF-8, which is not
 * looked at again. Nothing here opens a file: documents that
 * a reference leads to come from whoever compiles. docs/schema.md says what is supported.
 */
#ifndef PEN_SCHEMA_SCHEMA_H
#define PEN_SCHEMA_SCHEMA_H

#include "filters/core/json.h"
#include "filters/core/pattern.h"

struct pen_schema;

enum pen_schema_draft {
    PEN_SCHEMA_2020_12,
    PEN_SCHEMA_DRAFT_7,
};

/** Where the documents of references are. Asked while a schema is compiled and never later. */
struct pen_schema_documents {
    /**
     * @param uri  absolute, without a fragment
     * @param out  a whole tree; it lives as long as what is compiled
     *
     * Errors: PEN_ERR_NOT_FOUND  nobody mapped it; any other one is passed up
     */
    enum pen_status (*find)(void *context, struct pen_str uri, const struct pen_json **out);
    void *context;
};

struct pen_schema_error;

/** Who is told of members that are no keywords and yet look like one: "proprties" holds nothing. */
struct pen_schema_doubts {
    void (*tell)(void *context, const struct pen_schema_error *doubt); /* lives for the call */
    void *context;
};

/**
 * What compilations have in common: meta-schemas, compiled once, and memory for what is needed
 * meanwhile. Compiling a meta-schema takes longer than a small schema. One thread.
 */
struct pen_schema_workshop;

/** Errors: PEN_ERR_NOMEM */
PEN_MUST_USE enum pen_status pen_schema_workshop_create(struct pen_schema_workshop **out);

/** What was compiled in it does not need it. NULL is fine. */
void pen_schema_workshop_destroy(struct pen_schema_workshop *workshop);

struct pen_schema_options {
    enum pen_schema_draft draft; /* where no "$schema" says; 2020-12 */
    bool assert_format;          /* "format" is checked; else it only annotates */
    bool assert_content;         /* draft-07: contentEncoding and contentMediaType are checked */
    struct pen_str base_uri;     /* where the document comes from; empty = nowhere */
    struct pen_str at;           /* JSON Pointer of the schema in its document; empty = all of it */
    const struct pen_schema_documents *documents; /* NULL = none beside the built-in meta-schemas */
    const struct pen_schema_doubts *doubts;       /* NULL = nobody asks */
    uint32_t nodes;                               /* subschemas at most; 0 = 100,000 */
    struct pen_schema_workshop *workshop; /* NULL = one of its own. Documents live as long */
    /* Where what a verdict reads is put, apart from what only explains it, so that it takes few
     * cache lines and pages. It lives as long as the arena of all else. NULL = that one. */
    struct pen_arena *program;
};

/** What is wrong with a schema, or doubtful, and where, for whoever wrote it. Texts are cut when
 * longer. */
struct pen_schema_error {
    char path[512];         /* URI of the document, if it has one, '#' and a JSON Pointer */
    char keyword[64];       /* "minLength"; empty = the schema as a whole */
    char sentence[320];     /* "must be a non-negative integer" */
    struct pen_place place; /* of the value in its document's source */
};

/**
 * @param document  lives as long as what is compiled, as do the options' texts
 * @param options   NULL = 2020-12, and the defaults
 * @param error     filled on every error but PEN_ERR_NOMEM; may be NULL
 *
 * The check against the meta-schema is part of it.
 *
 * Ownership: `out` lives as long as `arena` (which frees compiled expressions, too)
 * Errors:    PEN_ERR_INVALID      no schema by the meta-schema, or one that calls itself for ever
 *            PEN_ERR_NOT_FOUND    a reference leads nowhere
 *            PEN_ERR_UNSUPPORTED  a dialect or a required vocabulary that we do not know
 *            PEN_ERR_LIMIT        more subschemas than allowed, a number too long
 *            PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_schema_compile(const struct pen_json *document,
                                                const struct pen_schema_options *options,
                                                struct pen_arena *arena,
                                                const struct pen_schema **out,
                                                struct pen_schema_error *error);

/**
 * Several schemas of one document, compiled together: what they refer to they have in common.
 *
 * @param options  not NULL; `at` is not looked at
 * @param ats      their JSON Pointers
 * @param out      as many; on success all of them
 *
 * Otherwise as above, of the first one that is wrong.
 */
PEN_MUST_USE enum pen_status pen_schema_compile_parts(const struct pen_json *document,
                                                      const struct pen_schema_options *options,
                                                      const struct pen_str *ats, uint32_t count,
                                                      struct pen_arena *arena,
                                                      const struct pen_schema **out,
                                                      struct pen_schema_error *error);

/** What an evaluation works with: one worker's, one at a time. */
struct pen_schema_run {
    struct pen_arena *arena;
    struct pen_scratch *scratch; /* any; for match data */
    uint64_t *steps_left;        /* what may be spent, about one a value or byte looked at */
};

/** Steps that an instance of so many bytes is granted, where nobody has another measure. */
static inline uint64_t pen_schema_steps(size_t bytes)
{
    return 65536 + (uint64_t)bytes * 256; /* as pen_scan_steps() */
}

/**
 * Flag output: stops at the first failure.
 *
 * Errors: PEN_ERR_LIMIT  steps or depth are used up: nothing is known, so whoever asks refuses
 *         PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_schema_is_valid(const struct pen_schema *schema,
                                                 const struct pen_json *instance,
                                                 const struct pen_schema_run *run, bool *valid);

/** Values in the order in which they were found; one may occur several times. */
struct pen_schema_values {
    const struct pen_json **values;
    size_t count;
};

/**
 * The same, and which values the schema makes harmless for whatever a function pastes them into:
 * numbers, booleans and null where the schema asks for such, and strings held to an enum, a const,
 * a format without room for more than a word (uuid, date, date-time, time, duration, ipv4, ipv6) or
 * to an expression of which nothing that it takes can be an injection
 * (pen_automaton_is_plain). Only assertions in force count: those of a branch that failed, or
 * below "not", do not. Empty when the instance is not valid.
 */
PEN_MUST_USE enum pen_status pen_schema_find_harmless(const struct pen_schema *schema,
                                                      const struct pen_json *instance,
                                                      const struct pen_schema_run *run, bool *valid,
                                                      struct pen_schema_values *harmless);

/** One result: of a subschema, or of a keyword in one. */
struct pen_schema_unit {
    const struct pen_schema_unit *parent;
    const struct pen_schema_unit *next;
    const struct pen_schema_unit *first;
    struct pen_str step; /* of the keyword location, below the parent's; may be none */
    bool has_step;       /* an empty name is a step, too */
    bool is_keyword;     /* else a subschema as a whole */
    bool is_referred;    /* a reference lies between it and the root */
    bool valid;
    const char *sentence;              /* why not; NULL when valid or when only others can tell */
    const struct pen_json *source;     /* the keyword's value, or the subschema */
    const struct pen_json *root;       /* of the schema resource that it is in */
    struct pen_str uri;                /* that resource's; empty = none */
    const struct pen_json *instance;   /* what was looked at */
    const struct pen_json *annotation; /* what it says about the instance: a value of the schema */
    struct pen_str annotation_text;    /* or JSON text; empty = neither */
};

/**
 * The same verdict with every result kept, for messages and for the standard's output forms
 * (filters/schema/output.h). Slower, since nothing is left out.
 *
 * Ownership: `out` lives as long as the run's arena, the schema and the instance.
 */
PEN_MUST_USE enum pen_status pen_schema_evaluate(const struct pen_schema *schema,
                                                 const struct pen_json *instance,
                                                 const struct pen_schema_run *run,
                                                 const struct pen_schema_unit **out);

#endif
