/** Passwords, what is no secret though it looks like one, and what a policy makes of them. */
#include "tests/unit/filter_alone.h"
#include "tests/unit/secrets_case.h"

static void finds_passwords_by_where_they_stand(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        const char *rule;
        struct pen_str text;
    } rows[] = {
        {"a database", "secrets.url_password",
         PEN_STR("postgres://app:"
                 "Tr0ub4dor@db.internal:5432/shop")},
        {"a cache without user", "secrets.url_password",
         PEN_STR("redis://:"
                 "hunter22@cache:6379/0")},
        {"a queue", "secrets.url_password",
         PEN_STR("amqp://svc:"
                 "9fKq!2x@mq.corp/vhost")},
        {"within text", "secrets.url_password",
         PEN_STR("clone https://bot:"
                 "s3cr3tW0rd@git.corp/a.git, please")},
        {"SQL Server", "secrets.connection_string",
         PEN_STR("Server=db;Database=a;User Id=sa;Password="
                 "Zx9!kk20;")},
        {"ODBC", "secrets.connection_string",
         PEN_STR("Driver={x};Server=db;UID=sa;PWD="
                 "Zx9!kk20")},
        {"JDBC", "secrets.connection_string",
         PEN_STR("jdbc:mysql://db/a?user=x&password="
                 "Zx9kk20q")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        secrets_expect(&it, rows[i].why, rows[i].text, rows[i].rule);
    }
}

