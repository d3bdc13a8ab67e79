/**
 * The decisions on a request, in the order that costs least: what needs no body before the body,
 * what needs no cryptography before what does.
 */
#include "gateway/pipeline.h"

#include <string.h>

#include "gateway/config/route_text.h"
#include "gateway/content.h"
#include "gateway/forward.h"
#include "gateway/response.h"
#include "gateway/webhook.h"
#include "gateway/webhook_sns.h"

#define CHALLENGE_BYTES 1024 /* realm, error, scopes */
#define TARGET_BYTES    (16 << 10)
#define FIRST_BODY      4096 /* of a chunked body, which says nothing about its size */
#define HEAD_ROOM       2048 /* in front of a body, for the head that goes out: most fit */

static enum pen_step refuse(struct pen_request *r, struct pen_problem problem)
{
    r->refusal = problem;
    return PEN_STEP_REFUSED;
}

/* The caller learns the kind of refusal, the record which check it was. */
static enum pen_step refuse_credential(struct pen_request *r, int status, const char *error,
                                       const char *reason, const char *record_reason)
{
    struct pen_buf buf = {.ptr = pen_arena_bytes(r->arena, CHALLENGE_BYTES),
                          .cap = CHALLENGE_BYTES - 1};
    struct pen_problem problem = {
        .status = status, .reason = reason, .record_reason = record_reason};
    if (buf.ptr != NULL) {
        pen_policy_challenge(&buf, PEN_S("penstock"), error, &r->function->allow);
        buf.ptr[buf.len] = '\0';
        if (!buf.full) problem.challenge = pen_buf_str(&buf);
    }
    return refuse(r, problem);
}

static bool takes_method(const struct pen_config_function *function, struct pen_str method)
{
    for (size_t i = 0; i < function->method_count; i++) {
        if (pen_str_equal(function->methods[i], method)) return true;
    }
    return false;
}

/* Both readings of the path: with its parameters, and without for servers that cut them off. */
static enum pen_status read_path(struct pen_request *r, struct pen_str *path, struct pen_str *bare)
{
    PEN_TRY(pen_route_plain_path(r->head->path, r->arena, path));
    return pen_route_bare_path(*path, r->arena, bare);
}

static enum pen_step find_function(struct pen_request *r)
{
    struct pen_str path;
    struct pen_str bare;
    if (read_path(r, &path, &bare) != PEN_OK) {
        return refuse(r, pen_problem_overload("overload.memory"));
    }
    pen_router_find(r->snapshot->router, r->head->authority, path, &r->match);
    r->function = r->match.function;
    if (bare.ptr != path.ptr) {
        /* "/shop/admin;" by "/shop/{all}" would be a way around the rules of "/shop/admin". */
        struct pen_route_match other;
        pen_router_find(r->snapshot->router, r->head->authority, bare, &other);
        if (other.function != r->function) r->function = NULL;
    }
    /* From outside, a function that nobody may call looks like none. */
    if (r->function == NULL || !r->function->has_allow) {
        return refuse(
            r, (struct pen_problem){.status = 404,
                                    .reason = "route.unknown",
                                    .record_reason = r->function == NULL ? NULL : "allow.missing"});
    }
    const enum pen_step question = pen_webhook_question(r);
    if (question != PEN_STEP_ON) return question;
    if (!takes_method(r->function, r->head->method)) {
        return refuse(r, (struct pen_problem){.status = 405,
                                              .reason = "method.not_allowed",
                                              .allow = r->function->allow_field});
    }
    return PEN_STEP_ON;
}

/* From outside: the document's list is the function's. Where violations are only recorded so is
 * this, with the others. */
static enum pen_step find_operation(struct pen_request *r)
{
    const struct pen_function_schemas *const schemas =
        pen_schemas_of(r->snapshot->schemas, r->function->index);
    if (schemas == NULL || schemas->openapi == NULL) return PEN_STEP_ON;

