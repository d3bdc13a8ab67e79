/**
 * One tag at a time: what its attributes are, and what they amount to when it ends.
 */
#include "filters/xss_tags.h"

#include "filters/xss_attributes.h"
#include "filters/xss_script.h"

#define LOOSE_SCORE 85 /* most for what only a reader sees that differs from browsers */

struct pen_xss_evidence pen_xss_stronger(struct pen_xss_evidence a, struct pen_xss_evidence b)
{
    return b.rule != NULL && (a.rule == NULL || b.score > a.score) ? b : a;
}

/* What the element is together with its attributes. */
static void judge_element(struct pen_xss_tag *tag, size_t end)
{
    const struct pen_span span = {tag->start, end};
    switch (tag->element) {
    case PEN_XSS_ELEMENT_SCRIPT:
        if (tag->source) pen_xss_add(&tag->best, "xss.script", tag->no_script ? 50 : 90, span);
        if (tag->odd) pen_xss_add(&tag->best, "xss.script", 80, span);
        break;
    case PEN_XSS_ELEMENT_META:
        if (tag->refresh) tag->best = pen_xss_stronger(tag->best, tag->held);
        if (tag->refresh) pen_xss_add(&tag->best, "xss.refresh", 55, span);
        break;
    case PEN_XSS_ELEMENT_LINK:
        if (tag->import && tag->source) pen_xss_add(&tag->best, "xss.element", 75, span);
        break;
    case PEN_XSS_ELEMENT_EMBED:
        if (tag->plugin) pen_xss_add(&tag->best, "xss.element", 75, span);
        if (tag->source) pen_xss_add(&tag->best, "xss.element", tag->bare_source ? 72 : 45, span);
        break;
    case PEN_XSS_ELEMENT_OLD:
        if (tag->source || tag->plugin) pen_xss_add(&tag->best, "xss.element", 72, span);
        break;
    case PEN_XSS_ELEMENT_ANIMATE:
        if (tag->animates) pen_xss_add(&tag->best, "xss.animation", 72, span);
        break;
    case PEN_XSS_ELEMENT_STYLE:
    case PEN_XSS_ELEMENT_USE:
    case PEN_XSS_ELEMENT_BASE:
    case PEN_XSS_ELEMENT_PARAM:
    case PEN_XSS_ELEMENT_ACTIVE:
    case PEN_XSS_ELEMENT_OTHER:
        break;
    }
}

/* What stands between <script> and </script>, or behind an open one. */
static struct pen_xss_evidence judge_content(const struct pen_xss_tag *tag,
                                             const struct pen_html_token *raw, struct pen_str text)
{
    struct pen_xss_evidence best = {.rule = NULL};
    const struct pen_span span = {tag->start, raw->span.end};
    if (tag->element == PEN_XSS_ELEMENT_STYLE) {
        if (tag->script_type) {
            pen_xss_add(&best, "xss.style",
                        pen_xss_weigh((struct pen_xss_scale){50, 72, 80, 85}, raw->value), span);
        }
        if (pen_html_style_runs(raw->value)) pen_xss_add(&best, "xss.style", 90, span);
        return best;
    }
    if (tag->element != PEN_XSS_ELEMENT_SCRIPT) return best;

    const bool empty = pen_str_trim(raw->value).len == 0;
    const bool whole = tag->start == 0 && raw->span.end + sizeof("</script>") > text.len;
    struct pen_xss_scale scale = {whole ? 75 : 50, raw->cut ? 85 : 90, 95, 95};
    if (empty) scale.idle = whole && raw->cut ? 70 : 50;
    if (pen_js_reads_as_prose(raw->value))
        scale = (struct pen_xss_scale){50, 60, 65, raw->cut ? 75 : 85};
    /* Local<Script> in a program: a type, not a tag. */
    const bool type = raw->cut && tag->start > 0 && pen_is_alpha(text.ptr[tag->start - 1]);
    if (type) scale = (struct pen_xss_scale){30, 40, 50, 75};
    if (tag->no_script) scale = (struct pen_xss_scale){20, 40, 55, 60};
    pen_xss_add(&best, "xss.script", pen_xss_weigh(scale, raw->value), span);
    return best;
}

