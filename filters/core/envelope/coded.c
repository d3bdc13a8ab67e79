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

/* Content types that a text may have at once: an honest event names one, perhaps in two places. */
#define MOST_TYPES 4

/* What a text is beside being one, by its content types: functions take the first or the last. */
struct inner {
    bool is_form;
    bool is_more; /* than MOST_TYPES */
    uint32_t count;
    struct pen_str boundaries[MOST_TYPES]; /* of multipart/form-data, each once */
};

static enum pen_status add(struct pen_leaves *leaves, const struct pen_leaf *leaf,
                           enum pen_expect expect, uint32_t layer)
{
    return pen_leaves_add_within(leaves, leaf, expect, layer);
}

/* `body` is a leaf, or was to be undone to reach one. What has its boundary is held to it; without
   any it is nothing of the kind to anybody. */
static enum pen_status add_parts_by(struct pen_leaves *leaves, const struct pen_leaf *body,
                                    struct pen_str boundary, uint32_t layer)
{
    size_t offset = 0;
    PEN_TRY(pen_leaves_deepen(leaves, body->text.len, layer));
    const enum pen_status status =
        pen_body_add_multipart(leaves, body->text, boundary, body, layer + 1, &offset);
    const bool is_none = status == PEN_ERR_SYNTAX && strcmp(leaves->code, "multipart.missing") == 0;
    return is_none ? PEN_OK : status;
}

static enum pen_status add_parts(struct pen_leaves *leaves, const struct pen_leaf *body,
                                 const struct inner *inner, uint32_t layer)
{
    for (uint32_t i = 0; i < inner->count; i++) {
        PEN_TRY(add_parts_by(leaves, body, inner->boundaries[i], layer));
    }
    return PEN_OK;
}

/* Whoever writes the content type need not tell the truth: a document that it names is opened
   beside all else. */
static enum pen_status add_typed(struct pen_leaves *leaves, const struct pen_leaf *leaf,
                                 const struct inner *inner, uint32_t layer)
{
    const struct pen_leaf *added = NULL;
    PEN_TRY(pen_leaves_push(leaves, leaf, &added));
    PEN_TRY(pen_leaf_open(leaves, added, PEN_EXPECT_NOTHING, layer));
    if (inner->is_form) PEN_TRY(pen_leaf_open(leaves, added, PEN_EXPECT_FIELDS, layer));
    return add_parts(leaves, added, inner, layer);
}

/* Members beside a text. */

static void note_boundary(struct inner *inner, struct pen_str boundary)
{
    for (uint32_t i = 0; i < inner->count; i++) {
        if (pen_str_equal(inner->boundaries[i], boundary)) return;
    }
    if (inner->count == MOST_TYPES) {
        inner->is_more = true;
        return;
    }
    inner->boundaries[inner->count++] = boundary;
}

/* JSON and base64 are found without being told. False: it is no content type. */
static bool note_type(struct inner *inner, struct pen_str type)
{
    struct pen_media_type media = {.kind = PEN_BODY_NONE};
    const char *code = NULL;
    if (type.len == 0 || pen_media_type_read(type, &media, &code) != PEN_OK) return false;
    if (media.kind == PEN_BODY_FORM) inner->is_form = true;
    if (media.boundary.len > 0) note_boundary(inner, media.boundary);
    return true;
}

/* Fields of one name are handed over as one, commas between. */
static void note_types(struct inner *inner, struct pen_str types)
{
    if (note_type(inner, types)) return;
    for (size_t start = 0; start < types.len;) {
        const size_t comma = pen_str_find(types, ',', start);
        const size_t from = pen_str_skip_space(types, start);
        if (from < comma) (void)note_type(inner, pen_str_slice(types, from, comma));
        start = comma + 1;
    }
}

/* Whatever is at the pointer, with names in any case and each element for any index: a member may
   be there twice, spelled in two ways, and a function takes either. */
