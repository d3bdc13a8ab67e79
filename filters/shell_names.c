/** Tables, told apart by the first letter before a whole word is compared. */
#include "filters/shell_names.h"

#include <string.h>

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
    {"ansible", B},    {"apk", B},       {"apt", B},
    {"apt-get", B},    {"aws", B},       {"az", B},
    {"brew", B},       {"bundle", B},    {"bun", B},
    {"cargo", B},      {"cd", B},        {"cmake", B},
    {"composer", B},   {"ctest", B},     {"deno", B},
    {"dnf", B},        {"docker", B},    {"docker-compose", B},
    {"dotnet", B},     {"eslint", B},    {"export", B},
    {"gcc", B},        {"clang", B},     {"gcloud", B},
    {"git", B},        {"go", B},        {"gradle", B},
    {"gradlew", B},    {"helm", B},      {"java", B},
    {"javac", B},      {"jest", B},      {"kubectl", B},
    {"make", B},       {"meson", B},     {"mvn", B},
    {"ninja", B},      {"node", B},      {"npm", B},
    {"npx", B},        {"pip", B},       {"pip3", B},
    {"pipenv", B},     {"pnpm", B},      {"podman", B},
    {"poetry", B},     {"pytest", B},    {"rails", B},
    {"rake", B},       {"rustup", B},    {"sbt", B},
    {"set", B},        {"systemctl", B}, {"service", B},
    {"terraform", B},  {"tox", B},       {"tsc", B},
    {"yarn", B},       {"yum", B},       {"pacman", B},
    {"mkdir", B},      {"configure", B}, {"sudo", B},
    {"source", B},     {"test", W},      {"at", W},
    {"batch", W},      {"command", W},   {"cut", W},
    {"date", W},       {"ed", W},        {"exit", W},
    {"expand", W},     {"file", W},      {"find", W},
    {"fold", W},       {"head", W},      {"host", W},
    {"join", W},       {"kill", W},      {"last", W},
    {"less", W},       {"link", W},      {"look", W},
    {"mail", W},       {"more", W},      {"mount", W},
    {"nice", W},       {"paste", W},     {"read", W},
    {"reboot", W},     {"script", W},    {"sort", W},
    {"split", W},      {"strings", W},   {"tail", W},
    {"time", W},       {"timeout", W},   {"top", W},
    {"touch", W},      {"tree", W},      {"type", W},
    {"users", W},      {"view", W},      {"wait", W},
    {"watch", W},      {"who", W},       {"w", W},
    {"write", W},      {"true", W},      {"false", W},
    {"print", W},      {"echo", T},      {"printf", T},
    {"sleep", T},      {"cat", T},       {"tac", T},
    {"nl", T},         {"rev", T},       {"od", T},
    {"xxd", T},        {"hexdump", T},   {"base64", T},
    {"base32", T},     {"grep", T},      {"egrep", T},
    {"fgrep", T},      {"zgrep", T},     {"sed", T},
    {"awk", T},        {"gawk", T},      {"mawk", T},
    {"tee", T},        {"xargs", T},     {"dd", T},
    {"cp", T},         {"mv", T},        {"rm", T},
    {"ln", T},         {"chmod", T},     {"chown", T},
    {"chattr", T},     {"tar", T},       {"zip", T},
    {"unzip", T},      {"gzip", T},      {"vi", T},
    {"vim", T},        {"nano", T},      {"crontab", T},
    {"mkfifo", T},     {"mknod", T},     {"nohup", T},
    {"pkill", T},      {"killall", T},   {"useradd", T},
    {"adduser", T},    {"usermod", T},   {"passwd", T},
    {"chpasswd", T},   {"iptables", T},  {"insmod", T},
    {"shutdown", T},   {"strace", T},    {"gdb", T},
    {"uname", P},      {"id", P},        {"whoami", P},
    {"ls", P},         {"pwd", P},       {"ps", P},
    {"env", P},        {"printenv", P},  {"ifconfig", P},
    {"netstat", P},    {"hostname", P},  {"lsof", P},
    {"arp", P},        {"route", P},     {"getent", P},
    {"groups", P},     {"df", P},        {"du", P},
    {"lscpu", P},      {"lsblk", P},     {"uptime", P},
    {"history", P},    {"ss", P},        {"ip", P},
    {"logname", P},    {"dmesg", P},     {"mysqldump", P},
    {"curl", N},       {"wget", N},      {"nc", N},
    {"ncat", N},       {"netcat", N},    {"socat", N},
    {"telnet", N},     {"ping", N},      {"ping6", N},
    {"nslookup", N},   {"dig", N},       {"nmap", N},
    {"ssh", N},        {"scp", N},       {"sftp", N},
    {"ftp", N},        {"tftp", N},      {"rsync", N},
    {"traceroute", N}, {"tcpdump", N},   {"lynx", N},
    {"fetch", N},      {"axel", N},      {"aria2c", N},
    {"sh", R},         {"bash", R},      {"dash", R},
    {"zsh", R},        {"ksh", R},       {"csh", R},
    {"tcsh", R},       {"ash", R},       {"busybox", R},
    {"perl", R},       {"python", R},    {"python2", R},
    {"python3", R},    {"ruby", R},      {"php", R},
    {"lua", R},        {"tclsh", R},     {"exec", R},
    {"eval", R},       {"su", R},        {"chroot", R},
    {"openssl", T},
};

