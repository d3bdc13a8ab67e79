/** Routing: which function wins, what is captured, and the path it is sent to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "gateway/config/route.h"
#include "gateway/config/route_text.h"

static struct pen_arena *arena;

static int set_up(void **state)
{
    (void)state;
    return pen_arena_create((size_t)64 << 20, 4096, &arena) == PEN_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    pen_arena_destroy(arena);
    return 0;
}

/* Functions called by their route (with the host before it), which is all that a router looks at.
 */
static const struct pen_router *router_of(struct pen_config_function *functions, size_t count)
{
    const struct pen_config config = {.functions = functions, .function_count = count};
    const struct pen_router *router = NULL;
    struct pen_error err = {.text = ""};
    for (size_t i = 0; i < count; i++) {
        functions[i].index = (uint32_t)i;
    }
    if (pen_router_create(&config, arena, &router, &err) != PEN_OK) fail_msg("%s", err.text);
    return router;
}

static struct pen_config_function functions[] = {
    {.name = PEN_STR("exact"), .route = PEN_STR("/hooks/github")},
    {.name = PEN_STR("root"), .route = PEN_STR("/")},
    {.name = PEN_STR("slash"), .route = PEN_STR("/hooks/github/")},
    {.name = PEN_STR("template"), .route = PEN_STR("/function/{name}")},
    {.name = PEN_STR("literal in template"), .route = PEN_STR("/function/{name}/status")},
    {.name = PEN_STR("prefix"), .route = PEN_STR("/hooks/*")},
    {.name = PEN_STR("longer prefix"), .route = PEN_STR("/hooks/git/*")},
    {.name = PEN_STR("template and prefix"), .route = PEN_STR("/function/{name}/*")},
    {.name = PEN_STR("exact beside template"), .route = PEN_STR("/function/admin")},
    {.name = PEN_STR("back 1"), .route = PEN_STR("/a/b/c/{x}")},
    {.name = PEN_STR("back 2"), .route = PEN_STR("/a/{x}/d/e")},
    {.name = PEN_STR("two"), .route = PEN_STR("/t/{tenant}/o/{order}")},
    {.name = PEN_STR("host exact"), .host = PEN_STR("fn.example"), .route = PEN_STR("/hooks/x")},
    {.name = PEN_STR("host prefix"), .host = PEN_STR("fn.example"), .route = PEN_STR("/hooks/*")},
    {.name = PEN_STR("host template"),
     .host = PEN_STR("fn.example"),
     .route = PEN_STR("/hooks/{id}/end")},
};

