/** Start, reload, drain: the life of the process. */
#include "gateway/gateway.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "gateway/admin/admin.h"
#include "gateway/clock.h"
#include "gateway/cpus.h"
#include "gateway/edge/addresses.h"
#include "gateway/handover.h"
#include "gateway/listeners.h"
#include "gateway/log.h"
#include "gateway/notify.h"
#include "gateway/policy_dates.h"
#include "gateway/pressure.h"
#include "gateway/readiness.h"
#include "gateway/schema/watch.h"
#include "gateway/sns_keeper.h"
#include "gateway/sockets.h"
#include "gateway/tls_files.h"
#include "gateway/upstream/resolver.h"

#define LOOK_MS       250  /* between two looks at the memory in use */
#define FILES_MS      2000 /* between two looks at certificates, keys and what else TLS rests on */
#define STOP_GRACE_MS 1000 /* for workers to notice, beyond the drain time */

struct gateway {
    struct pen_str file;
    struct pen_loop *loop;
    struct pen_watch signals;
    struct pen_metrics *metrics;
    struct pen_handover *handover;
    struct pen_addresses *addresses;
    struct pen_resolver *resolver;
    struct pen_pressure *pressure;
    struct pen_timer look;          /* at the memory in use */
    struct pen_timer look_at_files; /* that TLS rests on, and schemas */
    struct pen_file_watch *files;   /* of the present snapshot: TLS's */
    struct pen_file_watch *schemas; /* likewise */
    uint64_t schemas_due_ms;        /* when these are looked at again */
    int64_t policy_ends_s;          /* when something in it will have ended */
    struct pen_audit *audit;
    struct pen_admin *admin;
    struct pen_fetcher *fetcher;
    struct pen_key_keeper *keeper;
    struct pen_sns_keeper *sns;
    struct pen_snapshot *snapshot; /* the present one; one reference */
    struct pen_worker **workers;
    size_t worker_count;
    struct pen_listeners *listeners; /* of the present snapshot */
    bool draining;
    bool reload;
    bool renew_again; /* TLS files could not be read for want of memory or descriptors */
    struct pen_readiness readiness;
};

static void update_readiness(struct gateway *g)
{
    char memory[PEN_READINESS_BYTES];
    struct pen_buf why = pen_buf_over(memory, sizeof(memory));
    if (g->draining) {
        pen_buf_put(&why, PEN_S("draining"));
    } else if (pen_key_keeper_ready(g->keeper, &why)) {
        why.len = 0;
    }
    pen_readiness_set(&g->readiness, pen_buf_str(&why));
}

static bool is_ready(void *owner, struct pen_buf *why)
{
    return pen_readiness_get(&((struct gateway *)owner)->readiness, why);
}

static void refresh_metrics(void *owner)
{
    const struct gateway *const g = owner;
    const struct pen_audit_counts counts = pen_audit_counts(g->audit);
    pen_metrics_info(g->metrics, "penstock_audit_records_total", (double)counts.written);
    pen_metrics_info(g->metrics, "penstock_audit_dropped_total", (double)counts.dropped);
    pen_metrics_info(g->metrics, "penstock_audit_failed_total", (double)counts.failed);
}

static void keys_changed(void *owner, struct pen_keyring *ring)
{
    struct gateway *const g = owner;
    for (size_t i = 0; i < g->worker_count; i++) {
        pen_worker_new_keys(g->workers[i], ring);
    }
    pen_keyring_release(ring);
    if (g->keeper != NULL) update_readiness(g);
}

static void certificates_changed(void *owner, struct pen_sns_set *set)
{
    pen_key_keeper_use_sns(((struct gateway *)owner)->keeper, set);
}

/* What a reload prepares aside; all of it is published, or none. */
struct next {
    struct pen_snapshot *snapshot;
    struct pen_key_keeper *keeper; /* may be the present one */
    struct pen_file_watch *files;  /* may be the present one */
    struct pen_file_watch *schemas;
    struct pen_listeners *listeners;
    struct pen_keyring *ring;
    struct pen_view **views; /* by worker */
};

static void drop_next(const struct gateway *g, struct next *next)
{
    for (size_t w = 0; next->views != NULL && w < g->worker_count; w++) {
        pen_worker_discard(next->views[w]);
    }
    free(next->views);
    pen_keyring_release(next->ring);
    if (next->keeper != g->keeper) pen_key_keeper_destroy(next->keeper);
    if (next->files != g->files) pen_file_watch_destroy(next->files);
    pen_file_watch_destroy(next->schemas);
    pen_listeners_drop(next->listeners, g->listeners);
    pen_snapshot_release(next->snapshot);
}

