/** inet_pton decides what an address is: it takes one spelling of IPv4 only. */
#include "gateway/net.h"

#include <arpa/inet.h>
#include <string.h>

#define MAPPED_BITS 96

static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

struct pen_address pen_address_of_ipv4(const void *four)
{
    struct pen_address address;
    memcpy(address.bytes, mapped, sizeof(mapped));
    memcpy(address.bytes + sizeof(mapped), four, 4);
    return address;
}

bool pen_address_is_ipv4(const struct pen_address *address)
{
    return memcmp(address->bytes, mapped, sizeof(mapped)) == 0;
}

enum pen_status pen_address_read(struct pen_str text, struct pen_address *out)
{
    char copy[INET6_ADDRSTRLEN];
    if (text.len == 0 || text.len >= sizeof(copy)) return PEN_ERR_INVALID;

    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    if (strlen(copy) != text.len) return PEN_ERR_INVALID;

    unsigned char four[4];
    if (inet_pton(AF_INET, copy, four) == 1) {
        *out = pen_address_of_ipv4(four);
        return PEN_OK;
    }
    struct pen_address address;
    if (inet_pton(AF_INET6, copy, address.bytes) != 1) return PEN_ERR_INVALID;
    *out = address;
    return PEN_OK;
}

void pen_address_put(struct pen_buf *buf, const struct pen_address *address)
{
    char text[INET6_ADDRSTRLEN] = "";
    if (pen_address_is_ipv4(address)) {
        if (inet_ntop(AF_INET, address->bytes + sizeof(mapped), text, sizeof(text)) == NULL) return;
        pen_buf_put(buf, pen_str_from_c(text));
        return;
    }
    if (inet_ntop(AF_INET6, address->bytes, text, sizeof(text)) == NULL) return;
    pen_buf_byte(buf, '[');
    pen_buf_put(buf, pen_str_from_c(text));
    pen_buf_byte(buf, ']');
}

/* All bits behind the prefix. */
static struct pen_address masked(const struct pen_address *address, unsigned bits)
{
    struct pen_address result = *address;
    for (unsigned i = 0; i < sizeof(result.bytes); i++) {
        const unsigned kept = bits > i * 8 ? bits - i * 8 : 0;
        if (kept < 8) result.bytes[i] &= (unsigned char)(0xff00u >> kept);
    }
    return result;
}

/* What stands behind the slash: a number in its one spelling, up to the address's bits. */
static bool read_prefix(struct pen_str digits, unsigned most, unsigned *bits)
{
    uint64_t prefix = 0;
    const bool padded = digits.len > 1 && digits.ptr[0] == '0';
    if (padded || pen_str_to_u64(digits, &prefix) != PEN_OK || prefix > most) return false;

    *bits = (unsigned)prefix;
    return true;
}

enum pen_status pen_network_read(struct pen_str text, struct pen_network *out, const char **problem)
{
    const size_t slash = pen_str_find(text, '/', 0);
    const bool ipv4 = pen_str_find(text, ':', 0) == text.len;
    unsigned bits = ipv4 ? 32 : 128;
    struct pen_network network;
    if (pen_address_read(pen_str_slice(text, 0, slash), &network.address) != PEN_OK) {
        *problem = "expected a network such as 10.0.0.0/8 or 2001:db8::/32";
        return PEN_ERR_INVALID;
    }
    if (slash < text.len && !read_prefix(pen_str_slice(text, slash + 1, text.len), bits, &bits)) {
        *problem = ipv4 ? "a prefix of an IPv4 network is a number from 0 to 32"
                        : "a prefix of an IPv6 network is a number from 0 to 128";
        return PEN_ERR_INVALID;
    }
    network.bits = ipv4 ? MAPPED_BITS + bits : bits;
    const struct pen_address first = masked(&network.address, network.bits);
    if (memcmp(&first, &network.address, sizeof(first)) != 0) {
        *problem = "bits behind the prefix are set: write the network's first address";
        return PEN_ERR_INVALID;
    }
    *out = network;
    return PEN_OK;
}

bool pen_network_holds(const struct pen_network *network, const struct pen_address *address)
{
    const struct pen_address first = masked(address, network->bits);
    return memcmp(&first, &network->address, sizeof(first)) == 0;
}

bool pen_networks_hold(const struct pen_networks *networks, const struct pen_address *address)
{
    if (address == NULL) return networks->unix_socket;

    for (size_t i = 0; i < networks->count; i++) {
        if (pen_network_holds(&networks->list[i], address)) return true;
    }
    return false;
}
