/** Names are compared in the order in which they were set; the last one that was set counts. */
#include "filters/cmdi_variables.h"

#include <string.h>

#define VALUE_BYTES 16 /* of a command's piece */

/* A name of letters, digits and '_' at `*at`, which goes behind it. */
static struct pen_str take_name(struct pen_str text, size_t *at)
{
    const size_t start = *at;
    while (*at < text.len && pen_is_name_char(text.ptr[*at])) {
        (*at)++;
    }
    return pen_str_slice(text, start, *at);
}

/* Behind the mark of a part and the blanks of its lead. */
static size_t skip_to_word(struct pen_str text, char sign)
{
    size_t at = 0;
    while (at < text.len && text.ptr[at] != sign && !pen_is_name_char(text.ptr[at])) {
        at++;
    }
    return at;
}

void pen_cmdi_remember(struct pen_cmdi_variables *known, struct pen_str text,
                       const struct pen_shell_part *part)
{
    const struct pen_str line = pen_str_slice(text, part->span.start, part->span.end);
    size_t at = skip_to_word(line, '=');
    while (at < line.len && known->count < PEN_CMDI_VARIABLES) {
        const struct pen_str name = take_name(line, &at);
        if (name.len == 0 || at == line.len || line.ptr[at] != '=') return;
        at++;
        while (at < line.len && (line.ptr[at] == '\'' || line.ptr[at] == '"')) {
            at++;
        }
        const struct pen_str value = take_name(line, &at);
        if (value.len > 0 && value.len <= VALUE_BYTES) {
            known->names[known->count] = name;
            known->values[known->count++] = value;
        }
        while (at < line.len && !pen_is_name_char(line.ptr[at])) {
            at++;
        }
    }
}

static struct pen_str value_of(const struct pen_cmdi_variables *known, struct pen_str name)
{
    for (size_t i = known->count; i-- > 0;) {
        if (pen_str_equal(known->names[i], name)) return known->values[i];
    }
    return (struct pen_str){NULL, 0};
}

void pen_cmdi_put_together(const struct pen_cmdi_variables *known, struct pen_str text,
                           struct pen_shell_part *part)
{
    const struct pen_str line = pen_str_slice(text, part->span.start, part->span.end);
    char word[PEN_SHELL_WORD];
    size_t length = 0;
    size_t pieces = 0;
    size_t at = skip_to_word(line, '$');
    while (at + 1 < line.len && line.ptr[at] == '$') {
        const bool braced = line.ptr[at + 1] == '{';
        at += braced ? 2 : 1;
        const struct pen_str value = value_of(known, take_name(line, &at));
        if (value.len == 0 || length + value.len >= sizeof(word)) return;
        memcpy(word + length, value.ptr, value.len);
        length += value.len;
        pieces++;
        if (braced && at < line.len && line.ptr[at] == '}') at++;
    }
    /* What goes on is another word. */
    if (pieces < 2 || (at < line.len && !pen_is_space(line.ptr[at]))) return;
    word[length] = '\0';
    const enum pen_shell_command command = pen_shell_command_of(word);
    if (command == PEN_SHELL_UNKNOWN) return;
    memcpy(part->word, word, length + 1);
    part->length = length;
    part->command = command;
}
