/** Two fields read, one table from codings to what undoes them. */
#include "gateway/content.h"

#include "filters/core/codec/inflate.h"
#include "gateway/webhook_sns.h"

#define ACCEPT_BYTES 256 /* the names of all kinds of bodies, or of all codings */

static enum pen_step refuse(struct pen_request *r, struct pen_problem problem)
{
    r->refusal = problem;
    return PEN_STEP_REFUSED;
}

static bool takes_body(const struct pen_config_function *function, enum pen_body_kind kind)
{
    for (size_t i = 0; i < function->body_count; i++) {
        if (function->bodies[i] == kind) return true;
    }
    return false;
}

static struct pen_buf begin_list(struct pen_request *r)
{
    return (struct pen_buf){.ptr = pen_arena_bytes(r->arena, ACCEPT_BYTES),
                            .cap = ACCEPT_BYTES - 1};
}

static void put_name(struct pen_buf *list, struct pen_str name)
{
    if (list->len > 0) pen_buf_put(list, PEN_S(", "));
    pen_buf_put(list, name);
}

static struct pen_str end_list(struct pen_buf *list)
{
    list->ptr[list->len] = '\0';
    return pen_buf_str(list);
}

/* The types of the kinds of bodies that it takes. */
static struct pen_str acceptable(struct pen_request *r)
{
    struct pen_buf list = begin_list(r);
    if (list.ptr == NULL) return PEN_S("");
    for (size_t i = 0; i < r->function->body_count; i++) {
        const struct pen_str name = pen_media_type_name(r->function->bodies[i]);
        if (name.len > 0) put_name(&list, name);
    }
    return end_list(&list);
}

static enum pen_step refuse_type(struct pen_request *r, const char *reason)
{
    return refuse(r,
                  (struct pen_problem){.status = 415, .reason = reason, .accept = acceptable(r)});
}

/* RFC 9110 section 8.4.1: "x-gzip" is "gzip"; "deflate" is zlib's format, though some send bare
 * DEFLATE: what is not what it says is refused. */
static const struct {
    struct pen_str name;
    enum pen_content_coding coding;
    enum pen_deflate form;
} codings[] = {
    {PEN_STR("gzip"), PEN_CONTENT_GZIP, PEN_DEFLATE_GZIP},
    {PEN_STR("deflate"), PEN_CONTENT_DEFLATE, PEN_DEFLATE_ZLIB},
    {PEN_STR("x-gzip"), PEN_CONTENT_GZIP, PEN_DEFLATE_GZIP},
};

static enum pen_content_coding coding_of(struct pen_str name)
{
    for (size_t i = 0; i < PEN_COUNT_OF(codings); i++) {
        if (pen_str_equal_fold(codings[i].name, name)) return codings[i].coding;
    }
    return PEN_CONTENT_IDENTITY;
}

/* RFC 7694 section 3: said when the coding is what is not taken, and only then. */
static enum pen_step refuse_coding(struct pen_request *r)
{
    struct pen_problem problem = {.status = 415, .reason = "type.coding"};
    struct pen_buf list = begin_list(r);
    if (list.ptr == NULL) return refuse(r, problem);

    unsigned left = r->function->codings;
    for (size_t i = 0; i < PEN_COUNT_OF(codings); i++) {
        if ((left & codings[i].coding) == 0) continue;
        put_name(&list, codings[i].name);
        left &= ~(unsigned)codings[i].coding;
    }
    if (list.len == 0) pen_buf_put(&list, PEN_S("identity"));
    problem.accept_encoding = end_list(&list);
    return refuse(r, problem);
}

/* One coding at most, in one field: what is coded twice is a bomb, or hides from somebody. */
static enum pen_step judge_coding(struct pen_request *r)
{
    const struct pen_event_field *field = NULL;
    for (uint32_t i = 0; i < r->head->field_count; i++) {
        if (r->head->ids[i] != PEN_FIELD_CONTENT_ENCODING) continue;
        if (field != NULL) return refuse_coding(r);
        field = &r->head->fields[i];
    }
    if (field == NULL || pen_str_equal_fold(field->value, PEN_S("identity"))) return PEN_STEP_ON;

    r->coding = coding_of(field->value);
    return (r->coding & r->function->codings) != 0 ? PEN_STEP_ON : refuse_coding(r);
}

static enum pen_step judge_type(struct pen_request *r)
{
    const struct pen_event_field *const field = pen_wire_field(r->head, PEN_FIELD_CONTENT_TYPE);
    if (takes_body(r->function, PEN_BODY_OPAQUE)) {
        r->body_kind = PEN_BODY_OPAQUE;
        return PEN_STEP_ON;
    }
    if (field == NULL) return refuse_type(r, "type.unsupported");

    const char *code = "type.malformed";
    const enum pen_status status = pen_media_type_read(field->value, &r->media_type, &code);
    if (status == PEN_ERR_SYNTAX) {
        return refuse(r, (struct pen_problem){.status = 400, .reason = code});
    }
    if (status != PEN_OK) return refuse_type(r, code);
    r->body_kind = r->media_type.kind;
    /* SNS says text/plain and sends JSON. */
    if (r->body_kind == PEN_BODY_TEXT && pen_webhook_says_sns(r)) r->body_kind = PEN_BODY_JSON;
    if (!takes_body(r->function, r->body_kind)) return refuse_type(r, "type.unsupported");
    return PEN_STEP_ON;
}

enum pen_step pen_content_judge(struct pen_request *r)
{
    r->body_kind = PEN_BODY_NONE;
    r->coding = PEN_CONTENT_IDENTITY;
    if (r->head->framing == PEN_FRAMING_NONE
        || (r->head->framing == PEN_FRAMING_LENGTH && r->head->content_length == 0)) {
        return PEN_STEP_ON;
    }
    const enum pen_step step = judge_coding(r);
    return step == PEN_STEP_ON ? judge_type(r) : step;
}

enum pen_step pen_content_decode(struct pen_request *r)
{
    if (r->coding == PEN_CONTENT_IDENTITY) return PEN_STEP_ON;

    const struct pen_inflate_limits limits = {.bytes = (size_t)r->function->limits.body_bytes};
    const enum pen_deflate form =
        r->coding == PEN_CONTENT_GZIP ? PEN_DEFLATE_GZIP : PEN_DEFLATE_ZLIB;
    const struct pen_str coded = {r->body, r->body_len};
    struct pen_str decoded = {NULL, 0};
    const enum pen_status status = pen_inflate(coded, form, &limits, r->arena, &decoded);
    if (status == PEN_ERR_LIMIT) {
        return refuse(r, (struct pen_problem){.status = 413, .reason = "body.too_large"});
    }
    if (status == PEN_ERR_INVALID || status == PEN_ERR_SYNTAX) {
        const char *const reason = status == PEN_ERR_SYNTAX ? "coding.syntax" : "coding.ratio";
        return refuse(r, (struct pen_problem){.status = 400, .reason = reason});
    }
    if (status != PEN_OK) return refuse(r, pen_problem_overload("overload.memory"));

    r->body = decoded.ptr;
    r->body_len = decoded.len;
    r->body_held += decoded.len; /* the coded one stays in memory */
    return PEN_STEP_ON;
}
