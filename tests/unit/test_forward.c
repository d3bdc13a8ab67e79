#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/forward.h"
#include "gateway/trace.h"

static const struct pen_str id = PEN_STR("6f1c0f0a5b6c7d8e9fa0b1c2d3e4f506");

#define TRACE_ID "0af7651916cd43dd8448eb211c80319c"
#define PARENT   TRACE_ID "-b7ad6b7169203331"

static void parse(struct pen_str text, bool response, struct pen_wire_head *out)
{
    const struct pen_wire_limits limits = pen_wire_default_limits();
    struct pen_wire_refusal refusal = {0};
    const enum pen_wire_result result =
        response ? pen_wire_parse_response(text, PEN_S("POST"), &limits, out, &refusal)
                 : pen_wire_parse_request(text, &limits, out, &refusal);
    if (result != PEN_WIRE_DONE) fail_msg("%s: %.*s", refusal.code, PEN_STR_ARGS(text));
}

static struct pen_forward ordinary(const struct pen_wire_head *head)
{
    return (struct pen_forward){
        .head = head,
        .target = PEN_STR("/base/f"),
        .authority = PEN_STR("fn.internal:8080"),
        .body_bytes = 12,
        .remote_host = PEN_STR("192.0.2.7"),
        .tls = true,
        .request_id = id,
        .span_id = 0x00f067aa0ba902b7,
    };
}

/* The head that goes out, read again by our own strict reader from `memory`. */
static void send(const struct pen_forward *forward, char *memory, size_t room,
                 struct pen_wire_head *out)
{
    struct pen_buf buf = pen_buf_over(memory, room);
    pen_forward_head(&buf, forward);
    assert_false(buf.full);
    parse(pen_buf_str(&buf), false, out);
}

static struct pen_str value_of(const struct pen_wire_head *head, struct pen_str name)
{
    const struct pen_event_field *field = pen_wire_field_named(head, name);
    return field == NULL ? (struct pen_str){0} : field->value;
}

static uint32_t count_of(const struct pen_wire_head *head, struct pen_str name)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < head->field_count; i++) {
        count += pen_str_equal_fold(head->fields[i].name, name);
    }
    return count;
}

static void rebuilds_the_head_from_what_was_parsed(void **state)
{
    (void)state;
    struct pen_wire_head in;
    parse(PEN_S("POST /f/a?b=c%20d HTTP/1.1\r\nHost: edge.example\r\nX-A:   b\r\nX-A: c\r\n"
                "Content-Type: application/json\r\nContent-Length: 99\r\nCookie: a=b\r\n\r\n"),
          false, &in);
    const struct pen_forward forward = ordinary(&in);
    char memory[2048];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    pen_forward_head(&buf, &forward);
    assert_false(buf.full);
    const struct pen_str expected =
        PEN_STR("POST /base/f?b=c%20d HTTP/1.1\r\n"
                "Host: fn.internal:8080\r\n"
                "X-A: b\r\n"
                "X-A: c\r\n"
                "Content-Type: application/json\r\n"
                "Cookie: a=b\r\n"
                "Forwarded: for=192.0.2.7;host=\"edge.example\";proto=https\r\n"
                "X-Forwarded-For: 192.0.2.7\r\n"
                "X-Forwarded-Host: edge.example\r\n"
                "X-Forwarded-Proto: https\r\n"
                "Via: 1.1 penstock\r\n"
                "traceparent: 00-6f1c0f0a5b6c7d8e9fa0b1c2d3e4f506-00f067aa0ba902b7-00\r\n"
                "X-Request-Id: 6f1c0f0a5b6c7d8e9fa0b1c2d3e4f506\r\n"
                "Content-Length: 12\r\n"
                "\r\n");
    if (!pen_str_equal(pen_buf_str(&buf), expected)) {
        fail_msg("%.*s", PEN_STR_ARGS(pen_buf_str(&buf)));
    }
}