static enum pen_status prepare(struct gateway *g, struct next *next, struct pen_error *err)
{
    struct pen_config *config = NULL;
    PEN_TRY(pen_config_load(g->file, &config, err));
    /* Before they are read: a change in between is then seen as one. */
    enum pen_status watching = pen_tls_files_watch(config, &next->files);
    if (watching == PEN_OK) watching = pen_schema_watch(config, &next->schemas);
    if (watching != PEN_OK) {
        pen_config_destroy(config);
        return watching;
    }
    PEN_TRY(pen_snapshot_create(config, g->snapshot, g->metrics, &next->snapshot, err));
    pen_error_set(err, "not enough memory");
    if (g->workers == NULL) {
        g->worker_count = config->workers > 0 ? config->workers : pen_cpus_allowed();
    }
    PEN_TRY(pen_listeners_open(config, g->listeners, g->handover, g->worker_count, &next->listeners,
                               err));
    return pen_key_keeper_create(g->loop, g->fetcher, next->snapshot->config, g->keeper, g->metrics,
                                 keys_changed, g, &next->keeper, err);
}

/* The configuration in force with its TLS files and schemas read anew. What else its file says by
 * now, and what keys issuers have, is none of this. */
static enum pen_status prepare_renewal(struct gateway *g, struct next *next, struct pen_error *err)
{
    /* Files may have come and gone in a folder. */
    pen_error_set(err, "not enough memory");
    PEN_TRY(pen_schema_watch(g->snapshot->config, &next->schemas));
    PEN_TRY(pen_snapshot_renew(g->snapshot, &next->snapshot, err));
    pen_error_set(err, "not enough memory");
    next->keeper = g->keeper;
    next->files = g->files;
    return pen_listeners_open(g->snapshot->config, g->listeners, g->handover, g->worker_count,
                              &next->listeners, err);
}

/* Everything that workers need, so that nothing is left that could fail. */
static enum pen_status prepare_workers(struct gateway *g, struct next *next, struct pen_error *err)
{
    pen_error_set(err, "not enough memory");
    next->ring = pen_key_keeper_ring(next->keeper);
    next->views = calloc(g->worker_count, sizeof(struct pen_view *));
    if (next->ring == NULL || next->views == NULL) return PEN_ERR_NOMEM;

    for (size_t w = 0; w < g->worker_count; w++) {
        PEN_TRY(pen_worker_prepare(g->workers[w], next->snapshot, next->ring,
                                   pen_listeners_of(next->listeners, w), g->worker_count,
                                   &next->views[w], err));
    }
    return PEN_OK;
}

/* What was prepared is in force. Nothing here can fail. */
static void take_over(struct gateway *g, struct next *next)
{
    pen_listeners_leave(g->listeners, next->listeners);
    for (size_t w = 0; w < g->worker_count; w++) {
        pen_worker_publish(g->workers[w], next->views[w]);
    }
    pen_keyring_release(next->ring);
    free(next->views);
    pen_listeners_destroy(g->listeners);
    if (next->keeper != g->keeper) pen_key_keeper_destroy(g->keeper);
    if (next->files != g->files) pen_file_watch_destroy(g->files);
    pen_file_watch_destroy(g->schemas);
    g->schemas = next->schemas;
    pen_snapshot_release(g->snapshot);
    g->files = next->files;
    g->listeners = next->listeners;
    g->keeper = next->keeper;
    g->snapshot = next->snapshot;
    pen_pressure_limit(g->pressure, g->snapshot->config->process_bytes);
    pen_metrics_info(g->metrics, "penstock_config_generation", (double)g->snapshot->generation);
    pen_metrics_info(g->metrics, "penstock_tls_reload_failed", 0);
    const int64_t now_s = pen_clock_unix_s();
    pen_tls_files_publish(g->snapshot, g->metrics, now_s);
    g->policy_ends_s = pen_policy_dates_publish(g->snapshot, g->metrics, now_s);
    const uint32_t callers = pen_worker_callers(g->snapshot->config);
    if (callers < g->snapshot->config->connections) {
        pen_log(PEN_LOG_WARNING,
                "the limit of open descriptors leaves room for %u callers' connections, not %u",
                callers, g->snapshot->config->connections);
    }
    update_readiness(g);
}

