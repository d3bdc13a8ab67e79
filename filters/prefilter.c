/**
 * Texts are searched for the factors of all triggers: Vectorscan finds the literals, a look at
 * sixteen bytes at a time the rare bytes. Around each the rest of its trigger is looked at. What
 * has stood collects for each leaf as "group g of filter f has fired", one bit each; when the
 * search is over the bits of a filter's groups become its one wake bit.
 */
#include "filters/prefilter.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "filters/core/block16.h"
#include "filters/trigger.h"

#define MAX_FORMS    8192 /* of all triggers together */
#define GROUP_BITS   64   /* of all filters together */
#define MEMORY_LIMIT ((size_t)8 << 20)

/* A form, and what fires when it stands. */
struct watch {
    struct pen_trigger_form form;
    uint64_t bit;
    uint64_t before[4]; /* one of these bytes precedes the factor */
    uint64_t behind[4]; /* one of these follows it */
};

/* Forms that one factor leads to: a range of `watches`. */
struct range {
    uint32_t first;
    uint32_t count;
    uint32_t length; /* of the literal */
};

struct pen_prefilter {
    struct pen_arena *arena; /* of the forms */
    struct pen_patterns *patterns;
    struct watch *watches; /* by factor */
    uint32_t watch_count;
    struct range *literals; /* by the pattern's id */
    struct range bytes[UINT8_MAX + 1];
    uint64_t direct[UINT8_MAX + 1]; /* fires without a look around */

    /* A filter of one group has its own position for its bit; others are listed. */
    uint64_t single;
    uint64_t always; /* filters without triggers */
    struct {
        uint64_t needs;
        uint64_t wakes;
    } several[PEN_FILTER_MAX];
    size_t several_count;
};

/* While it is made: forms as they come, with the bit of their trigger. */
struct making {
    struct pen_prefilter *prefilter;
    struct watch *watches;
    size_t count;
    uint64_t bit;
};

/* The bytes that can stand at the first of `count` items, in either direction: of those that may be
   left out, and of the first that may not. */
static void collect_edge(const struct pen_trigger_item *first, size_t count, int step,
                         uint64_t set[4])
{
    memset(set, 0, 4 * sizeof(set[0]));
    for (size_t i = 0; i < count; i++) {
        const struct pen_trigger_item *const item = first + (ptrdiff_t)i * step;
        if (item->kind == PEN_TRIGGER_BOUNDARY) break;
        if (item->kind == PEN_TRIGGER_START) {
            const unsigned char gap = (unsigned char)PEN_TRIGGER_GAP;
            set[gap >> 6] |= (uint64_t)1 << (gap & 63);
            return;
        }
        for (size_t word = 0; word < 4; word++) {
            set[word] |= item->set[word];
        }
        if (item->least > 0) return;
    }
    memset(set, UINT8_MAX, 4 * sizeof(set[0])); /* nothing is asked for */
}

static enum pen_status take_form(void *context, const struct pen_trigger_form *form)
{
    struct making *const making = context;
    if (making->count == MAX_FORMS) return PEN_ERR_LIMIT;

