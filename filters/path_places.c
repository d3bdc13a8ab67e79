/** One table, compared with each end of the resolved name. */
#include "filters/path_places.h"

static bool names_at(struct pen_str tail, size_t at, struct pen_str file)
{
    const struct pen_str rest = pen_str_slice(tail, at, tail.len);
    if (!pen_str_starts(rest, file)) return false;
    if (file.ptr[file.len - 1] == '/' || rest.len == file.len) return true;
    const char next = rest.ptr[file.len];
    return !pen_is_alpha(next) && !pen_is_digit(next) && next != '-' && next != '_';
}

struct place {
    struct pen_str name;
    enum pen_path_place place;
};

/* By their first byte, then sorted: each byte of the text leaves a smaller part of the list. */
static const struct place dot_places[] = {
    {PEN_STR(".aws/"), PEN_PATH_SERVER},        {PEN_STR(".bash_history"), PEN_PATH_SERVER},
    {PEN_STR(".bashrc"), PEN_PATH_SERVER},      {PEN_STR(".docker/"), PEN_PATH_SERVER},
    {PEN_STR(".env"), PEN_PATH_SERVER},         {PEN_STR(".git/"), PEN_PATH_SERVER},
    {PEN_STR(".htaccess"), PEN_PATH_SERVER},    {PEN_STR(".htpasswd"), PEN_PATH_SERVER},
    {PEN_STR(".kube/config"), PEN_PATH_SERVER}, {PEN_STR(".mysql_history"), PEN_PATH_SERVER},
    {PEN_STR(".netrc"), PEN_PATH_SERVER},       {PEN_STR(".npmrc"), PEN_PATH_SERVER},
    {PEN_STR(".pgpass"), PEN_PATH_SERVER},      {PEN_STR(".ssh/"), PEN_PATH_SERVER},
};
static const struct place a_places[] = {
    {PEN_STR("apache.conf"), PEN_PATH_SERVER},
    {PEN_STR("apache2.conf"), PEN_PATH_SERVER},
};
static const struct place b_places[] = {
    {PEN_STR("boot.ini"), PEN_PATH_SYSTEM},
};
static const struct place d_places[] = {
    {PEN_STR("drivers/etc/"), PEN_PATH_SYSTEM},
};
static const struct place e_places[] = {
    {PEN_STR("etc/aliases"), PEN_PATH_SERVER},
    {PEN_STR("etc/apache/"), PEN_PATH_SERVER},
    {PEN_STR("etc/apache2/"), PEN_PATH_SERVER},
    {PEN_STR("etc/cron.d/"), PEN_PATH_SERVER},
    {PEN_STR("etc/crontab"), PEN_PATH_SYSTEM},
    {PEN_STR("etc/debian_version"), PEN_PATH_SERVER},
    {PEN_STR("etc/exports"), PEN_PATH_SERVER},
    {PEN_STR("etc/fstab"), PEN_PATH_SYSTEM},
    {PEN_STR("etc/ftpaccess"), PEN_PATH_SERVER},
    {PEN_STR("etc/ftpchroot"), PEN_PATH_SERVER},
    {PEN_STR("etc/ftphosts"), PEN_PATH_SERVER},
    {PEN_STR("etc/ftpusers"), PEN_PATH_SERVER},
    {PEN_STR("etc/group"), PEN_PATH_SYSTEM},
    {PEN_STR("etc/gshadow"), PEN_PATH_SYSTEM},
    {PEN_STR("etc/hostname"), PEN_PATH_SERVER},
    {PEN_STR("etc/hosts"), PEN_PATH_SYSTEM},
    {PEN_STR("etc/httpd/"), PEN_PATH_SERVER},
    {PEN_STR("etc/inetd.conf"), PEN_PATH_SYSTEM},
    {PEN_STR("etc/init.d/"), PEN_PATH_SERVER},
    {PEN_STR("etc/issue"), PEN_PATH_SYSTEM},
    {PEN_STR("etc/logrotate.d/"), PEN_PATH_SERVER},
    {PEN_STR("etc/mail/"), PEN_PATH_SERVER},
    {PEN_STR("etc/master.passwd"), PEN_PATH_SYSTEM},
    {PEN_STR("etc/motd"), PEN_PATH_SYSTEM},
    {PEN_STR("etc/network/"), PEN_PATH_SERVER},
    {PEN_STR("etc/openldap/"), PEN_PATH_SERVER},
    {PEN_STR("etc/pam.d/"), PEN_PATH_SERVER},
    {PEN_STR("etc/passwd"), PEN_PATH_SYSTEM},
    {PEN_STR("etc/postfix/"), PEN_PATH_SERVER},
    {PEN_STR("etc/profile"), PEN_PATH_SERVER},
    {PEN_STR("etc/rc.d/"), PEN_PATH_SERVER},
    {PEN_STR("etc/redhat-release"), PEN_PATH_SERVER},
    {PEN_STR("etc/release"), PEN_PATH_SERVER},
    {PEN_STR("etc/samba/"), PEN_PATH_SERVER},
    {PEN_STR("etc/security/"), PEN_PATH_SYSTEM},
    {PEN_STR("etc/services"), PEN_PATH_SERVER},
    {PEN_STR("etc/shadow"), PEN_PATH_SYSTEM},
    {PEN_STR("etc/ssh/"), PEN_PATH_SYSTEM},
    {PEN_STR("etc/sudoers"), PEN_PATH_SYSTEM},
    {PEN_STR("etc/sysconfig/"), PEN_PATH_SERVER},
    {PEN_STR("etc/wu-ftpd/"), PEN_PATH_SERVER},
    {PEN_STR("etc/xinetd.d/"), PEN_PATH_SERVER},
    {PEN_STR("etcpasswd"), PEN_PATH_SYSTEM},
    {PEN_STR("etcshadow"), PEN_PATH_SYSTEM},
};
static const struct place g_places[] = {
    {PEN_STR("global.asa"), PEN_PATH_SERVER},
    {PEN_STR("global.asax"), PEN_PATH_SERVER},
};
static const struct place h_places[] = {
    {PEN_STR("httpd.conf"), PEN_PATH_SERVER},
    {PEN_STR("httpd.conf.d/"), PEN_PATH_SERVER},
};
static const struct place i_places[] = {
    {PEN_STR("id_dsa"), PEN_PATH_SERVER},
    {PEN_STR("id_ecdsa"), PEN_PATH_SERVER},
    {PEN_STR("id_ed25519"), PEN_PATH_SERVER},
    {PEN_STR("id_rsa"), PEN_PATH_SERVER},
};
static const struct place k_places[] = {
    {PEN_STR("kubernetes.io/serviceaccount/token"), PEN_PATH_SERVER},
};
static const struct place l_places[] = {
    {PEN_STR("log/apache"), PEN_PATH_SERVER},  {PEN_STR("log/apache2"), PEN_PATH_SERVER},
    {PEN_STR("log/btmp"), PEN_PATH_SERVER},    {PEN_STR("log/exim"), PEN_PATH_SERVER},
    {PEN_STR("log/faillog"), PEN_PATH_SERVER}, {PEN_STR("log/ftp-proxy"), PEN_PATH_SERVER},
    {PEN_STR("log/httpd"), PEN_PATH_SERVER},   {PEN_STR("log/lastlog"), PEN_PATH_SERVER},
    {PEN_STR("log/maillog"), PEN_PATH_SERVER}, {PEN_STR("log/messages"), PEN_PATH_SERVER},
    {PEN_STR("log/news"), PEN_PATH_SERVER},    {PEN_STR("log/news.all"), PEN_PATH_SERVER},
    {PEN_STR("log/proftpd"), PEN_PATH_SERVER}, {PEN_STR("log/qmail"), PEN_PATH_SERVER},
    {PEN_STR("log/secure"), PEN_PATH_SERVER},  {PEN_STR("log/smtpd"), PEN_PATH_SERVER},
    {PEN_STR("log/spooler"), PEN_PATH_SERVER}, {PEN_STR("log/telnetd"), PEN_PATH_SERVER},
    {PEN_STR("log/utmp"), PEN_PATH_SERVER},    {PEN_STR("log/wtmp"), PEN_PATH_SERVER},
    {PEN_STR("log/xferlog"), PEN_PATH_SERVER},
};
static const struct place m_places[] = {
    {PEN_STR("meta-inf/context.xml"), PEN_PATH_SERVER},
    {PEN_STR("my.cnf"), PEN_PATH_SERVER},
    {PEN_STR("my.ini"), PEN_PATH_SERVER},
};
static const struct place n_places[] = {
    {PEN_STR("nginx.conf"), PEN_PATH_SERVER},
};
static const struct place p_places[] = {
    {PEN_STR("php.ini"), PEN_PATH_SERVER},          {PEN_STR("proc/1/"), PEN_PATH_SYSTEM},
    {PEN_STR("proc/cmdline"), PEN_PATH_SYSTEM},     {PEN_STR("proc/cpuinfo"), PEN_PATH_SYSTEM},
    {PEN_STR("proc/mounts"), PEN_PATH_SYSTEM},      {PEN_STR("proc/net/"), PEN_PATH_SYSTEM},
    {PEN_STR("proc/sched_debug"), PEN_PATH_SYSTEM}, {PEN_STR("proc/self/"), PEN_PATH_SYSTEM},
    {PEN_STR("proc/version"), PEN_PATH_SYSTEM},     {PEN_STR("proftpd.conf"), PEN_PATH_SERVER},
    {PEN_STR("pure-ftpd.conf"), PEN_PATH_SERVER},
};
static const struct place r_places[] = {
    {PEN_STR("run/utmp"), PEN_PATH_SERVER},
};
static const struct place s_places[] = {
    {PEN_STR("system32/config/"), PEN_PATH_SYSTEM},
    {PEN_STR("system32/inetsrv/"), PEN_PATH_SYSTEM},
};
static const struct place t_places[] = {
    {PEN_STR("tomcat-users.xml"), PEN_PATH_SERVER},
};
static const struct place v_places[] = {
    {PEN_STR("vsftpd.conf"), PEN_PATH_SERVER},
};
static const struct place w_places[] = {
    {PEN_STR("web-inf/"), PEN_PATH_SERVER},         {PEN_STR("web.config"), PEN_PATH_SERVER},
    {PEN_STR("win.ini"), PEN_PATH_SERVER},          {PEN_STR("windows/my.ini"), PEN_PATH_SYSTEM},
    {PEN_STR("windows/panther/"), PEN_PATH_SYSTEM}, {PEN_STR("windows/php.ini"), PEN_PATH_SYSTEM},
    {PEN_STR("windows/repair/"), PEN_PATH_SYSTEM},  {PEN_STR("windows/win.ini"), PEN_PATH_SYSTEM},
    {PEN_STR("winnt/my.ini"), PEN_PATH_SYSTEM},     {PEN_STR("winnt/php.ini"), PEN_PATH_SYSTEM},
    {PEN_STR("winnt/repair/"), PEN_PATH_SYSTEM},    {PEN_STR("winnt/win.ini"), PEN_PATH_SYSTEM},
    {PEN_STR("wp-config.php"), PEN_PATH_SERVER},
};

