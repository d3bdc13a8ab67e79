/** Comparing, finding and writing bytes with a length. */
#include "filters/core/str.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int pen_str_print_length(struct pen_str s)
{
    return s.len > INT_MAX ? INT_MAX : (int)s.len;
}

struct pen_str pen_str_from_c(const char *text)
{
    return text == NULL ? (struct pen_str){"", 0} : (struct pen_str){text, strlen(text)};
}

bool pen_str_equal(struct pen_str a, struct pen_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool pen_str_equal_fold(struct pen_str a, struct pen_str b)
{
    return a.len == b.len && pen_str_starts_fold(a, b);
}

bool pen_str_equal_secret(struct pen_str a, struct pen_str b)
{
    if (a.len != b.len) return false;

    unsigned char difference = 0;
    const volatile unsigned char *left = (const volatile unsigned char *)a.ptr;
    const volatile unsigned char *right = (const volatile unsigned char *)b.ptr;
    for (size_t i = 0; i < a.len; i++) {
        difference |= (unsigned char)(left[i] ^ right[i]);
    }
    return difference == 0;
}

bool pen_str_starts(struct pen_str s, struct pen_str prefix)
{
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}

bool pen_str_ends(struct pen_str s, struct pen_str suffix)
{
    return s.len >= suffix.len
           && (suffix.len == 0
               || memcmp(s.ptr + (s.len - suffix.len), suffix.ptr, suffix.len) == 0);
}

bool pen_str_starts_fold(struct pen_str s, struct pen_str prefix)
{
    if (s.len < prefix.len) return false;

    for (size_t i = 0; i < prefix.len; i++) {
        if (pen_to_lower(s.ptr[i]) != pen_to_lower(prefix.ptr[i])) return false;
    }
    return true;
}

bool pen_str_ends_fold(struct pen_str s, struct pen_str suffix)
{
    return s.len >= suffix.len && pen_str_stands_fold(s, s.len - suffix.len, suffix);
}

bool pen_str_stands(struct pen_str s, size_t at, struct pen_str word)
{
    return pen_str_starts(pen_str_slice(s, at, s.len), word);
}

bool pen_str_stands_fold(struct pen_str s, size_t at, struct pen_str word)
{
    return pen_str_starts_fold(pen_str_slice(s, at, s.len), word);
}

bool pen_str_contains_fold(struct pen_str s, struct pen_str word)
{
    if (word.len == 0) return true;

    const char first = pen_to_lower(word.ptr[0]);
    size_t i = 0;
    while (i + word.len <= s.len) {
        if (!pen_is_alpha(first)) {
            const char *const next = memchr(s.ptr + i, first, s.len - i);
            if (next == NULL) return false;
            i = (size_t)(next - s.ptr);
        }
        if (pen_to_lower(s.ptr[i]) == first && pen_str_stands_fold(s, i, word)) return true;
        i++;
    }
    return false;
}

int pen_str_compare(struct pen_str a, struct pen_str b)
{
    const size_t shorter = a.len < b.len ? a.len : b.len;
    const int order = shorter == 0 ? 0 : memcmp(a.ptr, b.ptr, shorter);
    if (order != 0) return order;
    return (a.len > b.len) - (a.len < b.len);
}

int pen_str_compare_fold(struct pen_str s, struct pen_str lower)
{
    const size_t shorter = s.len < lower.len ? s.len : lower.len;
    for (size_t i = 0; i < shorter; i++) {
        const int difference = (unsigned char)pen_to_lower(s.ptr[i]) - (unsigned char)lower.ptr[i];
        if (difference != 0) return difference;
    }
    return (s.len > lower.len) - (s.len < lower.len);
}

bool pen_str_is_among(struct pen_str s, const struct pen_str *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (pen_str_equal(s, words[i])) return true;
    }
    return false;
}

bool pen_str_is_among_fold(struct pen_str s, const struct pen_str *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (pen_str_equal_fold(s, words[i])) return true;
    }
    return false;
}

bool pen_str_is_among_sorted(struct pen_str s, const struct pen_str *words, size_t count)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        const int order = pen_str_compare_fold(s, words[middle]);
        if (order == 0) return true;
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return false;
}

size_t pen_str_find(struct pen_str s, char byte, size_t from)
{
    if (from >= s.len) return s.len;

    const char *hit = memchr(s.ptr + from, byte, s.len - from);
    return hit == NULL ? s.len : (size_t)(hit - s.ptr);
}

size_t pen_str_find_str(struct pen_str s, struct pen_str needle)
{
    if (needle.len == 0) return 0;
    if (needle.len > s.len) return s.len;

    const char *hit = memmem(s.ptr, s.len, needle.ptr, needle.len);
    return hit == NULL ? s.len : (size_t)(hit - s.ptr);
}

