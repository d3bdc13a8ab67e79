/**
 * Texts are searched for the triggers of all filters at once (filters/prefilter_search.h). What has
 * stood collects for each leaf as "group g of filter f has fired", one bit each; when the search is
 * over the bits of a filter's groups become its one wake bit.
 */
#include "filters/prefilter.h"

#include <stdlib.h>
#include <string.h>

#include "filters/prefilter_search.h"

#define GROUP_BITS   64 /* of all filters together */
#define MEMORY_LIMIT ((size_t)8 << 20)

/* The shipped rules have a hundred. Thousands that begin alike would be tried one by one wherever
 * their beginning stands. */
#define TRIGGERS_OF_PATCHES 256

struct pen_prefilter {
    struct pen_arena *arena; /* of the forms */
    struct pen_index index;
    const struct pen_patch_set *patches; /* NULL = none */
    uint64_t patches_bit;                /* of their filter, where they have a scan of their own */

    /* A filter of one group has its own position for its bit; others are listed. */
    uint64_t single;
    uint64_t always; /* filters that look at every leaf */
    struct {
        uint64_t needs;
        uint64_t wakes;
    } several[PEN_FILTER_MAX];
    size_t several_count;
};

/* While it is made: forms as they come, with the bit of their trigger. */
struct making {
    struct pen_prefilter *prefilter;
    struct pen_watch *watches;
    size_t count;
    uint64_t bit;
};

static enum pen_status take_form(void *context, const struct pen_trigger_form *form)
{
    struct making *const making = context;
    if (making->count == PEN_WATCHES_MOST) return PEN_ERR_LIMIT;

    struct pen_watch *const watch = &making->watches[making->count++];
    pen_watch_make(making->prefilter->index.kinds, form, making->bit, watch);
    return PEN_OK;
}

static uint32_t group_count(const struct pen_filter *filter)
{
    uint32_t groups = 0;
    for (size_t t = 0; t < filter->trigger_count; t++) {
        if (filter->triggers[t].group >= groups) groups = filter->triggers[t].group + 1U;
    }
    return groups;
}

/* Group 0 has the filter's own bit, further groups take theirs from the top. */
static uint64_t bit_of(size_t filter, uint32_t group, uint32_t top)
{
    return (uint64_t)1 << (group == 0 ? filter : top - (group - 1));
}

/* Where their texts are few they cost less as triggers among others than a scan of their own; the
 * texts are alternatives: one group. */
static enum pen_status collect_patches(struct making *making, size_t filter,
                                       const struct pen_patch_set *patches, struct pen_error *err)
{
    struct pen_prefilter *const prefilter = making->prefilter;
    size_t count = 0;
    making->bit = bit_of(filter, 0, 0);
    prefilter->single |= making->bit;
    if (patches == NULL) return PEN_OK;
    if (pen_patch_set_wakes_always(patches)) prefilter->always |= making->bit;
    const struct pen_wake *const wakes = pen_patch_set_wakes(patches, &count);
    if (count > TRIGGERS_OF_PATCHES) {
        prefilter->patches_bit = making->bit;
        return PEN_OK;
    }
    for (size_t i = 0; i < count; i++) {
        char memory[4 * PEN_LITERAL_BYTES];
        struct pen_buf expression = pen_buf_over(memory, sizeof(memory));
        for (size_t k = 0; k < wakes[i].literal.len; k++) {
            pen_buf_format(&expression, "\\x%02x", (unsigned char)wakes[i].literal.ptr[k]);
        }
        PEN_TRY(pen_trigger_compile(pen_buf_str(&expression), wakes[i].caseless, prefilter->arena,
                                    take_form, making, err));
    }
    return PEN_OK;
}

