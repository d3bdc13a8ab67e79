/**
 * Template and expression injection: an expression between a template's delimiters that computes or
 * reaches.
 *
 * A placeholder names a value; an attack calls, calculates with constants, or walks from an object
 * to its class and from there to the machine. So the text between the delimiters is read as tokens,
 * and only those that compute or reach count, whatever the engine: Jinja, Twig, Freemarker,
 * Velocity, ERB, EJS, Handlebars, Thymeleaf, Smarty, Razor, SpEL, OGNL, MVEL. (CWE-1336, CWE-917)
 *
 * Not reported: `{{ first_name }}`, `${HOME}`, `${{ github.ref }}`, `{{ .Values.image }}`, `{% if x
 * %}`, LaTeX, shell expansions; lookups of logging libraries are the jndi filter's.
 */
#include "filters/filter.h"
#include "filters/ssti_expression.h"

#include <string.h>

#define WHOLE    92   /* the expression begins or ends the text: nothing around it is a sentence */
#define WITHIN   85   /* in the middle of another text */
#define COMPUTES 80   /* calculates with constants */
#define QUOTED   60   /* the same, shown as code */
#define PROBES   72   /* an object of the engine's, alone */
#define REACH    1024 /* bytes of an expression that are looked at */
#define CLOSE    3    /* bytes between openers that are tried together */
#define ENOUGH   3    /* expressions that do not end and are looked at whole */
#define NAME     32   /* bytes of a reference's name */
#define CLASS    96   /* bytes of a class' name with its package */
#define NEAR     24   /* bytes that are looked at of those that come behind them */

static const struct pen_rule rules[] = {
    {"ssti.reach",
     "an expression between template delimiters reaches code or the engine's insides"},
    {"ssti.compute", "an expression between template delimiters calculates with constants"},
    {"ssti.object", "an object of the template engine is asked for"},
    {"ssti.directive", "a directive of a template engine defines or runs something"},
    {"ssti.polyglot", "the delimiters of several template engines are tried at once"},
};

static const struct pen_trigger triggers[] = {
    {"\\{\\{|\\{%|[$#*%@~]\\{|<%|\\[\\[|\\[=|@\\(|<#|<@", false, 0},
    {"#(set|foreach|include|evaluate|macro|parse)\\s*\\(", false, 0},
    {"\\\\write18\\{", false, 0},
    {"<(esi:(include|eval|inline)|cfexecute) ", false, 0},
    {"[$][a-zA-Z]{1,32}\\.getClass\\(|@(java|javax|ognl|org|com|sun)\\.", false, 0},
    {"[${]!?class\\.|@system\\.|\\{[0-9]+[*][0-9]|\\[#", true, 0},
    {"\\{(php|literal|system|passthru|exec|eval|\\$smarty|if |fetch|include)", false, 0},
};

/* Closers, numbered. */
enum closer {
    BY_BRACE,
    BY_BRACES,
    BY_PERCENT_BRACE,
    BY_PERCENT_ANGLE,
    BY_PAREN,
    BY_BRACKET,
    BY_BRACKETS,
    BY_ANGLE,
    CLOSERS
};

struct delimiters {
    struct pen_str open;
    struct pen_str close;
    enum closer closer;
    enum pen_ssti_engine engine;
};

/* The bytes that openers are made of, numbered: 0 is none. */
enum { NO_FIRST, FIRST_BRACE, DOLLAR, HASH, STAR, PERCENT, TILDE, AT, ANGLE, BRACKET, FIRSTS };
enum {
    NO_SECOND,
    BRACE,
    SECOND_PERCENT,
    PAREN,
    SECOND_BRACKET,
    EQUALS,
    SECOND_HASH,
    SECOND_AT,
    SECONDS
};

static const unsigned char firsts[256] = {
    ['{'] = FIRST_BRACE, ['$'] = DOLLAR, ['#'] = HASH,  ['*'] = STAR,    ['%'] = PERCENT,
    ['~'] = TILDE,       ['@'] = AT,     ['<'] = ANGLE, ['['] = BRACKET,
};

