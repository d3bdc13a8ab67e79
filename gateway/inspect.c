/** Statuses of decoding and of the chain, translated into answers. */
#include "gateway/inspect.h"

#include "filters/core/envelope/envelope.h"

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

static struct pen_event_limits bounds_of(const struct pen_inspect_limits *limits)
{
    return (struct pen_event_limits){
        .json = {.depth = limits->depth,
                 /* Twice: containers and numbers are values too, but no leaves. */
                 .nodes = limits->leaves > UINT32_MAX / 2 ? UINT32_MAX : limits->leaves * 2,
                 .string_bytes = (size_t)limits->string_bytes},
        .leaves = limits->leaves,
        .fields = limits->fields,
    };
}

static bool decode(const struct pen_event_input *input, const struct pen_event_limits *bounds,
                   struct pen_arena *arena, struct pen_inspection *out)
{
    struct pen_json_error error = {0};
    const enum pen_status status = pen_event_decode(input, bounds, arena, &out->event, &error);
    out->taken_apart = status == PEN_OK;
    if (status == PEN_OK) return true;

    out->offset = error.offset;
    refuse(out, status_of(status), error.code == NULL ? "event.memory" : error.code);
    return false;
}

/* False: it is not what its schemas say, and that refuses it. */
static bool satisfies(const struct pen_inspect_rules *rules, const struct pen_event_input *input,
                      const struct pen_event_limits *bounds, size_t memory,
                      const struct pen_scan *scan, struct pen_inspection *out)
{
    if (rules->schemas == NULL) return true;

    const struct pen_check check = {
        .schemas = rules->schemas,
        .operation = rules->operation,
        .input = input,
        .event = &out->event,
        .limits = &bounds->json,
        .arena = scan->arena,
        .scratch = scan->scratch,
        .room = memory,
    };
    out->violations = pen_check_event(&check);
    if (out->violations == NULL || rules->schemas->policy->detects) return true;

    refuse(out, 422, out->violations->reason);
    return false;
}

void pen_inspect(const struct pen_inspect_rules *rules, struct pen_scratch *scratch,
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
    const struct pen_event_limits bounds = bounds_of(limits);
    struct pen_event_input whole = *input;
    whole.whole = rules->schemas != NULL && rules->schemas->whole;
    if (!decode(&whole, &bounds, arena, out)) return;
    if (!satisfies(rules, &whole, &bounds, limits->memory, scan, out)) return;

    scan->steps_left = pen_scan_steps(out->event.leaf_bytes);
    struct pen_judgement judgement = {.verdict = PEN_BLOCK, .reason = "chain.unfinished"};
    /* The judgement says block whatever kept the chain from finishing. */
    const enum pen_status status =
        pen_chain_inspect(rules->chain, &out->event, now_s, scan, &judgement);
    out->verdict = status == PEN_OK ? judgement.verdict : PEN_BLOCK;
    out->reason = judgement.reason;
    out->unfinished = status != PEN_OK;
    if (out->verdict == PEN_BLOCK) {
        out->status = 403;
    } else if (out->violations != NULL && out->verdict == PEN_PASS) {
        out->verdict = PEN_FLAG;
        out->reason = out->violations->reason;
    }
}

void pen_inspect_forget(struct pen_arena *arena, struct pen_arena_mark before,
                        struct pen_scan *scan, struct pen_inspection *inspection)
{
    const bool found = scan->finding_count > 0 || scan->dropped > 0;
    if (inspection->status != 200 || inspection->violations != NULL || found) return;

    const struct pen_envelope *list[PEN_EVENT_ENVELOPES];
    const size_t count = pen_event_envelopes(&inspection->event, list);
    inspection->event = (struct pen_event){.envelope = inspection->event.envelope};
    pen_arena_rewind(arena, before);
    scan->leaf = NULL;
    scan->event = NULL;
    scan->veil_count = 0;

    /* The first is the event's own. Without memory the record names that one alone. */
    struct pen_event_document *const inner = pen_arena_calloc(arena, count, sizeof(*inner));
    if (inner == NULL || count < 2) return;
    for (size_t i = 1; i < count; i++) {
        inner[i].envelope = list[i];
        inner[i].next = i + 1 < count ? &inner[i + 1] : NULL;
    }
    inspection->event.documents = &inner[1];
}
