/**
 * SNS messages: the signed text is what the members say, and whatever URL comes out leads to SNS,
 * however it is taken apart.
 */
#include <stdint.h>
#include <stdlib.h>

#include "gateway/auth/sns_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct pen_arena *arena;

static void require(bool condition)
{
    if (!condition) abort();
}

/* By another way than the reader's: what stands between "//" and the next '/' is the host. */
static void check_url(struct pen_str url)
{
    require(pen_str_starts(url, PEN_S("https://")) && url.len <= PEN_SNS_URL_BYTES);
    const struct pen_str host = pen_str_slice(url, 8, pen_str_find(url, '/', 8));
    require(pen_str_starts(host, PEN_S("sns.")));
    require(pen_str_ends(host, PEN_S(".amazonaws.com"))
            || pen_str_ends(host, PEN_S(".amazonaws.com.cn")));
    for (size_t i = 0; i < host.len; i++) {
        const char c = host.ptr[i];
        require((c >= 'a' && c <= 'z') || pen_is_digit(c) || c == '-' || c == '.');
    }
    for (size_t i = 0; i < url.len; i++) {
        require(url.ptr[i] > 0x20 && url.ptr[i] < 0x7f && url.ptr[i] != '#' && url.ptr[i] != '@');
    }
}

static void check_message(const struct pen_json *root, const struct pen_sns_message *message)
{
    check_url(message->certificate_url);
    require(pen_str_ends(message->certificate_url, PEN_S(".pem")));
    require((message->subscribe_url.len > 0) == (message->type != PEN_SNS_NOTIFICATION));
    if (message->subscribe_url.len > 0) check_url(message->subscribe_url);
    require(message->signature.len > 0 && message->topic.len > 0);
    require(pen_str_starts(message->signed_text, PEN_S("Message\n")));
    require(pen_str_ends(message->signed_text, PEN_S("\n")));
    const struct pen_str text = pen_json_member(root, PEN_S("Message"))->text;
    require(pen_str_equal(pen_str_slice(message->signed_text, 8, 8 + text.len), text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct pen_str types[] = {
        PEN_STR("Notification"),
        PEN_STR("SubscriptionConfirmation"),
        PEN_STR("UnsubscribeConfirmation"),
    };
    if (arena == NULL) require(pen_arena_create((size_t)64 << 20, 65536, &arena) == PEN_OK);

    pen_arena_reset(arena);
    const struct pen_str text = {(const char *)data, size};
    const struct pen_str region = PEN_S("eu-west-1");
    if (pen_sns_is_certificate_url(text, region) || pen_sns_is_subscribe_url(text, region)) {
        check_url(text);
    }
    const struct pen_json *root = NULL;
    if (pen_json_read(text, NULL, arena, &root, NULL) != PEN_OK) return 0;
    for (size_t i = 0; i < PEN_COUNT_OF(types); i++) {
        struct pen_sns_message message;
        const char *code = NULL;
        const enum pen_status status = pen_sns_message_read(root, types[i], arena, &message, &code);
        require((status == PEN_OK) == (code == NULL));
        if (status == PEN_OK) check_message(root, &message);
    }
    return 0;
}
