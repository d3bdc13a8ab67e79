/**
 * One look at the first byte decides which token it is; none is read twice.
 */
#include "filters/core/graphql_lexer.h"

#include <string.h>

static bool is_name_start(char c)
{
    return pen_is_alpha(c) || c == '_';
}

static bool is_mark(char c)
{
    return c != '\0' && strchr("!$&():=@[]{|}", c) != NULL;
}

static size_t left(const struct pen_graphql_lexer *l)
{
    return (size_t)(l->end - l->at);
}

static bool stands(const struct pen_graphql_lexer *l, struct pen_str text)
{
    return left(l) >= text.len && memcmp(l->at, text.ptr, text.len) == 0;
}

/* White space, line ends, commas, comments and byte-order marks, anywhere between tokens. */
static void skip_ignored(struct pen_graphql_lexer *l)
{
    while (l->at < l->end) {
        const char c = *l->at;
        if (pen_is_space(c) || c == ',') {
            l->at++;
        } else if (c == '#') {
            while (l->at < l->end && *l->at != '\n' && *l->at != '\r') {
                l->at++;
            }
        } else if (c == '\xef' && stands(l, PEN_S("\xef\xbb\xbf"))) {
            l->at += 3;
        } else {
            return;
        }
    }
}

static struct pen_graphql_token wrong(const struct pen_graphql_lexer *l)
{
    const size_t at = (size_t)(l->at - l->begin);
    return (struct pen_graphql_token){.kind = PEN_GRAPHQL_WRONG, .place = pen_place_of(at, at)};
}

/* From `start` to here. */
static struct pen_graphql_token made(const struct pen_graphql_lexer *l, enum pen_graphql_kind kind,
                                     const char *start)
{
    return (struct pen_graphql_token){
        .text = {start, (size_t)(l->at - start)},
        .place = pen_place_of((size_t)(start - l->begin), (size_t)(l->at - l->begin)),
        .kind = kind,
    };
}

static bool skip_digits(struct pen_graphql_lexer *l)
{
    const char *const start = l->at;
    while (l->at < l->end && pen_is_digit(*l->at)) {
        l->at++;
    }
    return l->at > start;
}

/* Sections 2.9.1 and 2.9.2: no leading zeros, and no name or point right behind it. */
static struct pen_graphql_token number(struct pen_graphql_lexer *l)
{
    const char *const start = l->at;
    if (*l->at == '-') l->at++;
    if (l->at < l->end && *l->at == '0') {
        l->at++;
    } else if (!skip_digits(l)) {
        return wrong(l);
    }
    if (l->at < l->end && *l->at == '.') {
        l->at++;
        if (!skip_digits(l)) return wrong(l);
    }
    if (l->at < l->end && (*l->at == 'e' || *l->at == 'E')) {
        l->at++;
        if (l->at < l->end && (*l->at == '+' || *l->at == '-')) l->at++;
        if (!skip_digits(l)) return wrong(l);
    }
    if (l->at < l->end && (pen_is_name_char(*l->at) || *l->at == '.')) return wrong(l);
    return made(l, PEN_GRAPHQL_NUMBER, start);
}

static struct pen_graphql_token block(struct pen_graphql_lexer *l)
{
    const char *const start = l->at;
    l->at += 3;
    while (l->at < l->end) {
        if (*l->at == '\\' && stands(l, PEN_S("\\\"\"\""))) {
            l->at += 4;
            continue;
        }
        if (*l->at == '"' && stands(l, PEN_S("\"\"\""))) {
            l->at += 3;
            struct pen_graphql_token token = made(l, PEN_GRAPHQL_BLOCK, start);
            token.text = pen_str_slice(token.text, 3, token.text.len - 3);
            return token;
        }
        l->at++;
    }
    return wrong(l);
}

static struct pen_graphql_token string(struct pen_graphql_lexer *l)
{
    if (stands(l, PEN_S("\"\"\""))) return block(l);

    const char *const start = l->at++;
    while (l->at < l->end && *l->at != '\n' && *l->at != '\r') {
        if (*l->at == '"') {
            l->at++;
            struct pen_graphql_token token = made(l, PEN_GRAPHQL_STRING, start);
            token.text = pen_str_slice(token.text, 1, token.text.len - 1);
            return token;
        }
        l->at += *l->at == '\\' && left(l) > 1 ? 2 : 1;
    }
    return wrong(l);
}

struct pen_graphql_token pen_graphql_next(struct pen_graphql_lexer *l)
{
    skip_ignored(l);
    const char *const start = l->at;
    if (l->at == l->end) return made(l, PEN_GRAPHQL_END, start);

    const char c = *l->at;
    if (is_name_start(c)) {
        while (l->at < l->end && pen_is_name_char(*l->at)) {
            l->at++;
        }
        return made(l, PEN_GRAPHQL_NAME, start);
    }
    if (is_mark(c)) {
        l->at++;
        struct pen_graphql_token token = made(l, PEN_GRAPHQL_MARK, start);
        token.mark = c;
        return token;
    }
    if (c == '"') return string(l);
    if (c == '-' || pen_is_digit(c)) return number(l);
    if (stands(l, PEN_S("..."))) {
        l->at += 3;
        return made(l, PEN_GRAPHQL_SPREAD, start);
    }
    return wrong(l);
}
