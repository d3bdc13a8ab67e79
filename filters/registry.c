/** The filters of registry.def in one table. */
#include "filters/registry.h"

#define PEN_FILTER(name) extern const struct pen_filter pen_filter_##name;
#include "filters/registry.def"
#undef PEN_FILTER

static const struct pen_filter *const filters[] = {
#define PEN_FILTER(name) &pen_filter_##name,
#include "filters/registry.def"
#undef PEN_FILTER
};

_Static_assert(PEN_COUNT_OF(filters) <= PEN_FILTER_MAX, "pen_event.wake has one bit a filter");

size_t pen_registry_count(void)
{
    return PEN_COUNT_OF(filters);
}

const struct pen_filter *pen_registry_at(size_t index)
{
    return filters[index];
}

size_t pen_registry_find(struct pen_str name)
{
    size_t i = 0;
    while (i < PEN_COUNT_OF(filters) && !pen_str_equal(name, pen_str_from_c(filters[i]->name))) {
        i++;
    }
    return i;
}

static const struct pen_str sinks[] = {
    PEN_STR("sql"),    PEN_STR("nosql"),   PEN_STR("html"),        PEN_STR("shell"),
    PEN_STR("path"),   PEN_STR("http"),    PEN_STR("xml"),         PEN_STR("template"),
    PEN_STR("ldap"),   PEN_STR("xpath"),   PEN_STR("code"),        PEN_STR("header"),
    PEN_STR("mail"),   PEN_STR("log"),     PEN_STR("spreadsheet"), PEN_STR("llm"),
    PEN_STR("object"), PEN_STR("graphql"), PEN_STR("deserialize"),
};

size_t pen_registry_sink_count(void)
{
    return PEN_COUNT_OF(sinks);
}

struct pen_str pen_registry_sink_at(size_t index)
{
    return sinks[index];
}

bool pen_registry_knows_sink(struct pen_str name)
{
    for (size_t i = 0; i < PEN_COUNT_OF(sinks); i++) {
        if (pen_str_equal(sinks[i], name)) return true;
    }
    return false;
}
