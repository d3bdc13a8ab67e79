/**
 * Path traversal: a text that, taken for a file's name, leaves the folder it was meant for.
 *
 * Reported is a climb above the start, a name of the system's own secrets, dots and slashes in
 * spellings that no honest sender uses, a stream wrapper, a UNC name, and a NUL that cuts a suffix
 * off. (OWASP WSTG-ATHZ-01; CWE-22, CWE-36, CWE-158) A URL's query values are names too.
 *
 * Not reported: a path that is mentioned in a text, a single step up in a relative link. Only
 * hinted at: absolute paths of programs, settings and logs, which monitoring and orchestration
 * events are full of; they block where the function declares that it opens names (sink "path").
 */
#include "filters/filter.h"
#include "filters/path_name.h"

static const struct pen_rule rules[] = {
    {"path.climb", "the name climbs above the folder that it starts in"},
    {"path.secret", "the name leads to a file that holds secrets or settings of the system"},
    {"path.absolute",
     "the name is absolute and leads into the system instead of a folder of one's own"},
    {"path.evasion", "dots or slashes of the name are spelled so that a check does not see them"},
    {"path.wrapper", "the name is opened by a stream wrapper instead of the file system"},
    {"path.unc", "the name leads to another machine (UNC)"},
    {"path.nul", "a NUL cuts the suffix off that a function appends or checks"},
};

static const struct pen_trigger triggers[] = {
    {"\\.\\.", false, 0},
    {"[.?]\\?", false, 0},
    {"\\?\\.", false, 0},
    {"(\\.[/\\\\]+){2}", false, 0},
    {"[\\x00-\\x08\\xc0\\xc1\\xf8\\xfc]", false, 0},
    {"[\\xe0\\xf0]\\x80", false, 0},
    {"\\xe2\\x88[\\x95\\x96]|\\xef\\xbc[\\x8f\\x8e\\xbc]", false, 0},
    {"0x[25][ecf]", true, 0},
    {"%u[0f2e][0f2]", true, 0},
    {"%[0-9a-z]?[g-z%]", true, 0},
    {"(php|zip|phar|expect|glob|rar|ogg|data|zlib|bzip2|file|ssh2)[:.]/?", true, 0},
    {"(^|[^a-z0-9])(etc|proc|root|boot|sys|dev|var|log|logs|conf|windows|winnt|inetpub|system32|"
     "web-inf|usr)[/\\\\]",
     true, 0},
    {"[a-z]:[/\\\\]?(windows|winnt|boot|inetpub)", true, 0},
    {"\\.(ini|conf|config|cnf|asa|asax|history)\\b", true, 0},
    {"\\.(htaccess|htpasswd|ssh|aws|git|env|npmrc|pgpass|netrc|kube|docker)", true, 0},
    {"id_[rde]", true, 0},
    {"\\\\\\\\[a-z0-9.?]", true, 0},
};

/* What the end of a resolved name gives away. */
enum place {
    NOWHERE,
    SERVER, /* settings and keys: ordinary names inside a project, not outside of one */
    SYSTEM, /* no one's but the system's, whatever stands before it */
};

static bool names_at(struct pen_str tail, size_t at, struct pen_str file)
{
    const struct pen_str rest = pen_str_slice(tail, at, tail.len);
    if (!pen_str_starts(rest, file)) return false;
    if (file.ptr[file.len - 1] == '/' || rest.len == file.len) return true;
    const char next = rest.ptr[file.len];
    return !pen_is_alpha(next) && !pen_is_digit(next) && next != '-' && next != '_';
}

