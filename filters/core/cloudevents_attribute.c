/**
 * Attribute by attribute: the text that its type allows.
 *
 * References are looked at for bytes that no URI may hold and for a scheme where one must be; what
 * they name is not ours to judge. Letters beyond ASCII are let pass: senders write IRIs.
 */
#include "filters/core/cloudevents_attribute.h"

#include "filters/core/body/media_type.h"
#include "filters/core/rfc3339.h"

static const struct {
    struct pen_str name;
    const char *code;
} attributes[] = {
    [PEN_CLOUDEVENTS_ID] = {PEN_STR("id"), "cloudevents.id"},
    [PEN_CLOUDEVENTS_SOURCE] = {PEN_STR("source"), "cloudevents.source"},
    [PEN_CLOUDEVENTS_SPECVERSION] = {PEN_STR("specversion"), "cloudevents.specversion"},
    [PEN_CLOUDEVENTS_TYPE] = {PEN_STR("type"), "cloudevents.type"},
    [PEN_CLOUDEVENTS_SUBJECT] = {PEN_STR("subject"), "cloudevents.subject"},
    [PEN_CLOUDEVENTS_TIME] = {PEN_STR("time"), "cloudevents.time"},
    [PEN_CLOUDEVENTS_DATACONTENTTYPE] = {PEN_STR("datacontenttype"), "cloudevents.datacontenttype"},
    [PEN_CLOUDEVENTS_DATASCHEMA] = {PEN_STR("dataschema"), "cloudevents.dataschema"},
    [PEN_CLOUDEVENTS_EXTENSION] = {PEN_STR(""), "cloudevents.extension"},
};

enum pen_cloudevents_attribute pen_cloudevents_attribute_named(struct pen_str name)
{
    for (int i = 0; i < PEN_CLOUDEVENTS_EXTENSION; i++) {
        if (pen_str_equal(name, attributes[i].name)) return (enum pen_cloudevents_attribute)i;
    }
    return PEN_CLOUDEVENTS_EXTENSION;
}

const char *pen_cloudevents_attribute_code(enum pen_cloudevents_attribute attribute)
{
    return attributes[attribute].code;
}

bool pen_cloudevents_is_name(struct pen_str name)
{
    for (size_t i = 0; i < name.len; i++) {
        const char c = name.ptr[i];
        if (!pen_is_digit(c) && !(c >= 'a' && c <= 'z')) return false;
    }
    return name.len > 0 && !pen_str_equal(name, PEN_S("data"));
}

/* CloudEvents section 3.1, String: no control characters (U+0000-001F, U+007F-009F), no
 * noncharacters (U+FDD0-FDEF and the last two of each plane). */
static bool is_string(struct pen_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char *const p = (const unsigned char *)text.ptr + i;
        const size_t left = text.len - i;
        if (p[0] < 0x20 || p[0] == 0x7f) return false;
        if (p[0] == 0xc2 && left > 1 && p[1] < 0xa0) return false;
        if (p[0] == 0xef && left > 2 && p[1] == 0xb7 && p[2] >= 0x90 && p[2] <= 0xaf) return false;
        if (p[0] == 0xef && left > 2 && p[1] == 0xbf && p[2] >= 0xbe) return false;
        if (p[0] >= 0xf0 && left > 3 && (p[1] & 0x0f) == 0x0f && p[2] == 0xbf && p[3] >= 0xbe) {
            return false;
        }
    }
    return true;
}

/* RFC 3986 section 2: what is neither reserved nor unreserved occurs encoded alone; and there is
 * one fragment at most. */
static bool is_reference(struct pen_str text)
{
    const struct pen_str never = PEN_STR(" \"<>\\^`{|}");
    size_t fragments = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];
        if (pen_str_find(never, c, 0) < never.len) return false;
        if (c == '#' && fragments++ > 0) return false;
        if (c != '%') continue;
        if (text.len - i < 3 || pen_hex_value(text.ptr[i + 1]) < 0
            || pen_hex_value(text.ptr[i + 2]) < 0) {
            return false;
        }
    }
    return true;
}

/* RFC 3986 section 3.1. */
static bool has_scheme(struct pen_str text)
{
    const struct pen_str marks = PEN_STR("+-.");
    const size_t colon = pen_str_find(text, ':', 0);
    if (colon == 0 || colon == text.len || !pen_is_alpha(text.ptr[0])) return false;
    for (size_t i = 1; i < colon; i++) {
        const char c = text.ptr[i];
        if (!pen_is_alpha(c) && !pen_is_digit(c) && pen_str_find(marks, c, 0) == marks.len) {
            return false;
        }
    }
    return true;
}

static bool is_media_type(struct pen_str text)
{
    struct pen_media_type type;
    const char *code;
    return pen_media_type_read(text, &type, &code) != PEN_ERR_SYNTAX;
}

bool pen_cloudevents_attribute_fits(enum pen_cloudevents_attribute attribute, struct pen_str text)
{
    if (!is_string(text)) return false;
    switch (attribute) {
    case PEN_CLOUDEVENTS_ID:
    case PEN_CLOUDEVENTS_TYPE:
    case PEN_CLOUDEVENTS_SUBJECT:
        return text.len > 0;
    case PEN_CLOUDEVENTS_SOURCE:
        return text.len > 0 && is_reference(text);
    case PEN_CLOUDEVENTS_SPECVERSION:
        return pen_str_equal(text, PEN_S("1.0"));
    case PEN_CLOUDEVENTS_TIME:
        return pen_rfc3339_read(text, NULL) == PEN_OK;
    case PEN_CLOUDEVENTS_DATACONTENTTYPE:
        return is_media_type(text);
    case PEN_CLOUDEVENTS_DATASCHEMA:
        return is_reference(text) && has_scheme(text);
    case PEN_CLOUDEVENTS_EXTENSION:
        return true;
    }
    return false;
}