/* The value "in" of a dropped field must not appear anywhere; that of a kept one must. */
static void passes_on_only_what_a_caller_may_say(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str line;
        bool kept;
    } rows[] = {
        {"an ordinary field", PEN_STR("X-Trace: in"), true},
        {"negotiation", PEN_STR("Accept: in"), true},
        {"a cookie", PEN_STR("Cookie: in"), true},
        {"a range", PEN_STR("Range: in"), true},
        {"a CloudEvents attribute", PEN_STR("ce-id: in"), true},
        {"a webhook signature", PEN_STR("X-Hub-Signature-256: in"), true},
        {"the content's coding", PEN_STR("Content-Encoding: in"), true},
        {"a name that only begins like one", PEN_STR("X-Real-Ipsum: in"), true},
        {"a name that ends like one", PEN_STR("My-Proxy-Status: in"), true},
        {"credentials", PEN_STR("Authorization: Bearer in"), false},
        {"credentials for a proxy", PEN_STR("Proxy-Authorization: in"), false},
        {"any other word to a proxy", PEN_STR("Proxy-Features: in"), false},
        {"HTTP_PROXY in a CGI's environment", PEN_STR("Proxy: in"), false},
        {"hop by hop", PEN_STR("Keep-Alive: in"), false},
        {"hop by hop for proxies", PEN_STR("Proxy-Connection: in"), false},
        {"half of an upgrade to HTTP/2", PEN_STR("HTTP2-Settings: in"), false},
        {"what the hop can take", PEN_STR("TE: trailers;in"), false},
        {"a list of trailers", PEN_STR("Trailer: in"), false},
        {"what Connection names", PEN_STR("X-Hop: in\r\nConnection: close, x-hop"), false},
        {"Connection itself", PEN_STR("Connection: in"), false},
        {"an expectation", PEN_STR("Expect: 100-continue\r\nX-Hop: in\r\nConnection: x-hop"),
         false},
        {"where the caller says it is", PEN_STR("Forwarded: for=in"), false},
        {"the same, by custom", PEN_STR("X-Forwarded-For: in"), false},
        {"anything of that kind", PEN_STR("x-forwarded-USER: in"), false},
        {"the address in other words", PEN_STR("X-Real-IP: in"), false},
        {"a content network's word for it", PEN_STR("True-Client-IP: in"), false},
        {"a client certificate", PEN_STR("Client-Cert: in"), false},
        {"its chain", PEN_STR("Client-Cert-Chain: in"), false},
        {"a certificate as nginx passes it", PEN_STR("X-SSL-Client-Verify: in"), false},
        {"the same as Apache's", PEN_STR("SSL-Client-S-DN: in"), false},
        {"a user", PEN_STR("Remote-User: in"), false},
        {"a user by custom", PEN_STR("X-Remote-User: in"), false},
        {"a user of oauth2-proxy", PEN_STR("X-Auth-Request-Email: in"), false},
        {"our own words", PEN_STR("penstock-subject: in"), false},
        {"OpenFaaS' words", PEN_STR("X-Function-Name: in"), false},
        {"its call id", PEN_STR("X-Call-Id: in"), false},
        {"a target that was not routed", PEN_STR("X-Original-URL: in"), false},
        {"the same, older", PEN_STR("X-Rewrite-URL: in"), false},
        {"a method that was not judged", PEN_STR("X-HTTP-Method-Override: in"), false},
        {"the id", PEN_STR("X-Request-Id: in"), false},
        {"a claim's header", PEN_STR("X-Tenant: in"), false},
        {"in other letters", PEN_STR("x-TENANT: in"), false},
        {"of a claim that this caller lacks", PEN_STR("X-Groups: in"), false},
        {"trace state without a trace", PEN_STR("tracestate: in"), false},
    };
    const struct pen_event_field claims[] = {
        {PEN_STR("X-Tenant"), PEN_STR("acme")},
        {PEN_STR("X-Groups"), PEN_STR("")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        char memory[1024];
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        pen_buf_put(&buf, PEN_S("POST / HTTP/1.1\r\nHost: a\r\n"));
        pen_buf_put(&buf, rows[i].line);
        pen_buf_put(&buf, PEN_S("\r\nContent-Length: 12\r\n\r\n"));
        struct pen_wire_head in;
        parse(pen_buf_str(&buf), false, &in);

        struct pen_forward forward = ordinary(&in);
        forward.target = PEN_S("/");
        forward.authority = PEN_S("a");
        forward.asserted = claims;
        forward.asserted_count = PEN_COUNT_OF(claims);
        char written[2048];
        struct pen_wire_head out;
        send(&forward, written, sizeof(written), &out);

        const struct pen_str name =
            pen_str_slice(rows[i].line, 0, pen_str_find(rows[i].line, ':', 0));
        bool kept = false;
        for (uint32_t j = 0; j < out.field_count; j++) {
            kept = kept
                   || (pen_str_equal_fold(out.fields[j].name, name)
                       && pen_str_find_str(out.fields[j].value, PEN_S("in"))
                              < out.fields[j].value.len);
        }
        if (kept != rows[i].kept) fail_msg("%s", rows[i].why);
        assert_int_equal(count_of(&out, PEN_S("x-hop")), 0);
        assert_int_equal(count_of(&out, PEN_S("connection")), 0);
        assert_int_equal(count_of(&out, PEN_S("expect")), 0);
        assert_int_equal(count_of(&out, PEN_S("content-length")), 1);
        assert_int_equal(count_of(&out, PEN_S("x-request-id")), 1);
        assert_int_equal(count_of(&out, PEN_S("x-tenant")), 1);
        assert_int_equal(count_of(&out, PEN_S("x-groups")), 0);
        assert_true(pen_str_equal(value_of(&out, PEN_S("X-Tenant")), PEN_S("acme")));
    }
}

