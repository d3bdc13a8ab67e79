/** The files below mapped folders. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/schema/files.h"

#define DEPTH_MOST 8    /* folders in folders */
#define PATH_BYTES 4096 /* PATH_MAX */

/* While folders are walked. */
struct walk {
    struct pen_arena *arena;
    struct pen_schema_mapped *list;
    size_t count;
    size_t room;
    struct pen_error *err;
};

static enum pen_status no_memory(const struct walk *walk)
{
    pen_error_set(walk->err, "not enough memory for the list of schemas");
    return PEN_ERR_NOMEM;
}

static enum pen_status add(struct walk *walk, struct pen_str uri, struct pen_str path)
{
    if (walk->count == walk->room) {
        const size_t room = walk->room == 0 ? 16 : walk->room * 2;
        struct pen_schema_mapped *const grown = pen_arena_calloc(walk->arena, room, sizeof(*grown));
        if (grown == NULL) return no_memory(walk);
        if (walk->count > 0) memcpy(grown, walk->list, walk->count * sizeof(*grown));
        walk->list = grown;
        walk->room = room;
    }
    struct pen_schema_mapped *const one = &walk->list[walk->count];
    if (pen_arena_copy(walk->arena, uri, &one->uri) != PEN_OK
        || pen_arena_copy(walk->arena, path, &one->path) != PEN_OK) {
        return no_memory(walk);
    }
    walk->count++;
    return PEN_OK;
}

static bool is_schema(struct pen_str name)
{
    return pen_str_ends_fold(name, PEN_S(".json")) || pen_str_ends_fold(name, PEN_S(".yaml"))
           || pen_str_ends_fold(name, PEN_S(".yml"));
}

/* What is to be looked at; hidden names are Kubernetes' own. */
static int is_seen(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static enum pen_status walk_folder(struct walk *walk, struct pen_str uri, struct pen_str path,
                                   size_t first, int depth);

/* One name in a folder: `uri` and `path` end in a slash. */
static enum pen_status take(struct walk *walk, struct pen_str uri, struct pen_str path,
                            const char *name, size_t first, int depth)
{
    char uri_memory[PATH_BYTES];
    char path_memory[PATH_BYTES];
    struct pen_buf file = pen_buf_over(path_memory, sizeof(path_memory) - 1);
    struct pen_buf named = pen_buf_over(uri_memory, sizeof(uri_memory) - 1);
    struct stat seen;
    pen_buf_put(&file, path);
    pen_buf_put(&file, pen_str_from_c(name));
    pen_buf_put(&named, uri);
    pen_buf_put(&named, pen_str_from_c(name));
    path_memory[file.len] = '\0';
    if (file.full || named.full || stat(path_memory, &seen) != 0) return PEN_OK;
    if (S_ISDIR(seen.st_mode) && depth < DEPTH_MOST) {
        pen_buf_byte(&file, '/');
        pen_buf_byte(&named, '/');
        return walk_folder(walk, pen_buf_str(&named), pen_buf_str(&file), first, depth + 1);
    }
    if (!S_ISREG(seen.st_mode) || !is_schema(pen_str_from_c(name))) return PEN_OK;
    if (walk->count - first == PEN_SCHEMA_FOLDER) {
        pen_error_set(walk->err, "%.*s: more than %d schemas below one folder", PEN_STR_ARGS(path),
                      PEN_SCHEMA_FOLDER);
        return PEN_ERR_LIMIT;
    }
    return add(walk, pen_buf_str(&named), pen_buf_str(&file));
}

static enum pen_status walk_folder(struct walk *walk, struct pen_str uri, struct pen_str path,
                                   size_t first, int depth)
{
    char memory[PATH_BYTES];
    struct pen_buf name = pen_buf_over(memory, sizeof(memory) - 1);
    pen_buf_put(&name, path);
    memory[name.len] = '\0';
    struct dirent **entries = NULL;
    const int count = name.full ? -1 : scandir(memory, &entries, is_seen, alphasort);
    if (count < 0) {
        pen_error_set(walk->err, "%s: %s", memory, name.full ? "too long" : strerror(errno));
        return PEN_ERR_IO;
    }
    enum pen_status status = PEN_OK;
    for (int i = 0; i < count; i++) {
        if (status == PEN_OK) {
            status = take(walk, uri, path, entries[i]->d_name, first, depth);
        }
        free(entries[i]);
    }
    free(entries);
    return status;
}

enum pen_status pen_schema_files_mapped(const struct pen_config *config, struct pen_arena *arena,
                                        const struct pen_schema_mapped **out, size_t *count,
                                        struct pen_error *err)
{
    struct walk walk = {.arena = arena, .err = err};
    for (size_t i = 0; i < config->mapping_count; i++) {
        const struct pen_config_mapping *const mapping = &config->mappings[i];
        if (!mapping->is_folder) {
            PEN_TRY(add(&walk, mapping->uri, mapping->path));
            continue;
        }
        char memory[PATH_BYTES];
        struct pen_buf path = pen_buf_over(memory, sizeof(memory));
        pen_buf_put(&path, mapping->path);
        if (!pen_str_ends(mapping->path, PEN_S("/"))) pen_buf_byte(&path, '/');
        PEN_TRY(walk_folder(&walk, mapping->uri, pen_buf_str(&path), walk.count, 0));
    }
    *out = walk.list;
    *count = walk.count;
    return PEN_OK;
}
