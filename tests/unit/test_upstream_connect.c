/** Getting a connection: who is proven, who is refused, and why. */
#include "gateway/upstream/upstream.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/upstream_case.h"

static void proves_both_ends_and_keeps_the_connection(void **state)
{
    (void)state;
    const int versions[] = {12, 13};
    for (size_t i = 0; i < PEN_COUNT_OF(versions); i++) {
        struct upstream_case s = case_prepare(&(struct peer_options){.pki = &case_pki,
                                                                     .identity = "function",
                                                                     .ask_client = true,
                                                                     .max_version = versions[i],
                                                                     .script = case_say_hello});
        s.upstream.identity = (struct pen_config_identity){
            pki_path(&case_pki, "gateway.pem"),
            pki_path(&case_pki, "gateway.key"),
        };
        s.upstream.pin = pki_pin(&case_pki, "function");
        case_open(&s);
        struct outcome outcome = {.appetite = 0};
        for (int j = 0; j < 3; j++) {
            case_post(&s, &outcome);
            case_expect_hello(&outcome);
        }
        assert_int_equal(peer_connections(s.peer), 1);
        case_finish(&s);
    }
}

static void refuses_functions_that_cannot_prove_themselves(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pki *pki;
        const char *identity;
        const char *pin;
        int min_version;
        enum pen_upstream_failure failure;
        const char *detail;
    } rows[] = {
        {"another authority", &case_strangers, "function", NULL, 12,
         PEN_UPSTREAM_CERTIFICATE_UNKNOWN_CA, "unable to get local issuer"},
        {"another name", &case_pki, "elsewhere", NULL, 12, PEN_UPSTREAM_CERTIFICATE_NAME,
         "ostname mismatch"},
        {"expired", &case_pki, "expired", NULL, 12, PEN_UPSTREAM_CERTIFICATE_EXPIRED, "expired"},
        {"a client's certificate", &case_pki, "gateway", NULL, 12, PEN_UPSTREAM_CERTIFICATE_PURPOSE,
         "purpose"},
        {"another key than the pinned one", &case_pki, "function", "elsewhere", 12,
         PEN_UPSTREAM_CERTIFICATE_PIN, "pinned"},
        {"an old version of TLS", &case_pki, "function", NULL, 13, PEN_UPSTREAM_TLS_ALERT,
         "version"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct upstream_case s =
            case_prepare(&(struct peer_options){.pki = rows[i].pki,
                                                .identity = rows[i].identity,
                                                .max_version = rows[i].min_version == 13 ? 12 : 13,
                                                .script = case_say_hello});
        s.upstream.min_version = rows[i].min_version;
        if (rows[i].pin != NULL) s.upstream.pin = pki_pin(&case_pki, rows[i].pin);
        case_open(&s);
        struct outcome outcome = {.appetite = 0};
        case_post(&s, &outcome);
        case_expect_failure(&outcome, rows[i].failure, rows[i].detail);
        assert_int_equal(peer_requests(s.peer), 0);
        assert_int_equal(pen_upstream_pool_open(s.pool), 0);
        case_finish(&s);
    }
}

static void is_told_when_its_own_certificate_is_missing(void **state)
{
    (void)state;
    const struct {
        int version;
        enum pen_upstream_failure failure;
    } rows[] = {
        {12, PEN_UPSTREAM_TLS_ALERT}, /* which has no word for it but handshake_failure */
        {13, PEN_UPSTREAM_IDENTITY},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct upstream_case s = case_prepare(&(struct peer_options){.pki = &case_pki,
                                                                     .identity = "function",
                                                                     .ask_client = true,
                                                                     .max_version = rows[i].version,
                                                                     .script = case_say_hello});
        case_open(&s);
        struct outcome outcome = {.appetite = 0};
        case_post(&s, &outcome);
        case_expect_failure(&outcome, rows[i].failure, "alert");
        case_finish(&s);
    }
}

static void speaks_no_tls_to_a_plain_function(void **state)
{
    (void)state;
    struct upstream_case s = case_prepare(&(struct peer_options){.script = case_say_hello});
    s.upstream.scheme = PEN_UPSTREAM_HTTPS;
    s.upstream.connect_timeout_ms = 50;
    s.upstream.ca = pki_path(&case_pki, "ca.pem");
    case_open(&s);
    struct outcome outcome = {.appetite = 0};
    case_post(&s, &outcome);
    case_expect_failure(&outcome, PEN_UPSTREAM_CONNECT_TIMEOUT, "shaking hands");
    case_finish(&s);
}

