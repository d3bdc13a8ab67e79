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
    {"7z", T},          {"adduser", T},   {"ansible", B},
    {"apk", B},         {"apt", B},       {"apt-get", B},
    {"ar", T},          {"arch", W},      {"aria2c", N},
    {"arp", P},         {"ash", R},       {"at", W},
    {"awk", T},         {"aws", B},       {"axel", N},
    {"az", B},          {"base32", T},    {"base64", T},
    {"bash", R},        {"batch", W},     {"blkid", P},
    {"brew", B},        {"builtin", W},   {"bun", B},
    {"bundle", B},      {"busybox", R},   {"cargo", B},
    {"cat", T},         {"cd", B},        {"chage", T},
    {"chattr", T},      {"chmod", T},     {"chown", T},
    {"chpasswd", T},    {"chroot", R},    {"clang", B},
    {"cmake", B},       {"cmp", T},       {"col", W},
    {"column", W},      {"comm", T},      {"command", W},
    {"composer", B},    {"configure", B}, {"cp", T},
    {"cpio", T},        {"crontab", T},   {"csh", R},
    {"ctest", B},       {"ctr", B},       {"curl", N},
    {"curlie", N},      {"cut", W},       {"dash", R},
    {"date", W},        {"dd", T},        {"deno", B},
    {"df", P},          {"diff", W},      {"dig", N},
    {"dmesg", P},       {"dnf", B},       {"dnsdomainname", P},
    {"doas", B},        {"docker", B},    {"docker-compose", B},
    {"domainname", P},  {"dotnet", B},    {"dpkg", T},
    {"du", P},          {"echo", T},      {"ed", W},
    {"egrep", T},       {"eksctl", B},    {"env", P},
    {"eslint", B},      {"eval", R},      {"exec", R},
    {"exit", W},        {"expand", W},    {"expect", W},
    {"export", B},      {"false", W},     {"fdisk", T},
    {"fetch", N},       {"fgrep", T},     {"file", W},
    {"find", W},        {"finger", W},    {"fold", W},
    {"fping", N},       {"ftp", N},       {"gawk", T},
    {"gcc", B},         {"gcloud", B},    {"gdb", T},
    {"getcap", P},      {"getent", P},    {"git", B},
    {"go", B},          {"gpg", T},       {"gradle", B},
    {"gradlew", B},     {"grep", T},      {"groupadd", T},
    {"groups", P},      {"gzip", T},      {"halt", W},
    {"head", W},        {"helm", B},      {"hexdump", T},
    {"history", P},     {"host", W},      {"hostname", P},
    {"hostnamectl", P}, {"hping3", N},    {"iconv", T},
    {"id", P},          {"ifconfig", P},  {"insmod", T},
    {"ionice", W},      {"iostat", P},    {"ip", P},
    {"iptables", T},    {"irb", R},       {"java", B},
    {"javac", B},       {"jest", B},      {"join", W},
    {"journalctl", P},  {"jshell", R},    {"kill", W},
    {"killall", T},     {"ksh", R},       {"kubectl", B},
    {"kubelet", B},     {"last", W},      {"lastlog", P},
    {"ldapsearch", N},  {"less", W},      {"link", W},
    {"ln", T},          {"locate", W},    {"logger", W},
    {"logname", P},     {"look", W},      {"ls", P},
    {"lsb_release", P}, {"lsblk", P},     {"lscpu", P},
    {"lsmod", P},       {"lsof", P},      {"lspci", P},
    {"lsusb", P},       {"lua", R},       {"lwp-request", N},
    {"lynx", N},        {"mail", W},      {"make", B},
    {"man", W},         {"mawk", T},      {"meson", B},
    {"minikube", B},    {"mkdir", B},     {"mkfifo", T},
    {"mkfs", T},        {"mknod", T},     {"modprobe", T},
    {"mongo", T},       {"mongodump", T}, {"mongosh", T},
    {"more", W},        {"mount", W},     {"msfvenom", T},
    {"mtr", N},         {"mv", T},        {"mvn", B},
    {"mysql", T},       {"mysqldump", P}, {"nano", T},
    {"nc", N},          {"ncat", N},      {"nerdctl", B},
    {"netcat", N},      {"netstat", P},   {"nice", W},
    {"ninja", B},       {"nl", T},        {"nmap", N},
    {"node", B},        {"nohup", T},     {"npm", B},
    {"nproc", P},       {"npx", B},       {"nsenter", R},
    {"nslookup", N},    {"od", T},        {"openssl", T},
    {"pacman", B},      {"passwd", T},    {"paste", W},
    {"perl", R},        {"pg_dump", T},   {"pgrep", P},
    {"php", R},         {"ping", N},      {"ping6", N},
    {"pip", B},         {"pip3", B},      {"pipenv", B},
    {"pkill", T},       {"pnpm", B},      {"podman", B},
    {"poetry", B},      {"poweroff", W},  {"pr", W},
    {"print", W},       {"printenv", P},  {"printf", T},
    {"ps", P},          {"psql", T},      {"pstree", P},
    {"pulumi", B},      {"pushd", B},     {"pwd", P},
    {"pwsh", R},        {"pytest", B},    {"python", R},
    {"python2", R},     {"python3", R},   {"rails", B},
    {"rake", B},        {"read", W},      {"readlink", T},
    {"reboot", W},      {"redis-cli", N}, {"restic", T},
    {"rev", T},         {"rlogin", N},    {"rm", T},
    {"rmdir", B},       {"rmmod", T},     {"route", P},
    {"rpcinfo", N},     {"rpm", T},       {"rsync", N},
    {"ruby", R},        {"run-parts", R}, {"rustup", B},
    {"sbt", B},         {"scp", N},       {"screen", T},
    {"script", W},      {"sed", T},       {"serverless", B},
    {"service", B},     {"sestatus", P},  {"set", B},
    {"setfacl", T},     {"setsid", R},    {"sftp", N},
    {"sh", R},          {"showmount", N}, {"shred", T},
    {"shutdown", T},    {"sleep", T},     {"sls", B},
    {"smbclient", N},   {"socat", N},     {"sort", W},
    {"source", B},      {"split", W},     {"sqlite3", T},
    {"ss", P},          {"ssh", N},       {"stat", T},
    {"stdbuf", W},      {"strace", T},    {"strings", W},
    {"stty", W},        {"su", R},        {"sudo", B},
    {"sysctl", T},      {"systemctl", B}, {"tac", T},
    {"tail", W},        {"tar", T},       {"tclsh", R},
    {"tcpdump", N},     {"tcsh", R},      {"tee", T},
    {"telnet", N},      {"terraform", B}, {"test", W},
    {"tftp", N},        {"time", W},      {"timedatectl", P},
    {"timeout", W},     {"tmux", T},      {"top", W},
    {"touch", W},       {"tox", B},       {"tr", T},
    {"traceroute", N},  {"tree", W},      {"true", W},
    {"truncate", T},    {"tsc", B},       {"type", W},
    {"umask", W},       {"umount", T},    {"uname", P},
    {"uniq", T},        {"unset", W},     {"unshare", R},
    {"unzip", T},       {"uptime", P},    {"useradd", T},
    {"userdel", T},     {"usermod", T},   {"users", W},
    {"vi", T},          {"view", W},      {"vim", T},
    {"visudo", T},      {"vmstat", P},    {"w", W},
    {"wait", W},        {"watch", W},     {"wc", T},
    {"wget", N},        {"wget2", N},     {"whereis", P},
    {"which", W},       {"who", W},       {"whoami", P},
    {"whois", N},       {"wish", R},      {"write", W},
    {"xargs", T},       {"xmllint", T},   {"xxd", T},
    {"yarn", B},        {"yum", B},       {"zgrep", T},
    {"zip", T},         {"zsh", R},
};

