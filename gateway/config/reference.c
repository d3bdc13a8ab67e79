/** ${NAME}, file:PATH, and looking at the files that a configuration names. */
#include "gateway/config/reference.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_BYTES     ((size_t)64 << 10) /* a secret or a name; far more than either needs */
#define EXPANDED_BYTES ((size_t)64 << 10) /* likewise */
#define NAME_BYTES     128

bool pen_reference_occurs(struct pen_str text)
{
    return pen_str_find_str(text, PEN_S("${")) < text.len;
}

struct secret {
    char *bytes;
    size_t size;
};

static void wipe(void *handle)
{
    const struct secret *const secret = handle;
    explicit_bzero(secret->bytes, secret->size);
}

/* Bytes in the arena that are wiped before it gives them back. */
static char *take_secret(struct pen_reader *reader, size_t size)
{
    struct secret *secret = pen_arena_alloc(reader->arena, sizeof(*secret));
    char *bytes = pen_arena_bytes(reader->arena, size);
    if (secret == NULL || bytes == NULL) return NULL;

    memset(bytes, 0, size);
    *secret = (struct secret){bytes, size};
    return pen_arena_defer(reader->arena, wipe, secret) == PEN_OK ? bytes : NULL;
}

static bool is_variable_name(struct pen_str name)
{
    if (name.len == 0 || name.len > NAME_BYTES || pen_is_digit(name.ptr[0])) return false;

    for (size_t i = 0; i < name.len; i++) {
        const char c = name.ptr[i];
        if (!pen_is_alpha(c) && !pen_is_digit(c) && c != '_') return false;
    }
    return true;
}

/* What stands between "${" and "}". */
static enum pen_status expand_one(struct pen_reader *reader, const struct pen_json *value,
                                  struct pen_str inside, struct pen_buf *buf)
{
    const size_t split = pen_str_find_str(inside, PEN_S(":-"));
    const struct pen_str name = pen_str_slice(inside, 0, split);
    if (!is_variable_name(name)) {
        return pen_reader_fail(reader, value,
                               "'${%s}' is no reference; write ${NAME} or ${NAME:-default}",
                               pen_reader_excerpt(inside).text);
    }
    char variable[NAME_BYTES + 1];
    memcpy(variable, name.ptr, name.len);
    variable[name.len] = '\0';
    const char *const found =
        reader->options->variable == NULL ? NULL : reader->options->variable(variable);
    if (split < inside.len && (found == NULL || found[0] == '\0')) {
        pen_buf_put(buf, pen_str_slice(inside, split + 2, inside.len));
        return PEN_OK;
    }
    if (found == NULL) {
        return pen_reader_fail(reader, value,
                               "the environment variable %s is not set; set it, or write "
                               "${%s:-default}",
                               variable, variable);
    }
    pen_buf_put(buf, pen_str_from_c(found));
    return PEN_OK;
}

enum pen_status pen_reference_expand(struct pen_reader *reader, const struct pen_json *value,
                                     struct pen_str *out)
{
    char memory[EXPANDED_BYTES];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    const struct pen_str text = value->text;
    enum pen_status status = PEN_OK;
    for (size_t at = 0; at < text.len && status == PEN_OK;) {
        const struct pen_str rest = pen_str_slice(text, at, text.len);
        const size_t start = pen_str_find_str(rest, PEN_S("${"));
        pen_buf_put(&buf, pen_str_slice(rest, 0, start));
        if (start == rest.len) break;

        const size_t end = pen_str_find(rest, '}', start);
        if (end == rest.len) {
            status = pen_reader_fail(reader, value, "a '${' is not closed; write ${NAME}");
            break;
        }
        status = expand_one(reader, value, pen_str_slice(rest, start + 2, end), &buf);
        at += end + 1;
    }
    if (status == PEN_OK && buf.full) {
        status = pen_reader_fail(reader, value, "is longer than 64 KiB with its variables");
    }
    if (status == PEN_OK) {
        char *copy = take_secret(reader, buf.len + 1);
        if (copy == NULL) {
            status = pen_reader_no_memory(reader);
        } else {
            memcpy(copy, memory, buf.len);
            *out = (struct pen_str){copy, buf.len};
        }
    }
    explicit_bzero(memory, sizeof(memory));
    return status;
}

enum pen_status pen_reference_resolve(struct pen_reader *reader, struct pen_str name,
                                      struct pen_str *out)
{
    const struct pen_str folder = reader->folder;
    if (folder.len == 0 || (name.len > 0 && name.ptr[0] == '/')) {
        if (pen_arena_copy(reader->arena, name, out) == PEN_OK) return PEN_OK;
        return pen_reader_no_memory(reader);
    }
    if (folder.len > SIZE_MAX / 2 || name.len > SIZE_MAX / 2 - 2) {
        return pen_reader_no_memory(reader);
    }
    const size_t size = folder.len + name.len + 2;
    char *memory = pen_arena_bytes(reader->arena, size);
    if (memory == NULL) return pen_reader_no_memory(reader);

    struct pen_buf buf = pen_buf_over(memory, size);
    pen_buf_put(&buf, folder);
    if (folder.ptr[folder.len - 1] != '/') pen_buf_byte(&buf, '/');
    pen_buf_put(&buf, name);
    memory[buf.len] = '\0';
    *out = pen_buf_str(&buf);
    return PEN_OK;
}

