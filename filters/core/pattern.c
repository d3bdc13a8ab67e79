/** The one file that knows Vectorscan. */
#include "filters/core/pattern.h"

#include <hs.h>
#include <stdlib.h>

struct pen_patterns {
    hs_database_t *database;
};

struct pen_scratch {
    hs_scratch_t *scratch;
};

struct match_context {
    void (*found)(void *context, uint32_t id, size_t end);
    void *context;
};

static int on_match(unsigned int id, unsigned long long from, unsigned long long to,
                    unsigned int flags, void *context)
{
    (void)from;
    (void)flags;
    const struct match_context *const match = context;
    match->found(match->context, id, (size_t)to);
    return 0;
}

static enum pen_status compile(const struct pen_pattern *patterns, size_t count,
                               const char **expressions, unsigned int *flags, unsigned int *ids,
                               hs_database_t **out, struct pen_error *err)
{
    for (size_t i = 0; i < count; i++) {
        expressions[i] = patterns[i].expression;
        flags[i] = patterns[i].caseless ? HS_FLAG_CASELESS | HS_FLAG_DOTALL : HS_FLAG_DOTALL;
        ids[i] = patterns[i].id;
    }
    hs_compile_error_t *problem = NULL;
    if (hs_compile_multi(expressions, flags, ids, (unsigned int)count, HS_MODE_BLOCK, NULL, out,
                         &problem)
        == HS_SUCCESS) {
        return PEN_OK;
    }
    const bool known = problem != NULL && problem->expression >= 0;
    pen_error_set(err, "trigger \"%s\" does not compile: %s",
                  known ? expressions[problem->expression] : "?",
                  problem != NULL ? problem->message : "no memory");
    hs_free_compile_error(problem);
    return PEN_ERR_INVALID;
}

enum pen_status pen_patterns_create(const struct pen_pattern *patterns, size_t count,
                                    struct pen_patterns **out, struct pen_error *err)
{
    struct pen_patterns *made = calloc(1, sizeof(*made));
    const char **expressions = calloc(count + 1, sizeof(*expressions));
    unsigned int *flags = calloc(count + 1, sizeof(*flags));
    unsigned int *ids = calloc(count + 1, sizeof(*ids));
    enum pen_status status = PEN_ERR_NOMEM;
    if (made != NULL && expressions != NULL && flags != NULL && ids != NULL) {
        status = count == 0
                     ? PEN_OK
                     : compile(patterns, count, expressions, flags, ids, &made->database, err);
    } else {
        pen_error_set(err, "not enough memory for the filters' triggers");
    }
    free(ids);
    free(flags);
    free(expressions);
    if (status != PEN_OK) {
        free(made);
        return status;
    }
    *out = made;
    return PEN_OK;
}

void pen_patterns_destroy(struct pen_patterns *patterns)
{
    if (patterns == NULL) return;

    /* Frees NULL too, and cannot fail for a database that it made. */
    (void)hs_free_database(patterns->database);
    free(patterns);
}

enum pen_status pen_patterns_scratch(const struct pen_patterns *patterns, struct pen_scratch **out)
{
    struct pen_scratch *made = calloc(1, sizeof(*made));
    if (made == NULL) return PEN_ERR_NOMEM;

    if (patterns->database != NULL
        && hs_alloc_scratch(patterns->database, &made->scratch) != HS_SUCCESS) {
        free(made);
        return PEN_ERR_NOMEM;
    }
    *out = made;
    return PEN_OK;
}

void pen_patterns_scratch_destroy(struct pen_scratch *scratch)
{
    if (scratch == NULL) return;

    (void)hs_free_scratch(scratch->scratch); /* as above */
    free(scratch);
}

enum pen_status pen_patterns_scan(const struct pen_patterns *patterns, struct pen_scratch *scratch,
                                  struct pen_str text,
                                  void (*found)(void *context, uint32_t id, size_t end),
                                  void *context)
{
    if (text.len > UINT32_MAX) return PEN_ERR_LIMIT;
    if (patterns->database == NULL || text.len == 0) return PEN_OK;

    struct match_context match = {.found = found, .context = context};
    const hs_error_t result = hs_scan(patterns->database, text.ptr, (unsigned int)text.len, 0,
                                      scratch->scratch, on_match, &match);
    return result == HS_SUCCESS ? PEN_OK : PEN_ERR_INTERNAL;
}
