/**
 * Plain scalars: small recognisers over the text, one for each way to write a number.
 *
 * YAML 1.1's rules are those of its type repository (yaml.org/type), which readers still in use
 * follow; they are the traps.
 */
#include "gateway/config/scalar.h"

#include <string.h>

static bool matches_json_number(struct pen_str s)
{
    size_t i = 0;
    if (i < s.len && s.ptr[i] == '-') i++;
    const size_t whole = i;
    while (i < s.len && pen_is_digit(s.ptr[i])) {
        i++;
    }
    if (i == whole || (s.ptr[whole] == '0' && i > whole + 1)) return false;

    if (i < s.len && s.ptr[i] == '.') {
        const size_t fraction = ++i;
        while (i < s.len && pen_is_digit(s.ptr[i])) {
            i++;
        }
        if (i == fraction) return false;
    }
    if (i < s.len && (s.ptr[i] == 'e' || s.ptr[i] == 'E')) {
        i++;
        if (i < s.len && (s.ptr[i] == '+' || s.ptr[i] == '-')) i++;
        const size_t exponent = i;
        while (i < s.len && pen_is_digit(s.ptr[i])) {
            i++;
        }
        if (i == exponent) return false;
    }
    return i == s.len;
}

static bool is_one_of(struct pen_str text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (pen_str_equal_fold(text, pen_str_from_c(words[i]))) return true;
    }
    return false;
}

/* Digits and underscores, at least one digit first. */
static size_t loose_digits(struct pen_str s, size_t from)
{
    size_t i = from;
    while (i < s.len && (pen_is_digit(s.ptr[i]) || (i > from && s.ptr[i] == '_'))) {
        i++;
    }
    return i;
}

/* yaml.org/type/int.html and float.html: signs, underscores, 0x, 0b, 0o, leading zeros, ".5". */
static bool looks_numeric(struct pen_str s)
{
    size_t i = s.ptr[0] == '+' || s.ptr[0] == '-' ? 1 : 0;
    if (i == s.len) return false;
    if (s.ptr[i] == '0' && i + 2 < s.len && strchr("xXbBoO", s.ptr[i + 1]) != NULL) {
        const bool hexadecimal = s.ptr[i + 1] == 'x' || s.ptr[i + 1] == 'X';
        for (i += 2; i < s.len; i++) {
            const char c = s.ptr[i];
            if (c != '_' && !(hexadecimal ? pen_hex_value(c) >= 0 : pen_is_digit(c))) return false;
        }
        return true;
    }

    const size_t whole = i;
    i = loose_digits(s, i);
    const bool digits = i > whole;
    if (i == s.len) return digits;
    if (s.ptr[i] != '.') return false;
    const size_t fraction = i + 1;
    i = loose_digits(s, fraction);
    return i == s.len && (digits || i > fraction);
}

/* "1:30" is ninety to YAML 1.1: yaml.org/type/int.html, base 60. */
static bool looks_sexagesimal(struct pen_str s)
{
    size_t i = loose_digits(s, 0);
    size_t parts = 0;
    while (i > 0 && i < s.len && s.ptr[i] == ':') {
        const size_t start = ++i;
        while (i < s.len && pen_is_digit(s.ptr[i]) && i < start + 2) {
            i++;
        }
        if (i == start) return false;
        parts++;
    }
    return parts > 0 && i == s.len;
}

enum pen_json_type pen_scalar_type(struct pen_str text)
{
    if (text.len == 0 || pen_str_equal(text, PEN_S("null"))) return PEN_JSON_NULL;
    if (pen_str_equal(text, PEN_S("true"))) return PEN_JSON_TRUE;
    if (pen_str_equal(text, PEN_S("false"))) return PEN_JSON_FALSE;
    return matches_json_number(text) ? PEN_JSON_NUMBER : PEN_JSON_STRING;
}

const char *pen_scalar_trap(struct pen_str plain)
{
    static const char *const yes[] = {"y", "yes", "on", "true"};
    static const char *const no[] = {"n", "no", "off", "false"};
    static const char *const nothing[] = {"~", "null"};
    static const char *const odd[] = {".inf", "-.inf", "+.inf", ".nan"};
    if (plain.len == 0) return NULL;
    if (is_one_of(plain, yes, PEN_COUNT_OF(yes))) return "true";
    if (is_one_of(plain, no, PEN_COUNT_OF(no))) return "false";
    if (is_one_of(plain, nothing, PEN_COUNT_OF(nothing))) return "null";
    if (is_one_of(plain, odd, PEN_COUNT_OF(odd))) return "a number";
    if (plain.ptr[0] == '0' && loose_digits(plain, 0) == plain.len) return "an octal number";
    if (looks_numeric(plain)) return "a number";
    if (looks_sexagesimal(plain)) return "a number in base 60";
    return NULL;
}
