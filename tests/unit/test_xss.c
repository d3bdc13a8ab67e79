/** Cross-site scripting: what becomes a program in a page, and what only looks like markup. */
#include "tests/unit/filter_alone.h"

#include <stdlib.h>

static void blocks_what_becomes_a_program(void **state)
{
    (void)state;
    const struct {
        const char *rule;
        struct pen_str text;
    } rows[] = {
        {"xss.script", PEN_STR("<script>alert(7)</script>")},
        {"xss.script", PEN_STR("<script src=//h.example/a.js>")},
        {"xss.script", PEN_STR("<title><script>prompt(7)</script></title>")},
        {"xss.handler", PEN_STR("<svg/onload=alert(7)>")},
        {"xss.handler", PEN_STR("<img src=x onerror=alert(7)//")},
        {"xss.handler", PEN_STR("<img src=x onerror=\"&#97;lert&lpar;7&rpar;\">")},
        {"xss.handler", PEN_STR("\" autofocus onfocus=\"alert(7)")},
        {"xss.url", PEN_STR("<a href=\"jav&Tab;ascript:alert(7)\">x</a>")},
        {"xss.url", PEN_STR("javascript:alert(7)")},
        {"xss.url", PEN_STR("[x](javascript:alert(7))")},
        {"xss.data_url", PEN_STR("<iframe src=data:text/html,x>")},
        {"xss.srcdoc", PEN_STR("<iframe srcdoc='&lt;b&gt;'>")},
        {"xss.style", PEN_STR("<p style=\"a:ex/**/pression(1)\">")},
        {"xss.animation", PEN_STR("<set attributeName=onclick to=x>")},
        {"xss.base", PEN_STR("<base href=//h.example/>")},
        {"xss.element", PEN_STR("<object classid=clsid:1>")},
        {"xss.framework", PEN_STR("<p x-init=\"alert(7)\">")},
        {"xss.expression", PEN_STR("{{constructor.constructor('alert(7)')()}}")},
        {"xss.script_string", PEN_STR("';alert(7)//")},
        {"xss.script_string", PEN_STR("\"-confirm`7`-\"")},
        {"xss.program", PEN_STR("1;alert(7)//")},
        {"xss.closed_tag", PEN_STR("\"><iframe src=\"https://h.example/\"></iframe>")},
        {"xss.closed_raw", PEN_STR("</textarea>")},
        {"xss.closers", PEN_STR("x\"'`-->y")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_judgement judgement = filter_case_text(&it, rows[i].text);
        if (judgement.verdict != PEN_BLOCK || !filter_case_reports(&it, rows[i].rule)) {
            fail_msg("%.*s: %s %s", PEN_STR_ARGS(rows[i].text), pen_verdict_name(judgement.verdict),
                     judgement.reason);
        }
    }
}

static void stays_silent_on_ordinary_text(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct pen_str text;
    } rows[] = {
        {"comparison", PEN_STR("a < b")},
        {"a heart", PEN_STR("I <3 this")},
        {"generic types", PEN_STR("Map<String, List<Integer>> m")},
        {"an address", PEN_STR("Ann <ann@b.example>")},
        {"markup without power", PEN_STR("<p>Hello <b>you</b></p>")},
        {"a picture", PEN_STR("<img src=\"https://example.com/a.png\" alt=\"a\">")},
        {"a link", PEN_STR("<a href=\"https://example.com/?a=1&b=2\">x</a>")},
        {"a drawing", PEN_STR("<svg viewBox=\"0 0 1 1\"><path d=\"M0 0\"/></svg>")},
        {"XML attributes that begin with on", PEN_STR("<a one=\"1\" only=\"x\" once=\"y\"/>")},
        {"JSX", PEN_STR("<Button onClick={() => save()}>Save</Button>")},
        {"a mail template", PEN_STR("Dear {{ name }}, {{ alert.text }}")},
        {"a book", PEN_STR("javascript: the good parts")},
        {"a link that does nothing", PEN_STR("<a href=\"javascript:void(0)\">x</a>")},
        {"a word of the trade", PEN_STR("the onload of the page")},
        {"a program's line", PEN_STR("window.onload = function () { init(); };")},
        {"CSS", PEN_STR("<p style=\"scroll-behavior: smooth\">x</p>")},
        {"a plural", PEN_STR("\"x\", alert(s) and prompt(ed)")},
        {"an arrow", PEN_STR("a --> b")},
        {"an inch", PEN_STR("12\" > 10\"")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_judgement judgement = filter_case_text(&it, rows[i].text);
        if (judgement.verdict == PEN_BLOCK) fail_msg("%s: %s", rows[i].why, judgement.reason);
    }
}

static void text_that_quotes_a_payload_is_only_flagged(void **state)
{
    (void)state;
    const struct pen_str text =
        PEN_STR("Titles were shown as they came. With `<img src=x onerror=alert(1)>` as a title "
                "the page ran "
                "it, so the template escapes them now, and a test shows that it does.");
    assert_int_equal(filter_case_text(&it, text).verdict, PEN_FLAG);
    assert_int_equal(filter_case_text(&it, PEN_S("<img src=x onerror=alert(1)>")).verdict,
                     PEN_BLOCK);
}

static void a_sentence_does_not_cover_a_payload_at_its_end(void **state)
{
    (void)state;
    const struct pen_str text = PEN_STR("Thank you for the quick answer, it works well now. Best "
                                        "wishes, Ann <script>fetch('//h.example')</script>");
    assert_int_equal(filter_case_text(&it, text).verdict, PEN_BLOCK);
}

static void reports_the_span_in_the_decoded_form(void **state)
{
    (void)state;
    const struct pen_event_input input = {.query = PEN_STR("q=a%3Csvg+onload%3Dalert(7)%3Eb")};
    const struct pen_judgement judgement = filter_case_event(&it, &input);
    assert_int_equal(judgement.verdict, PEN_BLOCK);
    const struct pen_leaf *const leaf = judgement.finding->leaf;
    const struct pen_span span = judgement.finding->span;
    assert_int_equal(leaf->coding, PEN_CODING_FORM);
    assert_true(span.end <= leaf->text.len);
    assert_true(pen_str_equal(pen_str_slice(leaf->text, span.start, span.end),
                              PEN_S("<svg onload=alert(7)")));
}

static void a_declared_sink_lowers_the_threshold(void **state)
{
    (void)state;
    const struct pen_str sinks[] = {PEN_STR("html")};
    const struct pen_policy policy = {.sinks = sinks, .sink_count = 1};
    struct filter_case strict;
    filter_case_open(&strict, &policy);
    const struct pen_str text = PEN_STR("<meta http-equiv=refresh content=\"0;url=//h.example\">");
    assert_int_equal(filter_case_text(&it, text).verdict, PEN_FLAG);
    assert_int_equal(filter_case_text(&strict, text).verdict, PEN_BLOCK);
    assert_int_not_equal(filter_case_text(&strict, PEN_S("<b>x</b>")).verdict, PEN_BLOCK);
    filter_case_close(&strict);
}

static void padding_hides_nothing(void **state)
{
    (void)state;
    char text[8192];
    struct pen_buf buf = pen_buf_over(text, sizeof(text));
    pen_buf_byte(&buf, 'x'); /* no XML document, whose depth is bounded */
    while (buf.len < 6000) {
        pen_buf_put(&buf, PEN_S("<!--a--><b title='x'>"));
    }
    pen_buf_put(&buf, PEN_S("<img src=x onerror=alert(7)>"));
    assert_int_equal(filter_case_text(&it, pen_buf_str(&buf)).verdict, PEN_BLOCK);
}

/* Each is one that a careless reader takes quadratic time for: the step budget is not what stops
   it, the clock of the test is. */
static void takes_linear_time_whatever_the_text(void **state)
{
    (void)state;
    static const char *const units[] = {"<",    "<a ",      "<!--",    "<script>",    "</script",
                                        "{{",   "${",       "/*",      "<a b=\"",     "'`\"",
                                        "]]>-", "<?import", "onload=", "javascript:", "<a b='&{"};
    for (size_t u = 0; u < PEN_COUNT_OF(units); u++) {
        filter_case_is_linear(&it, FILTER_CASE_LETTER, pen_str_from_c(units[u]));
    }
}

static void cut_at_every_byte_it_never_reads_on(void **state)
{
    (void)state;
    static const char text[] =
        "<a href=\"java&#x0a;script:alert(1)\" onclick=`x` style='a:\\65 x/**/'>"
        "<!-- x --!><script>\\u{61}lert(1)</script>{{a.constructor('x')()}}";
    for (size_t length = 0; length < sizeof(text); length++) {
        char *const exact = malloc(length > 0 ? length : 1);
        assert_non_null(exact);
        memcpy(exact, text, length);
        (void)filter_case_text(&it, (struct pen_str){exact, length});
        free(exact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_what_becomes_a_program),
        cmocka_unit_test(stays_silent_on_ordinary_text),
        cmocka_unit_test(text_that_quotes_a_payload_is_only_flagged),
        cmocka_unit_test(a_sentence_does_not_cover_a_payload_at_its_end),
        cmocka_unit_test(reports_the_span_in_the_decoded_form),
        cmocka_unit_test(a_declared_sink_lowers_the_threshold),
        cmocka_unit_test(padding_hides_nothing),
        cmocka_unit_test(takes_linear_time_whatever_the_text),
        cmocka_unit_test(cut_at_every_byte_it_never_reads_on),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
