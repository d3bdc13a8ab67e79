/**
 * LDAP injection: a value that closes its place in a search filter and adds a condition.
 *
 * A filter of RFC 4515 nests in parentheses with the operator first, so a break-out reads
 * ")(attribute=" or ")(|(": a closing parenthesis that nothing opened, and a filter behind it. A
 * whole filter where a value belongs is reported as well. (CWE-90, OWASP WSTG-INPV-06)
 *
 * Not reported: parentheses and asterisks of prose, globs, footnotes, calls in code.
 */
#include "filters/filter.h"

#define BREAK_OUT 90
#define FILTER    75 /* a whole one, where a value belongs */
#define CUT       80 /* a NUL or end behind a closed filter: the rest of it is lost */
#define SINK_SCORE                                                                          \
    55           /* what only a function that searches directories takes for more than text \
                  */
#define DEEP  16 /* brackets in a row that are looked behind */
#define LEAST 3  /* metacharacters that are no text any more */

#define LONGEST_NUL 4 /* bytes: "\\x00" */

static const struct pen_rule rules[] = {
    {"ldap.break_out", "the value closes its condition and adds another one"},
    {"ldap.filter", "the value is a search filter of its own"},
    {"ldap.cut", "the value ends the filter, and what the function appends is lost"},
    {"ldap.wildcards", "the value is nothing but wildcards and operators of a search filter"},
};

static const struct pen_trigger triggers[] = {
    {"[)(]\\s*\\(\\s*[&|!a-z]", true, 0},
    {"\\([&|!]\\s*\\(", false, 0},
    {"[*)]\\)(\\\\|%|\\x00)", false, 0},
    {"\\*\\(?\\)", false, 0},
    {"\\)\\)", false, 0},
    {"[)(]\\([&|!]", false, 0},
    {"\\)\\s?[&|!]\\s?\\([a-z]", true, 0},
    {"\\)\\s?\\([12]\\.[0-9]", false, 0},
    {"[0-9]:=", false, 0},
    {"^\\*", false, 0},
};

/* The text, and what was found out about it last: brackets in a row ask the same of what is behind
   them. */
struct reader {
    struct pen_str text;
    size_t bare_start; /* from here on ... */
    size_t bare_end;   /* ... up to here all is opening brackets and white space */
    size_t asked_at;   /* where is_condition() was asked ... */
    bool condition;    /* ... and its answer */
};

static bool is_attribute(char c)
{
    return pen_is_alnum(c) || c == '-' || c == ';' || c == '.' || c == ':';
}

/* "1.2.840.113556.1.4.803:=" at `at`: an attribute or a matching rule by its number; the end of it,
   or `at`. */
static size_t number_end(struct pen_str text, size_t at)
{
    size_t end = at;
    size_t dots = 0;
    while (end < text.len && (pen_is_digit(text.ptr[end]) || text.ptr[end] == '.')) {
        dots += text.ptr[end] == '.';
        end++;
    }
    return dots > 1 && pen_str_stands(text, end, PEN_S(":=")) ? end + 2 : at;
}

/* "attribute=", ">=", "<=", "~=" or ":=" at `at` (RFC 4515 section 3). */
static bool is_condition(struct pen_str text, size_t at)
{
    if (at < text.len && pen_is_digit(text.ptr[at])) return number_end(text, at) > at;
    size_t end = at;
    while (end < text.len && is_attribute(text.ptr[end])) {
        end++;
    }
    if (end == at || !pen_is_alpha(text.ptr[at])) return false;
    if (end < text.len && (text.ptr[end] == '>' || text.ptr[end] == '<' || text.ptr[end] == '~')) {
        end++;
    }
    return end < text.len && text.ptr[end] == '='
           && (end + 1 == text.len || text.ptr[end + 1] != '=');
}

static bool has_condition(struct reader *r, size_t at)
{
    if (r->asked_at != at) {
        r->asked_at = at;
        r->condition = is_condition(r->text, at);
    }
    return r->condition;
}

static bool is_operator(char c)
{
    return c == '&' || c == '|' || c == '!';
}

static bool is_bare(char c)
{
    return c == '(' || pen_is_space(c);
}

/* Behind the opening brackets and the white space at `at`. */
static size_t behind_brackets(struct reader *r, size_t at)
{
    if (at < r->bare_start || at >= r->bare_end) {
        r->bare_start = r->bare_end = at;
        while (r->bare_end < r->text.len && is_bare(r->text.ptr[r->bare_end])) {
            r->bare_end++;
        }
    }
    return r->bare_end;
}

/* At an opening parenthesis, in a text that starts at `start`: does a filter begin? `operators`
   counts "(&", "(|", "(!". */
static bool begins_filter(struct reader *r, size_t start, size_t at, size_t *operators)
{
    *operators = 0;
    const struct pen_str text = r->text;
    const size_t far = at + DEEP;
    while (at < text.len && at < far && is_bare(text.ptr[at])) {
        const size_t end = behind_brackets(r, at);
        at = end < far ? end : far;
        if (at < text.len && is_operator(text.ptr[at])) {
            (*operators)++;
            at++;
        }
        /* Deeper than this an opening alone says it. */
        if (*operators > LEAST) return true;
    }
    /* RFC 4526: "(&)" is true, "(|)" false. */
    if (*operators > 0 && at < text.len && text.ptr[at] == ')') return true;
    /* "admin)(&": what stood behind the value is the condition. */
    if (*operators > 0 && at == text.len && text.ptr[start] != '(') return true;
    /* "(!(1=0": behind an operator even a number is a condition. */
    const bool number = *operators > 0 && at + 1 < text.len && pen_is_digit(text.ptr[at]);
    return has_condition(r, at) || (number && text.ptr[at + 1] == '=');
}

