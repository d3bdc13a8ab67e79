/**
 * Classes of ASCII characters, each named by the grammar that it comes from.
 *
 * A reader that takes more or less than one of these on purpose (SQL's white space, a shell's
 * blanks, the '+' of a URL) says so with a name of its own. Bytes from 0x80 on are in no class.
 * Pure functions; any thread.
 */
#ifndef PEN_CORE_ASCII_H
#define PEN_CORE_ASCII_H

#include <stdbool.h>
#include <string.h>

static inline bool pen_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool pen_is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool pen_is_alnum(char c)
{
    return pen_is_alpha(c) || pen_is_digit(c);
}

static inline char pen_to_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/** Value of a hexadecimal digit, or -1. */
static inline int pen_hex_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/** SP and HTAB: white space within a line (RFC 9110 section 5.6.3, OWS). */
static inline bool pen_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/** SP, HTAB, LF, CR: white space of JSON (RFC 8259 section 2) and of XML 1.0 (production [3]). */
static inline bool pen_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/** ASCII white space of HTML: those four, and FF. */
static inline bool pen_is_html_space(char c)
{
    return pen_is_space(c) || c == '\f';
}

/** Letters, digits and '_': names of shells, GraphQL and most query languages, after the first. */
static inline bool pen_is_name_char(char c)
{
    return pen_is_alnum(c) || c == '_';
}

/** The same and '$': names of JavaScript and Java. */
static inline bool pen_is_script_name_char(char c)
{
    return pen_is_name_char(c) || c == '$';
}

/** What a string of JavaScript stands in: ', " and `. */
static inline bool pen_is_script_quote(char c)
{
    return c == '\'' || c == '"' || c == '`';
}

/** What a token of HTTP is made of: tchar, RFC 9110 section 5.6.2. */
static inline bool pen_is_tchar(char c)
{
    static const char marks[] = "!#$%&'*+-.^_`|~";
    return pen_is_alnum(c) || memchr(marks, c, sizeof(marks) - 1) != NULL;
}

#endif
