/**
 * Names that certificates prove (RFC 5280 section 4.2.1.6), and rules that admit some of them.
 *
 * Three kinds count: URI (SPIFFE and the like), DNS and e-mail. A name is text as the certificate
 * has it, taken only when it can have one reading: printable ASCII without spaces, a DNS name of
 * labels without wildcard, an address with one '@'. A rule is a name, or has one '*':
 *
 *   dns    as the whole first label, for exactly one: *.example.com. Case does not count.
 *   uri    at the end, behind a slash of the path, for one or more segments: spiffe://prod/orders
 *          is admitted by "spiffe://prod/" with a '*' behind it. Byte for byte otherwise.
 *   email  for the whole mailbox: *@example.com. The domain's case does not count.
 *
 * Pure; any thread.
 */
#ifndef PEN_GATEWAY_TLS_NAMES_H
#define PEN_GATEWAY_TLS_NAMES_H

#include "filters/core/str.h"

enum pen_tls_name_kind { PEN_TLS_NAME_URI, PEN_TLS_NAME_DNS, PEN_TLS_NAME_EMAIL };

/** A name, or a rule. */
struct pen_tls_name {
    enum pen_tls_name_kind kind;
    struct pen_str text;
};

/** "uri", "dns", "email": as in rules and records. */
struct pen_str pen_tls_name_word(enum pen_tls_name_kind kind);

/** Take "dns:*.example.com" apart. False: another kind, or none. `out` borrows from `text`. */
bool pen_tls_name_split(struct pen_str text, struct pen_tls_name *out);

/** Can this name count at all? */
bool pen_tls_name_is_sound(struct pen_tls_name name);

/** What is wrong with a rule, as the end of a sentence: "may have its '*' at the end only";
 * NULL when nothing is. */
const char *pen_tls_rule_problem(struct pen_tls_name rule);

/** Does a sound rule admit a sound name? */
bool pen_tls_rule_admits(struct pen_tls_name rule, struct pen_tls_name name);

#endif
