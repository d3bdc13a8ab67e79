/** Template expressions that compute or reach, and placeholders. */
#include "tests/unit/filter_alone.h"

static void blocks_expressions_that_compute_or_reach(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"engine 0", PEN_STR("{{7*7}}")},
        {"engine 1", PEN_STR("${7*7}")},
        {"engine 2", PEN_STR("#{7*7}")},
        {"engine 3", PEN_STR("<%= 7*7 %>")},
        {"engine 4", PEN_STR("*{7*7}")},
        {"engine 5", PEN_STR("@(1+2)")},
        {"engine 6", PEN_STR("[[${7*7}]]")},
        {"engine 7", PEN_STR("{{7*'7'}}")},
        {"engine 8", PEN_STR("${{7*7}}")},
        {"engine 9", PEN_STR("{{''.__class__.__mro__[1].__subclasses__()}}")},
        {"engine 10", PEN_STR("{{ self.__init__.__globals__.os.popen('id').read() }}")},
        {"engine 11", PEN_STR("{{ cycler.__init__.__globals__ }}")},
        {"engine 12", PEN_STR("{{ lipsum.__globals__['os'].popen('id') }}")},
        {"engine 13",
         PEN_STR("{{request|attr('application')|attr('\\x5f\\x5fglobals\\x5f\\x5f')}}")},
        {"engine 14", PEN_STR("{{config.items()}}")},
        {"engine 15", PEN_STR("{{config}}")},
        {"engine 16", PEN_STR("{% import os %}{{ os.system('id') }}")},
        {"engine 17",
         PEN_STR("{% for x in ().__class__.__base__.__subclasses__() %}{{x}}{% endfor %}")},
        {"engine 18", PEN_STR("${T(java.lang.Runtime).getRuntime().exec('id')}")},
        {"engine 19", PEN_STR("*{T(org.x.Y).z(new java.lang.ProcessBuilder('id'))}")},
        {"words in pieces", PEN_STR("{%set a='o'+'s'%}")},
        {"a text many times", PEN_STR("{{'7'*7}}")},
        {"a method of a constant", PEN_STR("${\"a\".toUpperCase()}")},
        {"a file of the system", PEN_STR("{{ include('/etc/passwd') }}")},
        {"the server's side", PEN_STR("{{ request.environ }}")},
        {"a shell in Ruby", PEN_STR("#{`id`}")},
        {"Freemarker's other delimiters",
         PEN_STR("[#assign ex='freemarker.template.utility.Execute'?new()]")},
        {"a filter on a number", PEN_STR("{{7|mul:7}}")},
        {"single braces", PEN_STR("{7*7}")},
        {"a static member", PEN_STR("${@java.lang.Runtime@getRuntime()}")},
        {"Velocity's class", PEN_STR("$class.inspect(\"java.lang.Runtime\")")},
        {"Razor", PEN_STR("@System.Diagnostics.Process.Start(\"cmd\")")},
        {"scopes", PEN_STR("${sessionScope}")},
        {"Django", PEN_STR("{% debug %}")},
        {"a static member without delimiters", PEN_STR("@java.lang.System@exit(1)")},
        {"OGNL in pieces", PEN_STR("(#dm=@ognl.OgnlContext@DEFAULT_MEMBER_ACCESS).(#cmd='id')")},
        {"Velocity without braces", PEN_STR("$request.getClass().getClassLoader()")},
        {"the data of Freemarker", PEN_STR("${.data_model}")},
        {"Edge Side Includes", PEN_STR("<esi:include src=\"http://a.example/\"/>")},
        {"ColdFusion", PEN_STR("<cfexecute name=\"cmd.exe\" arguments=\"/c dir\"/>")},
        {"a method of Go's", PEN_STR("{{ .System \"ls\" }}")},
        {"a sum in back-ticks and nothing else", PEN_STR("`{{7*7}}`")},
        {"OGNL's settings", PEN_STR("redirect:${#context[\"xwork.MethodAccessor.deny\"]}")},
        {"a command of TeX", PEN_STR("\\immediate\\write18{id > x}")},
    };
    filter_case_blocks(&it, "ssti", rows, PEN_COUNT_OF(rows));
}