static const unsigned char seconds[256] = {
    ['{'] = BRACE,  ['%'] = SECOND_PERCENT, ['('] = PAREN,     ['['] = SECOND_BRACKET,
    ['='] = EQUALS, ['#'] = SECOND_HASH,    ['@'] = SECOND_AT,
};

/* By both bytes; those that open nothing have no opener. */
static const struct delimiters kinds[FIRSTS][SECONDS] = {
    [FIRST_BRACE][BRACE] = {PEN_STR("{{"), PEN_STR("}}"), BY_BRACES, PEN_SSTI_BRACES},
    [FIRST_BRACE][SECOND_PERCENT] = {PEN_STR("{%"), PEN_STR("%}"), BY_PERCENT_BRACE,
                                     PEN_SSTI_STATEMENT},
    [ANGLE][SECOND_PERCENT] = {PEN_STR("<%"), PEN_STR("%>"), BY_PERCENT_ANGLE, PEN_SSTI_STATEMENT},
    [DOLLAR][BRACE] = {PEN_STR("${"), PEN_STR("}"), BY_BRACE, PEN_SSTI_BRACES},
    [HASH][BRACE] = {PEN_STR("#{"), PEN_STR("}"), BY_BRACE, PEN_SSTI_RUBY},
    [STAR][BRACE] = {PEN_STR("*{"), PEN_STR("}"), BY_BRACE, PEN_SSTI_BRACES},
    [PERCENT][BRACE] = {PEN_STR("%{"), PEN_STR("}"), BY_BRACE, PEN_SSTI_BRACES},
    [TILDE][BRACE] = {PEN_STR("~{"), PEN_STR("}"), BY_BRACE, PEN_SSTI_BRACES},
    [AT][BRACE] = {PEN_STR("@{"), PEN_STR("}"), BY_BRACE, PEN_SSTI_STATEMENT},
    [AT][PAREN] = {PEN_STR("@("), PEN_STR(")"), BY_PAREN, PEN_SSTI_LOOSE},
    [BRACKET][SECOND_BRACKET] = {PEN_STR("[["), PEN_STR("]]"), BY_BRACKETS, PEN_SSTI_LOOSE},
    [BRACKET][EQUALS] = {PEN_STR("[="), PEN_STR("]"), BY_BRACKET, PEN_SSTI_LOOSE},
    [BRACKET][SECOND_HASH] = {PEN_STR("[#"), PEN_STR("]"), BY_BRACKET, PEN_SSTI_LOOSE},
    [ANGLE][SECOND_HASH] = {PEN_STR("<#"), PEN_STR(">"), BY_ANGLE, PEN_SSTI_STATEMENT},
    [ANGLE][SECOND_AT] = {PEN_STR("<@"), PEN_STR(">"), BY_ANGLE, PEN_SSTI_STATEMENT},
};

static bool may_open(char c)
{
    return firsts[(unsigned char)c] != NO_FIRST;
}

/* What the bytes at `at`, which is not the last, open; NULL: nothing. */
static const struct delimiters *opened_at(struct pen_str text, size_t at)
{
    const struct delimiters *const kind =
        &kinds[firsts[(unsigned char)text.ptr[at]]][seconds[(unsigned char)text.ptr[at + 1]]];
    return kind->open.len > 0 ? kind : NULL;
}

static size_t next_closer(struct pen_str text, struct pen_str close, size_t from)
{
    if (close.len == 1) return pen_str_find(text, close.ptr[0], from);
    return from + pen_str_find_str(pen_str_slice(text, from, text.len), close);
}

/* Where the expression of `kind` whose inside begins at `at` ends: at its own closer, braces of
   inner ones counted, or where the reach ends. `next` is where such a closer stands next, as far as
   it is known: where none is within reach nothing has to be read. */
