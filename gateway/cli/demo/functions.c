/** A worker in miniature: edge, listener, one answer. */
#include "gateway/cli/demo/functions.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/edge/edge.h"
#include "gateway/listener.h"
#include "gateway/sockets.h"

#define ANSWER_BYTES 512
#define TURN_MS      50 /* how soon a stop is noticed */

struct pen_demo_function {
    const char *name;
    struct pen_loop *loop;
    struct pen_edge *edge;
    struct pen_listener *listener;
    struct pen_metrics *metrics;
    struct pen_tls_server *tls;
    struct answer *replied; /* told by the listener in this turn */
    uint16_t port;
    pthread_t thread;
    bool started;
    atomic_bool stopping;
    atomic_size_t seen;
};

/* One request, in its arena. */
struct answer {
    struct pen_demo_function *function;
    struct pen_edge_connection *connection;
    struct pen_pair *pair;
    struct pen_reply reply;
    struct pen_event_field field;
    struct answer *next;
    size_t bytes;
    char text[ANSWER_BYTES];
};

static enum pen_edge_decision take(void *owner, struct pen_edge_connection *connection)
{
    struct answer *const answer = pen_arena_calloc(pen_edge_arena(connection), 1, sizeof(*answer));
    if (answer == NULL) return PEN_EDGE_REFUSE;

    answer->function = owner;
    answer->connection = connection;
    pen_edge_set_request(connection, answer);
    return PEN_EDGE_ADMIT;
}

static bool count_body(void *owner, struct pen_edge_connection *connection, struct pen_str bytes)
{
    (void)owner;
    ((struct answer *)pen_edge_request(connection))->bytes += bytes.len;
    return true;
}

static struct pen_pair *give_pair(void *owner, struct pen_edge_connection *connection)
{
    struct pen_demo_function *const function = owner;
    struct answer *const answer = pen_edge_request(connection);
    if (answer == NULL || pen_listener_take(function->listener, answer, &answer->pair) != PEN_OK) {
        return NULL;
    }
    return answer->pair;
}

static void ended(void *owner, struct pen_edge_connection *connection, enum pen_edge_end end,
                  const char *reason, int status, bool reusable)
{
    (void)end;
    (void)reason;
    (void)status;
    struct pen_demo_function *const function = owner;
    struct answer *const answer = pen_edge_request(connection);
    if (answer == NULL) return;

    for (struct answer **link = &function->replied; *link != NULL; link = &(*link)->next) {
        if (*link != answer) continue;
        *link = answer->next;
        break;
    }
    if (answer->pair != NULL) pen_listener_give(function->listener, answer->pair, reusable);
}

