/**
 * What a function's answer gives away: secrets, stack traces, the words of databases' errors.
 *
 * Works over the answer's bytes as they go out, so that what is found can be struck out in place:
 * JSON comes with its escapes undone (answer_escapes.h). Linear; no memory but the
 * caller's. Pure; any thread.
 */
#ifndef PEN_FILTERS_ANSWER_H
#define PEN_FILTERS_ANSWER_H

#include "filters/core/scan.h"

enum pen_answer_class {
    PEN_ANSWER_SECRETS, /* what the filter `secrets` finds */
    PEN_ANSWER_TRACES,  /* stack traces: Java, Python, Node, .NET, PHP, Go, Ruby */
    PEN_ANSWER_ERRORS,  /* errors of databases, phpinfo(), listings of folders */
    PEN_ANSWER_CLASSES,
};

/** "secrets" | "traces" | "errors". */
const char *pen_answer_class_name(enum pen_answer_class class);

struct pen_answer_finding {
    enum pen_answer_class class;
    const char *rule;     /* "secrets.card", "traces.java"; static storage */
    const char *sentence; /* static storage */
    struct pen_span span;
    uint32_t score;
};

/**
 * Look through an answer.
 *
 * @param classes  bits of pen_answer_class
 * @param found    called from the front, secrets first, then the others; it may write over the span
 *
 * Cost: at most 190 ns a byte, 3 in ordinary text
 */
void pen_answer_look(struct pen_str body, unsigned classes,
                     void (*found)(void *context, const struct pen_answer_finding *finding),
                     void *context);

/** Where in a JSON text the striking out is. */
struct pen_answer_cursor {
    size_t at;
    bool in_string;
};

/**
 * Write asterisks over a span of an answer. A number of JSON outside of a string becomes ones.
 *
 * @param cursor  begins zeroed; spans of one look at one class come in order. NULL: it is no JSON
 */
void pen_answer_strike(char *body, struct pen_span span, struct pen_answer_cursor *cursor);

#endif
