/**
 * Command injection: a text that ends the argument it was meant to be and goes on as a command.
 *
 * A function pastes the text into a command line, bare or inside of quotes. What follows a
 * separator or a substitution is read as a shell reads a word, with quotes, escapes, empty
 * variables, $IFS, braces and carets undone, and asked: is it a command, and are its arguments
 * those of one? Words that English has too need an argument that no sentence has. A text that is
 * itself a command line leaves no place; of those only what would harm wherever it runs is
 * reported. Calls that hand a command to the shell (cmdi_calls.c) count as well. (OWASP
 * WSTG-INPV-12; CWE-77, CWE-78, CWE-88)
 *
 * Not reported: code in Markdown's back-ticks (cmdi_markdown.c), "a; b", "AT&T", key=value lists,
 * what developers' tools are told all day, commands that a sentence mentions.
 */
#include "filters/cmdi_calls.h"
#include "filters/cmdi_markdown.h"
#include "filters/cmdi_names.h"
#include "filters/cmdi_variables.h"
#include "filters/cmdi_weight.h"
#include "filters/filter.h"
#include "filters/shell_lexer.h"
#include "filters/shell_names.h"

#include <string.h>

#define VALUE_BYTES   96 /* before the first separator: longer is a text, no value */
#define VALUE_SPACES  2
#define PHRASE_SPACES 7
#define TEXT_SCORE    60 /* most behind a text or program: flagged there, refused with the sink */
#define CERTAIN       85 /* less is nothing in a text or program */
#define FOREIGN_SCORE 35 /* most for a lone word in a list of others */
#define SHORT_SCORE   72
#define SINK_SCORE    50
#define FEW_LINES     3
#define REFERENCE     128 /* bytes of an address in a chat's reference */
#define STEPS_A_BYTE  3

static const struct pen_rule rules[] = {
    {"cmdi.separator", "the argument is ended and a command of the sender's own follows"},
    {"cmdi.substitution", "a command of the sender's own is run to make part of the argument"},
    {"cmdi.spelled", "a command is spelled so that a check does not see it"},
    {"cmdi.command", "the text is a command that tells about the system or changes it"},
    {"cmdi.call", "a call hands a command to the shell"},
    {"cmdi.code", "code of a page's language tells about the system or runs what is sent"},
    {"cmdi.include", "a server-side include runs a command or shows a file"},
    {"cmdi.function", "a function for Bash to import, with a command behind it"},
    {"cmdi.loader", "PowerShell is told to load a program and run it"},
    {"cmdi.option", "the text is an option that makes a program run another"},
};

/* One group, marks only: the lexer is cheaper than a search for two hundred short words. */
static const struct pen_trigger triggers[] = {
    {"[;|&`\\n\\r]", false, 0},
    {"[$<>]\\(|\\\\[nr]", false, 0},
    /* What a command line without a separator has behind its first word. */
    {"[ +]-[a-z0-9-]", true, 0},
    {"[ +]/[a-z?*.]", true, 0},
    {"[ +]\"?[a-z]:[/\\\\]", true, 0},
    {"[ +](https?|ftp):", true, 0},
    {"[ +][%~][a-z/]", true, 0},
    {"[^A-Za-z]IFS|bin/|</etc|\\{[a-z]+,[^ ]", false, 0},
    /* Calls, includes, functions for Bash, PowerShell's loaders. */
    {"(system|exec|passthru|popen|proc_open|execsync|spawn|spawnsync|check_output|getoutput|shell|"
     "execfile|eval|assert|phpinfo|phpversion|php_uname|getmypid|cmdshell)\\(",
     true, 0},
    {"<\\?|<!--#|\\(\\)\\s*\\{|\\{\\$_|\\$\\{@|\\{\\$\\{|:~|:[0-9]:1\\}", false, 0},
    {"download(string|file)\\(|frombase64string\\(|scriptblock\\]|tcpclient\\]", true, 0},
    /* Options. Where the text begins is not asked here: that costs more than it saves. */
    {"--[a-z]{2}|-o ?proxy|-exec ", true, 0},
    {"ext::|launcher=", true, 0},
};

