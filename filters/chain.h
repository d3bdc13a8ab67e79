/**
 * The chain: all filters over one event, and the one place where findings become a verdict.
 *
 * A ruleset is what all functions share (the prefilter compiled from every filter's triggers); a
 * chain is one function's policy over it. Both are immutable after create and serve any thread;
 * a scratch belongs to one thread.
 */
#ifndef PEN_FILTERS_CHAIN_H
#define PEN_FILTERS_CHAIN_H

#include "filters/patch_set.h"
#include "filters/registry.h"

enum pen_verdict { PEN_PASS, PEN_FLAG, PEN_BLOCK };

/** "pass" | "flag" | "block". */
const char *pen_verdict_name(enum pen_verdict verdict);

enum pen_mode {
    PEN_MODE_ENFORCE, /* a finding at or above the threshold refuses */
    PEN_MODE_DETECT,  /* recorded only: flag at most */
    PEN_MODE_OFF,     /* the filter does not run */
};

/** Findings of `filter`, or of one of its rules, at exactly `path` (pen_leaf_path) do not count. */
struct pen_exception {
    struct pen_str filter; /* empty when it is about a rule */
    struct pen_str rule;   /* "sqli.tautology"; empty when it is about a whole filter */
    struct pen_str path;   /* "/items/" and an asterisk: filters/exception.h */
    struct pen_str reason; /* why, for the reader of the configuration */
    int64_t until;         /* Unix seconds from which on it is void; 0 = never */
};

struct pen_policy {
    struct pen_str function; /* its name, by which patches tell functions apart; may be empty */
    enum pen_mode modes[PEN_FILTER_MAX];            /* by registry index */
    const struct pen_json *configs[PEN_FILTER_MAX]; /* each filter's own mapping; NULL = default */
    const struct pen_str *sinks;                    /* declared sinks; none = unknown */
    size_t sink_count;
    const struct pen_exception *exceptions;
    size_t exception_count;
    uint32_t block_score; /* 0 = 70, and 50 for findings of a filter that guards a declared sink */
    uint32_t flag_score;  /* 0 = 40 */
    /* A filter's own, taken as they are: neither a sink nor running text moves them. 0 = the
     * function's. */
    uint32_t filter_block_scores[PEN_FILTER_MAX];
    uint32_t filter_flag_scores[PEN_FILTER_MAX];
};

/** What a function that says nothing has: every filter enforced, but those that only detect. */
struct pen_policy pen_policy_default(void);

/** One mode for all filters; PEN_MODE_ENFORCE leaves those that only detect at detecting. */
void pen_policy_set_modes(struct pen_policy *policy, enum pen_mode mode);

struct pen_ruleset;
struct pen_chain;

/** Compile the prefilter of all registered filters, without patches. Errors: PEN_ERR_NOMEM,
 * PEN_ERR_INTERNAL with `err`. */
PEN_MUST_USE enum pen_status pen_ruleset_create(struct pen_ruleset **out, struct pen_error *err);

/** The same with patches, which are copied. Errors: also PEN_ERR_INVALID, PEN_ERR_LIMIT. */
PEN_MUST_USE enum pen_status pen_ruleset_create_patched(const struct pen_patch_rule *rules,
                                                        size_t count, struct pen_ruleset **out,
                                                        struct pen_error *err);

/** Was it made with these patches? All else that it is made of is the program's. */
bool pen_ruleset_is_patched_by(const struct pen_ruleset *ruleset,
                               const struct pen_patch_rule *rules, size_t count);

/** The same once more, for one more snapshot. Any thread. */
struct pen_ruleset *pen_ruleset_acquire(struct pen_ruleset *ruleset);

/** The last one frees it. NULL is fine. Any thread. */
void pen_ruleset_release(struct pen_ruleset *ruleset);

/** One per thread, for any chain of this ruleset. */
PEN_MUST_USE enum pen_status pen_scratch_create(const struct pen_ruleset *ruleset,
                                                struct pen_scratch **out);
void pen_scratch_destroy(struct pen_scratch *scratch);

/**
 * One function's chain.
 *
 * @param policy   borrowed strings and nodes must outlive the chain; NULL = the default policy
 * @param arena    holds the chain; filter states are disposed when it is reset or destroyed
 */
PEN_MUST_USE enum pen_status pen_chain_create(const struct pen_ruleset *ruleset,
                                              const struct pen_policy *policy,
                                              struct pen_arena *arena, const struct pen_chain **out,
                                              struct pen_error *err);

struct pen_judgement {
    enum pen_verdict verdict;
    const char *reason;                /* the deciding rule's id, or "none" */
    const struct pen_finding *finding; /* the deciding finding; NULL when there is none */
};

/**
 * Run the chain. The event's leaves get their `wake` bits from the prefilter, unless no filter that
 * is on looks at leaves; each filter then looks at the leaves that it was woken for.
 *
 * @param now  Unix seconds, for exceptions that end
 *
 * Errors: any status: the filter named in `scan->filter` could not finish, the event is refused
 *         with reason "<filter>.limit" when its work, depth or memory is bounded and that was not
 *         enough, else "<filter>.unfinished"; `out` says so (verdict block) on errors too.
 */
PEN_MUST_USE enum pen_status pen_chain_inspect(const struct pen_chain *chain,
                                               struct pen_event *event, int64_t now,
                                               struct pen_scan *scan, struct pen_judgement *out);

#endif
