/**
 * Formula injection: a cell that a spreadsheet runs instead of showing.
 *
 * A text beginning with "=", "+", "-", "@", a tab or a carriage return is a formula when a table is
 * exported. What hurts is a formula that reaches out: dynamic data exchange (`=cmd|'/c calc'!A0`),
 * functions that fetch or call. (CWE-1236, OWASP CSV Injection)
 *
 * Not reported: negative numbers, telephone numbers, mentions, bullets. Ordinary formulas count
 * only where the function declares the sink "spreadsheet".
 */
#include "filters/filter.h"

#define EXCHANGE 92 /* runs a program */
#define REACHES  85 /* fetches, or calls into a library */
#define ORDINARY 55 /* any formula: the function that declares the sink wants none */
#define NAME     24 /* longest name of a function that is looked up */

static const struct pen_rule rules[] = {
    {"formula.exchange", "the cell runs a program by dynamic data exchange"},
    {"formula.reach", "the cell fetches an address or calls a library"},
    {"formula.formula", "the cell is a formula"},
};

static const struct pen_trigger triggers[] = {
    {"\\|\\s*['\"]", false, 0},
    {"[=+@-]\\s*[a-z.]{2,24}\\s*\\(", true, 0},
    {"=\\s*[0-9]+\\s*[+*/-]", false, 0},
    {"='file:|dde ?\\(", true, 0},
};

static bool is_space_or_nul(char c)
{
    return pen_is_space(c) || c == '\0';
}

static bool is_sign(char c)
{
    return c == '=' || c == '+' || c == '-' || c == '@';
}

/* Where the formula's inside begins: behind quotes of the CSV, white space and signs. 0 = none. */
static size_t formula_start(struct pen_str text)
{
    size_t at = 0;
    while (at < text.len
           && (is_space_or_nul(text.ptr[at]) || text.ptr[at] == '"' || text.ptr[at] == '\''
               || text.ptr[at] == ';' || text.ptr[at] == ',')) {
        at++; /* a separator ends the cell before, and begins one */
    }
    if (at == text.len || !is_sign(text.ptr[at])) return 0;
    while (at < text.len && (is_sign(text.ptr[at]) || is_space_or_nul(text.ptr[at]))) {
        at++;
    }
    return at;
}

/* "|'" and later "'!" or "!A1": a server, its topic, its item. White space stands anywhere. */
static bool exchanges(struct pen_str text, size_t at, size_t *end)
{
    bool bar = false;
    bool topic = false;
    char before = '\0';
    for (size_t i = at; i < text.len; i++) {
        const char c = text.ptr[i];
        if (is_space_or_nul(c)) continue;
        if (before == '|' && (c == '\'' || c == '"')) bar = true;
        if (bar && (before == '\'' || before == '"') && c == '!') topic = true;
        if (topic) {
            *end = i + 1;
            return true;
        }
        before = c;
    }
    return false;
}