    struct pen_str path;
    struct pen_str bare;
    struct pen_openapi_match *const match = pen_arena_alloc(r->arena, sizeof(*match));
    if (match == NULL || read_path(r, &path, &bare) != PEN_OK) {
        return refuse(r, pen_problem_overload("overload.memory"));
    }
    pen_openapi_find(schemas->openapi, r->head->method, path, match);
    if (bare.ptr != path.ptr) {
        /* As with functions: of two operations it is neither. */
        struct pen_openapi_match other;
        pen_openapi_find(schemas->openapi, r->head->method, bare, &other);
        if (other.operation != match->operation) {
            *match = (struct pen_openapi_match){.openapi = schemas->openapi};
        }
    }
    r->operation = match;
    if (match->operation != NULL || schemas->policy->detects) return PEN_STEP_ON;
    return refuse(
        r, match->knows_path ? (
               struct pen_problem){.status = 405, .reason = "openapi.method", .allow = match->allow}
                             : (struct pen_problem){.status = 404, .reason = "openapi.path"});
}

/* A body of a type that the operation does not list is not waited for. */
static enum pen_step judge_listed_type(struct pen_request *r)
{
    const struct pen_openapi_operation *const operation =
        r->operation == NULL ? NULL : r->operation->operation;
    const struct pen_event_field *const field = pen_wire_field(r->head, PEN_FIELD_CONTENT_TYPE);
    if (operation == NULL || operation->content_count == 0 || r->body_kind == PEN_BODY_NONE
        || r->function->schema.detects) {
        return PEN_STEP_ON;
    }
    const struct pen_str type = field == NULL ? PEN_S("") : field->value;
    if (pen_openapi_content(operation->contents, operation->content_count, type) != NULL) {
        return PEN_STEP_ON;
    }
    return refuse(r, (struct pen_problem){.status = 415, .reason = "openapi.type"});
}

static enum pen_step judge_token(struct pen_request *r, enum pen_token_result result)
{
    if (result == PEN_TOKEN_OK) {
        r->proven = true;
        return PEN_STEP_ON;
    }
    const char *const code = pen_token_result_code(result);
    /* We cannot know whether the token is good: not the caller's fault. */
    if (result == PEN_TOKEN_NO_KEYS) {
        return refuse(r, (struct pen_problem){.status = 503, .reason = code, .retry_after_s = 5});
    }
    if (result == PEN_TOKEN_INTERNAL) {
        struct pen_problem problem = pen_problem_overload("overload.memory");
        problem.record_reason = code;
        return refuse(r, problem);
    }
    /* Only the first token with an unknown kid waits for newer keys: see pen_verifier_verify. It
     * waits on when other keys than its own came first. */
    const bool fetchable = r->unknown_key != NULL && r->unknown_key->jwks_url.len > 0;
    if (result == PEN_TOKEN_UNKNOWN_KEY && !r->waited && (fetchable || r->waits)) {
        return PEN_STEP_WAIT;
    }
    return refuse_credential(r, 401, "invalid_token", "token.invalid", code);
}

/* It was proven before the first byte of HTTP: what is left is to look at its names. No header
 * could mend it, so the answer is 403 and not 401, which must name one (RFC 9110 section 15.5.2).
 */
static enum pen_step judge_certificate(struct pen_request *r)
{
    const struct pen_policy_answer answer =
        pen_policy_certificate(&r->function->allow, r->identity, &r->name);
    if (answer.allowed) return PEN_STEP_ON;
    return refuse(r, (struct pen_problem){.status = 403, .reason = answer.reason});
}

static enum pen_step prove_caller(struct pen_request *r, struct pen_verifier *verifier,
                                  const struct pen_keyring *ring, int64_t now_s)
{
    const struct pen_config_allow *const allow = &r->function->allow;
    if (allow->anyone) return PEN_STEP_ON;
    if (judge_certificate(r) != PEN_STEP_ON) return PEN_STEP_REFUSED;
    /* What proves it is the body's signature: here it only shows that there is one. */
    if (allow->sns && !pen_webhook_says_sns(r)) {
        return refuse(r, (struct pen_problem){.status = 403, .reason = "webhook.missing"});
    }
    if (allow->issuer_count == 0) return PEN_STEP_ON;

    const struct pen_event_field *const field = pen_wire_field(r->head, PEN_FIELD_AUTHORIZATION);
    struct pen_str token = {NULL, 0};
    const enum pen_credential credential =
        field == NULL ? PEN_CREDENTIAL_NONE : pen_credential_read(field->value, &token);
    switch (credential) {
    case PEN_CREDENTIAL_NONE:
    case PEN_CREDENTIAL_OTHER:
        return refuse_credential(r, 401, NULL, "credential.missing", NULL);
    case PEN_CREDENTIAL_MALFORMED:
        return refuse_credential(r, 400, "invalid_request", "credential.malformed", NULL);
    case PEN_CREDENTIAL_BEARER:
        break;
    }
    const enum pen_token_result result =
        pen_verifier_verify(verifier, token, allow->issuers, allow->issuer_count, ring, now_s,
                            r->arena, &r->caller, &r->unknown_key);
    const enum pen_step step = judge_token(r, result);
    if (step != PEN_STEP_ON) return step;

    const struct pen_policy_answer answer = pen_policy_check(allow, &r->caller);
    if (!answer.allowed) {
        return refuse_credential(r, 403, "insufficient_scope", answer.reason, NULL);
    }
    return PEN_STEP_ON;
}

