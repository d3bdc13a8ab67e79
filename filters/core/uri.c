/**
 * A cursor runs from delimiter to delimiter; each part has its set of bytes in one table of bits.
 *
 * Bytes beyond ASCII are in no set: where an IRI is read, they are taken character by character by
 * RFC 3987's ranges.
 */
#include "filters/core/uri.h"

#include "filters/core/block16.h"
#include "filters/core/ip.h"
#include "filters/core/utf8.h"

/* Sets of RFC 3986 appendix A. '%' is in none of them: an escape is three bytes. */
#define SCHEME    0x01U /* ALPHA / DIGIT / "+" / "-" / "." */
#define USER_INFO 0x02U /* unreserved / sub-delims / ":" */
#define SEGMENT   0x04U /* pchar and "/" */
#define QUERY     0x08U /* pchar, "/" and "?"; the fragment's set too */

#define MARK   (USER_INFO | SEGMENT | QUERY)
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

/* Length of an escape, 0 when it is broken. */
static size_t escape(struct pen_str text, size_t at)
{
    const char *const p = text.ptr + at;
    return text.len - at >= 3 && pen_hex_value(p[1]) >= 0 && pen_hex_value(p[2]) >= 0 ? 3 : 0;
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

static size_t letter(struct pen_str text, size_t at, bool in_query)
{
    uint32_t scalar;
    const size_t length = pen_utf8_decode(text.ptr + at, text.len - at, &scalar);
    return length > 0 && is_international(scalar, in_query) ? length : 0;
}

/* Blocks of path characters; what is left at the end is looked at with what stands before it. */
static inline size_t skip(struct pen_str text, size_t at)
{
    while (text.len - at >= PEN_BLOCK) {
        const size_t length = pen_block_path(text.ptr + at);
        at += length;
        if (length < PEN_BLOCK) return at;
    }
    if (at == text.len || text.len < PEN_BLOCK) return at;
    const bool fits = pen_block_path(text.ptr + text.len - PEN_BLOCK) == PEN_BLOCK;
    return fits ? text.len : at;
}

/* To the first byte that is not of `set`, over escapes and, in an IRI, letters of all languages.
 * A broken escape and a wrong character stop it too, where no delimiter is. */
static void run(struct cursor *c, unsigned set, bool in_query)
{
    const char *const bytes = c->text.ptr;
    const size_t end = c->text.len;
    /* A path's characters are all of a query's, too; a host is too short, and has no '/'. */
    size_t at = (set & USER_INFO) != 0 ? c->at : skip(c->text, c->at);
    for (;;) {
        while (at < end && is_in((unsigned char)bytes[at], set)) {
            at++;
        }
        if (at == end) break;
        size_t length = 0;
        if (bytes[at] == '%') {
            length = escape(c->text, at);
        } else if (c->international && (unsigned char)bytes[at] >= 0x80) {
            length = letter(c->text, at, in_query);
        }
        if (length == 0) break;
        at += length;
    }
    c->at = at;
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

struct authority {
    struct pen_str user;
    struct pen_str host;
    struct pen_str port;
    bool has_user;
    bool has_port;
};

static struct pen_str take_digits(struct cursor *c)
{
    const size_t start = c->at;
    while (c->at < c->text.len && pen_is_digit(c->text.ptr[c->at])) {
        c->at++;
    }
    return since(c, start);
}

/* A run covers both what may be a user and what may be host and port; the '@' decides. Without one,
 * the host ends at the first ':', and behind it are digits alone. */
static bool take_authority(struct cursor *c, struct authority *out)
{
    const size_t start = c->at;
    size_t host = start;
    run(c, USER_INFO, false);
    if (take(c, '@')) {
        out->has_user = true;
        out->user = pen_str_slice(c->text, start, c->at - 1);
        host = c->at;
        run(c, USER_INFO, false);
    }
    if (c->at == host && stands(c, '[')) {
        if (!take_ip_literal(c)) return false;
    } else {
        c->at = host + pen_str_find(since(c, host), ':', 0);
    }
    out->host = since(c, host);
    out->has_port = take(c, ':');
    if (out->has_port) out->port = take_digits(c);
    return c->at == c->text.len || stands(c, '/') || stands(c, '?') || stands(c, '#');
}

/* A scheme and its ':'; empty, and nothing taken, when there is none. */
static struct pen_str take_scheme(struct cursor *c)
{
    const struct pen_str text = c->text;
    if (text.len == 0 || !pen_is_alpha(text.ptr[0])) return since(c, 0);
    size_t end = 1;
    while (end < text.len && is_in((unsigned char)text.ptr[end], SCHEME)) {
        end++;
    }
    if (end == text.len || text.ptr[end] != ':') return since(c, 0);
    c->at = end + 1;
    return pen_str_slice(text, 0, end);
}

static bool has_slashes(const struct cursor *c)
{
    return c->text.len - c->at >= 2 && c->text.ptr[c->at] == '/' && c->text.ptr[c->at + 1] == '/';
}

static struct pen_str take_run(struct cursor *c, unsigned set, bool in_query)
{
    const size_t start = c->at;
    run(c, set, in_query);
    return since(c, start);
}

static bool has_colon_in_first_segment(struct pen_str path)
{
    return pen_str_find(path, ':', 0) < pen_str_find(path, '/', 0);
}

size_t pen_uri_skip(struct pen_str text, size_t at)
{
    return skip(text, at);
}

size_t pen_uri_letter(struct pen_str text, size_t at)
{
    return letter(text, at, true);
}

/* All of `*out` is written at once, at the end: to clear it first costs as much as to read. */
enum pen_status pen_uri_read(struct pen_str text, enum pen_uri_letters letters, struct pen_uri *out)
{
    /* An empty text may have no address, and places are counted from it. */
    if (text.len == 0) text.ptr = "";
    struct cursor c = {.text = text, .international = letters == PEN_URI_INTERNATIONAL};
    const struct pen_str scheme = take_scheme(&c);
    struct authority authority = {.has_user = false};
    struct pen_str whole = {NULL, 0};
    const bool has_authority = has_slashes(&c);
    if (has_authority) {
        c.at += 2;
        const size_t start = c.at;
        if (!take_authority(&c, &authority)) return PEN_ERR_SYNTAX;
        whole = since(&c, start);
    }

    const struct pen_str path = take_run(&c, SEGMENT, false);
    /* Section 4.2, path-noscheme: "a:b" would have a scheme. */
    if (scheme.len == 0 && !has_authority && has_colon_in_first_segment(path)) {
        return PEN_ERR_SYNTAX;
    }
    struct pen_str query = {NULL, 0};
    const bool has_query = take(&c, '?');
    if (has_query) query = take_run(&c, QUERY, true);
    struct pen_str fragment = {NULL, 0};
    const bool has_fragment = take(&c, '#');
    if (has_fragment) fragment = take_run(&c, QUERY, false);
    if (c.at != text.len) return PEN_ERR_SYNTAX;

    *out = (struct pen_uri){
        .scheme = scheme,
        .authority = whole,
        .userinfo = authority.user,
        .host = authority.host,
        .port = authority.port,
        .path = path,
        .query = query,
        .fragment = fragment,
        .has_authority = has_authority,
        .has_userinfo = authority.has_user,
        .has_port = authority.has_port,
        .has_query = has_query,
        .has_fragment = has_fragment,
    };
    return PEN_OK;
}
