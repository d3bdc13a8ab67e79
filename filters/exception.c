/** Narrow by construction: one filter or rule, one path, maybe an end. */
#include "filters/exception.h"

#include <string.h>

static struct pen_str next_segment(struct pen_str *rest)
{
    const size_t end = pen_str_find(*rest, '/', 0);
    const struct pen_str segment = pen_str_slice(*rest, 0, end);
    *rest = pen_str_slice(*rest, end + 1, rest->len);
    return segment;
}

/* "item[*]" for "item[2]", and for "item", which is the only one of its name. */
static bool element_fits(struct pen_str want, struct pen_str have)
{
    const struct pen_str any = PEN_STR("[*]");
    if (!pen_str_ends(want, any)) return false;

    const struct pen_str name = pen_str_slice(want, 0, want.len - any.len);
    if (!pen_str_starts(have, name)) return false;
    const struct pen_str index = pen_str_slice(have, name.len, have.len);
    return index.len == 0 || (index.ptr[0] == '[' && index.ptr[index.len - 1] == ']');
}

bool pen_exception_path_fits(struct pen_str path, struct pen_str whole)
{
    size_t slashes = 0;
    for (size_t i = 0; i < path.len; i++) {
        if (path.ptr[i] == '/') slashes++;
    }
    for (size_t i = 0; i < whole.len; i++) {
        if (whole.ptr[i] == '/') slashes--;
    }
    if (slashes != 0) return false;

    while (path.len > 0 || whole.len > 0) {
        const struct pen_str want = next_segment(&path);
        const struct pen_str have = next_segment(&whole);
        if (!pen_str_equal(want, PEN_S("*")) && !pen_str_equal(want, have)
            && !element_fits(want, have)) {
            return false;
        }
    }
    return true;
}

static bool concerns(const struct pen_exception *exception, const struct pen_finding *finding)
{
    if (exception->rule.len > 0) {
        return pen_str_equal(exception->rule, pen_str_from_c(finding->rule));
    }
    return pen_str_equal(exception->filter, pen_str_from_c(finding->filter));
}

const struct pen_exception *pen_exception_for(const struct pen_exception *exceptions, size_t count,
                                              const struct pen_finding *finding, int64_t now)
{
    if (count == 0 || finding->leaf == NULL) return NULL;

    char memory[PEN_EXCEPTION_PATH];
    struct pen_buf path = pen_buf_over(memory, sizeof(memory));
    pen_leaf_path(finding->leaf, &path);
    for (size_t i = 0; !path.full && i < count; i++) {
        if (exceptions[i].until != 0 && now >= exceptions[i].until) continue;
        if (concerns(&exceptions[i], finding)
            && pen_exception_path_fits(exceptions[i].path, pen_buf_str(&path))) {
            return &exceptions[i];
        }
    }
    return NULL;
}

/* Behind an origin such as "query:"; `path` itself when it names none. */
static bool behind_origin(struct pen_str path, struct pen_str *rest)
{
    static const struct pen_str origins[] = {
        PEN_STR("query:"),   PEN_STR("form:"),   PEN_STR("multipart:"), PEN_STR("xml:"),
        PEN_STR("graphql:"), PEN_STR("header:"), PEN_STR("path:"),
    };
    *rest = path;
    for (size_t i = 0; i < PEN_COUNT_OF(origins); i++) {
        if (!pen_str_starts(path, origins[i])) continue;
        *rest = pen_str_slice(path, origins[i].len, path.len);
        return true;
    }
    return false;
}

/* RFC 6901 section 3: a tilde is the first half of "~0" or "~1". */
static bool has_lone_tilde(struct pen_str path)
{
    for (size_t i = pen_str_find(path, '~', 0); i < path.len; i = pen_str_find(path, '~', i + 1)) {
        if (i + 1 == path.len || (path.ptr[i + 1] != '0' && path.ptr[i + 1] != '1')) return true;
    }
    return false;
}

/* No text of a configuration has a control character, and "${" begins a reference. */
static bool is_text(struct pen_str path)
{
    for (size_t i = 0; i < path.len; i++) {
        const unsigned char c = (unsigned char)path.ptr[i];
        if (c < 0x20 || c == 0x7F) return false;
    }
    return pen_str_find_str(path, PEN_S("${")) == path.len;
}

const char *pen_exception_path_problem(struct pen_str path)
{
    struct pen_str rest;
    (void)behind_origin(path, &rest);
    /* A body that is one text has the empty path, and is a document's when a bar follows. */
    if (rest.len > 0 && rest.ptr[0] != '/' && rest.ptr[0] != '|') {
        return "is none as findings name them: /note, query:/name, header:/name";
    }
    if (!is_text(path)) return "has a control character or '${', which no path here can have";
    if (has_lone_tilde(path)) return "has a '~' that is neither ~0 nor ~1 (RFC 6901)";

    while (rest.len > 0) {
        if (!pen_str_equal(next_segment(&rest), PEN_S("**"))) continue;
        return "has '**', and each '*' stands for one segment only";
    }
    return NULL;
}

