/**
 * SQL injection: a text that ends the value it was meant to be and goes on as SQL.
 *
 * A function pastes the text into a query as a number, or inside one of three quotes. Each of these
 * contexts is tried: where does the text leave it, and is what follows a continuation that SQL
 * knows (a condition, a UNION, a statement, a clause, a cut)? Words alone are never evidence. The
 * technique is that of libinjection's contexts (N. Galbreath, 2012) with a grammar in the place of
 * its fingerprints.
 *
 * Readings that meet go on as one; those that do not are as many as there are quotes, twice that
 * where '+' may be a space. All together may have five tokens for every four bytes. Ordinary texts
 * have one in three bytes, programs without a blank at most six in seven; a text that wants more
 * was made to keep the filter busy, and the event is refused (PEN_ERR_LIMIT).
 *
 * Not reported: a whole SQL statement as a value, which leaves nothing (a query tool sends those);
 * apostrophes, key words and comment signs in running text.
 */
#include <string.h>

#include "filters/filter.h"
#include "filters/sqli_grammar.h"
#include "filters/sqli_questions.h"
#include "filters/sqli_terms.h"

#define FAR_LEAD        64 /* bytes before the break-out, beyond which it is inside a longer text */
#define FAR_TOKENS      8
#define FAR_SCORE       85 /* most that counts there: certain only when the text is the payload */
#define VERSIONED_SCORE 75
#define FEW_TOKENS      256 /* beyond that: what a text of a few hundred bytes may need */
#define FAR_WEAK_SCORE  65  /* most for a comparison, which code and sentences have too */

static const struct pen_rule rules[] = {
    {"sqli.tautology", "the value is closed and a condition that is always true or false follows"},
    {"sqli.condition", "the value is closed and a condition of the sender's own follows"},
    {"sqli.union", "a UNION SELECT is attached to the query that the value is put into"},
    {"sqli.stacked", "the query is ended and a statement of the sender's own follows"},
    {"sqli.clause", "the value is closed and a clause of the sender's own follows"},
    {"sqli.order_by", "the number of columns of the query is probed"},
    {"sqli.subquery", "a subquery of the sender's own is put into the query"},
    {"sqli.cut", "the value is closed and a comment cuts off the rest of the query"},
    {"sqli.delay", "the database is told to wait, so that the answer's time tells something"},
    {"sqli.function", "a database function is called that reads, waits or fails on purpose"},
    {"sqli.catalogue", "the database's own catalogue is read"},
    {"sqli.file", "the query's result is written to a file"},
    {"sqli.versioned", "a comment that MySQL runs stands behind the value"},
    {"sqli.spelled", "a text is spelled out by character codes, as attacks do to hide it"},
};

/* Both groups must match: a mark of structure, and a word or operator that SQL would need. */
static const struct pen_trigger triggers[] = {
    {"['\"`;#=<>(]", false, 0},
    {"--", false, 0},
    {"/\\*", false, 0},
    {"@@", false, 0},
    {"\\\\N", false, 0},
    {"\\*\\s*from\\b", true, 0},
    {"[^a-z_](by|union|except|intersect|like|rlike|regexp|between|limit|null)\\b", true, 0},
    {"[^a-z_](or|and|xor|union|except|intersect|having|where|order|group|limit|procedure|into|"
     "waitfor|select|insert|update|delete|drop|exec|execute|declare|shutdown|create|alter|truncate|"
     "grant|merge|copy|load|begin|iif|duplicate)",
     true, 1},
    {"case\\s+when\\s|[0-9]=[0-9]+\\)", true, 1},
    {"(iif|sleep|benchmark|extractvalue|updatexml|load_file|randomblob|generate_series|chr|char|"
     "concat|"
     "concat_ws|elt|make_set|exp|openquery|openrowset|xmltype|httpuritype)[\\s*/]*\\(",
     true, 1},
    {"\\\\N|\\|\\||&&|/\\*![0-9]", false, 1},
    {"['\"`]\\)*[\\s\\xc2\\xa0]*(--|[#;=+,<>*/%^|-]|i?like|rlike|regexp|in|is|between|glob|not)",
     true, 1},
    {"dbms_|utl_|xp_|sp_|user_lock|ctxsys|pg_|lo_", true, 1},
};

static struct pen_sql_evidence stronger(struct pen_sql_evidence a, struct pen_sql_evidence b)
{
    return b.rule != NULL && (a.rule == NULL || b.score > a.score) ? b : a;
}

