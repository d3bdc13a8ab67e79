/** GraphQL documents of an event: found in texts, and their names and values as leaves. */
#ifndef PEN_CORE_GRAPHQL_LEAVES_H
#define PEN_CORE_GRAPHQL_LEAVES_H

#include "filters/core/event_leaves.h"
#include "filters/core/graphql.h"

/** One document of an event, in the order in which they were found. */
struct pen_graphql_document {
    struct pen_graphql graphql;
    const struct pen_leaf *holder; /* the leaf whose text it is */
    const struct pen_graphql_document *next;
};

/** The leaf of a node's value in the document that `holder` is; the text is the node's own. */
struct pen_leaf pen_graphql_leaf(const struct pen_leaf *holder, const struct pen_json *node);

/**
 * Add to `leaves` what `leaf`, one of them, holds when its text is a GraphQL document: names of
 * fields, arguments, variables and directives, aliases, types, enum values, and strings, those each
 * with what they hold. A text that only begins like a document adds nothing and is no error.
 *
 * @param layer  how many encodings were undone to reach `leaf`
 * @param found  set when it is a document, else left alone
 *
 * Errors: PEN_ERR_LIMIT "event.layers", "event.opened", "event.leaves" and those of
 *         pen_graphql_read; PEN_ERR_NOMEM "event.memory"
 */
PEN_MUST_USE enum pen_status pen_graphql_open(struct pen_leaves *leaves,
                                              const struct pen_leaf *leaf, uint32_t layer,
                                              bool *found);

/** Has `root` the members of a request and no others, or is it an array that begins with one? */
bool pen_graphql_is_request(const struct pen_json *root);

/**
 * For a function whose events are GraphQL requests: each request of the body has to hold a document
 * that was read, or name one that the server knows (GraphQL over HTTP, section 5.4).
 *
 * @param event  decoded for such a function, with a JSON body
 * @param error  filled on errors; the offset is the value's in the body
 *
 * Errors: PEN_ERR_INVALID "graphql.request"  not an object (or an array of objects) with members of
 *                                            a request
 *         PEN_ERR_SYNTAX  "graphql.syntax"   `query` is no document
 */
PEN_MUST_USE enum pen_status pen_graphql_require(const struct pen_event *event,
                                                 struct pen_json_error *error);

#endif
