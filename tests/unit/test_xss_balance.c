/** Markup that does not stay in its place. */
#include "tests/unit/filter_alone.h"

static void blocks_what_ends_elements_of_the_page(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"a division", PEN_STR("</div>")},
        {"a form, spaced", PEN_STR("\n  </form >\n")},
        {"the whole page", PEN_STR("</BODY></HTML>")},
        {"behind one of its own", PEN_STR("<p>x</p></section>")},
        {"a cell and its table", PEN_STR("</td></tr></table>")},
        {"of a drawing", PEN_STR("</svg:mask>")},
        {"of a style sheet in XSLT", PEN_STR("</xsl:template>")},
        {"a value, then a link", PEN_STR("\"https://h.example\">x</a>")},
        {"attributes, then a link", PEN_STR("\" class=\"x\">y</a>")},
        {"before it begins one", PEN_STR("</div><div>")},
        {"a comment with a condition", PEN_STR("<![endif]-->")},
        {"in the name of an object", PEN_STR("uploads/a.b/</main>")},
    };
    filter_case_blocks(&it, "xss", rows, PEN_COUNT_OF(rows));
}

static void blocks_what_takes_in_the_rest_of_the_page(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"a form", PEN_STR("<form>")},
        {"a form with an address", PEN_STR("<form action=https://h.example/login method=post>")},
        {"a style sheet", PEN_STR("<style>")},
        {"another name space", PEN_STR("<math>")},
        {"a drawing", PEN_STR("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\">")},
        {"a drawing by its prefix", PEN_STR("<svg:svg>")},
        {"one of two", PEN_STR("<div id=\"1\"><span>x</span>")},
        {"with a word in it", PEN_STR("<div class=\"x\">XXX")},
        {"a table by its row", PEN_STR("<table><tr><td>")},
        {"raw content", PEN_STR("<div><xmp>")},
        {"a link over everything", PEN_STR("<a href=\"//h.example\" style=\"position:fixed\">")},
        {"a sheet of rules", PEN_STR("<xsl:template match=\"/\">")},
        {"a page in the page", PEN_STR("<html xmlns=\"http://www.w3.org/1999/xhtml\">")},
        {"a comment", PEN_STR("<!--")},
        {"a comment with a condition", PEN_STR("<!--[if gte IE 4]>")},
        {"a document type", PEN_STR("<!DOCTYPE x [")},
        {"a section", PEN_STR("<![CDATA[")},
        {"a tag that lacks its end", PEN_STR("<div id=\"x\"")},
        {"as a name", PEN_STR("in/<svg x=\"10\">")},
    };
    filter_case_blocks(&it, "xss", rows, PEN_COUNT_OF(rows));
}

/* Running text needs more to be refused, and a tag's attributes are none. */
static void blocks_handlers_among_attributes_of_many_words(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"a style",
         PEN_STR("<div style=\"height: 9px;width: 9px;border: thin solid black;position: "
                 "relative;\" ondragover=\"event.preventDefault()\">x</div>")},
        {"a title", PEN_STR("<a title=\"This is a long sentence. It has words, and so on.\" "
                            "onmouseover=go(1)>x</a>")},
    };
    filter_case_blocks(&it, "xss", rows, PEN_COUNT_OF(rows));
}

static void passes_markup_in_pairs(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"words", PEN_STR("<b>x</b>")},
        {"a heading", PEN_STR("<h1>About us</h1><p>We are few.</p>")},
        {"one in another", PEN_STR("<div class=\"a\"><p>x</p></div>")},
        {"crossed", PEN_STR("<b><i>x</b></i>")},
        {"an address", PEN_STR("<a href=\"https://h.example/\">x</a>")},
        {"a picture", PEN_STR("<img src=\"https://h.example/x.png\">")},
        {"breaks", PEN_STR("<br/><hr>")},
        {"XHTML", PEN_STR("<div id=\"x\"/>")},
        {"ends that may be left out", PEN_STR("<ul><li>One<li>Two</ul>")},
        {"a paragraph", PEN_STR("<p>Hello")},
        {"a paragraph's end", PEN_STR("</p>")},
        {"a cell", PEN_STR("<tr><td>1<td>2")},
        {"words left open", PEN_STR("<b>Note")},
        {"no value in an attribute", PEN_STR("<details open><summary>x</summary></details>")},
        {"the end of a void element", PEN_STR("<title>x</title><link>http://h.example/</link>")},
        {"a drawing", PEN_STR("<svg width=\"9\"><circle r=\"4\"/></svg>")},
        {"a comment", PEN_STR("<!-- x -->")},
        {"mail's conditions", PEN_STR("<!--[if !mso]><!--><div>x</div><!--<![endif]-->")},
    };
    filter_case_passes(&it, "xss", rows, PEN_COUNT_OF(rows));
}

