/**
 * What an answer's head says of its body: whether it is a text, and how it is coded.
 *
 * What is a text and cannot be read says so here, so that nobody takes it for one that was looked
 * at. Pure; any thread.
 */
#ifndef PEN_GATEWAY_RESPONSE_TYPE_H
#define PEN_GATEWAY_RESPONSE_TYPE_H

#include "gateway/wire/wire.h"

enum pen_answer_kind {
    PEN_ANSWER_OTHER, /* pictures, archives and the like: not looked at */
    PEN_ANSWER_TEXT,
    PEN_ANSWER_JSON,
    PEN_ANSWER_UNREADABLE, /* a text in a character set, or in parts, that are not read here */
};

/** What the Content-Type is of. Without one, and where it names none, it may be a text. */
enum pen_answer_kind pen_answer_kind_of(struct pen_str type);

enum pen_answer_coding {
    PEN_ANSWER_PLAIN,
    PEN_ANSWER_GZIP,
    PEN_ANSWER_DEFLATE,
    PEN_ANSWER_CODED, /* in a way, or in more than one, that is not undone here */
};

/**
 * How the body is coded, by all Content-Encoding fields as the one list that they are (RFC 9110
 * sections 5.3 and 8.4). One coding alone is undone: beside "identity", or in a second field, it is
 * PEN_ANSWER_CODED, because readers do not agree on what it is then.
 */
enum pen_answer_coding pen_answer_coding_of(const struct pen_wire_head *answer);

/** Does the text begin as UTF-16 or UTF-32 do, whatever the head says (RFC 4627 section 3)? */
bool pen_answer_is_wide(struct pen_str text);

#endif
