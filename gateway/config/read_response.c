/** `response`: what of a function's answers is looked at, and what findings do. */
#include "filters/secrets_find.h"
#include "gateway/config/shapes.h"

#define RESPONSE(field, is) PEN_FIELD(struct pen_config_response, field, is)
#define BODY_MOST           ((uint64_t)4 << 20) /* held whole, and looked at in one go: others wait */

static const struct pen_word modes[] = {
    {PEN_STR("off"), PEN_RESPONSE_OFF},
    {PEN_STR("detect"), PEN_RESPONSE_DETECT},
    {PEN_STR("redact"), PEN_RESPONSE_REDACT},
    {PEN_STR("enforce"), PEN_RESPONSE_ENFORCE},
};

static enum pen_status read_kinds(struct pen_reader *reader, const struct pen_json *value,
                                  void *target)
{
    struct pen_config_response *const response = target;
    const struct pen_str *names;
    size_t count;
    PEN_TRY(pen_reader_texts(reader, value, 0, &names, &count));
    response->kinds = 0;
    const struct pen_json *item = value->first;
    for (size_t i = 0; i < count; i++, item = item->next) {
        const uint64_t kind = pen_secrets_kind(names[i]);
        response->kinds |= kind;
        if (kind != 0) continue;

        struct pen_nearest nearest;
        pen_nearest_init(&nearest, names[i]);
        for (size_t k = 0; k < PEN_SECRETS_RULES; k++) {
            const struct pen_str id = pen_str_from_c(pen_secrets_rules[k].id);
            pen_nearest_consider(&nearest, pen_str_slice(id, pen_str_find(id, '.', 0) + 1, id.len));
        }
        return pen_reader_fail(reader, item, "unknown kind of secret '%s'%s",
                               pen_reader_excerpt(names[i]).text, pen_nearest_hint(&nearest));
    }
    return PEN_OK;
}

static const struct pen_config_response response_defaults = {.body_bytes = 1 << 20};

#define MODE(key, field)                                                                       \
    {                                                                                          \
        PEN_STR(key), .kind = PEN_KEY_WORD, .offset = RESPONSE(field, enum pen_response_mode), \
                      .words = modes, .word_count = PEN_COUNT_OF(modes)                        \
    }

static const struct pen_key response_keys[] = {
    MODE("secrets", secrets),
    MODE("traces", traces),
    MODE("errors", errors),
    {PEN_STR("kinds"), .kind = PEN_KEY_READ, .read = read_kinds},
    {PEN_STR("body"), .kind = PEN_KEY_SIZE, .offset = RESPONSE(body_bytes, uint64_t), .least = 1024,
     .most = BODY_MOST},
};

const struct pen_shape pen_shape_response = {
    .schema = "/$defs/response",
    .keys = response_keys,
    .key_count = PEN_COUNT_OF(response_keys),
    .defaults = &response_defaults,
    .size = sizeof(response_defaults),
};