static bool names_reach(struct pen_str name)
{
    static const struct pen_str names[] = {
        PEN_STR("hyperlink"),   PEN_STR("importxml"),  PEN_STR("importdata"),
        PEN_STR("importhtml"),  PEN_STR("importfeed"), PEN_STR("importrange"),
        PEN_STR("webservice"),  PEN_STR("image"),      PEN_STR("dde"),
        PEN_STR("exec"),        PEN_STR("call"),       PEN_STR("register"),
        PEN_STR("register.id"), PEN_STR("shell"),      PEN_STR("rtd"),
        PEN_STR("msexcel"),     PEN_STR("filterxml"),  PEN_STR("open"),
        PEN_STR("run"),         PEN_STR("sendkeys"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(names); i++) {
        if (pen_str_equal_fold(name, names[i])) return true;
    }
    return false;
}

/* What fetches or links, and is no name of a program's own functions. */
static bool names_fetch(struct pen_str name)
{
    return pen_str_equal_fold(name, PEN_S("hyperlink"))
           || pen_str_equal_fold(name, PEN_S("webservice"))
           || pen_str_equal_fold(name, PEN_S("filterxml"))
           || pen_str_starts_fold(name, PEN_S("import"));
}

/* "+HYPERLINK(\"http://a.example\")" and nothing behind it: a line of a change ends otherwise. */
static bool is_whole_fetch(struct pen_str text, size_t at, size_t end)
{
    if (!names_fetch(pen_str_slice(text, at, end))) return false;
    const struct pen_str rest = pen_str_trim(pen_str_slice(text, end, text.len));
    return pen_str_ends(rest, PEN_S(")")) && pen_str_find(rest, '"', 0) < rest.len
           && pen_str_find(rest, '\n', 0) == rest.len;
}

/* "Jane,=cmd|'/c calc'!A0": a cell of its own behind the separator of a table. `bar` is the '|'. */
static bool begins_cell(struct pen_str text, size_t bar)
{
    size_t at = bar;
    while (at > 0 && bar - at < NAME && pen_is_alpha(text.ptr[at - 1])) {
        at--;
    }
    const bool named = at < bar && at > 0;
    if (!named || !is_sign(text.ptr[at - 1]) || at < 2) return false;
    const char before = text.ptr[at - 2];
    return before == ',' || before == ';' || before == '\t' || before == '\n' || before == '"';
}

static size_t first_cell(struct pen_str text)
{
    size_t bar = pen_str_find(text, '|', 0);
    while (bar < text.len && !begins_cell(text, bar)) {
        bar = pen_str_find(text, '|', bar + 1);
    }
    return bar;
}

/* A name and "(" at `at`; the name's end, or `at`. */
static size_t call_end(struct pen_str text, size_t at)
{
    size_t end = at;
    while (end < text.len && end - at < NAME
           && (pen_is_alpha(text.ptr[end]) || text.ptr[end] == '.')) {
        end++;
    }
    size_t open = end;
    while (open < text.len && text.ptr[open] == ' ') {
        open++;
    }
    return end - at > 1 && open < text.len && text.ptr[open] == '(' ? end : at;
}

/* "=IMPORTXML(" and "=1+HYPERLINK(": a call of one that reaches out, with an argument in quotes or
   an address. */
static bool reaches(struct pen_str text, size_t at, size_t *start)
{
    for (size_t i = at; i < text.len; i++) {
        if (!pen_is_alpha(text.ptr[i]) || (i > 0 && pen_is_alpha(text.ptr[i - 1]))) continue;
        const size_t end = call_end(text, i);
        if (end > i && names_reach(pen_str_slice(text, i, end))) {
            *start = i;
            return true;
        }
    }
    return false;
}

static enum pen_status inspect_leaf(const void *state, const struct pen_leaf *leaf,
                                    struct pen_scan *scan)
{
    (void)state;
    const struct pen_str text = leaf->text;
    PEN_TRY(pen_scan_spend(scan, 4 * text.len));
    /* What older programs take without a sign. */
    if (pen_str_starts_fold(text, PEN_S("dde (\"")) || pen_str_starts_fold(text, PEN_S("dde(\""))) {
        pen_scan_report(scan, "formula.exchange", (struct pen_span){0, text.len}, EXCHANGE);
        return PEN_OK;
    }
    /* What follows is looked at to the end of the text: later cells are in it. */
    const size_t bar = first_cell(text);
    size_t behind = bar;
    if (bar < text.len && exchanges(text, bar, &behind)) {
        pen_scan_report(scan, "formula.exchange", (struct pen_span){bar, behind}, EXCHANGE);
        return PEN_OK;
    }
    const size_t start = formula_start(text);
    if (start == 0 || start == text.len) return PEN_OK;

    size_t place = start;
    if (exchanges(text, start, &place)) {
        pen_scan_report(scan, "formula.exchange", (struct pen_span){0, place}, EXCHANGE);
        return PEN_OK;
    }
    const bool equals = pen_str_find(pen_str_slice(text, 0, start), '=', 0) < start;
    /* LibreOffice reads a cell of another file. */
    const bool file = pen_str_stands_fold(text, start, PEN_S("'file:"));
    if (equals && (file || reaches(text, start, &place))) {
        pen_scan_report(scan, "formula.reach", (struct pen_span){0, place}, REACHES);
    } else if (!equals && call_end(text, start) > start
               && names_reach(pen_str_slice(text, start, call_end(text, start)))) {
        /* "-open(x)" is a line of a change. */
        pen_scan_report(scan, "formula.reach", (struct pen_span){0, place},
                        is_whole_fetch(text, start, call_end(text, start)) ? REACHES : ORDINARY);
    } else if (equals && (call_end(text, start) > start || pen_is_digit(text.ptr[start]))) {
        pen_scan_report(scan, "formula.formula", (struct pen_span){0, start}, ORDINARY);
    }
    return PEN_OK;
}

const struct pen_filter pen_filter_formula = {
    .name = "formula",
    .summary = "cells that a spreadsheet runs",
    .sinks = "spreadsheet",
    .rules = rules,
    .rule_count = PEN_COUNT_OF(rules),
    .triggers = triggers,
    .trigger_count = PEN_COUNT_OF(triggers),
    .inspect_leaf = inspect_leaf,
};
