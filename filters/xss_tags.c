/**
 * One tag at a time: what its attributes are, and what they amount to when it ends.
 */
#include "filters/xss_tags.h"

#include <string.h>

#include "filters/xss_attributes.h"
#include "filters/xss_script.h"

#define CLOSING_SCORE 72  /* for what an end tag holds */
#define LONG_LINE     200 /* of a program, before the end of its script */
#define ALONE_BYTES   24  /* before and behind an element that is all that a text holds */
#define IMPORT_BYTES  160 /* of a style sheet, in which its import must show */
#define LEAD_BYTES    64  /* of tags before a script */
#define LOOSE_SCORE   85  /* most for what only a reader sees that differs from browsers */

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
    case PEN_XSS_ELEMENT_MATH:
    case PEN_XSS_ELEMENT_USE:
    case PEN_XSS_ELEMENT_BASE:
    case PEN_XSS_ELEMENT_PARAM:
    case PEN_XSS_ELEMENT_ACTIVE:
    case PEN_XSS_ELEMENT_OTHER:
        break;
    }
}

/* <listener event="load" handler="#y" xmlns="http://www.w3.org/2001/xml-events"/>, <ıframe>. */
static void judge_name(struct pen_xss_tag *tag, size_t end)
{
    const struct pen_span span = {tag->start, end};
    if (tag->events && tag->handles) pen_xss_add(&tag->best, "xss.handler", 75, span);
    if (tag->disguised) pen_xss_add(&tag->best, "xss.element", 75, span);
}

/* What loads from elsewhere is an ordinary part of a page or mail, but as all that a text holds it
   is not: no size, no page around it. */
static void judge_alone(struct pen_xss_tag *tag, size_t end, struct pen_str text)
{
    if (tag->start > ALONE_BYTES || text.len - end > ALONE_BYTES || !tag->elsewhere) return;
    /* <img src="//h.example/?: the page behind it becomes a part of the address. */
    const char last = text.ptr[text.len - 1];
    if (tag->open_source && (last == '?' || last == '=')) {
        pen_xss_add(&tag->best, "xss.element", 72, (struct pen_span){tag->start, end});
    }
    const bool frame = tag->element == PEN_XSS_ELEMENT_EMBED && !tag->sized && !tag->player;
    const bool sheet = tag->element == PEN_XSS_ELEMENT_LINK && tag->styles;
    const bool other = tag->element == PEN_XSS_ELEMENT_USE;
    const bool flash = tag->element == PEN_XSS_ELEMENT_EMBED && tag->flash;
    if (frame || sheet || other || flash) {
        pen_xss_add(&tag->best, "xss.element", 72, (struct pen_span){tag->start, end});
    }
}

/* @import'http://h.example/a.css': as it is written to fit, not as people write it. */
static uint32_t import_score(struct pen_str sheet)
{
    struct pen_html_chars chars = {sheet, 0};
    char plain[IMPORT_BYTES];
    size_t length = 0;
    bool spelled = false;
    for (int c = pen_html_char(&chars); c != PEN_HTML_END && length < sizeof(plain);
         c = pen_html_char(&chars)) {
        spelled = spelled || c == '\\' || c == '*';
        if (c > ' ' && c != '\\' && c != '\'' && c != '"') plain[length++] = pen_to_lower((char)c);
    }
    const struct pen_str text = {plain, length};
    const size_t at = pen_str_find_str(text, PEN_S("@import"));
    const size_t hidden = pen_str_find_str(text, PEN_S("@im"));
    const struct pen_str rest = pen_str_slice(text, hidden, text.len);
    if (at == text.len && spelled && pen_str_find_str(rest, PEN_S("port")) < 8) return 80;
    if (at == text.len) return 0;
    const size_t raw = pen_str_find_str(sheet, PEN_S("import"));
    const bool tight = raw + 6 < sheet.len && pen_is_script_quote(sheet.ptr[raw + 6]);
    return spelled ? 80 : tight ? 72 : 45;
}

/* Something that ends right here is a tag, no sentence that names one. */
static bool follows_tag(struct pen_str text, size_t start)
{
    return start > 1 && text.ptr[start - 1] == '>' && text.len - start < ALONE_BYTES;
}

