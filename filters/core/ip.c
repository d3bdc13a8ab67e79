/** Number by number; "::" stands for at least one group of IPv6, as RFC 3986 has it. */
#include "filters/core/ip.h"

#define LONGEST_V4 15 /* 255.255.255.255 */
#define LONGEST_V6 45 /* six groups of four and an IPv4 address */
#define GROUPS     8  /* of 16 bits */

bool pen_ip_is_v4(struct pen_str text)
{
    if (text.len > LONGEST_V4) return false;
    size_t at = 0;
    for (int part = 0; part < 4; part++) {
        if (part > 0 && (at == text.len || text.ptr[at++] != '.')) return false;
        const size_t start = at;
        int value = 0;
        while (at < text.len && at - start < 3 && pen_is_digit(text.ptr[at])) {
            value = value * 10 + (text.ptr[at++] - '0');
        }
        if (at == start || value > 255) return false;
        if (text.ptr[start] == '0' && at - start > 1) return false;
    }
    return at == text.len;
}

bool pen_ip_is_v6(struct pen_str text)
{
    if (text.len > LONGEST_V6) return false;
    int groups = 0;
    bool shortened = false;
    size_t at = 0;
    if (text.len >= 2 && text.ptr[0] == ':' && text.ptr[1] == ':') {
        shortened = true;
        at = 2;
    }
    while (at < text.len) {
        const size_t start = at;
        while (at < text.len && pen_hex_value(text.ptr[at]) >= 0) {
            at++;
        }
        if (at < text.len && text.ptr[at] == '.') {
            /* The last 32 bits as IPv4. */
            if (!pen_ip_is_v4(pen_str_slice(text, start, text.len))) return false;
            groups += 2;
            at = text.len;
            break;
        }
        if (at == start || at - start > 4) return false;
        groups++;
        if (at == text.len) break;
        if (text.ptr[at++] != ':' || at == text.len) return false;
        if (text.ptr[at] != ':') continue;
        if (shortened) return false;
        shortened = true;
        at++;
    }
    return shortened ? groups < GROUPS : groups == GROUPS;
}
