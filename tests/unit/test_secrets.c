/** Secrets of every kind, and the numbers, names and examples that look like them. */
#include "tests/unit/filter_case.h"
#include "tests/unit/secrets_case.h"

static struct filter_case it;

static int set_up(void **state)
{
    (void)state;
    filter_case_open(&it, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    filter_case_close(&it);
    return 0;
}

/* The score of a rule of this filter in the last inspection; 0 = not reported. */
static uint32_t score_of(const char *rule)
{
    uint32_t best = 0;
    for (uint32_t i = 0; i < it.scan.finding_count; i++) {
        const struct pen_finding *const finding = &it.scan.findings[i];
        if (strcmp(finding->rule, rule) == 0 && finding->score > best) best = finding->score;
    }
    return best;
}

static void expect(const char *why, struct pen_str text, const char *rule)
{
    const struct pen_judgement judgement = filter_case_text(&it, text);
    if (score_of(rule) == 0) fail_msg("%s: no %s in %.*s", why, rule, PEN_STR_ARGS(text));
    /* Nothing else makes an attack of it, and by default it is only recorded. */
    if (judgement.verdict == PEN_BLOCK) fail_msg("%s: blocked by %s", why, judgement.reason);
}

static void finds_tokens_by_prefix_and_letters(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        const char *rule;
        const char *before;
        const char *alphabet;
        size_t length;
        bool crc;
        const char *after;
    } rows[] = {
        {"a classic token", "secrets.github_token",
         "token=gh"
         "p_",
         OF_BASE62, 30, true, ""},
        {"an app's token", "secrets.github_token",
         "gh"
         "o_",
         OF_BASE62, 30, true, " is it"},
        {"an installation's", "secrets.github_token",
         "(gh"
         "s_",
         OF_BASE62, 30, true, ")"},
        {"a user's to a server", "secrets.github_token",
         "'gh"
         "u_",
         OF_BASE62, 30, true, "'"},
        {"at a sentence's end", "secrets.github_token",
         "It is gh"
         "p_",
         OF_BASE62, 30, true, "."},
        {"npm", "secrets.package_token",
         "//registry/:_authToken=np"
         "m_",
         OF_BASE62, 30, true, ""},
        {"GitLab", "secrets.gitlab_token",
         "PRIVATE-TOKEN: glp"
         "at-",
         OF_URL, 20, false, ""},
        {"GitLab's runner", "secrets.gitlab_token",
         "glr"
         "t-",
         OF_URL, 20, false, "\n"},
        {"Slack's bot", "secrets.slack_token",
         "xox"
         "b-2841763950-2841763950123-",
         OF_BASE62, 24, false, ""},
        {"Slack's user", "secrets.slack_token",
         "xox"
         "p-2841763950-2841763950123-4417283950126-",
         OF_HEX, 32, false, ""},
        {"Slack's webhook", "secrets.slack_token",
         "https://hooks.sl"
         "ack.com/services/T02AB34CD/B05EF67GH/",
         OF_BASE62, 24, false, ""},
        {"Slack's app", "secrets.slack_token",
         "xap"
         "p-1-A03BC45DE-2841763950123-",
         OF_HEX, 64, false, ""},
        {"Stripe", "secrets.stripe_key",
         "sk"
         "_live_",
         OF_BASE62, 24, false, ""},
        {"Stripe restricted", "secrets.stripe_key",
         "key: rk"
         "_live_",
         OF_BASE62, 99, false, "\""},
        {"Twilio", "secrets.twilio_key", "SK", OF_HEX, 32, false, ""},
        {"Google API", "secrets.gcp_key",
         "key=AI"
         "za",
         OF_URL, 35, false, ""},
        {"Google OAuth", "secrets.gcp_key",
         "ya"
         "29.",
         OF_URL, 120, false, ""},
        {"Google client", "secrets.gcp_key",
         "GOC"
         "SPX-",
         OF_URL, 28, false, ""},
        {"DigitalOcean", "secrets.service_key",
         "dop"
         "_v1_",
         OF_HEX, 64, false, ""},
        {"Shopify", "secrets.service_key",
         "X-Shopify-Access-Token: shp"
         "at_",
         OF_HEX, 32, false, ""},
        {"Shopify's app", "secrets.service_key",
         "shp"
         "ss_",
         OF_HEX, 32, false, ""},
        {"Databricks", "secrets.service_key",
         "dap"
         "i",
         OF_HEX, 32, false, ""},
        {"Anthropic", "secrets.ai_key",
         "sk-an"
         "t-api03-",
         OF_URL, 93, false, "AA"},
        {"Hugging Face", "secrets.ai_key",
         "h"
         "f_",
         OF_BASE62, 34, false, ""},
        {"PyPI", "secrets.package_token",
         "py"
         "pi-AgEIcHlwaS5vcmc",
         OF_URL, 140, false, ""},
        {"Docker Hub", "secrets.package_token",
         "dckr"
         "_pat_",
         OF_URL, 27, false, ""},
        {"Vault", "secrets.service_key",
         "hv"
         "s.",
         OF_URL, 95, false, ""},
        {"Linear", "secrets.service_key",
         "lin"
         "_api_",
         OF_BASE62, 40, false, ""},
        {"Telegram", "secrets.telegram_token",
         "bot284176395:"
         "AA",
         OF_URL, 33, false, "/sendMessage"},
        {"AWS' id", "secrets.aws_key",
         "AK"
         "IA",
         OF_BASE32, 16, false, ""},
        {"a session's id", "secrets.aws_key",
         "id: AS"
         "IA",
         OF_BASE32, 16, false, ","},
        {"an AWS secret by name", "secrets.aws_secret", "aws_secret_access_key = ", OF_BASE64, 40,
         false, ""},
        {"one in code", "secrets.aws_secret", "secretAccessKey: '", OF_BASE64, 40, false, "'"},
        {"Azure storage", "secrets.azure_key",
         "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=", OF_BASE64, 86, false, "=="},
        {"Service Bus", "secrets.azure_key",
         "Endpoint=sb://a/;SharedAccessKeyName=b;SharedAccessKey=", OF_BASE64, 43, false, "="},
        {"a signed URL", "secrets.azure_key",
         "https://a.blob.core.windows.net/c/d?sv=2022-11-02&se=2027-01-01&sr=b&sp=r&sig=",
         OF_BASE62, 43, false, "%3D"},
        {"an Entra secret", "secrets.azure_key",
         "client_secret: Zk1"
         "8Q~",
         OF_URL, 33, false, ""},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        char memory[512];
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        pen_buf_put(&buf, pen_str_from_c(rows[i].before));
        const size_t from = buf.len;
        secrets_random(&buf, rows[i].alphabet, rows[i].length, (uint32_t)i + 1);
        if (rows[i].crc) secrets_crc(&buf, from);
        pen_buf_put(&buf, pen_str_from_c(rows[i].after));
        expect(rows[i].why, pen_buf_str(&buf), rows[i].rule);
    }
}

