/**
 * Any bytes as what proxies say: a PROXY header, a Forwarded value, an X-Forwarded-For value.
 *
 * The first byte chooses the reader. A PROXY header never claims more bytes than there are, and is
 * the same with anything behind it; an address that is read is written so that it is read again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/wire/forwarded.h"
#include "gateway/wire/proxy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) abort();
}

static void write_and_read(const struct pen_address *address)
{
    char memory[64];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    pen_address_put(&buf, address);
    require(!buf.full && buf.len > 0);

    struct pen_str text = pen_buf_str(&buf);
    if (text.ptr[0] == '[') text = pen_str_slice(text, 1, text.len - 1);
    struct pen_address again;
    require(pen_address_read(text, &again) == PEN_OK);
    require(memcmp(&again, address, sizeof(again)) == 0);
}

static void read_header(struct pen_str bytes)
{
    struct pen_wire_proxy proxy;
    size_t len = 0;
    if (pen_wire_proxy_read(bytes, &proxy, &len) != PEN_WIRE_DONE) return;
    require(len > 0 && len <= bytes.len && len <= PEN_PROXY_BYTES);
    if (proxy.known) write_and_read(&proxy.address);

    struct pen_wire_proxy alone;
    size_t alone_len = 0;
    const struct pen_str header = pen_str_slice(bytes, 0, len);
    require(pen_wire_proxy_read(header, &alone, &alone_len) == PEN_WIRE_DONE);
    require(alone_len == len && alone.known == proxy.known && alone.port == proxy.port);
    for (size_t i = 0; i < len; i++) {
        const struct pen_str part = pen_str_slice(bytes, 0, i);
        require(pen_wire_proxy_read(part, &alone, &alone_len) == PEN_WIRE_MORE);
    }
}

static void read_hops(struct pen_str value, bool forwarded)
{
    struct pen_hops hops = {.count = 0};
    const enum pen_status status =
        forwarded ? pen_forwarded_read(value, &hops) : pen_forwarded_for_read(value, &hops);
    require(hops.count <= PEN_FORWARDED_HOPS);
    if (status != PEN_OK) return;
    require(hops.count > 0);
    for (size_t i = 0; i < hops.count; i++) {
        if (hops.list[i].known) write_and_read(&hops.list[i].address);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0;

    const struct pen_str rest = {(const char *)data + 1, size - 1};
    if (data[0] == 'P') read_header(rest);
    if (data[0] == 'F') read_hops(rest, true);
    if (data[0] == 'X') read_hops(rest, false);
    return 0;
}
