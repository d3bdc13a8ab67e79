/**
 * AND MAKE_SET(1<ascii(substring(version(),1,1)),1): behind a word that joins conditions, or within
 * functions that only SQL has, stands a call that no query of a program makes with a caller's
 * value. Programs ask `user()` and `version()` too, but not between these; and nothing but the
 * expression may stand in the text, which sentences about it never manage.
 */
#include "filters/sqli_questions.h"

#include "filters/sqli_terms.h"

#define QUESTION_SCORE 80

/* version(), user(), @@hostname; a member or an argument makes it somebody else's. */
static bool asks_at(struct pen_sql s, size_t i)
{
    if (pen_sql_kind_at(s, i) == PEN_SQL_VARIABLE) return pen_sql_starts_at(s, i, PEN_S("@@"));
    if (i > 0 && pen_sql_kind_at(s, i - 1) == PEN_SQL_DOT) return false;
    return pen_sql_is_at(s, i, PEN_SQL_IS_ASKS) && pen_sql_kind_at(s, i + 1) == PEN_SQL_OPEN
           && pen_sql_kind_at(s, i + 2) == PEN_SQL_CLOSE;
}

/* ascii(substring(...)): one character's number. */
static bool spells_at(struct pen_sql s, size_t i)
{
    if (!pen_sql_is_at(s, i, PEN_SQL_IS_NUMBERS) || pen_sql_kind_at(s, i + 1) != PEN_SQL_OPEN) {
        return false;
    }
    const bool folded = pen_sql_word_at(s, i + 2, "lower") || pen_sql_word_at(s, i + 2, "upper");
    const size_t part = folded ? i + 4 : i + 2;
    return pen_sql_is_at(s, part, PEN_SQL_IS_PARTS) && pen_sql_kind_at(s, part + 1) == PEN_SQL_OPEN;
}

/* What joins an expression to a query: and, or, ||, rlike, limit. */
static bool joins_at(struct pen_sql s, size_t i)
{
    return pen_sql_kind_at(s, i) == PEN_SQL_LOGIC || pen_sql_is_at(s, i, PEN_SQL_IS_JOINS);
}

/* Functions of SQL, in which no program's expression stands by itself. */
static bool is_of_sql(struct pen_sql s, size_t i)
{
    return pen_sql_is_at(s, i, PEN_SQL_IS_QUERIES) && pen_sql_kind_at(s, i + 1) == PEN_SQL_OPEN;
}

bool pen_sql_asks(struct pen_sql s, size_t from, size_t to)
{
    const bool condition =
        pen_sql_word_at(s, from, "if") && pen_sql_kind_at(s, from + 1) == PEN_SQL_OPEN;
    if (!condition && !is_of_sql(s, from)) return false;
    for (size_t i = from + 1; i < to; i++) {
        if (asks_at(s, i) || spells_at(s, i)) return true;
    }
    return false;
}

struct pen_sql_evidence pen_sql_question(const struct pen_sql_token *tokens, size_t count)
{
    const struct pen_sql_evidence none = {.rule = NULL};
    const struct pen_sql s = {tokens, count};
    const bool joined = joins_at(s, 0);
    if (!joined && !is_of_sql(s, 0)) return none;

    const size_t from = joined ? 1 : 0;
    struct pen_sql_operands seen = {0};
    size_t behind = pen_sql_comparison(s, from, &seen);
    const bool compared = behind > from;
    if (!compared) behind = pen_sql_operand(s, from, &seen);
    if (behind == from || !pen_sql_ends_at(s, behind)) return none;

    for (size_t i = from; i < behind; i++) {
        const bool asks = asks_at(s, i) && (i > from || compared);
        if (asks || (spells_at(s, i) && (joined || compared))) {
            return (struct pen_sql_evidence){"sqli.function", QUESTION_SCORE, 0, behind};
        }
    }
    return none;
}

size_t pen_sql_versioned(struct pen_str text)
{
    for (size_t at = pen_str_find(text, '!', 0); at + 2 < text.len;
         at = pen_str_find(text, '!', at + 1)) {
        if (at < 3 || text.ptr[at - 1] != '*' || text.ptr[at - 2] != '/') continue;
        /* Of a dump ("!40101 SET") it begins a line or stands between words. */
        const char before = text.ptr[at - 3];
        const bool value = pen_is_alnum(before) || before == '\'' || before == '"' || before == ')';
        size_t digits = 0;
        while (at + 1 + digits < text.len && pen_is_digit(text.ptr[at + 1 + digits])) {
            digits++;
        }
        /* Five or six digits are a version; fewer are a number that any version is above. */
        if (value && digits >= 4 && digits <= 6) return at - 2;
    }
    return text.len;
}
