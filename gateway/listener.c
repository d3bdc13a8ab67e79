/**
 * The one file that knows libmicrohttpd on the way of events.
 *
 * The daemon has no listening socket and no thread: MHD_run is called when a reply was queued or
 * more of one has come, or when its epoll descriptor is ready. That hangs in the worker's loop only
 * while some reply has not gone out whole in one go: otherwise each pair that is read, and has room
 * again, would wake the worker for nothing. Its error log is off: on a socket pair it writes three
 * lines a reply about TCP options.
 */
#include "gateway/listener.h"

#include <assert.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define IDLE_PAIRS      256   /* kept for the next requests; more are closed */
#define CONNECTION_POOL 16384 /* libmicrohttpd's memory per connection: read and write buffer */
#define STREAM_BLOCK    16384 /* what it asks a streamed body for at a time: one TLS record */
#define MAX_RUNS        4     /* replies queued by callbacks within one run */

struct inner {
    struct pen_pair pair; /* first: callbacks get a pen_pair */
    struct pen_listener *listener;
    struct MHD_Connection *connection; /* of the request at work */
    const struct pen_reply *reply;
    struct inner *next;       /* while idle */
    struct inner *next_fresh; /* while libmicrohttpd has not spoken of its connection */
    int far_fd;               /* libmicrohttpd's end: by it the connection finds its pair */
    bool replying;            /* libmicrohttpd has a reply that it has not finished with */
    bool suspended;
    bool open;  /* libmicrohttpd still has its end */
    bool given; /* the edge is done with it and it is not idle: free it when libmicrohttpd is too */
};

struct pen_listener {
    struct pen_loop *loop;
    const struct pen_listener_events *events;
    struct MHD_Daemon *daemon;
    struct pen_watch watch; /* the daemon's epoll descriptor */
    struct inner *fresh;    /* handed over, and not yet met as connections */
    struct inner *idle;
    size_t idle_count;
    size_t replying_count;
    bool touched;
    bool running;
};

static struct inner *inner_of(struct pen_pair *pair)
{
    return PEN_CONTAINER_OF(pair, struct inner, pair);
}

/* Close the edge's end; the memory goes when libmicrohttpd has noticed. */
static void close_inner(struct inner *inner)
{
    struct pen_listener *const listener = inner->listener;
    inner->given = true;
    inner->pair.request = NULL;
    if (inner->pair.watch.fd >= 0) {
        pen_loop_forget(listener->loop, &inner->pair.watch);
        close(inner->pair.watch.fd);
        inner->pair.watch.fd = -1;
    }
    if (!inner->open) {
        free(inner);
        return;
    }
    if (inner->suspended) {
        inner->suspended = false;
        MHD_resume_connection(inner->connection);
    }
    listener->touched = true;
}

static void pair_ready(struct pen_watch *watch, uint32_t events)
{
    struct inner *const inner = inner_of(PEN_CONTAINER_OF(watch, struct pen_pair, watch));
    if (inner->pair.caller != NULL) {
        inner->listener->events->ready(&inner->pair, events);
        return;
    }
    /* Nothing is ever said on an idle pair but its end. */
    struct pen_listener *const listener = inner->listener;
    for (struct inner **link = &listener->idle; *link != NULL; link = &(*link)->next) {
        if (*link != inner) continue;
        *link = inner->next;
        listener->idle_count--;
        break;
    }
    close_inner(inner);
}

/*
 * The pair that a new connection belongs to. Version 0.9 asks within MHD_add_connection,
 * version 1.0 only when it runs, and then for several pairs; the descriptor is what tells them
 * apart.
 */
static struct inner *take_fresh(struct pen_listener *listener, int far_fd)
{
    for (struct inner **link = &listener->fresh; *link != NULL; link = &(*link)->next_fresh) {
        struct inner *const inner = *link;
        if (inner->far_fd != far_fd) continue;
        *link = inner->next_fresh;
        return inner;
    }
    return NULL;
}

static void connection_started(struct pen_listener *listener, struct MHD_Connection *connection,
                               void **context)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct inner *const inner = info == NULL ? NULL : take_fresh(listener, info->connect_fd);
    assert(inner != NULL); /* there are no connections but those that open_pair has made */
    inner->connection = connection;
    *context = inner;
}

static void connection_changed(void *owner, struct MHD_Connection *connection, void **context,
                               enum MHD_ConnectionNotificationCode code)
{
    struct pen_listener *const listener = owner;
    switch (code) {
    case MHD_CONNECTION_NOTIFY_STARTED:
        connection_started(listener, connection, context);
        return;
    case MHD_CONNECTION_NOTIFY_CLOSED:
        break;
    }
    struct inner *const inner = *context;
    inner->open = false;
    if (inner->given) free(inner);
}

