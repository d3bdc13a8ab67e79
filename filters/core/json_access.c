/** Looking things up in a tree. */
#include <string.h>

#include "filters/core/json.h"

#define MAX_DEPTH 1024 /* of a pointer; deeper than any reader's limit */

const struct pen_json *pen_json_member(const struct pen_json *object, struct pen_str name)
{
    if (object == NULL || object->type != PEN_JSON_OBJECT) return NULL;

    for (const struct pen_json *m = object->first; m != NULL; m = m->next) {
        if (pen_str_equal(m->name, name)) return m;
    }
    return NULL;
}

struct pen_str pen_json_string_or(const struct pen_json *value, struct pen_str fallback)
{
    return value != NULL && value->type == PEN_JSON_STRING ? value->text : fallback;
}

enum pen_status pen_json_to_u64(const struct pen_json *value, uint64_t *out)
{
    if (value == NULL || value->type != PEN_JSON_NUMBER) return PEN_ERR_INVALID;

    const enum pen_status status = pen_str_to_u64(value->text, out);
    return status == PEN_ERR_SYNTAX ? PEN_ERR_INVALID : status;
}

/* RFC 6901 section 3: '~' and '/' inside a name are escaped. */
static void put_name(struct pen_buf *buf, struct pen_str name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '~') {
            pen_buf_put(buf, PEN_S("~0"));
        } else if (name.ptr[i] == '/') {
            pen_buf_put(buf, PEN_S("~1"));
        } else {
            pen_buf_byte(buf, name.ptr[i]);
        }
    }
}

void pen_json_pointer(const struct pen_json *value, struct pen_buf *buf)
{
    const struct pen_json *chain[MAX_DEPTH];
    size_t depth = 0;
    for (const struct pen_json *v = value; v->parent != NULL; v = v->parent) {
        if (depth == MAX_DEPTH) {
            buf->full = true;
            return;
        }
        chain[depth++] = v;
    }
    while (depth > 0) {
        const struct pen_json *const step = chain[--depth];
        pen_buf_byte(buf, '/');
        if (step->parent->type == PEN_JSON_OBJECT) {
            put_name(buf, step->name);
        } else {
            pen_buf_u64(buf, step->index);
        }
    }
}

/* Does a pointer's segment, still escaped, name this member? */
static bool names(struct pen_str segment, struct pen_str name)
{
    size_t at = 0;
    for (size_t i = 0; i < segment.len; i++, at++) {
        char c = segment.ptr[i];
        if (c == '~' && i + 1 < segment.len) c = segment.ptr[++i] == '1' ? '/' : '~';
        if (at >= name.len || name.ptr[at] != c) return false;
    }
    return at == name.len;
}

static const struct pen_json *step_into(const struct pen_json *value, struct pen_str segment)
{
    uint64_t index = 0;
    if (value->type == PEN_JSON_OBJECT) {
        const struct pen_json *m = value->first;
        while (m != NULL && !names(segment, m->name)) {
            m = m->next;
        }
        return m;
    }
    if (value->type != PEN_JSON_ARRAY || pen_str_to_u64(segment, &index) != PEN_OK
        || (segment.len > 1 && segment.ptr[0] == '0')) {
        return NULL;
    }
    const struct pen_json *element = value->first;
    while (element != NULL && element->index != index) {
        element = element->next;
    }
    return element;
}

const struct pen_json *pen_json_resolve(const struct pen_json *root, struct pen_str pointer)
{
    const struct pen_json *value = root;
    size_t at = 0;
    while (value != NULL && at < pointer.len) {
        if (pointer.ptr[at] != '/') return NULL;
        const size_t end = pen_str_find(pointer, '/', at + 1);
        value = step_into(value, pen_str_slice(pointer, at + 1, end));
        at = end;
    }
    return value;
}