/* In any case. */
static const struct command windows[] = {
    {"add-content", T},
    {"attrib", T},
    {"bcdedit", T},
    {"bitsadmin", N},
    {"cacls", T},
    {"certutil", N},
    {"cmd", R},
    {"cmdkey", T},
    {"copy", T},
    {"copy-item", T},
    {"cscript", R},
    {"del", T},
    {"dir", P},
    {"diskpart", T},
    {"driverquery", P},
    {"dsquery", P},
    {"erase", T},
    {"findstr", T},
    {"forfiles", R},
    {"fsutil", T},
    {"gci", P},
    {"get-acl", P},
    {"get-aduser", P},
    {"get-childitem", P},
    {"get-content", T},
    {"get-localuser", P},
    {"get-netipaddress", P},
    {"get-process", P},
    {"get-service", P},
    {"get-wmiobject", P},
    {"gpresult", P},
    {"hostname", P},
    {"icacls", T},
    {"iex", R},
    {"installutil", R},
    {"invoke-command", R},
    {"invoke-expression", R},
    {"invoke-mimikatz", T},
    {"invoke-restmethod", N},
    {"invoke-webrequest", N},
    {"ipconfig", P},
    {"irm", N},
    {"iwr", N},
    {"klist", P},
    {"mshta", R},
    {"msiexec", R},
    {"net", A},
    {"net1", A},
    {"netsh", A},
    {"netstat", P},
    {"new-item", T},
    {"new-localuser", T},
    {"nltest", P},
    {"nslookup", N},
    {"odbcconf", R},
    {"pcalua", R},
    {"ping", N},
    {"powershell", R},
    {"psexec", R},
    {"pwsh", R},
    {"quser", P},
    {"qwinsta", P},
    {"reg", A},
    {"regasm", R},
    {"regsvcs", R},
    {"regsvr32", R},
    {"remove-item", T},
    {"rmdir", T},
    {"robocopy", T},
    {"rundll32", R},
    {"sc", A},
    {"schtasks", T},
    {"set", W},
    {"set-content", T},
    {"shutdown", T},
    {"start-bitstransfer", N},
    {"start-process", R},
    {"start-sleep", T},
    {"systeminfo", P},
    {"takeown", T},
    {"taskkill", T},
    {"tasklist", P},
    {"test-netconnection", N},
    {"tracert", N},
    {"type", T},
    {"ver", P},
    {"vssadmin", T},
    {"wevtutil", T},
    {"whoami", P},
    {"winrm", R},
    {"winrs", R},
    {"wmic", R},
    {"write-host", T},
    {"write-output", T},
    {"wscript", R},
    {"wsl", R},
    {"xcopy", T},
};

#undef B
#undef W
#undef T
#undef P
#undef N
#undef R
#undef A

/* strcmp(), without a call: most names part at the second letter. */
static int compare(const char *a, const char *b)
{
    while (*a == *b && *a != '\0') {
        a++;
        b++;
    }
    return (unsigned char)*a - (unsigned char)*b;
}

/* The tables are sorted by name. */
static enum pen_shell_command find(const struct command *table, size_t count, const char *name)
{
    size_t low = 0;
    while (low < count) {
        const size_t middle = low + (count - low) / 2;
        const int order = compare(name, table[middle].name);
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
    const bool lower_case = word[0] >= 'a';
    const enum pen_shell_command exact =
        lower_case ? find(posix, PEN_COUNT_OF(posix), word) : PEN_SHELL_UNKNOWN;
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
        if (name.len > 0 && name.ptr[0] == versioned[i].ptr[0] && pen_str_starts(name, versioned[i])
            && name.len > versioned[i].len && pen_is_digit(name.ptr[versioned[i].len])) {
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
