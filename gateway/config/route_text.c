/** Route syntax, segment by segment. */
#include "gateway/config/route_text.h"

#include <string.h>

struct pen_str pen_route_segment_at(struct pen_str path, size_t at)
{
    return pen_str_slice(path, at, pen_str_find(path, '/', at));
}

struct pen_route_segment pen_route_segment_of(struct pen_str text, bool last)
{
    if (last && pen_str_equal(text, PEN_S("*"))) {
        return (struct pen_route_segment){text, PEN_SEGMENT_REST};
    }
    if (text.len >= 2 && text.ptr[0] == '{' && text.ptr[text.len - 1] == '}') {
        return (struct pen_route_segment){pen_str_slice(text, 1, text.len - 1),
                                          PEN_SEGMENT_CAPTURE};
    }
    return (struct pen_route_segment){text, PEN_SEGMENT_LITERAL};
}

/* RFC 3986 section 3.3, pchar without pct-encoded and '*'. */
static bool is_path_char(char c)
{
    return pen_is_alnum(c) || (c != '\0' && strchr("-._~!$&'()+,;=:@", c) != NULL);
}

/* %00, %2E, %2F and %5C: the wire codec refuses requests that hold them. */
static bool is_refused_escape(int byte)
{
    return byte == 0 || byte == '.' || byte == '/' || byte == '\\';
}

static const char *literal_problem(struct pen_str text)
{
    if (pen_str_equal(text, PEN_S(".")) || pen_str_equal(text, PEN_S(".."))) {
        return "has a segment of dots, which no request has";
    }
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];
        if (c == '{' || c == '}') return "has a brace that is not around a whole segment: /{name}/";
        if (c == '*') return "has a '*' that is not a whole last segment: /files/*";
        if (c == '?' || c == '#') return "has a query or a fragment; a route is a path only";
        if (c != '%') {
            if (!is_path_char(c)) return "has a byte that a path cannot have; percent-encode it";
            continue;
        }
        if (i + 2 >= text.len) return "ends within a percent-escape";
        const int high = pen_hex_value(text.ptr[i + 1]);
        const int low = pen_hex_value(text.ptr[i + 2]);
        if (high < 0 || low < 0) return "has a '%' without two hexadecimal digits";
        if (is_refused_escape(high * 16 + low)) {
            return "has an escape (%00, %2E, %2F or %5C) that no request has";
        }
        i += 2;
    }
    return NULL;
}

static const char *capture_problem(struct pen_str name)
{
    if (name.len == 0) return "has an empty {}; give it a name";
    for (size_t i = 0; i < name.len; i++) {
        const char c = name.ptr[i];
        if (pen_is_alpha(c) || c == '_' || (i > 0 && pen_is_digit(c))) continue;
        return "has a {name} of other signs than letters, digits and '_'";
    }
    return NULL;
}

static bool has_capture(const struct pen_route_text *route, struct pen_str name)
{
    for (size_t i = 0; i < route->segment_count; i++) {
        const struct pen_route_segment *const segment = &route->segments[i];
        if (segment->kind == PEN_SEGMENT_CAPTURE && pen_str_equal(segment->text, name)) return true;
    }
    return false;
}

static const char *add_segment(struct pen_route_text *route, struct pen_str text, bool last,
                               size_t most)
{
    if (route->segment_count == PEN_ROUTE_SEGMENTS) return "has more than 32 segments";
    if (text.len == 0 && !last) return "has an empty segment (//), which no request has";

    const struct pen_route_segment segment = pen_route_segment_of(text, last);
    const char *problem = NULL;
    switch (segment.kind) {
    case PEN_SEGMENT_LITERAL:
        problem = literal_problem(text);
        break;
    case PEN_SEGMENT_CAPTURE:
        problem = has_capture(route, segment.text) ? "names two segments alike"
                                                   : capture_problem(segment.text);
        break;
    case PEN_SEGMENT_REST:
        break;
    }
    if (problem != NULL) return problem;

    if (segment.kind != PEN_SEGMENT_LITERAL && ++route->capture_count > most) {
        return "has more {name} segments than are supported";
    }
    route->segments[route->segment_count++] = segment;
    return NULL;
}

enum pen_status pen_route_text_read(struct pen_str route, size_t most, struct pen_route_text *out,
                                    const char **problem)
{
    out->segment_count = 0;
    out->capture_count = 0;
    *problem = NULL;
    if (route.len == 0 || route.ptr[0] != '/') *problem = "must begin with '/'";
    if (route.len > PEN_ROUTE_BYTES) *problem = "is longer than 1,024 bytes";

    size_t at = 1;
    for (bool last = false; *problem == NULL && !last;) {
        const struct pen_str text = pen_route_segment_at(route, at);
        at += text.len + 1;
        last = at > route.len;
        *problem = add_segment(out, text, last, most);
    }
    return *problem == NULL ? PEN_OK : PEN_ERR_INVALID;
}

const char *pen_route_path_problem(struct pen_str path)
{
    struct pen_route_text text;
    const char *problem;
    if (pen_route_text_read(path, 0, &text, &problem) == PEN_OK) return NULL;
    return problem;
}

static bool is_unreserved(int c)
{
    if (c < 0 || c >= 0x7f) return false;
    const char lower = pen_to_lower((char)c);
    return (lower >= 'a' && lower <= 'z') || pen_is_digit(lower) || lower == '-' || lower == '.'
           || lower == '_' || lower == '~';
}

/* What the escape at `at` stands for; negative: there is none. */
static int escaped(struct pen_str path, size_t at)
{
    if (path.ptr[at] != '%' || path.len - at < 3) return -1;

    const int high = pen_hex_value(path.ptr[at + 1]);
    const int low = pen_hex_value(path.ptr[at + 2]);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

enum pen_status pen_route_plain_path(struct pen_str path, struct pen_arena *arena,
                                     struct pen_str *out)
{
    *out = path;
    if (pen_str_find(path, '%', 0) == path.len) return PEN_OK;

    struct pen_buf plain = {.ptr = pen_arena_bytes(arena, path.len), .cap = path.len};
    if (plain.ptr == NULL) return PEN_ERR_NOMEM;

    for (size_t at = 0; at < path.len; at++) {
        const int c = escaped(path, at);
        if (is_unreserved(c)) {
            pen_buf_byte(&plain, (char)c);
            at += 2;
        } else {
            pen_buf_byte(&plain, path.ptr[at]);
        }
    }
    *out = pen_buf_str(&plain);
    return PEN_OK;
}

enum pen_status pen_route_bare_path(struct pen_str path, struct pen_arena *arena,
                                    struct pen_str *out)
{
    *out = path;
    if (pen_str_find(path, ';', 0) == path.len) return PEN_OK;

    struct pen_buf bare = {.ptr = pen_arena_bytes(arena, path.len), .cap = path.len};
    if (bare.ptr == NULL) return PEN_ERR_NOMEM;

    for (size_t at = 0; at < path.len; at++) {
        if (path.ptr[at] == ';') at = pen_str_find(path, '/', at);
        if (at == path.len) break;
        const bool empty = path.ptr[at] == '/' && bare.len > 0 && bare.ptr[bare.len - 1] == '/';
        if (!empty) pen_buf_byte(&bare, path.ptr[at]);
    }
    *out = pen_buf_str(&bare);
    return PEN_OK;
}
