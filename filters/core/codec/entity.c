/**
 * HTML's character references (WHATWG HTML, section 13.2.5.72 and on), one layer.
 *
 * Numbers in every spelling, with ';' or without. Of the two thousand names those that stand for
 * ASCII, for what is taken for it, and those that people write. HTML 4's five that matter are found
 * without their ';', the others not: "&section=" is a parameter.
 */
#include "filters/core/codec.h"

#include <string.h>

#include "filters/core/codec/rewrite.h"
#include "filters/core/utf8.h"

#define LONGEST_NAME 24

struct reference {
    struct pen_str name;
    struct pen_str text;
    bool may_be_open; /* HTML 4 had it, so it needs no ';'; only those that are or fold to ASCII */
};

/* Sorted by bytes. */
/* clang-format off */
static const struct reference references[] = {
    {PEN_STR("AMP"), PEN_STR("&"), true},
    {PEN_STR("Auml"), PEN_STR("\xc3\x84"), false},
    {PEN_STR("CloseCurlyDoubleQuote"), PEN_STR("\xe2\x80\x9d"), false},
    {PEN_STR("CloseCurlyQuote"), PEN_STR("\xe2\x80\x99"), false},
    {PEN_STR("DiacriticalGrave"), PEN_STR("`"), false},
    {PEN_STR("GT"), PEN_STR(">"), true},
    {PEN_STR("Hat"), PEN_STR("^"), false},
    {PEN_STR("LT"), PEN_STR("<"), true},
    {PEN_STR("NewLine"), PEN_STR("\n"), false},
    {PEN_STR("NoBreak"), PEN_STR("\xe2\x81\xa0"), false},
    {PEN_STR("NonBreakingSpace"), PEN_STR("\xc2\xa0"), false},
    {PEN_STR("OpenCurlyDoubleQuote"), PEN_STR("\xe2\x80\x9c"), false},
    {PEN_STR("OpenCurlyQuote"), PEN_STR("\xe2\x80\x98"), false},
    {PEN_STR("Ouml"), PEN_STR("\xc3\x96"), false},
    {PEN_STR("Prime"), PEN_STR("\xe2\x80\xb3"), false},
    {PEN_STR("QUOT"), PEN_STR("\""), true},
    {PEN_STR("Tab"), PEN_STR("\t"), false},
    {PEN_STR("UnderBar"), PEN_STR("_"), false},
    {PEN_STR("Uuml"), PEN_STR("\xc3\x9c"), false},
    {PEN_STR("VerticalLine"), PEN_STR("|"), false},
    {PEN_STR("ZeroWidthSpace"), PEN_STR("\xe2\x80\x8b"), false},
    {PEN_STR("aacute"), PEN_STR("\xc3\xa1"), false},
    {PEN_STR("acirc"), PEN_STR("\xc3\xa2"), false},
    {PEN_STR("aelig"), PEN_STR("\xc3\xa6"), false},
    {PEN_STR("agrave"), PEN_STR("\xc3\xa0"), false},
    {PEN_STR("amp"), PEN_STR("&"), true},
    {PEN_STR("apos"), PEN_STR("'"), false},
    {PEN_STR("aring"), PEN_STR("\xc3\xa5"), false},
    {PEN_STR("ast"), PEN_STR("*"), false},
    {PEN_STR("auml"), PEN_STR("\xc3\xa4"), false},
    {PEN_STR("bsol"), PEN_STR("\\"), false},
    {PEN_STR("bull"), PEN_STR("\xe2\x80\xa2"), false},
    {PEN_STR("ccedil"), PEN_STR("\xc3\xa7"), false},
    {PEN_STR("cent"), PEN_STR("\xc2\xa2"), false},
    {PEN_STR("colon"), PEN_STR(":"), false},
    {PEN_STR("comma"), PEN_STR(","), false},
    {PEN_STR("commat"), PEN_STR("@"), false},
    {PEN_STR("copy"), PEN_STR("\xc2\xa9"), false},
    {PEN_STR("dash"), PEN_STR("\xe2\x80\x90"), false},
    {PEN_STR("deg"), PEN_STR("\xc2\xb0"), false},
    {PEN_STR("dollar"), PEN_STR("$"), false},
    {PEN_STR("eacute"), PEN_STR("\xc3\xa9"), false},
    {PEN_STR("ecirc"), PEN_STR("\xc3\xaa"), false},
    {PEN_STR("egrave"), PEN_STR("\xc3\xa8"), false},
    {PEN_STR("emsp"), PEN_STR("\xe2\x80\x83"), false},
    {PEN_STR("ensp"), PEN_STR("\xe2\x80\x82"), false},
    {PEN_STR("equals"), PEN_STR("="), false},
    {PEN_STR("euro"), PEN_STR("\xe2\x82\xac"), false},
    {PEN_STR("excl"), PEN_STR("!"), false},
    {PEN_STR("fjlig"), PEN_STR("fj"), false},
    {PEN_STR("frasl"), PEN_STR("\xe2\x81\x84"), false},
    {PEN_STR("grave"), PEN_STR("`"), false},
    {PEN_STR("gt"), PEN_STR(">"), true},
    {PEN_STR("hairsp"), PEN_STR("\xe2\x80\x8a"), false},
    {PEN_STR("hellip"), PEN_STR("\xe2\x80\xa6"), false},
    {PEN_STR("horbar"), PEN_STR("\xe2\x80\x95"), false},
    {PEN_STR("hyphen"), PEN_STR("\xe2\x80\x90"), false},
    {PEN_STR("iacute"), PEN_STR("\xc3\xad"), false},
    {PEN_STR("laquo"), PEN_STR("\xc2\xab"), false},
    {PEN_STR("lbrace"), PEN_STR("{"), false},
    {PEN_STR("lbrack"), PEN_STR("["), false},
    {PEN_STR("lcub"), PEN_STR("{"), false},
    {PEN_STR("ldquo"), PEN_STR("\xe2\x80\x9c"), false},
    {PEN_STR("ldquor"), PEN_STR("\xe2\x80\x9e"), false},
    {PEN_STR("lowbar"), PEN_STR("_"), false},
    {PEN_STR("lpar"), PEN_STR("("), false},
    {PEN_STR("lrm"), PEN_STR("\xe2\x80\x8e"), false},
    {PEN_STR("lsaquo"), PEN_STR("\xe2\x80\xb9"), false},
    {PEN_STR("lsqb"), PEN_STR("["), false},
    {PEN_STR("lsquo"), PEN_STR("\xe2\x80\x98"), false},
    {PEN_STR("lsquor"), PEN_STR("\xe2\x80\x9a"), false},
    {PEN_STR("lt"), PEN_STR("<"), true},
    {PEN_STR("mdash"), PEN_STR("\xe2\x80\x94"), false},
    {PEN_STR("midast"), PEN_STR("*"), false},
    {PEN_STR("middot"), PEN_STR("\xc2\xb7"), false},
    {PEN_STR("minus"), PEN_STR("\xe2\x88\x92"), false},
    {PEN_STR("mldr"), PEN_STR("\xe2\x80\xa6"), false},
    {PEN_STR("nbsp"), PEN_STR("\xc2\xa0"), true},
    {PEN_STR("ndash"), PEN_STR("\xe2\x80\x93"), false},
    {PEN_STR("nldr"), PEN_STR("\xe2\x80\xa5"), false},
    {PEN_STR("ntilde"), PEN_STR("\xc3\xb1"), false},
    {PEN_STR("num"), PEN_STR("#"), false},
    {PEN_STR("oacute"), PEN_STR("\xc3\xb3"), false},
    {PEN_STR("ocirc"), PEN_STR("\xc3\xb4"), false},
    {PEN_STR("oslash"), PEN_STR("\xc3\xb8"), false},
    {PEN_STR("ouml"), PEN_STR("\xc3\xb6"), false},
    {PEN_STR("para"), PEN_STR("\xc2\xb6"), false},
    {PEN_STR("percnt"), PEN_STR("%"), false},
    {PEN_STR("period"), PEN_STR("."), false},
    {PEN_STR("plus"), PEN_STR("+"), false},
    {PEN_STR("pound"), PEN_STR("\xc2\xa3"), false},
    {PEN_STR("prime"), PEN_STR("\xe2\x80\xb2"), false},
    {PEN_STR("quest"), PEN_STR("?"), false},
    {PEN_STR("quot"), PEN_STR("\""), true},
    {PEN_STR("raquo"), PEN_STR("\xc2\xbb"), false},
    {PEN_STR("rbrace"), PEN_STR("}"), false},
    {PEN_STR("rbrack"), PEN_STR("]"), false},
    {PEN_STR("rcub"), PEN_STR("}"), false},
    {PEN_STR("rdquo"), PEN_STR("\xe2\x80\x9d"), false},
    {PEN_STR("rdquor"), PEN_STR("\xe2\x80\x9d"), false},
    {PEN_STR("reg"), PEN_STR("\xc2\xae"), false},
    {PEN_STR("rlm"), PEN_STR("\xe2\x80\x8f"), false},
    {PEN_STR("rpar"), PEN_STR(")"), false},
    {PEN_STR("rsaquo"), PEN_STR("\xe2\x80\xba"), false},
    {PEN_STR("rsqb"), PEN_STR("]"), false},
    {PEN_STR("rsquo"), PEN_STR("\xe2\x80\x99"), false},
    {PEN_STR("rsquor"), PEN_STR("\xe2\x80\x99"), false},
    {PEN_STR("sect"), PEN_STR("\xc2\xa7"), false},
    {PEN_STR("semi"), PEN_STR(";"), false},
    {PEN_STR("shy"), PEN_STR("\xc2\xad"), false},
    {PEN_STR("sol"), PEN_STR("/"), false},
    {PEN_STR("szlig"), PEN_STR("\xc3\x9f"), false},
    {PEN_STR("thinsp"), PEN_STR("\xe2\x80\x89"), false},
    {PEN_STR("tilde"), PEN_STR("\xcb\x9c"), false},
    {PEN_STR("times"), PEN_STR("\xc3\x97"), false},
    {PEN_STR("trade"), PEN_STR("\xe2\x84\xa2"), false},
    {PEN_STR("uacute"), PEN_STR("\xc3\xba"), false},
    {PEN_STR("uuml"), PEN_STR("\xc3\xbc"), false},
    {PEN_STR("verbar"), PEN_STR("|"), false},
    {PEN_STR("vert"), PEN_STR("|"), false},
    {PEN_STR("yen"), PEN_STR("\xc2\xa5"), false},
    {PEN_STR("zwj"), PEN_STR("\xe2\x80\x8d"), false},
    {PEN_STR("zwnj"), PEN_STR("\xe2\x80\x8c"), false},
};
/* clang-format on */

