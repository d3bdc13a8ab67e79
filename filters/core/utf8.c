/** A validator that passes ASCII eight bytes at a time and everything else by RFC 3629's table. */
#include "filters/core/utf8.h"

#include <string.h>

#define HIGH_BITS 0x8080808080808080U

static bool follows(unsigned char byte)
{
    return (byte & 0xc0) == 0x80;
}

/* Length of the well-formed sequence at `p`, 0 when there is none. Shortest form, no surrogates,
 * nothing above U+10FFFF: all of it shows in the second byte. */
static size_t sequence(const unsigned char *p, size_t left)
{
    const unsigned char lead = p[0];
    if (lead < 0x80) return 1;
    if (lead < 0xc2 || left < 2 || !follows(p[1])) return 0;
    if (lead < 0xe0) return 2;
    if (lead < 0xf0) {
        if (left < 3 || !follows(p[2])) return 0;
        if ((lead == 0xe0 && p[1] < 0xa0) || (lead == 0xed && p[1] > 0x9f)) return 0;
        return 3;
    }
    if (lead > 0xf4 || left < 4 || !follows(p[2]) || !follows(p[3])) return 0;
    if ((lead == 0xf0 && p[1] < 0x90) || (lead == 0xf4 && p[1] > 0x8f)) return 0;
    return 4;
}

size_t pen_utf8_valid_prefix(struct pen_str text)
{
    const unsigned char *const bytes = (const unsigned char *)text.ptr;
    size_t at = 0;
    while (at < text.len) {
        uint64_t word;
        if (text.len - at >= sizeof(word)) {
            memcpy(&word, bytes + at, sizeof(word));
            if ((word & HIGH_BITS) == 0) {
                at += sizeof(word);
                continue;
            }
        }
        const size_t length = sequence(bytes + at, text.len - at);
        if (length == 0) return at;
        at += length;
    }
    return at;
}

const char *pen_utf8_wide_end(const char *p, const char *end)
{
    while (p < end && (unsigned char)*p >= 0x80) {
        const unsigned char *const bytes = (const unsigned char *)p;
        /* Of three bytes, as most of the world's scripts are: both ends of them need another look.
         */
        if (end - p >= 3 && bytes[0] > 0xe0 && bytes[0] < 0xf0 && bytes[0] != 0xed
            && follows(bytes[1]) && follows(bytes[2])) {
            p += 3;
            continue;
        }
        const size_t length = sequence(bytes, (size_t)(end - p));
        if (length == 0) return p;
        p += length;
    }
    return p;
}

size_t pen_utf8_decode(const char *p, size_t left, uint32_t *scalar)
{
    static const unsigned char lead_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    const unsigned char *const bytes = (const unsigned char *)p;
    if (left == 0) return 0;
    const size_t length = sequence(bytes, left);
    uint32_t value = bytes[0] & lead_bits[length];
    for (size_t i = 1; i < length; i++) {
        value = value << 6 | (bytes[i] & 0x3f);
    }
    *scalar = value;
    return length;
}

size_t pen_utf8_encode(uint32_t scalar, char out[4])
{
    if (scalar < 0x80) {
        out[0] = (char)scalar;
        return 1;
    }
    if (scalar < 0x800) {
        out[0] = (char)(0xc0 | (scalar >> 6));
        out[1] = (char)(0x80 | (scalar & 0x3f));
        return 2;
    }
    if (scalar >= 0xd800 && scalar <= 0xdfff) return 0;
    if (scalar < 0x10000) {
        out[0] = (char)(0xe0 | (scalar >> 12));
        out[1] = (char)(0x80 | ((scalar >> 6) & 0x3f));
        out[2] = (char)(0x80 | (scalar & 0x3f));
        return 3;
    }
    if (scalar > 0x10ffff) return 0;
    out[0] = (char)(0xf0 | (scalar >> 18));
    out[1] = (char)(0x80 | ((scalar >> 12) & 0x3f));
    out[2] = (char)(0x80 | ((scalar >> 6) & 0x3f));
    out[3] = (char)(0x80 | (scalar & 0x3f));
    return 4;
}
