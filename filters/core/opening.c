/**
 * Cheap looks first: an ordinary text has no '%', begins with no bracket, and holds a byte outside
 * base64's alphabet among its first few.
 */
#include "filters/core/opening.h"

#include "filters/core/codec.h"
#include "filters/core/utf8.h"

#define BASE64_LEAST 16 /* shorter words are words */
#define PEEK         12 /* bytes of what may be base64 */

static enum pen_status fail(struct pen_leaves *leaves, enum pen_status status, const char *code)
{
    leaves->code = code;
    return status;
}

static enum pen_status out_of_memory(struct pen_leaves *leaves)
{
    return fail(leaves, PEN_ERR_NOMEM, "event.memory");
}

/* One more layer, of so many bytes. */
static enum pen_status go_deeper(struct pen_leaves *leaves, size_t bytes, uint32_t layer)
{
    if (layer == leaves->layers) return fail(leaves, PEN_ERR_LIMIT, "event.layers");
    if (bytes > leaves->opened_limit - leaves->opened_bytes) {
        return fail(leaves, PEN_ERR_LIMIT, "event.opened");
    }
    leaves->opened_bytes += bytes;
    return PEN_OK;
}

static enum pen_status add_form(struct pen_leaves *leaves, const struct pen_leaf *leaf,
                                struct pen_str text, enum pen_coding coding, uint32_t layer)
{
    PEN_TRY(go_deeper(leaves, text.len, layer));
    struct pen_leaf form = *leaf;
    form.text = text;
    form.from = leaf;
    form.coding = coding;
    const struct pen_leaf *added = NULL;
    PEN_TRY(pen_leaves_push(leaves, &form, &added));
    return pen_leaf_open(leaves, added, PEN_EXPECT_NOTHING, layer + 1);
}

/* Percent-encoding. */

static enum pen_status open_percent(struct pen_leaves *leaves, const struct pen_leaf *leaf,
                                    enum pen_expect expect, uint32_t layer)
{
    const bool plus = expect == PEN_EXPECT_FORM;
    struct pen_str decoded;
    if (pen_codec_percent_lenient(leaf->text, plus, leaves->arena, &decoded) != PEN_OK) {
        return out_of_memory(leaves);
    }
    /* The same memory: nothing was encoded. */
    if (decoded.ptr == leaf->text.ptr || pen_str_equal(decoded, leaf->text)) return PEN_OK;

    return add_form(leaves, leaf, decoded, plus ? PEN_CODING_FORM : PEN_CODING_PERCENT, layer);
}

/* JSON in a string. */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct pen_str trim(struct pen_str text)
{
    while (text.len > 0 && is_space(text.ptr[0])) {
        text = pen_str_slice(text, 1, text.len);
    }
    while (text.len > 0 && is_space(text.ptr[text.len - 1])) {
        text.len--;
    }
    return text;
}

static bool looks_like_json(struct pen_str text)
{
    if (text.len < 2) return false;

    const char first = text.ptr[0];
    const char last = text.ptr[text.len - 1];
    return (first == '{' && last == '}') || (first == '[' && last == ']')
           || (first == '"' && last == '"');
}

static enum pen_status open_json(struct pen_leaves *leaves, const struct pen_leaf *leaf,
                                 uint32_t layer)
{
    const struct pen_str text = trim(leaf->text);
    if (!looks_like_json(text)) return PEN_OK;

    const struct pen_json *root = NULL;
    struct pen_json_error error = {0};
    const enum pen_status status = pen_json_read(text, leaves->json, leaves->arena, &root, &error);
    if (status == PEN_ERR_SYNTAX) return PEN_OK;
    if (status == PEN_ERR_NOMEM) return out_of_memory(leaves);
    if (status != PEN_OK) return fail(leaves, status, error.code);

    PEN_TRY(go_deeper(leaves, text.len, layer));
    return pen_leaves_add_tree(leaves, root, leaf, layer + 1);
}

/* Base64. */

static bool is_control(unsigned char byte)
{
    return (byte < 0x20 && !is_space((char)byte)) || byte == 0x7f;
}

static bool is_printable(struct pen_str text)
{
    if (pen_utf8_valid_prefix(text) < text.len) return false;

    for (size_t i = 0; i < text.len; i++) {
        if (is_control((unsigned char)text.ptr[i])) return false;
    }
    return text.len > 0;
}

/* Bytes that begin no UTF-8, or stand where none of them does, show soon in what is an id. */
static bool may_be_text(struct pen_str encoded)
{
    unsigned char first[PEEK];
    const size_t count = pen_codec_base64_peek(encoded, first, sizeof(first));
    size_t following = 0; /* bytes that a character still lacks */
    for (size_t i = 0; i < count; i++) {
        const bool follows = (first[i] & 0xc0) == 0x80;
        if (follows != (following > 0) || is_control(first[i]) || first[i] >= 0xf5) return false;

        if (follows) {
            following--;
        } else {
            following = first[i] >= 0xf0 ? 3 : first[i] >= 0xe0 ? 2 : first[i] >= 0xc0 ? 1 : 0;
        }
    }
    return true;
}

static enum pen_status open_base64(struct pen_leaves *leaves, const struct pen_leaf *leaf,
                                   uint32_t layer)
{
    struct pen_str decoded;
    if (leaf->text.len < BASE64_LEAST || !may_be_text(leaf->text)) return PEN_OK;

    const enum pen_status status = pen_codec_base64_lenient(leaf->text, leaves->arena, &decoded);
    if (status == PEN_ERR_SYNTAX) return PEN_OK;
    if (status != PEN_OK) return out_of_memory(leaves);
    if (!is_printable(decoded)) return PEN_OK;

    return add_form(leaves, leaf, decoded, PEN_CODING_BASE64, layer);
}

enum pen_status pen_leaf_open(struct pen_leaves *leaves, const struct pen_leaf *leaf,
                              enum pen_expect expect, uint32_t layer)
{
    PEN_TRY(open_json(leaves, leaf, layer));
    PEN_TRY(open_base64(leaves, leaf, layer));
    return open_percent(leaves, leaf, expect, layer);
}
