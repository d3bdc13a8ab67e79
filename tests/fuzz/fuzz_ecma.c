/**
 * Expressions of ECMA-262: one on the first line, the rest is a text.
 *
 * What is written for PCRE2 compiles there, but for its own bounds; every search ends; each machine
 * gives the same answer; what matches a plain expression is plain.
 */
#include <stdlib.h>

#include "filters/core/utf8.h"
#include "filters/schema/ecma.h"
#include "filters/schema/expression.h"

#define STEPS  200000
#define MEMORY ((size_t)64 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) abort();
}

static bool is_plain(struct pen_str text)
{
    bool plain = text.len < 16 && !pen_str_starts(text, PEN_S("-"))
                 && pen_str_find_str(text, PEN_S("--")) == text.len
                 && pen_str_find_str(text, PEN_S("__")) == text.len;
    for (size_t i = 0; i < text.len; i++) {
        plain = plain && (pen_is_name_char(text.ptr[i]) || text.ptr[i] == '-');
    }
    return plain;
}

/* False: it is not translated, or PCRE2 gives up. */
static bool ask_pcre2(struct pen_str source, struct pen_str text, struct pen_arena *arena,
                      struct pen_scratch *scratch, bool *matches)
{
    struct pen_str translated;
    struct pen_regex *regex = NULL;
    if (pen_ecma_translate(source, arena, &translated, NULL) != PEN_OK) return false;
    const enum pen_status created = pen_regex_create_text(translated, &regex, NULL);
    require(created == PEN_OK || created == PEN_ERR_LIMIT);
    if (created != PEN_OK) return false;

    uint64_t steps = STEPS;
    const enum pen_status status = pen_regex_matches(regex, scratch, text, &steps, matches);
    pen_regex_destroy(regex);
    require(status == PEN_OK || status == PEN_ERR_LIMIT);
    require(steps <= STEPS);
    return status == PEN_OK;
}

static void look(struct pen_str source, struct pen_str text, struct pen_arena *arena,
                 struct pen_scratch *scratch)
{
    const struct pen_expression *expression = NULL;
    const enum pen_status created = pen_expression_create(source, arena, &expression, NULL);
    require(created == PEN_OK || created == PEN_ERR_SYNTAX || created == PEN_ERR_UNSUPPORTED
            || created == PEN_ERR_LIMIT);
    if (created == PEN_ERR_SYNTAX) require(!pen_ecma_is_expression(source));
    if (created != PEN_OK || !pen_utf8_valid(text)) return;

    uint64_t steps = STEPS;
    bool matches = false;
    const enum pen_status status =
        pen_expression_matches(expression, text, scratch, &steps, &matches);
    require(status == PEN_OK || status == PEN_ERR_LIMIT);
    if (status != PEN_OK) return;
    require(!matches || !pen_expression_is_plain(expression) || is_plain(text));
    bool again = matches;
    if (ask_pcre2(source, text, arena, scratch, &again)) require(again == matches);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct pen_patterns *patterns; /* kept: what they cost is not what is looked at */
    static struct pen_scratch *scratch;
    static struct pen_arena *arena;
    if (arena == NULL) {
        require(pen_patterns_create(NULL, 0, &patterns, NULL) == PEN_OK
                && pen_patterns_scratch(patterns, &scratch) == PEN_OK
                && pen_arena_create(MEMORY, 1 << 16, &arena) == PEN_OK);
    }
    const struct pen_str all = {(const char *)data, size};
    const size_t line = pen_str_find(all, '\n', 0);
    look(pen_str_slice(all, 0, line), pen_str_slice(all, line + 1, size), arena, scratch);
    pen_arena_reset(arena);
    return 0;
}
