/**
 * Durations, and the UUID, which is as plain. Dates and times are filters/core/rfc3339.h's.
 *
 * Letters in either case: the literals of an ABNF are (RFC 5234 section 2.3).
 */
#include "filters/schema/format_checks.h"

/* A number and its unit; units follow each other without a gap: "P1Y2D" has no month. */
static bool take_element(struct pen_str text, size_t *at, char unit)
{
    size_t i = *at;
    while (i < text.len && pen_is_digit(text.ptr[i])) {
        i++;
    }
    if (i == *at || i == text.len || pen_to_lower(text.ptr[i]) != unit) return false;
    *at = i + 1;
    return true;
}

/* dur-year = 1*DIGIT "Y" [dur-month], and so on: some neighbours out of `units`, at least one. The
 * number in front of a unit that is not there is read once for each of three units at most. */
static bool take_elements(struct pen_str text, size_t *at, const char units[3])
{
    const size_t start = *at;
    size_t unit = 0;
    while (unit < 3 && !take_element(text, at, units[unit])) {
        unit++;
    }
    for (unit++; unit < 3 && take_element(text, at, units[unit]); unit++) {
    }
    return *at > start;
}

bool pen_format_is_duration(struct pen_str text)
{
    if (text.len == 0 || pen_to_lower(text.ptr[0]) != 'p') return false;
    size_t at = 1;
    if (take_element(text, &at, 'w')) return at == text.len;
    const bool has_date = take_elements(text, &at, "ymd");
    if (at == text.len) return has_date;
    if (pen_to_lower(text.ptr[at++]) != 't') return false;
    return take_elements(text, &at, "hms") && at == text.len;
}

#define UUID_BYTES 36

/* Groups of 8, 4, 4, 4 and 12 digits. All of them are looked at before one decides: that is twice
 * as fast for a UUID, and what is none is rarely of this length. */
bool pen_format_is_uuid(struct pen_str text)
{
    static const struct pen_span groups[] = {{0, 8}, {9, 13}, {14, 18}, {19, 23}, {24, 36}};
    static const unsigned char is_hex[256] = {
        ['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1,
        ['8'] = 1, ['9'] = 1, ['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1, ['f'] = 1,
        ['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1, ['E'] = 1, ['F'] = 1,
    };
    if (text.len != UUID_BYTES) return false;
    unsigned char all = 1;
    for (size_t group = 0; group < PEN_COUNT_OF(groups); group++) {
        if (group > 0 && text.ptr[groups[group].start - 1] != '-') return false;
        for (size_t i = groups[group].start; i < groups[group].end; i++) {
            all &= is_hex[(unsigned char)text.ptr[i]];
        }
    }
    return all == 1;
}
