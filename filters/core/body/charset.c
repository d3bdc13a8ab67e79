/** The first four bytes tell; a declared US-ASCII is held to all of them. */
#include "filters/core/body/charset.h"

/* Either mark, or the zeros of a text that begins in ASCII: "a\0", "\0a", "a\0\0\0", "\0\0\0a". */
static bool is_wide(struct pen_str text)
{
    if (text.len < 2) return false;
    if (pen_str_starts(text, PEN_S("\xff\xfe")) || pen_str_starts(text, PEN_S("\xfe\xff"))) {
        return true;
    }
    return text.ptr[0] == '\0' || text.ptr[1] == '\0';
}

static size_t find_high(struct pen_str text)
{
    size_t i = 0;
    while (i < text.len && (unsigned char)text.ptr[i] < 0x80) {
        i++;
    }
    return i;
}

enum pen_status pen_charset_check(struct pen_str text, bool is_ascii, const char **code,
                                  size_t *offset)
{
    const bool is_marked = pen_str_starts(text, PEN_S("\xef\xbb\xbf"));
    if (is_marked || is_wide(text)) {
        *code = is_marked ? "charset.bom" : "charset.utf16";
        *offset = 0;
        return PEN_ERR_SYNTAX;
    }
    const size_t high = is_ascii ? find_high(text) : text.len;
    if (high == text.len) return PEN_OK;

    *code = "charset.ascii";
    *offset = high;
    return PEN_ERR_SYNTAX;
}
