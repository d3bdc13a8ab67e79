/**
 * What ends a string is the first quote of its kind in the text; a quoted word of ordinary prose or
 * code has its opening quote there, and that is followed by a word. Behind it an operator or the
 * end of a statement has to stand, and then something that only a script goes on with.
 */
#include "filters/nosql_script.h"

#define SHELL_TRIES 16   /* calls looked at in one text */
#define SHELL_REACH 4096 /* bytes in which a call has to end */

/* A place in the text; `at` may stand behind its end. */
struct cursor {
    struct pen_str text;
    size_t at;
};

static char here(const struct cursor *c)
{
    return c->at < c->text.len ? c->text.ptr[c->at] : '\0';
}

static char ahead(const struct cursor *c)
{
    return c->at + 1 < c->text.len ? c->text.ptr[c->at + 1] : '\0';
}

static bool at_end(const struct cursor *c)
{
    return c->at >= c->text.len;
}

static void skip_blanks(struct cursor *c)
{
    while (!at_end(c) && pen_nosql_is_blank(here(c))) {
        c->at++;
    }
}

static struct pen_str take_word(struct cursor *c)
{
    const size_t start = c->at;
    while (!at_end(c) && pen_is_script_name_char(here(c))) {
        c->at++;
    }
    return pen_str_slice(c->text, start, c->at);
}

/* A string, number or constant. The end of the text ends a string: the template closes it. */
static bool take_literal(struct cursor *c)
{
    static const struct pen_str constants[] = {PEN_STR("true"), PEN_STR("false"), PEN_STR("null"),
                                               PEN_STR("undefined")};
    const char first = here(c);
    if (pen_is_script_quote(first)) {
        c->at = pen_str_find(c->text, first, c->at + 1) + 1;
        return true;
    }
    if (pen_is_digit(first)) {
        (void)take_word(c);
        return true;
    }
    const size_t start = c->at;
    if (pen_str_is_among(take_word(c), constants, PEN_COUNT_OF(constants))) return true;
    c->at = start;
    return false;
}

static bool take_comparison(struct cursor *c)
{
    const char first = here(c);
    if ((first != '=' && first != '!') || ahead(c) != '=') return false;
    c->at += 2;
    if (here(c) == '=') c->at++;
    return true;
}

/* Where an expression may end: of the text, statement, block or the part before an operator. */
static bool ends_expression(struct cursor *c)
{
    skip_blanks(c);
    const char end = here(c);
    return at_end(c) || end == ';' || end == '}' || end == ')' || end == '&' || end == '|'
           || end == '=' || end == '!' || (end == '/' && ahead(c) == '/');
}

/* "this.password" */
static bool take_member_of_this(struct cursor *c)
{
    const struct cursor start = *c;
    if (pen_str_equal(take_word(c), PEN_S("this"))) {
        if (here(c) == '[') return true;
        if (here(c) == '.' && pen_is_alpha(ahead(c))) return true;
    }
    *c = start;
    return false;
}

static bool calls(struct cursor *c)
{
    skip_blanks(c);
    return here(c) == '(';
}

/* "/^a/.test(": a pattern, and what it is held against. */
static bool takes_pattern(struct cursor *c)
{
    const size_t end = pen_str_find(c->text, '/', c->at + 1);
    if (end >= c->text.len || end == c->at + 1) return false;
    c->at = end + 1;
    while (pen_is_alpha(here(c))) {
        c->at++;
    }
    return pen_str_stands(c->text, c->at, PEN_S(".test("))
           || pen_str_stands(c->text, c->at, PEN_S(".exec("));
}

/* "Object.keys(", "db.getCollectionNames(": what a database's script asks. */
static bool names_object(struct cursor *c)
{
    static const struct pen_str objects[] = {PEN_STR("Object"), PEN_STR("JSON"), PEN_STR("Math"),
                                             PEN_STR("db"),     PEN_STR("obj"),  PEN_STR("doc"),
                                             PEN_STR("process")};
    if (!pen_str_is_among(take_word(c), objects, PEN_COUNT_OF(objects)) || here(c) != '.') {
        return false;
    }
    c->at++;
    return take_word(c).len > 0;
}

/* Behind "return". */
static uint32_t judge_return(struct cursor *c)
{
    skip_blanks(c);
    while (here(c) == '(' || here(c) == '!') {
        c->at++;
    }
    if (take_member_of_this(c)) return 88;
    if (here(c) == ';') return 80;
    if (here(c) == '/') return takes_pattern(c) ? 85 : 0;
    const struct cursor start = *c;
    if (pen_str_equal(take_word(c), PEN_S("function"))) return calls(c) ? 88 : 0;
    *c = start;
    if (take_literal(c)) return ends_expression(c) ? 88 : 0;
    *c = start;
    return names_object(c) ? 85 : 0;
}

static uint32_t judge_sleep(struct cursor *c)
{
    if (!calls(c)) return 0;
    c->at++;
    skip_blanks(c);
    return pen_is_digit(here(c)) ? 88 : 0;
}

