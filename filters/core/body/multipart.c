/**
 * multipart/form-data: boundaries found in one pass, then each part for itself.
 *
 * "--boundary" may stand nowhere but where it ends a part: behind CRLF, before CRLF or "--". That
 * is stricter than RFC 2046, and needed: functions take multipart apart by splitting at the
 * boundary's text, by lines with any ending, or by the grammar, and here all three come to the same
 * parts.
 */
#include "filters/core/body/multipart.h"

#include <string.h>

#include "filters/core/body/body.h"
#include "filters/core/body/charset.h"
#include "filters/core/body/magic.h"
#include "filters/core/body/xml.h"
#include "filters/core/codec.h"
#include "filters/core/codec/texture.h"
#include "filters/core/codec/utf16.h"
#include "filters/core/envelope/coded.h"
#include "filters/core/utf8.h"

#define DASHES    2
#define DELIMITER (DASHES + 70) /* bytes at most: filters/core/body/media_type.c */

struct reader {
    struct pen_leaves *leaves;
    struct pen_str body;
    char memory[DELIMITER];
    struct pen_str delimiter; /* "--boundary" */
    const struct pen_leaf *holder;
    uint32_t layer;
    size_t *offset;
    struct pen_part part; /* the one at hand */
    struct pen_str base;  /* its name as paths have it */
};

static enum pen_status fail(struct reader *r, const char *code, size_t offset)
{
    r->leaves->code = code;
    *r->offset = offset;
    return PEN_ERR_SYNTAX;
}

static enum pen_status out_of_memory(struct reader *r)
{
    r->leaves->code = "event.memory";
    return PEN_ERR_NOMEM;
}

static size_t offset_of(const struct reader *r, struct pen_str text)
{
    return (size_t)(text.ptr - r->body.ptr);
}

/* Names of leaves: '/' and '~' of a part's name escaped as in a JSON Pointer (RFC 6901). */

static enum pen_status escape_name(struct reader *r)
{
    const struct pen_str name = r->part.name;
    size_t escapes = 0;
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '/' || name.ptr[i] == '~') escapes++;
    }
    r->base = name;
    if (escapes == 0) return PEN_OK;

    const size_t room = name.len + escapes;
    struct pen_buf buf = pen_buf_over(pen_arena_bytes(r->leaves->arena, room), room);
    if (buf.ptr == NULL) return out_of_memory(r);
    for (size_t i = 0; i < name.len; i++) {
        const char c = name.ptr[i];
        if (c == '/' || c == '~') pen_buf_byte(&buf, '~');
        pen_buf_byte(&buf, c == '~' ? '0' : c == '/' ? '1' : c);
    }
    r->base = pen_buf_str(&buf);
    return PEN_OK;
}

/* "avatar/content-type" */
static enum pen_status name_below(struct reader *r, struct pen_str below, struct pen_str *out)
{
    const size_t room = r->base.len + 1 + below.len;
    struct pen_buf buf = pen_buf_over(pen_arena_bytes(r->leaves->arena, room), room);
    if (buf.ptr == NULL) return out_of_memory(r);
    pen_buf_put(&buf, r->base);
    pen_buf_byte(&buf, '/');
    for (size_t i = 0; i < below.len; i++) {
        pen_buf_byte(&buf, pen_to_lower(below.ptr[i]));
    }
    *out = pen_buf_str(&buf);
    return PEN_OK;
}

static struct pen_leaf leaf_of(const struct reader *r, struct pen_str text, struct pen_str name)
{
    const size_t start = offset_of(r, text);
    struct pen_leaf leaf = {.origin = PEN_ORIGIN_MULTIPART,
                            .place = pen_place_of(start, start + text.len)};
    if (r->holder != NULL) {
        leaf = *r->holder;
        leaf.from = r->holder;
        leaf.coding = PEN_CODING_MULTIPART;
        leaf.node = NULL;
        leaf.is_name = false;
    }
    leaf.text = text;
    leaf.name = name;
    return leaf;
}

static enum pen_status add(struct reader *r, const struct pen_leaf *leaf)
{
    if (leaf->text.len == 0) return PEN_OK;
    return pen_leaves_add_within(r->leaves, leaf, PEN_EXPECT_NOTHING, r->layer);
}