static enum pen_status make_workers(struct gateway *g, const struct pen_config *config,
                                    struct pen_error *err)
{
    const struct pen_worker_shared shared = {
        .metrics = g->metrics,
        .addresses = g->addresses,
        .pressure = g->pressure,
        .audit = g->audit,
        .resolver = g->resolver,
        .control = g->loop,
    };
    g->workers = calloc(g->worker_count, sizeof(struct pen_worker *));
    enum pen_status status = g->workers == NULL ? PEN_ERR_NOMEM : PEN_OK;
    for (size_t i = 0; i < g->worker_count && status == PEN_OK; i++) {
        status = pen_worker_create(&shared, i, config->connections, &g->workers[i]);
    }
    if (status != PEN_OK) pen_error_set(err, "cannot create %zu workers", g->worker_count);
    return status;
}

static void go_over(struct gateway *g, struct next *next)
{
    take_over(g, next);
    pen_log(PEN_LOG_NOTICE, "generation %llu of the configuration is in force",
            (unsigned long long)g->snapshot->generation);
}

static void reload(struct gateway *g)
{
    struct next next = {0};
    struct pen_error err = {0};
    pen_notify(PEN_S("RELOADING=1"));
    enum pen_status status = prepare(g, &next, &err);
    if (status == PEN_OK) status = prepare_workers(g, &next, &err);
    if (status == PEN_OK) {
        status = pen_audit_reopen(g->audit, &next.snapshot->config->audit, &err);
    }
    if (status != PEN_OK) {
        pen_log_fault(g->file, &err);
        pen_log(PEN_LOG_ERROR, "reload refused; generation %llu goes on",
                (unsigned long long)g->snapshot->generation);
        drop_next(g, &next);
        pen_metrics_info(g->metrics, "penstock_config_reload_failed", 1);
        pen_notify(PEN_S("READY=1\nSTATUS=the last reload was refused"));
        return;
    }
    go_over(g, &next);
    pen_metrics_info(g->metrics, "penstock_config_reload_failed", 0);
    pen_notify(PEN_S("READY=1\nSTATUS=serving"));
}

static void renew(struct gateway *g)
{
    struct next next = {0};
    struct pen_error err = {0};
    enum pen_status status = prepare_renewal(g, &next, &err);
    if (status == PEN_OK) status = prepare_workers(g, &next, &err);
    /* What was not the files' fault may go better the next time. */
    g->renew_again = status == PEN_ERR_NOMEM || status == PEN_ERR_IO;
    if (status != PEN_OK) {
        pen_log_fault(g->file, &err);
        pen_log(PEN_LOG_ERROR,
                "a changed certificate, key, schema or other file is refused; what generation %llu "
                "has read goes on",
                (unsigned long long)g->snapshot->generation);
        drop_next(g, &next);
        pen_metrics_info(g->metrics, "penstock_tls_reload_failed", 1);
        return;
    }
    pen_log(PEN_LOG_NOTICE, "files of TLS or schemas have changed and were read anew");
    go_over(g, &next);
}

/* Certificates are few; schemas may be thousands. */
static bool look_at_schemas(struct gateway *g)
{
    const uint64_t now_ms = pen_loop_now_ms(g->loop);
    if (now_ms < g->schemas_due_ms) return false;

    g->schemas_due_ms = now_ms + pen_file_watch_rest_ms(g->schemas, FILES_MS);
    return pen_file_watch_look(g->schemas);
}

static void look_at_files(struct pen_timer *timer)
{
    struct gateway *const g = PEN_CONTAINER_OF(timer, struct gateway, look_at_files);
    const bool tls = pen_file_watch_look(g->files);
    const bool schemas = look_at_schemas(g);
    if (!g->draining && (tls || schemas || g->renew_again)) renew(g);
    const int64_t now_s = pen_clock_unix_s();
    if (now_s >= g->policy_ends_s) {
        g->policy_ends_s = pen_policy_dates_publish(g->snapshot, g->metrics, now_s);
    }
    /* Its slot in the timers has just become free: this cannot fail. */
    if (pen_loop_arm(g->loop, timer, pen_loop_now_ms(g->loop) + FILES_MS) != PEN_OK) abort();
}

static void look_at_memory(struct pen_timer *timer)
{
    static const char *const what[] = {
        [PEN_PRESSURE_NONE] = "requests are taken again",
        [PEN_PRESSURE_SHED] = "new requests are refused",
        [PEN_PRESSURE_CLOSE] = "new connections are refused, and idle ones closed",
    };
    struct gateway *const g = PEN_CONTAINER_OF(timer, struct gateway, look);
    const struct pen_pressure_sample sample = pen_pressure_sample(g->pressure);
    pen_metrics_info(g->metrics, "penstock_resident_memory_bytes", (double)sample.resident_bytes);
    pen_metrics_info(g->metrics, "penstock_memory_pressure", (double)sample.level);
    if (sample.changed) {
        pen_log(PEN_LOG_WARNING, "%llu MiB of %llu MiB of memory in use: %s",
                (unsigned long long)(sample.resident_bytes >> 20),
                (unsigned long long)(sample.limit_bytes >> 20), what[sample.level]);
    }
    /* Its slot in the timers has just become free: this cannot fail. */
    if (pen_loop_arm(g->loop, timer, pen_loop_now_ms(g->loop) + LOOK_MS) != PEN_OK) abort();
}

