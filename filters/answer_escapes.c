/** One pass over the body; a byte of width for each of the text, and a sum for every block. */
#include "filters/answer_escapes.h"

#define BLOCK 64 /* bytes of the text that a way back adds up at most */

static int hex_value(char c)
{
    if (pen_is_digit(c)) return c - '0';
    const char lower = pen_to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Printable ASCII, or what separates lines and words; anything else stays as it is. */
static bool is_plain(int code)
{
    return (code >= ' ' && code < 0x7f) || code == '\t' || code == '\n' || code == '\r';
}

/* At a backslash: how much of the body is one byte, and which; 0: what follows stays. */
static size_t escape_at(struct pen_str body, size_t at, char *out)
{
    if (at + 1 < body.len && body.ptr[at + 1] == '/') {
        *out = '/';
        return 2;
    }
    if (body.len - at < 6 || body.ptr[at + 1] != 'u') return 0;
    int code = 0;
    for (size_t i = 2; i < 6; i++) {
        const int digit = hex_value(body.ptr[at + i]);
        if (digit < 0) return 0;
        code = code * 16 + digit;
    }
    if (!is_plain(code)) return 0;
    *out = (char)code;
    return 6;
}

static bool has_escapes(struct pen_str body)
{
    char c = 0;
    for (size_t at = pen_str_find(body, '\\', 0); at < body.len;
         at = pen_str_find(body, '\\', at + 2)) {
        if (escape_at(body, at, &c) > 0) return true;
    }
    return false;
}

enum pen_status pen_answer_unescape(struct pen_str body, struct pen_arena *arena,
                                    struct pen_answer_plain *out)
{
    if (!has_escapes(body)) {
        *out = (struct pen_answer_plain){.text = body};
        return PEN_OK;
    }
    char *const text = pen_arena_bytes(arena, body.len);
    char *const widths = pen_arena_bytes(arena, body.len);
    uint32_t *const blocks = pen_arena_calloc(arena, body.len / BLOCK + 1, sizeof(*blocks));
    if (text == NULL || widths == NULL || blocks == NULL) return PEN_ERR_NOMEM;

    size_t length = 0;
    bool second = false; /* of an escape that stays */
    for (size_t at = 0; at < body.len;) {
        char c = body.ptr[at];
        size_t width = c == '\\' && !second ? escape_at(body, at, &c) : 1;
        second = width == 0;
        if (width == 0) width = 1;
        if (length % BLOCK == 0) blocks[length / BLOCK] = (uint32_t)at;
        text[length] = c;
        widths[length++] = (char)width;
        at += width;
    }
    *out = (struct pen_answer_plain){
        .text = {text, length}, .widths = (const unsigned char *)widths, .blocks = blocks};
    return PEN_OK;
}

static size_t place_of(const struct pen_answer_plain *plain, size_t at)
{
    if (at == 0) return 0;
    /* By the byte before it: the end of the text begins no block. */
    const size_t last = at - 1;
    size_t place = plain->blocks[last / BLOCK];
    for (size_t i = last / BLOCK * BLOCK; i <= last; i++) {
        place += plain->widths[i];
    }
    return place;
}

struct pen_span pen_answer_place(const struct pen_answer_plain *plain, struct pen_span span)
{
    if (plain->widths == NULL) return span;
    return (struct pen_span){place_of(plain, span.start), place_of(plain, span.end)};
}
