/**
 * The filters of one function in their order, and what their findings amount to.
 *
 * The verdict is the strongest finding held against its threshold (docs/policy.md); findings are
 * never added up, so a new filter cannot change what another one means. A filter that cannot finish
 * refuses.
 */
#include "filters/chain.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "filters/exception.h"
#include "filters/patch.h"
#include "filters/prefilter.h"
#include "filters/prose.h"

#define BLOCK_SCORE 70
#define FLAG_SCORE  40
#define SINK_SCORE  50 /* the function says that it uses the text so: structure alone is enough */
#define PROSE_SCORE 90 /* in running text only what is certain on its own counts */

struct pen_ruleset {
    atomic_size_t references;
    struct pen_patch_set *patches;
    struct pen_prefilter *prefilter;
};

struct link {
    const struct pen_filter *filter;
    void *state;
    enum pen_mode mode;
    struct pen_str sink;  /* the declared one that it guards; empty = none */
    uint32_t block_score; /* its own; 0 = the function's */
    uint32_t flag_score;
};

struct pen_chain {
    const struct pen_ruleset *ruleset;
    struct link links[PEN_FILTER_MAX];
    size_t link_count;
    uint64_t of_events; /* a bit for each link that looks at whole events, whatever woke */
    uint64_t of_leaves; /* and for each that is asked about leaves that it is woken for */
    const struct pen_exception *exceptions;
    size_t exception_count;
    uint32_t block_score;
    bool block_given; /* a number that somebody wrote means what it says, whatever the sink */
    uint32_t flag_score;
    uint64_t injections; /* filters, by their bits, to which a harmless text is nothing */
};

const char *pen_verdict_name(enum pen_verdict verdict)
{
    switch (verdict) {
    case PEN_PASS:
        return "pass";
    case PEN_FLAG:
        return "flag";
    case PEN_BLOCK:
        return "block";
    }
    return "block";
}

struct pen_policy pen_policy_default(void)
{
    struct pen_policy policy = {.block_score = 0};
    pen_policy_set_modes(&policy, PEN_MODE_ENFORCE);
    return policy;
}

void pen_policy_set_modes(struct pen_policy *policy, enum pen_mode mode)
{
    for (size_t i = 0; i < pen_registry_count(); i++) {
        const bool detects = pen_registry_at(i)->detects && mode == PEN_MODE_ENFORCE;
        policy->modes[i] = detects ? PEN_MODE_DETECT : mode;
    }
}

enum pen_status pen_ruleset_create_patched(const struct pen_patch_rule *rules, size_t count,
                                           struct pen_ruleset **out, struct pen_error *err)
{
    struct pen_ruleset *ruleset = calloc(1, sizeof(*ruleset));
    if (ruleset == NULL) return PEN_ERR_NOMEM;

    enum pen_status status = pen_patch_set_create(rules, count, &ruleset->patches, err);
    if (status == PEN_OK) {
        status = pen_prefilter_create(ruleset->patches, &ruleset->prefilter, err);
    }
    if (status != PEN_OK) {
        pen_patch_set_destroy(ruleset->patches);
        free(ruleset);
        return status;
    }
    atomic_init(&ruleset->references, 1);
    *out = ruleset;
    return PEN_OK;
}

enum pen_status pen_ruleset_create(struct pen_ruleset **out, struct pen_error *err)
{
    return pen_ruleset_create_patched(NULL, 0, out, err);
}

bool pen_ruleset_is_patched_by(const struct pen_ruleset *ruleset,
                               const struct pen_patch_rule *rules, size_t count)
{
    return pen_patch_set_is(ruleset->patches, rules, count);
}

struct pen_ruleset *pen_ruleset_acquire(struct pen_ruleset *ruleset)
{
    (void)atomic_fetch_add_explicit(&ruleset->references, 1, memory_order_relaxed);
    return ruleset;
}

void pen_ruleset_release(struct pen_ruleset *ruleset)
{
    if (ruleset == NULL) return;
    if (atomic_fetch_sub_explicit(&ruleset->references, 1, memory_order_acq_rel) > 1) return;

    pen_prefilter_destroy(ruleset->prefilter);
    pen_patch_set_destroy(ruleset->patches);
    free(ruleset);
}

