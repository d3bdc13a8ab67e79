/**
 * What becomes of ECMA-262 expressions, for a test to hold against another engine: for each request
 * on standard input (an expression and a text, each its length as four bytes, little end first,
 * then its bytes) one line: "yes", "no", "limit", or why the expression is refused: "syntax ...",
 * "unsupported ..." and so on. Of an expression that is none with the flag "u" the line begins with
 * "lenient ". With --pcre2 none but that engine is asked.
 */
#include <stdio.h>
#include <stdlib.h>

#include "filters/schema/ecma.h"
#include "filters/schema/expression.h"

#define LONGEST ((size_t)1 << 20)
#define STEPS   1000000

static bool take(char **memory, struct pen_str *out)
{
    unsigned char head[4];
    if (fread(head, 1, sizeof(head), stdin) != sizeof(head)) return false;
    const size_t len =
        head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
    if (len > LONGEST) return false;
    *memory = malloc(len + 1);
    if (*memory == NULL || fread(*memory, 1, len, stdin) != len) return false;
    *out = (struct pen_str){*memory, len};
    return true;
}

static enum pen_status search_translated(struct pen_str source, struct pen_str text,
                                         struct pen_arena *arena, struct pen_scratch *scratch,
                                         bool *found, struct pen_error *err)
{
    struct pen_str expression;
    struct pen_regex *regex = NULL;
    PEN_TRY(pen_ecma_translate(source, arena, &expression, err));
    PEN_TRY(pen_regex_create_text(expression, &regex, err));
    uint64_t steps = STEPS;
    const enum pen_status status = pen_regex_matches(regex, scratch, text, &steps, found);
    pen_regex_destroy(regex);
    if (status == PEN_ERR_LIMIT) pen_error_set(err, "search");
    return status;
}

static enum pen_status search(struct pen_str source, struct pen_str text, struct pen_arena *arena,
                              struct pen_scratch *scratch, bool *found, struct pen_error *err)
{
    const struct pen_expression *expression;
    PEN_TRY(pen_expression_create(source, arena, &expression, err));
    uint64_t steps = STEPS;
    const enum pen_status status = pen_expression_matches(expression, text, scratch, &steps, found);
    if (status == PEN_ERR_LIMIT) pen_error_set(err, "search");
    return status;
}

int main(int argc, char **argv)
{
    const bool translated = argc > 1 && pen_str_equal(pen_str_from_c(argv[1]), PEN_S("--pcre2"));
    struct pen_patterns *patterns = NULL;
    struct pen_scratch *scratch = NULL;
    struct pen_arena *arena = NULL;
    if (pen_patterns_create(NULL, 0, &patterns, NULL) != PEN_OK
        || pen_patterns_scratch(patterns, &scratch) != PEN_OK
        || pen_arena_create((size_t)64 << 20, 1 << 16, &arena) != PEN_OK) {
        return 1;
    }
    char *memory[2] = {NULL, NULL};
    struct pen_str source;
    struct pen_str text;
    while (take(&memory[0], &source) && take(&memory[1], &text)) {
        struct pen_error err = {.text = ""};
        bool found = false;
        const enum pen_status status =
            (translated ? search_translated : search)(source, text, arena, scratch, &found, &err);
        const char *const lenient = pen_ecma_is_expression(source) ? "" : "lenient ";
        if (status == PEN_OK) {
            printf("%s%s\n", lenient, found ? "yes" : "no");
        } else {
            printf("%s%s %s\n", lenient, pen_status_name(status), err.text);
        }
        pen_arena_reset(arena);
        free(memory[0]);
        free(memory[1]);
    }
    pen_arena_destroy(arena);
    pen_patterns_scratch_destroy(scratch);
    pen_patterns_destroy(patterns);
    return 0;
}
