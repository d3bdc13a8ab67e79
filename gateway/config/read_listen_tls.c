/** `tls` of a listener: what it proves itself with, and how it proves callers. */
#include "gateway/config/shapes.h"

#define CERTIFICATE(field) PEN_FIELD(struct pen_tls_certificate, field, struct pen_str)
#define TLS(field, is)     PEN_FIELD(struct draft, listen.field, is)
#define SINGLE(field)      PEN_FIELD(struct draft, single.field, struct pen_str)

/* One certificate may stand without a list around it. */
struct draft {
    struct pen_config_listen listen; /* first: its defaults are the listener's */
    struct pen_tls_certificate single;
};

static const struct draft tls_defaults = {
    .listen = {.min_version = 12,
               .client_auth = PEN_CLIENT_AUTH_OFF,
               .unknown_names = PEN_UNKNOWN_NAMES_DEFAULT},
};

static const struct pen_word versions[] = {{PEN_STR("1.2"), 12}, {PEN_STR("1.3"), 13}};

static const struct pen_word unknown_names[] = {
    {PEN_STR("default"), PEN_UNKNOWN_NAMES_DEFAULT},
    {PEN_STR("refuse"), PEN_UNKNOWN_NAMES_REFUSE},
};

static const struct pen_word client_auths[] = {
    {PEN_STR("off"), PEN_CLIENT_AUTH_OFF},
    {PEN_STR("optional"), PEN_CLIENT_AUTH_OPTIONAL},
    {PEN_STR("required"), PEN_CLIENT_AUTH_REQUIRED},
};

static const struct pen_key certificate_keys[] = {
    {PEN_STR("certificate"), .kind = PEN_KEY_FILE, .offset = CERTIFICATE(certificate)},
    {PEN_STR("key"), .kind = PEN_KEY_FILE, .flags = PEN_KEY_PRIVATE, .offset = CERTIFICATE(key)},
    {PEN_STR("ocsp"), .kind = PEN_KEY_FILE, .offset = CERTIFICATE(ocsp)},
};

const struct pen_shape pen_shape_certificate = {
    .schema = "/$defs/certificate",
    .keys = certificate_keys,
    .key_count = PEN_COUNT_OF(certificate_keys),
};

static enum pen_status read_certificates(struct pen_reader *reader, const struct pen_json *value,
                                         void *target)
{
    struct pen_config_listen *const listen = &((struct draft *)target)->listen;
    struct pen_tls_certificate *const certificates =
        pen_arena_calloc(reader->arena, value->count, sizeof(*certificates));
    if (certificates == NULL) return pen_reader_no_memory(reader);

    for (const struct pen_json *item = value->first; item != NULL; item = item->next) {
        PEN_TRY(
            pen_reader_mapping(reader, item, &pen_shape_certificate, &certificates[item->index]));
    }
    listen->certificates = certificates;
    listen->certificate_count = value->count;
    return PEN_OK;
}

static enum pen_status read_client_names(struct pen_reader *reader, const struct pen_json *value,
                                         void *target)
{
    struct pen_config_listen *const listen = &((struct draft *)target)->listen;
    return pen_read_name_rules(reader, value, &listen->client_names, &listen->client_name_count);
}

