/**
 * Lookups of logging libraries: `${jndi:ldap://…}`, however it is spelled.
 *
 * Log4j resolves lookups inside of lookups, so the word is written in pieces that resolve to it:
 * `${${lower:j}ndi:…}`, `${${::-j}…}`, `${${env:X:-j}…}`. They are resolved here the same way, and
 * the result is what is judged. (CVE-2021-44228 and after; CWE-917)
 *
 * Not reported: `${name}`, `${{ … }}`, shell expansions with a default. Only hinted at: a lookup of
 * the environment.
 */
#include "filters/filter.h"

#include <string.h>

#define JNDI   97
#define NESTED 80 /* letters are built one by one: for whatever word, nobody writes so */
#define TALKED 60
#define LOOKUP 45
#define REACH  4096 /* input bytes of one lookup that are resolved */
#define DEEP   16   /* lookups in one another that are resolved */
#define ENOUGH 4    /* lookups that do not end and are resolved as far as that */
#define NEAR   32   /* bytes of any further one: what stands in front may be there to tire us */

static const struct pen_rule rules[] = {
    {"jndi.lookup", "a logging library fetches and runs what the lookup names"},
    {"jndi.nested", "a lookup builds a word out of single letters"},
    {"jndi.environment", "a lookup asks for a variable of the environment or the system"},
};

static const struct pen_trigger triggers[] = {
    {"\\$\\{", false, 0},
    {":", false, 1},
};

struct resolving {
    char out[REACH];
    size_t length;
    size_t starts[DEEP]; /* in `out`, of the lookups that are open */
    size_t depth;
    size_t pieces; /* single letters that lookups gave */
    bool nested;   /* a lookup within another was closed */
    bool jndi;
};

static struct pen_str inside(const struct resolving *r)
{
    const size_t start = r->starts[r->depth - 1];
    return (struct pen_str){r->out + start, r->length - start};
}

static void put(struct resolving *r, char c)
{
    if (r->length < sizeof(r->out)) r->out[r->length++] = pen_to_lower(c);
    /* What stands before "jndi:" is a lookup that gives nothing: "${${main:0}jndi:". */
    if (c == ':' && r->depth > 0 && pen_str_ends(inside(r), PEN_S("jndi:"))
        && (r->length < 6 || !pen_is_alnum(r->out[r->length - 6]) || r->nested)) {
        r->jndi = true;
    }
}

/* The innermost open lookup becomes what it stands for. */
static void close_lookup(struct resolving *r)
{
    const struct pen_str lookup = inside(r);
    const size_t start = r->starts[--r->depth];
    r->nested = true;
    size_t from = 0;
    const size_t fallback = pen_str_find_str(lookup, PEN_S(":-"));
    if (fallback < lookup.len) {
        from = fallback + 2;
    } else if (pen_str_starts(lookup, PEN_S("lower:")) || pen_str_starts(lookup, PEN_S("upper:"))) {
        from = 6;
    } else if (pen_str_starts(lookup, PEN_S("date:'"))) {
        from = 6;
    } else {
        return; /* not known here: its text stays, as if it stood for itself */
    }
    size_t length = lookup.len - from;
    if (length > 0 && lookup.ptr[lookup.len - 1] == '\'') length--;
    if (length <= 2) r->pieces++;
    r->length = start;
    for (size_t i = 0; i < length; i++) {
        put(r, r->out[start + from + i]);
    }
}

/* From "${" at `at` to its end; behind what was read. */
static size_t resolve(struct pen_str text, size_t at, size_t reach, struct resolving *r)
{
    const size_t far = at + reach < text.len ? at + reach : text.len;
    size_t i = at;
    while (i < far) {
        if (text.ptr[i] == '$' && i + 1 < far && text.ptr[i + 1] == '{') {
            if (r->depth < DEEP) r->starts[r->depth++] = r->length;
            i += 2;
        } else if (text.ptr[i] == '}' && r->depth > 0) {
            i++;
            close_lookup(r);
            if (r->depth == 0) return i;
        } else if (text.ptr[i] == '\xc4' && i + 1 < far && text.ptr[i + 1] == '\xb1') {
            put(r, 'i'); /* a dotless i, which upper case makes an I */
            i += 2;
        } else {
            put(r, text.ptr[i++]);
        }
        if (r->jndi) return i;
    }
    return far;
}

