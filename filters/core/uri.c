/**
 * A cursor runs from delimiter to delimiter; each part has its set of bytes in one table of bits.
 *
 * Bytes beyond ASCII are in no set: where an IRI is read, they are taken character by character by
 * RFC 3987's ranges.
 */
#include "filters/core/uri.h"

#include "filters/core/ip.h"
#include "filters/core/utf8.h"

/* Sets of RFC 3986 appendix A. '%' is in none of them: an escape is three bytes. */
#define SCHEME    0x01U /* ALPHA / DIGIT / "+" / "-" / "." */
#define REG_NAME  0x02U /* unreserved / sub-delims */
#define USER_INFO 0x04U /* the same and ":" */
#define SEGMENT   0x08U /* pchar and "/" */
#define QUERY     0x10U /* pchar, "/" and "?"; the fragment's set too */

#define MARK   (REG_NAME | USER_INFO | SEGMENT | QUERY)
#define LETTER (MARK | SCHEME)

static const unsigned char sets[256] = {
    ['A'] = LETTER,
    ['B'] = LETTER,
    ['C'] = LETTER,
    ['D'] = LETTER,
    ['E'] = LETTER,
    ['F'] = LETTER,
    ['G'] = LETTER,
    ['H'] = LETTER,
    ['I'] = LETTER,
    ['J'] = LETTER,
    ['K'] = LETTER,
    ['L'] = LETTER,
    ['M'] = LETTER,
    ['N'] = LETTER,
    ['O'] = LETTER,
    ['P'] = LETTER,
    ['Q'] = LETTER,
    ['R'] = LETTER,
    ['S'] = LETTER,
    ['T'] = LETTER,
    ['U'] = LETTER,
    ['V'] = LETTER,
    ['W'] = LETTER,
    ['X'] = LETTER,
    ['Y'] = LETTER,
    ['Z'] = LETTER,
    ['a'] = LETTER,
    ['b'] = LETTER,
    ['c'] = LETTER,
    ['d'] = LETTER,
    ['e'] = LETTER,
    ['f'] = LETTER,
    ['g'] = LETTER,
    ['h'] = LETTER,
    ['i'] = LETTER,
    ['j'] = LETTER,
    ['k'] = LETTER,
    ['l'] = LETTER,
    ['m'] = LETTER,
    ['n'] = LETTER,
    ['o'] = LETTER,
    ['p'] = LETTER,
    ['q'] = LETTER,
    ['r'] = LETTER,
    ['s'] = LETTER,
    ['t'] = LETTER,
    ['u'] = LETTER,
    ['v'] = LETTER,
    ['w'] = LETTER,
    ['x'] = LETTER,
    ['y'] = LETTER,
    ['z'] = LETTER,
    ['0'] = LETTER,
    ['1'] = LETTER,
    ['2'] = LETTER,
    ['3'] = LETTER,
    ['4'] = LETTER,
    ['5'] = LETTER,
    ['6'] = LETTER,
    ['7'] = LETTER,
    ['8'] = LETTER,
    ['9'] = LETTER,
    /* unreserved */
    ['-'] = LETTER,
    ['.'] = LETTER,
    ['_'] = MARK,
    ['~'] = MARK,
    /* sub-delims */
    ['!'] = MARK,
    ['$'] = MARK,
    ['&'] = MARK,
    ['\''] = MARK,
    ['('] = MARK,
    [')'] = MARK,
    ['*'] = MARK,
    ['+'] = LETTER,
    [','] = MARK,
    [';'] = MARK,
    ['='] = MARK,
    /* delimiters that some parts may hold */
    [':'] = USER_INFO | SEGMENT | QUERY,
    ['@'] = SEGMENT | QUERY,
    ['/'] = SEGMENT | QUERY,
    ['?'] = QUERY,
};

struct cursor {
    struct pen_str text;
    size_t at;
    bool international;
};

static bool is_in(unsigned char byte, unsigned set)
{
    return (sets[byte] & set) != 0;
}

static bool stands(const struct cursor *c, char mark)
{
    return c->at < c->text.len && c->text.ptr[c->at] == mark;
}

static bool take(struct cursor *c, char mark)
{
    if (!stands(c, mark)) return false;
    c->at++;
    return true;
}

static struct pen_str since(const struct cursor *c, size_t start)
{
    return (struct pen_str){c->text.ptr + start, c->at - start};
}

static bool take_escape(struct cursor *c)
{
    const char *const p = c->text.ptr + c->at;
    if (c->text.len - c->at < 3 || pen_hex_value(p[1]) < 0 || pen_hex_value(p[2]) < 0) return false;
    c->at += 3;
    return true;
}

/* RFC 3987 section 2.2: ucschar, and iprivate in a query alone. The last two code points of a plane
 * are no characters. */
static bool is_international(uint32_t scalar, bool in_query)
{
    if (scalar < 0xa0) return false;
    if (scalar < 0xe000) return true; /* no surrogates come out of UTF-8 */
    if (scalar < 0xf900) return in_query;
    if (scalar < 0x10000) return scalar < 0xfdd0 || (scalar >= 0xfdf0 && scalar <= 0xffef);
    if ((scalar & 0xffff) > 0xfffd) return false;
    if (scalar < 0xe0000) return true;
    if (scalar < 0xf0000) return scalar >= 0xe1000;
    return in_query;
}