static void passes_what_only_looks_like_markup(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"something to fill in", PEN_STR("<title>")},
        {"two of them", PEN_STR("<source> <target>")},
        {"in a path", PEN_STR("/users/<path>")},
        {"words to fill in", PEN_STR("<select one>")},
        {"an object as Python shows it", PEN_STR("<frame object at 0x7f, file 'x.py', line 3>")},
        {"a type", PEN_STR("<T extends Comparable<T>>")},
        {"a mail address", PEN_STR("<form@h.example>")},
        {"an address", PEN_STR("<https://h.example/?a=b>")},
        {"a heart", PEN_STR("<3 u")},
        {"who speaks", PEN_STR("<form> hello")},
        {"a tag that is talked about", PEN_STR("</div> missing")},
        {"a grammar", PEN_STR("<form> ::= <field>")},
        {"a component", PEN_STR("<Form size={small}>")},
        {"other XML, cut", PEN_STR("<note><to>Ann</to>")},
        {"a chat's reference", PEN_STR("<!here> done")},
        {"a token of a model", PEN_STR("<mask>")},
    };
    filter_case_passes(&it, "xss", rows, PEN_COUNT_OF(rows));
}

static void passes_pages_and_excerpts_that_were_cut(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"a mail", PEN_STR("<div dir=\"ltr\">Hi Ann,<br><br>thanks for your mail. I will be")},
        {"its first words", PEN_STR("<div dir=\"ltr\">Hi Ann, thanks for")},
        {"within a word in bold", PEN_STR("<p>Some words and <b>bold")},
        {"within an address", PEN_STR("<div><a href=\"https://h.example/some/lon")},
        {"within a template's comment", PEN_STR("<!-- Thanks for helping! Please read the guide")},
        {"an error page",
         PEN_STR("<!DOCTYPE html>\n<html>\n<head>\n<title>502 Bad Gateway</title>\n"
                 "</head>\n<body>")},
        {"a page's head", PEN_STR("<html><head><meta charset=\"utf-8\"><title>Error 503 Ser")},
    };
    filter_case_passes(&it, "xss", rows, PEN_COUNT_OF(rows));
}

static void passes_lines_of_a_text_that_is_kept_as_lines(void **state)
{
    (void)state;
    const struct {
        enum pen_verdict verdict;
        struct pen_str body;
    } rows[] = {
        {PEN_PASS, PEN_STR("{\"text/html\":[\"<div>\\n\",\"<p>x\\n\",\"</div>\"]}")},
        {PEN_BLOCK, PEN_STR("{\"text/html\":[\"<div>\",\"x\"]}")},
        {PEN_BLOCK, PEN_STR("{\"text/html\":[\"<div>\\n\"]}")},
        {PEN_PASS, PEN_STR("{\"x\":\"<a><!-- <div> --></a>\"}")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_event_input input = {.body = rows[i].body, .body_kind = PEN_BODY_JSON};
        if (filter_case_event(&it, &input).verdict != rows[i].verdict) {
            fail_msg("%.*s", PEN_STR_ARGS(rows[i].body));
        }
    }
}

static void refuses_shapes_where_texts_go_into_pages(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"a field", PEN_STR("<input name=\"password\" type=\"password\">")},
        {"a drawing", PEN_STR("<circle r=\"400\"></circle>")},
        {"a heading", PEN_STR("<h1>x</h1>")},
        {"a comment", PEN_STR("<!-- x -->")},
    };
    filter_case_needs_sink("xss", PEN_S("html"), rows, PEN_COUNT_OF(rows));

    const struct pen_str sink = PEN_STR("html");
    const struct pen_policy policy = {.sinks = &sink, .sink_count = 1};
    struct filter_case declared;
    filter_case_open(&declared, &policy);
    static const struct filter_row innocent[] = {
        {"a link", PEN_STR("<a href=\"https://h.example/\" rel=\"nofollow\">Ann's</a>")},
        {"words", PEN_STR("<p>Hello <b>you</b></p>")},
    };
    filter_case_passes(&declared, "xss", innocent, PEN_COUNT_OF(innocent));
    filter_case_close(&declared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_what_ends_elements_of_the_page),
        cmocka_unit_test(blocks_what_takes_in_the_rest_of_the_page),
        cmocka_unit_test(blocks_handlers_among_attributes_of_many_words),
        cmocka_unit_test(passes_markup_in_pairs),
        cmocka_unit_test(passes_what_only_looks_like_markup),
        cmocka_unit_test(passes_pages_and_excerpts_that_were_cut),
        cmocka_unit_test(passes_lines_of_a_text_that_is_kept_as_lines),
        cmocka_unit_test(refuses_shapes_where_texts_go_into_pages),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
