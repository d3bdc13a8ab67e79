/** PROXY headers of both versions: what they say, what is none, and that pieces make no difference.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/wire/proxy.h"

#define V2        "\r\n\r\n\0\r\nQUIT\n"
#define IPV4_ENDS "\xc0\x00\x02\x01\xc6\x33\x64\x02\x10\x92\x01\xbb"
#define IPV6_FROM "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"
#define IPV6_TO   "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02"

struct row {
    const char *why;
    struct pen_str bytes;
    const char *caller; /* "192.0.2.1:4242", "own" for LOCAL and the like, NULL: refused */
};

static const struct row rows[] = {
    {"version 1, IPv4", PEN_STR("PROXY TCP4 192.0.2.1 198.51.100.2 4242 443\r\n"),
     "192.0.2.1:4242"},
    {"version 1, IPv6", PEN_STR("PROXY TCP6 2001:db8::1 2001:db8::2 4242 443\r\n"),
     "[2001:db8::1]:4242"},
    {"version 1, unknown", PEN_STR("PROXY UNKNOWN\r\n"), "own"},
    {"version 1, unknown with more",
     PEN_STR("PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n"), "own"},
    {"port nought", PEN_STR("PROXY TCP4 192.0.2.1 198.51.100.2 0 0\r\n"), "192.0.2.1:0"},
    {"no family", PEN_STR("PROXY \r\n"), NULL},
    {"another family", PEN_STR("PROXY UDP4 192.0.2.1 198.51.100.2 1 2\r\n"), NULL},
    {"family in lower case", PEN_STR("PROXY tcp4 192.0.2.1 198.51.100.2 1 2\r\n"), NULL},
    {"IPv6 as IPv4", PEN_STR("PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n"), NULL},
    {"IPv4 as IPv6", PEN_STR("PROXY TCP6 192.0.2.1 198.51.100.2 1 2\r\n"), NULL},
    {"a missing port", PEN_STR("PROXY TCP4 192.0.2.1 198.51.100.2 1\r\n"), NULL},
    {"a word too many", PEN_STR("PROXY TCP4 192.0.2.1 198.51.100.2 1 2 3\r\n"), NULL},
    {"two spaces", PEN_STR("PROXY TCP4  192.0.2.1 198.51.100.2 1 2\r\n"), NULL},
    {"a tab", PEN_STR("PROXY TCP4\t192.0.2.1 198.51.100.2 1 2\r\n"), NULL},
    {"a port with a zero first", PEN_STR("PROXY TCP4 192.0.2.1 198.51.100.2 01 2\r\n"), NULL},
    {"a port too large", PEN_STR("PROXY TCP4 192.0.2.1 198.51.100.2 65536 2\r\n"), NULL},
    {"a signed port", PEN_STR("PROXY TCP4 192.0.2.1 198.51.100.2 +1 2\r\n"), NULL},
    {"an octal address", PEN_STR("PROXY TCP4 0300.0.2.1 198.51.100.2 1 2\r\n"), NULL},
    {"a short address", PEN_STR("PROXY TCP4 192.0.1 198.51.100.2 1 2\r\n"), NULL},
    {"LF alone", PEN_STR("PROXY TCP4 192.0.2.1 198.51.100.2 1 2\n"), NULL},
    {"CR in the middle", PEN_STR("PROXY TCP4 192.0.2.1\r 198.51.100.2 1 2\r\n"), NULL},
    {"NUL in the address", PEN_STR("PROXY TCP4 192.0.2.1\0 198.51.100.2 1 2\r\n"), NULL},
    {"no end within 107 bytes",
     PEN_STR("PROXY UNKNOWN "
             "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
             "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"),
     NULL},
    {"lower case", PEN_STR("proxy TCP4 192.0.2.1 198.51.100.2 1 2\r\n"), NULL},
    {"TLS", PEN_STR("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), NULL},
    {"HTTP", PEN_STR("POST /x HTTP/1.1\r\n"), NULL},

    {"version 2, IPv4", PEN_STR(V2 "\x21\x11\x00\x0c" IPV4_ENDS), "192.0.2.1:4242"},
    {"version 2, IPv6", PEN_STR(V2 "\x21\x21\x00\x24" IPV6_FROM IPV6_TO "\x10\x92\x01\xbb"),
     "[2001:db8::1]:4242"},
    {"version 2, LOCAL", PEN_STR(V2 "\x20\x00\x00\x00"), "own"},
    {"LOCAL with something to ignore",
     PEN_STR(V2 "\x20\x11\x00\x03"
                "abc"),
     "own"},
    {"unspecified",
     PEN_STR(V2 "\x21\x00\x00\x02"
                "ab"),
     "own"},
    {"with an appendix",
     PEN_STR(V2 "\x21\x11\x00\x11" IPV4_ENDS "\x04\x00\x02"
                "ab"),
     "192.0.2.1:4242"},
    {"with an empty appendix", PEN_STR(V2 "\x21\x11\x00\x0f" IPV4_ENDS "\x04\x00\x00"),
     "192.0.2.1:4242"},
    {"appendix longer than the header",
     PEN_STR(V2 "\x21\x11\x00\x11" IPV4_ENDS "\x04\x00\x03"
                "ab"),
     NULL},
    {"appendix cut in its head", PEN_STR(V2 "\x21\x11\x00\x0e" IPV4_ENDS "\x04\x00"), NULL},
    {"a wrong checksum",
     PEN_STR(V2 "\x21\x11\x00\x13" IPV4_ENDS "\x03\x00\x04"
                "abcd"),
     NULL},
    {"a checksum of another length",
     PEN_STR(V2 "\x21\x11\x00\x12" IPV4_ENDS "\x03\x00\x03"
                "abc"),
     NULL},
    {"addresses too short", PEN_STR(V2 "\x21\x11\x00\x0b" IPV4_ENDS), NULL},
    {"IPv6 addresses too short", PEN_STR(V2 "\x21\x21\x00\x0c" IPV4_ENDS), NULL},
    {"version 1 in the second's form", PEN_STR(V2 "\x11\x11\x00\x0c" IPV4_ENDS), NULL},
    {"version 3", PEN_STR(V2 "\x31\x11\x00\x0c" IPV4_ENDS), NULL},
    {"another command", PEN_STR(V2 "\x22\x11\x00\x0c" IPV4_ENDS), NULL},
    {"a datagram", PEN_STR(V2 "\x21\x12\x00\x0c" IPV4_ENDS), NULL},
    {"another family", PEN_STR(V2 "\x21\x41\x00\x0c" IPV4_ENDS), NULL},
    {"longer than anybody sends", PEN_STR(V2 "\x21\x11\xff\xff" IPV4_ENDS), NULL},
};

static void expect(const struct row *row, struct pen_str bytes)
{
    struct pen_wire_proxy proxy;
    size_t len = 0;
    const enum pen_wire_result result = pen_wire_proxy_read(bytes, &proxy, &len);
    if (row->caller == NULL) {
        if (result != PEN_WIRE_REFUSED) fail_msg("%s: not refused", row->why);
        return;
    }
    if (result != PEN_WIRE_DONE || len != row->bytes.len) fail_msg("%s: not read", row->why);

    char memory[80] = "own";
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory) - 1);
    if (proxy.known) {
        memset(memory, 0, sizeof(memory));
        pen_address_put(&buf, &proxy.address);
        pen_buf_format(&buf, ":%u", (unsigned)proxy.port);
    }
    if (strcmp(memory, row->caller) != 0) fail_msg("%s: %s", row->why, memory);
}

