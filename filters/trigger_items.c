/** Literals, escapes, classes and counts of a trigger's expression. */
#include "filters/trigger_items.h"

#include <string.h>

#define MOST_COPIES 8 /* of a repeated item that is written out */

size_t pen_trigger_skip(struct pen_str s, size_t at)
{
    if (s.ptr[at] == '\\') return at + 2 < s.len ? at + 2 : s.len;
    if (s.ptr[at] != '[') return at + 1;

    at++;
    if (at < s.len && s.ptr[at] == '^') at++;
    if (at < s.len && s.ptr[at] == ']') at++;
    while (at < s.len && s.ptr[at] != ']') {
        at += s.ptr[at] == '\\' ? 2 : 1;
    }
    return at + 1 < s.len ? at + 1 : s.len;
}

void pen_trigger_add_byte(struct pen_trigger_item *item, unsigned char byte)
{
    item->set[byte >> 6] |= (uint64_t)1 << (byte & 63);
}

static void add_range(struct pen_trigger_item *item, unsigned first, unsigned last)
{
    for (unsigned byte = first; byte <= last; byte++) {
        pen_trigger_add_byte(item, (unsigned char)byte);
    }
}

/* "\s", "\d", "\w" into `item`: true. Any other escape is one byte: `byte`. */
static bool read_escape(struct pen_str s, size_t *at, struct pen_trigger_item *item, int *byte)
{
    const char c = *at + 1 < s.len ? s.ptr[*at + 1] : '\\';
    *at += 2;
    *byte = (unsigned char)c;
    switch (c) {
    case 's':
        add_range(item, '\t', '\r');
        pen_trigger_add_byte(item, ' ');
        return true;
    case 'w':
        add_range(item, 'a', 'z');
        add_range(item, 'A', 'Z');
        pen_trigger_add_byte(item, '_');
        add_range(item, '0', '9');
        return true;
    case 'd':
        add_range(item, '0', '9');
        return true;
    case 'n':
        *byte = '\n';
        return false;
    case 'r':
        *byte = '\r';
        return false;
    case 't':
        *byte = '\t';
        return false;
    case '0':
        *byte = 0;
        return false;
    default:
        break;
    }
    if (c == 'x' && *at + 2 <= s.len) {
        *byte = pen_hex_value(s.ptr[*at]) * 16 + pen_hex_value(s.ptr[*at + 1]);
        *at += 2;
    }
    return false;
}

static void read_class(struct pen_str s, bool caseless, size_t *at, struct pen_trigger_item *item)
{
    const size_t end = pen_trigger_skip(s, *at) - 1;
    size_t i = *at + 1;
    const bool negated = i < end && s.ptr[i] == '^';
    if (negated) i++;
    while (i < end) {
        int first = (unsigned char)s.ptr[i];
        if (first != '\\') {
            i++;
        } else if (read_escape(s, &i, item, &first)) {
            continue;
        }
        int last = first;
        if (i + 1 < end && s.ptr[i] == '-') {
            i++;
            last = (unsigned char)s.ptr[i];
            if (last != '\\') {
                i++;
            } else {
                (void)read_escape(s, &i, item, &last);
            }
        }
        if (first >= 0 && last >= 0) add_range(item, (unsigned)first, (unsigned)last);
    }
    if (caseless) pen_trigger_fold(item); /* before it is turned round: "[^a]" is no 'A' either */
    if (negated) {
        for (size_t word = 0; word < 4; word++) {
            item->set[word] = ~item->set[word];
        }
    }
    *at = end + 1;
}

void pen_trigger_fold(struct pen_trigger_item *item)
{
    for (unsigned c = 'a'; c <= 'z'; c++) {
        const unsigned char upper = (unsigned char)(c - 'a' + 'A');
        if (pen_trigger_has(item, (unsigned char)c)) pen_trigger_add_byte(item, upper);
        if (pen_trigger_has(item, upper)) pen_trigger_add_byte(item, (unsigned char)c);
    }
}

