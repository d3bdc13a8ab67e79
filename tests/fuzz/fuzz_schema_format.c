/**
 * Named formats and URIs: the bytes are one text for every format, and, where they hold a line end,
 * a base and a reference.
 *
 * What is a stricter format is the wider one too; parts put together are the text; what a reference
 * is resolved to resolves to itself; a host name of other letters is one in its ASCII form.
 */
#include <stdlib.h>
#include <string.h>

#include "filters/core/ip.h"
#include "filters/core/rfc3339.h"
#include "filters/core/uri.h"
#include "filters/core/utf8.h"
#include "filters/schema/format.h"
#include "filters/schema/punycode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TEXT_MOST 4096 /* bytes: room for what is put together here */

static void require(bool holds)
{
    if (!holds) abort();
}

static bool is(struct pen_str name, struct pen_str text)
{
    const struct pen_format *format = pen_format_find(name, false);
    require(format != NULL);
    return pen_format_matches(format, text);
}

static bool is_ascii(struct pen_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] >= 0x80) return false;
    }
    return true;
}

static bool implies(bool a, bool b)
{
    return !a || b;
}

static void compare_formats(struct pen_str text)
{
    const bool uri = is(PEN_S("uri"), text);
    const bool iri = is(PEN_S("iri"), text);
    const bool uri_reference = is(PEN_S("uri-reference"), text);
    const bool iri_reference = is(PEN_S("iri-reference"), text);
    require(implies(uri, iri && uri_reference) && implies(iri || uri_reference, iri_reference));
    require(implies(iri && is_ascii(text), uri));
    require(implies(iri_reference && is_ascii(text), uri_reference));
    require(implies(iri_reference, is(PEN_S("uri-template"), text)));
    require(implies(is(PEN_S("email"), text), is(PEN_S("idn-email"), text)));
    require(implies(is(PEN_S("idn-email"), text) && is_ascii(text), is(PEN_S("email"), text)));
    const bool hostname = is(PEN_S("hostname"), text);
    require(implies(hostname, is(PEN_S("idn-hostname"), text)));
    require(!hostname || !is(PEN_S("ipv4"), text));
    require(!is(PEN_S("ipv4"), text) || !is(PEN_S("ipv6"), text));
    const struct pen_format *old = pen_format_find(PEN_S("relative-json-pointer"), true);
    require(implies(pen_format_matches(old, text), is(PEN_S("relative-json-pointer"), text)));
}

static void compare_moments(struct pen_str text)
{
    if (!is(PEN_S("date-time"), text)) return;
    require(is(PEN_S("date"), pen_str_slice(text, 0, 10)));
    require(is(PEN_S("time"), pen_str_slice(text, 11, text.len)));
    require(pen_rfc3339_read(text, NULL) == PEN_OK);
}

static void look_for_harm(struct pen_str text)
{
    static const struct pen_str names[] = {PEN_STR("date-time"), PEN_STR("date"), PEN_STR("time"),
                                           PEN_STR("duration"),  PEN_STR("uuid"), PEN_STR("ipv4"),
                                           PEN_STR("ipv6")};
    for (size_t i = 0; i < PEN_COUNT_OF(names); i++) {
        require(pen_format_is_harmless(pen_format_find(names[i], false)));
        if (!is(names[i], text)) continue;
        for (size_t at = 0; at < text.len; at++) {
            const char c = text.ptr[at];
            require(pen_is_alnum(c) || c == '-' || c == '+' || c == ':' || c == '.');
            require(at == 0 || c != '-' || text.ptr[at - 1] != '-');
        }
    }
}

/* Behind a number a pointer is a relative one; within brackets an address is a host. */
static void compare_embedded(struct pen_str text)
{
    if (text.len > TEXT_MOST) return;
    char memory[TEXT_MOST + 8];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    pen_buf_byte(&buf, '7');
    pen_buf_put(&buf, text);
    if (is(PEN_S("json-pointer"), text)) {
        require(is(PEN_S("relative-json-pointer"), pen_buf_str(&buf)));
    }
    buf.len = 0;
    pen_buf_put(&buf, PEN_S("//["));
    pen_buf_put(&buf, text);
    pen_buf_byte(&buf, ']');
    const bool is_address = pen_ip_is_v6(text);
    if (is_address) require(is(PEN_S("uri-reference"), pen_buf_str(&buf)));
    buf.len = 0;
    pen_buf_put(&buf, PEN_S("a@[IPv6:"));
    pen_buf_put(&buf, text);
    pen_buf_byte(&buf, ']');
    if (!buf.full) require(is(PEN_S("email"), pen_buf_str(&buf)) == is_address);
}

static size_t read_scalars(struct pen_str label, uint32_t out[64])
{
    size_t count = 0;
    for (size_t at = 0; at < label.len; count++) {
        require(count < 64);
        const size_t length = pen_utf8_decode(label.ptr + at, label.len - at, &out[count]);
        require(length > 0);
        at += length;
    }
    return count;
}

static void put_ascii_label(struct pen_buf *buf, struct pen_str label)
{
    if (is_ascii(label)) {
        pen_buf_put(buf, label);
        return;
    }
    uint32_t scalars[64];
    const size_t count = read_scalars(label, scalars);
    pen_buf_put(buf, PEN_S("xn--"));
    const size_t start = buf->len;
    pen_punycode_encode(scalars, count, buf);

    uint32_t back[64];
    size_t back_count;
    require(pen_punycode_decode((struct pen_str){buf->ptr + start, buf->len - start}, back, 64,
                                &back_count));
    require(back_count == count && memcmp(back, scalars, count * sizeof(*back)) == 0);
}

