/** RFC 5892 appendix A: code points that are allowed beside certain others only. */
#include "filters/schema/idn.h"

#define VIRAMA 9 /* the Canonical_Combining_Class of that name */

static bool is_at(const struct pen_idn_label *label, size_t at, uint32_t scalar)
{
    return at < label->count && label->scalars[at] == scalar;
}

static bool has_script(const struct pen_idn_label *label, size_t at, enum pen_idn_script script)
{
    return at < label->count && label->classes[at]->script == script;
}

static bool holds(const struct pen_idn_label *label, uint32_t least, uint32_t most)
{
    for (size_t i = 0; i < label->count; i++) {
        if (label->scalars[i] >= least && label->scalars[i] <= most) return true;
    }
    return false;
}

static bool holds_kana_or_han(const struct pen_idn_label *label)
{
    for (size_t i = 0; i < label->count; i++) {
        if (has_script(label, i, PEN_IDN_SCRIPT_KANA_OR_HAN)) return true;
    }
    return false;
}

static bool is_behind_virama(const struct pen_idn_label *label, size_t at)
{
    return at > 0 && label->classes[at - 1]->combining == VIRAMA;
}

/* A.1: (Joining_Type:{L,D}) T* ZWNJ T* (Joining_Type:{R,D}) */
static bool breaks_a_join(const struct pen_idn_label *label, size_t at)
{
    size_t before = at;
    do {
        if (before == 0) return false;
        before--;
    } while (label->classes[before]->joining == PEN_IDN_JOINING_THROUGH);
    size_t behind = at;
    do {
        behind++;
        if (behind == label->count) return false;
    } while (label->classes[behind]->joining == PEN_IDN_JOINING_THROUGH);

    const uint8_t left = label->classes[before]->joining;
    const uint8_t right = label->classes[behind]->joining;
    return (left == PEN_IDN_JOINING_LEFT || left == PEN_IDN_JOINING_DUAL)
           && (right == PEN_IDN_JOINING_RIGHT || right == PEN_IDN_JOINING_DUAL);
}

bool pen_idn_fits_context(const struct pen_idn_label *label, size_t at)
{
    const uint32_t scalar = label->scalars[at];
    switch (scalar) {
    case 0x200c: /* A.1, zero width non-joiner */
        return is_behind_virama(label, at) || breaks_a_join(label, at);
    case 0x200d: /* A.2, zero width joiner */
        return is_behind_virama(label, at);
    case 0x00b7: /* A.3, middle dot: of Catalan */
        return at > 0 && is_at(label, at - 1, 'l') && is_at(label, at + 1, 'l');
    case 0x0375: /* A.4, Greek lower numeral sign */
        return has_script(label, at + 1, PEN_IDN_SCRIPT_GREEK);
    case 0x05f3: /* A.5 and A.6, Hebrew punctuation */
    case 0x05f4:
        return at > 0 && has_script(label, at - 1, PEN_IDN_SCRIPT_HEBREW);
    case 0x30fb: /* A.7, Katakana middle dot */
        return holds_kana_or_han(label);
    default:
        break;
    }
    /* A.8 and A.9: digits of one kind. */
    if (scalar >= 0x0660 && scalar <= 0x0669) return !holds(label, 0x06f0, 0x06f9);
    if (scalar >= 0x06f0 && scalar <= 0x06f9) return !holds(label, 0x0660, 0x0669);
    return false;
}