static void takes_the_name_of_a_value_for_what_it_says(void **state)
{
    (void)state;
    static const struct {
        struct pen_str body;
        const char *rule;
    } rows[] = {
        {PEN_STR("{\"customer\":{\"ssn\":\"536228461\"}}"), "secrets.national_id"},
        {PEN_STR("{\"dni\":\"12345678Z\"}"), "secrets.national_id"},
        {PEN_STR("{\"codiceFiscale\":\"RSSMRA85T10A562S\"}"), "secrets.national_id"},
        {PEN_STR("{\"cardNumber\":\"5273456123987458\"}"), "secrets.card"},
        {PEN_STR("{\"a\":{\"secretAccessKey\":\"q7Vb0Lr2xT9uWc4zKp8sYd1fGh6jNm3a+E5iRo/B\"}}"),
         "secrets.aws_secret"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_event_input input = {.body = rows[i].body, .body_kind = PEN_BODY_JSON};
        (void)filter_case_event(&it, &input);
        if (secrets_score(&it, rows[i].rule) < 70) fail_msg("%.*s", PEN_STR_ARGS(rows[i].body));
    }
}

static void stays_silent_on_examples_placeholders_and_hashes(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"AWS' example id", PEN_STR("AKIAIOSFODNN7"
                                    "EXAMPLE")},
        {"AWS' example pair", PEN_STR("AKIAIOSFODNN7"
                                      "EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCY"
                                      "EXAMPLEKEY")},
        {"the id of a signed URL", PEN_STR("https://b.s3.amazonaws.com/k?X-Amz-Credential=AK"
                                           "IAJ2345IRS7QBCDEQZ%2F20261127")},
        {"a word with AKIA", PEN_STR("NAKIAKIANAKIAKIANAKI")},
        {"not of base 32", PEN_STR("AK"
                                   "IA0189018901890189")},
        {"a wrong checksum", PEN_STR("gh"
                                     "p_aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6")},
        {"a placeholder", PEN_STR("gh"
                                  "p_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")},
        {"a short one", PEN_STR("gh"
                                "p_abc123")},
        {"a name in snake case", PEN_STR("ghp_token_from_the_environment_of_it")},
        {"a package", PEN_STR("npm_config_registry=https://registry.npmjs.org/")},
        {"a test key", PEN_STR("sk_"
                               "test_4eC39HqLyjWDarjtT1zdp7dc")},
        {"a live key to be filled in", PEN_STR("sk_"
                                               "live_your_key_here")},
        {"Slack's placeholder",
         PEN_STR("https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX")},
        {"Slack's token in words", PEN_STR("xox"
                                           "b-your-token-goes-here-and-it-is-long-enough")},
        {"a Google key to be filled in", PEN_STR("AI"
                                                 "zaYOUR_API_KEY_GOES_HERE_0000000000000")},
        {"the token of jwt.io",
         PEN_STR("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
                 "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ."
                 "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c")},
        {"base64 of JSON", PEN_STR("eyJuYW1lIjoiQWRhIiwicm9sZSI6ImFkbWluIn0=")},
        {"base64 with dots", PEN_STR("eyJuYW1lIjoiQWRhIn0.eyJuYW1lIjoiQWRhIn0.c2lnbmF0dXJl")},
        {"a header line alone", PEN_STR("-----BEGIN PRIVATE"
                                        " KEY-----")},
        {"an elided key", PEN_STR("-----BEGIN RSA PRIVATE"
                                  " KEY-----\n...\n-----END RSA PRIVATE"
                                  " KEY-----")},
        {"a certificate",
         PEN_STR(
             "-----BEGIN "
             "CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJ\n-"
             "----END CERTIFICATE-----")},
        {"a public key",
         PEN_STR("-----BEGIN PUBLIC "
                 "KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu1SU1LfVLPHCozMxH2Mo\n-----"
                 "END PUBLIC KEY-----")},
        {"a public key of SSH",
         PEN_STR("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl "
                 "a@b")},
        {"a SHA-1", PEN_STR("commit 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12")},
        {"a SHA-256",
         PEN_STR("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")},
        {"an MD5", PEN_STR("ETag: \"d41d8cd98f00b204e9800998ecf8427e\"")},
        {"a hash behind a name", PEN_STR("secret_key: 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12")},
        {"subresource integrity",
         PEN_STR("sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC")},
        {"a URL", PEN_STR("https://example.com:8443/a?b=c#d")},
        {"a URL with a user alone", PEN_STR("ssh://git@github.com:22/a/b.git")},
        {"a user and a package", PEN_STR("https://unpkg.com/react@18:umd")},
        {"a placeholder in a URL", PEN_STR("postgres://user:password@host:5432/db")},
        {"a variable in a URL", PEN_STR("postgres://app:${DB_PASSWORD}@db/shop")},
        {"a shell's variable", PEN_STR("https://bot:$TOKEN@git.corp/a.git")},
        {"angle brackets", PEN_STR("mongodb+srv://app:<password>@cluster0.mongodb.net/a")},
        {"asterisks", PEN_STR("redis://:****@cache:6379")},
        {"the default of a queue", PEN_STR("amqp://guest:guest@localhost:5672")},
        {"a template", PEN_STR("mysql://{{ user }}:{{ password }}@db")},
        {"a format", PEN_STR("ftp://%s:%s@host/")},
        {"a mail address", PEN_STR("mail to ada@example.com: please")},
        {"a time and an address", PEN_STR("see https://a.b/c at 10:00, ada@example.com")},
        {"a connection string to be filled in",
         PEN_STR("Server=db;User Id=sa;Password=<your password>;")},
        {"a password's form field", PEN_STR("Password = the word that you chose")},
        {"prose about basics",
         PEN_STR("Basic knowledge of authentication is enough; basic training helps")},
        {"RFC 7617's example", PEN_STR("Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")},
        {"a basic word of base64", PEN_STR("basic aGVsbG8gd29ybGQgaGVsbG8=")},
        {"a connection's key to be filled in",
         PEN_STR("AccountKey=<account-key>;EndpointSuffix=core.windows.net")},
        {"the emulator's elided key", PEN_STR("AccountKey=...;")},
        {"a picture",
         PEN_STR("data:image/"
                 "png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+"
                 "M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")},
        {"a bot's name", PEN_STR("@my_bot: 12:AAB")},
        {"a slug", PEN_STR("sk-learn-tutorial-for-beginners-with-python-and-pandas")},
        {"a language", PEN_STR("sk-SK")},
        {"a ticket", PEN_STR("SK-1234, SG-17, AC-99")},
        {"a heading", PEN_STR("KEY: value, primary key, foreign key (access key)")},
        {"a key of a map", PEN_STR("accessKey=none; secretKey=${KEY_OF_IT}")},
        {"a CSS class", PEN_STR("shpat_button hf_container dapi_v1")},
        {"an abbreviation explained", PEN_STR("ssn stands for social security number")},
    };
    filter_case_passes(&it, "secrets", rows, PEN_COUNT_OF(rows));
}

static void finds_a_secret_behind_an_escape(void **state)
{
    (void)state;
    char memory[256];
    static const char *const before[] = {"a\\n", "key\\u003d", "x%3D", "\\t"};
    for (size_t i = 0; i < PEN_COUNT_OF(before); i++) {
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        pen_buf_put(&buf, pen_str_from_c(before[i]));
        pen_buf_put(&buf, PEN_S("dop"
                                "_v1_"));
        secrets_random(&buf, OF_HEX, 64, 1);
        secrets_expect(&it, before[i], pen_buf_str(&buf), "secrets.service_key");
    }
}

