/**
 * One pass over the tokens with the last two remembered. What counts is either a word that only
 * leads out of a template, or an ordinary word in a place where it does (`class` before a dot, a
 * command's name before a parenthesis).
 */
#include "filters/ssti_expression.h"

#include "filters/shell_names.h"

#define WORD_MOST 48 /* no name that is looked up is longer */

enum token { NOTHING, WORD, NUMBER, TEXT, OPERATOR, OTHER };

/* Names that no template gives its authors, but its engine or platform has. Sorted. */
static const struct pen_str reaching[] = {
    PEN_STR("_charset"),
    PEN_STR("_context"),
    PEN_STR("_memberaccess"),
    PEN_STR("_self"),
    PEN_STR("addattribute"),
    PEN_STR("builtins"),
    PEN_STR("child_process"),
    PEN_STR("classloader"),
    PEN_STR("constructor"),
    PEN_STR("cycler"),
    PEN_STR("defineclass"),
    PEN_STR("execsync"),
    PEN_STR("file_get_contents"),
    PEN_STR("file_put_contents"),
    PEN_STR("forname"),
    PEN_STR("freemarker"),
    PEN_STR("func_globals"),
    PEN_STR("get_flashed_messages"),
    PEN_STR("getclass"),
    PEN_STR("getdeclaredmethod"),
    PEN_STR("getenginebyname"),
    PEN_STR("getruntime"),
    PEN_STR("getsession"),
    PEN_STR("globals"),
    PEN_STR("joiner"),
    PEN_STR("lipsum"),
    PEN_STR("loadclass"),
    PEN_STR("mainmodule"),
    PEN_STR("mro"),
    PEN_STR("objectconstructor"),
    PEN_STR("ognlcontext"),
    PEN_STR("passthru"),
    PEN_STR("popen"),
    PEN_STR("proc_open"),
    PEN_STR("processbuilder"),
    PEN_STR("registerundefinedfiltercallback"),
    PEN_STR("scriptenginemanager"),
    PEN_STR("secret_key"),
    PEN_STR("shell_exec"),
    PEN_STR("spawnsync"),
    PEN_STR("subclasses"),
    PEN_STR("subprocess"),
    PEN_STR("url_for"),
};

/* Ordinary words that run something when they are called. Sorted. */
static const struct pen_str calls[] = {
    PEN_STR("assert"),        PEN_STR("attr"),    PEN_STR("call_user_func"),
    PEN_STR("compile"),       PEN_STR("debug"),   PEN_STR("dump"),
    PEN_STR("entries"),       PEN_STR("eval"),    PEN_STR("exec"),
    PEN_STR("execute"),       PEN_STR("fopen"),   PEN_STR("getattr"),
    PEN_STR("instance_eval"), PEN_STR("invoke"),  PEN_STR("new"),
    PEN_STR("open"),          PEN_STR("phpinfo"), PEN_STR("read"),
    PEN_STR("readfile"),      PEN_STR("require"), PEN_STR("spawn"),
    PEN_STR("system"),
};

/* Words that lead out when a member is taken of them. Sorted. */
static const struct pen_str owners[] = {
    PEN_STR("class"),   PEN_STR("config"), PEN_STR("file"),   PEN_STR("io"),
    PEN_STR("java"),    PEN_STR("kernel"), PEN_STR("os"),     PEN_STR("process"),
    PEN_STR("runtime"), PEN_STR("self"),   PEN_STR("system"),
};

/* Objects that an engine or framework brings along: a probe when asked for alone. Sorted. */
static const struct pen_str objects[] = {
    PEN_STR("app"),         PEN_STR("application"), PEN_STR("applicationscope"),
    PEN_STR("config"),      PEN_STR("debug"),       PEN_STR("facescontext"),
    PEN_STR("pagecontext"), PEN_STR("request"),     PEN_STR("requestscope"),
    PEN_STR("self"),        PEN_STR("session"),     PEN_STR("sessionscope"),
    PEN_STR("settings"),    PEN_STR("this"),
};

/* What constants are asked for honestly. Sorted. */
static const struct pen_str formats[] = {
    PEN_STR("encode"),  PEN_STR("format"), PEN_STR("join"),
    PEN_STR("replace"), PEN_STR("split"),  PEN_STR("strftime"),
};

/* Members of a request that tell about the server instead. */
static const struct pen_str insides[] = {
    PEN_STR("request.application"),  PEN_STR("request.environ"), PEN_STR("request.server"),
    PEN_STR("request.get.template"), PEN_STR("request.meta"),    PEN_STR("app.request.server"),
};

/* Filters that call what their argument names: "|map('system')". Sorted. */
static const struct pen_str calling_filters[] = {
    PEN_STR("attr"), PEN_STR("filter"), PEN_STR("map"), PEN_STR("reduce"), PEN_STR("sort"),
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
    size_t call; /* the last opening parenthesis */
};

