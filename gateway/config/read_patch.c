/** The keys of one virtual patch. */
#include "gateway/config/read_patch.h"

#include "filters/core/envelope/envelope.h"
#include "filters/core/nearest.h"
#include "filters/exception.h"

#define EXPRESSION_BYTES 2048

#define RULE(field, is) PEN_FIELD(struct pen_patch_rule, field, is)

/* A text as it is: "${" means what the rule's writer means by it, and any byte may be an example's.
 */
static enum pen_status read_raw(struct pen_reader *reader, const struct pen_json *value,
                                struct pen_str *out)
{
    if (value->type != PEN_JSON_STRING) return pen_reader_misjudged(reader, value);
    *out = value->text;
    return PEN_OK;
}

static enum pen_status read_raws(struct pen_reader *reader, const struct pen_json *value,
                                 const struct pen_str **out, size_t *count)
{
    const bool list = value->type == PEN_JSON_ARRAY;
    struct pen_str *texts =
        pen_arena_calloc(reader->arena, list ? value->count : 1, sizeof(*texts));
    if (texts == NULL) return pen_reader_no_memory(reader);

    *out = texts;
    *count = 0;
    for (const struct pen_json *item = list ? value->first : value; item != NULL;
         item = list ? item->next : NULL) {
        PEN_TRY(read_raw(reader, item, &texts[(*count)++]));
    }
    return PEN_OK;
}

static enum pen_status read_expression(struct pen_reader *reader, const struct pen_json *value,
                                       struct pen_str *out)
{
    PEN_TRY(read_raw(reader, value, out));
    if (out->len <= EXPRESSION_BYTES) return PEN_OK;
    return pen_reader_fail(reader, value, "an expression has at most %d bytes, this one %zu",
                           EXPRESSION_BYTES, out->len);
}

static enum pen_status read_leaf(struct pen_reader *reader, const struct pen_json *value,
                                 void *target)
{
    return read_expression(reader, value, &((struct pen_patch_rule *)target)->leaf);
}

static enum pen_status read_key(struct pen_reader *reader, const struct pen_json *value,
                                void *target)
{
    return read_expression(reader, value, &((struct pen_patch_rule *)target)->key);
}

static enum pen_status read_url(struct pen_reader *reader, const struct pen_json *value,
                                void *target)
{
    return read_expression(reader, value, &((struct pen_patch_rule *)target)->url);
}

static enum pen_status read_field_value(struct pen_reader *reader, const struct pen_json *value,
                                        void *target)
{
    return read_expression(reader, value, &((struct pen_patch_rule *)target)->value);
}

static const struct pen_key header_keys[] = {
    {PEN_STR("name"), .kind = PEN_KEY_TEXT, .offset = RULE(header, struct pen_str)},
    {PEN_STR("value"), .kind = PEN_KEY_READ, .read = read_field_value},
};

const struct pen_shape pen_shape_patch_header = {
    .schema = "/$defs/patch_header",
    .keys = header_keys,
    .key_count = PEN_COUNT_OF(header_keys),
};

static const struct pen_key match_keys[] = {
    {PEN_STR("leaf"), .kind = PEN_KEY_READ, .read = read_leaf},
    {PEN_STR("key"), .kind = PEN_KEY_READ, .read = read_key},
    {PEN_STR("url"), .kind = PEN_KEY_READ, .read = read_url},
    {PEN_STR("header"), .kind = PEN_KEY_SHAPE, .shape = &pen_shape_patch_header},
};

const struct pen_shape pen_shape_patch_match = {
    .schema = "/$defs/patch_match",
    .keys = match_keys,
    .key_count = PEN_COUNT_OF(match_keys),
};

static enum pen_status read_functions(struct pen_reader *reader, const struct pen_json *value,
                                      void *target)
{
    struct pen_patch_rule *rule = target;
    return pen_reader_texts(reader, value, 0, &rule->functions, &rule->function_count);
}

static enum pen_status read_envelopes(struct pen_reader *reader, const struct pen_json *value,
                                      void *target)
{
    struct pen_patch_rule *rule = target;
    const struct pen_envelope *envelope;
    PEN_TRY(pen_reader_texts(reader, value, 0, &rule->envelopes, &rule->envelope_count));
    const struct pen_json *item = value->type == PEN_JSON_ARRAY ? value->first : value;
    for (size_t i = 0; i < rule->envelope_count; i++) {
        PEN_TRY(pen_read_envelope(reader, item, rule->envelopes[i], &envelope));
        item = item->next;
    }
    return PEN_OK;
}

static enum pen_status read_methods(struct pen_reader *reader, const struct pen_json *value,
                                    void *target)
{
    /* Those that the wire codec passes: a rule for another one would keep nothing out. */
    static const struct pen_str known[] = {
        PEN_STR("GET"),   PEN_STR("HEAD"),   PEN_STR("POST"),    PEN_STR("PUT"),
        PEN_STR("PATCH"), PEN_STR("DELETE"), PEN_STR("OPTIONS"),
    };
    struct pen_patch_rule *rule = target;
    PEN_TRY(pen_reader_texts(reader, value, 0, &rule->methods, &rule->method_count));
    const struct pen_json *item = value->type == PEN_JSON_ARRAY ? value->first : value;
    for (size_t i = 0; i < rule->method_count; i++, item = item->next) {
        struct pen_nearest nearest;
        bool found = false;
        pen_nearest_init(&nearest, rule->methods[i]);
        for (size_t k = 0; k < PEN_COUNT_OF(known); k++) {
            pen_nearest_consider(&nearest, known[k]);
            found = found || pen_str_equal(known[k], rule->methods[i]);
        }
        if (found) continue;
        return pen_reader_fail(reader, item, "no function is asked with the method '%s'%s",
                               pen_reader_excerpt(rule->methods[i]).text,
                               pen_nearest_hint(&nearest));
    }
    return PEN_OK;
}

