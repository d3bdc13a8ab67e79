/** Three stamps a file: as it was told, as it was at the look before, as it is. */
#include "gateway/file_watch.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_MS 1 /* of rest for each; a look at one takes two microseconds */

/* What changes with a file's contents, or with the file behind a name. Zero: there is none. */
struct stamp {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec written;
    struct timespec changed; /* also when an older file takes the place, times and all */
};

struct watched {
    struct stamp told;
    struct stamp before;
    char *path;
};

struct pen_file_watch {
    size_t count;
    struct watched files[];
};

static struct stamp stamp_of(const char *path)
{
    struct stat seen;
    if (stat(path, &seen) != 0) return (struct stamp){.size = 0};
    return (struct stamp){.device = seen.st_dev,
                          .inode = seen.st_ino,
                          .size = seen.st_size,
                          .written = seen.st_mtim,
                          .changed = seen.st_ctim};
}

static bool is_same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool is_same(const struct stamp *a, const struct stamp *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size
           && is_same_time(&a->written, &b->written) && is_same_time(&a->changed, &b->changed);
}

enum pen_status pen_file_watch_create(const struct pen_str *paths, size_t count,
                                      struct pen_file_watch **out)
{
    if (count > (SIZE_MAX - sizeof(struct pen_file_watch)) / sizeof(struct watched)) {
        return PEN_ERR_NOMEM;
    }
    struct pen_file_watch *const watch =
        calloc(1, sizeof(*watch) + count * sizeof(watch->files[0]));
    if (watch == NULL) return PEN_ERR_NOMEM;

    for (; watch->count < count; watch->count++) {
        struct watched *const file = &watch->files[watch->count];
        file->path = strndup(paths[watch->count].ptr, paths[watch->count].len);
        if (file->path == NULL) {
            pen_file_watch_destroy(watch);
            return PEN_ERR_NOMEM;
        }
        file->told = file->before = stamp_of(file->path);
    }
    *out = watch;
    return PEN_OK;
}

void pen_file_watch_destroy(struct pen_file_watch *watch)
{
    if (watch == NULL) return;

    for (size_t i = 0; i < watch->count; i++) {
        free(watch->files[i].path);
    }
    free(watch);
}

bool pen_file_watch_look(struct pen_file_watch *watch)
{
    bool changed = false;
    bool rests = true;
    for (size_t i = 0; i < watch->count; i++) {
        struct watched *const file = &watch->files[i];
        const struct stamp now = stamp_of(file->path);
        if (!is_same(&now, &file->told)) changed = true;
        if (!is_same(&now, &file->before)) rests = false;
        file->before = now;
    }
    if (!changed || !rests) return false;

    for (size_t i = 0; i < watch->count; i++) {
        watch->files[i].told = watch->files[i].before;
    }
    return true;
}

uint64_t pen_file_watch_rest_ms(const struct pen_file_watch *watch, uint64_t least_ms)
{
    const uint64_t rest_ms = (uint64_t)watch->count * FILE_MS;
    return rest_ms > least_ms ? rest_ms : least_ms;
}
