/**
 * Ordinary libcurl transfers in the control thread's loop.
 *
 * Everything that a transfer could be led astray by is off: redirects, proxies of the environment,
 * .netrc, other protocols, content codings, endless bodies.
 */
#include "gateway/fetch.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/log.h"

#define MOST_SOCKETS 64         /* transfers at a time; an issuer has one, SNS a few */
#define NEVER        UINT64_MAX /* due, for a timer that only keeps its place */

struct pen_fetch {
    struct pen_fetcher *fetcher;
    struct pen_fetch *next;
    CURL *easy;
    struct curl_slist *fields;
    struct curl_slist *connect;
    void (*done)(void *owner, const struct pen_fetch_answer *answer);
    void *owner;
    char *body;
    size_t body_len;
    size_t max_bytes;
    bool too_large;
    bool unwatched; /* a socket could not be watched: to be given up */
    uint32_t max_age_s;
    size_t etag_len;
    char etag[256];
    char curl_error[CURL_ERROR_SIZE];
};

struct fetch_socket {
    struct pen_watch watch;
    struct pen_fetcher *fetcher;
    bool used;
};

struct pen_fetcher {
    struct pen_loop *loop;
    CURLM *multi;
    struct pen_timer timer; /* always armed: setting it needs no memory */
    struct pen_fetch *running;
    struct fetch_socket sockets[MOST_SOCKETS];
};

static void free_fetch(struct pen_fetch *fetch)
{
    if (fetch->easy != NULL) {
        /* Fails only for a handle that was never added. */
        (void)curl_multi_remove_handle(fetch->fetcher->multi, fetch->easy);
        curl_easy_cleanup(fetch->easy);
    }
    curl_slist_free_all(fetch->fields);
    curl_slist_free_all(fetch->connect);
    free(fetch->body);
    free(fetch);
}

static void unlink_fetch(struct pen_fetch *fetch)
{
    struct pen_fetch **link = &fetch->fetcher->running;
    while (*link != fetch) {
        link = &(*link)->next;
    }
    *link = fetch->next;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    struct pen_fetch *const fetch = context;
    const size_t length = size * count;
    if (length > fetch->max_bytes - fetch->body_len) {
        fetch->too_large = true;
        return 0;
    }
    char *grown = realloc(fetch->body, fetch->body_len + length);
    if (grown == NULL) return 0;
    memcpy(grown + fetch->body_len, bytes, length);
    fetch->body = grown;
    fetch->body_len += length;
    return length;
}

/* "max-age=600" among the directives; 0 when there is none. */
static uint32_t read_max_age(struct pen_str value)
{
    const struct pen_str word = PEN_STR("max-age=");
    const size_t at = pen_str_find_str(value, word);
    if (at == value.len) return 0;

    size_t end = at + word.len;
    while (end < value.len && pen_is_digit(value.ptr[end])) {
        end++;
    }
    uint64_t seconds = 0;
    const enum pen_status status =
        pen_str_to_u64(pen_str_slice(value, at + word.len, end), &seconds);
    if (status == PEN_ERR_LIMIT || seconds > UINT32_MAX) return UINT32_MAX;
    return status == PEN_OK ? (uint32_t)seconds : 0;
}

static size_t take_field(char *bytes, size_t size, size_t count, void *context)
{
    struct pen_fetch *const fetch = context;
    struct pen_str line = {bytes, size * count};
    while (line.len > 0 && (line.ptr[line.len - 1] == '\n' || line.ptr[line.len - 1] == '\r')) {
        line.len--;
    }
    const size_t colon = pen_str_find(line, ':', 0);
    const struct pen_str name = pen_str_slice(line, 0, colon);
    const struct pen_str value = pen_str_trim(pen_str_slice(line, colon + 1, line.len));
    if (pen_str_equal_fold(name, PEN_S("cache-control"))) fetch->max_age_s = read_max_age(value);
    if (pen_str_equal_fold(name, PEN_S("etag")) && value.len <= sizeof(fetch->etag)) {
        memcpy(fetch->etag, value.ptr, value.len);
        fetch->etag_len = value.len;
    }
    return size * count;
}

static void answer(struct pen_fetch *fetch, CURLcode result)
{
    struct pen_fetch_answer answer = {
        .status = PEN_ERR_IO,
        .body = {fetch->body, fetch->body_len},
        .etag = {fetch->etag, fetch->etag_len},
        .max_age_s = fetch->max_age_s,
    };
    if (result != CURLE_OK) {
        pen_error_set(&answer.err, "%s",
                      fetch->too_large               ? "the document is too large"
                      : fetch->curl_error[0] != '\0' ? fetch->curl_error
                                                     : curl_easy_strerror(result));
    } else if (curl_easy_getinfo(fetch->easy, CURLINFO_RESPONSE_CODE, &answer.http_status)
                   != CURLE_OK
               || (answer.http_status != 200 && answer.http_status != 304)) {
        pen_error_set(&answer.err, "the server answered %ld", answer.http_status);
    } else {
        answer.status = PEN_OK;
    }
    unlink_fetch(fetch);
    fetch->done(fetch->owner, &answer);
    free_fetch(fetch);
}

