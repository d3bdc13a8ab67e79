/** Two hexadecimal digits a byte, the whole text. */
#include "filters/core/codec.h"

#include <stdint.h>

#define NONE 0x10U /* no digit */
#define N4   NONE, NONE, NONE, NONE
#define N16  N4, N4, N4, N4
#define N64  N16, N16, N16, N16

static const uint8_t values[256] = {
    /* clang-format off */
    N16, N16, N16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, NONE, NONE, N4,
    NONE, 10, 11, 12, 13, 14, 15, NONE, N4, N4, N16,
    NONE, 10, 11, 12, 13, 14, 15, NONE, N4, N4, N16,
    N64, N64,
    /* clang-format on */
};

enum pen_status pen_codec_hex(struct pen_str in, struct pen_arena *arena, struct pen_str *out)
{
    const bool prefixed = in.len >= 2 && in.ptr[0] == '0' && (in.ptr[1] | 0x20) == 'x';
    if (prefixed) in = pen_str_slice(in, 2, in.len);
    if (in.len == 0 || in.len % 2 != 0) return PEN_ERR_SYNTAX;

    /* Most of what is asked about is no hexadecimal from its first letters on. */
    if (pen_hex_value(in.ptr[0]) < 0 || pen_hex_value(in.ptr[1]) < 0) return PEN_ERR_SYNTAX;

    const size_t length = in.len / 2;
    char *const bytes = pen_arena_bytes(arena, length);
    if (bytes == NULL) return PEN_ERR_NOMEM;

    for (size_t i = 0; i < length; i++) {
        const unsigned high = values[(unsigned char)in.ptr[2 * i]];
        const unsigned low = values[(unsigned char)in.ptr[2 * i + 1]];
        if (((high | low) & NONE) != 0) {
            pen_arena_trim(arena, bytes, length, 0);
            return PEN_ERR_SYNTAX;
        }
        bytes[i] = (char)(high << 4 | low);
    }
    *out = (struct pen_str){bytes, length};
    return PEN_OK;
}