static ssize_t read_stream(void *context, uint64_t position, char *into, size_t room)
{
    (void)position;
    struct inner *const inner = context;
    if (inner->given) return MHD_CONTENT_READER_END_WITH_ERROR;

    const ssize_t got = inner->reply->read(inner->pair.request, into, room);
    if (got == -1) return MHD_CONTENT_READER_END_OF_STREAM;
    if (got < 0) return MHD_CONTENT_READER_END_WITH_ERROR;
    if (got == 0) {
        inner->suspended = true;
        MHD_suspend_connection(inner->connection);
    }
    return got;
}

static struct MHD_Response *make_response(struct inner *inner)
{
    const struct pen_reply *const reply = inner->reply;
    struct MHD_Response *response = NULL;
    if (reply->read != NULL || reply->no_body) {
        const uint64_t size = reply->length == UINT64_MAX ? MHD_SIZE_UNKNOWN : reply->length;
        response = MHD_create_response_from_callback(size, STREAM_BLOCK, read_stream, inner, NULL);
    } else {
        response = MHD_create_response_from_buffer(
            reply->body.len, (void *)(uintptr_t)reply->body.ptr, MHD_RESPMEM_PERSISTENT);
    }
    /* HTTP/1.0 knows no chunks. And libmicrohttpd ends a chunked answer to HEAD with a last chunk,
     * which HEAD must not have: the next reply would begin with it. */
    const bool by_close = reply->length == UINT64_MAX && (reply->no_body || reply->no_chunks);
    if (response != NULL && by_close
        && MHD_set_response_options(response, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END)
               == MHD_NO) {
        MHD_destroy_response(response);
        return NULL;
    }
    for (size_t i = 0; response != NULL && i < reply->field_count; i++) {
        if (MHD_add_response_header(response, reply->fields[i].name.ptr, reply->fields[i].value.ptr)
            == MHD_NO) {
            MHD_destroy_response(response);
            return NULL;
        }
    }
    return response;
}

static enum MHD_Result queue_reply(struct inner *inner)
{
    struct MHD_Response *response = make_response(inner);
    if (response == NULL) return MHD_NO;