/* A sender can make lookups of every few bytes, so nearly all are told by their first two. */
static bool asks_environment(struct pen_str lookup)
{
    if (lookup.len < 4) return false;
    static const struct pen_str prefixes[] = {
        PEN_STR("env:"),    PEN_STR("sys:"),    PEN_STR("java:"), PEN_STR("ctx:"),
        PEN_STR("main:"),   PEN_STR("docker:"), PEN_STR("k8s:"),  PEN_STR("web:"),
        PEN_STR("spring:"), PEN_STR("script:"), PEN_STR("dns:"),  PEN_STR("url:"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(prefixes); i++) {
        const char *const prefix = prefixes[i].ptr;
        if (lookup.ptr[0] != prefix[0] || lookup.ptr[1] != prefix[1]) continue;
        if (pen_str_starts(lookup, prefixes[i])) return true;
    }
    return false;
}

/* "${script:javascript:…}", "${dns:…}", "${url:…}": Commons Text runs and fetches (Text4Shell). */
static bool runs(struct pen_str lookup)
{
    if (lookup.len < 4 || memchr("sdufcxb", lookup.ptr[0], 7) == NULL) return false;
    return pen_str_starts(lookup, PEN_S("script:")) || pen_str_starts(lookup, PEN_S("dns:"))
           || pen_str_starts(lookup, PEN_S("url:utf")) || pen_str_starts(lookup, PEN_S("file:utf"))
           || pen_str_starts(lookup, PEN_S("const:java")) || pen_str_starts(lookup, PEN_S("xml:/"))
           || pen_str_starts(lookup, PEN_S("base64decoder:"));
}

/* "${jndi:ldap://...}": an address left out, by somebody who tells about it. */
static bool is_elided(struct pen_str text, size_t end)
{
    const struct pen_str rest = pen_str_slice(text, end, end + 24);
    /* "${jndi:ldap}": a word, and no name to look up. */
    size_t word = 0;
    while (word < rest.len && pen_is_alpha(rest.ptr[word])) {
        word++;
    }
    if (word < rest.len && rest.ptr[word] == '}') return true;
    const size_t at = pen_str_find_str(rest, PEN_S("://"));
    if (at == rest.len)
        return pen_str_starts(rest, PEN_S("...")) || pen_str_starts(rest, PEN_S("}"));
    const struct pen_str host = pen_str_slice(rest, at + 3, rest.len);
    return pen_str_starts(host, PEN_S("...")) || pen_str_starts(host, PEN_S("\xe2\x80\xa6"))
           || pen_str_starts(host, PEN_S("}"));
}

static enum pen_status inspect_leaf(const void *state, const struct pen_leaf *leaf,
                                    struct pen_scan *scan)
{
    (void)state;
    const struct pen_str text = leaf->text;
    const size_t reach = text.len < REACH ? text.len : REACH;
    PEN_TRY(pen_scan_spend(scan, 4 * text.len + (uint64_t)ENOUGH * reach));
    size_t unclosed = 0;
    for (size_t at = pen_str_find(text, '$', 0); at < text.len; at = pen_str_find(text, '$', at)) {
        if (at + 1 == text.len || text.ptr[at + 1] != '{') {
            at++;
            continue;
        }
        const bool tired = unclosed >= ENOUGH;
        if (tired) PEN_TRY(pen_scan_spend(scan, NEAR));
        struct resolving r;
        r.length = r.depth = r.pieces = 0; /* its text is written before it counts */
        r.nested = r.jndi = false;
        const size_t end = resolve(text, at, tired ? NEAR : REACH, &r);
        const struct pen_span span = {at, end};
        const struct pen_str result = {r.out, r.length};
        if (r.jndi && is_elided(text, end)) {
            pen_scan_report(scan, "jndi.lookup", span, TALKED);
        } else if (r.jndi || runs(result)) {
            pen_scan_report(scan, "jndi.lookup", span, JNDI);
            return PEN_OK;
        }
        if (r.pieces > 1 && !tired) {
            pen_scan_report(scan, "jndi.nested", span, NESTED);
        } else if (asks_environment(result)) {
            pen_scan_report(scan, "jndi.environment", span, LOOKUP);
        }
        if (r.depth > 0) {
            unclosed++;
            at += 2;
        } else {
            at = end;
        }
    }
    return PEN_OK;
}

const struct pen_filter pen_filter_jndi = {
    .name = "jndi",
    .summary = "lookups that make a logging library fetch and run",
    .sinks = "log template",
    .rules = rules,
    .rule_count = PEN_COUNT_OF(rules),
    .triggers = triggers,
    .trigger_count = PEN_COUNT_OF(triggers),
    .inspect_leaf = inspect_leaf,
};
