/** The key words, by their length: most words of a text have no key word to be compared with. */
#include "filters/sqli_lexer.h"

struct key_word {
    const char *word;
    enum pen_sql_kind kind;
};

/* Sorted. */
static const struct key_word of_two[] = {
    {"as", PEN_SQL_CLAUSE},  {"by", PEN_SQL_CLAUSE}, {"in", PEN_SQL_COMPARE},
    {"is", PEN_SQL_COMPARE}, {"on", PEN_SQL_CLAUSE}, {"or", PEN_SQL_LOGIC},
};
static const struct key_word of_three[] = {
    {"all", PEN_SQL_MODIFIER}, {"and", PEN_SQL_LOGIC}, {"any", PEN_SQL_MODIFIER},
    {"asc", PEN_SQL_MODIFIER}, {"div", PEN_SQL_ARITH}, {"end", PEN_SQL_CASE},
    {"mod", PEN_SQL_ARITH},    {"not", PEN_SQL_NOT},   {"set", PEN_SQL_STATEMENT},
    {"xor", PEN_SQL_LOGIC},
};
static const struct key_word of_four[] = {
    {"call", PEN_SQL_STATEMENT}, {"case", PEN_SQL_CASE},      {"copy", PEN_SQL_STATEMENT},
    {"desc", PEN_SQL_MODIFIER},  {"drop", PEN_SQL_STATEMENT}, {"else", PEN_SQL_CASE},
    {"exec", PEN_SQL_STATEMENT}, {"from", PEN_SQL_CLAUSE},    {"glob", PEN_SQL_COMPARE},
    {"into", PEN_SQL_CLAUSE},    {"join", PEN_SQL_CLAUSE},    {"like", PEN_SQL_COMPARE},
    {"load", PEN_SQL_STATEMENT}, {"null", PEN_SQL_VALUE},     {"some", PEN_SQL_MODIFIER},
    {"then", PEN_SQL_CASE},      {"true", PEN_SQL_VALUE},     {"when", PEN_SQL_CASE},
    {"with", PEN_SQL_CLAUSE},
};
static const struct key_word of_five[] = {
    {"alter", PEN_SQL_STATEMENT}, {"begin", PEN_SQL_STATEMENT}, {"delay", PEN_SQL_MODIFIER},
    {"false", PEN_SQL_VALUE},     {"grant", PEN_SQL_STATEMENT}, {"group", PEN_SQL_CLAUSE},
    {"ilike", PEN_SQL_COMPARE},   {"limit", PEN_SQL_CLAUSE},    {"merge", PEN_SQL_STATEMENT},
    {"minus", PEN_SQL_UNION},     {"order", PEN_SQL_CLAUSE},    {"rlike", PEN_SQL_COMPARE},
    {"union", PEN_SQL_UNION},     {"where", PEN_SQL_CLAUSE},
};
static const struct key_word of_six[] = {
    {"attach", PEN_SQL_STATEMENT}, {"binary", PEN_SQL_MODIFIER},  {"create", PEN_SQL_STATEMENT},
    {"delete", PEN_SQL_STATEMENT}, {"except", PEN_SQL_UNION},     {"exists", PEN_SQL_MODIFIER},
    {"having", PEN_SQL_CLAUSE},    {"insert", PEN_SQL_STATEMENT}, {"offset", PEN_SQL_CLAUSE},
    {"regexp", PEN_SQL_COMPARE},   {"rename", PEN_SQL_STATEMENT}, {"revoke", PEN_SQL_STATEMENT},
    {"select", PEN_SQL_SELECT},    {"sounds", PEN_SQL_COMPARE},   {"update", PEN_SQL_STATEMENT},
    {"values", PEN_SQL_CLAUSE},
};
static const struct key_word of_seven[] = {
    {"between", PEN_SQL_COMPARE},   {"collate", PEN_SQL_ARITH},     {"declare", PEN_SQL_STATEMENT},
    {"execute", PEN_SQL_STATEMENT}, {"handler", PEN_SQL_STATEMENT}, {"outfile", PEN_SQL_MODIFIER},
    {"replace", PEN_SQL_STATEMENT}, {"similar", PEN_SQL_COMPARE},   {"waitfor", PEN_SQL_STATEMENT},
};
static const struct key_word of_eight[] = {
    {"distinct", PEN_SQL_MODIFIER},
    {"interval", PEN_SQL_MODIFIER},
    {"shutdown", PEN_SQL_STATEMENT},
    {"truncate", PEN_SQL_STATEMENT},
};
static const struct key_word of_nine[] = {
    {"intersect", PEN_SQL_UNION},
    {"procedure", PEN_SQL_CLAUSE},
};
static const struct key_word of_eleven[] = {
    {"distinctrow", PEN_SQL_MODIFIER},
};
static const struct key_word of_twelve[] = {
    {"current_user", PEN_SQL_VALUE},
};

#define OF(array)                  \
    {                              \
        array, PEN_COUNT_OF(array) \
    }
static const struct {
    const struct key_word *words;
    size_t count;
} key_words[] = {
    {NULL, 0},    {NULL, 0},    OF(of_two),  OF(of_three), OF(of_four),   OF(of_five),   OF(of_six),
    OF(of_seven), OF(of_eight), OF(of_nine), {NULL, 0},    OF(of_eleven), OF(of_twelve),
};
#undef OF

static int compare_word(struct pen_str text, const char *word)
{
    for (size_t i = 0; i < text.len; i++) {
        const int difference = pen_to_lower(text.ptr[i]) - word[i];
        if (difference != 0) return difference;
    }
    return word[text.len] == '\0' ? 0 : -1;
}

bool pen_sql_is(const struct pen_sql_token *token, const char *word)
{
    return compare_word(token->text, word) == 0;
}

enum pen_sql_kind pen_sql_word(struct pen_str text)
{
    if (text.len >= PEN_COUNT_OF(key_words)) return PEN_SQL_NAME;

    const struct key_word *const words = key_words[text.len].words;
    size_t low = 0;
    size_t high = key_words[text.len].count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        const int order = compare_word(text, words[middle].word);
        if (order == 0) return words[middle].kind;
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return PEN_SQL_NAME;
}
