/** What an attribute does: as a handler, an address, a style, a document, a framework's program. */
#include "filters/xss_attributes.h"

#include <string.h>

#include "filters/xss_script.h"

void pen_xss_add(struct pen_xss_evidence *best, const char *rule, uint32_t score,
                 struct pen_span span)
{
    if (score == 0) return;
    const struct pen_xss_evidence found = {.rule = rule, .score = score, .span = span};
    *best = pen_xss_stronger(*best, found);
}

static uint32_t weight_of(struct pen_xss_scale scale, enum pen_js_power power)
{
    switch (power) {
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

uint32_t pen_xss_weigh(const struct pen_xss_tag *tag, struct pen_xss_scale scale,
                       struct pen_str program)
{
    if (scale.harms <= tag->floor) return 0;
    return weight_of(scale, pen_js_power_known(program, tag->known));
}

/* JSX and its relatives: onClick={() => save()} is an expression of the file it stands in. */
static bool is_expression(const struct pen_xss_tag *tag, const struct pen_html_token *attribute)
{
    const struct pen_str value = attribute->value;
    if (value.len == 0 || value.ptr[0] != '{' || attribute->quote != 0) return false;
    return pen_str_find_str(value, PEN_S("=>")) < value.len
           || pen_str_find(value, '}', 0) == value.len
           || pen_js_power_known(value, tag->known) < PEN_JS_NAMES;
}

/* What a program weighs, unless what has been found weighs as much as any could. */
static uint32_t weigh_more(const struct pen_xss_tag *tag, const struct pen_xss_evidence *best,
                           struct pen_xss_scale scale, struct pen_str program)
{
    if (scale.harms <= best->score || scale.harms <= tag->floor) return 0;
    return weight_of(scale, pen_js_power_known(program, tag->known));
}

/* A handler: of a real tag it runs whatever it holds. */
static void judge_handler(struct pen_xss_tag *tag, const struct pen_html_token *attribute,
                          bool known)
{
    const bool expression = is_expression(tag, attribute);
    if (attribute->value.len == 0 || expression) {
        pen_xss_add(&tag->best, "xss.handler", known && !expression ? 50 : 30,
                    pen_xss_up_to(tag, attribute));
        return;
    }
    /* XML has attributes that begin with "on", but always in quotes; programs have names. */
    const uint32_t idle = known ? 65 : attribute->quote == 0 ? 70 : 30;
    const struct pen_xss_scale in_tag = {idle, known ? 80 : 72, 95, 95};
    const struct pen_xss_scale bare = {known ? 40 : 0, known ? 75 : 50, 95, 95};
    const struct pen_xss_scale scale = tag->bare ? bare : in_tag;
    pen_xss_add(&tag->best, "xss.handler", weigh_more(tag, &tag->best, scale, attribute->value),
                pen_xss_up_to(tag, attribute));
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

/* "htt\tp://", "http://0x7f.1", "http://1113982867/", "http://%77%77": an address that nobody
   writes so who does not hide it. */
static bool is_disguised(struct pen_str value)
{
    const size_t colon = pen_str_find(value, ':', 0);
    if (colon > 12 || colon + 4 >= value.len || (value.ptr[0] | 0x20) != 'h') return false;
    for (size_t i = 0; i < colon; i++) {
        if ((unsigned char)value.ptr[i] <= ' ') return true;
    }
    const struct pen_str host = pen_str_slice(value, colon + 3, value.len);
    size_t digits = 0;
    while (digits < host.len && pen_is_digit(host.ptr[digits])) {
        digits++;
    }
    const bool one_number = digits > 7 && (digits == host.len || host.ptr[digits] == '/');
    const bool octal = digits > 1 && host.ptr[0] == '0';
    return one_number || octal || host.ptr[0] == '%' || pen_str_starts_fold(host, PEN_S("0x"));
}

/* "javascript#alert(1)": the colon was put out of a filter's sight. */
static bool is_near_scheme(const struct pen_xss_tag *tag, struct pen_str value)
{
    return value.len > 11 && value.ptr[10] != ':' && !pen_is_script_name_char(value.ptr[10])
           && pen_str_starts_fold(value, PEN_S("javascript"))
           && pen_js_power_known(value, tag->known) == PEN_JS_HARMS;
}

/* What an address says beside its scheme. */
static void judge_address(struct pen_xss_tag *tag, const struct pen_html_token *attribute)
{
    const struct pen_str value = attribute->value;
    if (value.len < 8 || !pen_xss_gains(tag, 72)) return;
    bool odd = false;
    switch (value.ptr[0] | 0x20) {
    case 'h':
        odd = is_disguised(value);
        break;
    case 'j':
        odd = is_near_scheme(tag, value);
        break;
    case 'm':
        odd = pen_str_starts_fold(value, PEN_S("mhtml:"));
        break;
    case 'v':
        odd = pen_str_starts_fold(value, PEN_S("view-source:"));
        break;
    default:
        break;
    }
    if (odd) pen_xss_add(&tag->best, "xss.url", 72, pen_xss_up_to(tag, attribute));
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
                    weigh_more(tag, best, kind == PEN_XSS_ATTRIBUTE_OTHER ? other : scale, program),
                    pen_xss_up_to(tag, attribute));
    } else if (url != PEN_HTML_URL_PLAIN) {
        pen_xss_add(best, "xss.data_url", page_score(url, tag->element),
                    pen_xss_up_to(tag, attribute));
        /* Its type is spelled so that filters do not read it. */
        const size_t comma = pen_str_find(attribute->value, ',', 0);
        if (pen_str_find(attribute->value, '&', 0) < comma && kind == PEN_XSS_ATTRIBUTE_URL
            && comma < 64) {
            pen_xss_add(best, "xss.data_url", 75, pen_xss_up_to(tag, attribute));
        }
    }
    if (kind == PEN_XSS_ATTRIBUTE_URL) judge_address(tag, attribute);
    if (tag->element == PEN_XSS_ELEMENT_BASE && pen_xss_leads_elsewhere(attribute->value)) {
        pen_xss_add(best, "xss.base", 75, pen_xss_up_to(tag, attribute));
    }
}

/* onerror /=alert(1), onload!#$=alert(1): names that some readers cut and others skip over. */
static void judge_name(struct pen_xss_tag *tag, const struct pen_html_name *name,
                       const struct pen_html_token *attribute)
{
    const struct pen_str raw = attribute->name;
    const bool event = pen_xss_meaning_of(name).kind == PEN_XSS_ATTRIBUTE_EVENT;
    if (tag->waits && pen_str_equal_fold(raw, PEN_S("CDATA"))) return;
    if (tag->waits && pen_xss_gains(tag, 85) && raw.len > 1
        && (raw.ptr[0] == '=' || raw.ptr[0] == '"')
        && pen_js_power_known(raw, tag->known) == PEN_JS_HARMS) {
        pen_xss_add(&tag->best, "xss.handler", 85, pen_xss_up_to(tag, attribute));
    }
    if (event && !pen_is_alpha(raw.ptr[raw.len - 1])) {
        pen_xss_add(&tag->best, "xss.handler", 72, pen_xss_up_to(tag, attribute));
    }
    if (raw.len > 12 && pen_xss_gains(tag, 72) && pen_str_find_str(raw, PEN_S("script:")) < raw.len
        && pen_js_power_known(raw, tag->known) == PEN_JS_HARMS) {
        pen_xss_add(&tag->best, "xss.url", 72, pen_xss_up_to(tag, attribute));
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

    for (size_t at = pen_str_find(value, '=', 5); at < value.len;
         at = pen_str_find(value, '=', at + 1)) {
        if (!pen_is_alpha(value.ptr[at - 1])) continue;
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

/* <scr ipt>: the blank was a control character, or will be dropped. */
static void judge_part(struct pen_xss_tag *tag, const struct pen_html_token *attribute)
{
    const struct pen_str rest = pen_str_slice(PEN_S("script"), tag->part, 6);
    tag->part = 0;
    if (pen_str_equal_fold(attribute->name, rest)) {
        pen_xss_add(&tag->best, "xss.script", 80, pen_xss_up_to(tag, attribute));
    }
}

/* A quick look: most names without a value are words of a sentence or options of an element. */
static bool may_be_handler(struct pen_str name)
{
    return name.len > 4
           && (!pen_is_alpha(name.ptr[0]) || pen_to_lower(name.ptr[0]) == 'o' || name.len > 12);
}

void pen_xss_attribute(struct pen_xss_tag *tag, const struct pen_html_token *attribute)
{
    struct pen_html_name name;
    if (!attribute->has_value) {
        if (tag->part > 0) judge_part(tag, attribute);
        if (!tag->waits && !may_be_handler(attribute->name)) return;
        pen_html_name_read(attribute->name, &name);
        judge_name(tag, &name, attribute);
        return;
    }
    struct pen_html_token hidden;
    if (hides_attribute(attribute, &hidden)) attribute = &hidden;
    tag->waits = false;

    struct pen_xss_meaning meaning = {.kind = PEN_XSS_ATTRIBUTE_OTHER};
    if (attribute->name.len >= PEN_XSS_LEAST_ATTRIBUTE) {
        pen_html_name_read(attribute->name, &name);
        meaning = pen_xss_meaning_of(&name);
    }
    const enum pen_xss_attribute kind = meaning.kind;
    const struct pen_str value = attribute->value;
    switch (kind) {
    case PEN_XSS_ATTRIBUTE_EVENT:
    case PEN_XSS_ATTRIBUTE_ON:
        judge_handler(tag, attribute, kind == PEN_XSS_ATTRIBUTE_EVENT);
        return;
    case PEN_XSS_ATTRIBUTE_STYLE:
        if (pen_xss_gains(tag, 90) && pen_html_style_runs(value))
            pen_xss_add(&tag->best, "xss.style", 90, pen_xss_up_to(tag, attribute));
        if (pen_xss_gains(tag, 72) && pen_html_style_escapes(value))
            pen_xss_add(&tag->best, "xss.style", 72, pen_xss_up_to(tag, attribute));
        return;
    case PEN_XSS_ATTRIBUTE_SRCDOC:
        pen_xss_add(
            &tag->best, "xss.srcdoc",
            pen_str_find(value, '<', 0) < value.len || pen_str_find(value, '&', 0) < value.len ? 90
                                                                                               : 50,
            pen_xss_up_to(tag, attribute));
        return;
    case PEN_XSS_ATTRIBUTE_FRAMEWORK:
        pen_xss_add(&tag->best, "xss.framework",
                    pen_xss_weigh(tag, (struct pen_xss_scale){0, 0, 75, 85}, value),
                    pen_xss_up_to(tag, attribute));
        break;
    case PEN_XSS_ATTRIBUTE_URL:
    case PEN_XSS_ATTRIBUTE_TEXT:
    case PEN_XSS_ATTRIBUTE_OTHER:
        break;
    }
    /* &{...}: Netscape's script macros. */
    if (value.len > 1 && value.ptr[0] == '&' && value.ptr[1] == '{') {
        pen_xss_add(&tag->best, "xss.script",
                    pen_xss_weigh(tag, (struct pen_xss_scale){0, 75, 80, 85}, value),
                    pen_xss_up_to(tag, attribute));
    }
    pen_xss_note(tag, meaning.role, attribute);
    judge_url(tag, attribute, kind);
}