static enum pen_status add_below(struct reader *r, struct pen_str text, struct pen_str below)
{
    if (text.len == 0) return PEN_OK;

    struct pen_str name = {NULL, 0};
    PEN_TRY(name_below(r, below, &name));
    const struct pen_leaf leaf = leaf_of(r, text, name);
    return add(r, &leaf);
}

/* RFC 7578 has no encoded words; libraries of mail write them, and uploads are read by such. */
static enum pen_status add_file_name(struct reader *r)
{
    if (r->part.file_name.len == 0) return PEN_OK;

    struct pen_str name = {NULL, 0};
    PEN_TRY(name_below(r, PEN_S("filename"), &name));
    const struct pen_leaf leaf = leaf_of(r, r->part.file_name, name);
    return pen_leaves_add_words(r->leaves, &leaf, r->layer);
}

/* Of Content-Disposition name and file name are leaves already. */
static enum pen_status add_fields(struct reader *r)
{
    for (uint32_t i = 0; i < r->part.field_count; i++) {
        const struct pen_event_field *const field = &r->part.fields[i];
        if (!r->part.has_more_parameters
            && pen_str_equal_fold(field->name, PEN_S("content-disposition"))) {
            continue;
        }
        PEN_TRY(add_below(r, field->value, field->name));
    }
    return PEN_OK;
}

/* Content. */

static bool is_document(const struct pen_part *part)
{
    return part->has_type && (part->type.kind == PEN_BODY_JSON || part->type.kind == PEN_BODY_XML);
}

/* A field is text unless its type says otherwise, a file only where its type says so. */
static bool claims_to_be_text(const struct pen_part *part)
{
    if (!part->has_type) return !part->has_file_name;
    return pen_media_type_is_text(&part->type) || part->type.kind != PEN_BODY_NONE;
}

static bool is_text(struct pen_str content, size_t *at)
{
    *at = pen_utf8_valid_prefix(content);
    if (*at < content.len) return false;
    *at = pen_str_find(content, '\0', 0);
    return *at == content.len;
}

/* A file is handed on as bytes: its mark is part of it. In a field it is part of the value to some,
 * and to others not. */
static struct pen_str without_mark(const struct pen_part *part)
{
    const struct pen_str mark = PEN_STR("\xef\xbb\xbf");
    const bool skip = part->has_file_name && pen_str_starts(part->content, mark);
    return pen_str_slice(part->content, skip ? mark.len : 0, part->content.len);
}

static enum pen_status check_charset(struct reader *r, struct pen_str text)
{
    const bool is_ascii = r->part.has_type && r->part.type.is_ascii;
    size_t at = 0;
    const enum pen_status status = pen_charset_check(text, is_ascii, &r->leaves->code, &at);
    if (status != PEN_OK) *r->offset = offset_of(r, text) + at;
    return status;
}

static enum pen_status check_text(struct reader *r)
{
    const struct pen_str text = without_mark(&r->part);
    size_t at = 0;
    PEN_TRY(check_charset(r, text));
    if (is_text(text, &at)) return PEN_OK;
    const bool is_nul = text.ptr[at] == '\0';
    return fail(r, is_nul ? "multipart.nul" : "multipart.utf8", offset_of(r, text) + at);
}

/* RFC 7578 section 4.6: it tells the reader which charset the other parts are in. */
static bool names_another_charset(const struct pen_part *part)
{
    return pen_str_equal(part->name, PEN_S("_charset_"))
           && !pen_str_equal_fold(part->content, PEN_S("utf-8"));
}

/* A part that says which format it is in is held to it. */
static enum pen_status add_document(struct reader *r, const struct pen_leaf *leaf)
{
    const bool is_xml = r->part.type.kind == PEN_BODY_XML;
    const struct pen_json *root = NULL;
    struct pen_json_left_out left_out;
    struct pen_json_error error = {0};
    /* The readers have their own words for a byte-order mark. */
    if (!pen_str_starts(leaf->text, PEN_S("\xef\xbb\xbf"))) PEN_TRY(check_charset(r, leaf->text));
    const enum pen_status status =
        is_xml ? pen_xml_read(leaf->text, r->leaves->json, r->leaves->arena, &root, &error)
               : pen_json_read_sparse(leaf->text, r->leaves->json, r->leaves->arena, &root,
                                      &left_out, &error);
    if (status != PEN_OK) {
        r->leaves->code = error.code;
        *r->offset = offset_of(r, leaf->text) + error.offset;
        return status;
    }
    const struct pen_leaf *holder = NULL;
    PEN_TRY(pen_leaves_push(r->leaves, leaf, &holder));
    return is_xml ? pen_leaves_add_xml(r->leaves, root, holder, r->layer)
                  : pen_leaves_add_tree(r->leaves, root, holder, r->layer);
}

