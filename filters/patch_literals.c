/**
 * The expression is read once, by descent. Each part is either one of a few texts and nothing else
 * ("exact"), or something of which only a necessary text may be known.
 *
 * Whatever is not understood for certain ends the reading with nothing taken: conditions, calls of
 * groups, verbs, free spacing, quoting.
 */
#include "filters/patch_literals.h"

#include <string.h>

#define DEEPEST    24 /* groups in one another */
#define CLASS_MOST 8  /* bytes of a class that are tried one by one */
#define GOOD_BYTES 6  /* longer texts are hardly rarer */

struct part {
    bool exact;                /* it is one of `texts` */
    struct pen_literals texts; /* else: one of them occurs in it; none = nothing is known */
};

struct reading {
    struct pen_str text;
    size_t at;
    size_t depth;
    bool caseless;
    bool lost; /* not understood */
};

static bool at_end(const struct reading *r)
{
    return r->lost || r->at >= r->text.len;
}

static char peek(const struct reading *r, size_t ahead)
{
    return r->at + ahead < r->text.len ? r->text.ptr[r->at + ahead] : '\0';
}

static struct part lost(struct reading *r)
{
    r->lost = true;
    return (struct part){.exact = false};
}

static struct part unknown(void)
{
    return (struct part){.exact = false};
}

static struct part nothing_wide(void)
{
    return (struct part){.exact = true, .texts = {.count = 1}};
}

static struct part one_byte(char c)
{
    return (struct part){.exact = true, .texts = {.count = 1, .list = {{.bytes = {c}, .len = 1}}}};
}

static bool add(struct pen_literals *set, const struct pen_literal *text)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->list[i].len == text->len
            && memcmp(set->list[i].bytes, text->bytes, text->len) == 0) {
            return true;
        }
    }
    if (set->count == PEN_LITERALS_MOST) return false;
    set->list[set->count++] = *text;
    return true;
}

static bool add_all(struct pen_literals *set, const struct pen_literals *more)
{
    for (size_t i = 0; i < more->count; i++) {
        if (!add(set, &more->list[i])) return false;
    }
    return true;
}

/* 0: no necessary text at all. Long ones are better, and of equal ones few. */
static unsigned quality(const struct pen_literals *set)
{
    size_t shortest = set->count == 0 ? 0 : GOOD_BYTES;
    for (size_t i = 0; i < set->count; i++) {
        if (set->list[i].len < shortest) shortest = set->list[i].len;
    }
    return shortest == 0 ? 0 : (unsigned)(shortest * 2 * PEN_LITERALS_MOST - set->count);
}

static void keep_better(struct pen_literals *best, const struct pen_literals *other)
{
    if (quality(other) > quality(best)) *best = *other;
}

/* Each text of `a` followed by each of `b`. */
static bool join(const struct pen_literals *a, const struct pen_literals *b,
                 struct pen_literals *out)
{
    *out = (struct pen_literals){.count = 0};
    for (size_t i = 0; i < a->count; i++) {
        for (size_t j = 0; j < b->count; j++) {
            struct pen_literal text = a->list[i];
            if (text.len + b->list[j].len > PEN_LITERAL_BYTES) return false;
            memcpy(text.bytes + text.len, b->list[j].bytes, b->list[j].len);
            text.len = (uint8_t)(text.len + b->list[j].len);
            if (!add(out, &text)) return false;
        }
    }
    return true;
}

