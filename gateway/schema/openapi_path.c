/** Templates taken apart, sorted, and tried one after the other. */
#include "gateway/schema/openapi_path.h"

#include <stdlib.h>

static bool read_segment(struct pen_str text, struct pen_openapi_segment *out, const char **problem)
{
    const size_t open = pen_str_find(text, '{', 0);
    const size_t close = pen_str_find(text, '}', 0);
    *out = (struct pen_openapi_segment){.before = text};
    if (open == text.len && close == text.len) return true;
    if (close == text.len || close < open + 2) {
        *problem = "has a brace that is no name's";
        return false;
    }
    out->before = pen_str_slice(text, 0, open);
    out->name = pen_str_slice(text, open + 1, close);
    out->behind = pen_str_slice(text, close + 1, text.len);
    if (pen_str_find(out->behind, '{', 0) == out->behind.len) return true;
    *problem = "has two names in one segment, which could be told apart in several ways";
    return false;
}

bool pen_openapi_path_read(struct pen_str text, struct pen_openapi_path *out, const char **problem)
{
    *out = (struct pen_openapi_path){.text = text};
    if (text.len == 0 || text.ptr[0] != '/') {
        *problem = "does not begin with '/'";
        return false;
    }
    for (size_t start = 1; start <= text.len;) {
        const size_t end = pen_str_find(text, '/', start);
        if (out->segment_count == PEN_OPENAPI_SEGMENTS) {
            *problem = "has too many segments";
            return false;
        }
        struct pen_openapi_segment *const segment = &out->segments[out->segment_count++];
        if (!read_segment(pen_str_slice(text, start, end), segment, problem)) return false;
        if (segment->name.ptr != NULL) out->name_count++;
        start = end + 1;
    }
    if (out->name_count <= PEN_OPENAPI_CAPTURES) return true;
    *problem = "has too many names";
    return false;
}

/* Fewer names first; of as many, the one whose first name comes later. */
static int by_width(const void *left, const void *right)
{
    const struct pen_openapi_path *const a = left;
    const struct pen_openapi_path *const b = right;
    if (a->name_count != b->name_count) return a->name_count < b->name_count ? -1 : 1;
    for (size_t i = 0; i < a->segment_count && i < b->segment_count; i++) {
        const bool named = a->segments[i].name.ptr != NULL;
        const bool other = b->segments[i].name.ptr != NULL;
        if (named != other) return named ? 1 : -1;
    }
    return pen_str_compare(a->text, b->text);
}

enum pen_status pen_openapi_paths_ready(struct pen_openapi_paths *paths, struct pen_arena *arena)
{
    qsort(paths->list, paths->count, sizeof(*paths->list), by_width);
    for (size_t i = 0; i < paths->count; i++) {
        char memory[80];
        struct pen_openapi_path *const path = &paths->list[i];
        struct pen_buf allow = pen_buf_over(memory, sizeof(memory));
        for (size_t k = 0; k < path->operation_count; k++) {
            if (k > 0) pen_buf_put(&allow, PEN_S(", "));
            pen_buf_put(&allow, path->operations[k].method);
        }
        PEN_TRY(pen_arena_copy(arena, pen_buf_str(&allow), &path->allow));
    }
    return PEN_OK;
}

static bool take_segment(const struct pen_openapi_segment *segment, struct pen_str text,
                         struct pen_openapi_match *match)
{
    if (segment->name.ptr == NULL) return pen_str_equal(segment->before, text);
    if (text.len <= segment->before.len + segment->behind.len
        || !pen_str_starts(text, segment->before) || !pen_str_ends(text, segment->behind)) {
        return false;
    }
    match->captures[match->capture_count++] = (struct pen_named_text){
        .name = segment->name,
        .text = pen_str_slice(text, segment->before.len, text.len - segment->behind.len),
    };
    return true;
}

static bool fits(const struct pen_openapi_path *path, struct pen_str text,
                 struct pen_openapi_match *match)
{
    size_t start = 1;
    match->capture_count = 0;
    for (size_t i = 0; i < path->segment_count; i++) {
        if (start > text.len) return false;
        const size_t end = pen_str_find(text, '/', start);
        if (!take_segment(&path->segments[i], pen_str_slice(text, start, end), match)) return false;
        start = end + 1;
    }
    return start > text.len;
}

static const struct pen_openapi_operation *operation_of(const struct pen_openapi_path *path,
                                                        struct pen_str method)
{
    for (size_t i = 0; i < path->operation_count; i++) {
        if (pen_str_equal(path->operations[i].method, method)) return &path->operations[i];
    }
    return NULL;
}

void pen_openapi_paths_find(const struct pen_openapi_paths *paths, struct pen_str method,
                            struct pen_str path, struct pen_openapi_match *out)
{
    const struct pen_str base = paths->base;
    if (!pen_str_starts(path, base) || !pen_str_stands(path, base.len, PEN_S("/"))) return;

    const struct pen_str rest = pen_str_slice(path, base.len, path.len);
    for (size_t i = 0; i < paths->count && !out->knows_path; i++) {
        if (!fits(&paths->list[i], rest, out)) continue;
        out->knows_path = true;
        out->allow = paths->list[i].allow;
        out->operation = operation_of(&paths->list[i], method);
        /* RFC 9110 section 9.3.2: it asks for the same without the body. */
        if (out->operation == NULL && pen_str_equal(method, PEN_S("HEAD"))) {
            out->operation = operation_of(&paths->list[i], PEN_S("GET"));
        }
    }
}

/* What it begins with, whoever asks. Percent-escapes have several spellings. */
static struct pen_str beginning(struct pen_str text)
{
    size_t end = 0;
    while (end < text.len && text.ptr[end] != '{' && text.ptr[end] != '*' && text.ptr[end] != '%') {
        end++;
    }
    return pen_str_slice(text, 0, end);
}

/* Two texts that go on somehow: is one of them how the other begins? */
static bool may_agree(struct pen_str a, struct pen_str b)
{
    return pen_str_starts(a, b) || pen_str_starts(b, a);
}

bool pen_openapi_paths_meet(const struct pen_openapi_paths *paths, struct pen_str route)
{
    const struct pen_str base = beginning(paths->base);
    const struct pen_str start = beginning(route);
    if (!may_agree(start, base)) return false;
    if (base.len < paths->base.len || start.len <= base.len) return true;

    const struct pen_str rest = pen_str_slice(start, base.len, start.len);
    for (size_t i = 0; i < paths->count; i++) {
        if (may_agree(rest, beginning(paths->list[i].text))) return true;
    }
    return false;
}
