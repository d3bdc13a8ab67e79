/** Start and end tags (section 3.1): elements open and close, attributes become their children. */
#include <string.h>

#include "filters/core/body/xml_reader.h"

static void leave(struct pen_xml_reader *r)
{
    struct pen_json *const element = r->tree.open;
    element->place.end = pen_xml_here(r);
    pen_xml_scope_leave(r->scope, element);
    pen_json_close(&r->tree);
}

/* "@name": the mark and the name in one piece of memory. */
static enum pen_status mark(struct pen_xml_reader *r, struct pen_str name, struct pen_str *out)
{
    struct pen_xml_text marked = {0};
    /* The white space before the name is the room for the mark. */
    PEN_TRY(pen_xml_append_copy(r, &marked, PEN_S("@"), name.ptr - 1));
    PEN_TRY(pen_xml_append_copy(r, &marked, name, name.ptr));
    *out = marked.bytes;
    return PEN_OK;
}

/* Section 3.3.3: white space becomes spaces, what references name does not. Without a DTD every
   attribute is CDATA: no further trimming. */
static enum pen_status read_value(struct pen_xml_reader *r, char quote, struct pen_str *out)
{
    struct pen_xml_text value = {.bytes = {r->at, 0}};
    const char *plain = r->at;
    while (r->at < r->end && *r->at != quote) {
        const char c = *r->at;
        if (!pen_xml_is(c, PEN_XML_VALUE_STOP) || c == '"' || c == '\'') {
            r->at++;
            continue;
        }
        if (c == '<') return pen_xml_fail(r, PEN_ERR_SYNTAX, "xml.attribute");

        char decoded[4] = {' '};
        size_t length = 1;
        const char *const special = r->at;
        PEN_TRY(pen_xml_append(r, &value, plain, special));
        if (c == '&') {
            PEN_TRY(pen_xml_reference(r, decoded, &length));
        } else {
            r->at += pen_xml_peek(r, PEN_S("\r\n")) == PEN_XML_MATCHES ? 2 : 1;
        }
        PEN_TRY(pen_xml_append_copy(r, &value, (struct pen_str){decoded, length}, special));
        plain = r->at;
    }
    if (r->at == r->end) return pen_xml_unexpected(r);

    PEN_TRY(pen_xml_append(r, &value, plain, r->at));
    r->at++;
    *out = value.bytes;
    return pen_xml_check_length(r, value.bytes.len);
}

static enum pen_status read_attribute(struct pen_xml_reader *r)
{
    if (r->tree.open->count == PEN_XML_ATTRIBUTES) {
        return pen_xml_fail(r, PEN_ERR_LIMIT, "xml.attributes");
    }
    struct pen_str name;
    struct pen_str marked;
    struct pen_json *node;
    char quote;
    const uint32_t start = pen_xml_here(r);
    PEN_TRY(pen_xml_name(r, true, &name));
    const uint32_t name_end = pen_xml_here(r);
    PEN_TRY(mark(r, name, &marked));
    PEN_TRY(pen_xml_equals(r, &quote));
    PEN_TRY(pen_xml_node(r, PEN_JSON_STRING, marked, &node));
    node->name_place = (struct pen_place){start, name_end};
    node->place.start = pen_xml_here(r) - 1;
    PEN_TRY(read_value(r, quote, &node->text));
    node->place.end = pen_xml_here(r);
    return PEN_OK;
}

static enum pen_status check_attributes(struct pen_xml_reader *r)
{
    const struct pen_json *wrong = NULL;
    const char *code = NULL;
    if (!r->has_prefix && r->tree.open->count < 2) return PEN_OK;
    const enum pen_status status =
        pen_xml_scope_enter(&r->scope, r->tree.open, r->has_prefix, r->tree.arena, &code, &wrong);
    if (status == PEN_OK) return PEN_OK;
    if (status != PEN_ERR_SYNTAX) return pen_xml_fail(r, status, code);
    return pen_xml_fail_at(r, wrong->name_place.start, code);
}

/* Behind the name: attributes, each after white space, up to the tag's end. */
static enum pen_status read_rest(struct pen_xml_reader *r)
{
    for (;;) {
        const bool space = pen_xml_skip_space(r);
        if (r->at == r->end) return pen_xml_unexpected(r);
        if (*r->at == '>' || *r->at == '/') return PEN_OK;
        if (!space) return pen_xml_unexpected(r);
        PEN_TRY(read_attribute(r));
    }
}

enum pen_status pen_xml_start_tag(struct pen_xml_reader *r)
{
    /* The document is no element. */
    if (r->tree.depth - 1 == r->limits.depth) return pen_xml_fail(r, PEN_ERR_LIMIT, "xml.depth");

    struct pen_json *element;
    struct pen_str name;
    const uint32_t start = pen_xml_here(r);
    r->at++;
    r->has_prefix = false;
    PEN_TRY(pen_xml_name(r, true, &name));
    r->tree.open->text.len++; /* a space between the texts around it: pen_xml_join_texts */
    PEN_TRY(pen_xml_node(r, PEN_JSON_OBJECT, name, &element));
    element->place.start = start;
    element->name_place = (struct pen_place){start + 1, pen_xml_here(r)};
    pen_json_open(&r->tree, element);
    PEN_TRY(read_rest(r));
    const bool empty = *r->at == '/';
    PEN_TRY(pen_xml_expect(r, empty ? PEN_S("/>") : PEN_S(">")));
    const size_t end = pen_xml_here(r);
    PEN_TRY(check_attributes(r));
    r->at = r->begin + end;
    if (empty) leave(r);
    return PEN_OK;
}

enum pen_status pen_xml_end_tag(struct pen_xml_reader *r)
{
    const struct pen_str name = r->tree.open->name;
    const char *const start = r->at;
    PEN_TRY(pen_xml_join_texts(r));
    r->at += 2;
    switch (pen_xml_peek(r, name)) {
    case PEN_XML_DIFFERS:
        return pen_xml_fail(r, PEN_ERR_SYNTAX, "xml.mismatch");
    case PEN_XML_ENDS:
        r->at = r->end;
        return pen_xml_unexpected(r);
    case PEN_XML_MATCHES:
        r->at += name.len;
        break;
    }
    const bool space = pen_xml_skip_space(r);
    if (!space && r->at < r->end && *r->at != '>') {
        r->at = start;
        return pen_xml_fail(r, PEN_ERR_SYNTAX, "xml.mismatch");
    }
    PEN_TRY(pen_xml_expect(r, PEN_S(">")));
    leave(r);
    return PEN_OK;
}