static enum pen_status add_decoded(struct reader *r, const struct pen_leaf *leaf,
                                   struct pen_str text, enum pen_coding coding)
{
    struct pen_leaf *const raw = pen_arena_alloc(r->leaves->arena, sizeof(*raw));
    if (raw == NULL) return out_of_memory(r);

    *raw = *leaf;
    struct pen_leaf form = *leaf;
    form.text = text;
    form.from = raw;
    form.coding = coding;
    PEN_TRY(pen_leaves_deepen(r->leaves, text.len, r->layer));
    return pen_leaves_add_within(r->leaves, &form, PEN_EXPECT_NOTHING, r->layer + 1);
}

/* Zeros between letters: of UTF-32, or to be skipped by whoever reads them. */
static enum pen_status without_zeros(struct reader *r, struct pen_str text, struct pen_str *out)
{
    return pen_codec_zeros(text, r->leaves->arena, out) == PEN_OK ? PEN_OK : out_of_memory(r);
}

/* As every charset of one byte has it, Cyrillic as well: no control bytes, which binary data has.
 */
static bool is_like_text(struct pen_str bytes)
{
    if (pen_texture(bytes) == PEN_TEXTURE_TEXT) return true;
    for (size_t i = 0; i < bytes.len; i++) {
        const unsigned char c = (unsigned char)bytes.ptr[i];
        const bool is_layout = (c >= '\t' && c <= '\r') || c == 0x1b; /* and what shifts charsets */
        if ((c < 0x20 && !is_layout) || c == 0x7f) return false;
    }
    return bytes.len > 0;
}

/* A file that claims to be no text and still is one, in whatever charset: functions sniff. What is
   known by its first bytes, and what is no text, is bounded and typed, and not looked into. */
static enum pen_status add_unclaimed(struct reader *r, const struct pen_leaf *leaf)
{
    const enum pen_magic magic = pen_magic_of(leaf->text);
    if (magic != PEN_MAGIC_UNKNOWN && magic != PEN_MAGIC_MARKUP) return PEN_OK;

    struct pen_str text = leaf->text;
    enum pen_coding coding = PEN_CODING_STRINGS;
    const enum pen_utf16 order = pen_codec_utf16_look(text);
    if (order != PEN_UTF16_NONE) {
        coding = PEN_CODING_UTF16;
        if (pen_codec_utf16(text, order, r->leaves->arena, &text) != PEN_OK) {
            return out_of_memory(r);
        }
    }
    PEN_TRY(without_zeros(r, text, &text));
    return is_like_text(text) ? add_decoded(r, leaf, text, coding) : PEN_OK;
}

static enum pen_status add_content(struct reader *r)
{
    const struct pen_part *const part = &r->part;
    const struct pen_leaf leaf = leaf_of(r, part->content, r->base);
    size_t at = 0;
    if (names_another_charset(part)) {
        return fail(r, "multipart.charset_field", offset_of(r, part->content));
    }
    if (is_document(part)) return add_document(r, &leaf);
    if (part->content.len == 0) return PEN_OK;
    if (part->has_type && !pen_magic_fits(pen_magic_of(part->content), &part->type)) {
        return fail(r, "multipart.type", offset_of(r, part->content));
    }
    if (claims_to_be_text(part)) {
        PEN_TRY(check_text(r));
    } else if (!is_text(part->content, &at)) {
        return add_unclaimed(r, &leaf);
    }
    return add(r, &leaf);
}

