/**
 * Token by token, twice: to count what comes out, and to write it.
 *
 * Only tokens are looked at, no grammar. A comma waits for the token behind it, since in front of a
 * closing bracket it goes; a word waits for the sign behind it, since in front of a colon it is a
 * name.
 */
#include "filters/core/json_mend.h"

struct mending {
    struct pen_str in;
    size_t at;
    char *out; /* NULL while counting */
    size_t made;
    bool comma; /* read and not yet written */
};

static void put(struct mending *m, char c)
{
    if (m->out != NULL) m->out[m->made] = c;
    m->made++;
}

static void put_text(struct mending *m, struct pen_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        put(m, text.ptr[i]);
    }
}

static char peek(const struct mending *m, size_t ahead)
{
    return m->in.len - m->at > ahead ? m->in.ptr[m->at + ahead] : '\0';
}

/* White space of JSON5 at `at`: JSON's, VT, FF, and of Unicode's the no-break space, the byte-order
   mark and the two separators. */
static size_t space_length(struct pen_str in, size_t at)
{
    static const struct pen_str wide[] = {PEN_STR("\xc2\xa0"), PEN_STR("\xef\xbb\xbf"),
                                          PEN_STR("\xe2\x80\xa8"), PEN_STR("\xe2\x80\xa9")};
    const char c = in.ptr[at];
    if (pen_is_space(c) || c == '\v' || c == '\f') return 1;
    if ((unsigned char)c < 0x80) return 0;
    for (size_t i = 0; i < PEN_COUNT_OF(wide); i++) {
        if (pen_str_stands(in, at, wide[i])) return wide[i].len;
    }
    return 0;
}

/* Behind the comment at `at`; `at` when there is none. One that does not end goes to the end. */
static size_t skip_comment(struct pen_str in, size_t at)
{
    if (pen_str_stands(in, at, PEN_S("/*"))) {
        const struct pen_str rest = pen_str_slice(in, at + 2, in.len);
        const size_t end = pen_str_find_str(rest, PEN_S("*/"));
        return end == rest.len ? in.len : at + 2 + end + 2;
    }
    const bool is_line = in.ptr[at] == '#' || pen_str_stands(in, at, PEN_S("//"));
    return is_line ? pen_str_find(in, '\n', at) : at;
}

static size_t skip_layout(struct pen_str in, size_t at)
{
    while (at < in.len) {
        const size_t space = space_length(in, at);
        const size_t next = space > 0 ? at + space : skip_comment(in, at);
        if (next == at) break;
        at = next;
    }
    return at;
}

static void put_comma(struct mending *m)
{
    if (m->comma) put(m, ',');
    m->comma = false;
}

/* Strings. */

/* A byte of a string's text, as JSON writes it. */
static void put_byte(struct mending *m, char c)
{
    static const char hex[] = "0123456789abcdef";
    const unsigned char byte = (unsigned char)c;
    if (c == '"' || c == '\\') {
        put(m, '\\');
        put(m, c);
    } else if (byte >= 0x20) {
        put(m, c);
    } else {
        put_text(m, PEN_S("\\u00"));
        put(m, hex[byte >> 4]);
        put(m, hex[byte & 15]);
    }
}

static bool are_hex(const struct mending *m, size_t from, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (pen_hex_value(peek(m, from + i)) < 0) return false;
    }
    return true;
}

/* At a backslash. */
static void take_escape(struct mending *m)
{
    const char c = peek(m, 1);
    m->at += m->in.len - m->at > 1 ? 2 : 1;
    switch (c) {
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        put(m, '\\');
        put(m, c);
        return;
    case 'u':
        put_text(m, are_hex(m, 0, 4) ? PEN_S("\\u") : PEN_S("u"));
        return;
    case 'x':
        put_text(m, are_hex(m, 0, 2) ? PEN_S("\\u00") : PEN_S("x"));
        return;
    case 'v':
        put_byte(m, '\v');
        return;
    case '0':
        put_byte(m, '\0');
        return;
    case '\r': /* the string goes on in the next line */
        if (peek(m, 0) == '\n') m->at++;
        return;
    case '\n':
        return;
    default:
        put_byte(m, c);
    }
}

/* At a quote. */
static enum pen_status take_string(struct mending *m)
{
    const char quote = peek(m, 0);
    put_comma(m);
    put(m, '"');
    m->at++;
    while (m->at < m->in.len && peek(m, 0) != quote) {
        if (peek(m, 0) == '\\') {
            take_escape(m);
        } else {
            put_byte(m, peek(m, 0));
            m->at++;
        }
    }
    if (m->at == m->in.len) return PEN_ERR_SYNTAX;
    put(m, '"');
    m->at++;
    return PEN_OK;
}

