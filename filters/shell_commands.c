/** Commands of POSIX systems and of Windows, by their first letter and then by name. */
#include "filters/shell_names.h"

#include <string.h>

#include "filters/core/words.h"

#define LONGEST 24 /* bytes of a command of Windows with its suffix */

enum {
    BUILD = PEN_SHELL_BUILD,
    WORDY = PEN_SHELL_WORDY,
    TOOL = PEN_SHELL_TOOL,
    PROBE = PEN_SHELL_PROBE,
    NET = PEN_SHELL_NET,
    RUN = PEN_SHELL_RUN,
    ADMIN = PEN_SHELL_ADMIN,
};

/* clang-format off */
/* In the exact case that POSIX systems want. */
#define POSIX_A(W) \
    W("adduser", TOOL) W("ansible", BUILD) W("apk", BUILD) W("apt", BUILD) W("apt-get", BUILD) \
    W("ar", TOOL) W("arch", WORDY) W("aria2c", NET) W("arp", PROBE) W("ash", RUN) W("at", WORDY) \
    W("awk", TOOL) W("aws", BUILD) W("axel", NET) W("az", BUILD)
#define POSIX_B(W) \
    W("base32", TOOL) W("base64", TOOL) W("bash", RUN) W("batch", WORDY) W("blkid", PROBE) \
    W("brew", BUILD) W("builtin", WORDY) W("bun", BUILD) W("bundle", BUILD) W("busybox", RUN)
#define POSIX_C(W) \
    W("cargo", BUILD) W("cat", TOOL) W("cd", BUILD) W("chage", TOOL) W("chattr", TOOL) \
    W("chmod", TOOL) W("chown", TOOL) W("chpasswd", TOOL) W("chroot", RUN) W("clang", BUILD) \
    W("cmake", BUILD) W("cmp", TOOL) W("col", WORDY) W("column", WORDY) W("comm", TOOL) \
    W("command", WORDY) W("composer", BUILD) W("configure", BUILD) W("cp", TOOL) W("cpio", TOOL) \
    W("crontab", TOOL) W("csh", RUN) W("ctest", BUILD) W("ctr", BUILD) W("curl", NET) \
    W("curlie", NET) W("cut", WORDY)
#define POSIX_D(W) \
    W("dash", RUN) W("date", WORDY) W("dd", TOOL) W("deno", BUILD) W("df", PROBE) \
    W("diff", WORDY) W("dig", NET) W("dmesg", PROBE) W("dnf", BUILD) W("dnsdomainname", PROBE) \
    W("doas", BUILD) W("docker", BUILD) W("docker-compose", BUILD) W("domainname", PROBE) \
    W("dotnet", BUILD) W("dpkg", TOOL) W("du", PROBE)
#define POSIX_E(W) \
    W("echo", TOOL) W("ed", WORDY) W("egrep", TOOL) W("eksctl", BUILD) W("env", PROBE) \
    W("eslint", BUILD) W("eval", RUN) W("exec", RUN) W("exit", WORDY) W("expand", WORDY) \
    W("expect", WORDY) W("export", BUILD)
#define POSIX_F(W) \
    W("false", WORDY) W("fdisk", TOOL) W("fetch", NET) W("fgrep", TOOL) W("file", WORDY) \
    W("find", WORDY) W("finger", WORDY) W("fold", WORDY) W("fping", NET) W("ftp", NET)
#define POSIX_G(W) \
    W("gawk", TOOL) W("gcc", BUILD) W("gcloud", BUILD) W("gdb", TOOL) W("getcap", PROBE) \
    W("getent", PROBE) W("git", BUILD) W("go", BUILD) W("gpg", TOOL) W("gradle", BUILD) \
    W("gradlew", BUILD) W("grep", TOOL) W("groupadd", TOOL) W("groups", PROBE) W("gzip", TOOL)
#define POSIX_H(W) \
    W("halt", WORDY) W("head", WORDY) W("helm", BUILD) W("hexdump", TOOL) W("history", PROBE) \
    W("host", WORDY) W("hostname", PROBE) W("hostnamectl", PROBE) W("hping3", NET)
