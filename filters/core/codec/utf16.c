/** Unit by unit; that it is UTF-16 at all is told by the zeros beside letters of ASCII. */
#include "filters/core/codec/utf16.h"

#include "filters/core/codec/rewrite.h"
#include "filters/core/utf8.h"

#define REPLACEMENT 0xfffd

static uint32_t unit_at(struct pen_str in, size_t at, bool big)
{
    const uint32_t first = (unsigned char)in.ptr[at];
    const uint32_t second = (unsigned char)in.ptr[at + 1];
    return big ? first << 8 | second : second << 8 | first;
}

static bool is_printable(uint32_t unit)
{
    return (unit >= 0x20 && unit < 0x7f) || (unit < 0x20 && pen_is_space((char)unit));
}

enum pen_utf16 pen_codec_utf16_look(struct pen_str in)
{
    if (pen_str_starts(in, PEN_S("\xff\xfe"))) return PEN_UTF16_LITTLE;
    if (pen_str_starts(in, PEN_S("\xfe\xff"))) return PEN_UTF16_BIG;

    const size_t units = in.len / 2;
    size_t little = 0;
    size_t big = 0;
    for (size_t at = 0; at + 1 < in.len; at += 2) {
        little += is_printable(unit_at(in, at, false));
        big += is_printable(unit_at(in, at, true));
    }
    const size_t most = little > big ? little : big;
    const size_t least = little > big ? big : little;
    if (most == 0 || most < units / 4 || least > most / 4) return PEN_UTF16_NONE;
    return little > big ? PEN_UTF16_LITTLE : PEN_UTF16_BIG;
}

enum pen_status pen_codec_utf16(struct pen_str in, enum pen_utf16 order, struct pen_arena *arena,
                                struct pen_str *out)
{
    const bool big = order == PEN_UTF16_BIG;
    const size_t room = in.len / 2 * 3;
    struct pen_buf text = pen_buf_over(pen_arena_bytes(arena, room), room);
    if (text.ptr == NULL) return PEN_ERR_NOMEM;

    size_t at = in.len > 1 && unit_at(in, 0, big) == 0xfeff ? 2 : 0;
    while (at + 1 < in.len) {
        const uint32_t unit = unit_at(in, at, big);
        const bool paired = pen_codec_is_high_half(unit) && in.len - at > 3;
        uint32_t scalar = pen_codec_pair(unit, paired ? unit_at(in, at + 2, big) : 0);
        at += paired && scalar != UINT32_MAX ? 4 : 2;
        if (scalar == UINT32_MAX) scalar = REPLACEMENT;
        char bytes[4];
        pen_buf_put(&text, (struct pen_str){bytes, pen_utf8_encode(scalar, bytes)});
    }
    pen_arena_trim(arena, text.ptr, room, text.len);
    *out = pen_buf_str(&text);
    return PEN_OK;
}
