/** What a text may be good for is asked of its first bytes; commands are the shell's matter. */
#include "filters/code_values.h"

#include <string.h>

#include "filters/shell_lexer.h"
#include "filters/shell_names.h"

#define COMMANDS_LOOKED_AT 3 /* of one command line */

static bool has(struct pen_str text, struct pen_str part)
{
    return pen_str_find_str(text, part) < text.len;
}

static bool starts_with_one_of(struct pen_str text, const struct pen_str *starts, size_t count)
{
    const char first = text.len > 0 ? pen_to_lower(text.ptr[0]) : '\0';
    for (size_t i = 0; i < count; i++) {
        if (starts[i].ptr[0] == first && pen_str_starts_fold(text, starts[i])) return true;
    }
    return false;
}

/* Which bytes stand in the text: most questions about it are answered by that. */
struct bytes {
    uint64_t set[4];
};

static struct bytes bytes_of(struct pen_str text)
{
    struct bytes bytes = {{0}};
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.ptr[i];
        bytes.set[c >> 6] |= (uint64_t)1 << (c & 63);
    }
    return bytes;
}

static bool has_byte(const struct bytes *bytes, char c)
{
    const unsigned char byte = (unsigned char)c;
    return (bytes->set[byte >> 6] >> (byte & 63) & 1) != 0;
}

bool pen_code_is_sink(const struct pen_code_name *name)
{
    if (name == NULL) return false;
    const bool loose = (name->flags & (PEN_CODE_OWNED | PEN_CODE_CAPITAL)) != 0;
    if (name->kind == PEN_CODE_RUNS) return !loose && !pen_str_equal(name->name, PEN_S("spawn"));
    if (name->kind == PEN_CODE_EVALUATES) {
        return (name->flags & (PEN_CODE_SURE | PEN_CODE_COMMAND)) != 0
               || pen_str_equal(name->name, PEN_S("assert"));
    }
    return (name->kind == PEN_CODE_TELLS || name->kind == PEN_CODE_LOADS)
           && (name->flags & PEN_CODE_SURE) != 0;
}

static bool is_worth(enum pen_shell_command command, struct pen_str text)
{
    switch (command) {
    case PEN_SHELL_TOOL:
    case PEN_SHELL_PROBE:
    case PEN_SHELL_NET:
    case PEN_SHELL_RUN:
        return true;
    case PEN_SHELL_ADMIN:
        return pen_shell_admin_word(text);
    case PEN_SHELL_UNKNOWN:
    case PEN_SHELL_BUILD:
    case PEN_SHELL_WORDY:
        return false;
    }
    return false;
}

/* Letters and digits: nothing to take apart. Into `word`, NUL-terminated. */
static bool is_one_word(struct pen_str text, char word[PEN_SHELL_WORD])
{
    if (text.len >= PEN_SHELL_WORD) return false;
    for (size_t i = 0; i < text.len; i++) {
        if (!pen_is_alnum(text.ptr[i])) return false;
        word[i] = text.ptr[i];
    }
    word[text.len] = '\0';
    return true;
}

bool pen_code_is_command(struct pen_str text)
{
    static const struct pen_str shown[] = {PEN_STR("calc"), PEN_STR("notepad"), PEN_STR("xcalc"),
                                           PEN_STR("gnome-calculator"), PEN_STR("open -a")};
    if (starts_with_one_of(text, shown, PEN_COUNT_OF(shown))) return true;
    char word[PEN_SHELL_WORD];
    if (is_one_word(text, word)) return is_worth(pen_shell_command_of(word), text);
    struct pen_shell shell = pen_shell_begin(text);
    shell.all = true;
    struct pen_shell_part part;
    for (size_t i = 0; i < COMMANDS_LOOKED_AT && pen_shell_next(&shell, &part); i++) {
        const bool code = part.arguments.count > 0 && part.arguments.code;
        const bool admin = part.command == PEN_SHELL_ADMIN;
        if ((admin || !code) && is_worth(part.command, text)) return true;
        if (part.arguments.secret) return true;
    }
    return false;
}