enum pen_status pen_scratch_create(const struct pen_ruleset *ruleset, struct pen_scratch **out)
{
    return pen_prefilter_scratch(ruleset->prefilter, out);
}

void pen_scratch_destroy(struct pen_scratch *scratch)
{
    pen_patterns_scratch_destroy(scratch);
}

/* Does the space-separated list of a descriptor name this sink? */
static bool list_names(const char *list, struct pen_str sink)
{
    if (list == NULL) return false;

    struct pen_str rest = pen_str_from_c(list);
    while (rest.len > 0) {
        const size_t end = pen_str_find(rest, ' ', 0);
        if (pen_str_equal(pen_str_slice(rest, 0, end), sink)) return true;
        rest = pen_str_slice(rest, end + 1, rest.len);
    }
    return false;
}

static struct pen_str guarded_sink(const struct pen_filter *filter, const struct pen_policy *policy)
{
    for (size_t i = 0; i < policy->sink_count; i++) {
        if (list_names(filter->sinks, policy->sinks[i])) return policy->sinks[i];
    }
    return PEN_S("");
}

static void dispose_link(void *handle)
{
    struct link *const link = handle;
    if (link->filter->dispose != NULL) link->filter->dispose(link->state);
}

static enum pen_status add_link(struct pen_chain *chain, size_t index,
                                const struct pen_policy *policy, struct pen_arena *arena,
                                struct pen_error *err)
{
    struct link *const link = &chain->links[index];
    link->filter = pen_registry_at(index);
    link->mode = policy->modes[index];
    link->sink = guarded_sink(link->filter, policy);
    if (link->filter->needs_sink && link->sink.len == 0) link->mode = PEN_MODE_OFF;
    link->block_score = policy->filter_block_scores[index];
    link->flag_score = policy->filter_flag_scores[index];
    if (link->filter->is_patches) {
        PEN_TRY(pen_patch_view(chain->ruleset->patches, policy->function, arena, &link->state));
        if (link->state == NULL) link->mode = PEN_MODE_OFF;
        return PEN_OK;
    }
    if (link->filter->compile == NULL) return PEN_OK;

    PEN_TRY(link->filter->compile(policy->configs[index], arena, &link->state, err));
    return link->filter->dispose == NULL ? PEN_OK : pen_arena_defer(arena, dispose_link, link);
}

enum pen_status pen_chain_create(const struct pen_ruleset *ruleset, const struct pen_policy *policy,
                                 struct pen_arena *arena, const struct pen_chain **out,
                                 struct pen_error *err)
{
    struct pen_policy defaults;
    if (policy == NULL) {
        defaults = pen_policy_default();
        policy = &defaults;
    }

    struct pen_chain *chain = pen_arena_calloc(arena, 1, sizeof(*chain));
    if (chain == NULL) return PEN_ERR_NOMEM;

    chain->ruleset = ruleset;
    chain->link_count = pen_registry_count();
    chain->exceptions = policy->exceptions;
    chain->exception_count = policy->exception_count;
    chain->block_score = policy->block_score > 0 ? policy->block_score : BLOCK_SCORE;
    chain->block_given = policy->block_score > 0;
    chain->flag_score = policy->flag_score > 0 ? policy->flag_score : FLAG_SCORE;
    for (size_t i = 0; i < chain->link_count; i++) {
        PEN_TRY(add_link(chain, i, policy, arena, err));
        const struct link *const link = &chain->links[i];
        if (link->mode == PEN_MODE_OFF) continue;
        if (link->filter->inspect_event != NULL) chain->of_events |= (uint64_t)1 << i;
        if (link->filter->inspect_leaf != NULL) chain->of_leaves |= (uint64_t)1 << i;
        /* A host's address, "__proto__" and ".." are words, too. */
        if (link->filter->sinks != NULL && !link->filter->heeds_words) {
            chain->injections |= (uint64_t)1 << i;
        }
    }
    *out = chain;
    return PEN_OK;
}

