/**
 * Text as a function sees it: line ends and references decoded (sections 2.11 and 4.1), CDATA
 * sections and comments gone, and the pieces that other libraries would show instead.
 */
#include <string.h>

#include "filters/core/body/xml_reader.h"
#include "filters/core/utf8.h"

#define MAX_SCALAR 0x10ffff

static const char text_name[] = "#text";

/* Growing. */

/* The place behind all copied text belongs to the text that grows: no other does meanwhile. */
static enum pen_status copy(struct pen_xml_reader *r, struct pen_str bytes)
{
    if (bytes.len > r->room_left) return pen_xml_fail(r, PEN_ERR_NOMEM, "xml.memory");
    if (bytes.len > 0) memcpy(r->room, bytes.ptr, bytes.len);
    r->room += bytes.len;
    r->room_left -= bytes.len;
    return PEN_OK;
}

static enum pen_status begin_copy(struct pen_xml_reader *r, struct pen_xml_text *text,
                                  const char *from)
{
    if (text->copied) return PEN_OK;

    PEN_TRY(pen_xml_room(r, text->bytes.len > 0 ? text->bytes.ptr : from));
    const char *const start = r->room;
    PEN_TRY(copy(r, text->bytes));
    text->bytes.ptr = start;
    text->copied = true;
    return PEN_OK;
}

enum pen_status pen_xml_append_copy(struct pen_xml_reader *r, struct pen_xml_text *text,
                                    struct pen_str bytes, const char *from)
{
    PEN_TRY(begin_copy(r, text, from));
    PEN_TRY(copy(r, bytes));
    text->bytes.len += bytes.len;
    return PEN_OK;
}

enum pen_status pen_xml_append(struct pen_xml_reader *r, struct pen_xml_text *text,
                               const char *from, const char *to)
{
    const struct pen_str bytes = {from, (size_t)(to - from)};
    if (bytes.len == 0) return PEN_OK;
    if (!text->copied && text->bytes.len == 0) {
        text->bytes = bytes;
        return PEN_OK;
    }
    if (!text->copied && text->bytes.ptr + text->bytes.len == from) {
        text->bytes.len += bytes.len;
        return PEN_OK;
    }
    return pen_xml_append_copy(r, text, bytes, from);
}

/* References. */

static enum pen_status bad_reference(struct pen_xml_reader *r)
{
    return pen_xml_fail(r, PEN_ERR_SYNTAX, r->at == r->end ? "xml.truncated" : "xml.reference");
}

/* "#60" or "#x3c" and the semicolon. Leading zeros may be many. */
static enum pen_status number(struct pen_xml_reader *r, char out[4], size_t *length)
{
    r->at++;
    const bool hexadecimal = r->at < r->end && *r->at == 'x';
    if (hexadecimal) r->at++;
    const char *const digits = r->at;
    uint32_t scalar = 0;
    for (; r->at < r->end && *r->at != ';'; r->at++) {
        const int value = pen_hex_value(*r->at);
        if (value < 0 || (!hexadecimal && value > 9)) return bad_reference(r);
        scalar = scalar * (hexadecimal ? 16 : 10) + (uint32_t)value;
        if (scalar > MAX_SCALAR) scalar = MAX_SCALAR + 1;
    }
    if (r->at == r->end || r->at == digits || !pen_xml_is_char(scalar)) return bad_reference(r);

    r->at++;
    *length = pen_utf8_encode(scalar, out);
    return PEN_OK;
}

enum pen_status pen_xml_reference(struct pen_xml_reader *r, char out[4], size_t *length)
{
    /* Section 4.6. */
    static const struct {
        struct pen_str name;
        char character;
    } entities[] = {{PEN_STR("lt"), '<'},
                    {PEN_STR("gt"), '>'},
                    {PEN_STR("amp"), '&'},
                    {PEN_STR("quot"), '"'},
                    {PEN_STR("apos"), '\''}};
    r->at++;
    if (r->at < r->end && *r->at == '#') return number(r, out, length);

