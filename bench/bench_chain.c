/**
 * What inspection costs: the prefilter alone, and decoding and chain together, for a clean event of
 * about 1 KiB, for the same event with attacks in it, and for texts that wake every lexer.
 *
 * Prints the median of 31 rounds and the spread between the 5th and 95th percentile. With a
 * configuration's file as argument its virtual patches are looked for, too.
 */
#include <stdio.h>
#include <stdlib.h>

#include "filters/chain.h"
#include "filters/prefilter.h"
#include "gateway/clock.h"
#include "gateway/config/config.h"

#define ROUNDS 31
#define CALLS  4000

#define ORDER_HEAD                                                                               \
    "{\"specversion\":\"1.0\",\"id\":\"A234-1234-1234\",\"source\":\"/shop/checkout\","          \
    "\"type\":\"com.example.order.created\",\"time\":\"2026-03-02T10:00:00Z\","                  \
    "\"datacontenttype\":\"application/json\",\"data\":{\"orderId\":\"10001-77\","               \
    "\"customer\":{\"id\":90211,\"name\":\"Conan O'Brien\",\"email\":\"conan@example.com\","     \
    "\"phone\":\"+49 30 901820\",\"vip\":false},\"items\":[{\"sku\":\"AX-100\",\"title\":\"Desk" \
    " lamp, black\",\"qty\":2,\"price\":39.9},{\"sku\":\"BX-200\",\"title\":\"Cable 2 m (USB-"   \
    "C)\",\"qty\":1,\"price\":9.5}],\"shipping\":{\"street\":\"12 Harbour Road\",\"city\":\""    \
    "Bremen\",\"zip\":\"28195\",\"country\":\"DE\",\"method\":\"standard\"},\"tags\":[\"web\","  \
    "\"returning\",\"newsletter\"],\"total\":89.3,\"currency\":\"EUR\",\"agent\":\"Mozilla/5.0 " \
    "(X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36\","   \
    "\"referer\":\"https://shop.example.com/cart?step=2&ref=mail\",\"note\":\""
#define ORDER_TAIL                                                                             \
    "\",\"history\":[{\"state\":\"new\",\"at\":\"2026-03-02T09:58:00Z\"},{\"state\":\"paid\"," \
    "\"at\":\"2026-03-02T09:59:30Z\"}]}}"

static const struct {
    const char *name;
    struct pen_str body;
} samples[] = {
    {"clean order", PEN_STR(ORDER_HEAD "Please leave it at the door; ring twice." ORDER_TAIL)},
    {"order with SQL injection",
     PEN_STR(ORDER_HEAD "x' UNION SELECT name,pass FROM users-- " ORDER_TAIL)},
    {"order with traversal", PEN_STR(ORDER_HEAD "../../../../etc/passwd" ORDER_TAIL)},
    {"order with code",
     PEN_STR(ORDER_HEAD "if (a == 'x' || b) { c = \\\"select\\\"; } // or 'd' -- e" ORDER_TAIL)},
};

static const struct pen_event_field fields[] = {
    {PEN_STR("Content-Type"), PEN_STR("application/cloudevents+json")},
    {PEN_STR("Host"), PEN_STR("functions.example.com")},
    {PEN_STR("User-Agent"), PEN_STR("shop/3.1 (checkout)")},
    {PEN_STR("Accept"), PEN_STR("*/*")},
    {PEN_STR("Content-Length"), PEN_STR("1100")},
};

struct bench {
    struct pen_config *config;
    struct pen_patch_set *patches;
    struct pen_prefilter *prefilter;
    struct pen_ruleset *ruleset;
    const struct pen_chain *chain;
    struct pen_scratch *scratch;
    struct pen_scratch *prefilter_scratch;
    struct pen_arena *arena;
    struct pen_event_input input;
    struct pen_event event;
};

static bool once_decode(struct bench *b)
{
    pen_arena_reset(b->arena);
    return pen_event_decode(&b->input, NULL, b->arena, &b->event, NULL) == PEN_OK;
}

