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
#include "filters/crlf_line.h"
#include "filters/filter.h"

#include <string.h>

#define HIDDEN  85 /* the break was encoded */
#define TARGET  92 /* the whole was: a URL or a part of one, no text for people */
#define QUERY   75 /* it came in a query, where nobody writes lines */
#define VALUE   75 /* behind one word that was the value, a field with a value of its own kind */
#define PLAIN   55 /* ordinary text, but for a function with that sink */
#define BODY    60 /* an empty line and markup: a body, where the break was encoded */
#define WORD    64 /* bytes of a word that a field's value is */
#define SPELLED 72 /* the same, to those who undo escapes */
#define USER    32 /* bytes of a name that a record of a log tells about */
#define INDENT  4  /* blanks before a field that some readers skip */

static const struct pen_rule rules[] = {
    [PEN_CRLF_FIELD] = {"crlf.field",
                        "a line break begins a header field of the sender's choosing"},
    [PEN_CRLF_STATUS] = {"crlf.status",
                         "a line break begins a whole answer of the sender's choosing"},
    [PEN_CRLF_RECORD] = {"crlf.record",
                         "a line break begins a log record of the sender's choosing"},
};

#define BREAK \
    "(\\r|\\n|\\xc4\\x8d\\xc4\\x8a|\\xe5\\x98[\\x8a\\x8d]|\\xe2\\x80[\\xa8\\xa9]|\\xc2\\x85)"