static int hex_digit(char c)
{
    if (pen_is_digit(c)) return c - '0';
    c = pen_to_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Behind "\x": "41" or "{41}". False: not one byte. */
static bool read_hex(struct reading *r, char *out)
{
    const bool braces = peek(r, 0) == '{';
    unsigned value = 0;
    size_t digits = 0;
    r->at += braces;
    while (digits < 2 && hex_digit(peek(r, 0)) >= 0) {
        value = value * 16 + (unsigned)hex_digit(peek(r, 0));
        r->at++;
        digits++;
    }
    if (braces && peek(r, 0) != '}') return false;
    r->at += braces;
    *out = (char)value;
    return digits > 0;
}

enum escape { ESCAPE_BYTE, ESCAPE_PLACE, ESCAPE_CLASS, ESCAPE_LOST };

/* Behind the backslash; moves on. */
static enum escape read_escape(struct reading *r, bool in_class, char *byte)
{
    const char c = peek(r, 0);
    if (r->at >= r->text.len) return ESCAPE_LOST;
    r->at++;
    *byte = c;
    switch (c) {
    case 'n':
        *byte = '\n';
        return ESCAPE_BYTE;
    case 'r':
        *byte = '\r';
        return ESCAPE_BYTE;
    case 't':
        *byte = '\t';
        return ESCAPE_BYTE;
    case 'f':
        *byte = '\f';
        return ESCAPE_BYTE;
    case 'x':
        return read_hex(r, byte) ? ESCAPE_BYTE : ESCAPE_LOST;
    case 'A':
    case 'B':
    case 'G':
    case 'K':
    case 'Z':
    case 'z':
        return in_class ? ESCAPE_LOST : ESCAPE_PLACE;
    case 'b':
        *byte = '\b';
        return in_class ? ESCAPE_BYTE : ESCAPE_PLACE;
    case 'd':
    case 'D':
    case 'h':
    case 'H':
    case 's':
    case 'S':
    case 'v':
    case 'V':
    case 'w':
    case 'W':
        return ESCAPE_CLASS;
    default:
        return pen_is_alpha(c) || pen_is_digit(c) ? ESCAPE_LOST : ESCAPE_BYTE;
    }
}

static struct part read_escaped(struct reading *r)
{
    char byte;
    switch (read_escape(r, false, &byte)) {
    case ESCAPE_BYTE:
        return byte == '\0' ? unknown() : one_byte(byte); /* the scan's literals have no NUL */
    case ESCAPE_PLACE:
        return nothing_wide();
    case ESCAPE_CLASS:
        return unknown();
    case ESCAPE_LOST:
        break;
    }
    return lost(r);
}

/* One byte of a class, or what makes it one of many. */
static bool read_member(struct reading *r, char *byte, bool *many)
{
    if (peek(r, 0) == '[' && (peek(r, 1) == ':' || peek(r, 1) == '.' || peek(r, 1) == '=')) {
        const size_t end = pen_str_find(r->text, ']', r->at + 2);
        r->at = end + 1;
        *many = true;
        return end < r->text.len;
    }
    *byte = peek(r, 0);
    r->at++;
    if (*byte != '\\') return true;

    const enum escape escape = read_escape(r, true, byte);
    if (escape == ESCAPE_CLASS) *many = true;
    return escape == ESCAPE_BYTE || escape == ESCAPE_CLASS;
}

/* Behind the bracket. */
static struct part read_class(struct reading *r)
{
    struct part part = {.exact = true};
    bool many = peek(r, 0) == '^';
    r->at += many;
    for (bool first = true; first || peek(r, 0) != ']'; first = false) {
        char low = '\0';
        if (at_end(r) || !read_member(r, &low, &many)) return lost(r);
        char high = low;
        if (peek(r, 0) == '-' && peek(r, 1) != ']') {
            r->at++;
            if (at_end(r) || !read_member(r, &high, &many)) return lost(r);
        }
        for (unsigned c = (unsigned char)low; !many && c <= (unsigned char)high; c++) {
            const struct pen_literal text = {.bytes = {(char)c}, .len = 1};
            if (c == '\0' || !add(&part.texts, &text) || part.texts.count > CLASS_MOST) many = true;
        }
    }
    r->at++;
    return many || part.texts.count == 0 ? unknown() : part;
}

static struct part read_alternatives(struct reading *r);

/* "(?i)" and "(?i:": false when it is none of these, or says what changes the syntax. */
static bool read_options(struct reading *r, bool *is_group)
{
    while (!at_end(r)) {
        const char c = peek(r, 0);
        r->at++;
        if (c == ')' || c == ':') {
            *is_group = c == ':';
            return true;
        }
        if (c == 'i') r->caseless = true; /* of either case is necessary wherever it holds */
        if (c != 'i' && c != 'm' && c != 's' && c != 'n' && c != 'U' && c != '-' && c != '^') {
            return false;
        }
    }
    return false;
}

static struct part read_inside(struct reading *r, bool looks)
{
    if (r->depth == DEEPEST) return lost(r);
    r->depth++;
    const struct part inside = read_alternatives(r);
    r->depth--;
    if (at_end(r) || peek(r, 0) != ')') return lost(r);
    r->at++;
    return looks ? nothing_wide() : inside;
}

/* Behind "(?". */
static struct part read_special_group(struct reading *r)
{
    const char c = peek(r, 0);
    const char next = peek(r, 1);
    if (c == ':' || c == '>' || c == '|') {
        r->at++;
        return read_inside(r, false);
    }
    if (c == '=' || c == '!') {
        r->at++;
        return read_inside(r, true);
    }
    if (c == '<' && (next == '=' || next == '!')) {
        r->at += 2;
        return read_inside(r, true);
    }
    if (c == '<' && pen_is_alpha(next)) {
        r->at = pen_str_find(r->text, '>', r->at) + 1;
        return at_end(r) ? lost(r) : read_inside(r, false);
    }
    bool is_group = false;
    if (!read_options(r, &is_group)) return lost(r);
    return is_group ? read_inside(r, false) : nothing_wide();
}

static struct part read_group(struct reading *r)
{
    if (peek(r, 0) == '*') return lost(r);
    if (peek(r, 0) != '?') return read_inside(r, false);
    r->at++;
    return read_special_group(r);
}

static struct part read_atom(struct reading *r)
{
    const char c = peek(r, 0);
    r->at++;
    switch (c) {
    case '(':
        return read_group(r);
    case '[':
        return read_class(r);
    case '\\':
        return read_escaped(r);
    case '.':
        return unknown();
    case '^':
    case '$':
        return nothing_wide();
    default:
        return c == '\0' ? unknown() : one_byte(c);
    }
}

/* How often the atom before occurs at least and at most; false: once, no quantifier stands here. */
static bool read_quantifier(struct reading *r, uint32_t *least, bool *at_most_one)
{
    const char c = peek(r, 0);
    size_t at = 1;
    *least = c == '+';
    *at_most_one = c == '?';
    if (at_end(r)) return false;
    if (c == '{') {
        uint32_t number = 0;
        /* Text to PCRE2 up to 10.42, "at most" to later ones. */
        if (peek(r, at) == ',' || peek(r, at) == ' ') r->lost = true;
        if (!pen_is_digit(peek(r, at))) return false;
        for (; pen_is_digit(peek(r, at)); at++) {
            if (number < 100000) number = number * 10 + (uint32_t)(peek(r, at) - '0');
        }
        *least = number;
        if (peek(r, at) == ',') {
            at++;
            while (pen_is_digit(peek(r, at))) {
                at++;
            }
        } else {
            *at_most_one = number <= 1;
        }
        if (peek(r, at++) != '}') {
            r->lost = peek(r, at - 1) == ' ';
            return false;
        }
    } else if (c != '*' && c != '+' && c != '?') {
        return false;
    }
    r->at += at;
    if (peek(r, 0) == '?' || peek(r, 0) == '+') r->at++;
    return true;
}

static struct part quantified(struct reading *r, struct part atom)
{
    uint32_t least;
    bool at_most_one;
    if (!read_quantifier(r, &least, &at_most_one)) return atom;
    if (least == 1 && at_most_one) return atom;
    if (least > 0) {
        atom.exact = false;
        return atom;
    }
    const struct pen_literal empty = {.len = 0};
    if (!at_most_one || !atom.exact || !add(&atom.texts, &empty)) return unknown();
    return atom;
}

static struct part read_sequence(struct reading *r)
{
    struct part run = nothing_wide(); /* what stands side by side, up to here */
    struct pen_literals best = {.count = 0};
    bool exact = true;
    while (!at_end(r) && peek(r, 0) != '|' && peek(r, 0) != ')') {
        const struct part part = quantified(r, read_atom(r));
        struct pen_literals joined;
        if (part.exact && join(&run.texts, &part.texts, &joined)) {
            run.texts = joined;
            continue;
        }
        exact = false;
        keep_better(&best, &run.texts);
        if (!part.exact) keep_better(&best, &part.texts);
        run = part.exact ? part : nothing_wide();
    }
    if (exact) return run;
    keep_better(&best, &run.texts);
    return (struct part){.exact = false, .texts = best};
}

static struct part read_alternatives(struct reading *r)
{
    struct part all = read_sequence(r);
    bool known = all.exact || quality(&all.texts) > 0;
    while (!at_end(r) && peek(r, 0) == '|') {
        r->at++;
        const struct part other = read_sequence(r);
        known = known && (other.exact || quality(&other.texts) > 0)
                && add_all(&all.texts, &other.texts);
        all.exact = all.exact && other.exact;
    }
    return known ? all : unknown();
}

bool pen_literals_take(struct pen_str expression, struct pen_literals *out)
{
    struct reading r = {.text = expression};
    struct part whole = read_alternatives(&r);
    if (r.lost || r.at < expression.len || quality(&whole.texts) == 0) return false;
    for (size_t i = 0; i < whole.texts.count; i++) {
        if (whole.texts.list[i].len < PEN_LITERAL_LEAST) return false;
    }
    whole.texts.caseless = r.caseless;
    *out = whole.texts;
    return true;
}

static bool occurs(struct pen_str text, struct pen_str wanted, bool caseless)
{
    for (size_t i = 0; i + wanted.len <= text.len; i++) {
        const struct pen_str here = pen_str_slice(text, i, i + wanted.len);
        if (caseless ? pen_str_equal_fold(here, wanted) : pen_str_equal(here, wanted)) return true;
    }
    return false;
}

bool pen_literals_occur(const struct pen_literals *literals, struct pen_str text)
{
    for (size_t i = 0; i < literals->count; i++) {
        const struct pen_str wanted = {literals->list[i].bytes, literals->list[i].len};
        if (occurs(text, wanted, literals->caseless)) return true;
    }
    return false;
}
