/** Paths of an OpenAPI document: which one a request's is, and what its names stand for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "gateway/schema/openapi_path.h"

static struct pen_arena *arena;

static int set_up(void **state)
{
    (void)state;
    return pen_arena_create(1 << 20, 4096, &arena) == PEN_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    pen_arena_destroy(arena);
    return 0;
}

static const struct pen_openapi_operation get[] = {{.method = PEN_STR("GET")}};

static struct pen_openapi_paths listed(const char *base, const char *const *texts, size_t count)
{
    struct pen_openapi_paths paths = {
        .base = pen_str_from_c(base),
        .list = pen_arena_calloc(arena, count, sizeof(*paths.list)),
        .count = count,
    };
    assert_non_null(paths.list);
    for (size_t i = 0; i < count; i++) {
        const char *problem = NULL;
        if (!pen_openapi_path_read(pen_str_from_c(texts[i]), &paths.list[i], &problem)) {
            fail_msg("%s %s", texts[i], problem);
        }
        paths.list[i].operations = get;
        paths.list[i].operation_count = 1;
    }
    assert_int_equal(pen_openapi_paths_ready(&paths, arena), PEN_OK);
    return paths;
}

/* "name=text name=text"; "-" when no path fits. */
static void assert_found(const struct pen_openapi_paths *paths, const char *path,
                         const char *wanted)
{
    char memory[256];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory) - 1);
    struct pen_openapi_match match = {.operation = NULL};
    pen_openapi_paths_find(paths, PEN_S("GET"), pen_str_from_c(path), &match);
    if (!match.knows_path) pen_buf_byte(&buf, '-');
    for (size_t i = 0; i < match.capture_count && match.knows_path; i++) {
        if (i > 0) pen_buf_byte(&buf, ' ');
        pen_buf_put(&buf, match.captures[i].name);
        pen_buf_byte(&buf, '=');
        pen_buf_put(&buf, match.captures[i].text);
    }
    memory[buf.len] = '\0';
    if (!pen_str_equal(pen_buf_str(&buf), pen_str_from_c(wanted))) {
        fail_msg("%s: %s, not %s", path, memory, wanted);
    }
}

static void names_stand_for_segments_and_pieces_of_them(void **state)
{
    (void)state;
    const char *const texts[] = {"/",         "/a",           "/a/{b}",       "/a/{b}/c",
                                 "/a/latest", "/{x}/{y}/{z}", "/r/{day}.csv", "/v{n}"};
    const struct pen_openapi_paths paths = listed("", texts, PEN_COUNT_OF(texts));
    assert_found(&paths, "/", "");
    assert_found(&paths, "/a", "");
    assert_found(&paths, "/a/", "-");
    assert_found(&paths, "/a/1", "b=1");
    assert_found(&paths, "/a/latest", "");
    assert_found(&paths, "/a/1/c", "b=1");
    assert_found(&paths, "/a/1/d", "x=a y=1 z=d");
    assert_found(&paths, "/a/1/c/d", "-");
    assert_found(&paths, "/r/monday.csv", "day=monday");
    assert_found(&paths, "/r/.csv", "-");
    assert_found(&paths, "/r/monday.json", "-");
    assert_found(&paths, "/v2", "n=2");
    assert_found(&paths, "/v", "-");
    assert_found(&paths, "/A", "-");
}

static void a_base_stands_before_all(void **state)
{
    (void)state;
    const char *const texts[] = {"/a", "/"};
    const struct pen_openapi_paths paths = listed("/v1", texts, PEN_COUNT_OF(texts));
    assert_found(&paths, "/v1/a", "");
    assert_found(&paths, "/v1/", "");
    assert_found(&paths, "/v1", "-");
    assert_found(&paths, "/v1a", "-");
    assert_found(&paths, "/a", "-");
}

static void head_is_get_and_other_methods_are_told(void **state)
{
    (void)state;
    const char *const texts[] = {"/a"};
    const struct pen_openapi_paths paths = listed("", texts, 1);
    struct pen_openapi_match match = {.operation = NULL};
    pen_openapi_paths_find(&paths, PEN_S("HEAD"), PEN_S("/a"), &match);
    assert_ptr_equal(match.operation, get);
    match = (struct pen_openapi_match){.operation = NULL};
    pen_openapi_paths_find(&paths, PEN_S("POST"), PEN_S("/a"), &match);
    assert_null(match.operation);
    assert_true(match.knows_path);
    assert_true(pen_str_equal(match.allow, PEN_S("GET")));
}

static void what_has_several_readings_is_refused(void **state)
{
    (void)state;
    const char *const texts[] = {"", "a", "/{a}{b}", "/{a", "/a}", "/{}", "/}{"};
    for (size_t i = 0; i < PEN_COUNT_OF(texts); i++) {
        struct pen_openapi_path path;
        const char *problem = NULL;
        if (pen_openapi_path_read(pen_str_from_c(texts[i]), &path, &problem))
            fail_msg("%s", texts[i]);
        assert_non_null(problem);
    }
}

static void a_route_and_paths_that_never_meet_are_known(void **state)
{
    (void)state;
    static const char *const texts[] = {"/pets/{id}", "/owners"};
    static const struct {
        const char *base;
        const char *route;
        bool meet;
    } rows[] = {
        {"/shop", "/shop/*", true},
        {"/v1", "/shop/*", false},
        {"", "/shop/*", false},
        {"", "/pets/*", true},
        {"", "/*", true},
        {"", "/{any}", true},
        {"/shop", "/shop/pets/*", true},
        {"/shop", "/shop/toys/*", false},
        {"/shop/v1", "/shop/*", true},
        {"/shop", "/shop/pets/7", true},
        {"/sh%6Fp", "/shop/*", true},
        {"/shop", "/sh%6Fp/*", true},
        {"/shop", "/{tenant}/*", true},
        {"/shop", "/shop/owners", true},
        {"/shop", "/shop/cats", false},
        {"/v{n}", "/v1/cats", true},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_openapi_paths paths = listed(rows[i].base, texts, PEN_COUNT_OF(texts));
        if (pen_openapi_paths_meet(&paths, pen_str_from_c(rows[i].route)) != rows[i].meet) {
            fail_msg("%s %s", rows[i].base, rows[i].route);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_stand_for_segments_and_pieces_of_them),
        cmocka_unit_test(a_base_stands_before_all),
        cmocka_unit_test(a_route_and_paths_that_never_meet_are_known),
        cmocka_unit_test(head_is_get_and_other_methods_are_told),
        cmocka_unit_test(what_has_several_readings_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
