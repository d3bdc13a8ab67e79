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
                                          const struct pen_html_token *token, struct pen_str text,
                                          const struct pen_js_sight *sight)
{
    struct pen_xss_evidence best = {.rule = NULL};
    if (tag->element == PEN_XSS_ELEMENT_SCRIPT && sight->named_at <= token->span.start + 1
        && !pen_js_reads_as_prose(text)) {
        pen_xss_add(&best, "xss.closed_raw", 75, (struct pen_span){0, token->span.end});
    }
    return best;
}

/* A reader of the attributes behind one exit. */
struct walker {
    struct pen_html html;
    struct pen_xss_tag tag;
    struct pen_xss_exit exit;
    size_t seen;
    bool ended;
};

struct walk {
    struct walker walkers[PEN_XSS_EXITS];
    size_t count;
    struct pen_xss_evidence best;
};

static void begin_walk(struct walk *walk, struct pen_str text, const struct pen_xss_exits *exits)
{
    walk->count = exits->count;
    walk->best = (struct pen_xss_evidence){.rule = NULL};
    for (size_t i = 0; i < exits->count; i++) {
        const struct pen_xss_exit exit = exits->exit[i];
        walk->walkers[i] = (struct walker){
            .html = pen_html_at(text, exit.at, true, false),
            .tag = {.element = PEN_XSS_ELEMENT_ACTIVE, .start = exit.at, .bare = true},
            .exit = exit};
    }
}

static uint32_t most_of(const struct walker *w)
{
    return w->seen < 2 ? w->exit.most : w->exit.most_later;
}

/* Of two that stand at the same byte the one that may weigh more goes on. */
static void join(struct walk *walk, struct walker *at)
{
    for (size_t i = 0; i < walk->count; i++) {
        struct walker *const other = &walk->walkers[i];
        if (other == at || other->ended || other->html.at != at->html.at) continue;
        if (most_of(other) > most_of(at)) {
            at->ended = true;
            return;
        }
        other->ended = true;
    }
}

static void step(struct walk *walk, struct walker *w)
{
    struct pen_html_token token;
    if (!pen_html_next(&w->html, &token) || token.kind != PEN_HTML_ATTRIBUTE) {
        w->ended = true;
        return;
    }
    w->tag.best = (struct pen_xss_evidence){.rule = NULL};
    pen_xss_attribute(&w->tag, &token);
    if (w->tag.best.score > most_of(w)) w->tag.best.score = most_of(w);
    walk->best = pen_xss_stronger(walk->best, w->tag.best);
    w->seen++;
    join(walk, w);
}

/* Goes on with whoever is furthest behind until all have come to this byte. Those that then stand
   at it among the same attributes as `tag` have nothing to add to what is said of it. */
static void walk_to(struct walk *walk, size_t at, const struct pen_xss_tag *tag)
{
    for (;;) {
        struct walker *last = NULL;
        for (size_t i = 0; i < walk->count; i++) {
            struct walker *const w = &walk->walkers[i];
            if (w->ended) continue;
            if (last == NULL || w->html.at < last->html.at) last = w;
            if (w->html.at == at && tag != NULL) w->ended = true;
        }
        if (last == NULL || last->html.at >= at) return;
        step(walk, last);
    }
}

static const struct pen_xss_tag *met(const struct pen_html *html, const struct pen_xss_tag *tag)
{
    return html->in_tag && !tag->closes && tag->element != PEN_XSS_ELEMENT_META ? tag : NULL;
}

struct reading {
    struct pen_str text;
    const struct pen_js_sight *sight;
    struct pen_xss_evidence best;
    struct pen_xss_tag tag;
    bool loose;
    bool tags; /* one has been seen */
};

static void read_token(struct reading *r, const struct pen_html_token *token)
{
    switch (token->kind) {
    case PEN_HTML_OPEN:
    case PEN_HTML_CLOSE:
        begin_tag(&r->tag, token);
        if (r->tag.closes && !r->tags) {
            r->best = pen_xss_stronger(r->best, judge_rest(&r->tag, token, r->text, r->sight));
        }
        r->tags = true;
        return;
    case PEN_HTML_ATTRIBUTE:
        if (!r->tag.closes) pen_xss_attribute(&r->tag, token);
        return;
    case PEN_HTML_OPEN_END:
        if (!r->tag.closes) judge_element(&r->tag, token->span.end);
        r->best = pen_xss_stronger(r->best, r->tag.best);
        return;
    case PEN_HTML_RAW:
        r->best = pen_xss_stronger(r->best, judge_content(&r->tag, token, r->text));
        return;
    case PEN_HTML_COMMENT:
        if (!r->loose) r->best = pen_xss_stronger(r->best, judge_instruction(token, r->text));
        return;
    case PEN_HTML_EOF:
        return;
    }
}

struct pen_xss_evidence pen_xss_tags(struct pen_str text, const struct pen_js_sight *sight,
                                     const struct pen_xss_exits *exits, bool *doubtful)
{
    struct pen_html html = pen_html_at(text, 0, false, false);
    struct pen_html_token token;
    struct reading reading = {.text = text, .sight = sight, .tag = {.closes = true}};
    struct walk walk;
    begin_walk(&walk, text, exits);
    while (pen_html_next(&html, &token)) {
        read_token(&reading, &token);
        walk_to(&walk, html.at, met(&html, &reading.tag));
    }
    walk_to(&walk, SIZE_MAX, NULL);
    *doubtful = html.doubtful;
    return pen_xss_stronger(reading.best, walk.best);
}

struct pen_xss_evidence pen_xss_loose_tags(struct pen_str text, const struct pen_js_sight *sight)
{
    struct pen_html html = pen_html_at(text, 0, false, true);
    struct pen_html_token token;
    struct reading reading = {.text = text, .sight = sight, .tag = {.closes = true}, .loose = true};
    while (pen_html_next(&html, &token)) {
        read_token(&reading, &token);
    }
    if (reading.best.score > LOOSE_SCORE) reading.best.score = LOOSE_SCORE;
    return reading.best;
}
