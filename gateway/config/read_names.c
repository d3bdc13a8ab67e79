/** Rules about the names in callers' certificates: "dns:*.example.com", "any". */
#include "gateway/config/shapes.h"

static enum pen_status read_rule(struct pen_reader *reader, const struct pen_json *value,
                                 struct pen_str text, struct pen_tls_name *out)
{
    if (!pen_tls_name_split(text, out)) {
        return pen_reader_fail(reader, value,
                               "expected a kind and a name, such as uri:spiffe://prod/*, "
                               "dns:*.example.com or email:*@example.com; read '%s'",
                               pen_reader_excerpt(text).text);
    }
    const char *const problem = pen_tls_rule_problem(*out);
    if (problem == NULL) return PEN_OK;
    return pen_reader_fail(reader, value, "'%s' %s", pen_reader_excerpt(text).text, problem);
}

enum pen_status pen_read_name_rules(struct pen_reader *reader, const struct pen_json *value,
                                    const struct pen_tls_name **out, size_t *count)
{
    const struct pen_str *texts;
    PEN_TRY(pen_reader_texts(reader, value, PEN_KEY_REFERENCE, &texts, count));
    struct pen_tls_name *const rules = pen_arena_calloc(reader->arena, *count, sizeof(*rules));
    if (rules == NULL) return pen_reader_no_memory(reader);

    const struct pen_json *item = value->type == PEN_JSON_ARRAY ? value->first : value;
    for (size_t i = 0; i < *count; i++) {
        PEN_TRY(read_rule(reader, item, texts[i], &rules[i]));
        item = item->next;
    }
    *out = rules;
    return PEN_OK;
}

enum pen_status pen_read_allow_certificate(struct pen_reader *reader, const struct pen_json *value,
                                           void *target)
{
    struct pen_config_allow *const allow = &((struct pen_config_function *)target)->allow;
    allow->certificate = true;
    if (value->type == PEN_JSON_STRING && pen_str_equal(value->text, PEN_S("any"))) return PEN_OK;

    return pen_read_name_rules(reader, value, &allow->names, &allow->name_count);
}
