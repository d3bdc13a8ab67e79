/**
 * XPath injection: a value that closes its predicate and goes on, or is an expression itself.
 *
 * What tells XPath from anything else that quotes and compares are its node tests and axes:
 * functions over paths (`count(//a)`, `name()=`), `child::node()`, `//user[`, and a union behind a
 * closed predicate (`')] | //`). (CWE-643, OWASP WSTG-INPV-09)
 *
 * Not reported: a path alone (`//div[@class="x"]` selects, it does not break out), functions of
 * other languages, tautologies without any of XPath, which the sqli filter judges.
 */
#include "filters/filter.h"

#include <string.h>

#define BREAK_OUT  90
#define PROBE      80 /* an expression that asks about the document, where a value belongs */
#define SINK_SCORE 55 /* what only a function that asks a document takes for more than text */
#define JOINT      16 /* bytes between a string's end and what an operator joins to it */
#define REACH      96 /* bytes behind a function's name that are looked at */

static const struct pen_rule rules[] = {
    {"xpath.break_out", "the value closes its predicate and goes on with another one"},
    {"xpath.union", "the value closes its path and adds another one"},
    {"xpath.probe", "the value is an expression that asks about the document"},
};

static const struct pen_trigger triggers[] = {
    {"(count|name|string|length|substring|contains|starts-with|position|text|comment|node|last|"
     "string-join|normalize-space|doc|codepoints-to-string)\\s*\\(",
     true, 0},
    {"[defgrt]::(\\*|[a-z])", true, 0}, /* the last letter of an axis, not "arn:aws:s3:::" */
    {"\\]\\s*\\|\\s*/", false, 0},
    {"(or|and|not\\()\\s*\\(*/[/*@.a-z]", true, 0},
    {"(or|and)\\s+(true|false)\\(", true, 0},
    {"^(//?|@)\\*", false, 0},
    {"(or|and)\\s+@\\*", true, 0},
    {"['\"][ )\\]]*(or|and|not\\()\\s*\\.[ =<>]", true, 0},
    {"\\]/[.@*/]|^\\]/|['\"][ )]*\\| */", false, 0},
    {"(number|translate|matches|replace|tokenize|-case|collection|-variable)\\s*\\(\\.", true, 0},
    {"(unparsed-text|doc-available|document)\\s*\\(", true, 0},
};

static bool is_xml_name_char(char c)
{
    return pen_is_name_char(c) || c == '-';
}

static const struct pen_str axes[] = {
    PEN_STR("child::"),      PEN_STR("parent::"),
    PEN_STR("ancestor::"),   PEN_STR("ancestor-or-self::"),
    PEN_STR("descendant::"), PEN_STR("descendant-or-self::"),
    PEN_STR("following::"),  PEN_STR("following-sibling::"),
    PEN_STR("preceding::"),  PEN_STR("preceding-sibling::"),
    PEN_STR("attribute::"),  PEN_STR("self::"),
    PEN_STR("namespace::"),
};

/* Tests of nodes; no other language calls them so. */
static const struct pen_str node_tests[] = {
    PEN_STR("node()"),
    PEN_STR("text()"),
    PEN_STR("comment()"),
    PEN_STR("processing-instruction()"),
};

static const struct pen_str functions[] = {
    PEN_STR("count"),         PEN_STR("name"),          PEN_STR("local-name"),
    PEN_STR("string"),        PEN_STR("string-length"), PEN_STR("substring"),
    PEN_STR("contains"),      PEN_STR("starts-with"),   PEN_STR("normalize-space"),
    PEN_STR("string-join"),   PEN_STR("doc"),           PEN_STR("document"),
    PEN_STR("position"),      PEN_STR("last"),          PEN_STR("codepoints-to-string"),
    PEN_STR("sum"),           PEN_STR("boolean"),       PEN_STR("namespace-uri"),
    PEN_STR("true"),          PEN_STR("false"),         PEN_STR("unparsed-text"),
    PEN_STR("doc-available"), PEN_STR("concat"),        PEN_STR("number"),
    PEN_STR("translate"),     PEN_STR("not"),           PEN_STR("matches"),
    PEN_STR("replace"),       PEN_STR("tokenize"),      PEN_STR("lower-case"),
    PEN_STR("upper-case"),    PEN_STR("collection"),    PEN_STR("environment-variable"),
};