static void finds_tokens_of_several_parts(void **state)
{
    (void)state;
    char memory[1024];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    pen_buf_put(&buf, PEN_S("github"
                            "_pat_11"));
    secrets_random(&buf, OF_BASE62, 20, 1);
    pen_buf_byte(&buf, '_');
    secrets_random(&buf, OF_BASE62, 59, 2);
    expect("a fine-grained token", pen_buf_str(&buf), "secrets.github_token");

    buf.len = 0;
    pen_buf_put(&buf, PEN_S("S"
                            "G."));
    secrets_random(&buf, OF_BASE62, 22, 3);
    pen_buf_byte(&buf, '.');
    secrets_random(&buf, OF_URL, 42, 4);
    pen_buf_byte(&buf, 'a');
    expect("SendGrid", pen_buf_str(&buf), "secrets.sendgrid_key");

    buf.len = 0;
    pen_buf_put(&buf, PEN_S("OPENAI_API_KEY=s"
                            "k-proj-"));
    secrets_random(&buf, OF_URL, 58, 5);
    pen_buf_put(&buf, PEN_S("T3Blbk"
                            "FJ"));
    secrets_random(&buf, OF_BASE62, 58, 6);
    expect("OpenAI", pen_buf_str(&buf), "secrets.ai_key");

    buf.len = 0;
    pen_buf_put(&buf, PEN_S("[default]\naws_access_key_id = AK"
                            "IA"));
    secrets_random(&buf, OF_BASE32, 16, 7);
    pen_buf_put(&buf, PEN_S("\nwhatever = "));
    secrets_random(&buf, OF_BASE64, 40, 8);
    expect("an id", pen_buf_str(&buf), "secrets.aws_key");
    expect("and its secret beside it", pen_buf_str(&buf), "secrets.aws_secret");

    buf.len = 0;
    pen_buf_put(&buf, PEN_S("Authorization: Basic "));
    pen_buf_put(&buf, PEN_S("ZGVwbG95Ok"
                            "g0cnJ5NV9n"
                            "cjMzbg=="));
    expect("Basic authentication", pen_buf_str(&buf), "secrets.basic_auth");
}

