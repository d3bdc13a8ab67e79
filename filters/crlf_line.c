/**
 * Names are told by tables. Where a name is a word of notes as well, what stands behind the colon
 * tells a field from it: "Location: Berlin" is a place, "Location: //a.example" leads away.
 */
#include "filters/crlf_line.h"

#define FAR        32  /* bytes of a field's name that are looked at */
#define NAME_LEAST 4   /* "host" */
#define LINE       256 /* bytes of a line in which a request's version is looked for */

static const struct pen_str names[] = {
    PEN_STR("content-type"),
    PEN_STR("content-length"),
    PEN_STR("content-disposition"),
    PEN_STR("content-encoding"),
    PEN_STR("content-security-policy"),
    PEN_STR("location"),
    PEN_STR("set-cookie"),
    PEN_STR("cookie"),
    PEN_STR("host"),
    PEN_STR("transfer-encoding"),
    PEN_STR("refresh"),
    PEN_STR("link"),
    PEN_STR("access-control-allow-origin"),
    PEN_STR("authorization"),
    PEN_STR("connection"),
    PEN_STR("status"),
    PEN_STR("set-cookie2"),
    PEN_STR("strict-transport-security"),
    PEN_STR("access-control-allow-credentials"),
    PEN_STR("cache-control"),
    PEN_STR("upgrade"),
    PEN_STR("vary"),
    PEN_STR("etag"),
    PEN_STR("pragma"),
    PEN_STR("referer"),
    PEN_STR("user-agent"),
    PEN_STR("keep-alive"),
    PEN_STR("last-modified"),
    PEN_STR("www-authenticate"),
    PEN_STR("clear-site-data"),
    PEN_STR("origin"),
    PEN_STR("range"),
    PEN_STR("expires"),
    PEN_STR("forwarded"),
    PEN_STR("expect"),
};

/* Only HTTP has fields of these families. */
static const struct pen_str families[] = {
    PEN_STR("x-"),     PEN_STR("content-"), PEN_STR("access-control-"), PEN_STR("cross-origin-"),
    PEN_STR("proxy-"), PEN_STR("sec-"),
};

/* Fields whose names are words of notes, too ("Location: Berlin"), by what tells a field's value:
   what it begins with, '9' being a digit, or what it holds behind '*'. */
static const struct {
    struct pen_str name;
    struct pen_str telling;
} common[] = {
    {PEN_STR("location"), PEN_STR("*/")},     {PEN_STR("location"), PEN_STR("*%2f")},
    {PEN_STR("host"), PEN_STR("*.")},         {PEN_STR("host"), PEN_STR("localhost")},
    {PEN_STR("status"), PEN_STR("9")},        {PEN_STR("link"), PEN_STR("<")},
    {PEN_STR("refresh"), PEN_STR("9")},       {PEN_STR("connection"), PEN_STR("close")},
    {PEN_STR("connection"), PEN_STR("keep")}, {PEN_STR("connection"), PEN_STR("upgrade")},
    {PEN_STR("upgrade"), PEN_STR("h2c")},     {PEN_STR("upgrade"), PEN_STR("websocket")},
    {PEN_STR("cookie"), PEN_STR("*=")},       {PEN_STR("origin"), PEN_STR("null")},
    {PEN_STR("origin"), PEN_STR("*://")},     {PEN_STR("range"), PEN_STR("bytes=")},
    {PEN_STR("expires"), PEN_STR("*GMT")},    {PEN_STR("expires"), PEN_STR("0")},
    {PEN_STR("forwarded"), PEN_STR("for=")},  {PEN_STR("expect"), PEN_STR("100-")},
};

/* Fields that no text is about, by what their values begin with or hold; '9' is a digit. */
static const struct {
    struct pen_str name;
    struct pen_str holds;
} certain[] = {
    {PEN_STR("set-cookie"), PEN_STR("=")},
    {PEN_STR("set-cookie2"), PEN_STR("=")},
    {PEN_STR("cookie"), PEN_STR("=")},
    {PEN_STR("content-length"), PEN_STR("9")},
    {PEN_STR("content-type"), PEN_STR("/")},
    {PEN_STR("content-security-policy"), PEN_STR("-src")},
    {PEN_STR("content-disposition"), PEN_STR("filename")},
    {PEN_STR("transfer-encoding"), PEN_STR("chunked")},
    {PEN_STR("strict-transport-security"), PEN_STR("max-age")},
    {PEN_STR("access-control-allow-origin"), PEN_STR("")},
    {PEN_STR("access-control-allow-credentials"), PEN_STR("")},
    {PEN_STR("authorization"), PEN_STR("Basic ")},
    {PEN_STR("authorization"), PEN_STR("Bearer ")},
    {PEN_STR("refresh"), PEN_STR(";")},
    {PEN_STR("link"), PEN_STR("rel=")},
    {PEN_STR("upgrade"), PEN_STR("h2c")},
    {PEN_STR("upgrade"), PEN_STR("websocket")},
    {PEN_STR("connection"), PEN_STR("keep-alive")},
};