#define GROUP(places)                \
    {                                \
        places, PEN_COUNT_OF(places) \
    }

static const struct group {
    const struct place *list;
    size_t count;
} groups[128] = {
    ['.'] = GROUP(dot_places), ['a'] = GROUP(a_places), ['b'] = GROUP(b_places),
    ['d'] = GROUP(d_places),   ['e'] = GROUP(e_places), ['g'] = GROUP(g_places),
    ['h'] = GROUP(h_places),   ['i'] = GROUP(i_places), ['k'] = GROUP(k_places),
    ['l'] = GROUP(l_places),   ['m'] = GROUP(m_places), ['n'] = GROUP(n_places),
    ['p'] = GROUP(p_places),   ['r'] = GROUP(r_places), ['s'] = GROUP(s_places),
    ['t'] = GROUP(t_places),   ['v'] = GROUP(v_places), ['w'] = GROUP(w_places),
};

static char byte_of(const struct place *place, size_t at)
{
    return place->name.len > at ? place->name.ptr[at] : '\0';
}

/* The first place in [low, high) whose byte `at` is not below `c`; they share those before. */
static size_t first_from(const struct place *list, size_t low, size_t high, size_t at, char c)
{
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if ((unsigned char)byte_of(&list[middle], at) < (unsigned char)c) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static enum pen_path_place place_at(struct pen_str tail, size_t at)
{
    enum pen_path_place best = PEN_PATH_NOWHERE;
    const unsigned char first = at < tail.len ? (unsigned char)tail.ptr[at] : 0;
    if (first >= PEN_COUNT_OF(groups)) return best;
    const struct place *const list = groups[first].list;
    size_t low = 0;
    size_t high = groups[first].count;
    for (size_t i = 1; low < high && at + i < tail.len; i++) {
        const char c = tail.ptr[at + i];
        if (byte_of(&list[low], i) != c || byte_of(&list[high - 1], i) != c) {
            low = first_from(list, low, high, i, c);
            if (low == high || byte_of(&list[low], i) != c) break;
            if (c != '\xff') high = first_from(list, low, high, i, (char)(c + 1));
        }
        /* One that ends here stands before those that go on. */
        const bool ends = low < high && list[low].name.len == i + 1;
        if (ends && names_at(tail, at, list[low].name) && list[low].place > best) {
            best = list[low].place;
        }
    }
    return best;
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
