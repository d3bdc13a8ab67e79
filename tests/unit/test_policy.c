/** Who may call: credentials, scopes, subjects, claims, and how a refusal is put. */
#include "gateway/auth/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "filters/core/json.h"

static struct pen_arena *arena;

static int make_arena(void **state)
{
    (void)state;
    return pen_arena_create((size_t)1 << 20, 4096, &arena) == PEN_OK ? 0 : -1;
}

static int drop_arena(void **state)
{
    (void)state;
    pen_arena_destroy(arena);
    return 0;
}

static const struct pen_json *claims_of(struct pen_str text)
{
    const struct pen_json *claims;
    assert_int_equal(pen_json_read(text, NULL, arena, &claims, NULL), PEN_OK);
    return claims;
}

static void reads_credentials_in_one_way(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str field;
        enum pen_credential kind;
        struct pen_str token;
    } rows[] = {
        {"no field", {NULL, 0}, PEN_CREDENTIAL_NONE, {NULL, 0}},
        {"empty field", PEN_STR(""), PEN_CREDENTIAL_NONE, {NULL, 0}},
        {"a token", PEN_STR("Bearer a.b.c"), PEN_CREDENTIAL_BEARER, PEN_STR("a.b.c")},
        {"scheme in small letters", PEN_STR("bearer a"), PEN_CREDENTIAL_BEARER, PEN_STR("a")},
        {"scheme in capitals", PEN_STR("BEARER a"), PEN_CREDENTIAL_BEARER, PEN_STR("a")},
        {"all of token68", PEN_STR("Bearer aZ09-._~+/=="), PEN_CREDENTIAL_BEARER,
         PEN_STR("aZ09-._~+/==")},
        {"scheme alone", PEN_STR("Bearer"), PEN_CREDENTIAL_MALFORMED, {NULL, 0}},
        {"scheme and space", PEN_STR("Bearer "), PEN_CREDENTIAL_MALFORMED, {NULL, 0}},
        {"two spaces", PEN_STR("Bearer  a"), PEN_CREDENTIAL_MALFORMED, {NULL, 0}},
        {"a tab", PEN_STR("Bearer\ta"), PEN_CREDENTIAL_MALFORMED, {NULL, 0}},
        {"two tokens", PEN_STR("Bearer a b"), PEN_CREDENTIAL_MALFORMED, {NULL, 0}},
        {"a list", PEN_STR("Bearer a, Bearer b"), PEN_CREDENTIAL_MALFORMED, {NULL, 0}},
        {"a comma before", PEN_STR(",Bearer a"), PEN_CREDENTIAL_MALFORMED, {NULL, 0}},
        {"parameters", PEN_STR("Bearer token=\"a\""), PEN_CREDENTIAL_MALFORMED, {NULL, 0}},
        {"= in the middle", PEN_STR("Bearer a=b"), PEN_CREDENTIAL_MALFORMED, {NULL, 0}},
        {"= alone", PEN_STR("Bearer ="), PEN_CREDENTIAL_MALFORMED, {NULL, 0}},
        {"a NUL", PEN_STR("Bearer a\0b"), PEN_CREDENTIAL_MALFORMED, {NULL, 0}},
        {"a space before", PEN_STR(" Bearer a"), PEN_CREDENTIAL_MALFORMED, {NULL, 0}},
        {"a space behind", PEN_STR("Bearer a "), PEN_CREDENTIAL_MALFORMED, {NULL, 0}},
        {"a scheme that is none", PEN_STR("\"Bearer\" a"), PEN_CREDENTIAL_MALFORMED, {NULL, 0}},
        {"another scheme", PEN_STR("Basic dXNlcjpwYXNz"), PEN_CREDENTIAL_OTHER, {NULL, 0}},
        {"a longer scheme", PEN_STR("Bearers a"), PEN_CREDENTIAL_OTHER, {NULL, 0}},
        {"DPoP", PEN_STR("DPoP a.b.c"), PEN_CREDENTIAL_OTHER, {NULL, 0}},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_str token = {NULL, 0};
        const enum pen_credential kind = pen_credential_read(rows[i].field, &token);
        if (kind != rows[i].kind || !pen_str_equal(token, rows[i].token)) {
            fail_msg("%s: %d, \"%.*s\"", rows[i].why, (int)kind, PEN_STR_ARGS(token));
        }
    }
}

