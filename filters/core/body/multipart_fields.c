/** A part's header fields: lines first, then the four fields that decide about it. */
#include "filters/core/body/multipart.h"
#include "filters/core/utf8.h"

/* What reading a part has come to. */
struct reading {
    struct pen_str text; /* the part */
    size_t at;
    const char *code;
    struct pen_part *part;
};

static enum pen_status fail(struct reading *r, const char *code)
{
    r->code = code;
    return PEN_ERR_SYNTAX;
}

/* The line at `at`, without its CRLF; `at` moves behind it. */
static enum pen_status take_line(struct reading *r, struct pen_str *line)
{
    const size_t start = r->at;
    for (; r->at < r->text.len; r->at++) {
        const unsigned char c = (unsigned char)r->text.ptr[r->at];
        if (c >= ' ' && c != 0x7f) continue;
        if (c == '\t') continue;
        if (c == '\0') return fail(r, "multipart.nul");
        if (c != '\r' && c != '\n') return fail(r, "multipart.header");
        if (c == '\n' || r->at + 1 >= r->text.len || r->text.ptr[r->at + 1] != '\n') {
            return fail(r, "multipart.line_break");
        }
        *line = pen_str_slice(r->text, start, r->at);
        r->at += 2;
        return PEN_OK;
    }
    /* The empty line behind the fields is missing. */
    return fail(r, "multipart.header");
}

static enum pen_status split_field(struct reading *r, struct pen_str line,
                                   struct pen_event_field *out)
{
    if (pen_is_blank(line.ptr[0])) return fail(r, "multipart.folded");
    size_t colon = 0;
    while (colon < line.len && pen_is_tchar(line.ptr[colon])) {
        colon++;
    }
    if (colon == 0 || colon == line.len || line.ptr[colon] != ':') {
        return fail(r, "multipart.header");
    }
    if (!pen_utf8_valid(line)) return fail(r, "multipart.utf8");
    out->name = pen_str_slice(line, 0, colon);
    out->value = pen_str_trim(pen_str_slice(line, colon + 1, line.len));
    return PEN_OK;
}

static enum pen_status take_fields(struct reading *r)
{
    struct pen_part *const part = r->part;
    for (;;) {
        struct pen_str line = {NULL, 0};
        const size_t start = r->at;
        PEN_TRY(take_line(r, &line));
        if (line.len == 0) return PEN_OK;
        const size_t next = r->at;
        r->at = start;
        if (part->field_count == PEN_PART_FIELDS) {
            r->code = "multipart.headers";
            return PEN_ERR_LIMIT;
        }
        PEN_TRY(split_field(r, line, &part->fields[part->field_count]));
        part->field_count++;
        r->at = next;
    }
}

/* The one field of this name; NULL: none. */
static enum pen_status find_field(struct reading *r, struct pen_str name,
                                  const struct pen_str **out)
{
    *out = NULL;
    for (uint32_t i = 0; i < r->part->field_count; i++) {
        if (!pen_str_equal_fold(r->part->fields[i].name, name)) continue;
        if (*out != NULL) return fail(r, "multipart.header_repeated");
        *out = &r->part->fields[i].value;
    }
    return PEN_OK;
}

/* Content-Disposition: form-data; name="a"; filename="b" */

/* ";name=value" at `*at`. */
static enum pen_status take_parameter(struct reading *r, struct pen_str text, size_t *at,
                                      struct pen_str *name, struct pen_str *value)
{
    *at = pen_str_skip_blank(text, *at);
    if (*at >= text.len || text.ptr[*at] != ';') return fail(r, "multipart.disposition");
    (*at)++;
    *at = pen_str_skip_blank(text, *at);
    *name = pen_str_take_token(text, at);
    if (pen_str_find(*name, '*', 0) < name->len) return fail(r, "multipart.extended");
    if (name->len == 0 || *at >= text.len || text.ptr[*at] != '=') {
        return fail(r, "multipart.disposition");
    }
    (*at)++;
    if (*at >= text.len || text.ptr[*at] != '"') {
        *value = pen_str_take_token(text, at);
        return value->len > 0 ? PEN_OK : fail(r, "multipart.disposition");
    }
    const size_t end = pen_str_find(text, '"', *at + 1);
    *value = pen_str_slice(text, *at + 1, end);
    if (pen_str_find(*value, '\\', 0) < value->len) return fail(r, "multipart.escape");
    if (end == text.len) return fail(r, "multipart.disposition");
    *at = end + 1;
    return PEN_OK;
}

