/**
 * One filter at a time, with every leaf shown to it, woken or not: every span inside its leaf,
 * every rule one of its table's, the same findings twice, and work that its steps pay for.
 *
 * The first byte says which filter, the second how the text travels; the rest is the text. With
 * FILTER=name in the environment all inputs go to that one (`tests/fuzz/run 300 filter:xss`).
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "filters/chain.h"

#define TEXT_BYTES 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) abort();
}

struct kit {
    struct pen_ruleset *ruleset;
    struct pen_scratch *scratch;
    struct pen_arena *states_arena;
    struct pen_arena *arena;
    void *states[PEN_FILTER_MAX];
    size_t pinned; /* pen_registry_count() = none */
    char *json;
};

/* Compiled for the first input and kept for all others. */
static const struct kit *kit(void)
{
    static struct kit made;
    struct pen_error err = {.text = ""};
    if (made.ruleset != NULL) return &made;

    made.json = malloc((size_t)8 * TEXT_BYTES);
    require(made.json != NULL);
    require(pen_arena_create((size_t)1 << 20, 4096, &made.states_arena) == PEN_OK);
    require(pen_arena_create((size_t)64 << 20, 65536, &made.arena) == PEN_OK);
    for (size_t i = 0; i < pen_registry_count(); i++) {
        const struct pen_filter *const filter = pen_registry_at(i);
        if (filter->compile == NULL) continue;
        require(filter->compile(NULL, made.states_arena, &made.states[i], &err) == PEN_OK);
    }
    const char *const name = getenv("FILTER");
    made.pinned = name == NULL ? pen_registry_count() : pen_registry_find(pen_str_from_c(name));
    require(name == NULL || made.pinned < pen_registry_count());
    require(pen_ruleset_create(&made.ruleset, &err) == PEN_OK);
    require(pen_scratch_create(made.ruleset, &made.scratch) == PEN_OK);
    return &made;
}

static struct pen_event_input travel(const struct kit *k, uint8_t how, struct pen_str text,
                                     struct pen_event_field *field)
{
    struct pen_buf json = pen_buf_over(k->json, (size_t)8 * TEXT_BYTES);
    switch (how % 5) {
    case 0:
        return (struct pen_event_input){.body = text, .body_kind = PEN_BODY_TEXT};
    case 1:
        return (struct pen_event_input){.query = text};
    case 2:
        *field = (struct pen_event_field){PEN_STR("x-note"), text};
        return (struct pen_event_input){.fields = field, .field_count = 1};
    case 3: /* a whole document */
        return (struct pen_event_input){.body = text, .body_kind = PEN_BODY_JSON};
    default:
        pen_buf_put(&json, PEN_S("{\"data\":\""));
        pen_buf_json(&json, text);
        pen_buf_put(&json, PEN_S("\"}"));
        require(!json.full);
        return (struct pen_event_input){.body = pen_buf_str(&json), .body_kind = PEN_BODY_JSON};
    }
}

static void check_finding(const struct pen_filter *filter, const struct pen_finding *finding)
{
    bool known = false;
    for (size_t i = 0; i < filter->rule_count; i++) {
        known = known || strcmp(filter->rules[i].id, finding->rule) == 0;
    }
    require(known && finding->sentence[0] != '\0');
    require(finding->score >= 1 && finding->score <= 100);
    require(finding->span.start <= finding->span.end);
    if (finding->leaf != NULL) require(finding->span.end <= finding->leaf->text.len);
}

/* As the chain does, but for every leaf. What cannot finish within its steps has answered, too. */
static void inspect(const struct kit *k, size_t index, struct pen_event *event,
                    struct pen_scan *scan)
{
    const struct pen_filter *const filter = pen_registry_at(index);
    pen_scan_init(scan, k->arena, k->scratch, pen_scan_steps(event->leaf_bytes));
    scan->filter = (struct pen_reporter){.name = filter->name,
                                         .summary = filter->summary,
                                         .rules = filter->rules,
                                         .rule_count = filter->rule_count};
    scan->event = event;
    enum pen_status status = PEN_OK;
    if (filter->inspect_event != NULL) {
        status = filter->inspect_event(k->states[index], event, scan);
    }
    for (uint32_t i = 0; i < event->leaf_count && status == PEN_OK; i++) {
        if (filter->inspect_leaf == NULL) break;
        scan->leaf = pen_event_leaf(event, i);
        status = filter->inspect_leaf(k->states[index], scan->leaf, scan);
    }
    require(status == PEN_OK || status == PEN_ERR_LIMIT || status == PEN_ERR_NOMEM);
    for (uint32_t i = 0; i < scan->finding_count; i++) {
        check_finding(filter, &scan->findings[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > TEXT_BYTES) return 0;

    const struct kit *const k = kit();
    const size_t index =
        k->pinned < pen_registry_count() ? k->pinned : data[0] % pen_registry_count();
    if (pen_registry_at(index)->is_patches) return 0; /* fuzz_patch has them */

    struct pen_event_field field;
    const struct pen_event_input input =
        travel(k, data[1], (struct pen_str){(const char *)data + 2, size - 2}, &field);
    struct pen_event event;
    struct pen_scan first;
    struct pen_scan second;
    pen_arena_reset(k->arena);
    if (pen_event_decode(&input, NULL, k->arena, &event, NULL) != PEN_OK) return 0;

    inspect(k, index, &event, &first);
    inspect(k, index, &event, &second);
    require(first.finding_count == second.finding_count && first.steps_left == second.steps_left);
    return 0;
}
