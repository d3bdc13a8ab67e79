/**
 * Cross-site scripting: a text that becomes a program when it is put into a page.
 *
 * A function pastes the text between tags, into an attribute's value with either quote or none,
 * into raw content such as a title, into a program's string, a link or a template. Each of these
 * places is tried with a tokenizer of HTML (WHATWG 13.2.5), and only what comes out with the power
 * to run a program is reported: script elements, handlers, script and data URLs, srcdoc, running
 * style sheets, animations that set them, and what ends the place itself and goes on as one of
 * these. (OWASP WSTG-INPV-01/02; html5sec.org; CWE-79, CWE-80, CWE-83)
 *
 * Not reported: markup without that power (b, p, img with an address, links), comparison signs,
 * generic types, addresses in angle brackets. Text that quotes payloads is only flagged.
 */
#include "filters/filter.h"
#include "filters/xss_balance.h"
#include "filters/xss_fragments.h"
#include "filters/xss_lines.h"
#include "filters/xss_places.h"
#include "filters/xss_readings.h"
#include "filters/xss_statement.h"
#include "filters/xss_tags.h"

#define CERTAIN      90 /* only where the text is the payload, or begins or ends with it */
#define INSIDE_SCORE 85 /* most for a payload in the midst of a text */
#define CODE_SCORE   65 /* most for a call of unknown effect that is quoted as code */
#define EDGE_BYTES   40 /* what may stand before or behind the payload at the text's edge */
#define EDGE_WORDS   3
#define STEPS_A_BYTE 8 /* passes of all places together */

static const struct pen_rule rules[] = {
    {"xss.script", "a script element comes out of the text"},
    {"xss.handler", "an event handler comes out of the text, as a tag's attribute or behind one"},
    {"xss.url", "the text holds an address that is a program (javascript:)"},
    {"xss.data_url", "the text holds an address that is a document of its own with programs in it"},
    {"xss.srcdoc", "a frame comes out of the text with a whole document of the sender's"},
    {"xss.style", "a style sheet comes out of the text that runs a program"},
    {"xss.animation", "an animation comes out of the text that sets a handler or an address"},
    {"xss.base", "all relative addresses of the page are led to another site"},
    {"xss.refresh", "the page is told to load another one"},
    {"xss.element", "an element comes out of the text that loads foreign programs"},
    {"xss.framework", "an attribute that a front-end framework runs calls what only attacks call"},
    {"xss.expression", "a template's expression calls what only attacks call"},
    {"xss.script_string", "a program's string is closed and a program of the sender's follows"},
    {"xss.program", "the text is a program's line that calls what only attacks call"},
    {"xss.closed_tag", "the value and its tag are closed and another tag begins"},
    {"xss.closed_raw", "the raw content that the text is put into is closed"},
    {"xss.closers", "the text closes strings, comments and sections, whichever is open"},
    {"xss.unbalanced",
     "the text is markup that ends what it is put into, or takes in what follows"},
    {"xss.markup", "the text is markup that shapes the page it is put into"},
};

static const struct pen_trigger triggers[] = {
    {"<[a-z/!?%\\x00\\xc4\\xc5\\xe2]", true, 0},
    {"[^a-z0-9.]on[a-z]{3,}[^a-z\"':,]{0,3}=", true, 0},
    {"script\\s*:", true, 0},
    {"[\\t\\r\\n][script\\t\\r\\n]{0,12}:", true, 0},
    {"(mocha|data:text/[xh]|data:application/x)", true, 0},
    {"(alert|confirm|prompt|eval|settimeout|setinterval|fetch|import|function|constructor|cookie|"
     "location|innerhtml|atob|fromcharcode|write|xmlhttprequest|getscript|createelement|sendbeacon)"
     "[^a-z0-9 "
     "]{0,3}[(`=\\[]",
     true, 0},
    {"(window|self|top|parent|frames|this|document)\\[", true, 0},
    {"\\[\\]\\[|\\(!\\[|\\+\\[\\]", false, 0},
    {"(expression|url)\\(", true, 0},
    {"-->|\\]\\]|&\\{|\\xc2\\xbc[a-zA-Z/!]", false, 0},
    {"[+&]ad[wz4]|\\scdata\\s|/script|mhtml:", true, 0},
    {"(innerhtml|location)\\s*=", true, 0},
    {"(window|document)\\.[a-z]{2}", false, 0},
};

