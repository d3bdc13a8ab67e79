/**
 * The demo's setting: a throw-away folder with certificates, keys, tokens and a configuration,
 * three functions, and the gateway as a process of its own, all on loopback.
 */
#ifndef PEN_GATEWAY_CLI_DEMO_SETTING_H
#define PEN_GATEWAY_CLI_DEMO_SETTING_H

#include <sys/types.h>

#include "gateway/cli/demo/functions.h"

#define PEN_DEMO_FUNCTIONS 3

enum pen_demo_caller {
    PEN_DEMO_NOBODY,   /* no token */
    PEN_DEMO_SHOP,     /* may write orders and images, and send hooks */
    PEN_DEMO_INTERN,   /* a good token without any of these scopes */
    PEN_DEMO_EXPIRED,  /* a token of yesterday */
    PEN_DEMO_STRANGER, /* signed by a key that nobody knows */
    PEN_DEMO_CALLERS,
};

struct pen_demo_setting {
    char folder[64];
    struct pen_demo_function *functions[PEN_DEMO_FUNCTIONS];
    char tokens[PEN_DEMO_CALLERS][2048]; /* NUL-terminated; empty for nobody */
    pid_t gateway;                       /* 0 = not running */
    uint16_t port;                       /* of the gateway, TLS */
    uint16_t admin;
};

/** Make all of it and wait until the gateway is ready. On errors call pen_demo_setting_end too. */
PEN_MUST_USE enum pen_status pen_demo_setting_begin(struct pen_demo_setting *setting,
                                                    struct pen_error *err);

/** Drain the gateway, stop the functions, remove the folder. */
void pen_demo_setting_end(struct pen_demo_setting *setting);

#endif
