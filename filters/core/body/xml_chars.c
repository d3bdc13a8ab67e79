/**
 * A table for ASCII, the grammar's ranges for the rest. The whole document is checked for what no
 * part of it may hold before any part is read: then the readers need not.
 */
#include "filters/core/body/xml_chars.h"

#include <string.h>

#include "filters/core/utf8.h"

#define S PEN_XML_SPACE
#define L (PEN_XML_NAME_START | PEN_XML_NAME)
#define N PEN_XML_NAME
#define T PEN_XML_TEXT_STOP
#define V PEN_XML_VALUE_STOP

const unsigned char pen_xml_classes[256] = {
    ['\t'] = S | V, ['\n'] = S | V, ['\r'] = S | T | V, [' '] = S, ['<'] = T | V, ['&'] = T | V,
    [']'] = T,      ['"'] = V,      ['\''] = V,         ['-'] = N, ['.'] = N,     ['0'] = N,
    ['1'] = N,      ['2'] = N,      ['3'] = N,          ['4'] = N, ['5'] = N,     ['6'] = N,
    ['7'] = N,      ['8'] = N,      ['9'] = N,          [':'] = L, ['_'] = L,     ['A'] = L,
    ['B'] = L,      ['C'] = L,      ['D'] = L,          ['E'] = L, ['F'] = L,     ['G'] = L,
    ['H'] = L,      ['I'] = L,      ['J'] = L,          ['K'] = L, ['L'] = L,     ['M'] = L,
    ['N'] = L,      ['O'] = L,      ['P'] = L,          ['Q'] = L, ['R'] = L,     ['S'] = L,
    ['T'] = L,      ['U'] = L,      ['V'] = L,          ['W'] = L, ['X'] = L,     ['Y'] = L,
    ['Z'] = L,      ['a'] = L,      ['b'] = L,          ['c'] = L, ['d'] = L,     ['e'] = L,
    ['f'] = L,      ['g'] = L,      ['h'] = L,          ['i'] = L, ['j'] = L,     ['k'] = L,
    ['l'] = L,      ['m'] = L,      ['n'] = L,          ['o'] = L, ['p'] = L,     ['q'] = L,
    ['r'] = L,      ['s'] = L,      ['t'] = L,          ['u'] = L, ['v'] = L,     ['w'] = L,
    ['x'] = L,      ['y'] = L,      ['z'] = L,
};

#undef S
#undef L
#undef N
#undef T
#undef V

bool pen_xml_is_char(uint32_t scalar)
{
    if (scalar < 0x20) return scalar == '\t' || scalar == '\n' || scalar == '\r';
    return scalar <= 0xd7ff || (scalar >= 0xe000 && scalar <= 0xfffd)
           || (scalar >= 0x10000 && scalar <= 0x10ffff);
}

/* Control characters of ASCII: sixty-four bytes at a time, which a compiler makes one look of. */
static size_t before_control(struct pen_str text)
{
    const unsigned char *const bytes = (const unsigned char *)text.ptr;
    size_t at = 0;
    while (text.len - at >= 64) {
        unsigned char controls = 0;
        for (size_t i = 0; i < 64; i++) {
            const unsigned char c = bytes[at + i];
            controls |= (unsigned char)((c < 0x20) & (c != '\t') & (c != '\n') & (c != '\r'));
        }
        if (controls != 0) break;
        at += 64;
    }
    while (at < text.len && pen_xml_is_char(bytes[at] < 0x80 ? bytes[at] : 0x80)) {
        at++;
    }
    return at;
}

/* U+FFFE and U+FFFF, "\xef\xbf\xbe" and "\xef\xbf\xbf": valid UTF-8, but no Char. */
static size_t before_noncharacter(struct pen_str text)
{
    for (size_t at = pen_str_find(text, '\xef', 0); at < text.len;
         at = pen_str_find(text, '\xef', at + 1)) {
        if (text.len - at >= 3 && text.ptr[at + 1] == '\xbf'
            && (unsigned char)text.ptr[at + 2] >= 0xbe) {
            return at;
        }
    }
    return text.len;
}

size_t pen_xml_valid_prefix(struct pen_str text, const char **code)
{
    const size_t utf8 = pen_utf8_valid_prefix(text);
    const struct pen_str valid = pen_str_slice(text, 0, utf8);
    size_t chars = before_control(valid);
    chars = before_noncharacter(pen_str_slice(valid, 0, chars));
    *code = chars < utf8 ? "xml.control" : "xml.utf8";
    return chars;
}

/* One scalar of valid UTF-8. */
static uint32_t decode(const unsigned char *p, size_t *length)
{
    if (p[0] < 0x80) {
        *length = 1;
        return p[0];
    }
    if (p[0] < 0xe0) {
        *length = 2;
        return (uint32_t)(p[0] & 0x1f) << 6 | (p[1] & 0x3f);
    }
    if (p[0] < 0xf0) {
        *length = 3;
        return (uint32_t)(p[0] & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
    }
    *length = 4;
    return (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3f) << 12
           | (uint32_t)(p[2] & 0x3f) << 6 | (p[3] & 0x3f);
}

/* NameStartChar above ASCII, production [4]. */
static bool starts_name(uint32_t c)
{
    static const struct {
        uint32_t first;
        uint32_t last;
    } ranges[] = {
        {0xc0, 0xd6},     {0xd8, 0xf6},     {0xf8, 0x2ff},    {0x370, 0x37d},
        {0x37f, 0x1fff},  {0x200c, 0x200d}, {0x2070, 0x218f}, {0x2c00, 0x2fef},
        {0x3001, 0xd7ff}, {0xf900, 0xfdcf}, {0xfdf0, 0xfffd}, {0x10000, 0xeffff},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(ranges); i++) {
        if (c <= ranges[i].last) return c >= ranges[i].first;
    }
    return false;
}

/* NameChar above ASCII, production [4a]. */
static bool continues_name(uint32_t c)
{
    return c == 0xb7 || (c >= 0x300 && c <= 0x36f) || c == 0x203f || c == 0x2040 || starts_name(c);
}

size_t pen_xml_name_length(struct pen_str text)
{
    size_t at = 0;
    while (at < text.len) {
        const char c = text.ptr[at];
        if (pen_xml_is(c, at == 0 ? PEN_XML_NAME_START : PEN_XML_NAME)) {
            at++;
            continue;
        }
        if ((unsigned char)c < 0x80) break;

        size_t length;
        const uint32_t scalar = decode((const unsigned char *)text.ptr + at, &length);
        if (!(at == 0 ? starts_name(scalar) : continues_name(scalar))) break;
        at += length;
    }
    return at;
}

bool pen_xml_is_qname(struct pen_str name, size_t *colon)
{
    *colon = 0; /* names are short: looking is cheaper than calling */
    while (*colon < name.len && name.ptr[*colon] != ':') {
        (*colon)++;
    }
    if (*colon == name.len) return true;

    const struct pen_str local = pen_str_slice(name, *colon + 1, name.len);
    return *colon > 0 && pen_str_find(local, ':', 0) == local.len
           && pen_xml_name_length(local) == local.len && local.len > 0;
}

bool pen_xml_is_blank(struct pen_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!pen_xml_is(text.ptr[i], PEN_XML_SPACE)) return false;
    }
    return true;
}