/* "/.*\/e": the modifiers stand behind the last delimiter. */
static bool has_eval_modifier(struct pen_str text)
{
    if (text.len < 3 || pen_is_alpha(text.ptr[0]) || pen_is_digit(text.ptr[0])) return false;
    size_t end = text.len;
    bool e = false;
    while (end > 1 && pen_is_alpha(text.ptr[end - 1])) {
        end--;
        e = e || text.ptr[end] == 'e';
    }
    return e && text.len - end <= 6 && text.ptr[end - 1] == text.ptr[0];
}

static bool is_word_char(char c)
{
    return pen_is_alpha(c) || pen_is_digit(c) || c == '_';
}

/* "system('id')" within a text: a sink's name before a parenthesis. */
static bool has_sink_call(struct pen_str text)
{
    for (size_t open = pen_str_find(text, '(', 0); open < text.len;
         open = pen_str_find(text, '(', open + 1)) {
        size_t start = open;
        while (start > 0 && is_word_char(text.ptr[start - 1])) {
            start--;
        }
        if (pen_code_is_sink(pen_code_name_of(pen_str_slice(text, start, open)))) return true;
    }
    return false;
}

static unsigned describe(struct pen_str text)
{
    static const struct pen_str streams[] = {
        PEN_STR("php:"), PEN_STR("data:"), PEN_STR("expect:"), PEN_STR("phar:"),
        PEN_STR("zip:"), PEN_STR("file:"), PEN_STR("glob:"),   PEN_STR("compress.")};
    static const struct pen_str remotes[] = {PEN_STR("ldap:"), PEN_STR("ldaps:"), PEN_STR("rmi:"),
                                             PEN_STR("iiop:"), PEN_STR("corba")};
    static const struct pen_str urls[] = {PEN_STR("http:"), PEN_STR("https:"), PEN_STR("ftp:"),
                                          PEN_STR("//"), PEN_STR("\\\\")};
    unsigned found = PEN_CODE_HAS_TEXT;
    if (text.len == 0) return found;
    if (pen_code_is_command(text)) found |= PEN_CODE_HAS_COMMAND;
    char word[PEN_SHELL_WORD];
    if (is_one_word(text, word)) {
        /* All else needs a sign, but for this. */
        return pen_str_starts_fold(text, PEN_S("corba")) ? found | PEN_CODE_HAS_REMOTE : found;
    }
    const struct bytes bytes = bytes_of(text);
    if (has_byte(&bytes, '(') || has_byte(&bytes, ';') || has_byte(&bytes, '=')
        || has_byte(&bytes, '`') || pen_str_starts(text, PEN_S("return "))
        || pen_str_starts(text, PEN_S("import "))) {
        found |= PEN_CODE_HAS_CODE;
    }
    if ((has_byte(&bytes, '(') && has_sink_call(text)) || pen_str_starts(text, PEN_S("import "))
        || (has_byte(&bytes, '_') && has(text, PEN_S("__import__")))) {
        found |= PEN_CODE_HAS_CALL;
    }
    /* One of these stands in each of the places. */
    const bool path = has_byte(&bytes, '/') || has_byte(&bytes, '.') || has_byte(&bytes, '\\')
                      || has_byte(&bytes, '_') || has_byte(&bytes, '-');
    if (path && pen_shell_secret(text)) found |= PEN_CODE_HAS_SECRET;
    if (starts_with_one_of(text, streams, PEN_COUNT_OF(streams))) found |= PEN_CODE_HAS_STREAM;
    if (starts_with_one_of(text, remotes, PEN_COUNT_OF(remotes))) found |= PEN_CODE_HAS_REMOTE;
    if (starts_with_one_of(text, urls, PEN_COUNT_OF(urls))) found |= PEN_CODE_HAS_URL;
    if ((text.ptr[0] == '|' || text.ptr[text.len - 1] == '|') && text.len > 2) {
        found |= PEN_CODE_HAS_PIPE;
    }
    if (has_byte(&bytes, '<') && (has(text, PEN_S("<?")) || has(text, PEN_S("<%")))) {
        found |= PEN_CODE_HAS_PAGE;
    }
    if (pen_str_ends(text, PEN_S(".php")) || pen_str_ends(text, PEN_S(".jsp"))
        || pen_str_ends(text, PEN_S(".phtml")) || pen_str_ends(text, PEN_S(".aspx"))) {
        found |= PEN_CODE_HAS_SCRIPT;
    }
    if (has_eval_modifier(text)) found |= PEN_CODE_HAS_E;
    return found;
}

