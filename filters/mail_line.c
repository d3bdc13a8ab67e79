/**
 * Names are told by tables; what stands behind the colon tells a field that acts from one that is
 * only named: "To: Hamburg" is a journey, "To: a@b.example" a recipient.
 */
#include "filters/mail_line.h"

#define NAME_BYTES     32  /* of a field's name that are looked at */
#define LEAD_BYTES     160 /* a longer first line is no value of one line */
#define ADDRESS_SPACES 4   /* "Jane van der Berg <a@b.example>" has so many */
#define TAG_LETTERS    4   /* of an IMAP command: "A1", "a001", "V100" */
#define TAG_DIGITS     6
#define BOUNDARY_LEAST 6 /* "--" alone ends a paragraph or begins a signature */

struct field {
    struct pen_str name;
    enum pen_mail_line with_address; /* what it is with a mail address in its value */
};

static const struct field fields[] = {
    {PEN_STR("to"), PEN_MAIL_ADDRESS},
    {PEN_STR("cc"), PEN_MAIL_ADDRESS},
    {PEN_STR("bcc"), PEN_MAIL_HIDDEN},
    {PEN_STR("from"), PEN_MAIL_ORIGIN},
    {PEN_STR("date"), PEN_MAIL_ORIGIN},
    {PEN_STR("sent"), PEN_MAIL_ORIGIN},
    {PEN_STR("subject"), PEN_MAIL_FIELD},
    {PEN_STR("sender"), PEN_MAIL_ADDRESS},
    {PEN_STR("reply-to"), PEN_MAIL_ROUTE},
    {PEN_STR("return-path"), PEN_MAIL_ROUTE},
    {PEN_STR("errors-to"), PEN_MAIL_ROUTE},
    {PEN_STR("resent-to"), PEN_MAIL_ROUTE},
    {PEN_STR("resent-bcc"), PEN_MAIL_HIDDEN},
    {PEN_STR("apparently-to"), PEN_MAIL_ROUTE},
    {PEN_STR("disposition-notification-to"), PEN_MAIL_ROUTE},
    {PEN_STR("in-reply-to"), PEN_MAIL_FIELD},
    {PEN_STR("dkim-signature"), PEN_MAIL_FIELD},
    {PEN_STR("received-spf"), PEN_MAIL_FIELD},
    {PEN_STR("authentication-results"), PEN_MAIL_FIELD},
    {PEN_STR("arc-seal"), PEN_MAIL_FIELD},
    {PEN_STR("list-unsubscribe"), PEN_MAIL_FIELD},
    {PEN_STR("list-post"), PEN_MAIL_FIELD},
    {PEN_STR("x-mailer"), PEN_MAIL_FIELD},
    {PEN_STR("x-priority"), PEN_MAIL_FIELD},
    {PEN_STR("message-id"), PEN_MAIL_FIELD},
    {PEN_STR("mime-version"), PEN_MAIL_FIELD},
    {PEN_STR("content-type"), PEN_MAIL_FIELD},
    {PEN_STR("content-disposition"), PEN_MAIL_FIELD},
    {PEN_STR("content-transfer-encoding"), PEN_MAIL_FIELD},
};

/* Fields of forms and notices: a text that begins with one lists more of them. */
static const struct pen_str labels[] = {
    PEN_STR("name"), PEN_STR("email"),   PEN_STR("e-mail"),   PEN_STR("message"), PEN_STR("phone"),
    PEN_STR("host"), PEN_STR("company"), PEN_STR("received"), PEN_STR("author"),  PEN_STR("commit"),
};

static const struct pen_str commands[] = {
    PEN_STR("mail from:"), PEN_STR("rcpt to:"), PEN_STR("ehlo "),
    PEN_STR("helo "),      PEN_STR("vrfy "),    PEN_STR("expn "),
};

static const struct pen_str imap_commands[] = {
    PEN_STR("CAPABILITY"), PEN_STR("SELECT"), PEN_STR("EXAMINE"), PEN_STR("CREATE"),
    PEN_STR("DELETE"),     PEN_STR("RENAME"), PEN_STR("FETCH"),   PEN_STR("STORE"),
    PEN_STR("LOGOUT"),     PEN_STR("LOGIN"),  PEN_STR("EXPUNGE"), PEN_STR("STATUS"),
    PEN_STR("APPEND"),     PEN_STR("COPY"),   PEN_STR("SEARCH"),  PEN_STR("LIST"),
    PEN_STR("SUBSCRIBE"),  PEN_STR("UID"),    PEN_STR("CLOSE"),   PEN_STR("NOOP"),
};

