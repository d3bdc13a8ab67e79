/** Short lists of names, told apart by the first letter before a whole word is compared. */
#include "filters/shell_names.h"

#include <string.h>

#include "filters/core/words.h"

/* The list is in lower case. */
static bool is_one_of(struct pen_str word, const char *const *list, size_t count)
{
    if (word.len == 0) return false;
    const char first = pen_to_lower(word.ptr[0]);
    for (size_t i = 0; i < count; i++) {
        if (list[i][0] != first) continue;
        if (pen_str_equal_fold(word, pen_str_from_c(list[i]))) return true;
    }
    return false;
}

bool pen_shell_is_unmistakable(const char *word)
{
    static const char *const words[] = {"whoami",     "ifconfig", "ipconfig", "netstat", "uname",
                                        "systeminfo", "printenv", "tasklist", "lsof"};
    return is_one_of(pen_str_from_c(word), words, PEN_COUNT_OF(words));
}

bool pen_shell_is_name(const char *word)
{
    static const char *const words[] = {
        "adduser",  "apt-get",  "aws",      "az",         "bitsadmin", "busybox",  "certutil",
        "chmod",    "chown",    "cp",       "cscript",    "docker",    "forfiles", "gcloud",
        "git",      "groupadd", "kubectl",  "killall",    "ln",        "mkdir",    "mkfifo",
        "mshta",    "mv",       "npm",      "npx",        "nslookup",  "passwd",   "pip",
        "pip3",     "pkill",    "podman",   "powershell", "regsvr32",  "rm",       "rmdir",
        "rundll32", "sc",       "schtasks", "sudo",       "systemctl", "taskkill", "useradd",
        "userdel",  "usermod",  "wget",     "wmic",       "wscript",   "xcopy",    "yum"};
    return pen_shell_is_unmistakable(word)
           || is_one_of(pen_str_from_c(word), words, PEN_COUNT_OF(words));
}

bool pen_shell_is_listing(const char *word)
{
    static const char *const words[] = {"arp", "df",  "du", "ip",    "ls",   "lsblk", "lspci",
                                        "ps",  "pwd", "ss", "route", "lsof", "dir",   "lsusb"};
    return is_one_of(pen_str_from_c(word), words, PEN_COUNT_OF(words));
}

bool pen_shell_is_short_probe(const char *word)
{
    static const char *const words[] = {"date", "halt",  "last", "poweroff", "reboot",
                                        "top",  "users", "w",    "who",      "set"};
    return is_one_of(pen_str_from_c(word), words, PEN_COUNT_OF(words));
}

/* clang-format off */
#define WRAPPERS_B(W) W("builtin", 0) W("busybox", 0)
#define WRAPPERS_C(W) W("command", 0)
#define WRAPPERS_D(W) W("doas", 0)
#define WRAPPERS_E(W) W("env", 0) W("eval", 0) W("exec", 0)
#define WRAPPERS_I(W) W("ionice", 0)
#define WRAPPERS_N(W) W("nice", 0) W("nohup", 0)
#define WRAPPERS_S(W) W("setsid", 0) W("stdbuf", 0) W("strace", 0) W("sudo", 0)
#define WRAPPERS_T(W) W("time", 0) W("timeout", 0)
#define WRAPPERS_W(W) W("watch", 0)
#define WRAPPERS_X(W) W("xargs", 0)
/* clang-format on */

static const struct pen_word_group wrappers[PEN_WORD_LETTERS] = {
    ['b' - 'a'] = PEN_WORDS(WRAPPERS_B), ['c' - 'a'] = PEN_WORDS(WRAPPERS_C),
    ['d' - 'a'] = PEN_WORDS(WRAPPERS_D), ['e' - 'a'] = PEN_WORDS(WRAPPERS_E),
    ['i' - 'a'] = PEN_WORDS(WRAPPERS_I), ['n' - 'a'] = PEN_WORDS(WRAPPERS_N),
    ['s' - 'a'] = PEN_WORDS(WRAPPERS_S), ['t' - 'a'] = PEN_WORDS(WRAPPERS_T),
    ['w' - 'a'] = PEN_WORDS(WRAPPERS_W), ['x' - 'a'] = PEN_WORDS(WRAPPERS_X),
};

bool pen_shell_is_wrapper(const char *word)
{
    return pen_word_find(wrappers, word, strlen(word), false) != NULL;
}

bool pen_shell_admin_word(struct pen_str arguments)
{
    static const char *const words[] = {
        "user",    "users", "localgroup", "group",       "view",     "use",
        "share",   "start", "stop",       "config",      "add",      "query",
        "delete",  "save",  "export",     "import",      "create",   "accounts",
        "session", "wlan",  "firewall",   "advfirewall", "interface"};
    const struct pen_str text = pen_str_trim(arguments);
    return is_one_of(pen_str_slice(text, 0, pen_str_find(text, ' ', 0)), words,
                     PEN_COUNT_OF(words));
}