enum lead {
    LEAD_VALUE,   /* a value, or nothing */
    LEAD_PHRASE,  /* a few words */
    LEAD_COMMAND, /* a command line */
    LEAD_TEXT,    /* a longer text, or a program */
};

struct judge {
    struct pen_str text;
    struct pen_shell_part first; /* what stands before all others */
    enum lead lead;
    bool lead_known;  /* asked for only where a command follows */
    bool lead_spaced; /* words stand in it */
    bool lead_field;  /* '=' or '?' does */
    size_t lead_length;
    size_t lead_end;
    bool lettered; /* a letter stands before byte `lettered_to` */
    size_t lettered_to;
    size_t parted; /* behind the last '<' or space before byte `parted_to` */
    size_t parted_to;
    size_t lines;
    size_t ticks;
    size_t parts;
    bool sentence;   /* what stands before the first back-tick is no command line */
    bool query;      /* it begins as SQL, which has names between back-ticks */
    size_t code_end; /* Markdown's code in a sentence goes on to here */
    bool lead_coded; /* nothing but such code stood behind the first part */
    bool harmful;    /* one of the commands tells, fetches or runs something */
    size_t pipes;
    bool program;   /* the first part is a program's path and nothing else */
    size_t foreign; /* parts behind the first that are no commands */
    size_t commands;
    bool bare;                     /* the text begins with what separates commands */
    enum pen_shell_command ticked; /* the last word behind a back-tick */
    bool assigned;                 /* the part before sets variables and does nothing else */
    bool in_command;               /* the part before is a command of the shell's */
    size_t words;                  /* parts behind the first that hold anything */
    struct pen_shell_part opener;  /* what the text begins with: a separator and this */
    struct pen_cmdi_variables variables;
    struct pen_cmdi_evidence best;
    struct pen_cmdi_evidence lone; /* words without arguments: only where nothing else stands */
};

static struct pen_cmdi_evidence stronger(struct pen_cmdi_evidence a, struct pen_cmdi_evidence b)
{
    return b.rule != NULL && b.score > 0 && (a.rule == NULL || b.score > a.score) ? b : a;
}

static bool is_program(struct pen_str lead)
{
    for (size_t i = 0; i < lead.len; i++) {
        if (memchr("({}", lead.ptr[i], 3) != NULL) return true;
    }
    return pen_str_find_str(lead, PEN_S(" = ")) < lead.len
           || pen_str_find_str(lead, PEN_S(": ")) < lead.len
           || pen_str_find_str(lead, PEN_S("://")) + 40 < lead.len;
}

/* "RUN npm ci", "$ ls -la": the command line stands behind a word that says that it is one. */
static struct pen_shell_part behind_prompt(const struct pen_shell_part *first, struct pen_str lead)
{
    static const struct pen_str prompts[] = {PEN_STR("RUN "),    PEN_STR("CMD "), PEN_STR("run: "),
                                             PEN_STR("- run: "), PEN_STR("$ "),   PEN_STR("% ")};
    struct pen_shell_part part = *first;
    for (size_t i = 0; i < PEN_COUNT_OF(prompts); i++) {
        if (!pen_str_starts(lead, prompts[i])) continue;
        struct pen_shell shell = pen_shell_begin(pen_str_slice(lead, prompts[i].len, lead.len));
        (void)pen_shell_next(&shell, &part);
        break;
    }
    return part;
}

static enum lead lead_of(const struct pen_shell_part *start, struct pen_str text, size_t end)
{
    const struct pen_str lead = pen_str_trim(pen_str_slice(text, 0, end));
    const struct pen_shell_part part = behind_prompt(start, lead);
    const struct pen_shell_part *const first = &part;
    const struct pen_shell_arguments *const a = &first->arguments;
    const enum pen_shell_command command = first->command;
    const bool line =
        command != PEN_SHELL_UNKNOWN && command != PEN_SHELL_WORDY
        && (pen_cmdi_shaped(a) || (a->count > 0 && (command == PEN_SHELL_BUILD || a->plain < 3)));
    if (line || (command == PEN_SHELL_WORDY && pen_cmdi_has_target(a) && pen_cmdi_shaped(a)))
        return LEAD_COMMAND;
    if (first->path && pen_cmdi_shaped(a) && a->option) return LEAD_COMMAND;

