/**
 * inet_aton's spellings (decimal, octal, hexadecimal, one to four parts), IPv6 with an IPv4 inside,
 * full-width and enclosed digits, trailing dots; then the ranges. Names are compared as they are:
 * there is no resolver here.
 */
#include "filters/ssrf_host.h"

#include <string.h>

#define HOST_MOST   253 /* RFC 1035 */
#define PARTS_MOST  4
#define DIGITS_KEPT 0xffffffffffffU /* more than an address has: what overflows it still shows */

struct folded {
    char text[HOST_MOST + 1];
    size_t length;
    bool disguised;
};

/* One code point that clients fold to an ASCII letter, digit or dot (UTS #46); 0 = none. */
static char fold_wide(uint32_t scalar)
{
    if (scalar >= 0xff01 && scalar <= 0xff5e) return (char)(scalar - 0xff01 + '!');
    if (scalar == 0x3002 || scalar == 0xff61 || scalar == 0xff0e) return '.';
    if (scalar >= 0x2460 && scalar <= 0x2468) return (char)(scalar - 0x2460 + '1');
    if (scalar == 0x24ea) return '0';
    if (scalar >= 0x24b6 && scalar <= 0x24cf) return (char)(scalar - 0x24b6 + 'a');
    if (scalar >= 0x24d0 && scalar <= 0x24e9) return (char)(scalar - 0x24d0 + 'a');
    if (scalar >= 0x1d7ce && scalar <= 0x1d7ff) return (char)((scalar - 0x1d7ce) % 10 + '0');
    return '\0';
}

/* The scalar at `at`, well-formed or not: what is not folds to nothing anyway. */
static uint32_t scalar_at(struct pen_str host, size_t at, size_t *length)
{
    const unsigned char *const p = (const unsigned char *)host.ptr + at;
    const size_t left = host.len - at;
    if (p[0] >= 0xf0 && left >= 4) {
        *length = 4;
        return (uint32_t)(p[0] & 7) << 18 | (uint32_t)(p[1] & 63) << 12 | (uint32_t)(p[2] & 63) << 6
               | (p[3] & 63);
    }
    if (p[0] >= 0xe0 && left >= 3) {
        *length = 3;
        return (uint32_t)(p[0] & 15) << 12 | (uint32_t)(p[1] & 63) << 6 | (p[2] & 63);
    }
    *length = 1;
    return p[0];
}

static void fold(struct pen_str host, struct folded *out)
{
    for (size_t i = 0; i < host.len && out->length < HOST_MOST;) {
        const unsigned char c = (unsigned char)host.ptr[i];
        if (c < 0x80) {
            out->text[out->length++] = pen_to_lower(host.ptr[i++]);
            continue;
        }
        size_t length = 1;
        const char ascii = fold_wide(scalar_at(host, i, &length));
        if (ascii != '\0') out->disguised = true;
        out->text[out->length++] = ascii != '\0' ? ascii : '?';
        i += length;
    }
    while (out->length > 0 && out->text[out->length - 1] == '.') {
        out->length--; /* the root's dot: the same host */
    }
}

/* One part of an address in C's notation: decimal, 0octal, 0xhex. */
static bool read_part(struct pen_str part, uint64_t *value, bool *odd)
{
    uint64_t base = 10;
    size_t i = 0;
    if (part.len > 2 && part.ptr[0] == '0' && part.ptr[1] == 'x') {
        base = 16;
        i = 2;
    } else if (part.len > 2 && part.ptr[0] == '0' && part.ptr[1] == 'o') {
        base = 8;
        i = 2;
    } else if (part.len > 1 && part.ptr[0] == '0') {
        base = 8;
        i = 1;
    }
    if (part.len == 0) return false;
    if (base != 10) *odd = true;
    *value = 0;
    for (; i < part.len; i++) {
        const int digit = pen_hex_value(part.ptr[i]);
        if (digit < 0 || (uint64_t)digit >= base) return false;
        /* Some clients drop what overflows: 425.510.425.510 is 169.254.169.254. */
        *value = (*value * base + (uint64_t)digit) & DIGITS_KEPT;
    }
    return true;
}

static bool read_ipv4(struct pen_str text, uint32_t *address, bool *odd)
{
    uint64_t parts[PARTS_MOST];
    size_t count = 0;
    for (size_t start = 0; start <= text.len; count++) {
        const size_t end = pen_str_find(text, '.', start);
        if (count == PARTS_MOST
            || !read_part(pen_str_slice(text, start, end), &parts[count], odd)) {
            return false;
        }
        start = end + 1;
    }
    if (count < PARTS_MOST) *odd = true;
    uint64_t value = 0;
    for (size_t i = 0; i < count; i++) {
        const bool last = i + 1 == count;
        if (!last && parts[i] > 255) *odd = true;
        value =
            last ? (value << (8 * (PARTS_MOST - i))) + parts[i] : (value << 8) + (parts[i] & 255);
        if (last && count == PARTS_MOST && parts[i] > 255) *odd = true;
    }
    *address = (uint32_t)(value & UINT32_MAX);
    return true;
}

