/**
 * The decode graph of a leaf.
 *
 * One look at all bytes tells which codecs could apply; an ordinary text has none of their bytes
 * and is done with. Each text that a codec gives is opened in turn, so texts are undone in every
 * order; the same text reached twice counts once. Where more than MAX_FORMS different ones appear
 * the event is refused: a form that is not looked at would be the place to hide in.
 *
 * Within a JSON document only its strings are opened. The document as a whole is decoded only where
 * that gives it a quote or backslash more: it then may be another document. Markup may be meant for
 * anything, so it is both a document and a text.
 */
#include "filters/core/opening.h"

#include <string.h>

#include "filters/core/body/body.h"
#include "filters/core/body/xml.h"
#include "filters/core/codec.h"
#include "filters/core/codec/digits.h"
#include "filters/core/codec/inflate.h"
#include "filters/core/codec/look.h"
#include "filters/core/codec/texture.h"
#include "filters/core/graphql_leaves.h"
#include "filters/core/json_mend.h"

#define MAX_FORMS     8   /* of one text: three encodings in every order are seven */
#define FOREIGN_SHARE 8   /* of a guessed base64 one byte in so many may be foreign, */
#define FOREIGN_MORE  2   /* and so many more: prose has a space in every sixth */
#define DATA_HEAD     256 /* of a data: URL: a media type with its parameters */
#define RUN_DECLARED  4   /* printable characters in a row that are a text in binary data */
#define RUN_FOUND     PEN_DIGITS_RUN
/* Logs repeat themselves: a batch of them is 50 to 200 times its gzip, and no large text. */
#define RATIO      200
#define RATIO_FROM ((size_t)256 << 10) /* below it only event.opened counts */

/* One text and every form made of it. */
struct opening {
    struct pen_leaves *leaves;
    struct pen_str texts[MAX_FORMS + 1]; /* the first is the text itself */
    uint32_t count;
};

static enum pen_status open_form(struct opening *o, const struct pen_leaf *leaf, unsigned seen,
                                 uint32_t layer);

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
    if (layer >= leaves->layers) return fail(leaves, PEN_ERR_LIMIT, "event.layers");
    if (bytes > leaves->opened_limit - leaves->opened_bytes) {
        return fail(leaves, PEN_ERR_LIMIT, "event.opened");
    }
    leaves->opened_bytes += bytes;
    return PEN_OK;
}

/* Forms. */

static bool is_known(const struct opening *o, struct pen_str text)
{
    for (uint32_t i = 0; i < o->count; i++) {
        if (pen_str_equal(o->texts[i], text)) return true;
    }
    return false;
}

/* What a codec made of `leaf`: the same memory when it made nothing. */
static enum pen_status add_form(struct opening *o, const struct pen_leaf *leaf, struct pen_str text,
                                enum pen_coding coding, uint32_t layer)
{
    if (text.ptr == leaf->text.ptr || text.len == 0) return PEN_OK;
    if (is_known(o, text)) {
        pen_arena_trim(o->leaves->arena, text.ptr, text.len, 0);
        return PEN_OK;
    }
    if (o->count > MAX_FORMS) return fail(o->leaves, PEN_ERR_LIMIT, "event.forms");
    PEN_TRY(go_deeper(o->leaves, text.len, layer));
    o->texts[o->count++] = text;

    struct pen_leaf form = *leaf;
    form.text = text;
    form.from = leaf;
    form.coding = coding;
    const struct pen_leaf *added = NULL;
    PEN_TRY(pen_leaves_push(o->leaves, &form, &added));
    return open_form(o, added, pen_look(text), layer + 1);
}

typedef enum pen_status codec(struct pen_str in, struct pen_arena *arena, struct pen_str *out);

static enum pen_status percent(struct pen_str in, struct pen_arena *arena, struct pen_str *out)
{
    return pen_codec_percent_lenient(in, false, arena, out);
}

