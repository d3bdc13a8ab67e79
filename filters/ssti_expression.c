/**
 * One pass over the tokens with the last two remembered. What counts is either a word that only
 * leads out of a template, or an ordinary word in a place where it does (`class` before a dot, a
 * command's name before a parenthesis).
 */
#include "filters/ssti_expression.h"

#include <string.h>

#include "filters/shell_names.h"
#include "filters/ssti_words.h"

#define WORD_MOST 48 /* no name that is looked up is longer */

enum token { NOTHING, WORD, NUMBER, TEXT, OPERATOR, OTHER };

/* What stands behind "request." in the members of it that tell about the server. */
static const struct pen_str insides[] = {
    PEN_STR("application"),  PEN_STR("environ"), PEN_STR("server"),
    PEN_STR("get.template"), PEN_STR("meta"),
};

/* What a byte is to the tokens; names go on with digits. */
enum kind { SIGN, BLANK, QUOTE, NAME, DIGIT };

static const unsigned char kinds[256] = {
    [' '] = BLANK, ['\t'] = BLANK, ['\n'] = BLANK, ['\r'] = BLANK, ['\''] = QUOTE, ['"'] = QUOTE,
    ['$'] = NAME,  ['_'] = NAME,   ['A'] = NAME,   ['B'] = NAME,   ['C'] = NAME,   ['D'] = NAME,
    ['E'] = NAME,  ['F'] = NAME,   ['G'] = NAME,   ['H'] = NAME,   ['I'] = NAME,   ['J'] = NAME,
    ['K'] = NAME,  ['L'] = NAME,   ['M'] = NAME,   ['N'] = NAME,   ['O'] = NAME,   ['P'] = NAME,
    ['Q'] = NAME,  ['R'] = NAME,   ['S'] = NAME,   ['T'] = NAME,   ['U'] = NAME,   ['V'] = NAME,
    ['W'] = NAME,  ['X'] = NAME,   ['Y'] = NAME,   ['Z'] = NAME,   ['a'] = NAME,   ['b'] = NAME,
    ['c'] = NAME,  ['d'] = NAME,   ['e'] = NAME,   ['f'] = NAME,   ['g'] = NAME,   ['h'] = NAME,
    ['i'] = NAME,  ['j'] = NAME,   ['k'] = NAME,   ['l'] = NAME,   ['m'] = NAME,   ['n'] = NAME,
    ['o'] = NAME,  ['p'] = NAME,   ['q'] = NAME,   ['r'] = NAME,   ['s'] = NAME,   ['t'] = NAME,
    ['u'] = NAME,  ['v'] = NAME,   ['w'] = NAME,   ['x'] = NAME,   ['y'] = NAME,   ['z'] = NAME,
    ['0'] = DIGIT, ['1'] = DIGIT,  ['2'] = DIGIT,  ['3'] = DIGIT,  ['4'] = DIGIT,  ['5'] = DIGIT,
    ['6'] = DIGIT, ['7'] = DIGIT,  ['8'] = DIGIT,  ['9'] = DIGIT,
};

struct reading {
    struct pen_str text;
    size_t at;
    enum token last;
    enum token before;
    enum token before_last;
    char sign;      /* of the last operator */
    bool word_only; /* one word so far and nothing else */
    bool computes;
    bool request; /* the word stands in it */
    bool asks;    /* for a member of the engine's own object */
    bool reaches;
    unsigned uses; /* of the last word */
    size_t call;   /* the last opening parenthesis */
};

/* The byte behind `at`, white space skipped; NUL at the end. */
static inline char next_sign(const struct reading *r, size_t at)
{
    if (at < r->text.len && pen_is_blank(r->text.ptr[at])) at = pen_str_skip_blank(r->text, at);
    return at < r->text.len ? r->text.ptr[at] : '\0';
}

static bool is_dunder(struct pen_str word)
{
    return word.len > 4 && pen_str_starts(word, PEN_S("__")) && pen_str_ends(word, PEN_S("__"));
}

static void take(struct reading *r, enum token token)
{
    r->before_last = r->before;
    r->before = r->last;
    r->last = token;
}

/* "@java.lang.Runtime@getRuntime", not "@item.title": a static member has a sign of its own. */
static bool is_static(struct pen_str text, size_t at)
{
    const size_t start = at;
    while (at < text.len && at - start < 128
           && (pen_is_script_name_char(text.ptr[at]) || text.ptr[at] == '.')) {
        at++;
    }
    return (at < text.len && text.ptr[at] == '@')
           || pen_str_contains_fold(pen_str_slice(text, start, at), PEN_S(".lang."))
           || pen_str_starts_fold(pen_str_slice(text, start, at), PEN_S("java."));
}