static bool take_international(struct cursor *c, bool in_query)
{
    uint32_t scalar;
    const size_t length = pen_utf8_decode(c->text.ptr + c->at, c->text.len - c->at, &scalar);
    if (length == 0 || !is_international(scalar, in_query)) return false;
    c->at += length;
    return true;
}

/* To the first byte that is not of `set`, over escapes and, in an IRI, letters of all languages.
 * A broken escape and a wrong character stop it too, where no delimiter is. */
static void run(struct cursor *c, unsigned set, bool in_query)
{
    for (;;) {
        while (c->at < c->text.len && is_in((unsigned char)c->text.ptr[c->at], set)) {
            c->at++;
        }
        if (c->at == c->text.len) return;
        const char byte = c->text.ptr[c->at];
        if (byte == '%') {
            if (!take_escape(c)) return;
        } else {
            if (!c->international || (unsigned char)byte < 0x80) return;
            if (!take_international(c, in_query)) return;
        }
    }
}

/* "v1.fe80:a+en1": RFC 3986 section 3.2.2, IPvFuture. */
static bool is_future_address(struct pen_str text)
{
    size_t at = 1;
    while (at < text.len && pen_hex_value(text.ptr[at]) >= 0) {
        at++;
    }
    if (at == 1 || at == text.len || text.ptr[at] != '.' || at + 1 == text.len) return false;
    for (at++; at < text.len; at++) {
        if (!is_in((unsigned char)text.ptr[at], USER_INFO)) return false;
    }
    return true;
}

static bool take_ip_literal(struct cursor *c)
{
    const size_t close = pen_str_find(c->text, ']', c->at);
    if (close == c->text.len) return false;
    const struct pen_str inner = pen_str_slice(c->text, c->at + 1, close);
    c->at = close + 1;
    if (inner.len > 0 && pen_to_lower(inner.ptr[0]) == 'v') return is_future_address(inner);
    return pen_ip_is_v6(inner);
}

/* The first run covers both what may be a user and what may be host and port: the '@' decides. */
static bool take_authority(struct cursor *c, struct pen_uri *out)
{
    const size_t start = c->at;
    run(c, USER_INFO, false);
    size_t host = start;
    if (take(c, '@')) {
        out->has_userinfo = true;
        out->userinfo = pen_str_slice(c->text, start, c->at - 1);
        host = c->at;
    } else {
        c->at = start;
    }
    if (stands(c, '[')) {
        if (!take_ip_literal(c)) return false;
    } else {
        run(c, REG_NAME, false);
    }
    out->host = since(c, host);
    if (take(c, ':')) {
        const size_t port = c->at;
        while (c->at < c->text.len && pen_is_digit(c->text.ptr[c->at])) {
            c->at++;
        }
        out->has_port = true;
        out->port = since(c, port);
    }
    out->has_authority = true;
    out->authority = since(c, start);
    return c->at == c->text.len || stands(c, '/') || stands(c, '?') || stands(c, '#');
}

static void take_scheme(struct cursor *c, struct pen_uri *out)
{
    if (c->text.len == 0 || !pen_is_alpha(c->text.ptr[0])) return;
    while (c->at < c->text.len && is_in((unsigned char)c->text.ptr[c->at], SCHEME)) {
        c->at++;
    }
    if (stands(c, ':')) {
        out->scheme = since(c, 0);
        c->at++;
    } else {
        c->at = 0;
    }
}

static bool has_colon_in_first_segment(struct pen_str path)
{
    return pen_str_find(path, ':', 0) < pen_str_find(path, '/', 0);
}

enum pen_status pen_uri_read(struct pen_str text, enum pen_uri_letters letters, struct pen_uri *out)
{
    struct cursor c = {.text = text, .international = letters == PEN_URI_INTERNATIONAL};
    struct pen_uri uri = {0};
    take_scheme(&c, &uri);
    if (pen_str_stands(text, c.at, PEN_S("//"))) {
        c.at += 2;
        if (!take_authority(&c, &uri)) return PEN_ERR_SYNTAX;
    }

    const size_t path = c.at;
    run(&c, SEGMENT, false);
    uri.path = since(&c, path);
    /* Section 4.2, path-noscheme: "a:b" would have a scheme. */
    if (uri.scheme.len == 0 && !uri.has_authority && has_colon_in_first_segment(uri.path)) {
        return PEN_ERR_SYNTAX;
    }
    if (take(&c, '?')) {
        const size_t query = c.at;
        run(&c, QUERY, true);
        uri.has_query = true;
        uri.query = since(&c, query);
    }
    if (take(&c, '#')) {
        const size_t fragment = c.at;
        run(&c, QUERY, false);
        uri.has_fragment = true;
        uri.fragment = since(&c, fragment);
    }
    if (c.at != text.len) return PEN_ERR_SYNTAX;

    *out = uri;
    return PEN_OK;
}
