/**
 * Code injection: a text that an interpreter of PHP, JavaScript, Python, Ruby, Perl, Lua or Java
 * runs, because it is the program or ends the string or value that it was put into and goes on as
 * one. Of Groovy, Scala, Clojure, Elixir, Erlang, Go, R and Julia it knows how they run a command.
 *
 * A dangerous name alone is nothing, and neither is a call in a sentence: bug reports and commit
 * messages are full of them. So the text is read as a program (code_reader.c) from where one could
 * begin: at its start, behind the quote that ends a string, behind "<?php", behind "${" in a
 * string. Reading stops at what no program has. What is reported has been read to the end of the
 * text, or to a comment that cuts off the rest. Calls are judged by what they are given: a command,
 * a program, what was sent, what was decoded (code_calls.c). (CWE-94, CWE-95; OWASP WSTG-INPV-11)
 *
 * There are six readings of a text. A program has a token every third byte and is a program in one
 * of them or two; what has a token in every byte and is one in most of them was made to keep the
 * reader busy. So all of them together may read a token for every byte, a string that is looked
 * into counting as several; a text that wants more cannot be judged, and the event is refused
 * (PEN_ERR_LIMIT).
 *
 * Not reported: whole programs that do other things as well, unless they run what is sent to them;
 * calls of functions that the text defines; code of web pages for browsers, which is the xss
 * filter's; expressions between template delimiters, which are the ssti filter's.
 */
#include "filters/code_reader.h"
#include "filters/code_statement.h"
#include "filters/filter.h"

#include <string.h>

#define STEPS_A_BYTE 12  /* at most six readings of each byte, two steps each */
#define FEW_STEPS    384 /* beyond that: what a text of a few hundred bytes may need */
#define VALUE_BYTES  64  /* before a quote: longer is a text, no value */
#define VALUE_SPACES 3
#define NAME_BYTES   48
#define LONE_SCORE   72  /* of a statement that is all that a text holds */
#define LINE_BYTES   400 /* a longer line of several statements is a program */
#define FEW_LINES    1   /* line breaks between the statements of what is sent to be run */

static const struct pen_rule rules[] = {
    {"code.break", "the value is ended and a program of the sender's own follows"},
    {"code.program", "the text is a program that runs commands or code"},
    {"code.spelled", "a program spells the function it calls so that a check does not see it"},
    {"code.shell", "a program runs whatever is sent to it or hidden in it"},
    {"code.page", "a page's code runs commands or code"},
    {"code.splice", "a call is put into a string that an interpreter fills in"},
};

static const struct pen_trigger triggers[] = {
    /* Calls of what no ordinary function is called, or of what is called so and given a text. */
    {"(eval|exec|system|passthru|popen|assert|spawn|include|require|import|sleep|print|die|compile|"
     "loadstring|load|dofile|open|send)[\\s'\"\\])]?[('\"`]",
     true, 0},
    {"(eval|exec|system|passthru|popen|assert|spawn|include|require|import|sleep|print|die|compile|"
     "loadstring|load|dofile|open|send)\\s?/\\*",
     true, 0},
    {"(include_once|require_once|shell_exec|proc_open|pcntl_exec|phpinfo|phpversion|php_uname|"
     "getcwd|create_function|"
     "call_user_func|array_map|array_filter|array_walk|usort|uasort|uksort|preg_replace|"
     "register_shutdown|reflectionfunction|base64_decode|show_source|highlight_file|readfile|"
     "file_get_contents|file_put_contents|scandir|readdir|writefile|var_dump|[^a-z]md5)",
     true, 0},
    {"(execsync|spawnsync|execfile|child_process|mainmodule|process\\.|process\\[|constructor|"
     "runin(this|new)?context|fromcharcode|function\\s?\\(['\"`])",
     true, 0},
    {"(__import__|import_module|__builtins__|__globals__|__subclasses__|__class__|getattr|"
     "subprocess|check_output|getoutput|startfile|chr\\()",
     true, 0},
    {"(instance_eval|class_eval|io\\.popen|%x[({\\[/]|qx[({\\[/]|kernel\\.|open3|erb\\.new|"
     "const_get|os\\.exec|os\\.spawn|loadlib|capture2|settimeout\\s?\\(['\"`]|\\(['\"]\\|[a-z/])",
     true, 0},
    {"(getruntime|processbuilder|scriptengine|groovyshell|forname|java\\.lang|urlclassloader|"
     "T\\(java|lookup\\(|defineclass|\\.execute\\()",
     true, 0},
    {"<\\?(php|=|\\s)|\\$\\{@|\\{\\$\\{|\\$_(get|post|request|cookie|server|files)", true, 0},
    {"\\$[a-z_]{1,12}\\(|['\"]\\)?\\(|['\"]\\s?[.+]\\s?['\"]|\\)\\.\\(|\\)\\([a-z'\"$]", true, 0},
    {"\\$[a-z_]\\w{0,23}->|^\\$[a-z_]\\w{0,23}\\s?=\\s?new\\s", true, 0},
    {"^@?(unlink|rename|copy|mkdir|rmdir|chmod|chown|touch|link|symlink|move_uploaded_file)\\(",
     true, 0},
    {"(os|system)[.:](cmd|shell)\\s?[('\"]|exec\\.command\\(|shell/sh\\s|['\")]\\.!", true, 0},
    {"[;.+=|&({]\\s?`[^`]{1,64}`|(echo|print|puts|return)\\s?`", true, 0},
};