static void read_messages(struct pen_fetcher *fetcher)
{
    int left = 0;
    for (CURLMsg *message; (message = curl_multi_info_read(fetcher->multi, &left)) != NULL;) {
        if (message->msg != CURLMSG_DONE) continue;
        char *context = NULL;
        const CURLcode result = message->data.result;
        if (curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &context) != CURLE_OK)
            abort();
        answer((struct pen_fetch *)(void *)context, result);
    }
}

/* libcurl gives up every transfer of a multi handle whose callback fails, and all later ones. So
 * the callbacks never fail: what they could not do ends the one transfer, from outside of them. */
static void end_unwatched(struct pen_fetcher *fetcher)
{
    for (struct pen_fetch *fetch = fetcher->running; fetch != NULL;) {
        struct pen_fetch *const next = fetch->next;
        if (fetch->unwatched) answer(fetch, CURLE_OUT_OF_MEMORY);
        fetch = next;
    }
}

static void act(struct pen_fetcher *fetcher, curl_socket_t fd, int events)
{
    int running = 0;
    const CURLMcode result = curl_multi_socket_action(fetcher->multi, fd, events, &running);
    if (result != CURLM_OK) {
        pen_log(PEN_LOG_ERROR, "transfers: %s", curl_multi_strerror(result));
    }
    read_messages(fetcher);
    end_unwatched(fetcher);
}

static void socket_ready(struct pen_watch *watch, uint32_t events)
{
    struct fetch_socket *const socket = PEN_CONTAINER_OF(watch, struct fetch_socket, watch);
    int action = 0;
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) action |= CURL_CSELECT_IN;
    if ((events & EPOLLOUT) != 0) action |= CURL_CSELECT_OUT;
    act(socket->fetcher, watch->fd, action);
}

static struct fetch_socket *find_socket(struct pen_fetcher *fetcher, curl_socket_t fd)
{
    struct fetch_socket *unused = NULL;
    for (size_t i = 0; i < MOST_SOCKETS; i++) {
        struct fetch_socket *const socket = &fetcher->sockets[i];
        if (socket->used && socket->watch.fd == fd) return socket;
        if (!socket->used) unused = socket;
    }
    if (unused == NULL) return NULL;
    *unused = (struct fetch_socket){
        .watch = {.fd = fd, .ready = socket_ready}, .fetcher = fetcher, .used = true};
    return unused;
}

static void give_up(CURL *easy)
{
    char *context = NULL;
    if (curl_easy_getinfo(easy, CURLINFO_PRIVATE, &context) != CURLE_OK) abort();
    ((struct pen_fetch *)(void *)context)->unwatched = true;
}

static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *socket_context)
{
    (void)socket_context;
    struct pen_fetcher *const fetcher = context;
    struct fetch_socket *const socket = find_socket(fetcher, fd);
    if (socket == NULL) {
        give_up(easy);
        return 0;
    }
    if (what == CURL_POLL_REMOVE) {
        pen_loop_unwatch(fetcher->loop, &socket->watch);
        socket->used = false;
        return 0;
    }
    const uint32_t events = what == CURL_POLL_IN    ? EPOLLIN
                            : what == CURL_POLL_OUT ? EPOLLOUT
                                                    : EPOLLIN | EPOLLOUT;
    if (pen_loop_watch(fetcher->loop, &socket->watch, events) != PEN_OK) give_up(easy);
    return 0;
}

static void set_due(struct pen_fetcher *fetcher, uint64_t due_ms)
{
    /* It is armed, or was until it fired just now. */
    if (pen_loop_arm(fetcher->loop, &fetcher->timer, due_ms) != PEN_OK) abort();
}

static int set_timer(CURLM *multi, long timeout_ms, void *context)
{
    (void)multi;
    struct pen_fetcher *const fetcher = context;
    set_due(fetcher,
            timeout_ms < 0 ? NEVER : pen_loop_now_ms(fetcher->loop) + (uint64_t)timeout_ms);
    return 0;
}

static void timer_fired(struct pen_timer *timer)
{
    struct pen_fetcher *const fetcher = PEN_CONTAINER_OF(timer, struct pen_fetcher, timer);
    set_due(fetcher, NEVER);
    act(fetcher, CURL_SOCKET_TIMEOUT, 0);
}

enum pen_status pen_fetcher_create(struct pen_loop *loop, struct pen_fetcher **out)
{
    /* Once per process; later calls count. Before any thread of ours runs. */
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return PEN_ERR_INTERNAL;

    struct pen_fetcher *fetcher = calloc(1, sizeof(*fetcher));
    if (fetcher == NULL) return PEN_ERR_NOMEM;
    fetcher->loop = loop;
    fetcher->timer.fired = timer_fired;
    fetcher->multi = curl_multi_init();
    if (fetcher->multi == NULL || pen_loop_arm(loop, &fetcher->timer, NEVER) != PEN_OK
        || curl_multi_setopt(fetcher->multi, CURLMOPT_SOCKETFUNCTION, watch_socket) != CURLM_OK
        || curl_multi_setopt(fetcher->multi, CURLMOPT_SOCKETDATA, fetcher) != CURLM_OK
        || curl_multi_setopt(fetcher->multi, CURLMOPT_TIMERFUNCTION, set_timer) != CURLM_OK
        || curl_multi_setopt(fetcher->multi, CURLMOPT_TIMERDATA, fetcher) != CURLM_OK) {
        pen_fetcher_destroy(fetcher);
        return PEN_ERR_NOMEM;
    }
    *out = fetcher;
    return PEN_OK;
}