static void passes_the_credential_on_when_asked(void **state)
{
    (void)state;
    struct pen_wire_head in;
    parse(PEN_S("POST / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\n\r\n"), false, &in);
    struct pen_forward forward = ordinary(&in);
    forward.authorization = true;
    char memory[1024];
    struct pen_wire_head out;
    send(&forward, memory, sizeof(memory), &out);
    assert_true(pen_str_equal(value_of(&out, PEN_S("Authorization")), PEN_S("Bearer x")));
}

static void frames_the_inspected_body_itself(void **state)
{
    (void)state;
    struct pen_wire_head in;
    parse(PEN_S("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"), false, &in);
    struct pen_forward forward = ordinary(&in);
    forward.body_bytes = 0;
    char memory[1024];
    struct pen_wire_head out;
    send(&forward, memory, sizeof(memory), &out);
    assert_int_equal(out.framing, PEN_FRAMING_LENGTH);
    assert_int_equal(out.content_length, 0);
    assert_int_equal(pen_wire_field_count(&out, PEN_FIELD_TRANSFER_ENCODING), 0);
}

static void says_where_the_caller_is(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str head;
        struct pen_str remote_host;
        bool tls;
        struct pen_str forwarded;
        struct pen_str x_for;
        struct pen_str x_host;
        struct pen_str via;
    } rows[] = {
        {"IPv4", PEN_STR("POST / HTTP/1.1\r\nHost: a:8443\r\n\r\n"), PEN_STR("192.0.2.7"), true,
         PEN_STR("for=192.0.2.7;host=\"a:8443\";proto=https"), PEN_STR("192.0.2.7"),
         PEN_STR("a:8443"), PEN_STR("1.1 penstock")},
        {"IPv6", PEN_STR("POST / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"), PEN_STR("[2001:db8::1]"),
         false, PEN_STR("for=\"[2001:db8::1]\";host=\"[::1]:80\";proto=http"),
         PEN_STR("2001:db8::1"), PEN_STR("[::1]:80"), PEN_STR("1.1 penstock")},
        {"a Unix socket, HTTP/1.0 without Host", PEN_STR("POST / HTTP/1.0\r\n\r\n"), PEN_STR(""),
         false, PEN_STR("for=unknown;proto=http"), PEN_STR(""), PEN_STR(""),
         PEN_STR("1.0 penstock")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_wire_head in;
        parse(rows[i].head, false, &in);
        struct pen_forward forward = ordinary(&in);
        forward.remote_host = rows[i].remote_host;
        forward.tls = rows[i].tls;
        char memory[1024];
        struct pen_wire_head out;
        send(&forward, memory, sizeof(memory), &out);
        if (!pen_str_equal(value_of(&out, PEN_S("Forwarded")), rows[i].forwarded)
            || !pen_str_equal(value_of(&out, PEN_S("X-Forwarded-For")), rows[i].x_for)
            || !pen_str_equal(value_of(&out, PEN_S("X-Forwarded-Host")), rows[i].x_host)
            || !pen_str_equal(value_of(&out, PEN_S("Via")), rows[i].via)) {
            fail_msg("%s", rows[i].why);
        }
    }
}