static enum pen_status undo(struct opening *o, const struct pen_leaf *leaf, codec *decode,
                            enum pen_coding coding, uint32_t layer)
{
    struct pen_str text;
    if (decode(leaf->text, o->leaves->arena, &text) != PEN_OK) return out_of_memory(o->leaves);
    return add_form(o, leaf, text, coding, layer);
}

/* Data behind base64 or hexadecimal digits. */

/* A step that is no leaf: nobody looks at compressed or binary data as it is. */
static const struct pen_leaf *unlisted(struct opening *o, const struct pen_leaf *leaf,
                                       struct pen_str text, enum pen_coding coding)
{
    struct pen_leaf *const step = pen_arena_alloc(o->leaves->arena, sizeof(*step));
    if (step == NULL) return NULL;

    *step = *leaf;
    step->text = text;
    step->from = leaf;
    step->coding = coding;
    return step;
}

static enum pen_status add_strings(struct opening *o, const struct pen_leaf *leaf,
                                   struct pen_str bytes, enum pen_coding coding, size_t least,
                                   uint32_t layer)
{
    struct pen_str text;
    if (pen_texture_strings(bytes, least, o->leaves->arena, &text) != PEN_OK) {
        return out_of_memory(o->leaves);
    }
    if (text.len == 0) return PEN_OK;

    const struct pen_leaf *const step = unlisted(o, leaf, bytes, coding);
    if (step == NULL) return out_of_memory(o->leaves);
    return add_form(o, step, text, PEN_CODING_STRINGS, layer);
}

static enum pen_status inflate(struct opening *o, struct pen_str bytes, enum pen_deflate form,
                               struct pen_str *out)
{
    struct pen_leaves *const leaves = o->leaves;
    const struct pen_inflate_limits limits = {
        .bytes = leaves->opened_limit - leaves->opened_bytes,
        .ratio = RATIO,
        .ratio_from = RATIO_FROM,
    };
    const enum pen_status status = pen_inflate_found(bytes, form, &limits, leaves->arena, out);
    if (status == PEN_ERR_LIMIT) return fail(leaves, status, "event.opened");
    if (status == PEN_ERR_INVALID) return fail(leaves, PEN_ERR_LIMIT, "event.ratio");
    return status == PEN_OK ? PEN_OK : out_of_memory(leaves);
}

/* `bytes` is what `coding` undoes of `leaf`: itself a form, or what it holds is. */
static enum pen_status add_bytes(struct opening *o, const struct pen_leaf *leaf,
                                 struct pen_str bytes, enum pen_coding coding, size_t least,
                                 uint32_t layer)
{
    if (pen_texture_is_nothing(bytes, least)) return PEN_OK;

    const enum pen_texture texture = pen_texture(bytes);
    switch (texture) {
    case PEN_TEXTURE_TEXT:
    case PEN_TEXTURE_OBJECT:
        return add_form(o, leaf, bytes, coding, layer);
    case PEN_TEXTURE_BINARY:
        return add_strings(o, leaf, bytes, coding, least, layer);
    case PEN_TEXTURE_GZIP:
    case PEN_TEXTURE_ZLIB:
        break;
    }
    struct pen_str text;
    const enum pen_deflate form = texture == PEN_TEXTURE_GZIP ? PEN_DEFLATE_GZIP : PEN_DEFLATE_ZLIB;
    PEN_TRY(inflate(o, bytes, form, &text));
    /* Two bytes made it zlib's: then it has to be a text, too. */
    if (text.len == 0 || (form == PEN_DEFLATE_ZLIB && pen_texture(text) != PEN_TEXTURE_TEXT)) {
        return add_strings(o, leaf, bytes, coding, least, layer);
    }
    const struct pen_leaf *const step = unlisted(o, leaf, bytes, coding);
    if (step == NULL) return out_of_memory(o->leaves);

    /* The bytes, like every other layer, count; and the layers of gzip in gzip have an end. */
    PEN_TRY(go_deeper(o->leaves, bytes.len, layer));
    return add_bytes(o, step, text, PEN_CODING_GZIP, RUN_DECLARED, layer + 1);
}

