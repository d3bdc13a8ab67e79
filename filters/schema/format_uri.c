/** What filters/core/uri.h reads; a URI is a reference with a scheme (RFC 3986 section 4.3 calls
 *  one without a fragment absolute; a fragment is allowed here). */
#include "filters/core/uri.h"
#include "filters/schema/format_checks.h"

static bool is_reference(struct pen_str text, enum pen_uri_letters letters, bool with_scheme)
{
    struct pen_uri uri;
    return pen_uri_read(text, letters, &uri) == PEN_OK && (!with_scheme || uri.scheme.len > 0);
}

bool pen_format_is_uri(struct pen_str text)
{
    return is_reference(text, PEN_URI_ASCII, true);
}

bool pen_format_is_uri_reference(struct pen_str text)
{
    return is_reference(text, PEN_URI_ASCII, false);
}

bool pen_format_is_iri(struct pen_str text)
{
    return is_reference(text, PEN_URI_INTERNATIONAL, true);
}

bool pen_format_is_iri_reference(struct pen_str text)
{
    return is_reference(text, PEN_URI_INTERNATIONAL, false);
}
