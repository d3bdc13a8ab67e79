/** The typed configuration: what a good file comes to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/config/config.h"

static const char *variable(const char *name)
{
    if (strcmp(name, "HOST") == 0) return "fn.internal";
    if (strcmp(name, "EMPTY") == 0) return "";
    return NULL;
}

static const struct pen_config_options options = {.variable = variable};

static struct pen_config *parse(const char *yaml)
{
    struct pen_config *config = NULL;
    struct pen_error err = {.text = ""};
    if (pen_config_parse_with(pen_str_from_c(yaml), PEN_S("/etc/penstock"), &options, &config, &err)
        != PEN_OK) {
        fail_msg("%zu:%zu: %s", err.line, err.column, err.text);
    }
    return config;
}

static void assert_text(struct pen_str found, const char *wanted)
{
    if (!pen_str_equal(found, pen_str_from_c(wanted))) {
        fail_msg("'%.*s', not '%s'", PEN_STR_ARGS(found), wanted);
    }
    /* Libraries take it as a C string. */
    if (found.len > 0) assert_int_equal(found.ptr[found.len], '\0');
}

#define SMALLEST                       \
    "listen:\n"                        \
    "  - address: 127.0.0.1:8080\n"    \
    "upstreams:\n"                     \
    "  faas:\n"                        \
    "    url: http://127.0.0.1:8081\n" \
    "functions:\n"                     \
    "  hello:\n"                       \
    "    route: /function/hello\n"     \
    "    upstream: faas\n"             \
    "    allow: anyone\n"

static void ten_lines_are_enough_and_everything_has_a_default(void **state)
{
    (void)state;
    struct pen_config *const config = parse(SMALLEST);
    const struct pen_config_listen *const listen = &config->listens[0];
    const struct pen_config_upstream *const upstream = &config->upstreams[0];
    const struct pen_config_function *const function = &config->functions[0];

    assert_int_equal(config->listen_count, 1);
    assert_text(listen->address, "127.0.0.1:8080");
    assert_text(listen->host, "127.0.0.1");
    assert_int_equal(listen->port, 8080);
    assert_int_equal(listen->unix_path.len, 0);
    assert_false(listen->tls);
    assert_false(listen->plaintext);
    assert_false(config->admin);
    assert_int_equal(config->issuer_count, 0);

    assert_int_equal(config->upstream_count, 1);
    assert_text(upstream->name, "faas");
    assert_int_equal(upstream->scheme, PEN_UPSTREAM_HTTP);
    assert_text(upstream->authority, "127.0.0.1:8081");
    assert_int_equal(upstream->min_version, 12);
    assert_int_equal(upstream->connect_timeout_ms, 2000);
    assert_int_equal(upstream->first_byte_timeout_ms, 30000);
    assert_int_equal(upstream->timeout_ms, 60000);
    assert_int_equal(upstream->idle_ms, 30000);
    assert_int_equal(upstream->connections, 128);
    assert_int_equal(upstream->response_bytes, 0);

    assert_int_equal(config->function_count, 1);
    assert_text(function->name, "hello");
    assert_text(function->route, "/function/hello");
    assert_int_equal(function->route_kind, PEN_ROUTE_EXACT);
    assert_ptr_equal(function->upstream, upstream);
    assert_int_equal(function->target.len, 0);
    assert_int_equal(function->host.len, 0);
    assert_int_equal(function->method_count, 1);
    assert_text(function->allow_field, "POST");
    assert_true(function->has_allow);
    assert_true(function->allow.anyone);
    assert_int_equal(function->limits.body_bytes, 1 << 20);
    assert_int_equal(function->limits.depth, 32);
    assert_int_equal(function->limits.leaves, 10000);
    assert_int_equal(function->limits.string_bytes, 64 << 10);
    assert_int_equal(function->body_count, 1);
    assert_int_equal(function->bodies[0], PEN_BODY_JSON);
    assert_int_equal(function->authorization, PEN_AUTHORIZATION_STRIP);
    assert_int_equal(function->timeout_ms, 0);
    assert_false(function->response.any);
    assert_int_equal(function->response.secrets, PEN_RESPONSE_OFF);
    assert_int_equal(function->response.body_bytes, 1 << 20);
    for (size_t i = 0; i < pen_registry_count(); i++) {
        assert_int_equal(function->policy->modes[i],
                         pen_registry_at(i)->detects ? PEN_MODE_DETECT : PEN_MODE_ENFORCE);
        assert_null(function->policy->configs[i]);
    }
    assert_int_equal(function->policy->block_score, 0);
    assert_int_equal(function->policy->flag_score, 0);

    assert_int_equal(config->audit.file.len, 0);
    assert_int_equal(config->timeouts.handshake_ms, 5000);
    assert_int_equal(config->timeouts.head_ms, 10000);
    assert_int_equal(config->timeouts.body_ms, 60000);
    assert_int_equal(config->timeouts.idle_ms, 60000);
    assert_int_equal(config->timeouts.drain_ms, 30000);
    assert_int_equal(config->timeouts.body_min_rate, 500);
    assert_int_equal(config->workers, 0);
    assert_int_equal(config->connections, 10000);
    assert_int_equal(config->memory_bytes, (size_t)256 << 20);
    pen_config_destroy(config);
}

