/** Each of these is told by its own beginning; what it runs is looked at by the shell's tables. */
#include "filters/cmdi_calls.h"

#include <string.h>

#include "filters/core/block16.h"
#include "filters/core/words.h"
#include "filters/shell_lexer.h"
#include "filters/shell_names.h"

#define SHORT_LEAD 16 /* bytes before a call: a quote, a separator, a brace */
#define NAME_BYTES 24
#define CALL_BYTES 64 /* of a call's argument that are looked at */
#define CALLS_MOST 32 /* of a program that are looked into: more are what it is made of */
#define CODE_SCORE 55 /* a call inside of a program is what programs are made of */

static struct pen_cmdi_evidence found(const char *rule, uint32_t score, size_t start, size_t end)
{
    return (struct pen_cmdi_evidence){.rule = rule, .score = score, .span = {start, end}};
}

static struct pen_cmdi_evidence stronger(struct pen_cmdi_evidence a, struct pen_cmdi_evidence b)
{
    return b.rule != NULL && (a.rule == NULL || b.score > a.score) ? b : a;
}

/* Signs and one short word at most: the call is what the text is about. */
static bool is_short_lead(struct pen_str lead)
{
    size_t spaces = 0;
    if (lead.len > SHORT_LEAD) return false;
    for (size_t i = 0; i < lead.len; i++) {
        if (lead.ptr[i] == ' ' && i > 0 && pen_is_name_char(lead.ptr[i - 1])) spaces++;
        if (lead.ptr[i] == '=' && i > 0 && lead.ptr[i - 1] == ' ') return false;
    }
    return spaces == 0;
}

enum runner { RUNS_NOTHING, RUNS_SHELL, RUNS_CODE, TELLS };

/* clang-format off */
#define RUNNERS_A(W) W("assert", RUNS_CODE)
#define RUNNERS_C(W) W("check_output", RUNS_SHELL)
#define RUNNERS_E(W) \
    W("eval", RUNS_CODE) W("exec", RUNS_SHELL) W("execfile", RUNS_SHELL) \
    W("execsync", RUNS_SHELL)
#define RUNNERS_G(W) W("getmypid", TELLS) W("getoutput", RUNS_SHELL)
#define RUNNERS_I(W) W("include", RUNS_CODE) W("include_once", RUNS_CODE)
#define RUNNERS_P(W) \
    W("passthru", RUNS_SHELL) W("pcntl_exec", RUNS_SHELL) W("php_uname", TELLS) \
    W("phpinfo", TELLS) W("phpversion", TELLS) W("popen", RUNS_SHELL) W("proc_open", RUNS_SHELL)
#define RUNNERS_R(W) W("require", RUNS_CODE) W("require_once", RUNS_CODE)
#define RUNNERS_S(W) \
    W("shell", RUNS_SHELL) W("shell_exec", RUNS_SHELL) W("spawn", RUNS_SHELL) \
    W("spawnsync", RUNS_SHELL) W("system", RUNS_SHELL)
#define RUNNERS_X(W) W("xp_cmdshell", RUNS_SHELL)
/* clang-format on */

static const struct pen_word_group runners[PEN_WORD_LETTERS] = {
    ['a' - 'a'] = PEN_WORDS(RUNNERS_A), ['c' - 'a'] = PEN_WORDS(RUNNERS_C),
    ['e' - 'a'] = PEN_WORDS(RUNNERS_E), ['g' - 'a'] = PEN_WORDS(RUNNERS_G),
    ['i' - 'a'] = PEN_WORDS(RUNNERS_I), ['p' - 'a'] = PEN_WORDS(RUNNERS_P),
    ['r' - 'a'] = PEN_WORDS(RUNNERS_R), ['s' - 'a'] = PEN_WORDS(RUNNERS_S),
    ['x' - 'a'] = PEN_WORDS(RUNNERS_X),
};