#define POSIX_I(W) \
    W("iconv", TOOL) W("id", PROBE) W("ifconfig", PROBE) W("insmod", TOOL) W("ionice", WORDY) \
    W("iostat", PROBE) W("ip", PROBE) W("iptables", TOOL) W("irb", RUN)
#define POSIX_J(W) \
    W("java", BUILD) W("javac", BUILD) W("jest", BUILD) W("join", WORDY) W("journalctl", PROBE) \
    W("jshell", RUN)
#define POSIX_K(W) \
    W("kill", WORDY) W("killall", TOOL) W("ksh", RUN) W("kubectl", BUILD) W("kubelet", BUILD)
#define POSIX_L(W) \
    W("last", WORDY) W("lastlog", PROBE) W("ldapsearch", NET) W("less", WORDY) W("link", WORDY) \
    W("ln", TOOL) W("locate", WORDY) W("logger", WORDY) W("logname", PROBE) W("look", WORDY) \
    W("ls", PROBE) W("lsb_release", PROBE) W("lsblk", PROBE) W("lscpu", PROBE) W("lsmod", PROBE) \
    W("lsof", PROBE) W("lspci", PROBE) W("lsusb", PROBE) W("lua", RUN) W("lwp-request", NET) \
    W("lynx", NET)
#define POSIX_M(W) \
    W("mail", WORDY) W("make", BUILD) W("man", WORDY) W("mawk", TOOL) W("meson", BUILD) \
    W("minikube", BUILD) W("mkdir", BUILD) W("mkfifo", TOOL) W("mkfs", TOOL) W("mknod", TOOL) \
    W("modprobe", TOOL) W("mongo", TOOL) W("mongodump", TOOL) W("mongosh", TOOL) W("more", WORDY) \
    W("mount", WORDY) W("msfvenom", TOOL) W("mtr", NET) W("mv", TOOL) W("mvn", BUILD) \
    W("mysql", TOOL) W("mysqldump", PROBE)
#define POSIX_N(W) \
    W("nano", TOOL) W("nc", NET) W("ncat", NET) W("nerdctl", BUILD) W("netcat", NET) \
    W("netstat", PROBE) W("nice", WORDY) W("ninja", BUILD) W("nl", TOOL) W("nmap", NET) \
    W("node", BUILD) W("nohup", TOOL) W("npm", BUILD) W("nproc", PROBE) W("npx", BUILD) \
    W("nsenter", RUN) W("nslookup", NET)
#define POSIX_O(W) W("od", TOOL) W("openssl", TOOL)
#define POSIX_P(W) \
    W("pacman", BUILD) W("passwd", TOOL) W("paste", WORDY) W("perl", RUN) W("pg_dump", TOOL) \
    W("pgrep", PROBE) W("php", RUN) W("ping", NET) W("ping6", NET) W("pip", BUILD) \
    W("pip3", BUILD) W("pipenv", BUILD) W("pkill", TOOL) W("pnpm", BUILD) W("podman", BUILD) \
    W("poetry", BUILD) W("poweroff", WORDY) W("pr", WORDY) W("print", WORDY) W("printenv", PROBE) \
    W("printf", TOOL) W("ps", PROBE) W("psql", TOOL) W("pstree", PROBE) W("pulumi", BUILD) \
    W("pushd", BUILD) W("pwd", PROBE) W("pwsh", RUN) W("pytest", BUILD) W("python", RUN) \
    W("python2", RUN) W("python3", RUN)
#define POSIX_R(W) \
    W("rails", BUILD) W("rake", BUILD) W("read", WORDY) W("readlink", TOOL) W("reboot", WORDY) \
    W("redis-cli", NET) W("restic", TOOL) W("rev", TOOL) W("rlogin", NET) W("rm", TOOL) \
    W("rmdir", BUILD) W("rmmod", TOOL) W("route", PROBE) W("rpcinfo", NET) W("rpm", TOOL) \
    W("rsync", NET) W("ruby", RUN) W("run-parts", RUN) W("rustup", BUILD)
