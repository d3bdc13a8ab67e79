/**
 * Workers fill their queues; one thread writes what is in them.
 *
 * The thread looks every few milliseconds instead of being woken: a wake would be a system call on
 * the way of an event. The output may be slow, full or gone: then queues fill, workers count, and
 * nothing waits.
 */
#include "gateway/record/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "gateway/log.h"
#include "gateway/record/audit_line.h"

#define QUEUE_BYTES ((size_t)4 << 20) /* per worker: about 8,000 records */
#define BATCH_BYTES ((size_t)256 << 10)
#define TICK_MS     20
#define ROOM_BYTES  ((size_t)2 * PEN_AUDIT_LINE)

struct output {
    int fd; /* -1: off */
    bool owned;
    bool may_block; /* standard output: its mode is shared with whoever else has it */
    bool torn;      /* the file's last line has no end: a process was killed while it wrote */
};

struct pen_audit {
    struct pen_queue **queues;
    size_t count;
    atomic_uint_fast64_t *dropped; /* per worker */
    atomic_uint_fast64_t written;
    atomic_uint_fast64_t failed;
    atomic_bool failing; /* the latest write did not go */
    pthread_t thread;
    bool started;
    atomic_bool stopping;
    atomic_int stop_ms;
    pthread_mutex_t lock; /* of `output` and `reopened`: control and writer thread only */
    struct output output;
    struct output old; /* replaced by a reload: closed by the writer */
    bool reopened;
    bool complained;
    char *batch;
    size_t batch_len;
    size_t batch_at;
};

/* Does a file of records end within one? What may not be read is taken to be whole. */
static bool is_torn(struct pen_str path, int fd)
{
    struct stat status;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0) return false;

    char last = '\n';
    const int reader = open(path.ptr, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (reader < 0) return false;
    const bool read = pread(reader, &last, 1, status.st_size - 1) == 1;
    close(reader);
    return read && last != '\n';
}

static bool is_same_file(int a, int b)
{
    struct stat one;
    struct stat other;
    return a >= 0 && b >= 0 && fstat(a, &one) == 0 && fstat(b, &other) == 0
           && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

static enum pen_status open_output(const struct pen_config_audit *config, struct output *out,
                                   struct pen_error *err)
{
    *out = (struct output){.fd = -1};
    if (config->file.len == 0) return PEN_OK;
    if (pen_str_equal(config->file, PEN_S("-"))) {
        out->fd = STDOUT_FILENO;
        out->may_block = true;
        return PEN_OK;
    }
    /* Non-blocking, so that a pipe or FIFO that nobody reads stops nobody. */
    const int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    out->fd = open(config->file.ptr, flags, 0600);
    if (out->fd < 0) {
        pen_error_set(err, "audit.file: cannot write %.*s: %s", PEN_STR_ARGS(config->file),
                      strerror(errno));
        return PEN_ERR_IO;
    }
    out->owned = true;
    out->torn = is_torn(config->file, out->fd);
    return PEN_OK;
}

static void close_output(struct output *output)
{
    if (output->owned && output->fd >= 0 && close(output->fd) != 0) {
        pen_log(PEN_LOG_WARNING, "audit: close: %s", strerror(errno));
    }
    *output = (struct output){.fd = -1};
}

/* What is to be written begins on a line of its own. */
static void end_torn_line(struct pen_audit *audit)
{
    memmove(audit->batch + 1, audit->batch, audit->batch_len);
    audit->batch[0] = '\n';
    audit->batch_len++;
    audit->output.torn = false;
}

/* Collect records of all queues into the batch, which has one byte more for end_torn_line. */
static void collect(struct pen_audit *audit)
{
    for (size_t i = 0; i < audit->count; i++) {
        struct pen_str record;
        while (pen_queue_peek(audit->queues[i], &record)
               && record.len <= BATCH_BYTES - audit->batch_len) {
            memcpy(audit->batch + audit->batch_len, record.ptr, record.len);
            audit->batch_len += record.len;
            pen_queue_drop(audit->queues[i]);
            atomic_fetch_add_explicit(&audit->written, 1, memory_order_relaxed);
        }
    }
}

static void complain(struct pen_audit *audit, const char *what)
{
    atomic_fetch_add_explicit(&audit->failed, 1, memory_order_relaxed);
    atomic_store_explicit(&audit->failing, true, memory_order_relaxed);
    if (audit->complained) return;
    audit->complained = true;
    pen_log(PEN_LOG_ERROR, "audit: cannot write: %s; records wait and then are dropped", what);
}

/* As `write`, but EAGAIN instead of waiting: PIPE_BUF bytes go where poll says that any do. */
static ssize_t put_bytes(struct output output, const char *bytes, size_t length)
{
    if (!output.may_block) return write(output.fd, bytes, length);

    struct pollfd room = {.fd = output.fd, .events = POLLOUT};
    const int ready = poll(&room, 1, 0);
    if (ready < 0) return -1;
    if (ready == 0) {
        errno = EAGAIN;
        return -1;
    }
    return write(output.fd, bytes, length < PIPE_BUF ? length : PIPE_BUF);
}

/* Write as much of the batch as goes now. True when all of it is out. */
static bool write_batch(struct pen_audit *audit, struct output output)
{
    while (audit->batch_at < audit->batch_len) {
        const ssize_t put =
            put_bytes(output, audit->batch + audit->batch_at, audit->batch_len - audit->batch_at);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) {
            if (errno != EAGAIN) complain(audit, strerror(errno));
            return false;
        }
        audit->batch_at += (size_t)put;
        audit->complained = false;
        atomic_store_explicit(&audit->failing, false, memory_order_relaxed);
    }
    audit->batch_len = audit->batch_at = 0;
    return true;
}