/* Room for everything that this function's limits allow an event to become. */
static size_t arena_limit(const struct pen_request *r)
{
    const struct pen_config_limits *const limits = &r->function->limits;
    const size_t fixed = (size_t)512 << 10;
    const size_t per_leaf = 1024; /* node, leaf, path and decoded forms */
    /* The body, its texts laid out, and what is decoded of them, laid out as well; of a coded body
     * the decoded one, which grows by doubling. */
    const size_t times = r->coding == PEN_CONTENT_IDENTITY ? 5 : 8;
    return fixed + times * (size_t)limits->body_bytes + per_leaf * limits->leaves;
}

/* Room for `bytes` of body, and for the head that goes out in front of it. */
static char *body_memory(struct pen_request *r, size_t bytes)
{
    if (bytes > SIZE_MAX - HEAD_ROOM) return NULL;

    char *const memory = pen_arena_bytes(r->arena, HEAD_ROOM + bytes);
    if (memory == NULL) return NULL;

    r->body_held += HEAD_ROOM + bytes;
    return memory + HEAD_ROOM;
}

static enum pen_step make_room(struct pen_request *r)
{
    const struct pen_config_limits *const limits = &r->function->limits;
    const struct pen_problem too_large = {.status = 413, .reason = "body.too_large"};
    pen_arena_limit(r->arena, arena_limit(r));
    size_t want = 0;
    if (r->head->framing == PEN_FRAMING_LENGTH) {
        if (r->head->content_length > limits->body_bytes) return refuse(r, too_large);
        want = (size_t)r->head->content_length;
    } else if (r->head->framing == PEN_FRAMING_CHUNKED) {
        want = limits->body_bytes < FIRST_BODY ? (size_t)limits->body_bytes : FIRST_BODY;
    }
    if (want == 0) return PEN_STEP_ON;

    r->body_room = body_memory(r, want);
    if (r->body_room == NULL) {
        return refuse(r, pen_problem_overload("overload.memory"));
    }
    r->body = r->body_room;
    r->body_cap = want;
    return PEN_STEP_ON;
}

static enum pen_step find_provenance(struct pen_request *request)
{
    const struct pen_networks *const trusted = &request->snapshot->config->trusted_proxies;
    const char *code = NULL;
    const enum pen_status status = pen_provenance_find(request->head, trusted, request->peer,
                                                       request->arena, &request->provenance, &code);
    if (status == PEN_OK) return PEN_STEP_ON;
    if (status == PEN_ERR_SYNTAX) {
        return refuse(request, (struct pen_problem){.status = 400, .reason = code});
    }
    return refuse(request, pen_problem_overload("overload.memory"));
}

enum pen_step pen_pipeline_admit(struct pen_request *request, struct pen_verifier *verifier,
                                 const struct pen_keyring *ring, int64_t now_s)
{
    enum pen_step step = request->waited ? PEN_STEP_ON : find_provenance(request);
    if (step == PEN_STEP_ON) step = find_function(request);
    if (step == PEN_STEP_ON) step = prove_caller(request, verifier, ring, now_s);
    if (step == PEN_STEP_ON) step = find_operation(request);
    if (step == PEN_STEP_ON) step = pen_webhook_origin(request);
    if (step == PEN_STEP_ON) step = pen_content_judge(request);
    if (step == PEN_STEP_ON) step = judge_listed_type(request);
    if (step == PEN_STEP_ON) step = make_room(request);
    return step;
}