static void refuses_where_it_is_enforced(void **state)
{
    (void)state;
    struct filter_case strict;
    struct pen_policy policy = pen_policy_default();
    policy.modes[pen_registry_find(PEN_S("secrets"))] = PEN_MODE_ENFORCE;
    filter_case_open(&strict, &policy);
    char memory[1024];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    secrets_pem(&buf,
                "PRIVATE"
                " KEY",
                "MIIEvQIB", "\n");
    const struct pen_judgement judgement = filter_case_text(&strict, pen_buf_str(&buf));
    assert_int_equal(judgement.verdict, PEN_BLOCK);
    assert_string_equal(judgement.reason, "secrets.private_key");
    filter_case_close(&strict);
}

static void is_only_detected_when_all_filters_are_enforced(void **state)
{
    (void)state;
    struct pen_policy policy = pen_policy_default();
    pen_policy_set_modes(&policy, PEN_MODE_ENFORCE);
    const size_t index = pen_registry_find(PEN_S("secrets"));
    assert_int_equal(policy.modes[index], PEN_MODE_DETECT);
    assert_int_equal(policy.modes[0], PEN_MODE_ENFORCE);
    pen_policy_set_modes(&policy, PEN_MODE_OFF);
    assert_int_equal(policy.modes[index], PEN_MODE_OFF);
}

static void leaves_room_for_findings_of_attacks(void **state)
{
    (void)state;
    static char text[16384];
    struct pen_buf buf = pen_buf_over(text, sizeof(text));
    pen_buf_put(&buf, PEN_S("[\"x' UNION SELECT name, pass FROM users -- \""));
    for (uint32_t i = 0; i < 100; i++) {
        pen_buf_put(&buf, PEN_S(",\"dop"
                                "_v1_"));
        secrets_random(&buf, OF_HEX, 64, i);
        pen_buf_byte(&buf, '"');
    }
    pen_buf_byte(&buf, ']');
    const struct pen_event_input input = {.body = pen_buf_str(&buf), .body_kind = PEN_BODY_JSON};
    assert_int_equal(filter_case_event(&it, &input).verdict, PEN_BLOCK);
}

/* What had no room is reported no more, and still not to be shown. */
static void tells_every_text_that_holds_one(void **state)
{
    (void)state;
    static char memory[4096];
    struct pen_buf body = pen_buf_over(memory, sizeof(memory));
    for (unsigned i = 0; i < 20; i++) {
        pen_buf_put(&body, i == 0 ? PEN_S("[\"") : PEN_S(",\""));
        pen_buf_put(&body, PEN_S("dop_"
                                 "v1_"));
        secrets_random(&body, "0123456789abcdef", 64, i + 1);
        pen_buf_byte(&body, '"');
    }
    pen_buf_put(&body, PEN_S(",\"no secret\"]"));
    const struct pen_event_input input = {.body = pen_buf_str(&body), .body_kind = PEN_BODY_JSON};
    (void)filter_case_event(&it, &input);
    assert_int_equal(it.scan.finding_count, 16);
    assert_int_equal(it.scan.veil_count, 20);
    assert_false(it.scan.veils_all);
}

static void endures_texts_that_begin_a_secret_everywhere(void **state)
{
    (void)state;
    static const struct pen_str pieces[] = {
        PEN_STR("1"),
        PEN_STR("1 "),
        PEN_STR("4539 "),
        PEN_STR("eyJ"),
        PEN_STR("eyJ."),
        PEN_STR("eyJhbGciOiJub25lIn0.eyJ."),
        PEN_STR("://"),
        PEN_STR("a://b:c"),
        PEN_STR("-----BEGIN PRIVATE"
                " KEY-----"),
        PEN_STR("-----BEGIN "),
        PEN_STR("Private-Lines:"),
        PEN_STR("basic "),
        PEN_STR("password="),
        PEN_STR("pwd=abcd;"),
        PEN_STR("secretkey="),
        PEN_STR("AKIAJ2345IRS7ABCDEQZ "),
        PEN_STR("DE89 "),
        PEN_STR("DE89370400440532013000"),
        PEN_STR("4539578763621486 "),
        PEN_STR("Q~"),
        PEN_STR(":AA"),
        PEN_STR("&sig="),
        PEN_STR("1:AA"),
    };
    filter_case_endures(&it, pieces, PEN_COUNT_OF(pieces));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_passwords_by_where_they_stand),
        cmocka_unit_test(takes_the_name_of_a_value_for_what_it_says),
        cmocka_unit_test(stays_silent_on_examples_placeholders_and_hashes),
        cmocka_unit_test(finds_a_secret_behind_an_escape),
        cmocka_unit_test(refuses_where_it_is_enforced),
        cmocka_unit_test(is_only_detected_when_all_filters_are_enforced),
        cmocka_unit_test(leaves_room_for_findings_of_attacks),
        cmocka_unit_test(tells_every_text_that_holds_one),
        cmocka_unit_test(endures_texts_that_begin_a_secret_everywhere),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