static void the_most_specific_route_wins(void **state)
{
    (void)state;
    const struct pen_router *const router = router_of(functions, PEN_COUNT_OF(functions));
    const struct {
        const char *why;
        struct pen_str authority;
        struct pen_str path;
        const char *function; /* NULL = none */
        struct pen_str captures[3];
        size_t capture_count;
    } rows[] = {
        {"exact", PEN_STR("x"), PEN_STR("/hooks/github"), "exact", {{NULL, 0}}, 0},
        {"a trailing slash is another path",
         PEN_STR("x"),
         PEN_STR("/hooks/github/"),
         "slash",
         {{NULL, 0}},
         0},
        {"root", PEN_STR("x"), PEN_STR("/"), "root", {{NULL, 0}}, 0},
        {"case counts", PEN_STR("x"), PEN_STR("/Hooks/github"), NULL, {{NULL, 0}}, 0},
        {"template", PEN_STR("x"), PEN_STR("/function/resize"), "template", {PEN_STR("resize")}, 1},
        {"nothing is decoded",
         PEN_STR("x"),
         PEN_STR("/function/a%20b"),
         "template",
         {PEN_STR("a%20b")},
         1},
        {"exact before template",
         PEN_STR("x"),
         PEN_STR("/function/admin"),
         "exact beside template",
         {{NULL, 0}},
         0},
        {"template before prefix",
         PEN_STR("x"),
         PEN_STR("/function/f/status"),
         "literal in template",
         {PEN_STR("f")},
         1},
        {"template with rest",
         PEN_STR("x"),
         PEN_STR("/function/f/a/b"),
         "template and prefix",
         {PEN_STR("f"), PEN_STR("a/b")},
         2},
        {"empty rest",
         PEN_STR("x"),
         PEN_STR("/function/f/"),
         "template and prefix",
         {PEN_STR("f"), PEN_STR("")},
         2},
        {"an empty segment is captured by nothing",
         PEN_STR("x"),
         PEN_STR("/function/"),
         NULL,
         {{NULL, 0}},
         0},
        {"prefix", PEN_STR("x"), PEN_STR("/hooks/gitlab/1"), "prefix", {PEN_STR("gitlab/1")}, 1},
        {"a prefix ends at a slash", PEN_STR("x"), PEN_STR("/hooks"), NULL, {{NULL, 0}}, 0},
        {"and covers what is behind it",
         PEN_STR("x"),
         PEN_STR("/hooks/"),
         "prefix",
         {PEN_STR("")},
         1},
        {"longer prefix",
         PEN_STR("x"),
         PEN_STR("/hooks/git/hub"),
         "longer prefix",
         {PEN_STR("hub")},
         1},
        {"not by its letters",
         PEN_STR("x"),
         PEN_STR("/hooks/gitty/hub"),
         "prefix",
         {PEN_STR("gitty/hub")},
         1},
        {"literal path of two", PEN_STR("x"), PEN_STR("/a/b/c/d"), "back 1", {PEN_STR("d")}, 1},
        {"back to the template", PEN_STR("x"), PEN_STR("/a/b/d/e"), "back 2", {PEN_STR("b")}, 1},
        {"neither", PEN_STR("x"), PEN_STR("/a/b/d/f"), NULL, {{NULL, 0}}, 0},
        {"two captures",
         PEN_STR("x"),
         PEN_STR("/t/acme/o/7"),
         "two",
         {PEN_STR("acme"), PEN_STR("7")},
         2},
        {"its host before any host",
         PEN_STR("fn.example"),
         PEN_STR("/hooks/github"),
         "host prefix",
         {PEN_STR("github")},
         1},
        {"exact at its host",
         PEN_STR("fn.example"),
         PEN_STR("/hooks/x"),
         "host exact",
         {{NULL, 0}},
         0},
        {"template at its host",
         PEN_STR("fn.example"),
         PEN_STR("/hooks/9/end"),
         "host template",
         {PEN_STR("9")},
         1},
        {"the port is no part of the host",
         PEN_STR("FN.Example:8443"),
         PEN_STR("/hooks/x"),
         "host exact",
         {{NULL, 0}},
         0},
        {"any host where its own has nothing",
         PEN_STR("fn.example"),
         PEN_STR("/function/f"),
         "template",
         {PEN_STR("f")},
         1},
        {"no host at all", PEN_STR(""), PEN_STR("/hooks/x"), "prefix", {PEN_STR("x")}, 1},
        {"an IPv6 address", PEN_STR("[::1]:80"), PEN_STR("/hooks/x"), "prefix", {PEN_STR("x")}, 1},
        {"the asterisk of OPTIONS", PEN_STR("x"), PEN_STR("*"), NULL, {{NULL, 0}}, 0},
        {"nothing", PEN_STR("x"), PEN_STR(""), NULL, {{NULL, 0}}, 0},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_route_match match;
        pen_router_find(router, rows[i].authority, rows[i].path, &match);
        const struct pen_str found = match.function == NULL ? PEN_S("none") : match.function->name;
        const struct pen_str wanted =
            rows[i].function == NULL ? PEN_S("none") : pen_str_from_c(rows[i].function);
        bool same = pen_str_equal(found, wanted) && match.capture_count == rows[i].capture_count;
        for (size_t c = 0; same && c < match.capture_count; c++) {
            same = pen_str_equal(match.captures[c], rows[i].captures[c]);
        }
        if (!same) fail_msg("%s: found %.*s", rows[i].why, PEN_STR_ARGS(found));
    }
}