    const struct pen_str rest = pen_xml_rest(r);
    const struct pen_str name = pen_str_slice(rest, 0, pen_xml_name_length(rest));
    if (name.len == 0 || name.len == rest.len || rest.ptr[name.len] != ';') {
        r->at += name.len;
        return bad_reference(r);
    }
    for (size_t i = 0; i < PEN_COUNT_OF(entities); i++) {
        if (!pen_str_equal(name, entities[i].name)) continue;
        out[0] = entities[i].character;
        *length = 1;
        r->at += name.len + 1;
        return PEN_OK;
    }
    return pen_xml_fail(r, PEN_ERR_SYNTAX, "xml.entity");
}

/* The run between two tags. */

/* Text begins, or goes on behind an edge. */
static void begin_piece(struct pen_xml_reader *r)
{
    const uint32_t here = pen_xml_here(r);
    if (!r->run.begun) r->run = (struct pen_xml_run){.begun = true, .place = {here, here}};
    r->run.piece_from = here;
}

/* Section 2.11: CR LF and CR alone are LF. */
static enum pen_status append_lines(struct pen_xml_reader *r, const char *from, const char *to)
{
    struct pen_xml_text *const text = &r->run.text;
    while (from < to) {
        const char *const cr = memchr(from, '\r', (size_t)(to - from));
        if (cr == NULL) break;
        PEN_TRY(pen_xml_append(r, text, from, cr));
        PEN_TRY(pen_xml_append_copy(r, text, PEN_S("\n"), cr));
        from = cr + 1;
        if (from < r->end && *from == '\n') from++;
    }
    return from < to ? pen_xml_append(r, text, from, to) : PEN_OK;
}

/* White space between two tags, which most of it is: nothing to remember. */
static bool skip_layout(struct pen_xml_reader *r)
{
    const char *p = r->at;
    while (p < r->end && pen_xml_is(*p, PEN_XML_SPACE)) {
        p++;
    }
    if (r->end - p < 2 || p[0] != '<' || p[1] == '!' || p[1] == '?') return false;
    r->at = p;
    return true;
}

static const char *text_end(const char *p, const char *end)
{
    while (p < end && !pen_xml_is(*p, PEN_XML_TEXT_STOP)) {
        p++;
    }
    return p;
}

/* At a byte of text that is not just itself: '&', CR, or a bracket that must not end a section. */
static enum pen_status read_special(struct pen_xml_reader *r)
{
    const char *const start = r->at;
    char decoded[4] = {'\n'};
    size_t length = 1;
    switch (*start) {
    case ']':
        if (pen_xml_peek(r, PEN_S("]]>")) == PEN_XML_MATCHES) {
            return pen_xml_fail(r, PEN_ERR_SYNTAX, "xml.cdata");
        }
        r->at++;
        return pen_xml_append(r, &r->run.text, start, r->at);
    case '\r':
        r->at += pen_xml_peek(r, PEN_S("\r\n")) == PEN_XML_MATCHES ? 2 : 1;
        break;
    default:
        PEN_TRY(pen_xml_reference(r, decoded, &length));
        break;
    }
    return pen_xml_append_copy(r, &r->run.text, (struct pen_str){decoded, length}, start);
}

enum pen_status pen_xml_characters(struct pen_xml_reader *r)
{
    if (!r->run.begun && skip_layout(r)) return PEN_OK;
    begin_piece(r);
    for (;;) {
        const char *const plain = r->at;
        r->at = text_end(plain, r->end);
        PEN_TRY(pen_xml_append(r, &r->run.text, plain, r->at));
        if (r->at == r->end || *r->at == '<') break;
        PEN_TRY(read_special(r));
    }
    r->run.place.end = pen_xml_here(r);
    return pen_xml_check_length(r, r->run.text.bytes.len);
}

static enum pen_status add_text(struct pen_xml_reader *r, struct pen_str name, struct pen_str text,
                                struct pen_place place)
{
    struct pen_json *node;
    PEN_TRY(pen_xml_node(r, PEN_JSON_STRING, name, &node));
    node->text = text;
    node->place = place;
    return PEN_OK;
}

/* The piece that ends here. The first one waits for a second. */
static enum pen_status end_piece(struct pen_xml_reader *r)
{
    struct pen_xml_run *const run = &r->run;
    if (!run->begun) return PEN_OK;

