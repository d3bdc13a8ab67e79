/** What an attribute does: as a handler, an address, a style, a document, a framework's program. */
#include "filters/xss_attributes.h"

#include <string.h>

#include "filters/xss_script.h"

/* From the tag's start to the attribute's end. */
static struct pen_span up_to(const struct pen_xss_tag *tag, const struct pen_html_token *attribute)
{
    return (struct pen_span){tag->start, attribute->span.end};
}

void pen_xss_add(struct pen_xss_evidence *best, const char *rule, uint32_t score,
                 struct pen_span span)
{
    if (score == 0) return;
    const struct pen_xss_evidence found = {.rule = rule, .score = score, .span = span};
    *best = pen_xss_stronger(*best, found);
}

uint32_t pen_xss_weigh(struct pen_xss_scale scale, struct pen_str program)
{
    switch (pen_js_power(program)) {
    case PEN_JS_IDLE:
        return scale.idle;
    case PEN_JS_ACTS:
        return scale.acts;
    case PEN_JS_NAMES:
        return scale.names;
    case PEN_JS_HARMS:
        return scale.harms;
    }
    return scale.harms;
}

/* JSX and its relatives: onClick={() => save()} is an expression of the file it stands in. */
static bool is_expression(const struct pen_html_token *attribute)
{
    const struct pen_str value = attribute->value;
    if (value.len == 0 || value.ptr[0] != '{' || attribute->quote != 0) return false;
    return pen_str_find_str(value, PEN_S("=>")) < value.len
           || pen_str_find(value, '}', 0) == value.len || pen_js_power(value) < PEN_JS_NAMES;
}

/* A handler: of a real tag it runs whatever it holds. */
static void judge_handler(struct pen_xss_tag *tag, const struct pen_html_token *attribute,
                          bool known)
{
    if (attribute->value.len == 0 || is_expression(attribute)) {
        pen_xss_add(&tag->best, "xss.handler", known && !is_expression(attribute) ? 50 : 30,
                    up_to(tag, attribute));
        return;
    }
    /* XML has attributes that begin with "on", but always in quotes; programs have names. */
    const uint32_t idle = known ? 65 : attribute->quote == 0 ? 70 : 30;
    const struct pen_xss_scale in_tag = {idle, known ? 80 : 72, 95, 95};
    const struct pen_xss_scale bare = {known ? 40 : 0, known ? 75 : 50, 95, 95};
    const struct pen_xss_scale scale = tag->bare ? bare : in_tag;
    pen_xss_add(&tag->best, "xss.handler", pen_xss_weigh(scale, attribute->value),
                up_to(tag, attribute));
}

static uint32_t page_score(enum pen_html_url kind, enum pen_xss_element element)
{
    const bool loads = element == PEN_XSS_ELEMENT_EMBED || element == PEN_XSS_ELEMENT_USE
                       || element == PEN_XSS_ELEMENT_LINK;
    switch (kind) {
    case PEN_HTML_URL_PAGE:
        return 90;
    case PEN_HTML_URL_DRAWING:
        return loads ? 85 : 0;
    case PEN_HTML_URL_RESOURCE:
        return element == PEN_XSS_ELEMENT_SCRIPT ? 90 : loads ? 72 : 0;
    case PEN_HTML_URL_PLAIN:
    case PEN_HTML_URL_SCRIPT:
        return 0;
    }
    return 0;
}

static bool leads_elsewhere(struct pen_str value)
{
    return pen_str_starts_fold(value, PEN_S("http:")) || pen_str_starts_fold(value, PEN_S("https:"))
           || pen_str_starts(value, PEN_S("//")) || pen_str_starts(value, PEN_S("\\\\"));
}

/* Any attribute may turn out to be followed; those that are shown only are not. */
static void judge_url(struct pen_xss_tag *tag, const struct pen_html_token *attribute,
                      enum pen_xss_attribute kind)
{
    const bool meta = tag->element == PEN_XSS_ELEMENT_META;
    const bool shown = kind == PEN_XSS_ATTRIBUTE_TEXT && tag->element != PEN_XSS_ELEMENT_PARAM;
    if (shown && !meta) return;

