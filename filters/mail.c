/**
 * Mail injection: a value of one line that gains header fields, parts or commands of its own.
 *
 * A function that puts a name, an address or a subject into a mail's head lets a line break in it
 * begin the next field: one more recipient, another body, another mail. The same break ends a
 * command of SMTP or IMAP. (CWE-93, OWASP WSTG-INPV-10; CVE-2016-10033 for sendmail's options)
 *
 * A whole mail is full of such lines, so by default only what is no mail counts: a short first
 * line, an address most of all, and a field directly behind it; or a line break that was encoded.
 * Not reported so: mails, forwarded and quoted ones, patches, trailers of commits, notices that
 * list "From:" and "To:". All of it weighs where the function declares the sink "mail".
 */
#include "filters/filter.h"
#include "filters/mail_line.h"

#define OPTION   90 /* options of sendmail within an address */
#define SMUGGLED 92
#define WHOLE    90 /* a body of the sender's choosing, whatever else the text is */
#define ALONE    72 /* one more recipient, and nothing else */
#define LISTED   60 /* "From:" first: a notice about a mail */

static const struct pen_rule rules[] = {
    {"mail.header", "a line break begins a mail header of the sender's choosing"},
    {"mail.part", "a line break begins a part of a mail of the sender's choosing"},
    {"mail.command", "a line break begins a command to the mail server"},
    {"mail.option", "the address holds options of the program that sends the mail"},
};

enum rule { HEADER, PART, COMMAND, RULE_COUNT };

#define LINE "[\\r\\n]|\\\\[rn]"
static const struct pen_trigger triggers[] = {
    {"(" LINE ")(b?cc|to|from|sender|reply-to|subject|return-path|errors-to) *:", true, 0},
    {"(" LINE ")(mime-version|content-(type|tra|disp)|resent-|x-mailer|x-prio|dispos)", true, 0},
    {"(" LINE ")(dkim-sig|received-spf|authentication-r|arc-seal|list-(uns|post)|apparently-)",
     true, 0},
    {"(" LINE ")(in-reply-to *:|DATA|RSET|QUIT|NOOP|STARTTLS)", true, 0},
    {"(" LINE ")(mail from|rcpt to) *:", true, 0},
    {"(" LINE ")(ehlo|helo|vrfy|expn) ", true, 0},
    {"[\\r\\n][a-zA-Z]{0,4}[0-9]{1,6} (CAPAB|SELECT|EXAMINE|CREATE|DELETE|RENAME|FETCH|STORE|LOG|"
     "EXPUNGE|STATUS|APPEND|COPY|SEARCH|LIST|SUBSCRIBE|UID|CLOSE|NOOP)",
     false, 0},
    {"[ \"]-(oQ ?/|OQueueDirectory=)|^-(oQ ?/|OQueueDirectory=)", false, 0},
    {" -([XC] ?/|be [$])", false, 0},
};

/* How a line break came into the text. */
enum way {
    PLAIN,   /* as a text's own */
    QUERY,   /* in a query, where nobody writes lines */
    HIDDEN,  /* encoded, or spelled with characters that lose their high byte */
    ESCAPED, /* backslash and letter: a break only to those who read escapes */
};

enum strength { FIELD, MIME, RECIPIENT, ROUTE, SECRET, STRENGTH_COUNT };

/* By way, by what stands before, by field. */
static const uint8_t weights[4][4][STRENGTH_COUNT] = {
    [PLAIN] = {{52, 52, 55, 55, 58},
               {58, 72, 62, 72, 90},
               {85, 88, 90, 90, 92},
               {52, 52, 52, 52, 52}},
    [QUERY] = {{52, 55, 58, 58, 65},
               {72, 78, 76, 78, 90},
               {88, 90, 92, 92, 92},
               {52, 52, 52, 52, 52}},
    [HIDDEN] = {{58, 60, 65, 70, 85},
                {85, 88, 88, 88, 92},
                {92, 92, 92, 92, 95},
                {52, 52, 52, 52, 52}},
    [ESCAPED] = {{0, 0, 0, 0, 0}, {52, 52, 55, 58, 62}, {62, 72, 76, 76, 80}, {0, 0, 0, 0, 0}},
};

