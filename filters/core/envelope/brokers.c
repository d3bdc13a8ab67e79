/**
 * Brokers that speak HTTP: Kafka's REST proxies and the bridges of MQTT brokers.
 *
 * Source: docs.confluent.io "REST Proxy API", strimzi.io "Kafka Bridge", docs.emqx.com "Webhook",
 * docs.vernemq.com "Webhooks", RMQTT's web hook plugin.
 */
#include "filters/core/envelope/list.h"
#include "filters/core/envelope/rows.h"

/* In the binary embedded format every key and value is base64; headers are in either. */
const struct pen_envelope pen_envelope_kafka_rest_binary = {
    .name = PEN_STR("kafka.rest"),
    .field_value = PEN_STR("application/vnd.kafka.binary."),
    SIGNS(HAS_ARRAY("/records")),
    CODED(ENCODED("/records/*/value", PEN_AS_BASE64), ENCODED("/records/*/key", PEN_AS_BASE64),
          ENCODED("/records/*/headers/*/value", PEN_AS_BASE64)),
};

const struct pen_envelope pen_envelope_kafka_rest_json = {
    .name = PEN_STR("kafka.rest"),
    .field_value = PEN_STR("application/vnd.kafka.json."),
    SIGNS(HAS_ARRAY("/records")),
    CODED(ENCODED("/records/*/headers/*/value", PEN_AS_BASE64)),
    WRITTEN("/records/*/value/**", "/records/*/key/**"),
};

/* The third version of the proxy: one record, its parts typed. */
const struct pen_envelope pen_envelope_kafka_rest_v3 = {
    .name = PEN_STR("kafka.rest"),
    SIGNS(SAYS("/value/type", "BINARY|JSON|STRING|AVRO|PROTOBUF|JSONSCHEMA"), HAS("/value/data")),
    CODED(BASE64_IF("/value/data", "/type", "BINARY"), BASE64_IF("/key/data", "/type", "BINARY"),
          ENCODED("/headers/*/value", PEN_AS_BASE64)),
    WRITTEN("/value/data/**", "/key/data/**", "/headers/*/name"),
};

/* EMQX and its kin: the payload as it is, or in base64, as the rule says; so it is asked of none.
 */
const struct pen_envelope pen_envelope_mqtt = {
    .name = PEN_STR("mqtt"),
    SIGNS(HAS_TEXT("/clientid"), HAS_TEXT("/topic")),
    WRITTEN("/topic", "/clientid", "/username", "/payload", "/pub_props/**"),
};

/* Bridges that always encode: VerneMQ, RMQTT, and EMQX where its rule does. */
const struct pen_envelope pen_envelope_mqtt_base64 = {
    .name = PEN_STR("mqtt.base64"),
    SIGNS(HAS_TEXT("/clientid"), HAS_TEXT("/topic")),
    REQUIRED(HAS_TEXT("/payload")),
    CODED(ENCODED("/payload", PEN_AS_BASE64)),
    WRITTEN("/topic", "/clientid", "/username", "/pub_props/**"),
};

const struct pen_envelope pen_envelope_mqtt_vernemq = {
    .name = PEN_STR("mqtt.base64"),
    SIGNS(HAS_TEXT("/client_id"), HAS_TEXT("/topic"), HAS_TEXT("/payload")),
    CODED(ENCODED("/payload", PEN_AS_BASE64)),
    WRITTEN("/topic", "/client_id", "/username", "/mountpoint"),
};
