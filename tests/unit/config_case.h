/** Configurations that are refused, for the tests of where their errors point. */
#ifndef PEN_TEST_CONFIG_CASE_H
#define PEN_TEST_CONFIG_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/config/config.h"

#define LISTEN    "listen: [{ address: 127.0.0.1:8080 }]\n"
#define UPSTREAMS "upstreams: { faas: { url: http://127.0.0.1:1 } }\n"
#define FUNCTIONS "functions: { f: { route: /f, upstream: faas } }\n"

struct row {
    const char *why;
    const char *text; /* completes the file */
    size_t line;
    size_t column;
    const char *says;
};

static inline void check_rows(const char *before, const struct row *rows, size_t count,
                              const char *after)
{
    const struct pen_config_options options = {.look_at_files = false};
    for (size_t i = 0; i < count; i++) {
        char memory[4096];
        struct pen_buf yaml = pen_buf_over(memory, sizeof(memory));
        pen_buf_put(&yaml, pen_str_from_c(before));
        pen_buf_put(&yaml, pen_str_from_c(rows[i].text));
        pen_buf_put(&yaml, pen_str_from_c(after));
        struct pen_config *config = NULL;
        struct pen_error err = {.text = ""};
        const enum pen_status status =
            pen_config_parse_with(pen_buf_str(&yaml), PEN_S("/x"), &options, &config, &err);
        if (status != PEN_ERR_INVALID || err.line != rows[i].line || err.column != rows[i].column
            || strstr(err.text, rows[i].says) == NULL || config != NULL) {
            fail_msg("%s: %s %zu:%zu: %s", rows[i].why, pen_status_name(status), err.line,
                     err.column, err.text);
        }
    }
}

#endif
