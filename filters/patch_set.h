/**
 * Virtual patches: rules of the operator's, compiled for all functions together.
 *
 * A rule names one known hole by a pattern, until what has the hole is mended. It is woken by texts
 * that its expression cannot match without (filters/patch_literals.h), in the one scan of all
 * filters; of a leaf that is woken a second, smaller scan says which rules are to look, and PCRE2
 * decides under the step budget. docs/patches.md describes the rules.
 *
 * Immutable once created; any thread.
 */
#ifndef PEN_FILTERS_PATCH_SET_H
#define PEN_FILTERS_PATCH_SET_H

#include "filters/core/pattern.h"
#include "filters/core/scan.h"
#include "filters/patch_literals.h"

#define PEN_PATCHES_MOST 512
#define PEN_PATCH_ID     41 /* bytes of an id, so that "patch.<id>" is a reason in the metrics */

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
    struct pen_literals literals; /* none: it is woken by every text, or not by texts at all */
};

struct pen_patch_set;

/** Whether the rule's finding is a leaf, and not a field. */
bool pen_patch_is_about_leaves(const struct pen_patch_rule *rule);

/**
 * One rule, whole: its expressions and what wakes it.
 *
 * Errors: PEN_ERR_INVALID  an expression does not compile, or nothing wakes it (`err`); NOMEM
 */
PEN_MUST_USE enum pen_status pen_patch_compile(const struct pen_patch_rule *rule,
                                               struct pen_arena *arena, struct pen_patch **out,
                                               struct pen_error *err);

/** The expression of what a finding is: `leaf`, `key`, `url` or `value`; NULL: a field by name. */
const struct pen_regex *pen_patch_main(const struct pen_patch *patch);

/** Copy and compile; no rules are a set, too. Errors: PEN_ERR_INVALID, PEN_ERR_NOMEM, `err`. */
PEN_MUST_USE enum pen_status pen_patch_set_create(const struct pen_patch_rule *rules, size_t count,
                                                  struct pen_patch_set **out,
                                                  struct pen_error *err);
/** NULL is fine. */
void pen_patch_set_destroy(struct pen_patch_set *set);

/** Was it made from rules that say the same? */
bool pen_patch_set_is(const struct pen_patch_set *set, const struct pen_patch_rule *rules,
                      size_t count);

size_t pen_patch_set_count(const struct pen_patch_set *set);
const struct pen_patch *pen_patch_set_at(const struct pen_patch_set *set, size_t index);

/** What wakes any of them, for the scan of all filters; ids are indexes of rules. No set: none.
 */
const struct pen_pattern *pen_patch_set_patterns(const struct pen_patch_set *set, size_t *count);

/** Is there a rule that wants to see every leaf? */
bool pen_patch_set_wakes_always(const struct pen_patch_set *set);

/** Make room in a thread's scratch for pen_patch_set_woken. Errors: PEN_ERR_NOMEM. */
PEN_MUST_USE enum pen_status pen_patch_set_prepare(const struct pen_patch_set *set,
                                                   struct pen_scratch *scratch);

/** Bits of rules, by index. */
struct pen_patch_bits {
    uint64_t words[PEN_PATCHES_MOST / 64];
};

/** Which rules have to look at this text? Errors: as pen_patterns_scan. */
PEN_MUST_USE enum pen_status pen_patch_set_woken(const struct pen_patch_set *set,
                                                 struct pen_scratch *scratch, struct pen_str text,
                                                 struct pen_patch_bits *out);

#endif
