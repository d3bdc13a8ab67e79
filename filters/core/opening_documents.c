/**
 * Documents in a text: JSON and what readers take for it, XML, GraphQL, a form.
 *
 * Within a JSON document only its strings are opened. The document as a whole is decoded only where
 * that gives it a quote or backslash more: it then may be another document. Markup may be meant for
 * anything, so it is both a document and a text.
 */
#include <string.h>

#include "filters/core/body/body.h"
#include "filters/core/body/xml.h"
#include "filters/core/codec.h"
#include "filters/core/graphql_leaves.h"
#include "filters/core/json_mend.h"
#include "filters/core/json_row.h"
#include "filters/core/opening_steps.h"

static struct pen_str trim(struct pen_str text)
{
    const size_t start = pen_str_skip_space(text, 0);
    while (text.len > start && pen_is_space(text.ptr[text.len - 1])) {
        text.len--;
    }
    return pen_str_slice(text, start, text.len);
}

/* Readers of bytes, as base64 gives them, skip the mark of UTF-8; a body must not have it. */
struct pen_str pen_opening_behind_mark(struct pen_str text)
{
    return pen_str_starts(text, PEN_S("\xef\xbb\xbf")) ? pen_str_slice(text, 3, text.len) : text;
}

static bool looks_like_json(struct pen_str text)
{
    if (text.len < 2) return false;

    const char first = text.ptr[0];
    const char last = text.ptr[text.len - 1];
    return (first == '{' && last == '}') || (first == '[' && last == ']')
           || (first == '"' && last == '"');
}

/* Begins with a bracket or a comment, and ends in one. */
static bool looks_like_loose_json(struct pen_str text)
{
    if (text.len < 2) return false;
    const char first = text.ptr[0];
    const char last = text.ptr[text.len - 1];
    const bool begins = first == '{' || first == '[' || first == '/';
    if (!begins) return false;
    if (last == '}' || last == ']' || pen_str_ends(text, PEN_S("*/"))) return true;
    size_t line = text.len;
    while (line > 0 && text.ptr[line - 1] != '\n') {
        line--;
    }
    const struct pen_str rest = pen_str_slice(text, line, text.len);
    return pen_str_find_str(rest, PEN_S("//")) < rest.len || pen_str_find(rest, '#', 0) < rest.len;
}

/* Comments, single quotes, names without any: documents to readers of JSON5, YAML, Python. It may
   be a text all the same. */
static enum pen_status open_loose_json(struct pen_opening *o, const struct pen_leaf *leaf,
                                       struct pen_str text, uint32_t layer, bool *opened)
{
    struct pen_leaves *const leaves = o->leaves;
    struct pen_str mended;
    const enum pen_status is_one = pen_json_mend(text, leaves->arena, &mended);
    if (is_one == PEN_ERR_SYNTAX) return PEN_OK;
    if (is_one != PEN_OK) return pen_opening_no_memory(leaves);

    const struct pen_json *root = NULL;
    struct pen_json_left_out left_out;
    struct pen_json_error error = {0};
    const enum pen_status status =
        pen_json_read_sparse(mended, leaves->json, leaves->arena, &root, &left_out, &error);
    if (status == PEN_ERR_SYNTAX && !pen_json_has_other_readings(error.code)) return PEN_OK;
    if (status == PEN_ERR_NOMEM) return pen_opening_no_memory(leaves);
    if (status != PEN_OK) return pen_opening_fail(leaves, status, error.code);

    *opened = true;
    PEN_TRY(pen_leaves_deepen(leaves, mended.len, layer));
    return pen_leaves_add_tree(leaves, root, leaf, layer + 1);
}

/* Documents at the beginning of the text; what follows them makes it a text, too. */
static enum pen_status open_row(struct pen_opening *o, const struct pen_leaf *leaf,
                                struct pen_str text, uint32_t layer, bool *found)
{
    struct pen_leaves *const leaves = o->leaves;
    if (text.len < 2 || (text.ptr[0] != '{' && text.ptr[0] != '[')) return PEN_OK;

