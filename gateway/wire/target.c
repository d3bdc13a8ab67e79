/**
 * Request targets: origin-form, absolute-form, and "*".
 *
 * The target is routed, matched against policy and sent on exactly as received, never decoded or
 * normalised. That is safe only when decoding or normalising could not make it mean something else,
 * so whatever they could change is refused: dot segments, empty segments, an encoded separator or
 * control byte, each also when it is encoded more than once.
 */
#include "gateway/wire/internal.h"

#define DEEP_BYTES  8192 /* of a path with an encoded '%': the longest target that is taken */
#define DEEP_LAYERS 4    /* more than any reader undoes */

/* Value of the two hexadecimal digits at `at`, or -1. */
static int hex_pair(struct pen_str text, size_t at)
{
    if (text.len < 2 || at > text.len - 2) return -1;

    const int high = pen_hex_value(text.ptr[at]);
    const int low = pen_hex_value(text.ptr[at + 1]);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* The byte at `at` without its percent-encoding, and what it occupies. */
static unsigned char byte_at(struct pen_str text, size_t at, size_t *length)
{
    const int value = text.ptr[at] == '%' ? hex_pair(text, at + 1) : -1;
    *length = value < 0 ? 1 : 3;
    return value < 0 ? (unsigned char)text.ptr[at] : (unsigned char)value;
}

/* "." and "..", also before a path parameter ("/..;/"), which some servers cut off first. */
static bool is_dot_segment(struct pen_str segment)
{
    size_t dots = 0;
    for (size_t at = 0; at < segment.len;) {
        size_t length = 0;
        const unsigned char c = byte_at(segment, at, &length);
        if (c == ';') break;
        if (c != '.' || dots == 2) return false;
        dots++;
        at += length;
    }
    return dots > 0;
}

/* Decoded bytes must be UTF-8 (RFC 3629): an overlong form is a second spelling of a byte. */
struct utf8 {
    unsigned left;      /* continuation bytes still due */
    unsigned char low;  /* least value of the next one */
    unsigned char high; /* greatest value of the next one */
};

static bool utf8_step(struct utf8 *utf8, unsigned char c)
{
    if (utf8->left > 0) {
        if (c < utf8->low || c > utf8->high) return false;
        *utf8 = (struct utf8){utf8->left - 1, 0x80, 0xbf};
        return true;
    }
    if (c < 0x80) return true;
    if (c < 0xc2 || c > 0xf4) return false;
    utf8->left = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
    utf8->low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
    utf8->high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
    return true;
}

/* A separator or control byte that is none before it is decoded. */
static bool is_harmful(unsigned char c)
{
    return c < 0x20 || c == 0x7f || c == '/' || c == '\\';
}

static enum pen_wire_reason check_escape(struct pen_str path, size_t at, struct utf8 *utf8)
{
    const int value = hex_pair(path, at + 1);
    if (value < 0) return PEN_REASON_TARGET_ESCAPE;
    if (!utf8_step(utf8, (unsigned char)value)) return PEN_REASON_TARGET_UTF8;
    return is_harmful((unsigned char)value) ? PEN_REASON_TARGET_ENCODED : PEN_REASON_NONE;
}

/* One segment from `start`; `*end` is the next '/' or the end of the path. */
static enum pen_wire_reason check_segment(struct pen_str path, size_t start, size_t *end)
{
    struct utf8 utf8 = {0};
    size_t at = start;
    while (at < path.len && path.ptr[at] != '/') {
        if (path.ptr[at] == '%') {
            const enum pen_wire_reason reason = check_escape(path, at, &utf8);
            if (reason != PEN_REASON_NONE) return reason;
            at += 3;
            continue;
        }
        if (!pen_wire_byte_is(path.ptr[at], PEN_BYTE_SEGMENT)) return PEN_REASON_TARGET_BYTE;
        if (utf8.left > 0) return PEN_REASON_TARGET_UTF8;
        at++;
    }
    *end = at;
    return utf8.left > 0 ? PEN_REASON_TARGET_UTF8 : PEN_REASON_NONE;
}

/* What a path, decoded at least once, would mean to one who decodes it once more. */
static enum pen_wire_reason check_decoded(struct pen_str path, bool *encoded)
{
    *encoded = false;
    for (size_t at = 0; at < path.len;) {
        size_t length = 0;
        const unsigned char c = byte_at(path, at, &length);
        if (length > 1) *encoded = true;
        if (length > 1 && is_harmful(c)) return PEN_REASON_TARGET_ENCODED;
        at += length;
    }
    for (size_t start = 0; *encoded && start < path.len;) {
        const size_t end = pen_str_find(path, '/', start);
        if (is_dot_segment(pen_str_slice(path, start, end))) return PEN_REASON_TARGET_DOT_SEGMENT;
        start = end + 1;
    }
    return PEN_REASON_NONE;
}

/* Every layer of encoding below the first: "%25%32%65" is ".", too. Rare, and so done apart. */
static enum pen_wire_reason check_deeper(struct pen_str path)
{
    char text[DEEP_BYTES];
    if (path.len > sizeof(text)) return PEN_REASON_TARGET_ENCODED;

    struct pen_str layer = path;
    for (int i = 0; i < DEEP_LAYERS; i++) {
        size_t len = 0;
        for (size_t at = 0, length = 0; at < layer.len; at += length) {
            text[len++] = (char)byte_at(layer, at, &length);
        }
        layer = (struct pen_str){text, len};
        bool encoded = false;
        const enum pen_wire_reason reason = check_decoded(layer, &encoded);
        if (reason != PEN_REASON_NONE || !encoded) return reason;
    }
    return PEN_REASON_TARGET_ENCODED;
}

static enum pen_wire_reason check_path(struct pen_str path)
{
    bool deep = false;
    for (size_t at = 1; at < path.len;) {
        size_t end = 0;
        const enum pen_wire_reason reason = check_segment(path, at, &end);
        if (reason != PEN_REASON_NONE) return reason;
        if (end == at) return PEN_REASON_TARGET_EMPTY_SEGMENT;

        const bool may_be_dots = path.ptr[at] == '.' || path.ptr[at] == '%';
        if (may_be_dots && is_dot_segment(pen_str_slice(path, at, end))) {
            return PEN_REASON_TARGET_DOT_SEGMENT;
        }
        at = end + 1;
    }
    for (size_t at = pen_str_find(path, '%', 0); at < path.len && !deep;
         at = pen_str_find(path, '%', at + 1)) {
        deep = path.ptr[at + 1] == '2' && path.ptr[at + 2] == '5';
    }
    return deep ? check_deeper(path) : PEN_REASON_NONE;
}

static enum pen_wire_reason check_query(struct pen_str query)
{
    for (size_t at = 0; at < query.len; at++) {
        if (pen_wire_byte_is(query.ptr[at], PEN_BYTE_QUERY)) continue;
        if (query.ptr[at] != '%') return PEN_REASON_TARGET_BYTE;

        const int value = hex_pair(query, at + 1);
        if (value < 0) return PEN_REASON_TARGET_ESCAPE;
        if (value == 0) return PEN_REASON_TARGET_ENCODED;
        at += 2;
    }
    return PEN_REASON_NONE;
}

static enum pen_wire_reason parse_origin(struct pen_str target, struct pen_wire_head *out)
{
    const size_t mark = pen_str_find(target, '?', 0);
    out->target = target;
    out->path = pen_str_slice(target, 0, mark);
    out->has_query = mark < target.len;
    out->query = pen_str_slice(target, out->has_query ? mark + 1 : mark, target.len);

    const enum pen_wire_reason reason = check_path(out->path);
    return reason != PEN_REASON_NONE ? reason : check_query(out->query);
}

static enum pen_wire_reason parse_absolute(struct pen_str target, size_t scheme,
                                           struct pen_wire_head *out)
{
    size_t end = scheme;
    while (end < target.len && target.ptr[end] != '/' && target.ptr[end] != '?') {
        end++;
    }
    out->authority = pen_str_slice(target, scheme, end);
    if (!pen_wire_is_authority(out->authority)) return PEN_REASON_AUTHORITY;

    const struct pen_str rest = pen_str_slice(target, end, target.len);
    if (rest.len == 0) {
        /* RFC 9112 sections 3.2.1 and 3.2.4: an empty path is "/", or "*" for OPTIONS. */
        const bool options = pen_str_equal(out->method, PEN_S("OPTIONS"));
        return parse_origin(options ? PEN_S("*") : PEN_S("/"), out);
    }
    return rest.ptr[0] == '/' ? parse_origin(rest, out) : PEN_REASON_TARGET_FORM;
}

enum pen_wire_reason pen_wire_parse_target(struct pen_str target, struct pen_wire_head *out)
{
    out->authority = (struct pen_str){0};
    if (target.ptr[0] == '/') return parse_origin(target, out);
    if (pen_str_equal(target, PEN_S("*"))) {
        const bool options = pen_str_equal(out->method, PEN_S("OPTIONS"));
        return options ? parse_origin(target, out) : PEN_REASON_TARGET_FORM;
    }
    const struct pen_str schemes[] = {PEN_STR("http://"), PEN_STR("https://")};
    for (size_t i = 0; i < PEN_COUNT_OF(schemes); i++) {
        if (pen_str_starts_fold(target, schemes[i])) {
            return parse_absolute(target, schemes[i].len, out);
        }
    }
    return PEN_REASON_TARGET_FORM;
}