static struct output current_output(struct pen_audit *audit)
{
    if (pthread_mutex_lock(&audit->lock) != 0) abort();
    /* A line that was begun in the old file is finished there. */
    if (audit->reopened && audit->batch_at == 0) {
        close_output(&audit->old);
        audit->reopened = false;
        if (audit->output.torn) end_torn_line(audit);
    }
    const struct output output = audit->reopened ? audit->old : audit->output;
    if (pthread_mutex_unlock(&audit->lock) != 0) abort();
    return output;
}

static bool drain(struct pen_audit *audit)
{
    for (;;) {
        const struct output output = current_output(audit);
        if (audit->batch_len == 0) collect(audit);
        if (audit->batch_len == 0) return true;
        if (output.fd < 0) {
            audit->batch_len = audit->batch_at = 0; /* off: nothing was asked for */
            continue;
        }
        if (!write_batch(audit, output)) return false;
    }
}

static void pause_ms(long milliseconds)
{
    const struct timespec tick = {.tv_nsec = milliseconds * 1000000};
    (void)nanosleep(&tick, NULL); /* cut short by a signal is as good */
}

static void *run(void *argument)
{
    struct pen_audit *const audit = argument;
    while (!atomic_load_explicit(&audit->stopping, memory_order_acquire)) {
        (void)drain(audit);
        pause_ms(TICK_MS);
    }
    const int stop_ms = atomic_load_explicit(&audit->stop_ms, memory_order_relaxed);
    for (int waited = 0; !drain(audit) && waited < stop_ms; waited += TICK_MS) {
        pause_ms(TICK_MS);
    }
    return NULL;
}

static void free_audit(struct pen_audit *audit)
{
    for (size_t i = 0; audit->queues != NULL && i < audit->count; i++) {
        pen_queue_destroy(audit->queues[i]);
    }
    close_output(&audit->old);
    close_output(&audit->output);
    free(audit->queues);
    free(audit->dropped);
    free(audit->batch);
    free(audit);
}

enum pen_status pen_audit_create(const struct pen_config_audit *config, size_t count,
                                 struct pen_audit **out, struct pen_error *err)
{
    pen_error_set(err, "audit: not enough memory");
    struct pen_audit *audit = calloc(1, sizeof(*audit));
    if (audit == NULL) return PEN_ERR_NOMEM;

