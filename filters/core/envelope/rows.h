/** The words in which the tables of this folder are written. */
#ifndef PEN_CORE_ENVELOPE_ROWS_H
#define PEN_CORE_ENVELOPE_ROWS_H

#include "filters/core/envelope/envelope.h"

/* Members: there is one, of a type, with a text. */
#define HAS(at)             \
    {                       \
        .path = PEN_STR(at) \
    }
#define HAS_TEXT(at)                                 \
    {                                                \
        .path = PEN_STR(at), .type = PEN_JSON_STRING \
    }
#define HAS_OBJECT(at)                               \
    {                                                \
        .path = PEN_STR(at), .type = PEN_JSON_OBJECT \
    }
#define HAS_ARRAY(at)                               \
    {                                               \
        .path = PEN_STR(at), .type = PEN_JSON_ARRAY \
    }
#define SAYS(at, text)                                                       \
    {                                                                        \
        .path = PEN_STR(at), .value = PEN_STR(text), .type = PEN_JSON_STRING \
    }

/* Texts: encoded in a way, when a member says so, of a type that is told elsewhere. */
#define ENCODED(at, how)                     \
    {                                        \
        .path = PEN_STR(at), .coding = (how) \
    }
#define BASE64_IF(at, member, text)                                               \
    {                                                                             \
        .path = PEN_STR(at), .coding = PEN_AS_BASE64_IF, .flag = PEN_STR(member), \
        .value = PEN_STR(text)                                                    \
    }
#define TYPED(at, how, told)                                        \
    {                                                               \
        .path = PEN_STR(at), .coding = (how), .type = PEN_STR(told) \
    }

/* Parts of an envelope. */
#define SIGNS(...)                                                          \
    .signs = (const struct pen_envelope_member[]){__VA_ARGS__},             \
    .sign_count = sizeof((const struct pen_envelope_member[]){__VA_ARGS__}) \
                  / sizeof(struct pen_envelope_member)
#define REQUIRED(...)                                                           \
    .required = (const struct pen_envelope_member[]){__VA_ARGS__},              \
    .required_count = sizeof((const struct pen_envelope_member[]){__VA_ARGS__}) \
                      / sizeof(struct pen_envelope_member)
#define CODED(...)                                            \
    .coded = (const struct pen_envelope_leaf[]){__VA_ARGS__}, \
    .coded_count =                                            \
        sizeof((const struct pen_envelope_leaf[]){__VA_ARGS__}) / sizeof(struct pen_envelope_leaf)
#define WRITTEN(...)                 \
    .written = (const char *const[]) \
    {                                \
        __VA_ARGS__, NULL            \
    }

/* Where an HTTP request within an event tells its content type. */
#define BY_HEADERS "/headers/content-type|/multiValueHeaders/content-type/0"

#endif