struct judge {
    struct pen_str text;
    struct pen_scan *scan;
    size_t *share; /* of all readings together, what is left of them */
    bool one_line;
};

/* Scores by the strength of the call: NONE, BARE, HINT, PROBE, STRONG, CERTAIN, SHELL. */
static const uint32_t behind_break[] = {0, 80, 82, 86, 92, 95, 96};
static const uint32_t behind_value[] = {0, 0, 52, 84, 92, 95, 96}; /* "1;sleep(5)" */
static const uint32_t behind_text[] = {0, 0, 0, 60, 75, 85, 90};   /* of a text, not a value */
static const uint32_t alone[] = {0, 0, 52, 55, 85, 92, 95};
static const uint32_t in_line[] = {0, 0, 0, 50, 80, 88, 92}; /* among others, on one line */
static const uint32_t in_lines[] = {0, 0, 0, 0, 60, 80, 92}; /* of a few lines */
static const uint32_t in_program[] = {0, 0, 0, 0, 50, 60, 82};
static const uint32_t spliced[] = {0, 0, 0, 85, 90, 92, 95};
static const uint32_t forced[] = {0, 85, 85, 88, 90, 92, 95}; /* "{${print(1)}}" */

static void report(const struct judge *j, const char *rule, const struct pen_code_evidence *found,
                   const uint32_t *scores)
{
    const uint32_t score = scores[found->strength];
    if (score > 0) pen_scan_report(j->scan, rule, found->span, score);
}

static const char *rule_of(const struct pen_code_evidence *found, const char *otherwise)
{
    if (found->strength == PEN_CODE_SHELL) return "code.shell";
    return found->spelled ? "code.spelled" : otherwise;
}

/* How much of a program stands around the call. */
static const uint32_t *scores_of(const struct judge *j, const struct pen_code_evidence *found)
{
    if (found->others == 0) return found->lines <= FEW_LINES ? alone : in_lines;
    return j->one_line ? in_line : in_program;
}

/* The text from its beginning on. */
static void judge_whole(const struct judge *j)
{
    struct pen_code_evidence found = pen_code_read(j->text, 0, PEN_CODE_WHOLE, j->share);
    if (found.broken || found.strength == PEN_CODE_NONE) return;
    if (found.incomplete && !found.breaks_out && found.strength > PEN_CODE_PROBE) {
        found.strength = PEN_CODE_PROBE;
    }
    if (found.breaks_out && j->one_line) {
        report(j, rule_of(&found, "code.break"), &found, behind_value);
    } else {
        report(j, rule_of(&found, "code.program"), &found, scores_of(j, &found));
    }
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

/* How far the text is nothing, a number, a name, a few words: what a form's field would have. */
static size_t value_length(struct pen_str text)
{
    size_t spaces = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];
        if (c == '\n' || c == '(' || c == '{' || c == '=' || c == '<' || c == '`') return i;
        if (c == ' ') spaces++;
        if (spaces > VALUE_SPACES || (spaces > 0 && i >= VALUE_BYTES)) return i;
    }
    return text.len;
}

/* The string ends at the first quote of its kind. */
static void judge_closed(const struct judge *j, char quote)
{
    const size_t at = find_quote(j->text, quote);
    if (at == j->text.len) return;
    const struct pen_code_evidence found =
        pen_code_read(j->text, at + 1, PEN_CODE_CLOSED, j->share);
    if (found.broken || !found.breaks_out) return;
    const bool value = at <= value_length(j->text);
    report(j, rule_of(&found, "code.break"), &found, value ? behind_break : behind_text);
}

