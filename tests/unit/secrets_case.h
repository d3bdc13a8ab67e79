/**
 * Secrets for tests, made when the test runs: no file holds one whole, so that nobody who scans
 * this repository for secrets is alarmed. None of them opens anything. And what the filter's tests
 * ask of each.
 */
#ifndef PEN_TEST_SECRETS_CASE_H
#define PEN_TEST_SECRETS_CASE_H

#include "tests/unit/filter_case.h"

#define LOWER_LETTERS "abcdefghijklmnopqrstuvwxyz"
#define UPPER_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define OF_HEX        "0123456789abcdef"
#define OF_BASE62     "0123456789" UPPER_LETTERS LOWER_LETTERS
#define OF_BASE32     UPPER_LETTERS "234567"
#define OF_BASE64     UPPER_LETTERS LOWER_LETTERS "0123456789+/"
#define OF_URL        UPPER_LETTERS LOWER_LETTERS "0123456789-_"
#define OF_DIGITS     "0123456789"

/* The same letters each time, and none that a person would have typed. */
static inline void secrets_random(struct pen_buf *buf, const char *alphabet, size_t count,
                                  uint32_t seed)
{
    const size_t size = strlen(alphabet);
    uint32_t state = seed * 2654435761U + 12345;
    for (size_t i = 0; i < count; i++) {
        state = state * 1664525U + 1013904223U;
        pen_buf_byte(buf, alphabet[(state >> 12) % size]);
    }
}

/* CRC-32 of what `buf` has from `from` on, as six letters of base 62. */
static inline void secrets_crc(struct pen_buf *buf, size_t from)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = from; i < buf->len; i++) {
        crc ^= (unsigned char)buf->ptr[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320U : crc >> 1;
        }
    }
    crc = ~crc;
    char letters[6];
    for (size_t i = 6; i-- > 0;) {
        letters[i] = OF_BASE62[crc % 62];
        crc /= 62;
    }
    pen_buf_put(buf, (struct pen_str){letters, sizeof(letters)});
}

/* base64url without padding */
static inline void secrets_base64url(struct pen_buf *buf, struct pen_str in)
{
    uint32_t bits = 0;
    uint32_t count = 0;
    for (size_t i = 0; i < in.len; i++) {
        bits = bits << 8 | (unsigned char)in.ptr[i];
        count += 8;
        while (count >= 6) {
            count -= 6;
            pen_buf_byte(buf, OF_URL[bits >> count & 63]);
        }
    }
    if (count > 0) pen_buf_byte(buf, OF_URL[bits << (6 - count) & 63]);
}

/* The digits and Luhn's check digit behind them. */
static inline void secrets_card(struct pen_buf *buf, const char *digits)
{
    uint32_t sum = 0;
    const size_t length = strlen(digits);
    for (size_t i = 0; i < length; i++) {
        uint32_t digit = (uint32_t)(digits[length - 1 - i] - '0');
        if (i % 2 == 0) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
        sum += digit;
    }
    pen_buf_put(buf, (struct pen_str){digits, length});
    pen_buf_byte(buf, (char)('0' + (10 - sum % 10) % 10));
}

/* A private key's file: the label, and base64 that begins as the format does. */
static inline void secrets_pem(struct pen_buf *buf, const char *label, const char *begins,
                               const char *line_break)
{
    pen_buf_format(buf, "-----BEGIN %s-----%s%s", label, line_break, begins);
    secrets_random(buf, OF_BASE64, 56, 3);
    pen_buf_put(buf, pen_str_from_c(line_break));
    secrets_random(buf, OF_BASE64, 64, 4);
    pen_buf_format(buf, "%s-----END %s-----%s", line_break, label, line_break);
}

/** The score of a rule in the last inspection; 0 = not reported. */
static inline uint32_t secrets_score(const struct filter_case *c, const char *rule)
{
    uint32_t best = 0;
    for (uint32_t i = 0; i < c->scan.finding_count; i++) {
        const struct pen_finding *const finding = &c->scan.findings[i];
        if (strcmp(finding->rule, rule) == 0 && finding->score > best) best = finding->score;
    }
    return best;
}

/** The rule finds one. Nothing makes an attack of it: by default it is only recorded. */
static inline void secrets_expect(struct filter_case *c, const char *why, struct pen_str text,
                                  const char *rule)
{
    const struct pen_judgement judgement = filter_case_text(c, text);
    if (secrets_score(c, rule) == 0) fail_msg("%s: no %s in %.*s", why, rule, PEN_STR_ARGS(text));
    if (judgement.verdict == PEN_BLOCK) fail_msg("%s: blocked by %s", why, judgement.reason);
}

#endif