/* Few enough bytes and words that the payload is what the text is about. */
static bool is_edge(struct pen_str part)
{
    size_t words = 0;
    if (part.len > EDGE_BYTES) return false;
    for (size_t i = 0; i < part.len; i++) {
        if (pen_is_alpha(part.ptr[i]) && (i == 0 || part.ptr[i - 1] == ' ')) words++;
    }
    return words <= EDGE_WORDS;
}

/* In Markdown's code: between back-ticks, in a fence, or on an indented line. */
static bool is_code(struct pen_str text, size_t start)
{
    size_t line = start;
    while (line > 0 && text.ptr[line - 1] != '\n') {
        line--;
    }
    const struct pen_str before = pen_str_slice(text, line, start);
    size_t ticks = 0;
    for (size_t i = 0; i < before.len; i++) {
        if (before.ptr[i] == '`') ticks++;
    }
    const bool indented = line > 0 && pen_str_starts(before, PEN_S("    "));
    const bool span = ticks % 2 == 1 && pen_str_find(text, '`', start) < text.len && start > 1;
    bool fence = false;
    for (size_t i = pen_str_find(text, '`', 0); i + 2 < start; i = pen_str_find(text, '`', i + 1)) {
        if (text.ptr[i + 1] == '`' && text.ptr[i + 2] == '`') {
            fence = !fence;
            i += 2;
        }
    }
    return indented || span || fence;
}

static void report(struct pen_scan *scan, struct pen_str text, struct pen_xss_evidence evidence)
{
    uint32_t score = evidence.score;
    if (score == 0) return;

    const bool edge = is_edge(pen_str_slice(text, 0, evidence.span.start))
                      || is_edge(pen_str_slice(text, evidence.span.end, text.len));
    if (score >= CERTAIN && !edge) score = INSIDE_SCORE;
    if (score > CODE_SCORE && is_code(text, evidence.span.start)) {
        score = score < INSIDE_SCORE ? CODE_SCORE : INSIDE_SCORE;
    }
    pen_scan_report(scan, evidence.rule, evidence.span, score);
}

/* Of an XML document: its tags were taken out of use on purpose, and nobody puts it into a page. */
static bool is_comment(const struct pen_leaf *leaf)
{
    const bool xml = leaf->origin == PEN_ORIGIN_XML || leaf->coding == PEN_CODING_XML;
    return xml && leaf->node != NULL && pen_str_equal(leaf->node->name, PEN_S("#comment"));
}

/* A line of a text that is kept as its lines, as notebooks are: other lines have the rest. */
static bool is_line(const struct pen_leaf *leaf)
{
    const struct pen_json *const list = leaf->node != NULL ? leaf->node->parent : NULL;
    return list != NULL && list->type == PEN_JSON_ARRAY && list->count > 1
           && pen_str_ends(list->first->text, PEN_S("\n"));
}

static enum pen_status inspect_leaf(const void *state, const struct pen_leaf *leaf,
                                    struct pen_scan *scan)
{
    (void)state;
    const struct pen_str text = leaf->text;
    PEN_TRY(pen_scan_spend(scan, STEPS_A_BYTE * text.len));
    struct pen_js_known known = {.next = 0};
    const struct pen_js_sight sight = pen_js_sight(text, &known);
    const struct pen_xss_exits exits = pen_xss_exits_of(text);
    bool doubtful = false;
    const struct pen_xss_evidence strict = pen_xss_tags(text, &sight, &exits, &known, &doubtful);
    report(scan, text, strict);
    if (doubtful && strict.score < INSIDE_SCORE) {
        const struct pen_xss_evidence loose = pen_xss_loose_tags(text, &sight, &known);
        if (loose.score > strict.score) report(scan, text, loose);
    }
    report(scan, text, pen_xss_places(text, &sight));
    report(scan, text, pen_xss_lines(text, &sight));
    report(scan, text, pen_xss_fragments(text, &sight));
    report(scan, text, pen_xss_statement(text));
    if (!is_comment(leaf) && !is_line(leaf))
        report(scan, text, pen_xss_balance(text, scan->filter.guards));
    struct pen_xss_evidence other = {.rule = NULL};
    PEN_TRY(pen_xss_readings(text, scan->arena, &other));
    if (other.score > strict.score) report(scan, text, other);
    return PEN_OK;
}

const struct pen_filter pen_filter_xss = {
    .name = "xss",
    .summary = "text that becomes a program in a page",
    .sinks = "html",
    .heeds_words = true,
    .rules = rules,
    .rule_count = PEN_COUNT_OF(rules),
    .triggers = triggers,
    .trigger_count = PEN_COUNT_OF(triggers),
    .inspect_leaf = inspect_leaf,
};