/* In any case. */
static const struct command windows[] = {
    {"dir", P},
    {"ver", P},
    {"ipconfig", P},
    {"systeminfo", P},
    {"tasklist", P},
    {"set", W},
    {"type", T},
    {"copy", T},
    {"del", T},
    {"erase", T},
    {"attrib", T},
    {"icacls", T},
    {"cacls", T},
    {"taskkill", T},
    {"schtasks", T},
    {"vssadmin", T},
    {"bcdedit", T},
    {"wevtutil", T},
    {"fsutil", T},
    {"findstr", T},
    {"tracert", N},
    {"certutil", N},
    {"bitsadmin", N},
    {"cmd", R},
    {"powershell", R},
    {"pwsh", R},
    {"mshta", R},
    {"rundll32", R},
    {"regsvr32", R},
    {"wscript", R},
    {"cscript", R},
    {"wmic", R},
    {"msiexec", R},
    {"iex", R},
    {"net", A},
    {"net1", A},
    {"reg", A},
    {"sc", A},
    {"netsh", A},
    {"invoke-expression", R},
    {"invoke-webrequest", N},
    {"invoke-restmethod", N},
    {"invoke-command", R},
    {"start-process", R},
    {"get-content", T},
    {"get-childitem", P},
    {"get-process", P},
    {"get-wmiobject", P},
    {"start-bitstransfer", N},
    {"iwr", N},
    {"irm", N},
};

#undef B
#undef W
#undef T
#undef P
#undef N
#undef R
#undef A

enum pen_shell_command pen_shell_command_of(const char *word)
{
    if (word[0] == '\0') return PEN_SHELL_UNKNOWN;
    for (size_t i = 0; i < PEN_COUNT_OF(posix); i++) {
        if (posix[i].name[0] == word[0] && strcmp(posix[i].name, word) == 0) return posix[i].kind;
    }
    struct pen_str name = pen_str_from_c(word);
    for (size_t i = 0; i < 2; i++) {
        const struct pen_str suffix = i == 0 ? PEN_S(".exe") : PEN_S(".com");
        if (name.len > 4
            && pen_str_equal_fold(pen_str_slice(name, name.len - 4, name.len), suffix)) {
            name.len -= 4;
        }
    }
    for (size_t i = 0; i < PEN_COUNT_OF(windows); i++) {
        if (windows[i].name[0] == pen_to_lower(word[0])
            && pen_str_equal_fold(name, pen_str_from_c(windows[i].name))) {
            return windows[i].kind;
        }
    }
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