static size_t closed_at(struct pen_str text, size_t at, const struct delimiters *kind, size_t reach,
                        size_t *next)
{
    const size_t far = at + reach < text.len ? at + reach : text.len;
    const char first = kind->close.ptr[0];
    const char last = kind->close.ptr[kind->close.len - 1];
    if (*next < at) *next = next_closer(text, kind->close, at);
    if (*next >= far) return far;

    size_t depth = 0;
    for (size_t i = at; i < far; i++) {
        const char c = text.ptr[i];
        if (c != first && c < '{') continue; /* most bytes: both braces come behind the letters */
        if (c == first && depth == 0) {
            const size_t end = i + kind->close.len - 1;
            if (end < text.len && text.ptr[end] == last) return i;
        }
        if (c == '{') {
            depth++;
            if (depth >= far - i) return far; /* more are open than can be closed */
        } else if (c == '}' && depth > 0) {
            depth--;
        }
    }
    return far;
}

/* A text without the white space around it: found once, however many expressions it has. */
static struct pen_span content_of(struct pen_str text)
{
    struct pen_span content = {0, text.len};
    while (content.start < text.len && pen_is_space(text.ptr[content.start])) {
        content.start++;
    }
    while (content.end > content.start && pen_is_space(text.ptr[content.end - 1])) {
        content.end--;
    }
    return content;
}

static void report(struct pen_scan *scan, const char *rule, size_t start, size_t end,
                   uint32_t score)
{
    pen_scan_report(scan, rule, (struct pen_span){start, end}, score);
}

static bool is_code_span(struct pen_str text, struct pen_span expression)
{
    return expression.start > 0 && text.ptr[expression.start - 1] == '`'
           && expression.end < text.len && text.ptr[expression.end] == '`';
}

static void judge(struct pen_str text, struct pen_span content, struct pen_span expression,
                  const struct delimiters *kind, struct pen_scan *scan)
{
    const size_t start = expression.start;
    const size_t end = expression.end;
    const size_t inner = start + kind->open.len;
    const size_t close =
        end - (pen_str_stands(text, end - kind->close.len, kind->close) ? kind->close.len : 0);
    if (close < inner) return;
    /* At an edge of the text, the expression is the text, not quoted in one. */
    const bool whole = start <= content.start;
    const bool edge = whole || end >= content.end;
    switch (pen_ssti_expression(pen_str_slice(text, inner, close), kind->engine)) {
    case PEN_SSTI_NAMES:
        break;
    case PEN_SSTI_OBJECT:
        if (whole) report(scan, "ssti.object", start, end, PROBES);
        break;
    case PEN_SSTI_COMPUTES:
        /* "`{{ 7 * 7 }}` renders 49": code in Markdown, in the midst of a text. */
        report(scan, "ssti.compute", start, end,
               is_code_span(text, expression) && start > content.start + 1 && end + 1 < content.end
                   ? QUOTED
                   : COMPUTES);
        break;
    case PEN_SSTI_REACHES:
        report(scan, "ssti.reach", start, end, edge ? WHOLE : WITHIN);
        break;
    }
}

/* Directives, which no closing delimiter ends (Velocity's and Smarty's), tags that a server runs
   (Edge Side Includes, ColdFusion), and what Freemarker and Go keep behind a dot: by their second
   bytes. None is shorter than three. */
static const struct pen_str with_bang[] = {PEN_STR("$!class.")};
static const struct pen_str with_dollar[] = {PEN_STR("{$smarty.")};
static const struct pen_str with_hash[] = {PEN_STR("<#list .data_model")};
static const struct pen_str with_capital_s[] = {PEN_STR("@System.Diagnostics."),
                                                PEN_STR("@System.IO.")};
static const struct pen_str with_c[] = {PEN_STR("$class.inspect("), PEN_STR("$class.type"),
                                        PEN_STR("<cfexecute ")};
static const struct pen_str with_e[] = {PEN_STR("#evaluate("), PEN_STR("{exec("),
                                        PEN_STR("{eval("),     PEN_STR("<esi:include "),
                                        PEN_STR("<esi:eval "), PEN_STR("<esi:inline ")};
static const struct pen_str with_f[] = {PEN_STR("#foreach($"), PEN_STR("{fetch file=")};
static const struct pen_str with_i[] = {PEN_STR("#include(\""), PEN_STR("{if system("),
                                        PEN_STR("{if phpinfo("), PEN_STR("{include file=")};
