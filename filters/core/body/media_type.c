/** One pass over type and parameters, one table from types to readers. */
#include "filters/core/body/media_type.h"

#define MAX_PARAMETERS 8  /* nobody needs more than charset, boundary and one or two of its own */
#define MAX_BOUNDARY   70 /* RFC 2046 section 5.1.1 */

/* What has a reader. The first row of a kind is what Accept says. */
static const struct {
    struct pen_str name;
    enum pen_body_kind kind;
} types[] = {
    {PEN_STR("application/json"), PEN_BODY_JSON},
    {PEN_STR("application/x-www-form-urlencoded"), PEN_BODY_FORM},
    {PEN_STR("multipart/form-data"), PEN_BODY_MULTIPART},
    {PEN_STR("application/xml"), PEN_BODY_XML},
    {PEN_STR("text/xml"), PEN_BODY_XML},
    {PEN_STR("application/x-ndjson"), PEN_BODY_NDJSON},
    {PEN_STR("application/ndjson"), PEN_BODY_NDJSON},
    {PEN_STR("application/jsonl"), PEN_BODY_NDJSON},
    {PEN_STR("application/json-seq"), PEN_BODY_NDJSON},
    {PEN_STR("application/graphql"), PEN_BODY_GRAPHQL},
    {PEN_STR("text/plain"), PEN_BODY_TEXT},
};

/* RFC 6839, RFC 7303: the suffix says what it is written in, whatever the type. */
static const struct {
    struct pen_str suffix;
    enum pen_body_kind kind;
} suffixes[] = {
    {PEN_STR("+json"), PEN_BODY_JSON},
    {PEN_STR("+xml"), PEN_BODY_XML},
};

/* The token at `*at`; empty when there is none. */
struct parameter {
    struct pen_str name;
    struct pen_str value; /* without its quotes, escapes in it */
    bool is_escaped;
};

/* RFC 9110 section 5.6.4, from its opening quote on. */
static bool take_quoted(struct pen_str text, size_t *at, struct parameter *out)
{
    const size_t start = ++*at;
    for (; *at < text.len && text.ptr[*at] != '"'; (*at)++) {
        if (text.ptr[*at] == '\\') {
            out->is_escaped = true;
            if (++*at == text.len) return false;
        }
        const unsigned char c = (unsigned char)text.ptr[*at];
        if ((c < 0x20 && c != '\t') || c == 0x7f) return false;
    }
    if (*at == text.len) return false;
    out->value = pen_str_slice(text, start, *at);
    (*at)++;
    return true;
}

/* ";name=value" at `*at`. */
static bool take_parameter(struct pen_str text, size_t *at, struct parameter *out)
{
    *out = (struct parameter){.is_escaped = false};
    *at = pen_str_skip_blank(text, *at);
    if (*at >= text.len || text.ptr[*at] != ';') return false;
    (*at)++;
    *at = pen_str_skip_blank(text, *at);
    out->name = pen_str_take_token(text, at);
    if (out->name.len == 0 || *at >= text.len || text.ptr[*at] != '=') return false;
    (*at)++;
    if (*at < text.len && text.ptr[*at] == '"') return take_quoted(text, at, out);
    out->value = pen_str_take_token(text, at);
    return out->value.len > 0;
}

static enum pen_body_kind kind_of(struct pen_str name)
{
    for (size_t i = 0; i < PEN_COUNT_OF(types); i++) {
        if (pen_str_equal_fold(name, types[i].name)) return types[i].kind;
    }
    const size_t slash = pen_str_find(name, '/', 0);
    for (size_t i = 0; i < PEN_COUNT_OF(suffixes); i++) {
        const struct pen_str suffix = suffixes[i].suffix;
        if (name.len <= slash + 1 + suffix.len) continue;
        const struct pen_str tail = pen_str_slice(name, name.len - suffix.len, name.len);
        if (pen_str_equal_fold(tail, suffix)) return suffixes[i].kind;
    }
    return PEN_BODY_NONE;
}

/* RFC 2046 section 5.1.1, but for the space: some readers cut it off, some do not. */
static bool is_boundary(struct pen_str text)
{
    const struct pen_str others = PEN_STR("'()+_,-./:=?");
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];
        if (pen_is_alnum(c)) continue;
        if (c == '\0' || pen_str_find(others, c, 0) == others.len) return false;
    }
    return text.len > 0 && text.len <= MAX_BOUNDARY;
}

static bool is_repeated(const struct parameter *seen, size_t count, struct pen_str name)
{
    for (size_t i = 0; i < count; i++) {
        if (pen_str_equal_fold(seen[i].name, name)) return true;
    }
    return false;
}