static const struct pen_codec_unit nothing;

/* HTML reads the numbers of C1 controls as windows-1252 does, and what is no character as U+FFFD.
 */
static uint32_t meaning(uint32_t number)
{
    static const uint16_t windows[] = {
        0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x008d, 0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
        0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178};
    if (number >= 0x80 && number < 0x80 + PEN_COUNT_OF(windows)) return windows[number - 0x80];
    if (number == 0 || number > 0x10ffff || (number >= 0xd800 && number <= 0xdfff)) return 0xfffd;
    return number;
}

/* "&#39;", "&#0000039", "&#x27;": `at` is the first digit. */
static struct pen_codec_unit read_number(struct pen_str rest, size_t at, uint32_t base, char *out)
{
    uint32_t number = 0;
    const size_t first = at;
    for (; at < rest.len; at++) {
        const int digit = pen_hex_value(rest.ptr[at]);
        if (digit < 0 || (uint32_t)digit >= base) break;
        if (number <= 0x10ffff) number = number * base + (uint32_t)digit;
    }
    if (at == first) return nothing;
    if (at < rest.len && rest.ptr[at] == ';') at++;

    /* "&#1" are three bytes, and U+FFFD and the like three. */
    char made[4];
    const size_t length = pen_utf8_encode(meaning(number), made);
    if (length > at) return nothing;
    if (out != NULL) memcpy(out, made, length);
    return (struct pen_codec_unit){.taken = at, .made = length};
}

