/** The table of formats. Names are looked up once, while a schema is compiled. */
#include "filters/schema/format.h"

#include "filters/core/ip.h"
#include "filters/core/rfc3339.h"
#include "filters/schema/ecma.h"
#include "filters/schema/format_checks.h"

enum drafts { NEW = 1, OLD = 2, BOTH = NEW | OLD };

struct pen_format {
    struct pen_str name;
    bool (*matches)(struct pen_str text);
    enum drafts drafts;
    bool is_harmless;
};

/*
 * What is harmless, and why:
 * - the four of time: digits, "-+:." and letters of "PYMWDTHSZ", each in its place. Nothing ends a
 *   string, a tag or a word of a command, and "--" cannot stand. Only decoding could make more of
 *   it, and there is none that applies: base64 of digits gives bytes beyond ASCII, and '-', ':' and
 *   'P' are in no hexadecimal number;
 * - uuid: five groups of hexadecimal digits, of fixed length;
 * - the addresses: digits, ':' and '.', at most 45 bytes. Where one leads may be another matter,
 *   but an address that is no URL is what every other event holds, and filters/ssrf.c reports none.
 *   Were it to, they were no longer harmless; a test holds the two together.
 *
 * What is not: a host name may be the metadata service's, which filters know, a quoted local part
 * and a URI hold anything, a pointer holds any text.
 */
static const struct pen_format formats[] = {
    {PEN_STR("date-time"), pen_rfc3339_is_date_time, BOTH, true},
    {PEN_STR("date"), pen_rfc3339_is_date, BOTH, true},
    {PEN_STR("time"), pen_rfc3339_is_time, BOTH, true},
    {PEN_STR("duration"), pen_format_is_duration, NEW, true},
    {PEN_STR("uuid"), pen_format_is_uuid, NEW, true},
    {PEN_STR("email"), pen_format_is_email, BOTH, false},
    {PEN_STR("idn-email"), pen_format_is_idn_email, BOTH, false},
    {PEN_STR("hostname"), pen_format_is_hostname, BOTH, false},
    {PEN_STR("idn-hostname"), pen_format_is_idn_hostname, BOTH, false},
    {PEN_STR("ipv4"), pen_ip_is_v4, BOTH, true},
    {PEN_STR("ipv6"), pen_ip_is_v6, BOTH, true},
    {PEN_STR("uri"), pen_format_is_uri, BOTH, false},
    {PEN_STR("uri-reference"), pen_format_is_uri_reference, BOTH, false},
    {PEN_STR("iri"), pen_format_is_iri, BOTH, false},
    {PEN_STR("iri-reference"), pen_format_is_iri_reference, BOTH, false},
    {PEN_STR("uri-template"), pen_format_is_uri_template, BOTH, false},
    {PEN_STR("json-pointer"), pen_format_is_json_pointer, BOTH, false},
    {PEN_STR("relative-json-pointer"), pen_format_is_relative_pointer, NEW, false},
    {PEN_STR("relative-json-pointer"), pen_format_is_old_relative_pointer, OLD, false},
    {PEN_STR("regex"), pen_ecma_is_expression, BOTH, false},
};

const struct pen_format *pen_format_find(struct pen_str name, bool old)
{
    const enum drafts draft = old ? OLD : NEW;
    for (size_t i = 0; i < PEN_COUNT_OF(formats); i++) {
        if ((formats[i].drafts & draft) != 0 && pen_str_equal(formats[i].name, name)) {
            return &formats[i];
        }
    }
    return NULL;
}

struct pen_str pen_format_name(const struct pen_format *format)
{
    return format->name;
}

bool pen_format_matches(const struct pen_format *format, struct pen_str text)
{
    return format->matches(text);
}

bool pen_format_is_harmless(const struct pen_format *format)
{
    return format->is_harmless;
}
