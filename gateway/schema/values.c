/** Names sorted, texts turned into what their schema's type says. */
#include "gateway/schema/values.h"

#include <stdlib.h>
#include <string.h>

#include "filters/core/codec.h"
#include "filters/core/utf8.h"

#define HOPS_MOST  16  /* references, one leading to the next */
#define LOOKS_MOST 256 /* schemas in one search; more are few, named again and again */

static struct pen_typed resolve(struct pen_typed typed)
{
    for (int hops = 0; hops < HOPS_MOST && typed.schema != NULL; hops++) {
        const struct pen_str ref =
            pen_json_string_or(pen_json_member(typed.schema, PEN_S("$ref")), PEN_S(""));
        if (ref.len == 0 || ref.ptr[0] != '#') return typed;
        typed.schema = pen_json_resolve(typed.document, pen_str_slice(ref, 1, ref.len));
    }
    return typed;
}

/* A search through `allOf`, whose parts may lead to each other in more ways than anybody counts. */
struct search {
    struct pen_str members[2]; /* one in the other; the second empty: the first alone */
    unsigned looks_left;
};

static const struct pen_json *look(struct search *search, struct pen_typed typed, int depth)
{
    typed = resolve(typed);
    if (typed.schema == NULL || depth == HOPS_MOST || search->looks_left == 0) return NULL;

    search->looks_left--;
    const struct pen_json *found = pen_json_member(typed.schema, search->members[0]);
    if (search->members[1].ptr != NULL) found = pen_json_member(found, search->members[1]);
    const struct pen_json *const all = pen_json_member(typed.schema, PEN_S("allOf"));
    if (found != NULL || all == NULL || all->type != PEN_JSON_ARRAY) return found;

    for (const struct pen_json *one = all->first;
         one != NULL && found == NULL && search->looks_left > 0; one = one->next) {
        found = look(search, (struct pen_typed){typed.document, one}, depth + 1);
    }
    return found;
}

/* The first value of a keyword, here or in one of `allOf`; NULL: nobody says it, and a text
 * stays one. */
static const struct pen_json *keyword(struct pen_typed typed, struct pen_str name)
{
    struct search search = {.members = {name}, .looks_left = LOOKS_MOST};
    return look(&search, typed, 0);
}

struct pen_typed pen_typed_property(struct pen_typed typed, struct pen_str name)
{
    struct search search = {.members = {PEN_S("properties"), name}, .looks_left = LOOKS_MOST};
    return (struct pen_typed){typed.document, look(&search, typed, 0)};
}

bool pen_typed_is(struct pen_typed typed, struct pen_str type)
{
    const struct pen_json *const value = keyword(typed, PEN_S("type"));
    if (value == NULL) return false;
    if (value->type == PEN_JSON_STRING) return pen_str_equal(value->text, type);
    for (const struct pen_json *one = value->first; one != NULL; one = one->next) {
        if (pen_str_equal(one->text, type)) return true;
    }
    return false;
}

static int by_name(const void *left, const void *right)
{
    const struct pen_named_text *const a = left;
    const struct pen_named_text *const b = right;
    const int order = pen_str_compare(a->name, b->name);
    return order != 0 ? order : (a->index > b->index) - (a->index < b->index);
}

enum pen_status pen_values_text(struct pen_str bytes, struct pen_arena *arena, struct pen_str *out)
{
    const struct pen_str replacement = PEN_STR("\xef\xbf\xbd");
    if (pen_utf8_valid(bytes)) {
        *out = bytes;
        return PEN_OK;
    }
    if (bytes.len > SIZE_MAX / replacement.len) return PEN_ERR_NOMEM;