static enum pen_status read_paths(struct pen_reader *reader, const struct pen_json *value,
                                  void *target)
{
    struct pen_patch_rule *rule = target;
    PEN_TRY(pen_reader_texts(reader, value, 0, &rule->paths, &rule->path_count));
    const struct pen_json *item = value->type == PEN_JSON_ARRAY ? value->first : value;
    for (size_t i = 0; i < rule->path_count; i++) {
        const char *const problem = pen_exception_path_problem(rule->paths[i]);
        if (problem != NULL) {
            return pen_reader_fail(reader, item, "the path '%s' %s",
                                   pen_reader_excerpt(rule->paths[i]).text, problem);
        }
        item = item->next;
    }
    return PEN_OK;
}

static const struct pen_key when_keys[] = {
    {PEN_STR("functions"), .kind = PEN_KEY_READ, .read = read_functions},
    {PEN_STR("envelopes"), .kind = PEN_KEY_READ, .read = read_envelopes},
    {PEN_STR("methods"), .kind = PEN_KEY_READ, .read = read_methods},
    {PEN_STR("paths"), .kind = PEN_KEY_READ, .read = read_paths},
};

const struct pen_shape pen_shape_patch_when = {
    .schema = "/$defs/patch_when",
    .keys = when_keys,
    .key_count = PEN_COUNT_OF(when_keys),
};

static enum pen_status read_id(struct pen_reader *reader, const struct pen_json *value,
                               void *target)
{
    struct pen_str *const id = &((struct pen_patch_entry *)target)->rule.id;
    PEN_TRY(pen_reader_text(reader, value, 0, id));
    /* "patch.limit" is what a refusal is called whose search was cut off. */
    if (!pen_str_equal(*id, PEN_S("limit")) && !pen_str_equal(*id, PEN_S("unfinished"))) {
        return PEN_OK;
    }
    return pen_reader_fail(reader, value, "the id '%.*s' has a meaning of its own in records",
                           PEN_STR_ARGS(*id));
}

static enum pen_status read_references(struct pen_reader *reader, const struct pen_json *value,
                                       void *target)
{
    struct pen_patch_rule *const rule = &((struct pen_patch_entry *)target)->rule;
    return pen_reader_texts(reader, value, 0, &rule->references, &rule->reference_count);
}

static enum pen_status read_wake(struct pen_reader *reader, const struct pen_json *value,
                                 void *target)
{
    struct pen_patch_rule *const rule = &((struct pen_patch_entry *)target)->rule;
    if (value->type == PEN_JSON_STRING && pen_str_equal(value->text, PEN_S("any"))) {
        rule->wake_any = true;
        return PEN_OK;
    }
    return read_raws(reader, value, &rule->wakes, &rule->wake_count);
}

static const struct pen_word actions[] = {{PEN_STR("block"), 0}, {PEN_STR("flag"), 1}};

static enum pen_status read_action(struct pen_reader *reader, const struct pen_json *value,
                                   void *target)
{
    int flag;
    PEN_TRY(pen_reader_word(reader, value, actions, PEN_COUNT_OF(actions), &flag));
    ((struct pen_patch_entry *)target)->rule.flags_only = flag == 1;
    return PEN_OK;
}

static enum pen_status read_until(struct pen_reader *reader, const struct pen_json *value,
                                  void *target)
{
    return pen_read_until(reader, value, &((struct pen_patch_entry *)target)->rule.until);
}

static enum pen_status read_attack(struct pen_reader *reader, const struct pen_json *value,
                                   void *target)
{
    struct pen_patch_entry *const entry = target;
    return read_raws(reader, value, &entry->attacks, &entry->attack_count);
}

static enum pen_status read_innocent(struct pen_reader *reader, const struct pen_json *value,
                                     void *target)
{
    struct pen_patch_entry *const entry = target;
    return read_raws(reader, value, &entry->innocents, &entry->innocent_count);
}

#define ENTRY(field, is) PEN_FIELD(struct pen_patch_entry, rule.field, is)

static const struct pen_key patch_keys[] = {
    {PEN_STR("id"), .kind = PEN_KEY_READ, .read = read_id},
    {PEN_STR("title"), .kind = PEN_KEY_TEXT, .offset = ENTRY(title, struct pen_str)},
    {PEN_STR("references"), .kind = PEN_KEY_READ, .read = read_references},
    {PEN_STR("match"), .kind = PEN_KEY_SHAPE, .shape = &pen_shape_patch_match},
    {PEN_STR("when"), .kind = PEN_KEY_SHAPE, .shape = &pen_shape_patch_when},
    {PEN_STR("wake"), .kind = PEN_KEY_READ, .read = read_wake},
    {PEN_STR("action"), .kind = PEN_KEY_READ, .words = actions, .word_count = PEN_COUNT_OF(actions),
     .read = read_action},
    {PEN_STR("until"), .kind = PEN_KEY_READ, .read = read_until},
    {PEN_STR("reason"), .kind = PEN_KEY_TEXT, .offset = ENTRY(reason, struct pen_str)},
    {PEN_STR("attack"), .kind = PEN_KEY_READ, .read = read_attack},
    {PEN_STR("innocent"), .kind = PEN_KEY_READ, .read = read_innocent},
};

const struct pen_shape pen_shape_patch = {
    .schema = "/$defs/patch",
    .keys = patch_keys,
    .key_count = PEN_COUNT_OF(patch_keys),
};
