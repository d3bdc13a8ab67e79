/** Cross-site scripting without a whole tag: pieces, other readings, foreign documents alone. */
#include "tests/unit/filter_alone.h"

static void blocks_pieces_that_have_lost_their_tag(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"a handler behind a tag that was ended", PEN_STR("url(a>);x onload=alert(7)></p>")},
        {"a handler as a document type declares it", PEN_STR(" onerror CDATA \"alert(7)\"")},
        {"a script without brackets", PEN_STR("-1scriptalert(7)/script")},
        {"a script with other brackets", PEN_STR("[a]script>alert(7);[a]/script>")},
        {"a macro", PEN_STR("-1&{alert(7)};")},
        {"a probe", PEN_STR("'';!--\"<x>=&{()}")},
        {"a scheme with blanks in it", PEN_STR("<isindex action=j a va s c r ipt:alert(7)>")},
        {"a page led elsewhere", PEN_STR("location=\"http://h.example/\";")},
        {"a page written anew", PEN_STR("document.body.innerHTML = \"<h1>x</h1>\"")},
        {"the end of a value with a program", PEN_STR("\"alert(7)\"></source>")},
        {"a program in a variable", PEN_STR("d=\"alert(7);\\\")\";")},
        {"the end of a style", PEN_STR("a:ex/*x*/pression(alert(7))'>")},
        {"a program in an address", PEN_STR("h.example/#alert(7)")},
        {"a script made by hand",
         PEN_STR("a=document.createElement('script');a.src='//h.example';b.append(a)")},
        {"a function made by its constructor", PEN_STR("[].at.constructor('alert(7)')()")},
        {"a string closed before a request", PEN_STR("';fetch('//h.example')//")},
        {"a comment closed", PEN_STR("--><b>x</b>")},
        {"a value of a tag with focus", PEN_STR("a(1) autofocus><input>")},
    };
    filter_case_blocks(&it, "xss", rows, PEN_COUNT_OF(rows));
}

static void blocks_what_other_readers_see(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"UTF-7", PEN_STR("+ADw-script+AD4-alert(7)+ADw-/script+AD4-")},
        {"UTF-7 in lower case", PEN_STR("+adw-script+ad4-alert(7)+adw-/script+ad4-")},
        {"UTF-7 of mail folders", PEN_STR("&ADw-svg onload=alert(7)&AD4-")},
        {"a plain tag in UTF-7", PEN_STR("+ADw-p+AD4-hello+ADw-/p+AD4-")},
        {"a page that says it is in UTF-7", PEN_STR("<meta charset=utf-7>")},
        {"seven bits", PEN_STR("\xc2\xbcscript\xc2\xbe"
                               "alert(\xc2\xa2x\xc2\xa2)\xc2\xbc/script\xc2\xbe")},
        {"seven bits behind another letter",
         PEN_STR("\xc3\xbc\xc2\xbcsvg onload=alert(7)\xc2\xbe")},
        {"a section's marks within a scheme",
         PEN_STR("<i><![CDATA[<img src=\"javas]]><![CDATA[cript:alert(7)\">]]></i>")},
        {"a comment within a scheme", PEN_STR("<img src=\"javas<!-- -->cript:alert(7)\">")},
        {"a NUL within a name, spelled", PEN_STR("<scr\\0ipt src=//h.example/a.js>")},
        {"a blank within a name", PEN_STR("<scr ipt>alert(7)</scr ipt>")},
        {"letters that fold to ASCII", PEN_STR("<\xc4\xb1"
                                               "frame id=x>")},
        {"an end tag's attributes", PEN_STR("</b style=\"a:expression(alert(7))\">")},
    };
    filter_case_blocks(&it, "xss", rows, PEN_COUNT_OF(rows));
}