    const size_t room = bytes.len * replacement.len;
    char *const memory = pen_arena_bytes(arena, room);
    if (memory == NULL) return PEN_ERR_NOMEM;
    struct pen_buf buf = pen_buf_over(memory, room);
    while (bytes.len > 0) {
        const size_t valid = pen_utf8_valid_prefix(bytes);
        pen_buf_put(&buf, pen_str_slice(bytes, 0, valid));
        if (valid < bytes.len) pen_buf_put(&buf, replacement);
        bytes = pen_str_slice(bytes, valid + 1, bytes.len);
    }
    pen_arena_trim(arena, memory, room, buf.len);
    *out = pen_buf_str(&buf);
    return PEN_OK;
}

enum pen_status pen_values_split(struct pen_str pairs, struct pen_arena *arena,
                                 struct pen_named_text **out, size_t *count)
{
    size_t most = 1;
    for (size_t i = pen_str_find(pairs, '&', 0); i < pairs.len;
         i = pen_str_find(pairs, '&', i + 1)) {
        most++;
    }
    struct pen_named_text *const texts = pen_arena_calloc(arena, most, sizeof(*texts));
    if (texts == NULL) return PEN_ERR_NOMEM;

    size_t found = 0;
    for (size_t start = 0; start < pairs.len;) {
        const size_t end = pen_str_find(pairs, '&', start);
        const struct pen_str pair = pen_str_slice(pairs, start, end);
        const size_t equals = pen_str_find(pair, '=', 0);
        start = end + 1;
        if (pair.len == 0) continue;

        struct pen_named_text *const text = &texts[found];
        text->index = (uint32_t)found++;
        PEN_TRY(pen_codec_percent(pen_str_slice(pair, 0, equals), true, arena, &text->name));
        PEN_TRY(
            pen_codec_percent(pen_str_slice(pair, equals + 1, pair.len), true, arena, &text->text));
    }
    qsort(texts, found, sizeof(*texts), by_name);
    *out = texts;
    *count = found;
    return PEN_OK;
}

enum pen_status pen_values_fields(const struct pen_event_field *fields, size_t count,
                                  struct pen_arena *arena, struct pen_named_text **out)
{
    struct pen_named_text *const texts = pen_arena_calloc(arena, count + 1, sizeof(*texts));
    if (texts == NULL) return PEN_ERR_NOMEM;

    for (size_t i = 0; i < count; i++) {
        char *const lower = pen_arena_bytes(arena, fields[i].name.len);
        if (lower == NULL) return PEN_ERR_NOMEM;
        for (size_t k = 0; k < fields[i].name.len; k++) {
            lower[k] = pen_to_lower(fields[i].name.ptr[k]);
        }
        texts[i].name = (struct pen_str){lower, fields[i].name.len};
        texts[i].index = (uint32_t)i;
        PEN_TRY(pen_values_text(fields[i].value, arena, &texts[i].text));
    }
    qsort(texts, count, sizeof(*texts), by_name);
    *out = texts;
    return PEN_OK;
}

/* A number as JSON writes it (RFC 8259 section 6): what Ajv takes beside that ("0x10", " 1 ",
 * "1e") is read by no two functions alike. */
static bool is_number(struct pen_str text)
{
    size_t i = 0;
    if (i < text.len && text.ptr[i] == '-') i++;
    const size_t digits = i;
    while (i < text.len && pen_is_digit(text.ptr[i])) {
        i++;
    }
    if (i == digits || (text.ptr[digits] == '0' && i > digits + 1)) return false;
    if (i < text.len && text.ptr[i] == '.') {
        const size_t fraction = ++i;
        while (i < text.len && pen_is_digit(text.ptr[i])) {
            i++;
        }
        if (i == fraction) return false;
    }
    if (i < text.len && (text.ptr[i] == 'e' || text.ptr[i] == 'E')) {
        i++;
        if (i < text.len && (text.ptr[i] == '-' || text.ptr[i] == '+')) i++;
        const size_t exponent = i;
        while (i < text.len && pen_is_digit(text.ptr[i])) {
            i++;
        }
        if (i == exponent) return false;
    }
    return i == text.len;
}