    const struct pen_str piece = pen_str_slice(run->text.bytes, run->piece, run->text.bytes.len);
    const struct pen_place place = {run->piece_from, run->place.end};
    run->piece = run->text.bytes.len;
    if (pen_xml_is_blank(piece)) return PEN_OK;

    if (!run->has_first) {
        run->has_first = true;
        run->first = piece;
        run->first_place = place;
        return PEN_OK;
    }
    if (!run->divided) PEN_TRY(add_text(r, PEN_S("#part"), run->first, run->first_place));
    run->divided = true;
    return add_text(r, PEN_S("#part"), piece, place);
}

enum pen_status pen_xml_divide(struct pen_xml_reader *r)
{
    return end_piece(r);
}

enum pen_status pen_xml_cdata(struct pen_xml_reader *r)
{
    PEN_TRY(end_piece(r));
    begin_piece(r);
    const struct pen_str rest = pen_xml_rest(r);
    size_t end = pen_str_find(rest, ']', 0);
    while (end < rest.len && !pen_str_starts(pen_str_slice(rest, end, rest.len), PEN_S("]]>"))) {
        end = pen_str_find(rest, ']', end + 1);
    }
    PEN_TRY(append_lines(r, r->at, r->at + end));
    r->at += end;
    r->run.place.end = pen_xml_here(r);
    PEN_TRY(pen_xml_expect(r, PEN_S("]]>")));
    PEN_TRY(pen_xml_check_length(r, r->run.text.bytes.len));
    return end_piece(r);
}

enum pen_status pen_xml_end_text(struct pen_xml_reader *r)
{
    struct pen_xml_run *const run = &r->run;
    if (!run->begun) return PEN_OK;

    PEN_TRY(end_piece(r));
    run->begun = false;
    if (!run->has_first) return PEN_OK; /* white space */

    r->tree.open->text.len += run->text.bytes.len;
    r->tree.open->place.end++;
    return add_text(r, (struct pen_str){text_name, sizeof(text_name) - 1}, run->text.bytes,
                    run->place);
}

/* An element's own texts. While it is open its node's `text.len` is room enough for them joined,
   and `place.end` says how many there are: nothing has to be looked at twice, or at all as a rule.
 */

static bool is_aside(const struct pen_json *node)
{
    return node->type == PEN_JSON_STRING && node->name.len > 0
           && (node->name.ptr[0] == '?' || pen_str_equal(node->name, PEN_S("#comment")));
}

/* Returns the length. Between two child elements white space may have stood alone: bytes that no
   node covers. */
static size_t join(const struct pen_json *element, char *out)
{
    size_t length = 0;
    size_t aside = 0; /* bytes of comments and PIs since the child before */
    bool behind_element = false;
    size_t covered = 0;
    for (const struct pen_json *child = element->first; child != NULL; child = child->next) {
        if (is_aside(child)) aside += child->place.end - child->place.start;
        const bool text = child->name.ptr == text_name;
        if (!text && child->type != PEN_JSON_OBJECT) continue;

        if (text) {
            memcpy(out + length, child->text.ptr, child->text.len);
            length += child->text.len;
        } else if (behind_element && length > 0 && child->place.start - covered > aside) {
            out[length++] = ' ';
        }
        behind_element = !text;
        covered = child->place.end;
        aside = 0;
    }
    return length;
}

enum pen_status pen_xml_join_texts(struct pen_xml_reader *r)
{
    struct pen_json *const element = r->tree.open;
    const size_t room = element->text.len;
    const size_t texts = element->place.end;
    element->text.len = 0;
    element->place.end = 0;
    if (texts < 2) return PEN_OK;

    char *const joined = pen_arena_bytes(r->tree.arena, room);
    if (joined == NULL) return pen_xml_fail(r, PEN_ERR_NOMEM, "xml.memory");
    const size_t length = join(element, joined);
    pen_arena_trim(r->tree.arena, joined, room, length);
    PEN_TRY(pen_xml_check_length(r, length));
    return add_text(r, PEN_S("#joined"), (struct pen_str){joined, length},
                    (struct pen_place){element->name_place.end, pen_xml_here(r)});
}
