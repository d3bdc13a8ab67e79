/**
 * `allow`, rule by rule, and the two header fields of RFC 6750.
 *
 * Claims are foreign text even when proven: nothing but exact bytes is compared, and what goes into
 * a header field must be able to stand there.
 */
#include "gateway/auth/policy.h"

/* token68's alphabet, RFC 9110 section 11.2: letters, digits and -._~+/ as one bit each. A token is
   the longest field of most requests, so this is worth a table. */
static bool is_token68_char(char c)
{
    static const uint64_t bits[2] = {0x03ffe80000000000U, 0x47fffffe87fffffeU};
    const unsigned char byte = (unsigned char)c;
    return byte < 128 && (bits[byte >> 6] >> (byte & 63) & 1) != 0;
}

/* RFC 9110 section 5.6.2. */
static bool is_token68(struct pen_str text)
{
    size_t i = 0;
    while (i < text.len && is_token68_char(text.ptr[i])) {
        i++;
    }
    if (i == 0) return false;
    while (i < text.len && text.ptr[i] == '=') {
        i++;
    }
    return i == text.len;
}

enum pen_credential pen_credential_read(struct pen_str authorization, struct pen_str *token)
{
    if (authorization.len == 0) return PEN_CREDENTIAL_NONE;

    size_t end = 0;
    while (end < authorization.len && pen_is_tchar(authorization.ptr[end])) {
        end++;
    }
    if (end == 0 || (end < authorization.len && authorization.ptr[end] != ' ')) {
        return PEN_CREDENTIAL_MALFORMED;
    }
    const struct pen_str scheme = pen_str_slice(authorization, 0, end);
    if (!pen_str_equal_fold(scheme, PEN_S("Bearer"))) return PEN_CREDENTIAL_OTHER;

    const struct pen_str rest = pen_str_slice(authorization, end + 1, authorization.len);
    if (!is_token68(rest)) return PEN_CREDENTIAL_MALFORMED;

    *token = rest;
    return PEN_CREDENTIAL_BEARER;
}

static const struct pen_json *claim_at(const struct pen_json *claims, struct pen_str claim)
{
    if (pen_str_starts(claim, PEN_S("/"))) return pen_json_resolve(claims, claim);

    return pen_json_member(claims, claim);
}

static bool in_list(const struct pen_str *list, size_t count, struct pen_str text)
{
    for (size_t i = 0; i < count; i++) {
        if (pen_str_equal(list[i], text)) return true;
    }
    return false;
}

/* A value as the configuration writes it; objects, arrays and null have no such form. */
static bool scalar_text(const struct pen_json *value, struct pen_str *out)
{
    switch (value->type) {
    case PEN_JSON_STRING:
    case PEN_JSON_NUMBER:
        *out = value->text;
        return true;
    case PEN_JSON_TRUE:
        *out = PEN_S("true");
        return true;
    case PEN_JSON_FALSE:
        *out = PEN_S("false");
        return true;
    case PEN_JSON_NULL:
    case PEN_JSON_ARRAY:
    case PEN_JSON_OBJECT:
        break;
    }
    return false;
}

static bool value_matches(const struct pen_json *value, const struct pen_config_claim_rule *rule)
{
    struct pen_str text;
    return scalar_text(value, &text) && in_list(rule->values, rule->value_count, text);
}

/* An array matches by one of its elements: roles, groups. */
static bool claim_matches(const struct pen_json *claims, const struct pen_config_claim_rule *rule)
{
    const struct pen_json *const value = claim_at(claims, rule->claim);
    if (value == NULL) return false;
    if (value->type != PEN_JSON_ARRAY) return value_matches(value, rule);

    for (const struct pen_json *one = value->first; one != NULL; one = one->next) {
        if (value_matches(one, rule)) return true;
    }
    return false;
}

/* RFC 6749 section 3.3: scope is a list of space-delimited, case-sensitive strings. */
static bool list_names(struct pen_str list, struct pen_str scope)
{
    for (size_t start = 0; start < list.len;) {
        const size_t end = pen_str_find(list, ' ', start);
        if (pen_str_equal(pen_str_slice(list, start, end), scope)) return true;

        start = end + 1;
    }
    return false;
}

static bool claim_names(const struct pen_json *claim, struct pen_str scope)
{
    if (claim == NULL) return false;
    if (claim->type == PEN_JSON_STRING) return list_names(claim->text, scope);
    if (claim->type != PEN_JSON_ARRAY) return false;

    for (const struct pen_json *one = claim->first; one != NULL; one = one->next) {
        if (one->type == PEN_JSON_STRING && pen_str_equal(one->text, scope)) return true;
    }
    return false;
}

bool pen_policy_has_scope(const struct pen_json *claims, struct pen_str scope)
{
    if (scope.len == 0) return false;

    return claim_names(pen_json_member(claims, PEN_S("scope")), scope)
           || claim_names(pen_json_member(claims, PEN_S("scp")), scope);
}

