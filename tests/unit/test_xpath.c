/** XPath that a value breaks into, and paths that are only named. */
#include "tests/unit/filter_alone.h"

static void blocks_values_that_break_into_an_expression(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"nodes are counted", PEN_STR("' and count(/*)=1 and '1'='1")},
        {"a name is asked for", PEN_STR("x' or name()='user' or 'x'='y")},
        {"another path", PEN_STR("')] | //user/*[contains(*,'")},
        {"an axis", PEN_STR("count(/child::node())")},
        {"a substring of a path", PEN_STR("substring(//user[1]/password,1,1)='a'")},
        {"a length", PEN_STR("and string-length(account)=5")},
        {"a length, spread", PEN_STR("and\n string-length (account)=5")},
        {"another path, spread", PEN_STR("']\t|\n //user/*\t|\n//x['")},
        {"attributes", PEN_STR("\" or count(//@*)>3 or \"a\"=\"b")},
        {"union over all", PEN_STR("x'] | //*[a='")},
        {"a path behind an operator", PEN_STR("' or //user[name='x'] or '")},
        {"a constant", PEN_STR("' or true() or '")},
        {"nodes of the root", PEN_STR("' or /*/*[1]/text() or '")},
        {"a path upwards", PEN_STR("') and starts-with(../password,'c")},
        {"a predicate that holds", PEN_STR("//user[text()='' or '1'='1']")},
        {"fetches a document", PEN_STR("doc('http://a.example/')")},
        {"fetches a text", PEN_STR("unparsed-text('/etc/passwd')")},
        {"any attribute", PEN_STR("' or @*|node() or '")},
    };
    filter_case_blocks(&it, "xpath", rows, PEN_COUNT_OF(rows));
}

static void stays_silent_on_paths_and_calls(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"a selector", PEN_STR("//div[@class='x']")},
        {"a function", PEN_STR("count(items)")},
        {"string()", PEN_STR("String(value) and string(x)")},
        {"a URL", PEN_STR("https://example.com//a/b")},
        {"C++", PEN_STR("std::string::size_type n = text.length();")},
        {"SQL in a text", PEN_STR("count(*) gives the rows")},
        {"a glob", PEN_STR("src/**/*.c")},
        {"a table", PEN_STR("a | b | c")},
        {"contains of JavaScript", PEN_STR("list.contains(a)")},
        {"child scope", PEN_STR("foo::child")},
        {"position", PEN_STR("position(3)")},
        {"an axis that is explained", PEN_STR("child::node() is an axis")},
        {"a comment behind an operator", PEN_STR("if (a == 'x' or /* y */ b)")},
        {"an alternative of paths", PEN_STR("a and/or b")},
        {"true in prose", PEN_STR("it's true (or so)")},
        {"a call of code", PEN_STR("doc('readme').save()")},
        {"a document in a sentence", PEN_STR("see doc('http://a.example/') for that")},
        {"a helper", PEN_STR("document('title')")},
    };
    filter_case_passes(&it, "xpath", rows, PEN_COUNT_OF(rows));
}

static void is_linear_where_it_could_be_quadratic(void **state)
{
    (void)state;
    static const struct pen_str pieces[] = {PEN_STR("string-length(b "), PEN_STR("or count(//a) "),
                                            PEN_STR("] | //"), PEN_STR("child::*")};
    filter_case_endures(&it, pieces, PEN_COUNT_OF(pieces));
}

static void weighs_more_with_the_sink(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"all of a document", PEN_STR("//*")},
        {"all attributes", PEN_STR("@*")},
    };
    filter_case_needs_sink("xpath", PEN_S("xpath"), rows, PEN_COUNT_OF(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weighs_more_with_the_sink),
        cmocka_unit_test(blocks_values_that_break_into_an_expression),
        cmocka_unit_test(stays_silent_on_paths_and_calls),
        cmocka_unit_test(is_linear_where_it_could_be_quadratic),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