static enum pen_status collect(struct making *making, const struct pen_patch_set *patches,
                               struct pen_error *err)
{
    struct pen_prefilter *const prefilter = making->prefilter;
    const size_t filter_count = pen_registry_count();
    uint32_t top = GROUP_BITS - 1;
    for (size_t f = 0; f < filter_count; f++) {
        const struct pen_filter *const filter = pen_registry_at(f);
        if (filter->is_patches) {
            PEN_TRY(collect_patches(making, f, patches, err));
            continue;
        }
        const uint32_t groups = group_count(filter);
        if (groups > 1 && top - (groups - 1) <= filter_count) {
            pen_error_set(err, "filter %s: too many groups of triggers", filter->name);
            return PEN_ERR_INVALID;
        }
        uint64_t needs = 0;
        for (size_t t = 0; t < filter->trigger_count; t++) {
            const struct pen_trigger *const trigger = &filter->triggers[t];
            making->bit = bit_of(f, trigger->group, top);
            needs |= making->bit;
            PEN_TRY(pen_trigger_compile(pen_str_from_c(trigger->pattern), trigger->caseless,
                                        prefilter->arena, take_form, making, err));
        }
        if (groups == 0) {
            /* Others look at the event alone. */
            if (filter->inspect_leaf != NULL) prefilter->always |= (uint64_t)1 << f;
        } else if (groups == 1) {
            prefilter->single |= needs;
        } else {
            prefilter->several[prefilter->several_count].needs = needs;
            prefilter->several[prefilter->several_count++].wakes = (uint64_t)1 << f;
            top -= groups - 1;
        }
    }
    return PEN_OK;
}

static enum pen_status build(struct pen_prefilter *prefilter, struct pen_watch *watches,
                             const struct pen_patch_set *patches, struct pen_error *err)
{
    struct making making = {.prefilter = prefilter, .watches = watches};
    prefilter->patches = patches;
    pen_index_kinds(prefilter->index.kinds);
    PEN_TRY(collect(&making, patches, err));
    return pen_index_build(watches, making.count, prefilter->arena, &prefilter->index, err);
}

enum pen_status pen_prefilter_create(const struct pen_patch_set *patches,
                                     struct pen_prefilter **out, struct pen_error *err)
{
    struct pen_prefilter *prefilter = calloc(1, sizeof(*prefilter));
    struct pen_watch *watches = calloc(PEN_WATCHES_MOST, sizeof(*watches));
    enum pen_status status = PEN_ERR_NOMEM;
    if (prefilter != NULL && watches != NULL) {
        status = pen_arena_create(MEMORY_LIMIT, (size_t)64 << 10, &prefilter->arena);
        if (status == PEN_OK) status = build(prefilter, watches, patches, err);
    }
    free(watches);
    if (status != PEN_OK) {
        if (err->text[0] == '\0') pen_error_set(err, "the filters' triggers: no room for them");
        pen_prefilter_destroy(prefilter);
        return status;
    }
    *out = prefilter;
    return PEN_OK;
}

void pen_prefilter_destroy(struct pen_prefilter *prefilter)
{
    if (prefilter == NULL) return;

    pen_patterns_destroy(prefilter->index.patterns);
    pen_arena_destroy(prefilter->arena);
    free(prefilter);
}

enum pen_status pen_prefilter_scratch(const struct pen_prefilter *prefilter,
                                      struct pen_scratch **out)
{
    struct pen_scratch *scratch = NULL;
    PEN_TRY(pen_patterns_scratch(prefilter->index.patterns, &scratch));
    const enum pen_status status =
        prefilter->patches == NULL ? PEN_OK : pen_patch_set_prepare(prefilter->patches, scratch);
    if (status != PEN_OK) {
        pen_patterns_scratch_destroy(scratch);
        return status;
    }
    *out = scratch;
    return PEN_OK;
}

static uint64_t wake_bits(const struct pen_prefilter *prefilter, uint64_t fired)
{
    uint64_t wake = prefilter->always | (fired & prefilter->single);
    for (size_t i = 0; i < prefilter->several_count; i++) {
        const uint64_t needs = prefilter->several[i].needs;
        if ((fired & needs) == needs) wake |= prefilter->several[i].wakes;
    }
    return wake;
}