static const struct pen_str levels[] = {
    PEN_STR("TRACE"), PEN_STR("DEBUG"), PEN_STR("INFO"),     PEN_STR("NOTICE"), PEN_STR("WARN"),
    PEN_STR("ERROR"), PEN_STR("CRIT"),  PEN_STR("SEVERE"),   PEN_STR("FATAL"),  PEN_STR("WARNING"),
    PEN_STR("ALERT"), PEN_STR("EMERG"), PEN_STR("CRITICAL"),
};

/* The name before ':' at `at`; empty when there is none. */
static struct pen_str field_name(struct pen_str text, size_t at)
{
    size_t end = at;
    while (end < text.len && end - at < FAR
           && (pen_is_alpha(text.ptr[end]) || text.ptr[end] == '-')) {
        end++;
    }
    size_t colon = end;
    while (colon < text.len && text.ptr[colon] == ' ') {
        colon++;
    }
    const bool is_field = colon < text.len && text.ptr[colon] == ':';
    return is_field ? pen_str_slice(text, at, end) : (struct pen_str){NULL, 0};
}

/* Each letter of `shape` is a class: '9' a digit, 'A' a capital, 'a' a small letter, '_' a digit or
   a space; others stand for themselves. */
static bool has_shape(struct pen_str text, size_t at, struct pen_str shape)
{
    if (text.len - at < shape.len) return false;
    for (size_t i = 0; i < shape.len; i++) {
        const char c = text.ptr[at + i];
        const char wanted = shape.ptr[i];
        const bool fits = wanted == '9'   ? pen_is_digit(c)
                          : wanted == '_' ? pen_is_digit(c) || c == ' '
                          : wanted == 'A' ? c >= 'A' && c <= 'Z'
                          : wanted == 'a' ? c >= 'a' && c <= 'z'
                                          : c == wanted;
        if (!fits) return false;
    }
    return true;
}

