/**
 * Values of strings. Undoing never makes a text longer, so one piece of the arena, as long as what
 * was written, always has room; most strings need none.
 */
#include <string.h>

#include "filters/core/graphql_lexer.h"
#include "filters/core/utf8.h"

static bool read_hex(struct pen_str raw, size_t *at, size_t most, uint32_t *out)
{
    const size_t start = *at;
    uint32_t value = 0;
    while (*at < raw.len && *at - start < most && pen_hex_value(raw.ptr[*at]) >= 0) {
        value = value * 16 + (uint32_t)pen_hex_value(raw.ptr[*at]);
        (*at)++;
    }
    *out = value;
    return *at > start;
}

static bool read_hex4(struct pen_str raw, size_t *at, uint32_t *out)
{
    const size_t start = *at;
    return read_hex(raw, at, 4, out) && *at - start == 4;
}

/* Behind "\u": four digits, two times four for what lies beyond, or any number in braces. */
static bool read_scalar(struct pen_str raw, size_t *at, uint32_t *out)
{
    if (*at < raw.len && raw.ptr[*at] == '{') {
        (*at)++;
        while (*at < raw.len && raw.ptr[*at] == '0') {
            (*at)++; /* "\u{00000027}": as many as they like */
        }
        const bool zero = raw.ptr[*at - 1] == '0';
        *out = 0;
        if (!read_hex(raw, at, 6, out) && !zero) return false;
        return *at < raw.len && raw.ptr[(*at)++] == '}';
    }
    if (!read_hex4(raw, at, out)) return false;
    if (*out < 0xd800 || *out > 0xdbff) return true;

    uint32_t low = 0;
    if (raw.len - *at < 6 || raw.ptr[*at] != '\\' || raw.ptr[*at + 1] != 'u') return false;
    *at += 2;
    if (!read_hex4(raw, at, &low) || low < 0xdc00 || low > 0xdfff) return false;
    *out = 0x10000 + ((*out - 0xd800) << 10) + (low - 0xdc00);
    return true;
}

/* One escape; `at` stands behind the backslash. */
static bool read_escape(struct pen_str raw, size_t *at, struct pen_buf *to)
{
    if (*at == raw.len) return false;

    static const char from[] = "\"\\/bfnrt";
    static const char into[] = "\"\\/\b\f\n\r\t";
    const char c = raw.ptr[*at];
    const char *const known = c == '\0' ? NULL : strchr(from, c);
    if (known != NULL) {
        (*at)++;
        pen_buf_byte(to, into[known - from]);
        return true;
    }
    uint32_t scalar = 0;
    if (c != 'u') return false;
    (*at)++;
    if (!read_scalar(raw, at, &scalar)) return false;

    char bytes[4];
    const size_t count = pen_utf8_encode(scalar, bytes); /* none for half a pair */
    pen_buf_put(to, (struct pen_str){bytes, count});
    return count > 0;
}

enum pen_status pen_graphql_string(struct pen_str raw, struct pen_arena *arena, struct pen_str *out,
                                   size_t *wrong)
{
    size_t at = pen_str_find(raw, '\\', 0);
    if (at == raw.len) {
        *out = raw;
        return PEN_OK;
    }
    char *const memory = pen_arena_bytes(arena, raw.len);
    if (memory == NULL) return PEN_ERR_NOMEM;

    struct pen_buf to = pen_buf_over(memory, raw.len);
    pen_buf_put(&to, pen_str_slice(raw, 0, at));
    while (at < raw.len) {
        *wrong = at++;
        if (!read_escape(raw, &at, &to)) return PEN_ERR_SYNTAX;
        const size_t next = pen_str_find(raw, '\\', at);
        pen_buf_put(&to, pen_str_slice(raw, at, next));
        at = next;
    }
    pen_arena_trim(arena, memory, raw.len, to.len);
    *out = pen_buf_str(&to);
    return PEN_OK;
}

/* Block strings. */

/* The line at `*at`, without its end; `*at` moves behind that. */
static struct pen_str take_line(struct pen_str raw, size_t *at)
{
    const size_t start = *at;
    size_t end = start;
    while (end < raw.len && raw.ptr[end] != '\n' && raw.ptr[end] != '\r') {
        end++;
    }
    const bool pair = end + 1 < raw.len && raw.ptr[end] == '\r' && raw.ptr[end + 1] == '\n';
    *at = end + (pair ? 2 : 1);
    return pen_str_slice(raw, start, end);
}

static size_t indent_of(struct pen_str line)
{
    size_t n = 0;
    while (n < line.len && pen_is_blank(line.ptr[n])) {
        n++;
    }
    return n;
}

/* What all lines but the first are indented by, and which lines hold anything. */
struct shape {
    size_t indent;
    size_t first; /* number of the first line that is not blank */
    size_t last;
    bool blank; /* none does */
};

static struct shape shape_of(struct pen_str raw)
{
    struct shape shape = {.indent = SIZE_MAX, .blank = true};
    size_t number = 0;
    for (size_t at = 0; at <= raw.len; number++) {
        const struct pen_str line = take_line(raw, &at);
        const size_t indent = indent_of(line);
        if (indent == line.len) continue;
        if (number > 0 && indent < shape.indent) shape.indent = indent;
        if (shape.blank) shape.first = number;
        shape.last = number;
        shape.blank = false;
    }
    return shape;
}

/* A backslash is one, unless three quotes stand behind it. */
static void put_line(struct pen_str line, struct pen_buf *to)
{
    for (size_t at = 0; at < line.len;) {
        const struct pen_str rest = pen_str_slice(line, at, line.len);
        const size_t next = pen_str_find(rest, '\\', 1);
        const bool escape = pen_str_starts(rest, PEN_S("\\\"\"\""));
        pen_buf_put(to, pen_str_slice(rest, escape ? 1 : 0, next));
        at += next;
    }
}

enum pen_status pen_graphql_block(struct pen_str raw, struct pen_arena *arena, struct pen_str *out)
{
    const struct shape shape = shape_of(raw);
    if (shape.blank) {
        *out = (struct pen_str){raw.ptr, 0};
        return PEN_OK;
    }
    char *const memory = pen_arena_bytes(arena, raw.len);
    if (memory == NULL) return PEN_ERR_NOMEM;

    struct pen_buf to = pen_buf_over(memory, raw.len);
    size_t number = 0;
    for (size_t at = 0; at <= raw.len && number <= shape.last; number++) {
        const struct pen_str line = take_line(raw, &at);
        if (number < shape.first) continue;
        if (number > shape.first) pen_buf_byte(&to, '\n');
        put_line(number == 0 ? line : pen_str_slice(line, shape.indent, line.len), &to);
    }
    pen_arena_trim(arena, memory, raw.len, to.len);
    *out = pen_buf_str(&to);
    return PEN_OK;
}
