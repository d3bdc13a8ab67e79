/** `listen` and `admin`: where callers and operators come in. */
#include "gateway/config/endpoint.h"
#include "gateway/config/reference.h"
#include "gateway/config/shapes.h"

#define LISTEN(field, is) PEN_FIELD(struct pen_config_listen, field, is)

static const struct pen_config_listen listen_defaults = {
    .unix_mode = 0660,
    .min_version = 12,
    .client_auth = PEN_CLIENT_AUTH_OFF,
};

static enum pen_status read_address(struct pen_reader *reader, const struct pen_json *value,
                                    void *target)
{
    struct pen_config_listen *listen = target;
    struct pen_endpoint endpoint;
    const char *problem;
    PEN_TRY(pen_reader_text(reader, value, PEN_KEY_REFERENCE, &listen->address));
    if (pen_endpoint_address(listen->address, &endpoint, &problem) != PEN_OK) {
        return pen_reader_fail(reader, value, "%s", problem);
    }
    /* The host ends before its port; libraries want it with a NUL. */
    if (pen_arena_copy(reader->arena, endpoint.host, &listen->host) != PEN_OK
        || pen_arena_copy(reader->arena, endpoint.unix_path, &listen->unix_path) != PEN_OK) {
        return pen_reader_no_memory(reader);
    }
    listen->port = endpoint.port;
    return PEN_OK;
}

static enum pen_status read_mode(struct pen_reader *reader, const struct pen_json *value,
                                 void *target)
{
    struct pen_config_listen *listen = target;
    struct pen_str text;
    PEN_TRY(pen_reader_text(reader, value, 0, &text));
    listen->unix_mode = 0;
    for (size_t i = 0; i < text.len; i++) {
        listen->unix_mode = listen->unix_mode * 8 + (uint32_t)(text.ptr[i] - '0');
    }
    return PEN_OK;
}

static const struct pen_key listen_keys[] = {
    {PEN_STR("address"), .kind = PEN_KEY_READ, .read = read_address},
    {PEN_STR("mode"), .kind = PEN_KEY_READ, .read = read_mode},
    {PEN_STR("plaintext"), .kind = PEN_KEY_FLAG, .offset = LISTEN(plaintext, bool)},
    {PEN_STR("proxy_protocol"), .kind = PEN_KEY_READ, .read = pen_read_proxy_protocol},
    {PEN_STR("tls"), .kind = PEN_KEY_READ, .shape = &pen_shape_listen_tls,
     .read = pen_read_listen_tls},
};

const struct pen_shape pen_shape_listen = {
    .schema = "/$defs/listen",
    .keys = listen_keys,
    .key_count = PEN_COUNT_OF(listen_keys),
    .defaults = &listen_defaults,
    .size = sizeof(listen_defaults),
};

static const struct pen_key admin_keys[] = {
    {PEN_STR("address"), .kind = PEN_KEY_READ, .read = read_address},
    {PEN_STR("mode"), .kind = PEN_KEY_READ, .read = read_mode},
};

const struct pen_shape pen_shape_admin = {
    .schema = "/$defs/admin",
    .keys = admin_keys,
    .key_count = PEN_COUNT_OF(admin_keys),
    .defaults = &listen_defaults,
    .size = sizeof(listen_defaults),
};

static bool is_local(const struct pen_config_listen *listen)
{
    return listen->unix_path.len > 0 || pen_endpoint_is_loopback(listen->host);
}

static enum pen_status check_listen(struct pen_reader *reader, const struct pen_json *value,
                                    const struct pen_config_listen *listen)
{
    const struct pen_json *const address = pen_json_member(value, PEN_S("address"));
    if (listen->tls && listen->plaintext) {
        return pen_reader_fail(reader, pen_json_member(value, PEN_S("plaintext")),
                               "'plaintext: true' contradicts 'tls'; keep one of them");
    }
    if (!listen->tls && !listen->plaintext && !is_local(listen)) {
        return pen_reader_fail(reader, address,
                               "tokens would cross the network in the clear; add 'tls', listen on "
                               "127.0.0.1 or a Unix socket, or spell out 'plaintext: true'");
    }
    const struct pen_json *const mode = pen_json_member(value, PEN_S("mode"));
    if (mode != NULL && listen->unix_path.len == 0) {
        return pen_reader_fail_name(reader, mode, "only a Unix socket has a mode");
    }
    return PEN_OK;
}

/* Port 0 is another port each time. */
static bool is_same_place(const struct pen_config_listen *a, const struct pen_config_listen *b)
{
    if (a->unix_path.len > 0) return pen_str_equal(a->unix_path, b->unix_path);
    return a->port != 0 && a->port == b->port && pen_str_equal(a->host, b->host);
}

enum pen_status pen_read_listens(struct pen_reader *reader, const struct pen_json *value,
                                 void *target)
{
    struct pen_config *config = target;
    struct pen_config_listen *listens =
        pen_arena_calloc(reader->arena, value->count, sizeof(*listens));
    if (listens == NULL) return pen_reader_no_memory(reader);

    for (const struct pen_json *item = value->first; item != NULL; item = item->next) {
        struct pen_config_listen *const listen = &listens[item->index];
        *listen = listen_defaults;
        listen->place = pen_reader_place(reader, item, PEN_S("tls"));
        PEN_TRY(pen_reader_mapping(reader, item, &pen_shape_listen, listen));
        PEN_TRY(check_listen(reader, item, listen));
        for (uint32_t i = 0; i < item->index; i++) {
            if (!is_same_place(&listens[i], listen)) continue;
            return pen_reader_fail(reader, pen_json_member(item, PEN_S("address")),
                                   "/listen/%u has the same address", i);
        }
    }
    config->listens = listens;
    config->listen_count = value->count;
    return PEN_OK;
}

enum pen_status pen_read_admin(struct pen_reader *reader, const struct pen_json *value,
                               void *target)
{
    struct pen_config *config = target;
    struct pen_config_listen *const admin = &config->admin_listen;
    *admin = listen_defaults;
    PEN_TRY(pen_reader_mapping(reader, value, &pen_shape_admin, admin));
    const struct pen_json *const address = pen_json_member(value, PEN_S("address"));
    if (!is_local(admin)) {
        return pen_reader_fail(reader, address,
                               "whoever reaches this address needs no credential; use 127.0.0.1, "
                               "[::1] or a Unix socket");
    }
    PEN_TRY(check_listen(reader, value, admin));
    for (size_t i = 0; i < config->listen_count; i++) {
        if (!is_same_place(&config->listens[i], admin)) continue;
        return pen_reader_fail(reader, address, "/listen/%zu has the same address", i);
    }
    config->admin = true;
    return PEN_OK;
}
