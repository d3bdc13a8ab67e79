/**
 * The interface of a filter: one inspector of events.
 *
 * A filter reports; it does not decide, log, change the event or keep state between events.
 * To add one: `filters/<name>.c`, `tests/unit/test_<name>.c`, and the line `PEN_FILTER(<name>)` in
 * `filters/registry.def`. Descriptors are const; compiled state is const once made; any thread.
 */
#ifndef PEN_FILTERS_FILTER_H
#define PEN_FILTERS_FILTER_H

#include "filters/core/scan.h"

/** What wakes a filter for a leaf: a necessary condition for anything it could report. */
struct pen_trigger {
    const char *pattern; /* literals and simple classes: the syntax of filters/trigger.h */
    bool caseless;
    uint8_t group; /* 0-3: each group of a filter that has triggers must match in the leaf */
};

struct pen_filter {
    const char *name;    /* config key, metric label and log field; [a-z0-9_]+ */
    const char *summary; /* one line for people */
    bool detects;        /* its findings are only recorded, unless it is enforced by its own name */
    const char *sinks;   /* the sinks it guards, space-separated: "sql"; NULL = any */
    bool heeds_words;    /* a word is enough to do harm: letters, digits and "_.:-" */
    bool needs_sink;     /* what it reports is nothing to a function that declares none of them */

    const struct pen_rule *rules; /* every rule it reports */
    size_t rule_count;

    /* Leaves in which none of these occurs are never shown to it. No triggers: every leaf is. */
    const struct pen_trigger *triggers;
    size_t trigger_count;

    bool is_patches; /* its triggers and rules are those of the ruleset's patches */

    /* All four may be NULL. `config` is the filter's own mapping in the configuration, or NULL. */
    enum pen_status (*compile)(const struct pen_json *config, struct pen_arena *arena, void **state,
                               struct pen_error *err);
    enum pen_status (*inspect_leaf)(const void *state, const struct pen_leaf *leaf,
                                    struct pen_scan *scan);
    enum pen_status (*inspect_event)(const void *state, const struct pen_event *event,
                                     struct pen_scan *scan);
    void (*dispose)(void *state);
};

#endif