static const struct pen_trigger triggers[] = {
    {BREAK, false, 0},
    {"\\\\[rn][a-z][a-z-]{4,32} *:", true, 0},
    {"[a-z] *:", true, 1},
    {"HTTP/[12]|\\n\\r\\n<[a-zA-Z!]", false, 1},
    /* A record's time, level, or the time of an access log. */
    {BREAK "[[<]?[0-9]{4}[-/][0-9]{2}[-/]", false, 1},
    {BREAK "[[<]?[A-Z][a-z]{2} [ 0-9A-Z][0-9a-z]", false, 1},
    {BREAK "[[<]?(TRACE|DEBUG|INFO|NOTICE|WARN|ERR|CRIT|FATAL|SEVERE|ALERT|EMERG)", false, 1},
    {" \\[[0-9]{2}/[A-Z][a-z]{2}/", false, 1},
    /* A priority of syslog, a level of logfmt, klog. */
    {BREAK "<[0-9]{1,3}>", false, 1},
    {BREAK "level=", false, 1},
    {BREAK "[{]\"level\"", false, 1},
    {BREAK "[IWEF][0-9]{4} [0-9]{2}:", false, 1},
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

/* Is the line break at `end` behind one word, as a value of a field is? */
static bool is_one_word(struct pen_str text, size_t end)
{
    if (end == 0 || end > WORD) return false;
    if (!pen_is_alnum(text.ptr[0]) && text.ptr[0] != '/' && text.ptr[0] != '?') return false;
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

/* "%0d%0a Set-Cookie: a=b": a field's continuation to most, a field to some. */
static size_t skip_indent(struct pen_str text, size_t at, bool smuggled)
{
    size_t end = at;
    while (end < text.len && end - at < INDENT && (text.ptr[end] == ' ' || text.ptr[end] == '\t')) {
        end++;
    }
    if (end == at) return at;
    const bool field = smuggled ? pen_crlf_is_named(text, end) : pen_crlf_is_certain(text, end);
    return field ? end : at;
}

/* Nothing stands before the break, or only what ends a part of a URL: whatever is named behind it,
   the break is there for that. */
static bool is_blank_before(struct pen_str text, size_t start)
{
    if (start > WORD) return false;
    for (size_t i = 0; i < start; i++) {
        if (memchr("/?#% ", text.ptr[i], 5) == NULL) return false;
    }
    return true;
}

/* "Injected-Header: x": a name that prose does not have. */
static bool is_hyphenated(struct pen_str text, size_t at)
{
    return pen_crlf_is_named(text, at) && pen_str_find(text, '-', at) < pen_str_find(text, ':', at);
}

/* "a\r\nSet-Cookie: b=c" with the breaks spelled out: begins where a value of one word ends. */
static void inspect_spelled(struct pen_str text, struct pen_scan *scan)
{
    size_t at = pen_str_find(text, '\\', 0);
    if (at > 0 && !is_one_word(text, at)) return;
    const size_t start = at;
    while (at + 1 < text.len && text.ptr[at] == '\\'
           && (text.ptr[at + 1] == 'r' || text.ptr[at + 1] == 'n')) {
        at += 2;
    }
    const bool alone = start == 0 && is_hyphenated(text, at);
    if (at > start && (alone || pen_crlf_is_certain(text, at))) {
        pen_scan_report(scan, rules[PEN_CRLF_FIELD].id, (struct pen_span){start, at}, SPELLED);
    }
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

/* "admin" and a break at `end`: a value as records hold it. Headings have capitals, or more words.
 */
static bool is_user_name(struct pen_str text, size_t end)
{
    if (end == 0 || end > USER || !pen_is_alnum(text.ptr[0])) return false;
    for (size_t i = 0; i < end; i++) {
        const char c = text.ptr[i];
        const bool small = (c >= 'a' && c <= 'z') || pen_is_digit(c);
        if (!small && memchr("._-@", c, 4) == NULL) return false;
    }
    return true;
}

/* Behind an encoded break: any name at the start, one that prose does not have behind a word; a
   mark as records begin with, "[AUDIT] ...". */
static enum pen_crlf_line smuggled_line(struct pen_str text, size_t start, size_t at)
{
    const bool blank = is_blank_before(text, start);
    if (blank ? pen_crlf_is_named(text, at)
              : is_user_name(text, start) && is_hyphenated(text, at)) {
        return PEN_CRLF_FIELD;
    }
    const bool marked = at + 1 < text.len && text.ptr[at] == '[' && text.ptr[at + 1] >= 'A'
                        && text.ptr[at + 1] <= 'Z';
    return blank && marked ? PEN_CRLF_RECORD : PEN_CRLF_NOTHING;
}

/* Is there no other line behind the one at `at`? */
static bool has_one_break(struct pen_str text, size_t at)
{
    return !has_lines(pen_str_slice(text, at, text.len));
}

/* Do the breaks from `start` to `at` end the value that the text was, and begin what was found? Of
   the `first` one only: behind a field another one is just the next. */
static bool ends_value(struct pen_str text, enum pen_crlf_line found, size_t start, size_t at,
                       bool first)
{
    if (found == PEN_CRLF_STATUS) return ends_chunks(text, start, at);
    const bool one = at - start == 1 || (at - start == 2 && text.ptr[start] == '\r');
    if (!first || !one) return false;
    if (found == PEN_CRLF_RECORD) {
        const bool lead = start == 0 ? at == 2 : is_user_name(text, start);
        return lead && has_one_break(text, at);
    }
    const bool whole = start == 0 && at > 1 && has_one_break(text, at);
    return ((whole || is_one_word(text, start)) && pen_crlf_is_certain(text, at))
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
    size_t breaks = 0;
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
        breaks++;
        const size_t start = i;
        while (i < text.len && (length = line_break(text, i, &spelled)) > 0) {
            i += length;
        }
        const bool smuggled = (spelled || written >= HIDDEN) && is_blank_before(text, start);
        i = skip_indent(text, i, smuggled);
        enum pen_crlf_line found = pen_crlf_line(text, i, !spelled && written > PLAIN && start > 0);
        if (found == PEN_CRLF_NOTHING && (spelled || written >= HIDDEN)) {
            found = smuggled_line(text, start, i);
        }
        if (found == PEN_CRLF_NOTHING && (spelled || written >= HIDDEN)
            && begins_body(text, start, i)) {
            keep(&places, PEN_CRLF_STATUS, (struct pen_span){start, i}, start == 0 ? VALUE : BODY);
        }
        const bool whole = start == 0 && i == 2 && text.ptr[0] == '\r';
        if (found == PEN_CRLF_NOTHING && whole && is_hyphenated(text, i)
            && has_one_break(text, i)) {
            keep(&places, PEN_CRLF_FIELD, (struct pen_span){start, i}, VALUE);
        }
        if (found == PEN_CRLF_NOTHING) continue;
        const uint32_t score = spelled ? HIDDEN : written;
        const bool first = places.score[found] == 0;
        keep(&places, found, (struct pen_span){start, i},
             score < VALUE && ends_value(text, found, start, i, first) ? VALUE : score);
    }
    if (breaks == 0) inspect_spelled(text, scan);
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