static void blocks_what_loads_from_elsewhere_and_is_all_there_is(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"a frame", PEN_STR("<iframe src=\"http://h.example/\"></iframe>")},
        {"an object", PEN_STR("<object data=\"http://h.example/a.pdf\">")},
        {"a style sheet", PEN_STR("<link rel=\"stylesheet\" href=\"http://h.example/a.css\">")},
        {"an import", PEN_STR("<style>@import'http://h.example/a.css';</style>")},
        {"an import spelled otherwise", PEN_STR("<style>@im\\port'\\ja\\va:x';</style>")},
        {"a drawing", PEN_STR("<use xlink:href=\"http://h.example/a.svg#a\"/>")},
        {"a link in a formula", PEN_STR("<math><a xlink:href=\"//h.example/\">x")},
        {"an address that hides its host", PEN_STR("<a href=\"http://1113982867/\">x</a>")},
        {"a value left open", PEN_STR("<img src=\"//h.example/?")},
        {"a listener", PEN_STR("<l event=\"load\" handler=\"#y\" "
                               "xmlns=\"http://www.w3.org/2001/xml-events\"/>")},
        {"a sheet that is the document",
         PEN_STR("<?xml-stylesheet type=\"text/xml\" href=\"#s\"?>")},
    };
    filter_case_blocks(&it, "xss", rows, PEN_COUNT_OF(rows));
}

static void does_not_block_their_lookalikes(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"a player", PEN_STR("<iframe src=\"https://www.youtube.com/embed/a\"></iframe>")},
        {"a map", PEN_STR("<iframe src=\"https://h.example/m\" width=\"600\"></iframe>")},
        {"a frame in a page",
         PEN_STR("<p>Our new office, as the map shows it:</p><iframe src=\"https://h.example/m\">"
                 "</iframe><p>Please come by at noon.</p>")},
        {"a sheet in a page", PEN_STR("<head><title>Hello</title><link rel=\"stylesheet\" "
                                      "href=\"https://h.example/a.css\"></head>")},
        {"fonts of a mail", PEN_STR("<style>@import url('https://h.example/css');</style>")},
        {"an icon", PEN_STR("<svg><use href=\"/sprite.svg#a\"/></svg>")},
        {"a handler in a sentence", PEN_STR("set onload = null before the call")},
        {"JSX", PEN_STR("<A onClick={() => alert(t(\"saved\"))}>")},
        {"a path", PEN_STR("/script/alert.js and /scripts")},
        {"cups of flour", PEN_STR("1\xc2\xbc cups, \xc2\xbe tsp")},
        {"Perl", PEN_STR("&{$code}(1)")},
        {"base64 with a plus", PEN_STR("kX+ADwabc9/xyzQ+AD4Kk9==")},
        {"a place", PEN_STR("location = \"Warehouse 4\";")},
        {"an emptied element", PEN_STR("el.innerHTML = \"\";")},
        {"a character set", PEN_STR("<meta charset=\"utf-8\">")},
        {"an icon of a font", PEN_STR("<i style=\"content:'\\f101'\"></i>")},
        {"an XML section", PEN_STR("<t><![CDATA[a < b]]></t>")},
        {"a colon after blanks", PEN_STR("not e : x, JavaScript : yes")},
        {"a hash", PEN_STR("https://h.example/#alerts(2)")},
        {"a formula", PEN_STR("<math><mi>x</mi></math>")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_judgement judgement = filter_case_text(&it, rows[i].text);
        if (judgement.verdict == PEN_BLOCK) fail_msg("%s: %s", rows[i].why, judgement.reason);
    }
}

/* A reader that begins anew at each of them would take quadratic time. */
static void endures_pieces_without_an_end(void **state)
{
    (void)state;
    static const struct pen_str pieces[] = {
        PEN_STR(" onload=alert("), PEN_STR(" onload CDATA \""), PEN_STR("&{"),
        PEN_STR("+ADw-"),          PEN_STR("<![CDATA["),        PEN_STR("j a v a s c r i p t:"),
        PEN_STR("<a x='"),         PEN_STR("<a href=data:"),    PEN_STR("/*'"),
        PEN_STR("javascript:"),    PEN_STR("=javascript:"),     PEN_STR("<math><a x:href=//a "),
    };
    filter_case_endures(&it, pieces, PEN_COUNT_OF(pieces));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_pieces_that_have_lost_their_tag),
        cmocka_unit_test(blocks_what_other_readers_see),
        cmocka_unit_test(blocks_what_loads_from_elsewhere_and_is_all_there_is),
        cmocka_unit_test(does_not_block_their_lookalikes),
        cmocka_unit_test(endures_pieces_without_an_end),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