static void refuse(void *owner, struct pen_edge_connection *connection,
                   const struct pen_wire_refusal *refusal, struct pen_buf *out)
{
    (void)owner;
    (void)connection;
    pen_buf_format(out, "HTTP/1.1 %d Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                   refusal->status);
}

static void put_field(struct pen_buf *buf, const struct pen_wire_head *head, const char *name)
{
    const struct pen_event_field *const field = pen_wire_field_named(head, pen_str_from_c(name));
    if (field == NULL) return;
    pen_buf_format(buf, ",\"%s\":\"", name);
    pen_buf_json(buf, pen_str_slice(field->value, 0, 64));
    pen_buf_byte(buf, '"');
}

static void reply(void *owner, struct pen_edge_connection *connection)
{
    (void)owner;
    struct answer *const answer = pen_edge_request(connection);
    const struct pen_wire_head *const head = pen_edge_head(connection);
    struct pen_buf buf = pen_buf_over(answer->text, sizeof(answer->text));
    pen_buf_format(&buf, "{\"function\":\"%s\",\"event_bytes\":%zu", answer->function->name,
                   answer->bytes);
    put_field(&buf, head, "x-tenant");
    put_field(&buf, head, "authorization");
    put_field(&buf, head, "x-request-id");
    pen_buf_put(&buf, PEN_S("}\n"));
    atomic_fetch_add_explicit(&answer->function->seen, 1, memory_order_relaxed);

    answer->field = (struct pen_event_field){PEN_STR("Content-Type"), PEN_STR("application/json")};
    answer->reply = (struct pen_reply){
        .status = 200, .fields = &answer->field, .field_count = 1, .body = pen_buf_str(&buf)};
    pen_listener_reply(answer->pair, &answer->reply);
    pen_edge_answer(connection);
}

static const struct pen_edge_events edge_events = {.head = take,
                                                   .body = count_body,
                                                   .pair = give_pair,
                                                   .received = reply,
                                                   .ended = ended,
                                                   .refuse = refuse};

static void replied(void *request, bool whole)
{
    struct answer *const answer = request;
    if (!whole) return; /* the caller went away; the edge notices itself */
    answer->next = answer->function->replied;
    answer->function->replied = answer;
}

static void ready(struct pen_pair *pair, uint32_t events)
{
    pen_edge_pair_ready(pair->caller, events);
}

static const struct pen_listener_events listener_events = {.replied = replied, .ready = ready};

static void *run(void *argument)
{
    struct pen_demo_function *const function = argument;
    while (!atomic_load_explicit(&function->stopping, memory_order_acquire)) {
        const int wait_ms = pen_listener_busy(function->listener) ? 0 : TURN_MS;
        if (pen_loop_turn(function->loop, wait_ms) != PEN_OK) break;
        pen_listener_run(function->listener);
        while (function->replied != NULL) {
            struct answer *const answer = function->replied;
            function->replied = answer->next;
            pen_edge_replied(answer->connection);
        }
        pen_edge_sweep(function->edge);
    }
    return NULL;
}

static enum pen_status open_port(struct pen_demo_function *function, struct pen_error *err)
{
    const struct pen_config_listen listen = {.address = PEN_STR("127.0.0.1:0"),
                                             .host = PEN_STR("127.0.0.1")};
    int fd = -1;
    PEN_TRY(pen_socket_listen(&listen, &function->port, &fd, err));
    const struct pen_networks nobody = {.list = NULL};
    const struct pen_edge_entrance entrance = {.tls = function->tls, .proxies = &nobody};
    struct pen_edge_acceptor *acceptor = NULL;
    PEN_TRY(pen_edge_acceptor_create(fd, false, listen.address, &entrance, &acceptor));
    pen_edge_listen(function->edge, acceptor);
    return PEN_OK;
}

static enum pen_status prove_by_certificate(struct pen_demo_function *function, const char *folder,
                                            struct pen_error *err)
{
    char certificate[512];
    char key[512];
    char ca[512];
    const int lengths[] = {
        snprintf(certificate, sizeof(certificate), "%s/function.pem", folder),
        snprintf(key, sizeof(key), "%s/function.key", folder),
        snprintf(ca, sizeof(ca), "%s/ca.pem", folder),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(lengths); i++) {
        if (lengths[i] < 0 || (size_t)lengths[i] >= sizeof(ca)) return PEN_ERR_LIMIT;
    }
    const struct pen_tls_certificate identity = {.certificate = pen_str_from_c(certificate),
                                                 .key = pen_str_from_c(key)};
    const struct pen_tls_server_options options = {
        .certificates = &identity,
        .certificate_count = 1,
        .client_ca = pen_str_from_c(ca),
        .min_version = 13,
        .client_auth = PEN_CLIENT_AUTH_REQUIRED,
    };
    return pen_tls_server_create(&options, &function->tls, err);
}

static enum pen_status start(struct pen_demo_function *function, const char *folder,
                             struct pen_error *err)
{
    const struct pen_edge_options options = {
        .timeouts = {.handshake_ms = 5000,
                     .head_ms = 10000,
                     .body_ms = 10000,
                     .idle_ms = 60000,
                     .linger_ms = 1000},
        .exchange_ms = 60000,
        .limits = pen_wire_default_limits(),
        .connections = 64,
        .connection_requests = UINT32_MAX,
    };
    PEN_TRY(pen_metrics_create(1, &function->metrics));
    PEN_TRY(pen_loop_create(&function->loop));
    PEN_TRY(prove_by_certificate(function, folder, err));
    const struct pen_edge_shared shared = {.metrics = function->metrics};
    PEN_TRY(pen_edge_create(function->loop, &options, &edge_events, function, &shared, 0,
                            &function->edge));
    PEN_TRY(pen_listener_create(function->loop, &listener_events, &function->listener));
    PEN_TRY(open_port(function, err));
    if (pthread_create(&function->thread, NULL, run, function) != 0) return PEN_ERR_IO;
    function->started = true;
    return PEN_OK;
}

enum pen_status pen_demo_function_start(const char *name, const char *folder,
                                        struct pen_demo_function **out, struct pen_error *err)
{
    pen_error_set(err, "cannot start the function %s", name);
    struct pen_demo_function *function = calloc(1, sizeof(*function));
    if (function == NULL) return PEN_ERR_NOMEM;

    function->name = name;
    const enum pen_status status = start(function, folder, err);
    if (status != PEN_OK) {
        pen_demo_function_stop(function);
        return status;
    }
    *out = function;
    return PEN_OK;
}

uint16_t pen_demo_function_port(const struct pen_demo_function *function)
{
    return function->port;
}

size_t pen_demo_function_seen(const struct pen_demo_function *function)
{
    return atomic_load_explicit(&function->seen, memory_order_relaxed);
}

void pen_demo_function_stop(struct pen_demo_function *function)
{
    if (function == NULL) return;

    atomic_store_explicit(&function->stopping, true, memory_order_release);
    if (function->started && pthread_join(function->thread, NULL) != 0) abort();
    pen_edge_destroy(function->edge);
    pen_listener_destroy(function->listener);
    pen_tls_server_release(function->tls);
    pen_loop_destroy(function->loop);
    pen_metrics_destroy(function->metrics);
    free(function);
}
