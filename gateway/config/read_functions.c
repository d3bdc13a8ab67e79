/** `functions` and `defaults`: what a route leads to, under which policy. */
#include <stdlib.h>

#include "gateway/config/endpoint.h"
#include "gateway/config/route.h"
#include "gateway/config/route_text.h"
#include "gateway/config/shapes.h"

#define FUNCTION(field, is) PEN_FIELD(struct pen_config_function, field, is)
#define LIMIT(field, is)    PEN_FIELD(struct pen_config_limits, field, is)
#define HOUR                ((uint64_t)3600000)

#define BODY_MOST ((uint64_t)1 << 30)

static const struct pen_str default_methods[] = {PEN_STR("POST")};
/* Where an OpenAPI document lists the methods of each path: those that the wire codec passes. */
static const struct pen_str all_methods[] = {
    PEN_STR("GET"),   PEN_STR("HEAD"),   PEN_STR("POST"),    PEN_STR("PUT"),
    PEN_STR("PATCH"), PEN_STR("DELETE"), PEN_STR("OPTIONS"),
};
static const enum pen_body_kind default_bodies[] = {PEN_BODY_JSON};

static const struct pen_config_function function_defaults = {
    .methods = default_methods,
    .method_count = PEN_COUNT_OF(default_methods),
    .limits = {.body_bytes = 1 << 20,
               .depth = 32,
               .leaves = 10000,
               .fields = 256,
               .string_bytes = 64 << 10},
    .bodies = default_bodies,
    .body_count = PEN_COUNT_OF(default_bodies),
    .authorization = PEN_AUTHORIZATION_STRIP,
    .response = {.body_bytes = 1 << 20},
};

static const struct pen_key limit_keys[] = {
    {PEN_STR("body"), .kind = PEN_KEY_SIZE, .offset = LIMIT(body_bytes, uint64_t), .least = 1,
     .most = BODY_MOST},
    {PEN_STR("depth"), .kind = PEN_KEY_NUMBER, .offset = LIMIT(depth, uint32_t)},
    {PEN_STR("leaves"), .kind = PEN_KEY_NUMBER, .offset = LIMIT(leaves, uint32_t)},
    {PEN_STR("fields"), .kind = PEN_KEY_NUMBER, .offset = LIMIT(fields, uint32_t)},
    {PEN_STR("string"), .kind = PEN_KEY_SIZE, .offset = LIMIT(string_bytes, uint64_t), .least = 1,
     .most = BODY_MOST},
};

const struct pen_shape pen_shape_limits = {
    .schema = "/$defs/limits",
    .keys = limit_keys,
    .key_count = PEN_COUNT_OF(limit_keys),
    .defaults = &function_defaults.limits,
    .size = sizeof(function_defaults.limits),
};

static enum pen_status read_host(struct pen_reader *reader, const struct pen_json *value,
                                 void *target)
{
    struct pen_config_function *function = target;
    struct pen_str text;
    PEN_TRY(pen_reader_text(reader, value, PEN_KEY_REFERENCE, &text));
    if (!pen_endpoint_is_host(text)) {
        return pen_reader_expected(reader, value, "a host name without port, such as fn.example");
    }
    char *lower = pen_arena_bytes(reader->arena, text.len + 1);
    if (lower == NULL) return pen_reader_no_memory(reader);
    for (size_t i = 0; i < text.len; i++) {
        lower[i] = pen_to_lower(text.ptr[i]);
    }
    lower[text.len] = '\0';
    function->host = (struct pen_str){lower, text.len};
    return PEN_OK;
}

static enum pen_status read_route(struct pen_reader *reader, const struct pen_json *value,
                                  void *target)
{
    struct pen_config_function *function = target;
    struct pen_route_text route;
    const char *problem;
    PEN_TRY(pen_reader_text(reader, value, 0, &function->route));
    if (pen_route_text_read(function->route, PEN_ROUTE_CAPTURES, &route, &problem) != PEN_OK) {
        return pen_reader_fail(reader, value, "the route '%s' %s",
                               pen_reader_excerpt(function->route).text, problem);
    }
    const struct pen_route_segment *const last = &route.segments[route.segment_count - 1];
    function->route_kind = last->kind == PEN_SEGMENT_REST ? PEN_ROUTE_PREFIX
                           : route.capture_count > 0      ? PEN_ROUTE_TEMPLATE
                                                          : PEN_ROUTE_EXACT;
    return PEN_OK;
}