static void drain_workers(struct gateway *g, uint32_t drain_ms)
{
    for (size_t i = 0; i < g->worker_count; i++) {
        pen_worker_drain(g->workers[i], drain_ms);
    }
}

static void start_drain(struct gateway *g)
{
    if (g->draining) {
        pen_log(PEN_LOG_NOTICE, "asked once more: what is in flight has no more time");
        drain_workers(g, 0);
        return;
    }
    g->draining = true;
    pen_notify(PEN_S("STOPPING=1\nSTATUS=draining"));
    update_readiness(g);
    const uint32_t drain_ms = g->snapshot->config->timeouts.drain_ms;
    pen_log(PEN_LOG_NOTICE, "draining: requests in flight have %u s", drain_ms / 1000);
    pen_listeners_leave(g->listeners, NULL);
    drain_workers(g, drain_ms);
}

static void signal_ready(struct pen_watch *watch, uint32_t events)
{
    (void)events;
    struct gateway *const g = PEN_CONTAINER_OF(watch, struct gateway, signals);
    struct signalfd_siginfo info;
    if (read(watch->fd, &info, sizeof(info)) != sizeof(info)) return;
    if (info.ssi_signo == SIGHUP) {
        g->reload = true;
    } else {
        start_drain(g);
    }
}

static void serve_want(struct gateway *g, const struct pen_want *want)
{
    const struct pen_config *const config = g->snapshot->config;
    switch (want->kind) {
    case PEN_WANT_NOTHING:
        return;
    case PEN_WANT_KEYS:
        pen_key_keeper_want(g->keeper, want->index);
        return;
    case PEN_WANT_CERTIFICATE:
        pen_sns_keeper_want(g->sns, want->url, &config->functions[want->index].webhook);
        return;
    case PEN_WANT_CONFIRMATION:
        pen_sns_keeper_confirm(g->sns, want->url, &config->functions[want->index].webhook);
        return;
    }
}

static void serve_wants(struct gateway *g)
{
    for (size_t w = 0; w < g->worker_count; w++) {
        uint64_t generation = 0;
        struct pen_want want;
        while (pen_worker_next_want(g->workers[w], &generation, &want)) {
            if (generation == g->snapshot->generation) serve_want(g, &want);
            pen_worker_drop_want(g->workers[w]);
        }
    }
}

static bool all_ended(const struct gateway *g)
{
    for (size_t i = 0; i < g->worker_count; i++) {
        if (!pen_worker_ended(g->workers[i])) return false;
    }
    return true;
}

static void say_drained(const struct gateway *g)
{
    size_t cut = 0;
    for (size_t i = 0; i < g->worker_count; i++) {
        cut += pen_worker_cut(g->workers[i]);
    }
    if (cut == 0) {
        pen_log(PEN_LOG_NOTICE, "drained; all requests were answered");
    } else {
        pen_log(PEN_LOG_WARNING, "drained; %zu request%s ended before an answer was complete", cut,
                cut == 1 ? "" : "s");
    }
}

static int control(struct gateway *g)
{
    for (;;) {
        if (pen_loop_turn(g->loop, g->draining ? 100 : -1) != PEN_OK) return 1;

        serve_wants(g);
        if (g->reload && !g->draining) reload(g);
        g->reload = false;
        if (!all_ended(g)) continue;
        if (g->draining) say_drained(g);
        return g->draining ? 0 : 1;
    }
}

static enum pen_status watch_signals(struct gateway *g)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    /* A peer that closes early must not end the process: libraries write without MSG_NOSIGNAL. */
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || sigprocmask(SIG_BLOCK, &set, NULL) != 0) {
        return PEN_ERR_IO;
    }
    g->signals = (struct pen_watch){.fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC),
                                    .ready = signal_ready};
    if (g->signals.fd < 0) return PEN_ERR_IO;
    return pen_loop_watch(g->loop, &g->signals, EPOLLIN);
}

