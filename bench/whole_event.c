/** A configuration, a token and an order, and what the pipeline makes of them. */
#include "bench/whole_event.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/auth/mint.h"
#include "gateway/clock.h"
#include "gateway/pipeline.h"
#include "gateway/record/outcome.h"

static const char config_text[] = "listen: [ { address: \"127.0.0.1:0\" } ]\n"
                                  "issuers:\n"
                                  "  bench: { issuer: \"https://issuer.bench.invalid/\", audience: "
                                  "functions, jwks: { file: x } }\n"
                                  "upstreams: { f: { url: \"http://127.0.0.1:1\" } }\n"
                                  "functions:\n"
                                  "  orders:\n"
                                  "    route: /function/orders\n"
                                  "    upstream: f\n"
                                  "    allow: { issuer: bench, scopes: [\"orders:write\"] }\n"
                                  "    claims_to_headers: { X-Tenant: tenant }\n"
                                  "audit: { file: \"/dev/null\" }\n";

static const char body[] =
    "{\"specversion\":\"1.0\",\"id\":\"A234-1234-1234\",\"source\":\"/shop/orders\",\"type\":"
    "\"com.example.order.created\",\"time\":\"2026-11-24T01:00:00Z\",\"data\":{\"orderId\":"
    "\"6f1c2c1e-6f55-4f5c-9d6b-1e8ac0a6c1de\",\"customer\":{\"name\":\"Siobhan O'Brien\",\"email\":"
    "\"siobhan@example.com\",\"address\":{\"street\":\"12 Main Street\",\"city\":\"Galway\","
    "\"postcode\":\"H91 "
    "E2K8\",\"country\":\"IE\"}},\"items\":[{\"sku\":\"BK-1001\",\"title\":\"The Art "
    "of Gateways, 2nd "
    "edition\",\"quantity\":1,\"price\":39.9},{\"sku\":\"PN-204\",\"title\":\"Fountain "
    "pen & ink (blue)\",\"quantity\":2,\"price\":24.5},{\"sku\":\"NB-77\",\"title\":\"Notebook A5, "
    "dotted\",\"quantity\":3,\"price\":7.25}],\"note\":\"Please leave the parcel with the "
    "neighbours at "
    "number 14 - thanks!\",\"total\":110.65,\"currency\":\"EUR\",\"coupon\":null,\"gift\":false}}";

static const char answer_text[] =
    "HTTP/1.1 200 OK\r\nServer: x\r\nDate: Tue, 24 Nov 2026 01:00:00 GMT\r\n"
    "Content-Type: application/json\r\nContent-Length: 11\r\n\r\n";

struct bench_event {
    struct pen_snapshot *snapshot;
    struct pen_keyring *ring;
    struct pen_verifier *verifier;
    struct pen_scratch *scratch;
    struct pen_arena *keep;  /* of the token and the head */
    struct pen_arena *arena; /* of one event */
    struct pen_outcome_sink sink;
    struct pen_str head;
    int64_t now_s;
};