    size_t spaces = 0;
    for (size_t i = 0; i < lead.len; i++) {
        if (lead.ptr[i] == ' ') spaces++;
    }
    if (spaces == 0 && !is_program(lead)) return LEAD_VALUE; /* padding is one long word */
    if (lead.len > VALUE_BYTES || is_program(lead)) return LEAD_TEXT;
    if (spaces <= VALUE_SPACES) return LEAD_VALUE;
    return spaces <= PHRASE_SPACES ? LEAD_PHRASE : LEAD_TEXT;
}

/* Parts are asked about in their order: each byte is looked at once. */
static bool has_words_before(struct judge *j, size_t end)
{
    while (!j->lettered && j->lettered_to < end) {
        j->lettered = pen_is_alpha(j->text.ptr[j->lettered_to++]);
    }
    return j->lettered;
}

/* Code that a sentence speaks of. Behind a command a back-tick is that command's argument. */
static void see_tick(struct judge *j, const struct pen_shell_part *part)
{
    const size_t at = part->span.start;
    j->ticks++;
    if (j->ticks % 2 == 0) {
        if (j->lead_coded && j->code_end == at) j->lead_end = part->span.end;
        return;
    }
    if (j->ticks == 1) {
        j->sentence = lead_of(&j->first, j->text, j->first.span.end) != LEAD_COMMAND;
        j->query = j->sentence && pen_cmdi_is_query(j->text);
    }
    j->code_end = 0;
    if (j->sentence && !j->in_command && pen_cmdi_code_opens(j->text, at)) {
        const size_t end = pen_cmdi_code_end(j->text, at);
        const bool told =
            end > 0
            && ((at > 2 && has_words_before(j, at)) || pen_cmdi_prose_follows(j->text, end + 1));
        if (told) j->code_end = end;
    }
    if (j->code_end == 0) j->lead_coded = false;
}

/* A separator that texts of other kinds have too says less. */
static uint32_t by_mark(struct judge *j, const struct pen_shell_part *part, uint32_t score)
{
    const bool none = part->arguments.count == 0;
    switch (part->mark) {
    case PEN_SHELL_LINE:
        return (j->lead_spaced || j->lines > FEW_LINES) && score > TEXT_SCORE ? TEXT_SCORE : score;
    case PEN_SHELL_SPELLED_LINE:
        return score > 75 ? 75 : score;
    case PEN_SHELL_BACK:
        if (none && !part->led && j->lead_length > 0) return j->lead_field ? 0 : 60;
        return score;
    case PEN_SHELL_TICK: {
        /* Markdown's code stands between spaces, a substitution within a word or alone. */
        const size_t start = part->span.start;
        if (start > 0 && j->text.ptr[start - 1] == '`') return 0; /* a fence */
        if (start + 1 < j->text.len && j->text.ptr[start + 1] == '`') return 0;
        if (j->in_command) return score;
        if (score > 0 && j->query && pen_cmdi_quotes_name(j->text, start)) return 0;
        const bool parted = start > 0 && memchr(" (\n\t*_[|", j->text.ptr[start - 1], 8) != NULL;
        if (pen_str_find(j->text, '`', start + 1) == j->text.len) return 0; /* `quoted' */
        return parted && has_words_before(j, start) ? 0 : score;
    }
    case PEN_SHELL_START:
    case PEN_SHELL_SEMICOLON:
    case PEN_SHELL_PIPE:
    case PEN_SHELL_OR:
    case PEN_SHELL_AND:
    case PEN_SHELL_SUBSTITUTION:
        return score;
    }
    return score;
}

static void look_at_lead(struct judge *j)
{
    const struct pen_str lead = pen_str_trim(pen_str_slice(j->text, 0, j->lead_end));
    j->lead = lead_of(&j->first, j->text, j->lead_end);
    j->lead_length = lead.len;
    j->lead_spaced = pen_str_find(lead, ' ', 0) < lead.len;
    j->lead_field = pen_str_find(lead, '=', 0) < lead.len || pen_str_find(lead, '?', 0) < lead.len;
    j->lead_known = true;
}