static void finds_scopes_as_whole_words(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str claims;
        bool has;
    } rows[] = {
        {"alone", PEN_STR("{\"scope\":\"orders:write\"}"), true},
        {"first", PEN_STR("{\"scope\":\"orders:write b\"}"), true},
        {"last", PEN_STR("{\"scope\":\"a orders:write\"}"), true},
        {"between two spaces", PEN_STR("{\"scope\":\"a  orders:write  b\"}"), true},
        {"in a list", PEN_STR("{\"scope\":[\"a\",\"orders:write\"]}"), true},
        {"scp as text", PEN_STR("{\"scp\":\"a orders:write\"}"), true},
        {"scp as a list", PEN_STR("{\"scp\":[\"orders:write\"]}"), true},
        {"beside a scope of other use", PEN_STR("{\"scope\":7,\"scp\":\"orders:write\"}"), true},
        {"none", PEN_STR("{}"), false},
        {"empty", PEN_STR("{\"scope\":\"\"}"), false},
        {"spaces", PEN_STR("{\"scope\":\"  \"}"), false},
        {"longer", PEN_STR("{\"scope\":\"orders:writer\"}"), false},
        {"shorter", PEN_STR("{\"scope\":\"orders:writ\"}"), false},
        {"other case", PEN_STR("{\"scope\":\"Orders:write\"}"), false},
        {"with a comma", PEN_STR("{\"scope\":\"orders:write,b\"}"), false},
        {"behind a tab", PEN_STR("{\"scope\":\"a\\torders:write\"}"), false},
        {"a list element is one scope", PEN_STR("{\"scp\":[\"a orders:write\"]}"), false},
        {"in a list in a list", PEN_STR("{\"scp\":[[\"orders:write\"]]}"), false},
        {"an object", PEN_STR("{\"scope\":{\"orders:write\":true}}"), false},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const bool has = pen_policy_has_scope(claims_of(rows[i].claims), PEN_S("orders:write"));
        if (has != rows[i].has) fail_msg("%s", rows[i].why);
    }
    assert_false(pen_policy_has_scope(claims_of(PEN_S("{\"scope\":\"a  b\"}")), PEN_S("")));
    assert_false(pen_policy_has_scope(NULL, PEN_S("a")));
}

