/** idn_table.def, read thrice: ranges of code points, their classes, pairs that compose. Each
 * search halves a sorted array. */
#include "filters/schema/idn_table.h"

#define R(start, class)
#define P(first, second, composite)
#define D(pair)

#define C(derived_, mark_, bidi_, joining_, script_, combining_, composes_) \
    {.derived = PEN_IDN_##derived_,                                         \
     .is_mark = mark_,                                                      \
     .bidi = PEN_IDN_BIDI_##bidi_,                                          \
     .joining = PEN_IDN_JOINING_##joining_,                                 \
     .script = PEN_IDN_SCRIPT_##script_,                                    \
     .combining = combining_,                                               \
     .composes = composes_},
static const struct pen_idn_class classes[] = {
#include "filters/schema/idn_table.def"
};
#undef C
#define C(derived_, mark_, bidi_, joining_, script_, combining_, composes_)

/* A code point has 21 bits, a class 8: one word, in the order of its code point. */
#undef R
#define R(start, class) (start) << 8 | (class),
static const uint32_t ranges[] = {
#include "filters/schema/idn_table.def"
};
#undef R
#define R(start, class)

struct pair {
    uint32_t first;
    uint32_t second;
    uint32_t composite;
};

#undef P
#define P(first_, second_, composite_) {first_, second_, composite_},
static const struct pair pairs[] = {
#include "filters/schema/idn_table.def"
};
#undef P
#define P(first, second, composite)

#undef D
#define D(pair) pair,
static const uint16_t by_composite[] = {
#include "filters/schema/idn_table.def"
};

_Static_assert(PEN_COUNT_OF(classes) <= 256, "a class has 8 bits in a range");

const struct pen_idn_class *pen_idn_class_of(uint32_t scalar)
{
    /* The last range that begins at or before it; the first begins at 0. */
    const uint32_t wanted = scalar << 8 | 0xff;
    size_t low = 0;
    size_t high = PEN_COUNT_OF(ranges);
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (ranges[middle] <= wanted) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return &classes[ranges[low] & 0xff];
}

bool pen_idn_compose(uint32_t first, uint32_t second, uint32_t *out)
{
    size_t low = 0;
    size_t high = PEN_COUNT_OF(pairs);
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const struct pair *const pair = &pairs[middle];
        if (pair->first == first && pair->second == second) {
            *out = pair->composite;
            return true;
        }
        if (pair->first < first || (pair->first == first && pair->second < second)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return false;
}

bool pen_idn_decompose(uint32_t scalar, uint32_t *first, uint32_t *second)
{
    size_t low = 0;
    size_t high = PEN_COUNT_OF(by_composite);
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const struct pair *const pair = &pairs[by_composite[middle]];
        if (pair->composite == scalar) {
            *first = pair->first;
            *second = pair->second;
            return true;
        }
        if (pair->composite < scalar) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return false;
}