/* A value that others follow, and not commands, was no value. */
static enum lead lead_now(struct judge *j, const struct pen_shell_part *part)
{
    if (!j->lead_known) look_at_lead(j);
    const bool far = j->commands == 0 && part->span.start > j->lead_end + VALUE_BYTES;
    if (j->lead != LEAD_COMMAND && (j->foreign > 1 || far)) return LEAD_TEXT;
    return j->lead;
}

static uint32_t by_lead(struct judge *j, const struct pen_shell_part *part,
                        enum pen_shell_command command, struct pen_str rest)
{
    uint32_t score = 0;
    switch (lead_now(j, part)) {
    case LEAD_VALUE:
        return pen_cmdi_certainty(part, command, rest);
    case LEAD_PHRASE:
        score = pen_cmdi_certainty(part, command, rest);
        if (command == PEN_SHELL_WORDY && !part->arguments.option && !part->arguments.system)
            return 0;
        if (!pen_cmdi_has_target(&part->arguments))
            return score > FOREIGN_SCORE ? FOREIGN_SCORE : score;
        return score > 78 ? 78 : score;
    case LEAD_COMMAND:
        return pen_cmdi_harm(part, command, rest);
    case LEAD_TEXT:
        score = pen_cmdi_certainty(part, command, rest);
        return score < CERTAIN ? 0 : TEXT_SCORE;
    }
    return score;
}

static const char *rule_of(const struct pen_shell_part *part)
{
    if (part->disguised || part->spaced || part->wild) return "cmdi.spelled";
    if (part->mark == PEN_SHELL_TICK || part->mark == PEN_SHELL_SUBSTITUTION) {
        return "cmdi.substitution";
    }
    return part->mark == PEN_SHELL_START ? "cmdi.command" : "cmdi.separator";
}

static struct pen_str arguments_of(const struct judge *j, const struct pen_shell_part *part)
{
    const struct pen_str all = pen_str_slice(j->text, part->span.start, part->span.end);
    const size_t word = pen_str_find_str(all, pen_str_from_c(part->word));
    return pen_str_slice(all, word + part->length, all.len);
}

/* "| a | b |": a row of Markdown's, or of a log's. */
static bool is_table(struct pen_str text)
{
    const struct pen_str row = pen_str_trim(text);
    return pen_str_starts(row, PEN_S("| ")) && pen_str_find(row, '|', 2) < row.len;
}

/* The text begins with a separator: no sentence does. */
static struct pen_cmdi_evidence judge_opener(const struct judge *j)
{
    const struct pen_shell_part *const part = &j->opener;
    const bool separates = part->mark == PEN_SHELL_SEMICOLON || part->mark == PEN_SHELL_PIPE
                           || part->mark == PEN_SHELL_OR || part->mark == PEN_SHELL_BACK
                           || part->mark == PEN_SHELL_AND;
    if (!j->bare || !separates || part->called) {
        return (struct pen_cmdi_evidence){.rule = NULL};
    }
    const enum pen_shell_command command = part->command;
    const uint32_t score = pen_cmdi_bare(part, command, arguments_of(j, part), j->words == 1);
    return (struct pen_cmdi_evidence){.rule = rule_of(part), .score = score, .span = part->span};
}

/* Mark behind mark, with blanks between them at most. */
static bool holds_nothing(const struct pen_shell_part *part)
{
    return part->length == 0 && part->arguments.count == 0 && !part->path && !part->wild
           && !part->spaced && !part->variable && !part->assigned;
}

/* <https://h.example|mail>, <@U1|id>: a chat's reference and the words that it is shown by. A
   command with arguments is none. */