static const struct pen_str with_p[] = {PEN_STR("#parse(\""), PEN_STR("{php}"),
                                        PEN_STR("{passthru(")};
static const struct pen_str with_s[] = {PEN_STR("#set($"), PEN_STR("#set ($"), PEN_STR("{system(")};
static const struct pen_str with_brace[] = {
    PEN_STR("{{#with "),      PEN_STR("{{this.push"),   PEN_STR("{{.System \""),
    PEN_STR("{{.Exec \""),    PEN_STR("{{ .System \""), PEN_STR("{{ .Exec \""),
    PEN_STR("${.data_model"), PEN_STR("${.globals"),
};

#define GROUP(list)              \
    {                            \
        list, PEN_COUNT_OF(list) \
    }

static const struct group {
    const struct pen_str *list;
    size_t count;
} directives[128] = {
    ['!'] = GROUP(with_bang),      ['$'] = GROUP(with_dollar), ['#'] = GROUP(with_hash),
    ['S'] = GROUP(with_capital_s), ['c'] = GROUP(with_c),      ['e'] = GROUP(with_e),
    ['f'] = GROUP(with_f),         ['i'] = GROUP(with_i),      ['p'] = GROUP(with_p),
    ['s'] = GROUP(with_s),         ['{'] = GROUP(with_brace),
};

static void inspect_directive(struct pen_str text, struct pen_span content, size_t at,
                              struct pen_scan *scan)
{
    const unsigned char second = (unsigned char)text.ptr[at + 1];
    if (second >= PEN_COUNT_OF(directives) || at + 2 >= text.len) return;
    const char third = text.ptr[at + 2];
    /* Most openers end in a brace, and are told from these by what follows. */
    if (second == '{' && third != '.' && third != ' ' && third != '#' && third != 't') return;
    const struct group *const group = &directives[second];
    for (size_t i = 0; i < group->count; i++) {
        const struct pen_str directive = group->list[i];
        if (third != directive.ptr[2] || text.ptr[at] != directive.ptr[0]) continue;
        if (!pen_str_stands(text, at, directive)) continue;
        report(scan, "ssti.directive", at, at + directive.len,
               at <= content.start ? WITHIN : COMPUTES);
        return;
    }
}

/* "$request.getClass(": a reference of Velocity's needs no braces. PHP has "->" there. */
static void inspect_reference(struct pen_str text, size_t at, struct pen_scan *scan)
{
    if (text.ptr[at] != '$' || (at > 0 && pen_is_name_char(text.ptr[at - 1]))) return;
    size_t end = at + 1;
    while (end < text.len && end - at < NAME && pen_is_alpha(text.ptr[end])) {
        end++;
    }
    const struct pen_str call = PEN_STR(".getClass(");
    if (end > at + 1 && pen_str_stands(text, end, call)) {
        report(scan, "ssti.reach", at, end + call.len, WITHIN);
    }
}

/* "@java.lang.System@exit": a static member, as OGNL writes it without any delimiters. Whoever is
   mentioned so has no capital behind the last dot. */
static void inspect_static(struct pen_str text, size_t at, struct pen_scan *scan)
{
    static const struct pen_str packages[] = {
        PEN_STR("java."), PEN_STR("javax."), PEN_STR("ognl."),
        PEN_STR("org."),  PEN_STR("com."),   PEN_STR("sun."),
    };
    const char head = text.ptr[at + 1];
    bool known = false;
    for (size_t i = 0; i < PEN_COUNT_OF(packages) && !known; i++) {
        known = packages[i].ptr[0] == head && pen_str_stands(text, at + 1, packages[i]);
    }
    if (!known) return;
    size_t end = at + 1;
    size_t dot = at;
    while (end < text.len && end - at < CLASS
           && (pen_is_name_char(text.ptr[end]) || text.ptr[end] == '.')) {
        if (text.ptr[end] == '.') dot = end;
        end++;
    }
    const char first = dot + 1 < text.len ? text.ptr[dot + 1] : '\0';
    const bool member =
        end + 1 < text.len && text.ptr[end] == '@' && pen_is_alpha(text.ptr[end + 1]);
    if (member && first >= 'A' && first <= 'Z') report(scan, "ssti.reach", at, end + 1, WITHIN);
}

