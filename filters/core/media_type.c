/** Content-Type (RFC 9110 section 8.3): the one thing that decides how a body is read. */
#include "filters/core/event.h"

static bool is_tchar(char c)
{
    if (pen_is_alpha(c) || pen_is_digit(c)) return true;
    const struct pen_str others = PEN_STR("!#$%&'*+-.^_`|~");
    return c != '\0' && pen_str_find(others, c, 0) < others.len;
}

/* The token at `*at`; empty when there is none. */
static struct pen_str take_token(struct pen_str text, size_t *at)
{
    const size_t start = *at;
    while (*at < text.len && is_tchar(text.ptr[*at])) {
        (*at)++;
    }
    return pen_str_slice(text, start, *at);
}

static void skip_space(struct pen_str text, size_t *at)
{
    while (*at < text.len && (text.ptr[*at] == ' ' || text.ptr[*at] == '\t')) {
        (*at)++;
    }
}

/* A quoted value without escapes: nothing that is meant here needs one. */
static bool take_quoted(struct pen_str text, size_t *at, struct pen_str *out)
{
    const size_t end = pen_str_find(text, '"', *at + 1);
    *out = pen_str_slice(text, *at + 1, end);
    *at = end + 1;
    return end < text.len && pen_str_find(*out, '\\', 0) == out->len;
}

/* ";name=value" at `*at`. */
static bool take_parameter(struct pen_str text, size_t *at, struct pen_str *name,
                           struct pen_str *value)
{
    skip_space(text, at);
    if (*at >= text.len || text.ptr[*at] != ';') return false;
    (*at)++;
    skip_space(text, at);
    *name = take_token(text, at);
    if (name->len == 0 || *at >= text.len || text.ptr[*at] != '=') return false;
    (*at)++;
    if (*at < text.len && text.ptr[*at] == '"') return take_quoted(text, at, value);
    *value = take_token(text, at);
    return value->len > 0;
}

/* RFC 7303; what is spoken for NDJSON and JSON Lines, and RFC 7464. */
static const struct pen_str xml_types[] = {PEN_STR("application/xml"), PEN_STR("text/xml")};
static const struct pen_str ndjson_types[] = {
    PEN_STR("application/x-ndjson"), PEN_STR("application/ndjson"), PEN_STR("application/jsonl"),
    PEN_STR("application/json-seq")};

/* `type` and `subtype` stand in one text, a slash between. */
static bool names_any(struct pen_str type, struct pen_str subtype, const struct pen_str *names,
                      size_t count)
{
    const struct pen_str name = {type.ptr, type.len + 1 + subtype.len};
    for (size_t i = 0; i < count; i++) {
        if (pen_str_equal_fold(name, names[i])) return true;
    }
    return false;
}

static bool ends_in(struct pen_str subtype, struct pen_str suffix)
{
    return subtype.len > suffix.len
           && pen_str_equal_fold(pen_str_slice(subtype, subtype.len - suffix.len, subtype.len),
                                 suffix);
}

static enum pen_status kind_of(struct pen_str type, struct pen_str subtype, enum pen_body_kind *out)
{
    if (pen_str_equal_fold(type, PEN_S("application"))
        && pen_str_equal_fold(subtype, PEN_S("x-www-form-urlencoded"))) {
        *out = PEN_BODY_FORM;
        return PEN_OK;
    }
    if (pen_str_equal_fold(type, PEN_S("application"))
        && pen_str_equal_fold(subtype, PEN_S("graphql"))) {
        *out = PEN_BODY_GRAPHQL;
        return PEN_OK;
    }
    if (pen_str_equal_fold(type, PEN_S("text")) && pen_str_equal_fold(subtype, PEN_S("plain"))) {
        *out = PEN_BODY_TEXT;
        return PEN_OK;
    }
    if (names_any(type, subtype, xml_types, PEN_COUNT_OF(xml_types))
        || ends_in(subtype, PEN_S("+xml"))) {
        *out = PEN_BODY_XML;
        return PEN_OK;
    }
    if (names_any(type, subtype, ndjson_types, PEN_COUNT_OF(ndjson_types))) {
        *out = PEN_BODY_NDJSON;
        return PEN_OK;
    }
    /* RFC 6839 section 3.1: the suffix says that it is JSON, whatever the type. */
    const size_t suffix = subtype.len > 5 ? subtype.len - 5 : 0;
    const bool is_json =
        (pen_str_equal_fold(type, PEN_S("application"))
         && pen_str_equal_fold(subtype, PEN_S("json")))
        || (suffix > 0
            && pen_str_equal_fold(pen_str_slice(subtype, suffix, subtype.len), PEN_S("+json")));
    if (!is_json) return PEN_ERR_UNSUPPORTED;
    *out = PEN_BODY_JSON;
    return PEN_OK;
}

enum pen_status pen_event_body_kind(struct pen_str content_type, enum pen_body_kind *out)
{
    size_t at = 0;
    const struct pen_str type = take_token(content_type, &at);
    if (type.len == 0 || at >= content_type.len || content_type.ptr[at] != '/') {
        return PEN_ERR_SYNTAX;
    }
    at++;
    const struct pen_str subtype = take_token(content_type, &at);
    if (subtype.len == 0) return PEN_ERR_SYNTAX;

    bool has_charset = false;
    bool utf8 = true;
    while (at < content_type.len) {
        struct pen_str name;
        struct pen_str value;
        if (!take_parameter(content_type, &at, &name, &value)) return PEN_ERR_SYNTAX;
        if (!pen_str_equal_fold(name, PEN_S("charset"))) continue;
        /* Two of them: one reader takes the first, another the last. */
        if (has_charset) return PEN_ERR_SYNTAX;
        has_charset = true;
        utf8 = pen_str_equal_fold(value, PEN_S("utf-8"))
               || pen_str_equal_fold(value, PEN_S("us-ascii"));
    }
    enum pen_body_kind kind = PEN_BODY_NONE;
    PEN_TRY(kind_of(type, subtype, &kind));
    if (!utf8) return PEN_ERR_UNSUPPORTED;
    *out = kind;
    return PEN_OK;
}