static bool is_shown_by(struct judge *j, const struct pen_shell_part *part)
{
    const struct pen_str text = j->text;
    const size_t bar = part->span.start;
    if (part->mark != PEN_SHELL_PIPE || part->led) return false;

    const struct pen_str words = pen_str_slice(text, bar + 1, part->span.end);
    const size_t close = pen_str_find(words, '>', 0);
    if (close == words.len || pen_str_find(words, ' ', 0) < close) return false;
    /* Parts are asked about in their order: each byte is looked at once. */
    for (; j->parted_to < bar; j->parted_to++) {
        const char c = text.ptr[j->parted_to];
        if (c == '<' || (unsigned char)c <= ' ') j->parted = j->parted_to + 1;
    }
    const size_t open = bar - j->parted > REFERENCE ? bar - REFERENCE : j->parted;
    const struct pen_str target = pen_str_slice(text, open, bar);
    const bool opened = open > 0 && text.ptr[open - 1] == '<';
    return opened && target.len > 0
           && (memchr("@#!", target.ptr[0], 3) != NULL
               || pen_str_find(target, ':', 0) < target.len);
}

/* In a sentence's code only what harms wherever it runs counts, behind a pipe above all. */
static uint32_t score_of(struct judge *j, const struct pen_shell_part *part,
                         enum pen_shell_command command, struct pen_str rest, bool coded)
{
    /* Behind the back-tick that closes; the lead may still grow. */
    if (part->mark == PEN_SHELL_TICK && j->ticks % 2 == 0) return 0;
    if (!coded) return by_mark(j, part, by_lead(j, part, command, rest));
    const bool tick = part->mark == PEN_SHELL_TICK;
    if (!tick && command == PEN_SHELL_PROBE && part->arguments.count == 0) return 0; /* `$(pwd)` */
    const uint32_t score = tick ? by_mark(j, part, pen_cmdi_certainty(part, command, rest))
                                : pen_cmdi_harm(part, command, rest);
    return score > TEXT_SCORE ? TEXT_SCORE : score;
}

static void judge_part(struct judge *j, const struct pen_shell_part *part)
{
    if (part->mark == PEN_SHELL_LINE) j->lines++;
    if (part->mark == PEN_SHELL_TICK) see_tick(j, part);
    const bool coded = part->span.start < j->code_end;
    if (part->mark != PEN_SHELL_START && !coded && part->span.start != j->code_end) {
        j->lead_coded = false;
    }
    if (part->mark != PEN_SHELL_START && holds_nothing(part)) {
        j->assigned = j->in_command = false;
        return;
    }
    const enum pen_shell_command command = part->called ? PEN_SHELL_UNKNOWN : part->command;
    const struct pen_str rest =
        command == PEN_SHELL_ADMIN ? arguments_of(j, part) : (struct pen_str){NULL, 0};
    const bool may_be = command != PEN_SHELL_UNKNOWN || part->program_path || part->wild
                        || part->spaced || part->variable;
    if (part->mark == PEN_SHELL_TICK && j->ticks == 1 && part->arguments.count == 0) {
        j->ticked = command;
    }
    uint32_t score = 0;
    if (part->mark == PEN_SHELL_START) {
        j->first = *part;
        j->lead_end = part->span.end;
        j->bare = part->length == 0 && part->arguments.count == 0 && !part->assigned
                  && !is_table(j->text);
        score = part->called ? 0 : pen_cmdi_harm(part, command, rest);
        j->program = part->program_path && part->length > 1 && part->arguments.count == 0;
    } else {
        if (may_be && !part->called) score = score_of(j, part, command, rest, coded);
        if (score > TEXT_SCORE && is_shown_by(j, part)) score = TEXT_SCORE;
        const bool odd = (part->mark == PEN_SHELL_TICK && j->ticks % 2 == 0) || coded;
        if (score > 0 && !coded) j->commands++;
        if (part->mark == PEN_SHELL_PIPE) j->pipes++;
        if (pen_cmdi_leads_on(part, command)) j->harmful = true;
        const bool command_line =
            command > PEN_SHELL_WORDY && part->arguments.count > 0 && part->arguments.count < 4;
        if (score == 0 && part->length > 0 && !odd && !command_line) j->foreign++;
        if (j->words == 0 && j->bare && part->length > 0) j->opener = *part;
        if (part->length > 0) j->words++;
    }
    j->assigned = part->assigned && part->length == 0 && !part->variable;
    j->in_command = command > PEN_SHELL_BUILD && part->mark != PEN_SHELL_START;
    const struct pen_cmdi_evidence evidence = {
        .rule = rule_of(part), .score = score, .span = part->span};
    const bool inside = part->mark == PEN_SHELL_TICK || part->mark == PEN_SHELL_SUBSTITUTION;
    if (part->arguments.count == 0 && part->mark != PEN_SHELL_START && !inside) {
        j->lone = stronger(j->lone, evidence);
    } else {
        j->best = stronger(j->best, evidence);
    }
}