static const struct reference *find(struct pen_str name)
{
    size_t low = 0;
    size_t high = PEN_COUNT_OF(references);
    while (low < high) {
        const size_t middle = (low + high) / 2;
        const int order = pen_str_compare(name, references[middle].name);
        if (order == 0) return &references[middle];
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

static struct pen_codec_unit give(const struct reference *found, size_t taken, char *out)
{
    if (out != NULL) memcpy(out, found->text.ptr, found->text.len);
    return (struct pen_codec_unit){.taken = taken, .made = found->text.len};
}

/* The whole name before ';', or the longest beginning that needs none: "&ltscript" is "<script". */
static struct pen_codec_unit read_name(struct pen_str rest, char *out)
{
    size_t end = 1;
    while (end < rest.len && end <= LONGEST_NAME && pen_is_alnum(rest.ptr[end])) {
        end++;
    }
    if (end < rest.len && rest.ptr[end] == ';') {
        const struct reference *const whole = find(pen_str_slice(rest, 1, end));
        if (whole != NULL) return give(whole, end + 1, out);
    }
    for (; end > 2; end--) {
        const struct reference *const open = find(pen_str_slice(rest, 1, end));
        if (open != NULL && open->may_be_open) return give(open, end, out);
    }
    return nothing;
}

static struct pen_codec_unit read_reference(struct pen_str rest, char *out)
{
    if (rest.len < 3) return nothing;
    if (rest.ptr[1] != '#') return read_name(rest, out);

    const bool is_hex = pen_to_lower(rest.ptr[2]) == 'x';
    return is_hex ? read_number(rest, 3, 16, out) : read_number(rest, 2, 10, out);
}

enum pen_status pen_codec_entity(struct pen_str in, struct pen_arena *arena, struct pen_str *out)
{
    return pen_codec_rewrite(in, '&', read_reference, in.len, arena, out);
}
