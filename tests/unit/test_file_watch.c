/** Files that are looked at: every way of changing them is seen, once, when it has come to rest. */
#include "gateway/file_watch.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/pki.h"

static struct pki folder; /* for its temporary folder */

static int set_up(void **state)
{
    (void)state;
    pki_init(&folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    pki_deinit(&folder);
    return 0;
}

static const char *path(const char *file)
{
    return pki_path(&folder, file).ptr;
}

static struct pen_file_watch *watch_two(void)
{
    pki_write(&folder, "one", PEN_S("1"));
    pki_write(&folder, "two", PEN_S("2"));
    const struct pen_str paths[] = {pki_path(&folder, "one"), pki_path(&folder, "two")};
    struct pen_file_watch *watch = NULL;
    assert_int_equal(pen_file_watch_create(paths, 2, &watch), PEN_OK);
    assert_false(pen_file_watch_look(watch));
    return watch;
}

/* A change is told at the second look that sees it, and not again. */
static void expect_change(struct pen_file_watch *watch, const char *why)
{
    if (pen_file_watch_look(watch)) fail_msg("told before it had come to rest: %s", why);
    if (!pen_file_watch_look(watch)) fail_msg("not seen: %s", why);
    for (int i = 0; i < 3; i++) {
        if (pen_file_watch_look(watch)) fail_msg("told again: %s", why);
    }
}

static void sees_every_way_of_replacing_a_file(void **state)
{
    (void)state;
    struct pen_file_watch *watch = watch_two();
    pki_write(&folder, "two", PEN_S("22"));
    expect_change(watch, "written anew");

    const struct timespec long_ago[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};
    pki_write(&folder, "other", PEN_S("22"));
    assert_int_equal(utimensat(AT_FDCWD, path("other"), long_ago, 0), 0);
    assert_int_equal(utimensat(AT_FDCWD, path("two"), long_ago, 0), 0);
    expect_change(watch, "touched");
    assert_int_equal(rename(path("other"), path("two")), 0);
    expect_change(watch, "another of the same size and age put in its place");

    assert_int_equal(unlink(path("one")), 0);
    expect_change(watch, "removed");
    pki_write(&folder, "one", PEN_S("1"));
    expect_change(watch, "back again");
    pen_file_watch_destroy(watch);
}

static void sees_a_link_led_elsewhere(void **state)
{
    (void)state;
    /* As Kubernetes does it: the name is a link through a folder that is itself a link. */
    assert_int_equal(mkdir(path("v1"), 0700), 0);
    assert_int_equal(mkdir(path("v2"), 0700), 0);
    pki_write(&folder, "v1/key", PEN_S("same"));
    pki_write(&folder, "v2/key", PEN_S("same"));
    assert_int_equal(symlink("v1", path("data")), 0);
    assert_int_equal(symlink("data/key", path("key")), 0);
    const struct pen_str paths[] = {pki_path(&folder, "key")};
    struct pen_file_watch *watch = NULL;
    assert_int_equal(pen_file_watch_create(paths, 1, &watch), PEN_OK);
    assert_false(pen_file_watch_look(watch));
    assert_int_equal(symlink("v2", path("data.new")), 0);
    assert_int_equal(rename(path("data.new"), path("data")), 0);
    expect_change(watch, "led to another folder");
    pen_file_watch_destroy(watch);

    assert_int_equal(unlink(path("v1/key")), 0);
    assert_int_equal(unlink(path("v2/key")), 0);
    assert_int_equal(rmdir(path("v1")), 0);
    assert_int_equal(rmdir(path("v2")), 0);
}

static void waits_while_files_go_on_changing(void **state)
{
    (void)state;
    struct pen_file_watch *watch = watch_two();
    const struct pen_str text = PEN_STR("growing");
    for (size_t i = 1; i < text.len; i++) {
        pki_write(&folder, i % 2 == 0 ? "one" : "two", pen_str_slice(text, 0, i));
        assert_false(pen_file_watch_look(watch));
    }
    assert_true(pen_file_watch_look(watch));
    assert_false(pen_file_watch_look(watch));
    pen_file_watch_destroy(watch);
}

static void a_file_that_is_not_there_may_come(void **state)
{
    (void)state;
    const struct pen_str paths[] = {pki_path(&folder, "later")};
    struct pen_file_watch *watch = NULL;
    assert_int_equal(pen_file_watch_create(paths, 1, &watch), PEN_OK);
    assert_false(pen_file_watch_look(watch));
    pki_write(&folder, "later", PEN_S("x"));
    expect_change(watch, "came");
    pen_file_watch_destroy(watch);
    pen_file_watch_destroy(NULL);

    assert_int_equal(pen_file_watch_create(NULL, 0, &watch), PEN_OK);
    assert_false(pen_file_watch_look(watch));
    pen_file_watch_destroy(watch);
}

static void rests_longer_where_files_are_many(void **state)
{
    (void)state;
    static struct pen_str paths[5000];
    const struct pen_str one = pki_path(&folder, "later");
    for (size_t i = 0; i < PEN_COUNT_OF(paths); i++) {
        paths[i] = one;
    }
    struct pen_file_watch *watch = watch_two();
    assert_int_equal(pen_file_watch_rest_ms(watch, 2000), 2000);
    pen_file_watch_destroy(watch);

    assert_int_equal(pen_file_watch_create(paths, PEN_COUNT_OF(paths), &watch), PEN_OK);
    assert_int_equal(pen_file_watch_rest_ms(watch, 2000), 5000);
    pen_file_watch_destroy(watch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sees_every_way_of_replacing_a_file),
        cmocka_unit_test(sees_a_link_led_elsewhere),
        cmocka_unit_test(waits_while_files_go_on_changing),
        cmocka_unit_test(a_file_that_is_not_there_may_come),
        cmocka_unit_test(rests_longer_where_files_are_many),
    };
    return cmocka_run_group_tests_name("file_watch", tests, set_up, tear_down);
}
