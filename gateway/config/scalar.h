/**
 * What a plain (unquoted) YAML scalar is: to us, and to readers that would take it for something
 * else.
 *
 * Pure functions; any thread.
 */
#ifndef PEN_GATEWAY_SCALAR_H
#define PEN_GATEWAY_SCALAR_H

#include "filters/core/json.h"

/**
 * By the JSON schema of YAML 1.2: null (also when empty), true, false, a JSON number, or else text.
 *
 * Source: YAML 1.2.2 section 10.2
 */
enum pen_json_type pen_scalar_type(struct pen_str text);

/**
 * What a reader of YAML 1.1, or of another spelling of null and numbers, takes this text for:
 * "true", "an octal number", ...; NULL when all agree that it is text. Only the typed reader knows
 * whether that matters: `off` is a good mode, and a bad tenant.
 */
const char *pen_scalar_trap(struct pen_str plain);

#endif
