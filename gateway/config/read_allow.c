/** `allow`, `methods` and `claims_to_headers`: who may call, how, and what the function learns. */
#include "gateway/config/shapes.h"

#define ALLOW(field, is) PEN_FIELD(struct pen_config_function, allow.field, is)

enum pen_status pen_read_methods(struct pen_reader *reader, const struct pen_json *value,
                                 void *target)
{
    struct pen_config_function *function = target;
    return pen_reader_texts(reader, value, 0, &function->methods, &function->method_count);
}

static enum pen_status find_issuer(struct pen_reader *reader, const struct pen_json *value,
                                   struct pen_str name, const struct pen_config_issuer **out)
{
    struct pen_nearest nearest;
    pen_nearest_init(&nearest, name);
    for (size_t i = 0; i < reader->config->issuer_count; i++) {
        const struct pen_config_issuer *const issuer = &reader->config->issuers[i];
        if (pen_str_equal(issuer->name, name)) {
            *out = issuer;
            return PEN_OK;
        }
        pen_nearest_consider(&nearest, issuer->name);
    }
    return pen_reader_fail(reader, value, "no issuer is called '%s'%s",
                           pen_reader_excerpt(name).text, pen_nearest_hint(&nearest));
}

/* A token's issuer is found by its "iss", so two with the same one leave open whose keys count. */
static const struct pen_config_issuer *same_iss(const struct pen_config_issuer *const *issuers,
                                                size_t count,
                                                const struct pen_config_issuer *issuer)
{
    for (size_t i = 0; i < count; i++) {
        if (pen_str_equal(issuers[i]->issuer, issuer->issuer)) return issuers[i];
    }
    return NULL;
}

static enum pen_status read_issuer(struct pen_reader *reader, const struct pen_json *value,
                                   void *target)
{
    struct pen_config_function *function = target;
    const struct pen_str *names;
    size_t count;
    PEN_TRY(pen_reader_texts(reader, value, 0, &names, &count));
    const struct pen_config_issuer **issuers =
        pen_arena_calloc(reader->arena, count, sizeof(*issuers));
    if (issuers == NULL) return pen_reader_no_memory(reader);

    const struct pen_json *item = value->type == PEN_JSON_ARRAY ? value->first : value;
    for (size_t i = 0; i < count; i++) {
        PEN_TRY(find_issuer(reader, item, names[i], &issuers[i]));
        const struct pen_config_issuer *const other = same_iss(issuers, i, issuers[i]);
        if (other != NULL) {
            return pen_reader_fail(reader, item,
                                   "'%.*s' and '%.*s' have the same 'issuer'; a token could not "
                                   "tell them apart",
                                   PEN_STR_ARGS(names[i]), PEN_STR_ARGS(other->name));
        }
        item = item->next;
    }
    function->allow.issuers = issuers;
    function->allow.issuer_count = count;
    return PEN_OK;
}

static enum pen_status read_scopes(struct pen_reader *reader, const struct pen_json *value,
                                   void *target)
{
    struct pen_config_allow *const allow = &((struct pen_config_function *)target)->allow;
    PEN_TRY(pen_reader_texts(reader, value, 0, &allow->scopes, &allow->scope_count));
    for (size_t i = 0; i < allow->scope_count; i++) {
        /* RFC 6749 section 3.3: a token's scope is a list with spaces between. */
        if (pen_str_find(allow->scopes[i], ' ', 0) == allow->scopes[i].len) continue;
        return pen_reader_fail(reader, value, "a scope has no spaces; write a list: [a, b]");
    }
    return PEN_OK;
}

static enum pen_status read_subjects(struct pen_reader *reader, const struct pen_json *value,
                                     void *target)
{
    struct pen_config_allow *const allow = &((struct pen_config_function *)target)->allow;
    return pen_reader_texts(reader, value, PEN_KEY_REFERENCE, &allow->subjects,
                            &allow->subject_count);
}

enum pen_status pen_read_claim(struct pen_reader *reader, const struct pen_json *value,
                               struct pen_str text)
{
    if (text.len == 0) return pen_reader_fail_name(reader, value, "a claim has no name");
    if (text.ptr[0] != '/') return PEN_OK;

