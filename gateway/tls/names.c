/** One small grammar for each kind; whatever leaves room for a second reading is no name. */
#include "gateway/tls/names.h"

#define NAME_BYTES 2048 /* the longest SPIFFE ID; DNS names and mail addresses stay far below */
#define DNS_BYTES  253
#define LABEL_MOST 63

struct pen_str pen_tls_name_word(enum pen_tls_name_kind kind)
{
    switch (kind) {
    case PEN_TLS_NAME_URI:
        return PEN_S("uri");
    case PEN_TLS_NAME_DNS:
        return PEN_S("dns");
    case PEN_TLS_NAME_EMAIL:
        return PEN_S("email");
    }
    return PEN_S("");
}

bool pen_tls_name_split(struct pen_str text, struct pen_tls_name *out)
{
    const enum pen_tls_name_kind kinds[] = {PEN_TLS_NAME_URI, PEN_TLS_NAME_DNS, PEN_TLS_NAME_EMAIL};
    const size_t colon = pen_str_find(text, ':', 0);
    if (colon == text.len) return false;

    for (size_t i = 0; i < PEN_COUNT_OF(kinds); i++) {
        if (!pen_str_equal(pen_str_slice(text, 0, colon), pen_tls_name_word(kinds[i]))) continue;

        *out = (struct pen_tls_name){kinds[i], pen_str_slice(text, colon + 1, text.len)};
        return true;
    }
    return false;
}

/* Printable ASCII without the space: nothing that ends a text early, hides or reorders it. */
static bool is_graphic(struct pen_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.ptr[i];
        if (c <= 0x20 || c >= 0x7f) return false;
    }
    return text.len > 0 && text.len <= NAME_BYTES;
}

static bool is_label(struct pen_str label)
{
    if (label.len == 0 || label.len > LABEL_MOST) return false;

    for (size_t i = 0; i < label.len; i++) {
        const char c = label.ptr[i];
        if (!pen_is_alpha(c) && !pen_is_digit(c) && c != '-' && c != '_') return false;
    }
    return true;
}

static bool is_dns(struct pen_str text)
{
    for (size_t start = 0; start <= text.len;) {
        const size_t end = pen_str_find(text, '.', start);
        if (!is_label(pen_str_slice(text, start, end))) return false;

        start = end + 1;
    }
    return text.len <= DNS_BYTES;
}

/* RFC 3986 section 3.1. */
static bool has_scheme(struct pen_str uri)
{
    const size_t colon = pen_str_find(uri, ':', 0);
    if (colon == 0 || colon == uri.len || !pen_is_alpha(uri.ptr[0])) return false;

    for (size_t i = 1; i < colon; i++) {
        const char c = uri.ptr[i];
        if (!pen_is_alpha(c) && !pen_is_digit(c) && c != '+' && c != '-' && c != '.') return false;
    }
    return colon + 1 < uri.len;
}

static bool is_email(struct pen_str text)
{
    const size_t at = pen_str_find(text, '@', 0);
    return at > 0 && at < text.len && is_dns(pen_str_slice(text, at + 1, text.len));
}

static bool is_sound(enum pen_tls_name_kind kind, struct pen_str text)
{
    switch (kind) {
    case PEN_TLS_NAME_URI:
        return has_scheme(text);
    case PEN_TLS_NAME_DNS:
        return is_dns(text);
    case PEN_TLS_NAME_EMAIL:
        return is_email(text);
    }
    return false;
}

bool pen_tls_name_is_sound(struct pen_tls_name name)
{
    return is_graphic(name.text) && is_sound(name.kind, name.text);
}

/* "spiffe://prod/": without scheme, authority and the slash behind it a rule would let in names of
 * whatever authority begins alike. */
static bool is_uri_folder(struct pen_str text)
{
    const size_t slashes = pen_str_find_str(text, PEN_S("://"));
    if (slashes == text.len || !has_scheme(text) || !pen_str_ends(text, PEN_S("/"))) return false;

    const size_t path = pen_str_find(text, '/', slashes + 3);
    return path > slashes + 3 && path < text.len;
}

