/**
 * ELT(7=7,1), (CASE WHEN 2=2 THEN sleep(5) ELSE 0 END), name,IIF(3=3,1,1/0): a choice between two
 * constants. In the place of a value or of a column to sort by it asks a query yes or no, and no
 * program has a question to which it knows the answer.
 */
#include "filters/sqli_questions.h"

#define CHOICE_SCORE 80
#define DELAY_SCORE  85

/* What begins a list that the choice is put into: ORDER BY name,(CASE ... */
static size_t skip_item(struct pen_sql s)
{
    const enum pen_sql_kind first = pen_sql_kind_at(s, 0);
    const bool item = first == PEN_SQL_NUMBER || first == PEN_SQL_NAME;
    return item && pen_sql_kind_at(s, 1) == PEN_SQL_COMMA ? 2 : 0;
}

/* CASE of SQL, or the call of a function that chooses. IF is of many languages: with three
   arguments it is none of their statements. */
static bool chooses_at(struct pen_sql s, size_t i)
{
    static const char *const functions[] = {"elt", "iif", "make_set", "nullif"};
    if (pen_sql_word_at(s, i, "case")) return pen_sql_word_at(s, i + 1, "when");
    if (pen_sql_kind_at(s, i + 1) != PEN_SQL_OPEN) return false;
    for (size_t n = 0; n < PEN_COUNT_OF(functions); n++) {
        if (pen_sql_word_at(s, i, functions[n])) return true;
    }
    size_t commas = 0;
    for (size_t n = i + 2; pen_sql_word_at(s, i, "if") && n < pen_sql_group(s, i + 1); n++) {
        commas += pen_sql_kind_at(s, n) == PEN_SQL_COMMA;
    }
    return commas >= 2;
}

struct pen_sql_evidence pen_sql_choice(const struct pen_sql_token *tokens, size_t count)
{
    const struct pen_sql_evidence none = {.rule = NULL};
    const struct pen_sql s = {tokens, count};
    const size_t from = skip_item(s);
    const size_t first = from + (pen_sql_kind_at(s, from) == PEN_SQL_SELECT);
    struct pen_sql_operands seen = {0};
    const size_t behind = pen_sql_operand(s, first, &seen);
    const bool whole =
        behind > first && (pen_sql_ends_at(s, behind) || pen_sql_kind_at(s, behind) == PEN_SQL_CUT);
    if (!whole || !pen_sql_literal_comparison(s, first, behind)) return none;

    /* (7=7)*5: true is one. */
    bool chooses = pen_sql_kind_at(s, first) == PEN_SQL_OPEN
                   && pen_sql_kind_at(s, pen_sql_group(s, first)) == PEN_SQL_ARITH;
    bool waits = false;
    for (size_t i = first; i < behind; i++) {
        chooses = chooses || chooses_at(s, i);
        waits = waits || pen_sql_delay(s, i) || pen_sql_tell_tale(s, i);
    }
    if (!chooses) return none;
    return (struct pen_sql_evidence){waits ? "sqli.delay" : "sqli.condition",
                                     waits ? DELAY_SCORE : CHOICE_SCORE, from, behind};
}
