/**
 * Azure: Event Grid's own schema, Functions' custom handlers, the connectors of Service Bus and
 * Event Hubs, alerts. Event Grid with CloudEvents is cloudevents.c's.
 *
 * Source: learn.microsoft.com, "Azure Event Grid event schema", "Azure Functions custom handlers",
 * "Service Bus connector", "Common alert schema".
 */
#include "filters/core/envelope/list.h"
#include "filters/core/envelope/rows.h"

const struct pen_envelope pen_envelope_azure_eventgrid = {
    .name = PEN_STR("azure.eventgrid"),
    .at = PEN_AT_ELEMENT,
    SIGNS(HAS_TEXT("/eventType"), HAS_TEXT("/eventTime"), HAS_TEXT("/subject")),
    REQUIRED(HAS_TEXT("/id"), HAS("/data"), HAS_TEXT("/dataVersion")),
    WRITTEN("/subject", "/data/**"),
};

const struct pen_envelope pen_envelope_azure_functions = {
    .name = PEN_STR("azure.functions"),
    SIGNS(HAS_OBJECT("/Data"), HAS_OBJECT("/Metadata")),
    CODED(TYPED("/Data/*/Body", PEN_AS_IT_IS, "/Headers/content-type/0|/Headers/content-type")),
    WRITTEN("/Data/**", "/Metadata/**"),
};

const struct pen_envelope pen_envelope_azure_servicebus = {
    .name = PEN_STR("azure.servicebus"),
    .at = PEN_AT_ELEMENT,
    SIGNS(HAS_TEXT("/ContentData"), HAS("/Properties")),
    CODED(TYPED("/ContentData", PEN_AS_BASE64, "/ContentType")),
    WRITTEN("/Properties/**", "/MessageId", "/SessionId", "/CorrelationId", "/Label", "/ReplyTo"),
};

const struct pen_envelope pen_envelope_azure_alert = {
    .name = PEN_STR("azure.alert"),
    SIGNS(SAYS("/schemaId", "azureMonitorCommonAlertSchema"), HAS_OBJECT("/data")),
    REQUIRED(HAS_OBJECT("/data/essentials")),
    WRITTEN("/data/**"),
};
