/** Questions to the database by themselves, and comments that MySQL runs. */
#include "tests/unit/filter_alone.h"

static void blocks_expressions_that_ask_the_database(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"a character of the version",
         PEN_STR("AND MAKE_SET(1<ascii(substring(version(),1,1)),1)")},
        {"a character of a column",
         PEN_STR("AND MAKE_SET(x<ascii(substring(concat(login,password),1,1)),1)")},
        {"in a limit", PEN_STR("LIMIT CAST((SELECT version()) as numeric)")},
        {"by itself", PEN_STR("CAST(chr(126)||VERSION()||chr(126) AS NUMERIC)")},
        {"compared", PEN_STR("or substring(user(),1,4)='root'")},
        {"a wait in a list", PEN_STR("OR ELT([A]=[A],SLEEP([B]))")},
        {"a wait compared", PEN_STR("RLIKE SLEEP([B])")},
        {"a statement that is spelled",
         PEN_STR("EXECUTE IMMEDIATE utl_raw.cast_to_varchar2(hextoraw('63726561'))")},
        {"a comment of a version", PEN_STR("1/*!1111'*/")},
        {"a comment with a word", PEN_STR("x'/*!50000union*/")},
    };
    filter_case_blocks(&it, "sqli", rows, PEN_COUNT_OF(rows));
}

static void passes_programs_dumps_and_sentences(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"a sentence", PEN_STR("and user() is called twice")},
        {"a call", PEN_STR("print(version())")},
        {"a test", PEN_STR("assertEqual(version(), 1)")},
        {"a word in brackets", PEN_STR("or equal(s)")},
        {"a limit", PEN_STR("limit 5")},
        {"calls in a call", PEN_STR("max(min(a,b),c)")},
        {"a dump's line", PEN_STR("/*!40101 SET NAMES utf8 */;")},
        {"a dump's word", PEN_STR("CREATE DATABASE /*!32312 IF NOT EXISTS*/ x;")},
        {"a licence", PEN_STR("a{color:red}/*! normalize.css v8 */")},
    };
    filter_case_passes(&it, "sqli", rows, PEN_COUNT_OF(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_expressions_that_ask_the_database),
        cmocka_unit_test(passes_programs_dumps_and_sentences),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