    const enum MHD_Result result =
        MHD_queue_response(inner->connection, (unsigned int)inner->reply->status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result access_handler(void *owner, struct MHD_Connection *connection,
                                      const char *url, const char *method, const char *version,
                                      const char *upload_data, size_t *upload_data_size,
                                      void **request_context)
{
    (void)url;
    (void)method;
    (void)version;
    (void)upload_data;
    (void)upload_data_size;
    struct pen_listener *const listener = owner;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    if (info == NULL) return MHD_NO;

    struct inner *const inner = info->socket_context;
    if (inner->given) return MHD_NO;

    if (*request_context == NULL) {
        *request_context = inner;
        return MHD_YES;
    }
    assert(*upload_data_size == 0); /* no head that is written into a pair announces a body */
    if (inner->reply == NULL) return MHD_NO; /* none is written before there is a reply */
    inner->replying = true;
    listener->replying_count++;
    return queue_reply(inner);
}

static void request_completed(void *owner, struct MHD_Connection *connection,
                              void **request_context, enum MHD_RequestTerminationCode code)
{
    (void)connection;
    struct pen_listener *const listener = owner;
    struct inner *const inner = *request_context;
    *request_context = NULL;
    if (inner != NULL && inner->replying) {
        inner->replying = false;
        listener->replying_count--;
    }
    if (inner == NULL || inner->given || inner->pair.request == NULL) return;

    inner->reply = NULL;
    listener->events->replied(inner->pair.request, code == MHD_REQUEST_TERMINATED_COMPLETED_OK);
}

static void daemon_ready(struct pen_watch *watch, uint32_t events)
{
    (void)events;
    PEN_CONTAINER_OF(watch, struct pen_listener, watch)->touched = true;
}

enum pen_status pen_listener_create(struct pen_loop *loop, const struct pen_listener_events *events,
                                    struct pen_listener **out)
{
    struct pen_listener *listener = calloc(1, sizeof(*listener));
    if (listener == NULL) return PEN_ERR_NOMEM;

    listener->loop = loop;
    listener->events = events;
    listener->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME
            | MHD_USE_SUPPRESS_DATE_NO_CLOCK,
        0, NULL, NULL, access_handler, listener, MHD_OPTION_NOTIFY_COMPLETED, request_completed,
        listener, MHD_OPTION_NOTIFY_CONNECTION, connection_changed, listener,
        MHD_OPTION_CONNECTION_LIMIT, 65536U, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_POOL, MHD_OPTION_CONNECTION_TIMEOUT, 0U, MHD_OPTION_END);
    const union MHD_DaemonInfo *info =
        listener->daemon == NULL ? NULL
                                 : MHD_get_daemon_info(listener->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    if (info == NULL) {
        pen_listener_destroy(listener);
        return PEN_ERR_INTERNAL;
    }
    listener->watch = (struct pen_watch){.fd = info->epoll_fd, .ready = daemon_ready};
    *out = listener;
    return PEN_OK;
}

void pen_listener_destroy(struct pen_listener *listener)
{
    if (listener == NULL) return;

    while (listener->idle != NULL) {
        struct inner *const inner = listener->idle;
        listener->idle = inner->next;
        close_inner(inner);
    }
    pen_loop_unwatch(listener->loop, &listener->watch);
    if (listener->daemon != NULL) MHD_stop_daemon(listener->daemon);
    while (listener->fresh != NULL) {
        free(take_fresh(listener, listener->fresh->far_fd));
    }
    free(listener);
}

static enum pen_status open_pair(struct pen_listener *listener, struct inner **out)
{
    struct inner *inner = calloc(1, sizeof(*inner));
    if (inner == NULL) return PEN_ERR_NOMEM;

    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) {
        free(inner);
        return PEN_ERR_IO;
    }
    inner->listener = listener;
    inner->open = true;
    inner->pair.watch = (struct pen_watch){.fd = ends[0], .ready = pair_ready};
    inner->far_fd = ends[1];
    inner->next_fresh = listener->fresh;
    listener->fresh = inner;
    const struct sockaddr nowhere = {.sa_family = AF_UNIX};
    const bool watched = pen_loop_watch(listener->loop, &inner->pair.watch, EPOLLIN) == PEN_OK;
    if (!watched
        || MHD_add_connection(listener->daemon, ends[1], &nowhere, sizeof(nowhere)) == MHD_NO) {
        /* libmicrohttpd closes its end itself, also when it refuses the connection. */
        if (!watched) close(ends[1]);
        pen_loop_unwatch(listener->loop, &inner->pair.watch);
        close(ends[0]);
        (void)take_fresh(listener, inner->far_fd);
        free(inner);
        return PEN_ERR_IO;
    }
    *out = inner;
    return PEN_OK;
}

enum pen_status pen_listener_take(struct pen_listener *listener, void *request,
                                  struct pen_pair **out)
{
    struct inner *inner = listener->idle;
    if (inner != NULL) {
        listener->idle = inner->next;
        listener->idle_count--;
    } else {
        PEN_TRY(open_pair(listener, &inner));
    }
    inner->next = NULL;
    inner->reply = NULL;
    inner->pair.request = request;
    *out = &inner->pair;
    return PEN_OK;
}

void pen_listener_give(struct pen_listener *listener, struct pen_pair *pair, bool reusable)
{
    struct inner *const inner = inner_of(pair);
    pair->caller = NULL;
    pair->request = NULL;
    if (!reusable || !inner->open || listener->idle_count >= IDLE_PAIRS) {
        close_inner(inner);
        return;
    }
    inner->next = listener->idle;
    listener->idle = inner;
    listener->idle_count++;
}

void pen_listener_reply(struct pen_pair *pair, const struct pen_reply *reply)
{
    struct inner *const inner = inner_of(pair);
    inner->reply = reply;
    inner->listener->touched = true;
}

void pen_listener_more(struct pen_pair *pair)
{
    struct inner *const inner = inner_of(pair);
    if (inner->suspended) {
        inner->suspended = false;
        MHD_resume_connection(inner->connection);
    }
    inner->listener->touched = true;
}

bool pen_listener_busy(const struct pen_listener *listener)
{
    return listener->touched;
}

static void watch_what_is_left(struct pen_listener *listener)
{
    const uint32_t events = listener->replying_count > 0 ? EPOLLIN : 0;
    /* Without a watch it is asked in each turn. */
    if (pen_loop_watch(listener->loop, &listener->watch, events) != PEN_OK) {
        listener->touched = true;
    }
}

void pen_listener_run(struct pen_listener *listener)
{
    if (!listener->touched || listener->running) return;

    for (int i = 0; listener->touched && i < MAX_RUNS; i++) {
        listener->touched = false;
        listener->running = true;
        /* MHD_NO only for a daemon with threads of its own. */
        (void)MHD_run(listener->daemon);
        listener->running = false;

        /* A connection that it has not finished with is on no descriptor's account. */
        MHD_UNSIGNED_LONG_LONG wait_ms = 1;
        if (MHD_get_timeout(listener->daemon, &wait_ms) == MHD_YES && wait_ms == 0) {
            listener->touched = true;
        }
    }
    watch_what_is_left(listener);
}