static void reads_the_design_s_example(void **state)
{
    (void)state;
    struct pen_config *const config = parse(
        "listen:\n"
        "  - address: 0.0.0.0:8443\n"
        "    tls: { certificate: certs/edge.pem, key: certs/edge.key, min_version: \"1.2\" }\n"
        "admin: { address: 127.0.0.1:9901 }\n"
        "\n"
        "issuers:\n"
        "  corp:\n"
        "    issuer: https://id.example.com/\n"
        "    audience: functions\n"
        "    jwks: { url: https://id.example.com/jwks.json, refresh: 5m }   # or file:\n"
        "\n"
        "upstreams:\n"
        "  faas:\n"
        "    url: https://gateway.openfaas:8080\n"
        "    mtls: { certificate: certs/client.pem, key: certs/client.key, ca: certs/ca.pem }\n"
        "    timeout: 30s\n"
        "\n"
        "defaults:\n"
        "  filters: enforce\n"
        "  limits: { body: 1MiB, depth: 32, leaves: 10000, string: 64KiB }\n"
        "\n"
        "functions:\n"
        "  resize-image:\n"
        "    route: /function/resize-image\n"
        "    upstream: faas\n"
        "    event: json\n"
        "    sinks: [path, shell]\n"
        "    allow: { issuer: corp, scopes: [images:write], methods: [POST] }\n"
        "  orders:\n"
        "    route: /function/orders\n"
        "    upstream: faas\n"
        "    sinks: [sql]\n"
        "    allow: { issuer: corp, claims: { tenant: [acme, globex] } }\n"
        "    exceptions:\n"
        "      - { filter: sqli, path: /note, reason: \"free text, bound parameter\", until: "
        "2027-01-01 }\n"
        "\n"
        "audit: { file: /var/log/penstock/audit.jsonl, redact: [/card/number] }\n");
    const struct pen_config_listen *const listen = &config->listens[0];
    assert_true(listen->tls);
    assert_text(listen->certificates[0].certificate, "/etc/penstock/certs/edge.pem");
    assert_text(listen->certificates[0].key, "/etc/penstock/certs/edge.key");
    assert_int_equal(listen->min_version, 12);
    assert_true(config->admin);
    assert_int_equal(config->admin_listen.port, 9901);

    const struct pen_config_issuer *const corp = &config->issuers[0];
    assert_text(corp->issuer, "https://id.example.com/");
    assert_int_equal(corp->audience_count, 1);
    assert_text(corp->audiences[0], "functions");
    assert_text(corp->jwks_url, "https://id.example.com/jwks.json");
    assert_int_equal(corp->refresh_s, 300);
    assert_int_equal(corp->stale_s, 86400);
    assert_int_equal(corp->leeway_s, 60);
    assert_int_equal(corp->max_lifetime_s, 86400);
    assert_int_equal(corp->algorithms,
                     PEN_JWS_RS256 | PEN_JWS_ES256 | PEN_JWS_PS256 | PEN_JWS_EDDSA);

    const struct pen_config_upstream *const faas = &config->upstreams[0];
    assert_int_equal(faas->scheme, PEN_UPSTREAM_HTTPS);
    assert_text(faas->host, "gateway.openfaas");
    assert_int_equal(faas->port, 8080);
    assert_text(faas->identity.certificate, "/etc/penstock/certs/client.pem");
    assert_text(faas->ca, "/etc/penstock/certs/ca.pem");
    assert_int_equal(faas->timeout_ms, 30000);

    const struct pen_config_function *const resize = &config->functions[0];
    assert_int_equal(resize->policy->sink_count, 2);
    assert_text(resize->policy->sinks[1], "shell");
    assert_int_equal(resize->allow.issuer_count, 1);
    assert_ptr_equal(resize->allow.issuers[0], corp);
    assert_text(resize->allow.scopes[0], "images:write");

    const struct pen_config_function *const orders = &config->functions[1];
    assert_int_equal(orders->index, 1);
    assert_text(orders->allow.claims[0].claim, "tenant");
    assert_int_equal(orders->allow.claims[0].value_count, 2);
    assert_text(orders->allow.claims[0].values[1], "globex");
    assert_int_equal(orders->policy->exception_count, 1);
    assert_text(orders->policy->exceptions[0].path, "/note");
    assert_text(orders->policy->exceptions[0].reason, "free text, bound parameter");
    assert_int_equal(orders->policy->exceptions[0].until, 1798761600);

    assert_text(config->audit.file, "/var/log/penstock/audit.jsonl");
    assert_text(config->audit.redact[0], "/card/number");
    assert_false(config->audit.refuse_when_full);
    pen_config_destroy(config);
}