/* "<scr<script>ipt": whoever takes the inner one out puts the outer one together. */
static bool is_doubled(struct pen_str text, size_t start, struct pen_str behind)
{
    const struct pen_str word = PEN_STR("script");
    for (size_t n = 1; n < word.len && n < start; n++) {
        if (text.ptr[start - n - 1] != '<') continue;
        return pen_str_equal_fold(pen_str_slice(text, start - n, start), pen_str_slice(word, 0, n))
               && pen_str_starts_fold(behind, pen_str_slice(word, n, word.len));
    }
    return false;
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
                        pen_xss_weigh(tag, (struct pen_xss_scale){50, 72, 80, 85}, raw->value),
                        span);
        }
        if (pen_html_style_runs(raw->value)) pen_xss_add(&best, "xss.style", 90, span);
        const bool alone = tag->start <= ALONE_BYTES && text.len - raw->span.end <= ALONE_BYTES;
        if (alone) pen_xss_add(&best, "xss.style", import_score(raw->value), span);
        return best;
    }
    if (tag->element != PEN_XSS_ELEMENT_SCRIPT) return best;

    const bool empty = pen_str_trim(raw->value).len == 0;
    const bool whole = tag->start == 0 && raw->span.end + sizeof("</script>") > text.len;
    struct pen_xss_scale scale = {whole ? 75 : 50, raw->cut ? 85 : 90, 95, 95};
    if (empty) scale.idle = raw->cut && (whole || follows_tag(text, tag->start)) ? 70 : 50;
    /* A text that begins as markup, with a script in it, is no mention of one. */
    if (!empty && text.ptr[0] == '<' && tag->start <= LEAD_BYTES) scale.idle = 75;
    if (pen_js_reads_as_prose(raw->value))
        scale = (struct pen_xss_scale){50, 60, 65, raw->cut ? 75 : 85};
    /* Local<Script> in a program: a type, not a tag. */
    const bool type = raw->cut && tag->start > 0 && pen_is_alpha(text.ptr[tag->start - 1]);
    if (type) scale = (struct pen_xss_scale){30, 40, 50, 75};
    if (tag->no_script) scale = (struct pen_xss_scale){20, 40, 55, 60};
    pen_xss_add(&best, "xss.script", pen_xss_weigh(tag, scale, raw->value), span);
    if (is_doubled(text, tag->start, raw->value)) pen_xss_add(&best, "xss.script", 85, span);
    return best;
}

/* "<scr\tipt>": how much of "script" the name is, when it is a part of it. */
static size_t script_part(const struct pen_html_name *name)
{
    const bool part = name->length > 2 && name->length < 6 && name->text[0] == 's'
                      && strncmp(name->text, "script", name->length) == 0;
    return part ? name->length : 0;
}

/* A letter beyond ASCII in the name of an element that has a meaning. */
static bool folds(struct pen_str name)
{
    for (size_t i = 0; i < name.len && i < PEN_HTML_NAME; i++) {
        if ((unsigned char)name.ptr[i] >= 0x80) return true;
    }
    return false;
}

static void begin_tag(struct pen_xss_tag *tag, const struct pen_html_token *token)
{
    *tag = (struct pen_xss_tag){.element = PEN_XSS_ELEMENT_OTHER,
                                .known = tag->known,
                                .floor = tag->floor,
                                .start = token->span.start,
                                .closes = token->kind == PEN_HTML_CLOSE};
    if (token->name.len < PEN_XSS_LEAST_ELEMENT) return;

    struct pen_html_name name;
    pen_html_name_read(token->name, &name);
    tag->element = pen_xss_element_of(&name);
    tag->odd = tag->element == PEN_XSS_ELEMENT_SCRIPT && !pen_html_name_is(&name, "script");
    tag->part = script_part(&name);
    tag->disguised = tag->element != PEN_XSS_ELEMENT_OTHER && folds(token->name);
}