static void report(struct pen_scan *scan, const char *rule, size_t start, size_t end,
                   uint32_t score)
{
    pen_scan_report(scan, rule, (struct pen_span){start, end}, score);
}

/* "*)(&", "*()|&'": no text is made of these alone. */
static bool is_all_operators(struct pen_str text)
{
    size_t brackets = 0;
    size_t others = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];
        if (c == '(' || c == ')') {
            brackets++;
        } else if (c == '*' || c == '|' || c == '&') {
            others++;
        } else if (c != '\'' && c != '"' && c != '%' && c != '=' && c != '!' && c != '\0') {
            return false;
        }
    }
    return brackets > 0 && others > 1 && brackets + others > LEAST;
}

/* "(uid=*)": a whole filter of one condition that any entry meets. */
static bool is_lone_condition(struct pen_str text)
{
    if (text.len < 5 || text.ptr[0] != '(' || !pen_str_ends(text, PEN_S("=*)"))) return false;
    size_t at = 1;
    while (at < text.len && is_attribute(text.ptr[at])) {
        at++;
    }
    return at + 3 == text.len;
}

/* "userPassword:2.5.13.18:=123" and nothing else: an attribute, a matching rule, a value. */
static bool is_lone_match(struct pen_str text)
{
    const size_t colon = pen_str_find(text, ':', 0);
    if (colon == 0 || colon == text.len || pen_str_find(text, ' ', 0) < text.len) return false;
    for (size_t i = 0; i < colon; i++) {
        if (!pen_is_alnum(text.ptr[i]) && text.ptr[i] != '-') return false;
    }
    return pen_is_alpha(text.ptr[0]) && number_end(text, colon + 1) > colon + 1;
}

/* Behind ")": the end, spelled as a NUL in one of its forms. */
static bool is_nul(struct pen_str rest)
{
    static const struct pen_str forms[] = {
        PEN_STR("\0"), PEN_STR("%00"), PEN_STR("\\00"), PEN_STR("\\0"), PEN_STR("\\x00"),
    };
    return rest.len <= LONGEST_NUL && pen_str_is_among(rest, forms, PEN_COUNT_OF(forms));
}

/* At ")": the one that closes what the text has not opened. */
static void inspect_closing(struct reader *r, size_t at, bool starred, struct pen_scan *scan)
{
    const struct pen_str text = r->text;
    const struct pen_str near = pen_str_slice(text, 0, at + 1 + DEEP);
    size_t operators = 0;
    const size_t next = pen_str_skip_space(near, at + 1);
    const char sign = next < text.len ? text.ptr[next] : '\0';
    if (sign == '(' && begins_filter(r, at + 1, next, &operators)) {
        report(scan, "ldap.break_out", at, at + 2, BREAK_OUT);
    }
    /* "x)|(uid=*": the operator stands where many take it to belong, between the two. */
    if (is_operator(sign)) {
        const size_t open = pen_str_skip_space(near, next + 1);
        if (open < text.len && text.ptr[open] == '(' && has_condition(r, open + 1)) {
            report(scan, "ldap.break_out", at, open + 1, BREAK_OUT);
        }
    }
    if (starred && is_nul(pen_str_slice(text, at + 1, text.len))) {
        report(scan, "ldap.cut", at, text.len, CUT);
    }
}

static enum pen_status inspect_leaf(const void *state, const struct pen_leaf *leaf,
                                    struct pen_scan *scan)
{
    (void)state;
    const struct pen_str text = leaf->text;
    PEN_TRY(pen_scan_spend(scan, 4 * text.len));
    struct reader reader = {.text = text, .asked_at = SIZE_MAX};
    size_t open = 0;
    size_t unopened_at = SIZE_MAX; /* the latest closing that nothing opened */
    size_t ends = 0;               /* such ones in a row */
    bool starred = false; /* a wildcard or a condition stands before: the value fills a filter */
    bool reported = false;
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];
        /* Three neighbours in ASCII, and the sign of a condition; other bytes say nothing. */
        if ((c < '(' || c > '*') && c != '=') continue;
        if (c == '*' || c == '=') {
            starred = true;
        } else if (c == '(') {
            size_t operators = 0;
            if (!reported && begins_filter(&reader, 0, i, &operators) && operators > 0) {
                report(scan, "ldap.filter", i, i + 2, FILTER);
                reported = true;
            }
            open++;
        } else if (open > 0) {
            open--;
        } else {
            ends = i > 0 && unopened_at == i - 1 ? ends + 1 : 1;
            unopened_at = i;
            inspect_closing(&reader, i, starred, scan);
        }
    }
    if (is_lone_condition(text) || is_lone_match(text))
        report(scan, "ldap.filter", 0, text.len, FILTER);
    if (ends > 1 && unopened_at + 1 == text.len) {
        report(scan, "ldap.cut", text.len - 1, text.len, SINK_SCORE);
    }
    /* {"events": ["*"]} is a setting, {"user": "*"} anybody. */
    const bool listed = leaf->node != NULL && leaf->node->parent != NULL
                        && leaf->node->parent->type == PEN_JSON_ARRAY;
    if (pen_str_equal(text, PEN_S("*")) && !listed)
        report(scan, "ldap.wildcards", 0, 1, SINK_SCORE);
    if (is_all_operators(text)) report(scan, "ldap.wildcards", 0, text.len, FILTER);
    return PEN_OK;
}

const struct pen_filter pen_filter_ldap = {
    .name = "ldap",
    .summary = "values that add conditions to a directory search",
    .sinks = "ldap",
    .rules = rules,
    .rule_count = PEN_COUNT_OF(rules),
    .triggers = triggers,
    .trigger_count = PEN_COUNT_OF(triggers),
    .inspect_leaf = inspect_leaf,
};