/* One walk along a text's lines. */
struct walk {
    struct pen_str text;
    enum way way;
    enum pen_mail_lead lead;
    size_t line;     /* of the text; the lead is 0 */
    size_t fields;   /* directly behind the lead, without another line between */
    size_t parts;    /* fields that make another body */
    size_t commands; /* of SMTP */
    bool in_head;
    bool listed;      /* the first field tells where a mail is from */
    bool dot;         /* the line before was "." */
    bool boundary;    /* the line before was one */
    size_t lead_last; /* the lead's last byte, for a quote */
    uint32_t best[RULE_COUNT];
    struct pen_span where[RULE_COUNT];
};

static void keep(struct walk *w, enum rule rule, struct pen_span where, uint32_t score)
{
    if (score <= w->best[rule]) return;
    w->best[rule] = score;
    w->where[rule] = where;
}

static enum strength strength_of(enum pen_mail_line kind)
{
    if (kind == PEN_MAIL_HIDDEN) return SECRET;
    if (kind == PEN_MAIL_ROUTE) return ROUTE;
    if (kind == PEN_MAIL_ADDRESS || kind == PEN_MAIL_ORIGIN) return RECIPIENT;
    return kind == PEN_MAIL_PART ? MIME : FIELD;
}

/* "Jane\r\nCc: a@b.example" and no more, broken as fields of a mail are: a note has other lines, or
   LF between them. */
static bool is_only_line(const struct walk *w, struct pen_span where)
{
    static const struct pen_str crlf = PEN_STR("\r\n");
    const struct pen_str text = w->text;
    const struct pen_str line = pen_str_slice(text, where.start, where.end);
    const struct pen_str value =
        pen_str_trim(pen_str_slice(line, pen_str_find(line, ':', 0) + 1, line.len));
    return w->way == PLAIN && w->lead == PEN_MAIL_LEAD_VALUE && w->line == 1 && w->in_head
           && where.start > crlf.len && pen_str_stands(text, where.start - crlf.len, crlf)
           && pen_str_trim(pen_str_slice(text, where.end, text.len)).len == 0
           && pen_str_find(value, ' ', 0) == value.len;
}

static void judge_field(struct walk *w, enum pen_mail_line kind, struct pen_span where)
{
    if (w->boundary) {
        keep(w, PART, where, w->lead == PEN_MAIL_LEAD_TEXT || w->line > 2 ? 52 : 78);
    }
    /* "Trip\nFrom: Berlin\nTo: Hamburg", "New mail\nFrom: a@b.example\nSubject: x". */
    if (w->in_head && w->fields == 0) {
        w->listed = kind == PEN_MAIL_ORIGIN && w->lead != PEN_MAIL_LEAD_ADDRESS;
    }
    const enum pen_mail_lead lead = w->in_head ? w->lead : PEN_MAIL_LEAD_TEXT;
    uint32_t score = weights[w->way][lead][strength_of(kind)];
    w->parts += kind == PEN_MAIL_PART;
    /* "MIME-Version" and "Content-Type: multipart/" right behind a value: no prose has them. */
    if (w->in_head && w->parts > 1 && lead == PEN_MAIL_LEAD_VALUE) score = WHOLE;
    if (kind == PEN_MAIL_ADDRESS && is_only_line(w, where) && score < ALONE) score = ALONE;
    if (w->listed && score > LISTED && w->way != HIDDEN) score = LISTED;
    keep(w, kind == PEN_MAIL_PART ? PART : HEADER, where, score);
    w->fields++;
}

/* A command of one address, with nothing said about it. */
static bool is_whole_command(struct pen_str text, struct pen_span where)
{
    const struct pen_str line = pen_str_slice(text, where.start, where.end);
    const struct pen_str path =
        pen_str_trim(pen_str_slice(line, pen_str_find(line, ':', 0) + 1, line.len));
    return pen_str_find(path, '@', 0) < path.len && pen_str_find(path, ' ', 0) == path.len;
}

static void judge_command(struct walk *w, struct pen_span where)
{
    static const uint8_t alone[] = {52, 62, 92, 52};
    static const uint8_t several[] = {52, 82, 92, 52};
    w->commands++;
    uint32_t score = (w->commands > 1 ? several : alone)[w->lead];
    /* "x\r\nRCPT TO:<a@b.example>" and no more: what a session's line says, not one about it. */
    if (w->lead == PEN_MAIL_LEAD_VALUE && w->line == 1 && is_whole_command(w->text, where)) {
        score = several[w->lead];
    }
    if (w->way == HIDDEN && score < 85) score = w->lead == PEN_MAIL_LEAD_TEXT ? 65 : 88;
    /* SMTP smuggling: one mail ends, another begins (CVE-2023-51764). */
    if (w->dot) score = SMUGGLED;
    if (w->way == ESCAPED && score > 76) score = 76;
    keep(w, COMMAND, where, score);
}