static enum runner runner_of(struct pen_str name)
{
    const struct pen_word *const found = pen_word_find(runners, name.ptr, name.len, true);
    return found != NULL ? (enum runner)found->kind : RUNS_NOTHING;
}

/* The literal or variable that a call is given is a command line. */
static bool runs_command(struct pen_str argument)
{
    static const struct pen_str inputs[] = {PEN_STR("$_GET"), PEN_STR("$_POST"),
                                            PEN_STR("$_REQUEST"), PEN_STR("$_SERVER"),
                                            PEN_STR("$_COOKIE")};
    for (size_t i = 0; i < PEN_COUNT_OF(inputs); i++) {
        if (pen_str_starts(argument, inputs[i])) return true;
    }
    if (argument.len < 2 || memchr("'\"`", argument.ptr[0], 3) == NULL) return false;

    struct pen_shell shell = pen_shell_begin(pen_str_slice(argument, 1, CALL_BYTES));
    struct pen_shell_part part;
    while (pen_shell_next(&shell, &part)) {
        if (part.command != PEN_SHELL_UNKNOWN) return true;
    }
    return false;
}

/* system('id'), phpinfo(), ${@print(1)}, {${sleep(9)}}. */
static struct pen_cmdi_evidence calls(struct pen_str text)
{
    struct pen_cmdi_evidence best = {.rule = NULL};
    size_t tries = 0;
    size_t close = 0; /* the first behind `open`, looked for again only where it is passed */
    for (size_t open = pen_str_find(text, '(', 0); open < text.len;
         open = pen_str_find(text, '(', open + 1)) {
        size_t start = open;
        while (start > 0 && open - start < NAME_BYTES - 1
               && pen_is_name_char(text.ptr[start - 1])) {
            start--;
        }
        if (start == open) continue;

        const struct pen_str lead = pen_str_slice(text, 0, start);
        const bool spliced = pen_str_ends(lead, PEN_S("${@")) || pen_str_ends(lead, PEN_S("{${"));
        const bool near = is_short_lead(lead);
        const struct pen_str argument = pen_str_slice(text, open + 1, text.len);
        const enum runner runner = runner_of(pen_str_slice(text, start, open));
        if (close < open) close = pen_str_find(text, ')', open);
        const size_t end = close < text.len ? close + 1 : text.len;
        if (spliced) {
            best = stronger(best, found("cmdi.code", near ? 85 : CODE_SCORE, start, end));
        } else if (runner == TELLS && end == open + 2) {
            best = stronger(best, found("cmdi.code", near ? 78 : CODE_SCORE, start, end));
        } else if ((runner == RUNS_SHELL || runner == RUNS_CODE) && (near || tries++ < CALLS_MOST)
                   && runs_command(argument)) {
            best = stronger(best, found("cmdi.call", near ? 85 : CODE_SCORE, start, end));
        }
    }
    return best;
}

/* <?php system($_GET[0]); ?>, ;{$_GET["cmd"]} */
static struct pen_cmdi_evidence page_code(struct pen_str text)
{
    const struct pen_cmdi_evidence none = {.rule = NULL};
    size_t at = pen_str_find_str(text, PEN_S("<?"));
    const struct pen_str head = pen_str_slice(text, 0, SHORT_LEAD + 8);
    if (at == text.len) {
        at = pen_str_find_str(head, PEN_S("{$_"));
        return at + 3 < head.len && head.ptr[at + 3] >= 'A' && head.ptr[at + 3] <= 'Z'
                       && is_short_lead(pen_str_slice(text, 0, at))
                   ? found("cmdi.code", 78, at, text.len)
                   : none;
    }
    const struct pen_str body = pen_str_slice(text, at + 2, text.len);
    const bool php = pen_str_starts_fold(body, PEN_S("php")) || pen_str_starts(body, PEN_S("="))
                     || pen_str_starts(body, PEN_S(" "));
    if (!php) return none;
    /* To read what was sent is what pages do; to run it is not. */
    const bool runs = calls(body).rule != NULL || pen_str_find(body, '`', 0) < body.len;
    const bool near = is_short_lead(pen_str_slice(text, 0, at));
    return found("cmdi.code", !runs ? 45 : near ? 88 : 75, at, text.len);
}

