/**
 * Three texts, one a line, as numbers: order is one, equality has one hash, and where all is small
 * a multiple is what integers say.
 */
#include <stdlib.h>

#include "filters/schema/number.h"

#define STEPS        100000
#define SMALL_PLACES 9 /* 10^9 times a number below 10^9 fits into 64 bits */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) abort();
}

/* number * 10^9, where that is a small integer. */
static bool to_small(const struct pen_number *number, int64_t *out)
{
    if (number->order > SMALL_PLACES || number->order - (int64_t)number->count < -SMALL_PLACES) {
        return false;
    }
    int64_t value = 0;
    int64_t places = number->order + SMALL_PLACES;
    for (size_t i = 0; i < number->digits.len; i++) {
        const char c = number->digits.ptr[i];
        if (c == '.') continue;
        value = value * 10 + (c - '0');
        places--;
    }
    while (places-- > 0) {
        value *= 10;
    }
    *out = number->negative ? -value : value;
    return true;
}

static void compare(const struct pen_number *a, const struct pen_number *b)
{
    const int order = pen_number_compare(a, b);
    require(order >= -1 && order <= 1 && order == -pen_number_compare(b, a));
    require(pen_number_equal(a, b) == (order == 0));
    require(order != 0 || pen_number_hash(a) == pen_number_hash(b));
    require(order != 0 || pen_number_is_integer(a) == pen_number_is_integer(b));

    uint64_t steps = STEPS;
    bool multiple = false;
    const enum pen_status status = pen_number_is_multiple(a, b, &steps, &multiple);
    require(steps <= STEPS && (status == PEN_OK || status == PEN_ERR_LIMIT));
    require(status != PEN_OK || order != 0 || multiple || b->count == 0);

    int64_t small_a = 0;
    int64_t small_b = 0;
    if (!to_small(a, &small_a) || !to_small(b, &small_b)) return;
    require(order == (small_a > small_b) - (small_a < small_b));
    require(status == PEN_OK);
    require(multiple == (small_b == 0 ? small_a == 0 : small_a % small_b == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pen_str rest = {(const char *)data, size};
    struct pen_number numbers[3];
    for (size_t i = 0; i < PEN_COUNT_OF(numbers); i++) {
        const size_t end = pen_str_find(rest, '\n', 0);
        if (pen_number_read(pen_str_slice(rest, 0, end), &numbers[i]) != PEN_OK) return 0;
        rest = pen_str_slice(rest, end + 1, rest.len);
    }
    const struct pen_number *const a = &numbers[0];
    const struct pen_number *const b = &numbers[1];
    const struct pen_number *const c = &numbers[2];
    compare(a, b);
    compare(b, c);
    compare(a, c);
    compare(a, a);
    if (pen_number_compare(a, b) <= 0 && pen_number_compare(b, c) <= 0) {
        require(pen_number_compare(a, c) <= 0);
    }
    return 0;
}