    struct pen_str program = {NULL, 0};
    const struct pen_str scheme = pen_str_trim(attribute->value);
    const enum pen_html_url url = pen_html_url(attribute->value, meta, &program);
    struct pen_xss_evidence *const best = meta ? &tag->held : &tag->best;
    if (url == PEN_HTML_URL_SCRIPT) {
        const bool loads = tag->element == PEN_XSS_ELEMENT_SCRIPT
                           || tag->element == PEN_XSS_ELEMENT_EMBED
                           || tag->element == PEN_XSS_ELEMENT_BASE;
        /* No page of today has use for the other languages. */
        const bool old = scheme.len > 0 && strchr("vVlLmM", scheme.ptr[0]) != NULL;
        const struct pen_xss_scale scale = {loads || old ? 75 : 50, 85, 95, 95};
        const struct pen_xss_scale other = {30, 75, 80, 85};
        pen_xss_add(best, "xss.url",
                    pen_xss_weigh(kind == PEN_XSS_ATTRIBUTE_OTHER ? other : scale, program),
                    up_to(tag, attribute));
    } else if (url != PEN_HTML_URL_PLAIN) {
        pen_xss_add(best, "xss.data_url", page_score(url, tag->element), up_to(tag, attribute));
    }
    if (tag->element == PEN_XSS_ELEMENT_BASE && leads_elsewhere(attribute->value)) {
        pen_xss_add(best, "xss.base", 75, up_to(tag, attribute));
    }
}

/* The start of a value as a name, to look for words in. */
static struct pen_html_name words_of(struct pen_str value)
{
    struct pen_html_name name;
    pen_html_name_read(pen_str_slice(value, 0, PEN_HTML_NAME - 1), &name);
    return name;
}

static bool has_word(const struct pen_html_name *value, const char *word)
{
    return strstr(value->text, word) != NULL;
}

static void note_type(struct pen_xss_tag *tag, struct pen_str value)
{
    static const char *const scripts[] = {"javascript", "ecmascript", "module",
                                          "vbscript",   "jscript",    "livescript"};
    if (value.len == 0) return;
    const struct pen_html_name type = words_of(value);
    for (size_t i = 0; i < PEN_COUNT_OF(scripts) && type.length > 5; i++) {
        if (has_word(&type, scripts[i])) tag->script_type = true;
    }
    tag->no_script = !tag->script_type;
    if (type.length > 5 && has_word(&type, "scriptlet")) tag->plugin = true;
}

/* An animation that sets a handler or an address. */
static void note_target(struct pen_xss_tag *tag, const struct pen_html_token *attribute)
{
    const struct pen_str value = attribute->value;
    if (value.len < 3) return;
    const struct pen_html_name target = words_of(value);
    if (has_word(&target, "href")) tag->animates = true;
    if (has_word(&target, "innerhtml")
        || (pen_to_lower(value.ptr[0]) == 'o' && pen_to_lower(value.ptr[1]) == 'n')) {
        pen_xss_add(&tag->best, "xss.animation", 85, up_to(tag, attribute));
    }
}

static void note_equivalent(struct pen_xss_tag *tag, const struct pen_html_token *attribute)
{
    const struct pen_html_name field = words_of(attribute->value);
    tag->refresh = has_word(&field, "refresh");
    if (has_word(&field, "set-cookie") || has_word(&field, "link")) {
        pen_xss_add(&tag->best, "xss.element", 72, up_to(tag, attribute));
    }
}

static void note_relation(struct pen_xss_tag *tag, struct pen_str value)
{
    if (tag->element != PEN_XSS_ELEMENT_LINK) return;
    const struct pen_html_name relation = words_of(value);
    tag->import = has_word(&relation, "import");
}

/* Attributes that say what an element is, not what it does. */
static void note(struct pen_xss_tag *tag, enum pen_xss_role role,
                 const struct pen_html_token *attribute)
{
    const struct pen_str value = attribute->value;
    switch (role) {
    case PEN_XSS_ROLE_NONE:
        return;
    case PEN_XSS_ROLE_TYPE:
        note_type(tag, value);
        return;
    case PEN_XSS_ROLE_HTTP_EQUIV:
        if (tag->element != PEN_XSS_ELEMENT_META) return;
        note_equivalent(tag, attribute);
        return;
    case PEN_XSS_ROLE_REL:
        note_relation(tag, value);
        return;
    case PEN_XSS_ROLE_ATTRIBUTE_NAME:
        note_target(tag, attribute);
        return;
    case PEN_XSS_ROLE_PLUGIN:
        tag->plugin = true;
        return;
    case PEN_XSS_ROLE_SOURCE:
        tag->source = tag->source || value.len > 0;
        tag->bare_source = tag->bare_source || (value.len > 0 && attribute->quote == 0);
        return;
    case PEN_XSS_ROLE_FORMAT:
        if (pen_str_starts_fold(value, PEN_S("html"))) {
            pen_xss_add(&tag->best, "xss.element", 75, up_to(tag, attribute));
        }
        return;
    }
}