/* Whose members no template shows on purpose. */
static bool is_engine_object(struct pen_str word)
{
    return pen_str_equal(word, PEN_S("config")) || pen_str_equal(word, PEN_S("self"));
}

static void read_word(struct reading *r, enum pen_ssti_engine engine)
{
    const size_t start = r->at;
    while (r->at < r->text.len && kinds[(unsigned char)r->text.ptr[r->at]] >= NAME) {
        r->at++;
    }
    const struct pen_str word = {r->text.ptr + start, r->at - start};
    const char next = next_sign(r, r->at);
    const char previous = start > 0 ? r->text.ptr[start - 1] : '\0';
    if (r->last != NOTHING) r->word_only = false;
    take(r, WORD);
    if (word.len > WORD_MOST) return;
    const unsigned uses = pen_ssti_word(word);
    r->uses = uses;
    if ((uses & PEN_SSTI_REQUEST) != 0) r->request = true;
    /* "${SECRET_KEY}" is a variable of a shell's or a deployment's, "config.SECRET_KEY" is read. */
    const bool reaching = (uses & PEN_SSTI_REACHING) != 0
                          && (start > 0 || !pen_str_equal_fold(word, PEN_S("secret_key")));
    if (reaching || is_dunder(word)) r->reaches = true;
    if (next == '(' && (uses & PEN_SSTI_CALL) != 0) r->reaches = true;
    if ((uses & PEN_SSTI_OWNER) != 0 && (next == '.' || next == '[') && engine != PEN_SSTI_LOOSE
        && previous != '-') {
        /* "request.config.x" is an application's own; "config.x" at the head is the engine's.
           "${java.version}", "${process.env.X}" only name something: to reach is to call. */
        const bool own = start == 0 || previous != '.' || word.len == 5;
        if (own && r->call > start && r->call < r->text.len) r->reaches = true;
        if (own && is_engine_object(word)) r->asks = true;
    }
    /* "${#context['xwork...']}": OGNL keeps its own settings in a map of that name. */
    if (previous == '#' && next == '[' && pen_str_equal(word, PEN_S("context"))) r->reaches = true;
    /* SpEL's type operator and OGNL's static reference. */
    if (next == '(' && word.len == 1 && word.ptr[0] == 'T') r->reaches = true;
    if (previous == '@' && next == '.' && engine != PEN_SSTI_LOOSE && is_static(r->text, start)) {
        r->reaches = true;
    }
    /* "'a'.toUpperCase()": a method of a constant; to join and to format are what templates do. */
    if (r->before_last == TEXT && previous == '.' && next == '(' && (uses & PEN_SSTI_FORMAT) == 0) {
        r->computes = true;
    }
    /* "7|mul:7" */
    if (r->before_last == NUMBER && r->before == OPERATOR && r->sign == '|') r->computes = true;
    if (engine == PEN_SSTI_STATEMENT && pen_str_equal(word, PEN_S("import")) && next != '\0'
        && next != '"' && next != '\'') {
        r->reaches = true;
    }
    if ((uses & PEN_SSTI_FILTER) != 0 && r->before == OPERATOR && r->sign == '|' && next == '(') {
        const size_t open = pen_str_find(r->text, '(', r->at);
        const char argument = next_sign(r, open + 1);
        if (argument == '\'' || argument == '"' || word.len == 4) r->reaches = true;
    }
}

static void read_number(struct reading *r)
{
    const bool after_number = r->before == NUMBER && r->last == OPERATOR;
    while (r->at < r->text.len && (pen_is_digit(r->text.ptr[r->at]) || r->text.ptr[r->at] == '.')) {
        r->at++;
    }
    r->word_only = false;
    /* "'7'*7" */
    if (r->before == TEXT && r->last == OPERATOR && r->sign == '*') r->computes = true;
    if (after_number && (r->sign == '*' || r->sign == '+' || r->sign == '-' || r->sign == '/')) {
        r->computes = true;
    }
    take(r, NUMBER);
}

