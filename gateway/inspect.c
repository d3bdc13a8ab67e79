/** Statuses of decoding and of the chain, translated into answers. */
#include "gateway/inspect.h"

struct pen_inspect_limits pen_inspect_default_limits(void)
{
    return (struct pen_inspect_limits){
        .body_bytes = (uint64_t)1 << 20,
        .depth = 32,
        .leaves = 10000,
        .fields = 256,
        .string_bytes = (uint64_t)64 << 10,
    };
}

static void refuse(struct pen_inspection *out, int status, const char *reason)
{
    out->verdict = PEN_BLOCK;
    out->status = status;
    out->reason = reason;
}

static int status_of(enum pen_status status)
{
    switch (status) {
    case PEN_OK:
        return 200;
    case PEN_ERR_INVALID: /* well formed, but not what the function takes */
        return 422;
    case PEN_ERR_UNSUPPORTED:
        return 415;
    case PEN_ERR_NOMEM: /* bounded by the limits: more than fits is the event's fault */
    case PEN_ERR_LIMIT:
    case PEN_ERR_SYNTAX:
    case PEN_ERR_NOT_FOUND:
    case PEN_ERR_IO:
    case PEN_ERR_INTERNAL:
        break;
    }
    return 400;
}

static bool decode(const struct pen_event_input *input, const struct pen_inspect_limits *limits,
                   struct pen_arena *arena, struct pen_inspection *out)
{
    const struct pen_event_limits bounds = {
        .json = {.depth = limits->depth,
                 /* Twice: containers and numbers are values too, but no leaves. */
                 .nodes = limits->leaves > UINT32_MAX / 2 ? UINT32_MAX : limits->leaves * 2,
                 .string_bytes = (size_t)limits->string_bytes},
        .leaves = limits->leaves,
        .fields = limits->fields,
    };
    struct pen_json_error error = {0};
    const enum pen_status status = pen_event_decode(input, &bounds, arena, &out->event, &error);
    if (status == PEN_OK) return true;

    out->offset = error.offset;
    refuse(out, status_of(status), error.code == NULL ? "event.memory" : error.code);
    return false;
}

void pen_inspect(const struct pen_chain *chain, struct pen_scratch *scratch,
                 const struct pen_event_input *input, const struct pen_inspect_limits *limits,
                 int64_t now_s, struct pen_arena *arena, struct pen_scan *scan,
                 struct pen_inspection *out)
{
    *out = (struct pen_inspection){.verdict = PEN_PASS, .status = 200, .reason = "none"};
    pen_scan_init(scan, arena, scratch, pen_scan_steps(0));
    if (input->body.len > limits->body_bytes) {
        refuse(out, 413, "body.too_large");
        return;
    }
    if (!decode(input, limits, arena, out)) return;

    scan->steps_left = pen_scan_steps(out->event.text.len);
    struct pen_judgement judgement = {.verdict = PEN_BLOCK, .reason = "chain.unfinished"};
    /* The judgement says block whatever kept the chain from finishing. */
    const enum pen_status status = pen_chain_inspect(chain, &out->event, now_s, scan, &judgement);
    out->verdict = status == PEN_OK ? judgement.verdict : PEN_BLOCK;
    out->reason = judgement.reason;
    out->unfinished = status != PEN_OK;
    if (out->verdict == PEN_BLOCK) out->status = 403;
}
