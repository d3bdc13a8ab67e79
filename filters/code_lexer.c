/** Told apart by the first character; no token is read twice. */
#include "filters/code_lexer.h"

#include <string.h>

#define PREFIX_BYTES 2 /* b'', rb"": of Python's strings */

static char at(const struct pen_code_lexer *l, size_t ahead)
{
    return l->at + ahead < l->text.len ? l->text.ptr[l->at + ahead] : '\0';
}

/* What a byte may begin: S white space, L a word, D a number, Q a string, B a sign that is always
 * alone, C a comment. */
static char class_of(char c)
{
    static const char classes[] = ".........SSSSS.................."
                                  "S.QC...QBB...C.CDDDDDDDDDD.B...."
                                  ".LLLLLLLLLLLLLLLLLLLLLLLLLLB.B.L"
                                  "QLLLLLLLLLLLLLLLLLLLLLLLLLLB.B.."
                                  "LLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLL"
                                  "LLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLL"
                                  "LLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLL"
                                  "LLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLL";
    return classes[(unsigned char)c];
}

static bool is_word(char c)
{
    return class_of(c) == 'L' || class_of(c) == 'D';
}

static bool is_letter(char c)
{
    return class_of(c) == 'L';
}

/* Signs that are operators alone or twice ('/', "//"), and those that '=' makes another one of. */
static bool is_operator(char c)
{
    switch (c) {
    case '-':
    case '*':
    case '/':
    case '%':
    case '|':
    case '&':
    case '?':
    case '<':
    case '>':
    case ':':
    case '!':
    case '=':
        return true;
    default:
        return false;
    }
}

static bool takes_equals(char c)
{
    return (is_operator(c) && c != '?' && c != ':') || c == '+' || c == '.' || c == '^';
}

static bool compares(char c)
{
    return c == '=' || c == '!' || c == '<' || c == '>';
}

/* What stands in [start, end), which is within the text. */
static struct pen_str between(const struct pen_code_lexer *l, size_t start, size_t end)
{
    return (struct pen_str){l->text.ptr + start, end - start};
}

static void skip_line(struct pen_code_lexer *l)
{
    l->at = pen_str_find(l->text, '\n', l->at);
    l->cut = l->at == l->text.len;
}

/* Does a comment to the end of the line begin here? What else the signs mean needs a value. */
static bool begins_line_comment(const struct pen_code_lexer *l, bool spaced)
{
    if (at(l, 0) == '/') return at(l, 1) == '/';
    if (at(l, 0) == '#') return !is_letter(at(l, 1)) ? at(l, 1) != '{' : l->operand && spaced;
    return at(l, 0) == '-' && at(l, 1) == '-'
           && (at(l, 2) == ' ' || at(l, 2) == '\0' || at(l, 2) == '\n');
}

/* White space and comments; says what it was through `token`. */
static void skip_blanks(struct pen_code_lexer *l, struct pen_code_token *token)
{
    while (l->at < l->text.len) {
        const char c = l->text.ptr[l->at];
        if (c == '\n') token->line = true;
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v') {
            token->spaced = true;
            l->at++;
        } else if (c == '/' && at(l, 1) == '*') {
            size_t end = l->at + 2;
            while (end + 1 < l->text.len && memcmp(l->text.ptr + end, "*/", 2) != 0) {
                end++;
            }
            l->cut = end + 1 >= l->text.len;
            l->at = l->cut ? l->text.len : end + 2;
            l->spelled = l->spelled || !l->cut;
        } else if (begins_line_comment(l, token->spaced)) {
            skip_line(l);
        } else {
            break;
        }
    }
}

static unsigned bit_of(char quote)
{
    return quote == '\'' ? 1U : quote == '"' ? 2U : 4U;
}

/* From the opening quote on. */
static void take_string(struct pen_code_lexer *l, char quote, struct pen_code_token *token)
{
    const size_t start = l->at + 1;
    size_t end = start;
    token->kind = quote == '`' ? PEN_CODE_TICKS : PEN_CODE_STRING;
    if ((l->none & bit_of(quote)) == 0) {
        while (end < l->text.len && l->text.ptr[end] != quote) {
            end += l->text.ptr[end] == '\\' && end + 1 < l->text.len ? 2 : 1;
        }
    } else {
        end = l->text.len;
    }
    if (end > l->text.len) end = l->text.len;
    token->closed = end < l->text.len;
    if (!token->closed) l->none |= bit_of(quote);
    token->text = between(l, start, end);
    l->at = token->closed ? end + 1 : end;
}

/* """text""" of Python, ''' too. */
static bool takes_long_string(struct pen_code_lexer *l, struct pen_code_token *token)
{
    const char quote = at(l, 0);
    if (quote == '`' || at(l, 1) != quote || at(l, 2) != quote) return false;

    const struct pen_str mark = pen_str_slice(l->text, l->at, l->at + 3);
    const struct pen_str rest = pen_str_slice(l->text, l->at + 3, l->text.len);
    const size_t end = (l->none & 8U) != 0 ? rest.len : pen_str_find_str(rest, mark);
    if (end == rest.len) {
        l->none |= 8U;
        return false;
    }
    token->kind = PEN_CODE_STRING;
    token->closed = true;
    token->text = pen_str_slice(rest, 0, end);
    l->at += end + 6;
    return true;
}