    /* RFC 6901 section 3: '~' is followed by 0 or 1. */
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '~') continue;
        if (i + 1 < text.len && (text.ptr[i + 1] == '0' || text.ptr[i + 1] == '1')) continue;
        return pen_reader_fail_name(reader, value,
                                    "'%s' is no JSON Pointer: '~' is written ~0, '/' in a name ~1",
                                    pen_reader_excerpt(text).text);
    }
    return PEN_OK;
}

static enum pen_status read_claims(struct pen_reader *reader, const struct pen_json *value,
                                   void *target)
{
    struct pen_config_allow *const allow = &((struct pen_config_function *)target)->allow;
    struct pen_config_claim_rule *rules =
        pen_arena_calloc(reader->arena, value->count, sizeof(*rules));
    if (rules == NULL) return pen_reader_no_memory(reader);

    for (const struct pen_json *item = value->first; item != NULL; item = item->next) {
        struct pen_config_claim_rule *const rule = &rules[item->index];
        rule->claim = item->name;
        PEN_TRY(pen_read_claim(reader, item, item->name));
        PEN_TRY(
            pen_reader_texts(reader, item, PEN_KEY_REFERENCE, &rule->values, &rule->value_count));
    }
    allow->claims = rules;
    allow->claim_count = value->count;
    return PEN_OK;
}

static const struct pen_word webhooks[] = {{PEN_STR("aws.sns"), true}};

static enum pen_status read_webhook(struct pen_reader *reader, const struct pen_json *value,
                                    void *target)
{
    int sns;
    PEN_TRY(pen_reader_word(reader, value, webhooks, PEN_COUNT_OF(webhooks), &sns));
    ((struct pen_config_function *)target)->allow.sns = sns;
    return PEN_OK;
}

static const struct pen_key allow_keys[] = {
    {PEN_STR("anyone"), .kind = PEN_KEY_FLAG, .offset = ALLOW(anyone, bool)},
    {PEN_STR("issuer"), .kind = PEN_KEY_READ, .read = read_issuer},
    {PEN_STR("certificate"), .kind = PEN_KEY_READ, .read = pen_read_allow_certificate},
    {PEN_STR("webhook"), .kind = PEN_KEY_READ, .words = webhooks,
     .word_count = PEN_COUNT_OF(webhooks), .read = read_webhook},
    {PEN_STR("scopes"), .kind = PEN_KEY_READ, .read = read_scopes},
    {PEN_STR("subjects"), .kind = PEN_KEY_READ, .read = read_subjects},
    {PEN_STR("claims"), .kind = PEN_KEY_READ, .read = read_claims},
    {PEN_STR("methods"), .kind = PEN_KEY_READ, .read = pen_read_methods},
};

const struct pen_shape pen_shape_allow = {
    .schema = "/$defs/allow",
    .keys = allow_keys,
    .key_count = PEN_COUNT_OF(allow_keys),
};

/* Nothing of a token can be asked for where no token is. */
static enum pen_status refuse_token_rules(struct pen_reader *reader, const struct pen_json *value)
{
    static const struct pen_str rules[] = {PEN_STR("scopes"), PEN_STR("subjects"),
                                           PEN_STR("claims")};
    for (size_t i = 0; i < PEN_COUNT_OF(rules); i++) {
        const struct pen_json *const member = pen_json_member(value, rules[i]);
        if (member == NULL) continue;
        return pen_reader_fail_name(reader, member,
                                    "'%.*s' is about tokens, and whose count is not said: give "
                                    "'issuer' too",
                                    PEN_STR_ARGS(rules[i]));
    }
    return PEN_OK;
}