static void finds_json_web_tokens_by_their_structure(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct pen_str header;
        struct pen_str claims;
        size_t signature;
    } rows[] = {
        {"HMAC", PEN_STR("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"),
         PEN_STR("{\"sub\":\"u-42\",\"exp\":1893456000}"), 43},
        {"RSA", PEN_STR("{\"typ\":\"JWT\",\"alg\":\"RS256\",\"kid\":\"k1\"}"),
         PEN_STR("{\"iss\":\"https://id.corp\"}"), 342},
        {"unsigned", PEN_STR("{\"alg\":\"none\"}"), PEN_STR("{\"sub\":\"admin\"}"), 0},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        char memory[1024];
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        pen_buf_put(&buf, PEN_S("Bearer "));
        secrets_base64url(&buf, rows[i].header);
        pen_buf_byte(&buf, '.');
        secrets_base64url(&buf, rows[i].claims);
        pen_buf_byte(&buf, '.');
        secrets_random(&buf, OF_URL, rows[i].signature, 9);
        expect(rows[i].why, pen_buf_str(&buf), "secrets.jwt");
    }
}

static void finds_private_keys_by_what_is_in_them(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        const char *label;
        const char *begins;
        const char *line_break;
    } rows[] = {
        {"PKCS 8",
         "PRIVATE"
         " KEY",
         "MIIEvQIB", "\n"},
        {"PKCS 1",
         "RSA PRIVATE"
         " KEY",
         "MIIEpAIB", "\r\n"},
        {"SEC 1",
         "EC PRIVATE"
         " KEY",
         "MHcCAQEE", "\n"},
        {"OpenSSH",
         "OPENSSH PRIVATE"
         " KEY",
         "b3BlbnNzaC1rZXktdjEA", "\n"},
        {"OpenPGP",
         "PGP PRIVATE"
         " KEY BLOCK",
         "lQOYBGFk", "\n"},
        {"with a passphrase",
         "ENCRYPTED PRIVATE"
         " KEY",
         "MIIFHDBO", "\n"},
        {"an older one with a passphrase",
         "RSA PRIVATE"
         " KEY",
         "", "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n"},
        {"in a string of JSON",
         "PRIVATE"
         " KEY",
         "MIIEvQIB", "\\n"},
    };
    char memory[1024];
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        secrets_pem(&buf, rows[i].label, rows[i].begins, rows[i].line_break);
        expect(rows[i].why, pen_buf_str(&buf), "secrets.private_key");
    }
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    pen_buf_put(&buf, PEN_S("PuTTY-User-Key-File-3: ssh-ed25519\nPriv"
                            "ate-Lines: 1\n"));
    secrets_random(&buf, OF_BASE64, 64, 3);
    expect("PuTTY", pen_buf_str(&buf), "secrets.private_key");
}

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
        expect(rows[i].why, rows[i].text, rows[i].rule);
    }
}

static void finds_cards_as_they_are_printed_or_called(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        const char *before;
        const char *digits; /* without the last one */
        const char *groups; /* lengths, "" = none */
        char separator;
        const char *after;
    } rows[] = {
        {"Visa in groups", "", "453957876362148", "4444", ' ', ""},
        {"with dashes", "No. ", "453957876362148", "4444", '-', "."},
        {"Mastercard", "my card: ", "527345612398745", "", 0, ""},
        {"Mastercard's second range", "pay with ", "222300456789012", "4444", ' ', " 12/27 123"},
        {"American Express", "", "37829412345678", "465", ' ', ""},
        {"Discover, called so", "credit card ", "601100998877665", "", 0, ""},
        {"UnionPay of 19", "card=", "622848001234567890", "", 0, "&x=1"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        char digits[32];
        char memory[128];
        struct pen_buf number = pen_buf_over(digits, sizeof(digits));
        secrets_card(&number, rows[i].digits);
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        pen_buf_put(&buf, pen_str_from_c(rows[i].before));
        size_t at = 0;
        for (const char *group = rows[i].groups; *group != '\0'; group++) {
            const size_t length = (size_t)(*group - '0');
            if (at > 0) pen_buf_byte(&buf, rows[i].separator);
            pen_buf_put(&buf, pen_str_slice(pen_buf_str(&number), at, at + length));
            at += length;
        }
        pen_buf_put(&buf, pen_str_slice(pen_buf_str(&number), at, number.len));
        pen_buf_put(&buf, pen_str_from_c(rows[i].after));
        expect(rows[i].why, pen_buf_str(&buf), "secrets.card");
    }
}

