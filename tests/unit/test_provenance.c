/** Whom a request comes from: trusted chains, and those that nobody can vouch for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/provenance.h"

#define ARENA_BYTES ((size_t)64 << 10)

/* 10.0.0.0/8, 2001:db8::/32 and Unix sockets. */
static struct pen_networks trusted(struct pen_network list[2])
{
    const char *problem = NULL;
    assert_int_equal(pen_network_read(PEN_S("10.0.0.0/8"), &list[0], &problem), PEN_OK);
    assert_int_equal(pen_network_read(PEN_S("2001:db8::/32"), &list[1], &problem), PEN_OK);
    return (struct pen_networks){.list = list, .count = 2, .unix_socket = true};
}

/* A request with these field lines. */
#define REQUEST(lines) PEN_STR("GET / HTTP/1.1\r\nHost: h\r\n" lines "\r\n")

/* What is found of it from this peer; "" over a Unix socket. */
static enum pen_status find(struct pen_str request, struct pen_str peer, struct pen_arena *arena,
                            struct pen_provenance *out, const char **code)
{
    const struct pen_wire_limits limits = pen_wire_default_limits();
    struct pen_wire_head head;
    struct pen_wire_refusal refusal = {0};
    assert_int_equal(pen_wire_parse_request(request, &limits, &head, &refusal), PEN_WIRE_DONE);

    struct pen_network list[2];
    const struct pen_networks networks = trusted(list);
    struct pen_address address;
    if (peer.len > 0) assert_int_equal(pen_address_read(peer, &address), PEN_OK);
    return pen_provenance_find(&head, &networks, peer.len > 0 ? &address : NULL, arena, out, code);
}

static void finds_the_nearest_who_is_no_trusted_proxy(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str peer;
        struct pen_str request;
        struct pen_str caller;
        size_t hops;
        struct pen_str proto;
    } rows[] = {
        {"a caller of its own", PEN_STR("192.0.2.1"), REQUEST(""), PEN_STR(""), 0, PEN_STR("")},
        {"a caller who says that it is a proxy", PEN_STR("192.0.2.1"),
         REQUEST("X-Forwarded-For: 10.0.0.1\r\nForwarded: for=x\r\n"), PEN_STR(""), 0, PEN_STR("")},
        {"a proxy that says nothing", PEN_STR("10.0.0.1"), REQUEST(""), PEN_STR(""), 0,
         PEN_STR("")},
        {"one hop", PEN_STR("10.0.0.1"), REQUEST("X-Forwarded-For: 192.0.2.9\r\n"),
         PEN_STR("192.0.2.9"), 1, PEN_STR("")},
        {"what a caller said before is its own word", PEN_STR("10.0.0.1"),
         REQUEST("X-Forwarded-For: 6.6.6.6, 192.0.2.9, 10.1.1.1\r\n"), PEN_STR("192.0.2.9"), 3,
         PEN_STR("")},
        {"two fields are one list", PEN_STR("10.0.0.1"),
         REQUEST("X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 192.0.2.9\r\n"),
         PEN_STR("192.0.2.9"), 2, PEN_STR("")},
        {"proxies only: the farthest", PEN_STR("10.0.0.1"),
         REQUEST("X-Forwarded-For: 10.0.0.3, 10.0.0.2\r\n"), PEN_STR("10.0.0.3"), 2, PEN_STR("")},
        {"behind a hidden one nobody is known", PEN_STR("10.0.0.1"),
         REQUEST("Forwarded: for=192.0.2.9, for=_gate, for=10.0.0.2\r\n"), PEN_STR("unknown"), 3,
         PEN_STR("")},
        {"IPv6 on both sides", PEN_STR("2001:db8::1"),
         REQUEST("Forwarded: for=\"[2001:DB9::7]:99\";proto=https\r\n"), PEN_STR("[2001:db9::7]"),
         1, PEN_STR("https")},
        {"a mapped address is the IPv4 one", PEN_STR("::ffff:10.0.0.1"),
         REQUEST("X-Forwarded-For: ::ffff:192.0.2.9\r\n"), PEN_STR("192.0.2.9"), 1, PEN_STR("")},
        {"over a Unix socket", PEN_STR(""), REQUEST("X-Forwarded-For: 192.0.2.9\r\n"),
         PEN_STR("192.0.2.9"), 1, PEN_STR("")},
        {"both fields, and they agree", PEN_STR("10.0.0.1"),
         REQUEST("Forwarded: for=\"[2001:db9::7]\"\r\nX-Forwarded-For: 2001:db9::7\r\n"),
         PEN_STR("[2001:db9::7]"), 1, PEN_STR("")},
        {"Forwarded's word about the scheme goes first", PEN_STR("10.0.0.1"),
         REQUEST("Forwarded: for=1.2.3.4;proto=http\r\nX-Forwarded-Proto: https\r\n"),
         PEN_STR("1.2.3.4"), 1, PEN_STR("http")},
        {"the scheme without a chain", PEN_STR("10.0.0.1"), REQUEST("X-Forwarded-Proto: http\r\n"),
         PEN_STR(""), 0, PEN_STR("http")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_arena *arena = NULL;
        assert_int_equal(pen_arena_create(ARENA_BYTES, 0, &arena), PEN_OK);
        struct pen_provenance found;
        const char *code = NULL;
        const enum pen_status status = find(rows[i].request, rows[i].peer, arena, &found, &code);
        if (status != PEN_OK || !pen_str_equal(found.caller, rows[i].caller)
            || (found.hops == NULL ? 0 : found.hops->count) != rows[i].hops
            || !pen_str_equal(found.proto, rows[i].proto)) {
            fail_msg("%s: %.*s", rows[i].why, PEN_STR_ARGS(found.caller));
        }
        pen_arena_destroy(arena);
    }
}