/* `true`: Markdown's code, or a probe whether anything is run. The sink tells. */
static bool is_quoted_word(const struct judge *j)
{
    const struct pen_str trimmed = pen_str_trim(j->text);
    return j->ticks == 2 && j->parts == 3 && j->words == 1 && j->ticked != PEN_SHELL_UNKNOWN
           && trimmed.len < VALUE_BYTES && j->lead_end < 2;
}

static void report(struct pen_scan *scan, struct pen_cmdi_evidence evidence)
{
    if (evidence.rule != NULL && evidence.score > 0) {
        pen_scan_report(scan, evidence.rule, evidence.span, evidence.score);
    }
}

static struct pen_cmdi_evidence judge_commands(struct pen_str text)
{
    struct judge j = {.text = text, .lead_coded = true};
    struct pen_shell shell = pen_shell_begin(text);
    struct pen_shell_part part;
    while (pen_shell_next(&shell, &part)) {
        if (part.variable && part.length == 0 && j.variables.count > 1) {
            pen_cmdi_put_together(&j.variables, text, &part);
        }
        judge_part(&j, &part);
        if (j.assigned) pen_cmdi_remember(&j.variables, text, &part);
        j.parts++;
    }
    /* "/usr/bin/id;": a path alone names a program, with a separator behind it it is run. */
    if (j.program && j.parts > 1 && j.foreign == 0 && j.best.score < SHORT_SCORE) {
        j.best.score = SHORT_SCORE;
    }
    /* "id;name;mail" is a list, ";id;" is not. */
    if (j.foreign > 0 && j.lone.score > FOREIGN_SCORE) j.lone.score = FOREIGN_SCORE;
    /* A script of several lines is a document of its own kind. */
    const bool script =
        j.lines > FEW_LINES && lead_of(&j.first, j.text, j.first.span.end) == LEAD_COMMAND;
    struct pen_cmdi_evidence shown = stronger(j.best, j.lone);
    if (j.best.rule == NULL && is_quoted_word(&j)) {
        shown = (struct pen_cmdi_evidence){
            .rule = "cmdi.substitution", .score = SINK_SCORE, .span = {0, text.len}};
    }
    if (j.foreign == 0 || shown.score < SHORT_SCORE) shown = stronger(shown, judge_opener(&j));
    if (script && shown.score > TEXT_SCORE) shown.score = TEXT_SCORE;
    /* "`ls | head`": a chat's message. */
    const bool told = j.pipes > 0 && j.pipes + 3 == j.parts && !j.harmful;
    if (told && shown.score > TEXT_SCORE && pen_cmdi_is_code(j.text)) shown.score = TEXT_SCORE;
    return shown;
}

static enum pen_status inspect_leaf(const void *state, const struct pen_leaf *leaf,
                                    struct pen_scan *scan)
{
    (void)state;
    PEN_TRY(pen_scan_spend(scan, STEPS_A_BYTE * leaf->text.len));
    if (!pen_shell_is_plain(leaf->text)) report(scan, judge_commands(leaf->text));
    report(scan, pen_cmdi_calls(leaf->text));
    return PEN_OK;
}

const struct pen_filter pen_filter_cmdi = {
    .name = "cmdi",
    .summary = "text that becomes a command of a shell",
    .sinks = "shell",
    .rules = rules,
    .rule_count = PEN_COUNT_OF(rules),
    .triggers = triggers,
    .trigger_count = PEN_COUNT_OF(triggers),
    .inspect_leaf = inspect_leaf,
};