/* By the first letter, in which most words part; `word` is in lower case. */
static bool stands_word(struct pen_str text, size_t at, struct pen_str word)
{
    return at < text.len && pen_to_lower(text.ptr[at]) == word.ptr[0]
           && pen_str_stands_fold(text, at, word);
}

/* A step of a path begins here: "/", "//x", "@id", "child::", "*", "text()". */
static bool is_path(struct pen_str text, size_t at)
{
    if (at >= text.len) return false;
    if (text.ptr[at] == '/' && at + 1 < text.len) {
        const char next = text.ptr[at + 1];
        if (next == '/' || next == '*' || next == '@' || next == '.') return true;
        for (size_t i = 0; i < PEN_COUNT_OF(axes); i++) {
            if (stands_word(text, at + 1, axes[i])) return true;
        }
        for (size_t i = 0; i < PEN_COUNT_OF(node_tests); i++) {
            if (stands_word(text, at + 1, node_tests[i])) return true;
        }
        return false;
    }
    if (pen_str_stands(text, at, PEN_S("../"))) return true;
    return text.ptr[at] == '@' && at + 1 < text.len
           && (pen_is_alpha(text.ptr[at + 1]) || text.ptr[at + 1] == '*');
}

/* "name(" at `at`, a whole word: where its argument begins; 0 when it is none of them. */
static size_t argument_of(struct pen_str text, size_t at)
{
    if (at >= text.len) return 0;
    if (at > 0 && (is_xml_name_char(text.ptr[at - 1]) || text.ptr[at - 1] == '.')) return 0;
    const char letter = pen_to_lower(text.ptr[at]);
    for (size_t i = 0; i < PEN_COUNT_OF(functions); i++) {
        /* Most names are told from most of these by one byte. */
        if (functions[i].ptr[0] != letter) continue;
        if (!stands_word(text, at, functions[i])) continue;
        const size_t open = pen_str_skip_space(text, at + functions[i].len);
        if (open < text.len && text.ptr[open] == '(') return open + 1;
    }
    return 0;
}

/* Nothing in it: "name()", "position()", "last()". */
static bool is_empty_call(struct pen_str text, size_t argument)
{
    const size_t close = pen_str_skip_space(text, argument);
    return close < text.len && text.ptr[close] == ')';
}

/* "= 'x'", "=1" behind a call without argument. */
static bool is_compared(struct pen_str text, size_t argument)
{
    const size_t next = pen_str_skip_space(text, pen_str_skip_space(text, argument) + 1);
    return next < text.len
           && (text.ptr[next] == '=' || text.ptr[next] == '<' || text.ptr[next] == '>');
}

/* A text, and what each call in it would look for from the start: once is linear. */
struct subject {
    struct pen_str text;
    size_t head;  /* where its first byte stands that is no white space */
    size_t quote; /* its first quote; the text's length when there is none */
};

static struct subject subject_of(struct pen_str text)
{
    const size_t single = pen_str_find(text, '\'', 0);
    const size_t paired = pen_str_find(text, '"', 0);
    return (struct subject){text, pen_str_skip_space(text, 0), single < paired ? single : paired};
}

/* Before `at`: a closing quote and an operator, "' and ", "\" or ", "'] | ". */
static bool breaks_out(const struct subject *subject, size_t at)
{
    const struct pen_str text = subject->text;
    while (at > 0 && pen_is_space(text.ptr[at - 1])) {
        at--;
    }
    const struct pen_str before = pen_str_slice(text, 0, at);
    const bool joined = pen_str_ends(before, PEN_S("and")) || pen_str_ends(before, PEN_S("or"))
                        || pen_str_ends(before, PEN_S("AND")) || pen_str_ends(before, PEN_S("OR"))
                        || pen_str_ends(before, PEN_S("|")) || pen_str_ends(before, PEN_S("not("));
    return joined && subject->quote < before.len;
}

