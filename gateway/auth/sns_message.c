/**
 * The members of a message, in the order in which they are signed.
 *
 * The signed text has no lengths in it, and a value may hold line breaks: only what the members say
 * counts, never how the text could be taken apart again. Which members are signed follows from the
 * type, and the type is signed.
 */
#include "gateway/auth/sns_message.h"

#include "filters/core/codec.h"
#include "filters/core/rfc3339.h"

#define REGION_MOST 32

static enum pen_status invalid(const char *reason, const char **code)
{
    *code = reason;
    return PEN_ERR_INVALID;
}

static bool is_lower_word(struct pen_str text, const char *others)
{
    const struct pen_str more = pen_str_from_c(others);
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];
        if ((c >= 'a' && c <= 'z') || pen_is_digit(c)) continue;
        if (c == '\0' || pen_str_find(more, c, 0) == more.len) return false;
    }
    return text.len > 0;
}

/* What stands between the colons at `*at`; moves behind the second. */
static struct pen_str take_part(struct pen_str arn, size_t *at)
{
    const size_t end = pen_str_find(arn, ':', *at);
    const struct pen_str part = pen_str_slice(arn, *at, end);
    *at = end + 1;
    return part;
}

struct pen_str pen_sns_region(struct pen_str topic)
{
    const struct pen_str none = {NULL, 0};
    size_t at = 0;
    const bool arn = pen_str_equal(take_part(topic, &at), PEN_S("arn"));
    const struct pen_str partition = take_part(topic, &at);
    const bool sns = pen_str_equal(take_part(topic, &at), PEN_S("sns"));
    const struct pen_str region = take_part(topic, &at);
    const struct pen_str account = take_part(topic, &at);
    const struct pen_str name = pen_str_slice(topic, at, topic.len);
    if (!arn || !sns || !is_lower_word(partition, "-") || account.len == 0 || name.len == 0) {
        return none;
    }
    return region.len <= REGION_MOST && is_lower_word(region, "-") ? region : none;
}

/* The text behind `prefix`, or one with a NULL pointer. */
static struct pen_str behind(struct pen_str text, struct pen_str prefix)
{
    if (text.ptr == NULL || !pen_str_starts(text, prefix)) return (struct pen_str){NULL, 0};
    return (struct pen_str){text.ptr + prefix.len, text.len - prefix.len};
}

/* What follows "https://sns.<region>.amazonaws.com/", byte for byte; NULL when it is another place.
 */
static struct pen_str behind_host(struct pen_str url, struct pen_str region)
{
    const struct pen_str none = {NULL, 0};
    if (url.len > PEN_SNS_URL_BYTES || region.len == 0) return none;

    struct pen_str rest = behind(url, PEN_S("https://sns."));
    rest = behind(rest, region);
    rest = behind(rest, PEN_S(".amazonaws.com"));
    const struct pen_str china = behind(rest, PEN_S(".cn"));
    /* China's hosts end in .cn, no others do. */
    if (pen_str_starts(region, PEN_S("cn-")) != (china.ptr != NULL)) return none;
    return behind(china.ptr != NULL ? china : rest, PEN_S("/"));
}

bool pen_sns_is_certificate_url(struct pen_str url, struct pen_str region)
{
    const struct pen_str path = behind_host(url, region);
    const struct pen_str suffix = PEN_STR(".pem");
    if (path.ptr == NULL || !pen_str_ends(path, suffix)) return false;

    /* One file of the root: letters, digits and hyphens. */
    const struct pen_str name = pen_str_slice(path, 0, path.len - suffix.len);
    for (size_t i = 0; i < name.len; i++) {
        const char c = name.ptr[i];
        if (!pen_is_alpha(c) && !pen_is_digit(c) && c != '-') return false;
    }
    return name.len > 0;
}

bool pen_sns_is_subscribe_url(struct pen_str url, struct pen_str region)
{
    const struct pen_str rest =
        behind(behind_host(url, region), PEN_S("?Action=ConfirmSubscription&"));
    if (rest.ptr == NULL || rest.len == 0) return false;

    for (size_t i = 0; i < rest.len; i++) {
        const char c = rest.ptr[i];
        const struct pen_str marks = PEN_S("=&:%-._~");
        if (pen_is_alnum(c)) continue;
        if (c == '\0' || pen_str_find(marks, c, 0) == marks.len) return false;
    }
    return true;
}

static const struct {
    struct pen_str name;
    enum pen_sns_type type;
} types[] = {
    {PEN_STR("Notification"), PEN_SNS_NOTIFICATION},
    {PEN_STR("SubscriptionConfirmation"), PEN_SNS_SUBSCRIPTION},
    {PEN_STR("UnsubscribeConfirmation"), PEN_SNS_UNSUBSCRIPTION},
};

