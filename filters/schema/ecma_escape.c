/**
 * Escapes and classes of ECMA-262 expressions.
 *
 * Annex B lets '\' stand before any character that means nothing. Of that only marks are taken:
 * "\-" and "\_" are everywhere. A letter that means nothing here means something in another
 * dialect ("\A", "\Z", "\h", "\Q"), and reading it as itself would quietly drop what was meant.
 */
#include "filters/schema/ecma_reader.h"

#define FIRST_LEAD  UINT32_C(0xd800)
#define FIRST_TRAIL UINT32_C(0xdc00)
#define LAST_TRAIL  UINT32_C(0xdfff)

static bool take_byte(struct pen_ecma_reader *r, char byte)
{
    if (r->at == r->source.len || r->source.ptr[r->at] != byte) return false;
    r->at++;
    return true;
}

static bool take_hex(struct pen_ecma_reader *r, size_t digits, uint32_t *out)
{
    uint32_t value = 0;
    for (size_t i = 0; i < digits; i++) {
        const int digit = pen_hex_value(pen_ecma_peek(r, i));
        if (digit < 0) return false;
        value = value << 4 | (uint32_t)digit;
    }
    r->at += digits;
    *out = value;
    return true;
}

/* Behind "\u{", up to behind the '}'. */
static bool take_braced(struct pen_ecma_reader *r, uint32_t *out)
{
    uint32_t value = 0;
    size_t digits = 0;
    for (int digit; (digit = pen_hex_value(pen_ecma_peek(r, 0))) >= 0; r->at++) {
        value = value << 4 | (uint32_t)digit;
        if (value > PEN_LAST_CODE_POINT) return false;
        digits++;
    }
    *out = value;
    return digits > 0 && take_byte(r, '}');
}

/* Behind "\u". A lead and a trail surrogate in two escapes are one character. */
static bool take_unicode(struct pen_ecma_reader *r, uint32_t *out)
{
    if (take_byte(r, '{')) return take_braced(r, out);
    if (!take_hex(r, 4, out)) return false;
    if (*out < FIRST_LEAD || *out >= FIRST_TRAIL) return true;

    const size_t behind = r->at;
    uint32_t trail = 0;
    if (take_byte(r, '\\') && take_byte(r, 'u') && take_hex(r, 4, &trail) && trail >= FIRST_TRAIL
        && trail <= LAST_TRAIL) {
        *out = 0x10000 + ((*out - FIRST_LEAD) << 10) + (trail - FIRST_TRAIL);
    } else {
        r->at = behind;
    }
    return true;
}

/* Annex B: up to three octal digits, of no more than \377. The first stands at the place. */
static uint32_t take_octal(struct pen_ecma_reader *r)
{
    uint32_t value = 0;
    for (size_t i = 0; i < 3; i++) {
        const char digit = pen_ecma_peek(r, 0);
        if (digit < '0' || digit > '7' || value > 037) break;
        value = value * 8 + (uint32_t)(digit - '0');
        r->at++;
    }
    return value;
}

static bool is_syntax(char c)
{
    static const char marks[] = "^$\\.*+?()[]{}|/";
    return c != '\0' && memchr(marks, c, sizeof(marks) - 1) != NULL;
}

/* Behind "\p" or "\P". */
static enum pen_status read_property(struct pen_ecma_reader *r, struct pen_ecma_set *set,
                                     bool negated)
{
    const size_t start = r->at;
    const size_t end = pen_str_find(r->source, '}', start);
    if (pen_ecma_peek(r, 0) != '{' || end == r->source.len) {
        return pen_ecma_fail(r, PEN_ERR_SYNTAX, start, "\\p without a name in braces");
    }
    r->at = end + 1;
    const enum pen_status status =
        pen_ecma_set_add_property(set, pen_str_slice(r->source, start + 1, end), negated, r->arena);
    return status != PEN_ERR_SYNTAX
               ? status
               : pen_ecma_fail(r, status, start, "no such Unicode property, or none known here");
}

/* Behind "\c". */
static enum pen_status read_control(struct pen_ecma_reader *r, bool in_class, uint32_t *out)
{
    const char c = pen_ecma_peek(r, 0);
    const bool lenient = in_class && !r->strict && (pen_is_digit(c) || c == '_');
    if (!pen_is_alpha(c) && !lenient) {
        return pen_ecma_fail(r, PEN_ERR_SYNTAX, r->at, "\\c without a letter");
    }
    r->at++;
    *out = (uint32_t)c % 32;
    return PEN_OK;
}

