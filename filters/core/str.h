/**
 * Borrowed bytes with their length, and a bounded writer.
 *
 * Nothing here allocates or expects a NUL: NUL is data. A `pen_str` lives as long as the memory it
 * points into. Pure functions; any thread.
 */
#ifndef PEN_CORE_STR_H
#define PEN_CORE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filters/core/ascii.h"
#include "filters/core/status.h"

struct pen_str {
    const char *ptr; /* may be NULL when len is 0 */
    size_t len;      /* bytes */
};

/** A half-open range of bytes [start, end). */
struct pen_span {
    size_t start;
    size_t end;
};

/** The same in half the room, where there are many: of a source of less than 4 GiB. */
struct pen_place {
    uint32_t start;
    uint32_t end;
};

static inline struct pen_place pen_place_of(size_t start, size_t end)
{
    return (struct pen_place){(uint32_t)start, (uint32_t)end};
}

/** A string literal as pen_str, usable in static initialisers. */
#define PEN_STR(literal)               \
    {                                  \
        (literal), sizeof(literal) - 1 \
    }
/** The same as an expression. */
#define PEN_S(literal) ((struct pen_str)PEN_STR(literal))
/** For "%.*s": the two arguments. Text longer than INT_MAX is cut. */
#define PEN_STR_ARGS(s)     pen_str_print_length(s), ((s).len > 0 ? (s).ptr : "")
#define PEN_COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

int pen_str_print_length(struct pen_str s);

/** A NUL-terminated string from outside our code (argv, a library); NULL gives the empty string. */
struct pen_str pen_str_from_c(const char *text);

bool pen_str_equal(struct pen_str a, struct pen_str b);

/** ASCII case-insensitive. */
bool pen_str_equal_fold(struct pen_str a, struct pen_str b);

/** Constant time in the contents (not in the lengths). */
bool pen_str_equal_secret(struct pen_str a, struct pen_str b);

bool pen_str_starts(struct pen_str s, struct pen_str prefix);
bool pen_str_ends(struct pen_str s, struct pen_str suffix);
bool pen_str_starts_fold(struct pen_str s, struct pen_str prefix);
bool pen_str_ends_fold(struct pen_str s, struct pen_str suffix);

/** Whether `word` stands in `s` from `at` on; beyond the end only the empty one does. */
bool pen_str_stands(struct pen_str s, size_t at, struct pen_str word);
bool pen_str_stands_fold(struct pen_str s, size_t at, struct pen_str word);

/** Whether `word` stands anywhere in `s`. Cost: the product of the lengths, for short words. */
bool pen_str_contains_fold(struct pen_str s, struct pen_str word);

/** memcmp order, the shorter first when one is a prefix of the other. */
int pen_str_compare(struct pen_str a, struct pen_str b);

/** The same order for `s` in lower case; `lower` is so already. */
int pen_str_compare_fold(struct pen_str s, struct pen_str lower);

/** Whether `s` is one of `words`, as written and in any case. */
bool pen_str_is_among(struct pen_str s, const struct pen_str *words, size_t count);
bool pen_str_is_among_fold(struct pen_str s, const struct pen_str *words, size_t count);

/** The same for words in lower case and in the order of pen_str_compare_fold(). */
bool pen_str_is_among_sorted(struct pen_str s, const struct pen_str *words, size_t count);

/** Place of `byte` at or after `from`; `s.len` when there is none. */
size_t pen_str_find(struct pen_str s, char byte, size_t from);

/** Place of `needle`; `s.len` when there is none. An empty needle is at 0. */
size_t pen_str_find_str(struct pen_str s, struct pen_str needle);

/** [start, end) of `s`; both are clamped to its length. */
struct pen_str pen_str_slice(struct pen_str s, size_t start, size_t end);

/** Place of the first byte at or after `at` that is no pen_is_space() / pen_is_blank(). */
size_t pen_str_skip_space(struct pen_str s, size_t at);
size_t pen_str_skip_blank(struct pen_str s, size_t at);

/** Without leading and trailing SP and HTAB (RFC 9110 OWS). */
struct pen_str pen_str_trim(struct pen_str s);

/** A token of HTTP (RFC 9110 section 5.6.2) at `*at`, which goes behind it; empty without one. */
struct pen_str pen_str_take_token(struct pen_str s, size_t *at);

/**
 * Decimal digits only, the whole text, no sign, no space.
 *
 * Errors: PEN_ERR_SYNTAX  empty or another byte than 0-9
 *         PEN_ERR_LIMIT   more than UINT64_MAX
 */
PEN_MUST_USE enum pen_status pen_str_to_u64(struct pen_str s, uint64_t *out);

/**
 * A writer into the caller's memory. Writing past the end sets `full` and drops the rest; look at
 * `full` once, at the end. No NUL is written.
 */
struct pen_buf {
    char *ptr;
    size_t len;
    size_t cap;
    bool full;
};

static inline struct pen_buf pen_buf_over(char *memory, size_t cap)
{
    return (struct pen_buf){.ptr = memory, .cap = cap};
}

void pen_buf_put(struct pen_buf *buf, struct pen_str text);
void pen_buf_byte(struct pen_buf *buf, char byte);
void pen_buf_u64(struct pen_buf *buf, uint64_t value);

/** `text` as the inside of a JSON string, without the quotes. Invalid UTF-8 becomes U+FFFD. */
void pen_buf_json(struct pen_buf *buf, struct pen_str text);

/** printf for places that are not hot. */
void pen_buf_format(struct pen_buf *buf, const char *format, ...) PEN_PRINTF(2, 3);

static inline struct pen_str pen_buf_str(const struct pen_buf *buf)
{
    return (struct pen_str){buf->ptr, buf->len};
}

#endif
