/** Commands of POSIX systems and of Windows, by their first letter and then by name. */
#include "filters/shell_names.h"

#include <string.h>

#define LONGEST 24 /* bytes of a command of Windows with its suffix */
#define LETTERS 26

struct command {
    const char *name;
    enum pen_shell_command kind;
};

/* Commands of one letter: an eighth of the search in a table of all. */
struct group {
    const struct command *list;
    size_t count;
};

#define GROUP(commands)                  \
    {                                    \
        commands, PEN_COUNT_OF(commands) \
    }

#define B PEN_SHELL_BUILD
#define W PEN_SHELL_WORDY
#define T PEN_SHELL_TOOL
#define P PEN_SHELL_PROBE
#define N PEN_SHELL_NET
#define R PEN_SHELL_RUN
#define A PEN_SHELL_ADMIN

/* In the exact case that POSIX systems want. */
static const struct command posix_a[] = {{"adduser", T}, {"ansible", B}, {"apk", B},  {"apt", B},
                                         {"apt-get", B}, {"ar", T},      {"arch", W}, {"aria2c", N},
                                         {"arp", P},     {"ash", R},     {"at", W},   {"awk", T},
                                         {"aws", B},     {"axel", N},    {"az", B}};
static const struct command posix_b[] = {{"base32", T}, {"base64", T}, {"bash", R},    {"batch", W},
                                         {"blkid", P},  {"brew", B},   {"builtin", W}, {"bun", B},
                                         {"bundle", B}, {"busybox", R}};
static const struct command posix_c[] = {
    {"cargo", B},   {"cat", T},      {"cd", B},        {"chage", T},  {"chattr", T},
    {"chmod", T},   {"chown", T},    {"chpasswd", T},  {"chroot", R}, {"clang", B},
    {"cmake", B},   {"cmp", T},      {"col", W},       {"column", W}, {"comm", T},
    {"command", W}, {"composer", B}, {"configure", B}, {"cp", T},     {"cpio", T},
    {"crontab", T}, {"csh", R},      {"ctest", B},     {"ctr", B},    {"curl", N},
    {"curlie", N},  {"cut", W}};
static const struct command posix_d[] = {{"dash", R},
                                         {"date", W},
                                         {"dd", T},
                                         {"deno", B},
                                         {"df", P},
                                         {"diff", W},
                                         {"dig", N},
                                         {"dmesg", P},
                                         {"dnf", B},
                                         {"dnsdomainname", P},
                                         {"doas", B},
                                         {"docker", B},
                                         {"docker-compose", B},
                                         {"domainname", P},
                                         {"dotnet", B},
                                         {"dpkg", T},
                                         {"du", P}};
static const struct command posix_e[] = {{"echo", T}, {"ed", W},     {"egrep", T},  {"eksctl", B},
                                         {"env", P},  {"eslint", B}, {"eval", R},   {"exec", R},
                                         {"exit", W}, {"expand", W}, {"expect", W}, {"export", B}};
static const struct command posix_f[] = {{"false", W}, {"fdisk", T}, {"fetch", N},  {"fgrep", T},
                                         {"file", W},  {"find", W},  {"finger", W}, {"fold", W},
                                         {"fping", N}, {"ftp", N}};
static const struct command posix_g[] = {
    {"gawk", T},    {"gcc", B},  {"gcloud", B},   {"gdb", T},    {"getcap", P},
    {"getent", P},  {"git", B},  {"go", B},       {"gpg", T},    {"gradle", B},
    {"gradlew", B}, {"grep", T}, {"groupadd", T}, {"groups", P}, {"gzip", T}};
static const struct command posix_h[] = {{"halt", W},     {"head", W},        {"helm", B},
                                         {"hexdump", T},  {"history", P},     {"host", W},
                                         {"hostname", P}, {"hostnamectl", P}, {"hping3", N}};
static const struct command posix_i[] = {{"iconv", T},  {"id", P},       {"ifconfig", P},
                                         {"insmod", T}, {"ionice", W},   {"iostat", P},
                                         {"ip", P},     {"iptables", T}, {"irb", R}};
