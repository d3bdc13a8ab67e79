/** Narrow by construction: one filter, one path, maybe an end; an asterisk stands for one segment.
 */
#include "filters/exception.h"

#define PATH_BYTES 1024 /* a longer path is covered by no exception: it stays refused */

static struct pen_str next_segment(struct pen_str *rest)
{
    const size_t end = pen_str_find(*rest, '/', 0);
    const struct pen_str segment = pen_str_slice(*rest, 0, end);
    *rest = pen_str_slice(*rest, end + 1, rest->len);
    return segment;
}

static bool path_fits(struct pen_str pattern, struct pen_str path)
{
    size_t slashes = 0;
    for (size_t i = 0; i < pattern.len; i++) {
        if (pattern.ptr[i] == '/') slashes++;
    }
    for (size_t i = 0; i < path.len; i++) {
        if (path.ptr[i] == '/') slashes--;
    }
    if (slashes != 0) return false;

    while (pattern.len > 0 || path.len > 0) {
        const struct pen_str want = next_segment(&pattern);
        const struct pen_str have = next_segment(&path);
        if (!pen_str_equal(want, PEN_S("*")) && !pen_str_equal(want, have)) return false;
    }
    return true;
}

bool pen_exception_covers(const struct pen_exception *exceptions, size_t count,
                          const struct pen_finding *finding, int64_t now)
{
    if (count == 0 || finding->leaf == NULL) return false;

    char memory[PATH_BYTES];
    struct pen_buf path = pen_buf_over(memory, sizeof(memory));
    pen_leaf_path(finding->leaf, &path);
    for (size_t i = 0; !path.full && i < count; i++) {
        if (exceptions[i].until != 0 && now >= exceptions[i].until) continue;
        if (pen_str_equal(exceptions[i].filter, pen_str_from_c(finding->filter))
            && path_fits(exceptions[i].path, pen_buf_str(&path))) {
            return true;
        }
    }
    return false;
}