static void judge_imap(struct walk *w, struct pen_span where)
{
    const bool quoted = w->text.ptr[w->lead_last] == '"';
    const bool value = w->lead == PEN_MAIL_LEAD_VALUE || w->lead == PEN_MAIL_LEAD_ADDRESS;
    uint32_t score = value && w->line == 1 ? 72 : 50;
    if (w->line == 1 && quoted) score = 90;
    if (w->way == HIDDEN && w->line == 1) score = 90;
    keep(w, COMMAND, where, score);
}

static void judge_line(struct walk *w, struct pen_span where, bool directly)
{
    const enum pen_mail_line kind = pen_mail_line(pen_str_slice(w->text, where.start, where.end));
    /* A blank line ends a head; only an address has none of its own that it could end. */
    if (!directly && w->lead != PEN_MAIL_LEAD_ADDRESS) w->in_head = w->way == HIDDEN && w->in_head;
    switch (kind) {
    case PEN_MAIL_TEXT:
    case PEN_MAIL_DOT:
    case PEN_MAIL_BOUNDARY:
        w->in_head = w->in_head && kind == PEN_MAIL_BOUNDARY;
        break;
    case PEN_MAIL_FIELD:
    case PEN_MAIL_PART:
    case PEN_MAIL_ADDRESS:
    case PEN_MAIL_ROUTE:
    case PEN_MAIL_HIDDEN:
    case PEN_MAIL_ORIGIN:
        judge_field(w, kind, where);
        break;
    case PEN_MAIL_COMMAND:
        judge_command(w, where);
        break;
    case PEN_MAIL_VERB:
        /* Lists of commands have such lines; behind an address, or encoded, they are said. */
        if (w->lead == PEN_MAIL_LEAD_ADDRESS || w->way == HIDDEN) judge_command(w, where);
        break;
    case PEN_MAIL_IMAP:
        judge_imap(w, where);
        break;
    }
    w->dot = kind == PEN_MAIL_DOT && w->lead != PEN_MAIL_LEAD_SESSION;
    w->boundary = kind == PEN_MAIL_BOUNDARY;
}

/* A line break at `at`: its length, or 0. */
static size_t break_length(struct pen_str text, size_t at, bool escaped)
{
    const char c = text.ptr[at];
    if (escaped) {
        const bool is_break =
            c == '\\' && at + 1 < text.len && (text.ptr[at + 1] == 'n' || text.ptr[at + 1] == 'r');
        return is_break ? 2 : 0;
    }
    return c == '\n' || c == '\r' ? 1 : 0;
}

static void walk_lines(struct walk *w)
{
    const struct pen_str text = w->text;
    const bool escaped = w->way == ESCAPED;
    size_t start = 0;
    bool directly = true;
    for (size_t i = 0; i <= text.len;) {
        size_t length = i < text.len ? break_length(text, i, escaped) : 1;
        if (length == 0) {
            i++;
            continue;
        }
        if (w->line == 0) {
            const struct pen_str first = pen_str_slice(text, 0, i);
            w->lead = pen_mail_lead(first);
            /* "From: a@b.example%0aTo: c@d.example": a head that is smuggled as a whole. */
            if (w->way == HIDDEN && pen_mail_is_addressed(first)) w->lead = PEN_MAIL_LEAD_VALUE;
            w->lead_last = i > 0 ? i - 1 : 0;
        } else {
            judge_line(w, (struct pen_span){start, i}, directly);
        }
        w->line++;
        /* CR LF is one break. */
        size_t breaks = 0;
        while (i < text.len && (length = break_length(text, i, escaped)) > 0) {
            const char c = text.ptr[i + length - 1];
            breaks += c == '\n' || c == 'n' || i + length >= text.len
                      || break_length(text, i + length, escaped) == 0;
            i += length;
        }
        directly = breaks <= 1;
        start = i;
        if (i == text.len) break;
    }
}

static bool has_break(struct pen_str text)
{
    return pen_str_find(text, '\n', 0) < text.len || pen_str_find(text, '\r', 0) < text.len;
}

