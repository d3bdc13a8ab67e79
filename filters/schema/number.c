/**
 * Exact decimals over the text of a number.
 *
 * Leading and trailing zeros say nothing, so they are left out of the digits: what is equal then
 * has the same digits and the same order, and comparing needs no arithmetic. For multiples the one
 * thought is that a remainder can be kept while the digits go by, as in long division by hand.
 */
#include "filters/schema/number.h"

#define WORD_DIGITS  18 /* 10^18 is the highest power whose tenfold a uint64_t holds, too */
#define MOST_ORDER   INT64_C(1000000000000000000) /* sums with the lengths of texts stay exact */
#define LIMB_DIGITS  9                            /* a limb times ten stays in 64 bits by far */
#define LIMB_BASE    UINT64_C(1000000000)
#define LIMBS_MOST   (PEN_NUMBER_DIVISOR_DIGITS / LIMB_DIGITS + 2) /* one for a tenfold remainder */
#define HASH_FACTOR  UINT64_C(0x9e3779b97f4a7c15) /* 2^64 by the golden ratio: spreads all bits */
#define TWOS_A_DIGIT 4 /* 2^4 is above 10: a number of n digits is divisible by no 2^(4n) */

static const uint64_t powers[] = {
    UINT64_C(1),
    UINT64_C(10),
    UINT64_C(100),
    UINT64_C(1000),
    UINT64_C(10000),
    UINT64_C(100000),
    UINT64_C(1000000),
    UINT64_C(10000000),
    UINT64_C(100000000),
    UINT64_C(1000000000),
    UINT64_C(10000000000),
    UINT64_C(100000000000),
    UINT64_C(1000000000000),
    UINT64_C(10000000000000),
    UINT64_C(100000000000000),
    UINT64_C(1000000000000000),
    UINT64_C(10000000000000000),
    UINT64_C(100000000000000000),
    UINT64_C(1000000000000000000),
};

static const char *skip_digits(const char *p, const char *end)
{
    while (p < end && pen_is_digit(*p)) {
        p++;
    }
    return p;
}

/* Capped well above MOST_ORDER, so that what is beyond it is known to be. */
static enum pen_status read_exponent(const char *p, const char *end, int64_t *out)
{
    const bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+')) p++;
    if (p == end) return PEN_ERR_SYNTAX;

    int64_t value = 0;
    for (; p < end; p++) {
        if (!pen_is_digit(*p)) return PEN_ERR_SYNTAX;
        value = value <= MOST_ORDER / 10 ? value * 10 + (*p - '0') : MOST_ORDER * 2;
    }
    *out = negative ? -value : value;
    return PEN_OK;
}

/* The significant digits of "whole.fraction"; false: there are none, the number is zero. */
static bool cut_digits(const char *start, const char *point, const char *end, int64_t exponent,
                       struct pen_number *number)
{
    const char *first = start;
    while (first < end && (*first == '0' || *first == '.')) {
        first++;
    }
    if (first == end) return false;
    const char *last = end;
    while (last[-1] == '0' || last[-1] == '.') {
        last--;
    }
    number->digits = (struct pen_str){first, (size_t)(last - first)};
    const bool has_point = first < point && point < last;
    number->count = (uint32_t)(number->digits.len - (has_point ? 1 : 0));
    number->order = exponent + (first < point ? point - first : -(first - point - 1));
    return true;
}

static uint64_t to_word(struct pen_str digits)
{
    uint64_t value = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] != '.') value = value * 10 + (uint64_t)(digits.ptr[i] - '0');
    }
    return value;
}

enum pen_status pen_number_read(struct pen_str text, struct pen_number *out)
{
    if (text.len == 0) return PEN_ERR_SYNTAX;
    if (text.len > UINT32_MAX) return PEN_ERR_LIMIT;

    struct pen_number number = {.negative = text.ptr[0] == '-'};
    const char *const end = text.ptr + text.len;
    const char *const start = text.ptr + (number.negative ? 1 : 0);
    const char *const point = skip_digits(start, end);
    if (point == start || (*start == '0' && point - start > 1)) return PEN_ERR_SYNTAX;

