/** A URL's host as clients read it: spelled how, and leading where? */
#ifndef PEN_FILTERS_SSRF_HOST_H
#define PEN_FILTERS_SSRF_HOST_H

#include "filters/core/str.h"

enum pen_ssrf_place {
    PEN_SSRF_ELSEWHERE,
    PEN_SSRF_REBINDING, /* a name whose owner lets anybody choose its address: 127.0.0.1.nip.io */
    PEN_SSRF_CALLBACK,  /* a host that exists to see who calls: collaborators and request bins */
    PEN_SSRF_PRIVATE,   /* RFC 1918, link-local, carrier, unique local */
    PEN_SSRF_LOOPBACK,
    PEN_SSRF_UNSPECIFIED, /* 0.0.0.0, [::]: this host to most clients, and nobody's address */
    PEN_SSRF_METADATA,    /* the cloud's credentials service */
};

struct pen_ssrf_host {
    enum pen_ssrf_place place;
    bool disguised; /* an address in a spelling that no person uses: 2130706433, 0x7f.1, ①②⑦ */
};

/** Linear in `host` (without port, brackets kept). Pure; any thread. */
struct pen_ssrf_host pen_ssrf_host_read(struct pen_str host);

#endif
