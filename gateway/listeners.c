/** By listen index all of it: ports that 0 became, sockets that are kept here, those for workers.
 */
#include "gateway/listeners.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/log.h"
#include "gateway/sockets.h"

struct pen_listeners {
    const struct pen_config *config;
    struct pen_handover *handover;
    size_t workers;
    uint16_t *ports;
    int *shared;                       /* -1 = each worker has its own */
    struct pen_worker_socket *sockets; /* [worker][listen] */
};

static size_t count_of(const struct pen_listeners *listeners)
{
    return listeners == NULL ? 0 : listeners->config->listen_count;
}

/* The place of this address among the listeners, or their number. */
static size_t place_of(const struct pen_listeners *listeners, struct pen_str address)
{
    const size_t count = count_of(listeners);
    size_t i = 0;
    while (i < count && !pen_str_equal(listeners->config->listens[i].address, address)) {
        i++;
    }
    return i;
}

static bool has(const struct pen_listeners *listeners, struct pen_str address)
{
    return place_of(listeners, address) < count_of(listeners);
}

static bool is_handed_over(const struct pen_listeners *listeners,
                           const struct pen_config_listen *listen)
{
    return pen_handover_has(listeners->handover, listen);
}

/* The one socket that all workers share: handed over to us, or in the file system. */
static enum pen_status open_shared(struct pen_listeners *listeners, size_t i, struct pen_error *err)
{
    const struct pen_config_listen *const listen = &listeners->config->listens[i];
    int *const fd = &listeners->shared[i];
    if (!is_handed_over(listeners, listen)) {
        return pen_socket_listen(listen, &listeners->ports[i], fd, err);
    }
    *fd = pen_handover_take(listeners->handover, listen, &listeners->ports[i]);
    if (*fd >= 0) return PEN_OK;
    pen_error_set(err, "cannot use the socket handed over for %.*s: %s",
                  PEN_STR_ARGS(listen->address), strerror(errno));
    return PEN_ERR_IO;
}

/* Sockets of one new listener for all workers. */
static enum pen_status open_listener(struct pen_listeners *listeners, size_t i,
                                     struct pen_error *err)
{
    const struct pen_config_listen *const listen = &listeners->config->listens[i];
    const bool handed_over = is_handed_over(listeners, listen);
    const bool shared = listen->unix_path.len > 0 || handed_over;
    listeners->ports[i] = listen->port;
    if (shared) {
        PEN_TRY(open_shared(listeners, i, err));
    } else {
        pen_socket_warn_if_taken(listen);
    }
    for (size_t w = 0; w < listeners->workers; w++) {
        struct pen_worker_socket *const socket = &pen_listeners_of(listeners, w)[i];
        socket->kept = handed_over;
        if (!shared) {
            PEN_TRY(pen_socket_listen(listen, &listeners->ports[i], &socket->fd, err));
            continue;
        }
        socket->fd = fcntl(listeners->shared[i], F_DUPFD_CLOEXEC, 0);
        if (socket->fd < 0) {
            pen_error_set(err, "cannot duplicate the socket of %.*s: %s",
                          PEN_STR_ARGS(listen->address), strerror(errno));
            return PEN_ERR_IO;
        }
    }
    pen_socket_announce(listen, listeners->ports[i]);
    return PEN_OK;
}

static enum pen_status make(const struct pen_config *config, struct pen_handover *handover,
                            size_t workers, struct pen_listeners **out)
{
    struct pen_listeners *const listeners = calloc(1, sizeof(*listeners));
    if (listeners == NULL) return PEN_ERR_NOMEM;

    const size_t count = config->listen_count;
    *listeners = (struct pen_listeners){
        .config = config,
        .handover = handover,
        .workers = workers,
        .ports = calloc(count + 1, sizeof(*listeners->ports)),
        .shared = calloc(count + 1, sizeof(*listeners->shared)),
        .sockets = calloc(count * workers + 1, sizeof(*listeners->sockets)),
    };
    if (listeners->ports == NULL || listeners->shared == NULL || listeners->sockets == NULL) {
        pen_listeners_destroy(listeners);
        return PEN_ERR_NOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        listeners->shared[i] = -1;
    }
    for (size_t i = 0; i < count * workers; i++) {
        listeners->sockets[i].fd = -1;
    }
    *out = listeners;
    return PEN_OK;
}