void pen_fetcher_destroy(struct pen_fetcher *fetcher)
{
    if (fetcher == NULL) return;

    while (fetcher->running != NULL) {
        struct pen_fetch *const fetch = fetcher->running;
        fetcher->running = fetch->next;
        free_fetch(fetch);
    }
    if (fetcher->multi != NULL) {
        (void)curl_multi_setopt(fetcher->multi, CURLMOPT_TIMERFUNCTION, NULL);
        (void)curl_multi_cleanup(fetcher->multi);
    }
    pen_loop_disarm(fetcher->loop, &fetcher->timer);
    free(fetcher);
}

static bool is_loopback(struct pen_str url)
{
    return pen_str_starts(url, PEN_S("http://127.")) || pen_str_starts(url, PEN_S("http://[::1]"))
           || pen_str_starts(url, PEN_S("http://localhost"));
}

static bool set_options(struct pen_fetch *fetch, const struct pen_fetch_options *options)
{
    CURL *const easy = fetch->easy;
    CURLcode result = CURLE_OK;
#define SET(option, value) \
    if (result == CURLE_OK) result = curl_easy_setopt(easy, option, value)
    SET(CURLOPT_URL, options->url.ptr);
    SET(CURLOPT_PROTOCOLS_STR, is_loopback(options->url) ? "https,http" : "https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_NOPROXY, "*");
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)options->connect_timeout_ms);
    SET(CURLOPT_TIMEOUT_MS, (long)options->timeout_ms);
    SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)options->max_bytes);
    SET(CURLOPT_WRITEFUNCTION, take_body);
    SET(CURLOPT_WRITEDATA, fetch);
    SET(CURLOPT_HEADERFUNCTION, take_field);
    SET(CURLOPT_HEADERDATA, fetch);
    SET(CURLOPT_ERRORBUFFER, fetch->curl_error);
    SET(CURLOPT_PRIVATE, fetch);
    SET(CURLOPT_HTTPHEADER, fetch->fields);
    SET(CURLOPT_CONNECT_TO, fetch->connect);
    if (options->ca.len > 0) {
        SET(CURLOPT_CAINFO, options->ca.ptr);
        SET(CURLOPT_CAPATH, NULL);
    }
#undef SET
    return result == CURLE_OK;
}

/* A line of two texts for one of libcurl's lists. */
static bool add_line(struct curl_slist **list, const char *start, struct pen_str rest)
{
    char memory[320];
    struct pen_buf line = pen_buf_over(memory, sizeof(memory));
    pen_buf_put(&line, pen_str_from_c(start));
    pen_buf_put(&line, rest);
    pen_buf_byte(&line, '\0');
    struct curl_slist *const longer = line.full ? NULL : curl_slist_append(*list, memory);
    if (longer == NULL) return false;
    *list = longer;
    return true;
}

static bool set_lists(struct pen_fetch *fetch, const struct pen_fetch_options *options)
{
    const char *const accept =
        options->accept != NULL ? options->accept : "application/json, application/jwk-set+json";
    if (!add_line(&fetch->fields, "Accept: ", pen_str_from_c(accept))) return false;
    if (options->etag.len > 0 && !add_line(&fetch->fields, "If-None-Match: ", options->etag)) {
        return false;
    }
    return options->connect.len == 0 || add_line(&fetch->connect, "::", options->connect);
}

enum pen_status pen_fetch_start(struct pen_fetcher *fetcher,
                                const struct pen_fetch_options *options,
                                void (*done)(void *owner, const struct pen_fetch_answer *answer),
                                void *owner)
{
    struct pen_fetch *fetch = calloc(1, sizeof(*fetch));
    if (fetch == NULL) return PEN_ERR_NOMEM;

    fetch->fetcher = fetcher;
    fetch->done = done;
    fetch->owner = owner;
    fetch->max_bytes = options->max_bytes;
    fetch->easy = curl_easy_init();
    if (fetch->easy == NULL || !set_lists(fetch, options) || !set_options(fetch, options)
        || curl_multi_add_handle(fetcher->multi, fetch->easy) != CURLM_OK) {
        free_fetch(fetch);
        return PEN_ERR_NOMEM;
    }
    fetch->next = fetcher->running;
    fetcher->running = fetch;
    return PEN_OK;
}

void pen_fetch_forget(struct pen_fetcher *fetcher, const void *owner)
{
    for (struct pen_fetch **link = &fetcher->running; *link != NULL;) {
        struct pen_fetch *const fetch = *link;
        if (fetch->owner != owner) {
            link = &fetch->next;
            continue;
        }
        *link = fetch->next;
        free_fetch(fetch);
    }
}