/* <?import namespace="t" implementation="...">, <?xml-stylesheet href="data:...">. */
static struct pen_xss_evidence judge_instruction(const struct pen_html_token *comment,
                                                 struct pen_str text)
{
    struct pen_xss_evidence best = {.rule = NULL};
    if (text.ptr[comment->span.start + 1] != '?') return best;

    const struct pen_str inside = comment->value;
    if (pen_str_starts_fold(inside, PEN_S("import"))) {
        pen_xss_add(&best, "xss.element", 75, comment->span);
    } else if (pen_str_starts_fold(inside, PEN_S("xml-stylesheet"))) {
        const bool here = pen_str_find_str(inside, PEN_S("href=\"data:")) < inside.len
                          || pen_str_find_str(inside, PEN_S("href='data:")) < inside.len
                          || pen_str_find_str(inside, PEN_S("javascript:")) < inside.len;
        if (here) pen_xss_add(&best, "xss.element", 80, comment->span);
    }
    return best;
}

static void begin_tag(struct pen_xss_tag *tag, const struct pen_html_token *token)
{
    struct pen_html_name name;
    pen_html_name_read(token->name, &name);
    *tag = (struct pen_xss_tag){.element = pen_xss_element_of(&name),
                                .start = token->span.start,
                                .closes = token->kind == PEN_HTML_CLOSE};
    tag->odd = tag->element == PEN_XSS_ELEMENT_SCRIPT && !pen_html_name_is(&name, "script");
}

/* $.get=alert</script>: the first tag ends the script that the text is put into. */
static struct pen_xss_evidence judge_rest(const struct pen_xss_tag *tag,
                                          const struct pen_html_token *token, struct pen_str text)
{
    struct pen_xss_evidence best = {.rule = NULL};
    const struct pen_str before = pen_str_slice(text, 0, token->span.start);
    if (tag->element == PEN_XSS_ELEMENT_SCRIPT && pen_js_power(before) >= PEN_JS_NAMES
        && !pen_js_reads_as_prose(before)) {
        pen_xss_add(&best, "xss.closed_raw", 75, (struct pen_span){0, token->span.end});
    }
    return best;
}

struct pen_xss_evidence pen_xss_tags(struct pen_str text, bool loose)
{
    struct pen_html html = pen_html_at(text, 0, false, loose);
    struct pen_html_token token;
    struct pen_xss_evidence best = {.rule = NULL};
    struct pen_xss_tag tag = {.closes = true};
    bool tags = false;
    while (pen_html_next(&html, &token)) {
        switch (token.kind) {
        case PEN_HTML_OPEN:
        case PEN_HTML_CLOSE:
            begin_tag(&tag, &token);
            if (tag.closes && !tags) best = pen_xss_stronger(best, judge_rest(&tag, &token, text));
            tags = true;
            break;
        case PEN_HTML_ATTRIBUTE:
            if (!tag.closes) pen_xss_attribute(&tag, &token);
            break;
        case PEN_HTML_OPEN_END:
            if (!tag.closes) judge_element(&tag, token.span.end);
            best = pen_xss_stronger(best, tag.best);
            break;
        case PEN_HTML_RAW:
            best = pen_xss_stronger(best, judge_content(&tag, &token, text));
            break;
        case PEN_HTML_COMMENT:
            if (!loose) best = pen_xss_stronger(best, judge_instruction(&token, text));
            break;
        case PEN_HTML_EOF:
            break;
        }
    }
    if (loose && best.score > LOOSE_SCORE) best.score = LOOSE_SCORE;
    return best;
}

struct pen_xss_evidence pen_xss_attributes(struct pen_str text, size_t from, bool quoted)
{
    struct pen_html html = pen_html_at(text, from, true, false);
    struct pen_html_token token;
    struct pen_xss_tag tag = {.element = PEN_XSS_ELEMENT_ACTIVE, .start = from, .bare = true};
    size_t before = 0;
    while (pen_html_next(&html, &token) && token.kind == PEN_HTML_ATTRIBUTE) {
        pen_xss_attribute(&tag, &token);
        /* Without quotes it is a sentence's word as well, or a program's line. */
        const uint32_t most = quoted ? 95 : before <= 1 ? 85 : 65;
        if (tag.best.score > most) tag.best.score = most;
        before++;
    }
    return tag.best;
}