static enum pen_status start(struct gateway *g, struct pen_error *err)
{
    /* Keys and tokens are in this process's memory: no core file, no attaching by other users. */
    (void)prctl(PR_SET_DUMPABLE, 0);
    pen_socket_raise_limit();
    pen_error_set(err, "not enough memory or descriptors to start");
    PEN_TRY(pen_handover_create(&g->handover, err));
    PEN_TRY(pen_loop_create(&g->loop));
    PEN_TRY(watch_signals(g));
    PEN_TRY(pen_addresses_create(&g->addresses));
    PEN_TRY(pen_resolver_create(&g->resolver));
    PEN_TRY(pen_pressure_create(&g->pressure));
    PEN_TRY(pen_fetcher_create(g->loop, &g->fetcher));
    PEN_TRY(pen_sns_keeper_create(g->loop, g->fetcher, certificates_changed, g, &g->sns));

    struct pen_config *probe = NULL;
    PEN_TRY(pen_config_load(g->file, &probe, err));
    g->worker_count = probe->workers > 0 ? probe->workers : pen_cpus_allowed();
    enum pen_status status = pen_metrics_create(g->worker_count, &g->metrics);
    if (status == PEN_OK) status = pen_audit_create(&probe->audit, g->worker_count, &g->audit, err);
    if (status == PEN_OK) status = make_workers(g, probe, err);
    pen_config_destroy(probe);
    PEN_TRY(status);

    struct next next = {0};
    status = prepare(g, &next, err);
    if (status == PEN_OK) status = prepare_workers(g, &next, err);
    if (status != PEN_OK) {
        drop_next(g, &next);
        return status;
    }
    take_over(g, &next);
    const struct pen_config *const config = g->snapshot->config;
    if (config->admin) {
        const struct pen_admin_hooks hooks = {
            .refresh = refresh_metrics, .ready = is_ready, .owner = g};
        PEN_TRY(pen_admin_start(&config->admin_listen, g->metrics, &hooks, &g->admin, err));
    }
    g->look_at_files.fired = look_at_files;
    PEN_TRY(pen_loop_arm(g->loop, &g->look_at_files, pen_loop_now_ms(g->loop) + FILES_MS));
    g->look.fired = look_at_memory;
    PEN_TRY(pen_loop_arm(g->loop, &g->look, pen_loop_now_ms(g->loop) + LOOK_MS));
    pen_error_set(err, "cannot start a thread");
    for (size_t i = 0; i < g->worker_count; i++) {
        PEN_TRY(pen_worker_start(g->workers[i]));
    }
    pen_log(PEN_LOG_NOTICE, "penstock %s runs with %zu worker%s, %zu function%s", PEN_VERSION,
            g->worker_count, g->worker_count == 1 ? "" : "s", config->function_count,
            config->function_count == 1 ? "" : "s");
    pen_handover_report_unused(g->handover);
    pen_notify(PEN_S("READY=1\nSTATUS=serving"));
    return PEN_OK;
}

static void stop(struct gateway *g)
{
    for (size_t i = 0; g->workers != NULL && i < g->worker_count; i++) {
        if (g->workers[i] == NULL) continue;
        pen_worker_drain(g->workers[i], 0);
        pen_worker_join(g->workers[i]);
        pen_worker_destroy(g->workers[i]);
    }
    free(g->workers);
    pen_admin_stop(g->admin);
    pen_listeners_leave(g->listeners, NULL);
    pen_listeners_destroy(g->listeners);
    pen_handover_destroy(g->handover);
    pen_file_watch_destroy(g->files);
    pen_file_watch_destroy(g->schemas);
    pen_key_keeper_destroy(g->keeper);
    pen_sns_keeper_destroy(g->sns);
    pen_fetcher_destroy(g->fetcher);
    pen_audit_destroy(g->audit, STOP_GRACE_MS);
    pen_metrics_destroy(g->metrics);
    pen_addresses_destroy(g->addresses);
    pen_resolver_destroy(g->resolver);
    pen_pressure_destroy(g->pressure);
    pen_snapshot_release(g->snapshot);
    if (g->signals.fd > 0) close(g->signals.fd);
    pen_loop_destroy(g->loop);
}

int pen_gateway_run(struct pen_str file)
{
    struct gateway g = {.file = file, .readiness = PEN_READINESS_INIT};
    struct pen_error err = {0};
    const enum pen_status status = start(&g, &err);
    int exit_status = 0;
    if (status == PEN_OK) {
        exit_status = control(&g);
    } else {
        pen_log_fault(file, &err);
        exit_status = status == PEN_ERR_SYNTAX || status == PEN_ERR_INVALID
                              || (status == PEN_ERR_IO && g.snapshot == NULL)
                          ? 2
                          : 1;
    }
    stop(&g);
    return exit_status;
}
