/** Functions whose policies say the same share a chain, and no others do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "gateway/chains.h"

#define HEAD                                               \
    "listen: [{ address: 127.0.0.1:0 }]\n"                 \
    "upstreams: { u: { url: https://h } }\n"               \
    "defaults: { filters: { structure: { depth: 9 } } }\n" \
    "functions:\n"                                         \
    "  a: { route: /a, upstream: u, allow: anyone }\n"     \
    "  b: { route: /b, upstream: u, allow: anyone }\n"

struct made {
    struct pen_config *config;
    struct pen_ruleset *ruleset;
    const struct pen_chain *const *chains;
};

static struct made make(const char *yaml)
{
    const struct pen_config_options options = {.look_at_files = false};
    struct made made = {.config = NULL};
    struct pen_error err = {.text = ""};
    if (pen_config_parse_with(pen_str_from_c(yaml), PEN_S("/x"), &options, &made.config, &err)
        != PEN_OK) {
        fail_msg("%zu: %s", err.line, err.text);
    }
    assert_int_equal(pen_ruleset_create_patched(made.config->patches, made.config->patch_count,
                                                &made.ruleset, &err),
                     PEN_OK);
    assert_int_equal(pen_chains_create(made.config, made.ruleset, &made.chains, &err), PEN_OK);
    return made;
}

static void destroy(struct made *made)
{
    pen_config_destroy(made->config);
    pen_ruleset_release(made->ruleset);
}

static void functions_that_say_the_same_share_a_chain(void **state)
{
    (void)state;
    struct made made = make(HEAD "  c: { route: /c, upstream: u, allow: anyone, sinks: [sql] }\n"
                                 "  d: { route: /d, upstream: u, allow: anyone, sinks: [sql] }\n");
    assert_ptr_equal(made.chains[0], made.chains[1]);
    assert_ptr_equal(made.chains[2], made.chains[3]);
    assert_ptr_not_equal(made.chains[0], made.chains[2]);
    destroy(&made);
}

static void what_differs_has_a_chain_of_its_own(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "  c: { route: /c, upstream: u, allow: anyone, sinks: [sql, html] }\n",
        "  c: { route: /c, upstream: u, allow: anyone, filters: detect }\n",
        "  c: { route: /c, upstream: u, allow: anyone, filters: { structure: { depth: 8 } } }\n",
        "  c: { route: /c, upstream: u, allow: anyone, filters: { sqli: \"off\" } }\n",
        "  c: { route: /c, upstream: u, allow: anyone, thresholds: { block: 80 } }\n",
        "  c: { route: /c, upstream: u, allow: anyone, filters: { sqli: { thresholds: { block: 80 }"
        " } } }\n",
    };
    for (size_t i = 0; i < PEN_COUNT_OF(lines); i++) {
        char memory[1024];
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory) - 1);
        pen_buf_put(&buf, PEN_S(HEAD));
        pen_buf_put(&buf, pen_str_from_c(lines[i]));
        memory[buf.len] = '\0';
        struct made made = make(memory);
        assert_ptr_equal(made.chains[0], made.chains[1]);
        assert_ptr_not_equal(made.chains[0], made.chains[2]);
        destroy(&made);
    }
}

static void patches_that_name_functions_keep_chains_apart(void **state)
{
    (void)state;
    struct made made = make("patches:\n  - { id: p, title: t, match: { leaf: abcd }, wake: abcd, "
                            "when: { functions: [a] } }\n" HEAD);
    assert_ptr_not_equal(made.chains[0], made.chains[1]);
    destroy(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_that_say_the_same_share_a_chain),
        cmocka_unit_test(what_differs_has_a_chain_of_its_own),
        cmocka_unit_test(patches_that_name_functions_keep_chains_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