/* Commands whose first argument is a set of numbers: "A1 STORE NORTH" is a shop's aisle. */
static const struct pen_str numbered[] = {PEN_STR("FETCH"), PEN_STR("STORE"), PEN_STR("COPY")};

static const struct pen_str verbs[] = {PEN_STR("DATA"), PEN_STR("RSET"), PEN_STR("QUIT"),
                                       PEN_STR("NOOP"), PEN_STR("STARTTLS")};

/* The name before ':', blanks before the colon allowed; empty when there is none. */
static struct pen_str field_name(struct pen_str line, size_t *value)
{
    size_t end = 0;
    while (end < line.len && end < NAME_BYTES
           && (pen_is_alpha(line.ptr[end]) || line.ptr[end] == '-')) {
        end++;
    }
    size_t colon = end;
    while (colon < line.len && colon < NAME_BYTES && line.ptr[colon] == ' ') {
        colon++;
    }
    if (colon >= line.len || line.ptr[colon] != ':') return (struct pen_str){NULL, 0};
    *value = colon + 1;
    return pen_str_slice(line, 0, end);
}

/* "a@b": something that a name may end with before it, and begin with behind it. */
static bool has_address(struct pen_str text)
{
    for (size_t i = 1; i + 1 < text.len; i++) {
        if (text.ptr[i] != '@') continue;
        const char before = text.ptr[i - 1];
        const char behind = text.ptr[i + 1];
        const bool ends = before != ' ' && before != '<' && before != ',';
        if (ends && (pen_is_alpha(behind) || pen_is_digit(behind) || behind == '[')) return true;
    }
    return false;
}

static enum pen_mail_line field_kind(struct pen_str name, struct pen_str value)
{
    if (pen_str_equal_fold(name, PEN_S("mime-version"))) return PEN_MAIL_PART;
    if (pen_str_equal_fold(name, PEN_S("content-type"))
        && pen_str_starts_fold(pen_str_trim(value), PEN_S("multipart/"))) {
        return PEN_MAIL_PART;
    }
    for (size_t i = 0; i < PEN_COUNT_OF(fields); i++) {
        if (!pen_str_equal_fold(name, fields[i].name)) continue;
        const enum pen_mail_line kind = fields[i].with_address;
        if (kind == PEN_MAIL_ORIGIN || has_address(value)) return kind;
        return PEN_MAIL_FIELD;
    }
    return PEN_MAIL_TEXT;
}

/* "A001 DELETE INBOX": capitals, as the command of a protocol is written. */
static bool is_imap(struct pen_str line)
{
    size_t at = 0;
    while (at < line.len && at < TAG_LETTERS && pen_is_alpha(line.ptr[at])) {
        at++;
    }
    const size_t digits = at;
    while (at < line.len && at - digits < TAG_DIGITS && pen_is_digit(line.ptr[at])) {
        at++;
    }
    if (at == digits || at >= line.len || line.ptr[at] != ' ') return false;
    const struct pen_str rest = pen_str_slice(line, at + 1, line.len);
    for (size_t i = 0; i < PEN_COUNT_OF(imap_commands); i++) {
        const size_t length = imap_commands[i].len;
        if (!pen_str_starts(rest, imap_commands[i])) continue;
        if (rest.len == length) return true;
        if (rest.ptr[length] != ' ') continue;
        if (!pen_str_is_among(imap_commands[i], numbered, PEN_COUNT_OF(numbered))) return true;
        const char argument = length + 1 < rest.len ? rest.ptr[length + 1] : ' ';
        return pen_is_digit(argument) || argument == '*';
    }
    return false;
}

static bool is_boundary(struct pen_str line)
{
    if (line.len < BOUNDARY_LEAST || !pen_str_starts(line, PEN_S("--"))) return false;
    return pen_str_find(line, ' ', 0) == line.len;
}

