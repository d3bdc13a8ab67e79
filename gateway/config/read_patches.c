/**
 * `patches`: virtual patches, as rules in the file or in files that it names.
 *
 * Each rule is compiled here once to be refused where it stands when it is wrong, and is held
 * against its own examples: a patch that lets its own attack pass is worse than none, because
 * somebody relies on it.
 */
#include <stdlib.h>
#include <string.h>

#include "filters/core/envelope/envelope.h"
#include "filters/exception.h"
#include "filters/patch_wakes.h"
#include "gateway/config/judge.h"
#include "gateway/config/reference.h"
#include "gateway/config/shapes.h"
#include "gateway/config/yaml.h"
#include "gateway/file.h"

#define TRIAL_BYTES      ((size_t)1 << 20)
#define EXPRESSION_BYTES 2048
#define EXAMPLE_STEPS    ((uint64_t)1 << 20) /* what an event of some KiB is granted */

#define RULE(field, is) PEN_FIELD(struct pen_patch_rule, field, is)

/* The whole of one entry. */
struct entry {
    struct pen_patch_rule rule;
    const struct pen_str *attacks;
    size_t attack_count;
    const struct pen_str *innocents;
    size_t innocent_count;
};

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
    struct pen_patch_rule *rule = target;
    return pen_reader_texts(reader, value, 0, &rule->methods, &rule->method_count);
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
    struct pen_str *const id = &((struct entry *)target)->rule.id;
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
    struct pen_patch_rule *const rule = &((struct entry *)target)->rule;
    return pen_reader_texts(reader, value, 0, &rule->references, &rule->reference_count);
}

static enum pen_status read_wake(struct pen_reader *reader, const struct pen_json *value,
                                 void *target)
{
    struct pen_patch_rule *const rule = &((struct entry *)target)->rule;
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
    ((struct entry *)target)->rule.flags_only = flag == 1;
    return PEN_OK;
}

static enum pen_status read_until(struct pen_reader *reader, const struct pen_json *value,
                                  void *target)
{
    return pen_read_until(reader, value, &((struct entry *)target)->rule.until);
}

static enum pen_status read_attack(struct pen_reader *reader, const struct pen_json *value,
                                   void *target)
{
    struct entry *const entry = target;
    return read_raws(reader, value, &entry->attacks, &entry->attack_count);
}

static enum pen_status read_innocent(struct pen_reader *reader, const struct pen_json *value,
                                     void *target)
{
    struct entry *const entry = target;
    return read_raws(reader, value, &entry->innocents, &entry->innocent_count);
}

#define ENTRY(field, is) PEN_FIELD(struct entry, rule.field, is)

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

/* Where rules are compiled to be tried, one after the other. */
struct trial {
    struct pen_arena *arena;
    struct pen_patterns *none;
    struct pen_scratch *scratch;
    struct pen_patch *patch; /* the one at hand */
};

static void end_trial(struct trial *trial)
{
    pen_patterns_scratch_destroy(trial->scratch);
    pen_patterns_destroy(trial->none);
    pen_arena_destroy(trial->arena);
}

static enum pen_status begin_trial(struct trial *trial)
{
    struct pen_error unread;
    PEN_TRY(pen_arena_create(TRIAL_BYTES, 4096, &trial->arena));
    PEN_TRY(pen_patterns_create(NULL, 0, &trial->none, &unread));
    return pen_patterns_scratch(trial->none, &trial->scratch);
}

static enum pen_status try_example(struct pen_reader *reader, const struct pen_json *value,
                                   const struct trial *trial, struct pen_str text, bool attack)
{
    struct pen_span span = {text.len, text.len};
    uint64_t steps = EXAMPLE_STEPS;
    const struct pen_regex *const regex = pen_patch_main(trial->patch);
    if (regex == NULL) return pen_reader_fail(reader, value, "no expression could match it");
    if (pen_regex_find(regex, trial->scratch, text, 0, &steps, &span) != PEN_OK) {
        return pen_reader_fail(reader, value,
                               "the expression goes back and forth over '%s' without an end; make "
                               "its repetitions bounded, or unable to match the same text twice",
                               pen_reader_excerpt(text).text);
    }
    const bool found = span.start < text.len;
    if (attack && !found) {
        return pen_reader_fail(reader, value, "the expression does not match its attack '%s'",
                               pen_reader_excerpt(text).text);
    }
    if (!attack && found) {
        return pen_reader_fail(reader, value, "the expression matches '%s', which is innocent",
                               pen_reader_excerpt(text).text);
    }
    const struct pen_literals *const literals = &trial->patch->literals;
    if (!attack || literals->count == 0 || pen_literals_occur(literals, text)) return PEN_OK;
    return pen_reader_fail(reader, value, "no text of 'wake' stands in its attack '%s'",
                           pen_reader_excerpt(text).text);
}

