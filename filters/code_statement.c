/**
 * `$var->name(...);` is no price, no template's variable and no call of jQuery: a dollar sign with
 * a name, an arrow, a call and a semicolon are a statement of PHP (or Perl), and as the whole of a
 * value one that somebody hopes to have run. What a sentence or a longer program holds is not
 * looked at: those have words or lines beside it. Nor is what needs the program around it: $this,
 * and other variables as arguments.
 */
#include "filters/code_statement.h"

#include <string.h>

#define LONGEST 240 /* bytes: a longer one is a file's line */

struct reader {
    struct pen_str text;
    size_t at;
};

static bool at_byte(const struct reader *r, char byte)
{
    return r->at < r->text.len && r->text.ptr[r->at] == byte;
}

static bool take(struct reader *r, struct pen_str sign)
{
    if (!pen_str_starts(pen_str_slice(r->text, r->at, r->text.len), sign)) return false;
    r->at += sign.len;
    return true;
}

static void skip_blank(struct reader *r)
{
    r->at = pen_str_skip_blank(r->text, r->at);
}

/* A name, not a number; of a class with the names of its spaces. Its length. */
static size_t take_name(struct reader *r, bool spaces)
{
    const size_t start = r->at;
    while (r->at < r->text.len) {
        const char c = r->text.ptr[r->at];
        const bool digit = pen_is_digit(c) && r->at > start;
        if (!pen_is_alpha(c) && c != '_' && !digit && !(spaces && c == '\\')) break;
        r->at++;
    }
    return r->at - start;
}

/* Behind the bracket that closes the one at hand, strings jumped over; false: none does, or there
   are variables in it. */
static bool take_brackets(struct reader *r)
{
    const struct pen_str text = r->text;
    size_t depth = 0;
    while (r->at < text.len) {
        const char c = text.ptr[r->at++];
        if (c == '$') return false;
        if (c == '(' || c == '[' || c == '{') depth++;
        if ((c == ')' || c == ']' || c == '}') && --depth == 0) return true;
        if (c != '"' && c != '\'') continue;
        while (r->at < text.len && text.ptr[r->at] != c) {
            r->at += text.ptr[r->at] == '\\' ? 2 : 1;
        }
        r->at++;
    }
    return false;
}

/* $a->b['c']->d(): `calls` when a method is called. */
static bool take_chain(struct reader *r, bool *calls)
{
    *calls = false;
    if (take(r, PEN_S("$this->")) || !take(r, PEN_S("$")) || take_name(r, false) == 0) return false;

    bool method = false;
    for (;;) {
        if (take(r, PEN_S("->")) || take(r, PEN_S("?->")) || take(r, PEN_S("::"))) {
            if (take_name(r, false) == 0) return false;
            method = true;
        } else if (at_byte(r, '(')) {
            if (!take_brackets(r)) return false;
            *calls = *calls || method;
        } else if (at_byte(r, '[')) {
            if (!take_brackets(r)) return false;
        } else {
            return true;
        }
    }
}

static bool ends(struct reader *r)
{
    skip_blank(r);
    return take(r, PEN_S(";")) && r->at == r->text.len;
}

/* new Name\Space\Thing(...) */
static bool takes_new(struct reader *r)
{
    if (!take(r, PEN_S("new "))) return false;
    skip_blank(r);
    return take_name(r, true) > 0 && at_byte(r, '(') && take_brackets(r);
}

/* unlink("x"); : a file that the statement names itself is changed. */
static bool changes_file(struct reader *r)
{
    static const struct pen_str names[] = {
        PEN_STR("unlink"),  PEN_STR("file_put_contents"),
        PEN_STR("rename"),  PEN_STR("copy"),
        PEN_STR("mkdir"),   PEN_STR("rmdir"),
        PEN_STR("chmod"),   PEN_STR("chown"),
        PEN_STR("touch"),   PEN_STR("link"),
        PEN_STR("symlink"), PEN_STR("move_uploaded_file"),
    };
    const size_t start = r->at;
    (void)take_name(r, false);
    const struct pen_str name = pen_str_slice(r->text, start, r->at);
    if (!pen_str_is_among_fold(name, names, PEN_COUNT_OF(names)) || !at_byte(r, '(')) return false;

    const size_t first = pen_str_skip_blank(r->text, r->at + 1);
    const bool literal =
        first < r->text.len && (r->text.ptr[first] == '"' || r->text.ptr[first] == '\'');
    return literal && take_brackets(r);
}

bool pen_code_is_statement(struct pen_str text)
{
    struct reader r = {.text = pen_str_trim(text)};
    if (r.text.len < 4 || r.text.len > LONGEST || r.text.ptr[r.text.len - 1] != ';') return false;
    if (memchr(r.text.ptr, '\n', r.text.len) != NULL) return false;

    (void)take(&r, PEN_S("@")); /* PHP: no word about failures */
    if (!at_byte(&r, '$')) return changes_file(&r) && ends(&r);

    bool calls = false;
    if (!take_chain(&r, &calls)) return false;
    if (calls) return ends(&r);
    skip_blank(&r);
    if (!take(&r, PEN_S("="))) return false;
    skip_blank(&r);
    if (at_byte(&r, '$')) return take_chain(&r, &calls) && calls && ends(&r);
    return takes_new(&r) && ends(&r);
}
