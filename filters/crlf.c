/**
 * Line breaks that begin a header field, a mail header or a record of the attacker's choosing.
 *
 * A break in a text that has several lines is ordinary; one that was percent-encoded inside a
 * value, or spelled with characters that lose their high byte, is there for the line behind it.
 * So the same field name weighs by how its line break came. (CWE-93, CWE-113, CWE-117)
 *
 * Not reported in the default policy: plain line breaks, whatever stands behind them; a function
 * that copies texts into fields, mails or logs declares the sink "header", "mail" or "log".
 */
#include "filters/filter.h"

#define HIDDEN 85 /* the break was encoded */
#define TARGET 92 /* the whole was: a URL or a part of one, no text for people */
#define QUERY  75 /* it came in a query, where nobody writes lines */
#define PLAIN  55 /* ordinary text, but for a function with that sink */
#define FAR    32 /* bytes of a field's name that are looked at */

static const struct pen_rule rules[] = {
    {"crlf.field", "a line break begins a header field of the sender's choosing"},
    {"crlf.status", "a line break begins a whole answer of the sender's choosing"},
    {"crlf.mail", "a line break begins a mail header of the sender's choosing"},
};

static const struct pen_trigger triggers[] = {
    {"(\\r|\\n|\\xe5\\x98[\\x8a\\x8d]|\\xe2\\x80[\\xa8\\xa9]|\\xc2\\x85)", false, 0},
    {"[a-z] *:", true, 1},
    {"HTTP/[12]", false, 1},
};

struct name {
    struct pen_str text;
    bool mail;
};

static const struct name names[] = {
    {PEN_STR("content-type"), false},
    {PEN_STR("content-length"), false},
    {PEN_STR("content-disposition"), false},
    {PEN_STR("content-encoding"), false},
    {PEN_STR("content-security-policy"), false},
    {PEN_STR("location"), false},
    {PEN_STR("set-cookie"), false},
    {PEN_STR("cookie"), false},
    {PEN_STR("host"), false},
    {PEN_STR("transfer-encoding"), false},
    {PEN_STR("refresh"), false},
    {PEN_STR("link"), false},
    {PEN_STR("access-control-allow-origin"), false},
    {PEN_STR("authorization"), false},
    {PEN_STR("connection"), false},
    {PEN_STR("status"), false},
    {PEN_STR("bcc"), true},
    {PEN_STR("cc"), true},
    {PEN_STR("to"), true},
    {PEN_STR("from"), true},
    {PEN_STR("subject"), true},
    {PEN_STR("reply-to"), true},
    {PEN_STR("mime-version"), true},
};

/* A line break at `at`, in any spelling that a function may take for one: its length, or 0. */
static size_t break_length(struct pen_str text, size_t at, bool *spelled)
{
    static const struct pen_str spellings[] = {
        PEN_STR("\xe5\x98\x8a"), /* U+560A: its low byte is LF */
        PEN_STR("\xe5\x98\x8d"), /* U+560D: its low byte is CR */
        PEN_STR("\xe2\x80\xa8"), PEN_STR("\xe2\x80\xa9"), PEN_STR("\xc2\x85"),
    };
    if (text.ptr[at] == '\r' || text.ptr[at] == '\n') return 1;
    if ((unsigned char)text.ptr[at] < 0x80) return 0;
    for (size_t i = 0; i < PEN_COUNT_OF(spellings); i++) {
        if (!pen_str_starts(pen_str_slice(text, at, text.len), spellings[i])) continue;
        *spelled = true;
        return spellings[i].len;
    }
    return 0;
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

static const char *rule_of(struct pen_str text, size_t at)
{
    if (pen_str_starts(pen_str_slice(text, at, text.len), PEN_S("HTTP/"))) return "crlf.status";
    const struct pen_str name = field_name(text, at);
    if (name.len == 0) return NULL;
    if (name.len > 4 && pen_str_starts_fold(name, PEN_S("x-"))) return "crlf.field";
    for (size_t i = 0; i < PEN_COUNT_OF(names); i++) {
        if (pen_str_equal_fold(name, names[i].text)) {
            return names[i].mail ? "crlf.mail" : "crlf.field";
        }
    }
    return NULL;
}

/* How the break got into the text: the format's own encoding hides nothing. */
static uint32_t score_of(const struct pen_leaf *leaf, bool spelled)
{
    if (spelled) return HIDDEN;
    if (leaf->from == NULL || pen_coding_is_document(leaf->coding)) return PLAIN;
    if (leaf->coding == PEN_CODING_FORM && leaf->from->from == NULL) {
        return leaf->origin == PEN_ORIGIN_QUERY ? QUERY : PLAIN;
    }
    const bool hides = leaf->coding == PEN_CODING_PERCENT || leaf->coding == PEN_CODING_FORM
                       || leaf->coding == PEN_CODING_PERCENT_U || leaf->coding == PEN_CODING_ENTITY;
    if (!hides) return PLAIN;
    const struct pen_str before = leaf->from->text;
    return pen_str_find(before, ' ', 0) == before.len ? TARGET : HIDDEN;
}

static enum pen_status inspect_leaf(const void *state, const struct pen_leaf *leaf,
                                    struct pen_scan *scan)
{
    (void)state;
    const struct pen_str text = leaf->text;
    PEN_TRY(pen_scan_spend(scan, 2 * text.len));
    for (size_t i = 0; i < text.len;) {
        bool spelled = false;
        size_t length = break_length(text, i, &spelled);
        if (length == 0) {
            i++;
            continue;
        }
        const size_t start = i;
        while (i < text.len && (length = break_length(text, i, &spelled)) > 0) {
            i += length;
        }
        const char *const rule = rule_of(text, i);
        if (rule == NULL) continue;
        pen_scan_report(scan, rule, (struct pen_span){start, i}, score_of(leaf, spelled));
    }
    return PEN_OK;
}

const struct pen_filter pen_filter_crlf = {
    .name = "crlf",
    .summary = "line breaks that begin fields, answers or mail headers",
    .sinks = "header mail log",
    .rules = rules,
    .rule_count = PEN_COUNT_OF(rules),
    .triggers = triggers,
    .trigger_count = PEN_COUNT_OF(triggers),
    .inspect_leaf = inspect_leaf,
};