/* "${{<%[%'"}}%\": openers of three kinds almost side by side. */
static bool is_polyglot(struct pen_str text)
{
    size_t kinds_together = 0;
    size_t latest = 0;
    const struct delimiters *seen[2] = {NULL, NULL};
    for (size_t i = 0; i + 1 < text.len; i++) {
        const struct delimiters *const kind = opened_at(text, i);
        if (kind == NULL) continue;
        if (i - latest > CLOSE) kinds_together = 0;
        latest = i;
        if (kinds_together > 0 && seen[0] == kind) continue;
        if (kinds_together > 1 && seen[1] == kind) continue;
        if (kinds_together == PEN_COUNT_OF(seen)) return true;
        seen[kinds_together++] = kind;
    }
    return false;
}

/* "{7*7}" and nothing else: Smarty's delimiters, or React's. */
static bool is_bare_sum(struct pen_str text)
{
    const size_t star = pen_str_find(text, '*', 0);
    if (text.len < 5 || text.ptr[0] != '{' || text.ptr[text.len - 1] != '}') return false;
    if (star < 2 || star + 2 >= text.len) return false;
    for (size_t i = 1; i + 1 < text.len; i++) {
        if (i != star && !pen_is_digit(text.ptr[i])) return false;
    }
    return true;
}

static enum pen_status inspect_leaf(const void *state, const struct pen_leaf *leaf,
                                    struct pen_scan *scan)
{
    (void)state;
    const struct pen_str text = leaf->text;
    /* An expression is looked at twice; those that do not end are bounded in number. */
    const size_t reach = text.len < REACH ? text.len : REACH;
    PEN_TRY(pen_scan_spend(scan, 4 * text.len + (uint64_t)ENOUGH * reach));
    const struct pen_span content = content_of(text);
    size_t unclosed = 0;
    size_t next[CLOSERS] = {0};
    for (size_t i = 0; i + 1 < text.len; i++) {
        if (!may_open(text.ptr[i])) continue;

        inspect_directive(text, content, i, scan);
        if (text.ptr[i] == '$') inspect_reference(text, i, scan);
        if (text.ptr[i] == '@') inspect_static(text, i, scan);
        const struct delimiters *const kind = opened_at(text, i);
        if (kind == NULL) continue;

        const bool tired = unclosed >= ENOUGH;
        if (tired) PEN_TRY(pen_scan_spend(scan, NEAR));
        const size_t close =
            closed_at(text, i + kind->open.len, kind, tired ? NEAR : REACH, &next[kind->closer]);
        const bool closed = pen_str_stands(text, close, kind->close);
        const size_t end = closed ? close + kind->close.len : close;
        if (closed || !tired) judge(text, content, (struct pen_span){i, end}, kind, scan);
        if (closed) {
            i = end - 1;
        } else {
            unclosed++;
            if (tired) i += kind->open.len - 1;
        }
    }
    /* TeX runs what is written to the eighteenth stream. */
    const struct pen_str shell = PEN_STR("\\write18{");
    const size_t written = pen_str_find_str(text, shell);
    if (written < text.len) {
        report(scan, "ssti.directive", written, written + shell.len, COMPUTES);
    }
    if (is_bare_sum(text)) report(scan, "ssti.compute", 0, text.len, PROBES);
    if (is_polyglot(text)) report(scan, "ssti.polyglot", 0, text.len, WITHIN);
    return PEN_OK;
}

const struct pen_filter pen_filter_ssti = {
    .name = "ssti",
    .summary = "template expressions that compute or reach",
    .sinks = "template",
    .rules = rules,
    .rule_count = PEN_COUNT_OF(rules),
    .triggers = triggers,
    .trigger_count = PEN_COUNT_OF(triggers),
    .inspect_leaf = inspect_leaf,
};