/* <!--#exec cmd="id" --> */
static struct pen_cmdi_evidence include(struct pen_str text)
{
    static const struct {
        struct pen_str word;
        uint32_t score;
    } words[] = {{PEN_STR("exec"), 92},    {PEN_STR("include"), 85}, {PEN_STR("printenv"), 80},
                 {PEN_STR("echo"), 75},    {PEN_STR("config"), 72},  {PEN_STR("fsize"), 72},
                 {PEN_STR("flastmod"), 72}};
    const size_t at = pen_str_find_str(text, PEN_S("<!--#"));
    const struct pen_str rest = pen_str_slice(text, at + 5, text.len);
    for (size_t i = 0; at < text.len && i < PEN_COUNT_OF(words); i++) {
        if (pen_str_starts_fold(rest, words[i].word)) {
            return found("cmdi.include", words[i].score, at, text.len);
        }
    }
    return (struct pen_cmdi_evidence){.rule = NULL};
}

/* () { :;}; echo: Bash imported functions from variables and ran what followed. (CVE-2014-6271) */
static struct pen_cmdi_evidence function_variable(struct pen_str text)
{
    const struct pen_cmdi_evidence none = {.rule = NULL};
    size_t at = pen_str_find_str(pen_str_slice(text, 0, CALL_BYTES), PEN_S("()"));
    if (at + 2 >= text.len || (at > 0 && pen_is_name_char(text.ptr[at - 1]))) return none;

    const size_t start = at;
    at = pen_str_skip_blank(text, at + 2);
    if (at == text.len || text.ptr[at] != '{') return none;
    const size_t close = pen_str_find(text, '}', at);
    if (close == text.len) return none;
    const struct pen_str inside = pen_str_trim(pen_str_slice(text, at + 1, close));
    const bool empty = pen_str_starts(inside, PEN_S(":")) || pen_str_starts(inside, PEN_S("_;"))
                       || pen_str_starts(inside, PEN_S("foo"))
                       || pen_str_starts(inside, PEN_S("_"));
    const struct pen_str rest = pen_str_trim(pen_str_slice(text, close + 1, text.len));
    return empty && rest.len > 1 && start < SHORT_LEAD ? found("cmdi.function", 95, start, text.len)
                                                       : none;
}

static size_t find_fold(struct pen_str text, struct pen_str word)
{
    for (size_t at = 0; at + word.len <= text.len; at++) {
        if (pen_to_lower(text.ptr[at]) == word.ptr[0]
            && pen_str_starts_fold(pen_str_slice(text, at, text.len), word)) {
            return at;
        }
    }
    return text.len;
}

/* Where PowerShell is told to fetch, decode or compile a program. */
static size_t load_at(struct pen_str text)
{
    static const struct pen_str calls[] = {
        PEN_STR(".downloadstring"), PEN_STR(".downloadfile"), PEN_STR("frombase64string"),
        PEN_STR("[scriptblock]::create"), PEN_STR("net.sockets.tcpclient")};
    for (size_t at = pen_str_find(text, '(', 0); at < text.len;
         at = pen_str_find(text, '(', at + 1)) {
        const char last = at > 0 ? pen_to_lower(text.ptr[at - 1]) : '\0';
        if (last != 'g' && last != 'e' && last != 't') continue;
        for (size_t i = 0; i < PEN_COUNT_OF(calls); i++) {
            if (pen_str_ends_fold(pen_str_slice(text, 0, at), calls[i])) return at;
        }
    }
    return text.len;
}

