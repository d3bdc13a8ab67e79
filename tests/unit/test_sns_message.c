/** SNS messages: the text that is signed, and which URLs may be fetched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/auth/sns_message.h"

#define URL  "https://sns.us-west-2.amazonaws.com/"
#define CERT URL "SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem"
#define CONFIRM                                                                            \
    URL "?Action=ConfirmSubscription&TopicArn=arn:aws:sns:us-west-2:123456789012:MyTopic&" \
        "Token=2336412f37"

/* The examples of the Amazon SNS Developer Guide, "HTTP/HTTPS notification JSON format" and
 * "HTTP/HTTPS subscription confirmation JSON format", tokens and signatures shortened. */
#define NOTIFICATION                                                                     \
    "{\"Type\":\"Notification\",\"MessageId\":\"22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324\"," \
    "\"TopicArn\":\"arn:aws:sns:us-west-2:123456789012:MyTopic\","                       \
    "\"Subject\":\"My First Message\",\"Message\":\"Hello \\\"world\\\"!\\n\","          \
    "\"Timestamp\":\"2012-05-02T00:54:06.655Z\",\"SignatureVersion\":\"1\","             \
    "\"Signature\":\"RVhBTVBMRQ==\",\"SigningCertURL\":\"" CERT "\"}"
#define SUBSCRIPTION                                                                        \
    "{\"Type\":\"SubscriptionConfirmation\",\"MessageId\":\"165545c9-2a5c-472c\","          \
    "\"Token\":\"2336412f37\",\"TopicArn\":\"arn:aws:sns:us-west-2:123456789012:MyTopic\"," \
    "\"Message\":\"You have chosen to subscribe\",\"Subject\":\"not signed\","              \
    "\"SubscribeURL\":\"" CONFIRM "\",\"Timestamp\":\"2012-04-26T20:45:04.751Z\","          \
    "\"SignatureVersion\":\"2\",\"Signature\":\"RVhBTVBMRQ==\",\"SigningCertURL\":\"" CERT "\"}"

static struct pen_arena *arena;

static int set_up(void **state)
{
    (void)state;
    return pen_arena_create((size_t)1 << 20, 4096, &arena) == PEN_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    pen_arena_destroy(arena);
    return 0;
}

static const struct pen_json *parse(const char *text)
{
    const struct pen_json *root = NULL;
    assert_int_equal(pen_json_read(pen_str_from_c(text), NULL, arena, &root, NULL), PEN_OK);
    return root;
}

static void signs_what_the_type_says_in_its_order(void **state)
{
    (void)state;
    struct pen_sns_message message;
    const char *code = NULL;
    assert_int_equal(
        pen_sns_message_read(parse(NOTIFICATION), PEN_S("Notification"), arena, &message, &code),
        PEN_OK);
    assert_true(pen_str_equal(message.signed_text,
                              PEN_S("Message\nHello \"world\"!\n\nMessageId\n"
                                    "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324\nSubject\n"
                                    "My First Message\nTimestamp\n2012-05-02T00:54:06.655Z\n"
                                    "TopicArn\narn:aws:sns:us-west-2:123456789012:MyTopic\n"
                                    "Type\nNotification\n")));
    assert_true(message.sha1);
    assert_int_equal(message.type, PEN_SNS_NOTIFICATION);
    assert_true(pen_str_equal(message.signature, PEN_S("EXAMPLE")));
    assert_int_equal(message.timestamp_s, 1335920046);
    assert_int_equal(message.subscribe_url.len, 0);

    assert_int_equal(pen_sns_message_read(parse(SUBSCRIPTION), PEN_S("SubscriptionConfirmation"),
                                          arena, &message, &code),
                     PEN_OK);
    assert_true(pen_str_equal(message.signed_text,
                              PEN_S("Message\nYou have chosen to subscribe\nMessageId\n"
                                    "165545c9-2a5c-472c\nSubscribeURL\n" CONFIRM
                                    "\nTimestamp\n2012-04-26T20:45:04.751Z\nToken\n2336412f37\n"
                                    "TopicArn\narn:aws:sns:us-west-2:123456789012:MyTopic\n"
                                    "Type\nSubscriptionConfirmation\n")));
    assert_false(message.sha1);
    assert_true(pen_str_equal(message.subscribe_url, PEN_S(CONFIRM)));
}