    audit->count = count;
    audit->output.fd = audit->old.fd = -1;
    audit->lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    audit->queues = calloc(count, sizeof(struct pen_queue *));
    audit->dropped = calloc(count, sizeof(*audit->dropped));
    audit->batch = malloc(BATCH_BYTES + 1);
    enum pen_status status = audit->queues == NULL || audit->dropped == NULL || audit->batch == NULL
                                 ? PEN_ERR_NOMEM
                                 : PEN_OK;
    for (size_t i = 0; i < count && status == PEN_OK; i++) {
        status = pen_queue_create(QUEUE_BYTES, &audit->queues[i]);
    }
    if (status == PEN_OK) status = open_output(config, &audit->output, err);
    if (status == PEN_OK && audit->output.torn) end_torn_line(audit);
    if (status == PEN_OK && pthread_create(&audit->thread, NULL, run, audit) != 0) {
        pen_error_set(err, "audit: cannot start its thread");
        status = PEN_ERR_IO;
    }
    if (status != PEN_OK) {
        free_audit(audit);
        return status;
    }
    audit->started = true;
    *out = audit;
    return PEN_OK;
}

void pen_audit_destroy(struct pen_audit *audit, uint32_t timeout_ms)
{
    if (audit == NULL) return;

    atomic_store_explicit(&audit->stop_ms, (int)(timeout_ms & INT32_MAX), memory_order_relaxed);
    atomic_store_explicit(&audit->stopping, true, memory_order_release);
    if (audit->started && pthread_join(audit->thread, NULL) != 0) abort();
    free_audit(audit);
}

enum pen_status pen_audit_reopen(struct pen_audit *audit, const struct pen_config_audit *config,
                                 struct pen_error *err)
{
    struct output output;
    PEN_TRY(open_output(config, &output, err));
    if (pthread_mutex_lock(&audit->lock) != 0) abort();
    /* A line that the writer is in the middle of is not torn. */
    if (is_same_file(output.fd, audit->output.fd) || is_same_file(output.fd, audit->old.fd)) {
        output.torn = false;
    }
    if (audit->reopened) {
        /* Replaced before the writer came to use it: nothing was written there. */
        close_output(&audit->output);
    } else {
        audit->old = audit->output;
    }
    audit->output = output;
    audit->reopened = true;
    if (pthread_mutex_unlock(&audit->lock) != 0) abort();
    return PEN_OK;
}

bool pen_audit_has_room(const struct pen_audit *audit, size_t worker)
{
    return !atomic_load_explicit(&audit->failing, memory_order_relaxed)
           && pen_queue_waiting(audit->queues[worker]) + ROOM_BYTES < QUEUE_BYTES;
}

bool pen_audit_write(struct pen_audit *audit, const struct pen_config_audit *config,
                     const struct pen_audit_entry *entry)
{
    if (config->file.len == 0) return true;

    struct pen_queue *const queue = audit->queues[entry->worker];
    char *const memory = pen_queue_reserve(queue, PEN_AUDIT_LINE);
    if (memory != NULL) {
        struct pen_buf line = pen_buf_over(memory, PEN_AUDIT_LINE);
        pen_audit_line(&line, config, entry);
        if (!line.full) {
            pen_queue_commit(queue, line.len);
            return true;
        }
    }
    atomic_fetch_add_explicit(&audit->dropped[entry->worker], 1, memory_order_relaxed);
    return false;
}

struct pen_audit_counts pen_audit_counts(const struct pen_audit *audit)
{
    struct pen_audit_counts counts = {
        .written = atomic_load_explicit(&audit->written, memory_order_relaxed),
        .failed = atomic_load_explicit(&audit->failed, memory_order_relaxed),
    };
    for (size_t i = 0; i < audit->count; i++) {
        counts.dropped += atomic_load_explicit(&audit->dropped[i], memory_order_relaxed);
    }
    return counts;
}