static enum place place_at(struct pen_str tail, size_t at)
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
        PEN_STR("system32/inetsrv/"),
    };
    static const struct pen_str server[] = {
        PEN_STR("httpd.conf"),    PEN_STR("apache.conf"),   PEN_STR("apache2.conf"),
        PEN_STR("nginx.conf"),    PEN_STR("php.ini"),       PEN_STR("my.ini"),
        PEN_STR("my.cnf"),        PEN_STR("win.ini"),       PEN_STR("web.config"),
        PEN_STR("web-inf/"),      PEN_STR("global.asa"),    PEN_STR("global.asax"),
        PEN_STR(".htaccess"),     PEN_STR(".htpasswd"),     PEN_STR(".ssh/"),
        PEN_STR("id_rsa"),        PEN_STR("id_dsa"),        PEN_STR("id_ecdsa"),
        PEN_STR("id_ed25519"),    PEN_STR(".aws/"),         PEN_STR(".kube/config"),
        PEN_STR(".docker/"),      PEN_STR(".git/"),         PEN_STR(".env"),
        PEN_STR(".npmrc"),        PEN_STR(".pgpass"),       PEN_STR(".netrc"),
        PEN_STR(".bashrc"),       PEN_STR(".bash_history"), PEN_STR(".mysql_history"),
        PEN_STR("vsftpd.conf"),   PEN_STR("proftpd.conf"),  PEN_STR("pure-ftpd.conf"),
        PEN_STR("httpd.conf.d/"),
    };
    const char first = tail.ptr[at];
    for (size_t i = 0; i < PEN_COUNT_OF(system); i++) {
        if (system[i].ptr[0] == first && names_at(tail, at, system[i])) return SYSTEM;
    }
    for (size_t i = 0; i < PEN_COUNT_OF(server); i++) {
        if (server[i].ptr[0] == first && names_at(tail, at, server[i])) return SERVER;
    }
    return NOWHERE;
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

static enum place place_of(const struct pen_path_name *name, bool *whole)
{
    char memory[PEN_PATH_KEPT * (PEN_PATH_SEGMENT + 1)];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    pen_path_tail(name, &buf);
    const struct pen_str tail = pen_buf_str(&buf);
    enum place best = NOWHERE;
    *whole = is_process(tail);
    if (*whole) return SYSTEM;

    for (size_t at = 0; at < tail.len; at = pen_str_find(tail, '/', at) + 1) {
        const enum place place = place_at(tail, at);
        if (place <= best) continue;
        best = place;
        *whole = at == 0 && name->depth <= PEN_PATH_KEPT;
    }
    return best;
}

static bool starts(const struct pen_path_name *name, struct pen_str word)
{
    return pen_str_starts((struct pen_str){name->head, name->head_length}, word);
}

static bool is_absolute(const struct pen_path_name *name)
{
    return starts(name, PEN_S("/"))
           || (name->head_length > 2 && pen_is_alpha(name->head[0]) && name->head[1] == ':'
               && name->head[2] == '/')
           || starts(name, PEN_S("file:/"));
}

/* The last segment is a file of settings or a log: a folder or program has another name. */
static bool names_settings_or_log(const struct pen_path_name *name)
{
    static const struct pen_str kinds[] = {
        PEN_STR(".conf"), PEN_STR(".cnf"), PEN_STR(".cfg"),
        PEN_STR(".ini"),  PEN_STR(".log"), PEN_STR("log"),
    };
    if (name->kept_count == 0) return false;

    const size_t slot = (name->depth - 1) % PEN_PATH_KEPT;
    const struct pen_str last = {name->kept[slot], name->kept_length[slot]};
    for (size_t i = 0; i < PEN_COUNT_OF(kinds); i++) {
        if (pen_str_ends(last, kinds[i])) return true;
    }
    return false;
}