/* One reading of the text: from a place on, in a context. */
struct reading {
    struct pen_str text;
    size_t start; /* where the context begins: 0, or behind the closing quote */
    enum pen_sql_lead lead;
    bool bare;  /* nothing is closed: a number, a string or a word */
    bool plus;  /* '+' is a space */
    bool cited; /* the quote stands behind another one: somebody shows what he has seen */
    bool far;   /* so much stands before it that what looks like SQL may be quoted */
};

/* Far from the text's start only whole structures count, and nothing is certain. */
static uint32_t score_of(const struct reading *reading, const struct pen_sql_token *tokens,
                         size_t count, struct pen_sql_evidence evidence)
{
    const bool weak =
        strcmp(evidence.rule, "sqli.condition") == 0 || strcmp(evidence.rule, "sqli.tautology") == 0
        || strcmp(evidence.rule, "sqli.clause") == 0 || strcmp(evidence.rule, "sqli.order_by") == 0;
    if (reading->far) {
        const uint32_t most = weak ? FAR_WEAK_SCORE : FAR_SCORE;
        return evidence.score < most ? evidence.score : most;
    }
    if (reading->cited && evidence.score > FAR_SCORE) return FAR_SCORE;
    const bool cut_off = tokens[count - 1].kind == PEN_SQL_CUT;
    if (evidence.from <= FAR_TOKENS || cut_off || evidence.score < FAR_SCORE) return evidence.score;
    return FAR_SCORE;
}

static void report(struct pen_scan *scan, const struct reading *reading,
                   const struct pen_sql_token *tokens, size_t count,
                   struct pen_sql_evidence evidence)
{
    if (evidence.rule == NULL) return;

    const size_t last = evidence.to < count ? evidence.to : count;
    const size_t end = last > 0 ? tokens[last - 1].at + tokens[last - 1].text.len : 0;
    const size_t start = tokens[evidence.from].at;
    pen_scan_report(scan, evidence.rule, (struct pen_span){start, end > start ? end : start},
                    score_of(reading, tokens, count, evidence));
}

/* Behind the first word with all that is written together with it: "page.asp?id=1", an address. */
static size_t skip_word(const struct pen_sql_token *tokens, size_t count)
{
    size_t i = 1;
    while (i < count && tokens[i].at == tokens[i - 1].at + tokens[i - 1].text.len
           && (tokens[i].kind == PEN_SQL_NAME || tokens[i].kind == PEN_SQL_DOT
               || tokens[i].kind == PEN_SQL_VARIABLE || tokens[i].kind == PEN_SQL_NUMBER
               || tokens[i].kind == PEN_SQL_COMPARE || tokens[i].kind == PEN_SQL_OTHER
               || tokens[i].kind == PEN_SQL_ARITH)) {
        i++;
    }
    return i;
}

/* As a number, a string or a bare word: nothing has to be closed. */
static struct pen_sql_evidence bare(struct reading *reading, const struct pen_sql_token *tokens,
                                    size_t count)
{
    const struct pen_sql s = {tokens, count};
    struct pen_sql_operands seen = {0};
    const size_t operand = pen_sql_operand(s, 0, &seen);
    reading->lead = PEN_SQL_LEAD_NONE;
    if (tokens[0].kind == PEN_SQL_NAME && !seen.call) {
        reading->lead = PEN_SQL_LEAD_WORD;
        return pen_sql_continuation(tokens, count, skip_word(tokens, count), reading->lead);
    }
    if (operand == 0 || seen.name) return pen_sql_continuation(tokens, count, 0, reading->lead);

    /* "1-sleep(5)" goes on within the operand, "1-0 or 1=1" behind it. */
    reading->lead = tokens[0].kind == PEN_SQL_NAME ? PEN_SQL_LEAD_WORD : PEN_SQL_LEAD_NUMBER;
    const bool sign = tokens[0].kind == PEN_SQL_ARITH && count > 1;
    return stronger(pen_sql_continuation(tokens, count, sign ? 2 : 1, reading->lead),
                    pen_sql_continuation(tokens, count, operand, reading->lead));
}

/* Where tokens began in the readings so far. Two readings that meet go on alike, whatever quotes
   they began behind: the second one ends there. */
struct paths {
    unsigned char *begins; /* two bits for each byte of the text, one for the inside of versioned
                              comments; NULL: no reading was long enough */
    size_t *share;         /* tokens that all readings of the text may still have */
};

static size_t bit_of(const struct pen_sql_token *token)
{
    return 2 * token->at + token->versioned;
}