static void find_types(const struct pen_json *value, struct pen_str pointer, struct inner *inner)
{
    if (value == NULL) return;
    if (pointer.len == 0) {
        note_types(inner, pen_json_string_or(value, PEN_S("")));
        return;
    }
    const size_t end = pen_str_find(pointer, '/', 1);
    const struct pen_str name = pen_str_slice(pointer, 1, end);
    for (const struct pen_json *child = value->first; child != NULL; child = child->next) {
        const bool is_it = value->type == PEN_JSON_ARRAY || pen_str_equal_fold(child->name, name);
        if (is_it) find_types(child, pen_str_slice(pointer, end, pointer.len), inner);
    }
}

/* The content types that `row` says where to find. */
static struct inner inner_of(const struct pen_envelope_leaf *row, const struct pen_json *node)
{
    struct inner inner = {.is_form = false};
    for (size_t start = 0; start < row->type.len;) {
        const size_t end = pen_str_find(row->type, '|', start);
        struct pen_str pointer = pen_str_slice(row->type, start, end);
        const struct pen_json *from = node->parent;
        while (from != NULL && pointer.len > 0 && pointer.ptr[0] == '^') {
            from = from->parent;
            pointer = pen_str_slice(pointer, 1, pointer.len);
        }
        find_types(from, pointer, &inner);
        start = end + 1;
    }
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
                                       struct pen_str bytes, const struct inner *inner,
                                       uint32_t layer)
{
    const struct pen_leaf *holder = NULL;
    PEN_TRY(pen_leaves_push(leaves, leaf, &holder));
    PEN_TRY(pen_leaves_deepen(leaves, bytes.len, layer));
    struct pen_leaf form = *leaf;
    form.text = bytes;
    form.from = holder;
    form.coding = PEN_CODING_BASE64;
    if (pen_utf8_valid(bytes)) return add_typed(leaves, &form, inner, layer + 1);
    if (inner->count == 0) return pen_leaf_open(leaves, holder, PEN_EXPECT_BASE64, layer);

    /* Files make no text of the whole: its runs are one, and each part is what it is. */
    PEN_TRY(pen_leaf_open(leaves, holder, PEN_EXPECT_BASE64, layer));
    struct pen_leaf *const body = pen_arena_alloc(leaves->arena, sizeof(*body));
    if (body == NULL) return out_of_memory(leaves);
    *body = form;
    return add_parts(leaves, body, inner, layer + 1);
}

static enum pen_status add_base64(struct pen_leaves *leaves, const struct pen_leaf *leaf,
                                  const struct inner *inner, bool strict, uint32_t layer)
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
    if (inner->is_form || inner->count > 0) {
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
    const struct inner inner = inner_of(row, leaf->node);
    if (inner.is_more) {
        leaves->code = "event.forms";
        return PEN_ERR_LIMIT;
    }
    switch (row->coding) {
    case PEN_AS_FORM:
        return add(leaves, leaf, PEN_EXPECT_FORM, layer);
    case PEN_AS_QUERY:
        return add(leaves, leaf, PEN_EXPECT_FIELDS, layer);
    case PEN_AS_BASE64:
        return add_base64(leaves, leaf, &inner, strict, layer);
    case PEN_AS_BASE64_IF:
        if (flag_is_set(leaf->node, row->flag, row->value)) {
            return add_base64(leaves, leaf, &inner, strict, layer);
        }
        return add_typed(leaves, leaf, &inner, layer);
    case PEN_AS_BODY:
        if (is_base64(leaf->node)) {
            return add_base64(leaves, leaf, &inner, strict, layer);
        }
        return add_typed(leaves, leaf, &inner, layer);
    case PEN_AS_WORDS:
        return pen_leaves_add_words(leaves, leaf, layer);
    case PEN_AS_BYTES: /* a text where bytes should be */
    case PEN_AS_IT_IS:
        break;
    }
    return add_typed(leaves, leaf, &inner, layer);
}
