/** NUL between letters is UTF-16 or UTF-32 seen byte by byte, and nothing to many a reader. */
#include "filters/core/codec.h"

enum pen_status pen_codec_zeros(struct pen_str in, struct pen_arena *arena, struct pen_str *out)
{
    if (pen_str_find(in, '\0', 0) == in.len) {
        *out = in;
        return PEN_OK;
    }
    char *const text = pen_arena_bytes(arena, in.len);
    if (text == NULL) return PEN_ERR_NOMEM;

    size_t length = 0;
    for (size_t i = 0; i < in.len; i++) {
        if (in.ptr[i] != '\0') text[length++] = in.ptr[i];
    }
    pen_arena_trim(arena, text, in.len, length);
    *out = (struct pen_str){text, length};
    return PEN_OK;
}