enum pen_step pen_pipeline_body(struct pen_request *request, struct pen_str bytes)
{
    const uint64_t limit = request->function->limits.body_bytes;
    if (bytes.len > limit - request->body_len) {
        return refuse(request, (struct pen_problem){.status = 413, .reason = "body.too_large"});
    }
    if (bytes.len > request->body_cap - request->body_len) {
        size_t cap = request->body_cap * 2;
        if (cap < request->body_len + bytes.len) cap = request->body_len + bytes.len;
        if (cap > limit) cap = (size_t)limit;
        char *grown = body_memory(request, cap);
        if (grown == NULL) {
            return refuse(request, pen_problem_overload("overload.memory"));
        }
        if (request->body_len > 0) memcpy(grown, request->body, request->body_len);
        request->body_room = grown;
        request->body = grown;
        request->body_cap = cap;
    }
    char *const place = request->body_room + request->body_len;
    if (bytes.ptr != place) memcpy(place, bytes.ptr, bytes.len);
    request->body_len += bytes.len;
    return PEN_STEP_ON;
}

char *pen_pipeline_body_room(const struct pen_request *request, size_t *room)
{
    *room = request->body_cap - request->body_len;
    return *room == 0 ? NULL : request->body_room + request->body_len;
}

/* "filter.sqli" of "sqli.tautology", "filter.limit" of "sqli.limit". */
static const char *filter_reason(struct pen_request *request)
{
    const struct pen_str rule = pen_str_from_c(request->inspection.reason);
    if (request->inspection.unfinished) {
        return pen_str_ends(rule, PEN_S(".limit")) ? "filter.limit" : "filter.unfinished";
    }
    const struct pen_str filter = pen_str_slice(rule, 0, pen_str_find(rule, '.', 0));
    const size_t room = filter.len + sizeof("filter.");
    struct pen_buf buf = {.ptr = pen_arena_bytes(request->arena, room), .cap = room};
    if (buf.ptr == NULL) return "filter.refused";

    pen_buf_put(&buf, PEN_S("filter."));
    pen_buf_put(&buf, filter);
    pen_buf_byte(&buf, '\0');
    return buf.ptr;
}

enum pen_step pen_pipeline_inspect(struct pen_request *request, struct pen_scratch *scratch,
                                   int64_t now_s)
{
    /* Nothing goes on that nobody has proven, whatever the stages before were. */
    if (request->function->allow.sns && !request->webhook_proven) {
        return refuse(request, (struct pen_problem){.status = 403, .reason = "webhook.signature"});
    }
    const struct pen_config_limits *const limits = &request->function->limits;
    const struct pen_event_input input = {
        .method = request->head->method,
        .path = request->head->path,
        .query = request->head->query,
        .fields = request->head->fields,
        .field_count = request->head->field_count,
        .body = {request->body, request->body_len},
        .body_kind = request->body_len == 0 ? PEN_BODY_NONE : request->body_kind,
        .boundary = request->media_type.boundary,
        .is_ascii = request->media_type.is_ascii,
        .expected = request->function->events,
        .expected_count = request->function->event_count,
    };
    const struct pen_inspect_limits bounds = {
        .body_bytes = limits->body_bytes,
        .depth = limits->depth,
        .leaves = limits->leaves,
        .fields = limits->fields,
        .string_bytes = limits->string_bytes,
        .memory = arena_limit(request),
    };
    const struct pen_inspect_rules rules = {
        .chain = request->snapshot->chains[request->function->index],
        .schemas = pen_schemas_of(request->snapshot->schemas, request->function->index),
        .operation = request->operation,
    };
    const struct pen_arena_mark before = pen_arena_mark(request->arena);
    pen_inspect(&rules, scratch, &input, &bounds, now_s, request->arena, &request->scan,
                &request->inspection);
    pen_inspect_forget(request->arena, before, &request->scan, &request->inspection);
    request->inspected = true;
    if (request->inspection.status == 200) return PEN_STEP_ON;

    struct pen_problem problem = {.status = request->inspection.status,
                                  .reason = request->inspection.reason};
    if (problem.status == 422) problem.violations = request->inspection.violations;
    if (problem.status == 403) {
        /* Which rule it was helps whoever tries to get past it: that is for the record. */
        problem.record_reason = problem.reason;
        problem.reason = filter_reason(request);
    }
    return refuse(request, problem);
}