struct pen_str pen_str_slice(struct pen_str s, size_t start, size_t end)
{
    if (end > s.len) end = s.len;
    if (start > end) start = end;
    if (s.ptr == NULL) return s; /* NULL + 0 is undefined in C */

    return (struct pen_str){s.ptr + start, end - start};
}

size_t pen_str_skip_space(struct pen_str s, size_t at)
{
    while (at < s.len && pen_is_space(s.ptr[at])) {
        at++;
    }
    return at;
}

size_t pen_str_skip_blank(struct pen_str s, size_t at)
{
    while (at < s.len && pen_is_blank(s.ptr[at])) {
        at++;
    }
    return at;
}

struct pen_str pen_str_trim(struct pen_str s)
{
    const size_t start = pen_str_skip_blank(s, 0);
    while (s.len > start && pen_is_blank(s.ptr[s.len - 1])) {
        s.len--;
    }
    return pen_str_slice(s, start, s.len);
}

struct pen_str pen_str_take_token(struct pen_str s, size_t *at)
{
    const size_t start = *at;
    while (*at < s.len && pen_is_tchar(s.ptr[*at])) {
        (*at)++;
    }
    return pen_str_slice(s, start, *at);
}

enum pen_status pen_str_to_u64(struct pen_str s, uint64_t *out)
{
    if (s.len == 0) return PEN_ERR_SYNTAX;

    uint64_t value = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (!pen_is_digit(s.ptr[i])) return PEN_ERR_SYNTAX;

        const uint64_t digit = (uint64_t)(s.ptr[i] - '0');
        if (value > (UINT64_MAX - digit) / 10) return PEN_ERR_LIMIT;
        value = value * 10 + digit;
    }
    *out = value;
    return PEN_OK;
}

void pen_buf_put(struct pen_buf *buf, struct pen_str text)
{
    if (text.len > buf->cap - buf->len) {
        buf->full = true;
        return;
    }
    if (text.len > 0) memcpy(buf->ptr + buf->len, text.ptr, text.len);
    buf->len += text.len;
}

void pen_buf_byte(struct pen_buf *buf, char byte)
{
    if (buf->len == buf->cap) {
        buf->full = true;
        return;
    }
    buf->ptr[buf->len++] = byte;
}

void pen_buf_u64(struct pen_buf *buf, uint64_t value)
{
    char digits[20]; /* UINT64_MAX has 20 */
    size_t at = sizeof(digits);
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    pen_buf_put(buf, (struct pen_str){digits + at, sizeof(digits) - at});
}

/* Length of the well-formed UTF-8 sequence at the start of `s`, 0 when there is none. */
static size_t sequence_length(struct pen_str s)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    const unsigned char lead = p[0];
    if (lead < 0x80) return 1;

    const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || s.len < length) return 0;
    if ((lead == 0xe0 && p[1] < 0xa0) || (lead == 0xed && p[1] > 0x9f)) return 0;
    if ((lead == 0xf0 && p[1] < 0x90) || (lead == 0xf4 && p[1] > 0x8f)) return 0;
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xc0) != 0x80) return 0;
    }
    return length;
}

void pen_buf_json(struct pen_buf *buf, struct pen_str text)
{
    static const char hex[] = "0123456789abcdef";
    size_t plain = 0; /* start of the run that needs no escape */
    for (size_t i = 0; i < text.len;) {
        const unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
            i++;
            continue;
        }
        const size_t length = c >= 0x80 ? sequence_length(pen_str_slice(text, i, text.len)) : 0;
        if (length > 0) {
            i += length;
            continue;
        }
        pen_buf_put(buf, pen_str_slice(text, plain, i));
        if (c >= 0x80) {
            pen_buf_put(buf, PEN_S("\\ufffd"));
        } else if (c == '"' || c == '\\') {
            pen_buf_byte(buf, '\\');
            pen_buf_byte(buf, (char)c);
        } else {
            pen_buf_put(buf, PEN_S("\\u00"));
            pen_buf_byte(buf, hex[c >> 4]);
            pen_buf_byte(buf, hex[c & 15]);
        }
        plain = ++i;
    }
    pen_buf_put(buf, pen_str_slice(text, plain, text.len));
}

void pen_buf_format(struct pen_buf *buf, const char *format, ...)
{
    const size_t room = buf->cap - buf->len;
    va_list args;
    va_start(args, format);
    const int written = vsnprintf(buf->ptr + buf->len, room, format, args);
    va_end(args);
    if (written < 0 || (size_t)written >= room) {
        buf->full = true;
        return;
    }
    buf->len += (size_t)written;
}