static void says_refused_when_nobody_listens(void **state)
{
    (void)state;
    struct upstream_case s = case_prepare(&(struct peer_options){.script = case_say_hello});
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    /* Bound and not listening: the port is ours, and nobody answers there. */
    assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    s.upstream.port = ntohs(address.sin_port);
    case_open(&s);
    struct outcome outcome = {.appetite = 0};
    case_post(&s, &outcome);
    case_expect_failure(&outcome, PEN_UPSTREAM_REFUSED, "Connection refused");
    close(fd);
    case_finish(&s);
}

static void takes_its_own_lack_of_descriptors_for_no_fault_of_the_function(void **state)
{
    (void)state;
    struct upstream_case s = case_prepare(&(struct peer_options){.script = case_say_hello});
    struct rlimit before;
    case_open(&s);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    const struct rlimit none = {.rlim_cur = 3, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    struct outcome outcome = {.appetite = 0};
    case_post(&s, &outcome);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    case_expect_failure(&outcome, PEN_UPSTREAM_INTERNAL, "no descriptor");
    case_post(&s, &outcome);
    case_expect_hello(&outcome);
    case_finish(&s);
}

static void says_refused_when_there_is_no_unix_socket(void **state)
{
    (void)state;
    struct upstream_case s = case_prepare(&(struct peer_options){.script = case_say_hello});
    s.upstream.scheme = PEN_UPSTREAM_UNIX;
    s.upstream.host = PEN_S("localhost");
    s.upstream.unix_path = pki_path(&case_pki, "nobody");
    case_open(&s);
    struct outcome outcome = {.appetite = 0};
    case_post(&s, &outcome);
    case_expect_failure(&outcome, PEN_UPSTREAM_REFUSED, "");
    case_finish(&s);
}

static void says_dns_when_the_name_means_nothing(void **state)
{
    (void)state;
    struct upstream_case s = case_prepare(&(struct peer_options){.script = case_say_hello});
    /* RFC 6761 section 6.4: never resolved; the label is too long for a resolver to ask about. */
    s.upstream.host = PEN_S("an-endless-label-an-endless-label-an-endless-label-an-endless-label-"
                            "an-endless-label.invalid");
    case_open(&s);
    struct outcome outcome = {.appetite = 0};
    case_post(&s, &outcome);
    case_expect_failure(&outcome, PEN_UPSTREAM_DNS, "resolve");
    case_finish(&s);
}

static void gives_up_a_handshake_that_never_ends(void **state)
{
    (void)state;
    struct upstream_case s = case_prepare(&(struct peer_options){
        .pki = &case_pki, .identity = "function", .mute = true, .script = case_say_hello});
    s.upstream.connect_timeout_ms = 40;
    case_open(&s);
    struct outcome outcome = {.appetite = 0};
    case_post(&s, &outcome);
    case_expect_failure(&outcome, PEN_UPSTREAM_CONNECT_TIMEOUT, "shaking hands");
    assert_int_equal(pen_upstream_pool_open(s.pool), 0);
    case_finish(&s);
}

static void gives_up_a_full_backlog(void **state)
{
    (void)state;
    struct upstream_case s = case_prepare(&(struct peer_options){.script = case_say_hello});
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    assert_int_equal(listen(fd, 0), 0);
    int waiting[4];
    for (size_t i = 0; i < PEN_COUNT_OF(waiting); i++) {
        waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(waiting[i], (struct sockaddr *)&address, len);
    }
    s.upstream.port = ntohs(address.sin_port);
    s.upstream.connect_timeout_ms = 40;
    case_open(&s);
    struct outcome outcome = {.appetite = 0};
    case_post(&s, &outcome);
    case_expect_failure(&outcome, PEN_UPSTREAM_CONNECT_TIMEOUT, "connecting");
    for (size_t i = 0; i < PEN_COUNT_OF(waiting); i++)
        close(waiting[i]);
    close(fd);
    case_finish(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proves_both_ends_and_keeps_the_connection),
        cmocka_unit_test(refuses_functions_that_cannot_prove_themselves),
        cmocka_unit_test(is_told_when_its_own_certificate_is_missing),
        cmocka_unit_test(speaks_no_tls_to_a_plain_function),
        cmocka_unit_test(says_refused_when_nobody_listens),
        cmocka_unit_test(takes_its_own_lack_of_descriptors_for_no_fault_of_the_function),
        cmocka_unit_test(says_refused_when_there_is_no_unix_socket),
        cmocka_unit_test(says_dns_when_the_name_means_nothing),
        cmocka_unit_test(gives_up_a_handshake_that_never_ends),
        cmocka_unit_test(gives_up_a_full_backlog),
    };
    return cmocka_run_group_tests_name("upstream_connect", tests, case_make_certificates,
                                       case_remove_certificates);
}