static enum pen_status refuse_file(struct pen_reader *reader, const struct pen_json *value,
                                   struct pen_str path, const char *why)
{
    return pen_reader_fail(reader, value, "the file '%.*s' %s", PEN_STR_ARGS(path), why);
}

/* The files of the examples are made by commands of ours. */
static const char *maker_of(struct pen_str path, int trouble)
{
    const struct pen_str folder = PEN_STR("certs/dev/");
    if (trouble != ENOENT || pen_str_find_str(path, folder) == path.len) return "";
    return pen_str_ends(path, PEN_S("/jwks.json")) ? "; `penstock token --init` makes it"
                                                   : "; `penstock certs` makes it";
}

/* An open descriptor of a regular file, or -1 with the error written. */
static enum pen_status open_file(struct pen_reader *reader, const struct pen_json *value,
                                 struct pen_str path, bool is_private, int *out)
{
    /* O_NONBLOCK: a FIFO in its place must not keep us waiting. */
    const int fd = open(path.ptr, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        char why[128];
        struct pen_buf text = pen_buf_over(why, sizeof(why) - 1);
        const int trouble = errno;
        pen_buf_format(&text, "cannot be read: %s%s", strerror(trouble), maker_of(path, trouble));
        why[text.len] = '\0';
        return refuse_file(reader, value, path, why);
    }
    struct stat seen;
    const char *problem = NULL;
    if (fstat(fd, &seen) != 0 || !S_ISREG(seen.st_mode)) {
        problem = "is no regular file";
    } else if (is_private && (seen.st_mode & S_IRWXO) != 0) {
        problem = "holds a secret and is open to everyone on this machine; chmod 600 it";
    }
    if (problem == NULL) {
        *out = fd;
        return PEN_OK;
    }
    (void)close(fd);
    return refuse_file(reader, value, path, problem);
}

enum pen_status pen_reference_check_file(struct pen_reader *reader, const struct pen_json *value,
                                         struct pen_str path, bool is_private)
{
    if (!reader->options->look_at_files) return PEN_OK;

    int fd = -1;
    PEN_TRY(open_file(reader, value, path, is_private, &fd));
    (void)close(fd);
    return PEN_OK;
}

/* The errno of making or writing it; 0 = it can be written. */
static int output_trouble(struct pen_str path, char *folder)
{
    struct stat seen;
    if (stat(path.ptr, &seen) == 0) {
        if (S_ISDIR(seen.st_mode)) return EISDIR;
        return faccessat(AT_FDCWD, path.ptr, W_OK, AT_EACCESS) == 0 ? 0 : errno;
    }
    if (errno != ENOENT) return errno;

    size_t end = path.len;
    while (end > 0 && path.ptr[end - 1] != '/') {
        end--;
    }
    if (end == path.len) return EISDIR; /* no name behind the last slash */
    memcpy(folder, path.ptr, end);
    memcpy(folder + end, ".", sizeof("."));
    return faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) == 0 ? 0 : errno;
}

enum pen_status pen_reference_check_output(struct pen_reader *reader, const struct pen_json *value,
                                           struct pen_str path)
{
    if (!reader->options->look_at_files) return PEN_OK;

    char *const folder = pen_arena_bytes(reader->arena, path.len + sizeof("."));
    if (folder == NULL) return pen_reader_no_memory(reader);
    const int trouble = output_trouble(path, folder);
    if (trouble == 0) return PEN_OK;

    char why[128];
    struct pen_buf text = pen_buf_over(why, sizeof(why) - 1);
    pen_buf_format(&text, "cannot be written: %s", strerror(trouble));
    why[text.len] = '\0';
    return refuse_file(reader, value, path, why);
}

/* Up to `size` bytes; more than that fills it. -1 on an error. */
static ssize_t read_whole(int fd, char *bytes, size_t size)
{
    size_t have = 0;
    while (have < size) {
        const ssize_t got = read(fd, bytes + have, size - have);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return -1;
        if (got == 0) break;
        have += (size_t)got;
    }
    return (ssize_t)have;
}

enum pen_status pen_reference_file(struct pen_reader *reader, const struct pen_json *value,
                                   struct pen_str path, struct pen_str *out)
{
    if (!reader->options->look_at_files) {
        return pen_reader_fail(reader, value, "no file is read here: 'file:' cannot be resolved");
    }
    int fd = -1;
    PEN_TRY(open_file(reader, value, path, true, &fd));
    char *bytes = take_secret(reader, FILE_BYTES);
    const ssize_t got = bytes == NULL ? 0 : read_whole(fd, bytes, FILE_BYTES);
    (void)close(fd);
    if (bytes == NULL) return pen_reader_no_memory(reader);
    if (got < 0) return refuse_file(reader, value, path, "cannot be read");
    if ((size_t)got == FILE_BYTES) return refuse_file(reader, value, path, "is larger than 64 KiB");

    struct pen_str text = {bytes, (size_t)got};
    if (pen_str_ends(text, PEN_S("\n"))) text.len--;
    if (pen_str_ends(text, PEN_S("\r"))) text.len--;
    bytes[text.len] = '\0';
    *out = text;
    return PEN_OK;
}