static void a_very_long_host_is_no_host_of_ours(void **state)
{
    (void)state;
    char host[4096];
    memset(host, 'a', sizeof(host));
    const struct pen_router *const router = router_of(functions, PEN_COUNT_OF(functions));
    struct pen_route_match match;
    pen_router_find(router, (struct pen_str){host, sizeof(host)}, PEN_S("/hooks/github"), &match);
    assert_ptr_equal(match.function, &functions[0]);
}

static void refuses_two_owners_of_one_route(void **state)
{
    (void)state;
    const struct {
        struct pen_str first;
        struct pen_str second;
        enum pen_status status;
    } rows[] = {
        {PEN_STR("/a"), PEN_STR("/a"), PEN_ERR_INVALID},
        {PEN_STR("/a/{x}"), PEN_STR("/a/{y}"), PEN_ERR_INVALID},
        {PEN_STR("/a/*"), PEN_STR("/a/*"), PEN_ERR_INVALID},
        {PEN_STR("/a/{x}/*"), PEN_STR("/a/{y}/*"), PEN_ERR_INVALID},
        {PEN_STR("/a"), PEN_STR("/a/"), PEN_OK},
        {PEN_STR("/a/{x}"), PEN_STR("/a/*"), PEN_OK},
        {PEN_STR("/a/b"), PEN_STR("/a/{x}"), PEN_OK},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_config_function two[] = {
            {.name = PEN_STR("one"), .route = rows[i].first},
            {.name = PEN_STR("other"), .route = rows[i].second},
        };
        const struct pen_config config = {.functions = two, .function_count = 2};
        const struct pen_router *router;
        struct pen_error err = {.text = ""};
        assert_int_equal(pen_router_create(&config, arena, &router, &err), rows[i].status);
        if (rows[i].status != PEN_OK) {
            assert_non_null(strstr(err.text, "'one'"));
            assert_non_null(strstr(err.text, "'other'"));
        }
    }
}

