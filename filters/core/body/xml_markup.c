/** The declaration, comments, processing instructions, and what "<!" must not begin. */
#include <string.h>

#include "filters/core/body/xml_reader.h"

/* Line ends of a comment or PI (section 2.11). A text may be growing around it in the reader's
   room, so the copy lies elsewhere. */
static enum pen_status lines(struct pen_xml_reader *r, struct pen_str source, struct pen_str *out)
{
    PEN_TRY(pen_xml_check_length(r, source.len));
    *out = source;
    if (pen_str_find(source, '\r', 0) == source.len) return PEN_OK;

    char *const copy = pen_arena_bytes(r->tree.arena, source.len);
    if (copy == NULL) return pen_xml_fail(r, PEN_ERR_NOMEM, "xml.memory");

    size_t length = 0;
    for (size_t i = 0; i < source.len; i++) {
        if (source.ptr[i] != '\r') {
            copy[length++] = source.ptr[i];
        } else if (i + 1 == source.len || source.ptr[i + 1] != '\n') {
            copy[length++] = '\n';
        }
    }
    *out = (struct pen_str){copy, length};
    return PEN_OK;
}

static enum pen_status add(struct pen_xml_reader *r, struct pen_str name, struct pen_str source,
                           uint32_t start)
{
    struct pen_json *node;
    struct pen_str text;
    PEN_TRY(lines(r, source, &text));
    PEN_TRY(pen_xml_node(r, PEN_JSON_STRING, name, &node));
    node->text = text;
    node->place = (struct pen_place){start, pen_xml_here(r)};
    return PEN_OK;
}

/* Section 2.5: "--" must not occur within. */
enum pen_status pen_xml_comment(struct pen_xml_reader *r)
{
    const uint32_t start = pen_xml_here(r);
    r->at += 4;
    const struct pen_str rest = pen_xml_rest(r);
    size_t end = pen_str_find(rest, '-', 0);
    while (end + 1 < rest.len && rest.ptr[end + 1] != '-') {
        end = pen_str_find(rest, '-', end + 1);
    }
    if (rest.len - end < 3) {
        r->at = r->end;
        return pen_xml_unexpected(r);
    }
    r->at += end;
    if (rest.ptr[end + 2] != '>') return pen_xml_fail(r, PEN_ERR_SYNTAX, "xml.comment");

    r->at += 3;
    PEN_TRY(pen_xml_divide(r));
    return add(r, PEN_S("#comment"), pen_str_slice(rest, 0, end), start);
}

/* Section 2.6. A target named "xml" in any case is reserved: a declaration that came late. */
enum pen_status pen_xml_instruction(struct pen_xml_reader *r)
{
    const uint32_t start = pen_xml_here(r);
    struct pen_str target;
    r->at += 2;
    PEN_TRY(pen_xml_name(r, false, &target));
    const uint32_t name_end = pen_xml_here(r);
    if (pen_str_equal_fold(target, PEN_S("xml"))) {
        return pen_xml_fail_at(r, start, "xml.declaration");
    }
    if (!pen_xml_skip_space(r)) {
        PEN_TRY(pen_xml_expect(r, PEN_S("?>")));
        r->at -= 2;
    }
    const struct pen_str rest = pen_xml_rest(r);
    const size_t end = pen_str_find_str(rest, PEN_S("?>"));
    r->at += end;
    PEN_TRY(pen_xml_expect(r, PEN_S("?>")));
    PEN_TRY(pen_xml_divide(r));
    /* The '?' before the target is the mark of its name. */
    const struct pen_str name = {target.ptr - 1, target.len + 1};
    PEN_TRY(add(r, name, pen_str_slice(rest, 0, end), start));
    r->tree.last->name_place = (struct pen_place){start + 2, name_end};
    return PEN_OK;
}

/* The declaration. */

/* S name Eq quoted value; `present` is false where something else follows the white space. */
static enum pen_status pseudo_attribute(struct pen_xml_reader *r, struct pen_str name,
                                        struct pen_str *value, bool *present)
{
    const char *const start = r->at;
    const bool space = pen_xml_skip_space(r);
    const enum pen_xml_match match = pen_xml_peek(r, name);
    *present = space && match == PEN_XML_MATCHES;
    if (match == PEN_XML_ENDS) {
        r->at = r->end;
        return pen_xml_unexpected(r);
    }
    if (!*present) {
        r->at = start;
        return PEN_OK;
    }
    char quote;
    r->at += name.len;
    PEN_TRY(pen_xml_equals(r, &quote));
    const struct pen_str rest = pen_xml_rest(r);
    const size_t end = pen_str_find(rest, quote, 0);
    if (end == rest.len) {
        r->at = r->end;
        return pen_xml_unexpected(r);
    }
    *value = pen_str_slice(rest, 0, end);
    r->at += end + 1;
    return PEN_OK;
}

static enum pen_status read_declaration(struct pen_xml_reader *r)
{
    struct pen_str value;
    bool present;
    PEN_TRY(pseudo_attribute(r, PEN_S("version"), &value, &present));
    if (!present) return pen_xml_unexpected(r);
    if (!pen_str_equal(value, PEN_S("1.0"))) {
        return pen_xml_fail(r, PEN_ERR_SYNTAX, "xml.version");
    }
    PEN_TRY(pseudo_attribute(r, PEN_S("encoding"), &value, &present));
    if (present && !r->decoded && !pen_str_equal_fold(value, PEN_S("utf-8"))) {
        return pen_xml_fail(r, PEN_ERR_SYNTAX, "xml.encoding");
    }
    PEN_TRY(pseudo_attribute(r, PEN_S("standalone"), &value, &present));
    if (present && !pen_str_equal(value, PEN_S("yes")) && !pen_str_equal(value, PEN_S("no"))) {
        return pen_xml_unexpected(r);
    }
    pen_xml_skip_space(r);
    return pen_xml_expect(r, PEN_S("?>"));
}

enum pen_status pen_xml_declaration(struct pen_xml_reader *r)
{
    const struct pen_str word = PEN_STR("<?xml");
    if (pen_xml_peek(r, word) != PEN_XML_MATCHES) return PEN_OK;

    /* "<?xml-stylesheet" is a PI. */
    if (pen_xml_name_length(pen_str_slice(pen_xml_rest(r), 2, SIZE_MAX)) > 3) return PEN_OK;

    r->at += word.len;
    const enum pen_status status = read_declaration(r);
    if (status != PEN_OK && pen_str_equal(pen_str_from_c(r->code), PEN_S("xml.syntax"))) {
        r->code = "xml.declaration";
    }
    return status;
}

enum pen_status pen_xml_refuse_markup(struct pen_xml_reader *r)
{
    /* Sections 2.8 and 3.2 to 4.7: what declares something for the document. The grammar wants
       capitals; whatever comes near is named as what it is meant to be. */
    static const struct pen_str words[] = {
        PEN_STR("<!DOCTYPE"), PEN_STR("<!ENTITY"),   PEN_STR("<!ELEMENT"),
        PEN_STR("<!ATTLIST"), PEN_STR("<!NOTATION"),
    };
    const struct pen_str rest = pen_xml_rest(r);
    for (size_t i = 0; i < PEN_COUNT_OF(words); i++) {
        if (pen_str_starts_fold(rest, words[i])) {
            return pen_xml_fail(r, PEN_ERR_SYNTAX, "xml.doctype");
        }
    }
    for (size_t i = 0; i < PEN_COUNT_OF(words); i++) {
        if (pen_xml_peek(r, words[i]) == PEN_XML_ENDS) r->at = r->end;
    }
    return pen_xml_unexpected(r);
}
