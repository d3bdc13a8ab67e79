/**
 * Both parts go through jwt_decode() as the payload of an unsigned token of our own.
 *
 * libjwt 1.10 knows no PS256 or EdDSA and refuses every `typ` but "JWT", even when it is given no
 * key; under a neutral header it reads the parts of any token, and the same way in every version.
 * What it read comes back as JSON text and is compared with our tree value by value.
 */
#include "gateway/auth/second_reader.h"

#include <errno.h>
#include <jwt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NEUTRAL_HEADER "eyJhbGciOiJub25lIn0." /* {"alg":"none"} */

static bool same_number(struct pen_str ours, struct pen_str theirs)
{
    if (pen_str_equal(ours, theirs)) return true;

    /* jansson writes 1e3 as 1000.0: the same double. Both texts lie in documents that were read
       whole, so a byte that ends the number follows. */
    char text[2][64];
    if (ours.len >= sizeof(text[0]) || theirs.len >= sizeof(text[1])) return false;
    memcpy(text[0], ours.ptr, ours.len);
    memcpy(text[1], theirs.ptr, theirs.len);
    text[0][ours.len] = '\0';
    text[1][theirs.len] = '\0';
    const double a = strtod(text[0], NULL);
    const double b = strtod(text[1], NULL);
    return isfinite(a) && isfinite(b) && !(a < b) && !(a > b);
}

static bool same_value(const struct pen_json *ours, const struct pen_json *theirs);

/* Names are unique on both sides, so equal counts and every name found is equality. */
static bool same_object(const struct pen_json *ours, const struct pen_json *theirs)
{
    for (const struct pen_json *one = ours->first; one != NULL; one = one->next) {
        const struct pen_json *const other = pen_json_member(theirs, one->name);
        if (other == NULL || !same_value(one, other)) return false;
    }
    return true;
}

static bool same_array(const struct pen_json *ours, const struct pen_json *theirs)
{
    const struct pen_json *other = theirs->first;
    for (const struct pen_json *one = ours->first; one != NULL; one = one->next) {
        if (other == NULL || !same_value(one, other)) return false;
        other = other->next;
    }
    return other == NULL;
}

/* Depth is bounded by the front end. */
static bool same_value(const struct pen_json *ours, const struct pen_json *theirs)
{
    if (ours->type != theirs->type || ours->count != theirs->count) return false;

    switch (ours->type) {
    case PEN_JSON_NULL:
    case PEN_JSON_FALSE:
    case PEN_JSON_TRUE:
        return true;
    case PEN_JSON_NUMBER:
        return same_number(ours->text, theirs->text);
    case PEN_JSON_STRING:
        return pen_str_equal(ours->text, theirs->text);
    case PEN_JSON_ARRAY:
        return same_array(ours, theirs);
    case PEN_JSON_OBJECT:
        return same_object(ours, theirs);
    }
    return false;
}

/* "<neutral header>.<segment>." as a C string: jwt_decode() copies it to the stack, hence bounded.
 */
static const char *neutral_token(struct pen_str segment, struct pen_arena *arena)
{
    if (segment.len > PEN_TOKEN_MAX_BYTES) return NULL;

    const size_t cap = sizeof(NEUTRAL_HEADER) + segment.len + 1;
    char *const memory = pen_arena_bytes(arena, cap);
    if (memory == NULL) return NULL;

    struct pen_buf buf = pen_buf_over(memory, cap);
    pen_buf_put(&buf, PEN_S(NEUTRAL_HEADER));
    pen_buf_put(&buf, segment);
    pen_buf_byte(&buf, '.');
    pen_buf_byte(&buf, '\0');
    return buf.full ? NULL : memory;
}

static void free_text(char **text)
{
    free(*text);
}

static enum pen_token_result compare(const char *their_text, const struct pen_json *ours,
                                     struct pen_arena *arena)
{
    const struct pen_json_limits limits = {.depth = PEN_TOKEN_MAX_DEPTH,
                                           .nodes = PEN_TOKEN_MAX_NODES};
    const struct pen_json *theirs;
    const enum pen_status status =
        pen_json_read(pen_str_from_c(their_text), &limits, arena, &theirs, NULL);
    if (status == PEN_ERR_NOMEM) return PEN_TOKEN_INTERNAL;
    if (status != PEN_OK || !same_value(ours, theirs)) return PEN_TOKEN_DISAGREEMENT;
    return PEN_TOKEN_OK;
}

static enum pen_token_result agrees(struct pen_str segment, const struct pen_json *ours,
                                    struct pen_arena *arena)
{
    const char *const token = neutral_token(segment, arena);
    if (token == NULL) return PEN_TOKEN_INTERNAL;

    jwt_t *jwt = NULL;
    const int error = jwt_decode(&jwt, token, NULL, 0);
    if (error == ENOMEM) return PEN_TOKEN_INTERNAL;
    if (error != 0 || jwt == NULL) return PEN_TOKEN_DISAGREEMENT;

    char *text PEN_CLEANUP(free_text) = jwt_get_grants_json(jwt, NULL);
    jwt_free(jwt);
    return text != NULL ? compare(text, ours, arena) : PEN_TOKEN_INTERNAL;
}

enum pen_token_result pen_second_reader_agrees(const struct pen_jws *jws,
                                               const struct pen_json *claims,
                                               struct pen_arena *arena)
{
    const enum pen_token_result header = agrees(jws->header_segment, jws->header, arena);
    if (header != PEN_TOKEN_OK) return header;

    return agrees(jws->payload_segment, claims, arena);
}