static const struct command posix_j[] = {{"java", B}, {"javac", B},      {"jest", B},
                                         {"join", W}, {"journalctl", P}, {"jshell", R}};
static const struct command posix_k[] = {
    {"kill", W}, {"killall", T}, {"ksh", R}, {"kubectl", B}, {"kubelet", B}};
static const struct command posix_l[] = {
    {"last", W}, {"lastlog", P},     {"ldapsearch", N}, {"less", W},    {"link", W},
    {"ln", T},   {"locate", W},      {"logger", W},     {"logname", P}, {"look", W},
    {"ls", P},   {"lsb_release", P}, {"lsblk", P},      {"lscpu", P},   {"lsmod", P},
    {"lsof", P}, {"lspci", P},       {"lsusb", P},      {"lua", R},     {"lwp-request", N},
    {"lynx", N}};
static const struct command posix_m[] = {
    {"mail", W},     {"make", B},     {"man", W},       {"mawk", T},    {"meson", B},
    {"minikube", B}, {"mkdir", B},    {"mkfifo", T},    {"mkfs", T},    {"mknod", T},
    {"modprobe", T}, {"mongo", T},    {"mongodump", T}, {"mongosh", T}, {"more", W},
    {"mount", W},    {"msfvenom", T}, {"mtr", N},       {"mv", T},      {"mvn", B},
    {"mysql", T},    {"mysqldump", P}};
static const struct command posix_n[] = {
    {"nano", T}, {"nc", N},    {"ncat", N}, {"nerdctl", B}, {"netcat", N},  {"netstat", P},
    {"nice", W}, {"ninja", B}, {"nl", T},   {"nmap", N},    {"node", B},    {"nohup", T},
    {"npm", B},  {"nproc", P}, {"npx", B},  {"nsenter", R}, {"nslookup", N}};
static const struct command posix_o[] = {{"od", T}, {"openssl", T}};
static const struct command posix_p[] = {
    {"pacman", B},  {"passwd", T},   {"paste", W},  {"perl", R},   {"pg_dump", T},  {"pgrep", P},
    {"php", R},     {"ping", N},     {"ping6", N},  {"pip", B},    {"pip3", B},     {"pipenv", B},
    {"pkill", T},   {"pnpm", B},     {"podman", B}, {"poetry", B}, {"poweroff", W}, {"pr", W},
    {"print", W},   {"printenv", P}, {"printf", T}, {"ps", P},     {"psql", T},     {"pstree", P},
    {"pulumi", B},  {"pushd", B},    {"pwd", P},    {"pwsh", R},   {"pytest", B},   {"python", R},
    {"python2", R}, {"python3", R}};
static const struct command posix_r[] = {
    {"rails", B},     {"rake", B},   {"read", W},      {"readlink", T}, {"reboot", W},
    {"redis-cli", N}, {"restic", T}, {"rev", T},       {"rlogin", N},   {"rm", T},
    {"rmdir", B},     {"rmmod", T},  {"route", P},     {"rpcinfo", N},  {"rpm", T},
    {"rsync", N},     {"ruby", R},   {"run-parts", R}, {"rustup", B}};
static const struct command posix_s[] = {
    {"sbt", B},        {"scp", N},     {"screen", T},   {"script", W},    {"sed", T},
    {"serverless", B}, {"service", B}, {"sestatus", P}, {"set", B},       {"setfacl", T},
    {"setsid", R},     {"sftp", N},    {"sh", R},       {"showmount", N}, {"shred", T},
    {"shutdown", T},   {"sleep", T},   {"sls", B},      {"smbclient", N}, {"socat", N},
    {"sort", W},       {"source", B},  {"split", W},    {"sqlite3", T},   {"ss", P},
    {"ssh", N},        {"stat", T},    {"stdbuf", W},   {"strace", T},    {"strings", W},
    {"stty", W},       {"su", R},      {"sudo", B},     {"sysctl", T},    {"systemctl", B}};