static enum pen_ssrf_place place_of_ipv4(uint32_t a)
{
    static const struct {
        uint32_t net;
        uint32_t bits;
        enum pen_ssrf_place place;
    } ranges[] = {
        {0xa9fea9fe, 32, PEN_SSRF_METADATA}, /* 169.254.169.254 */
        {0xa9feaa02, 32, PEN_SSRF_METADATA}, /* 169.254.170.2: ECS */
        {0xa9feaa17, 32, PEN_SSRF_METADATA}, /* 169.254.170.23: EKS */
        {0x646464c8, 32, PEN_SSRF_METADATA}, /* 100.100.100.200: Alibaba */
        {0xc00000c0, 32, PEN_SSRF_METADATA}, /* 192.0.0.192: Oracle, classic */
        {0xa83f8110, 32, PEN_SSRF_METADATA}, /* 168.63.129.16: Azure */
        {0x7f000000, 8, PEN_SSRF_LOOPBACK},  {0x00000000, 32, PEN_SSRF_UNSPECIFIED},
        {0x0a000000, 8, PEN_SSRF_PRIVATE},   {0xac100000, 12, PEN_SSRF_PRIVATE},
        {0xc0a80000, 16, PEN_SSRF_PRIVATE},  {0xa9fe0000, 16, PEN_SSRF_PRIVATE},
        {0x64400000, 10, PEN_SSRF_PRIVATE},  {0x00000000, 8, PEN_SSRF_UNSPECIFIED},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(ranges); i++) {
        if ((a ^ ranges[i].net) >> (32 - ranges[i].bits) == 0) return ranges[i].place;
    }
    return PEN_SSRF_ELSEWHERE;
}

/* Groups of RFC 4291, "::" anywhere, an IPv4 address at the end. */
static bool read_ipv6(struct pen_str text, uint16_t groups[8])
{
    size_t count = 0;
    size_t gap = SIZE_MAX;
    size_t at = 0;
    if (pen_str_starts(text, PEN_S("::"))) {
        gap = 0;
        at = 2;
    }
    while (at < text.len) {
        const size_t end = pen_str_find(text, ':', at);
        const struct pen_str part = pen_str_slice(text, at, end);
        uint32_t ipv4 = 0;
        bool odd = false;
        if (pen_str_find(part, '.', 0) < part.len) {
            if (count > 6 || !read_ipv4(part, &ipv4, &odd)) return false;
            groups[count++] = (uint16_t)(ipv4 >> 16);
            groups[count++] = (uint16_t)(ipv4 & 0xffff);
            at = text.len;
            break;
        }
        if (part.len == 0 || part.len > 4 || count == 8) return false;
        uint32_t value = 0;
        for (size_t i = 0; i < part.len; i++) {
            const int digit = pen_hex_value(part.ptr[i]);
            if (digit < 0) return false;
            value = value * 16 + (uint32_t)digit;
        }
        groups[count++] = (uint16_t)value;
        at = end + 1;
        if (end < text.len && at < text.len && text.ptr[at] == ':') {
            if (gap != SIZE_MAX) return false;
            gap = count;
            at++;
        }
    }
    if (gap == SIZE_MAX) return count == 8;
    memmove(groups + 8 - (count - gap), groups + gap, (count - gap) * sizeof(groups[0]));
    memset(groups + gap, 0, (8 - count) * sizeof(groups[0]));
    return count < 8;
}

static enum pen_ssrf_place place_of_ipv6(const uint16_t g[8], bool *mapped)
{
    bool zeros = true;
    for (size_t i = 0; i < 5; i++) {
        zeros = zeros && g[i] == 0;
    }
    const uint32_t ipv4 = (uint32_t)g[6] << 16 | g[7];
    if (zeros && g[5] == 0 && ipv4 == 0) return PEN_SSRF_UNSPECIFIED;
    if (zeros && g[5] == 0 && ipv4 == 1) return PEN_SSRF_LOOPBACK;
    /* Mapped and compatible (RFC 4291), and translated (RFC 6052). */
    if ((zeros && (g[5] == 0xffff || g[5] == 0)) || (g[0] == 0x64 && g[1] == 0xff9b)) {
        *mapped = true;
        return place_of_ipv4(ipv4);
    }
    /* 6to4 (RFC 3056): the address stands in front. */
    if (g[0] == 0x2002) {
        const enum pen_ssrf_place place = place_of_ipv4((uint32_t)g[1] << 16 | g[2]);
        *mapped = place != PEN_SSRF_ELSEWHERE;
        return place;
    }
    if (g[0] == 0xfd00 && g[1] == 0xec2 && g[7] == 0x254) return PEN_SSRF_METADATA;
    if (g[0] == 0xfd00 && g[1] == 0xec2 && g[7] == 0x23) return PEN_SSRF_METADATA; /* EKS */
    if ((g[0] & 0xfe00) == 0xfc00 || (g[0] & 0xffc0) == 0xfe80) return PEN_SSRF_PRIVATE;
    return PEN_SSRF_ELSEWHERE;
}