static enum pen_status run_link(const struct link *link, size_t index, struct pen_event *event,
                                struct pen_scan *scan)
{
    const struct pen_filter *const filter = link->filter;
    scan->filter = (struct pen_reporter){.name = filter->name,
                                         .summary = filter->summary,
                                         .rules = filter->rules,
                                         .rule_count = filter->rule_count,
                                         .guards = link->sink.len > 0};
    scan->leaf = NULL;
    if (filter->inspect_event != NULL) {
        PEN_TRY(filter->inspect_event(link->state, event, scan));
    }
    if (filter->inspect_leaf == NULL || (event->woken >> index & 1) == 0) return PEN_OK;

    for (uint32_t k = 0; k < event->awake_count; k++) {
        const uint32_t i = event->awake[k];
        if ((event->wake[i] >> index & 1) == 0) continue;
        scan->leaf = pen_event_place(event, i);
        PEN_TRY(filter->inspect_leaf(link->state, scan->leaf, scan));
    }
    return PEN_OK;
}

static const struct link *link_of(const struct pen_chain *chain, const struct pen_finding *finding)
{
    size_t i = 0;
    while (i + 1 < chain->link_count && chain->links[i].filter->name != finding->filter) {
        i++;
    }
    return &chain->links[i];
}

/* Leaves that were asked whether they are running text: once each, however many findings. */
struct prose {
    struct {
        const struct pen_leaf *leaf;
        bool is;
    } known[PEN_SCAN_FINDINGS];
    size_t count;
};

static bool is_prose(struct prose *prose, const struct pen_leaf *leaf)
{
    for (size_t i = 0; i < prose->count; i++) {
        if (prose->known[i].leaf == leaf) return prose->known[i].is;
    }
    const bool is = pen_prose_is(leaf->text);
    prose->known[prose->count].leaf = leaf; /* no more leaves than findings */
    prose->known[prose->count++].is = is;
    return is;
}

/* Which threshold is a finding's; docs/policy.md says it for people. */
static void measure(const struct pen_chain *chain, const struct link *link, struct prose *prose,
                    struct pen_finding *finding)
{
    finding->measure = chain->block_given ? PEN_MEASURE_FUNCTION : PEN_MEASURE_DEFAULT;
    finding->blocks_from = chain->block_score;
    if (link->block_score > 0) {
        finding->measure = PEN_MEASURE_FILTER;
        finding->blocks_from = link->block_score;
    } else if (link->sink.len > 0) {
        if (chain->block_given) return;
        finding->measure = PEN_MEASURE_SINK;
        finding->blocks_from = SINK_SCORE;
        finding->sink = link->sink;
    } else if (finding->leaf != NULL && finding->blocks_from < PROSE_SCORE
               && is_prose(prose, finding->leaf)) {
        finding->measure = PEN_MEASURE_PROSE;
        finding->blocks_from = PROSE_SCORE;
    }
}

static enum pen_verdict judge(const struct pen_chain *chain, struct prose *prose,
                              struct pen_finding *finding)
{
    const struct link *const link = link_of(chain, finding);
    const uint32_t flag = link->flag_score > 0 ? link->flag_score : chain->flag_score;
    measure(chain, link, prose, finding);
    if (finding->score >= finding->blocks_from) {
        finding->refuses = link->mode == PEN_MODE_ENFORCE && !finding->flags_only;
        finding->held_back = !finding->refuses;
        return finding->refuses ? PEN_BLOCK : PEN_FLAG;
    }
    return finding->score >= flag ? PEN_FLAG : PEN_PASS;
}

static void conclude(const struct pen_chain *chain, struct pen_scan *scan, int64_t now,
                     struct pen_judgement *out)
{
    struct prose prose;
    prose.count = 0; /* not all of it: a kilobyte that is written before it is read */
    *out = (struct pen_judgement){.verdict = PEN_PASS, .reason = "none"};
    for (uint32_t i = 0; i < scan->finding_count; i++) {
        struct pen_finding *const finding = &scan->findings[i];
        finding->excused =
            pen_exception_for(chain->exceptions, chain->exception_count, finding, now);
        if (finding->excused != NULL) continue;

        const enum pen_verdict verdict = judge(chain, &prose, finding);
        const bool stronger = verdict > out->verdict
                              || (verdict == out->verdict && verdict != PEN_PASS
                                  && finding->score > out->finding->score);
        if (stronger) {
            *out = (struct pen_judgement){
                .verdict = verdict, .reason = finding->rule, .finding = finding};
        }
    }
}

