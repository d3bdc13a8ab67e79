/** Formats a line into a buffer on the stack and writes it in one call, so that lines never mix. */
#include "gateway/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "gateway/clock.h"

static const struct {
    const char *name;
    const char *colour;
} levels[] = {
    [PEN_LOG_ERROR] = {"error", "\033[31m"},
    [PEN_LOG_WARNING] = {"warning", "\033[33m"},
    [PEN_LOG_NOTICE] = {"notice", ""},
    [PEN_LOG_DEBUG] = {"debug", "\033[2m"},
};

void pen_log(enum pen_log_level level, const char *format, ...)
{
    char memory[1024]; /* a longer line is cut: the log is for people */
    struct pen_buf line = pen_buf_over(memory, sizeof(memory) - 8);
    const int64_t now_ms = pen_clock_unix_ms();
    const time_t now_s = (time_t)(now_ms / 1000);
    struct tm utc;
    char stamp[32] = "";
    if (gmtime_r(&now_s, &utc) != NULL) {
        (void)strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &utc);
    }
    const bool colour = isatty(STDERR_FILENO) == 1 && levels[level].colour[0] != '\0';
    pen_buf_format(&line, "%s.%03dZ %s%s%s ", stamp, (int)(now_ms % 1000),
                   colour ? levels[level].colour : "", levels[level].name, colour ? "\033[0m" : "");

    va_list args;
    va_start(args, format);
    const int written = vsnprintf(memory + line.len, line.cap - line.len, format, args);
    va_end(args);
    if (written > 0) {
        const size_t room = line.cap - line.len - 1;
        line.len += (size_t)written < room ? (size_t)written : room;
    }
    memory[line.len++] = '\n';
    /* Nothing is left to tell anybody when standard error cannot be written. */
    if (write(STDERR_FILENO, memory, line.len) < 0) return;
}

void pen_log_fault(struct pen_str file, const struct pen_error *err)
{
    if (err->line > 0) {
        pen_log(PEN_LOG_ERROR, "%.*s:%zu:%zu: %s", PEN_STR_ARGS(file), err->line, err->column,
                err->text);
    } else {
        pen_log(PEN_LOG_ERROR, "%.*s: %s", PEN_STR_ARGS(file), err->text);
    }
}