/* IEX (New-Object Net.WebClient).DownloadString('http://h/a') */
static struct pen_cmdi_evidence loader(struct pen_str text)
{
    const size_t at = load_at(text);
    if (at == text.len) return (struct pen_cmdi_evidence){.rule = NULL};

    const bool runs = find_fold(text, PEN_S("iex")) < text.len
                      || find_fold(text, PEN_S("invoke-")) < text.len
                      || find_fold(text, PEN_S("new-object")) < text.len
                      || find_fold(text, PEN_S("powershell")) < text.len;
    const bool one_line = pen_str_find(text, '\n', 0) == text.len;
    return found("cmdi.loader", !runs ? 45 : one_line ? 88 : 65, 0, at);
}

/* Options of programs that take a program to run, or a file to write. (CWE-88) */
static struct pen_cmdi_evidence option(struct pen_str text)
{
    static const struct {
        struct pen_str start;
        uint32_t score;
    } options[] = {
        {PEN_STR("-oproxycommand="), 88},
        {PEN_STR("-o proxycommand="), 88},
        {PEN_STR("-oproxycommand "), 88},
        {PEN_STR("--use-compress-program="), 80},
        {PEN_STR("--checkpoint-action="), 88},
        {PEN_STR("--to-command="), 80},
        {PEN_STR("--rsh-command="), 80},
        {PEN_STR("--upload-pack="), 80},
        {PEN_STR("--receive-pack="), 80},
        {PEN_STR("--exec="), 65},
        {PEN_STR("--eval="), 60},
        {PEN_STR("--gpu-launcher="), 85},
        {PEN_STR("--renderer-cmd-prefix="), 85},
        {PEN_STR("--utility-cmd-prefix="), 85},
        {PEN_STR("--pre-exec="), 65},
        {PEN_STR("--open-files-in-pager="), 75},
        {PEN_STR("--ext-diff="), 60},
        {PEN_STR("--config=core."), 75},
        {PEN_STR("--post-file="), 70},
        {PEN_STR("--output-document="), 60},
        {PEN_STR("--output="), 55},
        {PEN_STR("--use-askpass="), 80},
        {PEN_STR("-exec "), 65},
        {PEN_STR("--dynamic-load"), 60},
        {PEN_STR("--rsync-path="), 75},
        {PEN_STR("--rsh="), 70},
        {PEN_STR("--checkpoint="), 60},
        {PEN_STR("ext::"), 85}, /* git's remote helper that runs a command */
    };
    size_t at = 0;
    while (at < text.len && at < 4 && memchr(" '\"\t", text.ptr[at], 4) != NULL) {
        at++;
    }
    const struct pen_str head = pen_str_slice(text, at, text.len);
    const bool may_be = head.len > 4 && (head.ptr[0] == '-' || pen_to_lower(head.ptr[0]) == 'e');
    for (size_t i = 0; may_be && i < PEN_COUNT_OF(options); i++) {
        if (pen_str_starts_fold(head, options[i].start)) {
            return found("cmdi.option", options[i].score, at, text.len);
        }
    }
    /* The browser's launchers, behind its name. */
    const struct pen_str start = pen_str_slice(text, 0, CALL_BYTES);
    const size_t dash = pen_str_find(start, '-', 0);
    const size_t launcher =
        dash < start.len ? find_fold(start, PEN_S("--gpu-launcher=")) : start.len;
    if (launcher < start.len) return found("cmdi.option", 80, launcher, text.len);
    return (struct pen_cmdi_evidence){.rule = NULL};
}

/* %COMSPEC:~0,1%: a letter cut out of a variable. */
static struct pen_cmdi_evidence cut_variable(struct pen_str text)
{
    const size_t at = pen_str_find_str(text, PEN_S(":~"));
    if (at + 2 >= text.len || at == 0) return (struct pen_cmdi_evidence){.rule = NULL};

