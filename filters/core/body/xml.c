/**
 * The XML reader: a loop over markup with the open elements as a chain of parents.
 *
 * No recursion, so depth costs no stack; one pass after the look for bytes that no document holds.
 * Nodes come from the arena in blocks, texts without references point into the source.
 */
#include "filters/core/body/xml.h"

#include <string.h>

#include "filters/core/body/xml_reader.h"

#define DEFAULT_DEPTH 128
#define DEFAULT_NODES 1000000

/* At '<'. Between the root's tags everything may come, outside of them comments and PIs. */
static enum pen_status read_markup(struct pen_xml_reader *r, bool inside)
{
    if (r->end - r->at < 2) {
        r->at = r->end;
        return pen_xml_unexpected(r);
    }
    switch (r->at[1]) {
    case '?':
        return pen_xml_instruction(r);
    case '/':
        if (!inside) return pen_xml_unexpected(r);
        PEN_TRY(pen_xml_end_text(r));
        return pen_xml_end_tag(r);
    case '!':
        if (pen_xml_peek(r, PEN_S("<!--")) == PEN_XML_MATCHES) return pen_xml_comment(r);
        if (pen_xml_peek(r, PEN_S("<!--")) == PEN_XML_ENDS
            || pen_xml_peek(r, PEN_S("<![CDATA[")) == PEN_XML_ENDS) {
            r->at = r->end;
            return pen_xml_unexpected(r);
        }
        if (!inside || pen_xml_peek(r, PEN_S("<![CDATA[")) == PEN_XML_DIFFERS) {
            return pen_xml_refuse_markup(r);
        }
        r->at += strlen("<![CDATA[");
        return pen_xml_cdata(r);
    default:
        if (inside) PEN_TRY(pen_xml_end_text(r));
        return pen_xml_start_tag(r);
    }
}

static enum pen_status read_element(struct pen_xml_reader *r)
{
    const struct pen_json *const document = r->tree.open;
    PEN_TRY(pen_xml_start_tag(r));
    while (r->tree.open != document) {
        if (r->at == r->end) return pen_xml_unexpected(r);
        PEN_TRY(*r->at == '<' ? read_markup(r, true) : pen_xml_characters(r));
    }
    return PEN_OK;
}

/* White space, comments and PIs; `r` stops at anything else. */
static enum pen_status read_misc(struct pen_xml_reader *r)
{
    for (;;) {
        pen_xml_skip_space(r);
        if (r->at == r->end || *r->at != '<') return PEN_OK;
        const char next = r->end - r->at > 1 ? r->at[1] : '!';
        if (next != '?' && next != '!') return PEN_OK;
        PEN_TRY(read_markup(r, false));
    }
}

/* Section 4.3.3 and appendix F: a mark or zeros at the start tell of UTF-16 or UTF-32. */
static bool is_of_other_encoding(struct pen_str source)
{
    const struct pen_str start = pen_str_slice(source, 0, 4);
    return pen_str_starts(start, PEN_S("\xfe\xff")) || pen_str_starts(start, PEN_S("\xff\xfe"))
           || pen_str_find(start, '\0', 0) < start.len;
}

static enum pen_status check_bytes(struct pen_xml_reader *r)
{
    const struct pen_str source = pen_xml_rest(r);
    const char *code;
    if (source.len > UINT32_MAX) return pen_xml_fail(r, PEN_ERR_LIMIT, "xml.nodes"); /* pen_place */
    if (is_of_other_encoding(source)) return pen_xml_fail(r, PEN_ERR_SYNTAX, "xml.encoding");

    const size_t valid = pen_xml_valid_prefix(source, &code);
    if (valid == source.len) return PEN_OK;
    return pen_xml_fail_at(r, valid, code);
}

static enum pen_status read_document(struct pen_xml_reader *r, const struct pen_json **out)
{
    struct pen_json *document;
    PEN_TRY(check_bytes(r));
    PEN_TRY(pen_xml_node(r, PEN_JSON_OBJECT, (struct pen_str){0}, &document));
    document->place.end = (uint32_t)(r->end - r->begin);
    pen_json_open(&r->tree, document);
    if (pen_xml_peek(r, PEN_S("\xef\xbb\xbf")) == PEN_XML_MATCHES) r->at += 3;
    if (pen_xml_is_blank(pen_xml_rest(r))) {
        r->at = r->end;
        return pen_xml_fail(r, PEN_ERR_SYNTAX, "xml.empty");
    }
    PEN_TRY(pen_xml_declaration(r));
    PEN_TRY(read_misc(r));
    if (r->at == r->end || *r->at != '<') return pen_xml_unexpected(r);
    PEN_TRY(read_element(r));
    document->text.len = 0; /* counted as for an element's texts, of which it has none */
    PEN_TRY(read_misc(r));
    if (r->at != r->end) return pen_xml_fail(r, PEN_ERR_SYNTAX, "xml.trailing");

    *out = document;
    return PEN_OK;
}

static enum pen_status read(struct pen_str source, bool decoded,
                            const struct pen_json_limits *limits, struct pen_arena *arena,
                            const struct pen_json **out, struct pen_json_error *error)
{
    const char *const begin = source.len > 0 ? source.ptr : "";
    struct pen_xml_reader reader = {
        .begin = begin,
        .at = begin,
        .end = begin + source.len,
        .tree = {.arena = arena},
        .decoded = decoded,
    };
    if (limits != NULL) reader.limits = *limits;
    if (reader.limits.depth == 0) reader.limits.depth = DEFAULT_DEPTH;
    reader.tree.most = reader.limits.nodes == 0 ? DEFAULT_NODES : reader.limits.nodes;

    const enum pen_status status = read_document(&reader, out);
    if (status != PEN_OK && error != NULL) {
        error->code = reader.code;
        error->offset = pen_xml_here(&reader);
    }
    return status;
}

enum pen_status pen_xml_read(struct pen_str source, const struct pen_json_limits *limits,
                             struct pen_arena *arena, const struct pen_json **out,
                             struct pen_json_error *error)
{
    return read(source, false, limits, arena, out, error);
}

enum pen_status pen_xml_read_string(struct pen_str source, const struct pen_json_limits *limits,
                                    struct pen_arena *arena, const struct pen_json **out,
                                    struct pen_json_error *error)
{
    return read(source, true, limits, arena, out, error);
}

bool pen_xml_looks_like(struct pen_str text)
{
    size_t start = 0;
    size_t end = text.len;
    while (start < end && pen_xml_is(text.ptr[start], PEN_XML_SPACE)) {
        start++;
    }
    while (end > start && pen_xml_is(text.ptr[end - 1], PEN_XML_SPACE)) {
        end--;
    }
    return end - start >= 4 && text.ptr[start] == '<' && text.ptr[end - 1] == '>';
}