bool pen_trigger_read_count(struct pen_str s, size_t *at, uint8_t *least, uint8_t *most)
{
    *least = *most = 1;
    const char c = *at < s.len ? s.ptr[*at] : '\0';
    if (c == '?' || c == '*' || c == '+') {
        *least = c == '+';
        *most = c == '?' ? 1 : UINT8_MAX;
        (*at)++;
        return true;
    }
    if (c != '{') return true;

    const size_t end = pen_str_find(s, '}', *at);
    const struct pen_str inside = pen_str_slice(s, *at + 1, end);
    const size_t comma = pen_str_find(inside, ',', 0);
    const struct pen_str high = pen_str_slice(inside, comma + 1, inside.len);
    uint64_t low_value = 0;
    uint64_t high_value = UINT8_MAX;
    if (end == s.len || pen_str_to_u64(pen_str_slice(inside, 0, comma), &low_value) != PEN_OK) {
        return false;
    }
    if (comma == inside.len) high_value = low_value;
    if (high.len > 0 && pen_str_to_u64(high, &high_value) != PEN_OK) return false;
    if (low_value > 200 || high_value > UINT8_MAX || high_value < low_value) return false;

    *least = (uint8_t)low_value;
    *most = (uint8_t)high_value;
    *at = end + 1;
    return true;
}

static const char *read_item(struct pen_str s, bool caseless, size_t *at,
                             struct pen_trigger_item *item)
{
    const char c = s.ptr[*at];
    int byte = (unsigned char)c;
    if (c == '$' || c == ')' || c == '*' || c == '+' || c == '?') {
        return "only literals, classes, groups and counts are understood";
    }
    if (c == '^' || (c == '\\' && *at + 1 < s.len && s.ptr[*at + 1] == 'b')) {
        item->kind = c == '^' ? PEN_TRIGGER_START : PEN_TRIGGER_BOUNDARY;
        *at += c == '^' ? 1 : 2;
        return NULL;
    }
    if (c == '[') {
        read_class(s, caseless, at, item);
    } else if (c == '.') {
        add_range(item, 0, UINT8_MAX);
        (*at)++;
    } else if (c == '\\') {
        if (!read_escape(s, at, item, &byte)) pen_trigger_add_byte(item, (unsigned char)byte);
    } else {
        pen_trigger_add_byte(item, (unsigned char)byte);
        (*at)++;
    }
    if (caseless && c != '[') pen_trigger_fold(item);
    return pen_trigger_read_count(s, at, &item->least, &item->most) ? NULL
                                                                    : "a count is not understood";
}

static bool add_item(struct pen_trigger_items *out, const struct pen_trigger_item *item)
{
    if (out->count == PEN_TRIGGER_ITEMS) return false;

    out->items[out->count++] = *item;
    return true;
}

/* "a{3}" is a literal as "aaa" is, and what begins "a+" is one byte. */
static bool add_written_out(struct pen_trigger_items *out, struct pen_trigger_item item)
{
    struct pen_trigger_item one = item;
    one.least = one.most = 1;
    uint8_t copies = item.least < MOST_COPIES ? item.least : MOST_COPIES;
    item.least = (uint8_t)(item.least - copies);
    if (item.most != UINT8_MAX) item.most = (uint8_t)(item.most - copies);
    for (; copies > 0; copies--) {
        if (!add_item(out, &one)) return false;
    }
    return item.most == 0 || add_item(out, &item);
}

/* The escape at `at`: one byte that means itself, or a letter that is known. */
static bool is_escape(struct pen_str s, size_t at)
{
    if (at + 1 >= s.len) return false;
    const char c = s.ptr[at + 1];
    if (c == 'x') {
        return at + 3 < s.len && pen_hex_value(s.ptr[at + 2]) >= 0
               && pen_hex_value(s.ptr[at + 3]) >= 0;
    }
    return !pen_is_alpha(c) || memchr("swdnrtb", c, 7) != NULL;
}

/* Every escape is known, and every class closed. */
static bool is_well_formed(struct pen_str s)
{
    for (size_t at = 0; at < s.len;) {
        const size_t next = pen_trigger_skip(s, at);
        if (s.ptr[at] == '[' && (next < at + 3 || s.ptr[next - 1] != ']')) return false;
        for (size_t i = at; i < next; i++) {
            if (s.ptr[i] != '\\') continue;
            if (!is_escape(s, i)) return false;
            i++;
        }
        at = next;
    }
    return true;
}

const char *pen_trigger_read(struct pen_str s, bool caseless, struct pen_trigger_items *out)
{
    if (!is_well_formed(s)) return "an escape is not known, or a class not closed";

    out->count = 0;
    for (size_t at = 0; at < s.len;) {
        struct pen_trigger_item item = {.least = 1, .most = 1};
        const char *const problem = read_item(s, caseless, &at, &item);
        if (problem != NULL) return problem;
        if (!add_written_out(out, item)) return "it is too long";
    }
    return NULL;
}
