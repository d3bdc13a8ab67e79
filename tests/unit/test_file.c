/** Files read whole: what comes back, and what is said when it does not. */
#include "gateway/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/pki.h"

static struct pki pki;

static int make_folder(void **state)
{
    (void)state;
    pki_init(&pki);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    pki_deinit(&pki);
    return 0;
}

static void reads_every_length_around_its_buffer(void **state)
{
    (void)state;
    const size_t lengths[] = {0, 1, 8190, 8191, 8192, 8193, 16383, 16384, 20000};
    char *text = malloc(20000);
    assert_non_null(text);
    for (size_t i = 0; i < 20000; i++)
        text[i] = (char)('a' + i % 26);
    for (size_t i = 0; i < PEN_COUNT_OF(lengths); i++) {
        pki_write(&pki, "file", (struct pen_str){text, lengths[i]});
        struct pen_str contents;
        struct pen_error err;
        if (pen_file_read(pki_path(&pki, "file"), 20000, &contents, &err) != PEN_OK) {
            fail_msg("%zu bytes: %s", lengths[i], err.text);
        }
        assert_true(pen_str_equal(contents, (struct pen_str){text, lengths[i]}));
        assert_int_equal(contents.ptr[contents.len], '\0');
        pen_file_wipe(&contents);
        assert_null(contents.ptr);
    }
    free(text);
}

static void refuses_a_file_longer_than_the_limit(void **state)
{
    (void)state;
    pki_write(&pki, "file", PEN_S("12345678"));
    struct pen_str contents = PEN_STR("untouched");
    struct pen_error err;
    assert_int_equal(pen_file_read(pki_path(&pki, "file"), 7, &contents, &err), PEN_ERR_LIMIT);
    assert_non_null(strstr(err.text, "longer than 7 bytes"));
    assert_string_equal(contents.ptr, "untouched");
    assert_int_equal(pen_file_read(pki_path(&pki, "file"), 8, &contents, &err), PEN_OK);
    pen_file_wipe(&contents);
}

static void names_a_file_that_cannot_be_read(void **state)
{
    (void)state;
    struct pen_str contents;
    struct pen_error err;
    assert_int_equal(pen_file_read(pki_path(&pki, "absent"), 10, &contents, &err), PEN_ERR_IO);
    assert_non_null(strstr(err.text, "absent' cannot be opened: No such file"));
    assert_int_equal(pen_file_read(pki_path(&pki, ""), 10, &contents, &err), PEN_ERR_IO);
    assert_non_null(strstr(err.text, "cannot be read: Is a directory"));
    assert_int_equal(pen_file_read(pki_path(&pki, "absent"), 10, &contents, NULL), PEN_ERR_IO);
}

static void writes_a_file_of_its_own(void **state)
{
    (void)state;
    struct pen_error err;
    struct pen_str contents;
    struct stat about;
    const struct pen_str path = pki_path(&pki, "own/er/key");
    assert_int_equal(pen_file_make_folder(pki_path(&pki, "own/er"), &err), PEN_OK);
    assert_int_equal(pen_file_make_folder(pki_path(&pki, "own/er/"), &err), PEN_OK);
    assert_int_equal(pen_file_write(path, 0600, false, PEN_S("one"), &err), PEN_OK);
    assert_int_equal(stat(path.ptr, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);

    assert_int_equal(pen_file_write(path, 0600, false, PEN_S("two"), &err), PEN_ERR_IO);
    assert_non_null(strstr(err.text, "own/er/key' cannot be made: File exists"));
    assert_int_equal(pen_file_write(path, 0600, true, PEN_S("three"), &err), PEN_OK);
    assert_int_equal(pen_file_read(path, 10, &contents, &err), PEN_OK);
    assert_true(pen_str_equal(contents, PEN_S("three")));
    pen_file_wipe(&contents);

    /* A link is taken away, not followed. */
    assert_int_equal(unlink(path.ptr), 0);
    assert_int_equal(symlink(pki_path(&pki, "elsewhere").ptr, path.ptr), 0);
    assert_int_equal(pen_file_write(path, 0600, false, PEN_S("four"), &err), PEN_ERR_IO);
    assert_int_equal(pen_file_write(path, 0600, true, PEN_S("four"), &err), PEN_OK);
    assert_int_equal(access(pki_path(&pki, "elsewhere").ptr, F_OK), -1);

    assert_int_equal(pen_file_make_folder(path, &err), PEN_OK); /* there, of whatever kind */
    assert_int_equal(pen_file_make_folder(pki_path(&pki, "own/er/key/below"), &err), PEN_ERR_IO);
    assert_int_equal(pen_file_make_folder(PEN_S(""), &err), PEN_ERR_IO);
    assert_int_equal(remove(path.ptr), 0);
    assert_int_equal(remove(pki_path(&pki, "own/er").ptr), 0);
    assert_int_equal(remove(pki_path(&pki, "own").ptr), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_length_around_its_buffer),
        cmocka_unit_test(refuses_a_file_longer_than_the_limit),
        cmocka_unit_test(names_a_file_that_cannot_be_read),
        cmocka_unit_test(writes_a_file_of_its_own),
    };
    return cmocka_run_group_tests_name("file", tests, make_folder, remove_folder);
}