/* "' or //user", "') and true()": the text's first quote ends the string, and an operator joins
   what stands at `at` to it. */
static bool joins_at(const struct subject *subject, size_t at)
{
    const struct pen_str text = subject->text;
    const size_t quote = subject->quote;
    if (at <= quote || at - quote > JOINT) return false;
    struct pen_str joint = pen_str_slice(text, quote + 1, at);
    while (joint.len > 0 && memchr(" )]", joint.ptr[0], 3) != NULL) {
        joint = pen_str_slice(joint, 1, joint.len);
    }
    while (joint.len > 0 && (joint.ptr[joint.len - 1] == ' ' || joint.ptr[joint.len - 1] == '(')) {
        joint.len--;
    }
    static const struct pen_str operators[] = {PEN_STR("and"), PEN_STR("or"), PEN_STR("and not"),
                                               PEN_STR("or not"), PEN_STR("|")};
    return pen_str_is_among_fold(joint, operators, PEN_COUNT_OF(operators));
}

/* "//a[text()='' or '1'='1']": a path whose predicate always holds. */
static bool is_open_path(struct pen_str text)
{
    static const struct pen_str always[] = {PEN_STR("or '1'='1"), PEN_STR("or 1=1"),
                                            PEN_STR("or true()"), PEN_STR("or ''='")};
    if (text.len == 0 || text.ptr[0] != '/' || pen_str_find(text, '[', 0) == text.len) return false;
    for (size_t i = 0; i < PEN_COUNT_OF(always); i++) {
        if (pen_str_contains_fold(text, always[i])) return true;
    }
    return false;
}

/* All of a document, where a name belongs. */
static bool is_wildcard(struct pen_str text)
{
    static const struct pen_str paths[] = {PEN_STR("/*"), PEN_STR("//*"), PEN_STR("@*"),
                                           PEN_STR("//@*"), PEN_STR("//node()")};
    return pen_str_is_among(text, paths, PEN_COUNT_OF(paths));
}

