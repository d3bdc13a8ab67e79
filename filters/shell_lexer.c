/** Marks, words and arguments; each byte is looked at a fixed number of times. */
#include "filters/shell_lexer.h"

#include <string.h>

#include "filters/shell_arguments.h"
#include "filters/shell_names.h"

#define QUOTED_BYTES 24 /* of a quoted piece within a word; longer ones are quoted text */
#define BRACED_BYTES 64 /* of ${...} */
#define ASSIGNMENTS  8  /* variables set before one command */

struct word {
    struct pen_shell_part *part;
    size_t at;
    struct pen_str text;
    bool plus;
    char folder[PEN_SHELL_WORD]; /* the path's last component but one */
    bool foreign; /* the path is one of Windows': its backslashes take nothing apart */
};

static bool is_blank(const struct word *w, char c)
{
    return c == ' ' || c == '\t' || c == '\v' || c == '\f' || (w->plus && c == '+');
}

static char byte_at(const struct word *w, size_t at)
{
    return at < w->text.len ? w->text.ptr[at] : '\0';
}

/* The bytes that mark_at() looks at. */
static const bool may_mark[256] = {
    [';'] = true, ['|'] = true,  ['&'] = true, ['\n'] = true, ['\r'] = true,
    ['`'] = true, ['\\'] = true, ['$'] = true, ['<'] = true,  ['>'] = true,
};

/* What separates commands here: its bytes, 0 for nothing. */
static size_t mark_at(struct pen_str text, size_t at, bool spelled, enum pen_shell_mark *mark)
{
    const char next = at + 1 < text.len ? text.ptr[at + 1] : '\0';
    switch (text.ptr[at]) {
    case ';':
        *mark = PEN_SHELL_SEMICOLON;
        return 1;
    case '|':
        *mark = next == '|' ? PEN_SHELL_OR : PEN_SHELL_PIPE;
        return next == '|' ? 2 : 1;
    case '&':
        *mark = next == '&' ? PEN_SHELL_AND : PEN_SHELL_BACK;
        return next == '&' ? 2 : 1;
    case '\n':
    case '\r':
        *mark = PEN_SHELL_LINE;
        return 1;
    case '`':
        /* who``ami: nothing is run and nothing comes out */
        if (next == '`' && at > 0 && at + 2 < text.len && pen_is_name_char(text.ptr[at - 1])
            && pen_is_name_char(text.ptr[at + 2])) {
            return 0;
        }
        if (at > 1 && text.ptr[at - 1] == '`' && at + 1 < text.len && pen_is_name_char(next)
            && pen_is_name_char(text.ptr[at - 2])) {
            return 0;
        }
        *mark = PEN_SHELL_TICK;
        return 1;
    case '\\':
        *mark = PEN_SHELL_SPELLED_LINE;
        /* "C:\new" is a path; a text that begins or ends so has line breaks. */
        return (next == 'n' || next == 'r') && (spelled || at + 2 == text.len) ? 2 : 0;
    case '$':
    case '<':
    case '>':
        *mark = PEN_SHELL_SUBSTITUTION;
        if (next == '(' && at + 2 < text.len && text.ptr[at + 2] == ')') return 0; /* wh$()oami */
        return next == '(' ? 2 : 0;
    default:
        return 0;
    }
}

static void add(struct word *w, char c)
{
    struct pen_shell_part *const part = w->part;
    if (part->length < PEN_SHELL_WORD - 1) part->word[part->length] = c;
    part->length++;
}

/* A component of a path ends: what comes behind is the word. */
static void end_component(struct word *w, char sign)
{
    struct pen_shell_part *const part = w->part;
    const size_t length = part->length < PEN_SHELL_WORD ? part->length : PEN_SHELL_WORD - 1;
    memcpy(w->folder, part->word, length);
    w->folder[length] = '\0';
    w->foreign = w->foreign || sign == '\\' || memchr(part->word, ':', length) != NULL;
    part->path = true;
    part->length = 0;
}

