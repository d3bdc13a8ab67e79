/** Memory is taken when the first unit is found: a text without one costs a search for one byte. */
#include "filters/core/codec/rewrite.h"

#include <string.h>

/* The next unit at or after `from`; its start, or in.len. */
static size_t next_unit(struct pen_str in, char begin, pen_codec_read *read, size_t from,
                        struct pen_codec_unit *unit)
{
    for (size_t at = pen_str_find(in, begin, from); at < in.len;) {
        *unit = read(pen_str_slice(in, at, in.len), NULL);
        if (unit->taken > 0 && !unit->plain) return at;
        at = pen_str_find(in, begin, at + (unit->taken > 0 ? unit->taken : 1));
    }
    return in.len;
}

enum pen_status pen_codec_rewrite(struct pen_str in, char begin, pen_codec_read *read, size_t room,
                                  struct pen_arena *arena, struct pen_str *out)
{
    struct pen_codec_unit unit;
    size_t at = next_unit(in, begin, read, 0, &unit);
    if (at == in.len) {
        *out = in;
        return PEN_OK;
    }
    char *const text = pen_arena_bytes(arena, room);
    if (text == NULL) return PEN_ERR_NOMEM;

    size_t length = 0;
    size_t from = 0;
    while (at < in.len) {
        memcpy(text + length, in.ptr + from, at - from);
        length += at - from;
        length += read(pen_str_slice(in, at, in.len), text + length).made;
        from = at + unit.taken;
        at = next_unit(in, begin, read, from, &unit);
    }
    memcpy(text + length, in.ptr + from, in.len - from);
    length += in.len - from;
    pen_arena_trim(arena, text, room, length);
    *out = (struct pen_str){text, length};
    return PEN_OK;
}

uint32_t pen_codec_hex_digits(struct pen_str text, size_t at, size_t count)
{
    if (at > text.len || text.len - at < count) return UINT32_MAX;

    uint32_t value = 0;
    for (size_t i = 0; i < count; i++) {
        const int digit = pen_hex_value(text.ptr[at + i]);
        if (digit < 0) return UINT32_MAX;
        value = value << 4 | (uint32_t)digit;
    }
    return value;
}

uint32_t pen_codec_pair(uint32_t unit, uint32_t low)
{
    if (unit < 0xd800 || unit > 0xdfff) return unit;
    if (!pen_codec_is_high_half(unit) || low < 0xdc00 || low > 0xdfff) return UINT32_MAX;

    return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
}
