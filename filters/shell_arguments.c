/** One look at each byte; what depends on its neighbours is asked of few. */
#include "filters/shell_arguments.h"

#include <string.h>

#include "filters/shell_globs.h"

/* What a byte says of the argument that it is in. */
enum {
    LETTER = 1,
    NUMBER = 2, /* or its dot */
    SLASH = 4,
    SIGIL = 8, /* of a variable */
    QUOTE = 16,
    PATTERN = 32,
    CONTEXT = 64, /* depends on what stands beside it */
    DOTTED = 128, /* not of a byte: a dot within a name */
};

static const unsigned char says[128] = {
    ['A'] = LETTER,  ['B'] = LETTER,  ['C'] = LETTER,  ['D'] = LETTER,
    ['E'] = LETTER,  ['F'] = LETTER,  ['G'] = LETTER,  ['H'] = LETTER,
    ['I'] = LETTER,  ['J'] = LETTER,  ['K'] = LETTER,  ['L'] = LETTER,
    ['M'] = LETTER,  ['N'] = LETTER,  ['O'] = LETTER,  ['P'] = LETTER,
    ['Q'] = LETTER,  ['R'] = LETTER,  ['S'] = LETTER,  ['T'] = LETTER,
    ['U'] = LETTER,  ['V'] = LETTER,  ['W'] = LETTER,  ['X'] = LETTER,
    ['Y'] = LETTER,  ['Z'] = LETTER,  ['a'] = LETTER,  ['b'] = LETTER,
    ['c'] = LETTER,  ['d'] = LETTER,  ['e'] = LETTER,  ['f'] = LETTER,
    ['g'] = LETTER,  ['h'] = LETTER,  ['i'] = LETTER,  ['j'] = LETTER,
    ['k'] = LETTER,  ['l'] = LETTER,  ['m'] = LETTER,  ['n'] = LETTER,
    ['o'] = LETTER,  ['p'] = LETTER,  ['q'] = LETTER,  ['r'] = LETTER,
    ['s'] = LETTER,  ['t'] = LETTER,  ['u'] = LETTER,  ['v'] = LETTER,
    ['w'] = LETTER,  ['x'] = LETTER,  ['y'] = LETTER,  ['z'] = LETTER,
    ['0'] = NUMBER,  ['1'] = NUMBER,  ['2'] = NUMBER,  ['3'] = NUMBER,
    ['4'] = NUMBER,  ['5'] = NUMBER,  ['6'] = NUMBER,  ['7'] = NUMBER,
    ['8'] = NUMBER,  ['9'] = NUMBER,  ['_'] = LETTER,  ['.'] = NUMBER | CONTEXT,
    ['/'] = SLASH,   ['\\'] = SLASH,  ['$'] = SIGIL,   ['%'] = SIGIL,
    ['"'] = QUOTE,   ['\''] = QUOTE,  ['?'] = PATTERN, ['*'] = PATTERN,
    ['['] = PATTERN, [':'] = CONTEXT, ['<'] = CONTEXT, ['>'] = CONTEXT,
};

/* A sign at `at` that says something together with its neighbours. */
static unsigned int read_sign(struct pen_str word, size_t at, struct pen_shell_arguments *out)
{
    switch (word.ptr[at]) {
    case '.':
        return at > 0 && at + 1 < word.len && pen_is_alpha(word.ptr[at + 1]) ? DOTTED : 0;
    case ':':
        if (pen_str_stands(word, at, PEN_S("://"))) out->url = true;
        return 0;
    case '<':
        out->redirect = true;
        if (at == 0 && pen_str_starts(word, PEN_S("<<<"))) out->fed = true;
        return 0;
    default: /* '>', and no arrow */
        if (at == 0 || (word.ptr[at - 1] != '-' && word.ptr[at - 1] != '=')) out->redirect = true;
        return 0;
    }
}

void pen_shell_read_argument(struct pen_str word, struct pen_shell_arguments *out)
{
    size_t letters = 0;
    size_t digits = 0;
    unsigned int seen = 0;
    const char first = word.ptr[0];
    const char second = word.len > 1 ? word.ptr[1] : '\0';
    for (size_t i = 0; i < word.len; i++) {
        const unsigned char c = (unsigned char)word.ptr[i];
        const unsigned int kind = c < 0x80 ? says[c] : LETTER;
        letters += kind & LETTER;
        digits += (kind & NUMBER) / NUMBER;
        seen |= kind;
        if ((kind & CONTEXT) != 0) seen |= read_sign(word, i, out);
    }
    const bool inner_dot = (seen & DOTTED) != 0;
    if ((seen & SLASH) != 0) out->path = true;
    if ((seen & SIGIL) != 0) out->variable = true;
    if ((seen & QUOTE) != 0) out->quoted = true;
    const bool drive = second == ':' && word.len == 2;
    if (drive || first == '~' || (first == '.' && word.len < 3) || (first == '*' && word.len > 1)) {
        out->path = true;
    }
    if (first == '-' && (second == '-' || pen_is_alnum(second))) {
        out->option = true;
    }
    if (first == '/' && word.len < 5 && pen_is_alpha(second)) out->option = true;
    if (digits == word.len && pen_is_digit(first)) out->number = true;
    if ((out->path || inner_dot || letters < word.len) && pen_shell_secret(word))
        out->secret = true;
    if ((seen & PATTERN) != 0 && !out->secret && pen_shell_globbed_secret(word)) {
        out->secret = true;
    }
    if (memchr("/~%\\\"'<>", first, 8) != NULL || second == ':') {
        if (pen_shell_system(word)) out->system = true;
    }
    /* "nice." and "it's" are words of a sentence too. */
    if (inner_dot) out->dotted = true;
    const bool plain = letters > 0 && !inner_dot && !drive && letters + 1 >= word.len
                       && first != '-' && first != '/' && first != '$' && first != '%'
                       && first != '*' && first != '.' && first != '\'' && first != '"';
    if (plain) out->plain++;
    if (out->count == 0) {
        out->first_plain = plain;
        out->code = (first == '=' && word.len <= 2) || (first == ':' && word.len < 3)
                    || (word.len == 2 && second == '=');
    }
    out->count++;
}
