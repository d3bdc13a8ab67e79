/** The few names that attacks spell by patterns are tried one by one: nobody can list a disk here.
 */
#include "filters/shell_globs.h"

#define LONGEST 40 /* bytes of a pattern: the names below and some brackets */

/* "[a-c]", "[!x]" at `at`: its bytes, 0 where no bracket closes it. */
static size_t bracket(struct pen_str pattern, size_t at, char c, bool *fits)
{
    const bool negated =
        at + 1 < pattern.len && (pattern.ptr[at + 1] == '!' || pattern.ptr[at + 1] == '^');
    size_t i = at + (negated ? 2 : 1);
    const size_t first = i;
    bool among = false;
    for (; i < pattern.len && (pattern.ptr[i] != ']' || i == first); i++) {
        const bool range =
            i + 2 < pattern.len && pattern.ptr[i + 1] == '-' && pattern.ptr[i + 2] != ']';
        const char last = pattern.ptr[range ? i + 2 : i];
        among = among || (c >= pattern.ptr[i] && c <= last);
        if (range) i += 2;
    }
    *fits = among != negated;
    return i < pattern.len ? i + 1 - at : 0;
}

/* What stands at `at` fits the character; `width`: its bytes. */
static bool fits_one(struct pen_str pattern, size_t at, char c, size_t *width)
{
    bool fits = false;
    *width = 1;
    if (pattern.ptr[at] == '?') return c != '/';
    if (pattern.ptr[at] == '[') {
        const size_t bytes = bracket(pattern, at, c, &fits);
        if (bytes > 0) {
            *width = bytes;
            return fits && c != '/';
        }
    }
    return pattern.ptr[at] == c;
}

bool pen_shell_glob_fits(struct pen_str pattern, struct pen_str name)
{
    size_t at = 0;
    size_t star = SIZE_MAX;
    size_t held = 0; /* where what the star stands for ends so far */
    size_t i = 0;
    while (i < name.len) {
        size_t width = 0;
        if (at < pattern.len && pattern.ptr[at] == '*') {
            star = at++;
            held = i;
        } else if (at < pattern.len && fits_one(pattern, at, name.ptr[i], &width)) {
            at += width;
            i++;
        } else if (star == SIZE_MAX || name.ptr[held] == '/') {
            return false;
        } else {
            at = star + 1;
            i = ++held;
        }
    }
    while (at < pattern.len && pattern.ptr[at] == '*') {
        at++;
    }
    return at == pattern.len;
}

/* Letters beside the signs: "*" and "???" fit everything. */
static bool has_letter(struct pen_str pattern)
{
    for (size_t i = 0; i < pattern.len; i++) {
        if (pen_is_alnum(pattern.ptr[i])) return true;
    }
    return false;
}

enum pen_shell_command pen_shell_globbed_command(struct pen_str pattern)
{
    static const char *const names[] = {
        "cat",  "tac",    "head", "tail",   "more", "less",    "nl",     "od",   "rev",  "base64",
        "grep", "id",     "ls",   "whoami", "ps",   "env",     "uname",  "find", "awk",  "sed",
        "nc",   "ncat",   "curl", "wget",   "ping", "netcat",  "socat",  "ssh",  "bash", "sh",
        "dash", "python", "perl", "php",    "ruby", "python3", "netstat"};
    if (pattern.len > LONGEST || !has_letter(pattern)) return PEN_SHELL_UNKNOWN;
    for (size_t i = 0; i < PEN_COUNT_OF(names); i++) {
        if (pen_shell_glob_fits(pattern, pen_str_from_c(names[i]))) {
            return pen_shell_command_of(names[i]);
        }
    }
    return PEN_SHELL_UNKNOWN;
}

bool pen_shell_globbed_secret(struct pen_str argument)
{
    static const struct pen_str files[] = {PEN_STR("/etc/passwd"),        PEN_STR("/etc/shadow"),
                                           PEN_STR("/etc/sudoers"),       PEN_STR("/etc/hosts"),
                                           PEN_STR("/etc/group"),         PEN_STR("/etc/issue"),
                                           PEN_STR("/proc/self/environ"), PEN_STR("/proc/version")};
    if (argument.len < 5 || argument.len > LONGEST || argument.ptr[0] != '/') return false;
    size_t last = argument.len;
    while (argument.ptr[last - 1] != '/') {
        last--;
    }
    if (last == 1 || !has_letter(pen_str_slice(argument, last, argument.len))) return false;
    for (size_t i = 0; i < PEN_COUNT_OF(files); i++) {
        if (pen_shell_glob_fits(argument, files[i])) return true;
    }
    return false;
}
