/** Days and words. */
#include "gateway/tls/dates.h"

#define DAY_S     86400
#define NEAR_DAYS 30 /* authorities renew 90-day certificates at this age */

const char *pen_tls_date_label(enum pen_tls_date_kind kind)
{
    switch (kind) {
    case PEN_TLS_DATE_CERTIFICATE:
        return "certificate";
    case PEN_TLS_DATE_CA:
        return "ca";
    case PEN_TLS_DATE_CRL:
        return "crl";
    case PEN_TLS_DATE_OCSP:
        return "ocsp";
    }
    return "";
}

const char *pen_tls_date_word(enum pen_tls_date_kind kind)
{
    switch (kind) {
    case PEN_TLS_DATE_CERTIFICATE:
        return "certificate";
    case PEN_TLS_DATE_CA:
        return "authority";
    case PEN_TLS_DATE_CRL:
        return "revocation list";
    case PEN_TLS_DATE_OCSP:
        return "OCSP response";
    }
    return "";
}

int64_t pen_tls_date_days(const struct pen_tls_date *date, int64_t now_s)
{
    const int64_t left_s = date->until_s - now_s;
    return left_s < 0 ? (left_s - DAY_S + 1) / DAY_S : left_s / DAY_S;
}

bool pen_tls_date_is_near(const struct pen_tls_date *date, int64_t now_s)
{
    const bool lasting = date->kind == PEN_TLS_DATE_CERTIFICATE || date->kind == PEN_TLS_DATE_CA;
    return date->until_s <= now_s || (lasting && pen_tls_date_days(date, now_s) < NEAR_DAYS);
}
