/** Single statements on a page's objects, and texts that only name those. */
#include "tests/unit/filter_alone.h"

static void blocks_statements_that_do_something(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"a window", PEN_STR("window.open('popup.html','x'+i,'width=50');")},
        {"a window, kept", PEN_STR("window.poc = window.open('http://h.example/#a');")},
        {"a handler, left open", PEN_STR("document.getElementById('b').onclick = function(e){")},
        {"a message, cut", PEN_STR("window.poc.postMessage(")},
        {"a form led elsewhere", PEN_STR("document.forms[0].action = 'https://h.example/';")},
        {"a form sent", PEN_STR("document.querySelector('form').submit();")},
        {"an element added",
         PEN_STR("document.body.appendChild(document.createElement('iframe'));")},
        {"the cookie as a member", PEN_STR("body: document.cookie")},
        {"the cookie as a parameter", PEN_STR("c=encodeURIComponent(document.cookie)")},
    };
    filter_case_blocks(&it, "xss", rows, PEN_COUNT_OF(rows));
}

static void passes_names_lookups_and_sentences(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"a member", PEN_STR("window.location")},
        {"a sentence", PEN_STR("window.location is read-only")},
        {"a sentence with a call", PEN_STR("window.open() is blocked by the browser")},
        {"a call that returns", PEN_STR("document.getElementById('x') returns null in IE")},
        {"a call without arguments", PEN_STR("document.write() considered harmful")},
        {"a call as manuals write it", PEN_STR("window.postMessage(message, targetOrigin)")},
        {"an element's place", PEN_STR("document.querySelector(\"#app > div.x\")")},
        {"a handler", PEN_STR("window.onload = function () { init(); };")},
        {"a listener", PEN_STR("document.querySelector('#a').addEventListener('click', save);")},
        {"a title", PEN_STR("document.title = \"About us\"")},
        {"a comparison", PEN_STR("window.innerWidth > 600")},
        {"another language's document", PEN_STR("document.add(new Paragraph(\"x\"));")},
        {"a store that a setting names", PEN_STR("storage: window.localStorage")},
        {"a member of another name", PEN_STR("key: document.cookies")},
    };
    filter_case_passes(&it, "xss", rows, PEN_COUNT_OF(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_statements_that_do_something),
        cmocka_unit_test(passes_names_lookups_and_sentences),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
