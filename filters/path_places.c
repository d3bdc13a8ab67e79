/** Two tables, compared with each end of the resolved name. */
#include "filters/path_places.h"

static bool names_at(struct pen_str tail, size_t at, struct pen_str file)
{
    const struct pen_str rest = pen_str_slice(tail, at, tail.len);
    if (!pen_str_starts(rest, file)) return false;
    if (file.ptr[file.len - 1] == '/' || rest.len == file.len) return true;
    const char next = rest.ptr[file.len];
    return !pen_is_alpha(next) && !pen_is_digit(next) && next != '-' && next != '_';
}

static enum pen_path_place place_at(struct pen_str tail, size_t at)
{
    static const struct pen_str system[] = {
        PEN_STR("etc/passwd"),        PEN_STR("etc/shadow"),        PEN_STR("etc/group"),
        PEN_STR("etc/gshadow"),       PEN_STR("etc/master.passwd"), PEN_STR("etc/sudoers"),
        PEN_STR("etc/issue"),         PEN_STR("etc/hosts"),         PEN_STR("etc/fstab"),
        PEN_STR("etc/crontab"),       PEN_STR("etc/motd"),          PEN_STR("etc/inetd.conf"),
        PEN_STR("etc/security/"),     PEN_STR("etc/ssh/"),          PEN_STR("proc/self/"),
        PEN_STR("proc/version"),      PEN_STR("proc/cmdline"),      PEN_STR("proc/net/"),
        PEN_STR("proc/mounts"),       PEN_STR("proc/cpuinfo"),      PEN_STR("proc/sched_debug"),
        PEN_STR("boot.ini"),          PEN_STR("windows/win.ini"),   PEN_STR("winnt/win.ini"),
        PEN_STR("windows/repair/"),   PEN_STR("winnt/repair/"),     PEN_STR("windows/php.ini"),
        PEN_STR("winnt/php.ini"),     PEN_STR("windows/my.ini"),    PEN_STR("winnt/my.ini"),
        PEN_STR("windows/panther/"),  PEN_STR("system32/config/"),  PEN_STR("drivers/etc/"),
        PEN_STR("system32/inetsrv/"), PEN_STR("etcpasswd"),         PEN_STR("etcshadow"),
        PEN_STR("proc/1/"),
    };
    static const struct pen_str server[] = {
        PEN_STR("httpd.conf"),
        PEN_STR("apache.conf"),
        PEN_STR("apache2.conf"),
        PEN_STR("nginx.conf"),
        PEN_STR("php.ini"),
        PEN_STR("my.ini"),
        PEN_STR("my.cnf"),
        PEN_STR("win.ini"),
        PEN_STR("web.config"),
        PEN_STR("web-inf/"),
        PEN_STR("global.asa"),
        PEN_STR("global.asax"),
        PEN_STR(".htaccess"),
        PEN_STR(".htpasswd"),
        PEN_STR(".ssh/"),
        PEN_STR("id_rsa"),
        PEN_STR("id_dsa"),
        PEN_STR("id_ecdsa"),
        PEN_STR("id_ed25519"),
        PEN_STR(".aws/"),
        PEN_STR(".kube/config"),
        PEN_STR(".docker/"),
        PEN_STR(".git/"),
        PEN_STR(".env"),
        PEN_STR(".npmrc"),
        PEN_STR(".pgpass"),
        PEN_STR(".netrc"),
        PEN_STR(".bashrc"),
        PEN_STR(".bash_history"),
        PEN_STR(".mysql_history"),
        PEN_STR("vsftpd.conf"),
        PEN_STR("proftpd.conf"),
        PEN_STR("pure-ftpd.conf"),
        PEN_STR("httpd.conf.d/"),
        PEN_STR("etc/ftpusers"),
        PEN_STR("etc/ftpaccess"),
        PEN_STR("etc/ftphosts"),
        PEN_STR("etc/ftpchroot"),
        PEN_STR("etc/wu-ftpd/"),
        PEN_STR("etc/hostname"),
        PEN_STR("etc/release"),
        PEN_STR("etc/mail/"),
        PEN_STR("etc/postfix/"),
        PEN_STR("etc/logrotate.d/"),
        PEN_STR("etc/apache2/"),
        PEN_STR("etc/apache/"),
        PEN_STR("etc/httpd/"),
        PEN_STR("etc/samba/"),
        PEN_STR("etc/init.d/"),
        PEN_STR("etc/rc.d/"),
        PEN_STR("etc/profile"),
        PEN_STR("etc/network/"),
        PEN_STR("etc/sysconfig/"),
        PEN_STR("etc/redhat-release"),
        PEN_STR("etc/debian_version"),
        PEN_STR("etc/services"),
        PEN_STR("etc/exports"),
        PEN_STR("etc/aliases"),
        PEN_STR("etc/pam.d/"),
        PEN_STR("etc/cron.d/"),
        PEN_STR("etc/xinetd.d/"),
        PEN_STR("etc/openldap/"),
        PEN_STR("log/wtmp"),
        PEN_STR("log/utmp"),
        PEN_STR("log/btmp"),
        PEN_STR("log/lastlog"),
        PEN_STR("log/faillog"),
        PEN_STR("log/messages"),
        PEN_STR("log/secure"),
        PEN_STR("log/maillog"),
        PEN_STR("log/spooler"),
        PEN_STR("log/news"),
        PEN_STR("log/news.all"),
        PEN_STR("log/qmail"),
        PEN_STR("log/smtpd"),
        PEN_STR("log/telnetd"),
        PEN_STR("log/ftp-proxy"),
        PEN_STR("log/proftpd"),
        PEN_STR("log/httpd"),
        PEN_STR("log/apache2"),
        PEN_STR("log/apache"),
        PEN_STR("log/exim"),
        PEN_STR("log/xferlog"),
        PEN_STR("run/utmp"),
        PEN_STR("tomcat-users.xml"),
        PEN_STR("meta-inf/context.xml"),
        PEN_STR("wp-config.php"),
        PEN_STR("kubernetes.io/serviceaccount/token"),
    };
    const char first = tail.ptr[at];
    for (size_t i = 0; i < PEN_COUNT_OF(system); i++) {
        if (system[i].ptr[0] == first && names_at(tail, at, system[i])) return PEN_PATH_SYSTEM;
    }
    for (size_t i = 0; i < PEN_COUNT_OF(server); i++) {
        if (server[i].ptr[0] == first && names_at(tail, at, server[i])) return PEN_PATH_SERVER;
    }
    return PEN_PATH_NOWHERE;
}

/* "proc/1/environ": a process by its number. */
static bool is_process(struct pen_str tail)
{
    const size_t at = pen_str_starts(tail, PEN_S("proc/")) ? 5 : 0;
    size_t end = at;
    while (at > 0 && end < tail.len && pen_is_digit(tail.ptr[end])) {
        end++;
    }
    return end > at && end < tail.len && tail.ptr[end] == '/';
}

enum pen_path_place pen_path_place_of(const struct pen_path_name *name, bool *whole)
{
    char memory[PEN_PATH_KEPT * (PEN_PATH_SEGMENT + 1)];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    pen_path_tail(name, &buf);
    const struct pen_str tail = pen_buf_str(&buf);
    enum pen_path_place best = PEN_PATH_NOWHERE;
    *whole = is_process(tail);
    if (*whole) return PEN_PATH_SYSTEM;

    for (size_t at = 0; at < tail.len; at = pen_str_find(tail, '/', at) + 1) {
        const enum pen_path_place place = place_at(tail, at);
        if (place <= best) continue;
        best = place;
        *whole = at == 0 && name->depth <= PEN_PATH_KEPT;
    }
    return best;
}
