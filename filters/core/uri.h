/**
 * URIs and IRIs: taken apart by their grammar, and references resolved against a base.
 *
 * This reader is strict and judges nothing: what it takes is a URI (RFC 3986) or an IRI (RFC 3987)
 * to the letter, in any scheme. Others read URLs for ends of their own and stay apart:
 * filters/ssrf_host.h finds where a disguised host leads, gateway/config/endpoint.h takes the few
 * forms that the configuration admits, filters/core/cloudevents_attribute.h is lenient on purpose.
 * Pure functions; any thread.
 */
#ifndef PEN_CORE_URI_H
#define PEN_CORE_URI_H

#include "filters/core/arena.h"

/** Parts of a reference, as written and still percent-encoded; they point into its text. */
struct pen_uri {
    struct pen_str scheme;    /* without ':'; empty = none: a relative reference */
    struct pen_str authority; /* without "//": userinfo@host:port */
    struct pen_str userinfo;  /* without '@' */
    struct pen_str host;      /* with the brackets of an IP literal */
    struct pen_str port;      /* without ':'; digits, may be empty */
    struct pen_str path;      /* may be empty */
    struct pen_str query;     /* without '?' */
    struct pen_str fragment;  /* without '#' */
    bool has_authority;       /* "file:///x" has one, of no bytes */
    bool has_userinfo;
    bool has_port;
    bool has_query;
    bool has_fragment;
};

enum pen_uri_letters {
    PEN_URI_ASCII,         /* URI, RFC 3986 */
    PEN_URI_INTERNATIONAL, /* IRI, RFC 3987: what its ucschar and iprivate list, in UTF-8 */
};

/**
 * Split a reference and check each part, in one pass. It is absolute when `scheme` is not empty.
 *
 * A zone ("[fe80::1%25eth0]", RFC 6874) is no part of an IP literal; RFC 9844 has withdrawn it.
 *
 * Errors: PEN_ERR_SYNTAX
 * Source: RFC 3986 appendix A, URI-reference; RFC 3987 section 2.2, IRI-reference
 */
PEN_MUST_USE enum pen_status pen_uri_read(struct pen_str text, enum pen_uri_letters letters,
                                          struct pen_uri *out);

/** Length of the character at `at` when it is one beyond ASCII that an IRI holds somewhere (ucschar
 *  or iprivate); else 0. `at` is less than the text's length. */
size_t pen_uri_letter(struct pen_str text, size_t at);

/** The first byte from `at` on that may be none of a path. Quick, not complete: what it stops at
 * may be one all the same, but what it passes is. `at` is at most the text's length. */
size_t pen_uri_skip(struct pen_str text, size_t at);

/**
 * What `reference` means where `base` is the base: RFC 3986 section 5.2, strict (a reference with a
 * scheme is absolute even when the scheme is the base's). Both may be IRIs. Nothing is normalised
 * but dot segments, the base's own too (section 5.2.1 leaves that open): so the same target has the
 * same spelling, and a result resolved again does not change.
 *
 * The base's fragment does not matter. A base may be empty or itself relative; the RFC does not
 * know such, and what comes out is as relative as the base: "a/b" and "../c" give "c". A result
 * that would be read otherwise than it is meant is kept apart by a dot segment: "file:/.//b",
 * "./b:c".
 *
 * Ownership: `out` lives as long as `arena`
 * Errors:    PEN_ERR_SYNTAX  one of the two is no reference
 *            PEN_ERR_LIMIT   together they are longer than memory
 *            PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_uri_resolve(struct pen_str base, struct pen_str reference,
                                             struct pen_arena *arena, struct pen_str *out);

#endif