#define POSIX_S(W) \
    W("sbt", BUILD) W("scp", NET) W("screen", TOOL) W("script", WORDY) W("sed", TOOL) \
    W("serverless", BUILD) W("service", BUILD) W("sestatus", PROBE) W("set", BUILD) \
    W("setfacl", TOOL) W("setsid", RUN) W("sftp", NET) W("sh", RUN) W("showmount", NET) \
    W("shred", TOOL) W("shutdown", TOOL) W("sleep", TOOL) W("sls", BUILD) W("smbclient", NET) \
    W("socat", NET) W("sort", WORDY) W("source", BUILD) W("split", WORDY) W("sqlite3", TOOL) \
    W("ss", PROBE) W("ssh", NET) W("stat", TOOL) W("stdbuf", WORDY) W("strace", TOOL) \
    W("strings", WORDY) W("stty", WORDY) W("su", RUN) W("sudo", BUILD) W("sysctl", TOOL) \
    W("systemctl", BUILD)
#define POSIX_T(W) \
    W("tac", TOOL) W("tail", WORDY) W("tar", TOOL) W("tclsh", RUN) W("tcpdump", NET) \
    W("tcsh", RUN) W("tee", TOOL) W("telnet", NET) W("terraform", BUILD) W("test", WORDY) \
    W("tftp", NET) W("time", WORDY) W("timedatectl", PROBE) W("timeout", WORDY) W("tmux", TOOL) \
    W("top", WORDY) W("touch", WORDY) W("tox", BUILD) W("tr", TOOL) W("traceroute", NET) \
    W("tree", WORDY) W("true", WORDY) W("truncate", TOOL) W("tsc", BUILD) W("type", WORDY)
#define POSIX_U(W) \
    W("umask", WORDY) W("umount", TOOL) W("uname", PROBE) W("uniq", TOOL) W("unset", WORDY) \
    W("unshare", RUN) W("unzip", TOOL) W("uptime", PROBE) W("useradd", TOOL) W("userdel", TOOL) \
    W("usermod", TOOL) W("users", WORDY)
#define POSIX_V(W) \
    W("vi", TOOL) W("view", WORDY) W("vim", TOOL) W("visudo", TOOL) W("vmstat", PROBE)
#define POSIX_W(W) \
    W("w", WORDY) W("wait", WORDY) W("watch", WORDY) W("wc", TOOL) W("wget", NET) W("wget2", NET) \
    W("whereis", PROBE) W("which", WORDY) W("who", WORDY) W("whoami", PROBE) W("whois", NET) \
    W("wish", RUN) W("write", WORDY)
#define POSIX_X(W) W("xargs", TOOL) W("xmllint", TOOL) W("xxd", TOOL)
#define POSIX_Y(W) W("yarn", BUILD) W("yum", BUILD)
#define POSIX_Z(W) W("zgrep", TOOL) W("zip", TOOL) W("zsh", RUN)

/* In any case. */
#define WINDOWS_A(W) W("add-content", TOOL) W("attrib", TOOL)
#define WINDOWS_B(W) W("bcdedit", TOOL) W("bitsadmin", NET)
#define WINDOWS_C(W) \
    W("cacls", TOOL) W("certutil", NET) W("cmd", RUN) W("cmdkey", TOOL) W("copy", TOOL) \
    W("copy-item", TOOL) W("cscript", RUN)
#define WINDOWS_D(W) \
    W("del", TOOL) W("dir", PROBE) W("diskpart", TOOL) W("driverquery", PROBE) \
    W("dsquery", PROBE)
#define WINDOWS_E(W) W("erase", TOOL)
#define WINDOWS_F(W) W("findstr", TOOL) W("forfiles", RUN) W("fsutil", TOOL)
#define WINDOWS_G(W) \
    W("gci", PROBE) W("get-acl", PROBE) W("get-aduser", PROBE) W("get-childitem", PROBE) \
    W("get-content", TOOL) W("get-localuser", PROBE) W("get-netipaddress", PROBE) \
    W("get-process", PROBE) W("get-service", PROBE) W("get-wmiobject", PROBE) \
    W("gpresult", PROBE)