static enum pen_status try_examples(struct pen_reader *reader, const struct pen_json *value,
                                    const struct trial *trial, const struct entry *entry)
{
    const struct pen_json *const attack = pen_json_member(value, PEN_S("attack"));
    const struct pen_json *const innocent = pen_json_member(value, PEN_S("innocent"));
    for (size_t i = 0; i < entry->attack_count; i++) {
        PEN_TRY(try_example(reader, attack, trial, entry->attacks[i], true));
    }
    for (size_t i = 0; i < entry->innocent_count; i++) {
        PEN_TRY(try_example(reader, innocent, trial, entry->innocents[i], false));
    }
    return PEN_OK;
}

/* The expression that does not compile, or else the whole: nothing wakes it. */
static const struct pen_json *culprit(const struct pen_json *match)
{
    const struct pen_json *const header = pen_json_member(match, PEN_S("header"));
    const struct pen_json *const all[] = {
        pen_json_member(match, PEN_S("leaf")),
        pen_json_member(match, PEN_S("key")),
        pen_json_member(match, PEN_S("url")),
        header == NULL ? NULL : pen_json_member(header, PEN_S("value")),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(all); i++) {
        struct pen_regex *regex = NULL;
        struct pen_error unread;
        if (all[i] == NULL) continue;
        if (pen_regex_parse(all[i]->text, &regex, &unread) != PEN_OK) return all[i];
        pen_regex_destroy(regex);
    }
    return NULL;
}

static enum pen_status try_entry(struct pen_reader *reader, const struct pen_json *value,
                                 const struct entry *entry, struct trial *trial)
{
    struct pen_error why = {.text = "it does not compile"};
    size_t code_bytes = 0;
    pen_arena_reset(trial->arena);
    const enum pen_status status =
        pen_patch_compile(&entry->rule, trial->arena, &trial->patch, &why);
    if (status == PEN_ERR_NOMEM) return pen_reader_no_memory(reader);
    if (status != PEN_OK) {
        const struct pen_json *const match = pen_json_member(value, PEN_S("match"));
        const struct pen_json *const expression = culprit(match);
        return expression == NULL ? pen_reader_fail_name(reader, match, "%s", why.text)
                                  : pen_reader_fail(reader, expression, "%s", why.text);
    }
    if (entry->attack_count + entry->innocent_count == 0) return PEN_OK;
    /* Tried as it will run: machine code may go deeper. */
    if (pen_patch_hasten(trial->patch, &code_bytes) != PEN_OK) return pen_reader_no_memory(reader);
    return try_examples(reader, value, trial, entry);
}

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
    uint32_t *by_id; /* an open table: index of a rule + 1; 0 = none */
    size_t always;   /* that nothing wakes */
    size_t literals; /* that wake the others */
    struct trial trial;
};

#define IDS (2 * PEN_PATCHES_MOST) /* places for ids: half of them stay empty */

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

/* False: there is one of this id already. */
static bool note_id(struct gathered *gathered, struct pen_str id)
{
    uint32_t hash = 2166136261U; /* FNV-1a */
    for (size_t i = 0; i < id.len; i++) {
        hash = (hash ^ (unsigned char)id.ptr[i]) * 16777619U;
    }
    uint32_t at = hash % IDS;
    for (; gathered->by_id[at] != 0; at = (at + 1) % IDS) {
        if (pen_str_equal(gathered->rules[gathered->by_id[at] - 1].id, id)) return false;
    }
    gathered->by_id[at] = (uint32_t)gathered->count + 1;
    return true;
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
    struct entry *const entry = pen_arena_calloc(reader->arena, 1, sizeof(*entry));
    if (entry == NULL) return pen_reader_no_memory(reader);

    PEN_TRY(make_room(reader, gathered));
    PEN_TRY(pen_reader_mapping(reader, value, &pen_shape_patch, entry));
    struct pen_patch_rule *const rule = &entry->rule;
    if (rule->header.len > 0) PEN_TRY(lower_header(reader, &rule->header));
    PEN_TRY(try_entry(reader, value, entry, &gathered->trial));
    gathered->rules[gathered->count] = *rule;
    if (!note_id(gathered, rule->id)) {
        return pen_reader_fail_name(reader, value, "there is a patch '%.*s' already",
                                    PEN_STR_ARGS(rule->id));
    }
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
    gathered->by_id = pen_arena_calloc(reader->arena, IDS, sizeof(*gathered->by_id));
    if (gathered->by_id == NULL || begin_trial(&gathered->trial) != PEN_OK) {
        return pen_reader_no_memory(reader);
    }
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
    end_trial(&gathered.trial);
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
