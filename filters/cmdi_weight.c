/** One question a kind of command: would its arguments, in this shape, stand in a sentence? */
#include "filters/cmdi_weight.h"

#include <string.h>

#include "filters/shell_globs.h"

static bool is_sentence(const struct pen_shell_arguments *a)
{
    return a->code || (a->plain >= 3 && a->plain * 2 > a->count)
           || (a->count > 0 && a->plain == a->count);
}

bool pen_cmdi_shaped(const struct pen_shell_arguments *a)
{
    return a->count > 0 && !is_sentence(a);
}

bool pen_cmdi_has_target(const struct pen_shell_arguments *a)
{
    return a->option || a->path || a->url || a->redirect || a->secret || a->system;
}

/* "/???/c?t /etc/p*": a program's path that is spelled by a pattern, and what it is to read. */
static bool is_globbed(const struct pen_shell_part *part)
{
    const struct pen_shell_arguments *const a = &part->arguments;
    if (!part->wild || !part->program_path || !a->secret) return false;
    return pen_shell_globbed_command(pen_str_from_c(part->word)) > PEN_SHELL_WORDY;
}

/* $a$b /etc/passwd, $SHELL -c id, $0<<<id: what the variable holds is run. */
static bool runs_by_variable(const struct pen_shell_arguments *a)
{
    return a->secret || a->system || a->fed || (a->option && pen_cmdi_shaped(a));
}

uint32_t pen_cmdi_certainty(const struct pen_shell_part *part, enum pen_shell_command command,
                            struct pen_str rest)
{
    const struct pen_shell_arguments *const a = &part->arguments;
    const bool shaped = pen_cmdi_shaped(a);
    const bool none = a->count == 0;
    const bool hidden = part->disguised || part->spaced || part->wild;
    switch (command) {
    case PEN_SHELL_UNKNOWN:
        if (part->program_path && part->length > 1 && (none || shaped)) return 85;
        if (part->wild && part->path && part->program_path) return 88;
        if (part->spaced && part->length > 0 && pen_cmdi_has_target(a)) return 80;
        return part->variable && part->length == 0 && runs_by_variable(a) ? 85 : 0;
    case PEN_SHELL_BUILD:
        return hidden && shaped ? 80 : 30;
    case PEN_SHELL_WORDY:
        if (a->secret || a->system) return 88;
        if (hidden && (none || shaped)) return 75;
        if (!shaped || !pen_cmdi_has_target(a)) return 0;
        /* "| sort -count": languages of queries have these words too, but no files. */
        return part->mark == PEN_SHELL_PIPE && !a->path && !a->url && !a->redirect ? 60 : 78;
    case PEN_SHELL_PROBE:
        if (hidden && (none || shaped)) return 92;
        if (none) return 80;
        if (shaped) return 90;
        return a->plain < 3 && pen_shell_is_unmistakable(part->word) ? 75 : 0;
    case PEN_SHELL_NET:
    case PEN_SHELL_TOOL:
        if (hidden && shaped) return 92;
        if (shaped) return 90;
        if (none) return 50;
        return strcmp(part->word, "echo") == 0 && a->count < 3 && !a->code ? 75 : 0;
    case PEN_SHELL_RUN:
        if (shaped) return 90;
        if (none) return part->mark == PEN_SHELL_PIPE || hidden ? 85 : 50;
        return 0;
    case PEN_SHELL_ADMIN:
        return pen_shell_admin_word(rest) && (a->plain < 4 || a->option) ? 90 : 0;
    }
    return 0;
}