static void require(bool condition, const char *what)
{
    if (condition) return;
    fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

static void make_snapshot(struct bench_event *b)
{
    const struct pen_config_options options = {.look_at_files = false};
    const struct pen_str text = {config_text, sizeof(config_text) - 1};
    struct pen_config *config = NULL;
    struct pen_error err = {0};
    require(pen_config_parse_with(text, PEN_S("."), &options, &config, &err) == PEN_OK, err.text);
    require(pen_snapshot_create(config, NULL, NULL, &b->snapshot, &err) == PEN_OK, err.text);
    require(pen_scratch_create(b->snapshot->ruleset, &b->scratch) == PEN_OK, "no memory");
    require(pen_metrics_create(1, &b->sink.metrics) == PEN_OK, "no memory");
    require(pen_audit_create(&b->snapshot->config->audit, 1, &b->sink.audit, &err) == PEN_OK,
            err.text);
}

static void make_request(struct bench_event *b, struct pen_arena *arena)
{
    const struct pen_str audience = PEN_STR("functions");
    const struct pen_mint_claim tenant = {.name = PEN_STR("tenant"), .value = PEN_STR("acme")};
    const struct pen_mint_request wish = {.kid = PEN_STR("k"),
                                          .issuer = PEN_STR("https://issuer.bench.invalid/"),
                                          .audiences = &audience,
                                          .audience_count = 1,
                                          .subject = PEN_STR("caller"),
                                          .scope = PEN_STR("orders:read orders:write"),
                                          .issued_at = b->now_s,
                                          .expires_at = b->now_s + 3600,
                                          .claims = &tenant,
                                          .claim_count = 1};
    const struct pen_str kid = PEN_STR("k");
    struct pen_signer *signer = NULL;
    struct pen_str token;
    struct pen_str keys;
    struct pen_error err = {0};
    require(pen_signer_generate(PEN_JWS_RS256, &signer) == PEN_OK, "no key");
    require(pen_mint_token(signer, &wish, arena, &token, &err) == PEN_OK, err.text);
    const struct pen_signer *const signers[] = {signer};
    require(pen_mint_key_set(signers, &kid, 1, arena, &keys) == PEN_OK, "no key set");
    b->ring = calloc(1, sizeof(*b->ring) + sizeof(b->ring->sets[0]));
    require(b->ring != NULL, "no memory");
    b->ring->generation = 1;
    b->ring->count = 1;
    require(pen_keyset_parse(keys, b->snapshot->config->issuers[0].algorithms, &b->ring->sets[0],
                             NULL, &err)
                == PEN_OK,
            err.text);
    pen_signer_destroy(signer);

    char *const memory = pen_arena_bytes(arena, 4096);
    require(memory != NULL, "no memory");
    struct pen_buf buf = pen_buf_over(memory, 4096);
    pen_buf_format(
        &buf,
        "POST /function/orders HTTP/1.1\r\nHost: localhost:8443\r\nUser-Agent: shop/1\r\n"
        "Accept: */*\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
        "Authorization: Bearer %.*s\r\n\r\n",
        sizeof(body) - 1, PEN_STR_ARGS(token));
    require(!buf.full, "head too large");
    b->head = pen_buf_str(&buf);
}

void bench_event_run(struct bench_event *b)
{
    const struct pen_wire_limits limits = pen_wire_default_limits();
    struct pen_wire_scan find = {0};
    struct pen_wire_refusal refusal;
    size_t head_len = 0;
    struct pen_str copy;
    pen_arena_reset(b->arena);
    struct pen_wire_head *head = pen_arena_alloc(b->arena, sizeof(*head));
    struct pen_request *r = pen_arena_alloc(b->arena, sizeof(*r));
    require(head != NULL && r != NULL, "no memory");
    require(pen_wire_find_end(&find, b->head, &limits, false, &head_len, &refusal) == PEN_WIRE_DONE,
            "no head");
    require(pen_arena_copy(b->arena, b->head, &copy) == PEN_OK, "no memory");
    require(pen_wire_parse_request(copy, &limits, head, &refusal) == PEN_WIRE_DONE, "bad head");

    memset(r, 0, offsetof(struct pen_request, scan));
    memset((char *)r + offsetof(struct pen_request, scan) + sizeof(r->scan), 0,
           sizeof(*r) - offsetof(struct pen_request, scan) - sizeof(r->scan));
    r->arena = b->arena;
    r->head = head;
    r->snapshot = b->snapshot;
    r->remote = PEN_S("127.0.0.1:4711");
    r->remote_host = PEN_S("127.0.0.1");
    r->tls = true;
    r->tls_version = "TLSv1.3";
    r->wall_ms = pen_clock_unix_ms();
    r->times.began_us = r->times.head_us = pen_clock_us();
    memcpy(r->id, "0123456789abcdef0123456789abcdef", sizeof(r->id));
    require(pen_pipeline_admit(r, b->verifier, b->ring, b->now_s) == PEN_STEP_ON, "not admitted");
    r->times.auth_us = pen_clock_us();
    require(pen_pipeline_body(r, (struct pen_str){body, sizeof(body) - 1}) == PEN_STEP_ON,
            "no body");
    r->times.body_us = pen_clock_us();
    require(pen_pipeline_inspect(r, b->scratch, b->now_s) == PEN_STEP_ON, "refused");
    r->times.inspect_us = pen_clock_us();

    struct pen_exchange_request out;
    struct pen_wire_head *answer = pen_arena_alloc(b->arena, sizeof(*answer));
    struct pen_wire_scan find_answer = {0};
    struct pen_reply reply;
    const struct pen_str text = {answer_text, sizeof(answer_text) - 1};
    require(answer != NULL, "no memory");
    require(pen_pipeline_forward(r, &out) == PEN_STEP_ON, "not forwarded");
    require(pen_wire_find_end(&find_answer, text, &limits, true, &head_len, &refusal)
                == PEN_WIRE_DONE,
            "no answer");
    require(pen_wire_parse_response(text, head->method, &limits, answer, &refusal) == PEN_WIRE_DONE,
            "bad answer");
    require(pen_pipeline_answer_reply(r, answer, &reply), "no reply");
    const struct pen_exchange_times times = {.started_us = 1, .reused = true};
    const struct pen_outcome outcome = {
        .request = r, .status = 200, .reason = "ok", .times = &times, .upstream_status = 200};
    pen_outcome_record(&b->sink, &outcome);
}

size_t bench_event_head_bytes(const struct bench_event *b)
{
    return b->head.len;
}

size_t bench_event_body_bytes(void)
{
    return sizeof(body) - 1;
}

uint64_t bench_event_dropped(const struct bench_event *b)
{
    return pen_audit_counts(b->sink.audit).dropped;
}

struct bench_event *bench_event_create(void)
{
    struct bench_event *const b = calloc(1, sizeof(*b));
    require(b != NULL, "no memory");
    b->now_s = pen_clock_unix_s();
    require(pen_arena_create((size_t)1 << 20, 16384, &b->keep) == PEN_OK, "no memory");
    require(pen_arena_create((size_t)16 << 20, 65536, &b->arena) == PEN_OK, "no memory");
    require(pen_verifier_create(0, &b->verifier) == PEN_OK, "no memory");
    make_snapshot(b);
    make_request(b, b->keep);
    return b;
}

void bench_event_destroy(struct bench_event *b)
{
    if (b == NULL) return;
    pen_audit_destroy(b->sink.audit, 1000);
    pen_metrics_destroy(b->sink.metrics);
    pen_verifier_destroy(b->verifier);
    pen_keyset_release(b->ring->sets[0]);
    free(b->ring);
    pen_scratch_destroy(b->scratch);
    pen_snapshot_release(b->snapshot);
    pen_arena_destroy(b->arena);
    pen_arena_destroy(b->keep);
    free(b);
}