static bool is_or_is_below(struct pen_str host, struct pen_str domain)
{
    if (!pen_str_ends(host, domain)) return false;
    return host.len == domain.len || host.ptr[host.len - domain.len - 1] == '.';
}

/* Services whose own page has their bare name; what stands before it is the address. */
static bool is_bare_service(struct pen_str host)
{
    static const struct pen_str services[] = {
        PEN_STR("nip.io"), PEN_STR("sslip.io"),   PEN_STR("xip.io"),    PEN_STR("rbndr.us"),
        PEN_STR("1u.ms"),  PEN_STR("traefik.me"), PEN_STR("www.nip.io")};
    return pen_str_is_among(host, services, PEN_COUNT_OF(services));
}

/* "a.example.127.0.0.1": no name ends in a number, so some client takes the end for the address. */
static bool is_numbers_at_last(struct pen_str host, uint32_t *address)
{
    bool odd = false;
    size_t start = host.len;
    for (size_t dots = 0; start > 0; start--) {
        const char c = host.ptr[start - 1];
        if (c == '.' && ++dots == PARTS_MOST) break;
        if (c != '.' && !pen_is_digit(c)) return false;
    }
    return start > 0 && read_ipv4(pen_str_slice(host, start, host.len), address, &odd);
}

static enum pen_ssrf_place place_of_name(struct pen_str host)
{
    static const struct {
        struct pen_str domain;
        enum pen_ssrf_place place;
    } names[] = {
        {PEN_STR("localhost"), PEN_SSRF_LOOPBACK},
        {PEN_STR("localdomain"), PEN_SSRF_LOOPBACK},
        {PEN_STR("ip6-localhost"), PEN_SSRF_LOOPBACK},
        {PEN_STR("ip6-loopback"), PEN_SSRF_LOOPBACK},
        {PEN_STR("loopback"), PEN_SSRF_LOOPBACK},
        {PEN_STR("rancher-metadata"), PEN_SSRF_METADATA},
        {PEN_STR("metadata.tencentyun.com"), PEN_SSRF_METADATA},
        {PEN_STR("metadata.packet.net"), PEN_SSRF_METADATA},
        {PEN_STR("localdomain6"), PEN_SSRF_LOOPBACK},
        {PEN_STR("gateway.docker.internal"), PEN_SSRF_PRIVATE},
        {PEN_STR("metadata.google.internal"), PEN_SSRF_METADATA},
        {PEN_STR("metadata.goog"), PEN_SSRF_METADATA},
        {PEN_STR("metadata"), PEN_SSRF_METADATA},
        {PEN_STR("instance-data"), PEN_SSRF_METADATA},
        {PEN_STR("instance-data.ec2.internal"), PEN_SSRF_METADATA},
        {PEN_STR("kubernetes.default"), PEN_SSRF_PRIVATE},
        {PEN_STR("kubernetes.default.svc"), PEN_SSRF_PRIVATE},
        {PEN_STR("host.docker.internal"), PEN_SSRF_PRIVATE},
        {PEN_STR("nip.io"), PEN_SSRF_REBINDING},
        {PEN_STR("sslip.io"), PEN_SSRF_REBINDING},
        {PEN_STR("xip.io"), PEN_SSRF_REBINDING},
        {PEN_STR("localtest.me"), PEN_SSRF_REBINDING},
        {PEN_STR("lvh.me"), PEN_SSRF_REBINDING},
        {PEN_STR("vcap.me"), PEN_SSRF_REBINDING},
        {PEN_STR("lacolhost.com"), PEN_SSRF_REBINDING},
        {PEN_STR("rbndr.us"), PEN_SSRF_REBINDING},
        {PEN_STR("1u.ms"), PEN_SSRF_REBINDING},
        {PEN_STR("burpcollaborator.net"), PEN_SSRF_CALLBACK},
        {PEN_STR("oastify.com"), PEN_SSRF_CALLBACK},
        {PEN_STR("interact.sh"), PEN_SSRF_CALLBACK},
        {PEN_STR("oast.pro"), PEN_SSRF_CALLBACK},
        {PEN_STR("oast.live"), PEN_SSRF_CALLBACK},
        {PEN_STR("oast.fun"), PEN_SSRF_CALLBACK},
        {PEN_STR("oast.me"), PEN_SSRF_CALLBACK},
        {PEN_STR("oast.site"), PEN_SSRF_CALLBACK},
        {PEN_STR("dnslog.cn"), PEN_SSRF_CALLBACK},
        {PEN_STR("ceye.io"), PEN_SSRF_CALLBACK},
        {PEN_STR("oast.online"), PEN_SSRF_CALLBACK},
        {PEN_STR("oast.today"), PEN_SSRF_CALLBACK},
        {PEN_STR("canarytokens.com"), PEN_SSRF_CALLBACK},
        {PEN_STR("requestbin.net"), PEN_SSRF_CALLBACK},
        {PEN_STR("dnslog.link"), PEN_SSRF_CALLBACK},
        {PEN_STR("eyes.sh"), PEN_SSRF_CALLBACK},
        {PEN_STR("bxss.me"), PEN_SSRF_CALLBACK},
        {PEN_STR("traefik.me"), PEN_SSRF_REBINDING},
        {PEN_STR("svc.cluster.local"), PEN_SSRF_PRIVATE},
        {PEN_STR("service.consul"), PEN_SSRF_PRIVATE},
        {PEN_STR("internal"), PEN_SSRF_PRIVATE},
    };
    if (host.len == 0 || is_bare_service(host)) return PEN_SSRF_ELSEWHERE;
    const char last = host.ptr[host.len - 1];
    if (pen_str_starts(host, PEN_S("metadata.")) && pen_str_ends(host, PEN_S(".internal"))) {
        return PEN_SSRF_METADATA;
    }
    /* The wider ones last. */
    for (size_t i = 0; i < PEN_COUNT_OF(names); i++) {
        /* Most hosts are told from most of these by one byte. */
        const struct pen_str domain = names[i].domain;
        if (domain.ptr[domain.len - 1] == last && is_or_is_below(host, domain)) {
            return names[i].place;
        }
    }
    return PEN_SSRF_ELSEWHERE;
}

