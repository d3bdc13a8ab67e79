/** JSON Pointers, absolute and relative. */
#include "filters/schema/format_checks.h"

/* Any text in which '~' is an escape, "~0" or "~1". */
bool pen_format_is_json_pointer(struct pen_str text)
{
    if (text.len == 0) return true;
    if (text.ptr[0] != '/') return false;
    for (size_t at = 0; (at = pen_str_find(text, '~', at)) < text.len; at += 2) {
        if (at + 1 == text.len || (text.ptr[at + 1] != '0' && text.ptr[at + 1] != '1')) {
            return false;
        }
    }
    return true;
}

/* "0", or digits without a leading zero. */
static bool take_number(struct pen_str text, size_t *at)
{
    const size_t start = *at;
    while (*at < text.len && pen_is_digit(text.ptr[*at])) {
        (*at)++;
    }
    return *at > start && (text.ptr[start] != '0' || *at - start == 1);
}

/* Behind the number: "#" (the name or the index), or a pointer. */
static bool ends_as_relative(struct pen_str rest)
{
    return pen_str_equal(rest, PEN_S("#")) || pen_format_is_json_pointer(rest);
}

bool pen_format_is_old_relative_pointer(struct pen_str text)
{
    size_t at = 0;
    return take_number(text, &at) && ends_as_relative(pen_str_slice(text, at, text.len));
}

/* The later draft moves the index before it goes on: "1-1/name" is the sibling in front, by a
 * number that is not zero. */
bool pen_format_is_relative_pointer(struct pen_str text)
{
    size_t at = 0;
    if (!take_number(text, &at)) return false;
    if (at < text.len && (text.ptr[at] == '+' || text.ptr[at] == '-')) {
        at++;
        if (pen_str_stands(text, at, PEN_S("0")) || !take_number(text, &at)) return false;
    }
    return ends_as_relative(pen_str_slice(text, at, text.len));
}
