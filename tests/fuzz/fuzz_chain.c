/**
 * Any text through the chain: the same verdict twice, every span inside its leaf, every rule one of
 * its filter's, and never more steps than a fixed number for each byte.
 *
 * The first byte says how the text travels (text, form, query, header, path, JSON string), so that
 * every decoding is tried; the rest is the text.
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
    struct pen_arena *chain_arena;
    struct pen_arena *arena;
    const struct pen_chain *chain;
    char *json;
};

/* Compiled for the first input and kept for all others. */
static const struct kit *kit(void)
{
    static struct kit made;
    struct pen_error err = {.text = ""};
    if (made.chain != NULL) return &made;

    made.json = malloc((size_t)8 * TEXT_BYTES);
    require(made.json != NULL);
    require(pen_ruleset_create(&made.ruleset, &err) == PEN_OK);
    require(pen_scratch_create(made.ruleset, &made.scratch) == PEN_OK);
    require(pen_arena_create((size_t)1 << 20, 4096, &made.chain_arena) == PEN_OK);
    require(pen_arena_create((size_t)64 << 20, 65536, &made.arena) == PEN_OK);
    require(pen_chain_create(made.ruleset, NULL, made.chain_arena, &made.chain, &err) == PEN_OK);
    return &made;
}

static struct pen_event_input travel(const struct kit *k, uint8_t how, struct pen_str text,
                                     struct pen_event_field *field)
{
    struct pen_buf json = pen_buf_over(k->json, (size_t)8 * TEXT_BYTES);
    switch (how % 6) {
    case 0:
        return (struct pen_event_input){.body = text, .body_kind = PEN_BODY_TEXT};
    case 1:
        return (struct pen_event_input){.body = text, .body_kind = PEN_BODY_FORM};
    case 2:
        return (struct pen_event_input){.query = text};
    case 3:
        *field = (struct pen_event_field){PEN_STR("x-note"), text};
        return (struct pen_event_input){.fields = field, .field_count = 1};
    case 4:
        return (struct pen_event_input){.path = text};
    default:
        pen_buf_put(&json, PEN_S("{\"data\":\""));
        pen_buf_json(&json, text);
        pen_buf_put(&json, PEN_S("\"}"));
        require(!json.full);
        return (struct pen_event_input){.body = pen_buf_str(&json), .body_kind = PEN_BODY_JSON};
    }
}

static void check_finding(const struct pen_finding *finding)
{
    const struct pen_filter *const filter =
        pen_registry_at(pen_registry_find(pen_str_from_c(finding->filter)));
    bool known = false;
    for (size_t i = 0; i < filter->rule_count; i++) {
        known = known || strcmp(filter->rules[i].id, finding->rule) == 0;
    }
    require(known && finding->sentence[0] != '\0');
    require(finding->score >= 1 && finding->score <= 100);
    require(finding->span.start <= finding->span.end);
    if (finding->leaf != NULL) require(finding->span.end <= finding->leaf->text.len);
}

static struct pen_judgement inspect(const struct kit *k, struct pen_event *event,
                                    struct pen_scan *scan)
{
    struct pen_judgement judgement;
    pen_scan_init(scan, k->arena, k->scratch, pen_scan_steps(event->leaf_bytes));
    require(pen_chain_inspect(k->chain, event, 0, scan, &judgement) == PEN_OK);
    for (uint32_t i = 0; i < scan->finding_count; i++) {
        check_finding(&scan->findings[i]);
    }
    return judgement;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > TEXT_BYTES) return 0;

    const struct kit *const k = kit();
    struct pen_event_field field;
    const struct pen_event_input input =
        travel(k, data[0], (struct pen_str){(const char *)data + 1, size - 1}, &field);
    struct pen_event event;
    struct pen_scan first;
    struct pen_scan second;
    pen_arena_reset(k->arena);
    if (pen_event_decode(&input, NULL, k->arena, &event, NULL) != PEN_OK) return 0;

    const struct pen_judgement one = inspect(k, &event, &first);
    const struct pen_judgement two = inspect(k, &event, &second);
    require(one.verdict == two.verdict && strcmp(one.reason, two.reason) == 0);
    require(first.finding_count == second.finding_count && first.steps_left == second.steps_left);
    require((one.verdict == PEN_PASS) == (one.finding == NULL));
    return 0;
}