/* Names of this machine that only hosts' files have, and "LocalHost". */
static bool is_odd_loopback(struct pen_str host, struct pen_str folded)
{
    size_t capitals = 0;
    for (size_t i = 0; i < host.len; i++) {
        if (host.ptr[i] >= 'A' && host.ptr[i] <= 'Z') capitals++;
    }
    return capitals > 1 || pen_str_starts(folded, PEN_S("ip6-"))
           || pen_str_ends(folded, PEN_S("loopback"))
           || pen_str_ends(folded, PEN_S("localhost.localdomain"));
}

struct pen_ssrf_host pen_ssrf_host_read(struct pen_str host)
{
    struct folded folded = {.length = 0};
    fold(host, &folded);
    struct pen_str text = {folded.text, folded.length};
    struct pen_ssrf_host out = {.disguised = folded.disguised};
    if (text.len > 1 && text.ptr[0] == '[') {
        uint16_t groups[8] = {0};
        const size_t end = pen_str_find(text, ']', 0);
        /* A zone ("%eth0") says over which interface, not where to. */
        const size_t zone = pen_str_find(pen_str_slice(text, 0, end), '%', 0);
        if (read_ipv6(pen_str_slice(text, 1, zone), groups)) {
            out.place = place_of_ipv6(groups, &out.disguised);
        }
        return out;
    }
    uint32_t address = 0;
    bool odd = false;
    /* "o177.0.0.1": to some a letter like a nought is C's octal mark. */
    const bool marked =
        text.len > 1 && (text.ptr[0] == 'o' || text.ptr[0] == 'q') && pen_is_digit(text.ptr[1]);
    if (marked) {
        folded.text[0] = '0';
        if (read_ipv4(text, &address, &odd)) {
            out.place = place_of_ipv4(address);
            out.disguised = true;
            return out;
        }
        folded.text[0] = 'o';
    }
    if (text.len > 0 && pen_is_digit(text.ptr[0]) && read_ipv4(text, &address, &odd)) {
        out.place = place_of_ipv4(address);
        /* 127.0.0.1 has fifteen million neighbours that nobody writes. */
        const bool neighbour = out.place == PEN_SSRF_LOOPBACK && address != 0x7f000001;
        if (odd || neighbour) out.disguised = true;
        return out;
    }
    if (is_numbers_at_last(text, &address)) {
        out.place = place_of_ipv4(address);
        out.disguised = out.place != PEN_SSRF_ELSEWHERE;
        return out;
    }
    out.place = place_of_name(text);
    if (out.place == PEN_SSRF_LOOPBACK && is_odd_loopback(host, text)) out.disguised = true;
    return out;
}
