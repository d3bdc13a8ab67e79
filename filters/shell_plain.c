/**
 * A look ahead: "pen & ink", "a=1&b=2" and most lines of a text have separators, but behind them no
 * word that a shell would run. Reading their parts and arguments would only show that.
 */
#include <string.h>

#include "filters/shell_lexer.h"

#define FEW_WORDS   64
#define CLOSE_BYTES 6

enum kind {
    OTHER,    /* ends or disguises a word, or is a mark that is none of these: the lexer's */
    ORDINARY, /* of a word */
    BLANK,
    MARK,  /* parts commands */
    ENDS,  /* the word; what is behind is no part of it */
    ANGLE, /* the same, but for a parenthesis behind it */
};

/* As the lexer reads them. Quotes, '/', '*' and their like only count in the word: behind it they
   are an argument's. */
static inline enum kind kind_of(char c)
{
    if (pen_is_alnum(c) || (unsigned char)c >= 0x80) return ORDINARY;
    switch (c) {
    case '_':
    case '-':
    case '.':
    case ':':
    case ',':
    case '=':
    case '~':
    case '@':
    case '!':
    case ']':
        return ORDINARY;
    case ' ':
    case '\t':
    case '\v':
    case '\f':
        return BLANK;
    case ';':
    case '|':
    case '&':
    case '\n':
    case '\r':
        return MARK;
    case ')':
    case '}':
    case '#':
    case '(':
        return ENDS;
    case '<':
    case '>':
        return ANGLE;
    default:
        return OTHER;
    }
}

/* The byte at `at` makes a mark out of more than itself: a back-tick, "$(", "<(", "\n". */
static bool may_mark(struct pen_str text, size_t at)
{
    const char c = text.ptr[at];
    if (c == '`' || c == '\\') return true;
    const bool opens = c == '$' || c == '<' || c == '>';
    return opens && at + 1 < text.len && text.ptr[at + 1] == '(';
}

/* "a=1": its end, or `at`. */
static size_t behind_assignment(struct pen_str text, size_t at)
{
    size_t end = at;
    while (end < text.len && pen_is_name_char(text.ptr[end])) {
        end++;
    }
    const bool sets =
        end > at && end + 1 < text.len && text.ptr[end] == '=' && text.ptr[end + 1] != '=';
    if (!sets) return at;
    while (end < text.len && kind_of(text.ptr[end]) == ORDINARY) {
        end++;
    }
    return end;
}

/* The value of an assignment goes on to a blank; what else ends it here is for the lexer. */
static bool ends_value(struct pen_str text, size_t at)
{
    if (at == text.len) return true;
    const enum kind kind = kind_of(text.ptr[at]);
    return kind == BLANK || kind == MARK;
}

/* Blanks, and what the lexer skips before a word. */
static size_t skip_lead(struct pen_str text, size_t at)
{
    while (at < text.len
           && (kind_of(text.ptr[at]) == BLANK || text.ptr[at] == '(' || text.ptr[at] == '!'
               || text.ptr[at] == '@')) {
        at++;
    }
    return at;
}

/* The word at `at` is no command, and no program's path: behind it, or text.len + 1 where that is
   not so. */
static size_t behind_word(struct pen_str text, size_t at)
{
    char word[PEN_SHELL_WORD];
    size_t length = 0;
    size_t end = at;
    enum kind kind = MARK;
    for (; end < text.len; end++) {
        kind = kind_of(text.ptr[end]);
        if (kind == ORDINARY) {
            if (length < PEN_SHELL_WORD - 1) word[length++] = text.ptr[end];
        } else if (text.ptr[end] == '/') {
            word[length] = '\0';
            if (pen_shell_program_folder(word)) return text.len + 1;
            length = 0;
        } else {
            break;
        }
    }
    if (end < text.len && kind == OTHER) return text.len + 1;
    word[length] = '\0';
    /* What runs another command is one. */
    return pen_shell_command_of(word) == PEN_SHELL_UNKNOWN ? end : text.len + 1;
}

bool pen_shell_is_plain(struct pen_str text)
{
    size_t at = 0;
    size_t words = 0;
    while (at < text.len) {
        /* So close to each other are no lines and no parts of a list: the look ahead would cost as
           much as what it spares. */
        if (words++ > FEW_WORDS && words * CLOSE_BYTES > at) return false;
        at = skip_lead(text, at);
        const size_t value = behind_assignment(text, at);
        if (value > at) {
            if (!ends_value(text, value)) return false;
            at = skip_lead(text, value);
            if (behind_assignment(text, at) > at) return false; /* several: no text of words */
        }
        at = behind_word(text, at);
        while (at < text.len && kind_of(text.ptr[at]) != MARK) {
            if (may_mark(text, at)) return false;
            at++;
        }
        if (at > text.len) return false;
        at++;
    }
    return true;
}
