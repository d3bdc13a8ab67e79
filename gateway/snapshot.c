/** Everything of a configuration that costs work is done here, once, before it is published. */
#include "gateway/snapshot.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "gateway/chains.h"
#include "gateway/clock.h"
#include "gateway/file.h"

#define PINNED_BYTES ((size_t)64 << 10) /* a certificate, and those that lead to its authority */

/* What a renewed snapshot has in common with the one before: all but what files of TLS and schemas
 * hold. */
struct compiled {
    atomic_size_t references;
    struct pen_config *config;
    struct pen_ruleset *ruleset;
};

/* What the header does not show. */
struct counted {
    struct pen_snapshot snapshot; /* first: the two pointers are one */
    atomic_size_t references;
    struct compiled *compiled;
    struct pen_tls_server **tls;
    struct pen_tls_client **upstream_tls;
};

static void release_compiled(struct compiled *compiled)
{
    if (compiled == NULL) return;
    if (atomic_fetch_sub_explicit(&compiled->references, 1, memory_order_acq_rel) > 1) return;

    /* Chains, router and slots lie in the configuration's arena. */
    pen_config_destroy(compiled->config);
    pen_ruleset_release(compiled->ruleset);
    free(compiled);
}

static void free_counted(struct counted *counted)
{
    const struct pen_config *const config = counted->snapshot.config;
    for (size_t i = 0; counted->tls != NULL && i < config->listen_count; i++) {
        pen_tls_server_release(counted->tls[i]);
    }
    for (size_t i = 0; counted->upstream_tls != NULL && i < config->upstream_count; i++) {
        pen_tls_client_release(counted->upstream_tls[i]);
    }
    free(counted->tls);
    free(counted->upstream_tls);
    pen_schemas_destroy(counted->snapshot.schemas);
    release_compiled(counted->compiled);
    free(counted);
}

/* The server of the same listener under the snapshot before: its tickets may go on. */
static struct pen_tls_server *server_before(const struct pen_snapshot *previous,
                                            struct pen_str address)
{
    const size_t count = previous == NULL ? 0 : previous->config->listen_count;
    for (size_t i = 0; i < count; i++) {
        if (pen_str_equal(previous->config->listens[i].address, address)) return previous->tls[i];
    }
    return NULL;
}

static enum pen_status compile_listeners(struct counted *counted,
                                         const struct pen_snapshot *previous, struct pen_error *err)
{
    const struct pen_config *const config = counted->snapshot.config;
    counted->tls = calloc(config->listen_count + 1, sizeof(struct pen_tls_server *));
    if (counted->tls == NULL) return PEN_ERR_NOMEM;

    counted->snapshot.tls = counted->tls;
    for (size_t i = 0; i < config->listen_count; i++) {
        const struct pen_config_listen *const listen = &config->listens[i];
        if (!listen->tls) continue;

        const struct pen_tls_server_options options = {
            .certificates = listen->certificates,
            .certificate_count = listen->certificate_count,
            .refuse_unknown = listen->unknown_names == PEN_UNKNOWN_NAMES_REFUSE,
            .min_version = listen->min_version,
            .ticket_keys = listen->ticket_keys,
            .client_auth = listen->client_auth,
            .client_ca = listen->client_ca,
            .client_crl = listen->client_crl,
            .client_names = listen->client_names,
            .client_name_count = listen->client_name_count,
            .previous = server_before(previous, listen->address),
        };
        PEN_TRY(pen_config_placed(pen_tls_server_create(&options, &counted->tls[i], err),
                                  listen->place, err));
    }
    return PEN_OK;
}

static enum pen_status compile_upstreams(struct counted *counted, struct pen_error *err)
{
    const struct pen_config *const config = counted->snapshot.config;
    counted->upstream_tls = calloc(config->upstream_count + 1, sizeof(struct pen_tls_client *));
    if (counted->upstream_tls == NULL) return PEN_ERR_NOMEM;