/* Mark a full window; `known`: what follows its overlap was read before. */
static enum pen_status note_path(struct paths *paths, struct pen_str text,
                                 const struct pen_sql_token *tokens, struct pen_scan *scan,
                                 bool *known)
{
    if (paths->begins == NULL) {
        paths->begins = pen_arena_calloc(scan->arena, text.len / 4 + 1, 1);
        if (paths->begins == NULL) return PEN_ERR_NOMEM;
    }
    const size_t next = bit_of(&tokens[PEN_SQL_TOKENS - PEN_SQL_OVERLAP]);
    *known = (paths->begins[next / 8] >> next % 8 & 1) != 0;
    for (size_t i = 0; i < PEN_SQL_TOKENS; i++) {
        const size_t bit = bit_of(&tokens[i]);
        paths->begins[bit / 8] |= (unsigned char)(1U << bit % 8);
    }
    return PEN_OK;
}

/* Read to the text's end, a window of tokens at a time: padding does not hide what follows it. */
static enum pen_status read_on(struct reading reading, struct paths *paths, struct pen_scan *scan)
{
    struct pen_sql_token tokens[PEN_SQL_TOKENS];
    struct pen_sql_lexer lexer = pen_sql_begin(reading.text, reading.start, reading.plus);
    size_t count = 0;
    for (bool first = true;; first = false) {
        const size_t had = count;
        PEN_TRY(pen_scan_spend(scan, 1 + pen_sql_lex(&lexer, tokens, &count)));
        if (*paths->share < count - had) return PEN_ERR_LIMIT;
        *paths->share -= count - had;
        struct pen_sql_evidence evidence = pen_sql_anywhere(tokens, count, first);
        if (first && reading.bare) {
            evidence = stronger(evidence, bare(&reading, tokens, count));
            evidence = stronger(evidence, pen_sql_question(tokens, count));
            evidence = stronger(evidence, pen_sql_choice(tokens, count));
        } else if (first) {
            evidence = stronger(evidence, pen_sql_continuation(tokens, count, 0, reading.lead));
        }
        report(scan, &reading, tokens, count, evidence);
        if (count < PEN_SQL_TOKENS || tokens[count - 1].kind == PEN_SQL_END
            || tokens[count - 1].kind == PEN_SQL_CUT) {
            return PEN_OK;
        }
        bool known = false;
        PEN_TRY(note_path(paths, reading.text, tokens, scan, &known));
        if (known) return PEN_OK;
        pen_sql_slide(&lexer, tokens, &count);
        reading.far = true;
    }
}

/* We saw "' or 1=1 --" in the logs. */
static bool is_cited(struct pen_str text, size_t quote)
{
    if (quote < 2 || text.ptr[quote - 2] != ' ') return false;
    const char before = text.ptr[quote - 1];
    return before != text.ptr[quote] && (before == '"' || before == '\'' || before == '`');
}

/* More than a word; the space of "user: x" does not count. */
static bool has_phrase(struct pen_str lead)
{
    const struct pen_str before = pen_str_trim(lead);
    const size_t first = pen_str_find(before, ' ', 0);
    if (first == before.len) return false;
    if (pen_str_find(before, ' ', first + 1) < before.len) return true;
    return first == 0 || before.ptr[first - 1] != ':';
}

static bool has_code(struct pen_str lead)
{
    const struct pen_str before = pen_str_trim(lead);
    for (size_t i = 0; i < before.len; i++) {
        if (memchr("{};$\n\t", before.ptr[i], 6) != NULL) return true;
    }
    return false;
}

/* Read the text behind byte `start`, which closes a string of the query. */
static enum pen_status try_quote(struct pen_str text, size_t start, bool plus, struct paths *paths,
                                 struct pen_scan *scan)
{
    const struct pen_str before = pen_str_slice(text, 0, start - 1);
    return read_on(
        (struct reading){.text = text,
                         .start = start,
                         .plus = plus,
                         .lead = has_phrase(before) ? PEN_SQL_LEAD_PHRASE : PEN_SQL_LEAD_QUOTE,
                         .cited = is_cited(text, start - 1),
                         .far = start > FAR_LEAD || has_code(before)},
        paths, scan);
}

/* Behind the quote that closes a string begun before the text: doubled ones do not, nor, where a
   backslash escapes, escaped ones. `text.len + 1`: none does. */
static size_t closing_quote(struct pen_str text, size_t from, char quote, bool backslash)
{
    size_t escape = backslash ? pen_str_find(text, '\\', from) : text.len;
    size_t at = pen_str_find(text, quote, from);
    while (at < text.len) {
        if (escape < at) {
            const size_t behind = escape + 2;
            escape = pen_str_find(text, '\\', behind);
            if (at < behind) at = pen_str_find(text, quote, behind);
        } else if (at + 1 == text.len || text.ptr[at + 1] != quote) {
            return at + 1;
        } else {
            at = pen_str_find(text, quote, at + 2);
        }
    }
    return text.len + 1;
}

