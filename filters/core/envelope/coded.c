/**
 * What the rows' codings mean, for one text. What opens texts in general is opening.c's; this file
 * looks at the members beside a text, which tell how it is meant.
 */
#include "filters/core/envelope/coded.h"

#include <string.h>

#include "filters/core/body/body.h"
#include "filters/core/body/media_type.h"
#include "filters/core/codec.h"
#include "filters/core/envelope/list.h"
#include "filters/core/envelope/words.h"
#include "filters/core/opening.h"
#include "filters/core/utf8.h"

static enum pen_status out_of_memory(struct pen_leaves *leaves)
{
    leaves->code = "event.memory";
    return PEN_ERR_NOMEM;
}

/* What a text is beside being one, by its content type. */
struct inner {
    bool is_form;
    struct pen_str boundary; /* of multipart/form-data; empty for anything else */
};

static enum pen_status add(struct pen_leaves *leaves, const struct pen_leaf *leaf,
                           enum pen_expect expect, uint32_t layer)
{
    return pen_leaves_add_within(leaves, leaf, expect, layer);
}

/* `body` is a leaf, or was to be undone to reach one. What has its boundary is held to it; without
   any it is nothing of the kind to anybody. */
static enum pen_status add_parts(struct pen_leaves *leaves, const struct pen_leaf *body,
                                 struct pen_str boundary, uint32_t layer)
{
    size_t offset = 0;
    PEN_TRY(pen_leaves_deepen(leaves, body->text.len, layer));
    const enum pen_status status =
        pen_body_add_multipart(leaves, body->text, boundary, body, layer + 1, &offset);
    const bool is_none = status == PEN_ERR_SYNTAX && strcmp(leaves->code, "multipart.missing") == 0;
    return is_none ? PEN_OK : status;
}

/* Whoever writes the content type need not tell the truth: a document that it names is opened
   beside all else. */
static enum pen_status add_typed(struct pen_leaves *leaves, const struct pen_leaf *leaf,
                                 struct inner inner, uint32_t layer)
{
    const struct pen_leaf *added = NULL;
    PEN_TRY(pen_leaves_push(leaves, leaf, &added));
    PEN_TRY(pen_leaf_open(leaves, added, PEN_EXPECT_NOTHING, layer));
    if (inner.is_form) return pen_leaf_open(leaves, added, PEN_EXPECT_FIELDS, layer);
    return inner.boundary.len > 0 ? add_parts(leaves, added, inner.boundary, layer) : PEN_OK;
}

/* Members beside a text. */

/* As pen_json_resolve, with names in any case and the first element for any index. */
static const struct pen_json *resolve_fold(const struct pen_json *value, struct pen_str pointer)
{
    for (size_t at = 0; value != NULL && at < pointer.len;) {
        const size_t end = pen_str_find(pointer, '/', at + 1);
        const struct pen_str name = pen_str_slice(pointer, at + 1, end);
        const struct pen_json *child = value->first;
        while (child != NULL && value->type == PEN_JSON_OBJECT
               && !pen_str_equal_fold(child->name, name)) {
            child = child->next;
        }
        value = child;
        at = end;
    }
    return value;
}

/* The content type that `row` says where to find; empty when there is none. */
static struct pen_str content_type(const struct pen_envelope_leaf *row, const struct pen_json *node)
{
    for (size_t start = 0; start < row->type.len;) {
        const size_t end = pen_str_find(row->type, '|', start);
        struct pen_str pointer = pen_str_slice(row->type, start, end);
        const struct pen_json *from = node->parent;
        while (from != NULL && pointer.len > 0 && pointer.ptr[0] == '^') {
            from = from->parent;
            pointer = pen_str_slice(pointer, 1, pointer.len);
        }
        const struct pen_str type = pen_json_string_or(resolve_fold(from, pointer), PEN_S(""));
        if (type.len > 0) return type;
        start = end + 1;
    }
    return PEN_S("");
}

/* JSON and base64 are found without being told. */
static struct inner inner_of(struct pen_str type)
{
    struct pen_media_type media = {.kind = PEN_BODY_NONE};
    struct inner inner = {.is_form = false};
    const char *code = NULL;
    if (type.len == 0 || pen_media_type_read(type, &media, &code) != PEN_OK) return inner;
    inner.is_form = media.kind == PEN_BODY_FORM;
    inner.boundary = media.boundary;
    return inner;
}