    const char *behind = point;
    if (behind < end && *behind == '.') {
        behind = skip_digits(point + 1, end);
        if (behind == point + 1) return PEN_ERR_SYNTAX;
    }
    int64_t exponent = 0;
    if (behind < end) {
        if (*behind != 'e' && *behind != 'E') return PEN_ERR_SYNTAX;
        PEN_TRY(read_exponent(behind + 1, end, &exponent));
    }
    if (!cut_digits(start, point, behind, exponent, &number)) {
        *out = (struct pen_number){.digits = {text.ptr, 0}};
        return PEN_OK;
    }
    if (exponent > MOST_ORDER || exponent < -MOST_ORDER) return PEN_ERR_LIMIT;
    if (number.count <= WORD_DIGITS) number.coefficient = to_word(number.digits);
    *out = number;
    return PEN_OK;
}

static bool is_short(const struct pen_number *number)
{
    return number->count <= WORD_DIGITS;
}

/* The digits of a short number as if there were 18 of them. */
static uint64_t widened(const struct pen_number *number)
{
    return number->coefficient * powers[WORD_DIGITS - number->count];
}

/* The digit at `*at`, which goes behind it; '\0' where there is none. */
static char take_digit(struct pen_str digits, size_t *at)
{
    if (*at < digits.len && digits.ptr[*at] == '.') ++*at;
    return *at < digits.len ? digits.ptr[(*at)++] : '\0';
}

/* As the digits behind "0." compare. */
static int compare_digits(const struct pen_number *a, const struct pen_number *b)
{
    if (is_short(a) && is_short(b)) {
        const uint64_t left = widened(a);
        const uint64_t right = widened(b);
        return (left > right) - (left < right);
    }
    size_t in_a = 0;
    size_t in_b = 0;
    for (;;) {
        /* NUL is below every digit: the shorter one is the lesser, as its last digit is not 0. */
        const char left = take_digit(a->digits, &in_a);
        const char right = take_digit(b->digits, &in_b);
        if (left != right) return left > right ? 1 : -1;
        if (left == '\0') return 0;
    }
}

int pen_number_compare(const struct pen_number *a, const struct pen_number *b)
{
    if (a->negative != b->negative) return a->negative ? -1 : 1;
    const int sign = a->negative ? -1 : 1;
    /* Zero has no first digit to compare places by. */
    if (a->count == 0 || b->count == 0) return sign * ((a->count > 0) - (b->count > 0));
    if (a->order != b->order) return a->order > b->order ? sign : -sign;
    return sign * compare_digits(a, b);
}

bool pen_number_equal(const struct pen_number *a, const struct pen_number *b)
{
    return a->negative == b->negative && a->order == b->order && a->count == b->count
           && a->coefficient == b->coefficient && (is_short(a) || compare_digits(a, b) == 0);
}

bool pen_number_is_integer(const struct pen_number *number)
{
    return number->order >= (int64_t)number->count;
}

static bool pay(uint64_t *steps_left, uint64_t steps)
{
    const bool enough = steps <= *steps_left;
    *steps_left = enough ? *steps_left - steps : 0;
    return enough;
}

/* `zeros` of them stand behind the number's digits. */
static bool short_divides(uint64_t divisor, const struct pen_number *number, uint64_t zeros)
{
    uint64_t rest = 0;
    if (is_short(number)) {
        rest = number->coefficient % divisor;
    } else {
        size_t at = 0;
        for (char digit; (digit = take_digit(number->digits, &at)) != '\0';) {
            rest = (rest * 10 + (uint64_t)(digit - '0')) % divisor;
        }
    }
    for (uint64_t i = 0; i < zeros && rest > 0; i++) {
        rest = rest * 10 % divisor;
    }
    return rest == 0;
}

/* Non-negative integers of more digits than a word has, the lowest limb first. */
struct long_number {
    uint32_t limbs[LIMBS_MOST];
    size_t count; /* the same for a divisor and its remainders; zeros may lead */
};

/* number * 10 + digit */
static void shift_in(struct long_number *number, uint32_t digit)
{
    uint64_t carry = digit;
    for (size_t i = 0; i < number->count; i++) {
        const uint64_t value = (uint64_t)number->limbs[i] * 10 + carry;
        number->limbs[i] = (uint32_t)(value % LIMB_BASE);
        carry = value / LIMB_BASE;
    }
}

static bool is_below(const struct long_number *a, const struct long_number *b)
{
    for (size_t i = a->count; i-- > 0;) {
        if (a->limbs[i] != b->limbs[i]) return a->limbs[i] < b->limbs[i];
    }
    return false;
}

/* `a` minus `b`, which is not above it. */
static void subtract(struct long_number *a, const struct long_number *b)
{
    int64_t borrow = 0;
    for (size_t i = 0; i < a->count; i++) {
        int64_t value = (int64_t)a->limbs[i] - b->limbs[i] - borrow;
        borrow = value < 0;
        if (borrow > 0) value += (int64_t)LIMB_BASE;
        a->limbs[i] = (uint32_t)value;
    }
}