/* An absolute path into a tree of the system's: how sure it is that no honest sender names it. */
static uint32_t tree_score(const struct pen_path_name *name, bool is_log_record)
{
    static const struct {
        struct pen_str start;
        uint32_t score;
    } trees[] = {
        {PEN_STR("/var/log/containers/"), 40}, /* what container logs are shipped with */
        {PEN_STR("/var/log/pods/"), 40},
        {PEN_STR("/proc/"), 75},
        {PEN_STR("/root/."), 75},
        {PEN_STR("/etc/"), 60},
        {PEN_STR("/root/"), 60},
        {PEN_STR("/boot/"), 60},
        {PEN_STR("/sys/"), 60},
        {PEN_STR("/dev/"), 45}, /* every pod of Kubernetes names one */
        {PEN_STR("/var/"), 60},
        {PEN_STR("/usr/local/"), 60},
        {PEN_STR("/private/"), 60},
        {PEN_STR("c:/"), 60},
        {PEN_STR("d:/"), 60},
        {PEN_STR("c:windows"), 75},
        {PEN_STR("c:winnt"), 75},
        {PEN_STR("file:/c:/windows"), 75},
        {PEN_STR("file:///etc/"), 75},
        {PEN_STR("file:///proc/"), 75},
        {PEN_STR("file:///c:/"), 60},
    };
    if (name->space) return 0;
    for (size_t i = 0; i < PEN_COUNT_OF(trees); i++) {
        if (!starts(name, trees[i].start)) continue;
        const bool file = trees[i].score == 60 && !is_log_record && names_settings_or_log(name);
        return file ? 75 : trees[i].score;
    }
    return 0;
}

/* A log record says which file it is from: "logGroup", {"log": {"file": {"path": ...}}}. */
static bool stands_in_log_record(const struct pen_leaf *leaf)
{
    const struct pen_json *node = leaf->node;
    for (int i = 0; node != NULL && i < 3; i++) {
        if (pen_str_starts_fold(node->name, PEN_S("log"))) return true;
        node = node->parent;
    }
    return false;
}

