/**
 * Line breaks that begin a header field, an answer or a log record of the attacker's choosing.
 *
 * A break in a text that has several lines is ordinary; one that was percent-encoded inside a
 * value, or spelled with characters that lose their high byte, is there for the line behind it.
 * So the same field name weighs by how its line break came. (CWE-93, CWE-113, CWE-117)
 *
 * Not reported in the default policy: plain line breaks, but for one directly behind a value of one
 * word that begins a field no text is about ("en\r\nSet-Cookie: a=b"), behind the rest of a request
 * line, or between the last chunk of a body and a request; a function that copies texts into fields
 * or logs declares the sink "header" or "log". Headers of mails are the mail filter's.
 */
#include "filters/filter.h"

#define HIDDEN 85  /* the break was encoded */
#define TARGET 92  /* the whole was: a URL or a part of one, no text for people */
#define QUERY  75  /* it came in a query, where nobody writes lines */
#define VALUE  75  /* behind one word that was the value, a field with a value of its own kind */
#define PLAIN  55  /* ordinary text, but for a function with that sink */
#define BODY   60  /* an empty line and markup: a body, where the break was encoded */
#define FAR    32  /* bytes of a field's name that are looked at */
#define WORD   64  /* bytes of a word that a field's value is */
#define LINE   256 /* bytes of a line in which a request's version is looked for */

enum found { FIELD, STATUS, RECORD, NOTHING };

static const struct pen_rule rules[] = {
    [FIELD] = {"crlf.field", "a line break begins a header field of the sender's choosing"},
    [STATUS] = {"crlf.status", "a line break begins a whole answer of the sender's choosing"},
    [RECORD] = {"crlf.record", "a line break begins a log record of the sender's choosing"},
};

#define BREAK \
    "(\\r|\\n|\\xc4\\x8d\\xc4\\x8a|\\xe5\\x98[\\x8a\\x8d]|\\xe2\\x80[\\xa8\\xa9]|\\xc2\\x85)"
static const struct pen_trigger triggers[] = {
    {BREAK, false, 0},
    {"[a-z] *:", true, 1},
    {"HTTP/[12]|\\n\\r\\n<[a-zA-Z!]", false, 1},
    /* A record's time, level, or the time of an access log. */
    {BREAK "[[<]?[0-9]{4}[-/][0-9]{2}[-/]", false, 1},
    {BREAK "[[<]?[A-Z][a-z]{2} [ 0-9A-Z][0-9a-z]", false, 1},
    {BREAK "[[<]?(TRACE|DEBUG|INFO|NOTICE|WARN|ERR|CRIT|FATAL|SEVERE|ALERT|EMERG)", false, 1},
    {" \\[[0-9]{2}/[A-Z][a-z]{2}/", false, 1},
};

static const struct pen_str names[] = {
    PEN_STR("content-type"),
    PEN_STR("content-length"),
    PEN_STR("content-disposition"),
    PEN_STR("content-encoding"),
    PEN_STR("content-security-policy"),
    PEN_STR("location"),
    PEN_STR("set-cookie"),
    PEN_STR("cookie"),
    PEN_STR("host"),
    PEN_STR("transfer-encoding"),
    PEN_STR("refresh"),
    PEN_STR("link"),
    PEN_STR("access-control-allow-origin"),
    PEN_STR("authorization"),
    PEN_STR("connection"),
    PEN_STR("status"),
    PEN_STR("set-cookie2"),
    PEN_STR("strict-transport-security"),
    PEN_STR("access-control-allow-credentials"),
    PEN_STR("cache-control"),
    PEN_STR("upgrade"),
    PEN_STR("vary"),
    PEN_STR("proxy-authorization"),
};