static void reads_what_a_proxy_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        expect(&rows[i], rows[i].bytes);
    }
}

static void leaves_what_follows_to_the_caller(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char memory[256];
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        if (rows[i].caller == NULL) continue;
        pen_buf_put(&buf, rows[i].bytes);
        pen_buf_put(&buf, PEN_S("\x16\x03\x01\r\nPROXY"));
        expect(&rows[i], pen_buf_str(&buf));
    }
}

static void wants_more_until_a_header_is_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (size_t len = 0; rows[i].caller != NULL && len < rows[i].bytes.len; len++) {
            struct pen_wire_proxy proxy;
            size_t used = 0;
            const struct pen_str part = pen_str_slice(rows[i].bytes, 0, len);
            if (pen_wire_proxy_read(part, &proxy, &used) != PEN_WIRE_MORE) {
                fail_msg("%s: %zu bytes are enough", rows[i].why, len);
            }
        }
    }
}

/* The one of HAProxy's documentation is not there: computed bit by bit from its definition. */
static void takes_a_right_checksum(void **state)
{
    (void)state;
    char header[] = V2 "\x21\x11\x00\x13" IPV4_ENDS "\x03\x00\x04"
                       "\0\0\0\0";
    const size_t len = sizeof(header) - 1;
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < len; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            const uint32_t in = (unsigned)((unsigned char)header[i] >> bit) & 1;
            crc = ((crc ^ in) & 1) != 0 ? (crc >> 1) ^ 0x82f63b78u : crc >> 1;
        }
    }
    crc ^= UINT32_MAX;
    for (int i = 0; i < 4; i++) {
        header[len - 4 + (size_t)i] = (char)(crc >> (24 - 8 * i));
    }
    const struct row row = {"a right checksum", {header, len}, "192.0.2.1:4242"};
    expect(&row, row.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_a_proxy_says),
        cmocka_unit_test(leaves_what_follows_to_the_caller),
        cmocka_unit_test(wants_more_until_a_header_is_whole),
        cmocka_unit_test(takes_a_right_checksum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