    const bool number = pen_is_digit(text.ptr[at + 2]) || text.ptr[at + 2] == '-';
    const bool name = pen_is_name_char(text.ptr[at - 1]);
    const size_t close = pen_str_find(text, '%', at);
    const size_t open = pen_str_find(text, '%', 0);
    return number && name && open < at && close < text.len && close - at < NAME_BYTES
               ? found("cmdi.spelled", 80, open, close + 1)
               : (struct pen_cmdi_evidence){.rule = NULL};
}

/* "${PATH:0:1}" at `at`: one letter of a variable; behind it, or `at`. */
static size_t picked_letter(struct pen_str text, size_t at)
{
    const size_t start = at;
    if (!pen_str_starts(pen_str_slice(text, at, text.len), PEN_S("${"))) return start;
    at += 2;
    while (at < text.len && pen_is_name_char(text.ptr[at])) {
        at++;
    }
    if (at == start + 2 || at == text.len || text.ptr[at] != ':') return start;
    at++;
    while (at < text.len
           && (pen_is_digit(text.ptr[at]) || text.ptr[at] == ' ' || text.ptr[at] == '-')) {
        at++;
    }
    const bool one = pen_str_starts(pen_str_slice(text, at, text.len), PEN_S(":1}"));
    return one ? at + 3 : start;
}

/* ${PATH:0:1}bin${PATH:0:1}id: a word put together from letters that variables hold. One alone is
   an abbreviation: image:${SHA:0:1}. */
static struct pen_cmdi_evidence picked_word(struct pen_str text)
{
    size_t first = text.len;
    size_t letters = 0;
    for (size_t at = pen_str_find(text, '$', 0); at < text.len; at = pen_str_find(text, '$', at)) {
        const size_t behind = picked_letter(text, at);
        if (behind > at && letters++ == 0) first = at;
        if (letters > 1) return found("cmdi.spelled", 80, first, behind);
        at = behind > at ? behind : at + 1;
    }
    return (struct pen_cmdi_evidence){.rule = NULL};
}

static bool has(struct pen_str text, char c)
{
    return pen_str_find(text, c, 0) < text.len;
}

/* A word, or nothing, before the parenthesis: prose has a space there. */
static bool has_call(struct pen_str text)
{
    for (size_t open = pen_str_find(text, '(', 0); open < text.len;
         open = pen_str_find(text, '(', open + 1)) {
        if (open > 0 && pen_is_name_char(text.ptr[open - 1])) return true;
        if (open + 1 < text.len && text.ptr[open + 1] == ')') return true;
    }
    return false;
}

static inline bool block_has_sign(const char *p)
{
    return pen_block_has(p, '<') || pen_block_has(p, '{') || pen_block_has(p, '$')
           || pen_block_has(p, '%');
}

/* One of those that what is no call begins with: most texts have none. */
static bool has_sign(struct pen_str text)
{
    char padded[PEN_BLOCK] = {0};
    if (text.len < PEN_BLOCK) {
        if (text.len > 0) memcpy(padded, text.ptr, text.len);
        return block_has_sign(padded);
    }
    for (size_t at = 0; at + PEN_BLOCK <= text.len; at += PEN_BLOCK) {
        if (block_has_sign(text.ptr + at)) return true;
    }
    return block_has_sign(text.ptr + text.len - PEN_BLOCK);
}

struct pen_cmdi_evidence pen_cmdi_calls(struct pen_str text)
{
    struct pen_cmdi_evidence best = option(text);
    if (has_call(text)) {
        best = stronger(best, calls(text));
        best = stronger(best, function_variable(text));
        best = stronger(best, loader(text));
    }
    if (!has_sign(text)) return best;
    if (has(text, '<') || has(text, '{')) best = stronger(best, page_code(text));
    if (has(text, '$') && has(text, ':')) best = stronger(best, picked_word(text));
    if (has(text, '<')) best = stronger(best, include(text));
    return has(text, '%') ? stronger(best, cut_variable(text)) : best;
}
