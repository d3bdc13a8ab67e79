/** `webhook`: whose handshakes are answered, and what proves their events. */
#include "gateway/config/endpoint.h"
#include "gateway/config/shapes.h"

#define WEBHOOK(field, is) PEN_FIELD(struct pen_config_webhook, field, is)

/* A name that a sender says of itself: it is compared, never looked up. */
static enum pen_status read_origins(struct pen_reader *reader, const struct pen_json *value,
                                    void *target)
{
    struct pen_config_webhook *const webhook = target;
    PEN_TRY(pen_reader_texts(reader, value, PEN_KEY_REFERENCE, &webhook->origins,
                             &webhook->origin_count));
    const struct pen_json *item = value->type == PEN_JSON_ARRAY ? value->first : value;
    for (size_t i = 0; i < webhook->origin_count; i++) {
        const struct pen_str origin = webhook->origins[i];
        if (!pen_str_equal(origin, PEN_S("*")) && !pen_endpoint_is_host(origin)) {
            return pen_reader_expected(reader, item,
                                       "a host name, such as eventgrid.azure.net, or *");
        }
        item = item->next;
    }
    return PEN_OK;
}

/* Compared whole with what a message says: less than a whole name would match nothing. */
static enum pen_status read_topics(struct pen_reader *reader, const struct pen_json *value,
                                   void *target)
{
    struct pen_config_webhook *const webhook = target;
    PEN_TRY(pen_reader_texts(reader, value, PEN_KEY_REFERENCE, &webhook->topics,
                             &webhook->topic_count));
    const struct pen_json *item = value->type == PEN_JSON_ARRAY ? value->first : value;
    for (size_t i = 0; i < webhook->topic_count; i++) {
        const struct pen_str topic = webhook->topics[i];
        if (!pen_str_starts(topic, PEN_S("arn:")) && !pen_str_starts(topic, PEN_S("/"))) {
            return pen_reader_expected(reader, item,
                                       "a whole name, as arn:aws:sns:... or /subscriptions/...");
        }
        item = item->next;
    }
    return PEN_OK;
}

/* "host:port", as libcurl wants it. */
static enum pen_status read_connect(struct pen_reader *reader, const struct pen_json *value,
                                    void *target)
{
    struct pen_config_webhook *const webhook = target;
    PEN_TRY(pen_reader_text(reader, value, PEN_KEY_REFERENCE, &webhook->connect));
    const size_t colon = pen_str_find(webhook->connect, ':', 0);
    uint64_t port = 0;
    const struct pen_str digits = pen_str_slice(webhook->connect, colon + 1, webhook->connect.len);
    if (pen_endpoint_is_host(pen_str_slice(webhook->connect, 0, colon))
        && pen_str_to_u64(digits, &port) == PEN_OK && port > 0 && port <= UINT16_MAX) {
        return PEN_OK;
    }
    return pen_reader_expected(reader, value, "a host and a port, such as sns.internal:443");
}

static const struct pen_key webhook_keys[] = {
    {PEN_STR("origins"), .kind = PEN_KEY_READ, .read = read_origins},
    {PEN_STR("rate"), .kind = PEN_KEY_NUMBER, .offset = WEBHOOK(rate, uint32_t)},
    {PEN_STR("topics"), .kind = PEN_KEY_READ, .read = read_topics},
    {PEN_STR("confirm"), .kind = PEN_KEY_FLAG, .offset = WEBHOOK(confirm, bool)},
    {PEN_STR("forward_confirmations"), .kind = PEN_KEY_FLAG,
     .offset = WEBHOOK(forward_confirmations, bool)},
    {PEN_STR("certificates"), .kind = PEN_KEY_FILE, .flags = PEN_KEY_REFERENCE,
     .offset = WEBHOOK(certificates, struct pen_str)},
    {PEN_STR("connect"), .kind = PEN_KEY_READ, .read = read_connect},
    {PEN_STR("ca"), .kind = PEN_KEY_FILE, .flags = PEN_KEY_REFERENCE,
     .offset = WEBHOOK(ca, struct pen_str)},
};

const struct pen_shape pen_shape_webhook = {
    .schema = "/$defs/webhook",
    .keys = webhook_keys,
    .key_count = PEN_COUNT_OF(webhook_keys),
};
