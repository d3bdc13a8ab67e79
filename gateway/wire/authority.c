/**
 * Host and port as a request names them.
 *
 * Narrower than RFC 3986: a registered name is unreserved characters only. "a,b" could be read as a
 * list, "%61" as "a", and a user before "@" as the host; no real host needs any of them.
 */
#include "gateway/wire/internal.h"

#include <arpa/inet.h>
#include <string.h>

#define MAX_NAME 255 /* RFC 1035 section 2.3.4 */

static bool is_name(struct pen_str text)
{
    if (text.len == 0 || text.len > MAX_NAME || text.ptr[0] == '.') return false;

    for (size_t i = 0; i < text.len; i++) {
        if (!pen_wire_byte_is(text.ptr[i], PEN_BYTE_HOST)) return false;
        if (text.ptr[i] == '.' && i + 1 < text.len && text.ptr[i + 1] == '.') return false;
    }
    return true;
}

/* IPv6address of RFC 3986: no zone, no IPvFuture. */
static bool is_ipv6(struct pen_str text)
{
    char copy[INET6_ADDRSTRLEN];
    if (text.len == 0 || text.len >= sizeof(copy)) return false;

    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    struct in6_addr address;
    return strlen(copy) == text.len && inet_pton(AF_INET6, copy, &address) == 1;
}

/* Nothing, or ":" and a port that exists, written in one way. */
static bool is_port_suffix(struct pen_str text)
{
    if (text.len == 0) return true;
    if (text.ptr[0] != ':' || text.len > 6) return false;

    uint64_t port = 0;
    const struct pen_str digits = pen_str_slice(text, 1, text.len);
    if (pen_str_to_u64(digits, &port) != PEN_OK) return false;
    return port > 0 && port <= 65535 && digits.ptr[0] != '0';
}

bool pen_wire_is_authority(struct pen_str text)
{
    if (text.len > 0 && text.ptr[0] == '[') {
        const size_t end = pen_str_find(text, ']', 0);
        return end < text.len && is_ipv6(pen_str_slice(text, 1, end))
               && is_port_suffix(pen_str_slice(text, end + 1, text.len));
    }
    const size_t colon = pen_str_find(text, ':', 0);
    return is_name(pen_str_slice(text, 0, colon))
           && is_port_suffix(pen_str_slice(text, colon, text.len));
}