/* $'\x63at': the characters that escapes stand for. */
static void ansi_quoted(struct word *w, size_t end)
{
    while (w->at < end) {
        char c = w->text.ptr[w->at++];
        if (c == '\\' && w->at < end) {
            const char kind = w->text.ptr[w->at];
            unsigned int value = 0;
            size_t at = kind == 'x' ? w->at + 1 : w->at;
            const int base = kind == 'x' ? 16 : 8;
            const size_t first = at;
            while (at < end && at - first < 3 && pen_hex_value(w->text.ptr[at]) >= 0
                   && pen_hex_value(w->text.ptr[at]) < base) {
                value = value * (unsigned int)base + (unsigned int)pen_hex_value(w->text.ptr[at++]);
                if (base == 16 && at - first == 2) break;
            }
            if (at > first) {
                w->at = at;
                c = (char)(value & 0x7f);
            }
        }
        add(w, c);
    }
}

/* c'a't, ""id: a short quoted piece of a word. False where the quote is none of the word's. */
static bool quoted_piece(struct word *w, bool ansi)
{
    const char quote = byte_at(w, w->at);
    size_t end = w->at + 1;
    while (end < w->text.len && end - w->at < QUOTED_BYTES && w->text.ptr[end] != quote) {
        if (is_blank(w, w->text.ptr[end]) || w->text.ptr[end] == '\n') return false;
        end++;
    }
    if (byte_at(w, end) != quote) return false;
    w->at++;
    if (ansi) {
        ansi_quoted(w, end);
    } else {
        while (w->at < end) {
            if (w->text.ptr[w->at] == '/') {
                end_component(w, '/');
            } else {
                add(w, w->text.ptr[w->at]);
            }
            w->at++;
        }
    }
    w->at = end + 1;
    w->part->disguised = true;
    return true;
}

/* $IFS, ${IFS%??}, $IFS$9: white space. */
static bool is_ifs(struct pen_str name)
{
    return pen_str_starts(name, PEN_S("IFS"));
}

/* ${PATH:0:1}: the first byte of a variable that holds paths. */
static bool is_slash(struct pen_str inside)
{
    return pen_str_equal(inside, PEN_S("PATH:0:1")) || pen_str_equal(inside, PEN_S("HOME:0:1"))
           || pen_str_equal(inside, PEN_S("PWD:0:1"));
}

/* A variable in a word. False: it is white space, so the word ends. */
static bool variable(struct word *w)
{
    const size_t start = w->at;
    const char next = byte_at(w, start + 1);
    if (next == '\'') {
        w->at++;
        return quoted_piece(w, true);
    }
    if (next == '(') { /* "$()": an open one with anything in it is a mark */
        w->part->disguised = true;
        w->at = start + 3;
        return true;
    }
    size_t end = start + 2;
    if (next == '{') {
        while (end < w->text.len && end - start < BRACED_BYTES && w->text.ptr[end] != '}') {
            end++;
        }
        const struct pen_str inside = pen_str_slice(w->text, start + 2, end);
        if (is_ifs(inside)) return false;
        if (byte_at(w, end) == '}') end++;
        if (is_slash(inside)) {
            end_component(w, '/');
            w->part->disguised = true;
            w->at = end;
            return true;
        }
    } else if (pen_is_name_char(next) && !pen_is_digit(next)) {
        while (end < w->text.len && pen_is_name_char(w->text.ptr[end])) {
            end++;
        }
        if (is_ifs(pen_str_slice(w->text, start + 1, end))) return false;
    } else if (next == '\0' || memchr("@*#!?-$0123456789", next, 17) == NULL) {
        w->at++;
        return true;
    }
    if (w->part->length > 0 || pen_is_name_char(byte_at(w, end))) w->part->disguised = true;
    w->part->variable = true;
    w->at = end;
    return true;
}

/* Blanks, $IFS, and what may stand before a command word. */
static void skip_lead(struct word *w)
{
    for (; w->at < w->text.len; w->at++) {
        const char c = w->text.ptr[w->at];
        if (is_blank(w, c)) {
            w->part->led = true;
        } else if (c == '$' && is_ifs(pen_str_slice(w->text, w->at + 1, w->text.len))) {
            w->at += 3;
            w->part->spaced = true;
        } else if (c == '$' && byte_at(w, w->at + 1) == '{'
                   && is_ifs(pen_str_slice(w->text, w->at + 2, w->text.len))) {
            w->at = pen_str_find(w->text, '}', w->at);
            w->part->spaced = true;
        } else if (c != '(' && c != '!' && c != '@' && c != '+'
                   && !(c == '{' && byte_at(w, w->at + 1) == ' ')) {
            return;
        }
    }
}