/* "__class__", "\x5f\x5fclass": the names of Python's insides. */
static bool hides_underscores(struct pen_str inside)
{
    if (inside.len < 4) return false;
    for (size_t at = pen_str_find(inside, '\\', 0); at < inside.len;
         at = pen_str_find(inside, '\\', at + 1)) {
        if (pen_str_stands(inside, at, PEN_S("\\x5f"))) return true;
    }
    for (size_t at = pen_str_find(inside, '_', 0); inside.len > 4 && at + 1 < inside.len;
         at = pen_str_find(inside, '_', at + 1)) {
        if (inside.ptr[at + 1] == '_') return true;
    }
    return false;
}

/* A quoted text; what is spelled in escapes inside one is hidden from whoever reads it. */
static void read_text(struct reading *r)
{
    const char quote = r->text.ptr[r->at];
    const size_t start = ++r->at;
    while (r->at < r->text.len && r->text.ptr[r->at] != quote) {
        r->at += r->text.ptr[r->at] == '\\' && r->at + 1 < r->text.len ? 2 : 1;
    }
    const struct pen_str inside = pen_str_slice(r->text, start, r->at);
    if (r->at < r->text.len) r->at++;
    r->word_only = false;
    if (hides_underscores(inside)) r->reaches = true;
    if ((pen_ssti_word(inside) & PEN_SSTI_REACHING) != 0) r->reaches = true;
    /* "7*'7'": which engine answers 49, and which 7777777? */
    if (r->before == NUMBER && r->last == OPERATOR && r->sign == '*') r->computes = true;
    /* "'o'+'s'": a word in pieces is one that a check would know. */
    if (r->before == TEXT && r->last == OPERATOR && (r->sign == '+' || r->sign == '~')) {
        r->computes = true;
    }
    /* include('/etc/passwd') */
    if (pen_shell_secret(inside)) r->reaches = true;
    take(r, TEXT);
}

static void read_sign(struct reading *r, enum pen_ssti_engine engine)
{
    const char c = r->text.ptr[r->at++];
    /* Code in back-ticks is Ruby's and Perl's way to a shell. */
    if (c == '`' && (engine == PEN_SSTI_STATEMENT || engine == PEN_SSTI_RUBY)) r->reaches = true;
    r->word_only = false;
    r->sign = c;
    /* "7**7" is one operator, "7 , 7" none. */
    if (r->last != OPERATOR) take(r, c == ',' || c == ';' || c == ':' ? OTHER : OPERATOR);
}

static bool names_inside(struct pen_str inside)
{
    const struct pen_str request = PEN_STR("request");
    for (size_t dot = pen_str_find(inside, '.', request.len); dot < inside.len;
         dot = pen_str_find(inside, '.', dot + 1)) {
        if (!pen_str_stands_fold(inside, dot - request.len, request)) continue;
        for (size_t i = 0; i < PEN_COUNT_OF(insides); i++) {
            if (pen_str_stands_fold(inside, dot + 1, insides[i])) return true;
        }
    }
    return false;
}

enum pen_ssti_power pen_ssti_expression(struct pen_str inside, enum pen_ssti_engine engine)
{
    const char *const call = inside.len > 0 ? memrchr(inside.ptr, '(', inside.len) : NULL;
    struct reading r = {.text = inside,
                        .word_only = true,
                        .call = call == NULL ? inside.len : (size_t)(call - inside.ptr)};
    while (r.at < inside.len && !r.reaches) {
        const char c = inside.ptr[r.at];
        switch ((enum kind)kinds[(unsigned char)c]) {
        case BLANK:
            r.at++;
            break;
        case DIGIT:
            read_number(&r);
            break;
        case NAME:
            read_word(&r, engine);
            break;
        case QUOTE:
            read_text(&r);
            break;
        case SIGN:
            read_sign(&r, engine);
            break;
        }
    }
    if (r.request && engine != PEN_SSTI_LOOSE && names_inside(inside)) r.reaches = true;
    if (r.reaches) return PEN_SSTI_REACHES;
    if (r.computes) return PEN_SSTI_COMPUTES;
    /* "{% debug %}" tells all there is. */
    const unsigned alone = r.word_only ? r.uses : 0;
    const bool object = engine == PEN_SSTI_BRACES && (alone & PEN_SSTI_OBJECT_WORD) != 0;
    const bool tells = engine == PEN_SSTI_STATEMENT && (alone & PEN_SSTI_TELLS) != 0;
    const bool asks = r.asks && engine == PEN_SSTI_BRACES;
    return object || tells || asks ? PEN_SSTI_OBJECT : PEN_SSTI_NAMES;
}