static bool has_segment(const struct pen_route_text *route, const struct pen_route_segment *wanted)
{
    for (size_t i = 0; i < route->segment_count; i++) {
        if (route->segments[i].kind == wanted->kind
            && pen_str_equal(route->segments[i].text, wanted->text)) {
            return true;
        }
    }
    return false;
}

/* After `route`: what it fills in must be captured there. */
static enum pen_status read_target(struct pen_reader *reader, const struct pen_json *value,
                                   void *target)
{
    struct pen_config_function *function = target;
    struct pen_route_text route;
    struct pen_route_text text;
    const char *problem;
    PEN_TRY(pen_reader_text(reader, value, 0, &function->target));
    if (pen_route_text_read(function->target, PEN_ROUTE_CAPTURES, &text, &problem) != PEN_OK) {
        return pen_reader_fail(reader, value, "the target '%s' %s",
                               pen_reader_excerpt(function->target).text, problem);
    }
    PEN_TRY(pen_route_text_read(function->route, PEN_ROUTE_CAPTURES, &route, &problem));
    for (size_t i = 0; i < text.segment_count; i++) {
        const struct pen_route_segment *const segment = &text.segments[i];
        if (segment->kind == PEN_SEGMENT_LITERAL || has_segment(&route, segment)) continue;
        return pen_reader_fail(reader, value, "the route '%s' captures nothing for '%s'",
                               pen_reader_excerpt(function->route).text,
                               pen_reader_excerpt(segment->text).text);
    }
    return PEN_OK;
}

static enum pen_status read_upstream(struct pen_reader *reader, const struct pen_json *value,
                                     void *target)
{
    struct pen_config_function *function = target;
    struct pen_str name;
    PEN_TRY(pen_reader_text(reader, value, 0, &name));
    struct pen_nearest nearest;
    pen_nearest_init(&nearest, name);
    for (size_t i = 0; i < reader->config->upstream_count; i++) {
        const struct pen_config_upstream *const upstream = &reader->config->upstreams[i];
        if (pen_str_equal(upstream->name, name)) {
            function->upstream = upstream;
            return PEN_OK;
        }
        pen_nearest_consider(&nearest, upstream->name);
    }
    return pen_reader_fail(reader, value, "no upstream is called '%s'%s",
                           pen_reader_excerpt(name).text, pen_nearest_hint(&nearest));
}

static const struct pen_word bodies[] = {
    {PEN_STR("json"), PEN_BODY_JSON},
    {PEN_STR("form"), PEN_BODY_FORM},
    {PEN_STR("multipart"), PEN_BODY_MULTIPART},
    {PEN_STR("ndjson"), PEN_BODY_NDJSON},
    {PEN_STR("xml"), PEN_BODY_XML},
    {PEN_STR("graphql"), PEN_BODY_GRAPHQL},
    {PEN_STR("text"), PEN_BODY_TEXT},
    {PEN_STR("opaque"), PEN_BODY_OPAQUE}, /* not looked into */
};

struct pen_str pen_config_body_name(enum pen_body_kind kind)
{
    for (size_t i = 0; i < PEN_COUNT_OF(bodies); i++) {
        if (bodies[i].value == (int)kind) return bodies[i].name;
    }
    return PEN_S("");
}

static enum pen_status read_bodies(struct pen_reader *reader, const struct pen_json *value,
                                   void *target)
{
    struct pen_config_function *function = target;
    const struct pen_str *names;
    size_t count;
    PEN_TRY(pen_reader_texts(reader, value, 0, &names, &count));
    enum pen_body_kind *kinds = pen_arena_calloc(reader->arena, count, sizeof(*kinds));
    if (kinds == NULL) return pen_reader_no_memory(reader);

    for (const struct pen_json *item = value->first; item != NULL; item = item->next) {
        int kind;
        PEN_TRY(pen_reader_word(reader, item, bodies, PEN_COUNT_OF(bodies), &kind));
        kinds[item->index] = (enum pen_body_kind)kind;
    }
    function->bodies = kinds;
    function->body_count = count;
    return PEN_OK;
}

