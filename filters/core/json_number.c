/**
 * Numbers without arithmetic on them: their digits, and where the point stands.
 *
 * A number that no double holds is read as infinity by one function, as an error by another and to
 * its last digit by a third, so it is refused. Where a double would round, all of them still mean
 * the same number.
 */
#include "filters/core/json_number.h"

#include "filters/core/json.h"

#define MAX_SECONDS \
    ((uint64_t)1 << 53)    /* beyond it a double loses seconds: nobody means such a date */
#define LARGEST_DIGITS 309 /* before the point, of the largest double */

/* 2^1024 - 2^970: halfway between the largest double and what would be the next one, from where
 * rounding to even goes up (IEEE 754 section 4.3.1). */
static const char overflow[] =
    "17976931348623158079372897140530341507993413271003782693617377898044496829276475"
    "09466490179775872070963302864166928879109465555478519404026306574886715058206819"
    "08902000708383676273854845817711531764475730270069855571366959622842914819860834"
    "936475292719074168444365510704342711559699508093042880177904174497792";
_Static_assert(sizeof(overflow) - 1 == LARGEST_DIGITS, "all digits are there");

/* A number as written, taken apart: digits without the point, and where the point stands. */
struct decimal {
    bool negative;
    struct pen_str whole;
    struct pen_str fraction;
    bool exponent_negative;
    uint64_t exponent; /* clamped: what is longer than any number of ours is as good as endless */
};

static struct decimal take_apart(struct pen_str text)
{
    struct decimal d = {0};
    size_t at = 0;
    if (text.ptr[0] == '-') {
        d.negative = true;
        at++;
    }
    size_t start = at;
    while (at < text.len && pen_is_digit(text.ptr[at])) {
        at++;
    }
    d.whole = pen_str_slice(text, start, at);
    if (at < text.len && text.ptr[at] == '.') {
        start = ++at;
        while (at < text.len && pen_is_digit(text.ptr[at])) {
            at++;
        }
        d.fraction = pen_str_slice(text, start, at);
    }
    if (at < text.len) {
        at++; /* 'e' */
        if (text.ptr[at] == '+' || text.ptr[at] == '-') d.exponent_negative = text.ptr[at++] == '-';
        for (; at < text.len && d.exponent < 1000000; at++) {
            d.exponent = d.exponent * 10 + (uint64_t)(text.ptr[at] - '0');
        }
    }
    return d;
}

/* Digit `i` of whole and fraction together; zero beyond them. */
static uint64_t digit_at(const struct decimal *d, uint64_t i)
{
    if (i < d->whole.len) return (uint64_t)(d->whole.ptr[i] - '0');
    i -= d->whole.len;
    return i < d->fraction.len ? (uint64_t)(d->fraction.ptr[i] - '0') : 0;
}

/* How many zeros stand before the first other digit; all digits when there is none. */
static uint64_t leading_zeros(const struct decimal *d)
{
    const uint64_t digits = d->whole.len + d->fraction.len;
    uint64_t zeros = 0;
    while (zeros < digits && digit_at(d, zeros) == 0) {
        zeros++;
    }
    return zeros;
}

static bool is_zero(const struct decimal *d)
{
    return leading_zeros(d) == d->whole.len + d->fraction.len;
}

/* Without an exponent, or with one of at most two digits, a number of usual length cannot be so
 * large. */
static bool is_surely_small(struct pen_str number)
{
    if (number.len > PEN_JSON_NUMBER_SMALL) return false;

    const size_t from = number.len > 3 ? number.len - 3 : 0;
    for (size_t i = from; i-- > 0;) {
        if (number.ptr[i] == 'e' || number.ptr[i] == 'E') return false;
    }
    return true;
}

bool pen_json_number_overflows(struct pen_str number)
{
    if (is_surely_small(number)) return false;

    const struct decimal d = take_apart(number);
    if (is_zero(&d)) return false;

    /* Digits before the point, leading zeros left out, once the exponent has moved it. */
    const uint64_t zeros = leading_zeros(&d);
    const uint64_t grown = d.whole.len + (d.exponent_negative ? 0 : d.exponent);
    const uint64_t shrunk = zeros + (d.exponent_negative ? d.exponent : 0);
    if (grown < shrunk + LARGEST_DIGITS) return false;
    if (grown > shrunk + LARGEST_DIGITS) return true;

    for (uint64_t i = 0; i < LARGEST_DIGITS; i++) {
        const uint64_t limit = (uint64_t)(overflow[i] - '0');
        const uint64_t digit = digit_at(&d, zeros + i);
        if (digit != limit) return digit > limit;
    }
    return true;
}

enum pen_status pen_json_to_seconds(const struct pen_json *value, int64_t *out)
{
    if (value == NULL || value->type != PEN_JSON_NUMBER) return PEN_ERR_INVALID;

    const struct decimal d = take_apart(value->text);
    if (is_zero(&d)) {
        *out = 0;
        return PEN_OK;
    }
    /* How many digits stand before the point once the exponent has moved it. */
    uint64_t before = d.whole.len;
    if (d.exponent_negative) {
        before = before > d.exponent ? before - d.exponent : 0;
    } else {
        before += d.exponent;
    }
    uint64_t seconds = 0;
    for (uint64_t i = 0; i < before; i++) {
        seconds = seconds * 10 + digit_at(&d, i);
        if (seconds >= MAX_SECONDS) return PEN_ERR_LIMIT;
    }
    *out = d.negative ? -(int64_t)seconds : (int64_t)seconds;
    return PEN_OK;
}
