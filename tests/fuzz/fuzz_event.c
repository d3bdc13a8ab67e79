/**
 * The event reader with every filter behind it: leaves lie where they say, findings lie in their
 * leaf, and the same event gets the same verdict twice. The first byte chooses how the rest
 * travels.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "filters/chain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct pen_ruleset *ruleset;
static struct pen_scratch *scratch;
static struct pen_arena *chain_arena;
static struct pen_arena *arena;
static const struct pen_chain *chain;

static void require(bool condition)
{
    if (!condition) abort();
}

static void set_up(void)
{
    struct pen_error err;
    require(pen_ruleset_create(&ruleset, &err) == PEN_OK);
    require(pen_scratch_create(ruleset, &scratch) == PEN_OK);
    require(pen_arena_create(1 << 20, 4096, &chain_arena) == PEN_OK);
    require(pen_arena_create((size_t)64 << 20, 65536, &arena) == PEN_OK);
    require(pen_chain_create(ruleset, NULL, chain_arena, &chain, &err) == PEN_OK);
}

static void check_leaves(const struct pen_event *event)
{
    size_t start = 0;
    uint32_t repeats = 0;
    for (uint32_t i = 0; i < event->leaf_count; i++) {
        const struct pen_leaf *const leaf = pen_event_leaf(event, i);
        if (repeats < event->repeat_count && pen_event_repeat(event, repeats)->leaf == i) {
            const uint32_t first = pen_event_repeat(event, repeats++)->first;
            require(first < i && event->text_ends[i] == start - 1);
            require(pen_str_equal(pen_event_leaf(event, first)->text, leaf->text));
        } else {
            require(event->text_ends[i] >= start && event->text_ends[i] < event->text.len);
            require(
                pen_str_equal(pen_str_slice(event->text, start, event->text_ends[i]), leaf->text));
        }
        require(leaf->place.start <= leaf->place.end);
        require((leaf->from == NULL) == (leaf->coding == PEN_CODING_NONE));
        char memory[256];
        struct pen_buf path = pen_buf_over(memory, sizeof(memory));
        pen_leaf_path(leaf, &path);
        start = event->text_ends[i] + 1;
    }
}

static struct pen_judgement inspect(const struct pen_event_input *input, struct pen_scan *scan)
{
    struct pen_event event;
    struct pen_json_error error = {0};
    struct pen_judgement judgement = {.verdict = PEN_BLOCK};
    pen_arena_reset(arena);
    if (pen_event_decode(input, NULL, arena, &event, &error) != PEN_OK) {
        require(error.code != NULL);
        judgement.reason = error.code;
        scan->finding_count = 0;
        return judgement;
    }
    check_leaves(&event);
    pen_scan_init(scan, arena, scratch, pen_scan_steps(event.leaf_bytes));
    /* The budget that the gateway gives must be enough for anything. */
    require(pen_chain_inspect(chain, &event, 0, scan, &judgement) == PEN_OK);
    for (uint32_t i = 0; i < scan->finding_count; i++) {
        const struct pen_finding *const finding = &scan->findings[i];
        require(finding->score >= 1 && finding->score <= 100 && finding->sentence != NULL);
        require(finding->span.start <= finding->span.end);
        if (finding->leaf != NULL) require(finding->span.end <= finding->leaf->text.len);
    }
    return judgement;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (chain == NULL) set_up();
    if (size == 0) return 0;

    const struct pen_str text = {(const char *)data + 1, size - 1};
    const struct pen_event_field field = {PEN_STR("X-Note"), text};
    const struct pen_event_input inputs[] = {
        {.body = text, .body_kind = PEN_BODY_JSON},
        {.body = text, .body_kind = PEN_BODY_FORM},
        {.body = text, .body_kind = PEN_BODY_TEXT},
        {.query = text},
        {.path = text},
        {.fields = &field, .field_count = 1},
    };
    const struct pen_event_input *const input = &inputs[data[0] % PEN_COUNT_OF(inputs)];
    static struct pen_scan scan;
    const struct pen_judgement first = inspect(input, &scan);
    const uint32_t findings = scan.finding_count;
    const enum pen_verdict verdict = first.verdict;
    const struct pen_judgement second = inspect(input, &scan);
    require(second.verdict == verdict && scan.finding_count == findings);
    return 0;
}
