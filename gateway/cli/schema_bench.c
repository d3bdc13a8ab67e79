/** The bench is laid out and cleared; texts are read. */
#include "gateway/cli/schema_bench.h"

#include <string.h>
#include <sys/stat.h>

#include "gateway/config/yaml.h"

#define KEPT_BYTES ((size_t)1 << 30) /* the largest documents that are published take some MiB */
#define WORK_BYTES ((size_t)1 << 30)
#define BLOCK      ((size_t)256 << 10)

enum pen_status pen_schema_bench_open(struct pen_schema_bench *bench)
{
    struct pen_error err;
    *bench = (struct pen_schema_bench){.kept = NULL};
    enum pen_status status = pen_arena_create(KEPT_BYTES, BLOCK, &bench->kept);
    if (status == PEN_OK) status = pen_arena_create(WORK_BYTES, BLOCK, &bench->work);
    if (status == PEN_OK) status = pen_patterns_create(NULL, 0, &bench->patterns, &err);
    if (status == PEN_OK) status = pen_patterns_scratch(bench->patterns, &bench->scratch);
    if (status != PEN_OK) {
        pen_schema_bench_close(bench);
        return PEN_ERR_NOMEM;
    }
    bench->config.mappings = bench->mappings;
    pen_schema_bench_clear(bench);
    return PEN_OK;
}

void pen_schema_bench_close(struct pen_schema_bench *bench)
{
    pen_arena_destroy(bench->kept);
    pen_arena_destroy(bench->work);
    if (bench->scratch != NULL) pen_patterns_scratch_destroy(bench->scratch);
    if (bench->patterns != NULL) pen_patterns_destroy(bench->patterns);
    *bench = (struct pen_schema_bench){.kept = NULL};
}

void pen_schema_bench_clear(struct pen_schema_bench *bench)
{
    pen_arena_reset(bench->kept);
    bench->files = (struct pen_schema_files){.arena = bench->kept, .config = &bench->config};
}

enum pen_status pen_schema_bench_map(struct pen_schema_bench *bench, struct pen_str uri,
                                     struct pen_str path, struct pen_error *err)
{
    struct stat info;
    if (bench->config.mapping_count == PEN_SCHEMA_MAPPINGS) {
        pen_error_set(err, "more than %d URIs are mapped", PEN_SCHEMA_MAPPINGS);
        return PEN_ERR_LIMIT;
    }
    if (path.len == 0 || stat(path.ptr, &info) != 0) {
        pen_error_set(err, "%.*s: no such file or folder", PEN_STR_ARGS(path));
        return PEN_ERR_INVALID;
    }
    const bool is_folder = S_ISDIR(info.st_mode);
    if (is_folder != pen_str_ends(uri, PEN_S("/"))) {
        pen_error_set(err,
                      is_folder ? "%.*s is a folder: the URIs in it begin with one that ends in '/'"
                                : "%.*s is a file, so its URI does not end in '/'",
                      PEN_STR_ARGS(path));
        return PEN_ERR_INVALID;
    }
    bench->mappings[bench->config.mapping_count++] =
        (struct pen_config_mapping){.uri = uri, .path = path, .is_folder = is_folder};
    return PEN_OK;
}

enum pen_status pen_schema_bench_read(struct pen_str name, struct pen_str text,
                                      struct pen_arena *arena, const struct pen_json **out,
                                      struct pen_error *err)
{
    if (pen_str_ends_fold(name, PEN_S(".yaml")) || pen_str_ends_fold(name, PEN_S(".yml"))) {
        return pen_yaml_read(text, arena, out, err);
    }
    const struct pen_json_limits limits = {.any_number = true};
    struct pen_json_error why = {.code = "json.memory"};
    const enum pen_status status = pen_json_read(text, &limits, arena, out, &why);
    if (status != PEN_OK) {
        pen_error_set(err, "no JSON: %s", why.code);
        if (err != NULL) pen_yaml_place(text, why.offset, &err->line, &err->column);
    }
    return status;
}
