/**
 * The sentences of refusals, by status and family of reason.
 *
 * `type` is a URN per family, not a URL: a reader must not be led to fetch one.
 */
#include "gateway/problem.h"

#include <string.h>
#include <time.h>

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
    {409, "Conflict"},
    {410, "Gone"},
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
    {508, "Loop Detected"},
};

/* What a family of reasons is called and means; the family is what stands before the first dot. */
struct family {
    struct pen_str name;
    const char *title;
    const char *detail;
};

static const struct family families[] = {
    {PEN_STR("allow"), "Not allowed", "The caller is known but may not call this function."},
    {PEN_STR("body"), "Body refused", "The body is larger than this function accepts."},
    {PEN_STR("charset"), "Charset not accepted",
     "The body is not in the charset that is accepted here."},
    {PEN_STR("cloudevents"), "Malformed CloudEvent", "The request is not the CloudEvent it says."},
    {PEN_STR("coding"), "Malformed coding",
     "The body is not what its content coding says, or far larger than it."},
    {PEN_STR("credential"), "Credential needed", "The request needs one valid bearer token."},
    {PEN_STR("edge"), "Not received",
     "The request did not arrive completely in time, or there is no room for it."},
    {PEN_STR("event"), "Event refused", "The event is not accepted as it is."},
    {PEN_STR("form"), "Malformed form", "The body is not a well-formed form."},
    {PEN_STR("header"), "Malformed header", "A header field's value is not well-formed text."},
    {PEN_STR("json"), "Malformed JSON", "The body is not the strict JSON that is accepted here."},
    {PEN_STR("method"), "Method not allowed", "The function does not take this method."},
    {PEN_STR("ndjson"), "Malformed NDJSON", "The body is no sequence of JSON documents."},
    {PEN_STR("multipart"), "Malformed multipart form",
     "The body is not the strict multipart/form-data that is accepted here."},
    {PEN_STR("overload"), "No room", "The gateway has no room for this request now."},
    {PEN_STR("openapi"), "Not in the API", "The function's API has no such operation."},
    {PEN_STR("path"), "Path refused", "The request's path was refused."},
    {PEN_STR("query"), "Malformed query", "The query is not well-formed."},
    {PEN_STR("response"), "Answer withheld",
     "The function's answer holds what must not leave, and was withheld."},
    {PEN_STR("route"), "No such function", "There is no function at this address."},
    {PEN_STR("schema"), "Not as its schema says",
     "The request is well formed, and not what the function's schema asks for."},
    {PEN_STR("text"), "Malformed text", "The body is not well-formed text."},
    {PEN_STR("token"), "Token not accepted", "The bearer token is not accepted."},
    {PEN_STR("type"), "Content type not accepted", "The function does not take this content type."},
    {PEN_STR("upstream"), "Function unavailable", "The function did not give a usable answer."},
    {PEN_STR("webhook"), "Webhook not accepted", "The sender or its message is not accepted here."},
    {PEN_STR("wire"), "Malformed HTTP",
     "The request is not the strict HTTP/1.1 that is accepted here."},
    {PEN_STR("xml"), "Malformed XML", "The body is not the strict XML that is accepted here."},
};

/* Where one sentence for the family would tell a caller the wrong thing to mend. The title stays
 * the family's: it belongs to the type (RFC 9457 section 3.1.4). */
static const struct {
    const char *reason;
    const char *detail;
} details[] = {
    {"event.base64", "A text that must be base64 is not canonical base64."},
    {"event.charset", "A text of the event is in a charset that is not accepted."},
    {"event.envelopes", "The event looks like too many kinds of events at once."},
    {"event.forms", "A text of the event can be decoded in too many ways."},
    {"event.layers", "Too many encodings or documents of the event lie in each other."},
    {"event.leaves", "The event has more texts than are accepted."},
    {"event.memory", "Taking the event apart needs more memory than a request may have."},
    {"event.opened", "The event's texts are decoded to more bytes than are accepted."},
    {"event.ratio", "A compressed text of the event is far larger than its bytes."},
    {"event.shape", "The event is not of the kind this function takes."},
    {"json.depth", "The body's objects and arrays lie in each other too deeply."},
    {"json.duplicate_name", "An object of the body has one name twice."},
    {"json.empty", "The body is empty, where a JSON text is expected."},
    {"json.nodes", "The body has more values than are accepted."},
    {"json.number_range", "A number of the body is beyond what a double holds."},
    {"json.string", "A text of the body is longer than is accepted."},
    {"json.syntax", "The body is no JSON text (RFC 8259)."},
    {"json.trailing", "Something follows the body's JSON text."},
    {"json.truncated", "The body ends before its JSON text does."},
    {"openapi.method", "The function's API has no such method at this address."},
    {"openapi.type", "The function's API does not take this content type here."},
    {"response.schema", "The function's answer is not what its schema says, and was withheld."},
    {"response.unread", "The function's answer could not be looked at, and was withheld."},
    {"schema.limit",
     "Holding the request against the function's schema takes more work than is granted."},
    {"schema.memory", "Holding the request against the function's schema needs more memory than a "
                      "request may have."},
    {"schema.unmapped", "The event does not name a schema that is known here."},
    {"type.coding", "The function does not take this content coding."},
};

/* The reasons of each filter begin with its name; to the caller all filters are one family. */
static const struct family of_filters = {PEN_STR("filter"), "Event refused",
                                         "The event was refused by the function's filters."};
static const struct family of_others = {PEN_STR("refused"), "Refused", "The request was refused."};

