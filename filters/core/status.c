/** Names of statuses and the sentence of an error. */
#include "filters/core/status.h"

#include <stdarg.h>
#include <stdio.h>

const char *pen_status_name(enum pen_status status)
{
    switch (status) {
    case PEN_OK:
        return "ok";
    case PEN_ERR_NOMEM:
        return "nomem";
    case PEN_ERR_LIMIT:
        return "limit";
    case PEN_ERR_SYNTAX:
        return "syntax";
    case PEN_ERR_INVALID:
        return "invalid";
    case PEN_ERR_UNSUPPORTED:
        return "unsupported";
    case PEN_ERR_NOT_FOUND:
        return "not_found";
    case PEN_ERR_IO:
        return "io";
    case PEN_ERR_INTERNAL:
        return "internal";
    }
    return "internal";
}

void pen_error_set(struct pen_error *err, const char *format, ...)
{
    if (err == NULL) return;

    err->line = 0;
    err->column = 0;
    err->offset = 0;
    va_list args;
    va_start(args, format);
    if (vsnprintf(err->text, sizeof(err->text), format, args) < 0) err->text[0] = '\0';
    va_end(args);
}
