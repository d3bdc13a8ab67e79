/** A little reader for a little language, and a walk that never turns back. */
#include "filters/schema/shape.h"

#define MOST_TIMES 100000 /* in braces; nobody writes more and means it */

struct reader {
    struct pen_str text;
    size_t at;
};

static bool is_at(const struct reader *r, char byte)
{
    return r->at < r->text.len && r->text.ptr[r->at] == byte;
}

static bool take(struct reader *r, char byte)
{
    if (!is_at(r, byte)) return false;
    r->at++;
    return true;
}

static void add(struct pen_shape_item *item, unsigned char first, unsigned char last)
{
    for (unsigned c = first; c <= last; c++) {
        item->set[c / 64] |= UINT64_C(1) << (c % 64);
    }
}

static bool has(const struct pen_shape_item *item, unsigned char c)
{
    return c < 128 && (item->set[c / 64] >> (c % 64) & 1) != 0;
}

/* Behind a backslash: a class by its letter, or a character that would mean something else. */
static bool read_escape(struct reader *r, struct pen_shape_item *item, unsigned char *single)
{
    static const struct pen_str marks = PEN_STR("^$\\.*+?()[]{}|/-");
    if (r->at == r->text.len) return false;
    const char c = r->text.ptr[r->at++];
    *single = 0;
    if (c == 'd' || c == 'w') {
        add(item, '0', '9');
        if (c == 'd') return true;
        add(item, 'A', 'Z');
        add(item, 'a', 'z');
        add(item, '_', '_');
        return true;
    }
    if (pen_str_find(marks, c, 0) == marks.len) return false;
    *single = (unsigned char)c;
    add(item, *single, *single);
    return true;
}

/* One character or escape of a class; `*single` is 0 for one that stands for several. */
static bool read_member(struct reader *r, struct pen_shape_item *item, unsigned char *single)
{
    if (r->at == r->text.len) return false;
    if (take(r, '\\')) return read_escape(r, item, single);
    const unsigned char c = (unsigned char)r->text.ptr[r->at++];
    if (c >= 128 || c == '[') return false;
    *single = c;
    add(item, c, c);
    return true;
}

/* Behind '['. */
static bool read_class(struct reader *r, struct pen_shape_item *item)
{
    if (is_at(r, '^')) return false; /* it takes characters beyond ASCII */
    while (!take(r, ']')) {
        unsigned char first = 0;
        unsigned char last = 0;
        if (!read_member(r, item, &first)) return false;
        if (!is_at(r, '-') || r->at + 1 == r->text.len || r->text.ptr[r->at + 1] == ']') continue;
        r->at++;
        if (!read_member(r, item, &last) || first == 0 || last < first) return false;
        add(item, first, last);
    }
    return true;
}

static bool read_atom(struct reader *r, struct pen_shape_item *item)
{
    static const struct pen_str others = PEN_STR("^$.*+?()]{}|");
    unsigned char single = 0;
    if (take(r, '[')) return read_class(r, item);
    if (r->at < r->text.len && pen_str_find(others, r->text.ptr[r->at], 0) < others.len) {
        return false;
    }
    return read_member(r, item, &single);
}

static bool read_times(struct reader *r, uint32_t *out)
{
    uint32_t times = 0;
    const size_t start = r->at;
    while (r->at < r->text.len && pen_is_digit(r->text.ptr[r->at])) {
        times = times * 10 + (uint32_t)(r->text.ptr[r->at++] - '0');
        if (times > MOST_TIMES) return false;
    }
    *out = times;
    return r->at > start;
}

static bool read_braces(struct reader *r, struct pen_shape_item *item)
{
    if (!read_times(r, &item->least)) return false;
    item->most = item->least;
    if (take(r, ',') && !is_at(r, '}')) {
        if (!read_times(r, &item->most)) return false;
    } else if (r->text.ptr[r->at - 1] == ',') {
        item->most = UINT32_MAX;
    }
    return take(r, '}') && item->least <= item->most;
}

static bool read_quantifier(struct reader *r, struct pen_shape_item *item)
{
    item->least = 1;
    item->most = 1;
    if (take(r, '?')) {
        item->least = 0;
    } else if (take(r, '+')) {
        item->most = UINT32_MAX;
    } else if (take(r, '*')) {
        item->least = 0;
        item->most = UINT32_MAX;
    } else if (take(r, '{')) {
        if (!read_braces(r, item)) return false;
    }
    return !is_at(r, '?'); /* lazy ones do not matter for a verdict, and are rare */
}

static bool overlap(const struct pen_shape_item *a, const struct pen_shape_item *b)
{
    return ((a->set[0] & b->set[0]) | (a->set[1] & b->set[1])) != 0;
}

/* Is what a repetition can take never what can follow it? Then taking all of it is right. */
static bool is_decided(const struct pen_shape *shape, uint32_t at)
{
    const struct pen_shape_item *const item = &shape->items[at];
    if (item->least == item->most) return true;
    for (uint32_t i = at + 1; i < shape->count; i++) {
        if (overlap(item, &shape->items[i])) return false;
        if (shape->items[i].least > 0) return true;
    }
    return true;
}

static bool is_plain(const struct pen_shape *shape)
{
    static const struct pen_str plain = PEN_STR("_.:-");
    if (!shape->to_end) return false;
    for (uint32_t i = 0; i < shape->count; i++) {
        for (unsigned c = 0; c < 128; c++) {
            if (!has(&shape->items[i], (unsigned char)c)) continue;
            if (!pen_is_alnum((char)c) && pen_str_find(plain, (char)c, 0) == plain.len) {
                return false;
            }
        }
    }
    return true;
}

bool pen_shape_read(struct pen_str expression, struct pen_shape *out)
{
    struct reader r = {.text = expression};
    *out = (struct pen_shape){.count = 0};
    if (!take(&r, '^')) return false;
    while (r.at < expression.len) {
        if (is_at(&r, '$') && r.at + 1 == expression.len) {
            out->to_end = true;
            break;
        }
        if (out->count == PEN_SHAPE_ITEMS) return false;
        struct pen_shape_item *const item = &out->items[out->count++];
        if (!read_atom(&r, item) || !read_quantifier(&r, item)) return false;
    }
    for (uint32_t i = 0; i < out->count; i++) {
        if (!is_decided(out, i)) return false;
    }
    out->is_plain = is_plain(out);
    return true;
}

bool pen_shape_matches(const struct pen_shape *shape, struct pen_str text)
{
    const unsigned char *p = (const unsigned char *)(text.len > 0 ? text.ptr : "");
    const unsigned char *const end = p + text.len;
    for (uint32_t i = 0; i < shape->count; i++) {
        const struct pen_shape_item *const item = &shape->items[i];
        const size_t left = (size_t)(end - p);
        const unsigned char *const stop = item->most < left ? p + item->most : end;
        const unsigned char *const start = p;
        while (p < stop && has(item, *p)) {
            p++;
        }
        if ((size_t)(p - start) < item->least) return false;
    }
    return !shape->to_end || p == end;
}