/* Has it several lines, as nobody writes them in an encoded value? */
static bool has_lines(struct pen_str text)
{
    while (text.len > 0 && (text.ptr[text.len - 1] == '\n' || text.ptr[text.len - 1] == '\r')) {
        text.len--;
    }
    return has_break(text);
}

static bool has_spelled_break(struct pen_str text)
{
    static const struct pen_str spellings[] = {
        PEN_STR("\xe5\x98\x8a"), /* U+560A: its low byte is LF */
        PEN_STR("\xe5\x98\x8d"), /* U+560D: its low byte is CR */
        PEN_STR("\xe2\x80\xa8"), PEN_STR("\xe2\x80\xa9"), PEN_STR("\xc2\x85"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(spellings); i++) {
        if (pen_str_find_str(text, spellings[i]) < text.len) return true;
    }
    return false;
}

static enum way way_of(const struct pen_leaf *leaf)
{
    if (!has_break(leaf->text)) return ESCAPED;
    if (leaf->from == NULL || pen_coding_is_document(leaf->coding)) return PLAIN;
    if (leaf->coding == PEN_CODING_FOLD) {
        return has_spelled_break(leaf->from->text) ? HIDDEN : PLAIN;
    }
    if (leaf->coding == PEN_CODING_FORM && leaf->from->from == NULL) {
        return leaf->origin == PEN_ORIGIN_QUERY ? QUERY : PLAIN;
    }
    const bool hides = leaf->coding == PEN_CODING_PERCENT || leaf->coding == PEN_CODING_FORM
                       || leaf->coding == PEN_CODING_PERCENT_U || leaf->coding == PEN_CODING_ENTITY;
    return hides && !has_lines(leaf->from->text) ? HIDDEN : PLAIN;
}

/* "\"a\\\" -oQ/tmp/ -X/var/www/x.php b\"@c.example": sendmail's -O, -oQ, -X and -C, Exim's -be. */
static void inspect_options(struct pen_str text, struct pen_scan *scan)
{
    static const struct pen_str queues[] = {PEN_STR("-oQ"), PEN_STR("-OQueueDirectory=")};
    static const struct pen_str files[] = {PEN_STR(" -X/"), PEN_STR(" -X /"), PEN_STR(" -C/"),
                                           PEN_STR(" -C /")};
    size_t at = text.len;
    for (size_t i = 0; i < PEN_COUNT_OF(queues) && at == text.len; i++) {
        at = pen_str_find_str(text, queues[i]);
        const char before = at > 0 && at < text.len ? text.ptr[at - 1] : ' ';
        if (before != ' ' && before != '"') at = text.len;
    }
    const bool queue = at < text.len;
    size_t named = 0;
    for (size_t i = 0; i < PEN_COUNT_OF(files); i++) {
        const size_t file = pen_str_find_str(text, files[i]);
        named += file < text.len;
        if (at == text.len) at = file;
    }
    const bool address = pen_str_find(text, '@', 0) < text.len;
    const size_t runs = pen_str_find_str(text, PEN_S(" -be ${run"));
    if (runs < text.len && address) {
        at = runs;
        named = 2;
    }
    const bool logs = queue && pen_str_find_str(text, PEN_S(" -X")) < text.len;
    /* Tools have such options, too: two, and an address that they stand in. */
    if (!logs && !(queue && address) && !(named > 1 && address)) return;
    const bool sure = address && (logs || named > 1);
    pen_scan_report(scan, "mail.option", (struct pen_span){at, at + 3}, sure ? OPTION : 78);
}

static enum pen_status inspect_leaf(const void *state, const struct pen_leaf *leaf,
                                    struct pen_scan *scan)
{
    (void)state;
    PEN_TRY(pen_scan_spend(scan, 16 * leaf->text.len));
    struct walk w = {.text = leaf->text, .way = way_of(leaf), .in_head = true};
    walk_lines(&w);
    for (size_t i = 0; i < RULE_COUNT; i++) {
        if (w.best[i] > 0) pen_scan_report(scan, rules[i].id, w.where[i], w.best[i]);
    }
    inspect_options(leaf->text, scan);
    return PEN_OK;
}

const struct pen_filter pen_filter_mail = {
    .name = "mail",
    .summary = "values that add headers, parts or commands to a mail",
    .sinks = "mail",
    .rules = rules,
    .rule_count = PEN_COUNT_OF(rules),
    .triggers = triggers,
    .trigger_count = PEN_COUNT_OF(triggers),
    .inspect_leaf = inspect_leaf,
};
