/** What attributes tell about the element that has them, and instructions about their document. */
#include <string.h>

#include "filters/xss_attributes.h"

#define INSTRUCTION_BYTES 256 /* of one, in which its meaning must show */

bool pen_xss_leads_elsewhere(struct pen_str value)
{
    if (value.len < 3 || memchr("hH/\\", value.ptr[0], 4) == NULL) return false;
    return pen_str_starts_fold(value, PEN_S("http:")) || pen_str_starts_fold(value, PEN_S("https:"))
           || pen_str_starts(value, PEN_S("//")) || pen_str_starts(value, PEN_S("\\\\"));
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
    if (type.length > 5 && has_word(&type, "shockwave")) tag->flash = true;
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
        pen_xss_add(&tag->best, "xss.animation", 85, pen_xss_up_to(tag, attribute));
    }
}

static void note_equivalent(struct pen_xss_tag *tag, const struct pen_html_token *attribute)
{
    const struct pen_html_name field = words_of(attribute->value);
    tag->refresh = has_word(&field, "refresh");
    if (has_word(&field, "set-cookie") || has_word(&field, "link")) {
        pen_xss_add(&tag->best, "xss.element", 72, pen_xss_up_to(tag, attribute));
    }
}

/* Encodings in which plain letters spell a tag. */
static void note_charset(struct pen_xss_tag *tag, const struct pen_html_token *attribute,
                         bool whole)
{
    static const struct pen_str charsets[] = {PEN_STR("utf-7"), PEN_STR("utf7"),
                                              PEN_STR("mac-farsi"), PEN_STR("hz-gb"),
                                              PEN_STR("iso-2022")};
    struct pen_str value = attribute->value;
    if (tag->element != PEN_XSS_ELEMENT_META) return;
    for (size_t at = 0; at < value.len && at < 64; at++) {
        const struct pen_str rest = pen_str_slice(value, at, value.len);
        if (!whole && (value.ptr[at] | 0x20) != 'c') continue;
        if (!whole && !pen_str_starts_fold(rest, PEN_S("charset"))) continue;
        whole = true;
        for (size_t i = 0; i < PEN_COUNT_OF(charsets); i++) {
            if (!pen_str_starts_fold(rest, charsets[i])) continue;
            pen_xss_add(&tag->best, "xss.element", 75, pen_xss_up_to(tag, attribute));
        }
    }
}

static void note_relation(struct pen_xss_tag *tag, struct pen_str value)
{
    if (tag->element != PEN_XSS_ELEMENT_LINK) return;
    const struct pen_html_name relation = words_of(value);
    tag->import = has_word(&relation, "import");
    tag->styles = has_word(&relation, "stylesheet");
}

/* Attributes that say what an element is, not what it does. */
void pen_xss_note(struct pen_xss_tag *tag, enum pen_xss_role role,
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
        tag->linked = tag->linked || memchr(attribute->name.ptr, ':', attribute->name.len) != NULL;
        tag->bare_source = tag->bare_source || (value.len > 0 && attribute->quote == 0);
        tag->open_source = attribute->quote != 0 && attribute->open;
        tag->elsewhere = tag->elsewhere || pen_xss_leads_elsewhere(value);
        if (tag->element != PEN_XSS_ELEMENT_EMBED) return;
        tag->player = tag->player || pen_str_find_str(value, PEN_S("embed")) < value.len
                      || pen_str_find_str(value, PEN_S("player")) < value.len;
        return;
    case PEN_XSS_ROLE_FORMAT:
        if (pen_str_starts_fold(value, PEN_S("html"))) {
            pen_xss_add(&tag->best, "xss.element", 75, pen_xss_up_to(tag, attribute));
        }
        return;
    case PEN_XSS_ROLE_SIZE:
        tag->sized = true;
        return;
    case PEN_XSS_ROLE_CHARSET:
    case PEN_XSS_ROLE_CONTENT:
        note_charset(tag, attribute, role == PEN_XSS_ROLE_CHARSET);
        return;
    case PEN_XSS_ROLE_NAMESPACE:
        tag->events = tag->events || pen_str_ends(value, PEN_S("/xml-events"));
        return;
    case PEN_XSS_ROLE_HANDLER:
        tag->handles = value.len > 1;
        return;
    }
}

/* <? echo('<SCR)': a program of the server's that writes a tag. */
static bool writes_markup(struct pen_str inside)
{
    const size_t at = pen_str_find_str(inside, PEN_S("echo"));
    if (at > 8) return false;
    const size_t tag = pen_str_find(inside, '<', at);
    return tag < inside.len && tag > 0 && pen_is_script_quote(inside.ptr[tag - 1]);
}

/* <?import namespace="t" implementation="...">, <?xml-stylesheet href="data:...">. */
struct pen_xss_evidence pen_xss_instruction(const struct pen_html_token *comment,
                                            struct pen_str text)
{
    struct pen_xss_evidence best = {.rule = NULL};
    if (text.ptr[comment->span.start + 1] != '?') return best;

    const struct pen_str inside = pen_str_slice(comment->value, 0, INSTRUCTION_BYTES);
    if (pen_str_starts_fold(inside, PEN_S("import"))) {
        pen_xss_add(&best, "xss.element", 75, comment->span);
    } else if (pen_str_starts_fold(inside, PEN_S("xml-stylesheet"))) {
        static const struct pen_str marks[] = {PEN_STR("href=\"data:"), PEN_STR("href='data:"),
                                               PEN_STR("javascript:"), PEN_STR("href=\"#"),
                                               PEN_STR("href='#")};
        for (size_t i = 0; i < PEN_COUNT_OF(marks); i++) {
            if (pen_str_find_str(inside, marks[i]) == inside.len) continue;
            pen_xss_add(&best, "xss.element", 80, comment->span);
        }
    } else if (pen_str_starts_fold(inside, PEN_S("xml:namespace"))
               && pen_str_find_str(inside, PEN_S("microsoft-com:time")) < inside.len) {
        pen_xss_add(&best, "xss.element", 75, comment->span);
    } else if (writes_markup(inside)) {
        pen_xss_add(&best, "xss.element", 72, comment->span);
    }
    return best;
}
