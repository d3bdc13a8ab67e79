/** The wire codec. bench_wire times the stages whose instructions are counted here. */
#include "bench/micro/stages.h"
#include "gateway/forward.h"
#include "gateway/wire/wire.h"

#define T100                                                       \
    "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0eyJpc3MiOiJodHRwczovL2lkL" \
    "mV4YW1wbGUuY29tLyIsInN1YiI6InNlcnZpY2Uta"

static const struct pen_str request =
    PEN_STR("POST /function/orders?trace=1 HTTP/1.1\r\n"
            "Host: gateway.example:8443\r\n"
            "User-Agent: orders-client/2.4\r\n"
            "Accept: application/json\r\n"
            "Accept-Encoding: identity\r\n"
            "Content-Type: application/json\r\n"
            "Content-Length: 1024\r\n"
            "Authorization: Bearer " T100 T100 T100 T100 T100 "\r\n"
            "X-Request-Id: 6f1c0f0a5b\r\n"
            "traceparent: 00-0af7651916cd43dd8448eb211c80319c-"
            "b7ad6b7169203331-01\r\n"
            "Connection: keep-alive\r\n"
            "\r\n");

static const struct pen_str response = PEN_STR("HTTP/1.1 200 OK\r\n"
                                               "Date: Mon, 02 Mar 2026 10:00:00 GMT\r\n"
                                               "Content-Type: application/json\r\n"
                                               "Content-Length: 128\r\n"
                                               "X-Duration-Seconds: 0.003\r\n"
                                               "\r\n");

static bool find_and_parse(void)
{
    const struct pen_wire_limits limits = pen_wire_default_limits();
    struct pen_wire_scan scan = {0};
    struct pen_wire_refusal refusal;
    struct pen_wire_head head;
    size_t length = 0;
    return pen_wire_find_end(&scan, request, &limits, false, &length, &refusal) == PEN_WIRE_DONE
           && pen_wire_parse_request(pen_str_slice(request, 0, length), &limits, &head, &refusal)
                  == PEN_WIRE_DONE;
}

static bool find_end(void)
{
    const struct pen_wire_limits limits = pen_wire_default_limits();
    struct pen_wire_scan scan = {0};
    struct pen_wire_refusal refusal;
    size_t length = 0;
    return pen_wire_find_end(&scan, request, &limits, false, &length, &refusal) == PEN_WIRE_DONE;
}

static bool read_answer(void)
{
    const struct pen_wire_limits limits = pen_wire_default_limits();
    struct pen_wire_scan scan = {0};
    struct pen_wire_refusal refusal;
    struct pen_wire_head head;
    size_t length = 0;
    return pen_wire_find_end(&scan, response, &limits, true, &length, &refusal) == PEN_WIRE_DONE
           && pen_wire_parse_response(response, PEN_S("POST"), &limits, &head, &refusal)
                  == PEN_WIRE_DONE;
}

static bool read_chunks(void)
{
    const struct pen_str body = PEN_STR("80\r\n" T100 "0123456789012345678901234567"
                                        "\r\n80\r\n" T100 "0123456789012345678901234567"
                                        "\r\n0\r\n\r\n");
    struct pen_wire_chunks chunks = {0};
    struct pen_wire_refusal refusal;
    enum pen_wire_result result = PEN_WIRE_MORE;
    for (size_t at = 0; at < body.len && result == PEN_WIRE_MORE;) {
        struct pen_str data;
        size_t consumed = 0;
        result = pen_wire_chunks_next(&chunks, pen_str_slice(body, at, body.len), &consumed, &data,
                                      &refusal);
        at += consumed;
    }
    return result == PEN_WIRE_DONE;
}

/* A head of the sample rebuilt for the function, with two claims. */
static bool rebuild(void)
{
    const struct pen_wire_limits limits = pen_wire_default_limits();
    struct pen_wire_refusal refusal;
    struct pen_wire_head head;
    if (pen_wire_parse_request(request, &limits, &head, &refusal) != PEN_WIRE_DONE) return false;

    const struct pen_event_field claims[] = {{PEN_STR("X-Subject"), PEN_STR("service-orders")},
                                             {PEN_STR("X-Tenant"), PEN_STR("acme")}};
    const struct pen_forward forward = {.head = &head,
                                        .target = PEN_STR("/orders"),
                                        .authority = PEN_STR("fn.internal:8080"),
                                        .body_bytes = 1024,
                                        .asserted = claims,
                                        .asserted_count = PEN_COUNT_OF(claims),
                                        .remote_host = PEN_STR("192.0.2.7"),
                                        .tls = true,
                                        .request_id = PEN_STR("6f1c0f0a5b6c7d8e9fa0b1c2d3e4f506"),
                                        .span_id = 1};
    char memory[4096];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    pen_forward_head(&buf, &forward);
    return !buf.full;
}

static const struct stage stages[] = {
    {"wire: end of a head", find_end},         {"wire: check of a request", find_and_parse},
    {"wire: check of an answer", read_answer}, {"wire: two chunks", read_chunks},
    {"forward: head rebuilt", rebuild},
};

const struct stage_list wire_stages = {.stages = stages, .count = PEN_COUNT_OF(stages)};
