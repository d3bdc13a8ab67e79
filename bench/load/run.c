/** Begin what is due, let libcurl work, count what is done. */
#include "bench/load/run.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include "bench/load/exchange.h"
#include "bench/load/process.h"

#define DRIP_NS     1000000    /* how often slow bodies are looked at */
#define IDLE_NS     50000000   /* the longest sleep */
#define TOLD_NS     1000000000 /* between two lines of progress */
#define PATIENCE_NS 1000000000 /* beyond `timeout`, which libcurl keeps */

struct load {
    struct load_lane lane;
    const struct load_run *run;
    struct load_exchange *exchanges;
    struct load_exchange *free;
    size_t active;
    struct load_arrivals arrivals;
    uint64_t start_ns;
    uint64_t counts_ns;   /* what is due from here on is counted */
    uint64_t end_ns;      /* nothing is due from here on */
    uint64_t next_due_ns; /* with a rate */
    uint64_t starved_ns;  /* when something was due last while every connection was busy */
    uint64_t ticked_ns;
    uint64_t told_ns;
    bool has_slow;
    bool measuring;
    bool measured;
    size_t settled;   /* exchanges that have had an answer, or none */
    uint64_t answers; /* all that ever came */
    uint64_t answers_before;
    uint64_t good; /* of the answers: as expected */
    uint64_t good_before;
    uint64_t measured_ns; /* when measuring began */
    double own_cpu;
    double cpu[LOAD_PIDS_MOST];
};

static void start_measuring(struct load *load, uint64_t now)
{
    /* With a rate the plan stands; without one it begins when everybody is there. */
    if (load->lane.scenario->rate == 0) {
        load->counts_ns = now;
        load->end_ns = now + (uint64_t)load->lane.scenario->duration_ms * 1000000;
    }
    load->measuring = true;
    load->measured_ns = load_now_ns();
    load->answers_before = load->answers;
    load->good_before = load->good;
    load->own_cpu = load_process_own_cpu();
    for (size_t i = 0; i < load->run->pid_count; i++) {
        load->cpu[i] = load_process_cpu(load->run->pids[i]);
    }
}

static void stop_measuring(struct load *load)
{
    struct load_report *const report = load->lane.report;
    load->measuring = false;
    load->measured = true;
    report->seconds = (double)(load_now_ns() - load->measured_ns) / 1e9;
    report->answers = load->answers - load->answers_before;
    report->good = load->good - load->good_before;
    report->own_cpu_seconds = load_process_own_cpu() - load->own_cpu;
    report->cpu_count = load->run->pid_count;
    for (size_t i = 0; i < report->cpu_count; i++) {
        const double now = load_process_cpu(load->run->pids[i]);
        const bool known = now >= 0 && load->cpu[i] >= 0;
        report->cpu[i] = (struct load_cpu){load->run->pids[i], known ? now - load->cpu[i] : -1};
    }
}

static enum pen_status begin(struct load *load, uint64_t due_ns, uint64_t now)
{
    struct load_exchange *const exchange = load->free;
    const bool open = load->lane.scenario->rate > 0;
    const bool counted = open ? due_ns >= load->counts_ns : load->measuring;
    load->free = exchange->next_free;
    load->active++;
    if (counted && open) {
        load_histogram_record(&load->lane.report->lateness, now > due_ns ? now - due_ns : 0);
        if (due_ns <= load->starved_ns) load->lane.report->waited++;
    }
    return load_exchange_begin(exchange, &load->lane, due_ns, counted);
}

static void release(struct load *load, struct load_exchange *exchange)
{
    exchange->next_free = load->free;
    load->free = exchange;
    load->active--;
}

static enum pen_status begin_due(struct load *load, uint64_t now)
{
    if (load->lane.scenario->rate == 0) {
        while (load->free != NULL && !load->measured && (!load->measuring || now < load->end_ns)) {
            PEN_TRY(begin(load, now, now));
        }
        return PEN_OK;
    }
    while (load->free != NULL && load->next_due_ns <= now && load->next_due_ns < load->end_ns
           && !load->measured) {
        PEN_TRY(begin(load, load->next_due_ns, now));
        load->next_due_ns = load->start_ns + load_arrivals_next(&load->arrivals);
    }
    if (load->free == NULL && load->next_due_ns <= now) load->starved_ns = now;
    return PEN_OK;
}