/* "2026-03-02 10:00:00 INFO ...", "Mar  2 10:00:00 host sshd[1]:" (RFC 3164). */
static bool begins_with_time(struct pen_str text, size_t at)
{
    static const struct pen_str shapes[] = {
        PEN_STR("9999-99-99 99:99"), PEN_STR("9999-99-99T99:99"), PEN_STR("9999/99/99 99:99"),
        PEN_STR("Aaa _9 99:99:99 "), PEN_STR("Aaa Aaa 99 99:99"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(shapes); i++) {
        if (has_shape(text, at, shapes[i])) return true;
    }
    return false;
}

/* "ERROR: ...", "[INFO] ...", "WARN  ...". */
static bool begins_with_level(struct pen_str text, size_t at)
{
    const struct pen_str rest = pen_str_slice(text, at, text.len);
    for (size_t i = 0; i < PEN_COUNT_OF(levels); i++) {
        if (!pen_str_starts(rest, levels[i]) || rest.len == levels[i].len) continue;
        const char behind = rest.ptr[levels[i].len];
        if (behind == ':' || behind == ']' || behind == ' ' || behind == '>') return true;
    }
    return false;
}

/* "127.0.0.1 - - [02/Mar/2026:10:00:00": the common log format. */
static bool begins_with_access(struct pen_str text, size_t at)
{
    const struct pen_str head = pen_str_slice(text, at, at + FAR + FAR);
    const size_t dash = pen_str_find(head, ' ', 0);
    if (dash == 0 || !pen_str_stands(head, dash, PEN_S(" - "))) return false;
    const size_t bracket = pen_str_find_str(head, PEN_S(" ["));
    return bracket + 2 < head.len && pen_is_digit(head.ptr[bracket + 2]);
}

/* "14>" behind '<': syslog's priority (RFC 3164). */
static size_t skip_priority(struct pen_str text, size_t at)
{
    size_t end = at;
    while (end < text.len && end - at < 3 && pen_is_digit(text.ptr[end])) {
        end++;
    }
    return end > at && end < text.len && text.ptr[end] == '>' ? end + 1 : at;
}

static bool begins_record(struct pen_str text, size_t at)
{
    const bool framed = text.ptr[at] == '[' || text.ptr[at] == '<';
    if (framed) at++;
    at = skip_priority(text, at);
    if (at + 1 >= text.len) return false;
    const char first = text.ptr[at];
    if (pen_is_digit(first)) return begins_with_time(text, at) || begins_with_access(text, at);
    if (first == '{') return pen_str_stands(text, at, PEN_S("{\"level\""));
    if (first == 'l') return pen_str_stands(text, at, PEN_S("level=")); /* logfmt */
    if (first < 'A' || first > 'Z') return false;
    const char second = text.ptr[at + 1];
    if (pen_is_digit(second)) return has_shape(text, at, PEN_S("A9999 99:99:99")); /* klog */
    return second >= 'a' ? begins_with_time(text, at) : begins_with_level(text, at);
}

/* "GET /admin HTTP/1.1": a request of its own. */
static bool begins_request(struct pen_str text, size_t at)
{
    const size_t start = at;
    while (at < text.len && at - start < 8 && text.ptr[at] >= 'A' && text.ptr[at] <= 'Z') {
        at++;
    }
    if (at - start < 3 || at + 1 >= text.len || text.ptr[at] != ' ') return false;
    if (text.ptr[at + 1] != '/' && !pen_str_stands_fold(text, at + 1, PEN_S("http"))) return false;
    const struct pen_str line = pen_str_slice(text, at, at + LINE);
    const size_t version = pen_str_find_str(line, PEN_S(" HTTP/"));
    return version < line.len && version < pen_str_find(line, '\n', 0);
}

bool pen_crlf_is_named(struct pen_str text, size_t at)
{
    const struct pen_str name = field_name(text, at);
    return name.len > 1 && pen_str_find(text, ':', at) + 1 < text.len;
}

/* What stands behind the colon of the field at `at`, up to the end of its line. */
static struct pen_str field_value(struct pen_str text, size_t at)
{
    const size_t colon = pen_str_find(text, ':', at);
    size_t end = colon;
    while (end < text.len && text.ptr[end] != '\r' && text.ptr[end] != '\n') {
        end++;
    }
    return pen_str_trim(pen_str_slice(text, colon + 1, end));
}

/* A sentence goes on where a value has ended: "Content-Type: text/plain is wrong here". */
static bool has_words_behind(struct pen_str value)
{
    size_t words = 0;
    for (size_t i = 1; i < value.len && value.ptr[i] != ';'; i++) {
        words += value.ptr[i] == ' ' && pen_is_alnum(value.ptr[i - 1]);
    }
    return words > 1;
}

bool pen_crlf_is_certain(struct pen_str text, size_t at)
{
    const struct pen_str name = field_name(text, at);
    if (name.len == 0) return false;
    const struct pen_str value = field_value(text, at);
    if (value.len == 0 || has_words_behind(value)) return false;
    if (name.len > 4 && pen_str_starts_fold(name, PEN_S("x-"))) return true;
    for (size_t i = 0; i < PEN_COUNT_OF(certain); i++) {
        if (!pen_str_equal_fold(name, certain[i].name)) continue;
        const struct pen_str holds = certain[i].holds;
        if (pen_str_equal(holds, PEN_S("9"))) return pen_is_digit(value.ptr[0]);
        if (holds.len == 0 || pen_str_contains_fold(value, holds)) return true;
    }
    return false;
}

/* Does the value say that a name of `common` is a field's? Other names say so themselves. */
static bool has_telling_value(struct pen_str name, struct pen_str value)
{
    bool is_common = false;
    for (size_t i = 0; i < PEN_COUNT_OF(common); i++) {
        if (!pen_str_equal_fold(name, common[i].name)) continue;
        is_common = true;
        const struct pen_str telling = common[i].telling;
        const bool anywhere = telling.ptr[0] == '*';
        const struct pen_str mark = pen_str_slice(telling, anywhere, telling.len);
        const bool digit = pen_str_equal(mark, PEN_S("9"));
        if (digit && value.len > 0 && pen_is_digit(value.ptr[0])) return true;
        if (!digit && anywhere && pen_str_contains_fold(value, mark)) return true;
        if (!digit && !anywhere && pen_str_starts_fold(value, mark)) return true;
    }
    return !is_common;
}

enum pen_crlf_line pen_crlf_line(struct pen_str text, size_t at, bool telling)
{
    if (at == text.len) return PEN_CRLF_NOTHING;
    if (begins_request(text, at)) return PEN_CRLF_STATUS;
    if (pen_str_starts(pen_str_slice(text, at, text.len), PEN_S("HTTP/"))) return PEN_CRLF_STATUS;
    if (begins_record(text, at)) return PEN_CRLF_RECORD;
    const struct pen_str name = field_name(text, at);
    if (name.len < NAME_LEAST) return PEN_CRLF_NOTHING;
    for (size_t i = 0; i < PEN_COUNT_OF(families); i++) {
        const size_t length = families[i].len;
        if (name.len > length + 2 && pen_str_starts_fold(name, families[i])) return PEN_CRLF_FIELD;
    }
    for (size_t i = 0; i < PEN_COUNT_OF(names); i++) {
        if (!pen_str_equal_fold(name, names[i])) continue;
        return !telling || has_telling_value(name, field_value(text, at)) ? PEN_CRLF_FIELD
                                                                          : PEN_CRLF_NOTHING;
    }
    return PEN_CRLF_NOTHING;
}
