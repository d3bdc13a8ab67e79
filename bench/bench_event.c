/**
 * What reading and judging an event costs: the reader with its leaves, the prefilter alone, the
 * chain.
 *
 * Prints the median and the spread over rounds, per event and per KiB.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filters/chain.h"
#include "filters/prefilter.h"
#include "gateway/clock.h"
#include "gateway/inspect.h"

#define ROUNDS 15

static const char order[] =
    "{\"specversion\":\"1.0\",\"id\":\"A234-1234-1234\",\"source\":\"/shop/orders\",\"type\":"
    "\"com.example.order.created\",\"time\":\"2026-11-24T01:00:00Z\",\"datacontenttype\":"
    "\"application/"
    "json\",\"data\":{\"orderId\":\"6f1c2c1e-6f55-4f5c-9d6b-1e8ac0a6c1de\",\"customer\":"
    "{\"name\":\"Siobhan O'Brien\",\"email\":\"siobhan@example.com\",\"address\":{\"street\":\"12 "
    "Main "
    "Street\",\"city\":\"Galway\",\"postcode\":\"H91 "
    "E2K8\",\"country\":\"IE\"}},\"items\":[{\"sku\":"
    "\"BK-1001\",\"title\":\"The Art of Gateways, 2nd "
    "edition\",\"quantity\":1,\"price\":39.9},{\"sku\":"
    "\"PN-204\",\"title\":\"Fountain pen & ink "
    "(blue)\",\"quantity\":2,\"price\":24.5},{\"sku\":\"NB-77\","
    "\"title\":\"Notebook A5, dotted\",\"quantity\":3,\"price\":7.25}],\"note\":\"Please leave the "
    "parcel "
    "with the neighbours at number 14 - "
    "thanks!\",\"total\":110.65,\"currency\":\"EUR\",\"coupon\":null,"
    "\"gift\":false}}";

static const char notice[] =
    "{\"Records\":[{\"eventVersion\":\"2.1\",\"eventSource\":\"aws:s3\",\"awsRegion\":\"us-west-"
    "2\","
    "\"eventTime\":\"1970-01-01T00:00:00.000Z\",\"eventName\":\"ObjectCreated:Put\","
    "\"userIdentity\":{"
    "\"principalId\":\"AIDAJDPLRKLG7UEXAMPLE\"},\"requestParameters\":{\"sourceIPAddress\":\"127.0."
    "0.1\"},"
    "\"responseElements\":{\"x-amz-request-id\":\"C3D13FE58DE4C810\",\"x-amz-id-2\":\"FMyUVURIY8/"
    "IgAtTv8x"
    "RjskZQpcIZ9KG4V5Wp6S7S/"
    "JRWeUWerMUE5JgHvANOjpD\"},\"s3\":{\"s3SchemaVersion\":\"1.0\",\"configurationI"
    "d\":\"testConfigRule\",\"bucket\":{\"name\":\"mybucket\",\"ownerIdentity\":{\"principalId\":"
    "\"A3NL1KOZZ"
    "KExample\"},\"arn\":\"arn:aws:s3:::mybucket\"},\"object\":{\"key\":\"photos/2026/"
    "holiday+at+the+lake.j"
    "pg\",\"size\":1024,\"eTag\":\"d41d8cd98f00b204e9800998ecf8427e\",\"versionId\":"
    "\"096fKKXTRTtl3on89fVO.n"
    "fljtsv6qko\",\"sequencer\":\"0055AED6DCD90281E5\"}}}]}";

static const char attack[] = "{\"order\":7,\"note\":\"x' UNION ALL SELECT name, password FROM "
                             "users WHERE 1=1 -- \",\"file\":"
                             "\"..%2f..%2f..%2fetc/passwd\"}";

struct bench {
    struct pen_ruleset *ruleset;
    struct pen_prefilter *prefilter;
    struct pen_scratch *scratch;
    struct pen_arena *arena;
    struct pen_arena *chain_arena;
    const struct pen_chain *chain;
    struct pen_str event;
    struct pen_event read;
};

static void require(bool condition, const char *what)
{
    if (condition) return;
    fprintf(stderr, "bench_event: %s\n", what);
    exit(1);
}

static void read_event(struct bench *b)
{
    const struct pen_event_input input = {.body = b->event, .body_kind = PEN_BODY_JSON};
    pen_arena_reset(b->arena);
    require(pen_event_decode(&input, NULL, b->arena, &b->read, NULL) == PEN_OK, "not readable");
}

static void read_json(struct bench *b)
{
    const struct pen_json *root = NULL;
    pen_arena_reset(b->arena);
    require(pen_json_read(b->event, NULL, b->arena, &root, NULL) == PEN_OK, "not readable");
}

static void wake(struct bench *b)
{
    uint64_t steps_left = pen_scan_steps(b->read.leaf_bytes);
    require(pen_prefilter_wake(b->prefilter, &b->read, b->scratch, &steps_left) == PEN_OK,
            "not scanned");
}

static void inspect(struct bench *b)
{
    const struct pen_event_input input = {.body = b->event, .body_kind = PEN_BODY_JSON};
    const struct pen_inspect_limits limits = {
        .body_bytes = 64 << 20, .depth = 64, .leaves = 1000000, .string_bytes = 1 << 20};
    static struct pen_scan scan;
    struct pen_inspection inspection;
    pen_arena_reset(b->arena);
    pen_inspect(&(struct pen_inspect_rules){.chain = b->chain}, b->scratch, &input, &limits, 0,
                b->arena, &scan, &inspection);
    require(inspection.status == 200 || inspection.status == 403, "not inspected");
}

static int compare(const void *a, const void *b)
{
    const double left = *(const double *)a;
    const double right = *(const double *)b;
    return (left > right) - (left < right);
}

static void run(struct bench *b, const char *what, void (*step)(struct bench *), size_t times)
{
    double rounds[ROUNDS];
    for (size_t r = 0; r < ROUNDS; r++) {
        const uint64_t start = pen_clock_us();
        for (size_t i = 0; i < times; i++) {
            step(b);
        }
        rounds[r] = (double)(pen_clock_us() - start) / (double)times;
    }
    qsort(rounds, ROUNDS, sizeof(rounds[0]), compare);
    const double kib = (double)b->event.len / 1024;
    printf("  %-22s %9.2f us (%.2f-%.2f)  %7.2f us/KiB  %6.0f MB/s\n", what, rounds[ROUNDS / 2],
           rounds[0], rounds[ROUNDS - 1], rounds[ROUNDS / 2] / kib,
           (double)b->event.len / rounds[ROUNDS / 2]);
}

static void measure(struct bench *b, const char *name, struct pen_str event, size_t times)
{
    b->event = event;
    printf("%s, %zu bytes\n", name, event.len);
    run(b, "JSON alone", read_json, times);
    run(b, "JSON and leaves", read_event, times);
    read_event(b);
    run(b, "prefilter", wake, times);
    run(b, "everything", inspect, times);
}

int main(void)
{
    struct bench b = {0};
    struct pen_error err = {0};
    require(pen_ruleset_create(&b.ruleset, &err) == PEN_OK, err.text);
    require(pen_prefilter_create(NULL, &b.prefilter, &err) == PEN_OK, err.text);
    require(pen_scratch_create(b.ruleset, &b.scratch) == PEN_OK, "no memory");
    require(pen_arena_create((size_t)1 << 30, 1 << 18, &b.arena) == PEN_OK, "no memory");
    require(pen_arena_create(1 << 20, 4096, &b.chain_arena) == PEN_OK, "no memory");
    require(pen_chain_create(b.ruleset, NULL, b.chain_arena, &b.chain, &err) == PEN_OK, err.text);

    measure(&b, "order", (struct pen_str){order, sizeof(order) - 1}, 20000);
    measure(&b, "S3 notice", (struct pen_str){notice, sizeof(notice) - 1}, 20000);
    measure(&b, "attack", (struct pen_str){attack, sizeof(attack) - 1}, 20000);

    const size_t copies = 1200;
    char *const large = malloc(copies * sizeof(notice) + 2);
    require(large != NULL, "no memory");
    struct pen_buf buf = pen_buf_over(large, copies * sizeof(notice) + 2);
    for (size_t i = 0; i < copies; i++) {
        pen_buf_byte(&buf, i == 0 ? '[' : ',');
        pen_buf_put(&buf, (struct pen_str){notice, sizeof(notice) - 1});
    }
    pen_buf_byte(&buf, ']');
    measure(&b, "a thousand S3 notices", pen_buf_str(&buf), 4);

    free(large);
    pen_scratch_destroy(b.scratch);
    pen_prefilter_destroy(b.prefilter);
    pen_arena_destroy(b.chain_arena);
    pen_arena_destroy(b.arena);
    pen_ruleset_release(b.ruleset);
    return 0;
}