    const struct pen_json *root = NULL;
    size_t end = 0;
    struct pen_json_error error = {0};
    const enum pen_status status =
        pen_json_read_row(text, leaves->json, leaves->arena, &root, &end, &error);
    if (status == PEN_ERR_SYNTAX && !pen_json_has_other_readings(error.code)) return PEN_OK;
    if (status == PEN_ERR_NOMEM) return pen_opening_no_memory(leaves);
    if (status != PEN_OK) return pen_opening_fail(leaves, status, error.code);

    *found = end == text.len;
    PEN_TRY(pen_leaves_deepen(leaves, end, layer));
    return pen_leaves_add_tree(leaves, root, leaf, layer + 1);
}

/* No JSON from end to end: what lenient readers take, or those that stop where it ends. */
static enum pen_status open_other_json(struct pen_opening *o, const struct pen_leaf *leaf,
                                       struct pen_str text, bool loose, uint32_t layer, bool *found)
{
    bool opened = false;
    if (loose) PEN_TRY(open_loose_json(o, leaf, text, layer, &opened));
    return opened ? PEN_OK : open_row(o, leaf, text, layer, found);
}

/* Records of a stream are often one document a line. */
static enum pen_status read_lines(struct pen_leaves *leaves, struct pen_str text,
                                  const struct pen_json **root, struct pen_json_error *error)
{
    const enum pen_status status = pen_body_read_ndjson(leaves, text, root, &error->offset);
    if (status != PEN_OK) error->code = leaves->code;
    return status;
}

enum pen_status pen_opening_json(struct pen_opening *o, const struct pen_leaf *leaf, bool declared,
                                 uint32_t layer, bool *found)
{
    struct pen_leaves *const leaves = o->leaves;
    const struct pen_str text = trim(declared ? leaf->text : pen_opening_behind_mark(leaf->text));
    if (!declared && !looks_like_json(text)) {
        return open_other_json(o, leaf, text, looks_like_loose_json(text), layer, found);
    }

    const struct pen_json *root = NULL;
    struct pen_json_error error = {0};
    struct pen_json_left_out left_out; /* the structure filter looks at the body */
    enum pen_status status =
        pen_json_read_sparse(text, leaves->json, leaves->arena, &root, &left_out, &error);
    if (status == PEN_ERR_SYNTAX && !declared && strcmp(error.code, "json.trailing") == 0) {
        status = read_lines(leaves, text, &root, &error);
    }
    if (status == PEN_ERR_SYNTAX && !declared && !pen_json_has_other_readings(error.code)) {
        return open_other_json(o, leaf, text, true, layer, found);
    }
    if (status == PEN_ERR_SYNTAX && declared) {
        return pen_opening_fail(leaves, PEN_ERR_INVALID, error.code);
    }
    if (status == PEN_ERR_NOMEM) return pen_opening_no_memory(leaves);
    if (status != PEN_OK) return pen_opening_fail(leaves, status, error.code);

    *found = true;
    PEN_TRY(pen_leaves_deepen(leaves, text.len, layer));
    return pen_leaves_add_tree(leaves, root, leaf, layer + 1);
}

/* HTML opens thirty paragraphs and closes none, and has scripts longer than any value: what is
   beyond a bound may be no XML at all, and then is a text. It shows at the end, so those two bounds
   are asked once more when it is known; the others hold from the start. */
static enum pen_status read_xml(const struct pen_leaves *leaves, struct pen_str text,
                                const struct pen_json **document, struct pen_json_error *error)
{
    const enum pen_status status =
        pen_xml_read_string(text, leaves->json, leaves->arena, document, error);
    if (status != PEN_ERR_LIMIT) return status;

    const struct pen_json_limits wide = {.depth = UINT32_MAX, .nodes = leaves->json->nodes};
    struct pen_json_error other = {0};
    const enum pen_status again = pen_xml_read_string(text, &wide, leaves->arena, document, &other);
    return again == PEN_OK ? status : again;
}

/* Markup that reads as XML may be meant for anything else: whatever encodings the whole text has
   are undone beside it. A document that is beyond the function's limits is refused as a body is:
   its values would be opened by nobody. */
static enum pen_status open_xml(struct pen_opening *o, const struct pen_leaf *leaf, uint32_t layer)
{
    struct pen_leaves *const leaves = o->leaves;
    const struct pen_str text = trim(leaf->text);
    if (!pen_xml_looks_like(text)) return PEN_OK;

