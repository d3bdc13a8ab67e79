/** Single statements of PHP, and texts that only look like some. */
#include "tests/unit/filter_alone.h"

static void blocks_complete_statements(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"a method", PEN_STR("$phar->startBuffering();")},
        {"a method with texts", PEN_STR("$phar->addFromString('a;b.txt', \"x\\\"y\");")},
        {"one after the other", PEN_STR("$a->b()->c['d']->e(1);")},
        {"a result that is kept", PEN_STR("$x = $db->query('select 1');")},
        {"an object that is made", PEN_STR("$x = new \\Evil\\Thing('a');")},
        {"a file that is removed", PEN_STR("@unlink(\"poc.phar\");")},
        {"a file that is made", PEN_STR("mkdir('/tmp/x');")},
        {"with blanks around", PEN_STR("  $a->b() ;  ")},
    };
    filter_case_blocks(&it, "code", rows, PEN_COUNT_OF(rows));
}

static void passes_prices_names_and_sentences(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"prices", PEN_STR("$5->$6;")},
        {"a price", PEN_STR("$5.00;")},
        {"a library's dollar", PEN_STR("$(\"a.bar\").hide();")},
        {"a member", PEN_STR("$user->name;")},
        {"a call without its end", PEN_STR("$order->total()")},
        {"a sentence", PEN_STR("$foo->bar() returns null;")},
        {"a message", PEN_STR("Call to undefined method $foo->bar();")},
        {"a number", PEN_STR("$x = 5;")},
        {"a sum", PEN_STR("$total = $a + $b;")},
        {"other languages' objects", PEN_STR("const x = new Foo();")},
        {"a command in a sentence", PEN_STR("unlink the file;")},
        {"a call as manuals write it", PEN_STR("rename(old, new);")},
        {"a line of a class", PEN_STR("$this->render('index');")},
        {"a line with other variables", PEN_STR("$db->exec($sql);")},
        {"two lines", PEN_STR("$a->b();\n$c->d();")},
    };
    filter_case_passes(&it, "code", rows, PEN_COUNT_OF(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_complete_statements),
        cmocka_unit_test(passes_prices_names_and_sentences),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