static void reads_every_other_key(void **state)
{
    (void)state;
    struct pen_config *const config = parse(
        "listen:\n"
        "  - address: \"[::]:8443\"\n"
        "    tls: { certificate: /c.pem, key: /k.pem, min_version: \"1.3\", client_ca: /ca.pem,\n"
        "           ocsp: /c.ocsp, unknown_names: refuse, ticket_keys: /t.keys, client_crl: "
        "/ca.crl,\n"
        "           client_names: [dns:a.example, email:*@example.com] }\n"
        "  - { address: unix:/run/p.sock, mode: \"0600\" }\n"
        "  - { address: 0.0.0.0:8080, plaintext: true }\n"
        "admin: { address: unix:/run/admin.sock, mode: \"660\" }\n"
        "workers: 3\n"
        "connections: 77\n"
        "memory: 64MiB\n"
        "timeouts: { handshake: 1s, head: 2s, body: 3s, idle: 4s, drain: 5s, body_rate: 1KiB/s }\n"
        "audit: { file: \"-\", on_full: refuse }\n"
        "issuers:\n"
        "  hs:\n"
        "    issuer: me\n"
        "    audience: [a, b]\n"
        "    algorithms: [HS256]\n"
        "    profile: rfc9068\n"
        "    leeway: 0s\n"
        "    max_lifetime: 0s\n"
        "    jwks: { file: secret.json }\n"
        "  url:\n"
        "    issuer: you\n"
        "    audience: c\n"
        "    jwks: { url: http://127.0.0.1:9/k, ca: ca.pem, stale: 0s }\n"
        "upstreams:\n"
        "  tls:\n"
        "    url: https://[::1]:9443/base/\n"
        "    tls: { ca: ca.pem, server_name: fn.internal, min_version: \"1.3\",\n"
        "           pin: sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= }\n"
        "    connect_timeout: 100ms\n"
        "    first_byte_timeout: 1m\n"
        "    idle: 10s\n"
        "    connections: 1\n"
        "    response: 8MiB\n"
        "  unix: { url: unix:/run/fn.sock }\n"
        "  clear: { url: http://fn.internal, plaintext: true }\n"
        "functions:\n"
        "  a:\n"
        "    host: FN.Example\n"
        "    route: /t/{tenant}/*\n"
        "    target: /in/{tenant}/*\n"
        "    upstream: unix\n"
        "    methods: [GET, POST]\n"
        "    bodies: [json, form, multipart, ndjson, xml, graphql, text, opaque]\n"
        "    content_codings: [gzip, deflate]\n"
        "    limits: { body: 1B, depth: 1, leaves: 1, fields: 2, string: 1GiB }\n"
        "    authorization: forward\n"
        "    claims_to_headers: { X-Tenant: tenant, X-Role: /realm/roles/0 }\n"
        "    timeout: 1h\n"
        "    thresholds: { block: 90, flag: 10 }\n"
        "    allow: { issuer: [hs, url], subjects: [s1, s2] }\n"
        "  b: { route: /b, upstream: tls, allow: { anyone: true, methods: [DELETE] } }\n"
        "  c: { route: /c, upstream: clear }\n");
    assert_int_equal(config->listen_count, 3);
    assert_int_equal(config->listens[0].min_version, 13);
    assert_int_equal(config->listens[0].client_auth, PEN_CLIENT_AUTH_REQUIRED);
    assert_text(config->listens[0].client_ca, "/ca.pem");
    assert_int_equal(config->listens[0].certificate_count, 1);
    assert_text(config->listens[0].certificates[0].ocsp, "/c.ocsp");
    assert_int_equal(config->listens[0].unknown_names, PEN_UNKNOWN_NAMES_REFUSE);
    assert_text(config->listens[0].ticket_keys, "/t.keys");
    assert_text(config->listens[0].client_crl, "/ca.crl");
    assert_int_equal(config->listens[0].client_name_count, 2);
    assert_int_equal(config->listens[0].client_names[1].kind, PEN_TLS_NAME_EMAIL);
    assert_text(config->listens[0].client_names[1].text, "*@example.com");
    assert_text(config->listens[1].unix_path, "/run/p.sock");
    assert_int_equal(config->listens[1].unix_mode, 0600);
    assert_true(config->listens[2].plaintext);
    assert_int_equal(config->admin_listen.unix_mode, 0660);
    assert_int_equal(config->workers, 3);
    assert_int_equal(config->connections, 77);
    assert_int_equal(config->memory_bytes, 64 << 20);
    assert_int_equal(config->timeouts.handshake_ms, 1000);
    assert_int_equal(config->timeouts.drain_ms, 5000);
    assert_int_equal(config->timeouts.body_min_rate, 1024);
    assert_text(config->audit.file, "-");
    assert_true(config->audit.refuse_when_full);

    const struct pen_config_issuer *const hs = &config->issuers[0];
    assert_int_equal(hs->algorithms, PEN_JWS_HS256);
    assert_int_equal(hs->profile, PEN_PROFILE_RFC9068);
    assert_int_equal(hs->leeway_s, 0);
    assert_int_equal(hs->max_lifetime_s, 0);
    assert_text(hs->jwks_file, "/etc/penstock/secret.json");
    assert_text(config->issuers[1].jwks_ca, "/etc/penstock/ca.pem");
    assert_int_equal(config->issuers[1].stale_s, 0);

    const struct pen_config_upstream *const tls = &config->upstreams[0];
    assert_text(tls->host, "::1");
    assert_text(tls->authority, "[::1]:9443");
    assert_text(tls->base_path, "/base");
    assert_text(tls->server_name, "fn.internal");
    assert_text(tls->pin, "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    assert_int_equal(tls->min_version, 13);
    assert_int_equal(tls->identity.certificate.len, 0);
    assert_int_equal(tls->connect_timeout_ms, 100);
    assert_int_equal(tls->first_byte_timeout_ms, 60000);
    assert_int_equal(tls->idle_ms, 10000);
    assert_int_equal(tls->connections, 1);
    assert_int_equal(tls->response_bytes, 8 << 20);
    assert_int_equal(config->upstreams[1].scheme, PEN_UPSTREAM_UNIX);
    assert_text(config->upstreams[1].unix_path, "/run/fn.sock");
    assert_text(config->upstreams[1].authority, "localhost");
    assert_int_equal(config->upstreams[2].port, 80);

    const struct pen_config_function *const a = &config->functions[0];
    assert_text(a->host, "fn.example");
    assert_int_equal(a->route_kind, PEN_ROUTE_PREFIX);
    assert_text(a->target, "/in/{tenant}/*");
    assert_text(a->allow_field, "GET, POST");
    assert_int_equal(a->body_count, 8);
    assert_int_equal(a->bodies[2], PEN_BODY_MULTIPART);
    assert_int_equal(a->bodies[7], PEN_BODY_OPAQUE);
    assert_int_equal(a->codings, PEN_CONTENT_GZIP | PEN_CONTENT_DEFLATE);
    assert_int_equal(a->limits.fields, 2);
    assert_int_equal(a->limits.body_bytes, 1);
    assert_int_equal(a->limits.string_bytes, (uint64_t)1 << 30);
    assert_int_equal(a->authorization, PEN_AUTHORIZATION_FORWARD);
    assert_int_equal(a->claim_header_count, 2);
    assert_text(a->claim_headers[1].header, "X-Role");
    assert_text(a->claim_headers[1].claim, "/realm/roles/0");
    assert_int_equal(a->timeout_ms, 3600000);
    assert_int_equal(a->policy->block_score, 90);
    assert_int_equal(a->policy->flag_score, 10);
    assert_int_equal(a->allow.issuer_count, 2);
    assert_int_equal(a->allow.subject_count, 2);
    assert_true(config->functions[1].allow.anyone);
    assert_text(config->functions[1].allow_field, "DELETE");
    assert_false(config->functions[2].has_allow);
    pen_config_destroy(config);
}

static void functions_start_from_defaults_and_change_what_they_name(void **state)
{
    (void)state;
    struct pen_config *const config =
        parse("listen: [{ address: 127.0.0.1:0 }]\n"
              "upstreams: { u: { url: http://127.0.0.1:1 } }\n"
              "functions:\n"
              "  same: { route: /a, upstream: u }\n"
              "  other:\n"
              "    route: /b\n"
              "    upstream: u\n"
              "    filters: { path: enforce }\n"
              "    limits: { depth: 7 }\n"
              "    thresholds: { block: 60 }\n"
              "    bodies: [text]\n"
              "  all: { route: /c, upstream: u, filters: off }\n"
              "  long: { route: /d, upstream: u, filters: { sqli: { mode: \"off\" } } }\n"
              "defaults:\n"
              "  filters: detect\n"
              "  limits: { body: 2KiB }\n"
              "  thresholds: { flag: 20 }\n"
              "  methods: [PUT]\n"
              "  bodies: [form, json]\n"
              "  authorization: forward\n"
              "  timeout: 5s\n");
    const size_t sqli = pen_registry_find(PEN_S("sqli"));
    const size_t path = pen_registry_find(PEN_S("path"));
    const struct pen_config_function *const same = &config->functions[0];
    const struct pen_config_function *const other = &config->functions[1];
    assert_int_equal(same->policy->modes[sqli], PEN_MODE_DETECT);
    assert_int_equal(same->limits.body_bytes, 2048);
    assert_int_equal(same->limits.depth, 32);
    assert_int_equal(same->policy->flag_score, 20);
    assert_int_equal(same->body_count, 2);
    assert_text(same->allow_field, "PUT");
    assert_int_equal(same->authorization, PEN_AUTHORIZATION_FORWARD);
    assert_int_equal(same->timeout_ms, 5000);

    assert_int_equal(other->policy->modes[sqli], PEN_MODE_DETECT);
    assert_int_equal(other->policy->modes[path], PEN_MODE_ENFORCE);
    assert_int_equal(other->limits.body_bytes, 2048);
    assert_int_equal(other->limits.depth, 7);
    assert_int_equal(other->policy->flag_score, 20);
    assert_int_equal(other->policy->block_score, 60);
    assert_int_equal(other->bodies[0], PEN_BODY_TEXT);
    assert_int_equal(config->functions[2].policy->modes[path], PEN_MODE_OFF);
    assert_int_equal(config->functions[3].policy->modes[sqli], PEN_MODE_OFF);
    assert_null(config->functions[3].policy->configs[sqli]);
    pen_config_destroy(config);
}

static void variables_stand_for_text(void **state)
{
    (void)state;
    struct pen_config *const config =
        parse("listen: [{ address: \"127.0.0.1:${PORT:-0}\" }]\n"
              "issuers:\n"
              "  i: { issuer: \"https://${HOST}/${EMPTY:-x}${EMPTY}\", audience: [\"${HOST}\"],\n"
              "       jwks: { file: \"${DIR:-keys}/k.json\" } }\n"
              "upstreams: { u: { url: \"https://${HOST}:8443\" } }\n"
              "functions: { f: { route: /f, upstream: u } }\n");
    assert_text(config->listens[0].address, "127.0.0.1:0");
    assert_text(config->issuers[0].issuer, "https://fn.internal/x");
    assert_text(config->issuers[0].audiences[0], "fn.internal");
    assert_text(config->issuers[0].jwks_file, "/etc/penstock/keys/k.json");
    assert_text(config->upstreams[0].host, "fn.internal");
    assert_text(config->upstreams[0].authority, "fn.internal:8443");
    pen_config_destroy(config);
}

static void json_is_a_configuration_too(void **state)
{
    (void)state;
    struct pen_config *const config =
        parse("{\"listen\":[{\"address\":\"127.0.0.1:0\"}],"
              "\"upstreams\":{\"u\":{\"url\":\"http://[::1]:1\"}},"
              "\"functions\":{\"f\":{\"route\":\"/f\",\"upstream\":\"u\",\"allow\":\"anyone\"}}}");
    assert_int_equal(config->function_count, 1);
    pen_config_destroy(config);
}

static void survives_memory_running_out_anywhere(void **state)
{
    (void)state;
    bool succeeded = false;
    for (size_t limit = 1; limit < 1 << 20 && !succeeded; limit += 257) {
        const struct pen_config_options small = {.variable = variable, .memory_bytes = limit};
        struct pen_config *config = NULL;
        struct pen_error err = {.text = ""};
        const enum pen_status status = pen_config_parse_with(
            (struct pen_str)PEN_STR(SMALLEST "    filters: { sqli: detect }\n"
                                             "    host: \"${HOST}\"\n"
                                             "    exceptions:\n"
                                             "      - { filter: path, path: /a, reason: b }\n"),
            PEN_S("/x"), &small, &config, &err);
        succeeded = status == PEN_OK;
        if (!succeeded && status != PEN_ERR_NOMEM) {
            fail_msg("at %zu: %s: %s", limit, pen_status_name(status), err.text);
        }
        pen_config_destroy(config);
    }
    assert_true(succeeded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_lines_are_enough_and_everything_has_a_default),
        cmocka_unit_test(reads_the_design_s_example),
        cmocka_unit_test(reads_every_other_key),
        cmocka_unit_test(functions_start_from_defaults_and_change_what_they_name),
        cmocka_unit_test(variables_stand_for_text),
        cmocka_unit_test(json_is_a_configuration_too),
        cmocka_unit_test(survives_memory_running_out_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