/* Fields that no text is about, by what their values begin with or hold; '9' is a digit. */
static const struct {
    struct pen_str name;
    struct pen_str holds;
} certain[] = {
    {PEN_STR("set-cookie"), PEN_STR("=")},
    {PEN_STR("set-cookie2"), PEN_STR("=")},
    {PEN_STR("cookie"), PEN_STR("=")},
    {PEN_STR("content-length"), PEN_STR("9")},
    {PEN_STR("content-type"), PEN_STR("/")},
    {PEN_STR("content-security-policy"), PEN_STR("-src")},
    {PEN_STR("content-disposition"), PEN_STR("filename")},
    {PEN_STR("transfer-encoding"), PEN_STR("chunked")},
    {PEN_STR("strict-transport-security"), PEN_STR("max-age")},
    {PEN_STR("access-control-allow-origin"), PEN_STR("")},
    {PEN_STR("access-control-allow-credentials"), PEN_STR("")},
    {PEN_STR("authorization"), PEN_STR("Basic ")},
    {PEN_STR("authorization"), PEN_STR("Bearer ")},
    {PEN_STR("refresh"), PEN_STR(";")},
    {PEN_STR("link"), PEN_STR("rel=")},
    {PEN_STR("upgrade"), PEN_STR("h2c")},
    {PEN_STR("upgrade"), PEN_STR("websocket")},
    {PEN_STR("connection"), PEN_STR("close")},
    {PEN_STR("connection"), PEN_STR("keep-alive")},
};

static const struct pen_str levels[] = {
    PEN_STR("TRACE"), PEN_STR("DEBUG"), PEN_STR("INFO"),     PEN_STR("NOTICE"), PEN_STR("WARN"),
    PEN_STR("ERROR"), PEN_STR("CRIT"),  PEN_STR("SEVERE"),   PEN_STR("FATAL"),  PEN_STR("WARNING"),
    PEN_STR("ALERT"), PEN_STR("EMERG"), PEN_STR("CRITICAL"),
};

/* A line break at `at`, in any spelling that a function may take for one: its length, or 0. */
static size_t break_length(struct pen_str text, size_t at, bool *spelled)
{
    const unsigned char first = (unsigned char)text.ptr[at];
    if (first == '\r' || first == '\n') return 1;
    if (first < 0x80) return 0;
    const unsigned char second = at + 1 < text.len ? (unsigned char)text.ptr[at + 1] : 0;
    const unsigned char third = at + 2 < text.len ? (unsigned char)text.ptr[at + 2] : 0;
    size_t length = 0;
    if (first == 0xe5 && second == 0x98 && (third == 0x8a || third == 0x8d)) {
        length = 3; /* U+560A, U+560D: their low bytes are LF and CR */
    } else if (first == 0xe2 && second == 0x80 && (third == 0xa8 || third == 0xa9)) {
        length = 3; /* U+2028, U+2029 */
    } else if (first == 0xc2 && second == 0x85) {
        length = 2; /* U+0085 */
    }
    if (length > 0) *spelled = true;
    return length;
}

/* The name before ':' at `at`; empty when there is none. */
static struct pen_str field_name(struct pen_str text, size_t at)
{
    size_t end = at;
    while (end < text.len && end - at < FAR
           && (pen_is_alpha(text.ptr[end]) || text.ptr[end] == '-')) {
        end++;
    }
    size_t colon = end;
    while (colon < text.len && text.ptr[colon] == ' ') {
        colon++;
    }
    const bool is_field = colon < text.len && text.ptr[colon] == ':';
    return is_field ? pen_str_slice(text, at, end) : (struct pen_str){NULL, 0};
}

/* Each letter of `shape` is a class: '9' a digit, 'A' a capital, 'a' a small letter, '_' a digit or
   a space; others stand for themselves. */
static bool has_shape(struct pen_str text, size_t at, struct pen_str shape)
{
    if (text.len - at < shape.len) return false;
    for (size_t i = 0; i < shape.len; i++) {
        const char c = text.ptr[at + i];
        const char wanted = shape.ptr[i];
        const bool fits = wanted == '9'   ? pen_is_digit(c)
                          : wanted == '_' ? pen_is_digit(c) || c == ' '
                          : wanted == 'A' ? c >= 'A' && c <= 'Z'
                          : wanted == 'a' ? c >= 'a' && c <= 'z'
                                          : c == wanted;
        if (!fits) return false;
    }
    return true;
}