static void refuses_what_can_be_read_in_two_ways(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str request;
        const char *code;
    } rows[] = {
        {"no address", REQUEST("X-Forwarded-For: 1.2.3.4, x\r\n"), "forwarded.malformed"},
        {"an empty element", REQUEST("X-Forwarded-For: 1.2.3.4,\r\n"), "forwarded.malformed"},
        {"no `for`", REQUEST("Forwarded: proto=https\r\n"), "forwarded.malformed"},
        {"other addresses", REQUEST("Forwarded: for=1.2.3.4\r\nX-Forwarded-For: 4.3.2.1\r\n"),
         "forwarded.conflict"},
        {"chains of other lengths",
         REQUEST("Forwarded: for=1.2.3.4\r\nX-Forwarded-For: 1.2.3.4, 10.0.0.2\r\n"),
         "forwarded.conflict"},
        {"known here, hidden there", REQUEST("Forwarded: for=_a\r\nX-Forwarded-For: 1.2.3.4\r\n"),
         "forwarded.conflict"},
        {"another scheme", REQUEST("X-Forwarded-Proto: gopher\r\n"), "forwarded.malformed"},
        {"two schemes", REQUEST("X-Forwarded-Proto: http\r\nX-Forwarded-Proto: http\r\n"),
         "forwarded.malformed"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_arena *arena = NULL;
        assert_int_equal(pen_arena_create(ARENA_BYTES, 0, &arena), PEN_OK);
        struct pen_provenance found;
        const char *code = "";
        const enum pen_status status =
            find(rows[i].request, PEN_S("10.0.0.1"), arena, &found, &code);
        if (status != PEN_ERR_SYNTAX || strcmp(code, rows[i].code) != 0) {
            fail_msg("%s: %s", rows[i].why, code);
        }
        pen_arena_destroy(arena);
    }
}

static void says_so_when_memory_is_out(void **state)
{
    (void)state;
    static const struct pen_str request = REQUEST("X-Forwarded-For: 192.0.2.9\r\n");
    enum pen_status status = PEN_ERR_NOMEM;
    for (size_t limit = 0; status != PEN_OK; limit += 16) {
        struct pen_arena *arena = NULL;
        assert_int_equal(pen_arena_create(limit, 0, &arena), PEN_OK);
        struct pen_provenance found;
        const char *code = "";
        status = find(request, PEN_S("10.0.0.1"), arena, &found, &code);
        if (status != PEN_OK) assert_int_equal(status, PEN_ERR_NOMEM);
        pen_arena_destroy(arena);
        assert_true(limit < ARENA_BYTES);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_nearest_who_is_no_trusted_proxy),
        cmocka_unit_test(refuses_what_can_be_read_in_two_ways),
        cmocka_unit_test(says_so_when_memory_is_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
