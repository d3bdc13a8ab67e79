/**
 * One line of a text as mail software reads it: a header field, a command of SMTP or IMAP, the
 * boundary of a MIME part. Pure; any thread.
 */
#ifndef PEN_FILTERS_MAIL_LINE_H
#define PEN_FILTERS_MAIL_LINE_H

#include "filters/core/str.h"

enum pen_mail_line {
    PEN_MAIL_TEXT,     /* nothing of the below */
    PEN_MAIL_FIELD,    /* "Subject: x", "To: the team": a mail's, but without consequence alone */
    PEN_MAIL_PART,     /* "MIME-Version: 1.0", "Content-Type: multipart/...": a body of its own */
    PEN_MAIL_ADDRESS,  /* "To: a@b.example": one more who gets it, or whom it comes from */
    PEN_MAIL_ROUTE,    /* "Reply-To: a@b.example": where answers go; notes have no such line */
    PEN_MAIL_HIDDEN,   /* "Bcc: a@b.example": one more whom nobody sees */
    PEN_MAIL_ORIGIN,   /* "From: a@b.example", "Date: ...": a forwarded mail begins so, too */
    PEN_MAIL_COMMAND,  /* "RCPT TO:<a@b.example>" (RFC 5321) */
    PEN_MAIL_VERB,     /* "DATA": a command that is a word alone */
    PEN_MAIL_IMAP,     /* "A1 DELETE INBOX": a tag and a command (RFC 9051) */
    PEN_MAIL_BOUNDARY, /* "--part" (RFC 2046) */
    PEN_MAIL_DOT,      /* "." alone: the end of a mail */
};

/** What `line` is, without its line break. Linear. */
enum pen_mail_line pen_mail_line(struct pen_str line);

/** What the text before the first line break looks like. */
enum pen_mail_lead {
    PEN_MAIL_LEAD_TEXT,    /* a heading, a field, a long line: what follows belongs to it */
    PEN_MAIL_LEAD_VALUE,   /* a short line, as a subject or a name is */
    PEN_MAIL_LEAD_ADDRESS, /* a mail address: it never has a second line */
    PEN_MAIL_LEAD_SESSION, /* a command or reply: what two mail programs said to each other */
};

/** The kind of a text's first line. Linear. */
enum pen_mail_lead pen_mail_lead(struct pen_str line);

/** Is `line` a field that holds an address, "Cc: a@b.example"? Linear. */
bool pen_mail_is_addressed(struct pen_str line);

#endif