    counted->snapshot.upstream_tls = counted->upstream_tls;
    for (size_t i = 0; i < config->upstream_count; i++) {
        const struct pen_config_upstream *const upstream = &config->upstreams[i];
        if (upstream->scheme != PEN_UPSTREAM_HTTPS) continue;

        const struct pen_tls_client_options options = {
            .certificate = upstream->identity.certificate,
            .key = upstream->identity.key,
            .ca = upstream->ca,
            .crl = upstream->crl,
            .name = pen_config_proven_name(upstream),
        };
        PEN_TRY(pen_config_placed(pen_tls_client_create(&options, &counted->upstream_tls[i], err),
                                  upstream->place, err));
    }
    return PEN_OK;
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
            if (pen_str_is_among_fold(name, names, snapshot->claimed_count)) continue;
            names[snapshot->claimed_count++] = name;
        }
    }
    return PEN_OK;
}

/* RFC 6797 section 6.1. Names below this one are somebody else's to decide about. */
static enum pen_status word_strict_transport(struct pen_snapshot *snapshot)
{
    const struct pen_config *const config = snapshot->config;
    char memory[32];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    if (config->hsts_s == 0) return PEN_OK;

    pen_buf_put(&buf, PEN_S("max-age="));
    pen_buf_u64(&buf, config->hsts_s);
    return pen_arena_copy(config->arena, pen_buf_str(&buf), &snapshot->strict_transport);
}

static void release_certificate(void *certificate)
{
    pen_signing_certificate_release(certificate);
}

static enum pen_status read_pinned(const struct pen_config_webhook *webhook,
                                   struct pen_arena *arena,
                                   const struct pen_signing_certificate **out,
                                   struct pen_error *err)
{
    const struct pen_signing_rules rules = {.pinned = true};
    struct pen_signing_certificate *certificate = NULL;
    struct pen_str pem;
    if (webhook->certificates.len == 0) return PEN_OK;
    PEN_TRY(pen_file_read(webhook->certificates, PINNED_BYTES, &pem, err));
    const enum pen_status status =
        pen_signing_certificate_read(pem, &rules, pen_clock_unix_s(), &certificate, err);
    pen_file_wipe(&pem);
    PEN_TRY(status);
    *out = certificate;
    return pen_arena_defer(arena, release_certificate, certificate);
}

static enum pen_status compile_webhooks(struct pen_snapshot *snapshot, struct pen_error *err)
{
    const struct pen_config *const config = snapshot->config;
    const struct pen_signing_certificate **const pinned =
        pen_arena_calloc(config->arena, config->function_count, sizeof(*pinned));
    if (pinned == NULL) return PEN_ERR_NOMEM;

    snapshot->pinned = pinned;
    for (size_t i = 0; i < config->function_count; i++) {
        const struct pen_config_webhook *const webhook = &config->functions[i].webhook;
        PEN_TRY(pen_config_placed(read_pinned(webhook, config->arena, &pinned[i], err),
                                  webhook->place, err));
    }
    pen_error_set(err, "not enough memory");
    return PEN_OK;
}

static enum pen_status take_ruleset(struct pen_snapshot *snapshot,
                                    const struct pen_snapshot *previous, struct pen_error *err)
{
    const struct pen_config *const config = snapshot->config;
    /* Compiling it takes the better part of a second, and gives the same for the same patches. */
    if (previous != NULL
        && pen_ruleset_is_patched_by(previous->ruleset, config->patches, config->patch_count)) {
        snapshot->ruleset = pen_ruleset_acquire(previous->ruleset);
        return PEN_OK;
    }
    return pen_ruleset_create_patched(config->patches, config->patch_count, &snapshot->ruleset,
                                      err);
}

