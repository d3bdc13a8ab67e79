/** An event through libcurl, its faults, and what is counted. */
#include "bench/load/exchange.h"

#include <string.h>

#define DRIP_NS 100000000 /* ten times a second: slow, and still without a timer a byte */

/* Nobody reads the answers: only that they are whole. */
static size_t ignore(char *bytes, size_t size, size_t count, void *context)
{
    (void)bytes;
    (void)context;
    return size * count;
}

/* The first line of an answer: is this a new connection, and was its session resumed? */
static size_t see_head(char *bytes, size_t size, size_t count, void *context)
{
    struct load_exchange *const exchange = context;
    (void)bytes;
    if (!exchange->seen) {
        long opened = 0;
        struct curl_tlssessioninfo *info = NULL;
        exchange->seen = true;
        if (curl_easy_getinfo(exchange->easy, CURLINFO_NUM_CONNECTS, &opened) == CURLE_OK
            && opened > 0
            && curl_easy_getinfo(exchange->easy, CURLINFO_TLS_SSL_PTR, &info) == CURLE_OK
            && info != NULL && info->backend == CURLSSLBACKEND_OPENSSL && info->internals != NULL) {
            exchange->resumed = SSL_session_reused(info->internals) == 1;
        }
    }
    return size * count;
}

/* The body of an event whose fault is in how it is sent. */
static size_t read_body(char *bytes, size_t size, size_t count, void *context)
{
    struct load_exchange *const exchange = context;
    const struct load_kind *const kind = exchange->kind;
    size_t most = exchange->body.len - exchange->sent;
    if (most > size * count) most = size * count;
    if (kind->fault == LOAD_ABORT_BODY) {
        const size_t half = exchange->body.len / 2;
        if (exchange->sent >= half) {
            exchange->left = true;
            return CURL_READFUNC_ABORT;
        }
        if (most > half - exchange->sent) most = half - exchange->sent;
    } else {
        const uint64_t now = load_now_ns();
        if (now < exchange->next_drip_ns) return CURL_READFUNC_PAUSE;
        const size_t drip = kind->pace / (1000000000 / DRIP_NS);
        const size_t part = drip == 0 ? 1 : drip;
        /* Less than a byte a drip: drips are further apart. */
        exchange->next_drip_ns = now + (drip == 0 ? 1000000000 / kind->pace : DRIP_NS);
        if (most > part) most = part;
    }
    memcpy(bytes, exchange->body.ptr + exchange->sent, most);
    exchange->sent += most;
    return most;
}

/* Called after each step of a transfer: once the whole request is out, its caller goes. */
static int leave_after_asking(void *context, curl_off_t down_total, curl_off_t down,
                              curl_off_t up_total, curl_off_t up)
{
    struct load_exchange *const exchange = context;
    long request_bytes = 0;
    (void)down_total;
    (void)down;
    (void)up_total;
    if (curl_easy_getinfo(exchange->easy, CURLINFO_REQUEST_SIZE, &request_bytes) != CURLE_OK
        || request_bytes == 0 || (size_t)up < exchange->body.len || exchange->seen) {
        return 0;
    }
    exchange->left = true;
    return 1;
}

static bool set_connection(struct load_exchange *exchange, const struct load_scenario *scenario)
{
    CURL *const easy = exchange->easy;
    const bool fresh = scenario->connection != LOAD_KEPT;
    if (fresh
        && (curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L) != CURLE_OK
            || curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L) != CURLE_OK
            || curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L) != CURLE_OK)) {
        return false;
    }
    if (scenario->connection == LOAD_RESUMED
        && load_sessions_keep(easy, &exchange->session) != CURLE_OK) {
        return false;
    }
    if (scenario->ca.len > 0
        && (curl_easy_setopt(easy, CURLOPT_CAINFO, scenario->ca.ptr) != CURLE_OK
            || curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) != CURLE_OK)) {
        return false;
    }
    if (scenario->certificate.len > 0
        && (curl_easy_setopt(easy, CURLOPT_SSLCERT, scenario->certificate.ptr) != CURLE_OK
            || curl_easy_setopt(easy, CURLOPT_SSLKEY, scenario->key.ptr) != CURLE_OK)) {
        return false;
    }
    return scenario->unix_socket.len == 0
           || curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, scenario->unix_socket.ptr)
                  == CURLE_OK;
}