/* Base64 with something foreign in it, which every decoder skips in its own way. That it is any is
   a guess, so what it gives must be a text or what its first bytes tell; runs within are looked for
   only where the format says base64. `is_read`: most functions take it as it is. */
static enum pen_status open_broken_base64(struct opening *o, const struct pen_leaf *leaf,
                                          const struct pen_base64_look *look, bool declared,
                                          bool is_read, uint32_t layer)
{
    static const unsigned ways[] = {PEN_BASE64_URL, 0, PEN_BASE64_URL | PEN_BASE64_RESTART,
                                    PEN_BASE64_RESTART};
    if (!declared && look->foreign > leaf->text.len / FOREIGN_SHARE + FOREIGN_MORE) return PEN_OK;
    for (size_t i = 0; i < PEN_COUNT_OF(ways); i++) {
        const bool url = (ways[i] & PEN_BASE64_URL) != 0;
        const bool restarts = (ways[i] & PEN_BASE64_RESTART) != 0;
        if ((!url && !look->url) || (restarts && !look->restarts)) continue;
        if (is_read && url && !restarts) continue;
        if (!declared && !restarts && pen_codec_base64_skips_to_noise(leaf->text, url)) continue;

        struct pen_str bytes;
        const enum pen_status status =
            pen_codec_base64_skipping(leaf->text, ways[i], o->leaves->arena, &bytes);
        if (status == PEN_ERR_SYNTAX) continue;
        if (status != PEN_OK) return out_of_memory(o->leaves);
        const enum pen_texture texture = pen_texture(bytes);
        if (!declared && (texture == PEN_TEXTURE_BINARY || texture == PEN_TEXTURE_ZLIB)) {
            pen_arena_trim(o->leaves->arena, bytes.ptr, bytes.len, 0);
            continue;
        }
        PEN_TRY(add_bytes(o, leaf, bytes, PEN_CODING_BASE64, RUN_FOUND, layer));
    }
    return PEN_OK;
}

/* Base64 that most functions take, and what others make of it. */
static enum pen_status open_base64(struct opening *o, const struct pen_leaf *leaf, bool declared,
                                   uint32_t layer)
{
    const struct pen_base64_look look = pen_codec_base64_look(leaf->text);
    if (!declared && pen_codec_base64_is_noise(leaf->text, &look)) return PEN_OK;

    const bool readable = pen_codec_base64_is_readable(leaf->text, &look);
    struct pen_str bytes;
    const enum pen_status status =
        readable ? pen_codec_base64_lenient(leaf->text, o->leaves->arena, &bytes) : PEN_ERR_SYNTAX;
    if (status == PEN_ERR_NOMEM) return out_of_memory(o->leaves);
    if (status == PEN_OK) {
        const size_t least = declared ? RUN_DECLARED : RUN_FOUND;
        PEN_TRY(add_bytes(o, leaf, bytes, PEN_CODING_BASE64, least, layer));
    }
    return open_broken_base64(o, leaf, &look, declared, status == PEN_OK, layer);
}

/* "data:image/png;base64,iVBO...", as pages and webhooks carry files (RFC 2397). Without base64 it
   is percent-encoded, which every text may be. */
static enum pen_status open_data_url(struct opening *o, const struct pen_leaf *leaf, uint32_t layer)
{
    const struct pen_str head = pen_str_slice(leaf->text, 0, DATA_HEAD);
    const size_t comma = pen_str_find(head, ',', 0);
    if (comma == head.len || !pen_str_ends_fold(pen_str_slice(head, 0, comma), PEN_S(";base64"))) {
        return PEN_OK;
    }
    const struct pen_str digits = pen_str_slice(leaf->text, comma + 1, leaf->text.len);
    const struct pen_leaf *const data = unlisted(o, leaf, digits, PEN_CODING_DATA);
    return data == NULL ? out_of_memory(o->leaves) : open_base64(o, data, false, layer);
}