static unsigned hex_digits(struct pen_str text, size_t at, size_t most, size_t *used)
{
    unsigned value = 0;
    *used = 0;
    while (*used < most && at + *used < text.len && pen_hex_value(text.ptr[at + *used]) >= 0) {
        value = value * 16 + (unsigned)pen_hex_value(text.ptr[at + *used]);
        (*used)++;
    }
    return value;
}

/* Behind a backslash at `at`: the character, and how many bytes spell it. */
static char escaped(struct pen_str text, size_t at, size_t *used)
{
    const char kind = at < text.len ? text.ptr[at] : '\0';
    *used = 1;
    if (kind == 'x' || kind == 'u') {
        size_t digits = 0;
        const unsigned value = hex_digits(text, at + 1, kind == 'x' ? 2 : 4, &digits);
        *used = 1 + digits;
        return digits > 0 && value < 0x80 ? (char)value : '?';
    }
    if (kind == 'n' || kind == 't' || kind == 'r') return ' ';
    if (kind < '0' || kind > '7') return kind;

    unsigned value = 0;
    *used = 0;
    while (*used < 3 && at + *used < text.len && text.ptr[at + *used] >= '0'
           && text.ptr[at + *used] <= '7') {
        value = value * 8 + (unsigned)(text.ptr[at + *used] - '0');
        (*used)++;
    }
    return (char)(value & 0x7f);
}

void pen_code_append(struct pen_code_value *value, struct pen_str content)
{
    for (size_t i = 0; i < content.len && value->length < PEN_CODE_TEXT; i++) {
        char c = content.ptr[i];
        if (c == '\\') {
            size_t used = 0;
            c = escaped(content, i + 1, &used);
            i += used;
        }
        value->text[value->length++] = c;
    }
}

void pen_code_add_argument(struct pen_code_arguments *arguments, const struct pen_code_value *value,
                           bool texts)
{
    if (value->shape == PEN_CODE_NOTHING && value->leads == 0) return;
    if (arguments->count == 0) pen_code_copy(&arguments->first, value);
    arguments->count++;
    arguments->leads |= value->leads;
    switch (value->shape) {
    case PEN_CODE_NOTHING:
        break;
    case PEN_CODE_NUMERIC:
        arguments->has |= PEN_CODE_HAS_NUMBER;
        if (arguments->characters < PEN_CODE_CHARACTER_MOST) {
            arguments->character[arguments->characters++] = (char)(value->number & 0x7f);
        }
        break;
    case PEN_CODE_TEXTUAL:
        if (!texts || arguments->count > PEN_CODE_TEXTS) break;
        arguments->has |= describe(pen_code_text_of(value));
        if (arguments->named == NULL) {
            arguments->named = pen_code_name_of(pen_code_text_of(value));
            if (pen_code_is_sink(arguments->named)) arguments->has |= PEN_CODE_HAS_SINK;
        }
        if (arguments->module == 0) arguments->module = pen_code_module(pen_code_text_of(value));
        break;
    case PEN_CODE_NAMED:
        if (value->owned || value->leads != 0) arguments->has |= PEN_CODE_HAS_VALUE;
        break;
    case PEN_CODE_HELD:
    case PEN_CODE_RESULT:
        arguments->has |= PEN_CODE_HAS_VALUE;
        break;
    }
}

