/** What a value itself must be, and the sentence when it is not. No value of it is in a sentence.
 */
#include "filters/schema/collect.h"
#include "filters/schema/format.h"
#include "filters/schema/values.h"

#define WORDS_SHOWN 160 /* bytes: more words are read in the schema, not in a sentence */

/* Trouble of ours is no fault of the value: it gets no sentence. */
static bool stopped(const struct pen_collect *c)
{
    return c->all->work.status != PEN_OK;
}

static void put_types(const struct pen_json *types, struct pen_buf *buf)
{
    if (types->type == PEN_JSON_STRING) pen_buf_put(buf, types->text);
    for (const struct pen_json *t = types->first; t != NULL; t = t->next) {
        if (t->index > 0) pen_buf_put(buf, t->next == NULL ? PEN_S(" or ") : PEN_S(", "));
        pen_buf_put(buf, t->text);
    }
}

bool pen_collect_type(const struct pen_collect *c)
{
    if (pen_types_have(&c->all->work, c->use->types, c->value)) return true;
    if (stopped(c)) return false;
    char text[128];
    struct pen_buf buf = pen_buf_over(text, sizeof(text));
    put_types(c->use->member, &buf);
    return pen_collect_fail(c, "must be of type %.*s", PEN_STR_ARGS(pen_buf_str(&buf)));
}

/* Lists and objects are told by their kind. */
static void put_word(const struct pen_json *word, struct pen_buf *buf)
{
    switch (word->type) {
    case PEN_JSON_STRING:
        pen_buf_byte(buf, '"');
        pen_buf_json(buf, word->text);
        pen_buf_byte(buf, '"');
        return;
    case PEN_JSON_NUMBER:
        pen_buf_put(buf, word->text);
        return;
    case PEN_JSON_NULL:
        pen_buf_put(buf, PEN_S("null"));
        return;
    case PEN_JSON_TRUE:
        pen_buf_put(buf, PEN_S("true"));
        return;
    case PEN_JSON_FALSE:
        pen_buf_put(buf, PEN_S("false"));
        return;
    case PEN_JSON_ARRAY:
        pen_buf_put(buf, PEN_S("a certain list"));
        return;
    case PEN_JSON_OBJECT:
        pen_buf_put(buf, PEN_S("a certain object"));
        return;
    }
}

bool pen_collect_enum(const struct pen_collect *c)
{
    if (pen_enum_has(&c->all->work, c->use->values, c->value)) return true;
    if (stopped(c)) return false;
    const struct pen_json *const member = c->use->member;
    const bool is_list = c->use->keyword != PEN_KEYWORD_CONST;
    char text[WORDS_SHOWN];
    struct pen_buf buf = pen_buf_over(text, sizeof(text));
    if (is_list && member->count > 1) pen_buf_put(&buf, PEN_S("one of "));
    if (!is_list) put_word(member, &buf);
    for (const struct pen_json *w = is_list ? member->first : NULL; w != NULL && !buf.full;
         w = w->next) {
        if (w->index > 0) pen_buf_put(&buf, w->next == NULL ? PEN_S(" or ") : PEN_S(", "));
        put_word(w, &buf);
    }
    if (!buf.full && buf.len > 0) {
        return pen_collect_fail(c, "must be %.*s", PEN_STR_ARGS(pen_buf_str(&buf)));
    }
    return is_list ? pen_collect_fail(c, "must be one of %u values", member->count)
                   : pen_collect_fail(c, "must be the one value that the schema has");
}

bool pen_collect_bound(const struct pen_collect *c)
{
    if (c->value->type != PEN_JSON_NUMBER) return true;
    const int side = pen_bound_compare(&c->all->work, c->use->bound, c->value);
    if (stopped(c)) return false;
    const struct pen_str limit = c->use->member->text;
    switch ((int)c->use->keyword) {
    case PEN_KEYWORD_MINIMUM:
        return side >= 0 || pen_collect_fail(c, "must be at least %.*s", PEN_STR_ARGS(limit));
    case PEN_KEYWORD_MAXIMUM:
        return side <= 0 || pen_collect_fail(c, "must be at most %.*s", PEN_STR_ARGS(limit));
    case PEN_KEYWORD_EXCLUSIVE_MINIMUM:
        return side > 0 || pen_collect_fail(c, "must be more than %.*s", PEN_STR_ARGS(limit));
    default:
        return side < 0 || pen_collect_fail(c, "must be less than %.*s", PEN_STR_ARGS(limit));
    }
}