/* Sixteen hexadecimal digits and more are no base64, whose other digits are forty of sixty-four. */
static enum pen_status open_digits(struct opening *o, const struct pen_leaf *leaf, uint32_t layer)
{
    struct pen_str bytes;
    const enum pen_status status = pen_codec_hex(leaf->text, o->leaves->arena, &bytes);
    if (status == PEN_OK) return add_bytes(o, leaf, bytes, PEN_CODING_HEX, RUN_FOUND, layer);
    if (status != PEN_ERR_SYNTAX) return out_of_memory(o->leaves);
    return leaf->text.len < PEN_LOOK_DIGITS ? PEN_OK : open_base64(o, leaf, false, layer);
}

/* Documents. */

static struct pen_str trim(struct pen_str text)
{
    const size_t start = pen_str_skip_space(text, 0);
    while (text.len > start && pen_is_space(text.ptr[text.len - 1])) {
        text.len--;
    }
    return pen_str_slice(text, start, text.len);
}

/* Readers of bytes, as base64 gives them, skip the mark of UTF-8; a body must not have it. */
static struct pen_str behind_mark(struct pen_str text)
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

/* RFC 8259's grammar holds, and JSON.parse and Python's json take it: a document to the function,
   whose strings nobody would have looked into if it were only a text to us. */
