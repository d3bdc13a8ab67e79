/** LDAP search filters that a value closes, and parentheses that are only text. */
#include "tests/unit/filter_alone.h"

static void blocks_values_that_add_a_condition(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"closes and adds", PEN_STR("*)(uid=*))(|(uid=*")},
        {"spread", PEN_STR("*)\n  ( objectClass=user)")},
        {"operator behind", PEN_STR("admin)(|(password=*))")},
        {"negation", PEN_STR("admin)(!(&(1=0")},
        {"always true", PEN_STR("*)(objectClass=*)")},
        {"double opening", PEN_STR("x*)((|userPassword=*)")},
        {"a whole filter", PEN_STR("(&(sn=administrator)(password=M*))")},
        {"a filter within", PEN_STR("name = (|(cn=*)(mail=*))")},
        {"cut by NUL", PEN_STR("*))%00")},
        {"operators alone", PEN_STR("*()|&'")},
        {"extensible match", PEN_STR("x)(cn:dn:=a")},
        {"cut at an operator", PEN_STR("admin)(&")},
        {"cut behind two", PEN_STR("admin))(|(&")},
        {"anybody", PEN_STR("(objectClass=*)")},
        {"an operator between", PEN_STR("val)|(uid=*")},
        {"another between", PEN_STR("val) & (cn=admin")},
        {"a negation between", PEN_STR("*)!(sn=*")},
        {"a rule by its number", PEN_STR("*)(1.2.840.113556.1.4.803:=2")},
        {"a rule on an attribute", PEN_STR("userPassword:2.5.13.18:=123")},
    };
    filter_case_blocks(&it, "ldap", rows, PEN_COUNT_OF(rows));
}

static void stays_silent_on_parentheses_and_asterisks(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"footnote", PEN_STR("see below (*)")},
        {"a glob", PEN_STR("*.txt (all of them)")},
        {"a smiley", PEN_STR(":) (: :*)")},
        {"calls", PEN_STR("f(a)(b); g(x)(y)")},
        {"a list", PEN_STR("1) (first) 2) (second)")},
        {"code", PEN_STR("if ((a = b)) { return (c); }")},
        {"arithmetic", PEN_STR("(a+b)*(c-d)")},
        {"Lisp", PEN_STR("(define (square x) (* x x))")},
        {"emphasis", PEN_STR("*(really)*")},
        {"a name", PEN_STR("Smith (Jr.)")},
        {"Boolean text", PEN_STR("(red | blue) & (big | small)")},
        {"function pointer", PEN_STR("void (*f)(int)")},
        {"calls in calls", PEN_STR("f(g(x))")},
        {"a condition of code", PEN_STR("(a == *)")},
        {"a pattern", PEN_STR("(x=y)")},
        {"an alternative of a pattern", PEN_STR("^(foo)|(bar=1)$")},
        {"an assignment of Go", PEN_STR("v1:=2; v2:=3")},
        {"a smiley and a choice", PEN_STR("nice :)|(or not)")},
        {"a bit of code", PEN_STR("if (a)&(b == c)")},
        {"a version", PEN_STR("released :) (1.2.3)")},
    };
    filter_case_passes(&it, "ldap", rows, PEN_COUNT_OF(rows));
}

static void weighs_more_with_the_sink(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"an end that nothing opened", PEN_STR("x = q))")},
        {"a wildcard alone", PEN_STR("*")},
    };
    filter_case_needs_sink("ldap", PEN_S("ldap"), rows, PEN_COUNT_OF(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weighs_more_with_the_sink),
        cmocka_unit_test(blocks_values_that_add_a_condition),
        cmocka_unit_test(stays_silent_on_parentheses_and_asterisks),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