enum pen_status pen_listeners_open(const struct pen_config *config,
                                   const struct pen_listeners *before,
                                   struct pen_handover *handover, size_t workers,
                                   struct pen_listeners **out, struct pen_error *err)
{
    struct pen_listeners *listeners = NULL;
    pen_error_set(err, "not enough memory");
    PEN_TRY(make(config, handover, workers, &listeners));
    for (size_t i = 0; i < config->listen_count; i++) {
        const size_t place = place_of(before, config->listens[i].address);
        if (place < count_of(before)) {
            listeners->ports[i] = before->ports[place];
            listeners->shared[i] = before->shared[place];
            continue;
        }
        const enum pen_status status = open_listener(listeners, i, err);
        if (status != PEN_OK) {
            pen_listeners_drop(listeners, before);
            return status;
        }
    }
    *out = listeners;
    return PEN_OK;
}

struct pen_worker_socket *pen_listeners_of(struct pen_listeners *listeners, size_t worker)
{
    return listeners->sockets + worker * listeners->config->listen_count;
}

/* The file of a socket of our own. */
static void remove_file(const struct pen_listeners *listeners,
                        const struct pen_config_listen *listen)
{
    if (listen->unix_path.len == 0 || is_handed_over(listeners, listen)) return;
    (void)unlink(listen->unix_path.ptr); /* somebody else may have tidied up already */
}

/* Those kept here for listeners that `other` does not have. */
static void close_shared(struct pen_listeners *listeners, const struct pen_listeners *other)
{
    for (size_t i = 0; i < count_of(listeners); i++) {
        const struct pen_config_listen *const listen = &listeners->config->listens[i];
        if (listeners->shared[i] < 0 || has(other, listen->address)) continue;

        remove_file(listeners, listen);
        close(listeners->shared[i]);
        listeners->shared[i] = -1;
    }
}

void pen_listeners_drop(struct pen_listeners *listeners, const struct pen_listeners *before)
{
    if (listeners == NULL) return;

    const size_t count = count_of(listeners) * listeners->workers;
    for (size_t i = 0; i < count; i++) {
        if (listeners->sockets[i].fd >= 0) close(listeners->sockets[i].fd);
    }
    close_shared(listeners, before);
    pen_listeners_destroy(listeners);
}

/* A Unix socket that goes on may have another mode now. */
static void change_modes(const struct pen_listeners *listeners, const struct pen_listeners *next)
{
    for (size_t i = 0; i < count_of(next); i++) {
        const struct pen_config_listen *const listen = &next->config->listens[i];
        const size_t place = place_of(listeners, listen->address);
        if (listen->unix_path.len == 0 || place == count_of(listeners)
            || is_handed_over(next, listen)
            || listeners->config->listens[place].unix_mode == listen->unix_mode) {
            continue;
        }
        if (chmod(listen->unix_path.ptr, listen->unix_mode) != 0) {
            pen_log(PEN_LOG_ERROR, "cannot change the mode of %.*s: %s",
                    PEN_STR_ARGS(listen->address), strerror(errno));
        }
    }
}

void pen_listeners_leave(struct pen_listeners *listeners, const struct pen_listeners *next)
{
    if (listeners == NULL) return;

    change_modes(listeners, next);
    close_shared(listeners, next);
}

void pen_listeners_destroy(struct pen_listeners *listeners)
{
    if (listeners == NULL) return;

    free(listeners->ports);
    free(listeners->shared);
    free(listeners->sockets);
    free(listeners);
}
