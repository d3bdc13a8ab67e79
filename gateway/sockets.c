/** socket, bind, listen, and the sentence when one of them refuses. */
#include "gateway/sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/log.h"

#define BACKLOG 4096 /* the kernel cuts it to net.core.somaxconn */

static enum pen_status refused(struct pen_error *err, const struct pen_config_listen *listen,
                               const char *what)
{
    const char *hint = "";
    if (errno == EADDRINUSE) hint = "; another process listens there";
    if (errno == EACCES) hint = "; ports below 1024 need CAP_NET_BIND_SERVICE";
    if (errno == EADDRNOTAVAIL) hint = "; no interface of this machine has that address";
    pen_error_set(err, "cannot listen on %.*s: %s: %s%s", PEN_STR_ARGS(listen->address), what,
                  strerror(errno), hint);
    return PEN_ERR_IO;
}

static bool make_address(const struct pen_config_listen *listen, uint16_t port,
                         struct sockaddr_storage *address, socklen_t *length)
{
    memset(address, 0, sizeof(*address));
    struct sockaddr_in *in = (struct sockaddr_in *)address;
    if (inet_pton(AF_INET, listen->host.ptr, &in->sin_addr) == 1) {
        in->sin_family = AF_INET;
        in->sin_port = htons(port);
        *length = sizeof(*in);
        return true;
    }
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)address;
    if (inet_pton(AF_INET6, listen->host.ptr, &in6->sin6_addr) != 1) return false;
    in6->sin6_family = AF_INET6;
    in6->sin6_port = htons(port);
    *length = sizeof(*in6);
    return true;
}

static enum pen_status bind_inet(const struct pen_config_listen *listen, int fd, uint16_t *port,
                                 struct pen_error *err)
{
    const int on = 1;
    struct sockaddr_storage address;
    socklen_t length = 0;
    if (!make_address(listen, *port, &address, &length)) {
        errno = EINVAL;
        return refused(err, listen, "address");
    }
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0
        || setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) != 0
        || (address.ss_family == AF_INET6
            && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) != 0)) {
        return refused(err, listen, "socket options");
    }
    if (bind(fd, (const struct sockaddr *)&address, length) != 0) {
        return refused(err, listen, "bind");
    }
    if (getsockname(fd, (struct sockaddr *)&address, &length) != 0) {
        return refused(err, listen, "getsockname");
    }
    *port = ntohs(address.ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)&address)->sin6_port
                                                : ((const struct sockaddr_in *)&address)->sin_port);
    return PEN_OK;
}

/* A socket file that nobody answers on is what a crash leaves behind. */
static bool is_left_over(const struct sockaddr_un *address)
{
    const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (probe < 0) return false;

    const bool refused_there =
        connect(probe, (const struct sockaddr *)address, sizeof(*address)) != 0
        && errno == ECONNREFUSED;
    close(probe);
    return refused_there;
}

static enum pen_status bind_unix(const struct pen_config_listen *listen, int fd,
                                 struct pen_error *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (listen->unix_path.len >= sizeof(address.sun_path)) {
        errno = ENAMETOOLONG;
        return refused(err, listen, "path");
    }
    memcpy(address.sun_path, listen->unix_path.ptr, listen->unix_path.len);
    if (is_left_over(&address) && unlink(address.sun_path) != 0) {
        return refused(err, listen, "unlink");
    }
    /* Nobody may connect between bind and chmod: the mask closes the gap. */
    const mode_t mask = umask(0777);
    const int result = bind(fd, (const struct sockaddr *)&address, sizeof(address));
    (void)umask(mask);
    if (result != 0) return refused(err, listen, "bind");
    if (chmod(address.sun_path, listen->unix_mode) != 0) return refused(err, listen, "chmod");
    return PEN_OK;
}

enum pen_status pen_socket_listen(const struct pen_config_listen *listen_config, uint16_t *port,
                                  int *out, struct pen_error *err)
{
    const bool local = listen_config->unix_path.len > 0;
    const bool v6 = pen_str_find(listen_config->host, ':', 0) < listen_config->host.len;
    const int family = local ? AF_UNIX : v6 ? AF_INET6 : AF_INET;
    const int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return refused(err, listen_config, "socket");

    enum pen_status status =
        local ? bind_unix(listen_config, fd, err) : bind_inet(listen_config, fd, port, err);
    if (status == PEN_OK && listen(fd, BACKLOG) != 0)
        status = refused(err, listen_config, "listen");
    if (status != PEN_OK) {
        close(fd);
        return status;
    }
    *out = fd;
    return PEN_OK;
}

void pen_socket_warn_if_taken(const struct pen_config_listen *listen)
{
    const int on = 1;
    struct sockaddr_storage address;
    socklen_t length = 0;
    if (!make_address(listen, listen->port, &address, &length)) return;
    const int probe = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (probe < 0) return;

    const bool ready = setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0
                       && (address.ss_family != AF_INET6
                           || setsockopt(probe, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) == 0);
    if (ready && bind(probe, (const struct sockaddr *)&address, length) != 0
        && errno == EADDRINUSE) {
        pen_log(PEN_LOG_WARNING,
                "another process listens on %.*s already: each of the two gets some of the callers",
                PEN_STR_ARGS(listen->address));
    }
    close(probe);
}

void pen_socket_announce(const struct pen_config_listen *listen, uint16_t port)
{
    const char *const how = listen->tls ? "tls" : "plaintext";
    if (listen->unix_path.len > 0) {
        pen_log(PEN_LOG_NOTICE, "listening on %.*s (%s)", PEN_STR_ARGS(listen->address), how);
        return;
    }
    const bool v6 = pen_str_find(listen->host, ':', 0) < listen->host.len;
    pen_log(PEN_LOG_NOTICE, "listening on %s%.*s%s:%u (%s)", v6 ? "[" : "",
            PEN_STR_ARGS(listen->host), v6 ? "]" : "", port, how);
}

void pen_socket_raise_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        pen_log(PEN_LOG_WARNING, "the limit of open descriptors stays at %llu",
                (unsigned long long)limit.rlim_cur);
    }
}
