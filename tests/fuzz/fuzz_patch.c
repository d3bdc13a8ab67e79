/**
 * Any text as a rule of a virtual patch, and another as what it is held against: refused with a
 * sentence, or a rule whose expression wakes for every text that it matches.
 *
 * The input is rules, a NUL and the text; without a NUL the rules are the text, too. What the
 * prefilter is given is what pen_literals_take took, so that is what is held against PCRE2.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/config/config.h"

#define AROUND                                       \
    "listen: [{ address: '127.0.0.1:1' }]\n"         \
    "upstreams: { u: { url: 'http://[::1]' } }\n"    \
    "functions: { f: { route: /f, upstream: u } }\n" \
    "patches:\n"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) abort();
}

struct engine {
    struct pen_patterns *none;
    struct pen_scratch *scratch;
};

static const struct engine *engine(void)
{
    static struct engine made;
    struct pen_error err = {.text = ""};
    if (made.scratch != NULL) return &made;
    require(pen_patterns_create(NULL, 0, &made.none, &err) == PEN_OK);
    require(pen_patterns_scratch(made.none, &made.scratch) == PEN_OK);
    return &made;
}

/* What a rule matches wakes it, unless its writer has said what does. */
static void check_wake(const struct pen_patch_rule *rule, struct pen_str text)
{
    struct pen_arena *arena = NULL;
    struct pen_patch *patch = NULL;
    struct pen_error err = {.text = ""};
    struct pen_span span = {0, 0};
    uint64_t steps = 1 << 20;
    require(pen_arena_create((size_t)1 << 20, 4096, &arena) == PEN_OK);
    if (pen_patch_compile(rule, arena, &patch, &err) == PEN_OK && pen_patch_main(patch) != NULL) {
        const enum pen_status status =
            pen_regex_find(pen_patch_main(patch), engine()->scratch, text, 0, &steps, &span);
        require(status == PEN_OK || status == PEN_ERR_LIMIT);
        require(span.start <= span.end && span.end <= text.len);
        if (status == PEN_OK && span.start < text.len && patch->literals.count > 0
            && rule->wake_count == 0) {
            require(pen_literals_occur(&patch->literals, text));
        }
    }
    pen_arena_destroy(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct pen_config_options options = {.look_at_files = false};
    const struct pen_str whole = {(const char *)data, size};
    const size_t split = pen_str_find(whole, '\0', 0);
    const struct pen_str rules = pen_str_slice(whole, 0, split);
    const struct pen_str text = split < size ? pen_str_slice(whole, split + 1, size) : rules;
    struct pen_config *config = NULL;
    struct pen_error err = {.text = ""};
    const size_t room = sizeof(AROUND) + rules.len;
    struct pen_buf yaml = {.ptr = malloc(room), .cap = room};
    if (yaml.ptr == NULL) return 0;

    pen_buf_put(&yaml, PEN_S(AROUND));
    pen_buf_put(&yaml, rules);
    const enum pen_status status =
        pen_config_parse_with(pen_buf_str(&yaml), PEN_S("/nowhere"), &options, &config, &err);
    free(yaml.ptr);
    if (status != PEN_OK) {
        require(config == NULL && err.text[0] != '\0');
        return 0;
    }
    for (size_t i = 0; i < config->patch_count; i++) {
        check_wake(&config->patches[i], text);
    }
    pen_config_destroy(config);
    return 0;
}
