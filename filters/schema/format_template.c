/**
 * URI templates: RFC 6570 section 2, every level.
 *
 * The operators that section 2.2 reserves for later ("=,!@|") are of the grammar and pass; an
 * apostrophe is a literal, as erratum 6937 has it.
 */
#include "filters/core/uri.h"
#include "filters/schema/format_checks.h"

/* Section 2.2, operator. */
static bool is_operator(char c)
{
    switch (c) {
    case '+':
    case '#':
    case '.':
    case '/':
    case ';':
    case '?':
    case '&':
    case '=':
    case ',':
    case '!':
    case '@':
    case '|':
        return true;
    default:
        return false;
    }
}

/* What of printable ASCII is no literal (section 2.1), '%' apart. */
static bool is_never_literal(char c)
{
    switch (c) {
    case '"':
    case '<':
    case '>':
    case '\\':
    case '^':
    case '`':
    case '{':
    case '|':
    case '}':
        return true;
    default:
        return false;
    }
}

static bool take_escape(struct pen_str text, size_t *at)
{
    if (text.len - *at < 3 || pen_hex_value(text.ptr[*at + 1]) < 0
        || pen_hex_value(text.ptr[*at + 2]) < 0) {
        return false;
    }
    *at += 3;
    return true;
}

/* One of varchar: a letter, a digit, '_' or an escape. */
static bool take_name_char(struct pen_str text, size_t *at)
{
    if (*at == text.len) return false;
    if (text.ptr[*at] == '%') return take_escape(text, at);
    if (!pen_is_name_char(text.ptr[*at])) return false;
    (*at)++;
    return true;
}

/* varname = varchar *( ["."] varchar ): dots stand alone, between others. */
static bool take_name(struct pen_str text, size_t *at)
{
    for (;;) {
        if (!take_name_char(text, at)) return false;
        while (take_name_char(text, at)) {
        }
        if (*at == text.len || text.ptr[*at] != '.') return true;
        (*at)++;
    }
}

/* ":" max-length, which is 1 to 9999 without a leading zero. */
static bool take_length(struct pen_str text, size_t *at)
{
    const size_t start = *at;
    while (*at < text.len && *at - start < 4 && pen_is_digit(text.ptr[*at])) {
        (*at)++;
    }
    return *at > start && text.ptr[start] != '0';
}

static bool take_variable(struct pen_str text, size_t *at)
{
    if (!take_name(text, at)) return false;
    if (*at == text.len) return false; /* no '}' */
    if (text.ptr[*at] == '*') {
        (*at)++;
        return true;
    }
    if (text.ptr[*at] != ':') return true;
    (*at)++;
    return take_length(text, at);
}

/* Behind '{', up to '}' and over it. */
static bool take_expression(struct pen_str text, size_t *at)
{
    if (*at < text.len && is_operator(text.ptr[*at])) (*at)++;
    for (;;) {
        if (!take_variable(text, at) || *at == text.len) return false;
        const char mark = text.ptr[(*at)++];
        if (mark == '}') return true;
        if (mark != ',') return false;
    }
}

/* Section 2.1, literals: what a URI or an IRI holds somewhere, '{' and '}' apart. */
static bool take_literal(struct pen_str text, size_t *at)
{
    const char c = text.ptr[*at];
    if (c == '%') return take_escape(text, at);
    if ((unsigned char)c >= 0x80) {
        const size_t length = pen_uri_letter(text, *at);
        *at += length;
        return length > 0;
    }
    if (c <= ' ' || c == 0x7f || is_never_literal(c)) return false;
    (*at)++;
    return true;
}

bool pen_format_is_uri_template(struct pen_str text)
{
    size_t at = pen_uri_skip(text, 0);
    while (at < text.len) {
        if (text.ptr[at] == '{') {
            at++;
            if (!take_expression(text, &at)) return false;
            at = pen_uri_skip(text, at);
        } else if (!take_literal(text, &at)) {
            return false;
        }
    }
    return true;
}