static const struct command posix_t[] = {
    {"tac", T},  {"tail", W},  {"tar", T},         {"tclsh", R},     {"tcpdump", N},
    {"tcsh", R}, {"tee", T},   {"telnet", N},      {"terraform", B}, {"test", W},
    {"tftp", N}, {"time", W},  {"timedatectl", P}, {"timeout", W},   {"tmux", T},
    {"top", W},  {"touch", W}, {"tox", B},         {"tr", T},        {"traceroute", N},
    {"tree", W}, {"true", W},  {"truncate", T},    {"tsc", B},       {"type", W}};
static const struct command posix_u[] = {
    {"umask", W}, {"umount", T}, {"uname", P},   {"uniq", T},    {"unset", W},   {"unshare", R},
    {"unzip", T}, {"uptime", P}, {"useradd", T}, {"userdel", T}, {"usermod", T}, {"users", W}};
static const struct command posix_v[] = {
    {"vi", T}, {"view", W}, {"vim", T}, {"visudo", T}, {"vmstat", P}};
static const struct command posix_w[] = {{"w", W},    {"wait", W},   {"watch", W},   {"wc", T},
                                         {"wget", N}, {"wget2", N},  {"whereis", P}, {"which", W},
                                         {"who", W},  {"whoami", P}, {"whois", N},   {"wish", R},
                                         {"write", W}};
static const struct command posix_x[] = {{"xargs", T}, {"xmllint", T}, {"xxd", T}};
static const struct command posix_y[] = {{"yarn", B}, {"yum", B}};
static const struct command posix_z[] = {{"zgrep", T}, {"zip", T}, {"zsh", R}};

static const struct group posix[LETTERS] = {
    [0] = GROUP(posix_a),  [1] = GROUP(posix_b),  [2] = GROUP(posix_c),  [3] = GROUP(posix_d),
    [4] = GROUP(posix_e),  [5] = GROUP(posix_f),  [6] = GROUP(posix_g),  [7] = GROUP(posix_h),
    [8] = GROUP(posix_i),  [9] = GROUP(posix_j),  [10] = GROUP(posix_k), [11] = GROUP(posix_l),
    [12] = GROUP(posix_m), [13] = GROUP(posix_n), [14] = GROUP(posix_o), [15] = GROUP(posix_p),
    [17] = GROUP(posix_r), [18] = GROUP(posix_s), [19] = GROUP(posix_t), [20] = GROUP(posix_u),
    [21] = GROUP(posix_v), [22] = GROUP(posix_w), [23] = GROUP(posix_x), [24] = GROUP(posix_y),
    [25] = GROUP(posix_z),
};
/* In any case. */
static const struct command windows_a[] = {{"add-content", T}, {"attrib", T}};
static const struct command windows_b[] = {{"bcdedit", T}, {"bitsadmin", N}};
static const struct command windows_c[] = {{"cacls", T},  {"certutil", N}, {"cmd", R},
                                           {"cmdkey", T}, {"copy", T},     {"copy-item", T},
                                           {"cscript", R}};
static const struct command windows_d[] = {
    {"del", T}, {"dir", P}, {"diskpart", T}, {"driverquery", P}, {"dsquery", P}};
static const struct command windows_e[] = {{"erase", T}};
static const struct command windows_f[] = {{"findstr", T}, {"forfiles", R}, {"fsutil", T}};
static const struct command windows_g[] = {
    {"gci", P},         {"get-acl", P},       {"get-aduser", P},       {"get-childitem", P},
    {"get-content", T}, {"get-localuser", P}, {"get-netipaddress", P}, {"get-process", P},
    {"get-service", P}, {"get-wmiobject", P}, {"gpresult", P}};
static const struct command windows_h[] = {{"hostname", P}};
static const struct command windows_i[] = {{"icacls", T},
                                           {"iex", R},
                                           {"installutil", R},
                                           {"invoke-command", R},
                                           {"invoke-expression", R},
                                           {"invoke-mimikatz", T},
                                           {"invoke-restmethod", N},
                                           {"invoke-webrequest", N},
                                           {"ipconfig", P},
                                           {"irm", N},
                                           {"iwr", N}};