/* The command word; stops at what ends it. */
static void read_word(struct word *w, size_t end)
{
    struct pen_shell_part *const part = w->part;
    const bool brace = byte_at(w, w->at) == '{' && pen_is_name_char(byte_at(w, w->at + 1));
    if (brace) w->at++;
    while (w->at < end) {
        const char c = w->text.ptr[w->at];
        const char next = byte_at(w, w->at + 1);
        if (is_blank(w, c) || c == '<' || c == '>' || c == ')' || c == '}' || c == '#') break;
        if (c == '(') {
            part->called = true;
            break;
        }
        if (brace && c == ',') {
            part->spaced = true;
            break;
        }
        if (c == '\'' || c == '"') {
            if (quoted_piece(w, false)) continue;
            if (part->length > 0 || part->path) break;
            w->at++; /* the quote that the text ends */
            continue;
        }
        if (c == '$') {
            if (variable(w)) continue;
            part->spaced = true;
            break;
        }
        if (c == '%' && pen_is_name_char(next)) {
            const size_t close = pen_str_find(pen_str_slice(w->text, 0, end), '%', w->at + 1);
            if (close < end) {
                part->variable = true;
                w->at = close + 1;
                continue;
            }
        }
        if (c == '`' && next == '`') {
            part->disguised = true;
            w->at += 2;
            continue;
        }
        if (c == '^'
            || (c == '\\' && pen_is_name_char(next) && !w->foreign && part->length > 0
                && memchr(part->word, ':',
                          part->length < PEN_SHELL_WORD ? part->length : PEN_SHELL_WORD - 1)
                       == NULL)) {
            part->disguised = true;
        } else if (c == '/' || (c == '\\' && next != '\0')) {
            end_component(w, c);
        } else if (c != '\\') {
            if (c == '?' || c == '*' || c == '[') part->wild = true;
            add(w, c);
        }
        w->at++;
    }
    part->word[part->length < PEN_SHELL_WORD ? part->length : PEN_SHELL_WORD - 1] = '\0';
    part->program_path = part->path && pen_shell_program_folder(w->folder);
}

/* NAME=value before the command. */
static bool skip_assignment(struct word *w, size_t end)
{
    size_t at = w->at;
    while (at < end && pen_is_name_char(w->text.ptr[at])) {
        at++;
    }
    if (at == w->at || at >= end || w->text.ptr[at] != '=' || byte_at(w, at + 1) == '=')
        return false;
    while (at < end && !is_blank(w, w->text.ptr[at])) {
        at++;
    }
    w->at = at;
    w->part->assigned = true;
    return true;
}

/* Options, numbers and variables that are set, before the command of a wrapper; true: the last was
   an option, so that one word more may be its value. */
static bool skip_options(struct word *w, size_t end)
{
    bool option = false;
    for (size_t words = 0; words < ASSIGNMENTS; words++) {
        skip_lead(w);
        size_t stop = w->at;
        while (stop < end && !is_blank(w, w->text.ptr[stop])) {
            stop++;
        }
        const char first = byte_at(w, w->at);
        if (first == '-' || (pen_is_digit(first) && stop - w->at < 5)) {
            option = first == '-';
            w->at = stop;
        } else if (!skip_assignment(w, end)) {
            break;
        }
    }
    return option;
}

/* "sudo -u x id": the command is what the wrapper runs, if that is one. */
static void unwrap(struct word *w, size_t end)
{
    struct pen_shell_part *const part = w->part;
    const struct pen_shell_part outer = *part;
    const size_t outer_at = w->at;
    for (size_t tries = 0; tries < 2; tries++) {
        const bool option = skip_options(w, end);
        part->length = 0;
        read_word(w, end);
        part->command = pen_shell_command_of(part->word);
        if (part->command != PEN_SHELL_UNKNOWN && !part->called) return;
        if (!option) break;
    }
    *part = outer;
    w->at = outer_at;
}