static void adds_itself_behind_the_hops_before(void **state)
{
    (void)state;
    struct pen_wire_head in;
    parse(PEN_S("POST / HTTP/1.1\r\nHost: a\r\nVia: 1.1 b, 1.0 c\r\n\r\n"), false, &in);
    const struct pen_forward forward = ordinary(&in);
    char memory[1024];
    struct pen_wire_head out;
    send(&forward, memory, sizeof(memory), &out);
    assert_int_equal(pen_wire_field_count(&out, PEN_FIELD_VIA), 2);
    assert_true(pen_str_equal(pen_wire_field(&out, PEN_FIELD_VIA)->value, PEN_S("1.1 b, 1.0 c")));
}

/* W3C Trace Context section 3.2.2 and its test suite's cases. */
static void continues_a_valid_trace_and_begins_one_otherwise(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str lines;
        const char *flags; /* of the continued trace; NULL = a new one */
    } rows[] = {
        {"a sampled trace", PEN_STR("traceparent: 00-" PARENT "-01\r\n"), "01"},
        {"one that is not", PEN_STR("traceparent: 00-" PARENT "-00\r\n"), "00"},
        {"unknown flags are cleared", PEN_STR("traceparent: 00-" PARENT "-ff\r\n"), "01"},
        {"spaces around", PEN_STR("traceparent:   00-" PARENT "-01  \r\n"), "01"},
        {"a later version", PEN_STR("traceparent: cc-" PARENT "-01\r\n"), "01"},
        {"a later version with more", PEN_STR("traceparent: cc-" PARENT "-01-what\r\n"), "01"},
        {"a later version with more, unseparated",
         PEN_STR("traceparent: cc-" PARENT "-01.what\r\n"), NULL},
        {"none", PEN_STR(""), NULL},
        {"two", PEN_STR("traceparent: 00-" PARENT "-01\r\ntraceparent: 00-" PARENT "-01\r\n"),
         NULL},
        {"version ff", PEN_STR("traceparent: ff-" PARENT "-01\r\n"), NULL},
        {"version 00 with more", PEN_STR("traceparent: 00-" PARENT "-01-x\r\n"), NULL},
        {"capitals",
         PEN_STR("traceparent: 00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
                 "\r\n"),
         NULL},
        {"capitals in the flags", PEN_STR("traceparent: 00-" PARENT "-0A\r\n"), NULL},
        {"a trace id of zeros",
         PEN_STR("traceparent: 00-00000000000000000000000000000000-b7ad6b7169203331-01\r\n"), NULL},
        {"a parent id of zeros", PEN_STR("traceparent: 00-" TRACE_ID "-0000000000000000-01\r\n"),
         NULL},
        {"no digit", PEN_STR("traceparent: 00-" TRACE_ID "-b7ad6b716920333g-01\r\n"), NULL},
        {"too short", PEN_STR("traceparent: 00-" PARENT "-1\r\n"), NULL},
        {"empty", PEN_STR("traceparent:\r\n"), NULL},
        {"other separators", PEN_STR("traceparent: 00_" PARENT "_01\r\n"), NULL},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        char text[512];
        struct pen_buf buf = pen_buf_over(text, sizeof(text));
        pen_buf_put(&buf, PEN_S("POST / HTTP/1.1\r\nHost: a\r\ntracestate: k=v\r\n"));
        pen_buf_put(&buf, rows[i].lines);
        pen_buf_put(&buf, PEN_S("\r\n"));
        struct pen_wire_head in;
        parse(pen_buf_str(&buf), false, &in);
        const struct pen_forward forward = ordinary(&in);
        char memory[1024];
        struct pen_wire_head out;
        send(&forward, memory, sizeof(memory), &out);

        char expected[80];
        struct pen_buf want = pen_buf_over(expected, sizeof(expected));
        const bool continued = rows[i].flags != NULL;
        pen_buf_format(&want, "00-%.*s-00f067aa0ba902b7-%s",
                       PEN_STR_ARGS(continued ? PEN_S(TRACE_ID) : id),
                       continued ? rows[i].flags : "00");
        if (pen_wire_field_count(&out, PEN_FIELD_TRACEPARENT) != 1
            || !pen_str_equal(value_of(&out, PEN_S("traceparent")), pen_buf_str(&want))
            || (pen_wire_field_count(&out, PEN_FIELD_TRACESTATE) == 1) != continued
            || !pen_str_equal(pen_trace_id(&in, id), continued ? PEN_S(TRACE_ID) : id)) {
            fail_msg("%s", rows[i].why);
        }
    }
}