    const struct pen_json *document = NULL;
    struct pen_json_error error = {0};
    const enum pen_status status = read_xml(leaves, text, &document, &error);
    if (status == PEN_ERR_SYNTAX) return PEN_OK;
    if (status == PEN_ERR_NOMEM) return pen_opening_no_memory(leaves);
    if (status != PEN_OK) return pen_opening_fail(leaves, status, error.code);

    PEN_TRY(pen_leaves_deepen(leaves, text.len, layer));
    return pen_leaves_add_xml(leaves, document, leaf, layer + 1);
}

static size_t count_ends(struct pen_str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        count += text.ptr[i] == '"' || text.ptr[i] == '\\';
    }
    return count;
}

/* A codec over a whole document, where that can end one of its strings. */
static enum pen_status undo_document(struct pen_opening *o, const struct pen_leaf *leaf,
                                     pen_opening_codec *decode, enum pen_coding coding,
                                     uint32_t layer)
{
    struct pen_str text;
    if (decode(leaf->text, o->leaves->arena, &text) != PEN_OK) {
        return pen_opening_no_memory(o->leaves);
    }
    if (text.ptr == leaf->text.ptr) return PEN_OK;
    if (count_ends(text) > count_ends(leaf->text)) {
        return pen_opening_form(o, leaf, text, coding, layer);
    }
    pen_arena_trim(o->leaves->arena, text.ptr, text.len, 0);
    return PEN_OK;
}

static enum pen_status open_encoded_document(struct pen_opening *o, const struct pen_leaf *leaf,
                                             unsigned seen, uint32_t layer)
{
    if ((seen & PEN_LOOK_PERCENT) != 0) {
        PEN_TRY(undo_document(o, leaf, pen_opening_percent, PEN_CODING_PERCENT, layer));
    }
    if ((seen & PEN_LOOK_AND) == 0) return PEN_OK;
    return undo_document(o, leaf, pen_codec_entity, PEN_CODING_ENTITY, layer);
}

/* Whatever kinds of documents a text may be; `found`: as a text it is nothing else. */
enum pen_status pen_opening_document(struct pen_opening *o, const struct pen_leaf *leaf,
                                     unsigned seen, uint32_t layer, bool *found)
{
    PEN_TRY(pen_opening_json(o, leaf, false, layer, found));
    if (!*found) PEN_TRY(pen_graphql_open(o->leaves, leaf, layer, found));
    return *found ? open_encoded_document(o, leaf, seen, layer) : open_xml(o, leaf, layer);
}

/* "a=1&b=2", each name and value as a form has it. */
enum pen_status pen_opening_fields(struct pen_opening *o, const struct pen_leaf *holder,
                                   uint32_t layer)
{
    struct pen_leaves *const leaves = o->leaves;
    const struct pen_str text = holder->text;
    PEN_TRY(pen_leaves_deepen(leaves, text.len, layer));
    for (size_t start = 0; start < text.len;) {
        const size_t end = pen_str_find(text, '&', start);
        const struct pen_str pair = pen_str_slice(text, start, end);
        const size_t equals = pen_str_find(pair, '=', 0);
        struct pen_leaf leaf = *holder;
        leaf.from = holder;
        leaf.coding = PEN_CODING_FIELDS;
        leaf.node = NULL;
        leaf.text = pen_str_slice(pair, 0, equals);
        leaf.is_name = true;
        if (pen_codec_percent_lenient(leaf.text, true, leaves->arena, &leaf.name) != PEN_OK) {
            return pen_opening_no_memory(leaves);
        }
        if (leaf.text.len > 0) {
            PEN_TRY(pen_leaves_add_within(leaves, &leaf, PEN_EXPECT_FORM, layer + 1));
        }
        leaf.text = pen_str_slice(pair, equals + 1, pair.len);
        leaf.is_name = false;
        if (leaf.text.len > 0) {
            PEN_TRY(pen_leaves_add_within(leaves, &leaf, PEN_EXPECT_FORM, layer + 1));
        }
        start = end + 1;
    }
    return PEN_OK;
}