static enum pen_status add_part(struct reader *r, struct pen_str text)
{
    const char *code = NULL;
    size_t at = 0;
    const enum pen_status status = pen_part_read(text, &r->part, &code, &at);
    if (status != PEN_OK) {
        r->leaves->code = code;
        *r->offset = offset_of(r, text) + at;
        return status;
    }
    PEN_TRY(escape_name(r));
    struct pen_leaf name = leaf_of(r, r->part.name, r->base);
    name.is_name = true;
    PEN_TRY(add(r, &name));
    PEN_TRY(add_file_name(r));
    PEN_TRY(add_fields(r));
    return add_content(r);
}

/* Boundaries. */

static size_t find_delimiter(const struct reader *r, size_t from)
{
    return from + pen_str_find_str(pen_str_slice(r->body, from, r->body.len), r->delimiter);
}

static bool stands_at(const struct reader *r, size_t at, struct pen_str text)
{
    return pen_str_equal(pen_str_slice(r->body, at, at + text.len), text);
}

/* What ends the line of a delimiter that ends at `*at`: more parts, or the body. */
static enum pen_status end_line(struct reader *r, size_t *at, bool *is_last)
{
    *is_last = stands_at(r, *at, PEN_S("--"));
    if (*is_last) {
        const struct pen_str behind = pen_str_slice(r->body, *at + DASHES, r->body.len);
        if (behind.len == 0 || pen_str_equal(behind, PEN_S("\r\n"))) return PEN_OK;
        return fail(r, "multipart.epilogue", *at + DASHES);
    }
    if (stands_at(r, *at, PEN_S("\r\n"))) {
        *at += 2;
        return PEN_OK;
    }
    const struct pen_str rest = pen_str_slice(r->body, *at, r->body.len);
    if (rest.len == 0 || pen_str_equal(rest, PEN_S("-"))) {
        return fail(r, "multipart.truncated", *at);
    }
    const bool is_break = rest.ptr[0] == '\r' || rest.ptr[0] == '\n';
    return fail(r, is_break ? "multipart.line_break" : "multipart.lookalike", *at);
}

/* The part that begins at `start`, to the CRLF before the next delimiter, which is at `end`. */
static enum pen_status find_part(struct reader *r, size_t start, size_t *end)
{
    *end = find_delimiter(r, start);
    if (*end == r->body.len) return fail(r, "multipart.truncated", *end);
    if (*end >= start + 2 && stands_at(r, *end - 2, PEN_S("\r\n"))) return PEN_OK;

    const char before = r->body.ptr[*end - 1];
    const bool is_break = before == '\n' || before == '\r';
    if (*end == start) return fail(r, "multipart.header", start);
    return fail(r, is_break ? "multipart.line_break" : "multipart.lookalike", *end);
}

static enum pen_status read_body(struct reader *r)
{
    /* RFC 2046: an empty preamble may leave its line break. */
    size_t at = stands_at(r, 0, PEN_S("\r\n")) ? 2 : 0;
    if (!stands_at(r, at, r->delimiter)) {
        const bool is_somewhere = find_delimiter(r, 0) < r->body.len;
        return fail(r, is_somewhere ? "multipart.preamble" : "multipart.missing", 0);
    }
    for (uint32_t count = 0;; count++) {
        bool is_last = false;
        size_t end = 0;
        at += r->delimiter.len;
        PEN_TRY(end_line(r, &at, &is_last));
        if (is_last) return PEN_OK;
        PEN_TRY(find_part(r, at, &end));
        if (count == r->leaves->fields) {
            r->leaves->code = "multipart.parts";
            *r->offset = at;
            return PEN_ERR_LIMIT;
        }
        PEN_TRY(add_part(r, pen_str_slice(r->body, at, end - 2)));
        at = end;
    }
}

enum pen_status pen_body_add_multipart(struct pen_leaves *leaves, struct pen_str body,
                                       struct pen_str boundary, const struct pen_leaf *holder,
                                       uint32_t layer, size_t *offset)
{
    struct reader reader = {
        .leaves = leaves, .body = body, .holder = holder, .layer = layer, .offset = offset};
    if (boundary.len == 0 || boundary.len > DELIMITER - DASHES) {
        return fail(&reader, "multipart.boundary", 0);
    }
    memcpy(reader.memory, "--", DASHES);
    memcpy(reader.memory + DASHES, boundary.ptr, boundary.len);
    reader.delimiter = (struct pen_str){reader.memory, DASHES + boundary.len};
    return read_body(&reader);
}
