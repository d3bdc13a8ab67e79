/** Labels read, and the rules that look at one code point after the other. */
#include "filters/schema/idn.h"

#include "filters/core/utf8.h"
#include "filters/schema/punycode.h"

#define PREFIX_BYTES 4 /* "xn--" */

static void classify(struct pen_idn_label *label)
{
    for (size_t i = 0; i < label->count; i++) {
        label->classes[i] = pen_idn_class_of(label->scalars[i]);
    }
}

static bool is_ascii(const struct pen_idn_label *label)
{
    for (size_t i = 0; i < label->count; i++) {
        if (label->scalars[i] >= 0x80) return false;
    }
    return true;
}

/* RFC 5891 section 5.3: an A-label is the one that its code points encode to. DNS knows no case. */
bool pen_idn_read_a_label(struct pen_str label, struct pen_idn_label *out)
{
    if (label.len > PEN_IDN_LABEL_MOST) return false;
    char lower[PEN_IDN_LABEL_MOST];
    const size_t length = label.len - PREFIX_BYTES;
    for (size_t i = 0; i < length; i++) {
        lower[i] = pen_to_lower(label.ptr[PREFIX_BYTES + i]);
    }
    const struct pen_str code = {lower, length};
    if (!pen_punycode_decode(code, out->scalars, PEN_IDN_LABEL_MOST, &out->count)) return false;
    if (out->count == 0 || is_ascii(out)) return false;

    char again[PEN_IDN_LABEL_MOST];
    struct pen_buf buf = pen_buf_over(again, sizeof(again));
    pen_punycode_encode(out->scalars, out->count, &buf);
    if (buf.full || !pen_str_equal(pen_buf_str(&buf), code)) return false;
    classify(out);
    return true;
}

bool pen_idn_read_u_label(struct pen_str label, struct pen_idn_label *out, size_t *length)
{
    out->count = 0;
    for (size_t at = 0; at < label.len; out->count++) {
        if (out->count == PEN_IDN_LABEL_MOST) return false;
        const size_t bytes =
            pen_utf8_decode(label.ptr + at, label.len - at, &out->scalars[out->count]);
        if (bytes == 0) return false;
        at += bytes;
    }
    char encoded[PEN_IDN_LABEL_MOST - PREFIX_BYTES];
    struct pen_buf buf = pen_buf_over(encoded, sizeof(encoded));
    pen_punycode_encode(out->scalars, out->count, &buf);
    if (buf.full) return false;
    *length = PREFIX_BYTES + buf.len;
    classify(out);
    return true;
}

/* RFC 5891 section 4.2.3.1. */
static bool has_sound_hyphens(const struct pen_idn_label *label)
{
    if (label->scalars[0] == '-' || label->scalars[label->count - 1] == '-') return false;
    return label->count < 4 || label->scalars[2] != '-' || label->scalars[3] != '-';
}

bool pen_idn_is_valid(const struct pen_idn_label *label)
{
    if (label->count == 0 || !has_sound_hyphens(label)) return false;
    /* Section 4.2.3.2. */
    if (label->classes[0]->is_mark) return false;
    for (size_t i = 0; i < label->count; i++) {
        switch ((enum pen_idn_derived)label->classes[i]->derived) {
        case PEN_IDN_DISALLOWED:
            return false;
        case PEN_IDN_PVALID:
            break;
        case PEN_IDN_CONTEXTJ:
        case PEN_IDN_CONTEXTO:
            if (!pen_idn_fits_context(label, i)) return false;
            break;
        }
    }
    return pen_idn_is_normal(label);
}

static unsigned bidi_bit(const struct pen_idn_label *label, size_t at)
{
    return 1U << label->classes[at]->bidi;
}

#define BIT(name) (1U << PEN_IDN_BIDI_##name)

bool pen_idn_runs_left(const struct pen_idn_label *label)
{
    for (size_t i = 0; i < label->count; i++) {
        if ((bidi_bit(label, i) & (BIT(RIGHT) | BIT(ARABIC_NUMBER))) != 0) return true;
    }
    return false;
}

/* Numbers are those of the conditions in RFC 5893 section 2. */
bool pen_idn_keeps_order(const struct pen_idn_label *label)
{
    unsigned seen = 0;
    size_t last = 0; /* that is no mark */
    for (size_t i = 0; i < label->count; i++) {
        seen |= bidi_bit(label, i);
        if (bidi_bit(label, i) != BIT(MARK)) last = i;
    }
    const unsigned common = BIT(NUMBER) | BIT(NEUTRAL) | BIT(MARK);
    switch (bidi_bit(label, 0)) { /* 1 */
    case BIT(RIGHT):
        return (seen & ~(common | BIT(RIGHT) | BIT(ARABIC_NUMBER))) == 0 /* 2 */
               && (bidi_bit(label, last) & (BIT(RIGHT) | BIT(NUMBER) | BIT(ARABIC_NUMBER)))
                      != 0 /* 3 */
               && (seen & (BIT(NUMBER) | BIT(ARABIC_NUMBER)))
                      != (BIT(NUMBER) | BIT(ARABIC_NUMBER)); /* 4 */
    case BIT(LEFT):
        return (seen & ~(common | BIT(LEFT))) == 0                          /* 5 */
               && (bidi_bit(label, last) & (BIT(LEFT) | BIT(NUMBER))) != 0; /* 6 */
    default:
        return false;
    }
}