/* One step more from an object to its class, the class's base, its functions' globals. */
static enum pen_code_strength walk(struct pen_code_value *value, const struct pen_code_name *name)
{
    const bool deep = (name->flags & PEN_CODE_SURE) != 0;
    if (value->steps < UINT8_MAX) value->steps++;
    value->leads |= PEN_CODE_WALKED | (deep ? PEN_CODE_TAKEN : 0U);
    return value->steps > 1 && (deep || value->literal) ? PEN_CODE_CERTAIN : PEN_CODE_NONE;
}

static bool tells_of_process(struct pen_str word)
{
    static const struct pen_str words[] = {PEN_STR("env"),  PEN_STR("cwd"),   PEN_STR("version"),
                                           PEN_STR("exit"), PEN_STR("abort"), PEN_STR("kill")};
    for (size_t i = 0; i < PEN_COUNT_OF(words); i++) {
        if (pen_str_equal(word, words[i])) return true;
    }
    return false;
}

/* What a module runs a command by, where the word alone is that of anybody's variable. */
static const struct pen_code_name *runner_of(const struct pen_code_value *owner,
                                             struct pen_str word)
{
    static const struct pen_code_name runner = {PEN_STR("cmd"), PEN_CODE_RUNS,
                                                PEN_CODE_OWNED | PEN_CODE_COMMAND, 0};
    static const struct {
        struct pen_str owner;
        struct pen_str word;
    } pairs[] = {
        {PEN_STR("os"), PEN_STR("cmd")},       /* Erlang; Elixir by its atom */
        {PEN_STR("System"), PEN_STR("cmd")},   /* Elixir */
        {PEN_STR("System"), PEN_STR("shell")}, /* Elixir */
        {PEN_STR("exec"), PEN_STR("Command")}, /* Go */
        {PEN_STR("clojure"), PEN_STR("sh")},   /* clojure.java.shell/sh */
    };
    for (size_t i = 0; i < PEN_COUNT_OF(pairs); i++) {
        if (pen_str_equal(word, pairs[i].word)
            && pen_str_equal(pen_code_text_of(owner), pairs[i].owner)) {
            return &runner;
        }
    }
    return NULL;
}

enum pen_code_strength pen_code_member(struct pen_code_value *value, struct pen_str word)
{
    const struct pen_code_name *name = pen_code_name_of(word);
    const struct pen_code_name *const owner = value->name;
    const bool executes = pen_code_holds_text(value) && pen_str_equal(word, PEN_S("execute"))
                          && pen_code_is_command(pen_code_text_of(value));
    if (name == NULL && (name = runner_of(value, word)) != NULL) value->leads |= PEN_CODE_COMMANDS;
    if (value->shape == PEN_CODE_RESULT) value->length = 0;
    if (value->shape == PEN_CODE_TEXTUAL && name == NULL) {
        pen_code_append(value, word); /* PHP takes an undefined constant for its name: "ex".ec */
        return PEN_CODE_NONE;
    }
    value->literal =
        value->literal || value->shape == PEN_CODE_TEXTUAL || value->shape == PEN_CODE_NUMERIC;
    value->owned = !value->literal && (value->leads & PEN_CODE_ROOT) == 0;
    value->shape = PEN_CODE_NAMED;
    value->name = name;
    if (executes) value->leads |= PEN_CODE_TAKEN;
    const bool tells = (owner == NULL || owner->kind == PEN_CODE_OWNER)
                       && (value->leads & PEN_CODE_PROCESS) != 0 && tells_of_process(word);
    if (name == NULL || tells) return tells ? PEN_CODE_BARE : PEN_CODE_NONE;
    if (name->kind == PEN_CODE_WALKS) return walk(value, name);
    if (name->kind == PEN_CODE_BUILDER && owner != NULL && owner->kind == PEN_CODE_BUILDER) {
        value->leads |= PEN_CODE_TAKEN;
    }
    if (name->kind == PEN_CODE_OWNER || name->kind == PEN_CODE_MACHINE) {
        const bool capital = word.ptr[0] >= 'A' && word.ptr[0] <= 'Z';
        if (capital || (name->flags & PEN_CODE_CAPITAL) == 0) value->leads |= name->leads;
    }
    return PEN_CODE_NONE;
}
