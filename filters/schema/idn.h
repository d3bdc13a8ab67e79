/**
 * Labels of internationalized host names: IDNA 2008 (RFC 5890 to 5893), without any mapping.
 *
 * A label is held as code points with what Unicode says of each, in the caller's memory: 63 octets
 * in ASCII are all that a label can be, and that bounds each step. Pure; any thread.
 */
#ifndef PEN_SCHEMA_IDN_H
#define PEN_SCHEMA_IDN_H

#include "filters/schema/idn_table.h"

#define PEN_IDN_LABEL_MOST 63 /* RFC 1035 section 2.3.4; more code points are more octets */

struct pen_idn_label {
    uint32_t scalars[PEN_IDN_LABEL_MOST];
    const struct pen_idn_class *classes[PEN_IDN_LABEL_MOST];
    size_t count;
};

/** "xn--bcher-kva": its code points. False when it is no Punycode or another label's: what encodes
 *  to something else, or holds ASCII alone. */
bool pen_idn_read_a_label(struct pen_str label, struct pen_idn_label *out);

/** A label in UTF-8, not of ASCII alone. False when its A-label were longer than 63 octets; else
 *  `*length` is that one's length. */
bool pen_idn_read_u_label(struct pen_str label, struct pen_idn_label *out, size_t *length);

/**
 * Whether all code points are allowed where they are, hyphens are, no mark is first, and all is in
 * Normalization Form C.
 *
 * Source: RFC 5891 section 5.4; RFC 5892 section 2 and appendix A
 */
bool pen_idn_is_valid(const struct pen_idn_label *label);

/** Whether code points are in it that are written from right to left, or Arabic digits. */
bool pen_idn_runs_left(const struct pen_idn_label *label);

/** The Bidi rule, which all labels of a name keep when one of them runs left. Source: RFC 5893
 *  section 2. */
bool pen_idn_keeps_order(const struct pen_idn_label *label);

/** The parts of pen_idn_is_valid() that have files of their own. */
bool pen_idn_fits_context(const struct pen_idn_label *label, size_t at);
bool pen_idn_is_normal(const struct pen_idn_label *label);

#endif