static bool once_prefilter(struct bench *b)
{
    uint64_t steps_left = pen_scan_steps(b->event.leaf_bytes);
    return pen_prefilter_wake(b->prefilter, &b->event, b->prefilter_scratch, &steps_left) == PEN_OK;
}

static bool once_chain(struct bench *b)
{
    struct pen_scan scan;
    struct pen_judgement judgement;
    if (!once_decode(b)) return false;
    pen_scan_init(&scan, b->arena, b->scratch, (uint64_t)1 << 24);
    return pen_chain_inspect(b->chain, &b->event, 0, &scan, &judgement) == PEN_OK;
}

static int compare(const void *a, const void *b)
{
    const double left = *(const double *)a;
    const double right = *(const double *)b;
    return (left > right) - (left < right);
}

static bool measure(struct bench *b, const char *sample, const char *what,
                    bool (*once)(struct bench *b))
{
    double us[ROUNDS];
    for (size_t round = 0; round < ROUNDS; round++) {
        const uint64_t start_us = pen_clock_us();
        for (size_t i = 0; i < CALLS; i++) {
            if (!once(b)) return false;
        }
        us[round] = (double)(pen_clock_us() - start_us) / CALLS;
    }
    qsort(us, ROUNDS, sizeof(us[0]), compare);
    printf("%-26s %-18s %5zu bytes  %6.2f us  (%.2f to %.2f)\n", sample, what, b->input.body.len,
           us[ROUNDS / 2], us[ROUNDS / 20], us[ROUNDS - 1 - ROUNDS / 20]);
    return true;
}

/* The patches of the configuration that is named, or none. */
static bool take_patches(struct bench *b, const char *file, struct pen_error *err)
{
    if (file != NULL && pen_config_load(pen_str_from_c(file), &b->config, err) != PEN_OK) {
        return false;
    }
    const size_t count = b->config == NULL ? 0 : b->config->patch_count;
    const struct pen_patch_rule *const rules = count == 0 ? NULL : b->config->patches;
    return pen_patch_set_create(rules, count, &b->patches, err) == PEN_OK
           && pen_prefilter_create(b->patches, &b->prefilter, err) == PEN_OK
           && pen_ruleset_create_patched(rules, count, &b->ruleset, err) == PEN_OK;
}

int main(int argc, char **argv)
{
    struct bench b = {0};
    struct pen_error err = {.text = ""};
    struct pen_arena *chain_arena = NULL;
    bool fine = pen_arena_create((size_t)8 << 20, (size_t)256 << 10, &b.arena) == PEN_OK
                && pen_arena_create((size_t)1 << 20, 4096, &chain_arena) == PEN_OK
                && take_patches(&b, argc > 1 ? argv[1] : NULL, &err)
                && pen_prefilter_scratch(b.prefilter, &b.prefilter_scratch) == PEN_OK
                && pen_scratch_create(b.ruleset, &b.scratch) == PEN_OK
                && pen_chain_create(b.ruleset, NULL, chain_arena, &b.chain, &err) == PEN_OK;
    for (size_t i = 0; fine && i < PEN_COUNT_OF(samples); i++) {
        b.input = (struct pen_event_input){.body = samples[i].body,
                                           .body_kind = PEN_BODY_JSON,
                                           .method = PEN_STR("POST"),
                                           .path = PEN_STR("/function/orders"),
                                           .fields = fields,
                                           .field_count = PEN_COUNT_OF(fields)};
        fine = once_decode(&b) && measure(&b, samples[i].name, "prefilter", once_prefilter)
               && measure(&b, samples[i].name, "decode", once_decode)
               && measure(&b, samples[i].name, "decode and chain", once_chain);
    }
    if (!fine) fprintf(stderr, "bench_chain: stopped: %s\n", err.text);
    pen_scratch_destroy(b.scratch);
    pen_scratch_destroy(b.prefilter_scratch);
    pen_ruleset_release(b.ruleset);
    pen_prefilter_destroy(b.prefilter);
    pen_patch_set_destroy(b.patches);
    pen_config_destroy(b.config);
    pen_arena_destroy(chain_arena);
    pen_arena_destroy(b.arena);
    return fine ? 0 : 1;
}