static const struct pen_word codings[] = {
    {PEN_STR("gzip"), PEN_CONTENT_GZIP},
    {PEN_STR("deflate"), PEN_CONTENT_DEFLATE},
};

static enum pen_status read_codings(struct pen_reader *reader, const struct pen_json *value,
                                    void *target)
{
    struct pen_config_function *function = target;
    const struct pen_str *names;
    size_t count;
    PEN_TRY(pen_reader_texts(reader, value, 0, &names, &count));
    function->codings = 0;
    for (const struct pen_json *item = value->first; item != NULL; item = item->next) {
        int coding;
        PEN_TRY(pen_reader_word(reader, item, codings, PEN_COUNT_OF(codings), &coding));
        function->codings |= (unsigned)coding;
    }
    return PEN_OK;
}

static const struct pen_word authorizations[] = {
    {PEN_STR("strip"), PEN_AUTHORIZATION_STRIP},
    {PEN_STR("forward"), PEN_AUTHORIZATION_FORWARD},
};

/* In the order in which they are read: a target needs its route. */
static const struct pen_key function_keys[] = {
    {PEN_STR("host"), .kind = PEN_KEY_READ, .read = read_host},
    {PEN_STR("route"), .kind = PEN_KEY_READ, .read = read_route},
    {PEN_STR("upstream"), .kind = PEN_KEY_READ, .read = read_upstream},
    {PEN_STR("target"), .kind = PEN_KEY_READ, .read = read_target},
    {PEN_STR("allow"), .kind = PEN_KEY_READ, .shape = &pen_shape_allow, .read = pen_read_allow},
    {PEN_STR("webhook"), .kind = PEN_KEY_SHAPE,
     .offset = FUNCTION(webhook, struct pen_config_webhook), .shape = &pen_shape_webhook},
    {PEN_STR("event"), .kind = PEN_KEY_READ, .read = pen_read_event},
    {PEN_STR("schema"), .kind = PEN_KEY_READ, .shape = &pen_shape_schema, .read = pen_read_schema},
    {PEN_STR("response_schema"), .kind = PEN_KEY_READ, .shape = &pen_shape_response_schema,
     .read = pen_read_response_schema},
    {PEN_STR("openapi"), .kind = PEN_KEY_READ, .shape = &pen_shape_openapi,
     .read = pen_read_openapi},
    {PEN_STR("sinks"), .kind = PEN_KEY_READ, .read = pen_read_sinks},
    {PEN_STR("exceptions"), .kind = PEN_KEY_READ, .shape = &pen_shape_exception,
     .read = pen_read_exceptions},
    {PEN_STR("claims_to_headers"), .kind = PEN_KEY_READ, .read = pen_read_claim_headers},
    /* From here on also under `defaults`. */
    {PEN_STR("methods"), .kind = PEN_KEY_READ, .read = pen_read_methods},
    {PEN_STR("bodies"), .kind = PEN_KEY_READ, .words = bodies, .word_count = PEN_COUNT_OF(bodies),
     .read = read_bodies},
    {PEN_STR("content_codings"), .kind = PEN_KEY_READ, .words = codings,
     .word_count = PEN_COUNT_OF(codings), .read = read_codings},
    {PEN_STR("limits"), .kind = PEN_KEY_SHAPE, .offset = FUNCTION(limits, struct pen_config_limits),
     .shape = &pen_shape_limits},
    {PEN_STR("filters"), .kind = PEN_KEY_READ, .read = pen_read_filters},
    {PEN_STR("thresholds"), .kind = PEN_KEY_READ, .shape = &pen_shape_thresholds,
     .read = pen_read_thresholds},
    {PEN_STR("response"), .kind = PEN_KEY_SHAPE,
     .offset = FUNCTION(response, struct pen_config_response), .shape = &pen_shape_response},
    {PEN_STR("authorization"), .kind = PEN_KEY_WORD,
     .offset = FUNCTION(authorization, enum pen_authorization), .words = authorizations,
     .word_count = PEN_COUNT_OF(authorizations)},
    {PEN_STR("timeout"), .kind = PEN_KEY_MILLISECONDS, .offset = FUNCTION(timeout_ms, uint32_t),
     .least = 10, .most = HOUR},
};

