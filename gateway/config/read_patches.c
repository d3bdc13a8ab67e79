/** `patches`: virtual patches, as rules in the file or in files that it names. */
#include <stdlib.h>
#include <string.h>

#include "filters/core/lookup.h"
#include "filters/patch_wakes.h"
#include "gateway/config/judge.h"
#include "gateway/config/read_patch.h"
#include "gateway/config/reference.h"
#include "gateway/config/yaml.h"
#include "gateway/file.h"

static enum pen_status lower_header(struct pen_reader *reader, struct pen_str *name)
{
    char *const lower = pen_arena_bytes(reader->arena, name->len + 1);
    if (lower == NULL) return pen_reader_no_memory(reader);
    for (size_t i = 0; i < name->len; i++) {
        lower[i] = pen_to_lower(name->ptr[i]);
    }
    lower[name->len] = '\0';
    name->ptr = lower;
    return PEN_OK;
}

/* Rules as they are found, in the file at hand and in those that it names. */
struct gathered {
    struct pen_patch_rule *rules;
    size_t count;
    size_t room;
    struct pen_lookup by_id; /* indexes of rules */
    size_t always;           /* that nothing wakes */
    size_t literals;         /* that wake the others */
    struct pen_patch_trial trial;
};

static enum pen_status make_room(struct pen_reader *reader, struct gathered *gathered)
{
    if (gathered->count < gathered->room) return PEN_OK;
    const size_t room = gathered->room == 0 ? 64 : 2 * gathered->room;
    struct pen_patch_rule *const rules = pen_arena_calloc(reader->arena, room, sizeof(*rules));
    if (rules == NULL) return pen_reader_no_memory(reader);
    if (gathered->count > 0) {
        memcpy(rules, gathered->rules, gathered->count * sizeof(*rules));
    }
    gathered->rules = rules;
    gathered->room = room;
    return PEN_OK;
}

/* The rule that comes next has this id. */
static enum pen_status note_id(struct pen_reader *reader, const struct pen_json *value,
                               struct gathered *gathered, struct pen_str id)
{
    const uint64_t hash = pen_lookup_hash(id);
    size_t at = 0;
    uint32_t known;
    while ((known = pen_lookup_next(&gathered->by_id, hash, &at)) != PEN_NONE) {
        if (!pen_str_equal(gathered->rules[known].id, id)) continue;
        return pen_reader_fail_name(reader, value, "there is a patch '%.*s' already",
                                    PEN_STR_ARGS(id));
    }
    if (pen_lookup_add(&gathered->by_id, reader->arena, hash, (uint32_t)gathered->count) != PEN_OK)
        return pen_reader_no_memory(reader);
    return PEN_OK;
}

/* What is bounded for all rules together is told at the one that is too many. */
static enum pen_status count_wakes(struct pen_reader *reader, const struct pen_json *value,
                                   struct gathered *gathered)
{
    gathered->literals += gathered->trial.patch->literals.count;
    gathered->always += pen_patch_looks_always(gathered->trial.patch);
    if (gathered->literals > PEN_WAKES_MOST) {
        return pen_reader_fail(reader, value,
                               "the patches up to here are woken by more than %d "
                               "texts",
                               PEN_WAKES_MOST);
    }
    if (gathered->always <= PEN_PATCHES_ALWAYS_MOST) return PEN_OK;
    return pen_reader_fail(
        reader, value,
        "more than %d patches that no text wakes, so that they are tried on all texts, or on all "
        "values of their field; add 'wake: [...]' with texts of which one stands in whatever "
        "matches",
        PEN_PATCHES_ALWAYS_MOST);
}

static enum pen_status gather_rule(struct pen_reader *reader, const struct pen_json *value,
                                   struct gathered *gathered)
{
    if (gathered->count == PEN_PATCHES_MOST) {
        return pen_reader_fail(reader, value, "more than %d patches", PEN_PATCHES_MOST);
    }
    struct pen_patch_entry *const entry = pen_arena_calloc(reader->arena, 1, sizeof(*entry));
    if (entry == NULL) return pen_reader_no_memory(reader);

    PEN_TRY(make_room(reader, gathered));
    PEN_TRY(pen_reader_mapping(reader, value, &pen_shape_patch, entry));
    struct pen_patch_rule *const rule = &entry->rule;
    if (rule->header.len > 0) PEN_TRY(lower_header(reader, &rule->header));
    PEN_TRY(pen_patch_try(reader, value, entry, &gathered->trial));
    gathered->rules[gathered->count] = *rule;
    PEN_TRY(note_id(reader, value, gathered, rule->id));
    PEN_TRY(count_wakes(reader, value, gathered));
    gathered->count++;
    return PEN_OK;
}