static bool is_zero(const struct long_number *number)
{
    uint32_t any = 0;
    for (size_t i = 0; i < number->count; i++) {
        any |= number->limbs[i];
    }
    return any == 0;
}

/* rest = (rest * 10 + digit) mod divisor */
static void divide_step(struct long_number *rest, const struct long_number *divisor, uint32_t digit)
{
    shift_in(rest, digit);
    while (!is_below(rest, divisor)) {
        subtract(rest, divisor);
    }
}

static bool long_divides(const struct pen_number *of, const struct pen_number *number,
                         uint64_t zeros)
{
    /* One limb more than the divisor needs holds a remainder's tenfold. */
    struct long_number divisor = {.count = of->count / LIMB_DIGITS + 2};
    struct long_number rest = {.count = divisor.count};
    size_t at = 0;
    for (char digit; (digit = take_digit(of->digits, &at)) != '\0';) {
        shift_in(&divisor, (uint32_t)(digit - '0'));
    }
    at = 0;
    for (char digit; (digit = take_digit(number->digits, &at)) != '\0';) {
        divide_step(&rest, &divisor, (uint32_t)(digit - '0'));
    }
    for (uint64_t i = 0; i < zeros && !is_zero(&rest); i++) {
        divide_step(&rest, &divisor, 0);
    }
    return is_zero(&rest);
}

enum pen_status pen_number_is_multiple(const struct pen_number *number, const struct pen_number *of,
                                       uint64_t *steps_left, bool *out)
{
    if (of->count > PEN_NUMBER_DIVISOR_DIGITS) return PEN_ERR_LIMIT;

    /* With the digits as integers N and D, the number is N * 10^a and what it is divided by
       D * 10^b. D's last digit is not 0, nor is N's. */
    const int64_t a = number->order - (int64_t)number->count;
    const int64_t b = of->order - (int64_t)of->count;
    if (number->count == 0 || of->count == 0 || a < b) {
        /* a < b: D * 10^(b-a) would divide N, which no power of ten does. */
        *out = number->count == 0;
        return PEN_OK;
    }
    if (of->coefficient == 1) {
        *out = true;
        return PEN_OK;
    }
    /* D divides N * 10^z for some z or for none: only D's twos and fives are ever added to N, and
       it has not more of either than this. Both sides are within 2 * 10^18 + 2^33. */
    const uint64_t most = (uint64_t)of->count * TWOS_A_DIGIT;
    const uint64_t gap = (uint64_t)a - (uint64_t)b;
    const uint64_t zeros = gap < most ? gap : most;
    const uint64_t words = is_short(of) ? 1 : of->count / LIMB_DIGITS + 2;
    /* A step by a long divisor subtracts it nine times at most, and compares as often. */
    const uint64_t cost = (is_short(number) && is_short(of) ? 1 : number->count) + zeros;
    if (!pay(steps_left, cost * words)) return PEN_ERR_LIMIT;

    *out = is_short(of) ? short_divides(of->coefficient, number, zeros)
                        : long_divides(of, number, zeros);
    return PEN_OK;
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * HASH_FACTOR;
    return hash ^ hash >> 32;
}

uint64_t pen_number_hash(const struct pen_number *number)
{
    uint64_t hash = mix(number->negative ? 1 : 0, (uint64_t)number->order << 1);
    if (is_short(number)) return mix(hash, widened(number));

    size_t at = 0;
    for (char digit; (digit = take_digit(number->digits, &at)) != '\0';) {
        hash = mix(hash, (uint64_t)digit);
    }
    return hash;
}

enum pen_status pen_number_to_count(const struct pen_number *number, uint64_t *out)
{
    if (number->negative || !pen_number_is_integer(number)) return PEN_ERR_INVALID;
    /* 10^19 is the highest power of ten in a uint64_t, and has order 20. */
    if (number->order > WORD_DIGITS + 2) {
        *out = UINT64_MAX;
        return PEN_OK;
    }
    uint64_t value = 0;
    size_t at = 0;
    for (int64_t i = 0; i < number->order; i++) {
        const char digit = take_digit(number->digits, &at);
        const uint64_t unit = digit == '\0' ? 0 : (uint64_t)(digit - '0');
        if (value > (UINT64_MAX - unit) / 10) {
            value = UINT64_MAX;
            break;
        }
        value = value * 10 + unit;
    }
    *out = value;
    return PEN_OK;
}