/* What was due and never sent had waited until now, at least: it counts, and so does its time. */
static void count_unsent(struct load *load, uint64_t now)
{
    struct load_lane *const lane = &load->lane;
    if (lane->scenario->rate == 0) return;
    for (; load->next_due_ns < load->end_ns;
         load->next_due_ns = load->start_ns + load_arrivals_next(&load->arrivals)) {
        if (load->next_due_ns < load->counts_ns) continue;
        const uint64_t draw = load_random_below(&lane->random, lane->scenario->weight_sum);
        struct load_tally *const tally =
            &lane->report->tallies[load_kind_drawn(lane->scenario, draw)];
        const uint64_t waited_ns = now > load->next_due_ns ? now - load->next_due_ns : 0;
        tally->due++;
        tally->failures[LOAD_NEVER_SENT]++;
        load_histogram_record(&tally->latency, waited_ns);
        load_histogram_record(&lane->report->all, waited_ns);
    }
}

static void take_answers(struct load *load)
{
    CURLM *const multi = load_sockets_multi(load->lane.sockets);
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(multi, &left)) != NULL;) {
        struct load_exchange *exchange = NULL;
        const CURLcode result = message->data.result;
        if (message->msg != CURLMSG_DONE
            || curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &exchange) != CURLE_OK) {
            continue;
        }
        if (result == CURLE_OK) load->answers++;
        if (!exchange->settled) load->settled++;
        exchange->settled = true;
        if (load_exchange_done(exchange, &load->lane, result)) load->good++;
        release(load, exchange);
    }
}

static void drip(struct load *load, uint64_t now)
{
    if (!load->has_slow || now - load->ticked_ns < DRIP_NS) return;
    load->ticked_ns = now;
    for (size_t i = 0; i < load->lane.scenario->at_once; i++) {
        struct load_exchange *const exchange = &load->exchanges[i];
        if (exchange->kind != NULL) load_exchange_tick(exchange, now);
    }
}

static void tell(struct load *load, uint64_t now)
{
    if (!load->run->shows_progress || now - load->told_ns < TOLD_NS) return;
    load->told_ns = now;
    const double whole = (double)(load->end_ns - load->start_ns) / 1e9;
    fprintf(stderr, "\r%3.0f s of %.0f: %llu answers, %zu on their way%s   ",
            (double)(now - load->start_ns) / 1e9, whole, (unsigned long long)load->answers,
            load->active,
            load->measuring  ? ""
            : load->measured ? ", ending"
                             : ", warming up");
}

static uint64_t sleep_ns(const struct load *load, uint64_t now)
{
    uint64_t most = load->has_slow ? DRIP_NS : IDLE_NS;
    if (load->lane.scenario->rate == 0 || load->free == NULL || load->measured) return most;
    const uint64_t until = load->next_due_ns > now ? load->next_due_ns - now : 0;
    return until < most ? until : most;
}

/* Warm-up is over. At saturation it lasts until every connection is there, or as long as one event
 * may take: thousands of handshakes are no part of what kept connections cost. */
static bool is_warm(const struct load *load, uint64_t now)
{
    const struct load_scenario *const scenario = load->lane.scenario;
    if (now < load->counts_ns) return false;
    return scenario->rate > 0 || load->settled == scenario->at_once
           || now >= load->counts_ns + (uint64_t)scenario->timeout_ms * 1000000;
}

static enum pen_status play(struct load *load)
{
    const struct load_scenario *const scenario = load->lane.scenario;
    const uint64_t patience = (uint64_t)scenario->timeout_ms * 1000000 + PATIENCE_NS;
    load->start_ns = load_now_ns();
    load->counts_ns = load->start_ns + (uint64_t)scenario->warmup_ms * 1000000;
    load->end_ns = load->counts_ns + (uint64_t)scenario->duration_ms * 1000000;
    if (scenario->rate > 0) {
        load->next_due_ns = load->start_ns + load_arrivals_next(&load->arrivals);
    }
    for (;;) {
        const uint64_t now = load_now_ns();
        if (!load->measuring && !load->measured && is_warm(load, now)) start_measuring(load, now);
        PEN_TRY(begin_due(load, now));
        if (load->measuring && now >= load->end_ns) {
            stop_measuring(load);
            count_unsent(load, now);
        }
        if (load->measured && (load->active == 0 || now >= load->end_ns + patience)) return PEN_OK;
        PEN_TRY(load_sockets_turn(load->lane.sockets, sleep_ns(load, now)));
        take_answers(load);
        drip(load, load_now_ns());
        tell(load, now);
    }
}