/* "name =" */
static bool assigns(struct cursor *c)
{
    skip_blanks(c);
    if (take_word(c).len == 0) return false;
    skip_blanks(c);
    return here(c) == '=' && ahead(c) != '=';
}

/* Behind a key word of the language; 0: it is none, or goes on as no script does. */
static uint32_t judge_word(struct pen_str word, struct cursor *c)
{
    static const struct pen_str declares[] = {PEN_STR("var"), PEN_STR("let"), PEN_STR("const")};
    static const struct pen_str heads[] = {PEN_STR("while"), PEN_STR("for"), PEN_STR("if"),
                                           PEN_STR("eval"), PEN_STR("setTimeout")};
    if (pen_str_equal(word, PEN_S("return"))) return judge_return(c);
    if (pen_str_equal(word, PEN_S("sleep"))) return judge_sleep(c);
    if (pen_str_is_among(word, declares, PEN_COUNT_OF(declares))) return assigns(c) ? 82 : 0;
    if (pen_str_is_among(word, heads, PEN_COUNT_OF(heads))) return calls(c) ? 80 : 0;
    if (pen_str_equal(word, PEN_S("function"))) {
        skip_blanks(c);
        (void)take_word(c);
        return calls(c) ? 85 : 0;
    }
    if (pen_str_equal(word, PEN_S("do"))) {
        skip_blanks(c);
        return here(c) == '{' ? 82 : 0;
    }
    if (pen_str_equal(word, PEN_S("new"))) {
        skip_blanks(c);
        (void)take_word(c);
        return calls(c) ? 80 : 0;
    }
    return 0;
}

/* "1 == 1", "''==''": what an operator is followed by to make a condition hold. "true" alone does
   so behind a string; behind a number it is any expression. */
static uint32_t judge_condition(struct cursor *c, bool was_quoted)
{
    if (!take_literal(c)) return 0;
    skip_blanks(c);
    if (take_comparison(c)) return 82;
    return was_quoted && ends_expression(c) ? 72 : 0;
}

/* What a script goes on with; `after_operator`: a value is due. */
static uint32_t judge(struct cursor *c, bool after_operator, bool was_quoted)
{
    const struct cursor start = *c;
    if (take_member_of_this(c)) return 86;
    const struct pen_str word = take_word(c);
    const uint32_t score = judge_word(word, c);
    if (score > 0) return score;

    *c = start;
    if (after_operator && was_quoted) {
        if (here(c) == '/' && takes_pattern(c)) return 85;
        *c = start;
        if (names_object(c)) return 85;
        *c = start;
    }
    if (after_operator) return judge_condition(c, was_quoted);
    /* "it=new Date();" */
    if (!assigns(c)) return 0;
    c->at++;
    skip_blanks(c);
    return pen_str_equal(take_word(c), PEN_S("new")) && judge_word(PEN_S("new"), c) > 0 ? 82 : 0;
}

/* "sleep(", "function(": what a string is joined to only to have it run. */
static bool is_called(struct cursor *c)
{
    static const struct pen_str runs[] = {PEN_STR("sleep"), PEN_STR("function"), PEN_STR("eval")};
    struct cursor ahead_of = *c;
    return pen_str_is_among(take_word(&ahead_of), runs, PEN_COUNT_OF(runs)) && calls(&ahead_of);
}

/* Closings, separators and operators; `ended` when a statement or operand ends among them. */
static void skip_separators(struct cursor *c, bool *ended, bool *is_operator)
{
    *ended = false;
    *is_operator = false;
    for (;;) {
        skip_blanks(c);
        const char first = here(c);
        if ((first == '&' || first == '|') && ahead(c) == first) {
            *ended = true;
            *is_operator = true;
            c->at += 2;
        } else if ((first == '(' || first == '!') && *is_operator && ahead(c) != '=') {
            c->at++;
        } else if (first == ';' || first == '}') {
            *ended = true;
            *is_operator = false;
            c->at++;
        } else if (first == ')' || first == ']' || first == ',') {
            c->at++;
        } else {
            return;
        }
    }
}

static uint32_t judge_break_out(struct cursor *c, bool was_quoted, struct pen_span *span)
{
    bool ended = false;
    bool is_operator = false;
    const size_t start = c->at;
    skip_separators(c, &ended, &is_operator);
    /* "' + sleep(5000) + '": a '+' is a blank of a form as well. */
    const bool joined =
        !ended && was_quoted && c->at > start
        && pen_str_find(pen_str_slice(c->text, start, c->at), '+', 0) < c->at - start;
    if (!ended && !(joined && is_called(c))) return 0;

    const uint32_t score = judge(c, is_operator, was_quoted);
    if (score > 0) {
        *span = (struct pen_span){start, c->at < c->text.len ? c->at : c->text.len};
    }
    return score;
}

/* O'Brien: a quote between two letters ends nothing. */
static bool is_apostrophe(struct pen_str text, size_t at)
{
    return at > 0 && pen_is_alpha(text.ptr[at - 1]) && at + 1 < text.len
           && pen_is_alpha(text.ptr[at + 1]);
}