#define WINDOWS_H(W) W("hostname", PROBE)
#define WINDOWS_I(W) \
    W("icacls", TOOL) W("iex", RUN) W("installutil", RUN) W("invoke-command", RUN) \
    W("invoke-expression", RUN) W("invoke-mimikatz", TOOL) W("invoke-restmethod", NET) \
    W("invoke-webrequest", NET) W("ipconfig", PROBE) W("irm", NET) W("iwr", NET)
#define WINDOWS_K(W) W("klist", PROBE)
#define WINDOWS_M(W) W("mshta", RUN) W("msiexec", RUN)
#define WINDOWS_N(W) \
    W("net", ADMIN) W("net1", ADMIN) W("netsh", ADMIN) W("netstat", PROBE) W("new-item", TOOL) \
    W("new-localuser", TOOL) W("nltest", PROBE) W("nslookup", NET)
#define WINDOWS_O(W) W("odbcconf", RUN)
#define WINDOWS_P(W) \
    W("pcalua", RUN) W("ping", NET) W("powershell", RUN) W("psexec", RUN) W("pwsh", RUN)
#define WINDOWS_Q(W) W("quser", PROBE) W("qwinsta", PROBE)
#define WINDOWS_R(W) \
    W("reg", ADMIN) W("regasm", RUN) W("regsvcs", RUN) W("regsvr32", RUN) W("remove-item", TOOL) \
    W("rmdir", TOOL) W("robocopy", TOOL) W("rundll32", RUN)
#define WINDOWS_S(W) \
    W("sc", ADMIN) W("schtasks", TOOL) W("set", WORDY) W("set-content", TOOL) W("shutdown", TOOL) \
    W("start-bitstransfer", NET) W("start-process", RUN) W("start-sleep", TOOL) \
    W("systeminfo", PROBE)
#define WINDOWS_T(W) \
    W("takeown", TOOL) W("taskkill", TOOL) W("tasklist", PROBE) W("test-netconnection", NET) \
    W("tracert", NET) W("type", TOOL)
#define WINDOWS_V(W) W("ver", PROBE) W("vssadmin", TOOL)
#define WINDOWS_W(W) \
    W("wevtutil", TOOL) W("whoami", PROBE) W("winrm", RUN) W("winrs", RUN) W("wmic", RUN) \
    W("write-host", TOOL) W("write-output", TOOL) W("wscript", RUN) W("wsl", RUN)
#define WINDOWS_X(W) W("xcopy", TOOL)
/* clang-format on */

static const struct pen_word_group posix[PEN_WORD_LETTERS] = {
    ['a' - 'a'] = PEN_WORDS(POSIX_A), ['b' - 'a'] = PEN_WORDS(POSIX_B),
    ['c' - 'a'] = PEN_WORDS(POSIX_C), ['d' - 'a'] = PEN_WORDS(POSIX_D),
    ['e' - 'a'] = PEN_WORDS(POSIX_E), ['f' - 'a'] = PEN_WORDS(POSIX_F),
    ['g' - 'a'] = PEN_WORDS(POSIX_G), ['h' - 'a'] = PEN_WORDS(POSIX_H),
    ['i' - 'a'] = PEN_WORDS(POSIX_I), ['j' - 'a'] = PEN_WORDS(POSIX_J),
    ['k' - 'a'] = PEN_WORDS(POSIX_K), ['l' - 'a'] = PEN_WORDS(POSIX_L),
    ['m' - 'a'] = PEN_WORDS(POSIX_M), ['n' - 'a'] = PEN_WORDS(POSIX_N),
    ['o' - 'a'] = PEN_WORDS(POSIX_O), ['p' - 'a'] = PEN_WORDS(POSIX_P),
    ['r' - 'a'] = PEN_WORDS(POSIX_R), ['s' - 'a'] = PEN_WORDS(POSIX_S),
    ['t' - 'a'] = PEN_WORDS(POSIX_T), ['u' - 'a'] = PEN_WORDS(POSIX_U),
    ['v' - 'a'] = PEN_WORDS(POSIX_V), ['w' - 'a'] = PEN_WORDS(POSIX_W),
    ['x' - 'a'] = PEN_WORDS(POSIX_X), ['y' - 'a'] = PEN_WORDS(POSIX_Y),
    ['z' - 'a'] = PEN_WORDS(POSIX_Z),
};

