/**
 * The sentences of refusals, by status and family of reason.
 *
 * `type` is a URN per family, not a URL: a reader must not be led to fetch one.
 */
#include "gateway/problem.h"

#include <string.h>

static const struct {
    int status;
    const char *phrase;
} phrases[] = {
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
};

/* The family of a reason is what stands before its first dot. */
static const struct {
    struct pen_str family;
    const char *detail;
} details[] = {
    {PEN_STR("allow"), "The caller is known but may not call this function."},
    {PEN_STR("body"), "The body is larger than this function accepts."},
    {PEN_STR("credential"), "The request needs one valid bearer token."},
    {PEN_STR("edge"), "The request did not arrive completely in time, or there is no room for it."},
    {PEN_STR("event"), "The event has more parts than are accepted."},
    {PEN_STR("form"), "The body is not a well-formed form."},
    {PEN_STR("header"), "A header field's value is not well-formed text."},
    {PEN_STR("json"), "The body is not the strict JSON that is accepted here."},
    {PEN_STR("method"), "The function does not take this method."},
    {PEN_STR("overload"), "The gateway has no room for this request now."},
    {PEN_STR("path"), "The request's path was refused."},
    {PEN_STR("query"), "The query is not well-formed."},
    {PEN_STR("route"), "There is no function at this address."},
    {PEN_STR("text"), "The body is not well-formed text."},
    {PEN_STR("token"), "The bearer token is not accepted."},
    {PEN_STR("type"), "The function does not take this content type."},
    {PEN_STR("upstream"), "The function did not give a usable answer."},
    {PEN_STR("wire"), "The request is not the strict HTTP/1.1 that is accepted here."},
};

const char *pen_problem_phrase(int status)
{
    for (size_t i = 0; i < PEN_COUNT_OF(phrases); i++) {
        if (phrases[i].status == status) return phrases[i].phrase;
    }
    return "Error";
}

static struct pen_str family_of(const char *reason)
{
    const struct pen_str text = pen_str_from_c(reason);
    return pen_str_slice(text, 0, pen_str_find(text, '.', 0));
}

static const char *detail_of(const struct pen_problem *problem, struct pen_str family)
{
    if (problem->status == 403 && !pen_str_equal(family, PEN_S("allow"))) {
        return "The event was refused by the function's filters.";
    }
    for (size_t i = 0; i < PEN_COUNT_OF(details); i++) {
        if (pen_str_equal(details[i].family, family)) return details[i].detail;
    }
    return "The request was refused.";
}

void pen_problem_body(struct pen_buf *buf, const struct pen_problem *problem,
                      struct pen_str request_id)
{
    const struct pen_str family = family_of(problem->reason);
    pen_buf_put(buf, PEN_S("{\"type\":\"urn:penstock:problem:"));
    pen_buf_json(buf, family);
    pen_buf_put(buf, PEN_S("\",\"title\":\""));
    pen_buf_put(buf, pen_str_from_c(pen_problem_phrase(problem->status)));
    pen_buf_put(buf, PEN_S("\",\"status\":"));
    pen_buf_u64(buf, (uint64_t)problem->status);
    pen_buf_put(buf, PEN_S(",\"detail\":\""));
    pen_buf_put(buf, pen_str_from_c(detail_of(problem, family)));
    pen_buf_put(buf, PEN_S("\",\"reason\":\""));
    pen_buf_json(buf, pen_str_from_c(problem->reason));
    pen_buf_put(buf, PEN_S("\",\"request_id\":\""));
    pen_buf_json(buf, request_id);
    pen_buf_put(buf, PEN_S("\"}\n"));
}

/* What was written since `start`, with a NUL behind it. */
static struct pen_str finish(struct pen_buf *memory, size_t start)
{
    const struct pen_str text = {memory->ptr + start, memory->len - start};
    pen_buf_byte(memory, '\0');
    return text;
}

size_t pen_problem_fields(const struct pen_problem *problem, struct pen_str request_id,
                          struct pen_buf *memory, struct pen_event_field fields[PEN_PROBLEM_FIELDS])
{
    size_t count = 0;
    fields[count++] =
        (struct pen_event_field){PEN_STR("Content-Type"), PEN_STR("application/problem+json")};
    fields[count++] = (struct pen_event_field){PEN_STR("Cache-Control"), PEN_STR("no-store")};
    fields[count++] = (struct pen_event_field){PEN_STR("X-Request-Id"), request_id};
    if (problem->challenge.len > 0) {
        fields[count++] = (struct pen_event_field){PEN_STR("WWW-Authenticate"), problem->challenge};
    }
    if (problem->allow.len > 0) {
        fields[count++] = (struct pen_event_field){PEN_STR("Allow"), problem->allow};
    }
    if (problem->accept.len > 0) {
        fields[count++] = (struct pen_event_field){PEN_STR("Accept"), problem->accept};
    }
    if (problem->retry_after_s > 0) {
        const size_t start = memory->len;
        pen_buf_u64(memory, problem->retry_after_s);
        fields[count++] = (struct pen_event_field){PEN_STR("Retry-After"), finish(memory, start)};
    }
    if (problem->proxy_error != NULL) {
        const size_t start = memory->len;
        pen_buf_put(memory, PEN_S("penstock; error="));
        pen_buf_put(memory, pen_str_from_c(problem->proxy_error));
        fields[count++] = (struct pen_event_field){PEN_STR("Proxy-Status"), finish(memory, start)};
    }
    return count;
}

void pen_problem_raw(struct pen_buf *buf, const struct pen_problem *problem,
                     struct pen_str request_id)
{
    char body_memory[PEN_PROBLEM_BODY];
    char field_memory[PEN_PROBLEM_MEMORY];
    struct pen_buf body = pen_buf_over(body_memory, sizeof(body_memory));
    struct pen_buf memory = pen_buf_over(field_memory, sizeof(field_memory));
    struct pen_event_field fields[PEN_PROBLEM_FIELDS];
    pen_problem_body(&body, problem, request_id);
    const size_t count = pen_problem_fields(problem, request_id, &memory, fields);

    pen_buf_put(buf, PEN_S("HTTP/1.1 "));
    pen_buf_u64(buf, (uint64_t)problem->status);
    pen_buf_byte(buf, ' ');
    pen_buf_put(buf, pen_str_from_c(pen_problem_phrase(problem->status)));
    pen_buf_put(buf, PEN_S("\r\n"));
    for (size_t i = 0; i < count; i++) {
        pen_buf_put(buf, fields[i].name);
        pen_buf_put(buf, PEN_S(": "));
        pen_buf_put(buf, fields[i].value);
        pen_buf_put(buf, PEN_S("\r\n"));
    }
    pen_buf_put(buf, PEN_S("Content-Length: "));
    pen_buf_u64(buf, body.len);
    pen_buf_put(buf, PEN_S("\r\nConnection: close\r\n\r\n"));
    pen_buf_put(buf, pen_buf_str(&body));
    if (body.full || memory.full) buf->full = true;
}