static size_t find_quote(struct pen_str text, char quote)
{
    size_t at = pen_str_find(text, quote, 0);
    while (at < text.len && is_apostrophe(text, at)) {
        at = pen_str_find(text, quote, at + 1);
    }
    return at;
}

uint32_t pen_nosql_script(struct pen_str text, struct pen_span *span)
{
    static const char quotes[] = {'\'', '"', '`'};
    for (size_t i = 0; i < PEN_COUNT_OF(quotes); i++) {
        const size_t at = find_quote(text, quotes[i]);
        if (at == text.len) continue;
        struct cursor c = {text, at + 1};
        const uint32_t score = judge_break_out(&c, true, span);
        if (score > 0) return score;
    }
    /* For a number: it, or nothing, and then the end of the statement. Code begins with words. */
    struct cursor c = {text, 0};
    skip_blanks(&c);
    if (!pen_is_script_quote(here(&c))) (void)take_literal(&c);
    /* A piece of a program begins with the brace that closes another. */
    return here(&c) == '}' ? 0 : judge_break_out(&c, false, span);
}

/* The shell of MongoDB. */

static const struct pen_str changing[] = {
    PEN_STR("insert"),
    PEN_STR("insertOne"),
    PEN_STR("insertMany"),
    PEN_STR("update"),
    PEN_STR("updateOne"),
    PEN_STR("updateMany"),
    PEN_STR("replaceOne"),
    PEN_STR("remove"),
    PEN_STR("deleteOne"),
    PEN_STR("deleteMany"),
    PEN_STR("drop"),
    PEN_STR("dropDatabase"),
    PEN_STR("mapReduce"),
    PEN_STR("eval"),
    PEN_STR("runCommand"),
    PEN_STR("adminCommand"),
    PEN_STR("createUser"),
    PEN_STR("createCollection"),
    PEN_STR("shutdownServer"),
    PEN_STR("bulkWrite"),
    PEN_STR("findAndModify"),
    PEN_STR("findOneAndUpdate"),
    PEN_STR("renameCollection"),
};

static const struct pen_str reading[] = {
    PEN_STR("find"),     PEN_STR("findOne"),        PEN_STR("aggregate"),
    PEN_STR("getUsers"), PEN_STR("getCollection"),  PEN_STR("getCollectionNames"),
    PEN_STR("distinct"), PEN_STR("countDocuments"), PEN_STR("version"),
    PEN_STR("hostInfo"), PEN_STR("serverStatus"),
};

/* Behind the call's opening parenthesis: to behind its closing one, or the end of the text. */
static void skip_call(struct cursor *c)
{
    const struct pen_str near = pen_str_slice(c->text, 0, c->at + SHELL_REACH);
    size_t depth = 1;
    for (; c->at < near.len && depth > 0; c->at++) {
        depth += near.ptr[c->at] == '(';
        depth -= near.ptr[c->at] == ')';
    }
}

/* Behind "db". Where the call cannot score more than `least`, its end is not looked for. */
static uint32_t judge_call(struct cursor *c, uint32_t least)
{
    struct pen_str method = {NULL, 0};
    while (here(c) == '.') {
        c->at++;
        method = take_word(c);
    }
    uint32_t score = 0;
    if (pen_str_is_among(method, changing, PEN_COUNT_OF(changing))) score = 80;
    if (pen_str_is_among(method, reading, PEN_COUNT_OF(reading))) score = 60;
    if (score <= least || here(c) != '(') return 0;

    c->at++;
    skip_call(c);
    /* "db.getCollection('users').remove({})" */
    const struct cursor behind = *c;
    if (here(c) == '.') {
        c->at++;
        const bool changes = pen_str_is_among(take_word(c), changing, PEN_COUNT_OF(changing));
        if (changes && here(c) == '(') {
            c->at++;
            skip_call(c);
            return at_end(c) || here(c) == ';' ? 80 : score;
        }
    }
    *c = behind;
    /* A sentence goes on with words: "db.users.find() is slow". */
    return at_end(c) || here(c) == ';' || here(c) == '.' ? score : 0;
}

uint32_t pen_nosql_shell(struct pen_str text, struct pen_span *span)
{
    size_t tries = 0;
    uint32_t best = 0;
    for (size_t at = pen_str_find(text, '.', 0); at < text.len && tries < SHELL_TRIES;
         at = pen_str_find(text, '.', at + 1)) {
        if (at < 2 || text.ptr[at - 2] != 'd' || text.ptr[at - 1] != 'b') continue;
        const char before = at > 2 ? text.ptr[at - 3] : '\0';
        if (pen_is_script_name_char(before) || before == '.') continue;

        tries++;
        struct cursor c = {text, at};
        const uint32_t score = judge_call(&c, best);
        if (score <= best) continue;
        best = score;
        *span = (struct pen_span){at - 2, c.at < text.len ? c.at : text.len};
    }
    return best;
}
