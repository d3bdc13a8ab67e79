/**
 * Three read-only pages. libmicrohttpd's own thread and accept loop are good enough here: the
 * listener is for operators on loopback, with few connections and short limits.
 */
#include "gateway/admin/admin.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/log.h"
#include "gateway/sockets.h"

#define CONNECTIONS 64
#define IDLE_S      10
#define WHY_BYTES   256

struct pen_admin {
    struct MHD_Daemon *daemon;
    const struct pen_metrics *metrics;
    struct pen_admin_hooks hooks;
    uint16_t port;
};

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned int status,
                              const char *type, struct pen_str body,
                              enum MHD_ResponseMemoryMode mode)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(body.len, (void *)(uintptr_t)body.ptr, mode);
    if (response == NULL) {
        if (mode == MHD_RESPMEM_MUST_FREE) free((void *)(uintptr_t)body.ptr);
        return MHD_NO;
    }
    enum MHD_Result result = MHD_NO;
    if (MHD_add_response_header(response, "Content-Type", type) == MHD_YES
        && MHD_add_response_header(response, "Cache-Control", "no-store") == MHD_YES
        && (status != 405 || MHD_add_response_header(response, "Allow", "GET, HEAD") == MHD_YES)) {
        result = MHD_queue_response(connection, status, response);
    }
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result plain(struct MHD_Connection *connection, unsigned int status,
                             struct pen_str text)
{
    return answer(connection, status, "text/plain; charset=utf-8", text, MHD_RESPMEM_MUST_COPY);
}

static enum MHD_Result show_metrics(struct pen_admin *admin, struct MHD_Connection *connection)
{
    if (admin->hooks.refresh != NULL) admin->hooks.refresh(admin->hooks.owner);
    char *text = NULL;
    size_t length = 0;
    if (pen_metrics_render(admin->metrics, &text, &length) != PEN_OK) {
        return plain(connection, 503, PEN_S("not enough memory\n"));
    }
    return answer(connection, 200, "text/plain; version=0.0.4; charset=utf-8",
                  (struct pen_str){text, length}, MHD_RESPMEM_MUST_FREE);
}

static enum MHD_Result show_readiness(struct pen_admin *admin, struct MHD_Connection *connection)
{
    char memory[WHY_BYTES];
    struct pen_buf why = pen_buf_over(memory, sizeof(memory) - 1);
    if (admin->hooks.ready == NULL || admin->hooks.ready(admin->hooks.owner, &why)) {
        return plain(connection, 200, PEN_S("ready\n"));
    }
    pen_buf_byte(&why, '\n');
    return plain(connection, 503, pen_buf_str(&why));
}

static enum MHD_Result handle(void *owner, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload_data,
                              size_t *upload_data_size, void **context)
{
    (void)version;
    (void)upload_data;
    struct pen_admin *const admin = owner;
    if (*context == NULL) {
        *context = admin;
        return MHD_YES;
    }
    if (*upload_data_size > 0) {
        *upload_data_size = 0; /* nothing here takes a body */
        return MHD_YES;
    }
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
        return plain(connection, 405, PEN_S("only GET and HEAD\n"));
    }
    if (strcmp(url, "/metrics") == 0) return show_metrics(admin, connection);
    if (strcmp(url, "/healthz") == 0) return plain(connection, 200, PEN_S("alive\n"));
    if (strcmp(url, "/readyz") == 0) return show_readiness(admin, connection);
    return plain(connection, 404, PEN_S("here are /metrics, /healthz and /readyz\n"));
}

enum pen_status pen_admin_start(const struct pen_config_listen *listen,
                                const struct pen_metrics *metrics,
                                const struct pen_admin_hooks *hooks, struct pen_admin **out,
                                struct pen_error *err)
{
    pen_error_set(err, "admin: not enough memory");
    struct pen_admin *admin = calloc(1, sizeof(*admin));
    if (admin == NULL) return PEN_ERR_NOMEM;

    admin->metrics = metrics;
    admin->hooks = *hooks;
    admin->port = listen->port;
    int fd = -1;
    const enum pen_status status = pen_socket_listen(listen, &admin->port, &fd, err);
    if (status != PEN_OK) {
        free(admin);
        return status;
    }
    admin->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, handle, admin, MHD_OPTION_LISTEN_SOCKET,
        (MHD_socket)fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned int)CONNECTIONS,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)IDLE_S, MHD_OPTION_END);
    if (admin->daemon == NULL) {
        pen_error_set(err, "admin: libmicrohttpd does not start on %.*s",
                      PEN_STR_ARGS(listen->address));
        close(fd);
        free(admin);
        return PEN_ERR_INTERNAL;
    }
    if (listen->unix_path.len > 0) {
        pen_log(PEN_LOG_NOTICE, "admin on %.*s", PEN_STR_ARGS(listen->address));
    } else {
        pen_log(PEN_LOG_NOTICE, "admin on %.*s:%u", PEN_STR_ARGS(listen->host), admin->port);
    }
    *out = admin;
    return PEN_OK;
}

uint16_t pen_admin_port(const struct pen_admin *admin)
{
    return admin->port;
}

void pen_admin_stop(struct pen_admin *admin)
{
    if (admin == NULL) return;

    MHD_stop_daemon(admin->daemon); /* closes the listening socket too */
    free(admin);
}
