/** What the tests of the wire codec share: rows with a reason, read whole and in pieces. */
#ifndef PEN_TESTS_WIRE_CASES_H
#define PEN_TESTS_WIRE_CASES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/wire/wire.h"

struct wire_case {
    const char *why;     /* what the row is about */
    const char *section; /* of the RFC that says so */
    struct pen_str bytes;
    const char *code; /* of the refusal; NULL = accepted */
};

/** The whole way of a head: its end is found in pieces of `step` bytes, then it is parsed. */
struct wire_reading {
    enum pen_wire_result result;
    struct pen_wire_refusal refusal;
    size_t head_len;
    struct pen_wire_head head;
};

static inline void wire_read(struct pen_str bytes, size_t step, const struct pen_str *response_to,
                             const struct pen_wire_limits *limits, struct wire_reading *out)
{
    struct pen_wire_scan scan = {0};
    out->result = PEN_WIRE_MORE;
    out->refusal = (struct pen_wire_refusal){0};
    out->head_len = 0;
    for (size_t end = 0; out->result == PEN_WIRE_MORE && end < bytes.len;) {
        end = bytes.len - end < step ? bytes.len : end + step;
        out->result = pen_wire_find_end(&scan, pen_str_slice(bytes, 0, end), limits,
                                        response_to != NULL, &out->head_len, &out->refusal);
    }
    if (out->result != PEN_WIRE_DONE) return;

    const struct pen_str head = pen_str_slice(bytes, 0, out->head_len);
    out->result =
        response_to != NULL
            ? pen_wire_parse_response(head, *response_to, limits, &out->head, &out->refusal)
            : pen_wire_parse_request(head, limits, &out->head, &out->refusal);
}

/** Bytes of the heap exactly as long as `text`, so that the sanitizer sees a read past the end. */
static inline char *wire_exact(struct pen_str text)
{
    char *copy = malloc(text.len > 0 ? text.len : 1);
    assert_non_null(copy);
    if (text.len > 0) memcpy(copy, text.ptr, text.len);
    return copy;
}

static inline void wire_check(const struct wire_case *row, const struct wire_reading *reading)
{
    const char *got = reading->result == PEN_WIRE_REFUSED ? reading->refusal.code
                      : reading->result == PEN_WIRE_DONE  ? "accepted"
                                                          : "more";
    const char *want = row->code != NULL ? row->code : "accepted";
    if (strcmp(got, want) != 0) {
        fail_msg("%s (%s): %s instead of %s", row->why, row->section, got, want);
    }
}

#endif