/* "<?php ... ?>": each is read on its own, up to its end. */
static void judge_pages(const struct judge *j)
{
    const struct pen_str text = j->text;
    /* Of what stands before a page, found once: there may be a page every few bytes. */
    const size_t value = value_length(text);
    const size_t fence = pen_str_find_str(text, PEN_S("```"));
    for (size_t at = pen_str_find(text, '<', 0); at + 2 < text.len && *j->share > 0;
         at = pen_str_find(text, '<', at)) {
        const struct pen_str rest = pen_str_slice(text, at + 2, text.len);
        const bool named = pen_str_starts_fold(rest, PEN_S("php"));
        const bool opens = at + 2 < text.len && text.ptr[at + 1] == '?'
                           && (named || rest.ptr[0] == '=' || rest.ptr[0] == ' '
                               || rest.ptr[0] == '\n' || rest.ptr[0] == '\t' || rest.ptr[0] == '@');
        if (!opens) {
            at++;
            continue;
        }
        const size_t skip = named ? 5 : rest.ptr[0] == '=' ? 3 : 2;
        const struct pen_code_evidence found =
            pen_code_read(text, at + skip, PEN_CODE_PAGE, j->share);
        if (!found.broken) {
            const bool fenced = fence + 3 <= at;
            const uint32_t *const scores = scores_of(j, &found);
            report(j, rule_of(&found, "code.page"), &found,
                   fenced            ? in_program
                   : at <= value     ? scores
                   : scores == alone ? in_line
                                     : scores);
        }
        at = found.end > at + skip ? found.end : at + skip;
    }
}

/* ${HOME}, ${order.id}: a name, as most are. */
static bool is_placeholder(struct pen_str rest)
{
    size_t at = 0;
    while (at < rest.len && at < NAME_BYTES
           && (pen_is_alpha(rest.ptr[at]) || pen_is_digit(rest.ptr[at]) || rest.ptr[at] == '_'
               || rest.ptr[at] == '.' || rest.ptr[at] == '$')) {
        at++;
    }
    return at < rest.len && rest.ptr[at] == '}';
}

/* PHP and Ruby fill in what stands in braces within a string. */
static void judge_splices(const struct judge *j)
{
    const struct pen_str text = j->text;
    size_t last = text.len; /* what is not closed is filled in by nobody */
    while (last > 0 && text.ptr[last - 1] != '}') {
        last--;
    }
    for (size_t at = 0; at + 3 < last && *j->share > 0; at++) {
        const char *const p = text.ptr + at;
        size_t skip = 0;
        if (p[0] == '{' && p[1] == '$') skip = p[2] == '{' ? 3 : 1; /* {${f()}}, {$f('id')} */
        if (p[0] == '$' && p[1] == '{') skip = p[2] == '@' ? 3 : 2;
        if (p[0] == '#' && p[1] == '{') skip = 2;
        if (skip == 0 || is_placeholder(pen_str_slice(text, at + skip, text.len))) continue;
        const bool sure = skip == 3;
        const struct pen_code_evidence found =
            pen_code_read(text, at + skip, PEN_CODE_SPLICED, j->share);
        if (!found.broken && found.end < text.len + 1) {
            report(j, rule_of(&found, "code.splice"), &found, sure ? forced : spliced);
        }
        at = found.end > at + skip ? found.end - 1 : at + skip - 1;
    }
}

static bool has(struct pen_str text, const char *either, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (pen_str_find(text, either[i], 0) < text.len) return true;
    }
    return false;
}

static enum pen_status inspect_leaf(const void *state, const struct pen_leaf *leaf,
                                    struct pen_scan *scan)
{
    static const char quotes[] = {'\'', '"', '`'};
    (void)state;
    const struct pen_str text = leaf->text;
    PEN_TRY(pen_scan_spend(scan, (uint64_t)STEPS_A_BYTE * text.len));
    size_t share = text.len + FEW_STEPS;
    const struct judge j = {
        .text = text,
        .scan = scan,
        .share = &share,
        .one_line = text.len <= LINE_BYTES && pen_str_find(text, '\n', 0) + 1 >= text.len,
    };
    judge_whole(&j);
    if (pen_code_is_statement(text)) {
        pen_scan_report(scan, "code.program", (struct pen_span){0, text.len}, LONE_SCORE);
    }
    for (size_t i = 0; i < PEN_COUNT_OF(quotes); i++) {
        judge_closed(&j, quotes[i]);
    }
    if (has(text, "?", 1)) judge_pages(&j);
    if (has(text, "{", 1)) judge_splices(&j);
    return share > 0 ? PEN_OK : PEN_ERR_LIMIT;
}

const struct pen_filter pen_filter_code = {
    .name = "code",
    .summary = "texts that an interpreter of PHP, JavaScript, Python, Ruby, Perl, Lua, Java runs",
    .sinks = "code",
    .rules = rules,
    .rule_count = PEN_COUNT_OF(rules),
    .triggers = triggers,
    .trigger_count = PEN_COUNT_OF(triggers),
    .inspect_leaf = inspect_leaf,
};