bool pen_collect_multiple(const struct pen_collect *c)
{
    if (c->value->type != PEN_JSON_NUMBER) return true;
    if (pen_bound_divides(&c->all->work, c->use->bound, c->value)) return true;
    if (stopped(c)) return false;
    return pen_collect_fail(c, "must be a multiple of %.*s", PEN_STR_ARGS(c->use->member->text));
}

bool pen_collect_length(const struct pen_collect *c)
{
    if (c->value->type != PEN_JSON_STRING) return true;
    const bool is_least = c->use->keyword == PEN_KEYWORD_MIN_LENGTH;
    const uint64_t limit = c->use->limit;
    if (pen_length_within(&c->all->work, c->value->text, is_least ? limit : 0,
                          is_least ? UINT64_MAX : limit)) {
        return true;
    }
    if (stopped(c)) return false;
    return pen_collect_fail(c, "must be at %s %llu characters long", is_least ? "least" : "most",
                            (unsigned long long)limit);
}

bool pen_collect_pattern(const struct pen_collect *c)
{
    if (c->value->type != PEN_JSON_STRING) return true;
    if (pen_pattern_holds(&c->all->work, c->use->expressions[0], c->value->text)) return true;
    if (stopped(c)) return false;
    return pen_collect_fail(c, "must match %.*s", PEN_STR_ARGS(c->use->member->text));
}

bool pen_collect_format(const struct pen_collect *c)
{
    c->unit->annotation = c->use->member;
    if (c->value->type != PEN_JSON_STRING || c->use->format == NULL) return true;
    if (!pen_schema_pay(&c->all->work, c->value->text.len)) return false;
    return pen_format_matches(c->use->format, c->value->text)
           || pen_collect_fail(c, "must be of format %.*s", PEN_STR_ARGS(c->use->member->text));
}

bool pen_collect_content(const struct pen_collect *c)
{
    if (c->value->type != PEN_JSON_STRING) return true;
    c->unit->annotation = c->use->member;
    struct pen_content content = c->use->content;
    const struct pen_use *const encoding = pen_collect_other(c, PEN_KEYWORD_CONTENT_ENCODING);
    if (content.json && encoding != NULL) {
        /* In an encoding that we cannot undo nothing is known of the type. */
        content.base64 = encoding->content.base64;
        content.json = content.base64;
    }
    if ((!content.base64 && !content.json)
        || pen_content_fits(&c->all->work, content, c->value->text)) {
        return true;
    }
    if (stopped(c)) return false;
    return pen_collect_fail(c, "must hold %.*s", PEN_STR_ARGS(c->use->member->text));
}

bool pen_collect_count(const struct pen_collect *c)
{
    const bool items =
        c->use->keyword == PEN_KEYWORD_MIN_ITEMS || c->use->keyword == PEN_KEYWORD_MAX_ITEMS;
    if (c->value->type != (items ? PEN_JSON_ARRAY : PEN_JSON_OBJECT)) return true;
    const bool is_least =
        c->use->keyword == PEN_KEYWORD_MIN_ITEMS || c->use->keyword == PEN_KEYWORD_MIN_PROPERTIES;
    const uint64_t limit = c->use->limit;
    if (is_least ? c->value->count >= limit : c->value->count <= limit) return true;
    return pen_collect_fail(c, "must have at %s %llu %s", is_least ? "least" : "most",
                            (unsigned long long)limit, items ? "elements" : "members");
}

bool pen_collect_unique(const struct pen_collect *c)
{
    if (c->value->type != PEN_JSON_ARRAY || c->use->limit == 0) return true;
    uint32_t first = 0;
    uint32_t second = 0;
    if (pen_values_unique(&c->all->work, c->value, &first, &second)) return true;
    if (stopped(c)) return false;
    return pen_collect_fail(c, "elements %u and %u must not be equal", first, second);
}