static char partner(char open)
{
    switch (open) {
    case '(':
        return ')';
    case '[':
        return ']';
    case '{':
        return '}';
    case '<':
        return '>';
    default:
        return open;
    }
}

/* %x(id), qx/id/: from the opening delimiter on. */
static void take_delimited(struct pen_code_lexer *l, struct pen_code_token *token)
{
    const char close = partner(at(l, 0));
    const size_t start = l->at + 1;
    size_t end = start;
    while (end < l->text.len && l->text.ptr[end] != close && l->text.ptr[end] != '\n') {
        end++;
    }
    token->kind = PEN_CODE_TICKS;
    token->closed = end < l->text.len && l->text.ptr[end] == close;
    token->text = between(l, start, end);
    l->at = token->closed ? end + 1 : end;
}

static bool is_delimiter(char c)
{
    return c == '(' || c == '[' || c == '{' || c == '<' || c == '/' || c == '|' || c == '!';
}

static void skip_word(struct pen_code_lexer *l)
{
    while (l->at < l->text.len && is_word(l->text.ptr[l->at])) {
        l->at++;
    }
}

static void take_word(struct pen_code_lexer *l, struct pen_code_token *token)
{
    const size_t start = l->at;
    skip_word(l);
    const size_t length = l->at - start;
    if (length <= PREFIX_BYTES && (at(l, 0) == '\'' || at(l, 0) == '"')
        && memchr("bBrRuUfF", l->text.ptr[start], 8) != NULL) {
        take_string(l, at(l, 0), token);
        return;
    }
    /* don't: no string begins here. */
    while (at(l, 0) == '\'' && is_letter(at(l, 1)) && length > 0) {
        l->at++;
        skip_word(l);
    }
    token->kind = PEN_CODE_WORD;
    token->text = between(l, start, l->at);
    if (pen_str_equal(token->text, PEN_S("qx")) && is_delimiter(at(l, 0))) take_delimited(l, token);
}

static void take_variable(struct pen_code_lexer *l, struct pen_code_token *token)
{
    const size_t start = l->at++;
    skip_word(l);
    token->kind = PEN_CODE_VARIABLE;
    token->text = between(l, start, l->at);
}

static void take_number(struct pen_code_lexer *l, struct pen_code_token *token)
{
    const size_t start = l->at;
    while (is_word(at(l, 0)) || (at(l, 0) == '.' && pen_is_digit(at(l, 1)))) {
        l->at++;
    }
    token->kind = PEN_CODE_NUMBER;
    token->text = between(l, start, l->at);
}

/* Signs of two characters that are one thing. */
static void take_sign(struct pen_code_lexer *l, struct pen_code_token *token)
{
    const char c = at(l, 0);
    const char next = at(l, 1);
    token->kind = PEN_CODE_SIGN;
    token->sign = c;
    size_t length = 1;
    if ((c == '-' && next == '>') || (c == ':' && next == ':')
        || (c == '?' && next == '.' && !pen_is_digit(at(l, 2)))) {
        token->sign = '.';
        length = 2;
    } else if (c == '.' && next == '.') {
        token->sign = '+'; /* Lua joins strings so */
        length = at(l, 2) == '.' ? 3 : 2;
    } else if (c == '=' && next != '=' && next != '~') {
        token->sign = next == '>' ? ',' : '=';
        length = next == '>' ? 2 : 1;
    } else if (next == '=' && takes_equals(c)) {
        token->sign = compares(c) ? 'o' : '=';
        length = at(l, 2) == '=' ? 3 : 2;
    } else if (is_operator(c)) {
        token->sign = 'o';
        length = next == c && c != '!' ? 2 : 1;
    }
    token->text = between(l, l->at, l->at + length);
    l->at += length;
}

void pen_code_next(struct pen_code_lexer *l, struct pen_code_token *token)
{
    token->kind = PEN_CODE_END;
    token->text = (struct pen_str){NULL, 0};
    token->sign = '\0';
    token->spaced = token->line = token->closed = false;
    const char first = l->at < l->text.len ? class_of(l->text.ptr[l->at]) : '\0';
    if (first == 'S' || first == 'C') skip_blanks(l, token);
    token->start = l->at;
    if (l->at >= l->text.len) return;

    const char c = l->text.ptr[l->at];
    switch (class_of(c)) {
    case 'L':
        take_word(l, token);
        return;
    case 'D':
        take_number(l, token);
        return;
    case 'B':
        token->kind = PEN_CODE_SIGN;
        token->sign = c;
        token->text = between(l, l->at, l->at + 1);
        l->at++;
        return;
    case 'Q':
        if (c == '`' && at(l, 1) == '`' && at(l, 2) == '`') {
            token->kind = PEN_CODE_PROSE;
        } else if (!takes_long_string(l, token)) {
            take_string(l, c, token);
        }
        return;
    default:
        break;
    }
    if (c == '?' && at(l, 1) == '>') return;
    if (c == '$' && is_letter(at(l, 1))) {
        take_variable(l, token);
    } else if (c == '%' && !l->operand && at(l, 1) == 'x' && is_delimiter(at(l, 2))) {
        l->at += 2;
        take_delimited(l, token);
    } else if (c == ':' && !l->operand && is_letter(at(l, 1))) {
        l->at++;
        take_word(l, token);
        token->kind = PEN_CODE_STRING;
        token->closed = true;
    } else {
        take_sign(l, token);
    }
}
