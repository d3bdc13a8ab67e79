/**
 * Google Cloud: what Pub/Sub pushes, and the bodies that Eventarc sends with CloudEvents headers.
 *
 * Source: cloud.google.com, "Pub/Sub push subscriptions", "Cloud Storage: Objects", "LogEntry",
 * "Firestore triggers".
 */
#include "filters/core/envelope/list.h"
#include "filters/core/envelope/rows.h"

/* A message has data, or attributes, or both. */
const struct pen_envelope pen_envelope_google_pubsub = {
    .name = PEN_STR("google.pubsub"),
    SIGNS(HAS_TEXT("/subscription"), HAS_OBJECT("/message")),
    CODED(ENCODED("/message/data", PEN_AS_BASE64)),
    WRITTEN("/message/attributes/*", "/message/orderingKey"),
};

const struct pen_envelope pen_envelope_google_storage = {
    .name = PEN_STR("google.storage"),
    SIGNS(SAYS("/kind", "storage#object"), HAS_TEXT("/bucket")),
    REQUIRED(HAS_TEXT("/name")),
    WRITTEN("/name", "/contentType", "/contentDisposition", "/contentEncoding", "/contentLanguage",
            "/cacheControl", "/metadata/*"),
};

const struct pen_envelope pen_envelope_google_audit = {
    .name = PEN_STR("google.audit"),
    SIGNS(HAS_TEXT("/protoPayload/methodName"), HAS_TEXT("/logName")),
    WRITTEN("/protoPayload/resourceName", "/protoPayload/request/**",
            "/protoPayload/requestMetadata/callerSuppliedUserAgent"),
};

const struct pen_envelope pen_envelope_google_firestore = {
    .name = PEN_STR("google.firestore"),
    SIGNS(HAS_OBJECT("/oldValue"), HAS_OBJECT("/value"), HAS_OBJECT("/updateMask")),
    CODED(ENCODED("/value/fields/**/bytesValue", PEN_AS_BASE64),
          ENCODED("/oldValue/fields/**/bytesValue", PEN_AS_BASE64)),
    WRITTEN("/value/fields/**", "/oldValue/fields/**", "/value/name"),
};
