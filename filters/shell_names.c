/** Tables, told apart by the first letter before a whole word is compared. */
#include "filters/shell_names.h"

#include <string.h>

#define LONGEST 24 /* bytes of a command of Windows with its suffix */

struct command {
    const char *name;
    enum pen_shell_command kind;
};

#define B PEN_SHELL_BUILD
#define W PEN_SHELL_WORDY
#define T PEN_SHELL_TOOL
#define P PEN_SHELL_PROBE
#define N PEN_SHELL_NET
#define R PEN_SHELL_RUN
#define A PEN_SHELL_ADMIN

/* In the exact case that POSIX systems want. */
static const struct command posix[] = {
    {"adduser", T},    {"ansible", B},  {"apk", B},       {"apt", B},       {"apt-get", B},
    {"aria2c", N},     {"arp", P},      {"ash", R},       {"at", W},        {"awk", T},
    {"aws", B},        {"axel", N},     {"az", B},        {"base32", T},    {"base64", T},
    {"bash", R},       {"batch", W},    {"brew", B},      {"bun", B},       {"bundle", B},
    {"busybox", R},    {"cargo", B},    {"cat", T},       {"cd", B},        {"chattr", T},
    {"chmod", T},      {"chown", T},    {"chpasswd", T},  {"chroot", R},    {"clang", B},
    {"cmake", B},      {"command", W},  {"composer", B},  {"configure", B}, {"cp", T},
    {"crontab", T},    {"csh", R},      {"ctest", B},     {"curl", N},      {"cut", W},
    {"dash", R},       {"date", W},     {"dd", T},        {"deno", B},      {"df", P},
    {"dig", N},        {"dmesg", P},    {"dnf", B},       {"docker", B},    {"docker-compose", B},
    {"dotnet", B},     {"du", P},       {"echo", T},      {"ed", W},        {"egrep", T},
    {"env", P},        {"eslint", B},   {"eval", R},      {"exec", R},      {"exit", W},
    {"expand", W},     {"export", B},   {"false", W},     {"fetch", N},     {"fgrep", T},
    {"file", W},       {"find", W},     {"fold", W},      {"ftp", N},       {"gawk", T},
    {"gcc", B},        {"gcloud", B},   {"gdb", T},       {"getent", P},    {"git", B},
    {"go", B},         {"gradle", B},   {"gradlew", B},   {"grep", T},      {"groups", P},
    {"gzip", T},       {"head", W},     {"helm", B},      {"hexdump", T},   {"history", P},
    {"host", W},       {"hostname", P}, {"id", P},        {"ifconfig", P},  {"insmod", T},
    {"ip", P},         {"iptables", T}, {"java", B},      {"javac", B},     {"jest", B},
    {"join", W},       {"kill", W},     {"killall", T},   {"ksh", R},       {"kubectl", B},
    {"last", W},       {"less", W},     {"link", W},      {"ln", T},        {"logname", P},
    {"look", W},       {"ls", P},       {"lsblk", P},     {"lscpu", P},     {"lsof", P},
    {"lua", R},        {"lynx", N},     {"mail", W},      {"make", B},      {"mawk", T},
    {"meson", B},      {"mkdir", B},    {"mkfifo", T},    {"mknod", T},     {"more", W},
    {"mount", W},      {"mv", T},       {"mvn", B},       {"mysqldump", P}, {"nano", T},
    {"nc", N},         {"ncat", N},     {"netcat", N},    {"netstat", P},   {"nice", W},
    {"ninja", B},      {"nl", T},       {"nmap", N},      {"node", B},      {"nohup", T},
    {"npm", B},        {"npx", B},      {"nslookup", N},  {"od", T},        {"openssl", T},
    {"pacman", B},     {"passwd", T},   {"paste", W},     {"perl", R},      {"php", R},
    {"ping", N},       {"ping6", N},    {"pip", B},       {"pip3", B},      {"pipenv", B},
    {"pkill", T},      {"pnpm", B},     {"podman", B},    {"poetry", B},    {"print", W},
    {"printenv", P},   {"printf", T},   {"ps", P},        {"pwd", P},       {"pytest", B},
    {"python", R},     {"python2", R},  {"python3", R},   {"rails", B},     {"rake", B},
    {"read", W},       {"reboot", W},   {"rev", T},       {"rm", T},        {"route", P},
    {"rsync", N},      {"ruby", R},     {"rustup", B},    {"sbt", B},       {"scp", N},
    {"script", W},     {"sed", T},      {"service", B},   {"set", B},       {"sftp", N},
    {"sh", R},         {"shutdown", T}, {"sleep", T},     {"socat", N},     {"sort", W},
    {"source", B},     {"split", W},    {"ss", P},        {"ssh", N},       {"strace", T},
    {"strings", W},    {"su", R},       {"sudo", B},      {"systemctl", B}, {"tac", T},
    {"tail", W},       {"tar", T},      {"tclsh", R},     {"tcpdump", N},   {"tcsh", R},
    {"tee", T},        {"telnet", N},   {"terraform", B}, {"test", W},      {"tftp", N},
    {"time", W},       {"timeout", W},  {"top", W},       {"touch", W},     {"tox", B},
    {"traceroute", N}, {"tree", W},     {"true", W},      {"tsc", B},       {"type", W},
    {"uname", P},      {"unzip", T},    {"uptime", P},    {"useradd", T},   {"usermod", T},
    {"users", W},      {"vi", T},       {"view", W},      {"vim", T},       {"w", W},
    {"wait", W},       {"watch", W},    {"wget", N},      {"who", W},       {"whoami", P},
    {"write", W},      {"xargs", T},    {"xxd", T},       {"yarn", B},      {"yum", B},
    {"zgrep", T},      {"zip", T},      {"zsh", R},
};