static void only_flags_cards_for_tests_and_what_nobody_calls_one(void **state)
{
    (void)state;
    expect("Visa's test card", PEN_S("4111 1111 1111 1111"), "secrets.card_test");
    assert_true(score_of("secrets.card_test") < 50);
    assert_int_equal(score_of("secrets.card"), 0);
    char digits[32];
    struct pen_buf number = pen_buf_over(digits, sizeof(digits));
    secrets_card(&number, "453957876362148");
    expect("digits alone", pen_buf_str(&number), "secrets.card");
    assert_true(score_of("secrets.card") < 70);
}

static void finds_accounts_and_numbers_of_people(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        const char *rule;
        struct pen_str text;
    } rows[] = {
        {"a German account", "secrets.iban", PEN_STR("IBAN DE89 3704 0044 0532 0130 00, thanks")},
        {"a British one", "secrets.iban", PEN_STR("GB29NWBK60161331926819")},
        {"a British one in groups", "secrets.iban", PEN_STR("GB29 NWBK 6016 1331 9268 19")},
        {"a French one", "secrets.iban", PEN_STR("to: FR14 2004 1010 0505 0001 3M02 606")},
        {"a Norwegian one", "secrets.iban", PEN_STR("NO9386011117947")},
        {"United States", "secrets.national_id", PEN_STR("SSN: 536-22-8461")},
        {"spelled out", "secrets.national_id", PEN_STR("social security number 536228461")},
        {"United Kingdom", "secrets.national_id",
         PEN_STR("National Insurance number: JG 10 37 59 A")},
        {"Germany", "secrets.national_id", PEN_STR("Steuer-ID 86095742719")},
        {"France", "secrets.national_id", PEN_STR("1 85 05 78 006 084 91")},
        {"Spain", "secrets.national_id", PEN_STR("DNI 12345678Z")},
        {"a foreigner in Spain", "secrets.national_id", PEN_STR("NIE: X1234567L")},
        {"Italy", "secrets.national_id", PEN_STR("codice fiscale RSSMRA85T10A562S")},
        {"Brazil", "secrets.national_id", PEN_STR("529.982.247-25")},
        {"a Brazilian company", "secrets.national_id", PEN_STR("11.222.333/0001-81")},
        {"India", "secrets.national_id", PEN_STR("Aadhaar: 2341 2341 2346")},
        {"Netherlands", "secrets.national_id", PEN_STR("BSN 111222333")},
        {"Poland", "secrets.national_id", PEN_STR("PESEL 44051401359")},
        {"Switzerland", "secrets.national_id", PEN_STR("756.9217.0769.85")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        expect(rows[i].why, rows[i].text, rows[i].rule);
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
        if (score_of(rows[i].rule) < 70) fail_msg("%.*s", PEN_STR_ARGS(rows[i].body));
    }
}

