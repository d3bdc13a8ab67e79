/**
 * Mailboxes: RFC 5321 section 4.1.2, and RFC 6531 section 3.3, which adds characters beyond ASCII.
 *
 * Draft-07 names RFC 5322 instead, whose comments and folded lines are forms of a header field and
 * of no address; both drafts are read alike. Where RFC 6531 has U-labels in a domain, any
 * character beyond ASCII passes: whether such a name can be looked up is for who does (the public
 * suite sees it so too). Address literals have one spelling, without leading zeros, since an
 * address that two readers take for two hosts is of no use.
 */
#include "filters/core/ip.h"
#include "filters/core/utf8.h"
#include "filters/schema/format_checks.h"

#define LOCAL_MOST  64  /* RFC 5321 section 4.5.3.1.1 */
#define DOMAIN_MOST 255 /* section 4.5.3.1.2 */
#define LABEL_MOST  63  /* RFC 1035 section 2.3.4 */

/* One UTF8-non-ascii, where it is allowed; its length. */
static size_t wide(struct pen_str text, size_t at, bool international)
{
    uint32_t scalar;
    if (!international || (unsigned char)text.ptr[at] < 0x80) return 0;
    return pen_utf8_decode(text.ptr + at, text.len - at, &scalar);
}

/* RFC 5322 section 3.2.3, atext. */
static bool is_atom_char(char c)
{
    if (pen_is_alnum(c)) return true;
    switch (c) {
    case '!':
    case '#':
    case '$':
    case '%':
    case '&':
    case '\'':
    case '*':
    case '+':
    case '-':
    case '/':
    case '=':
    case '?':
    case '^':
    case '_':
    case '`':
    case '{':
    case '|':
    case '}':
    case '~':
        return true;
    default:
        return false;
    }
}

/* Dot-string: atoms with single dots between them. */
static bool take_dot_string(struct pen_str text, size_t *at, bool international)
{
    bool is_behind_dot = true;
    while (*at < text.len) {
        const char c = text.ptr[*at];
        if (c == '.' && !is_behind_dot) {
            is_behind_dot = true;
            (*at)++;
            continue;
        }
        const size_t length = is_atom_char(c) ? 1 : wide(text, *at, international);
        if (length == 0) break;
        is_behind_dot = false;
        *at += length;
    }
    return !is_behind_dot;
}

/* Quoted-string: printable ASCII; '"' and '\' behind a '\'. */
static bool take_quoted_string(struct pen_str text, size_t *at, bool international)
{
    for ((*at)++; *at < text.len;) {
        const char c = text.ptr[*at];
        if (c == '"') {
            (*at)++;
            return true;
        }
        if (c == '\\') {
            if (*at + 1 == text.len) return false;
            const char escaped = text.ptr[*at + 1];
            if (escaped < ' ' || escaped > '~') return false;
            *at += 2;
            continue;
        }
        const size_t length = c >= ' ' && c <= '~' ? 1 : wide(text, *at, international);
        if (length == 0) return false;
        *at += length;
    }
    return false;
}

/* sub-domain = Let-dig [Ldh-str], each as long as a label of DNS. */
static bool is_domain(struct pen_str text, bool international)
{
    if (text.len == 0 || text.len > DOMAIN_MOST) return false;
    size_t label = 0;
    for (size_t at = 0; at <= text.len;) {
        if (at == text.len || text.ptr[at] == '.') {
            if (at == label || at - label > LABEL_MOST || text.ptr[at - 1] == '-') return false;
            label = ++at;
            continue;
        }
        const char c = text.ptr[at];
        const bool is_plain = pen_is_alnum(c) || (c == '-' && at > label);
        const size_t length = is_plain ? 1 : wide(text, at, international);
        if (length == 0) return false;
        at += length;
    }
    return true;
}

/* "IPv6" is the only tag that is registered for a General-address-literal (section 4.1.3). */
static bool is_address(struct pen_str inner)
{
    const struct pen_str tag = PEN_STR("IPv6:");
    if (pen_str_starts_fold(inner, tag)) {
        return pen_ip_is_v6(pen_str_slice(inner, tag.len, inner.len));
    }
    return pen_ip_is_v4(inner);
}

static bool is_mailbox(struct pen_str text, bool international)
{
    if (text.len == 0) return false;
    size_t at = 0;
    const bool has_local = text.ptr[0] == '"' ? take_quoted_string(text, &at, international)
                                              : take_dot_string(text, &at, international);
    if (!has_local || at > LOCAL_MOST || at == text.len || text.ptr[at] != '@') return false;

    const struct pen_str domain = pen_str_slice(text, at + 1, text.len);
    if (pen_str_starts(domain, PEN_S("["))) {
        return domain.ptr[domain.len - 1] == ']'
               && is_address(pen_str_slice(domain, 1, domain.len - 1));
    }
    return is_domain(domain, international);
}

bool pen_format_is_email(struct pen_str text)
{
    return is_mailbox(text, false);
}

bool pen_format_is_idn_email(struct pen_str text)
{
    return is_mailbox(text, true);
}