enum pen_status load_exchange_init(struct load_exchange *exchange, struct load_lane *lane)
{
    CURL *const easy = curl_easy_init();
    if (easy == NULL) return PEN_ERR_NOMEM;
    exchange->easy = easy;
    load_sockets_adopt(lane->sockets, easy);
    const bool fine =
        curl_easy_setopt(easy, CURLOPT_PRIVATE, exchange) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange->error) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK
        /* A proxy of the environment would be measured instead. */
        && curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L) == CURLE_OK
        /* A name is looked up once: it is the gateway that is loaded, not a name server. */
        && curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, -1L) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)lane->scenario->timeout_ms) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, ignore) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, see_head) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_READFUNCTION, read_body) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_READDATA, exchange) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, leave_after_asking) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_XFERINFODATA, exchange) == CURLE_OK
        && set_connection(exchange, lane->scenario);
    return fine ? PEN_OK : PEN_ERR_INTERNAL;
}

void load_exchange_deinit(struct load_exchange *exchange, struct load_lane *lane)
{
    if (exchange->easy == NULL) return;
    if (exchange->kind != NULL) {
        (void)curl_multi_remove_handle(load_sockets_multi(lane->sockets), exchange->easy);
    }
    curl_easy_cleanup(exchange->easy);
    SSL_SESSION_free(exchange->session);
    exchange->session = NULL;
    exchange->easy = NULL;
}

size_t load_kind_drawn(const struct load_scenario *scenario, uint64_t draw)
{
    size_t i = 0;
    while (i + 1 < scenario->kind_count && draw >= scenario->kinds[i].weight) {
        draw -= scenario->kinds[i].weight;
        i++;
    }
    return i;
}

static bool set_body(struct load_exchange *exchange)
{
    CURL *const easy = exchange->easy;
    const struct load_kind *const kind = exchange->kind;
    const bool by_itself = kind->fault == LOAD_SLOW_BODY || kind->fault == LOAD_ABORT_BODY;
    const bool head = pen_str_equal(kind->method, PEN_S("HEAD"));
    if (kind->body_count == 0) {
        return curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L) == CURLE_OK
               && curl_easy_setopt(easy, CURLOPT_NOBODY, head ? 1L : 0L) == CURLE_OK;
    }
    return curl_easy_setopt(easy, CURLOPT_NOBODY, 0L) == CURLE_OK
           && curl_easy_setopt(easy, CURLOPT_POST, 1L) == CURLE_OK
           && curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)exchange->body.len)
                  == CURLE_OK
           && curl_easy_setopt(easy, CURLOPT_POSTFIELDS, by_itself ? NULL : exchange->body.ptr)
                  == CURLE_OK;
}

static bool set_event(struct load_exchange *exchange, struct load_lane *lane, size_t index)
{
    const struct load_kind *const kind = exchange->kind;
    struct curl_slist *fields = lane->fields[index];
    if (kind->tokens != NULL) {
        const size_t which = load_random_below(&lane->random, kind->tokens->count);
        exchange->token = (struct curl_slist){kind->tokens->fields[which], fields};
        fields = &exchange->token;
    }
    const long no_progress = kind->fault == LOAD_ABORT_ANSWER ? 0 : 1;
    return set_body(exchange)
           && curl_easy_setopt(exchange->easy, CURLOPT_NOPROGRESS, no_progress) == CURLE_OK
           && curl_easy_setopt(exchange->easy, CURLOPT_URL, lane->urls[index]) == CURLE_OK
           && curl_easy_setopt(exchange->easy, CURLOPT_CUSTOMREQUEST, kind->method.ptr) == CURLE_OK
           && curl_easy_setopt(exchange->easy, CURLOPT_HTTPHEADER, fields) == CURLE_OK;
}

enum pen_status load_exchange_begin(struct load_exchange *exchange, struct load_lane *lane,
                                    uint64_t due_ns, bool counted)
{
    const struct load_scenario *const scenario = lane->scenario;
    const size_t index =
        load_kind_drawn(scenario, load_random_below(&lane->random, scenario->weight_sum));
    const struct load_kind *const kind = &scenario->kinds[index];
    exchange->kind = kind;
    exchange->tally = &lane->report->tallies[index];
    exchange->body = kind->body_count == 0
                         ? PEN_S("")
                         : kind->bodies[load_random_below(&lane->random, kind->body_count)];
    exchange->sent = 0;
    exchange->due_ns = due_ns;
    exchange->next_drip_ns = 0;
    exchange->counted = counted;
    exchange->left = exchange->seen = exchange->resumed = false;
    exchange->error[0] = '\0';
    if (counted) exchange->tally->due++;
    if (!set_event(exchange, lane, index)
        || curl_multi_add_handle(load_sockets_multi(lane->sockets), exchange->easy) != CURLM_OK) {
        exchange->kind = NULL;
        return PEN_ERR_INTERNAL;
    }
    return PEN_OK;
}