#define ONLY_FUNCTION_KEYS 13

const struct pen_shape pen_shape_function = {
    .schema = "/$defs/function",
    .keys = function_keys,
    .key_count = PEN_COUNT_OF(function_keys),
    .defaults = &function_defaults,
    .size = sizeof(function_defaults),
};

const struct pen_shape pen_shape_defaults = {
    .schema = "/$defs/defaults",
    .keys = function_keys + ONLY_FUNCTION_KEYS,
    .key_count = PEN_COUNT_OF(function_keys) - ONLY_FUNCTION_KEYS,
    .defaults = &function_defaults,
    .size = sizeof(function_defaults),
};

/* "POST, PUT" */
static enum pen_status join_methods(struct pen_reader *reader, struct pen_config_function *function)
{
    char memory[80];
    struct pen_buf text = pen_buf_over(memory, sizeof(memory));
    for (size_t i = 0; i < function->method_count; i++) {
        if (i > 0) pen_buf_put(&text, PEN_S(", "));
        pen_buf_put(&text, function->methods[i]);
    }
    if (pen_arena_copy(reader->arena, pen_buf_str(&text), &function->allow_field) == PEN_OK) {
        return PEN_OK;
    }
    return pen_reader_no_memory(reader);
}

static enum pen_status check_function(struct pen_reader *reader, const struct pen_json *value,
                                      const struct pen_config_function *function)
{
    const struct pen_json *const allow = pen_json_member(value, PEN_S("allow"));
    const struct pen_json *const methods = pen_json_member(value, PEN_S("methods"));
    if (methods != NULL && pen_json_member(allow, PEN_S("methods")) != NULL) {
        return pen_reader_fail_name(reader, methods,
                                    "'methods' stands under 'allow' already; keep one of them");
    }
    const struct pen_json *const webhook = pen_json_member(value, PEN_S("webhook"));
    if (function->webhook.rate > 0 && function->webhook.origin_count == 0) {
        return pen_reader_fail_name(reader, pen_json_member(webhook, PEN_S("rate")),
                                    "a rate is told to 'origins', and none is given");
    }
    if (function->allow.sns && function->webhook.topic_count == 0) {
        return pen_reader_fail_name(reader, allow,
                                    "anybody can have a topic of SNS: give 'webhook: { topics: "
                                    "[arn:...] }' too");
    }
    if (function->webhook.certificates.len > 0
        && (function->webhook.connect.len > 0 || function->webhook.ca.len > 0)) {
        return pen_reader_fail_name(reader, pen_json_member(webhook, PEN_S("certificates")),
                                    "with certificates from a file none is fetched; remove "
                                    "'connect' and 'ca'");
    }
    const struct pen_json *const headers = pen_json_member(value, PEN_S("claims_to_headers"));
    if (headers != NULL
        && (!function->has_allow || function->allow.anyone || function->allow.sns)) {
        return pen_reader_fail_name(reader, headers,
                                    "there are no claims where no issuer is allowed");
    }
    PEN_TRY(pen_check_schema(reader, value, function));
    PEN_TRY(pen_check_exceptions(reader, pen_json_member(value, PEN_S("exceptions")),
                                 function->policy));
    if (function->limits.body_bytes > reader->config->memory_bytes) {
        return pen_reader_fail_name(reader, value,
                                    "its largest body does not fit into /memory (%zu bytes for all "
                                    "bodies in flight)",
                                    reader->config->memory_bytes);
    }
    return PEN_OK;
}

static enum pen_status read_function(struct pen_reader *reader, const struct pen_json *value,
                                     struct pen_config_function *function)
{
    function->index = value->index;
    PEN_TRY(pen_reader_name(reader, value, &function->name));
    PEN_TRY(pen_reader_mapping(reader, value, &pen_shape_function, function));
    struct pen_config_response *const response = &function->response;
    response->any = response->secrets != PEN_RESPONSE_OFF || response->traces != PEN_RESPONSE_OFF
                    || response->errors != PEN_RESPONSE_OFF;
    if (function->openapi.file.len > 0 && function->methods == default_methods) {
        function->methods = all_methods;
        function->method_count = PEN_COUNT_OF(all_methods);
    }
    function->webhook.place = pen_reader_place(reader, value, PEN_S("webhook"));
    PEN_TRY(check_function(reader, value, function));
    return join_methods(reader, function);
}

