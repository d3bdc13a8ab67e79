/**
 * Host names: labels of letters, digits and hyphens (RFC 1123 section 2.1, RFC 952), of which those
 * that begin with "xn--" stand for labels of other letters and are proven (RFC 5891 section 5.4),
 * and, in an internationalized name, those labels as they are.
 *
 * RFC 5893 looks at the name as a whole: one label that runs from right to left binds the others.
 * A final dot is none of a host name's (it is of the DNS's presentation), and four numbers are an
 * address: "a valid host name can never have the dotted-decimal form #.#.#.#" (RFC 1123).
 */
#include "filters/schema/format_checks.h"
#include "filters/schema/idn.h"

/* RFC 1035 section 3.1: 255 octets on the wire, the length of the first and the root. */
#define NAME_MOST        253
#define LABEL_BYTES_MOST (4 * PEN_IDN_LABEL_MOST) /* in UTF-8 */

struct name {
    size_t labels;
    size_t numbers;    /* labels of digits alone */
    size_t length;     /* of the name in ASCII */
    bool runs_left;    /* a label holds letters that are written from right to left */
    bool breaks_order; /* a label does not keep the Bidi rule */
};

static void note_order(struct name *name, bool runs_left, bool keeps_order)
{
    name->runs_left |= runs_left;
    name->breaks_order |= !keeps_order;
}

/* Kinds of bytes, so that a run tells what it is made of. */
#define DIGIT  1U
#define LETTER 2U
#define HYPHEN 4U

/* Without a branch: what a name goes on with is hard to foresee. */
static unsigned kind_of(char c)
{
    const unsigned byte = (unsigned char)c;
    const unsigned is_digit = byte - '0' < 10;
    const unsigned is_letter = (byte | 0x20) - 'a' < 26;
    const unsigned is_hyphen = byte == '-';
    return is_digit * DIGIT | is_letter * LETTER | is_hyphen * HYPHEN;
}

static size_t run_of_ldh(struct pen_str text, size_t at, unsigned *kinds)
{
    unsigned kind;
    *kinds = 0;
    while (at < text.len && (kind = kind_of(text.ptr[at])) != 0) {
        *kinds |= kind;
        at++;
    }
    return at;
}

static bool is_a_label(struct pen_str label)
{
    return label.len >= 4 && label.ptr[2] == '-' && label.ptr[3] == '-'
           && pen_str_starts_fold(label, PEN_S("xn--"));
}

static bool add_ascii(struct name *name, struct pen_str label, unsigned kinds)
{
    if (label.len == 0 || label.len > PEN_IDN_LABEL_MOST) return false;
    if (label.ptr[0] == '-' || label.ptr[label.len - 1] == '-') return false;
    name->numbers += kinds == DIGIT;
    name->length += label.len;
    if (!is_a_label(label)) {
        /* RFC 5893 section 2 for ASCII: a letter is first, and no hyphen is last. */
        note_order(name, false, pen_is_alpha(label.ptr[0]));
        return true;
    }
    struct pen_idn_label decoded;
    if (!pen_idn_read_a_label(label, &decoded) || !pen_idn_is_valid(&decoded)) return false;
    note_order(name, pen_idn_runs_left(&decoded), pen_idn_keeps_order(&decoded));
    return true;
}

static bool add_international(struct name *name, struct pen_str label)
{
    struct pen_idn_label read;
    size_t length;
    if (!pen_idn_read_u_label(label, &read, &length) || !pen_idn_is_valid(&read)) return false;
    name->length += length;
    note_order(name, pen_idn_runs_left(&read), pen_idn_keeps_order(&read));
    return true;
}

/* RFC 3490 section 3.1: U+3002, U+FF0E and U+FF61 are dots too. Length of any dot, 0 without. */
static size_t dot_at(struct pen_str text, size_t at, bool international)
{
    static const struct pen_str dots[] = {PEN_STR("\xe3\x80\x82"), PEN_STR("\xef\xbc\x8e"),
                                          PEN_STR("\xef\xbd\xa1")};
    if (at == text.len) return 0;
    if (text.ptr[at] == '.') return 1;
    if (!international || (unsigned char)text.ptr[at] < 0x80) return 0;
    for (size_t i = 0; i < PEN_COUNT_OF(dots); i++) {
        if (pen_str_stands(text, at, dots[i])) return dots[i].len;
    }
    return 0;
}

/* A label at `*at`, which goes behind it and its dot; `*dot` is that one's length. */
static bool take_label(struct name *name, struct pen_str text, bool international, size_t *at,
                       size_t *dot)
{
    unsigned kinds;
    const size_t start = *at;
    size_t end = run_of_ldh(text, start, &kinds);
    *dot = dot_at(text, end, international);
    if (end == text.len || *dot > 0) {
        *at = end + *dot;
        return add_ascii(name, pen_str_slice(text, start, end), kinds);
    }
    if (!international) return false;
    while (end < text.len && (*dot = dot_at(text, end, true)) == 0) {
        if (++end - start > LABEL_BYTES_MOST) return false;
    }
    *at = end + *dot;
    return add_international(name, pen_str_slice(text, start, end));
}

static bool is_name(struct pen_str text, bool international)
{
    struct name name = {0};
    size_t at = 0;
    size_t dot;
    do {
        if (!take_label(&name, text, international, &at, &dot)) return false;
        name.labels++;
        name.length += dot > 0;
        if (name.length > NAME_MOST) return false;
    } while (dot > 0);
    if (name.labels == 4 && name.numbers == 4) return false;
    return !name.runs_left || !name.breaks_order;
}

bool pen_format_is_hostname(struct pen_str text)
{
    return is_name(text, false);
}

bool pen_format_is_idn_hostname(struct pen_str text)
{
    return is_name(text, true);
}