/* Functions that no other language calls so. */
static bool is_own(struct pen_str text, size_t at)
{
    static const struct pen_str own[] = {
        PEN_STR("string-length"),        PEN_STR("normalize-space"), PEN_STR("local-name"),
        PEN_STR("namespace-uri"),        PEN_STR("doc-available"),   PEN_STR("unparsed-text"),
        PEN_STR("codepoints-to-string"), PEN_STR("starts-with"),     PEN_STR("lower-case"),
        PEN_STR("environment-variable"), PEN_STR("upper-case"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(own); i++) {
        if (pen_str_stands_fold(text, at, own[i])) return true;
    }
    return false;
}

/* ".", the node itself, and the end of the argument: "contains(.,'a')", "number(.)". */
static bool is_context(struct pen_str text, size_t at)
{
    if (at + 1 >= text.len || text.ptr[at] != '.') return false;
    const size_t next = pen_str_skip_space(text, at + 1);
    return next < text.len && (text.ptr[next] == ',' || text.ptr[next] == ')');
}

/* "name(..)", "string(//a)": a call as the argument of another one. */
static bool is_inner_call(struct pen_str text, size_t at)
{
    const size_t argument = argument_of(text, at);
    if (argument == 0) return false;
    const size_t first = pen_str_skip_space(text, argument);
    return is_path(text, first) || is_context(text, first)
           || pen_str_stands(text, first, PEN_S(".."));
}

/* "and string-length(...": the text goes on with the condition it was put into. */
static bool begins_with_operator(const struct subject *subject, size_t at)
{
    const struct pen_str before = pen_str_slice(subject->text, subject->head, at);
    const size_t word = pen_str_starts_fold(before, PEN_S("and")) ? 3 : 2;
    if (word == 2 && !pen_str_starts_fold(before, PEN_S("or"))) return false;
    return before.len > word && pen_str_skip_space(before, word) == before.len;
}

static void report(struct pen_scan *scan, const char *rule, size_t start, size_t end,
                   uint32_t score)
{
    pen_scan_report(scan, rule, (struct pen_span){start, end}, score);
}

/* "doc('http://a.example/')", "unparsed-text('/etc/passwd')" and nothing else: the value fetches a
   document where a name belongs. */
static bool is_whole_fetch(const struct subject *subject, size_t at, size_t argument)
{
    const struct pen_str text = subject->text;
    if (at != subject->head) return false;
    if (!pen_str_stands_fold(text, at, PEN_S("doc"))
        && !pen_str_stands_fold(text, at, PEN_S("unparsed-text"))) {
        return false;
    }
    const size_t quote = pen_str_skip_space(text, argument);
    if (quote != subject->quote) return false;
    const size_t close = pen_str_find(text, quote < text.len ? text.ptr[quote] : '\0', quote + 1);
    const struct pen_str address = pen_str_slice(text, quote + 1, close);
    const bool far = pen_str_find_str(address, PEN_S(":/")) < address.len
                     || (address.len > 0 && address.ptr[0] == '/');
    return far && pen_str_equal(pen_str_trim(pen_str_slice(text, close + 1, text.len)), PEN_S(")"));
}

/* A call of one of XPath's functions at `at`, looked at with what stands behind it. */
static void inspect_call(const struct subject *subject, size_t at, struct pen_scan *scan)
{
    const struct pen_str near = pen_str_slice(subject->text, 0, at + REACH);
    const size_t argument = argument_of(near, at);
    if (argument == 0) return;

    const size_t first = pen_str_skip_space(near, argument);
    /* "starts-with(@href,'http')" picks nodes; what leaves a predicate, or asks from the root on,
       does more. */
    const bool picks = first < near.len && near.ptr[first] == '@';
    const bool over_path = is_path(near, first) && !picks;
    if (joins_at(subject, at)
        && (picks || is_context(near, first) || is_inner_call(near, first) || is_own(near, at))) {
        report(scan, "xpath.break_out", at, argument, BREAK_OUT);
        return;
    }
    const bool about_node = is_empty_call(near, argument) && is_compared(near, argument);
    const bool constant = pen_str_stands_fold(near, at, PEN_S("true("))
                          || pen_str_stands_fold(near, at, PEN_S("false("));
    if (constant) {
        if (joins_at(subject, at)) report(scan, "xpath.break_out", at, argument, BREAK_OUT);
        return;
    }
    if (is_whole_fetch(subject, at, argument)) {
        report(scan, "xpath.probe", at, argument, PROBE);
        return;
    }
    if (!over_path && !about_node) {
        if (is_own(near, at) && begins_with_operator(subject, at)) {
            report(scan, "xpath.probe", at, argument, PROBE);
        }
        return;
    }
    if (breaks_out(subject, at)) {
        report(scan, "xpath.break_out", at, argument, BREAK_OUT);
    } else if (over_path) {
        report(scan, "xpath.probe", at, argument, PROBE);
    }
}

/* "] | //", "']/@password": a predicate that begins before the text is closed, and another path or
   step begins. */
static void inspect_union(const struct subject *subject, size_t at, struct pen_scan *scan)
{
    const struct pen_str text = subject->text;
    const bool leads = at == subject->head || (at > subject->quote && at - subject->quote < 3);
    if (leads && at + 1 < text.len && text.ptr[at + 1] == '/' && is_path(text, at + 1)) {
        report(scan, "xpath.union", at, at + 2, BREAK_OUT);
        return;
    }
    const size_t bar = pen_str_skip_space(text, at + 1);
    if (bar >= text.len || text.ptr[bar] != '|') return;
    const size_t path = pen_str_skip_space(text, bar + 1);
    if (is_path(text, path)) report(scan, "xpath.union", at, path, BREAK_OUT);
}

/* "child::node()", "following-sibling::*[": an axis with a test of nodes. */
static void inspect_axis(struct pen_str text, size_t at, struct pen_scan *scan)
{
    if (at > 0 && is_xml_name_char(text.ptr[at - 1])) return;
    for (size_t i = 0; i < PEN_COUNT_OF(axes); i++) {
        if (!stands_word(text, at, axes[i])) continue;
        const size_t test = at + axes[i].len;
        bool tests = test < text.len && text.ptr[test] == '*';
        for (size_t k = 0; k < PEN_COUNT_OF(node_tests) && !tests; k++) {
            tests = stands_word(text, test, node_tests[k]);
        }
        /* "child::node() is an axis" */
        const size_t end = test + pen_str_find(pen_str_slice(text, test, test + REACH), ')', 0) + 1;
        const size_t next = pen_str_skip_space(text, end);
        const bool told = next > end && next < text.len && pen_is_alpha(text.ptr[next])
                          && !pen_str_stands(text, next, PEN_S("and "))
                          && !pen_str_stands(text, next, PEN_S("or "));
        if (tests && !told) report(scan, "xpath.probe", at, test, PROBE);
        return;
    }
}

static enum pen_status inspect_leaf(const void *state, const struct pen_leaf *leaf,
                                    struct pen_scan *scan)
{
    (void)state;
    const struct pen_str text = leaf->text;
    PEN_TRY(pen_scan_spend(scan, 8 * text.len));
    const struct subject subject = subject_of(text);
    size_t depth = 0; /* predicates that begin in the text */
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];
        depth += c == '[';
        if (c == ']' && depth == 0) inspect_union(&subject, i, scan);
        depth -= c == ']' && depth > 0;
        /* "' or .='": the node itself. */
        if (c == '.' && i + 1 < text.len && memchr(" =<>", text.ptr[i + 1], 4) != NULL
            && joins_at(&subject, i)) {
            report(scan, "xpath.break_out", i, i + 1, BREAK_OUT);
        }
        /* "' or @*|node() or '": any attribute. */
        if (c == '@' && pen_str_stands(text, i, PEN_S("@*")) && joins_at(&subject, i)) {
            report(scan, "xpath.break_out", i, i + 2, BREAK_OUT);
        }
        /* "and/or" is a word. */
        if (c == '/' && joins_at(&subject, i) && i + 1 < text.len
            && (is_path(text, i)
                || (pen_is_alpha(text.ptr[i + 1]) && pen_is_space(text.ptr[i - 1])))) {
            report(scan, "xpath.break_out", i, i + 1, BREAK_OUT);
        }
        const bool begins = pen_is_alpha(c) && (i == 0 || !is_xml_name_char(text.ptr[i - 1]));
        if (!begins) continue;

        size_t end = i + 1;
        while (end < text.len && is_xml_name_char(text.ptr[end])) {
            end++;
        }
        /* Of all words only those in front of a parenthesis or an axis' colons are looked up. */
        const size_t next = pen_str_skip_space(text, end);
        if (next < text.len && text.ptr[next] == '(') inspect_call(&subject, i, scan);
        if (pen_str_stands(text, end, PEN_S("::"))) inspect_axis(text, i, scan);
        i = end - 1;
    }
    if (is_open_path(text)) report(scan, "xpath.probe", 0, text.len, PROBE);
    if (is_wildcard(text)) report(scan, "xpath.probe", 0, text.len, SINK_SCORE);
    return PEN_OK;
}

const struct pen_filter pen_filter_xpath = {
    .name = "xpath",
    .summary = "values that close a predicate of XPath and go on",
    .sinks = "xpath",
    .rules = rules,
    .rule_count = PEN_COUNT_OF(rules),
    .triggers = triggers,
    .trigger_count = PEN_COUNT_OF(triggers),
    .inspect_leaf = inspect_leaf,
};
