/** A request held against its operation in an OpenAPI document. Used by check.c alone. */
#ifndef PEN_GATEWAY_SCHEMA_CHECK_OPENAPI_H
#define PEN_GATEWAY_SCHEMA_CHECK_OPENAPI_H

#include "gateway/schema/evidence.h"

/** Parameters and body. Errors: PEN_ERR_LIMIT, PEN_ERR_NOMEM, PEN_ERR_SYNTAX */
PEN_MUST_USE enum pen_status pen_check_openapi(const struct pen_check *check,
                                               struct pen_evidence *evidence);

#endif
