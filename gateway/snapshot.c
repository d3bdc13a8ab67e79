/** Everything of a configuration that costs work is done here, once, before it is published. */
#include "gateway/snapshot.h"

#include <stdatomic.h>

/* What the header does not show. */
struct counted {
    struct pen_snapshot snapshot; /* first: the two pointers are one */
    atomic_size_t references;
};

static void free_snapshot(struct pen_snapshot *snapshot)
{
    struct pen_ruleset *const ruleset = snapshot->ruleset;
    const struct pen_config *const config = snapshot->config;
    for (size_t i = 0; snapshot->tls != NULL && i < config->listen_count; i++) {
        pen_tls_server_release(snapshot->tls[i]);
    }
    for (size_t i = 0; snapshot->upstream_tls != NULL && i < config->upstream_count; i++) {
        pen_tls_client_release(snapshot->upstream_tls[i]);
    }
    /* The chains lie in the configuration's arena, as does the snapshot itself. */
    pen_config_destroy(snapshot->config);
    pen_ruleset_destroy(ruleset);
}

static enum pen_status compile_listeners(struct pen_snapshot *snapshot, struct pen_error *err)
{
    const struct pen_config *const config = snapshot->config;
    struct pen_tls_server **tls =
        pen_arena_calloc(config->arena, config->listen_count, sizeof(*tls));
    if (tls == NULL) return PEN_ERR_NOMEM;

    snapshot->tls = tls;
    for (size_t i = 0; i < config->listen_count; i++) {
        const struct pen_config_listen *const listen = &config->listens[i];
        if (!listen->tls) continue;

        const struct pen_tls_server_options options = {
            .certificate = listen->identity.certificate,
            .key = listen->identity.key,
            .client_ca = listen->client_ca,
            .min_version = listen->min_version,
            .client_auth = listen->client_auth,
        };
        PEN_TRY(pen_tls_server_create(&options, &tls[i], err));
    }
    return PEN_OK;
}

static enum pen_status compile_upstreams(struct pen_snapshot *snapshot, struct pen_error *err)
{
    const struct pen_config *const config = snapshot->config;
    struct pen_tls_client **tls =
        pen_arena_calloc(config->arena, config->upstream_count, sizeof(*tls));
    if (tls == NULL) return PEN_ERR_NOMEM;

    snapshot->upstream_tls = tls;
    for (size_t i = 0; i < config->upstream_count; i++) {
        const struct pen_config_upstream *const upstream = &config->upstreams[i];
        if (upstream->scheme != PEN_UPSTREAM_HTTPS) continue;

        const struct pen_tls_client_options options = {
            .certificate = upstream->identity.certificate,
            .key = upstream->identity.key,
            .ca = upstream->ca,
        };
        PEN_TRY(pen_tls_client_create(&options, &tls[i], err));
    }
    return PEN_OK;
}

static bool is_among(const struct pen_str *names, size_t count, struct pen_str name)
{
    for (size_t i = 0; i < count; i++) {
        if (pen_str_equal_fold(names[i], name)) return true;
    }
    return false;
}

static enum pen_status collect_claimed(struct pen_snapshot *snapshot)
{
    const struct pen_config *const config = snapshot->config;
    size_t most = 0;
    for (size_t i = 0; i < config->function_count; i++) {
        most += config->functions[i].claim_header_count;
    }
    struct pen_str *const names = pen_arena_calloc(config->arena, most + 1, sizeof(*names));
    if (names == NULL) return PEN_ERR_NOMEM;

    snapshot->claimed = names;
    for (size_t i = 0; i < config->function_count; i++) {
        const struct pen_config_function *const function = &config->functions[i];
        for (size_t k = 0; k < function->claim_header_count; k++) {
            const struct pen_str name = function->claim_headers[k].header;
            if (is_among(names, snapshot->claimed_count, name)) continue;
            names[snapshot->claimed_count++] = name;
        }
    }
    return PEN_OK;
}

static enum pen_status compile_functions(struct pen_snapshot *snapshot, struct pen_metrics *metrics,
                                         struct pen_error *err)
{
    const struct pen_config *const config = snapshot->config;
    const struct pen_chain **chains =
        pen_arena_calloc(config->arena, config->function_count, sizeof(*chains));
    uint32_t *slots = pen_arena_calloc(config->arena, config->function_count, sizeof(*slots));
    if (chains == NULL || slots == NULL) return PEN_ERR_NOMEM;

    snapshot->chains = chains;
    snapshot->metric_slots = slots;
    PEN_TRY(pen_ruleset_create(&snapshot->ruleset, err));
    for (size_t i = 0; i < config->function_count; i++) {
        const struct pen_config_function *const function = &config->functions[i];
        PEN_TRY(
            pen_chain_create(snapshot->ruleset, &function->policy, config->arena, &chains[i], err));
        if (metrics != NULL) PEN_TRY(pen_metrics_slot(metrics, function->name, &slots[i]));
    }
    PEN_TRY(collect_claimed(snapshot));
    return pen_router_create(config, config->arena, &snapshot->router, err);
}

enum pen_status pen_snapshot_create(struct pen_config *config, uint64_t generation,
                                    struct pen_metrics *metrics, struct pen_snapshot **out,
                                    struct pen_error *err)
{
    pen_error_set(err, "not enough memory");
    struct counted *counted = pen_arena_calloc(config->arena, 1, sizeof(*counted));
    if (counted == NULL) {
        pen_config_destroy(config);
        return PEN_ERR_NOMEM;
    }
    atomic_init(&counted->references, 1);
    struct pen_snapshot *const snapshot = &counted->snapshot;
    snapshot->generation = generation;
    snapshot->config = config;

    enum pen_status status = compile_listeners(snapshot, err);
    if (status == PEN_OK) status = compile_upstreams(snapshot, err);
    if (status == PEN_OK) status = compile_functions(snapshot, metrics, err);
    if (status != PEN_OK) {
        free_snapshot(snapshot);
        return status;
    }
    *out = snapshot;
    return PEN_OK;
}

static atomic_size_t *references(struct pen_snapshot *snapshot)
{
    return &((struct counted *)snapshot)->references;
}

struct pen_snapshot *pen_snapshot_acquire(struct pen_snapshot *snapshot)
{
    atomic_fetch_add_explicit(references(snapshot), 1, memory_order_relaxed);
    return snapshot;
}

void pen_snapshot_release(struct pen_snapshot *snapshot)
{
    if (snapshot == NULL) return;
    if (atomic_fetch_sub_explicit(references(snapshot), 1, memory_order_acq_rel) == 1) {
        free_snapshot(snapshot);
    }
}
