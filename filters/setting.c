/** Sentences about settings of filters, each with the offset of what it is about. */
#include "filters/setting.h"

#include <stdarg.h>
#include <stdio.h>

#include "filters/core/nearest.h"

#define SHOWN 64 /* bytes of a key: those of ours are shorter */

enum pen_status pen_setting_refuse(const struct pen_json *value, struct pen_error *err,
                                   const char *format, ...)
{
    if (err == NULL) return PEN_ERR_INVALID;

    char text[sizeof(err->text)];
    va_list args;
    va_start(args, format);
    if (vsnprintf(text, sizeof(text), format, args) < 0) text[0] = '\0';
    va_end(args);
    pen_error_set(err, "%s", text);
    err->offset = value->place.start;
    return PEN_ERR_INVALID;
}

enum pen_status pen_setting_unknown(const struct pen_json *member, const struct pen_str *known,
                                    size_t count, struct pen_error *err)
{
    struct pen_nearest nearest;
    pen_nearest_init(&nearest, member->name);
    for (size_t i = 0; i < count; i++) {
        pen_nearest_consider(&nearest, known[i]);
    }
    pen_nearest_consider(&nearest, PEN_S("mode"));
    pen_nearest_consider(&nearest, PEN_S("thresholds"));
    pen_error_set(err, "unknown key '%.*s'%s", PEN_STR_ARGS(pen_str_slice(member->name, 0, SHOWN)),
                  pen_nearest_hint(&nearest));
    if (err != NULL) err->offset = member->name_place.start;
    return PEN_ERR_INVALID;
}
