/** Secrets that machines made: tokens by their prefixes and parts, web tokens, private keys. */
#include "tests/unit/filter_alone.h"
#include "tests/unit/secrets_case.h"

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
        secrets_expect(&it, rows[i].why, pen_buf_str(&buf), rows[i].rule);
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
    secrets_expect(&it, "a fine-grained token", pen_buf_str(&buf), "secrets.github_token");

    buf.len = 0;
    pen_buf_put(&buf, PEN_S("S"
                            "G."));
    secrets_random(&buf, OF_BASE62, 22, 3);
    pen_buf_byte(&buf, '.');
    secrets_random(&buf, OF_URL, 42, 4);
    pen_buf_byte(&buf, 'a');
    secrets_expect(&it, "SendGrid", pen_buf_str(&buf), "secrets.sendgrid_key");

    buf.len = 0;
    pen_buf_put(&buf, PEN_S("OPENAI_API_KEY=s"
                            "k-proj-"));
    secrets_random(&buf, OF_URL, 58, 5);
    pen_buf_put(&buf, PEN_S("T3Blbk"
                            "FJ"));
    secrets_random(&buf, OF_BASE62, 58, 6);
    secrets_expect(&it, "OpenAI", pen_buf_str(&buf), "secrets.ai_key");

    buf.len = 0;
    pen_buf_put(&buf, PEN_S("[default]\naws_access_key_id = AK"
                            "IA"));
    secrets_random(&buf, OF_BASE32, 16, 7);
    pen_buf_put(&buf, PEN_S("\nwhatever = "));
    secrets_random(&buf, OF_BASE64, 40, 8);
    secrets_expect(&it, "an id", pen_buf_str(&buf), "secrets.aws_key");
    secrets_expect(&it, "and its secret beside it", pen_buf_str(&buf), "secrets.aws_secret");

    buf.len = 0;
    pen_buf_put(&buf, PEN_S("Authorization: Basic "));
    pen_buf_put(&buf, PEN_S("ZGVwbG95Ok"
                            "g0cnJ5NV9n"
                            "cjMzbg=="));
    secrets_expect(&it, "Basic authentication", pen_buf_str(&buf), "secrets.basic_auth");
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
        secrets_expect(&it, rows[i].why, pen_buf_str(&buf), "secrets.jwt");
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
        secrets_expect(&it, rows[i].why, pen_buf_str(&buf), "secrets.private_key");
    }
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    pen_buf_put(&buf, PEN_S("PuTTY-User-Key-File-3: ssh-ed25519\nPriv"
                            "ate-Lines: 1\n"));
    secrets_random(&buf, OF_BASE64, 64, 3);
    secrets_expect(&it, "PuTTY", pen_buf_str(&buf), "secrets.private_key");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_tokens_by_prefix_and_letters),
        cmocka_unit_test(finds_tokens_of_several_parts),
        cmocka_unit_test(finds_json_web_tokens_by_their_structure),
        cmocka_unit_test(finds_private_keys_by_what_is_in_them),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