    const size_t behind = form->at + form->length;
    struct watch *const watch = &making->watches[making->count++];
    *watch = (struct watch){.form = *form, .bit = making->bit};
    collect_edge(form->items + behind, form->count - behind, 1, watch->behind);
    collect_edge(form->at > 0 ? form->items + form->at - 1 : NULL, form->at, -1, watch->before);
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

/* The patches' texts are alternatives: one group. */
static enum pen_status collect_patches(struct making *making, size_t filter,
                                       const struct pen_patch_set *patches, struct pen_error *err)
{
    struct pen_prefilter *const prefilter = making->prefilter;
    size_t count = 0;
    const struct pen_pattern *const patterns = pen_patch_set_patterns(patches, &count);
    making->bit = bit_of(filter, 0, 0);
    for (size_t i = 0; i < count; i++) {
        char memory[4 * PEN_LITERAL_BYTES];
        struct pen_buf expression = pen_buf_over(memory, sizeof(memory));
        for (size_t k = 0; k < patterns[i].literal.len; k++) {
            pen_buf_format(&expression, "\\x%02x", (unsigned char)patterns[i].literal.ptr[k]);
        }
        PEN_TRY(pen_trigger_compile(pen_buf_str(&expression), patterns[i].caseless,
                                    prefilter->arena, take_form, making, err));
    }
    if (count > 0) prefilter->single |= making->bit;
    if (pen_patch_set_wakes_always(patches)) prefilter->always |= making->bit;
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
            prefilter->always |= (uint64_t)1 << f;
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

static int compare_literals(const void *a, const void *b)
{
    const struct pen_trigger_form *const left = &((const struct watch *)a)->form;
    const struct pen_trigger_form *const right = &((const struct watch *)b)->form;
    if (left->literal.len != right->literal.len) {
        return left->literal.len < right->literal.len ? -1 : 1;
    }
    if (left->caseless != right->caseless) return left->caseless ? 1 : -1;
    return left->literal.len == 0
               ? 0
               : memcmp(left->literal.ptr, right->literal.ptr, left->literal.len);
}

static bool is_alone(const struct pen_trigger_form *form)
{
    return form->count == form->length;
}

/* Forms of one byte: each under every byte of its class, or at once where nothing is around it. */
static enum pen_status add_bytes(struct pen_prefilter *prefilter, const struct watch *watches,
                                 size_t count)
{
    for (unsigned byte = 0; byte <= UINT8_MAX; byte++) {
        struct range *const range = &prefilter->bytes[byte];
        *range = (struct range){.first = prefilter->watch_count, .length = 1};
        for (size_t i = 0; i < count; i++) {
            const struct pen_trigger_form *const form = &watches[i].form;
            if (!pen_trigger_has(&form->items[form->at], (unsigned char)byte)) continue;
            if (is_alone(form)) {
                prefilter->direct[byte] |= watches[i].bit;
                continue;
            }
            if (prefilter->watch_count == MAX_FORMS) return PEN_ERR_LIMIT;
            prefilter->watches[prefilter->watch_count++] = watches[i];
        }
        range->count = prefilter->watch_count - range->first;
    }
    return PEN_OK;
}

/* Forms of one literal stand together: one pattern for all of them. */
static enum pen_status add_literals(struct pen_prefilter *prefilter, const struct watch *watches,
                                    size_t count, struct pen_error *err)
{
    struct pen_pattern *patterns = calloc(count + 1, sizeof(*patterns));
    prefilter->literals =
        pen_arena_calloc(prefilter->arena, count + 1, sizeof(*prefilter->literals));
    if (patterns == NULL || prefilter->literals == NULL) {
        free(patterns);
        return PEN_ERR_NOMEM;
    }
    uint32_t distinct = 0;
    enum pen_status status = PEN_OK;
    for (size_t i = 0; i < count && status == PEN_OK; i++) {
        if (prefilter->watch_count == MAX_FORMS) status = PEN_ERR_LIMIT;
        if (i == 0 || compare_literals(&watches[i - 1], &watches[i]) != 0) {
            const struct pen_trigger_form *const form = &watches[i].form;
            patterns[distinct] = (struct pen_pattern){
                .literal = form->literal, .caseless = form->caseless, .id = distinct};
            prefilter->literals[distinct++] =
                (struct range){prefilter->watch_count, 0, (uint32_t)form->literal.len};
        }
        if (status == PEN_OK) {
            prefilter->watches[prefilter->watch_count++] = watches[i];
            prefilter->literals[distinct - 1].count++;
        }
    }
    if (status == PEN_OK) {
        status = pen_patterns_create(patterns, distinct, &prefilter->patterns, err);
    }
    free(patterns);
    return status;
}

static enum pen_status build(struct pen_prefilter *prefilter, struct watch *watches,
                             const struct pen_patch_set *patches, struct pen_error *err)
{
    struct making making = {.prefilter = prefilter, .watches = watches};
    PEN_TRY(collect(&making, patches, err));
    qsort(watches, making.count, sizeof(*watches), compare_literals);
    size_t bytes = 0;
    while (bytes < making.count && watches[bytes].form.literal.len == 0) {
        bytes++;
    }
    PEN_TRY(add_bytes(prefilter, watches, bytes));
    return add_literals(prefilter, watches + bytes, making.count - bytes, err);
}

enum pen_status pen_prefilter_create(const struct pen_patch_set *patches,
                                     struct pen_prefilter **out, struct pen_error *err)
{
    struct pen_prefilter *prefilter = calloc(1, sizeof(*prefilter));
    struct watch *watches = calloc(MAX_FORMS, sizeof(*watches));
    enum pen_status status = PEN_ERR_NOMEM;
    if (prefilter != NULL && watches != NULL) {
        prefilter->watches = calloc(MAX_FORMS, sizeof(*prefilter->watches));
        if (prefilter->watches != NULL) {
            status = pen_arena_create(MEMORY_LIMIT, (size_t)64 << 10, &prefilter->arena);
        }
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

    pen_patterns_destroy(prefilter->patterns);
    pen_arena_destroy(prefilter->arena);
    free(prefilter->watches);
    free(prefilter);
}

enum pen_status pen_prefilter_scratch(const struct pen_prefilter *prefilter,
                                      struct pen_scratch **out)
{
    return pen_patterns_scratch(prefilter->patterns, out);
}

struct waking {
    const struct pen_prefilter *prefilter;
    struct pen_str text;
    uint64_t *fired;
    const size_t *ends;
    uint32_t count;
    uint32_t at; /* places come in rising order: the leaf of the last one */
};

/* The bits of the leaf that the byte at `place` belongs to. */
static uint64_t *leaf_at(struct waking *waking, size_t place)
{
    /* The order is what the engine does, not what it promises. */
    if (waking->at > 0 && place < waking->ends[waking->at - 1]) waking->at = 0;
    while (waking->at + 1 < waking->count && place >= waking->ends[waking->at]) {
        waking->at++;
    }
    return &waking->fired[waking->at];
}

static bool set_has(const uint64_t set[4], unsigned char byte)
{
    return (set[byte >> 6] >> (byte & 63) & 1) != 0;
}

/* Most places are told by the byte on either side. */
static void look_around(const struct waking *waking, const struct range *range, size_t place,
                        uint64_t *fired)
{
    const struct pen_str text = waking->text;
    const size_t end = place + range->length;
    const unsigned char before = (unsigned char)(place > 0 ? text.ptr[place - 1] : PEN_TRIGGER_GAP);
    const unsigned char behind = (unsigned char)(end < text.len ? text.ptr[end] : PEN_TRIGGER_GAP);
    const struct watch *watch = &waking->prefilter->watches[range->first];
    for (const struct watch *const last = watch + range->count; watch < last; watch++) {
        if (!set_has(watch->behind, behind) || !set_has(watch->before, before)) continue;
        if ((*fired & watch->bit) != 0) continue;
        if (is_alone(&watch->form) || pen_trigger_stands(&watch->form, text, place)) {
            *fired |= watch->bit;
        }
    }
}

static void literal_found(void *context, uint32_t id, size_t end)
{
    struct waking *const waking = context;
    const struct range *const range = &waking->prefilter->literals[id];
    const size_t place = end - range->length;
    look_around(waking, range, place, leaf_at(waking, place));
}

static void byte_found(struct waking *waking, size_t place)
{
    const unsigned char byte = (unsigned char)waking->text.ptr[place];
    const struct range *const range = &waking->prefilter->bytes[byte];
    const uint64_t direct = waking->prefilter->direct[byte];
    if (direct == 0 && range->count == 0) return;

    uint64_t *const fired = leaf_at(waking, place);
    *fired |= direct;
    if (range->count > 0) look_around(waking, range, place, fired);
}

static void find_bytes(struct waking *waking)
{
    const struct pen_str text = waking->text;
    size_t at = 0;
    for (; at + PEN_BLOCK <= text.len; at += PEN_BLOCK) {
        unsigned bits = pen_block_sparse(text.ptr + at);
        for (; bits != 0; bits &= bits - 1) {
            byte_found(waking, at + (size_t)__builtin_ctz(bits));
        }
    }
    for (; at < text.len; at++) {
        byte_found(waking, at);
    }
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

enum pen_status pen_prefilter_wake(const struct pen_prefilter *prefilter, struct pen_event *event,
                                   struct pen_scratch *scratch)
{
    struct waking waking = {.prefilter = prefilter,
                            .text = event->text,
                            .fired = event->wake,
                            .ends = event->text_ends,
                            .count = event->leaf_count};
    event->woken = 0; /* an event may be inspected more than once */
    if (event->leaf_count == 0) return PEN_OK;

    memset(event->wake, 0, event->leaf_count * sizeof(*event->wake));
    find_bytes(&waking);
    waking.at = 0;
    PEN_TRY(pen_patterns_scan(prefilter->patterns, scratch, event->text, literal_found, &waking));
    for (uint32_t i = 0; i < event->leaf_count; i++) {
        const uint64_t fired = event->wake[i];
        event->wake[i] = fired == 0 ? prefilter->always : wake_bits(prefilter, fired);
        event->woken |= event->wake[i];
    }
    return PEN_OK;
}