static void never_writes_a_span_of_zeros(void **state)
{
    (void)state;
    struct pen_wire_head in;
    parse(PEN_S("POST / HTTP/1.1\r\nHost: a\r\n\r\n"), false, &in);
    char memory[80];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    pen_trace_write(&buf, &in, id, 0);
    assert_true(pen_str_ends(pen_buf_str(&buf), PEN_S("-0000000000000001-00")));
}

static void refuses_to_write_what_could_start_a_line(void **state)
{
    (void)state;
    const struct pen_event_field good = {PEN_STR("X-Sub"), PEN_STR("caf\xc3\xa9 42")};
    const struct {
        const char *why;
        struct pen_event_field asserted;
        struct pen_str target;
        struct pen_str authority;
        bool sound;
    } rows[] = {
        {"nothing wrong", good, PEN_STR("/f"), PEN_STR("a"), true},
        {"a claim with a line break",
         {PEN_STR("X-Sub"), PEN_STR("a\r\nX-Admin: 1")},
         PEN_STR("/f"),
         PEN_STR("a"),
         false},
        {"a claim with NUL",
         {PEN_STR("X-Sub"), PEN_STR("a\0b")},
         PEN_STR("/f"),
         PEN_STR("a"),
         false},
        {"a claim that ends in a space",
         {PEN_STR("X-Sub"), PEN_STR("a ")},
         PEN_STR("/f"),
         PEN_STR("a"),
         false},
        {"a name with a colon",
         {PEN_STR("X:Sub"), PEN_STR("a")},
         PEN_STR("/f"),
         PEN_STR("a"),
         false},
        {"a name that is empty", {PEN_STR(""), PEN_STR("a")}, PEN_STR("/f"), PEN_STR("a"), false},
        {"a target with a space", good, PEN_STR("/f HTTP/1.1"), PEN_STR("a"), false},
        {"a target with a line break", good, PEN_STR("/f\r\nX: y"), PEN_STR("a"), false},
        {"a target with a high byte", good, PEN_STR("/\xc3\xa9"), PEN_STR("a"), false},
        {"no target", good, PEN_STR(""), PEN_STR("a"), false},
        {"an authority with a line break", good, PEN_STR("/f"), PEN_STR("a\r\nX: y"), false},
    };
    struct pen_wire_head in;
    parse(PEN_S("POST / HTTP/1.1\r\nHost: a\r\n\r\n"), false, &in);
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_forward forward = ordinary(&in);
        forward.asserted = &rows[i].asserted;
        forward.asserted_count = 1;
        forward.target = rows[i].target;
        forward.authority = rows[i].authority;
        char memory[1024];
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        pen_forward_head(&buf, &forward);
        if (buf.full == rows[i].sound) fail_msg("%s", rows[i].why);
        if (!rows[i].sound) assert_int_equal(buf.len, 0);
    }
}

