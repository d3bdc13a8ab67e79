/** Forwarded and X-Forwarded-For: chains that are one, and texts that could be read in two ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/wire/forwarded.h"

struct row {
    struct pen_str value;
    const char *hops; /* "192.0.2.1 ? [2001:db8::1] https"; NULL: refused */
};

typedef enum pen_status reader(struct pen_str value, struct pen_hops *hops);

static void expect(reader *read, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct pen_hops hops = {.count = 0};
        char memory[512] = "";
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory) - 1);
        const enum pen_status status = read(rows[i].value, &hops);
        if ((status == PEN_OK) != (rows[i].hops != NULL)) {
            fail_msg("%.*s", PEN_STR_ARGS(rows[i].value));
        }
        if (status != PEN_OK) continue;
        for (size_t hop = 0; hop < hops.count; hop++) {
            if (hop > 0) pen_buf_byte(&buf, ' ');
            if (hops.list[hop].known) {
                pen_address_put(&buf, &hops.list[hop].address);
            } else {
                pen_buf_byte(&buf, '?');
            }
        }
        if (hops.proto.len > 0) pen_buf_format(&buf, " %.*s", PEN_STR_ARGS(hops.proto));
        assert_string_equal(memory, rows[i].hops);
    }
}

static void reads_forwarded(void **state)
{
    (void)state;
    const struct row rows[] = {
        {PEN_STR("for=192.0.2.43"), "192.0.2.43"},
        {PEN_STR("For=\"[2001:db8:cafe::17]:4711\""), "[2001:db8:cafe::17]"},
        {PEN_STR("for=192.0.2.60;proto=http;by=203.0.113.43"), "192.0.2.60 http"},
        {PEN_STR("for=192.0.2.43, for=198.51.100.17"), "192.0.2.43 198.51.100.17"},
        {PEN_STR("for=192.0.2.43,for=\"[::1]\";proto=https"), "192.0.2.43 [::1] https"},
        {PEN_STR("for=_hidden, for=unknown"), "? ?"},
        {PEN_STR("for=\"_gazonk\""), "?"},
        {PEN_STR("for=\"192.0.2.1:80\""), "192.0.2.1"},
        {PEN_STR("for=\"192.0.2.1:_port\""), "192.0.2.1"},
        {PEN_STR("proto=https;for=192.0.2.1;host=\"a:1\""), "192.0.2.1 https"},
        {PEN_STR("for=192.0.2.1;x=y"), "192.0.2.1"},
        {PEN_STR(""), NULL},
        {PEN_STR("for="), NULL},
        {PEN_STR("for"), NULL},
        {PEN_STR("proto=https"), NULL},
        {PEN_STR("for=192.0.2.1;for=192.0.2.2"), NULL},
        {PEN_STR("for=192.0.2.1;proto=https;proto=http"), NULL},
        {PEN_STR("for=192.0.2.1;proto=ftp"), NULL},
        {PEN_STR("for=[::1]"), NULL},
        {PEN_STR("for=\"::1\""), NULL},
        {PEN_STR("for=\"[::1\""), NULL},
        {PEN_STR("for=\"[192.0.2.1]\""), NULL},
        {PEN_STR("for=\"192.0.2.1"), NULL},
        {PEN_STR("for=\"192.0.\\2.1\""), NULL},
        {PEN_STR("for=192.0.2.1:80"), NULL},
        {PEN_STR("for=\"192.0.2.1:99999\""), NULL},
        {PEN_STR("for=\"192.0.2.1:\""), NULL},
        {PEN_STR("for=localhost"), NULL},
        {PEN_STR("for=0x7f000001"), NULL},
        {PEN_STR("for =192.0.2.1"), NULL},
        {PEN_STR("for= 192.0.2.1"), NULL},
        {PEN_STR("for=192.0.2.1,"), NULL},
        {PEN_STR(",for=192.0.2.1"), NULL},
        {PEN_STR("for=192.0.2.1;"), NULL},
        {PEN_STR("for=192.0.2.1 for=192.0.2.2"), NULL},
        {PEN_STR("for=1.1.1.1,for=1.1.1.1,for=1.1.1.1,for=1.1.1.1,for=1.1.1.1,for=1.1.1.1,"
                 "for=1.1.1.1,for=1.1.1.1,for=1.1.1.1,for=1.1.1.1,for=1.1.1.1,for=1.1.1.1,"
                 "for=1.1.1.1,for=1.1.1.1,for=1.1.1.1,for=1.1.1.1,for=1.1.1.1"),
         NULL},
    };
    expect(pen_forwarded_read, rows, sizeof(rows) / sizeof(rows[0]));
}

static void reads_x_forwarded_for(void **state)
{
    (void)state;
    const struct row rows[] = {
        {PEN_STR("192.0.2.1"), "192.0.2.1"},
        {PEN_STR("192.0.2.1, 198.51.100.2"), "192.0.2.1 198.51.100.2"},
        {PEN_STR("2001:db8::1,192.0.2.1"), "[2001:db8::1] 192.0.2.1"},
        {PEN_STR("[2001:db8::1]"), "[2001:db8::1]"},
        {PEN_STR("unknown, 192.0.2.1"), "? 192.0.2.1"},
        {PEN_STR(""), NULL},
        {PEN_STR("192.0.2.1,"), NULL},
        {PEN_STR(",192.0.2.1"), NULL},
        {PEN_STR("192.0.2.1,,192.0.2.2"), NULL},
        {PEN_STR("192.0.2.1 192.0.2.2"), NULL},
        {PEN_STR("192.0.2.1:80"), NULL},
        {PEN_STR("[::1]:80"), NULL},
        {PEN_STR("\"192.0.2.1\""), NULL},
        {PEN_STR("localhost"), NULL},
        {PEN_STR("127.1"), NULL},
        {PEN_STR("010.0.0.1"), NULL},
        {PEN_STR("' OR 1=1"), NULL},
    };
    expect(pen_forwarded_for_read, rows, sizeof(rows) / sizeof(rows[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_forwarded),
        cmocka_unit_test(reads_x_forwarded_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