static bool find_type(struct pen_str name, enum pen_sns_type *out)
{
    for (size_t i = 0; i < PEN_COUNT_OF(types); i++) {
        if (!pen_str_equal(types[i].name, name)) continue;
        *out = types[i].type;
        return true;
    }
    return false;
}

/* Sorted, as the text to sign wants them. */
static const struct pen_str of_notification[] = {
    PEN_STR("Message"),   PEN_STR("MessageId"), PEN_STR("Subject"),
    PEN_STR("Timestamp"), PEN_STR("TopicArn"),  PEN_STR("Type"),
};
static const struct pen_str of_confirmation[] = {
    PEN_STR("Message"), PEN_STR("MessageId"), PEN_STR("SubscribeURL"), PEN_STR("Timestamp"),
    PEN_STR("Token"),   PEN_STR("TopicArn"),  PEN_STR("Type"),
};

static struct pen_str text_of(const struct pen_json *root, struct pen_str name)
{
    return pen_json_string_or(pen_json_member(root, name), (struct pen_str){NULL, 0});
}

static enum pen_status write_signed_text(const struct pen_json *root, struct pen_arena *arena,
                                         struct pen_sns_message *out, const char **code)
{
    const bool notification = out->type == PEN_SNS_NOTIFICATION;
    const struct pen_str *const names = notification ? of_notification : of_confirmation;
    const size_t count =
        notification ? PEN_COUNT_OF(of_notification) : PEN_COUNT_OF(of_confirmation);
    size_t room = 0;
    for (size_t i = 0; i < count; i++) {
        room += names[i].len + text_of(root, names[i]).len + 2; /* parts of one body in memory */
    }
    struct pen_buf text = {.ptr = pen_arena_bytes(arena, room), .cap = room};
    if (text.ptr == NULL) {
        *code = "event.memory";
        return PEN_ERR_NOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        const struct pen_json *const member = pen_json_member(root, names[i]);
        /* The one that may be left out. */
        if (member == NULL && pen_str_equal(names[i], PEN_S("Subject"))) continue;
        if (member == NULL || member->type != PEN_JSON_STRING) return invalid("sns.message", code);
        pen_buf_put(&text, names[i]);
        pen_buf_byte(&text, '\n');
        pen_buf_put(&text, member->text);
        pen_buf_byte(&text, '\n');
    }
    out->signed_text = pen_buf_str(&text);
    return PEN_OK;
}

static enum pen_status read_signature(const struct pen_json *root, struct pen_arena *arena,
                                      struct pen_sns_message *out, const char **code)
{
    const struct pen_str version = text_of(root, PEN_S("SignatureVersion"));
    out->sha1 = pen_str_equal(version, PEN_S("1"));
    if (!out->sha1 && !pen_str_equal(version, PEN_S("2"))) return invalid("sns.version", code);

    const enum pen_status status =
        pen_codec_base64(text_of(root, PEN_S("Signature")), arena, &out->signature);
    if (status == PEN_ERR_NOMEM) {
        *code = "event.memory";
        return status;
    }
    if (status != PEN_OK || out->signature.len == 0) return invalid("sns.signature", code);
    return PEN_OK;
}

enum pen_status pen_sns_message_read(const struct pen_json *root, struct pen_str type,
                                     struct pen_arena *arena, struct pen_sns_message *out,
                                     const char **code)
{
    struct pen_sns_message message = {0};
    if (root->type != PEN_JSON_OBJECT) return invalid("sns.message", code);
    if (!pen_str_equal(text_of(root, PEN_S("Type")), type) || !find_type(type, &message.type)) {
        return invalid("sns.type", code);
    }
    PEN_TRY(write_signed_text(root, arena, &message, code));
    PEN_TRY(read_signature(root, arena, &message, code));
    if (pen_rfc3339_read(text_of(root, PEN_S("Timestamp")), &message.timestamp_s) != PEN_OK) {
        return invalid("sns.timestamp", code);
    }
    message.topic = text_of(root, PEN_S("TopicArn"));
    const struct pen_str region = pen_sns_region(message.topic);
    if (region.len == 0) return invalid("sns.topic", code);

    message.certificate_url = text_of(root, PEN_S("SigningCertURL"));
    if (!pen_sns_is_certificate_url(message.certificate_url, region)) {
        return invalid("sns.certificate_url", code);
    }
    if (message.type != PEN_SNS_NOTIFICATION) {
        message.subscribe_url = text_of(root, PEN_S("SubscribeURL"));
        if (!pen_sns_is_subscribe_url(message.subscribe_url, region)) {
            return invalid("sns.subscribe_url", code);
        }
    }
    *out = message;
    return PEN_OK;
}
