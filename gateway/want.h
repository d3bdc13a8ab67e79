/** What a worker asks the control thread for. A value; any thread. */
#ifndef PEN_GATEWAY_WANT_H
#define PEN_GATEWAY_WANT_H

#include "filters/core/str.h"

enum pen_want_kind {
    PEN_WANT_NOTHING,
    PEN_WANT_KEYS,         /* a newer key set of issuer `index` */
    PEN_WANT_CERTIFICATE,  /* of SNS, at `url`, for function `index` */
    PEN_WANT_CONFIRMATION, /* of a subscription to SNS, at `url`, for function `index` */
};

struct pen_want {
    enum pen_want_kind kind;
    size_t index;
    struct pen_str url; /* empty for keys */
};

#endif