static bool flag_is_set(const struct pen_json *node, struct pen_str flag, struct pen_str value)
{
    const struct pen_json *const found = pen_json_resolve(node->parent, flag);
    if (found == NULL) return false;
    if (found->type == PEN_JSON_TRUE) return pen_str_equal(value, PEN_S("true"));
    return found->type == PEN_JSON_STRING && pen_envelope_text_is(found->text, value);
}

/* isBase64Encoded is true or false to a gateway. Whoever writes an event by hand may write 1 or
   "yes", and functions that ask no more than whether it is there decode the body all the same. */
static bool is_base64(const struct pen_json *node)
{
    const struct pen_json *const flag = pen_json_resolve(node->parent, PEN_S("/isBase64Encoded"));
    if (flag == NULL) return false;
    if (flag->type == PEN_JSON_STRING) return flag->text.len > 0;
    if (flag->type == PEN_JSON_NUMBER) return !pen_str_equal(flag->text, PEN_S("0"));
    return flag->type != PEN_JSON_FALSE && flag->type != PEN_JSON_NULL;
}

/* Codings. */

/* What is typed within base64: its bytes are a form's or those of parts, files among them. */
static enum pen_status add_typed_bytes(struct pen_leaves *leaves, const struct pen_leaf *leaf,
                                       struct pen_str bytes, struct inner inner, uint32_t layer)
{
    const struct pen_leaf *holder = NULL;
    PEN_TRY(pen_leaves_push(leaves, leaf, &holder));
    PEN_TRY(pen_leaves_deepen(leaves, bytes.len, layer));
    struct pen_leaf form = *leaf;
    form.text = bytes;
    form.from = holder;
    form.coding = PEN_CODING_BASE64;
    if (pen_utf8_valid(bytes)) return add_typed(leaves, &form, inner, layer + 1);
    if (inner.boundary.len == 0) return pen_leaf_open(leaves, holder, PEN_EXPECT_BASE64, layer);

    /* Files make no text of the whole: its runs are one, and each part is what it is. */
    PEN_TRY(pen_leaf_open(leaves, holder, PEN_EXPECT_BASE64, layer));
    struct pen_leaf *const body = pen_arena_alloc(leaves->arena, sizeof(*body));
    if (body == NULL) return out_of_memory(leaves);
    *body = form;
    return add_parts(leaves, body, inner.boundary, layer + 1);
}

static enum pen_status add_base64(struct pen_leaves *leaves, const struct pen_leaf *leaf,
                                  struct inner inner, bool strict, uint32_t layer)
{
    struct pen_str bytes;
    enum pen_status status = strict ? pen_codec_base64(leaf->text, leaves->arena, &bytes)
                                    : pen_codec_base64_lenient(leaf->text, leaves->arena, &bytes);
    if (status == PEN_ERR_SYNTAX && !strict) {
        status = pen_codec_base64_skipping(leaf->text, PEN_BASE64_URL, leaves->arena, &bytes);
    }
    if (status == PEN_ERR_SYNTAX && !strict) return add(leaves, leaf, PEN_EXPECT_NOTHING, layer);
    if (status == PEN_ERR_NOMEM) return out_of_memory(leaves);
    if (status != PEN_OK && strict) {
        leaves->code = "event.base64";
        return PEN_ERR_INVALID;
    }
    if (inner.is_form || inner.boundary.len > 0) {
        return add_typed_bytes(leaves, leaf, bytes, inner, layer);
    }
    pen_arena_trim(leaves->arena, bytes.ptr, bytes.len, 0);
    return add(leaves, leaf, PEN_EXPECT_BASE64, layer);
}

