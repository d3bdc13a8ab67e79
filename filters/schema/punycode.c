/** Bootstring with Punycode's parameters: names are those of RFC 3492 sections 5 and 6. */
#include "filters/schema/punycode.h"

#define BASE         36U
#define T_MIN        1U
#define T_MAX        26U
#define SKEW         38U
#define DAMP         700U
#define INITIAL_BIAS 72U
#define INITIAL_N    0x80U
#define SCALAR_MOST  0x10ffffU

/* Section 6.1. */
static uint32_t adapt(uint32_t delta, uint32_t points, bool is_first)
{
    delta = is_first ? delta / DAMP : delta / 2;
    delta += delta / points;
    uint32_t k = 0;
    while (delta > (BASE - T_MIN) * T_MAX / 2) {
        delta /= BASE - T_MIN;
        k += BASE;
    }
    return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

static uint32_t threshold(uint32_t k, uint32_t bias)
{
    if (k <= bias + T_MIN) return T_MIN;
    return k >= bias + T_MAX ? T_MAX : k - bias;
}

static char digit_of(uint32_t value)
{
    return (char)(value < 26 ? 'a' + value : '0' + (value - 26));
}

/* 26 letters in either case, then digits; BASE for anything else. */
static uint32_t value_of(char c)
{
    if (pen_is_digit(c)) return (uint32_t)(c - '0') + 26;
    return pen_is_alpha(c) ? (uint32_t)(pen_to_lower(c) - 'a') : BASE;
}

/* A generalized variable-length integer (section 3.3), added to `*i`. */
static bool take_delta(struct pen_str text, size_t *at, uint32_t bias, uint32_t *i)
{
    uint32_t weight = 1;
    for (uint32_t k = BASE;; k += BASE) {
        if (*at == text.len) return false;
        const uint32_t digit = value_of(text.ptr[(*at)++]);
        if (digit >= BASE || digit > (UINT32_MAX - *i) / weight) return false;
        *i += digit * weight;
        const uint32_t t = threshold(k, bias);
        if (digit < t) return true;
        if (weight > UINT32_MAX / (BASE - t)) return false;
        weight *= BASE - t;
    }
}

/* What stands in front of the last hyphen; `*at` is behind it. */
static bool take_basic(struct pen_str text, uint32_t *out, size_t cap, size_t *count, size_t *at)
{
    size_t end = text.len;
    while (end > 0 && text.ptr[end - 1] != '-') {
        end--;
    }
    *at = end;
    *count = end > 0 ? end - 1 : 0;
    if (*count > cap) return false;
    for (size_t i = 0; i < *count; i++) {
        const unsigned char byte = (unsigned char)text.ptr[i];
        if (byte >= INITIAL_N) return false;
        out[i] = byte;
    }
    return true;
}

bool pen_punycode_decode(struct pen_str text, uint32_t *out, size_t cap, size_t *count)
{
    size_t at;
    if (!take_basic(text, out, cap, count, &at)) return false;

    uint32_t n = INITIAL_N;
    uint32_t bias = INITIAL_BIAS;
    uint32_t i = 0;
    while (at < text.len) {
        const uint32_t before = i;
        if (*count == cap || !take_delta(text, &at, bias, &i)) return false;
        const uint32_t points = (uint32_t)*count + 1;
        bias = adapt(i - before, points, before == 0);
        if (i / points > SCALAR_MOST - n) return false;
        n += i / points;
        i %= points;
        if (n >= 0xd800 && n <= 0xdfff) return false; /* surrogates */
        memmove(out + i + 1, out + i, (*count - i) * sizeof(*out));
        out[i++] = n;
        (*count)++;
    }
    return true;
}

static void put_delta(struct pen_buf *out, uint32_t delta, uint32_t bias)
{
    for (uint32_t k = BASE;; k += BASE) {
        const uint32_t t = threshold(k, bias);
        if (delta < t) break;
        pen_buf_byte(out, digit_of(t + (delta - t) % (BASE - t)));
        delta = (delta - t) / (BASE - t);
    }
    pen_buf_byte(out, digit_of(delta));
}

static uint32_t least_from(const uint32_t *scalars, size_t count, uint32_t n)
{
    uint32_t least = UINT32_MAX;
    for (size_t i = 0; i < count; i++) {
        if (scalars[i] >= n && scalars[i] < least) least = scalars[i];
    }
    return least;
}

void pen_punycode_encode(const uint32_t *scalars, size_t count, struct pen_buf *out)
{
    size_t basic = 0;
    for (size_t i = 0; i < count; i++) {
        if (scalars[i] >= INITIAL_N) continue;
        pen_buf_byte(out, (char)scalars[i]);
        basic++;
    }
    if (basic > 0) pen_buf_byte(out, '-');

    uint32_t n = INITIAL_N;
    uint32_t bias = INITIAL_BIAS;
    uint32_t delta = 0;
    for (size_t done = basic; done < count; n++, delta++) {
        /* Few code points of 21 bits each: no product comes near 32 bits. */
        const uint32_t next = least_from(scalars, count, n);
        delta += (next - n) * ((uint32_t)done + 1);
        n = next;
        for (size_t i = 0; i < count; i++) {
            if (scalars[i] < n) delta++;
            if (scalars[i] != n) continue;
            put_delta(out, delta, bias);
            bias = adapt(delta, (uint32_t)done + 1, done == basic);
            delta = 0;
            done++;
        }
    }
}