static enum pen_status check_allow(struct pen_reader *reader, const struct pen_json *value,
                                   const struct pen_config_allow *allow)
{
    if (!allow->anyone && allow->issuer_count == 0 && !allow->certificate && !allow->sns) {
        return pen_reader_fail_name(reader, value,
                                    "whose tokens count is not said: give 'issuer', 'certificate' "
                                    "or 'webhook', or spell out 'anyone: true'");
    }
    if (allow->sns && allow->issuer_count > 0) {
        return pen_reader_fail_name(reader, pen_json_member(value, PEN_S("webhook")),
                                    "SNS brings no token; give tokens and webhooks a function "
                                    "each, with the same upstream and target");
    }
    if (!allow->anyone && allow->issuer_count == 0) return refuse_token_rules(reader, value);
    if (!allow->anyone) return PEN_OK;

    for (const struct pen_json *member = value->first; member != NULL; member = member->next) {
        if (pen_str_equal(member->name, PEN_S("anyone"))) continue;
        if (pen_str_equal(member->name, PEN_S("methods"))) continue;
        return pen_reader_fail_name(reader, member,
                                    "'%.*s' has no effect where anyone may call; remove one of "
                                    "them",
                                    PEN_STR_ARGS(member->name));
    }
    return PEN_OK;
}

enum pen_status pen_read_allow(struct pen_reader *reader, const struct pen_json *value,
                               void *target)
{
    struct pen_config_function *function = target;
    function->has_allow = true;
    if (value->type == PEN_JSON_STRING) {
        function->allow.anyone = true;
        return PEN_OK;
    }
    PEN_TRY(pen_reader_mapping(reader, value, &pen_shape_allow, function));
    return check_allow(reader, value, &function->allow);
}

/* Fields that frame the message, belong to one hop, or that the gateway writes itself. */
static bool is_taken_field(struct pen_str name)
{
    static const struct pen_str taken[] = {
        PEN_STR("accept-encoding"),
        PEN_STR("authorization"),
        PEN_STR("connection"),
        PEN_STR("content-encoding"),
        PEN_STR("content-length"),
        PEN_STR("content-type"),
        PEN_STR("cookie"),
        PEN_STR("date"),
        PEN_STR("expect"),
        PEN_STR("forwarded"),
        PEN_STR("host"),
        PEN_STR("http2-settings"),
        PEN_STR("keep-alive"),
        PEN_STR("max-forwards"),
        PEN_STR("proxy-authenticate"),
        PEN_STR("proxy-authorization"),
        PEN_STR("proxy-connection"),
        PEN_STR("te"),
        PEN_STR("traceparent"),
        PEN_STR("tracestate"),
        PEN_STR("trailer"),
        PEN_STR("transfer-encoding"),
        PEN_STR("upgrade"),
        PEN_STR("via"),
        PEN_STR("x-call-id"),
        PEN_STR("x-request-id"),
        PEN_STR("x-start-time"),
    };
    if (pen_str_starts_fold(name, PEN_S("x-forwarded-"))) return true;
    if (pen_str_starts_fold(name, PEN_S("penstock-"))) return true;
    for (size_t i = 0; i < PEN_COUNT_OF(taken); i++) {
        if (pen_str_equal_fold(name, taken[i])) return true;
    }
    return false;
}

static enum pen_status check_field(struct pen_reader *reader, const struct pen_json *item)
{
    const struct pen_excerpt text = pen_reader_excerpt(item->name);
    if (is_taken_field(item->name)) {
        return pen_reader_fail_name(reader, item,
                                    "'%s' belongs to HTTP or to the gateway; choose another name, "
                                    "such as X-Tenant",
                                    text.text);
    }
    for (const struct pen_json *other = item->parent->first; other != item; other = other->next) {
        if (!pen_str_equal_fold(other->name, item->name)) continue;
        return pen_reader_fail_name(reader, item, "'%s' is given twice; case does not count",
                                    text.text);
    }
    return PEN_OK;
}

enum pen_status pen_read_claim_headers(struct pen_reader *reader, const struct pen_json *value,
                                       void *target)
{
    struct pen_config_function *function = target;
    struct pen_config_claim_header *headers =
        pen_arena_calloc(reader->arena, value->count, sizeof(*headers));
    if (headers == NULL) return pen_reader_no_memory(reader);

    for (const struct pen_json *item = value->first; item != NULL; item = item->next) {
        struct pen_config_claim_header *const header = &headers[item->index];
        header->header = item->name;
        PEN_TRY(check_field(reader, item));
        PEN_TRY(pen_reader_text(reader, item, 0, &header->claim));
        PEN_TRY(pen_read_claim(reader, item, header->claim));
    }
    function->claim_headers = headers;
    function->claim_header_count = value->count;
    return PEN_OK;
}
