/**
 * References resolved: the parts are chosen by RFC 3986 section 5.2.2 and written one after the
 * other into a buffer that is large enough for all of them; the path is shortened there in place.
 */
#include "filters/core/uri.h"

#include <string.h>

#define ADDED 8 /* ":", "//", "?", "#", and "/." or "./" in front of a path: rounded up */

/* The reference that is meant: a path in two texts, since a relative one follows the base's folder.
 */
struct target {
    struct pen_uri uri; /* all but its path */
    struct pen_str folder;
    struct pen_str path;
};

/* Section 5.2.3: all but the last segment; of a base with an authority and no path, "/". */
static struct pen_str folder_of(const struct pen_uri *base)
{
    if (base->has_authority && base->path.len == 0) return PEN_S("/");
    size_t end = base->path.len;
    while (end > 0 && base->path.ptr[end - 1] != '/') {
        end--;
    }
    return pen_str_slice(base->path, 0, end);
}

static void take_authority(struct pen_uri *uri, const struct pen_uri *from)
{
    uri->has_authority = from->has_authority;
    uri->authority = from->authority;
}

static void take_query(struct pen_uri *uri, const struct pen_uri *from)
{
    uri->has_query = from->has_query;
    uri->query = from->query;
}

/* Section 5.2.2, line by line. */
static struct target aim(const struct pen_uri *base, const struct pen_uri *reference)
{
    struct target target = {.uri = *reference, .path = reference->path};
    if (reference->scheme.len > 0) return target;

    target.uri.scheme = base->scheme;
    if (reference->has_authority) return target;

    take_authority(&target.uri, base);
    if (reference->path.len == 0) {
        target.path = base->path;
        if (!reference->has_query) take_query(&target.uri, base);
    } else if (reference->path.ptr[0] != '/') {
        target.folder = folder_of(base);
    }
    return target;
}

/* Section 5.2.4, step by step, within the buffer: what is written never overtakes what is read. */
static void remove_dot_segments(struct pen_buf *buf, size_t start)
{
    char *const bytes = buf->ptr;
    const size_t end = buf->len;
    size_t in = start;
    size_t out = start;
    while (in < end) {
        const struct pen_str rest = {bytes + in, end - in};
        if (pen_str_starts(rest, PEN_S("../"))) {
            in += 3;
        } else if (pen_str_starts(rest, PEN_S("./")) || pen_str_starts(rest, PEN_S("/./"))) {
            in += 2;
        } else if (pen_str_equal(rest, PEN_S("/."))) {
            bytes[++in] = '/';
        } else if (pen_str_starts(rest, PEN_S("/../")) || pen_str_equal(rest, PEN_S("/.."))) {
            while (out > start && bytes[--out] != '/') {
            }
            in += rest.len == 3 ? 2 : 3;
            bytes[in] = '/';
        } else if (pen_str_equal(rest, PEN_S(".")) || pen_str_equal(rest, PEN_S(".."))) {
            in = end;
        } else {
            const size_t length = pen_str_find(rest, '/', 1);
            memmove(bytes + out, bytes + in, length);
            in += length;
            out += length;
        }
    }
    buf->len = out;
}

/* Put two bytes in front of what was written since `start`; there is room for them. */
static void put_in_front(struct pen_buf *buf, size_t start, struct pen_str two)
{
    memmove(buf->ptr + start + two.len, buf->ptr + start, buf->len - start);
    memcpy(buf->ptr + start, two.ptr, two.len);
    buf->len += two.len;
}

/*
 * A path without root, and no scheme: the RFC's steps would root "a/../b". It is taken for rooted
 * and the '/' goes again. What then is empty, rooted or has a ':' in its first segment would be
 * read as another reference.
 */
static void write_relative_path(struct pen_buf *buf, const struct target *target)
{
    const size_t start = buf->len;
    pen_buf_byte(buf, '/');
    pen_buf_put(buf, target->folder);
    pen_buf_put(buf, target->path);
    remove_dot_segments(buf, start);
    buf->len--;
    memmove(buf->ptr + start, buf->ptr + start + 1, buf->len - start);

    const struct pen_str path = {buf->ptr + start, buf->len - start};
    if (path.len == 0 || path.ptr[0] == '/'
        || pen_str_find(path, ':', 0) < pen_str_find(path, '/', 0)) {
        put_in_front(buf, start, PEN_S("./"));
    }
}

static void write_path(struct pen_buf *buf, const struct target *target)
{
    const struct pen_str first = target->folder.len > 0 ? target->folder : target->path;
    if (first.len == 0) return;
    if (target->uri.scheme.len == 0 && first.ptr[0] != '/') {
        write_relative_path(buf, target);
        return;
    }
    const size_t start = buf->len;
    pen_buf_put(buf, target->folder);
    pen_buf_put(buf, target->path);
    remove_dot_segments(buf, start);
    /* Section 3.3: without an authority a path cannot begin with "//". */
    if (!target->uri.has_authority && pen_str_stands(pen_buf_str(buf), start, PEN_S("//"))) {
        put_in_front(buf, start, PEN_S("/."));
    }
}

/* Section 5.3. */
static void write_target(struct pen_buf *buf, const struct target *target)
{
    const struct pen_uri *const uri = &target->uri;
    if (uri->scheme.len > 0) {
        pen_buf_put(buf, uri->scheme);
        pen_buf_byte(buf, ':');
    }
    if (uri->has_authority) {
        pen_buf_put(buf, PEN_S("//"));
        pen_buf_put(buf, uri->authority);
    }
    write_path(buf, target);
    if (uri->has_query) {
        pen_buf_byte(buf, '?');
        pen_buf_put(buf, uri->query);
    }
    if (uri->has_fragment) {
        pen_buf_byte(buf, '#');
        pen_buf_put(buf, uri->fragment);
    }
}

enum pen_status pen_uri_resolve(struct pen_str base, struct pen_str reference,
                                struct pen_arena *arena, struct pen_str *out)
{
    struct pen_uri from;
    struct pen_uri to;
    PEN_TRY(pen_uri_read(base, PEN_URI_INTERNATIONAL, &from));
    PEN_TRY(pen_uri_read(reference, PEN_URI_INTERNATIONAL, &to));
    if (base.len > SIZE_MAX - ADDED - reference.len) return PEN_ERR_LIMIT;

    const size_t room = base.len + reference.len + ADDED;
    char *const memory = pen_arena_bytes(arena, room);
    if (memory == NULL) return PEN_ERR_NOMEM;

    struct pen_buf buf = pen_buf_over(memory, room);
    const struct target target = aim(&from, &to);
    write_target(&buf, &target);
    pen_arena_trim(arena, memory, room, buf.len);
    *out = pen_buf_str(&buf);
    return PEN_OK;
}