/* In any case. */
static const struct command windows[] = {
    {"attrib", T},
    {"bcdedit", T},
    {"bitsadmin", N},
    {"cacls", T},
    {"certutil", N},
    {"cmd", R},
    {"copy", T},
    {"cscript", R},
    {"del", T},
    {"dir", P},
    {"erase", T},
    {"findstr", T},
    {"fsutil", T},
    {"get-childitem", P},
    {"get-content", T},
    {"get-process", P},
    {"get-wmiobject", P},
    {"icacls", T},
    {"iex", R},
    {"invoke-command", R},
    {"invoke-expression", R},
    {"invoke-restmethod", N},
    {"invoke-webrequest", N},
    {"ipconfig", P},
    {"irm", N},
    {"iwr", N},
    {"mshta", R},
    {"msiexec", R},
    {"net", A},
    {"net1", A},
    {"netsh", A},
    {"powershell", R},
    {"pwsh", R},
    {"reg", A},
    {"regsvr32", R},
    {"rundll32", R},
    {"sc", A},
    {"schtasks", T},
    {"set", W},
    {"start-bitstransfer", N},
    {"start-process", R},
    {"systeminfo", P},
    {"taskkill", T},
    {"tasklist", P},
    {"tracert", N},
    {"type", T},
    {"ver", P},
    {"vssadmin", T},
    {"wevtutil", T},
    {"wmic", R},
    {"wscript", R},
};

#undef B
#undef W
#undef T
#undef P
#undef N
#undef R
#undef A

/* The tables are sorted by name. */
static enum pen_shell_command find(const struct command *table, size_t count, const char *name)
{
    size_t low = 0;
    while (low < count) {
        const size_t middle = low + (count - low) / 2;
        const int order = strcmp(name, table[middle].name);
        if (order == 0) return table[middle].kind;
        if (order > 0) {
            low = middle + 1;
        } else {
            count = middle;
        }
    }
    return PEN_SHELL_UNKNOWN;
}

enum pen_shell_command pen_shell_command_of(const char *word)
{
    if (!pen_is_alpha(word[0])) return PEN_SHELL_UNKNOWN;
    const enum pen_shell_command exact = find(posix, PEN_COUNT_OF(posix), word);
    if (exact != PEN_SHELL_UNKNOWN) return exact;

    char lower[LONGEST + 1];
    size_t length = 0;
    while (length < LONGEST && word[length] != '\0') {
        lower[length] = pen_to_lower(word[length]);
        length++;
    }
    lower[length] = '\0';
    struct pen_str name = {lower, length};
    if (pen_str_ends(name, PEN_S(".exe")) || pen_str_ends(name, PEN_S(".com"))) {
        name.len -= 4;
        lower[name.len] = '\0';
    }
    const enum pen_shell_command folded = find(windows, PEN_COUNT_OF(windows), lower);
    if (folded != PEN_SHELL_UNKNOWN) return folded;
    /* python3.11, php8, perl5.36 */
    static const struct pen_str versioned[] = {PEN_STR("python"), PEN_STR("php"), PEN_STR("perl"),
                                               PEN_STR("ruby")};
    for (size_t i = 0; i < PEN_COUNT_OF(versioned); i++) {
        if (pen_str_starts(name, versioned[i]) && name.len > versioned[i].len
            && pen_is_digit(name.ptr[versioned[i].len])) {
            return PEN_SHELL_RUN;
        }
    }
    return PEN_SHELL_UNKNOWN;
}

static bool is_one_of(struct pen_str word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
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
    for (size_t i = 0; i < count; i++) {
        for (size_t at = 0; at + list[i].len <= text.len; at++) {
            if (pen_to_lower(text.ptr[at]) != list[i].ptr[0]) continue;
            if (pen_str_starts_fold(pen_str_slice(text, at, text.len), list[i])) return true;
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
    while (argument.len > 0 && (argument.ptr[0] == '"' || argument.ptr[0] == '\'')) {
        argument = pen_str_slice(argument, 1, argument.len);
    }
    if (argument.len == 1 && argument.ptr[0] == '/') return true;
    for (size_t i = 0; i < PEN_COUNT_OF(starts); i++) {
        if (pen_str_starts_fold(argument, starts[i])) return true;
    }
    return false;
}