static void stays_silent_on_placeholders(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"placeholder 0", PEN_STR("{{ first_name }}")},
        {"placeholder 1", PEN_STR("{{name}}")},
        {"placeholder 2", PEN_STR("${HOME}")},
        {"placeholder 3", PEN_STR("${HOME}/bin")},
        {"placeholder 4", PEN_STR("${VAR:-default}")},
        {"placeholder 5", PEN_STR("${1+\"$@\"}")},
        {"placeholder 6", PEN_STR("${{ github.ref }}")},
        {"placeholder 7", PEN_STR("${{ secrets.TOKEN }}")},
        {"placeholder 8", PEN_STR("${{ matrix.os }}")},
        {"placeholder 9", PEN_STR("${{ hashFiles('**/package-lock.json') }}")},
        {"placeholder 10", PEN_STR("{{ .Values.image.tag }}")},
        {"placeholder 11", PEN_STR("{{ include \"chart.name\" . | indent 4 }}")},
        {"placeholder 12", PEN_STR("{{- if .Values.enabled }}")},
        {"placeholder 13", PEN_STR("{% if user.is_active %}Hello{% endif %}")},
        {"placeholder 14", PEN_STR("{% raw %}")},
        {"placeholder 15", PEN_STR("{{ page.title | escape }}")},
        {"placeholder 16", PEN_STR("{{ price | number: 2 }}")},
        {"placeholder 17", PEN_STR("{{ item.class }}")},
        {"placeholder 18", PEN_STR("#{name}")},
        {"placeholder 19", PEN_STR("#{user.name}")},
        {"placeholder 20", PEN_STR("<%= user.name %>")},
        {"placeholder 21", PEN_STR("<% if logged_in %>")},
        {"placeholder 22", PEN_STR("[[nodiscard]]")},
        {"placeholder 23", PEN_STR("[[Main Page]]")},
        {"placeholder 24", PEN_STR("[[ -f x ]] && y")},
        {"placeholder 25", PEN_STR("[1+2]")},
        {"placeholder 26", PEN_STR("@(param)")},
        {"placeholder 27", PEN_STR("@{u}")},
        {"placeholder 28", PEN_STR("stash@{0}")},
        {"placeholder 29", PEN_STR("HEAD@{1}")},
        {"placeholder 30", PEN_STR("main@{upstream}")},
        {"placeholder 31", PEN_STR("$$x^2$$")},
        {"placeholder 32", PEN_STR("\\frac{a}{b}")},
        {"placeholder 33", PEN_STR("{a: {b: 1}}")},
        {"placeholder 34", PEN_STR("{{a}, {b}}")},
        {"placeholder 35", PEN_STR("printf(\"%s %d\")")},
        {"placeholder 36", PEN_STR("100%{ish}")},
        {"placeholder 37", PEN_STR("<@user> said hi")},
        {"placeholder 38", PEN_STR("<#channel>")},
        {"placeholder 39", PEN_STR("{{count}} of {{total}} items")},
        {"a property of Java", PEN_STR("${java.version}")},
        {"the environment in JavaScript", PEN_STR("`${process.env.API_URL}/v1`")},
        {"a file's name", PEN_STR("{{ file.name }}")},
        {"an instance variable", PEN_STR("#{@item.title}")},
        {"Rails'", PEN_STR("<%= @user.name %>")},
        {"a list joined", PEN_STR("{{ ', '.join(names) }}")},
        {"a constant formatted", PEN_STR("{{ '%s'.format(x) }}")},
        {"a set", PEN_STR("{1, 2}")},
        {"an issue", PEN_STR("[#12] fix")},
        {"a file included", PEN_STR("{% include \"header.html\" %}")},
        {"a class of PHP", PEN_STR("$class.name")},
        {"an inner class", PEN_STR("at Foo$Bar.getClass(Foo.java)")},
        {"a mention of somebody", PEN_STR("cc @com.Jane, @org.team and jane@org.example")},
        {"an annotation", PEN_STR("@javax.annotation.Nullable String name")},
        {"a class by its package", PEN_STR("see @java.lang.String for more")},
        {"somebody elsewhere", PEN_STR("@com.jane@social.example wrote")},
        {"a set of Go's", PEN_STR("{{ .Values.system }} {{ .Name }}")},
        {"a member of a name", PEN_STR("${x.data_model} ${my.globals_file}")},
        {"TeX that is told about", PEN_STR("\\write18 is off by default")},
        {"a context", PEN_STR("${context[0]} {{ context.name }}")},
    };
    filter_case_passes(&it, "ssti", rows, PEN_COUNT_OF(rows));
}

static void is_linear_where_it_could_be_quadratic(void **state)
{
    (void)state;
    static const struct pen_str pieces[] = {
        PEN_STR("{{"),       PEN_STR("${"),     PEN_STR("{{a}}"),
        PEN_STR("{{7*7}}"),  PEN_STR("#set($"), PEN_STR("<%"),
        PEN_STR("{{{%${#{"), PEN_STR("@("),     PEN_STR("{{a.b.c['d']|e")};
    filter_case_endures(&it, pieces, PEN_COUNT_OF(pieces));
}

static void openers_in_front_hide_nothing(void **state)
{
    (void)state;
    static char text[9000];
    struct pen_buf buf = pen_buf_over(text, sizeof(text));
    while (buf.len < 8000) {
        pen_buf_put(&buf, PEN_S("{{ "));
    }
    pen_buf_put(&buf, PEN_S("{{7*7}}"));
    assert_int_equal(filter_case_text(&it, pen_buf_str(&buf)).verdict, PEN_BLOCK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(openers_in_front_hide_nothing),
        cmocka_unit_test(blocks_expressions_that_compute_or_reach),
        cmocka_unit_test(stays_silent_on_placeholders),
        cmocka_unit_test(is_linear_where_it_could_be_quadratic),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
