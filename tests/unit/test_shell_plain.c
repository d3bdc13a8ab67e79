/** The look ahead of the shell's reader, held against the reader itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "filters/shell_lexer.h"

#define TEXT_BYTES 80
#define ROUNDS     300000

/* May one of the text's words run something? What pen_shell_is_plain() must not deny. */
static bool may_run(struct pen_str text)
{
    struct pen_shell shell = pen_shell_begin(text);
    struct pen_shell_part part;
    while (pen_shell_next(&shell, &part)) {
        const bool command = part.command != PEN_SHELL_UNKNOWN && !part.called;
        if (command || part.program_path || part.wild || part.spaced || part.variable) return true;
        if (part.mark == PEN_SHELL_TICK || part.mark == PEN_SHELL_SUBSTITUTION) return true;
    }
    return false;
}

static void never_denies_what_the_reader_finds(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "id", "cat", "ink", "pen ", "sudo ", "x=1",  "y=",  "bin/", "usr/",   "/etc/passwd",
        " ",  ";",   "|",   "&",    "\n",    "`",    "$(",  "$x",   "${IFS}", "<(",
        "(",  ")",   "{",   "}",    "{a,b}", "'",    "\"",  "\\",   "\\n",    "^",
        "*",  "?",   "#",   "+",    "=",     "!",    "%a%", ",",    ".",      "-",
        ":",  "<",   ">",   "/",    "7",     "\xc3", "@",   "[",    "]",      "~",
    };
    size_t plain = 0;
    srand(11);
    for (size_t round = 0; round < ROUNDS; round++) {
        char memory[TEXT_BYTES];
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        for (size_t n = (size_t)rand() % 9; n > 0; n--) {
            /* Words and blanks more often: else next to nothing is plain. */
            const size_t most = rand() % 2 == 0 ? 13 : PEN_COUNT_OF(pieces);
            pen_buf_put(&buf, pen_str_from_c(pieces[(size_t)rand() % most]));
        }
        const struct pen_str text = pen_buf_str(&buf);
        if (!pen_shell_is_plain(text)) continue;
        plain++;
        if (may_run(text)) fail_msg("\"%.*s\"", PEN_STR_ARGS(text));
    }
    assert_true(plain > ROUNDS / 50);
}

static void sees_that_ordinary_texts_run_nothing(void **state)
{
    (void)state;
    static const struct pen_str rows[] = {
        PEN_STR(""),
        PEN_STR("Fountain pen & ink (blue)"),
        PEN_STR("step=2&ref=mail&page=4"),
        PEN_STR("Dear all,\nsee you on Monday; bring cake.\n"),
        PEN_STR("photos/Happy Face & friends.jpg"),
        PEN_STR("fish|chips|peas"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        if (!pen_shell_is_plain(rows[i])) fail_msg("\"%.*s\"", PEN_STR_ARGS(rows[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(never_denies_what_the_reader_finds),
        cmocka_unit_test(sees_that_ordinary_texts_run_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