static void says_which_member_is_wrong(void **state)
{
    (void)state;
    const struct {
        const char *cut; /* this member's name is spoilt */
        const char *code;
    } rows[] = {
        {"\"Type\"", "sns.type"},           {"\"MessageId\"", "sns.message"},
        {"\"TopicArn\"", "sns.message"},    {"\"Message\"", "sns.message"},
        {"\"Timestamp\"", "sns.message"},   {"\"SignatureVersion\"", "sns.version"},
        {"\"Signature\"", "sns.signature"}, {"\"SigningCertURL\"", "sns.certificate_url"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        char text[] = NOTIFICATION;
        char *const at = strstr(text, rows[i].cut);
        struct pen_sns_message message;
        const char *code = NULL;
        assert_non_null(at);
        at[1] = 'x';
        assert_int_equal(
            pen_sns_message_read(parse(text), PEN_S("Notification"), arena, &message, &code),
            PEN_ERR_INVALID);
        assert_string_equal(code, rows[i].code);
    }
    struct pen_sns_message message;
    const char *code = NULL;
    assert_int_equal(pen_sns_message_read(parse(NOTIFICATION), PEN_S("UnsubscribeConfirmation"),
                                          arena, &message, &code),
                     PEN_ERR_INVALID);
    assert_string_equal(code, "sns.type");
    assert_int_equal(
        pen_sns_message_read(parse("{\"Type\":\"Other\"}"), PEN_S("Other"), arena, &message, &code),
        PEN_ERR_INVALID);
    assert_string_equal(code, "sns.type");
}

static void takes_certificates_from_sns_alone(void **state)
{
    (void)state;
    const struct {
        const char *url;
        const char *region;
        bool good;
    } rows[] = {
        {CERT, "us-west-2", true},
        {"https://sns.cn-north-1.amazonaws.com.cn/a-1.pem", "cn-north-1", true},
        {CERT, "us-west-1", false},
        {CERT, "", false},
        {"https://sns.cn-north-1.amazonaws.com/a.pem", "cn-north-1", false},
        {"https://sns.us-west-2.amazonaws.com.cn/a.pem", "us-west-2", false},
        {"http://sns.us-west-2.amazonaws.com/a.pem", "us-west-2", false},
        {"HTTPS://sns.us-west-2.amazonaws.com/a.pem", "us-west-2", false},
        {"https://sns.us-west-2.amazonaws.com.evil.example/a.pem", "us-west-2", false},
        {"https://sns.us-west-2.amazonaws.com@evil.example/a.pem", "us-west-2", false},
        {"https://x:y@sns.us-west-2.amazonaws.com/a.pem", "us-west-2", false},
        {"https://sns.us-west-2.amazonaws.com:8443/a.pem", "us-west-2", false},
        {"https://evil.example/sns.us-west-2.amazonaws.com/a.pem", "us-west-2", false},
        {"https://sns.us-west-2.amazonaws.com/a.pem?x.pem", "us-west-2", false},
        {"https://sns.us-west-2.amazonaws.com/?Action=Publish#.pem", "us-west-2", false},
        {"https://sns.us-west-2.amazonaws.com/../a.pem", "us-west-2", false},
        {"https://sns.us-west-2.amazonaws.com/%2e%2e/a.pem", "us-west-2", false},
        {"https://sns.us-west-2.amazonaws.com//evil.example/a.pem", "us-west-2", false},
        {"https://sns.us-west-2.amazonaws.com/.pem", "us-west-2", false},
        {"https://sns.us-west-2.amazonaws.com/a.pem\r\n", "us-west-2", false},
        {"https://sns.us-west-2.amazonaws.com/a.PEM", "us-west-2", false},
        {"", "us-west-2", false},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_str url = pen_str_from_c(rows[i].url);
        if (pen_sns_is_certificate_url(url, pen_str_from_c(rows[i].region)) != rows[i].good) {
            fail_msg("%s in %s", rows[i].url, rows[i].region);
        }
    }
    char longest[PEN_SNS_URL_BYTES + 64];
    struct pen_buf buf = pen_buf_over(longest, sizeof(longest));
    pen_buf_put(&buf, PEN_S(URL));
    while (buf.len < PEN_SNS_URL_BYTES - 4) {
        pen_buf_byte(&buf, 'a');
    }
    pen_buf_put(&buf, PEN_S(".pem"));
    assert_true(pen_sns_is_certificate_url(pen_buf_str(&buf), PEN_S("us-west-2")));
    buf.len -= 4;
    pen_buf_put(&buf, PEN_S("a.pem"));
    assert_false(pen_sns_is_certificate_url(pen_buf_str(&buf), PEN_S("us-west-2")));
}

static void confirms_subscriptions_with_sns_alone(void **state)
{
    (void)state;
    const struct {
        const char *url;
        bool good;
    } rows[] = {
        {CONFIRM, true},
        {URL "?Action=ConfirmSubscription&", false},
        {URL "?Action=ConfirmSubscription", false},
        {URL "?Action=DeleteTopic&TopicArn=x", false},
        {URL "?Action=ConfirmSubscription&Token=a b", false},
        {URL "?Action=ConfirmSubscription&Token=a#b", false},
        {URL "x?Action=ConfirmSubscription&Token=a", false},
        {"https://evil.example/?Action=ConfirmSubscription&Token=a", false},
        {"https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=a", false},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        if (pen_sns_is_subscribe_url(pen_str_from_c(rows[i].url), PEN_S("us-west-2"))
            != rows[i].good) {
            fail_msg("%s", rows[i].url);
        }
    }
}

static void finds_the_region_of_a_topic(void **state)
{
    (void)state;
    const struct {
        const char *topic;
        const char *region;
    } rows[] = {
        {"arn:aws:sns:us-west-2:123456789012:MyTopic", "us-west-2"},
        {"arn:aws-us-gov:sns:us-gov-west-1:1:a", "us-gov-west-1"},
        {"arn:aws-cn:sns:cn-north-1:1:a", "cn-north-1"},
        {"arn:aws:sqs:us-west-2:1:a", ""},
        {"arn:aws:sns::1:a", ""},
        {"arn:aws:sns:us-west-2:1:", ""},
        {"arn:aws:sns:us-west-2::a", ""},
        {"arn:aws:sns:us-west-2:1", ""},
        {"arn:aws:sns:evil.example/x:1:a", ""},
        {"arn:aws:sns:US-WEST-2:1:a", ""},
        {"", ""},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_str region = pen_sns_region(pen_str_from_c(rows[i].topic));
        if (!pen_str_equal(region, pen_str_from_c(rows[i].region))) fail_msg("%s", rows[i].topic);
    }
}

static void says_so_when_memory_ends(void **state)
{
    (void)state;
    const struct pen_json *const root = parse(SUBSCRIPTION);
    struct pen_arena *small;
    assert_int_equal(pen_arena_create(1 << 20, 1, &small), PEN_OK);
    size_t limit = 0;
    enum pen_status status;
    do {
        struct pen_sns_message message;
        const char *code = NULL;
        pen_arena_reset(small);
        pen_arena_limit(small, limit++);
        status =
            pen_sns_message_read(root, PEN_S("SubscriptionConfirmation"), small, &message, &code);
        if (status != PEN_OK) {
            assert_int_equal(status, PEN_ERR_NOMEM);
            assert_string_equal(code, "event.memory");
        }
    } while (status != PEN_OK && limit < 100000);
    assert_int_equal(status, PEN_OK);
    assert_true(limit > 1);
    pen_arena_destroy(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(signs_what_the_type_says_in_its_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(says_which_member_is_wrong, set_up, tear_down),
        cmocka_unit_test(takes_certificates_from_sns_alone),
        cmocka_unit_test(confirms_subscriptions_with_sns_alone),
        cmocka_unit_test(finds_the_region_of_a_topic),
        cmocka_unit_test_setup_teardown(says_so_when_memory_ends, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
