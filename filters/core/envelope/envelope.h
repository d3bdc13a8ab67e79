/**
 * Envelopes: the shapes in which queues, stores, gateways and webhooks hand events over.
 *
 * An envelope is rows, not a program: the signs by which its shape is known, the members that it
 * must have when a function declares it, and the texts that it encodes. Adding one means adding
 * rows to a table of this folder and a line to `list.def`.
 *
 * Everything here is const; any thread.
 */
#ifndef PEN_CORE_ENVELOPE_ENVELOPE_H
#define PEN_CORE_ENVELOPE_ENVELOPE_H

#include "filters/core/event.h"

/** Where in a document an envelope's members stand; its paths begin there. */
enum pen_envelope_at {
    PEN_AT_ROOT,    /* in the document itself */
    PEN_AT_ELEMENT, /* in the document, or in each element when it is an array */
    PEN_AT_RECORD,  /* in each element of "/Records"; the element's "eventSource" tells which */
};

/** A member by its JSON Pointer; what more must be true of it. */
struct pen_envelope_member {
    struct pen_str path;
    struct pen_str value;    /* its text; alternatives are separated by '|'; empty = any */
    enum pen_json_type type; /* PEN_JSON_NULL = any but null */
};

/** How an envelope encodes a text. */
enum pen_envelope_coding {
    PEN_AS_FORM,      /* percent-encoding in which '+' is a space */
    PEN_AS_QUERY,     /* a query: "a=1&b=2" */
    PEN_AS_BASE64,    /* RFC 4648 section 4 */
    PEN_AS_BASE64_IF, /* the same, when the member `flag` beside it has `value` */
    PEN_AS_BODY,      /* an HTTP body: base64 when "isBase64Encoded" beside it is true */
    PEN_AS_BYTES,     /* an array of byte numbers */
    PEN_AS_WORDS,     /* encoded words of RFC 2047 */
    PEN_AS_IT_IS,     /* a text whose content type is known */
};

/** A text that is more than it seems. */
struct pen_envelope_leaf {
    struct pen_str path; /* '*' stands for any name or index, '**' for any number of them */
    enum pen_envelope_coding coding;
    struct pen_str flag;  /* PEN_AS_BASE64_IF: JSON Pointer from the object that holds it */
    struct pen_str value; /* as in pen_envelope_member; "true" also for the literal */
    /* Where the content type of the decoded text is told: a JSON Pointer from the object that holds
     * it ('^' before it: from the one that holds that), names in any case; alternatives are
     * separated by '|'. Empty = nowhere. */
    struct pen_str type;
};

struct pen_envelope {
    struct pen_str name; /* "aws.s3"; entries of the same name are variants of one envelope */
    enum pen_envelope_at at;
    struct pen_str source;                   /* of records: their "eventSource", as `value` above */
    struct pen_str field_value;              /* of those that a field tells: how its value begins */
    const struct pen_envelope_member *signs; /* all hold: it is this one */
    size_t sign_count;
    const struct pen_envelope_member *required; /* and these, when a function declares it */
    size_t required_count;
    const struct pen_envelope_leaf *coded;
    size_t coded_count;
    /* Paths of what whoever causes the event writes, beside `coded`; NULL at the end; may be NULL.
     */
    const char *const *written;
};

/**
 * GraphQL requests in JSON, "graphql". No sign tells them from any object with a member "query", so
 * only a function that declares it has them; pen_graphql_require() says what they must be.
 */
extern const struct pen_envelope pen_envelope_graphql;

/** The envelope of that name, or NULL. */
const struct pen_envelope *pen_envelope_find(struct pen_str name);

/** Entry `index` of all that a sign tells, variants included, in no order that means anything; NULL
 * at the end. */
const struct pen_envelope *pen_envelope_entry(size_t index);

/** Does a function that declares `input->expected` name this one? */
bool pen_envelope_is_expected(const struct pen_envelope *envelope,
                              const struct pen_event_input *input);

/**
 * Does whoever causes the event write the text at `node`, by the rows of `coded` and `written`?
 *
 * @param document  the one that `node` is in; of a batch each record goes by its own envelope
 */
bool pen_envelope_is_written(const struct pen_event_document *document,
                             const struct pen_json *node);

/** Do all of these hold below `base`? */
bool pen_envelope_members_hold(const struct pen_envelope_member *members, size_t count,
                               const struct pen_json *base);

/** Does `node`, below `base`, stand at `path`, in which asterisks may stand for names? */
bool pen_envelope_path_matches(struct pen_str path, const struct pen_json *node,
                               const struct pen_json *base);

#endif
