/** Files by hash, folders in a list: both hold numbers of mappings. */
#include "gateway/schema/mappings.h"

#include <string.h>

static enum pen_status make_ready(struct pen_schema_mappings *mappings,
                                  const struct pen_config *config, struct pen_arena *arena)
{
    if (mappings->is_ready) return PEN_OK;
    *mappings = (struct pen_schema_mappings){.is_ready = false};
    mappings->folders =
        pen_arena_calloc(arena, config->mapping_count + 1, sizeof(*mappings->folders));
    if (mappings->folders == NULL) return PEN_ERR_NOMEM;

    for (uint32_t i = 0; i < config->mapping_count; i++) {
        const struct pen_config_mapping *const mapping = &config->mappings[i];
        if (mapping->is_folder) {
            mappings->folders[mappings->folder_count++] = i;
            continue;
        }
        PEN_TRY(pen_lookup_add(&mappings->by_uri, arena, pen_lookup_hash(mapping->uri), i));
        PEN_TRY(pen_lookup_add(&mappings->by_path, arena, pen_lookup_hash(mapping->path), i));
    }
    mappings->is_ready = true;
    return PEN_OK;
}

/* "https://example.com/schemas/" and "orders/order.json". */
static enum pen_status join(struct pen_arena *arena, struct pen_str a, struct pen_str b,
                            struct pen_str *out)
{
    char *const memory = pen_arena_bytes(arena, a.len + b.len + 1);
    if (memory == NULL) return PEN_ERR_NOMEM;
    memcpy(memory, a.ptr, a.len);
    memcpy(memory + a.len, b.ptr, b.len);
    memory[a.len + b.len] = '\0';
    *out = (struct pen_str){memory, a.len + b.len};
    return PEN_OK;
}

/* What of a path is below the mapped folder; ptr NULL: it is not. */
static struct pen_str below(const struct pen_config_mapping *mapping, struct pen_str path)
{
    struct pen_str folder = mapping->path;
    while (folder.len > 0 && folder.ptr[folder.len - 1] == '/') {
        folder.len--;
    }
    if (!pen_str_starts(path, folder) || !pen_str_stands(path, folder.len, PEN_S("/"))) {
        return (struct pen_str){NULL, 0};
    }
    return pen_str_slice(path, folder.len + 1, path.len);
}

enum pen_status pen_schema_mappings_uri(struct pen_schema_mappings *mappings,
                                        const struct pen_config *config, struct pen_arena *arena,
                                        struct pen_str path, struct pen_str *out)
{
    PEN_TRY(make_ready(mappings, config, arena));
    const uint64_t hash = pen_lookup_hash(path);
    size_t at = 0;
    uint32_t found;
    uint32_t first = PEN_NONE;
    while ((found = pen_lookup_next(&mappings->by_path, hash, &at)) != PEN_NONE) {
        if (found < first && pen_str_equal(config->mappings[found].path, path)) first = found;
    }
    for (uint32_t i = 0; i < mappings->folder_count && mappings->folders[i] < first; i++) {
        const struct pen_config_mapping *const mapping = &config->mappings[mappings->folders[i]];
        const struct pen_str rest = below(mapping, path);
        if (rest.ptr != NULL) return join(arena, mapping->uri, rest, out);
    }
    *out = first == PEN_NONE ? PEN_S("") : config->mappings[first].uri;
    return PEN_OK;
}

/* No way out of the folder, and nothing that a URI would spell otherwise. */
static bool is_plain_path(struct pen_str rest)
{
    if (rest.len == 0) return false;
    for (size_t start = 0; start <= rest.len;) {
        const size_t end = pen_str_find(rest, '/', start);
        const struct pen_str segment = pen_str_slice(rest, start, end);
        if (segment.len == 0 || segment.ptr[0] == '.') return false;
        start = end + 1;
    }
    return pen_str_find(rest, '%', 0) == rest.len && pen_str_find(rest, '?', 0) == rest.len
           && pen_str_find(rest, '\0', 0) == rest.len;
}

enum pen_status pen_schema_mappings_path(struct pen_schema_mappings *mappings,
                                         const struct pen_config *config, struct pen_arena *arena,
                                         struct pen_str uri, struct pen_str *out)
{
    PEN_TRY(make_ready(mappings, config, arena));
    const uint64_t hash = pen_lookup_hash(uri);
    size_t at = 0;
    uint32_t found;
    while ((found = pen_lookup_next(&mappings->by_uri, hash, &at)) != PEN_NONE) {
        if (!pen_str_equal(config->mappings[found].uri, uri)) continue;
        *out = config->mappings[found].path;
        return PEN_OK;
    }
    const struct pen_config_mapping *best = NULL;
    for (uint32_t i = 0; i < mappings->folder_count; i++) {
        const struct pen_config_mapping *const mapping = &config->mappings[mappings->folders[i]];
        if (!pen_str_starts(uri, mapping->uri)) continue;
        if (best == NULL || mapping->uri.len > best->uri.len) best = mapping;
    }
    if (best == NULL) return PEN_ERR_NOT_FOUND;

    const struct pen_str rest = pen_str_slice(uri, best->uri.len, uri.len);
    if (!is_plain_path(rest)) return PEN_ERR_NOT_FOUND;
    struct pen_str folder = best->path;
    if (folder.ptr[folder.len - 1] != '/') {
        PEN_TRY(join(arena, folder, PEN_S("/"), &folder));
    }
    return join(arena, folder, rest, out);
}