/* CharacterEscape: what stands for one character, inside of classes and outside. `at`: the '\'. */
static enum pen_status read_character(struct pen_ecma_reader *r, size_t at, bool in_class,
                                      uint32_t *out)
{
    if (r->at == r->source.len) {
        return pen_ecma_fail(r, PEN_ERR_SYNTAX, at, "nothing behind '\\'");
    }
    const char c = pen_ecma_peek(r, 0);
    if (c == '0' && !pen_is_digit(pen_ecma_peek(r, 1))) {
        r->at++;
        *out = 0;
        return PEN_OK;
    }
    if (c >= '0' && c <= '7' && !r->strict) {
        *out = take_octal(r);
        return PEN_OK;
    }
    const uint32_t code = pen_ecma_take(r);
    switch (c) {
    case 'f':
        *out = '\f';
        return PEN_OK;
    case 'n':
        *out = '\n';
        return PEN_OK;
    case 'r':
        *out = '\r';
        return PEN_OK;
    case 't':
        *out = '\t';
        return PEN_OK;
    case 'v':
        *out = '\v';
        return PEN_OK;
    case 'c':
        return read_control(r, in_class, out);
    case 'x':
        if (take_hex(r, 2, out)) return PEN_OK;
        return pen_ecma_fail(r, PEN_ERR_SYNTAX, at, "\\x without two hexadecimal digits");
    case 'u':
        if (take_unicode(r, out)) return PEN_OK;
        return pen_ecma_fail(r, PEN_ERR_SYNTAX, at, "\\u without a code point");
    default:
        break;
    }
    *out = code;
    if (is_syntax(c) || (in_class && c == '-')) return PEN_OK;
    if (r->strict || pen_is_alnum(c)) {
        return pen_ecma_fail(r, PEN_ERR_SYNTAX, at,
                             "an escape that ECMA-262 does not have with the flag \"u\"");
    }
    return PEN_OK;
}

static bool is_class_escape(char c)
{
    return c != '\0' && strchr("dDwWsSpP", c) != NULL;
}

static enum pen_status read_class_escape(struct pen_ecma_reader *r, struct pen_ecma_set *set,
                                         struct pen_ecma_atom *out)
{
    const char c = pen_ecma_peek(r, 0);
    r->at++;
    out->is_class = true;
    out->is_property = pen_to_lower(c) == 'p';
    if (pen_to_lower(c) == 'p') return read_property(r, set, c == 'P');
    return pen_ecma_set_add_class(set, c, r->arena);
}

enum pen_status pen_ecma_read_name(struct pen_ecma_reader *r, struct pen_str *out)
{
    const size_t start = r->at;
    const size_t end = pen_str_find(r->source, '>', start);
    const struct pen_str name = pen_str_slice(r->source, start, end);
    bool good = end < r->source.len && name.len > 0 && !pen_is_digit(name.ptr[0]);
    /* Which letters beyond ASCII may stand in a name only Unicode's tables know; all are taken. */
    for (size_t i = 0; good && i < name.len; i++) {
        good = pen_is_script_name_char(name.ptr[i]) || (unsigned char)name.ptr[i] >= 0x80;
    }
    if (!good) return pen_ecma_fail(r, PEN_ERR_SYNTAX, start, "a group's name is expected here");
    r->at = end + 1;
    *out = name;
    return PEN_OK;
}

/* Behind "\k". */
static enum pen_status read_named_reference(struct pen_ecma_reader *r, uint32_t *out)
{
    const size_t at = r->at;
    if (!take_byte(r, '<')) {
        return pen_ecma_fail(r, PEN_ERR_SYNTAX, at, "\\k without a group's name");
    }
    struct pen_str name;
    PEN_TRY(pen_ecma_read_name(r, &name));
    for (uint32_t i = 0; i < r->name_count; i++) {
        if (!pen_str_equal(name, r->names[i].text)) continue;
        *out = r->names[i].number;
        return PEN_OK;
    }
    return pen_ecma_fail(r, PEN_ERR_SYNTAX, at, "a reference to a group that does not exist");
}

/* A digit but 0 stands at the place. Annex B would read "\8" as "8" where there are no eight
   groups: such a reference is a slip, and no text that was meant. */