static const struct command windows_k[] = {{"klist", P}};
static const struct command windows_m[] = {{"mshta", R}, {"msiexec", R}};
static const struct command windows_n[] = {{"net", A},     {"net1", A},     {"netsh", A},
                                           {"netstat", P}, {"new-item", T}, {"new-localuser", T},
                                           {"nltest", P},  {"nslookup", N}};
static const struct command windows_o[] = {{"odbcconf", R}};
static const struct command windows_p[] = {
    {"pcalua", R}, {"ping", N}, {"powershell", R}, {"psexec", R}, {"pwsh", R}};
static const struct command windows_q[] = {{"quser", P}, {"qwinsta", P}};
static const struct command windows_r[] = {{"reg", A},      {"regasm", R},      {"regsvcs", R},
                                           {"regsvr32", R}, {"remove-item", T}, {"rmdir", T},
                                           {"robocopy", T}, {"rundll32", R}};
static const struct command windows_s[] = {
    {"sc", A},        {"schtasks", T},           {"set", W},           {"set-content", T},
    {"shutdown", T},  {"start-bitstransfer", N}, {"start-process", R}, {"start-sleep", T},
    {"systeminfo", P}};
static const struct command windows_t[] = {{"takeown", T},  {"taskkill", T},
                                           {"tasklist", P}, {"test-netconnection", N},
                                           {"tracert", N},  {"type", T}};
static const struct command windows_v[] = {{"ver", P}, {"vssadmin", T}};
static const struct command windows_w[] = {{"wevtutil", T},     {"whoami", P},  {"winrm", R},
                                           {"winrs", R},        {"wmic", R},    {"write-host", T},
                                           {"write-output", T}, {"wscript", R}, {"wsl", R}};
static const struct command windows_x[] = {{"xcopy", T}};

static const struct group windows[LETTERS] = {
    [0] = GROUP(windows_a),  [1] = GROUP(windows_b),  [2] = GROUP(windows_c),
    [3] = GROUP(windows_d),  [4] = GROUP(windows_e),  [5] = GROUP(windows_f),
    [6] = GROUP(windows_g),  [7] = GROUP(windows_h),  [8] = GROUP(windows_i),
    [10] = GROUP(windows_k), [12] = GROUP(windows_m), [13] = GROUP(windows_n),
    [14] = GROUP(windows_o), [15] = GROUP(windows_p), [16] = GROUP(windows_q),
    [17] = GROUP(windows_r), [18] = GROUP(windows_s), [19] = GROUP(windows_t),
    [21] = GROUP(windows_v), [22] = GROUP(windows_w), [23] = GROUP(windows_x),
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

/* Groups are sorted by name. The name begins with a small letter. */
static enum pen_shell_command find(const struct group groups[LETTERS], const char *name)
{
    const struct command *const table = groups[name[0] - 'a'].list;
    size_t count = groups[name[0] - 'a'].count;
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
    /* Of one letter there is but one. */
    if (word[1] == '\0') return word[0] == 'w' ? PEN_SHELL_WORDY : PEN_SHELL_UNKNOWN;
    const bool lower_case = word[0] >= 'a';
    const enum pen_shell_command exact = lower_case ? find(posix, word) : PEN_SHELL_UNKNOWN;
    if (exact != PEN_SHELL_UNKNOWN) return exact;

    char lower[LONGEST + 1];
    size_t length = 0;
    while (length < LONGEST && word[length] != '\0') {
        lower[length] = pen_to_lower(word[length]);
        length++;
    }
    lower[length] = '\0';
    struct pen_str name = {lower, length};
    const bool dotted = length > 4 && lower[length - 4] == '.';
    if (dotted && (pen_str_ends(name, PEN_S(".exe")) || pen_str_ends(name, PEN_S(".com")))) {
        name.len -= 4;
        lower[name.len] = '\0';
    }
    const enum pen_shell_command folded = find(windows, lower);
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