/* "2026-03-02 10:00:00 INFO ...", "Mar  2 10:00:00 host sshd[1]:" (RFC 3164). */
static bool begins_with_time(struct pen_str text, size_t at)
{
    static const struct pen_str shapes[] = {
        PEN_STR("9999-99-99 99:99"), PEN_STR("9999-99-99T99:99"), PEN_STR("9999/99/99 99:99"),
        PEN_STR("Aaa _9 99:99:99 "), PEN_STR("Aaa Aaa 99 99:99"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(shapes); i++) {
        if (has_shape(text, at, shapes[i])) return true;
    }
    return false;
}

/* "ERROR: ...", "[INFO] ...", "WARN  ...". */
static bool begins_with_level(struct pen_str text, size_t at)
{
    const struct pen_str rest = pen_str_slice(text, at, text.len);
    for (size_t i = 0; i < PEN_COUNT_OF(levels); i++) {
        if (!pen_str_starts(rest, levels[i]) || rest.len == levels[i].len) continue;
        const char behind = rest.ptr[levels[i].len];
        if (behind == ':' || behind == ']' || behind == ' ' || behind == '>') return true;
    }
    return false;
}

/* "127.0.0.1 - - [02/Mar/2026:10:00:00": the common log format. */
static bool begins_with_access(struct pen_str text, size_t at)
{
    const struct pen_str head = pen_str_slice(text, at, at + FAR + FAR);
    const size_t dash = pen_str_find(head, ' ', 0);
    if (dash == 0 || !pen_str_stands(head, dash, PEN_S(" - "))) return false;
    const size_t bracket = pen_str_find_str(head, PEN_S(" ["));
    return bracket + 2 < head.len && pen_is_digit(head.ptr[bracket + 2]);
}

static bool begins_record(struct pen_str text, size_t at)
{
    const bool framed = text.ptr[at] == '[' || text.ptr[at] == '<';
    if (framed) at++;
    if (at + 1 >= text.len) return false;
    const char first = text.ptr[at];
    if (pen_is_digit(first)) return begins_with_time(text, at) || begins_with_access(text, at);
    if (first < 'A' || first > 'Z') return false;
    const char second = text.ptr[at + 1];
    return second >= 'a' ? begins_with_time(text, at) : begins_with_level(text, at);
}

/* "GET /admin HTTP/1.1": a request of its own. */
static bool begins_request(struct pen_str text, size_t at)
{
    const size_t start = at;
    while (at < text.len && at - start < 8 && text.ptr[at] >= 'A' && text.ptr[at] <= 'Z') {
        at++;
    }
    if (at - start < 3 || at + 1 >= text.len || text.ptr[at] != ' ') return false;
    if (text.ptr[at + 1] != '/' && !pen_str_stands_fold(text, at + 1, PEN_S("http"))) return false;
    const struct pen_str line = pen_str_slice(text, at, at + LINE);
    const size_t version = pen_str_find_str(line, PEN_S(" HTTP/"));
    return version < line.len && version < pen_str_find(line, '\n', 0);
}

/* Is the line break at `end` behind one word, as a value of a field is? */
static bool is_one_word(struct pen_str text, size_t end)
{
    if (end == 0 || end > WORD || !pen_is_alnum(text.ptr[0])) return false;
    for (size_t i = 0; i < end; i++) {
        const unsigned char c = (unsigned char)text.ptr[i];
        if (c <= ' ' || c == ':' || c == '`' || c == '"' || c == '#' || c == '*') return false;
    }
    /* A heading says what is listed below it. */
    const struct pen_str word = pen_str_slice(text, 0, end);
    return !pen_str_ends_fold(word, PEN_S("headers")) && !pen_str_ends_fold(word, PEN_S("header"))
           && !pen_str_ends_fold(word, PEN_S("request"))
           && !pen_str_ends_fold(word, PEN_S("response")) && !pen_str_starts(word, PEN_S("HTTP/"));
}

/* "x HTTP/1.1" and a break at `end`: the rest of a request line that the value ends, without the
   method that stands before a path. */
static bool ends_request_line(struct pen_str text, size_t end)
{
    const struct pen_str line = pen_str_slice(text, 0, end);
    const size_t blank = pen_str_find(line, ' ', 0);
    return end <= WORD && blank > 0 && pen_str_stands(line, blank, PEN_S(" HTTP/1."))
           && blank + 9 == line.len;
}

/* "0", the last chunk, an empty line and a request: what a server behind takes for the next one. */
static bool ends_chunks(struct pen_str text, size_t end, size_t behind)
{
    return pen_str_equal(pen_str_slice(text, 0, end), PEN_S("0"))
           && pen_str_equal(pen_str_slice(text, end, behind), PEN_S("\r\n\r\n"));
}

/* A field at `at` whose value is of the field's own kind. */
static bool is_certain_field(struct pen_str text, size_t at)
{
    const struct pen_str name = field_name(text, at);
    const size_t colon = pen_str_find(text, ':', at);
    size_t end = colon;
    while (end < text.len && text.ptr[end] != '\r' && text.ptr[end] != '\n') {
        end++;
    }
    const struct pen_str value = pen_str_trim(pen_str_slice(text, colon + 1, end));
    if (value.len == 0) return false;
    if (name.len > 4 && pen_str_starts_fold(name, PEN_S("x-"))) return true;
    for (size_t i = 0; i < PEN_COUNT_OF(certain); i++) {
        if (!pen_str_equal_fold(name, certain[i].name)) continue;
        const struct pen_str holds = certain[i].holds;
        if (pen_str_equal(holds, PEN_S("9"))) return pen_is_digit(value.ptr[0]);
        if (holds.len == 0 || pen_str_contains_fold(value, holds)) return true;
    }
    return false;
}

static enum found found_at(struct pen_str text, size_t at)
{
    if (at == text.len) return NOTHING;
    if (begins_request(text, at)) return STATUS;
    if (pen_str_starts(pen_str_slice(text, at, text.len), PEN_S("HTTP/"))) return STATUS;
    if (begins_record(text, at)) return RECORD;
    const struct pen_str name = field_name(text, at);
    if (name.len == 0) return NOTHING;
    if (name.len > 4 && pen_str_starts_fold(name, PEN_S("x-"))) return FIELD;
    for (size_t i = 0; i < PEN_COUNT_OF(names); i++) {
        if (pen_str_equal_fold(name, names[i])) return FIELD;
    }
    return NOTHING;
}

/* An empty line ends the header: a page's markup behind it is an answer's body. */
static bool begins_body(struct pen_str text, size_t start, size_t at)
{
    return at - start >= 4 && at + 1 < text.len && text.ptr[at] == '<'
           && (pen_is_alpha(text.ptr[at + 1]) || text.ptr[at + 1] == '!');
}

/* Has a text that holds encoded breaks others, too? Then it has lines, and these are some more. */
static bool has_lines(struct pen_str text)
{
    while (text.len > 0 && (text.ptr[text.len - 1] == '\n' || text.ptr[text.len - 1] == '\r')) {
        text.len--;
    }
    return pen_str_find(text, '\n', 0) < text.len || pen_str_find(text, '\r', 0) < text.len;
}

/* As above, and U+010D with U+010A behind it, whose low bytes are CR LF; alone the first is a
   letter of many languages. */
static size_t line_break(struct pen_str text, size_t at, bool *spelled)
{
    const struct pen_str pair = PEN_STR("\xc4\x8d\xc4\x8a");
    if (text.ptr[at] != pair.ptr[0] || !pen_str_stands(text, at, pair)) {
        return break_length(text, at, spelled);
    }
    *spelled = true;
    return pair.len;
}

/* How the breaks got into the text: the format's own encoding hides nothing. */
static uint32_t score_of(const struct pen_leaf *leaf)
{
    if (leaf->from == NULL || pen_coding_is_document(leaf->coding)) return PLAIN;
    if (leaf->coding == PEN_CODING_FORM && leaf->from->from == NULL) {
        return leaf->origin == PEN_ORIGIN_QUERY ? QUERY : PLAIN;
    }
    const bool hides = leaf->coding == PEN_CODING_PERCENT || leaf->coding == PEN_CODING_FORM
                       || leaf->coding == PEN_CODING_PERCENT_U || leaf->coding == PEN_CODING_ENTITY;
    const struct pen_str before = leaf->from->text;
    if (!hides || has_lines(before)) return PLAIN;
    return pen_str_find(before, ' ', 0) == before.len ? TARGET : HIDDEN;
}

/* The first place of each rule that weighs most: hundreds of the same say no more. */
struct places {
    struct pen_span where[PEN_COUNT_OF(rules)];
    uint32_t score[PEN_COUNT_OF(rules)];
};

static void keep(struct places *places, size_t rule, struct pen_span where, uint32_t score)
{
    if (score <= places->score[rule]) return;
    places->score[rule] = score;
    places->where[rule] = where;
}

/* Do the breaks from `start` to `at` end the value that the text was, and begin what was found? Of
   the `first` one only: behind a field another one is just the next. */
static bool ends_value(struct pen_str text, enum found found, size_t start, size_t at, bool first)
{
    if (found == STATUS) return ends_chunks(text, start, at);
    const bool one = at - start == 1 || (at - start == 2 && text.ptr[start] == '\r');
    if (found != FIELD || !first || !one) return false;
    return (is_one_word(text, start) && is_certain_field(text, at))
           || ends_request_line(text, start);
}

static enum pen_status inspect_leaf(const void *state, const struct pen_leaf *leaf,
                                    struct pen_scan *scan)
{
    (void)state;
    const struct pen_str text = leaf->text;
    PEN_TRY(pen_scan_spend(scan, 8 * text.len));
    const uint32_t written = score_of(leaf);
    struct places places = {0};
    for (size_t i = 0; i < text.len;) {
        const unsigned char c = (unsigned char)text.ptr[i];
        if (c >= ' ' && c < 0x80) { /* nearly all of most texts */
            i++;
            continue;
        }
        bool spelled = false;
        size_t length = line_break(text, i, &spelled);
        if (length == 0) {
            i++;
            continue;
        }
        const size_t start = i;
        while (i < text.len && (length = line_break(text, i, &spelled)) > 0) {
            i += length;
        }
        const enum found found = found_at(text, i);
        if (found == NOTHING && (spelled || written >= HIDDEN) && begins_body(text, start, i)) {
            keep(&places, STATUS, (struct pen_span){start, i}, BODY);
        }
        if (found == NOTHING) continue;
        const uint32_t score = spelled ? HIDDEN : written;
        const bool first = places.score[found] == 0;
        keep(&places, found, (struct pen_span){start, i},
             score < VALUE && ends_value(text, found, start, i, first) ? VALUE : score);
    }
    for (size_t i = 0; i < PEN_COUNT_OF(rules); i++) {
        if (places.score[i] > 0)
            pen_scan_report(scan, rules[i].id, places.where[i], places.score[i]);
    }
    return PEN_OK;
}

const struct pen_filter pen_filter_crlf = {
    .name = "crlf",
    .summary = "line breaks that begin fields, answers or log records",
    .sinks = "header log",
    .rules = rules,
    .rule_count = PEN_COUNT_OF(rules),
    .triggers = triggers,
    .trigger_count = PEN_COUNT_OF(triggers),
    .inspect_leaf = inspect_leaf,
};
