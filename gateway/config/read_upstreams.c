/** `upstreams`: where functions are reached, and how both sides prove themselves. */
#include "gateway/config/endpoint.h"
#include "gateway/config/reference.h"
#include "gateway/config/route_text.h"
#include "gateway/config/shapes.h"

#define UPSTREAM(field, is) PEN_FIELD(struct pen_config_upstream, field, is)
#define MINUTE              ((uint64_t)60000)
#define HOUR                (60 * MINUTE)

/* Whether "plaintext: true" was spelled out matters while checking only. */
struct draft {
    struct pen_config_upstream upstream; /* first: the tables' offsets count from here */
    bool plaintext;
};

static const struct draft upstream_defaults = {
    .upstream =
        {
            .min_version = 12,
            .connect_timeout_ms = 2000,
            .first_byte_timeout_ms = 30000,
            .timeout_ms = 60000,
            .idle_ms = 30000,
            .resolve_ms = 60000,
            .connections = 128,
        },
};

static const struct pen_word versions[] = {{PEN_STR("1.2"), 12}, {PEN_STR("1.3"), 13}};

static enum pen_status copy(struct pen_reader *reader, struct pen_str text, struct pen_str *out)
{
    if (pen_arena_copy(reader->arena, text, out) == PEN_OK) return PEN_OK;
    return pen_reader_no_memory(reader);
}

static enum pen_status read_url(struct pen_reader *reader, const struct pen_json *value,
                                void *target)
{
    struct pen_config_upstream *upstream = target;
    struct pen_str text;
    struct pen_endpoint url;
    const char *problem;
    PEN_TRY(pen_reader_text(reader, value, PEN_KEY_REFERENCE, &text));
    if (pen_endpoint_url(text, &url, &problem) != PEN_OK) {
        return pen_reader_fail(reader, value, "%s", problem);
    }
    problem = url.path.len == 0 ? NULL : pen_route_path_problem(url.path);
    if (problem != NULL) return pen_reader_fail(reader, value, "the path of the URL %s", problem);

    const bool is_unix = url.scheme == PEN_UPSTREAM_UNIX;
    if (pen_str_ends(url.path, PEN_S("/"))) url.path.len--;
    upstream->scheme = url.scheme;
    upstream->port = url.port;
    PEN_TRY(copy(reader, is_unix ? PEN_S("localhost") : url.host, &upstream->host));
    PEN_TRY(copy(reader, is_unix ? PEN_S("localhost") : url.authority, &upstream->authority));
    PEN_TRY(copy(reader, url.path, &upstream->base_path));
    return copy(reader, url.unix_path, &upstream->unix_path);
}

static enum pen_status read_server_name(struct pen_reader *reader, const struct pen_json *value,
                                        void *target)
{
    struct pen_config_upstream *upstream = target;
    PEN_TRY(pen_reader_text(reader, value, PEN_KEY_REFERENCE, &upstream->server_name));
    if (pen_endpoint_is_host(upstream->server_name)) return PEN_OK;
    return pen_reader_expected(reader, value, "the name in the certificate, such as fn.internal");
}

/* "sha256//" and the Base64 form of 32 bytes, as curl --pinnedpubkey takes it. */
static enum pen_status read_pin(struct pen_reader *reader, const struct pen_json *value,
                                void *target)
{
    struct pen_config_upstream *upstream = target;
    PEN_TRY(pen_reader_text(reader, value, PEN_KEY_REFERENCE, &upstream->pin));
    const struct pen_str pin = upstream->pin;
    bool good = pin.len == 52 && pen_str_starts(pin, PEN_S("sha256//")) && pin.ptr[51] == '=';
    for (size_t i = 8; i < 51 && good; i++) {
        const char c = pin.ptr[i];
        good = pen_is_alnum(c) || c == '+' || c == '/';
    }
    if (good) return PEN_OK;
    return pen_reader_fail(reader, value,
                           "expected sha256// and 44 Base64 characters: the SHA-256 of the "
                           "server's public key (openssl x509 -pubkey ...)");
}

/* First ours, what we prove ourselves with; behind it, what proves the server. */
static const struct pen_key mtls_keys[] = {
    {PEN_STR("certificate"), .kind = PEN_KEY_FILE,
     .offset = UPSTREAM(identity.certificate, struct pen_str)},
    {PEN_STR("key"), .kind = PEN_KEY_FILE, .flags = PEN_KEY_PRIVATE,
     .offset = UPSTREAM(identity.key, struct pen_str)},
    {PEN_STR("ca"), .kind = PEN_KEY_FILE, .offset = UPSTREAM(ca, struct pen_str)},
    {PEN_STR("crl"), .kind = PEN_KEY_FILE, .offset = UPSTREAM(crl, struct pen_str)},
    {PEN_STR("server_name"), .kind = PEN_KEY_READ, .read = read_server_name},
    {PEN_STR("pin"), .kind = PEN_KEY_READ, .read = read_pin},
    {PEN_STR("min_version"), .kind = PEN_KEY_WORD, .offset = UPSTREAM(min_version, int),
     .words = versions, .word_count = PEN_COUNT_OF(versions)},
};