const char *pen_tls_rule_problem(struct pen_tls_name rule)
{
    const struct pen_str text = rule.text;
    const size_t star = pen_str_find(text, '*', 0);
    if (!is_graphic(text)) return "is no name: printable ASCII, without spaces";
    if (star == text.len) {
        return is_sound(rule.kind, text) ? NULL : "is no name of its kind, without or with a '*'";
    }
    switch (rule.kind) {
    case PEN_TLS_NAME_URI:
        if (star + 1 == text.len && is_uri_folder(pen_str_slice(text, 0, star))) return NULL;
        return "may have its '*' at the end only, behind a path: spiffe://prod/*";
    case PEN_TLS_NAME_DNS:
        if (pen_str_starts(text, PEN_S("*.")) && is_dns(pen_str_slice(text, 2, text.len))) {
            return NULL;
        }
        return "may have its '*' as the whole first label only: *.example.com";
    case PEN_TLS_NAME_EMAIL:
        if (pen_str_starts(text, PEN_S("*@")) && is_dns(pen_str_slice(text, 2, text.len))) {
            return NULL;
        }
        return "may have its '*' for the whole mailbox only: *@example.com";
    }
    return "is of no known kind";
}

/* Segments that stand for themselves; "..", "%2e", "//" and a query would not. */
static bool is_plain_path(struct pen_str path)
{
    for (size_t start = 0; start <= path.len;) {
        const size_t end = pen_str_find(path, '/', start);
        const struct pen_str segment = pen_str_slice(path, start, end);
        if (segment.len == 0 || pen_str_equal(segment, PEN_S("."))
            || pen_str_equal(segment, PEN_S(".."))) {
            return false;
        }
        start = end + 1;
    }
    const struct pen_str marks = PEN_STR("%?#\\");
    for (size_t i = 0; i < path.len; i++) {
        if (pen_str_find(marks, path.ptr[i], 0) < marks.len) return false;
    }
    return true;
}

static bool admits_uri(struct pen_str rule, struct pen_str name)
{
    if (!pen_str_ends(rule, PEN_S("*"))) return pen_str_equal(rule, name);

    const struct pen_str folder = pen_str_slice(rule, 0, rule.len - 1);
    return pen_str_starts(name, folder) && is_plain_path(pen_str_slice(name, folder.len, name.len));
}

static bool admits_dns(struct pen_str rule, struct pen_str name)
{
    if (!pen_str_starts(rule, PEN_S("*."))) return pen_str_equal_fold(rule, name);

    const size_t dot = pen_str_find(name, '.', 0);
    return pen_str_equal_fold(pen_str_slice(rule, 2, rule.len),
                              pen_str_slice(name, dot + 1, name.len));
}

/* RFC 5321 section 2.4: the local part's case counts, the domain's does not. */
static bool admits_email(struct pen_str rule, struct pen_str name)
{
    const size_t rule_at = pen_str_find(rule, '@', 0);
    const size_t at = pen_str_find(name, '@', 0);
    if (!pen_str_equal_fold(pen_str_slice(rule, rule_at, rule.len),
                            pen_str_slice(name, at, name.len))) {
        return false;
    }
    const struct pen_str mailbox = pen_str_slice(rule, 0, rule_at);
    return pen_str_equal(mailbox, PEN_S("*")) || pen_str_equal(mailbox, pen_str_slice(name, 0, at));
}

bool pen_tls_rule_admits(struct pen_tls_name rule, struct pen_tls_name name)
{
    if (rule.kind != name.kind) return false;

    switch (rule.kind) {
    case PEN_TLS_NAME_URI:
        return admits_uri(rule.text, name.text);
    case PEN_TLS_NAME_DNS:
        return admits_dns(rule.text, name.text);
    case PEN_TLS_NAME_EMAIL:
        return admits_email(rule.text, name.text);
    }
    return false;
}