static void read_arguments(struct word *w, size_t end, struct pen_shell_arguments *out)
{
    size_t at = w->at;
    while (at < end) {
        while (at < end && (is_blank(w, w->text.ptr[at]) || w->text.ptr[at] == ',')) {
            at++;
        }
        const size_t start = at;
        while (at < end && !is_blank(w, w->text.ptr[at])) {
            at++;
        }
        struct pen_str word = pen_str_slice(w->text, start, at);
        /* What closes the place that the text was put into is no argument; nor is a comment. */
        while (word.len > 0 && memchr("\"')}]", word.ptr[word.len - 1], 5) != NULL
               && (word.len == 1 || memchr("\"'({[", word.ptr[0], 5) == NULL)) {
            word.len--;
        }
        if (word.len > 0 && word.ptr[0] == '#') return;
        if (word.len > 0) pen_shell_read_argument(word, out);
    }
}

/* "|+dir+c:": a sum has no bar before its sign, and a number behind it. */
static bool has_plus_lead(struct pen_str text)
{
    if (text.len > 1 && text.ptr[0] == '+' && pen_is_alpha(text.ptr[1])) return true;
    for (size_t at = pen_str_find(text, '+', 0); at < text.len;
         at = pen_str_find(text, '+', at + 1)) {
        const bool mark = at > 0 && memchr("|&;", text.ptr[at - 1], 3) != NULL;
        if (mark && at + 1 < text.len && pen_is_alpha(text.ptr[at + 1])) return true;
    }
    return false;
}

struct pen_shell pen_shell_begin(struct pen_str text)
{
    size_t lead = 0;
    while (lead < text.len && memchr("'\" ", text.ptr[lead], 3) != NULL) {
        lead++;
    }
    const struct pen_str head = pen_str_slice(text, lead, text.len);
    return (struct pen_shell){
        .text = text,
        .next = PEN_SHELL_START,
        .spelled = pen_str_starts(head, PEN_S("\\n")) || pen_str_starts(head, PEN_S("\\r")),
        .plus = pen_str_find(text, ' ', 0) == text.len || has_plus_lead(text)};
}

bool pen_shell_may_run(const struct pen_shell_part *part)
{
    return part->command != PEN_SHELL_UNKNOWN || part->length == 0 || part->path || part->wild
           || part->spaced || part->variable;
}

bool pen_shell_next(struct pen_shell *shell, struct pen_shell_part *out)
{
    const struct pen_str text = shell->text;
    if (shell->at > text.len) return false;

    const size_t start = shell->at;
    size_t end = start;
    size_t mark = 0;
    enum pen_shell_mark next = PEN_SHELL_START;
    while (end < text.len
           && (!may_mark[(unsigned char)text.ptr[end]]
               || (mark = mark_at(text, end, shell->spelled, &next)) == 0)) {
        end++;
    }
    memset(out, 0, sizeof(*out));
    out->mark = shell->next;
    out->span = (struct pen_span){shell->mark_at, end};
    shell->mark_at = end;
    shell->at = end < text.len ? end + mark : text.len + 1;
    shell->next = next;
    if (end == start) return true; /* mark behind mark */

    struct word w = {
        .part = out, .at = start, .text = pen_str_slice(text, 0, end), .plus = shell->plus};
    skip_lead(&w);
    for (size_t n = 0; n < ASSIGNMENTS && skip_assignment(&w, end); n++) {
        skip_lead(&w);
    }
    read_word(&w, end);
    out->command = pen_shell_command_of(out->word);
    /* What runs another command is one. */
    const bool may_wrap = out->command != PEN_SHELL_UNKNOWN && !out->called;
    if (out->mark != PEN_SHELL_START && may_wrap && pen_shell_is_wrapper(out->word)) {
        unwrap(&w, end);
    }
    if (shell->all || pen_shell_may_run(out)) read_arguments(&w, end, &out->arguments);
    return true;
}
