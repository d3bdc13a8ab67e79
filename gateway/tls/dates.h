/** When what TLS rests on ends: for the metrics and for `penstock check`. */
#ifndef PEN_GATEWAY_TLS_DATES_H
#define PEN_GATEWAY_TLS_DATES_H

#include "filters/core/str.h"

/** One file, and when the first thing in it ends. */
struct pen_tls_date {
    struct pen_str file; /* lives as long as the configuration */
    const char *what;    /* "certificate", "ca", "crl", "ocsp"; static storage */
    int64_t until_s;     /* Unix seconds */
};

#endif
