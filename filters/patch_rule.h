/**
 * One virtual patch: the operator's rule, its expressions, and what wakes it.
 *
 * Immutable once compiled; any thread.
 */
#ifndef PEN_FILTERS_PATCH_RULE_H
#define PEN_FILTERS_PATCH_RULE_H

#include "filters/core/pattern.h"
#include "filters/patch_literals.h"

#define PEN_PATCH_ID 41 /* bytes of an id, so that "patch.<id>" is a reason in the metrics */

/** As the operator writes it. Conditions are empty where nothing is said; all that are said hold.
 */
struct pen_patch_rule {
    struct pen_str id; /* "cve-2021-44228" */
    struct pen_str title;
    struct pen_str reason;
    /* Expressions. With `leaf` or `key` the finding is that text; with both, a value by its name.
     * Else it is the request's path, or else a header field. */
    struct pen_str leaf;         /* a text, name or value, in any decoded form */
    struct pen_str key;          /* a name */
    struct pen_str url;          /* the request's path, without the query, in any decoded form */
    struct pen_str header;       /* a field's name, in lower case; no expression */
    struct pen_str value;        /* of that field; empty = it is enough that it is there */
    const struct pen_str *paths; /* as exceptions name them; the finding's leaf is at one of them */
    size_t path_count;
    const struct pen_str *references; /* where the hole is described */
    size_t reference_count;
    const struct pen_str *functions;
    size_t function_count;
    const struct pen_str *envelopes; /* one of those that the event comes in */
    size_t envelope_count;
    const struct pen_str *methods;
    size_t method_count;
    const struct pen_str *wakes; /* texts, in any case, of which one is in whatever matches */
    size_t wake_count;
    bool wake_any;
    bool flags_only; /* record it, and let the event pass */
    int64_t until;   /* Unix seconds from which on it does nothing; 0 = never */
};

struct pen_patch {
    struct pen_patch_rule rule;
    const char *rule_id; /* "patch.cve-2021-44228" */
    const char *title;
    struct pen_regex *leaf; /* NULL where the rule says nothing */
    struct pen_regex *key;
    struct pen_regex *url;
    struct pen_regex *value;
    struct pen_literals literals; /* none: it looks at every text, or every value of its field */
};

/** Whether the rule's finding is a leaf, and not a field. */
bool pen_patch_is_about_leaves(const struct pen_patch_rule *rule);

/** Whether nothing wakes it: it searches every text of every event, or all values of its field. */
bool pen_patch_looks_always(const struct pen_patch *patch);

/**
 * One rule, whole: its expressions and what wakes it. They are interpreted, see
 * pen_patch_hasten().
 *
 * Errors: PEN_ERR_INVALID  an expression does not compile, or nothing wakes it (`err`); NOMEM
 */
PEN_MUST_USE enum pen_status pen_patch_compile(const struct pen_patch_rule *rule,
                                               struct pen_arena *arena, struct pen_patch **out,
                                               struct pen_error *err);

/**
 * Make machine code of its expressions, and add the code's size to `bytes`.
 *
 * Errors: PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_patch_hasten(struct pen_patch *patch, size_t *bytes);

/** The expression of what a finding is: `leaf`, `key`, `url` or `value`; NULL: a field by name. */
const struct pen_regex *pen_patch_main(const struct pen_patch *patch);

/** Do two rules say the same? */
bool pen_patch_rule_same(const struct pen_patch_rule *a, const struct pen_patch_rule *b);

#endif