static enum pen_status fail(const char **code, enum pen_status status, const char *what)
{
    *code = what;
    return status;
}

/* What a parameter means to us. Those that mean nothing may be anything that has one reading. */
static enum pen_status use(const struct parameter *parameter, struct pen_media_type *type,
                           bool *is_known_charset, const char **code)
{
    if (pen_str_equal_fold(parameter->name, PEN_S("charset"))) {
        if (parameter->is_escaped) return fail(code, PEN_ERR_SYNTAX, "type.parameter");
        type->has_charset = true;
        type->is_ascii = pen_str_equal_fold(parameter->value, PEN_S("us-ascii"));
        *is_known_charset = type->is_ascii || pen_str_equal_fold(parameter->value, PEN_S("utf-8"));
    } else if (pen_str_equal_fold(parameter->name, PEN_S("boundary"))) {
        if (parameter->is_escaped) return fail(code, PEN_ERR_SYNTAX, "type.parameter");
        type->boundary = parameter->value;
    }
    return PEN_OK;
}

static enum pen_status read_parameters(struct pen_str field, size_t at, struct pen_media_type *type,
                                       bool *is_known_charset, const char **code)
{
    struct parameter seen[MAX_PARAMETERS];
    size_t count = 0;
    while (at < field.len) {
        if (count == MAX_PARAMETERS || !take_parameter(field, &at, &seen[count])) {
            return fail(code, PEN_ERR_SYNTAX, "type.malformed");
        }
        /* RFC 2231: "boundary*0=a; boundary*1=b" is one parameter to some, two to others. */
        const struct pen_str name = seen[count].name;
        if (is_repeated(seen, count, name) || pen_str_find(name, '*', 0) < name.len) {
            return fail(code, PEN_ERR_SYNTAX, "type.parameter");
        }
        PEN_TRY(use(&seen[count], type, is_known_charset, code));
        count++;
    }
    return PEN_OK;
}

enum pen_status pen_media_type_read(struct pen_str field, struct pen_media_type *out,
                                    const char **code)
{
    size_t at = 0;
    const struct pen_str type = pen_str_take_token(field, &at);
    if (type.len == 0 || at >= field.len || field.ptr[at] != '/') {
        return fail(code, PEN_ERR_SYNTAX, "type.malformed");
    }
    at++;
    const struct pen_str subtype = pen_str_take_token(field, &at);
    if (subtype.len == 0) return fail(code, PEN_ERR_SYNTAX, "type.malformed");

    const struct pen_str name = pen_str_slice(field, 0, at);
    struct pen_media_type read = {
        .name = name,
        .kind = kind_of(name),
    };
    bool is_known_charset = true;
    PEN_TRY(read_parameters(field, at, &read, &is_known_charset, code));
    if (read.kind == PEN_BODY_MULTIPART) {
        if (!is_boundary(read.boundary)) return fail(code, PEN_ERR_SYNTAX, "multipart.boundary");
    } else {
        read.boundary = (struct pen_str){NULL, 0};
    }
    *out = read;
    if (!is_known_charset) return fail(code, PEN_ERR_UNSUPPORTED, "charset.unsupported");
    if (read.kind == PEN_BODY_NONE) return fail(code, PEN_ERR_UNSUPPORTED, "type.unsupported");
    return PEN_OK;
}

struct pen_str pen_media_type_name(enum pen_body_kind kind)
{
    for (size_t i = 0; i < PEN_COUNT_OF(types); i++) {
        if (types[i].kind == kind) return types[i].name;
    }
    return PEN_S("");
}

bool pen_media_type_is(const struct pen_media_type *type, struct pen_str top)
{
    return pen_str_equal_fold(pen_str_slice(type->name, 0, pen_str_find(type->name, '/', 0)), top);
}

bool pen_media_type_is_nest(const struct pen_media_type *type)
{
    return pen_media_type_is(type, PEN_S("multipart")) || pen_media_type_is(type, PEN_S("message"));
}

bool pen_media_type_is_text(const struct pen_media_type *type)
{
    static const struct pen_str ends[] = {
        PEN_STR("/xml"),        PEN_STR("+xml"),          PEN_STR("+json"), PEN_STR("/javascript"),
        PEN_STR("/ecmascript"), PEN_STR("/x-javascript"), PEN_STR("/x-sh"), PEN_STR("/x-httpd-php"),
    };
    if (type->has_charset || pen_media_type_is(type, PEN_S("text"))) return true;
    for (size_t i = 0; i < PEN_COUNT_OF(ends); i++) {
        if (type->name.len > ends[i].len && pen_str_ends_fold(type->name, ends[i])) return true;
    }
    return false;
}