bool pen_exception_path_is_narrow(struct pen_str path)
{
    struct pen_str rest;
    (void)behind_origin(path, &rest);
    /* What stands behind a slash is a name even when it is empty (RFC 6901 section 5). */
    bool names = rest.len == 0 || rest.ptr[rest.len - 1] == '/';
    for (bool first = true; rest.len > 0; first = false) {
        const struct pen_str segment = next_segment(&rest);
        if ((segment.len > 0 || !first) && !pen_str_equal(segment, PEN_S("*"))) names = true;
    }
    return names;
}

static bool is_number(struct pen_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!pen_is_digit(text.ptr[i])) return false;
    }
    return text.len > 0;
}

/* Does "|json" begin here, behind which a JSON Pointer stands again? */
static bool is_pointer_from(struct pen_str path, size_t bar)
{
    return pen_str_starts(pen_str_slice(path, bar, path.len), PEN_S("|json/"));
}

/* A segment of a JSON Pointer that is a number is nearly always a place in an array. */
static void put_segment(struct pen_str segment, bool pointer, bool xml, struct pen_buf *out)
{
    const size_t bar = pen_str_find(segment, '|', 0);
    const struct pen_str name = pen_str_slice(segment, 0, bar);
    const size_t bracket = pen_str_find(name, '[', 0);
    if (pointer && is_number(name)) {
        pen_buf_byte(out, '*');
    } else if (xml && bracket < name.len) {
        pen_buf_put(out, pen_str_slice(name, 0, bracket));
        pen_buf_put(out, PEN_S("[*]"));
    } else {
        pen_buf_put(out, name);
    }
    pen_buf_put(out, pen_str_slice(segment, bar, segment.len));
}

static void widen_indexes(struct pen_str path, struct pen_buf *out)
{
    struct pen_str rest;
    bool pointer = !behind_origin(path, &rest);
    bool xml = pen_str_starts(path, PEN_S("xml:"));
    pen_buf_put(out, pen_str_slice(path, 0, path.len - rest.len));
    for (size_t start = 0; start < rest.len;) {
        const size_t end = pen_str_find(rest, '/', start);
        const struct pen_str segment = pen_str_slice(rest, start, end);
        put_segment(segment, pointer, xml, out);
        if (end < rest.len) pen_buf_byte(out, '/');
        const size_t bar = start + pen_str_find(segment, '|', 0);
        if (bar < end) {
            pointer = is_pointer_from(rest, bar);
            xml = pen_str_starts(pen_str_slice(rest, bar, rest.len), PEN_S("|xml/"));
        }
        start = end + 1;
    }
}

static void path_of(const struct pen_finding *finding, struct pen_buf *out)
{
    char memory[PEN_EXCEPTION_PATH];
    struct pen_buf path = pen_buf_over(memory, sizeof(memory));
    pen_leaf_path(finding->leaf, &path);
    out->len = 0;
    out->full = path.full;
    widen_indexes(pen_buf_str(&path), out);
    if (pen_exception_path_is_narrow(pen_buf_str(out))) return;

    out->len = 0; /* of an array of texts there is only the place */
    pen_buf_put(out, pen_buf_str(&path));
}

const struct pen_finding *pen_exception_unnamed(const struct pen_scan *scan)
{
    char memory[PEN_EXCEPTION_PATH];
    struct pen_buf path = pen_buf_over(memory, sizeof(memory));
    for (uint32_t i = 0; i < scan->finding_count; i++) {
        const struct pen_finding *const finding = &scan->findings[i];
        if (!finding->refuses) continue;
        if (finding->leaf == NULL) return finding;
        path_of(finding, &path);
        const struct pen_str text = pen_buf_str(&path);
        if (path.full || pen_exception_path_problem(text) != NULL) return finding;
        if (!pen_exception_path_is_narrow(text)) return finding;
    }
    return NULL;
}

static bool was_suggested(const struct pen_scan *scan, uint32_t index, struct pen_str path)
{
    char memory[PEN_EXCEPTION_PATH];
    struct pen_buf other = pen_buf_over(memory, sizeof(memory));
    for (uint32_t i = 0; i < index; i++) {
        const struct pen_finding *const finding = &scan->findings[i];
        if (!finding->refuses || strcmp(finding->rule, scan->findings[index].rule) != 0) continue;
        path_of(finding, &other);
        if (pen_str_equal(pen_buf_str(&other), path)) return true;
    }
    return false;
}

bool pen_exception_suggest(const struct pen_scan *scan, uint32_t *at, const char **rule,
                           struct pen_buf *path)
{
    if (scan->dropped > 0 || pen_exception_unnamed(scan) != NULL) return false;

    while (*at < scan->finding_count) {
        const uint32_t index = (*at)++;
        const struct pen_finding *const finding = &scan->findings[index];
        if (!finding->refuses) continue;

        path_of(finding, path);
        if (was_suggested(scan, index, pen_buf_str(path))) continue;
        *rule = finding->rule;
        return true;
    }
    return false;
}
