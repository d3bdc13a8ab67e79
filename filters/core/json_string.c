/**
 * Strings of a JSON document. Sixteen bytes at a time while there is nothing to look at: no quote,
 * no backslash, no control byte, no byte above ASCII.
 */
#include "filters/core/json_string.h"

#include <string.h>

#include "filters/core/utf8.h"

static bool read_hex4(const char *p, const char *end, uint32_t *out)
{
    if (end - p < 4) return false;

    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        const int digit = pen_hex_value(p[i]);
        if (digit < 0) return false;
        value = value * 16 + (uint32_t)digit;
    }
    *out = value;
    return true;
}

static bool fail(const char **code, const char *what)
{
    *code = what;
    return false;
}

/* "\uXXXX" and its low surrogate; `p` stands behind the 'u'. */
static bool read_unicode(const char **p, const char *end, char **to, const char **code)
{
    uint32_t scalar = 0;
    if (!read_hex4(*p, end, &scalar))
        return fail(code, end - *p < 4 ? "json.truncated" : "json.syntax");
    *p += 4;
    if (scalar >= 0xdc00 && scalar <= 0xdfff) return fail(code, "json.surrogate");
    if (scalar >= 0xd800 && scalar <= 0xdbff) {
        uint32_t low = 0;
        if (end - *p < 6 || (*p)[0] != '\\' || (*p)[1] != 'u' || !read_hex4(*p + 2, end, &low)
            || low < 0xdc00 || low > 0xdfff) {
            return fail(code, "json.surrogate");
        }
        *p += 6;
        scalar = 0x10000 + ((scalar - 0xd800) << 10) + (low - 0xdc00);
    }
    *to += pen_utf8_encode(scalar, *to);
    return true;
}

/* One escape; `p` stands behind the backslash. Never writes more than it reads. */
static bool read_escape(const char **p, const char *end, char **to, const char **code)
{
    if (*p == end) return fail(code, "json.truncated");

    const char c = *(*p)++;
    switch (c) {
    case '"':
    case '\\':
    case '/':
        *(*to)++ = c;
        return true;
    case 'b':
        *(*to)++ = '\b';
        return true;
    case 'f':
        *(*to)++ = '\f';
        return true;
    case 'n':
        *(*to)++ = '\n';
        return true;
    case 'r':
        *(*to)++ = '\r';
        return true;
    case 't':
        *(*to)++ = '\t';
        return true;
    case 'u':
        return read_unicode(p, end, to, code);
    default:
        (*p)--;
        return fail(code, "json.syntax");
    }
}

/* Skip what needs no change, `p` at a plain run's end. Stops at the closing quote, a backslash, or
 * an error. */
static const char *skip_unescaped(const char *p, const char *end, const char **code)
{
    while (p < end && *p != '"' && *p != '\\') {
        if ((unsigned char)*p < 0x20) {
            *code = "json.control";
            return p;
        }
        const char *const next = pen_utf8_wide_end(p, end);
        if (next == p) {
            *code = "json.utf8";
            return p;
        }
        p = pen_json_plain_end(next, end);
    }
    if (p == end) *code = "json.truncated";
    return p;
}

/* An upper bound for the decoded length: where the closing quote stands. */
static size_t encoded_length(const char *p, const char *end)
{
    const char *const start = p;
    while (end - p > PEN_BLOCK) {
        const unsigned quotes = pen_block_quotes(p);
        if (quotes == 0) {
            p += PEN_BLOCK;
            continue;
        }
        p += __builtin_ctz(quotes);
        if (*p == '"') return (size_t)(p - start);
        p += 2;
    }
    while (p < end && *p != '"') {
        p += *p == '\\' && end - p > 1 ? 2 : 1;
    }
    return (size_t)(p - start);
}

/* The string has escapes from `p` on; what stands before needs none. */
static enum pen_status read_escaped(const char **at, const char *start, const char *p,
                                    const char *end, struct pen_arena *arena, struct pen_str *out,
                                    const char **code)
{
    const size_t room = (size_t)(p - start) + encoded_length(p, end);
    char *const text = pen_arena_bytes(arena, room);
    if (text == NULL) {
        *code = "json.memory";
        return PEN_ERR_NOMEM;
    }
    memcpy(text, start, (size_t)(p - start));
    char *to = text + (p - start);
    *code = NULL;
    while (*p == '\\') {
        p++;
        if (!read_escape(&p, end, &to, code)) break;
        const char *const run = p;
        p = skip_unescaped(pen_json_plain_end(p, end), end, code);
        if (*code != NULL) break;
        memcpy(to, run, (size_t)(p - run));
        to += p - run;
    }
    *at = p;
    if (*code != NULL) return PEN_ERR_SYNTAX;

    *at = p + 1;
    pen_arena_trim(arena, text, room, (size_t)(to - text));
    *out = (struct pen_str){text, (size_t)(to - text)};
    return PEN_OK;
}

enum pen_status pen_json_string(const char *start, const char **at, const char *end,
                                struct pen_arena *arena, struct pen_str *out, const char **code)
{
    *code = NULL;
    const char *const p = skip_unescaped(*at, end, code);
    *at = p;
    if (*code != NULL) return PEN_ERR_SYNTAX;
    if (*p == '\\') return read_escaped(at, start, p, end, arena, out, code);

    *at = p + 1;
    *out = (struct pen_str){start, (size_t)(p - start)};
    return PEN_OK;
}