enum pen_status pen_leaves_add_words(struct pen_leaves *leaves, const struct pen_leaf *leaf,
                                     uint32_t layer)
{
    struct pen_str text;
    const enum pen_status status = pen_words_decode(leaf->text, leaves->arena, &text);
    if (status == PEN_ERR_NOMEM) return out_of_memory(leaves);
    if (status != PEN_OK) {
        leaves->code = "event.charset";
        return PEN_ERR_SYNTAX;
    }
    if (text.ptr == leaf->text.ptr) return add(leaves, leaf, PEN_EXPECT_NOTHING, layer);

    const struct pen_leaf *holder = NULL;
    PEN_TRY(pen_leaves_push(leaves, leaf, &holder));
    PEN_TRY(pen_leaf_open(leaves, holder, PEN_EXPECT_NOTHING, layer));
    PEN_TRY(pen_leaves_deepen(leaves, text.len, layer));
    struct pen_leaf form = *leaf;
    form.text = text;
    form.from = holder;
    form.coding = PEN_CODING_WORDS;
    return add(leaves, &form, PEN_EXPECT_NOTHING, layer + 1);
}

/* Java writes bytes from -128 on. */
static bool read_byte(const struct pen_json *element, char *out)
{
    struct pen_str digits = element->text;
    const bool minus = digits.len > 0 && digits.ptr[0] == '-';
    if (minus) digits = pen_str_slice(digits, 1, digits.len);
    uint64_t value = 0;
    if (element->type != PEN_JSON_NUMBER || pen_str_to_u64(digits, &value) != PEN_OK
        || value > (minus ? 128U : 255U)) {
        return false;
    }
    *out = (char)(unsigned char)(minus ? 256U - value : value);
    return true;
}

/* A sparse tree shows no more than the first of many numbers: the array is read once more. */
static enum pen_status read_all(struct pen_leaves *leaves, const struct pen_json **array)
{
    const struct pen_json *const sparse = *array;
    const struct pen_json *const first = sparse->first;
    if (sparse->count == 1 || first->next != NULL) return PEN_OK;

    /* A number's text lies in the source. */
    const size_t before = first->place.start - sparse->place.start;
    const struct pen_str source = {first->text.ptr - before,
                                   sparse->place.end - sparse->place.start};
    return pen_json_read(source, leaves->json, leaves->arena, array, NULL);
}

/* An array that holds anything but bytes, or bytes that are no text, has no text to look at. */
static enum pen_status add_byte_array(struct pen_leaves *leaves, const struct pen_leaf *leaf,
                                      uint32_t layer)
{
    const struct pen_json *array = leaf->node;
    if (read_all(leaves, &array) != PEN_OK) return out_of_memory(leaves);

    char *const memory = pen_arena_bytes(leaves->arena, array->count);
    if (memory == NULL) return out_of_memory(leaves);

    size_t length = 0;
    for (const struct pen_json *e = array->first; e != NULL; e = e->next) {
        if (!read_byte(e, &memory[length++])) return PEN_OK;
    }
    struct pen_leaf text = *leaf;
    text.text = (struct pen_str){memory, length};
    if (length == 0 || !pen_utf8_valid(text.text)) return PEN_OK;
    return add(leaves, &text, PEN_EXPECT_NOTHING, layer);
}

enum pen_status pen_envelope_add_leaf(struct pen_leaves *leaves, const struct pen_leaf *leaf,
                                      const struct pen_envelope_leaf *row, bool strict,
                                      uint32_t layer)
{
    if (leaf->node->type == PEN_JSON_ARRAY) {
        return row->coding == PEN_AS_BYTES ? add_byte_array(leaves, leaf, layer) : PEN_OK;
    }
    const struct inner inner = inner_of(content_type(row, leaf->node));
    switch (row->coding) {
    case PEN_AS_FORM:
        return add(leaves, leaf, PEN_EXPECT_FORM, layer);
    case PEN_AS_QUERY:
        return add(leaves, leaf, PEN_EXPECT_FIELDS, layer);
    case PEN_AS_BASE64:
        return add_base64(leaves, leaf, inner, strict, layer);
    case PEN_AS_BASE64_IF:
        if (flag_is_set(leaf->node, row->flag, row->value)) {
            return add_base64(leaves, leaf, inner, strict, layer);
        }
        return add_typed(leaves, leaf, inner, layer);
    case PEN_AS_BODY:
        if (is_base64(leaf->node)) {
            return add_base64(leaves, leaf, inner, strict, layer);
        }
        return add_typed(leaves, leaf, inner, layer);
    case PEN_AS_WORDS:
        return pen_leaves_add_words(leaves, leaf, layer);
    case PEN_AS_BYTES: /* a text where bytes should be */
    case PEN_AS_IT_IS:
        break;
    }
    return add_typed(leaves, leaf, inner, layer);
}
