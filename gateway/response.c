/** Which answers are looked at, how much of them, and what findings do. */
#include "gateway/response.h"

#include <string.h>

#include "filters/answer_escapes.h"
#include "filters/core/codec/inflate.h"
#include "filters/secrets_find.h"
#include "gateway/mask.h"

#define ACT_SCORE   70 /* as the chain's: below it a finding is only recorded */
#define FLAG_SCORE  40
#define FIRST_BYTES 4096

static bool withholds(const struct pen_config_response *policy)
{
    return policy->secrets >= PEN_RESPONSE_REDACT || policy->traces >= PEN_RESPONSE_REDACT
           || policy->errors >= PEN_RESPONSE_REDACT;
}

bool pen_response_withholds(const struct pen_config_function *function)
{
    return withholds(&function->response) || function->response_schema.enforces
           || function->openapi.answers == PEN_RESPONSE_ENFORCE;
}

/* Answers that tell of a failure have a shape of their own; OpenAPI lists them, too. */
static bool wants_schema(const struct pen_request *request, int status)
{
    return request->function->response_schema.use.file.len > 0 && status >= 200 && status < 300;
}

static bool wants_api(const struct pen_request *request)
{
    return request->operation != NULL && request->operation->operation != NULL
           && request->function->openapi.answers != PEN_RESPONSE_OFF;
}

bool pen_response_is_looked_at(const struct pen_request *request, int status)
{
    return request->function->response.any || wants_schema(request, status) || wants_api(request);
}

static enum pen_response_mode mode_of(const struct pen_config_response *policy,
                                      enum pen_answer_class class)
{
    switch (class) {
    case PEN_ANSWER_SECRETS:
        return policy->secrets;
    case PEN_ANSWER_TRACES:
        return policy->traces;
    case PEN_ANSWER_ERRORS:
        return policy->errors;
    case PEN_ANSWER_CLASSES:
        break;
    }
    return PEN_RESPONSE_OFF;
}

static unsigned classes_of(const struct pen_config_response *policy)
{
    unsigned classes = 0;
    for (int class = 0; class < PEN_ANSWER_CLASSES; class ++) {
        if (mode_of(policy, (enum pen_answer_class) class) != PEN_RESPONSE_OFF) {
            classes |= 1U << class;
        }
    }
    return classes;
}

static enum pen_step refuse(struct pen_request *request, const char *reason, const char *record)
{
    request->refusal =
        (struct pen_problem){.status = 502, .reason = reason, .record_reason = record};
    return PEN_STEP_REFUSED;
}

static struct pen_str field_value(const struct pen_wire_head *answer, enum pen_wire_id id)
{
    const struct pen_event_field *const field = pen_wire_field(answer, id);
    return field == NULL ? PEN_S("") : field->value;
}

enum pen_step pen_response_begin(struct pen_request *request, const struct pen_wire_head *answer,
                                 struct pen_scratch *scratch)
{
    const struct pen_config_function *const function = request->function;
    const struct pen_config_response *const policy = &function->response;
    const struct pen_str type = field_value(answer, PEN_FIELD_CONTENT_TYPE);
    const enum pen_answer_kind kind = pen_answer_kind_of(type);
    const bool empty = answer->framing == PEN_FRAMING_LENGTH && answer->content_length == 0;
    const struct pen_response_check by_schema = {
        .wanted = wants_schema(request, answer->status),
        .enforces = function->response_schema.enforces,
    };
    const struct pen_response_check by_api = {
        .wanted = wants_api(request),
        .enforces = function->openapi.answers == PEN_RESPONSE_ENFORCE,
    };
    const bool is_text = kind != PEN_ANSWER_OTHER && policy->any;
    if (empty || (!is_text && !by_schema.wanted && !by_api.wanted)) return PEN_STEP_ON;

    const size_t most = (size_t)policy->body_bytes;
    /* It grows by doubling; decoding takes twice what it gives, and striking out
     * a copy of that; undoing escapes twice as much again. */
    const size_t room = ((size_t)2 << 20) + 8 * most;
    pen_arena_limit(request->arena, pen_arena_used(request->arena) + room);
    struct pen_response *const response = pen_arena_calloc(request->arena, 1, sizeof(*response));
    if (response == NULL || pen_arena_copy(request->arena, type, &response->type) != PEN_OK) {
        request->refusal = pen_problem_overload("overload.memory");
        return PEN_STEP_REFUSED;
    }
    response->policy = policy;
    response->scratch = scratch;
    response->status = answer->status;
    response->by_schema = by_schema;
    response->by_api = by_api;
    response->room = room;
    response->withheld = (is_text && withholds(policy)) || (by_schema.wanted && by_schema.enforces)
                         || (by_api.wanted && by_api.enforces);
    response->is_text = is_text;
    response->is_json = kind == PEN_ANSWER_JSON;
    response->coding = pen_answer_coding_of(answer);
    request->response = response;
    const bool known = response->coding != PEN_ANSWER_CODED && kind != PEN_ANSWER_UNREADABLE;
    const bool large =
        answer->framing == PEN_FRAMING_LENGTH && answer->content_length > policy->body_bytes;
    /* Events without an end: held back they would never come. */
    const bool endless = pen_str_starts_fold(type, PEN_S("text/event-stream"));
    if (response->withheld && (large || endless || !known)) return pen_response_stop(request);
    if (!known) response->unread = true;
    return PEN_STEP_ON;
}