/* Wrappers of PHP's streams; no other system has them, so none is anyone's honest value. */
static bool has_wrapper(const struct pen_path_name *name)
{
    static const struct pen_str wrappers[] = {
        PEN_STR("php://"),    PEN_STR("zip://"),          PEN_STR("phar://"),
        PEN_STR("expect://"), PEN_STR("glob://"),         PEN_STR("rar://"),
        PEN_STR("ssh2."),     PEN_STR("ogg://"),          PEN_STR("zlib:"),
        PEN_STR("php:/"),     PEN_STR("data://"),         PEN_STR("compress.zlib:"),
        PEN_STR("bzip2:"),    PEN_STR("compress.bzip2:"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(wrappers); i++) {
        if (starts(name, wrappers[i])) return true;
    }
    return false;
}

static bool is_percent(const struct pen_leaf *leaf)
{
    return leaf->coding == PEN_CODING_PERCENT || leaf->coding == PEN_CODING_FORM;
}

/* Nobody percent-encodes a dot, or anything twice, for another reason than to hide it. */
static bool is_hidden(const struct pen_leaf *leaf)
{
    if (!is_percent(leaf)) return false;
    if (is_percent(leaf->from)) return true;

    const struct pen_str text = leaf->from->text;
    for (size_t at = pen_str_find(text, '%', 0); at + 2 < text.len;
         at = pen_str_find(text, '%', at + 1)) {
        if (text.ptr[at + 1] == '2' && pen_to_lower(text.ptr[at + 2]) == 'e') return true;
    }
    return false;
}

static uint32_t climb_score(const struct pen_path_name *name, enum place place, bool hidden)
{
    if (place != NOWHERE) return name->space ? 80 : 95;
    if (name->space) {
        if (name->above < 3) return 0; /* a link or a diff inside a text */
        return name->starts_with_up ? 75 : 60;
    }
    if (name->respelled > 0 || hidden) return 90;
    if (name->padded || name->above >= 3 || name->up >= 4) return 80;
    if (name->above > 0 && starts(name, PEN_S("/"))) return 75; /* above the root */
    if (name->dots + name->dotted > 0 || name->here >= 2) return 75;
    if (name->above >= 2 && (name->empty > 0 || names_settings_or_log(name))) return 75;
    return name->above >= 2 ? 65 : 45;
}

/* Dots and slashes in places where no one writes them. */
static uint32_t evasion_score(const struct pen_path_name *name, enum place place, bool hidden)
{
    const bool some_dots = name->up + name->dots + name->dotted + name->wild > 0;
    /* In a text with spaces only a name that leads somewhere tells it from any other text. */
    if (name->space) return name->respelled > 0 && place == SYSTEM ? 85 : 0;
    if (name->respelled > 0 && (some_dots || place != NOWHERE)) return 90;
    if (name->wild > 0 && place != NOWHERE) return 85;
    if (name->control && (some_dots || place != NOWHERE)) return 85;
    if (hidden && place != NOWHERE) return 80;
    if (name->dots >= 2) return 80;
    if (name->most_dots >= 4 && name->separators > 0) return 75;
    const bool mixed = name->slash && name->backslash;
    if (name->dotted > 0 && starts(name, PEN_S("/"))) return 75;
    if (name->dots > 0 && mixed) return 75;
    if (name->here >= 3 || (name->here >= 2 && (mixed || name->empty > 1))) return 75;
    if (name->here >= 2 && place != NOWHERE) return 75;
    return 0;
}

static uint32_t place_score(const struct pen_path_name *name, enum place place, bool whole)
{
    if (name->space) return 0;
    if (place == SYSTEM && is_absolute(name)) return 90;
    if (place == SYSTEM && whole) return 75;
    if (place == SERVER && is_absolute(name)) return 75;
    return 0;
}

static void report(struct pen_scan *scan, const char *rule, struct pen_span span, uint32_t score)
{
    if (score > 0) pen_scan_report(scan, rule, span, score);
}

static void inspect_name(struct pen_str text, struct pen_span span, bool hidden, bool is_log_record,
                         struct pen_scan *scan)
{
    struct pen_path_name name;
    pen_path_read(text, &name);
    bool whole = false;
    const enum place place = place_of(&name, &whole);

    if (name.above > 0 || name.up >= 3 || name.padded) {
        report(scan, "path.climb", span, climb_score(&name, place, hidden));
    } else if (name.up > 0 && place == SYSTEM && !name.space) {
        report(scan, "path.climb", span, 85);
    }
    report(scan, "path.evasion", span, evasion_score(&name, place, hidden));
    report(scan, "path.secret", span, place_score(&name, place, whole));
    report(scan, "path.absolute", span, tree_score(&name, is_log_record));
    if (has_wrapper(&name)) report(scan, "path.wrapper", span, 85);
    if (starts(&name, PEN_S("file:")) && !name.space) report(scan, "path.wrapper", span, 60);
    if (starts(&name, PEN_S("//")) && !name.slash && !name.space && name.names > 0) {
        report(scan, "path.unc", span, 60);
    }
    if (name.nul && !name.space
        && (name.names > 1 || name.dots + name.up > 0 || pen_str_find(text, '.', 0) < text.len)) {
        report(scan, "path.nul", span, 85);
    }
}

/* The values of a URL's or a form's parameters: what stands between '=' and '&'. */
static void inspect_parameters(struct pen_str text, bool hidden, struct pen_scan *scan)
{
    for (size_t at = pen_str_find(text, '=', 0); at < text.len;
         at = pen_str_find(text, '=', at + 1)) {
        const size_t end = pen_str_find(text, '&', at + 1);
        const struct pen_span span = {at + 1, end};
        inspect_name(pen_str_slice(text, span.start, span.end), span, hidden, false, scan);
        at = end < text.len ? end : text.len - 1;
    }
}

static enum pen_status inspect_leaf(const void *state, const struct pen_leaf *leaf,
                                    struct pen_scan *scan)
{
    (void)state;
    const struct pen_str text = leaf->text;
    PEN_TRY(pen_scan_spend(scan, 2 * text.len));
    const bool hidden = is_hidden(leaf);
    inspect_name(text, (struct pen_span){0, text.len}, hidden, stands_in_log_record(leaf), scan);
    if (pen_str_find(text, ' ', 0) == text.len) inspect_parameters(text, hidden, scan);
    return PEN_OK;
}

const struct pen_filter pen_filter_path = {
    .name = "path",
    .summary = "names that leave the folder they were meant for",
    .sinks = "path",
    .rules = rules,
    .rule_count = PEN_COUNT_OF(rules),
    .triggers = triggers,
    .trigger_count = PEN_COUNT_OF(triggers),
    .inspect_leaf = inspect_leaf,
};
