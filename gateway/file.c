/**
 * One allocation of the largest size allowed would be wasteful and growing one would leave copies
 * of a secret behind, so growth copies by hand and wipes what it leaves.
 */
#include "gateway/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
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

void pen_file_wipe(struct pen_str *contents)
{
    /* The memory came from malloc above; pen_str only borrows by its type. */
    char *bytes;
    memcpy(&bytes, &contents->ptr, sizeof(bytes));
    wipe(bytes, contents->len);
    *contents = (struct pen_str){.ptr = NULL};
}