static enum pen_status gather_text(struct pen_reader *reader, struct pen_str source,
                                   struct gathered *gathered)
{
    const struct pen_json *root = NULL;
    reader->source = source;
    PEN_TRY(pen_yaml_read(source, reader->arena, &root, reader->err));
    PEN_TRY(pen_reader_count_lines(reader));
    PEN_TRY(pen_judge(reader, root, PEN_JUDGE_PATCHES));
    for (const struct pen_json *item = root->first; item != NULL; item = item->next) {
        PEN_TRY(gather_rule(reader, item, gathered));
    }
    return PEN_OK;
}

/* What is wrong in there is told with its own line, behind the one that names the file. */
static enum pen_status gather_file(struct pen_reader *reader, const struct pen_json *value,
                                   struct gathered *gathered)
{
    struct pen_str name;
    struct pen_str path;
    struct pen_str text;
    struct pen_error why = {.text = ""};
    PEN_TRY(pen_reader_text(reader, value, PEN_KEY_REFERENCE, &name));
    PEN_TRY(pen_reference_resolve(reader, name, &path));
    if (!reader->options->look_at_files) return PEN_OK;
    if (pen_file_read(path, PEN_YAML_BYTES, &text, &why) != PEN_OK) {
        return pen_reader_fail(reader, value, "%s", why.text);
    }
    struct pen_reader inner = *reader;
    inner.err = &why;
    const enum pen_status status = gather_text(&inner, text, gathered);
    pen_file_wipe(&text);
    if (status == PEN_OK) return PEN_OK;
    if (status == PEN_ERR_NOMEM) return pen_reader_no_memory(reader);
    return pen_reader_fail(reader, value, "%.*s:%zu:%zu: %s", PEN_STR_ARGS(path), why.line,
                           why.column, why.text);
}

static enum pen_status gather(struct pen_reader *reader, const struct pen_json *value,
                              struct gathered *gathered)
{
    const struct pen_json *const file = pen_json_member(value, PEN_S("file"));
    if (file == NULL) return gather_rule(reader, value, gathered);
    return gather_file(reader, file, gathered);
}

static enum pen_status gather_all(struct pen_reader *reader, const struct pen_json *value,
                                  struct gathered *gathered)
{
    if (pen_patch_trial_begin(&gathered->trial) != PEN_OK) return pen_reader_no_memory(reader);
    for (const struct pen_json *item = value->first; item != NULL; item = item->next) {
        PEN_TRY(gather(reader, item, gathered));
    }
    return PEN_OK;
}

enum pen_status pen_read_patches(struct pen_reader *reader, const struct pen_json *value,
                                 void *target)
{
    struct pen_config *config = target;
    struct gathered gathered = {.count = 0};
    const enum pen_status status = gather_all(reader, value, &gathered);
    pen_patch_trial_end(&gathered.trial);
    PEN_TRY(status);
    config->patches = gathered.rules;
    config->patch_count = gathered.count;
    return PEN_OK;
}

static int by_text(const void *left, const void *right)
{
    return pen_str_compare(*(const struct pen_str *)left, *(const struct pen_str *)right);
}

/* The names of all functions, sorted: every rule may name all of them. */
static struct pen_str *sorted_functions(const struct pen_reader *reader)
{
    const struct pen_config *const config = reader->config;
    struct pen_str *const names =
        pen_arena_calloc(reader->arena, config->function_count + 1, sizeof(*names));
    if (names == NULL) return NULL;
    for (size_t i = 0; i < config->function_count; i++) {
        names[i] = config->functions[i].name;
    }
    qsort(names, config->function_count, sizeof(*names), by_text);
    return names;
}

static enum pen_status fail_for_function(struct pen_reader *reader, const struct pen_json *root,
                                         const struct pen_patch_rule *rule, struct pen_str function)
{
    const struct pen_config *const config = reader->config;
    struct pen_nearest nearest;
    pen_nearest_init(&nearest, function);
    for (size_t i = 0; i < config->function_count; i++) {
        pen_nearest_consider(&nearest, config->functions[i].name);
    }
    return pen_reader_fail_name(reader, pen_json_member(root, PEN_S("patches")),
                                "the patch '%.*s' is for the function '%s', which there is not%s",
                                PEN_STR_ARGS(rule->id), pen_reader_excerpt(function).text,
                                pen_nearest_hint(&nearest));
}

enum pen_status pen_check_patches(struct pen_reader *reader, const struct pen_json *root)
{
    const struct pen_config *const config = reader->config;
    if (config->patch_count == 0) return PEN_OK;
    const struct pen_str *const names = sorted_functions(reader);
    if (names == NULL) return pen_reader_no_memory(reader);

    for (size_t i = 0; i < config->patch_count; i++) {
        const struct pen_patch_rule *const rule = &config->patches[i];
        for (size_t k = 0; k < rule->function_count; k++) {
            if (bsearch(&rule->functions[k], names, config->function_count, sizeof(*names), by_text)
                == NULL) {
                return fail_for_function(reader, root, rule, rule->functions[k]);
            }
        }
    }
    return PEN_OK;
}