enum pen_step pen_response_stop(struct pen_request *request)
{
    request->response->unread = true;
    return request->response->withheld ? refuse(request, "response.unread", NULL) : PEN_STEP_ON;
}

/* Room for `more` bytes behind what is kept. */
static bool grow(struct pen_request *request, size_t more)
{
    struct pen_response *const response = request->response;
    if (more <= response->body_cap - response->body_len) return true;

    const size_t most = (size_t)response->policy->body_bytes;
    size_t cap = response->body_cap < FIRST_BYTES ? FIRST_BYTES : response->body_cap * 2;
    if (cap < response->body_len + more) cap = response->body_len + more;
    if (cap > most) cap = most;
    char *const grown = pen_arena_bytes(request->arena, cap);
    if (grown == NULL) return false;
    if (response->body_len > 0) memcpy(grown, response->body, response->body_len);
    response->body = grown;
    response->body_cap = cap;
    return true;
}

enum pen_step pen_response_keep(struct pen_request *request, struct pen_str bytes)
{
    struct pen_response *const response = request->response;
    if (response->unread) return PEN_STEP_ON;

    const size_t room = (size_t)response->policy->body_bytes - response->body_len;
    const struct pen_str fits = pen_str_slice(bytes, 0, room);
    const bool kept = grow(request, fits.len);
    if (kept && fits.len > 0) {
        memcpy(response->body + response->body_len, fits.ptr, fits.len);
        response->body_len += fits.len;
    }
    return kept && fits.len == bytes.len ? PEN_STEP_ON : pen_response_stop(request);
}

/* At work on one answer. */
struct looking {
    struct pen_response *response;
    char *text;
    struct pen_answer_plain plain;       /* what is looked at */
    struct pen_answer_cursor cursors[2]; /* of secrets, of the rest: each comes in order */
};

static void remember(struct looking *looking, const struct pen_answer_finding *finding)
{
    struct pen_response *const response = looking->response;
    if (response->finding_count == PEN_RESPONSE_FINDINGS) {
        response->left_out++;
        return;
    }
    struct pen_response_finding *const kept = &response->findings[response->finding_count++];
    *kept = (struct pen_response_finding){.rule = finding->rule,
                                          .sentence = finding->sentence,
                                          .span = pen_answer_place(&looking->plain, finding->span),
                                          .score = finding->score};
    if (finding->class != PEN_ANSWER_SECRETS) return;
    pen_mask_short(kept->shown, PEN_RESPONSE_SHOWN,
                   pen_str_slice(looking->plain.text, finding->span.start, finding->span.end));
}

/* A kind that is asked for by name counts from where others are only recorded. */
static bool counts(const struct pen_config_response *policy,
                   const struct pen_answer_finding *finding, bool *acts)
{
    *acts = finding->score >= ACT_SCORE;
    if (finding->class != PEN_ANSWER_SECRETS || policy->kinds == 0) {
        return finding->score >= FLAG_SCORE;
    }
    *acts = finding->score >= FLAG_SCORE;
    return (policy->kinds >> pen_secrets_rule_index(finding->rule) & 1) != 0;
}

static void on_found(void *context, const struct pen_answer_finding *finding)
{
    struct looking *const looking = context;
    struct pen_response *const response = looking->response;
    bool acts = false;
    if (!counts(response->policy, finding, &acts)) return;

    remember(looking, finding);
    const enum pen_response_mode mode = mode_of(response->policy, finding->class);
    if (!acts || mode == PEN_RESPONSE_DETECT) return;
    if (mode == PEN_RESPONSE_ENFORCE) {
        if (response->refused == NULL) response->refused_class = finding->class;
        if (response->refused == NULL) response->refused = finding->rule;
        return;
    }
    struct pen_answer_cursor *const cursor =
        &looking->cursors[finding->class != PEN_ANSWER_SECRETS];
    pen_answer_strike(looking->text, pen_answer_place(&looking->plain, finding->span),
                      response->is_json ? cursor : NULL);
    response->struck = true;
}

/* The text of a coded body, in memory that may be written; NULL: it cannot be read. */
static char *decode(struct pen_request *request, size_t *length)
{
    const struct pen_response *const response = request->response;
    /* A function is no stranger: what it says of itself in few bytes is only bounded. */
    const size_t most = (size_t)response->policy->body_bytes;
    const struct pen_inflate_limits limits = {.bytes = most, .ratio_from = most};
    const enum pen_deflate form =
        response->coding == PEN_ANSWER_GZIP ? PEN_DEFLATE_GZIP : PEN_DEFLATE_ZLIB;
    const struct pen_str coded = {response->body, response->body_len};
    struct pen_str text;
    if (pen_inflate(coded, form, &limits, request->arena, &text) != PEN_OK) return NULL;
    char *const copy = pen_arena_bytes(request->arena, text.len);
    if (copy == NULL) return NULL;
    if (text.len > 0) memcpy(copy, text.ptr, text.len);
    *length = text.len;
    return copy;
}

