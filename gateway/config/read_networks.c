/** Networks whose hosts are believed something: 10.0.0.0/8, 2001:db8::/32, "unix". */
#include "gateway/config/shapes.h"

static enum pen_status read_networks(struct pen_reader *reader, const struct pen_json *value,
                                     struct pen_networks *out)
{
    const struct pen_str *texts;
    size_t count;
    PEN_TRY(pen_reader_texts(reader, value, PEN_KEY_REFERENCE, &texts, &count));
    struct pen_network *const list = pen_arena_calloc(reader->arena, count, sizeof(*list));
    if (list == NULL) return pen_reader_no_memory(reader);

    struct pen_networks networks = {.list = list};
    const struct pen_json *item = value->type == PEN_JSON_ARRAY ? value->first : value;
    for (size_t i = 0; i < count; i++, item = item->next) {
        const char *problem;
        if (pen_str_equal(texts[i], PEN_S("unix"))) {
            networks.unix_socket = true;
        } else if (pen_network_read(texts[i], &list[networks.count], &problem) == PEN_OK) {
            networks.count++;
        } else {
            return pen_reader_fail(reader, item, "%s; read '%s'", problem,
                                   pen_reader_excerpt(texts[i]).text);
        }
    }
    *out = networks;
    return PEN_OK;
}

enum pen_status pen_read_proxy_protocol(struct pen_reader *reader, const struct pen_json *value,
                                        void *target)
{
    return read_networks(reader, value, &((struct pen_config_listen *)target)->proxies);
}

enum pen_status pen_read_trusted_proxies(struct pen_reader *reader, const struct pen_json *value,
                                         void *target)
{
    return read_networks(reader, value, &((struct pen_config *)target)->trusted_proxies);
}