static bool allows_issuer(const struct pen_config_allow *allow,
                          const struct pen_config_issuer *issuer)
{
    for (size_t i = 0; i < allow->issuer_count; i++) {
        if (allow->issuers[i] == issuer) return true;
    }
    return false;
}

static struct pen_policy_answer refuse(const char *reason)
{
    return (struct pen_policy_answer){.allowed = false, .reason = reason};
}

struct pen_policy_answer pen_policy_certificate(const struct pen_config_allow *allow,
                                                const struct pen_tls_identity *identity,
                                                const struct pen_tls_name **name)
{
    const struct pen_policy_answer allowed = {.allowed = true, .reason = "ok"};
    if (!allow->certificate) return allowed;
    if (identity == NULL) return refuse("certificate.missing");
    if (allow->name_count == 0) return allowed;

    const struct pen_tls_name *const found =
        pen_tls_identity_find(identity, allow->names, allow->name_count);
    if (found == NULL) return refuse("certificate.not_allowed");

    *name = found;
    return allowed;
}

struct pen_policy_answer pen_policy_check(const struct pen_config_allow *allow,
                                          const struct pen_caller *caller)
{
    const struct pen_policy_answer allowed = {.allowed = true, .reason = "ok"};
    if (allow->anyone) return allowed;
    if (caller == NULL || !allows_issuer(allow, caller->issuer)) return refuse("allow.issuer");
    if (allow->subject_count > 0
        && (caller->subject.len == 0
            || !in_list(allow->subjects, allow->subject_count, caller->subject))) {
        return refuse("allow.subject");
    }
    for (size_t i = 0; i < allow->scope_count; i++) {
        if (!pen_policy_has_scope(caller->claims, allow->scopes[i])) return refuse("allow.scope");
    }
    for (size_t i = 0; i < allow->claim_count; i++) {
        if (!claim_matches(caller->claims, &allow->claims[i])) return refuse("allow.claim");
    }
    return allowed;
}

/* RFC 9110 section 5.5: CR, LF and NUL are dangerous in a field value, other controls invalid. */
static bool fits_field(struct pen_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.ptr[i];
        if (c < 0x20 || c == 0x7f) return false;
    }
    return true;
}

struct pen_str pen_policy_claim_text(const struct pen_json *claims, struct pen_str claim)
{
    const struct pen_json *const value = claim_at(claims, claim);
    if (value == NULL) return PEN_S("");
    if (value->type != PEN_JSON_STRING && value->type != PEN_JSON_NUMBER) return PEN_S("");

    return fits_field(value->text) ? value->text : PEN_S("");
}

/* The inside of a quoted-string, RFC 9110 section 5.6.4. */
static void put_quoted(struct pen_buf *buf, struct pen_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.ptr[i];
        if (c < 0x20 || c == 0x7f) continue;
        if (c == '"' || c == '\\') pen_buf_byte(buf, '\\');
        pen_buf_byte(buf, text.ptr[i]);
    }
}

static void put_parameter(struct pen_buf *buf, struct pen_str name, struct pen_str value)
{
    pen_buf_put(buf, name);
    pen_buf_put(buf, PEN_S("=\""));
    put_quoted(buf, value);
    pen_buf_byte(buf, '"');
}

/* Fixed words: which check failed is for the audit record, not for the one who tries. */
static struct pen_str describe(struct pen_str error)
{
    if (pen_str_equal(error, PEN_S("invalid_token"))) return PEN_S("The token is not valid");
    if (pen_str_equal(error, PEN_S("insufficient_scope"))) {
        return PEN_S("The token does not permit this");
    }
    return PEN_S("The credentials are malformed");
}

static void put_scopes(struct pen_buf *buf, const struct pen_config_allow *allow)
{
    pen_buf_put(buf, PEN_S(", scope=\""));
    for (size_t i = 0; i < allow->scope_count; i++) {
        if (i > 0) pen_buf_byte(buf, ' ');
        put_quoted(buf, allow->scopes[i]);
    }
    pen_buf_byte(buf, '"');
}

void pen_policy_challenge(struct pen_buf *buf, struct pen_str realm, const char *error,
                          const struct pen_config_allow *allow)
{
    pen_buf_put(buf, PEN_S("Bearer "));
    put_parameter(buf, PEN_S("realm"), realm);
    if (error == NULL) return;

    const struct pen_str code = pen_str_from_c(error);
    pen_buf_put(buf, PEN_S(", "));
    put_parameter(buf, PEN_S("error"), code);
    pen_buf_put(buf, PEN_S(", "));
    put_parameter(buf, PEN_S("error_description"), describe(code));
    if (pen_str_equal(code, PEN_S("insufficient_scope")) && allow != NULL
        && allow->scope_count > 0) {
        put_scopes(buf, allow);
    }
}