/* The byte behind `at`, white space skipped; NUL at the end. */
static char next_sign(const struct reading *r, size_t at)
{
    at = pen_str_skip_blank(r->text, at);
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
    while (r->at < r->text.len && pen_is_script_name_char(r->text.ptr[r->at])) {
        r->at++;
    }
    const struct pen_str word = pen_str_slice(r->text, start, r->at);
    const char next = next_sign(r, r->at);
    const char previous = start > 0 ? r->text.ptr[start - 1] : '\0';
    if (r->last != NOTHING) r->word_only = false;
    take(r, WORD);
    if (word.len > WORD_MOST) return;
    if (word.len == 7 && pen_str_equal_fold(word, PEN_S("request"))) r->request = true;
    /* "${SECRET_KEY}" is a variable of a shell's or a deployment's, "config.SECRET_KEY" is read. */
    const bool variable = start == 0 && pen_str_equal_fold(word, PEN_S("secret_key"));
    if (is_dunder(word)
        || (!variable && pen_str_is_among_sorted(word, reaching, PEN_COUNT_OF(reaching)))) {
        r->reaches = true;
    }
    if (next == '(' && pen_str_is_among_sorted(word, calls, PEN_COUNT_OF(calls))) r->reaches = true;
    if ((next == '.' || next == '[') && engine != PEN_SSTI_LOOSE && previous != '-'
        && pen_str_is_among_sorted(word, owners, PEN_COUNT_OF(owners))) {
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
    if (r->before_last == TEXT && previous == '.' && next == '('
        && !pen_str_is_among_sorted(word, formats, PEN_COUNT_OF(formats))) {
        r->computes = true;
    }
    /* "7|mul:7" */
    if (r->before_last == NUMBER && r->before == OPERATOR && r->sign == '|') r->computes = true;
    if (engine == PEN_SSTI_STATEMENT && pen_str_equal(word, PEN_S("import")) && next != '\0'
        && next != '"' && next != '\'') {
        r->reaches = true;
    }
    if (r->before == OPERATOR && r->sign == '|' && next == '('
        && pen_str_is_among_sorted(word, calling_filters, PEN_COUNT_OF(calling_filters))) {
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
    if (pen_str_find_str(inside, PEN_S("\\x5f")) < inside.len) r->reaches = true;
    if (pen_str_find_str(inside, PEN_S("__")) < inside.len && inside.len > 4) r->reaches = true;
    if (pen_str_is_among_sorted(inside, reaching, PEN_COUNT_OF(reaching))) r->reaches = true;
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

static bool names_inside(struct pen_str inside)
{
    for (size_t i = 0; i < PEN_COUNT_OF(insides); i++) {
        if (pen_str_contains_fold(inside, insides[i])) return true;
    }
    return false;
}

enum pen_ssti_power pen_ssti_expression(struct pen_str inside, enum pen_ssti_engine engine)
{
    struct reading r = {.text = inside, .word_only = true, .call = inside.len};
    for (size_t i = 0; i < inside.len; i++) {
        if (inside.ptr[i] == '(') r.call = i;
    }
    struct pen_str only = {NULL, 0};
    while (r.at < inside.len && !r.reaches) {
        const char c = inside.ptr[r.at];
        if (pen_is_space(c)) {
            r.at++;
        } else if (pen_is_digit(c)) {
            read_number(&r);
        } else if (pen_is_script_name_char(c)) {
            const size_t start = r.at;
            read_word(&r, engine);
            only = pen_str_slice(inside, start, r.at);
        } else if (c == '\'' || c == '"') {
            read_text(&r);
        } else {
            /* Code in back-ticks is Ruby's and Perl's way to a shell. */
            if (c == '`' && (engine == PEN_SSTI_STATEMENT || engine == PEN_SSTI_RUBY)) {
                r.reaches = true;
            }
            r.word_only = false;
            r.sign = c;
            /* "7**7" is one operator, "7 , 7" none. */
            if (r.last != OPERATOR) take(&r, c == ',' || c == ';' || c == ':' ? OTHER : OPERATOR);
            r.at++;
        }
    }
    if (r.request && engine != PEN_SSTI_LOOSE && names_inside(inside)) r.reaches = true;
    if (r.reaches) return PEN_SSTI_REACHES;
    if (r.computes) return PEN_SSTI_COMPUTES;
    const bool object = r.word_only && engine == PEN_SSTI_BRACES
                        && pen_str_is_among_sorted(only, objects, PEN_COUNT_OF(objects));
    const bool tells =
        r.word_only && engine == PEN_SSTI_STATEMENT && pen_str_equal_fold(only, PEN_S("debug"));
    const bool asks = r.asks && engine == PEN_SSTI_BRACES;
    return object || tells || asks ? PEN_SSTI_OBJECT : PEN_SSTI_NAMES;
}