/* Dots of three bytes are told from other characters by their bytes: all begin alike. */
static size_t dot_at(struct pen_str text, size_t at)
{
    if (text.ptr[at] == '.') return 1;
    const bool is_wide = pen_str_stands(text, at, PEN_S("\xe3\x80\x82"))
                         || pen_str_stands(text, at, PEN_S("\xef\xbc\x8e"))
                         || pen_str_stands(text, at, PEN_S("\xef\xbd\xa1"));
    return is_wide ? 3 : 0;
}

static void compare_host_forms(struct pen_str text)
{
    if (!is(PEN_S("idn-hostname"), text)) return;
    char memory[256];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    size_t start = 0;
    for (size_t at = 0; at < text.len;) {
        const size_t dot = dot_at(text, at);
        if (dot == 0) {
            at++;
            continue;
        }
        put_ascii_label(&buf, pen_str_slice(text, start, at));
        pen_buf_byte(&buf, '.');
        at += dot;
        start = at;
    }
    put_ascii_label(&buf, pen_str_slice(text, start, text.len));
    require(!buf.full && buf.len <= 253);
    require(is(PEN_S("hostname"), pen_buf_str(&buf)));
}

static void put_part(struct pen_buf *buf, bool is_there, const char *mark, struct pen_str part)
{
    if (!is_there) return;
    pen_buf_put(buf, pen_str_from_c(mark));
    pen_buf_put(buf, part);
}

static void put_together(struct pen_str text, struct pen_arena *arena)
{
    struct pen_uri uri;
    if (pen_uri_read(text, PEN_URI_INTERNATIONAL, &uri) != PEN_OK) return;
    char *memory = pen_arena_bytes(arena, text.len + 1);
    require(memory != NULL);
    struct pen_buf buf = pen_buf_over(memory, text.len + 1);
    pen_buf_put(&buf, uri.scheme);
    if (uri.scheme.len > 0) pen_buf_byte(&buf, ':');
    if (uri.has_authority) {
        const size_t start = buf.len + 2;
        pen_buf_put(&buf, PEN_S("//"));
        pen_buf_put(&buf, uri.userinfo);
        put_part(&buf, uri.has_userinfo, "@", uri.host);
        if (!uri.has_userinfo) pen_buf_put(&buf, uri.host);
        put_part(&buf, uri.has_port, ":", uri.port);
        require(pen_str_equal((struct pen_str){buf.ptr + start, buf.len - start}, uri.authority));
    }
    pen_buf_put(&buf, uri.path);
    put_part(&buf, uri.has_query, "?", uri.query);
    put_part(&buf, uri.has_fragment, "#", uri.fragment);
    require(!buf.full && pen_str_equal(pen_buf_str(&buf), text));
}

static void resolve(struct pen_str base, struct pen_str reference, struct pen_arena *arena)
{
    struct pen_str target;
    const enum pen_status status = pen_uri_resolve(base, reference, arena, &target);
    struct pen_uri from;
    struct pen_uri to;
    if (status != PEN_OK) {
        require(status == PEN_ERR_SYNTAX);
        require(pen_uri_read(base, PEN_URI_INTERNATIONAL, &from) != PEN_OK
                || pen_uri_read(reference, PEN_URI_INTERNATIONAL, &to) != PEN_OK);
        return;
    }
    struct pen_uri uri;
    require(pen_uri_read(base, PEN_URI_INTERNATIONAL, &from) == PEN_OK);
    require(pen_uri_read(reference, PEN_URI_INTERNATIONAL, &to) == PEN_OK);
    require(pen_uri_read(target, PEN_URI_INTERNATIONAL, &uri) == PEN_OK);

    const struct pen_uri *const giver = to.scheme.len > 0 ? &to : &from;
    require(pen_str_equal(uri.scheme, giver->scheme));
    require(uri.has_fragment == to.has_fragment && pen_str_equal(uri.fragment, to.fragment));
    const struct pen_uri *const host = to.scheme.len > 0 || to.has_authority ? &to : &from;
    require(uri.has_authority == host->has_authority);
    require(pen_str_equal(uri.authority, host->authority));

    struct pen_str again;
    require(pen_uri_resolve(PEN_S(""), target, arena, &again) == PEN_OK);
    require(pen_str_equal(again, target));
    if (uri.scheme.len == 0) return;
    require(pen_uri_resolve(base, target, arena, &again) == PEN_OK);
    require(pen_str_equal(again, target));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct pen_str text = {(const char *)data, size};
    compare_formats(text);
    compare_moments(text);
    look_for_harm(text);
    compare_embedded(text);
    compare_host_forms(text);

    struct pen_arena *arena = NULL;
    require(pen_arena_create(16 * size + 4096, 4096, &arena) == PEN_OK);
    put_together(text, arena);
    const size_t split = pen_str_find(text, '\n', 0);
    if (split < size) {
        resolve(pen_str_slice(text, 0, split), pen_str_slice(text, split + 1, size), arena);
    }
    pen_arena_destroy(arena);
    return 0;
}