#define OUR_KEYS 2

const struct pen_shape pen_shape_upstream_mtls = {
    .schema = "/$defs/upstream_mtls",
    .keys = mtls_keys,
    .key_count = PEN_COUNT_OF(mtls_keys),
    .defaults = &upstream_defaults,
    .size = sizeof(upstream_defaults),
};

const struct pen_shape pen_shape_upstream_tls = {
    .schema = "/$defs/upstream_tls",
    .keys = mtls_keys + OUR_KEYS,
    .key_count = PEN_COUNT_OF(mtls_keys) - OUR_KEYS,
    .defaults = &upstream_defaults,
    .size = sizeof(upstream_defaults),
};

#define TIMEOUT(key, field)                                                              \
    {                                                                                    \
        PEN_STR(key), .kind = PEN_KEY_MILLISECONDS, .offset = UPSTREAM(field, uint32_t), \
                      .least = 10, .most = HOUR                                          \
    }

static const struct pen_key upstream_keys[] = {
    {PEN_STR("url"), .kind = PEN_KEY_READ, .read = read_url},
    {PEN_STR("plaintext"), .kind = PEN_KEY_FLAG,
     .offset = PEN_FIELD(struct draft, plaintext, bool)},
    {PEN_STR("tls"), .kind = PEN_KEY_SHAPE, .shape = &pen_shape_upstream_tls},
    {PEN_STR("mtls"), .kind = PEN_KEY_SHAPE, .shape = &pen_shape_upstream_mtls},
    TIMEOUT("connect_timeout", connect_timeout_ms),
    TIMEOUT("first_byte_timeout", first_byte_timeout_ms),
    TIMEOUT("timeout", timeout_ms),
    TIMEOUT("idle", idle_ms),
    TIMEOUT("resolve", resolve_ms),
    {PEN_STR("connections"), .kind = PEN_KEY_NUMBER, .offset = UPSTREAM(connections, uint32_t)},
    {PEN_STR("response"), .kind = PEN_KEY_SIZE, .offset = UPSTREAM(response_bytes, uint64_t),
     .most = (uint64_t)1 << 40},
};

const struct pen_shape pen_shape_upstream = {
    .schema = "/$defs/upstream",
    .keys = upstream_keys,
    .key_count = PEN_COUNT_OF(upstream_keys),
    .defaults = &upstream_defaults,
    .size = sizeof(upstream_defaults),
};

static enum pen_status check_upstream(struct pen_reader *reader, const struct pen_json *value,
                                      const struct draft *draft)
{
    const struct pen_json *const url = pen_json_member(value, PEN_S("url"));
    const struct pen_json *const tls = pen_json_member(value, PEN_S("tls"));
    const struct pen_json *const mtls = pen_json_member(value, PEN_S("mtls"));
    const struct pen_config_upstream *const upstream = &draft->upstream;
    if (tls != NULL && mtls != NULL) {
        return pen_reader_fail_name(reader, tls,
                                    "'mtls' is there already; everything of 'tls' goes into it");
    }
    if (upstream->scheme == PEN_UPSTREAM_HTTPS) {
        if (!draft->plaintext) return PEN_OK;
        return pen_reader_fail(reader, pen_json_member(value, PEN_S("plaintext")),
                               "'plaintext: true' contradicts the https:// URL");
    }
    if (tls != NULL || mtls != NULL) {
        return pen_reader_fail_name(reader, tls != NULL ? tls : mtls,
                                    "TLS needs an https:// URL; this one would go in the clear");
    }
    if (upstream->scheme == PEN_UPSTREAM_HTTP && !draft->plaintext
        && !pen_endpoint_is_loopback(upstream->host)) {
        return pen_reader_fail(reader, url,
                               "events would cross the network in the clear; use https://, or "
                               "spell out 'plaintext: true'");
    }
    return PEN_OK;
}

enum pen_status pen_read_upstreams(struct pen_reader *reader, const struct pen_json *value,
                                   void *target)
{
    struct pen_config *config = target;
    struct pen_config_upstream *upstreams =
        pen_arena_calloc(reader->arena, value->count, sizeof(*upstreams));
    if (upstreams == NULL) return pen_reader_no_memory(reader);

    for (const struct pen_json *item = value->first; item != NULL; item = item->next) {
        struct draft draft = upstream_defaults;
        const bool ours = pen_json_member(item, PEN_S("mtls")) != NULL;
        draft.upstream.index = item->index;
        draft.upstream.place = pen_reader_place(reader, item, ours ? PEN_S("mtls") : PEN_S("tls"));
        PEN_TRY(pen_reader_name(reader, item, &draft.upstream.name));
        PEN_TRY(pen_reader_mapping(reader, item, &pen_shape_upstream, &draft));
        PEN_TRY(check_upstream(reader, item, &draft));
        upstreams[item->index] = draft.upstream;
    }
    config->upstreams = upstreams;
    config->upstream_count = value->count;
    return PEN_OK;
}
