/** The look at an answer: one pass for secrets, one for traces and errors. */
#include "filters/answer.h"

#include <string.h>

#include "filters/answer_traces.h"
#include "filters/secrets_find.h"

const char *pen_answer_class_name(enum pen_answer_class class)
{
    switch (class) {
    case PEN_ANSWER_SECRETS:
        return "secrets";
    case PEN_ANSWER_TRACES:
        return "traces";
    case PEN_ANSWER_ERRORS:
    case PEN_ANSWER_CLASSES:
        break;
    }
    return "errors";
}

struct looking {
    void (*found)(void *context, const struct pen_answer_finding *finding);
    void *context;
};

static bool found_secret(void *context, const char *rule, struct pen_span span, uint32_t score)
{
    const struct looking *const looking = context;
    const struct pen_rule *const known = &pen_secrets_rules[pen_secrets_rule_index(rule)];
    const struct pen_answer_finding finding = {.class = PEN_ANSWER_SECRETS,
                                               .rule = known->id,
                                               .sentence = known->sentence,
                                               .span = span,
                                               .score = score};
    looking->found(looking->context, &finding);
    return true;
}

void pen_answer_look(struct pen_str body, unsigned classes,
                     void (*found)(void *context, const struct pen_answer_finding *finding),
                     void *context)
{
    struct looking looking = {found, context};
    if ((classes & 1U << PEN_ANSWER_SECRETS) != 0) {
        struct pen_secrets secrets = {.text = body, .found = found_secret, .context = &looking};
        pen_secrets_find(&secrets);
    }
    const unsigned others = classes & ~(1U << PEN_ANSWER_SECRETS);
    if (others != 0) pen_answer_traces(body, others, found, context);
}

/* Is the byte at `to` within a string of JSON? Goes on from where it was. */
static bool is_in_string(const char *body, size_t to, struct pen_answer_cursor *cursor)
{
    while (cursor->at < to) {
        const char c = body[cursor->at];
        if (c == '"') cursor->in_string = !cursor->in_string;
        cursor->at += c == '\\' && cursor->in_string ? 2 : 1;
    }
    return cursor->in_string;
}

void pen_answer_strike(char *body, struct pen_span span, struct pen_answer_cursor *cursor)
{
    const bool bare = cursor != NULL && !is_in_string(body, span.start, cursor);
    memset(body + span.start, bare ? '1' : '*', span.end - span.start);
    /* What is struck out has no quotes any more. */
    if (cursor != NULL && cursor->at < span.end) cursor->at = span.end;
}