static const struct pen_key tls_keys[] = {
    {PEN_STR("certificate"), .kind = PEN_KEY_FILE, .offset = SINGLE(certificate)},
    {PEN_STR("key"), .kind = PEN_KEY_FILE, .flags = PEN_KEY_PRIVATE, .offset = SINGLE(key)},
    {PEN_STR("ocsp"), .kind = PEN_KEY_FILE, .offset = SINGLE(ocsp)},
    {PEN_STR("certificates"), .kind = PEN_KEY_READ, .shape = &pen_shape_certificate,
     .read = read_certificates},
    {PEN_STR("unknown_names"), .kind = PEN_KEY_WORD,
     .offset = TLS(unknown_names, enum pen_unknown_names), .words = unknown_names,
     .word_count = PEN_COUNT_OF(unknown_names)},
    {PEN_STR("min_version"), .kind = PEN_KEY_WORD, .offset = TLS(min_version, int),
     .words = versions, .word_count = PEN_COUNT_OF(versions)},
    {PEN_STR("ticket_keys"), .kind = PEN_KEY_FILE, .flags = PEN_KEY_PRIVATE,
     .offset = TLS(ticket_keys, struct pen_str)},
    {PEN_STR("client_auth"), .kind = PEN_KEY_WORD, .offset = TLS(client_auth, enum pen_client_auth),
     .words = client_auths, .word_count = PEN_COUNT_OF(client_auths)},
    {PEN_STR("client_ca"), .kind = PEN_KEY_FILE, .offset = TLS(client_ca, struct pen_str)},
    {PEN_STR("client_crl"), .kind = PEN_KEY_FILE, .offset = TLS(client_crl, struct pen_str)},
    {PEN_STR("client_names"), .kind = PEN_KEY_READ, .read = read_client_names},
};

const struct pen_shape pen_shape_listen_tls = {
    .schema = "/$defs/listen_tls",
    .keys = tls_keys,
    .key_count = PEN_COUNT_OF(tls_keys),
    .defaults = &tls_defaults,
    .size = sizeof(tls_defaults),
};

/* Either a list, or one certificate without a list. */
static enum pen_status settle_certificates(struct pen_reader *reader, const struct pen_json *value,
                                           struct draft *draft)
{
    static const struct pen_str single[] = {PEN_STR("certificate"), PEN_STR("key"),
                                            PEN_STR("ocsp")};
    const bool listed = draft->listen.certificate_count > 0;
    for (size_t i = 0; i < PEN_COUNT_OF(single); i++) {
        const struct pen_json *const member = pen_json_member(value, single[i]);
        if (listed && member != NULL) {
            return pen_reader_fail_name(reader, member,
                                        "'certificates' is there already; put it into that list");
        }
    }
    if (listed) return PEN_OK;

    struct pen_tls_certificate *const certificate =
        pen_arena_alloc(reader->arena, sizeof(*certificate));
    if (certificate == NULL) return pen_reader_no_memory(reader);

    *certificate = draft->single;
    draft->listen.certificates = certificate;
    draft->listen.certificate_count = 1;
    return PEN_OK;
}

static enum pen_status settle_callers(struct pen_reader *reader, const struct pen_json *value,
                                      struct pen_config_listen *listen)
{
    const struct pen_json *const auth = pen_json_member(value, PEN_S("client_auth"));
    if (auth == NULL && listen->client_ca.len > 0) listen->client_auth = PEN_CLIENT_AUTH_REQUIRED;
    if (listen->client_auth != PEN_CLIENT_AUTH_OFF && listen->client_ca.len == 0) {
        return pen_reader_fail(reader, auth,
                               "client certificates need a 'client_ca' that they are proven by");
    }
    if (listen->client_auth != PEN_CLIENT_AUTH_OFF) return PEN_OK;

    static const struct pen_str idle[] = {PEN_STR("client_crl"), PEN_STR("client_names")};
    for (size_t i = 0; i < PEN_COUNT_OF(idle); i++) {
        const struct pen_json *const member = pen_json_member(value, idle[i]);
        if (member == NULL) continue;
        return pen_reader_fail_name(reader, member,
                                    "has no effect where callers show no certificate; give a "
                                    "'client_ca' too");
    }
    return PEN_OK;
}

enum pen_status pen_read_listen_tls(struct pen_reader *reader, const struct pen_json *value,
                                    void *target)
{
    struct pen_config_listen *const listen = target;
    struct draft draft = {.listen = *listen};
    draft.listen.tls = true;
    PEN_TRY(pen_reader_mapping(reader, value, &pen_shape_listen_tls, &draft));
    PEN_TRY(settle_certificates(reader, value, &draft));
    PEN_TRY(settle_callers(reader, value, &draft.listen));
    *listen = draft.listen;
    return PEN_OK;
}