/* onerror /=alert(1), onload!#$=alert(1): names that some readers cut and others skip over. */
static void judge_name(struct pen_xss_tag *tag, const struct pen_html_name *name,
                       const struct pen_html_token *attribute)
{
    const struct pen_str raw = attribute->name;
    const bool event = pen_xss_meaning_of(name).kind == PEN_XSS_ATTRIBUTE_EVENT;
    if (tag->waits && raw.len > 1 && raw.ptr[0] == '=' && pen_js_power(raw) == PEN_JS_HARMS) {
        pen_xss_add(&tag->best, "xss.handler", 85, up_to(tag, attribute));
    }
    if (event && !pen_is_alpha(raw.ptr[raw.len - 1])) {
        pen_xss_add(&tag->best, "xss.handler", 72, up_to(tag, attribute));
    }
    tag->waits = event;
}

/* "src= onerror=alert(1)", "alt=x"onerror=...", "value="``onclick=...": what is a value here is an
   attribute to others. */
static bool hides_attribute(const struct pen_html_token *attribute, struct pen_html_token *out)
{
    const struct pen_str value = attribute->value;
    if (value.len < 6) return false; /* onabc= */
    if (attribute->quote != 0 && value.ptr[0] != '`') return false;

    for (size_t at = 5; at < value.len; at++) {
        if (value.ptr[at] != '=' || !pen_is_alpha(value.ptr[at - 1])) continue;
        size_t start = at;
        while (start > 0 && at - start < PEN_HTML_NAME && pen_is_alpha(value.ptr[start - 1])) {
            start--;
        }
        const bool parted = start == 0 || memchr("\"'`/", value.ptr[start - 1], 4) != NULL;
        const struct pen_str name = pen_str_slice(value, start, at);
        if (!parted || name.len < 5 || !pen_str_starts_fold(name, PEN_S("on"))) continue;
        *out = *attribute;
        out->name = name;
        out->value = pen_str_slice(value, at + 1, value.len);
        out->quote = '"';
        return true;
    }
    return false;
}

/* A quick look: most names without a value are words of a sentence or options of an element. */
static bool may_be_handler(struct pen_str name)
{
    return name.len > 4 && (!pen_is_alpha(name.ptr[0]) || pen_to_lower(name.ptr[0]) == 'o');
}

void pen_xss_attribute(struct pen_xss_tag *tag, const struct pen_html_token *attribute)
{
    struct pen_html_name name;
    if (!attribute->has_value) {
        if (!tag->waits && !may_be_handler(attribute->name)) return;
        pen_html_name_read(attribute->name, &name);
        judge_name(tag, &name, attribute);
        return;
    }
    pen_html_name_read(attribute->name, &name);
    struct pen_html_token hidden;
    if (hides_attribute(attribute, &hidden)) {
        attribute = &hidden;
        pen_html_name_read(attribute->name, &name);
    }
    tag->waits = false;

    const struct pen_xss_meaning meaning = pen_xss_meaning_of(&name);
    const enum pen_xss_attribute kind = meaning.kind;
    const struct pen_str value = attribute->value;
    switch (kind) {
    case PEN_XSS_ATTRIBUTE_EVENT:
    case PEN_XSS_ATTRIBUTE_ON:
        judge_handler(tag, attribute, kind == PEN_XSS_ATTRIBUTE_EVENT);
        return;
    case PEN_XSS_ATTRIBUTE_STYLE:
        if (pen_html_style_runs(value))
            pen_xss_add(&tag->best, "xss.style", 90, up_to(tag, attribute));
        return;
    case PEN_XSS_ATTRIBUTE_SRCDOC:
        pen_xss_add(
            &tag->best, "xss.srcdoc",
            pen_str_find(value, '<', 0) < value.len || pen_str_find(value, '&', 0) < value.len ? 90
                                                                                               : 50,
            up_to(tag, attribute));
        return;
    case PEN_XSS_ATTRIBUTE_FRAMEWORK:
        pen_xss_add(&tag->best, "xss.framework",
                    pen_xss_weigh((struct pen_xss_scale){0, 0, 75, 85}, value),
                    up_to(tag, attribute));
        break;
    case PEN_XSS_ATTRIBUTE_URL:
    case PEN_XSS_ATTRIBUTE_TEXT:
    case PEN_XSS_ATTRIBUTE_OTHER:
        break;
    }
    /* &{...}: Netscape's script macros. */
    if (value.len > 1 && value.ptr[0] == '&' && value.ptr[1] == '{') {
        pen_xss_add(&tag->best, "xss.script",
                    pen_xss_weigh((struct pen_xss_scale){0, 75, 80, 85}, value),
                    up_to(tag, attribute));
    }
    note(tag, meaning.role, attribute);
    judge_url(tag, attribute, kind);
}