uint32_t pen_cmdi_bare(const struct pen_shell_part *part, enum pen_shell_command command,
                       struct pen_str rest, bool alone)
{
    const struct pen_shell_arguments *const a = &part->arguments;
    const uint32_t score = pen_cmdi_certainty(part, command, rest);
    const bool shaped = pen_cmdi_shaped(a) && pen_cmdi_has_target(a);
    const bool few = alone && a->count > 0 && a->count < 4 && !a->code;
    uint32_t bare = 0;
    switch (command) {
    case PEN_SHELL_UNKNOWN:
    case PEN_SHELL_NET:
    case PEN_SHELL_ADMIN:
        break;
    case PEN_SHELL_BUILD:
        bare = shaped ? 80 : few && pen_shell_is_name(part->word) ? 75 : 0;
        break;
    case PEN_SHELL_WORDY:
        bare = alone && a->count == 0 && pen_shell_is_short_probe(part->word) ? 72 : 0;
        break;
    case PEN_SHELL_PROBE:
        bare = few && a->count == 1 && pen_shell_is_listing(part->word) ? 75 : 0;
        break;
    case PEN_SHELL_TOOL:
    case PEN_SHELL_RUN:
        bare = few && pen_shell_is_name(part->word) ? 75 : 0;
        break;
    }
    return bare > score ? bare : score;
}

uint32_t pen_cmdi_harm(const struct pen_shell_part *part, enum pen_shell_command command,
                       struct pen_str rest)
{
    const struct pen_shell_arguments *const a = &part->arguments;
    if (a->count > 0 && !pen_cmdi_shaped(a) && command != PEN_SHELL_ADMIN) return 0;
    if (command != PEN_SHELL_UNKNOWN && command != PEN_SHELL_BUILD && a->secret) return 85;

    const bool hidden = part->disguised || part->spaced || part->wild;
    const bool start = part->mark == PEN_SHELL_START;
    switch (command) {
    case PEN_SHELL_UNKNOWN:
        if (is_globbed(part)) return 85;
        return part->program_path && part->length > 1 ? 45 : 0;
    case PEN_SHELL_BUILD:
        return 0;
    case PEN_SHELL_WORDY:
        return a->system && a->option ? 72 : a->system ? 55 : 0;
    case PEN_SHELL_PROBE:
        if (hidden && a->count > 0) return 80;
        if (pen_shell_is_unmistakable(part->word)) return a->count > 0 ? 75 : start ? 60 : 75;
        if (a->count == 0) return start ? (part->program_path ? 50 : 0) : 65;
        return a->system || part->program_path ? 75 : 50;
    case PEN_SHELL_NET:
        if (a->option && (a->system || a->secret)) return 90;
        /* "curl -X POST https://a.example/v1 -d '{...}'": how an interface is called is told so;
           the answer goes nowhere. */
        if (start && a->url && a->option && (a->quoted || strcmp(part->word, "curl") == 0)
            && !a->redirect && !a->variable) {
            return 60;
        }
        return a->url || (a->option && (a->number || a->dotted)) ? 75 : 50;
    case PEN_SHELL_TOOL:
        if (a->redirect && (a->quoted || a->dotted)) return 75;
        if (a->system && part->program_path) return 72;
        /* "npm ci && rm -rf /var/lib/x": what images are made by */
        return start && ((a->system && a->option) || hidden) ? 72 : 50;
    case PEN_SHELL_RUN:
        if (a->count == 0) return part->mark == PEN_SHELL_PIPE ? 85 : 30;
        return a->option && (a->quoted || a->redirect || a->system) ? 80 : 45;
    case PEN_SHELL_ADMIN:
        return pen_shell_admin_word(rest) && (a->option || a->quoted) ? 85 : 30;
    }
    return 0;
}

bool pen_cmdi_leads_on(const struct pen_shell_part *part, enum pen_shell_command command)
{
    const bool hidden = part->disguised || part->spaced || part->wild;
    const bool runs =
        command == PEN_SHELL_NET || command == PEN_SHELL_RUN || command == PEN_SHELL_ADMIN;
    const struct pen_shell_arguments *const a = &part->arguments;
    return hidden || runs || part->program_path || a->secret || a->system || a->redirect
           || (part->length > 3 && pen_shell_is_unmistakable(part->word))
           || (part->length == 2 && strcmp(part->word, "id") == 0);
}