static void fills_the_target_from_what_was_captured(void **state)
{
    (void)state;
    const struct pen_config_upstream plain = {.base_path = PEN_STR("")};
    const struct pen_config_upstream based = {.base_path = PEN_STR("/base")};
    const struct {
        const char *why;
        const struct pen_config_upstream *upstream;
        struct pen_str route;
        struct pen_str target;
        struct pen_str path;
        struct pen_str sent;
    } rows[] = {
        {"no target: the path", &plain, PEN_STR("/f/{n}"), PEN_STR(""), PEN_STR("/f/a%2Fb"),
         PEN_STR("/f/a%2Fb")},
        {"behind the base", &based, PEN_STR("/f"), PEN_STR(""), PEN_STR("/f"), PEN_STR("/base/f")},
        {"fixed", &based, PEN_STR("/f/{n}"), PEN_STR("/run"), PEN_STR("/f/a"),
         PEN_STR("/base/run")},
        {"the root", &plain, PEN_STR("/f"), PEN_STR("/"), PEN_STR("/f"), PEN_STR("/")},
        {"a capture", &plain, PEN_STR("/f/{n}/x"), PEN_STR("/function/{n}"), PEN_STR("/f/a/x"),
         PEN_STR("/function/a")},
        {"by name, not by order", &plain, PEN_STR("/{a}/{b}"), PEN_STR("/{b}/{a}"), PEN_STR("/1/2"),
         PEN_STR("/2/1")},
        {"the rest", &plain, PEN_STR("/api/*"), PEN_STR("/v1/*"), PEN_STR("/api/x/y/"),
         PEN_STR("/v1/x/y/")},
        {"an empty rest", &plain, PEN_STR("/api/*"), PEN_STR("/v1/*"), PEN_STR("/api/"),
         PEN_STR("/v1/")},
        {"capture and rest", &based, PEN_STR("/{t}/*"), PEN_STR("/in/{t}/out/*"),
         PEN_STR("/acme/a/b"), PEN_STR("/base/in/acme/out/a/b")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_config_function function = {
            .route = rows[i].route, .target = rows[i].target, .upstream = rows[i].upstream};
        struct pen_route_match match;
        char memory[128];
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        pen_router_find(router_of(&function, 1), PEN_S("x"), rows[i].path, &match);
        assert_ptr_equal(match.function, &function);
        pen_route_target(&match, rows[i].path, &buf);
        if (!pen_str_equal(pen_buf_str(&buf), rows[i].sent)) {
            fail_msg("%s: %.*s", rows[i].why, PEN_STR_ARGS(pen_buf_str(&buf)));
        }
    }
}

static void refuses_routes_that_no_request_can_have(void **state)
{
    (void)state;
    const struct {
        struct pen_str route;
        const char *says; /* NULL = fine */
    } rows[] = {
        {PEN_STR("/"), NULL},
        {PEN_STR("/a/"), NULL},
        {PEN_STR("/a%20b"), NULL},
        {PEN_STR("/~user/a;b=c,d"), NULL},
        {PEN_STR("/.well-known/x..y"), NULL},
        {PEN_STR("/*"), NULL},
        {PEN_STR("/{a}/{b}/*"), NULL},
        {PEN_STR("/1/2/3/4/5/6/7/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}"), NULL},
        {PEN_STR(""), "begin with '/'"},
        {PEN_STR("a"), "begin with '/'"},
        {PEN_STR("//"), "empty segment"},
        {PEN_STR("/a//b"), "empty segment"},
        {PEN_STR("/./a"), "dots"},
        {PEN_STR("/a/.."), "dots"},
        {PEN_STR("/%2e%2E/a"), "escape"},
        {PEN_STR("/a%2fb"), "escape"},
        {PEN_STR("/a%5Cb"), "escape"},
        {PEN_STR("/a%00"), "escape"},
        {PEN_STR("/a%2"), "ends within"},
        {PEN_STR("/a%zz"), "hexadecimal"},
        {PEN_STR("/a b"), "byte"},
        {PEN_STR("/\xc3\xa9"), "byte"},
        {PEN_STR("/a\\b"), "byte"},
        {PEN_STR("/a?b"), "query"},
        {PEN_STR("/a#b"), "query"},
        {PEN_STR("/a*"), "whole last segment"},
        {PEN_STR("/a*/"), "whole last segment"},
        {PEN_STR("/*/a"), "whole last segment"},
        {PEN_STR("/x{a}"), "whole segment"},
        {PEN_STR("/{a}x"), "whole segment"},
        {PEN_STR("/{}"), "empty {}"},
        {PEN_STR("/{a-b}"), "letters"},
        {PEN_STR("/{1}"), "letters"},
        {PEN_STR("/{a}/{a}"), "alike"},
        {PEN_STR("/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}"), "more {name}"},
        {PEN_STR("/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/*"), "more {name}"},
        {PEN_STR("/1/2/3/4/5/6/7/8/9/1/2/3/4/5/6/7/8/9/1/2/3/4/5/6/7/8/9/1/2/3/4/5/6"), "32"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_route_text text;
        const char *problem = "";
        const enum pen_status status =
            pen_route_text_read(rows[i].route, PEN_ROUTE_CAPTURES, &text, &problem);
        if (rows[i].says == NULL ? status != PEN_OK
                                 : status == PEN_OK || strstr(problem, rows[i].says) == NULL) {
            fail_msg("%.*s: %s", PEN_STR_ARGS(rows[i].route), problem == NULL ? "fine" : problem);
        }
    }
    char path[PEN_ROUTE_BYTES + 2];
    memset(path, 'a', sizeof(path));
    path[0] = '/';
    assert_null(pen_route_path_problem((struct pen_str){path, PEN_ROUTE_BYTES}));
    assert_non_null(pen_route_path_problem((struct pen_str){path, PEN_ROUTE_BYTES + 1}));
    assert_non_null(pen_route_path_problem(PEN_S("/{a}")));
}

/* The same question asked the slow way: rank of a route for a path, 0 = no match. */
static unsigned rank_of(struct pen_str route, struct pen_str path)
{
    struct pen_route_text text;
    const char *problem;
    assert_int_equal(pen_route_text_read(route, PEN_ROUTE_CAPTURES, &text, &problem), PEN_OK);
    size_t at = 1;
    for (size_t i = 0; i < text.segment_count; i++) {
        const struct pen_route_segment *const segment = &text.segments[i];
        if (segment->kind == PEN_SEGMENT_REST) return at <= path.len ? 1 + (unsigned)at : 0;
        if (at > path.len) return 0;
        const struct pen_str found = pen_route_segment_at(path, at);
        if (segment->kind == PEN_SEGMENT_LITERAL && !pen_str_equal(segment->text, found)) return 0;
        if (segment->kind == PEN_SEGMENT_CAPTURE && found.len == 0) return 0;
        at += found.len + 1;
    }
    if (at <= path.len) return 0;
    return text.capture_count == 0 ? 20000 : 10000;
}

static uint32_t draw(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 16;
}

static struct pen_str random_path(uint32_t *seed, bool route)
{
    static const char *const words[] = {"a", "b", "c", "{x}", "{y}"};
    char memory[64];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    const uint32_t segments = 1 + draw(seed) % 4;
    uint32_t captures = 0;
    for (uint32_t i = 0; i < segments; i++) {
        uint32_t word = draw(seed) % (route ? 5 : 3);
        if (word >= 3 && captures++ > 0) word = 0;
        pen_buf_byte(&buf, '/');
        if (route && i + 1 == segments && draw(seed) % 4 == 0) {
            pen_buf_byte(&buf, '*');
        } else {
            pen_buf_put(&buf, pen_str_from_c(words[word]));
        }
    }
    if (draw(seed) % 8 == 0 && !pen_str_ends(pen_buf_str(&buf), PEN_S("*"))) {
        pen_buf_byte(&buf, '/');
    }
    struct pen_str path;
    assert_int_equal(pen_arena_copy(arena, pen_buf_str(&buf), &path), PEN_OK);
    return path;
}

static void agrees_with_asking_every_function(void **state)
{
    (void)state;
    uint32_t seed = 7;
    for (size_t round = 0; round < 200; round++) {
        struct pen_config_function *const some = pen_arena_calloc(arena, 12, sizeof(*some));
        assert_non_null(some);
        size_t count = 0;
        while (count < 12) {
            some[count++].route = random_path(&seed, true);
            const struct pen_config config = {.functions = some, .function_count = count};
            const struct pen_router *router;
            if (pen_router_create(&config, arena, &router, NULL) != PEN_OK) break;
        }
        const struct pen_router *const router = router_of(some, count - 1);
        for (size_t i = 0; i < 60; i++) {
            const struct pen_str path = random_path(&seed, false);
            unsigned best = 0;
            for (size_t f = 0; f + 1 < count; f++) {
                const unsigned rank = rank_of(some[f].route, path);
                if (rank > best) best = rank;
            }
            struct pen_route_match match;
            pen_router_find(router, PEN_S("x"), path, &match);
            const unsigned found =
                match.function == NULL ? 0 : rank_of(match.function->route, path);
            if (found != best) {
                fail_msg("%.*s: rank %u, not %u", PEN_STR_ARGS(path), found, best);
            }
        }
    }
}

static void finds_one_among_ten_thousand(void **state)
{
    (void)state;
    const size_t count = 10000;
    struct pen_config_function *const many = pen_arena_calloc(arena, count, sizeof(*many));
    assert_non_null(many);
    for (size_t i = 0; i < count; i++) {
        char text[64];
        const int length = snprintf(text, sizeof(text), i % 2 == 0 ? "/f/%zu" : "/t/%zu/{x}/*", i);
        const struct pen_str route = {text, (size_t)length};
        assert_int_equal(pen_arena_copy(arena, route, &many[i].route), PEN_OK);
    }
    const struct pen_router *const router = router_of(many, count);
    struct pen_route_match match;
    pen_router_find(router, PEN_S("x"), PEN_S("/f/9998"), &match);
    assert_ptr_equal(match.function, &many[9998]);
    pen_router_find(router, PEN_S("x"), PEN_S("/t/4711/a/b/c"), &match);
    assert_ptr_equal(match.function, &many[4711]);
    assert_true(pen_str_equal(match.captures[1], PEN_S("b/c")));
    pen_router_find(router, PEN_S("x"), PEN_S("/f/10000"), &match);
    assert_null(match.function);
}

static void survives_memory_running_out_anywhere(void **state)
{
    (void)state;
    const struct pen_config config = {.functions = functions,
                                      .function_count = PEN_COUNT_OF(functions)};
    bool succeeded = false;
    for (size_t limit = 1; limit < 65536 && !succeeded; limit += 128) {
        struct pen_arena *small;
        const struct pen_router *router;
        assert_int_equal(pen_arena_create(limit, 64, &small), PEN_OK);
        const enum pen_status status = pen_router_create(&config, small, &router, NULL);
        succeeded = status == PEN_OK;
        if (!succeeded) assert_int_equal(status, PEN_ERR_NOMEM);
        pen_arena_destroy(small);
    }
    assert_true(succeeded);
}

static void sees_escaped_letters_as_letters_and_nothing_else(void **state)
{
    (void)state;
    const struct {
        struct pen_str path;
        struct pen_str plain;
        const char *why;
    } rows[] = {
        {PEN_STR("/admin"), PEN_STR("/admin"), "nothing escaped"},
        {PEN_STR("/%61dm%69n"), PEN_STR("/admin"), "letters"},
        {PEN_STR("/%41%5A%30%39%2d%2E%5f%7e"), PEN_STR("/AZ09-._~"), "all that is unreserved"},
        {PEN_STR("/a%3bb%20%C3%a4"), PEN_STR("/a%3bb%20%C3%a4"), "other bytes stay"},
        {PEN_STR("/%2561"), PEN_STR("/%2561"), "one layer, as RFC 3986 has it"},
        {PEN_STR("/%6"), PEN_STR("/%6"), "cut off"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_str plain;
        assert_int_equal(pen_route_plain_path(rows[i].path, arena, &plain), PEN_OK);
        if (!pen_str_equal(plain, rows[i].plain)) fail_msg("%s", rows[i].why);
    }
}

static void sees_a_path_without_its_parameters(void **state)
{
    (void)state;
    const struct {
        struct pen_str path;
        struct pen_str bare;
        const char *why;
    } rows[] = {
        {PEN_STR("/admin"), PEN_STR("/admin"), "none"},
        {PEN_STR("/admin;a=1"), PEN_STR("/admin"), "of the last segment"},
        {PEN_STR("/admin;"), PEN_STR("/admin"), "an empty one"},
        {PEN_STR("/a;b=1;c/d;/e"), PEN_STR("/a/d/e"), "of several segments"},
        {PEN_STR("/;a/admin"), PEN_STR("/admin"), "a segment of nothing else"},
        {PEN_STR("/admin/;a"), PEN_STR("/admin/"), "the last one of nothing else"},
        {PEN_STR("/;a"), PEN_STR("/"), "nothing else at all"},
        {PEN_STR("/a%3bb"), PEN_STR("/a%3bb"), "an escaped one is a character"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_str bare;
        assert_int_equal(pen_route_bare_path(rows[i].path, arena, &bare), PEN_OK);
        if (!pen_str_equal(bare, rows[i].bare)) fail_msg("%s", rows[i].why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_most_specific_route_wins, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_very_long_host_is_no_host_of_ours, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_two_owners_of_one_route, set_up, tear_down),
        cmocka_unit_test_setup_teardown(fills_the_target_from_what_was_captured, set_up, tear_down),
        cmocka_unit_test(refuses_routes_that_no_request_can_have),
        cmocka_unit_test_setup_teardown(agrees_with_asking_every_function, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sees_escaped_letters_as_letters_and_nothing_else, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(sees_a_path_without_its_parameters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(finds_one_among_ten_thousand, set_up, tear_down),
        cmocka_unit_test(survives_memory_running_out_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