static void answers_with_the_first_rule_that_is_not_met(void **state)
{
    (void)state;
    const struct pen_config_issuer corp = {.name = PEN_STR("corp")};
    const struct pen_config_issuer other = {.name = PEN_STR("other")};
    const struct pen_config_issuer *const issuers[] = {&corp};
    const struct pen_str scopes[] = {PEN_STR("r"), PEN_STR("w")};
    const struct pen_str subjects[] = {PEN_STR("ann"), PEN_STR("bob")};
    const struct pen_str tenants[] = {PEN_STR("acme"), PEN_STR("7"), PEN_STR("true")};
    const struct pen_str roles[] = {PEN_STR("admin")};
    const struct pen_config_claim_rule claims[] = {
        {PEN_STR("tenant"), tenants, 3},
        {PEN_STR("/realm/roles"), roles, 1},
    };
    const struct pen_config_allow whole = {
        .issuers = issuers,
        .issuer_count = 1,
        .scopes = scopes,
        .scope_count = 2,
        .subjects = subjects,
        .subject_count = 2,
        .claims = claims,
        .claim_count = 2,
    };
    const struct {
        const char *why;
        const struct pen_config_issuer *issuer;
        struct pen_str claims;
        const char *reason;
    } rows[] = {
        {"all met", &corp,
         PEN_STR("{\"sub\":\"bob\",\"scope\":\"w r\",\"tenant\":\"acme\","
                 "\"realm\":{\"roles\":[\"user\",\"admin\"]}}"),
         "ok"},
        {"a number as configured", &corp,
         PEN_STR("{\"sub\":\"bob\",\"scope\":\"w r\",\"tenant\":7,"
                 "\"realm\":{\"roles\":\"admin\"}}"),
         "ok"},
        {"true as configured", &corp,
         PEN_STR("{\"sub\":\"bob\",\"scope\":\"w r\",\"tenant\":true,"
                 "\"realm\":{\"roles\":\"admin\"}}"),
         "ok"},
        {"another issuer", &other, PEN_STR("{\"sub\":\"bob\",\"scope\":\"w r\"}"), "allow.issuer"},
        {"another subject", &corp, PEN_STR("{\"sub\":\"eve\",\"scope\":\"w r\"}"), "allow.subject"},
        {"no subject", &corp, PEN_STR("{\"scope\":\"w r\"}"), "allow.subject"},
        {"one scope of two", &corp, PEN_STR("{\"sub\":\"ann\",\"scope\":\"r\"}"), "allow.scope"},
        {"no claim", &corp, PEN_STR("{\"sub\":\"ann\",\"scope\":\"r w\"}"), "allow.claim"},
        {"another tenant", &corp,
         PEN_STR("{\"sub\":\"ann\",\"scope\":\"r w\",\"tenant\":\"acme2\","
                 "\"realm\":{\"roles\":\"admin\"}}"),
         "allow.claim"},
        {"an object where a text is due", &corp,
         PEN_STR("{\"sub\":\"ann\",\"scope\":\"r w\",\"tenant\":{\"acme\":1},"
                 "\"realm\":{\"roles\":\"admin\"}}"),
         "allow.claim"},
        {"null is no value", &corp,
         PEN_STR("{\"sub\":\"ann\",\"scope\":\"r w\",\"tenant\":null,"
                 "\"realm\":{\"roles\":\"admin\"}}"),
         "allow.claim"},
        {"the second claim is missing", &corp,
         PEN_STR("{\"sub\":\"ann\",\"scope\":\"r w\",\"tenant\":\"acme\","
                 "\"realm\":{\"roles\":[]}}"),
         "allow.claim"},
        {"a claim whose name looks like the pointer", &corp,
         PEN_STR("{\"sub\":\"ann\",\"scope\":\"r w\",\"tenant\":\"acme\","
                 "\"/realm/roles\":\"admin\"}"),
         "allow.claim"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_json *const root = claims_of(rows[i].claims);
        const struct pen_caller caller = {
            .issuer = rows[i].issuer,
            .subject = pen_json_string_or(pen_json_member(root, PEN_S("sub")), PEN_S("")),
            .claims = root,
        };
        const struct pen_policy_answer answer = pen_policy_check(&whole, &caller);
        if (strcmp(answer.reason, rows[i].reason) != 0
            || answer.allowed != (strcmp(answer.reason, "ok") == 0)) {
            fail_msg("%s: %s", rows[i].why, answer.reason);
        }
    }
}

static void lets_anyone_in_only_where_that_is_spelled_out(void **state)
{
    (void)state;
    const struct pen_config_allow anyone = {.anyone = true};
    const struct pen_config_allow nothing = {.anyone = false};
    const struct pen_config_issuer corp = {.name = PEN_STR("corp")};
    const struct pen_caller caller = {.issuer = &corp, .claims = claims_of(PEN_S("{}"))};
    assert_true(pen_policy_check(&anyone, NULL).allowed);
    assert_true(pen_policy_check(&anyone, &caller).allowed);
    assert_false(pen_policy_check(&nothing, NULL).allowed);
    assert_false(pen_policy_check(&nothing, &caller).allowed);
}

static void gives_a_claim_as_text_only_when_a_field_can_hold_it(void **state)
{
    (void)state;
    const struct pen_json *const claims =
        claims_of(PEN_S("{\"s\":\"caf\u00e9 x\",\"n\":1.50,\"b\":true,\"o\":{\"a/b\":\"deep\"},"
                        "\"l\":[\"zero\",\"one\"],\"crlf\":\"a\\r\\nX-Admin: 1\","
                        "\"nul\":\"a\\u0000\",\"del\":\"\\u007f\",\"tab\":\"a\\tb\","
                        "\"https://example.com/role\":\"admin\"}"));
    const struct {
        struct pen_str claim;
        struct pen_str text;
    } rows[] = {
        {PEN_STR("s"), PEN_STR("caf\u00e9 x")},
        {PEN_STR("n"), PEN_STR("1.50")},
        {PEN_STR("b"), PEN_STR("")},
        {PEN_STR("o"), PEN_STR("")},
        {PEN_STR("l"), PEN_STR("")},
        {PEN_STR("/l/1"), PEN_STR("one")},
        {PEN_STR("/o/a~1b"), PEN_STR("deep")},
        {PEN_STR("https://example.com/role"), PEN_STR("admin")},
        {PEN_STR("absent"), PEN_STR("")},
        {PEN_STR("/absent/x"), PEN_STR("")},
        {PEN_STR("crlf"), PEN_STR("")},
        {PEN_STR("nul"), PEN_STR("")},
        {PEN_STR("del"), PEN_STR("")},
        {PEN_STR("tab"), PEN_STR("")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_str text = pen_policy_claim_text(claims, rows[i].claim);
        if (!pen_str_equal(text, rows[i].text)) {
            fail_msg("%.*s: \"%.*s\"", PEN_STR_ARGS(rows[i].claim), PEN_STR_ARGS(text));
        }
    }
}

static void challenges_as_rfc_6750_says(void **state)
{
    (void)state;
    const struct pen_str scopes[] = {PEN_STR("r"), PEN_STR("w")};
    const struct pen_config_allow allow = {.scopes = scopes, .scope_count = 2};
    const struct pen_config_allow no_scopes = {.scope_count = 0};
    const struct {
        const char *why;
        struct pen_str realm;
        const char *error;
        const struct pen_config_allow *allow;
        const char *value;
    } rows[] = {
        {"nothing was given", PEN_STR("corp"), NULL, &allow, "Bearer realm=\"corp\""},
        {"a bad token", PEN_STR("corp"), "invalid_token", &allow,
         "Bearer realm=\"corp\", error=\"invalid_token\", "
         "error_description=\"The token is not valid\""},
        {"a malformed field", PEN_STR("corp"), "invalid_request", NULL,
         "Bearer realm=\"corp\", error=\"invalid_request\", "
         "error_description=\"The credentials are malformed\""},
        {"a scope is missing", PEN_STR("corp"), "insufficient_scope", &allow,
         "Bearer realm=\"corp\", error=\"insufficient_scope\", "
         "error_description=\"The token does not permit this\", scope=\"r w\""},
        {"a claim is missing", PEN_STR("corp"), "insufficient_scope", &no_scopes,
         "Bearer realm=\"corp\", error=\"insufficient_scope\", "
         "error_description=\"The token does not permit this\""},
        {"a realm with quotes and a line break", PEN_STR("a\"b\\c\r\nd"), NULL, NULL,
         "Bearer realm=\"a\\\"b\\\\cd\""},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        char memory[256];
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        pen_policy_challenge(&buf, rows[i].realm, rows[i].error, rows[i].allow);
        if (buf.full || !pen_str_equal(pen_buf_str(&buf), pen_str_from_c(rows[i].value))) {
            fail_msg("%s: %.*s", rows[i].why, PEN_STR_ARGS(pen_buf_str(&buf)));
        }
    }
}

static void certificates_are_asked_for_by_their_names(void **state)
{
    (void)state;
    const struct pen_tls_name names[] = {{PEN_TLS_NAME_DNS, PEN_STR("a.example.com")},
                                         {PEN_TLS_NAME_URI, PEN_STR("spiffe://prod/a")}};
    const struct pen_tls_identity identity = {.names = names, .name_count = 2};
    const struct pen_tls_identity nameless = {.name_count = 0};
    const struct pen_tls_name prod[] = {{PEN_TLS_NAME_URI, PEN_STR("spiffe://prod/*")}};
    const struct pen_tls_name dev[] = {{PEN_TLS_NAME_URI, PEN_STR("spiffe://dev/*")},
                                       {PEN_TLS_NAME_EMAIL, PEN_STR("*@example.com")}};
    const struct pen_config_allow none_needed = {.certificate = false};
    const struct pen_config_allow any = {.certificate = true};
    const struct pen_config_allow of_prod = {.certificate = true, .names = prod, .name_count = 1};
    const struct pen_config_allow of_dev = {.certificate = true, .names = dev, .name_count = 2};
    const struct {
        const char *why;
        const struct pen_config_allow *allow;
        const struct pen_tls_identity *identity;
        const char *reason;
        const struct pen_tls_name *name;
    } rows[] = {
        {"none asked for, none shown", &none_needed, NULL, "ok", NULL},
        {"none asked for, one shown", &none_needed, &identity, "ok", NULL},
        {"any, none shown", &any, NULL, "certificate.missing", NULL},
        {"any, one without names", &any, &nameless, "ok", NULL},
        {"of a name, none shown", &of_prod, NULL, "certificate.missing", NULL},
        {"of its name", &of_prod, &identity, "ok", &names[1]},
        {"of other names", &of_dev, &identity, "certificate.not_allowed", NULL},
        {"of a name, one without names", &of_prod, &nameless, "certificate.not_allowed", NULL},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_tls_name *name = NULL;
        const struct pen_policy_answer answer =
            pen_policy_certificate(rows[i].allow, rows[i].identity, &name);
        if (strcmp(answer.reason, rows[i].reason) != 0
            || answer.allowed != (strcmp(rows[i].reason, "ok") == 0) || name != rows[i].name) {
            fail_msg("%s: %s", rows[i].why, answer.reason);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_credentials_in_one_way),
        cmocka_unit_test(finds_scopes_as_whole_words),
        cmocka_unit_test(answers_with_the_first_rule_that_is_not_met),
        cmocka_unit_test(lets_anyone_in_only_where_that_is_spelled_out),
        cmocka_unit_test(gives_a_claim_as_text_only_when_a_field_can_hold_it),
        cmocka_unit_test(challenges_as_rfc_6750_says),
        cmocka_unit_test(certificates_are_asked_for_by_their_names),
    };
    return cmocka_run_group_tests_name("policy", tests, make_arena, drop_arena);
}
