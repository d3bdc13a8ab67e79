/**
 * The terms of SQL over lexed tokens: operands, comparisons, lists, statements.
 *
 * Each matcher takes an index and returns the one behind what it matched, or the same when it did
 * not match. All are linear; nesting is skipped, not descended into. Pure.
 */
#ifndef PEN_FILTERS_SQLI_TERMS_H
#define PEN_FILTERS_SQLI_TERMS_H

#include "filters/sqli_lexer.h"

struct pen_sql {
    const struct pen_sql_token *tokens;
    size_t count;
};

/** What a condition's operands were made of: says how sure one can be that it is one. */
struct pen_sql_operands {
    bool name;     /* a bare word: prose has those too */
    bool call;     /* word and parenthesis, or a subquery */
    bool value;    /* number, string, variable, null */
    bool open;     /* ends in a string without its closing quote */
    bool closes;   /* and that string is short and plain: the query's own quote closes it */
    bool compares; /* a call with a comparison of two literals among its arguments */
    bool delay;    /* a call that only an attack makes */
    bool select;   /* a subquery */
};

/** The token's kind; PEN_SQL_END beyond the last. */
static inline enum pen_sql_kind pen_sql_kind_at(struct pen_sql s, size_t i)
{
    return i < s.count ? s.tokens[i].kind : PEN_SQL_END;
}

/** The token's first letter: most words part in it. */
static inline bool pen_sql_begins_at(struct pen_sql s, size_t i, char lower)
{
    return i < s.count && s.tokens[i].text.len > 0
           && pen_to_lower(s.tokens[i].text.ptr[0]) == lower;
}

static inline bool pen_sql_word_at(struct pen_sql s, size_t i, const char *word)
{
    return pen_sql_begins_at(s, i, word[0]) && pen_sql_is(&s.tokens[i], word);
}

/** The token is a word of one of these traits. */
static inline bool pen_sql_is_at(struct pen_sql s, size_t i, uint32_t traits)
{
    return i < s.count && (s.tokens[i].traits & traits) != 0;
}

/** The token's text begins so, whatever its case. */
static inline bool pen_sql_starts_at(struct pen_sql s, size_t i, struct pen_str start)
{
    return pen_sql_begins_at(s, i, start.ptr[0]) && pen_str_starts_fold(s.tokens[i].text, start);
}
/** The last part of a dotted name: "user" of mysql.user, "sysobjects" of master..sysobjects. */
size_t pen_sql_dotted(struct pen_sql s, size_t i);
/** Nothing, a comment that swallows the rest, or a semicolon. */
bool pen_sql_ends_at(struct pen_sql s, size_t i);

/** Behind the parenthesis that closes the one at `i`; the end of the tokens when none does. */
size_t pen_sql_group(struct pen_sql s, size_t i);
/** A literal compared with another between the two tokens: always true or always false. */
bool pen_sql_literal_comparison(struct pen_sql s, size_t from, size_t to);
size_t pen_sql_skip_opens(struct pen_sql s, size_t i);
size_t pen_sql_skip_closes(struct pen_sql s, size_t i);

/** Atoms joined by arithmetic; `seen` collects what they were. */
size_t pen_sql_operand(struct pen_sql s, size_t i, struct pen_sql_operands *seen);
/** Two operands with a comparison between them. */
size_t pen_sql_comparison(struct pen_sql s, size_t i, struct pen_sql_operands *seen);
/** A comment with next to nothing in it: it is there for what the query has behind it. */
bool pen_sql_cuts_off(struct pen_sql s, size_t i);
/** A word that stands before nouns and never names a table. */
bool pen_sql_article_at(struct pen_sql s, size_t i);
/** FROM and a table, as no sentence goes on. */
size_t pen_sql_from(struct pen_sql s, size_t i);
/** SELECT and a list, as no sentence has it. */
size_t pen_sql_select_list(struct pen_sql s, size_t i);
size_t pen_sql_union_select(struct pen_sql s, size_t i);
/** A statement's first words, with what must follow them in SQL and does not in prose. */
size_t pen_sql_statement(struct pen_sql s, size_t i);

/** May the word be the name of one of the next few? That of most functions is not. */
static inline bool pen_sql_known(struct pen_sql s, size_t i)
{
    const bool prefixed = i < s.count && s.tokens[i].text.len > 2 && s.tokens[i].text.ptr[2] == '_'
                          && pen_to_lower(s.tokens[i].text.ptr[1]) == 'p'; /* xp_, sp_ */
    return prefixed || pen_sql_is_at(s, i, PEN_SQL_IS_TALE | PEN_SQL_IS_PACKAGE | PEN_SQL_IS_CALL);
}

/** An extended procedure of SQL Server with its argument: xp_cmdshell 'dir'. */
bool pen_sql_extended(struct pen_sql s, size_t i);
/** A call of a function that only an attack names. */
bool pen_sql_tell_tale(struct pen_sql s, size_t i);
/** A table of the database's own catalogue. */
bool pen_sql_catalogue(struct pen_sql s, size_t i);
/** SELECT of nothing but what the database says about itself: version(), @@datadir, user(). */
size_t pen_sql_self_question(struct pen_sql s, size_t i);
/** sleep(): stands in programs too, and needs SQL around it. */
bool pen_sql_delay(struct pen_sql s, size_t i);
/** Text spelled by character codes: chr(1)||chr(2), char(1)+char(2), concat(0x... */
bool pen_sql_spelled(struct pen_sql s, size_t i);

#endif