static enum pen_status read_numbered_reference(struct pen_ecma_reader *r, uint32_t *out)
{
    const size_t at = r->at;
    uint32_t number = 0;
    for (; pen_is_digit(pen_ecma_peek(r, 0)); r->at++) {
        if (number <= r->group_count) {
            number = number * 10 + (uint32_t)(pen_ecma_peek(r, 0) - '0');
        }
    }
    *out = number;
    if (number <= r->group_count) return PEN_OK;
    return pen_ecma_fail(r, PEN_ERR_SYNTAX, at, "a reference to a group that does not exist");
}

enum pen_status pen_ecma_read_escape(struct pen_ecma_reader *r, struct pen_ecma_set *set,
                                     struct pen_ecma_atom *out)
{
    *out = (struct pen_ecma_atom){0};
    const size_t at = r->at - 1;
    const char c = pen_ecma_peek(r, 0);
    if (is_class_escape(c)) return read_class_escape(r, set, out);
    if (c >= '1' && c <= '9') return read_numbered_reference(r, &out->group);
    if (c == 'k') {
        r->at++;
        return read_named_reference(r, &out->group);
    }
    if (c == 'b' || c == 'B') {
        r->at++;
        out->is_boundary = true;
        out->code = (uint32_t)c;
        return PEN_OK;
    }
    return read_character(r, at, false, &out->code);
}

/* ClassAtom: one character, or a class that goes into the set at once. */
static enum pen_status read_class_atom(struct pen_ecma_reader *r, struct pen_ecma_set *set,
                                       struct pen_ecma_atom *out)
{
    *out = (struct pen_ecma_atom){0};
    const size_t at = r->at;
    if (!take_byte(r, '\\')) {
        out->code = pen_ecma_take(r);
        return PEN_OK;
    }
    if (is_class_escape(pen_ecma_peek(r, 0))) return read_class_escape(r, set, out);
    if (take_byte(r, 'b')) {
        out->code = '\b';
        return PEN_OK;
    }
    return read_character(r, at, true, &out->code);
}

static enum pen_status add_atom(struct pen_ecma_reader *r, struct pen_ecma_set *set,
                                struct pen_ecma_atom atom)
{
    return atom.is_class ? PEN_OK : pen_ecma_set_add(set, atom.code, atom.code, r->arena);
}

/* `from` was read, and "-" behind it, which no ']' follows. */
static enum pen_status read_range(struct pen_ecma_reader *r, struct pen_ecma_set *set,
                                  struct pen_ecma_atom from, size_t at)
{
    struct pen_ecma_atom to;
    PEN_TRY(read_class_atom(r, set, &to));
    if (from.is_class || to.is_class) {
        /* Annex B: all three are members, as in [\w-.]. It does not know \p, which stands for
           letters there, of which the last may begin a range. */
        if (r->strict || from.is_property || to.is_property) {
            return pen_ecma_fail(r, PEN_ERR_SYNTAX, at, "a class ends no range");
        }
        PEN_TRY(add_atom(r, set, from));
        PEN_TRY(add_atom(r, set, to));
        return pen_ecma_set_add(set, '-', '-', r->arena);
    }
    if (from.code > to.code) {
        return pen_ecma_fail(r, PEN_ERR_SYNTAX, at, "a range that ends before it begins");
    }
    return pen_ecma_set_add(set, from.code, to.code, r->arena);
}

enum pen_status pen_ecma_read_class(struct pen_ecma_reader *r, struct pen_ecma_set *set)
{
    const size_t start = r->at - 1;
    const bool negated = take_byte(r, '^');
    while (!take_byte(r, ']')) {
        const size_t at = r->at;
        if (at == r->source.len) {
            return pen_ecma_fail(r, PEN_ERR_SYNTAX, start, "a class without its ']'");
        }
        struct pen_ecma_atom from;
        PEN_TRY(read_class_atom(r, set, &from));
        const bool ranges =
            pen_ecma_peek(r, 0) == '-' && pen_ecma_peek(r, 1) != ']' && r->at + 1 < r->source.len;
        if (!ranges) {
            PEN_TRY(add_atom(r, set, from));
            continue;
        }
        r->at++;
        PEN_TRY(read_range(r, set, from, at));
    }
    return pen_ecma_set_seal(set, negated, r->arena);
}