/* The mapped claims of a proven caller. A claim that is no field value is not sent, nor any copy.
 */
static bool map_claims(const struct pen_request *r, struct pen_forward *forward)
{
    const struct pen_config_function *const f = r->function;
    struct pen_event_field *fields =
        pen_arena_calloc(r->arena, f->claim_header_count + 1, sizeof(*fields));
    if (fields == NULL) return false;

    for (size_t i = 0; i < f->claim_header_count; i++) {
        fields[i].name = f->claim_headers[i].header;
        if (!r->proven) continue;
        const struct pen_str text =
            pen_policy_claim_text(r->caller.claims, f->claim_headers[i].claim);
        if (pen_wire_is_value(text)) fields[i].value = text;
    }
    forward->asserted = fields;
    forward->asserted_count = f->claim_header_count;
    forward->claimed = r->snapshot->claimed;
    forward->claimed_count = r->snapshot->claimed_count;
    return true;
}

/* In front of its body, where there is room: they go out together without another copy. */
static struct pen_str put_before_body(const struct pen_request *r, struct pen_str head)
{
    const bool fits = r->body_len > 0 && r->body == r->body_room && head.len <= HEAD_ROOM;
    if (!fits) return head;

    char *const place = r->body_room - head.len;
    memcpy(place, head.ptr, head.len);
    return (struct pen_str){place, head.len};
}

enum pen_step pen_pipeline_forward(struct pen_request *request, struct pen_exchange_request *out)
{
    const struct pen_config_function *const f = request->function;
    const struct pen_problem no_memory = pen_problem_overload("overload.memory");
    struct pen_forward forward = {
        .head = request->head,
        .authority = f->upstream->authority,
        .body_bytes = request->body_len,
        .decoded = request->coding != PEN_CONTENT_IDENTITY,
        .plain_answer = pen_response_withholds(f),
        .authorization = f->authorization == PEN_AUTHORIZATION_FORWARD,
        .remote_host = request->remote_host,
        .hops = request->provenance.hops,
        .tls = request->tls,
        .request_id = {request->id, 32},
        .span_id = request->span_id,
    };
    /* Everything that is written is bounded by what was received and configured. */
    const size_t room = TARGET_BYTES + request->head->path.len + request->head->query.len;
    struct pen_buf target = {.ptr = pen_arena_bytes(request->arena, room), .cap = room};
    if (target.ptr == NULL || !map_claims(request, &forward)) return refuse(request, no_memory);
    pen_route_target(&request->match, request->head->path, &target);
    pen_arena_trim(request->arena, target.ptr, room, target.len);
    forward.target = pen_buf_str(&target);

    size_t cap = 4096 + target.len + request->head->query.len + 3 * request->head->authority.len;
    for (uint32_t i = 0; i < request->head->field_count; i++) {
        cap += request->head->fields[i].name.len + request->head->fields[i].value.len + 4;
    }
    for (size_t i = 0; i < forward.asserted_count; i++) {
        cap += forward.asserted[i].name.len + forward.asserted[i].value.len + 4;
    }
    struct pen_buf head = {.ptr = pen_arena_bytes(request->arena, cap), .cap = cap};
    if (head.ptr == NULL || target.full) return refuse(request, no_memory);
    pen_forward_head(&head, &forward);
    pen_arena_trim(request->arena, head.ptr, cap, head.len);
    if (head.full) return refuse(request, no_memory);

    *out = (struct pen_exchange_request){
        .head = put_before_body(request, pen_buf_str(&head)),
        .body = {request->body, request->body_len},
        .method = request->head->method,
        .timeout_ms = f->timeout_ms,
    };
    return PEN_STEP_ON;
}

void pen_pipeline_upstream_failed(struct pen_request *request, enum pen_upstream_failure failure,
                                  const char *detail)
{
    (void)detail; /* for the record alone */
    request->refusal = (struct pen_problem){
        .status = pen_upstream_failure_status(failure),
        .reason = pen_upstream_failure_code(failure),
        .record_reason = pen_upstream_failure_record_code(failure),
        .proxy_error = pen_upstream_failure_proxy_error(failure),
    };
    if (request->refusal.status == 503) request->refusal.retry_after_s = 1;
}