/* Words. */

static bool is_word_char(char c)
{
    return pen_is_script_name_char(c) || c == '.' || c == '+' || c == '-'
           || (unsigned char)c >= 0x80;
}

/* RFC 8259 section 6, but for leading zeros, which the reader refuses. */
static bool is_json_number(struct pen_str word)
{
    const char first = word.ptr[word.ptr[0] == '-' && word.len > 1 ? 1 : 0];
    const char last = word.ptr[word.len - 1];
    if (!pen_is_digit(first) || !pen_is_digit(last)) return false;
    for (size_t i = 0; i < word.len; i++) {
        const char c = word.ptr[i];
        if (!pen_is_digit(c) && c != '.' && c != '-' && c != '+' && (c | 0x20) != 'e') return false;
    }
    return true;
}

/* A word where a value should be. */
static enum pen_status put_value(struct mending *m, struct pen_str word)
{
    static const struct pen_str constants[] = {PEN_STR("true"), PEN_STR("false"), PEN_STR("null")};
    static const struct pen_str others[] = {
        PEN_STR("NaN"),  PEN_STR("Infinity"), PEN_STR("+Infinity"), PEN_STR("-Infinity"),
        PEN_STR("None"), PEN_STR("+NaN"),     PEN_STR("-NaN"),      PEN_STR("undefined"),
        PEN_STR("True"), PEN_STR("False"),
    };
    const bool is_signed = word.ptr[0] == '-' || word.ptr[0] == '+' || word.ptr[0] == '.';
    const char digit = word.ptr[is_signed && word.len > 1 ? 1 : 0];
    if (pen_str_is_among(word, constants, PEN_COUNT_OF(constants)) || is_json_number(word)) {
        put_text(m, word);
    } else if (pen_str_is_among(word, others, PEN_COUNT_OF(others))) {
        put_text(m, PEN_S("null"));
    } else if (pen_is_digit(digit) || digit == '.') {
        put(m, '0'); /* 0x1F, +1, .5, 5. */
    } else {
        return PEN_ERR_SYNTAX;
    }
    return PEN_OK;
}

/* What Python writes before a quote: u'', b''. */
static bool is_prefix(const struct mending *m, struct pen_str word)
{
    const char next = peek(m, 0);
    return (next == '"' || next == '\'') && word.len <= 2
           && pen_str_find(PEN_S("ubrUBR"), word.ptr[0], 0) < 6;
}

static enum pen_status take_word(struct mending *m)
{
    const size_t start = m->at;
    while (m->at < m->in.len && is_word_char(peek(m, 0)) && space_length(m->in, m->at) == 0) {
        m->at++;
    }
    const struct pen_str word = pen_str_slice(m->in, start, m->at);
    if (word.len == 0) return PEN_ERR_SYNTAX;
    if (is_prefix(m, word)) return PEN_OK;

    put_comma(m);
    m->at = skip_layout(m->in, m->at);
    if (peek(m, 0) != ':') return put_value(m, word);
    put(m, '"');
    put_text(m, word);
    put(m, '"');
    return PEN_OK;
}

static enum pen_status take_token(struct mending *m)
{
    const char c = peek(m, 0);
    switch (c) {
    case '"':
    case '\'':
        return take_string(m);
    case ',':
        put_comma(m);
        m->comma = true;
        break;
    case '}':
    case ']':
        m->comma = false;
        put(m, c);
        break;
    case '{':
    case '[':
    case ':':
        put_comma(m);
        put(m, c);
        break;
    default:
        return take_word(m);
    }
    m->at++;
    return PEN_OK;
}

static enum pen_status mend(struct mending *m)
{
    for (m->at = skip_layout(m->in, 0); m->at < m->in.len; m->at = skip_layout(m->in, m->at)) {
        PEN_TRY(take_token(m));
    }
    put_comma(m);
    return PEN_OK;
}

enum pen_status pen_json_mend(struct pen_str in, struct pen_arena *arena, struct pen_str *out)
{
    struct mending count = {.in = in};
    PEN_TRY(mend(&count));
    char *const memory = pen_arena_bytes(arena, count.made);
    if (memory == NULL) return PEN_ERR_NOMEM;

    struct mending write = {.in = in, .out = memory};
    PEN_TRY(mend(&write));
    *out = (struct pen_str){memory, write.made};
    return PEN_OK;
}
