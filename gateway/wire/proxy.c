/** Version 1 is a line of text, version 2 a binary header; their first bytes tell them apart. */
#include "gateway/wire/proxy.h"

#include <string.h>

#define V1_BYTES  107 /* CRLF included; section 2.1 */
#define V2_HEAD   16
#define V2_LOCAL  0x20 /* version and command; section 2.2 */
#define V2_PROXY  0x21
#define V2_UNSPEC 0x00 /* family and transport; section 2.2 */
#define V2_IPV4   0x11
#define V2_IPV6   0x21
#define V2_UNIX   0x31
#define TYPE_CRC  0x03
#define CRC_BYTES 4

static const struct pen_str v1_start = PEN_STR("PROXY ");
static const struct pen_str v2_start = PEN_STR("\r\n\r\n\0\r\nQUIT\n");

/* Version 1. */

/* The next word of `line`; words are parted by one space. */
static struct pen_str take_word(struct pen_str *line)
{
    const size_t space = pen_str_find(*line, ' ', 0);
    const struct pen_str word = pen_str_slice(*line, 0, space);
    *line = pen_str_slice(*line, space < line->len ? space + 1 : space, line->len);
    return word;
}

static bool read_port(struct pen_str text, uint16_t *out)
{
    uint64_t port = 0;
    const bool canonical = text.len > 0 && text.len <= 5 && (text.ptr[0] != '0' || text.len == 1);
    if (!canonical || pen_str_to_u64(text, &port) != PEN_OK || port > 65535) return false;
    *out = (uint16_t)port;
    return true;
}

static bool read_ends(struct pen_str line, bool ipv4, struct pen_wire_proxy *out)
{
    struct pen_address to;
    uint16_t to_port = 0;
    const struct pen_str source = take_word(&line);
    const struct pen_str destination = take_word(&line);
    const struct pen_str source_port = take_word(&line);
    const bool colon = pen_str_find(source, ':', 0) < source.len;
    const bool colon_to = pen_str_find(destination, ':', 0) < destination.len;
    if (colon == ipv4 || colon_to == ipv4) return false;

    return pen_address_read(source, &out->address) == PEN_OK
           && pen_address_read(destination, &to) == PEN_OK && read_port(source_port, &out->port)
           && read_port(line, &to_port);
}

static enum pen_wire_result read_v1(struct pen_str bytes, struct pen_wire_proxy *out, size_t *len)
{
    const size_t end = pen_str_find(pen_str_slice(bytes, 0, V1_BYTES), '\n', 0);
    if (end >= bytes.len && bytes.len < V1_BYTES) return PEN_WIRE_MORE;
    if (end >= bytes.len || end >= V1_BYTES || bytes.ptr[end - 1] != '\r') return PEN_WIRE_REFUSED;

    struct pen_str line = pen_str_slice(bytes, v1_start.len, end - 1);
    const struct pen_str family = take_word(&line);
    struct pen_wire_proxy proxy = {.known = true};
    if (pen_str_equal(family, PEN_S("UNKNOWN"))) {
        /* "the receiver must ignore anything presented before the CRLF" */
        proxy.known = false;
    } else if (pen_str_equal(family, PEN_S("TCP4"))) {
        if (!read_ends(line, true, &proxy)) return PEN_WIRE_REFUSED;
    } else if (!pen_str_equal(family, PEN_S("TCP6")) || !read_ends(line, false, &proxy)) {
        return PEN_WIRE_REFUSED;
    }
    *out = proxy;
    *len = end + 1;
    return PEN_WIRE_DONE;
}

/* Version 2. */

static size_t big_endian_16(const char *p)
{
    return (size_t)(unsigned char)p[0] << 8 | (unsigned char)p[1];
}

static uint32_t crc32c_byte(uint32_t crc, unsigned char byte)
{
    crc ^= byte;
    for (int bit = 0; bit < 8; bit++) {
        crc = (crc >> 1) ^ (0x82f63b78u & (0u - (crc & 1)));
    }
    return crc;
}

