/** The ranges of Default_Ignorable_Code_Point; few leads begin one. */
#include "filters/core/codec/ignorable.h"

struct range {
    uint32_t first;
    uint32_t last;
};

/* Sorted. Soft hyphen, joiners, marks of direction, fillers, selectors, tags. */
static const struct range ranges[] = {
    {0x00ad, 0x00ad},   {0x034f, 0x034f},   {0x061c, 0x061c}, {0x115f, 0x1160}, {0x17b4, 0x17b5},
    {0x180b, 0x180f},   {0x200b, 0x200f},   {0x202a, 0x202e}, {0x2060, 0x206f}, {0x3164, 0x3164},
    {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0}, {0xfff0, 0xfff8}, {0x1bca0, 0x1bca3},
    {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

/* Length of what a lead of theirs begins; 0 for all others. */
static size_t length_of(unsigned char lead)
{
    switch (lead) {
    case 0xc2:
    case 0xcd:
    case 0xd8:
        return 2;
    case 0xe1:
    case 0xe2:
    case 0xe3:
    case 0xef:
        return 3;
    case 0xf0:
    case 0xf3:
        return 4;
    default:
        return 0;
    }
}

size_t pen_codec_ignorable(struct pen_str text, size_t at)
{
    const unsigned char *const p = (const unsigned char *)text.ptr + at;
    const size_t length = length_of(p[0]);
    if (length == 0 || text.len - at < length) return 0;

    uint32_t scalar = p[0] & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xc0) != 0x80) return 0;
        scalar = scalar << 6 | (p[i] & 0x3fU);
    }
    for (size_t i = 0; i < PEN_COUNT_OF(ranges); i++) {
        if (scalar <= ranges[i].last) return scalar >= ranges[i].first ? length : 0;
    }
    return 0;
}
