/** Descriptors from 3 on, each known by the address that it is bound to. */
#include "gateway/handover.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/log.h"

#define FIRST_FD 3    /* SD_LISTEN_FDS_START */
#define MOST_FDS 1000 /* as many as there are listeners */

struct inherited {
    int fd;
    bool used;
    bool local; /* a Unix socket */
    struct pen_address address;
    uint16_t port;
    size_t path_len;
    char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
};

struct pen_handover {
    size_t count;
    struct inherited list[];
};

static bool read_number(const char *name, uint64_t *out)
{
    const char *const text = getenv(name);
    return text != NULL && pen_str_to_u64(pen_str_from_c(text), out) == PEN_OK;
}

static bool is_listening(int fd)
{
    int type = 0;
    int listening = 0;
    socklen_t size = sizeof(int);
    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM
           && getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening != 0;
}

static bool learn_address(struct inherited *socket)
{
    union {
        struct sockaddr any;
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
        struct sockaddr_un un;
    } name = {.any = {0}};
    socklen_t length = sizeof(name);
    if (getsockname(socket->fd, &name.any, &length) != 0) return false;

    if (name.any.sa_family == AF_INET) {
        socket->address = pen_address_of_ipv4(&name.in.sin_addr);
        socket->port = ntohs(name.in.sin_port);
        return true;
    }
    if (name.any.sa_family == AF_INET6) {
        memcpy(socket->address.bytes, &name.in6.sin6_addr, sizeof(socket->address.bytes));
        socket->port = ntohs(name.in6.sin6_port);
        return true;
    }
    const size_t before = offsetof(struct sockaddr_un, sun_path);
    if (name.any.sa_family != AF_UNIX || length <= before) return false;

    socket->local = true;
    socket->path_len = strnlen(name.un.sun_path, length - before);
    memcpy(socket->path, name.un.sun_path, socket->path_len);
    return socket->path_len > 0;
}

static bool prepare(struct inherited *socket)
{
    const int flags = fcntl(socket->fd, F_GETFL);
    return flags >= 0 && fcntl(socket->fd, F_SETFD, FD_CLOEXEC) == 0
           && fcntl(socket->fd, F_SETFL, flags | O_NONBLOCK) == 0 && is_listening(socket->fd)
           && learn_address(socket);
}

/* How many are ours; 0 also when they are meant for another process. */
static enum pen_status read_count(uint64_t *count, struct pen_error *err)
{
    uint64_t pid = 0;
    *count = 0;
    if (getenv("LISTEN_FDS") == NULL) return PEN_OK;
    if (getenv("LISTEN_PID") != NULL && !read_number("LISTEN_PID", &pid)) {
        pen_error_set(err, "LISTEN_PID is no process id");
        return PEN_ERR_INVALID;
    }
    if (pid != (uint64_t)getpid()) return PEN_OK;
    if (!read_number("LISTEN_FDS", count) || *count > MOST_FDS) {
        pen_error_set(err, "LISTEN_FDS is no number of sockets");
        return PEN_ERR_INVALID;
    }
    return PEN_OK;
}

static void clear_environment(void)
{
    /* They fail for malformed names only. */
    (void)unsetenv("LISTEN_PID");
    (void)unsetenv("LISTEN_FDS");
    (void)unsetenv("LISTEN_FDNAMES");
}

enum pen_status pen_handover_create(struct pen_handover **out, struct pen_error *err)
{
    uint64_t count = 0;
    PEN_TRY(read_count(&count, err));
    struct pen_handover *handover =
        calloc(1, sizeof(*handover) + (size_t)count * sizeof(handover->list[0]));
    if (handover == NULL) return PEN_ERR_NOMEM;

    for (int fd = FIRST_FD; fd < FIRST_FD + (int)count; fd++) {
        struct inherited *const socket = &handover->list[handover->count];
        *socket = (struct inherited){.fd = fd};
        if (prepare(socket)) {
            handover->count++;
        } else {
            pen_log(PEN_LOG_WARNING, "descriptor %d was handed over, but it does not listen", fd);
            close(fd);
        }
    }
    clear_environment();
    *out = handover;
    return PEN_OK;
}

void pen_handover_destroy(struct pen_handover *handover)
{
    for (size_t i = 0; handover != NULL && i < handover->count; i++) {
        close(handover->list[i].fd);
    }
    free(handover);
}

static bool is_of(const struct inherited *socket, const struct pen_config_listen *listen)
{
    if (listen->unix_path.len > 0) {
        return socket->local
               && pen_str_equal(listen->unix_path,
                                (struct pen_str){socket->path, socket->path_len});
    }
    struct pen_address address;
    return !socket->local && socket->port == listen->port
           && pen_address_read(listen->host, &address) == PEN_OK
           && memcmp(&address, &socket->address, sizeof(address)) == 0;
}

static size_t find(const struct pen_handover *handover, const struct pen_config_listen *listen)
{
    size_t i = 0;
    while (i < handover->count && !is_of(&handover->list[i], listen)) {
        i++;
    }
    return i;
}

bool pen_handover_has(const struct pen_handover *handover, const struct pen_config_listen *listen)
{
    return find(handover, listen) < handover->count;
}

int pen_handover_take(struct pen_handover *handover, const struct pen_config_listen *listen,
                      uint16_t *port)
{
    const size_t i = find(handover, listen);
    if (i == handover->count) return -1;

    struct inherited *const socket = &handover->list[i];
    const int fd = fcntl(socket->fd, F_DUPFD_CLOEXEC, 0);
    if (fd < 0) return -1;

    socket->used = true;
    if (!socket->local) *port = socket->port;
    return fd;
}

void pen_handover_report_unused(const struct pen_handover *handover)
{
    for (size_t i = 0; i < handover->count; i++) {
        const struct inherited *const socket = &handover->list[i];
        if (socket->used) continue;

        char memory[PEN_ADDRESS_BYTES + 6]; /* ":65535" */
        struct pen_buf where = pen_buf_over(memory, sizeof(memory));
        if (!socket->local) {
            pen_address_put(&where, &socket->address);
            pen_buf_format(&where, ":%u", (unsigned)socket->port);
        }
        pen_log(PEN_LOG_WARNING,
                "a socket on %.*s was handed over, but no listener has its address",
                (int)(socket->local ? socket->path_len : where.len),
                socket->local ? socket->path : memory);
    }
}
