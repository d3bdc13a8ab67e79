/** An order and an S3 notice: decoded, looked through, judged; and one event from end to end. */
#include "bench/micro/stages.h"
#include "bench/whole_event.h"
#include "filters/chain.h"
#include "filters/prefilter.h"

#define BODY_BYTES 16384

struct sample {
    char bytes[BODY_BYTES];
    struct pen_event_input input;
    struct pen_event event; /* decoded, for what comes after */
    struct pen_arena *arena;
};

static struct {
    struct pen_ruleset *ruleset;
    struct pen_prefilter *prefilter;
    const struct pen_chain *chain;
    struct pen_scratch *scratch;
    struct pen_scratch *prefilter_scratch;
    struct pen_arena *arena;
    struct pen_arena *chain_arena;
    struct sample order;
    struct sample notice;
    struct sample attack;
    struct bench_event *whole;
} e;

static bool decode_into(struct sample *sample, struct pen_arena *arena, struct pen_event *event)
{
    pen_arena_reset(arena);
    return pen_event_decode(&sample->input, NULL, arena, event, NULL) == PEN_OK;
}

static void take(struct sample *sample, struct pen_str body)
{
    static const struct pen_event_field fields[] = {
        {PEN_STR("Content-Type"), PEN_STR("application/json")},
        {PEN_STR("Host"), PEN_STR("functions.example.com")},
        {PEN_STR("User-Agent"), PEN_STR("shop/3.1 (checkout)")},
        {PEN_STR("Accept"), PEN_STR("*/*")},
    };
    sample->input = (struct pen_event_input){.body = body,
                                             .body_kind = PEN_BODY_JSON,
                                             .method = PEN_STR("POST"),
                                             .path = PEN_STR("/function/orders"),
                                             .fields = fields,
                                             .field_count = PEN_COUNT_OF(fields)};
    stage_require(pen_arena_create((size_t)8 << 20, (size_t)256 << 10, &sample->arena) == PEN_OK
                      && decode_into(sample, sample->arena, &sample->event),
                  "a sample is no event");
}

static void take_file(struct sample *sample, const char *name)
{
    take(sample, stage_read(name, sample->bytes, BODY_BYTES));
}

static void set_up(void)
{
    struct pen_error err = {.text = ""};
    stage_require(pen_arena_create((size_t)8 << 20, (size_t)256 << 10, &e.arena) == PEN_OK
                      && pen_arena_create((size_t)1 << 20, 4096, &e.chain_arena) == PEN_OK
                      && pen_prefilter_create(NULL, &e.prefilter, &err) == PEN_OK
                      && pen_prefilter_scratch(e.prefilter, &e.prefilter_scratch) == PEN_OK
                      && pen_ruleset_create(&e.ruleset, &err) == PEN_OK
                      && pen_scratch_create(e.ruleset, &e.scratch) == PEN_OK
                      && pen_chain_create(e.ruleset, NULL, e.chain_arena, &e.chain, &err) == PEN_OK,
                  err.text);
    take_file(&e.order, "bench/events/order.json");
    take_file(&e.notice, "tests/events/aws.s3.json");
    take(&e.attack, PEN_S("{\"order\":7,\"note\":\"x' UNION SELECT name, pass FROM users -- \","
                          "\"file\":\"../../../../etc/passwd\"}"));
    e.whole = bench_event_create();
}

static void tear_down(void)
{
    bench_event_destroy(e.whole);
    pen_arena_destroy(e.order.arena);
    pen_arena_destroy(e.notice.arena);
    pen_arena_destroy(e.attack.arena);
    pen_scratch_destroy(e.scratch);
    pen_scratch_destroy(e.prefilter_scratch);
    pen_ruleset_release(e.ruleset);
    pen_prefilter_destroy(e.prefilter);
    pen_arena_destroy(e.chain_arena);
    pen_arena_destroy(e.arena);
}

static bool judge(struct sample *sample, enum pen_verdict verdict)
{
    struct pen_scan scan;
    struct pen_event event;
    struct pen_judgement judgement;
    if (!decode_into(sample, e.arena, &event)) return false;
    pen_scan_init(&scan, e.arena, e.scratch, pen_scan_steps(event.leaf_bytes));
    return pen_chain_inspect(e.chain, &event, 0, &scan, &judgement) == PEN_OK
           && judgement.verdict == verdict;
}

static bool decode_order(void)
{
    struct pen_event event;
    return decode_into(&e.order, e.arena, &event);
}

static bool decode_notice(void)
{
    struct pen_event event;
    return decode_into(&e.notice, e.arena, &event);
}

static bool wake(struct sample *sample)
{
    uint64_t steps_left = pen_scan_steps(sample->event.leaf_bytes);
    return pen_prefilter_wake(e.prefilter, &sample->event, e.prefilter_scratch, &steps_left)
           == PEN_OK;
}

static bool wake_order(void)
{
    return wake(&e.order);
}

static bool wake_notice(void)
{
    return wake(&e.notice);
}

static bool judge_order(void)
{
    return judge(&e.order, PEN_PASS);
}

static bool judge_notice(void)
{
    return judge(&e.notice, PEN_PASS);
}

static bool judge_attack(void)
{
    return judge(&e.attack, PEN_BLOCK);
}

static bool whole(void)
{
    bench_event_run(e.whole);
    return true;
}

static const struct stage stages[] = {
    {"decode: order", decode_order},
    {"decode: S3 notice", decode_notice},
    {"prefilter: order", wake_order},
    {"prefilter: S3 notice", wake_notice},
    {"decode to verdict: order", judge_order},
    {"decode to verdict: S3 notice", judge_notice},
    {"decode to verdict: attack", judge_attack},
    {"all between TLS in and TLS out: order", whole},
};

const struct stage_list event_stages = {
    .stages = stages, .count = PEN_COUNT_OF(stages), .set_up = set_up, .tear_down = tear_down};
