/**
 * Normalization Form C (Unicode Standard Annex 15) of a label whose code points are all allowed.
 *
 * Those compose and decompose among themselves; what is normal in no context is disallowed as it
 * is. Most labels hold nothing that could compose or change places, and are normal at once. The
 * others are taken apart, put in order, put together and compared.
 */
#include "filters/schema/idn.h"

#define PARTS_MOST 4 /* of one code point: no canonical decomposition is longer (UAX 15) */

struct parts {
    uint32_t scalars[PEN_IDN_LABEL_MOST * PARTS_MOST];
    uint8_t combining[PEN_IDN_LABEL_MOST * PARTS_MOST];
    size_t count;
};

static bool is_normal_at_once(const struct pen_idn_label *label)
{
    for (size_t i = 0; i < label->count; i++) {
        if (label->classes[i]->combining != 0 || label->classes[i]->composes) return false;
    }
    return true;
}

/* In its canonical place: behind all of its class or a lower one, up to the last that starts. */
static void add_part(struct parts *parts, uint32_t scalar)
{
    const uint8_t combining = pen_idn_class_of(scalar)->combining;
    size_t at = parts->count++;
    while (combining != 0 && at > 0 && parts->combining[at - 1] > combining) {
        parts->scalars[at] = parts->scalars[at - 1];
        parts->combining[at] = parts->combining[at - 1];
        at--;
    }
    parts->scalars[at] = scalar;
    parts->combining[at] = combining;
}

static void add_decomposed(struct parts *parts, uint32_t scalar)
{
    uint32_t tail[PARTS_MOST - 1];
    size_t count = 0;
    while (count < PEN_COUNT_OF(tail) && pen_idn_decompose(scalar, &scalar, &tail[count])) {
        count++;
    }
    add_part(parts, scalar);
    while (count > 0) {
        add_part(parts, tail[--count]);
    }
}

/* In place; what is kept never overtakes what is read. */
static void compose(struct parts *parts)
{
    size_t kept = 0;
    size_t starter = SIZE_MAX;
    for (size_t i = 0; i < parts->count; i++) {
        const uint32_t scalar = parts->scalars[i];
        const uint8_t combining = parts->combining[i];
        /* Blocked: something between the two is of the same class or a higher one. */
        const bool is_blocked =
            starter == SIZE_MAX || (kept > starter + 1 && parts->combining[kept - 1] >= combining);
        if (!is_blocked
            && pen_idn_compose(parts->scalars[starter], scalar, &parts->scalars[starter])) {
            continue;
        }
        if (combining == 0) starter = kept;
        parts->scalars[kept] = scalar;
        parts->combining[kept] = combining;
        kept++;
    }
    parts->count = kept;
}

bool pen_idn_is_normal(const struct pen_idn_label *label)
{
    if (is_normal_at_once(label)) return true;

    struct parts parts = {.count = 0};
    for (size_t i = 0; i < label->count; i++) {
        add_decomposed(&parts, label->scalars[i]);
    }
    compose(&parts);
    if (parts.count != label->count) return false;
    for (size_t i = 0; i < parts.count; i++) {
        if (parts.scalars[i] != label->scalars[i]) return false;
    }
    return true;
}