/* What texts may become. Asked of the schema once a list: a caller sends as many texts as it likes,
 * and to find the types goes through the document. */
struct types {
    bool text;
    bool number;
    bool boolean;
    bool null;
};

static struct types types_of(struct pen_typed typed)
{
    const struct pen_typed behind = resolve(typed);
    return (struct types){
        .text = pen_typed_is(behind, PEN_S("string")),
        .number = pen_typed_is(behind, PEN_S("integer")) || pen_typed_is(behind, PEN_S("number")),
        .boolean = pen_typed_is(behind, PEN_S("boolean")),
        .null = pen_typed_is(behind, PEN_S("null")),
    };
}

/* A text that may be one stays one. */
static enum pen_json_type type_of(struct pen_str text, struct types types)
{
    if (types.text) return PEN_JSON_STRING;
    if (types.number && is_number(text)) return PEN_JSON_NUMBER;
    if (types.boolean && pen_str_equal(text, PEN_S("true"))) return PEN_JSON_TRUE;
    if (types.boolean && pen_str_equal(text, PEN_S("false"))) return PEN_JSON_FALSE;
    return types.null && text.len == 0 ? PEN_JSON_NULL : PEN_JSON_STRING;
}

static struct pen_json *new_value(struct pen_str text, struct types types, struct pen_arena *arena)
{
    struct pen_json *const value = pen_arena_calloc(arena, 1, sizeof(*value));
    if (value == NULL) return NULL;
    value->type = type_of(text, types);
    if (value->type == PEN_JSON_STRING || value->type == PEN_JSON_NUMBER) value->text = text;
    return value;
}

static void append(struct pen_json *parent, struct pen_json **last, struct pen_json *child)
{
    child->parent = parent;
    child->index = parent->count++;
    if (*last == NULL) {
        parent->first = child;
    } else {
        (*last)->next = child;
    }
    *last = child;
}

enum pen_status pen_values_one(const struct pen_named_text *texts, size_t count,
                               struct pen_typed typed, struct pen_arena *arena,
                               struct pen_json **out)
{
    if (count == 1 && !pen_typed_is(typed, PEN_S("array"))) {
        *out = new_value(texts->text, types_of(typed), arena);
        return *out == NULL ? PEN_ERR_NOMEM : PEN_OK;
    }
    const struct types types =
        types_of((struct pen_typed){typed.document, keyword(typed, PEN_S("items"))});
    struct pen_json *const list = pen_arena_calloc(arena, 1, sizeof(*list));
    struct pen_json *last = NULL;
    if (list == NULL) return PEN_ERR_NOMEM;

    list->type = PEN_JSON_ARRAY;
    for (size_t i = 0; i < count; i++) {
        struct pen_json *const value = new_value(texts[i].text, types, arena);
        if (value == NULL) return PEN_ERR_NOMEM;
        append(list, &last, value);
    }
    *out = list;
    return PEN_OK;
}

enum pen_status pen_values_object(const struct pen_named_text *texts, size_t count,
                                  struct pen_typed typed, struct pen_arena *arena,
                                  const struct pen_json **out)
{
    struct pen_json *const object = pen_arena_calloc(arena, 1, sizeof(*object));
    struct pen_json *last = NULL;
    if (object == NULL) return PEN_ERR_NOMEM;

    object->type = PEN_JSON_OBJECT;
    const struct pen_typed behind = resolve(typed);
    for (size_t start = 0, end; start < count; start = end) {
        for (end = start + 1; end < count && pen_str_equal(texts[end].name, texts[start].name);) {
            end++;
        }
        struct pen_json *value = NULL;
        PEN_TRY(pen_values_one(texts + start, end - start,
                               pen_typed_property(behind, texts[start].name), arena, &value));
        value->name = texts[start].name;
        append(object, &last, value);
    }
    *out = object;
    return PEN_OK;
}