static void says_when_there_is_no_room(void **state)
{
    (void)state;
    struct pen_wire_head in;
    parse(PEN_S("POST /a HTTP/1.1\r\nHost: a\r\nX-A: b\r\n\r\n"), false, &in);
    const struct pen_forward forward = ordinary(&in);
    char memory[1024];
    struct pen_buf whole = pen_buf_over(memory, sizeof(memory));
    pen_forward_head(&whole, &forward);
    assert_false(whole.full);
    for (size_t room = 0; room < whole.len; room++) {
        struct pen_buf buf = pen_buf_over(memory, room);
        pen_forward_head(&buf, &forward);
        assert_true(buf.full);
    }
}

static void returns_only_what_a_function_may_say(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str line;
        bool kept;
    } rows[] = {
        {"content type", PEN_STR("Content-Type: a/b"), true},
        {"a cookie", PEN_STR("Set-Cookie: a=b"), true},
        {"a redirect", PEN_STR("Location: /x"), true},
        {"caching", PEN_STR("Cache-Control: no-store"), true},
        {"its call id", PEN_STR("X-Call-Id: 1"), true},
        {"the date", PEN_STR("Date: x"), true},
        {"a challenge of its own", PEN_STR("WWW-Authenticate: Basic"), true},
        {"a length", PEN_STR("Content-Length: 5"), false},
        {"chunked", PEN_STR("Transfer-Encoding: chunked"), false},
        {"trailers to come", PEN_STR("Trailer: x"), false},
        {"hop by hop", PEN_STR("Keep-Alive: timeout=5"), false},
        {"Connection", PEN_STR("Connection: close"), false},
        {"what Connection names", PEN_STR("X-Hop: 1\r\nConnection: X-Hop"), false},
        {"an upgrade", PEN_STR("Upgrade: h2c"), false},
        {"a challenge of a proxy", PEN_STR("Proxy-Authenticate: Basic"), false},
        {"what other proxies said", PEN_STR("Proxy-Status: x"), false},
        {"the server", PEN_STR("Server: nginx/1.22.1"), false},
        {"what it runs on", PEN_STR("X-Powered-By: PHP/8.2"), false},
        {"its version", PEN_STR("X-AspNet-Version: 4.0"), false},
        {"the hops behind", PEN_STR("Via: 1.1 internal-lb"), false},
        {"another way to reach it", PEN_STR("Alt-Svc: h2=\"fn.internal:443\""), false},
        {"our own words", PEN_STR("Penstock-Verdict: pass"), false},
        {"our id", PEN_STR("X-Request-Id: 1"), false},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        char text[256];
        struct pen_buf buf = pen_buf_over(text, sizeof(text));
        pen_buf_put(&buf, PEN_S("HTTP/1.1 200 OK\r\n"));
        pen_buf_put(&buf, rows[i].line);
        pen_buf_put(&buf, PEN_S("\r\n\r\n"));
        struct pen_wire_head answer;
        parse(pen_buf_str(&buf), true, &answer);
        if (pen_forward_answer_passes(&answer, 0) != rows[i].kept) fail_msg("%s", rows[i].why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rebuilds_the_head_from_what_was_parsed),
        cmocka_unit_test(passes_on_only_what_a_caller_may_say),
        cmocka_unit_test(passes_the_credential_on_when_asked),
        cmocka_unit_test(frames_the_inspected_body_itself),
        cmocka_unit_test(says_where_the_caller_is),
        cmocka_unit_test(adds_itself_behind_the_hops_before),
        cmocka_unit_test(continues_a_valid_trace_and_begins_one_otherwise),
        cmocka_unit_test(never_writes_a_span_of_zeros),
        cmocka_unit_test(refuses_to_write_what_could_start_a_line),
        cmocka_unit_test(says_when_there_is_no_room),
        cmocka_unit_test(returns_only_what_a_function_may_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