static enum load_failure failure_of(CURLcode result)
{
    /* libcurl has a hundred codes; those that a gateway can cause fall into five kinds. */
    if (result == CURLE_COULDNT_CONNECT) return LOAD_NOT_CONNECTED;
    if (result == CURLE_COULDNT_RESOLVE_HOST) return LOAD_NOT_CONNECTED;
    if (result == CURLE_OPERATION_TIMEDOUT) return LOAD_TOO_LATE;
    if (result == CURLE_SSL_CONNECT_ERROR || result == CURLE_PEER_FAILED_VERIFICATION
        || result == CURLE_SSL_CACERT_BADFILE || result == CURLE_SSL_CERTPROBLEM) {
        return LOAD_NO_TLS;
    }
    if (result == CURLE_GOT_NOTHING || result == CURLE_SEND_ERROR || result == CURLE_RECV_ERROR
        || result == CURLE_PARTIAL_FILE) {
        return LOAD_ENDED;
    }
    if (result == CURLE_WEIRD_SERVER_REPLY || result == CURLE_UNSUPPORTED_PROTOCOL) {
        return LOAD_NO_HTTP;
    }
    return LOAD_OTHER;
}

static bool is_expected(const struct load_kind *kind, long status)
{
    for (size_t i = 0; i < kind->expected_count; i++) {
        if (kind->expected[i] == status) return true;
    }
    return false;
}

static void observe(struct load_exchange *exchange, struct load_lane *lane)
{
    const uint64_t now = load_now_ns();
    const uint64_t ns = now > exchange->due_ns ? now - exchange->due_ns : 0;
    load_histogram_record(&exchange->tally->latency, ns);
    load_histogram_record(&lane->report->all, ns);
}

static void count_failure(struct load_exchange *exchange, struct load_lane *lane, CURLcode result)
{
    const enum load_failure failure = failure_of(result);
    struct load_report *const report = lane->report;
    exchange->tally->failures[failure]++;
    /* As long as it was waited for, at least: a time-out must not look quick. */
    if (failure == LOAD_TOO_LATE) observe(exchange, lane);
    if (report->first_trouble[0] != '\0') return;
    const char *const words =
        exchange->error[0] != '\0' ? exchange->error : curl_easy_strerror(result);
    struct pen_buf buf = pen_buf_over(report->first_trouble, sizeof(report->first_trouble) - 1);
    pen_buf_put(&buf, pen_str_slice(pen_str_from_c(words), 0, buf.cap));
    report->first_trouble[buf.len] = '\0';
}

static long status_of(const struct load_exchange *exchange)
{
    long status = 0;
    (void)curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

static void count_answer(struct load_exchange *exchange, struct load_lane *lane)
{
    long status = status_of(exchange);
    if (status < 0 || (size_t)status >= PEN_COUNT_OF(exchange->tally->statuses)) status = 0;
    exchange->tally->statuses[status]++;
    if (!is_expected(exchange->kind, status)) return;
    exchange->tally->as_expected++;
    observe(exchange, lane);
}

static void count_connection(struct load_exchange *exchange, struct load_report *report)
{
    long opened = 0;
    if (curl_easy_getinfo(exchange->easy, CURLINFO_NUM_CONNECTS, &opened) != CURLE_OK) return;
    if (opened > 0) report->connections += (uint64_t)opened;
    if (exchange->resumed) report->resumed++;
}

bool load_exchange_done(struct load_exchange *exchange, struct load_lane *lane, CURLcode result)
{
    const bool good = result == CURLE_OK && is_expected(exchange->kind, status_of(exchange));
    (void)curl_multi_remove_handle(load_sockets_multi(lane->sockets), exchange->easy);
    if (exchange->counted) {
        count_connection(exchange, lane->report);
        if (exchange->left) {
            exchange->tally->left++;
            exchange->tally->as_expected++;
        } else if (result == CURLE_OK) {
            count_answer(exchange, lane);
        } else {
            count_failure(exchange, lane, result);
        }
    }
    exchange->kind = NULL;
    return good;
}

void load_exchange_give_up(struct load_exchange *exchange, struct load_lane *lane)
{
    (void)load_exchange_done(exchange, lane, CURLE_OPERATION_TIMEDOUT);
}

void load_exchange_tick(struct load_exchange *exchange, uint64_t now_ns)
{
    if (exchange->kind->fault == LOAD_SLOW_BODY && exchange->next_drip_ns != 0
        && now_ns >= exchange->next_drip_ns) {
        (void)curl_easy_pause(exchange->easy, CURLPAUSE_CONT);
    }
}
