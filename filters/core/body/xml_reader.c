/** The XML reader's small change: words, names, nodes, errors. */
#include "filters/core/body/xml_reader.h"

#include <string.h>

enum pen_status pen_xml_fail(struct pen_xml_reader *r, enum pen_status status, const char *code)
{
    r->code = code;
    return status;
}

enum pen_status pen_xml_fail_at(struct pen_xml_reader *r, size_t where, const char *code)
{
    r->at = r->begin + where;
    return pen_xml_fail(r, PEN_ERR_SYNTAX, code);
}

enum pen_status pen_xml_unexpected(struct pen_xml_reader *r)
{
    return pen_xml_fail(r, PEN_ERR_SYNTAX, r->at == r->end ? "xml.truncated" : "xml.syntax");
}

enum pen_xml_match pen_xml_peek(const struct pen_xml_reader *r, struct pen_str word)
{
    const struct pen_str rest = pen_xml_rest(r);
    if (pen_str_starts(rest, word)) return PEN_XML_MATCHES;
    return rest.len < word.len && pen_str_starts(word, rest) ? PEN_XML_ENDS : PEN_XML_DIFFERS;
}

enum pen_status pen_xml_expect(struct pen_xml_reader *r, struct pen_str word)
{
    for (size_t i = 0; i < word.len; i++) {
        if (r->at == r->end || *r->at != word.ptr[i]) return pen_xml_unexpected(r);
        r->at++;
    }
    return PEN_OK;
}

bool pen_xml_skip_space(struct pen_xml_reader *r)
{
    const char *const start = r->at;
    while (r->at < r->end && pen_xml_is(*r->at, PEN_XML_SPACE)) {
        r->at++;
    }
    return r->at > start;
}

enum pen_status pen_xml_check_length(struct pen_xml_reader *r, size_t bytes)
{
    if (r->limits.string_bytes == 0 || bytes <= r->limits.string_bytes) return PEN_OK;
    return pen_xml_fail(r, PEN_ERR_LIMIT, "xml.string");
}

enum pen_status pen_xml_name(struct pen_xml_reader *r, bool qualified, struct pen_str *out)
{
    const struct pen_str rest = pen_xml_rest(r);
    const struct pen_str name = pen_str_slice(rest, 0, pen_xml_name_length(rest));
    size_t colon;
    const bool is_good = pen_xml_is_qname(name, &colon) && (qualified || colon == name.len);
    if (name.len == rest.len) {
        r->at = r->end;
        return pen_xml_fail(r, PEN_ERR_SYNTAX, "xml.truncated");
    }
    if (name.len == 0 || !is_good) return pen_xml_fail(r, PEN_ERR_SYNTAX, "xml.name");

    PEN_TRY(pen_xml_check_length(r, name.len));
    if (colon < name.len || pen_str_equal(name, PEN_S("xmlns"))) r->has_prefix = true;
    r->at += name.len;
    *out = name;
    return PEN_OK;
}

enum pen_status pen_xml_equals(struct pen_xml_reader *r, char *quote)
{
    pen_xml_skip_space(r);
    PEN_TRY(pen_xml_expect(r, PEN_S("=")));
    pen_xml_skip_space(r);
    if (r->at == r->end || (*r->at != '"' && *r->at != '\'')) return pen_xml_unexpected(r);
    *quote = *r->at++;
    return PEN_OK;
}

enum pen_status pen_xml_node(struct pen_xml_reader *r, enum pen_json_type type, struct pen_str name,
                             struct pen_json **out)
{
    const enum pen_status status = pen_json_grow(&r->tree, name, out);
    if (status == PEN_ERR_LIMIT) return pen_xml_fail(r, status, "xml.nodes");
    if (status != PEN_OK) return pen_xml_fail(r, status, "xml.memory");
    (*out)->type = type;
    return PEN_OK;
}

enum pen_status pen_xml_room(struct pen_xml_reader *r, const char *from)
{
    if (r->room != NULL) return PEN_OK;

    r->room_left = (size_t)(r->end - from);
    r->room = pen_arena_bytes(r->tree.arena, r->room_left);
    return r->room != NULL ? PEN_OK : pen_xml_fail(r, PEN_ERR_NOMEM, "xml.memory");
}
