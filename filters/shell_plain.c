/**
 * A look ahead: "pen & ink", "a=1&b=2" and most lines of a text have separators, but behind them no
 * word that a shell would run. Reading their parts and arguments would only show that.
 */
#include <string.h>

#include "filters/shell_lexer.h"

#define FEW_WORDS   64
#define CLOSE_BYTES 6

/* As the lexer reads them. Quotes, '/', '*' and their like only count in the word: behind it they
   are an argument's. */
enum kind {
    ORDINARY, /* of a word */
    BLANK,
    ENDS,  /* the word; what is behind is no part of it */
    OTHER, /* ends or disguises a word, or is a mark that is none of these: the lexer's */
    /* From here on: what may part commands, alone or with the byte behind it. */
    TICK,   /* the same as OTHER, and begins "`" or "\n" */
    DOLLAR, /* the same as OTHER, but for a parenthesis behind it */
    ANGLE,  /* the same as ENDS, but for a parenthesis behind it */
    MARK,   /* parts commands */
};

/* clang-format off */
#define FOUR(kind)    (kind), (kind), (kind), (kind)
#define SIXTEEN(kind) FOUR(kind), FOUR(kind), FOUR(kind), FOUR(kind)

static const uint8_t kinds[256] = {
    FOUR(OTHER), FOUR(OTHER), OTHER, BLANK, MARK, BLANK, BLANK, MARK, OTHER, OTHER, SIXTEEN(OTHER),
    /*  !"# */ BLANK, ORDINARY, OTHER, ENDS,
    /* $%&' */ DOLLAR, OTHER, MARK, OTHER,
    /* ()*+ */ ENDS, ENDS, OTHER, OTHER,
    /* ,-./ */ ORDINARY, ORDINARY, ORDINARY, OTHER,
    /* 0-7  */ FOUR(ORDINARY), FOUR(ORDINARY),
    /* 89:; */ ORDINARY, ORDINARY, ORDINARY, MARK,
    /* <=>? */ ANGLE, ORDINARY, ANGLE, OTHER,
    /* @A-W */ SIXTEEN(ORDINARY), FOUR(ORDINARY), FOUR(ORDINARY),
    /* XYZ[ */ ORDINARY, ORDINARY, ORDINARY, OTHER,
    /* \]^_ */ TICK, ORDINARY, OTHER, ORDINARY,
    /* `abc */ TICK, ORDINARY, ORDINARY, ORDINARY,
    /* d-w  */ SIXTEEN(ORDINARY), FOUR(ORDINARY),
    /* xyz{ */ ORDINARY, ORDINARY, ORDINARY, OTHER,
    /* |}~  */ MARK, ENDS, ORDINARY, OTHER,
    SIXTEEN(ORDINARY), SIXTEEN(ORDINARY), SIXTEEN(ORDINARY), SIXTEEN(ORDINARY),
    SIXTEEN(ORDINARY), SIXTEEN(ORDINARY), SIXTEEN(ORDINARY), SIXTEEN(ORDINARY),
};
/* clang-format on */

static inline enum kind kind_of(char c)
{
    return (enum kind)kinds[(unsigned char)c];
}

/* The byte at `at`, of this kind, makes a mark out of more than itself: a back-tick, "$(", "<(",
   "\n". */
static bool may_mark(struct pen_str text, size_t at, enum kind kind)
{
    return kind == TICK || (at + 1 < text.len && text.ptr[at + 1] == '(');
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
    if (end < text.len && (kind == OTHER || kind == TICK || kind == DOLLAR)) return text.len + 1;
    word[length] = '\0';
    /* What runs another command is one. */
    return pen_shell_command_of(word) == PEN_SHELL_UNKNOWN ? end : text.len + 1;
}

/* From `at` on to the mark that ends the part; text.len + 1 where the lexer has to tell. */
static size_t next_mark(struct pen_str text, size_t at)
{
    for (; at < text.len; at++) {
        const enum kind kind = kind_of(text.ptr[at]);
        if (kind < TICK) continue;
        if (kind == MARK) break;
        if (may_mark(text, at, kind)) return text.len + 1;
    }
    return at;
}

bool pen_shell_is_plain(struct pen_str text)
{
    const bool sets = pen_str_find(text, '=', 0) < text.len; /* something, perhaps */
    size_t at = 0;
    size_t words = 0;
    while (at < text.len) {
        /* So close to each other are no lines and no parts of a list: the look ahead would cost as
           much as what it spares. */
        if (words++ > FEW_WORDS && words * CLOSE_BYTES > at) return false;
        at = skip_lead(text, at);
        const size_t value = sets ? behind_assignment(text, at) : at;
        if (value > at) {
            if (!ends_value(text, value)) return false;
            at = skip_lead(text, value);
            if (behind_assignment(text, at) > at) return false; /* several: no text of words */
        }
        at = next_mark(text, behind_word(text, at));
        if (at > text.len) return false;
        at++;
    }
    return true;
}