/* "<filter>.limit", "<filter>.unfinished", in the arena; a fixed word when that does not fit. */
static const char *unfinished(const struct pen_scan *scan, enum pen_status status)
{
    const struct pen_str name =
        pen_str_from_c(scan->filter.name != NULL ? scan->filter.name : "chain");
    const struct pen_str tail = status == PEN_ERR_LIMIT ? PEN_S(".limit") : PEN_S(".unfinished");
    char *const text = pen_arena_bytes(scan->arena, name.len + tail.len + 1);
    if (text == NULL) return "chain.unfinished";

    memcpy(text, name.ptr, name.len);
    memcpy(text + name.len, tail.ptr, tail.len + 1);
    return text;
}

static bool is_harmless(const struct pen_event *event, const struct pen_leaf *leaf)
{
    /* What was made of it by decoding is another text; in a document it is its value. */
    const bool decoded = leaf->from != NULL && !pen_coding_is_document(leaf->coding);
    if (leaf->is_name || decoded) return false;

    size_t low = 0;
    size_t high = event->harmless_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const struct pen_str text = event->harmless[middle];
        if (text.ptr == leaf->text.ptr) return text.len == leaf->text.len;
        if (text.ptr < leaf->text.ptr) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return false;
}

/* Few leaves wake anything, so few are looked up. */
static void let_harmless_sleep(const struct pen_chain *chain, struct pen_event *event)
{
    if (event->harmless_count == 0) return;
    for (uint32_t k = 0; k < event->awake_count; k++) {
        const uint32_t i = event->awake[k];
        if ((event->wake[i] & chain->injections) == 0) continue;
        if (is_harmless(event, pen_event_place(event, i))) event->wake[i] &= ~chain->injections;
    }
}

/* What a finding comes to before all are known. */
struct weighing {
    const struct pen_chain *chain;
    int64_t now;
    struct prose prose; /* of the last leaf: findings of a filter come leaf by leaf */
};

static bool would_refuse(void *context, const struct pen_finding *finding)
{
    struct weighing *const weighing = context;
    const struct pen_chain *const chain = weighing->chain;
    struct pen_finding weighed = *finding;
    if (pen_exception_for(chain->exceptions, chain->exception_count, finding, weighing->now)
        != NULL) {
        return false;
    }
    if (weighing->prose.count == PEN_COUNT_OF(weighing->prose.known)) weighing->prose.count = 0;
    return judge(chain, &weighing->prose, &weighed) == PEN_BLOCK;
}

static enum pen_status run_links(const struct pen_chain *chain, struct pen_event *event,
                                 struct pen_scan *scan)
{
    struct weighing weighing;
    weighing.chain = chain;
    weighing.now = scan->now;
    weighing.prose.count = 0;
    const struct pen_scan_weigher weigher = {.refuses = would_refuse, .context = &weighing};
    scan->weigher = &weigher;
    enum pen_status status = PEN_OK;
    uint64_t links = chain->of_events | (chain->of_leaves & event->woken);
    for (; links != 0 && status == PEN_OK; links &= links - 1) {
        const size_t i = (size_t)__builtin_ctzll(links);
        status = run_link(&chain->links[i], i, event, scan);
    }
    scan->weigher = NULL;
    return status;
}

/* Where nobody asks which leaves are awake, all that the search could do is to take long. */
static enum pen_status wake(const struct pen_chain *chain, struct pen_event *event,
                            struct pen_scan *scan)
{
    if (chain->of_leaves == 0) return PEN_OK;
    PEN_TRY(pen_prefilter_wake(chain->ruleset->prefilter, event, scan->scratch, &scan->steps_left));
    let_harmless_sleep(chain, event);
    return PEN_OK;
}

enum pen_status pen_chain_inspect(const struct pen_chain *chain, struct pen_event *event,
                                  int64_t now, struct pen_scan *scan, struct pen_judgement *out)
{
    scan->event = event;
    scan->now = now;
    enum pen_status status = wake(chain, event, scan);
    if (status == PEN_OK) status = run_links(chain, event, scan);
    if (status != PEN_OK) {
        *out = (struct pen_judgement){.verdict = PEN_BLOCK, .reason = unfinished(scan, status)};
        return status;
    }
    conclude(chain, scan, now, out);
    return PEN_OK;
}