static void stays_silent_on_numbers_of_other_kinds(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"a UUID", PEN_STR("4539578a-7636-4148-9c1e-453957876362")},
        {"a UUID of digits", PEN_STR("45395787-6362-1486-9532-453957876362")},
        {"an order number", PEN_STR("order 4539578763621486")},
        {"an order number by sign", PEN_STR("#4539578763621486")},
        {"an order of Amazon", PEN_STR("114-3941689-8772232")},
        {"a timestamp in ms", PEN_STR("1700000000000")},
        {"a timestamp in us", PEN_STR("1700000000000000")},
        {"a timestamp in ns", PEN_STR("1700000000000000000")},
        {"a date and time", PEN_STR("2026-11-27T15:46:13.123456Z")},
        {"a compact date", PEN_STR("20261127154613")},
        {"a phone number", PEN_STR("+49 30 901820 4539")},
        {"a long phone number", PEN_STR("+1 (555) 010-4539 ext. 5787")},
        {"a British mobile", PEN_STR("+447911123456")},
        {"an ISBN", PEN_STR("978-3-16-148410-0")},
        {"an ISBN without dashes", PEN_STR("9783161484100")},
        {"an EAN", PEN_STR("4006381333931")},
        {"an IMEI", PEN_STR("IMEI 356938035643809")},
        {"a tracking number of UPS", PEN_STR("1Z999AA10123456784")},
        {"of USPS", PEN_STR("9400 1000 0000 0000 0000 00")},
        {"of FedEx", PEN_STR("tracking 449044304137821")},
        {"of DHL", PEN_STR("JD014600003828392837")},
        {"a snowflake", PEN_STR("1050118621198921728")},
        {"a message's id of Discord", PEN_STR("/channels/175928847299117063/453957876362148613")},
        {"a path", PEN_STR("/users/4539578763621486/posts")},
        {"a decimal fraction", PEN_STR("0.4539578763621486")},
        {"pi", PEN_STR("3.14159265358979323846")},
        {"coordinates", PEN_STR("52.5200066 13.4049540")},
        {"an amount", PEN_STR("$4539578763621486")},
        {"within more digits", PEN_STR("99453957876362148699")},
        {"within letters", PEN_STR("x4539578763621486y")},
        {"zeros", PEN_STR("0000000000000000")},
        {"fours", PEN_STR("4444444444444444")},
        {"a wrong check digit", PEN_STR("card 4539578763621487")},
        {"groups with a wrong check digit", PEN_STR("4539 5787 6362 1487")},
        {"five groups of four", PEN_STR("4539 5787 6362 1486 9999")},
        {"no issuer", PEN_STR("1234 5678 9012 3452")},
        {"an address of IPv4", PEN_STR("192.168.100.200")},
        {"a list of ports", PEN_STR("8080 8443 9090 9443")},
        {"a version", PEN_STR("10.0.22621.3007")},
        {"an OID", PEN_STR("1.3.6.1.4.1.311.21.20")},
        {"a MAC address", PEN_STR("00-1B-44-11-3A-B7")},
        {"an invoice", PEN_STR("INV-2026-000123456789")},
        {"a VAT id", PEN_STR("DE136695976")},
        {"an IBAN with a wrong check", PEN_STR("DE88 3704 0044 0532 0130 00")},
        {"an IBAN of no country", PEN_STR("XX89 3704 0044 0532 0130 00")},
        {"nine digits that nobody calls anything", PEN_STR("536-22-8461")},
        {"an area that is not given out", PEN_STR("SSN 666-22-8461")},
        {"the number of every wallet", PEN_STR("SSN 078-05-1120")},
        {"eleven digits", PEN_STR("86095742719")},
        {"a DNI's shape, not called so", PEN_STR("part 12345678Z")},
        {"a wrong letter", PEN_STR("DNI 12345678A")},
        {"a CPF with a wrong check", PEN_STR("529.982.247-26")},
        {"twelve digits in groups", PEN_STR("2341 2341 2346")},
        {"an instance of EC2", PEN_STR("i-0453957876362148a")},
        {"an account of AWS", PEN_STR("arn:aws:iam::123456789012:role/app")},
        {"an id of Facebook", PEN_STR("10153957876362148")},
        {"a table of figures", PEN_STR("1024 2048 4096 8192 16384 32768 65536 131072")},
        {"minutes of a day", PEN_STR("2026-11-27 15:46:13 2026-11-27 15:46:14")},
    };
    filter_case_passes(&it, "secrets", rows, PEN_COUNT_OF(rows));
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
        expect(before[i], pen_buf_str(&buf), "secrets.service_key");
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
        cmocka_unit_test(finds_tokens_by_prefix_and_letters),
        cmocka_unit_test(finds_tokens_of_several_parts),
        cmocka_unit_test(finds_json_web_tokens_by_their_structure),
        cmocka_unit_test(finds_private_keys_by_what_is_in_them),
        cmocka_unit_test(finds_passwords_by_where_they_stand),
        cmocka_unit_test(finds_cards_as_they_are_printed_or_called),
        cmocka_unit_test(only_flags_cards_for_tests_and_what_nobody_calls_one),
        cmocka_unit_test(finds_accounts_and_numbers_of_people),
        cmocka_unit_test(takes_the_name_of_a_value_for_what_it_says),
        cmocka_unit_test(stays_silent_on_numbers_of_other_kinds),
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