/* Over the whole header, with the checksum's own four bytes as zero. */
static bool has_crc(struct pen_str header, size_t at)
{
    uint32_t crc = UINT32_MAX;
    uint32_t said = 0;
    for (size_t i = 0; i < header.len; i++) {
        const bool own = i >= at && i < at + CRC_BYTES;
        if (own) said = said << 8 | (unsigned char)header.ptr[i];
        crc = crc32c_byte(crc, own ? 0 : (unsigned char)header.ptr[i]);
    }
    return (crc ^ UINT32_MAX) == said;
}

/* What is appended: type, length, value. Only the checksum is looked into. */
static bool appendix_is_sound(struct pen_str header, size_t at)
{
    while (at < header.len) {
        if (header.len - at < 3) return false;

        const size_t length = big_endian_16(header.ptr + at + 1);
        const bool crc = header.ptr[at] == TYPE_CRC;
        at += 3;
        if (length > header.len - at) return false;
        if (crc && (length != CRC_BYTES || !has_crc(header, at))) return false;
        at += length;
    }
    return true;
}

/* Bytes that both ends' addresses take. Streams only: a datagram cannot be what came here. */
static bool size_of_ends(unsigned char family, size_t *size)
{
    switch (family) {
    case V2_IPV4:
        *size = 12;
        return true;
    case V2_IPV6:
        *size = 36;
        return true;
    case V2_UNIX:
        *size = 216;
        return true;
    default:
        return false;
    }
}

/* The caller's address and port; a Unix socket's path says nothing here. */
static struct pen_wire_proxy read_source(const char *ends, unsigned char family)
{
    struct pen_wire_proxy proxy = {.known = family != V2_UNIX};
    if (family == V2_IPV4) {
        proxy.address = pen_address_of_ipv4(ends);
        proxy.port = (uint16_t)big_endian_16(ends + 8);
    } else if (family == V2_IPV6) {
        memcpy(proxy.address.bytes, ends, sizeof(proxy.address.bytes));
        proxy.port = (uint16_t)big_endian_16(ends + 32);
    }
    return proxy;
}

static enum pen_wire_result read_v2(struct pen_str bytes, struct pen_wire_proxy *out, size_t *len)
{
    if (bytes.len < V2_HEAD) return PEN_WIRE_MORE;

    const unsigned char command = (unsigned char)bytes.ptr[12];
    const unsigned char family = (unsigned char)bytes.ptr[13];
    const size_t whole = V2_HEAD + big_endian_16(bytes.ptr + 14);
    if ((command != V2_LOCAL && command != V2_PROXY) || whole > PEN_PROXY_BYTES) {
        return PEN_WIRE_REFUSED;
    }
    if (bytes.len < whole) return PEN_WIRE_MORE;

    if (command == V2_LOCAL || family == V2_UNSPEC) {
        /* "the receiver must ignore" what they bring. */
        *out = (struct pen_wire_proxy){.known = false};
        *len = whole;
        return PEN_WIRE_DONE;
    }
    size_t ends = 0;
    if (!size_of_ends(family, &ends) || whole - V2_HEAD < ends
        || !appendix_is_sound(pen_str_slice(bytes, 0, whole), V2_HEAD + ends)) {
        return PEN_WIRE_REFUSED;
    }
    *out = read_source(bytes.ptr + V2_HEAD, family);
    *len = whole;
    return PEN_WIRE_DONE;
}

enum pen_wire_result pen_wire_proxy_read(struct pen_str bytes, struct pen_wire_proxy *out,
                                         size_t *len)
{
    if (pen_str_starts(bytes, v1_start)) return read_v1(bytes, out, len);
    if (pen_str_starts(bytes, v2_start)) return read_v2(bytes, out, len);

    const bool may_become = pen_str_starts(v1_start, bytes) || pen_str_starts(v2_start, bytes);
    return may_become ? PEN_WIRE_MORE : PEN_WIRE_REFUSED;
}