static bool has_other_readings(const char *code)
{
    return strcmp(code, "json.duplicate_name") == 0 || strcmp(code, "json.surrogate") == 0
           || strcmp(code, "json.number_range") == 0;
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
static enum pen_status open_loose_json(struct opening *o, const struct pen_leaf *leaf,
                                       struct pen_str text, uint32_t layer)
{
    struct pen_leaves *const leaves = o->leaves;
    struct pen_str mended;
    const enum pen_status is_one = pen_json_mend(text, leaves->arena, &mended);
    if (is_one == PEN_ERR_SYNTAX) return PEN_OK;
    if (is_one != PEN_OK) return out_of_memory(leaves);

    const struct pen_json *root = NULL;
    struct pen_json_left_out left_out;
    struct pen_json_error error = {0};
    const enum pen_status status =
        pen_json_read_sparse(mended, leaves->json, leaves->arena, &root, &left_out, &error);
    if (status == PEN_ERR_SYNTAX && !has_other_readings(error.code)) return PEN_OK;
    if (status == PEN_ERR_NOMEM) return out_of_memory(leaves);
    if (status != PEN_OK) return fail(leaves, status, error.code);

    PEN_TRY(go_deeper(leaves, mended.len, layer));
    return pen_leaves_add_tree(leaves, root, leaf, layer + 1);
}

/* Records of a stream are often one document a line. */
static enum pen_status read_lines(struct pen_leaves *leaves, struct pen_str text,
                                  const struct pen_json **root, struct pen_json_error *error)
{
    const enum pen_status status = pen_body_read_ndjson(leaves, text, root, &error->offset);
    if (status != PEN_OK) error->code = leaves->code;
    return status;
}

static enum pen_status open_json(struct opening *o, const struct pen_leaf *leaf, bool declared,
                                 uint32_t layer, bool *found)
{
    struct pen_leaves *const leaves = o->leaves;
    const struct pen_str text = trim(declared ? leaf->text : behind_mark(leaf->text));
    if (!declared && !looks_like_json(text)) {
        return looks_like_loose_json(text) ? open_loose_json(o, leaf, text, layer) : PEN_OK;
    }

    const struct pen_json *root = NULL;
    struct pen_json_error error = {0};
    struct pen_json_left_out left_out; /* the structure filter looks at the body */
    enum pen_status status =
        pen_json_read_sparse(text, leaves->json, leaves->arena, &root, &left_out, &error);
    if (status == PEN_ERR_SYNTAX && !declared && strcmp(error.code, "json.trailing") == 0) {
        status = read_lines(leaves, text, &root, &error);
    }
    if (status == PEN_ERR_SYNTAX && !declared && !has_other_readings(error.code)) {
        return open_loose_json(o, leaf, text, layer);
    }
    if (status == PEN_ERR_SYNTAX && declared) return fail(leaves, PEN_ERR_INVALID, error.code);
    if (status == PEN_ERR_NOMEM) return out_of_memory(leaves);
    if (status != PEN_OK) return fail(leaves, status, error.code);

    *found = true;
    PEN_TRY(go_deeper(leaves, text.len, layer));
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
static enum pen_status open_xml(struct opening *o, const struct pen_leaf *leaf, uint32_t layer)
{
    struct pen_leaves *const leaves = o->leaves;
    const struct pen_str text = trim(leaf->text);
    if (!pen_xml_looks_like(text)) return PEN_OK;

    const struct pen_json *document = NULL;
    struct pen_json_error error = {0};
    const enum pen_status status = read_xml(leaves, text, &document, &error);
    if (status == PEN_ERR_SYNTAX) return PEN_OK;
    if (status == PEN_ERR_NOMEM) return out_of_memory(leaves);
    if (status != PEN_OK) return fail(leaves, status, error.code);

    PEN_TRY(go_deeper(leaves, text.len, layer));
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
static enum pen_status undo_document(struct opening *o, const struct pen_leaf *leaf, codec *decode,
                                     enum pen_coding coding, uint32_t layer)
{
    struct pen_str text;
    if (decode(leaf->text, o->leaves->arena, &text) != PEN_OK) return out_of_memory(o->leaves);
    if (text.ptr == leaf->text.ptr) return PEN_OK;
    if (count_ends(text) > count_ends(leaf->text)) {
        return add_form(o, leaf, text, coding, layer);
    }
    pen_arena_trim(o->leaves->arena, text.ptr, text.len, 0);
    return PEN_OK;
}

static enum pen_status open_encoded_document(struct opening *o, const struct pen_leaf *leaf,
                                             unsigned seen, uint32_t layer)
{
    if ((seen & PEN_LOOK_PERCENT) != 0) {
        PEN_TRY(undo_document(o, leaf, percent, PEN_CODING_PERCENT, layer));
    }
    if ((seen & PEN_LOOK_AND) == 0) return PEN_OK;
    return undo_document(o, leaf, pen_codec_entity, PEN_CODING_ENTITY, layer);
}

/* Whatever kinds of documents a text may be; `found`: as a text it is nothing else. */
static enum pen_status open_document(struct opening *o, const struct pen_leaf *leaf, unsigned seen,
                                     uint32_t layer, bool *found)
{
    PEN_TRY(open_json(o, leaf, false, layer, found));
    if (!*found) PEN_TRY(pen_graphql_open(o->leaves, leaf, layer, found));
    return *found ? open_encoded_document(o, leaf, seen, layer) : open_xml(o, leaf, layer);
}

/* "a=1&b=2", each name and value as a form has it. */
static enum pen_status open_fields(struct opening *o, const struct pen_leaf *holder, uint32_t layer)
{
    struct pen_leaves *const leaves = o->leaves;
    const struct pen_str text = holder->text;
    PEN_TRY(go_deeper(leaves, text.len, layer));
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
            return out_of_memory(leaves);
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

/* Choosing codecs. */

static enum pen_status open_encoded(struct opening *o, const struct pen_leaf *leaf, unsigned seen,
                                    uint32_t layer)
{
    if ((seen & PEN_LOOK_PERCENT) != 0) {
        PEN_TRY(undo(o, leaf, percent, PEN_CODING_PERCENT, layer));
        PEN_TRY(undo(o, leaf, pen_codec_percent_u, PEN_CODING_PERCENT_U, layer));
    }
    if ((seen & PEN_LOOK_AND) != 0) {
        PEN_TRY(undo(o, leaf, pen_codec_entity, PEN_CODING_ENTITY, layer));
    }
    if ((seen & PEN_LOOK_BACKSLASH) != 0) {
        PEN_TRY(undo(o, leaf, pen_codec_escape, PEN_CODING_ESCAPE, layer));
    }
    if ((seen & PEN_LOOK_PLUS) != 0) PEN_TRY(undo(o, leaf, pen_codec_utf7, PEN_CODING_UTF7, layer));
    if ((seen & PEN_LOOK_HIGH) == 0) return PEN_OK;
    return undo(o, leaf, pen_codec_fold, PEN_CODING_FOLD, layer);
}

static bool may_be_document(struct pen_str text, unsigned seen)
{
    return (seen & PEN_LOOK_OPENS) != 0 || behind_mark(text).ptr != text.ptr
           || pen_graphql_begins(text);
}

static enum pen_status open_form(struct opening *o, const struct pen_leaf *leaf, unsigned seen,
                                 uint32_t layer)
{
    bool is_document = false;
    if (may_be_document(leaf->text, seen)) {
        PEN_TRY(open_document(o, leaf, seen, layer, &is_document));
    }
    if (is_document) return PEN_OK;

    if ((seen & PEN_LOOK_DATA) != 0) PEN_TRY(open_data_url(o, leaf, layer));
    if ((seen & PEN_LOOK_CODED) != 0) PEN_TRY(open_digits(o, leaf, layer));
    return open_encoded(o, leaf, seen, layer);
}

/* What the format declares. */

/* Percent-encoding: once undone, what was sent is nothing that a function sees. */
static enum pen_status open_declared_percent(struct opening *o, const struct pen_leaf *leaf,
                                             unsigned seen, bool plus, uint32_t layer)
{
    struct pen_str text;
    if (pen_codec_percent_lenient(leaf->text, plus, o->leaves->arena, &text) != PEN_OK) {
        return out_of_memory(o->leaves);
    }
    if (text.ptr == leaf->text.ptr || pen_str_equal(text, leaf->text)) {
        return open_form(o, leaf, seen, layer);
    }
    PEN_TRY(add_form(o, leaf, text, plus ? PEN_CODING_FORM : PEN_CODING_PERCENT, layer));
    /* A '+' that somebody forgot to encode still is a digit of base64 to lenient functions. */
    return plus && (seen & PEN_LOOK_CODED) != 0 ? open_digits(o, leaf, layer) : PEN_OK;
}

/* Base64 by the format's word; whoever declared the format asks for one strict reading. What is
   none may be any other text, too. */
static enum pen_status open_expected_base64(struct opening *o, const struct pen_leaf *leaf,
                                            unsigned seen, uint32_t layer)
{
    const struct pen_base64_look look = pen_codec_base64_look(leaf->text);
    if (look.foreign > 0 || look.restarts) PEN_TRY(open_form(o, leaf, seen, layer));
    return open_base64(o, leaf, true, layer);
}

enum pen_status pen_leaf_open_seen(struct pen_leaves *leaves, const struct pen_leaf *leaf,
                                   enum pen_expect expect, unsigned seen, uint32_t layer)
{
    struct opening o; /* its other texts are written before they count: clearing them is dear */
    o.leaves = leaves;
    o.texts[0] = leaf->text;
    o.count = 1;
    bool found = false;
    switch (expect) {
    case PEN_EXPECT_NOTHING:
        return open_form(&o, leaf, seen, layer);
    case PEN_EXPECT_FORM:
        return open_declared_percent(&o, leaf, seen, true, layer);
    case PEN_EXPECT_PERCENT:
        return open_declared_percent(&o, leaf, seen, false, layer);
    case PEN_EXPECT_BASE64:
        return open_expected_base64(&o, leaf, seen, layer);
    case PEN_EXPECT_JSON:
        return open_json(&o, leaf, true, layer, &found);
    case PEN_EXPECT_FIELDS:
        return open_fields(&o, leaf, layer);
    }
    return open_form(&o, leaf, seen, layer);
}
