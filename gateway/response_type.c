/** Types, character sets and codings of answers. */
#include "gateway/response_type.h"

/* Text of some kind by the beginning of its type; without a type it may be one. */
static bool is_text(struct pen_str name)
{
    static const struct pen_str texts[] = {
        PEN_STR("text/"),
        PEN_STR("message/"),
        PEN_STR("application/json"),
        PEN_STR("application/xml"),
        PEN_STR("application/xhtml+xml"),
        PEN_STR("application/javascript"),
        PEN_STR("application/x-javascript"),
        PEN_STR("application/x-www-form-urlencoded"),
        PEN_STR("application/x-ndjson"),
        PEN_STR("application/ndjson"),
        PEN_STR("application/graphql"),
        PEN_STR("application/x-yaml"),
        PEN_STR("application/yaml"),
        PEN_STR("application/toml"),
        PEN_STR("application/x-pem-file"),
        /* No types: browsers look at the body and make it what it seems to be. */
        PEN_STR("application/unknown"),
        PEN_STR("unknown/unknown"),
        PEN_STR("*/*"),
    };
    if (pen_str_find(name, '/', 0) == name.len) return true;
    for (size_t i = 0; i < PEN_COUNT_OF(texts); i++) {
        if (pen_str_starts_fold(name, texts[i])) return true;
    }
    return name.len > 4
           && pen_str_equal_fold(pen_str_slice(name, name.len - 4, name.len), PEN_S("+xml"));
}

/* Of one byte a letter, and ASCII where that is ASCII: or UTF-8. */
static bool is_known_charset(struct pen_str charset)
{
    static const struct pen_str known[] = {
        PEN_STR("utf-8"), PEN_STR("utf8"),   PEN_STR("us-ascii"),
        PEN_STR("ascii"), PEN_STR("latin1"), PEN_STR("latin-1"),
    };
    static const struct pen_str families[] = {
        PEN_STR("iso-8859-"),
        PEN_STR("iso8859-"),
        PEN_STR("windows-125"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(known); i++) {
        if (pen_str_equal_fold(charset, known[i])) return true;
    }
    for (size_t i = 0; i < PEN_COUNT_OF(families); i++) {
        if (pen_str_starts_fold(charset, families[i])) return true;
    }
    return false;
}

static struct pen_str unquoted(struct pen_str value)
{
    if (value.len < 2) return value;
    const char first = value.ptr[0];
    if ((first != '"' && first != '\'') || value.ptr[value.len - 1] != first) return value;
    return pen_str_trim(pen_str_slice(value, 1, value.len - 1));
}

/* Which of several counts is another reader's to choose: all of them are to be known. */
static bool has_strange_charset(struct pen_str parameters)
{
    while (parameters.len > 0) {
        const size_t end = pen_str_find(parameters, ';', 0);
        const struct pen_str one = pen_str_slice(parameters, 0, end);
        const size_t equals = pen_str_find(one, '=', 0);
        const struct pen_str name = pen_str_trim(pen_str_slice(one, 0, equals));
        const struct pen_str value = pen_str_trim(pen_str_slice(one, equals + 1, one.len));
        if (pen_str_equal_fold(name, PEN_S("charset")) && !is_known_charset(unquoted(value))) {
            return true;
        }
        parameters = pen_str_slice(parameters, end + 1, parameters.len);
    }
    return false;
}

enum pen_answer_kind pen_answer_kind_of(struct pen_str type)
{
    const size_t end = pen_str_find(type, ';', 0);
    const struct pen_str name = pen_str_trim(pen_str_slice(type, 0, end));
    if (pen_str_starts_fold(name, PEN_S("multipart/"))) return PEN_ANSWER_UNREADABLE;

    const bool json = pen_str_contains_fold(name, PEN_S("json"));
    if (!json && !is_text(name)) return PEN_ANSWER_OTHER;
    if (has_strange_charset(pen_str_slice(type, end + 1, type.len))) return PEN_ANSWER_UNREADABLE;
    return json ? PEN_ANSWER_JSON : PEN_ANSWER_TEXT;
}

static enum pen_answer_coding coding_named(struct pen_str name)
{
    if (pen_str_equal_fold(name, PEN_S("identity"))) return PEN_ANSWER_PLAIN;
    if (pen_str_equal_fold(name, PEN_S("gzip")) || pen_str_equal_fold(name, PEN_S("x-gzip"))) {
        return PEN_ANSWER_GZIP;
    }
    return pen_str_equal_fold(name, PEN_S("deflate")) ? PEN_ANSWER_DEFLATE : PEN_ANSWER_CODED;
}

enum pen_answer_coding pen_answer_coding_of(const struct pen_wire_head *answer)
{
    enum pen_answer_coding coding = PEN_ANSWER_PLAIN;
    uint32_t named = 0;
    uint32_t fields = 0;
    for (uint32_t i = 0; i < answer->field_count; i++) {
        if (answer->ids[i] != PEN_FIELD_CONTENT_ENCODING) continue;
        fields++;
        struct pen_str rest = answer->fields[i].value;
        while (rest.len > 0) {
            const size_t end = pen_str_find(rest, ',', 0);
            const struct pen_str name = pen_str_trim(pen_str_slice(rest, 0, end));
            rest = pen_str_slice(rest, end + 1, rest.len);
            if (name.len == 0) continue;
            named++;
            const enum pen_answer_coding one = coding_named(name);
            if (one != PEN_ANSWER_PLAIN) coding = named > 1 ? PEN_ANSWER_CODED : one;
            if (one == PEN_ANSWER_PLAIN && coding != PEN_ANSWER_PLAIN) coding = PEN_ANSWER_CODED;
        }
    }
    return coding != PEN_ANSWER_PLAIN && fields > 1 ? PEN_ANSWER_CODED : coding;
}

bool pen_answer_is_wide(struct pen_str text)
{
    if (text.len < 2) return false;
    const unsigned char first = (unsigned char)text.ptr[0];
    const unsigned char second = (unsigned char)text.ptr[1];
    if ((first == 0xff && second == 0xfe) || (first == 0xfe && second == 0xff)) return true;
    return (first == 0) != (second == 0) || (first == 0 && text.len > 3 && text.ptr[2] == 0);
}