/* RFC 6797 section 7.2: never over plain HTTP. */
static struct pen_str strict_transport(const struct pen_request *request)
{
    return request->tls ? request->snapshot->strict_transport : PEN_S("");
}

bool pen_pipeline_refusal_reply(struct pen_request *request, struct pen_reply *out)
{
    struct pen_event_field *fields =
        pen_arena_calloc(request->arena, PEN_PROBLEM_FIELDS, sizeof(*fields));
    const bool tells = request->refusal.violations != NULL;
    const size_t room = tells ? PEN_PROBLEM_BODY + PEN_PROBLEM_ERRORS : PEN_PROBLEM_BODY;
    struct pen_buf body = {.ptr = pen_arena_bytes(request->arena, room), .cap = room};
    struct pen_buf memory = {.ptr = pen_arena_bytes(request->arena, PEN_PROBLEM_MEMORY),
                             .cap = PEN_PROBLEM_MEMORY};
    if (fields == NULL || body.ptr == NULL || memory.ptr == NULL) return false;

    const struct pen_str id = {request->id, 32};
    request->refusal.date_s = request->wall_ms / 1000;
    request->refusal.strict_transport = strict_transport(request);
    pen_problem_body(&body, &request->refusal, id);
    *out = (struct pen_reply){
        .status = request->refusal.status,
        .fields = fields,
        .field_count = pen_problem_fields(&request->refusal, id, &memory, fields),
        .body = pen_buf_str(&body),
    };
    return !body.full && !memory.full;
}

/* RFC 9110 section 6.6.1: an answer that came without a Date gets the time of its passing. */
static bool add_date(struct pen_request *request, const struct pen_wire_head *answer,
                     struct pen_event_field *field)
{
    if (pen_wire_field(answer, PEN_FIELD_DATE) != NULL) return true;

    const size_t room = 32;
    struct pen_buf buf = {.ptr = pen_arena_bytes(request->arena, room), .cap = room};
    if (buf.ptr == NULL) return false;
    pen_problem_date(&buf, request->wall_ms / 1000);
    *field = (struct pen_event_field){PEN_STR("Date"), pen_buf_str(&buf)};
    pen_buf_byte(&buf, '\0');
    return !buf.full;
}

bool pen_pipeline_answer_reply(struct pen_request *request, const struct pen_wire_head *answer,
                               struct pen_reply *out)
{
    struct pen_event_field *fields =
        pen_arena_calloc(request->arena, (size_t)answer->field_count + 3, sizeof(*fields));
    if (fields == NULL) return false;

    const struct pen_str strict_name = PEN_STR("Strict-Transport-Security");
    struct pen_str strict = strict_transport(request);
    size_t count = 0;
    size_t bytes = 0;
    for (uint32_t i = 0; i < answer->field_count; i++) {
        if (!pen_forward_answer_passes(answer, i)) continue;
        /* An empty field says nothing, and libmicrohttpd takes none. */
        if (answer->fields[i].value.len == 0) continue;
        bytes += answer->fields[i].name.len + answer->fields[i].value.len + 4;
        if (bytes > PEN_ANSWER_FIELDS_BYTES) return false;
        /* Copied: the answer's head is gone when the reply leaves, and names need a NUL. */
        if (pen_arena_copy(request->arena, answer->fields[i].name, &fields[count].name) != PEN_OK
            || pen_arena_copy(request->arena, answer->fields[i].value, &fields[count].value)
                   != PEN_OK) {
            return false;
        }
        /* What the function says of its host counts. */
        if (pen_str_equal_fold(fields[count].name, strict_name)) strict.len = 0;
        count++;
    }
    fields[count++] = (struct pen_event_field){PEN_STR("X-Request-Id"), {request->id, 32}};
    if (strict.len > 0) fields[count++] = (struct pen_event_field){strict_name, strict};
    if (!add_date(request, answer, &fields[count])) return false;
    if (fields[count].name.len > 0) count++;
    *out = (struct pen_reply){.status = answer->status, .fields = fields, .field_count = count};
    return true;
}
