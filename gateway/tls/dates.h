/** When what TLS rests on ends: for the metrics, the log and `penstock check`. */
#ifndef PEN_GATEWAY_TLS_DATES_H
#define PEN_GATEWAY_TLS_DATES_H

#include "filters/core/str.h"

enum pen_tls_date_kind {
    PEN_TLS_DATE_CERTIFICATE, /* of our own, and those that lead to its authority */
    PEN_TLS_DATE_CA,          /* authorities that we believe */
    PEN_TLS_DATE_CRL,         /* their revocation lists */
    PEN_TLS_DATE_OCSP,        /* a response to staple */
};

/** One file, and when the first thing in it ends. */
struct pen_tls_date {
    struct pen_str file; /* lives as long as what it was read into */
    enum pen_tls_date_kind kind;
    int64_t until_s; /* Unix seconds; INT64_MAX = never */
};

/** "certificate", "ca", "crl", "ocsp": the label in the metrics. */
const char *pen_tls_date_label(enum pen_tls_date_kind kind);

/** The same in words: "authority". */
const char *pen_tls_date_word(enum pen_tls_date_kind kind);

/** Whole days that are left at `now_s`; negative when it is over. */
int64_t pen_tls_date_days(const struct pen_tls_date *date, int64_t now_s);

/**
 * Is it time to do something about it? Certificates and authorities within 30 days of their end;
 * lists and responses, which live for days and are renewed by programs, when they have ended.
 */
bool pen_tls_date_is_near(const struct pen_tls_date *date, int64_t now_s);

#endif