static void touch(struct pen_event *event, uint32_t leaf)
{
    event->touched[leaf / 64] |= (uint64_t)1 << leaf % 64;
}

/* An event may be inspected more than once. */
static void put_to_sleep(struct pen_event *event)
{
    for (uint32_t k = 0; k < event->awake_count; k++) {
        event->wake[event->awake[k]] = 0;
    }
    event->awake_count = 0;
    event->woken = 0;
}

/* Many patches have a search of their own, which knows of wake bits alone. */
static enum pen_status wake_patches(const struct pen_prefilter *prefilter, struct pen_event *event,
                                    struct pen_scratch *scratch, uint64_t *steps_left)
{
    const uint64_t bit = prefilter->patches_bit;
    PEN_TRY(pen_patch_set_wake(prefilter->patches, bit, event, scratch, steps_left));
    for (uint32_t i = 0; i < event->leaf_count; i++) {
        if ((event->wake[i] & bit) != 0) touch(event, i);
    }
    return PEN_OK;
}

/* From what has fired in touched leaves to what they wake. True: among them is a name. */
static bool wake_touched(const struct pen_prefilter *prefilter, struct pen_event *event)
{
    bool name = false;
    for (uint32_t base = 0; base < event->leaf_count; base += 64) {
        for (uint64_t bits = event->touched[base / 64]; bits != 0; bits &= bits - 1) {
            const uint32_t i = base + (uint32_t)__builtin_ctzll(bits);
            event->wake[i] = wake_bits(prefilter, event->wake[i]);
            if (event->wake[i] != 0) name = name || pen_event_leaf(event, i)->is_name;
        }
    }
    return name;
}

/* What stands in a name stands in those that repeat it. */
static void wake_repeats(struct pen_event *event)
{
    for (uint32_t k = 0; k < event->repeat_count; k++) {
        const struct pen_event_repeat *const repeat = pen_event_repeat(event, k);
        event->wake[repeat->leaf] = event->wake[repeat->first];
        if (event->wake[repeat->leaf] == 0) continue;
        touch(event, repeat->leaf);
        pen_event_write_repeat(event, repeat);
    }
}

static void list_awake(struct pen_event *event)
{
    for (uint32_t base = 0; base < event->leaf_count; base += 64) {
        for (uint64_t bits = event->touched[base / 64]; bits != 0; bits &= bits - 1) {
            const uint32_t i = base + (uint32_t)__builtin_ctzll(bits);
            event->woken |= event->wake[i];
            if (event->wake[i] != 0) event->awake[event->awake_count++] = i;
        }
        event->touched[base / 64] = 0;
    }
}

static enum pen_status search(const struct pen_prefilter *prefilter, struct pen_event *event,
                              struct pen_scratch *scratch, uint64_t *steps_left)
{
    PEN_TRY(pen_index_search(&prefilter->index, event, scratch, steps_left));
    return prefilter->patches_bit == 0 ? PEN_OK
                                       : wake_patches(prefilter, event, scratch, steps_left);
}

/* What an unfinished search has left behind would be found by the next one. */
static void forget(struct pen_event *event)
{
    memset(event->wake, 0, event->leaf_count * sizeof(event->wake[0]));
    memset(event->touched, 0, (event->leaf_count + 63) / 64 * sizeof(event->touched[0]));
}

enum pen_status pen_prefilter_wake(const struct pen_prefilter *prefilter, struct pen_event *event,
                                   struct pen_scratch *scratch, uint64_t *steps_left)
{
    put_to_sleep(event);
    if (event->leaf_count == 0) return PEN_OK;

    const enum pen_status status = search(prefilter, event, scratch, steps_left);
    if (status != PEN_OK) {
        forget(event);
        return status;
    }
    for (uint32_t i = 0; prefilter->always != 0 && i < event->leaf_count; i++) {
        touch(event, i);
    }
    if (wake_touched(prefilter, event)) wake_repeats(event);
    list_awake(event);
    return PEN_OK;
}