static enum pen_status use_parameter(struct reading *r, struct pen_str name, struct pen_str value,
                                     bool *has_name)
{
    struct pen_part *const part = r->part;
    if (pen_str_equal_fold(name, PEN_S("name"))) {
        if (*has_name) return fail(r, "multipart.parameter_repeated");
        *has_name = true;
        part->name = value;
    } else if (pen_str_equal_fold(name, PEN_S("filename"))) {
        if (part->has_file_name) return fail(r, "multipart.parameter_repeated");
        part->has_file_name = true;
        part->file_name = value;
    } else {
        part->has_more_parameters = true;
    }
    return PEN_OK;
}

static enum pen_status read_disposition(struct reading *r)
{
    const struct pen_str *field = NULL;
    PEN_TRY(find_field(r, PEN_S("content-disposition"), &field));
    if (field == NULL) return fail(r, "multipart.disposition");

    size_t at = 0;
    if (!pen_str_equal_fold(pen_str_take_token(*field, &at), PEN_S("form-data"))) {
        return fail(r, "multipart.disposition");
    }
    bool has_name = false;
    while (at < field->len) {
        struct pen_str name = {NULL, 0};
        struct pen_str value = {NULL, 0};
        PEN_TRY(take_parameter(r, *field, &at, &name, &value));
        PEN_TRY(use_parameter(r, name, value, &has_name));
    }
    return r->part->name.len > 0 ? PEN_OK : fail(r, "multipart.name");
}

static enum pen_status read_type(struct reading *r)
{
    const struct pen_str *field = NULL;
    PEN_TRY(find_field(r, PEN_S("content-type"), &field));
    if (field == NULL) return PEN_OK;

    const char *code = "multipart.content_type";
    const enum pen_status status = pen_media_type_read(*field, &r->part->type, &code);
    if (status == PEN_ERR_SYNTAX) return fail(r, "multipart.content_type");
    r->part->has_type = true;
    if (pen_media_type_is_nest(&r->part->type)) return fail(r, "multipart.nested");
    /* Of a part, any type will do. */
    if (status == PEN_OK || pen_str_equal(pen_str_from_c(code), PEN_S("type.unsupported"))) {
        return PEN_OK;
    }
    r->code = "multipart.charset";
    return PEN_ERR_UNSUPPORTED;
}

/* RFC 7578 section 4.7: deprecated. One that changes no byte is read, others were undone by some
 * readers and not by others. */
static enum pen_status read_encoding(struct reading *r)
{
    const struct pen_str *field = NULL;
    PEN_TRY(find_field(r, PEN_S("content-transfer-encoding"), &field));
    if (field == NULL || pen_str_equal_fold(*field, PEN_S("7bit"))
        || pen_str_equal_fold(*field, PEN_S("8bit"))
        || pen_str_equal_fold(*field, PEN_S("binary"))) {
        return PEN_OK;
    }
    return fail(r, "multipart.encoding");
}

/* RFC 7578 section 4.8 has it ignored; readers that do not cut the part where it says. */
static enum pen_status read_length(struct reading *r)
{
    const struct pen_str *field = NULL;
    uint64_t length = 0;
    PEN_TRY(find_field(r, PEN_S("content-length"), &field));
    if (field == NULL) return PEN_OK;
    if (pen_str_to_u64(*field, &length) != PEN_OK || length != r->part->content.len) {
        return fail(r, "multipart.length");
    }
    return PEN_OK;
}

static enum pen_status read_part(struct reading *r)
{
    PEN_TRY(take_fields(r));
    r->part->content = pen_str_slice(r->text, r->at, r->text.len);
    PEN_TRY(read_disposition(r));
    PEN_TRY(read_type(r));
    PEN_TRY(read_encoding(r));
    return read_length(r);
}

enum pen_status pen_part_read(struct pen_str part, struct pen_part *out, const char **code,
                              size_t *offset)
{
    *out = (struct pen_part){.field_count = 0};
    struct reading r = {.text = part, .part = out};
    const enum pen_status status = read_part(&r);
    if (status == PEN_OK) return PEN_OK;

    *code = r.code;
    *offset = r.at;
    return status;
}
