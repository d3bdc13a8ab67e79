/**
 * CloudEvents 1.0: structured, in batches, and in binary mode, where the headers are the envelope.
 *
 * Source: CloudEvents 1.0.2, JSON Event Format and HTTP Protocol Binding.
 */
#include "filters/core/envelope/list.h"
#include "filters/core/envelope/rows.h"

const struct pen_envelope pen_envelope_cloudevents = {
    .name = PEN_STR("cloudevents"),
    .at = PEN_AT_ELEMENT,
    SIGNS(HAS_TEXT("/specversion"), HAS_TEXT("/type"), HAS_TEXT("/source")),
    REQUIRED(SAYS("/specversion", "1.0"), HAS_TEXT("/id")),
    CODED(TYPED("/data_base64", PEN_AS_BASE64, "/datacontenttype"),
          TYPED("/data", PEN_AS_IT_IS, "/datacontenttype")),
    WRITTEN("/subject", "/id", "/data/**"),
};

const struct pen_envelope pen_envelope_cloudevents_binary = {
    .name = PEN_STR("cloudevents"),
    .field_value = PEN_STR("1.0"),
};