static const struct pen_word_group windows[PEN_WORD_LETTERS] = {
    ['a' - 'a'] = PEN_WORDS(WINDOWS_A), ['b' - 'a'] = PEN_WORDS(WINDOWS_B),
    ['c' - 'a'] = PEN_WORDS(WINDOWS_C), ['d' - 'a'] = PEN_WORDS(WINDOWS_D),
    ['e' - 'a'] = PEN_WORDS(WINDOWS_E), ['f' - 'a'] = PEN_WORDS(WINDOWS_F),
    ['g' - 'a'] = PEN_WORDS(WINDOWS_G), ['h' - 'a'] = PEN_WORDS(WINDOWS_H),
    ['i' - 'a'] = PEN_WORDS(WINDOWS_I), ['k' - 'a'] = PEN_WORDS(WINDOWS_K),
    ['m' - 'a'] = PEN_WORDS(WINDOWS_M), ['n' - 'a'] = PEN_WORDS(WINDOWS_N),
    ['o' - 'a'] = PEN_WORDS(WINDOWS_O), ['p' - 'a'] = PEN_WORDS(WINDOWS_P),
    ['q' - 'a'] = PEN_WORDS(WINDOWS_Q), ['r' - 'a'] = PEN_WORDS(WINDOWS_R),
    ['s' - 'a'] = PEN_WORDS(WINDOWS_S), ['t' - 'a'] = PEN_WORDS(WINDOWS_T),
    ['v' - 'a'] = PEN_WORDS(WINDOWS_V), ['w' - 'a'] = PEN_WORDS(WINDOWS_W),
    ['x' - 'a'] = PEN_WORDS(WINDOWS_X),
};

/* A digit where it stands in php8, ruby2, perl5 or python3. */
static bool is_versioned(const char *word, size_t length)
{
    return length > 3
           && (pen_is_digit(word[3]) || (length > 4 && pen_is_digit(word[4]))
               || (length > 6 && pen_is_digit(word[6])));
}

/* A look at its first letter and length, before it is put into lower case. */
static bool may_be_folded(const char *word, size_t length)
{
    const char first = pen_to_lower(word[0]);
    const uint64_t lengths = windows[first - 'a'].lengths;
    const char last = pen_to_lower(word[length - 1]); /* of ".exe" or ".com" */
    const bool suffix = length > 4 && word[length - 4] == '.' && (last == 'e' || last == 'm');
    return (lengths >> length & 1) != 0 || (suffix && (lengths >> (length - 4) & 1) != 0)
           || ((first == 'p' || first == 'r') && is_versioned(word, length));
}

enum pen_shell_command pen_shell_command_of(const char *word)
{
    if (!pen_is_alpha(word[0])) return PEN_SHELL_UNKNOWN;
    /* Of one letter there is but one. */
    if (word[1] == '\0') return word[0] == 'w' ? PEN_SHELL_WORDY : PEN_SHELL_UNKNOWN;
    const size_t whole = strlen(word);
    const struct pen_word *const exact = pen_word_find(posix, word, whole, false);
    if (exact != NULL) return (enum pen_shell_command)exact->kind;

    const size_t length = whole < LONGEST ? whole : LONGEST;
    if (!may_be_folded(word, length)) return PEN_SHELL_UNKNOWN;
    char lower[LONGEST];
    for (size_t i = 0; i < length; i++) {
        lower[i] = pen_to_lower(word[i]);
    }
    struct pen_str name = {lower, length};
    const bool dotted = length > 4 && lower[length - 4] == '.';
    if (dotted && (pen_str_ends(name, PEN_S(".exe")) || pen_str_ends(name, PEN_S(".com")))) {
        name.len -= 4;
    }
    const struct pen_word *const folded = pen_word_find(windows, name.ptr, name.len, false);
    if (folded != NULL) return (enum pen_shell_command)folded->kind;
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
