/** Short lists of names, told apart by the first letter before a whole word is compared. */
#include "filters/shell_names.h"

#include <string.h>

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

bool pen_shell_is_wrapper(const char *word)
{
    static const char *const words[] = {
        "builtin", "command", "doas",   "env",  "eval", "exec",    "ionice", "nice",  "nohup",
        "setsid",  "stdbuf",  "strace", "sudo", "time", "timeout", "watch",  "xargs", "busybox"};
    for (size_t i = 0; i < PEN_COUNT_OF(words); i++) {
        if (words[i][0] == word[0] && strcmp(words[i], word) == 0) return true;
    }
    return false;
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
    return is_one_of(pen_str_from_c(name), names, PEN_COUNT_OF(names));
}

static bool holds(struct pen_str text, const struct pen_str *list, size_t count)
{
    for (size_t at = 0; at < text.len; at++) {
        const char first = pen_to_lower(text.ptr[at]);
        if (memchr("/.irbwsd", first, 8) == NULL) continue; /* what the places begin with */
        for (size_t i = 0; i < count; i++) {
            if (list[i].ptr[0] == first && pen_str_stands_fold(text, at, list[i])) return true;
        }
    }
    return false;
}

bool pen_shell_secret(struct pen_str argument)
{
    static const struct pen_str places[] = {
        PEN_STR("/etc/passwd"),  PEN_STR("/etc/shadow"),   PEN_STR("/etc/hosts"),
        PEN_STR("/etc/group"),   PEN_STR("/etc/sudoers"),  PEN_STR("/etc/issue"),
        PEN_STR("/proc/self"),   PEN_STR("/proc/version"), PEN_STR(".ssh/"),
        PEN_STR("id_rsa"),       PEN_STR(".aws/"),         PEN_STR("/dev/tcp/"),
        PEN_STR("/dev/udp/"),    PEN_STR("repair\\"),      PEN_STR("boot.ini"),
        PEN_STR("win.ini"),      PEN_STR("system32\\"),    PEN_STR(".bash_history"),
        PEN_STR("drivers\\etc"), PEN_STR("wp-config"),     PEN_STR("/?\?\?/"),
    };
    if (argument.len < 5) return false;
    return holds(pen_str_slice(argument, 0, 256), places, PEN_COUNT_OF(places));
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
    while (argument.len > 0 && memchr("\"'<>", argument.ptr[0], 4) != NULL) {
        argument = pen_str_slice(argument, 1, argument.len);
    }
    if (argument.len == 1 && argument.ptr[0] == '/') return true;
    for (size_t i = 0; i < PEN_COUNT_OF(starts); i++) {
        if (pen_str_starts_fold(argument, starts[i])) return true;
    }
    return false;
}