/* $.get=alert</script>: the first tag ends the script that the text is put into. */
static struct pen_xss_evidence judge_rest(const struct pen_xss_tag *tag,
                                          const struct pen_html_token *token, struct pen_str text,
                                          const struct pen_js_sight *sight)
{
    struct pen_xss_evidence best = {.rule = NULL};
    if (tag->element != PEN_XSS_ELEMENT_SCRIPT) return best;

    const size_t named_at =
        sight != NULL ? sight->named_at : pen_js_sight(text, tag->known).named_at;
    if (named_at <= token->span.start + 1 && !pen_js_reads_as_prose(text)) {
        pen_xss_add(&best, "xss.closed_raw", 75, (struct pen_span){0, token->span.end});
    }
    const struct pen_str before = pen_str_slice(text, 0, token->span.start);
    const bool last = text.len - token->span.end < 4;
    if (last && before.len < LONG_LINE && pen_str_find_str(before, PEN_S("document.")) < before.len
        && !pen_js_reads_as_prose(before)) {
        pen_xss_add(&best, "xss.closed_raw", 72, (struct pen_span){0, token->span.end});
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

static void begin_walk(struct walk *walk, struct pen_str text, const struct pen_xss_exits *exits,
                       struct pen_js_known *known)
{
    walk->count = exits->count;
    walk->best = (struct pen_xss_evidence){.rule = NULL};
    for (size_t i = 0; i < exits->count; i++) {
        const struct pen_xss_exit exit = exits->exit[i];
        walk->walkers[i] = (struct walker){.html = pen_html_at(text, exit.at, true, false),
                                           .tag = {.element = PEN_XSS_ELEMENT_ACTIVE,
                                                   .known = known,
                                                   .start = exit.at,
                                                   .bare = true},
                                           .exit = exit};
        walk->walkers[i].html.doubtful = true; /* nobody asks: spares the look */
    }
}

static uint32_t most_of(const struct walker *w)
{
    return w->seen < 2 ? w->exit.most : w->exit.most_later;
}

/* Whoever could not add to what has been found is done. */
static void end_idle(struct walk *walk)
{
    for (size_t i = 0; i < walk->count; i++) {
        struct walker *const w = &walk->walkers[i];
        w->ended = w->ended || most_of(w) <= walk->best.score;
    }
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
    w->tag.floor = walk->best.score;
    pen_xss_attribute(&w->tag, &token);
    if (w->tag.best.score > most_of(w)) w->tag.best.score = most_of(w);
    walk->best = pen_xss_stronger(walk->best, w->tag.best);
    w->seen++;
    end_idle(walk);
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
    bool tags;    /* one has been seen */
    bool bare;    /* the tag at hand has no attribute so far */
    bool in_math; /* where every element may be a link */
};

static void read_token(struct reading *r, const struct pen_html_token *token)
{
    switch (token->kind) {
    case PEN_HTML_OPEN:
    case PEN_HTML_CLOSE:
        if (r->best.score > r->tag.floor) r->tag.floor = r->best.score;
        begin_tag(&r->tag, token);
        if (r->tag.closes && !r->tags) {
            r->best = pen_xss_stronger(r->best, judge_rest(&r->tag, token, r->text, r->sight));
        }
        r->tags = r->bare = true;
        r->in_math = r->in_math || r->tag.element == PEN_XSS_ELEMENT_MATH;
        return;
    case PEN_HTML_ATTRIBUTE:
        r->bare = false;
        pen_xss_attribute(&r->tag, token);
        return;
    case PEN_HTML_OPEN_END:
        if (r->bare && r->tag.element == PEN_XSS_ELEMENT_OTHER) return;
        if (r->in_math && r->tag.linked && r->tag.elsewhere) {
            pen_xss_add(&r->tag.best, "xss.url", 72,
                        (struct pen_span){r->tag.start, token->span.end});
        }
        if (r->tag.closes) {
            /* Browsers drop the attributes of an end tag; some cleaners keep them. */
            if (r->tag.best.score < 85) r->tag.best = (struct pen_xss_evidence){.rule = NULL};
            if (r->tag.best.score > CLOSING_SCORE) r->tag.best.score = CLOSING_SCORE;
        } else {
            judge_element(&r->tag, token->span.end);
            judge_name(&r->tag, token->span.end);
            judge_alone(&r->tag, token->span.end, r->text);
        }
        r->best = pen_xss_stronger(r->best, r->tag.best);
        return;
    case PEN_HTML_RAW:
        r->best = pen_xss_stronger(r->best, judge_content(&r->tag, token, r->text));
        return;
    case PEN_HTML_COMMENT:
        if (!r->loose) r->best = pen_xss_stronger(r->best, pen_xss_instruction(token, r->text));
        return;
    case PEN_HTML_EOF:
        return;
    }
}

struct pen_xss_evidence pen_xss_tags(struct pen_str text, const struct pen_js_sight *sight,
                                     const struct pen_xss_exits *exits, struct pen_js_known *known,
                                     bool *doubtful)
{
    struct pen_html html = pen_html_at(text, 0, false, false);
    struct pen_html_token token;
    struct reading reading = {
        .text = text, .sight = sight, .tag = {.known = known, .closes = true}};
    struct walk walk;
    begin_walk(&walk, text, exits, known);
    while (pen_html_next(&html, &token)) {
        read_token(&reading, &token);
        walk_to(&walk, html.at, met(&html, &reading.tag));
    }
    walk_to(&walk, SIZE_MAX, NULL);
    *doubtful = html.doubtful;
    return pen_xss_stronger(reading.best, walk.best);
}

struct pen_xss_evidence pen_xss_loose_tags(struct pen_str text, const struct pen_js_sight *sight,
                                           struct pen_js_known *known)
{
    struct pen_html html = pen_html_at(text, 0, false, true);
    struct pen_html_token token;
    struct reading reading = {
        .text = text, .sight = sight, .tag = {.known = known, .closes = true}, .loose = true};
    while (pen_html_next(&html, &token)) {
        read_token(&reading, &token);
    }
    if (reading.best.score > LOOSE_SCORE) reading.best.score = LOOSE_SCORE;
    return reading.best;
}