bool pen_shell_program_folder(const char *name)
{
    static const char *const names[] = {"bin", "sbin",  "system32", "syswow64", "b?n",
                                        "b*",  "?\?\?", "b[i]n",    "bi?"};
    const char first = pen_to_lower(name[0]);
    if (first != 'b' && first != 's' && first != '?') return false; /* most, at once */
    return is_one_of(pen_str_from_c(name), names, PEN_COUNT_OF(names));
}

static bool stands_one_of(struct pen_str text, size_t at, const struct pen_str *list, size_t count)
{
    const char first = at < text.len ? pen_to_lower(text.ptr[at]) : '\0';
    const char second = at + 1 < text.len ? pen_to_lower(text.ptr[at + 1]) : '\0';
    for (size_t i = 0; i < count; i++) {
        if (list[i].ptr[0] != first || (list[i].len > 1 && list[i].ptr[1] != second)) continue;
        if (pen_str_stands_fold(text, at, list[i])) return true;
    }
    return false;
}

/* By folder, so that a text of slashes is not compared with each of its files. */
static bool is_secret_path(struct pen_str text, size_t at)
{
    static const struct pen_str settings[] = {PEN_STR("passwd"),  PEN_STR("shadow"),
                                              PEN_STR("hosts"),   PEN_STR("group"),
                                              PEN_STR("sudoers"), PEN_STR("issue")};
    static const struct pen_str processes[] = {PEN_STR("self"), PEN_STR("version")};
    static const struct pen_str devices[] = {PEN_STR("tcp/"), PEN_STR("udp/")};
    switch (pen_to_lower(text.ptr[at + 2])) { /* of the folder's name */
    case 't':
        return pen_str_stands_fold(text, at, PEN_S("/etc/"))
               && stands_one_of(text, at + 5, settings, PEN_COUNT_OF(settings));
    case 'r':
        return pen_str_stands_fold(text, at, PEN_S("/proc/"))
               && stands_one_of(text, at + 6, processes, PEN_COUNT_OF(processes));
    case 'e':
        return pen_str_stands_fold(text, at, PEN_S("/dev/"))
               && stands_one_of(text, at + 5, devices, PEN_COUNT_OF(devices));
    case '?':
        return pen_str_stands(text, at, PEN_S("/?\?\?/"));
    default:
        return false;
    }
}

/* At one of the first bytes of what pen_shell_secret() knows, of which no two have the same start.
 */
static bool is_secret_at(struct pen_str text, size_t at)
{
    static const struct pen_str hidden[] = {PEN_STR(".ssh/"), PEN_STR(".aws/"),
                                            PEN_STR(".bash_history")};
    static const struct pen_str wins[] = {PEN_STR("win.ini"), PEN_STR("wp-config")};
    switch (text.ptr[at]) {
    case '/':
        return is_secret_path(text, at);
    case '.':
        for (size_t i = 0; i < PEN_COUNT_OF(hidden); i++) {
            if (hidden[i].ptr[1] == pen_to_lower(text.ptr[at + 1])
                && pen_str_stands_fold(text, at, hidden[i])) {
                return true;
            }
        }
        return false;
    case 'w':
    case 'W':
        return stands_one_of(text, at, wins, PEN_COUNT_OF(wins));
    case 'i':
    case 'I':
        return pen_str_stands_fold(text, at, PEN_S("id_rsa"));
    case 'r':
    case 'R':
        return pen_str_stands_fold(text, at, PEN_S("repair\\"));
    case 'b':
    case 'B':
        return pen_str_stands_fold(text, at, PEN_S("boot.ini"));
    case 's':
    case 'S':
        return pen_str_stands_fold(text, at, PEN_S("system32\\"));
    case 'd':
    case 'D':
        return pen_str_stands_fold(text, at, PEN_S("drivers\\etc"));
    default:
        return false;
    }
}

bool pen_shell_secret(struct pen_str argument)
{
    const struct pen_str text = pen_str_slice(argument, 0, 256);
    if (argument.len < 5) return false;
    for (size_t at = 0; at + 5 <= text.len; at++) { /* the shortest has five bytes */
        if (is_secret_at(text, at)) return true;
    }
    return false;
}

/* A quote, or a redirection. */
static bool is_lead(char c)
{
    return c == '"' || c == '\'' || c == '<' || c == '>';
}

bool pen_shell_system(struct pen_str argument)
{
    static const struct pen_str starts[] = {
        PEN_STR("/etc"),  PEN_STR("/var"),         PEN_STR("/home"),    PEN_STR("/root"),
        PEN_STR("/proc"), PEN_STR("/tmp"),         PEN_STR("/dev"),     PEN_STR("/bin"),
        PEN_STR("/usr"),  PEN_STR("/opt"),         PEN_STR("/boot"),    PEN_STR("c:"),
        PEN_STR("d:"),    PEN_STR("%systemroot%"), PEN_STR("%windir%"), PEN_STR("\\\\"),
        PEN_STR("~"),
    };
    while (argument.len > 0 && is_lead(argument.ptr[0])) {
        argument = (struct pen_str){argument.ptr + 1, argument.len - 1};
    }
    if (argument.len == 0) return false;
    if (argument.len == 1 && argument.ptr[0] == '/') return true;
    return stands_one_of(argument, 0, starts, PEN_COUNT_OF(starts));
}