static bool make_url(struct load *load, size_t index)
{
    const struct load_scenario *const scenario = load->lane.scenario;
    const struct pen_str path = scenario->kinds[index].path;
    const size_t room = scenario->target.len + path.len + 1;
    char *const url = pen_arena_bytes(scenario->arena, room);
    if (url == NULL) return false;
    struct pen_buf buf = pen_buf_over(url, room);
    pen_buf_put(&buf, scenario->target);
    pen_buf_put(&buf, path);
    pen_buf_byte(&buf, '\0');
    load->lane.urls[index] = url;
    return true;
}

/* An empty Expect: libcurl would ask before it sends more than a MiB, and wait for an answer. */
static bool make_fields(struct load *load, size_t index)
{
    const struct load_kind *const kind = &load->lane.scenario->kinds[index];
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    for (size_t i = 0; list != NULL && i < kind->field_count; i++) {
        struct curl_slist *const longer = curl_slist_append(list, kind->fields[i].ptr);
        if (longer == NULL) curl_slist_free_all(list);
        list = longer;
    }
    load->lane.fields[index] = list;
    return list != NULL;
}

static enum pen_status set_up(struct load *load)
{
    const struct load_scenario *const scenario = load->lane.scenario;
    PEN_TRY(load_sockets_create(scenario->at_once, &load->lane.sockets));
    load->exchanges = calloc(scenario->at_once, sizeof(*load->exchanges));
    load->lane.urls = calloc(scenario->kind_count, sizeof(*load->lane.urls));
    load->lane.fields = calloc(scenario->kind_count, sizeof(*load->lane.fields));
    if (load->exchanges == NULL || load->lane.urls == NULL || load->lane.fields == NULL) {
        return PEN_ERR_NOMEM;
    }
    for (size_t i = 0; i < scenario->kind_count; i++) {
        if (!make_url(load, i) || !make_fields(load, i)) return PEN_ERR_NOMEM;
        load->has_slow = load->has_slow || scenario->kinds[i].fault == LOAD_SLOW_BODY;
    }
    for (size_t i = 0; i < scenario->at_once; i++) {
        PEN_TRY(load_exchange_init(&load->exchanges[i], &load->lane));
        load->exchanges[i].next_free = load->free;
        load->free = &load->exchanges[i];
    }
    return PEN_OK;
}

static void tear_down(struct load *load)
{
    for (size_t i = 0; load->exchanges != NULL && i < load->lane.scenario->at_once; i++) {
        struct load_exchange *const exchange = &load->exchanges[i];
        if (exchange->kind != NULL) load_exchange_give_up(exchange, &load->lane);
        load_exchange_deinit(exchange, &load->lane);
    }
    for (size_t i = 0; load->lane.fields != NULL && i < load->lane.scenario->kind_count; i++) {
        curl_slist_free_all(load->lane.fields[i]);
    }
    load_sockets_destroy(load->lane.sockets);
    free(load->exchanges);
    free(load->lane.urls);
    free(load->lane.fields);
}

enum pen_status load_run(const struct load_scenario *scenario, const struct load_run *run,
                         struct load_report *report, struct pen_error *err)
{
    struct load load = {.lane = {.scenario = scenario, .report = report, .random = {run->seed}},
                        .run = run,
                        .arrivals =
                            load_arrivals_start(scenario->rate > 0 ? scenario->rate : 1,
                                                scenario->arrival == LOAD_POISSON, run->seed + 1)};
    /* By default the kernel may be 50 us late, which is what is to be measured. */
    if (prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL) != 0
        || curl_global_init(CURL_GLOBAL_DEFAULT) != 0) {
        pen_error_set(err, "libcurl cannot be started");
        return PEN_ERR_INTERNAL;
    }
    enum pen_status status = set_up(&load);
    if (status == PEN_OK) status = play(&load);
    if (run->shows_progress) fprintf(stderr, "\r%70s\r", "");
    tear_down(&load);
    curl_global_cleanup();
    if (status != PEN_OK) {
        pen_error_set(err, "the load could not be %s: %s", load.start_ns > 0 ? "ended" : "begun",
                      pen_status_name(status));
    }
    return status;
}