struct pen_problem pen_problem_overload(const char *reason)
{
    return (struct pen_problem){.status = 503, .reason = reason, .retry_after_s = 1};
}

const char *pen_problem_phrase(int status)
{
    for (size_t i = 0; i < PEN_COUNT_OF(phrases); i++) {
        if (phrases[i].status == status) return phrases[i].phrase;
    }
    return "Error";
}

static struct pen_str family_name(const char *reason)
{
    const struct pen_str text = pen_str_from_c(reason);
    return pen_str_slice(text, 0, pen_str_find(text, '.', 0));
}

static const struct family *find_family(const struct pen_problem *problem, struct pen_str name)
{
    if (problem->status == 403 && !pen_str_equal(name, PEN_S("allow"))
        && !pen_str_equal(name, PEN_S("webhook"))) {
        return &of_filters;
    }

    for (size_t i = 0; i < PEN_COUNT_OF(families); i++) {
        if (pen_str_equal(families[i].name, name)) return &families[i];
    }
    return &of_others;
}

static const char *detail_of(const struct pen_problem *problem, const struct family *family)
{
    for (size_t i = 0; i < PEN_COUNT_OF(details); i++) {
        if (strcmp(details[i].reason, problem->reason) == 0) return details[i].detail;
    }
    return family->detail;
}

/* As many as leave room for the end. */
static void put_errors(struct pen_buf *buf, const struct pen_violations *violations)
{
    const struct pen_str opening = PEN_STR(",\"errors\":[");
    if (violations == NULL || violations->count == 0 || buf->full) return;

    const size_t tail = 4; /* "]}" and the line's end */
    const size_t room = buf->cap - buf->len;
    if (room < opening.len + tail) return;
    pen_buf_put(buf, opening);
    struct pen_buf list = pen_buf_over(buf->ptr + buf->len, room - opening.len - tail);
    pen_violations_put(violations, false, &list);
    buf->len += list.len;
    pen_buf_byte(buf, ']');
}

void pen_problem_body(struct pen_buf *buf, const struct pen_problem *problem,
                      struct pen_str request_id)
{
    const struct family *family = find_family(problem, family_name(problem->reason));
    pen_buf_put(buf, PEN_S("{\"type\":\"urn:penstock:problem:"));
    pen_buf_put(buf, family->name);
    pen_buf_put(buf, PEN_S("\",\"title\":\""));
    pen_buf_put(buf, pen_str_from_c(family->title));
    pen_buf_put(buf, PEN_S("\",\"status\":"));
    pen_buf_u64(buf, (uint64_t)problem->status);
    pen_buf_put(buf, PEN_S(",\"detail\":\""));
    pen_buf_put(buf, pen_str_from_c(detail_of(problem, family)));
    pen_buf_put(buf, PEN_S("\",\"reason\":\""));
    pen_buf_json(buf, pen_str_from_c(problem->reason));
    pen_buf_put(buf, PEN_S("\",\"request_id\":\""));
    pen_buf_json(buf, request_id);
    pen_buf_byte(buf, '"');
    put_errors(buf, problem->violations);
    pen_buf_put(buf, PEN_S("}\n"));
}

/* What was written since `start`, with a NUL behind it. */
static struct pen_str finish(struct pen_buf *memory, size_t start)
{
    const struct pen_str text = {memory->ptr + start, memory->len - start};
    pen_buf_byte(memory, '\0');
    return text;
}

void pen_problem_date(struct pen_buf *buf, int64_t unix_s)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const time_t when = (time_t)unix_s;
    struct tm tm;
    if (gmtime_r(&when, &tm) == NULL) return;

    pen_buf_format(buf, "%.3s, %02d %.3s %d %02d:%02d:%02d GMT", days + 3 * tm.tm_wday, tm.tm_mday,
                   months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

size_t pen_problem_fields(const struct pen_problem *problem, struct pen_str request_id,
                          struct pen_buf *memory, struct pen_event_field fields[PEN_PROBLEM_FIELDS])
{
    size_t count = 0;
    if (problem->date_s > 0) {
        const size_t start = memory->len;
        pen_problem_date(memory, problem->date_s);
        fields[count++] = (struct pen_event_field){PEN_STR("Date"), finish(memory, start)};
    }
    fields[count++] =
        (struct pen_event_field){PEN_STR("Content-Type"), PEN_STR("application/problem+json")};
    fields[count++] = (struct pen_event_field){PEN_STR("Cache-Control"), PEN_STR("no-store")};
    fields[count++] = (struct pen_event_field){PEN_STR("X-Request-Id"), request_id};
    if (problem->strict_transport.len > 0) {
        fields[count++] = (struct pen_event_field){PEN_STR("Strict-Transport-Security"),
                                                   problem->strict_transport};
    }
    if (problem->challenge.len > 0) {
        fields[count++] = (struct pen_event_field){PEN_STR("WWW-Authenticate"), problem->challenge};
    }
    if (problem->status == 405) {
        /* RFC 9110 section 15.5.6: MUST be there. The wire codec refuses methods before there is a
         * function; what it lets through is then the answer. */
        const struct pen_str any = PEN_STR("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
        const struct pen_str allow = problem->allow.len > 0 ? problem->allow : any;
        fields[count++] = (struct pen_event_field){PEN_STR("Allow"), allow};
    }
    if (problem->accept.len > 0) {
        fields[count++] = (struct pen_event_field){PEN_STR("Accept"), problem->accept};
    }
    if (problem->accept_encoding.len > 0) {
        fields[count++] =
            (struct pen_event_field){PEN_STR("Accept-Encoding"), problem->accept_encoding};
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