static enum pen_status compile_functions(struct pen_snapshot *snapshot,
                                         const struct pen_snapshot *previous,
                                         struct pen_metrics *metrics, struct pen_error *err)
{
    const struct pen_config *const config = snapshot->config;
    uint32_t *slots = pen_arena_calloc(config->arena, config->function_count, sizeof(*slots));
    if (slots == NULL) return PEN_ERR_NOMEM;

    snapshot->metric_slots = slots;
    PEN_TRY(compile_webhooks(snapshot, err));
    PEN_TRY(take_ruleset(snapshot, previous, err));
    PEN_TRY(pen_chains_create(config, snapshot->ruleset, &snapshot->chains, err));
    for (size_t i = 0; metrics != NULL && i < config->function_count; i++) {
        PEN_TRY(pen_metrics_slot(metrics, config->functions[i].name, &slots[i]));
    }
    PEN_TRY(collect_claimed(snapshot));
    PEN_TRY(word_strict_transport(snapshot));
    return pen_router_create(config, config->arena, &snapshot->router, err);
}

static enum pen_status new_counted(const struct pen_snapshot *previous, struct counted **out)
{
    struct counted *const counted = calloc(1, sizeof(*counted));
    if (counted == NULL) return PEN_ERR_NOMEM;

    atomic_init(&counted->references, 1);
    counted->snapshot.generation = previous == NULL ? 1 : previous->generation + 1;
    *out = counted;
    return PEN_OK;
}

static enum pen_status compile_tls(struct counted *counted, const struct pen_snapshot *previous,
                                   struct pen_error *err)
{
    PEN_TRY(compile_listeners(counted, previous, err));
    return compile_upstreams(counted, err);
}

enum pen_status pen_snapshot_create(struct pen_config *config, const struct pen_snapshot *previous,
                                    struct pen_metrics *metrics, struct pen_snapshot **out,
                                    struct pen_error *err)
{
    pen_error_set(err, "not enough memory");
    struct counted *counted = NULL;
    struct compiled *const compiled = calloc(1, sizeof(*compiled));
    if (compiled == NULL || new_counted(previous, &counted) != PEN_OK) {
        free(compiled);
        pen_config_destroy(config);
        return PEN_ERR_NOMEM;
    }
    atomic_init(&compiled->references, 1);
    compiled->config = config;
    counted->compiled = compiled;
    struct pen_snapshot *const snapshot = &counted->snapshot;
    snapshot->config = config;

    enum pen_status status = compile_tls(counted, previous, err);
    if (status == PEN_OK) {
        pen_error_set(err, "not enough memory");
        status = compile_functions(snapshot, previous, metrics, err);
    }
    if (status == PEN_OK) status = pen_schemas_create(config, &snapshot->schemas, err);
    compiled->ruleset = snapshot->ruleset;
    if (status != PEN_OK) {
        free_counted(counted);
        return status;
    }
    *out = snapshot;
    return PEN_OK;
}

enum pen_status pen_snapshot_renew(const struct pen_snapshot *previous, struct pen_snapshot **out,
                                   struct pen_error *err)
{
    pen_error_set(err, "not enough memory");
    struct counted *counted = NULL;
    PEN_TRY(new_counted(previous, &counted));
    const uint64_t generation = counted->snapshot.generation;
    counted->snapshot = *previous;
    counted->snapshot.generation = generation;
    counted->snapshot.tls = NULL;
    counted->snapshot.upstream_tls = NULL;
    counted->snapshot.schemas = NULL;
    counted->compiled = ((const struct counted *)previous)->compiled;
    (void)atomic_fetch_add_explicit(&counted->compiled->references, 1, memory_order_relaxed);

    enum pen_status status = compile_tls(counted, previous, err);
    if (status == PEN_OK) {
        status = pen_schemas_create(previous->config, &counted->snapshot.schemas, err);
    }
    if (status != PEN_OK) {
        free_counted(counted);
        return status;
    }
    *out = &counted->snapshot;
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
        free_counted((struct counted *)snapshot);
    }
}