static const char *refusal_of(enum pen_answer_class class)
{
    switch (class) {
    case PEN_ANSWER_SECRETS:
        return "response.secrets";
    case PEN_ANSWER_TRACES:
        return "response.traces";
    case PEN_ANSWER_ERRORS:
    case PEN_ANSWER_CLASSES:
        break;
    }
    return "response.errors";
}

/* False: it is not what a schema says, and that refuses it. */
static bool satisfies(struct pen_request *request, struct pen_str text)
{
    struct pen_response *const response = request->response;
    const struct pen_function_schemas *const schemas =
        pen_schemas_of(request->snapshot->schemas, request->function->index);
    if (schemas == NULL) return true;

    struct pen_check_answer check = {
        .held = schemas->answer,
        .status = response->status,
        .type = response->type,
        .body = text,
        .arena = request->arena,
        .scratch = response->scratch,
        .room = response->room,
    };
    if (response->by_schema.wanted) response->by_schema.violations = pen_check_answer(&check);
    check.held = NULL;
    check.operation = request->operation;
    if (response->by_api.wanted) response->by_api.violations = pen_check_answer(&check);
    return (response->by_schema.violations == NULL || !response->by_schema.enforces)
           && (response->by_api.violations == NULL || !response->by_api.enforces);
}

enum pen_step pen_response_end(struct pen_request *request)
{
    struct pen_response *const response = request->response;
    if (response->looked) return PEN_STEP_ON;
    response->looked = true;
    if (response->body_len == 0) return PEN_STEP_ON;

    struct looking looking = {.response = response, .text = response->body};
    size_t length = response->body_len;
    if (response->coding != PEN_ANSWER_PLAIN) {
        /* The beginning of a coded body alone is not decoded. */
        looking.text = response->unread ? NULL : decode(request, &length);
        if (looking.text == NULL) return pen_response_stop(request);
    }
    if (response->is_text && pen_answer_is_wide((struct pen_str){looking.text, length})) {
        return pen_response_stop(request);
    }
    looking.plain.text = (struct pen_str){looking.text, length};
    /* As the function made it: what is struck out of it changes it. The beginning alone says
     * nothing. */
    if (!response->unread && !satisfies(request, looking.plain.text)) {
        response->refused = "response.schema";
        return refuse(request, "response.schema", NULL);
    }
    /* What looks like a secret in a picture is a part of the picture. */
    if (!response->is_text) return PEN_STEP_ON;
    if (response->is_json
        && pen_answer_unescape(looking.plain.text, request->arena, &looking.plain) != PEN_OK) {
        return pen_response_stop(request);
    }
    pen_answer_look(looking.plain.text, classes_of(response->policy), on_found, &looking);
    if (response->refused != NULL && response->withheld) {
        return refuse(request, refusal_of(response->refused_class), response->refused);
    }
    if (response->struck && response->coding != PEN_ANSWER_PLAIN) {
        response->body = looking.text;
        response->body_len = length;
    }
    return PEN_STEP_ON;
}

void pen_response_settle(struct pen_request *request)
{
    if (request->response == NULL || request->response->withheld) return;
    /* What is only recorded refuses nothing. */
    if (pen_response_end(request) != PEN_STEP_ON) request->response->unread = true;
}

/* What is true of the body as the function made it, and not of the one that is sent. */
static bool is_of_original(struct pen_str name, bool coded)
{
    static const struct pen_str names[] = {
        PEN_STR("ETag"),           PEN_STR("Content-MD5"), PEN_STR("Digest"),
        PEN_STR("Content-Digest"), PEN_STR("Repr-Digest"), PEN_STR("Accept-Ranges"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(names); i++) {
        if (pen_str_equal_fold(name, names[i])) return true;
    }
    return coded && pen_str_equal_fold(name, PEN_S("Content-Encoding"));
}

bool pen_response_reply(struct pen_request *request, struct pen_reply *reply)
{
    const struct pen_response *const response = request->response;
    reply->body = (struct pen_str){response->body, response->body_len};
    reply->length = response->body_len;
    if (!response->struck) return true;

    struct pen_event_field *const fields =
        pen_arena_calloc(request->arena, reply->field_count + 1, sizeof(*fields));
    if (fields == NULL) return false;
    const bool coded = response->coding != PEN_ANSWER_PLAIN;
    size_t count = 0;
    for (size_t i = 0; i < reply->field_count; i++) {
        if (!is_of_original(reply->fields[i].name, coded)) fields[count++] = reply->fields[i];
    }
    reply->fields = fields;
    reply->field_count = count;
    return true;
}
