/**
 * A rule is refused where it stands when it is wrong: a patch that lets its own attack pass is
 * worse than none, because somebody relies on it.
 */
#include "gateway/config/read_patch.h"

#define TRIAL_BYTES   ((size_t)1 << 20)
#define EXAMPLE_STEPS ((uint64_t)1 << 20) /* what an event of some KiB is granted */

void pen_patch_trial_end(struct pen_patch_trial *trial)
{
    pen_patterns_scratch_destroy(trial->scratch);
    pen_patterns_destroy(trial->none);
    pen_arena_destroy(trial->arena);
}

enum pen_status pen_patch_trial_begin(struct pen_patch_trial *trial)
{
    struct pen_error unread;
    PEN_TRY(pen_arena_create(TRIAL_BYTES, 4096, &trial->arena));
    PEN_TRY(pen_patterns_create(NULL, 0, &trial->none, &unread));
    return pen_patterns_scratch(trial->none, &trial->scratch);
}

static enum pen_status try_example(struct pen_reader *reader, const struct pen_json *value,
                                   const struct pen_patch_trial *trial, struct pen_str text,
                                   bool attack)
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
                                    const struct pen_patch_trial *trial,
                                    const struct pen_patch_entry *entry)
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

enum pen_status pen_patch_try(struct pen_reader *reader, const struct pen_json *value,
                              const struct pen_patch_entry *entry, struct pen_patch_trial *trial)
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
