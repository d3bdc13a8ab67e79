/** Parameter Objects: those of a path, and an operation's own in their stead. */
#include "gateway/schema/openapi_reading.h"

/* Section 4.8.12.4: these are said elsewhere. */
static bool is_said_elsewhere(struct pen_str name)
{
    return pen_str_equal_fold(name, PEN_S("accept"))
           || pen_str_equal_fold(name, PEN_S("content-type"))
           || pen_str_equal_fold(name, PEN_S("authorization"));
}

/* How lists are written: the default styles, of which "form" may be joined by commas. */
static enum pen_status read_style(const struct pen_openapi_reading *reading,
                                  const struct pen_json *value,
                                  struct pen_openapi_parameter *parameter)
{
    const bool query = parameter->in == PEN_OPENAPI_QUERY;
    const struct pen_json *const style = pen_json_member(value, PEN_S("style"));
    const struct pen_str usual = query ? PEN_S("form") : PEN_S("simple");
    if (style != NULL && !pen_str_equal(style->text, usual)) {
        return PEN_OPENAPI_FAIL(reading, style, "the style '%.*s' is not read; '%.*s' is",
                                PEN_STR_ARGS(style->text), PEN_STR_ARGS(usual));
    }
    const struct pen_typed typed = parameter->schema.typed;
    const bool list = pen_typed_is(typed, PEN_S("array"));
    if (pen_typed_is(typed, PEN_S("object"))) {
        return PEN_OPENAPI_FAIL(reading, value, "a parameter that is an object is not read");
    }
    parameter->is_joined = list && !pen_openapi_is_said(value, PEN_S("explode"), query);
    return PEN_OK;
}

/* False: nothing that is looked at. */
static enum pen_status read_parameter(struct pen_openapi_reading *reading,
                                      const struct pen_json *value,
                                      struct pen_openapi_parameter *out, bool *counts)
{
    static const struct {
        struct pen_str word;
        enum pen_openapi_in in;
    } places[] = {
        {PEN_STR("query"), PEN_OPENAPI_QUERY},
        {PEN_STR("header"), PEN_OPENAPI_HEADER},
        {PEN_STR("path"), PEN_OPENAPI_PATH},
    };
    const struct pen_json *parameter;
    PEN_TRY(pen_openapi_dereference(reading, value, &parameter));
    const struct pen_str name =
        pen_json_string_or(pen_json_member(parameter, PEN_S("name")), PEN_S(""));
    const struct pen_str in =
        pen_json_string_or(pen_json_member(parameter, PEN_S("in")), PEN_S(""));
    size_t place = 0;
    while (place < PEN_COUNT_OF(places) && !pen_str_equal(places[place].word, in)) {
        place++;
    }
    if (name.len == 0) return PEN_OPENAPI_FAIL(reading, parameter, "a parameter has a 'name'");
    const bool cookie = pen_str_equal(in, PEN_S("cookie"));
    if (place == PEN_COUNT_OF(places) && !cookie) {
        return PEN_OPENAPI_FAIL(reading, parameter, "'in' is query, header, path or cookie");
    }
    *counts = !cookie && !(pen_str_equal(in, PEN_S("header")) && is_said_elsewhere(name));
    if (!*counts) return PEN_OK;

    *out = (struct pen_openapi_parameter){
        .node = parameter,
        .name = name,
        .in = places[place].in,
        .required = pen_openapi_is_said(parameter, PEN_S("required"), false),
    };
    if (out->in == PEN_OPENAPI_HEADER) PEN_TRY(pen_openapi_lower(reading, name, &out->name));
    const struct pen_json *const content = pen_json_member(parameter, PEN_S("content"));
    if (content != NULL)
        return PEN_OPENAPI_FAIL(reading, content, "a parameter by 'content' is not read");
    PEN_TRY(pen_openapi_later(reading, pen_json_member(parameter, PEN_S("schema")), &out->schema));
    return read_style(reading, parameter, out);
}

/* Those of an operation replace the path's of the same name and place. */
static enum pen_status add_parameters(struct pen_openapi_reading *reading,
                                      const struct pen_json *list,
                                      struct pen_openapi_parameter *into, size_t *count)
{
    if (list == NULL) return PEN_OK;
    if (list->type != PEN_JSON_ARRAY)
        return PEN_OPENAPI_FAIL(reading, list, "'parameters' is a list");

    for (const struct pen_json *item = list->first; item != NULL; item = item->next) {
        struct pen_openapi_parameter one;
        bool counts = false;
        PEN_TRY(read_parameter(reading, item, &one, &counts));
        if (!counts) continue;
        size_t i = 0;
        while (i < *count && (into[i].in != one.in || !pen_str_equal(into[i].name, one.name))) {
            i++;
        }
        into[i] = one;
        if (i == *count) (*count)++;
    }
    return PEN_OK;
}

enum pen_status pen_openapi_read_parameters(struct pen_openapi_reading *reading,
                                            const struct pen_json *item,
                                            const struct pen_json *value,
                                            struct pen_openapi_operation *operation)
{
    const struct pen_json *const shared = pen_json_member(item, PEN_S("parameters"));
    const struct pen_json *const own = pen_json_member(value, PEN_S("parameters"));
    struct pen_openapi_parameter *const list =
        pen_arena_calloc(reading->files->arena,
                         pen_openapi_count(shared) + pen_openapi_count(own) + 1, sizeof(*list));
    if (list == NULL) return pen_openapi_no_memory(reading);

    PEN_TRY(add_parameters(reading, shared, list, &operation->parameter_count));
    PEN_TRY(add_parameters(reading, own, list, &operation->parameter_count));
    operation->parameters = list;
    return PEN_OK;
}