/* The same where a backslash escapes, given the place where it does not. */
static size_t closing_escaped(struct pen_str text, char quote, size_t standard)
{
    const struct pen_str before = pen_str_slice(text, 0, standard);
    const bool plain = pen_str_find(before, '\\', 0) == before.len;
    return plain ? standard : closing_quote(text, 0, quote, true);
}

/* Three databases close the string at three places; a careless one at the first quote. */
static enum pen_status try_quotes(struct pen_str text, char quote, bool plus, struct paths *paths,
                                  struct pen_scan *scan)
{
    const size_t first = pen_str_find(text, quote, 0) + 1;
    if (first > text.len) return PEN_OK;

    const size_t standard = closing_quote(text, first - 1, quote, false);
    const size_t escaping = closing_escaped(text, quote, standard);
    PEN_TRY(try_quote(text, first, plus, paths, scan));
    if (standard <= text.len && standard != first)
        PEN_TRY(try_quote(text, standard, plus, paths, scan));
    if (escaping <= text.len && escaping != first && escaping != standard) {
        PEN_TRY(try_quote(text, escaping, plus, paths, scan));
    }
    return PEN_OK;
}

/* By the first byte, which most texts never have. */
static size_t find_wide(struct pen_str text, struct pen_str quote)
{
    size_t at = pen_str_find(text, quote.ptr[0], 0);
    while (at < text.len && !pen_str_stands(text, at, quote)) {
        at = pen_str_find(text, quote.ptr[0], at + 1);
    }
    return at;
}

/* U+2019 and its relatives become an apostrophe when a driver narrows the text's character set. */
static enum pen_status try_wide_quote(struct pen_str text, struct paths *paths,
                                      struct pen_scan *scan)
{
    static const struct pen_str wide[] = {PEN_STR("\xe2\x80\x99"), PEN_STR("\xca\xbc"),
                                          PEN_STR("\xef\xbc\x87"), PEN_STR("\xe2\x80\x98"),
                                          PEN_STR("\xe2\x80\xb2")};
    for (size_t i = 0; i < PEN_COUNT_OF(wide); i++) {
        const size_t at = find_wide(text, wide[i]);
        if (at < text.len) return try_quote(text, at + wide[i].len, false, paths, scan);
    }
    return PEN_OK;
}

static enum pen_status try_all(struct pen_str text, bool plus, struct paths *paths,
                               struct pen_scan *scan)
{
    /* "?id=1 and ...": a query with its sign. */
    const size_t sign = text.len > 0 && text.ptr[0] == '?';
    PEN_TRY(read_on((struct reading){.text = text, .start = sign, .bare = true, .plus = plus},
                    paths, scan));
    PEN_TRY(try_quotes(text, '\'', plus, paths, scan));
    PEN_TRY(try_quotes(text, '"', plus, paths, scan));
    return try_quotes(text, '`', plus, paths, scan);
}

static enum pen_status inspect_leaf(const void *state, const struct pen_leaf *leaf,
                                    struct pen_scan *scan)
{
    (void)state;
    const struct pen_str text = leaf->text;
    size_t share = text.len + text.len / 4 + FEW_TOKENS;
    struct paths paths = {.begins = NULL, .share = &share};
    struct paths spaced = {.begins = NULL, .share = &share}; /* with '+' for a space */
    const size_t versioned = pen_sql_versioned(text);
    if (versioned < text.len) {
        pen_scan_report(scan, "sqli.versioned", (struct pen_span){versioned, text.len},
                        VERSIONED_SCORE);
    }
    PEN_TRY(try_all(text, false, &paths, scan));
    /* A form's encoding that nobody has undone yet: no space, but plus signs in their places. */
    const bool has_plus = pen_str_find(text, '+', 0) < text.len;
    if (has_plus && pen_str_find(text, ' ', 0) == text.len)
        PEN_TRY(try_all(text, true, &spaced, scan));
    return try_wide_quote(text, &paths, scan);
}

const struct pen_filter pen_filter_sqli = {
    .name = "sqli",
    .summary = "text that leaves its place in an SQL query",
    .sinks = "sql",
    .rules = rules,
    .rule_count = PEN_COUNT_OF(rules),
    .triggers = triggers,
    .trigger_count = PEN_COUNT_OF(triggers),
    .inspect_leaf = inspect_leaf,
};