enum pen_mail_line pen_mail_line(struct pen_str line)
{
    if (line.len == 0) return PEN_MAIL_TEXT;
    if (line.ptr[0] == '.') return line.len == 1 ? PEN_MAIL_DOT : PEN_MAIL_TEXT;
    if (line.ptr[0] == '-') return is_boundary(line) ? PEN_MAIL_BOUNDARY : PEN_MAIL_TEXT;
    for (size_t i = 0; i < PEN_COUNT_OF(commands); i++) {
        if (pen_str_starts_fold(line, commands[i])) return PEN_MAIL_COMMAND;
    }
    size_t value = 0;
    const struct pen_str name = field_name(line, &value);
    if (name.len > 0) return field_kind(name, pen_str_slice(line, value, line.len));
    if (pen_str_is_among(line, verbs, PEN_COUNT_OF(verbs))) return PEN_MAIL_VERB;
    return is_imap(line) ? PEN_MAIL_IMAP : PEN_MAIL_TEXT;
}

bool pen_mail_is_addressed(struct pen_str line)
{
    line = pen_str_trim(line);
    size_t value = 0;
    const struct pen_str name = field_name(line, &value);
    if (name.len == 0 || !has_address(line)) return false;
    const enum pen_mail_line kind = field_kind(name, pen_str_slice(line, value, line.len));
    return kind == PEN_MAIL_ADDRESS || kind == PEN_MAIL_ORIGIN || kind == PEN_MAIL_ROUTE;
}

static bool is_label(struct pen_str line)
{
    size_t value = 0;
    const struct pen_str name = field_name(line, &value);
    if (name.len > 2 && pen_str_starts_fold(name, PEN_S("x-"))) return true;
    for (size_t i = 0; i < PEN_COUNT_OF(labels); i++) {
        if (pen_str_equal_fold(name, labels[i])) return true;
    }
    return false;
}

/* "220 mail.example ESMTP", "C: EHLO a.example". */
static bool is_session(struct pen_str line)
{
    const bool reply = line.len > 3 && pen_is_digit(line.ptr[0]) && pen_is_digit(line.ptr[1])
                       && pen_is_digit(line.ptr[2]) && (line.ptr[3] == ' ' || line.ptr[3] == '-');
    return reply || pen_str_starts(line, PEN_S("S:")) || pen_str_starts(line, PEN_S("C:"))
           || pen_mail_line(line) == PEN_MAIL_COMMAND;
}

/* "---- Forwarded message ----", "> quoted", "# title". */
static bool is_furniture(struct pen_str line)
{
    const char first = line.ptr[0];
    const char last = line.ptr[line.len - 1];
    if (last == ':' || pen_str_starts(line, PEN_S("From "))) return true;
    if (pen_str_find_str(line, PEN_S("HTTP/")) < line.len) return true;
    if (pen_str_find_str(line, PEN_S("MIME")) < line.len) return true;
    return first == '-' || first == '_' || first == '>' || first == '#' || first == '*'
           || first == '=' || first == '|' || first == '<';
}

/* "Contact: a@b.example": a note's line, which others follow. */
static bool is_labelled(struct pen_str line)
{
    size_t value = 0;
    return field_name(line, &value).len > 0 && value < line.len && line.ptr[value] == ' ';
}

/* "jane@host:~$ ls": a shell's. */
static bool is_prompt(struct pen_str line)
{
    size_t at = pen_str_find(line, '@', 0);
    while (at < line.len && line.ptr[at] != ' ' && line.ptr[at] != ':') {
        at++;
    }
    return at + 1 < line.len && line.ptr[at] == ':' && line.ptr[at + 1] != ' ';
}

enum pen_mail_lead pen_mail_lead(struct pen_str line)
{
    line = pen_str_trim(line);
    if (line.len == 0) return PEN_MAIL_LEAD_VALUE;
    if (line.len > LEAD_BYTES) return PEN_MAIL_LEAD_TEXT;
    if (is_session(line)) return PEN_MAIL_LEAD_SESSION;
    const enum pen_mail_line kind = pen_mail_line(line);
    if ((kind != PEN_MAIL_TEXT && kind != PEN_MAIL_IMAP) || is_label(line)) {
        return PEN_MAIL_LEAD_TEXT;
    }
    size_t spaces = 0;
    for (size_t i = 0; i < line.len; i++) {
        spaces += line.ptr[i] == ' ';
    }
    const bool address =
        has_address(line) && spaces <= ADDRESS_SPACES && !is_labelled(line) && !is_prompt(line);
    if (address && line.ptr[line.len - 1] != ':') return PEN_MAIL_LEAD_ADDRESS;
    return is_furniture(line) ? PEN_MAIL_LEAD_TEXT : PEN_MAIL_LEAD_VALUE;
}
