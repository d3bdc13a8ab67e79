/**
 * Development certificates: a small authority and what it signs, each with exactly the uses that
 * its part in the picture needs.
 *
 *   ca.pem        ca.key        the authority: signs the others and nothing below them
 *   server.pem    server.key    the gateway towards callers (serverAuth)
 *   client.pem    client.key    the gateway towards functions (clientAuth)
 *   function.pem  function.key  a function's own HTTPS endpoint (serverAuth)
 *
 * Keys are P-256, written unencrypted and readable by their owner alone, which is fine on a
 * developer's machine and nowhere else. Any thread.
 */
#ifndef PEN_GATEWAY_DEVCERTS_H
#define PEN_GATEWAY_DEVCERTS_H

#include <stdint.h>

#include "filters/core/str.h"

#define PEN_DEVCERTS_DAYS  90  /* default life */
#define PEN_DEVCERTS_MAX   397 /* days; longer ones are refused by Apple's and other clients */
#define PEN_DEVCERTS_NAMES 16  /* subject alternative names at most */

struct pen_devcerts_wish {
    const char *folder;       /* made when it is missing, with its parents */
    const char *const *names; /* DNS names and addresses of server and function */
    size_t name_count;        /* 1 to PEN_DEVCERTS_NAMES */
    uint32_t days;            /* 1 to PEN_DEVCERTS_MAX */
    bool replace;             /* files that are there are replaced; else that is an error */
};

/**
 * Make the eight files. Without `replace`, nothing is written when one of them is there.
 *
 * Errors: PEN_ERR_INVALID  `wish` is out of range, or a name is none; `err` says which
 *         PEN_ERR_IO       a file is there or cannot be written; `err` names it
 *         PEN_ERR_INTERNAL
 */
PEN_MUST_USE enum pen_status pen_devcerts_make(const struct pen_devcerts_wish *wish,
                                               struct pen_error *err);

#endif
