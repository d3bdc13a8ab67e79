/** Which machine an expression gets is decided once, when it is compiled. */
#include "filters/schema/expression.h"

#include "filters/schema/automaton.h"
#include "filters/schema/ecma.h"
#include "filters/schema/ecma_tree.h"
#include "filters/schema/repeated_set.h"

#define SCRATCH_BYTES ((size_t)32 << 20) /* a source of some 100 KiB as a tree, and its states */
#define SCRATCH_FIRST ((size_t)64 << 10)

struct pen_expression {
    const struct pen_repeated_set *repeated; /* these three: the first that is not NULL */
    const struct pen_automaton *automaton;
    struct pen_regex *regex;
    bool is_plain;
};

static void destroy_regex(void *regex)
{
    pen_regex_destroy(regex);
}

static enum pen_status create_regex(const struct pen_ecma_tree *tree, struct pen_arena *arena,
                                    struct pen_arena *scratch, struct pen_expression *made,
                                    struct pen_error *err)
{
    struct pen_str translated;
    struct pen_regex *regex = NULL;
    PEN_TRY(pen_ecma_write(tree, scratch, &translated, err));
    const enum pen_status status = pen_regex_create_text(translated, &regex, err);
    if (status == PEN_ERR_LIMIT) {
        pen_error_set(err, "expression \"%.*s\" is too large", PEN_STR_ARGS(tree->source));
    }
    PEN_TRY(status);
    PEN_TRY(pen_arena_defer(arena, destroy_regex, regex));
    made->regex = regex;
    return PEN_OK;
}

static enum pen_status choose(const struct pen_ecma_tree *tree, struct pen_arena *arena,
                              struct pen_arena *scratch, struct pen_expression *made,
                              struct pen_error *err)
{
    PEN_TRY(pen_repeated_set_make(tree, arena, &made->repeated));
    /* That one is faster; whether it is plain only the automaton knows. */
    struct pen_arena *const keep = made->repeated == NULL ? arena : scratch;
    const struct pen_automaton *automaton = NULL;
    const enum pen_status status = pen_automaton_make(tree, keep, scratch, &automaton);
    if (status == PEN_OK) {
        made->is_plain = pen_automaton_is_plain(automaton);
        if (made->repeated == NULL) made->automaton = automaton;
        return PEN_OK;
    }
    if (status != PEN_ERR_UNSUPPORTED && status != PEN_ERR_LIMIT) return status;
    return made->repeated != NULL ? PEN_OK : create_regex(tree, arena, scratch, made, err);
}

enum pen_status pen_expression_create(struct pen_str source, struct pen_arena *arena,
                                      const struct pen_expression **out, struct pen_error *err)
{
    struct pen_expression *const made = pen_arena_calloc(arena, 1, sizeof(*made));
    struct pen_arena *scratch = NULL;
    if (made == NULL) return PEN_ERR_NOMEM;
    PEN_TRY(pen_arena_create(SCRATCH_BYTES, SCRATCH_FIRST, &scratch));
    const struct pen_ecma_tree *tree = NULL;
    enum pen_status status = pen_ecma_parse(source, scratch, &tree, err);
    if (status == PEN_OK) status = choose(tree, arena, scratch, made, err);
    pen_arena_destroy(scratch);
    if (status == PEN_OK) *out = made;
    return status;
}

/* A step a byte, so that many long texts are bounded as everything is. */
static enum pen_status pay(uint64_t *steps_left, size_t steps)
{
    if (steps > *steps_left) {
        *steps_left = 0;
        return PEN_ERR_LIMIT;
    }
    *steps_left -= steps;
    return PEN_OK;
}

enum pen_status pen_expression_matches(const struct pen_expression *expression, struct pen_str text,
                                       struct pen_scratch *scratch, uint64_t *steps_left, bool *out)
{
    if (expression->regex != NULL) {
        return pen_regex_matches(expression->regex, scratch, text, steps_left, out);
    }
    PEN_TRY(pay(steps_left, text.len));
    *out = expression->repeated != NULL ? pen_repeated_set_matches(expression->repeated, text)
                                        : pen_automaton_matches(expression->automaton, text);
    return PEN_OK;
}

bool pen_expression_is_plain(const struct pen_expression *expression)
{
    return expression->is_plain;
}