/* The key under which two functions would own the same requests: names of captures do not count. */
struct route_key {
    struct pen_str host;
    struct pen_str shape;
    const struct pen_json *value;
};

static enum pen_status make_route_key(struct pen_reader *reader,
                                      const struct pen_config_function *function,
                                      struct route_key *out)
{
    struct pen_route_text route;
    const char *problem;
    PEN_TRY(pen_route_text_read(function->route, PEN_ROUTE_CAPTURES, &route, &problem));
    const size_t size = function->route.len + 1;
    char *memory = pen_arena_bytes(reader->arena, size);
    if (memory == NULL) return pen_reader_no_memory(reader);

    struct pen_buf shape = pen_buf_over(memory, size);
    for (size_t i = 0; i < route.segment_count; i++) {
        const bool capture = route.segments[i].kind == PEN_SEGMENT_CAPTURE;
        pen_buf_byte(&shape, '/');
        pen_buf_put(&shape, capture ? PEN_S("{}") : route.segments[i].text);
    }
    out->host = function->host;
    out->shape = pen_buf_str(&shape);
    return PEN_OK;
}

static int by_route(const void *left, const void *right)
{
    const struct route_key *const a = left;
    const struct route_key *const b = right;
    const int host = pen_str_compare(a->host, b->host);
    if (host != 0) return host;
    const int shape = pen_str_compare(a->shape, b->shape);
    return shape != 0 ? shape
                      : (a->value->index > b->value->index) - (a->value->index < b->value->index);
}

static enum pen_status check_routes(struct pen_reader *reader, const struct pen_json *value,
                                    const struct pen_config_function *functions)
{
    struct route_key *keys = pen_arena_calloc(reader->arena, value->count, sizeof(*keys));
    if (keys == NULL) return pen_reader_no_memory(reader);

    for (const struct pen_json *item = value->first; item != NULL; item = item->next) {
        keys[item->index].value = item;
        PEN_TRY(make_route_key(reader, &functions[item->index], &keys[item->index]));
    }
    qsort(keys, value->count, sizeof(*keys), by_route);
    for (uint32_t i = 1; i < value->count; i++) {
        const struct route_key *const a = &keys[i - 1];
        const struct route_key *const b = &keys[i];
        if (!pen_str_equal(a->host, b->host) || !pen_str_equal(a->shape, b->shape)) continue;
        return pen_reader_fail(reader, pen_json_member(b->value, PEN_S("route")),
                               "'%.*s' has this route already, for the same host",
                               PEN_STR_ARGS(a->value->name));
    }
    return PEN_OK;
}

enum pen_status pen_read_functions(struct pen_reader *reader, const struct pen_json *value,
                                   void *target)
{
    struct pen_config *config = target;
    struct pen_config_function *functions =
        pen_arena_calloc(reader->arena, value->count, sizeof(*functions));
    if (functions == NULL) return pen_reader_no_memory(reader);

    for (const struct pen_json *item = value->first; item != NULL; item = item->next) {
        functions[item->index] = reader->defaults;
        struct pen_config_function *const function = &functions[item->index];
        PEN_TRY(read_function(reader, item, function));
        if (item->index > 0) pen_share_lists(function - 1, function);
    }
    PEN_TRY(check_routes(reader, value, functions));
    PEN_TRY(pen_gather_texts(reader, functions, value->count));
    config->functions = functions;
    config->function_count = value->count;
    return PEN_OK;
}

enum pen_status pen_read_start(struct pen_reader *reader)
{
    struct pen_policy *const policy = pen_arena_alloc(reader->arena, sizeof(*policy));
    if (policy == NULL) return pen_reader_no_memory(reader);

    *policy = pen_policy_default();
    reader->defaults = function_defaults;
    reader->defaults.policy = policy;
    return PEN_OK;
}

enum pen_status pen_read_defaults(struct pen_reader *reader, const struct pen_json *value,
                                  void *target)
{
    (void)target;
    return pen_reader_mapping(reader, value, &pen_shape_defaults, &reader->defaults);
}
