/**
 * One allocation of the largest size allowed would be wasteful and growing one would leave copies
 * of a secret behind, so growth copies by hand and wipes what it leaves.
 */
#include "gateway/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_BYTES 8192 /* a chain of three certificates fits */

struct growing {
    char *bytes;
    size_t len;
    size_t cap;
};

static void wipe(char *bytes, size_t len)
{
    if (bytes == NULL) return;

    explicit_bzero(bytes, len);
    free(bytes);
}

static bool grow(struct growing *into, size_t most)
{
    size_t cap = into->cap == 0 ? FIRST_BYTES : into->cap * 2;
    if (cap > most) cap = most;
    char *const bytes = malloc(cap);
    if (bytes == NULL) return false;

    if (into->len > 0) memcpy(bytes, into->bytes, into->len);
    wipe(into->bytes, into->len);
    into->bytes = bytes;
    into->cap = cap;
    return true;
}

static enum pen_status read_all(int fd, size_t max_bytes, struct growing *into)
{
    /* Two more than the limit: one byte tells that the file is longer, one holds the NUL. */
    const size_t most = max_bytes + 2;
    for (;;) {
        if (into->len + 1 >= into->cap && !grow(into, most)) return PEN_ERR_NOMEM;

        const ssize_t got = read(fd, into->bytes + into->len, into->cap - into->len - 1);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return PEN_ERR_IO;
        if (got == 0) return PEN_OK;

        into->len += (size_t)got;
        if (into->len > max_bytes) return PEN_ERR_LIMIT;
    }
}

enum pen_status pen_file_read(struct pen_str path, size_t max_bytes, struct pen_str *out,
                              struct pen_error *err)
{
    const int fd = open(path.ptr, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        pen_error_set(err, "'%.*s' cannot be opened: %s", PEN_STR_ARGS(path), strerror(errno));
        return PEN_ERR_IO;
    }
    struct growing contents = {.bytes = NULL};
    const enum pen_status status = read_all(fd, max_bytes, &contents);
    const int reason = errno;
    close(fd);
    if (status != PEN_OK) {
        wipe(contents.bytes, contents.len);
        if (status == PEN_ERR_LIMIT) {
            pen_error_set(err, "'%.*s' is longer than %zu bytes", PEN_STR_ARGS(path), max_bytes);
        } else {
            pen_error_set(err, "'%.*s' cannot be read: %s", PEN_STR_ARGS(path), strerror(reason));
        }
        return status;
    }
    contents.bytes[contents.len] = '\0';
    *out = (struct pen_str){contents.bytes, contents.len};
    return PEN_OK;
}

bool pen_file_first_line(const char *path, char *into, size_t room, struct pen_str *out)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) return false;

    const bool read = fgets(into, (int)room, file) != NULL;
    if (fclose(file) != 0 || !read) return false;

    const struct pen_str line = pen_str_from_c(into);
    *out = pen_str_slice(line, 0, pen_str_find(line, '\n', 0));
    return true;
}

static bool write_all(int fd, struct pen_str contents)
{
    while (contents.len > 0) {
        const ssize_t done = write(fd, contents.ptr, contents.len);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return false;

        contents = pen_str_slice(contents, (size_t)done, contents.len);
    }
    return true;
}

enum pen_status pen_file_write(struct pen_str path, unsigned mode, bool replace,
                               struct pen_str contents, struct pen_error *err)
{
    if (replace) (void)unlink(path.ptr); /* when it fails, so does open */
    const int fd = open(path.ptr, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (fd < 0) {
        pen_error_set(err, "'%.*s' cannot be made: %s", PEN_STR_ARGS(path), strerror(errno));
        return PEN_ERR_IO;
    }
    const bool written = write_all(fd, contents);
    const int reason = errno;
    if (close(fd) == 0 && written) return PEN_OK;

    pen_error_set(err, "'%.*s' cannot be written: %s", PEN_STR_ARGS(path),
                  strerror(written ? errno : reason));
    return PEN_ERR_IO;
}

enum pen_status pen_file_make_folder(struct pen_str path, struct pen_error *err)
{
    char name[PATH_MAX];
    if (path.len == 0 || path.len >= sizeof(name)) {
        pen_error_set(err, "the folder's name is empty or too long");
        return PEN_ERR_IO;
    }
    memcpy(name, path.ptr, path.len);
    for (size_t end = 1; end <= path.len; end++) {
        if (end < path.len && name[end] != '/') continue;

        name[end] = '\0';
        if (mkdir(name, 0700) != 0 && errno != EEXIST) {
            pen_error_set(err, "'%s' cannot be made: %s", name, strerror(errno));
            return PEN_ERR_IO;
        }
        name[end] = '/';
    }
    return PEN_OK;
}

void pen_file_wipe(struct pen_str *contents)
{
    /* The memory came from malloc above; pen_str only borrows by its type. */
    char *bytes;
    memcpy(&bytes, &contents->ptr, sizeof(bytes));
    wipe(bytes, contents->len);
    *contents = (struct pen_str){.ptr = NULL};
}
