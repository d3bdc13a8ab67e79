/** The list of their names. */
#include "gateway/schema/watch.h"

#include "gateway/schema/files.h"

#define ARENA_BYTES ((size_t)64 << 20) /* names of all files below a thousand folders */
#define BLOCK_BYTES ((size_t)16 << 10)

struct paths {
    struct pen_str *list; /* NULL: only counted */
    size_t count;
};

static void add(struct paths *paths, struct pen_str path)
{
    if (path.len == 0) return;
    if (paths->list != NULL) paths->list[paths->count] = path;
    paths->count++;
}

static void add_all(struct paths *paths, const struct pen_config *config,
                    const struct pen_schema_mapped *mapped, size_t mapped_count)
{
    for (size_t i = 0; i < config->function_count; i++) {
        const struct pen_config_function *const function = &config->functions[i];
        for (size_t k = 0; k < function->schema.use_count; k++) {
            add(paths, function->schema.uses[k].file);
        }
        add(paths, function->response_schema.use.file);
        add(paths, function->openapi.file);
    }
    for (size_t i = 0; i < config->mapping_count; i++) {
        if (config->mappings[i].is_folder) add(paths, config->mappings[i].path);
    }
    for (size_t i = 0; i < mapped_count; i++) {
        add(paths, mapped[i].path);
    }
}

static enum pen_status watch(const struct pen_config *config, struct pen_arena *arena,
                             struct pen_file_watch **out)
{
    const struct pen_schema_mapped *mapped = NULL;
    size_t count = 0;
    struct pen_error err;
    struct paths paths = {.list = NULL};
    /* A folder that cannot be read is told where its schemas are asked for. */
    const enum pen_status status = pen_schema_files_mapped(config, arena, &mapped, &count, &err);
    if (status == PEN_ERR_NOMEM) return status;
    if (status != PEN_OK) count = 0;

    add_all(&paths, config, mapped, count);
    paths.list = pen_arena_calloc(arena, paths.count + 1, sizeof(*paths.list));
    if (paths.list == NULL) return PEN_ERR_NOMEM;
    paths.count = 0;
    add_all(&paths, config, mapped, count);
    return pen_file_watch_create(paths.list, paths.count, out);
}

enum pen_status pen_schema_watch(const struct pen_config *config, struct pen_file_watch **out)
{
    struct pen_arena *arena = NULL;
    PEN_TRY(pen_arena_create(ARENA_BYTES, BLOCK_BYTES, &arena));
    const enum pen_status status = watch(config, arena, out);
    pen_arena_destroy(arena);
    return status;
}
