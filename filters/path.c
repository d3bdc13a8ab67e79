/**
 * Path traversal: a text that, taken for a file's name, leaves the folder it was meant for.
 *
 * The text is read as an operating system and as a URL would: both slashes separate, dots that hide
 * behind NUL, overlong UTF-8, %u or 0x spellings are dots, and the names are walked. Reported is a
 * climb above the start, an absolute path into a place that functions do not serve, a stream
 * wrapper, a UNC name, and a NUL that cuts a suffix off. (OWASP WSTG-ATHZ-01; CWE-22, CWE-36,
 * CWE-158)
 *
 * Not reported: a path that is mentioned in a text, and a single step up in a relative link.
 */
#include <string.h>

#include "filters/filter.h"

#define WALK_BYTES 4096 /* longer names are refused by every file system */

static const struct pen_rule rules[] = {
    {"path.climb", "the name climbs above the folder that it starts in"},
    {"path.sensitive", "the name leads to a file that holds secrets or settings of the system"},
    {"path.evasion", "dots or slashes of the name are spelled so that a check does not see them"},
    {"path.wrapper", "the name is opened by a stream wrapper instead of the file system"},
    {"path.unc", "the name leads to another machine (UNC)"},
    {"path.nul", "a NUL cuts the suffix off that a function appends or checks"},
};

static const struct pen_trigger triggers[] = {
    {"\\.\\.", false, 0},
    {"\\.\\x00\\.", false, 0},
    {"[\\x00]", false, 0},
    {"\\xc0[\\xae\\xaf\\x2e\\x2f\\x5c]", false, 0},
    {"\\xc1\\x9c", false, 0},
    {"\\xe0\\x80\\xae", false, 0},
    {"\\xf0\\x80\\x80\\xae", false, 0},
    {"0x2e", true, 0},
    {"%u(2215|2216|ff0f|ff0e|002e|f025|f05c)", true, 0},
    {"(php|file|zip|phar|expect|glob|compress\\.zlib|ogg|rar|ssh2)://", true, 0},
    {"/(etc|proc|root|boot|sys|dev)/", true, 0},
    {"/var/(log|run|lib|www|spool|mail)/", true, 0},
    {"(windows|winnt|inetpub|system32)[/\\\\]", true, 0},
    {"(win|boot|php|my)\\.ini", true, 0},
    {"\\.(htaccess|htpasswd|ssh|aws|git|env|bash_history|npmrc|pgpass|netrc)", true, 0},
    {"(web|httpd|nginx)\\.conf", true, 0},
    {"\\\\\\\\[a-z0-9.?]", true, 0},
    {"etc/(passwd|shadow|group|hosts)", true, 0},
};

/* The text with every spelling of dot and slash undone. */
struct walk {
    char name[WALK_BYTES];
    size_t len;
    bool evasive; /* something had to be undone that no honest sender writes */
    bool nul;
    bool space;
};

/* A spelling of one character: how many bytes it takes, and what it means; 0 = none here. */
static size_t spelled(struct pen_str text, size_t at, char *means)
{
    static const struct {
        struct pen_str bytes;
        char means;
    } spellings[] = {
        {PEN_STR("\xc0\xae"), '.'},     {PEN_STR("\xc0\x2e"), '.'},
        {PEN_STR("\xe0\x80\xae"), '.'}, {PEN_STR("\xf0\x80\x80\xae"), '.'},
        {PEN_STR("\xc0\xaf"), '/'},     {PEN_STR("\xc0\x2f"), '/'},
        {PEN_STR("\xc0\x5c"), '/'},     {PEN_STR("\xc1\x9c"), '/'},
        {PEN_STR("\xc1\xaf"), '/'},     {PEN_STR("\xe2\x88\x95"), '/'}, /* U+2215 */
        {PEN_STR("\xe2\x88\x96"), '/'},                                 /* U+2216 */
        {PEN_STR("\xef\xbc\x8f"), '/'},                                 /* U+FF0F */
        {PEN_STR("\xef\xbc\x8e"), '.'},                                 /* U+FF0E */
        {PEN_STR("0x2e"), '.'},         {PEN_STR("0x2f"), '/'},
        {PEN_STR("0x5c"), '/'},         {PEN_STR("%u002e"), '.'},
        {PEN_STR("%uff0e"), '.'},       {PEN_STR("%u2215"), '/'},
        {PEN_STR("%u2216"), '/'},       {PEN_STR("%uff0f"), '/'},
        {PEN_STR("%uf025"), '/'},       {PEN_STR("%uf05c"), '/'},
        {PEN_STR("%u005c"), '/'},       {PEN_STR("%u002f"), '/'},
    };
    const unsigned char first = (unsigned char)text.ptr[at];
    if (first < 0xc0 && first != '0' && first != '%') return 0;

    const struct pen_str rest = pen_str_slice(text, at, text.len);
    for (size_t i = 0; i < PEN_COUNT_OF(spellings); i++) {
        if (!pen_str_starts_fold(rest, spellings[i].bytes)) continue;
        *means = spellings[i].means;
        return spellings[i].bytes.len;
    }
    return 0;
}

static void read_name(struct pen_str text, struct walk *walk)
{
    walk->len = 0;
    walk->evasive = walk->nul = walk->space = false;
    for (size_t i = 0; i < text.len && walk->len < WALK_BYTES;) {
        char c = text.ptr[i];
        const size_t bytes = spelled(text, i, &c);
        if (bytes > 0) {
            walk->evasive = true;
            i += bytes;
        } else {
            i++;
        }
        if (c == '\0') {
            walk->nul = true;
            continue;
        }
        if (c == ' ' || c == '\n' || c == '\t') walk->space = true;
        walk->name[walk->len++] = c == '\\' ? '/' : pen_to_lower(c);
    }
}

struct steps {
    size_t up;    /* segments that lead up */
    size_t above; /* how far above the start they lead, at most */
    size_t
        dots; /* segments of three dots and more: "....//" collapses to "../" in naive cleaning */
    size_t segments; /* that hold a name */
};

static struct steps count_steps(const struct walk *walk)
{
    struct steps steps = {0};
    size_t depth = 0;
    for (size_t at = 0; at < walk->len;) {
        size_t end = at;
        size_t dots = 0;
        while (end < walk->len && walk->name[end] != '/') {
            if (walk->name[end] == '.') dots++;
            end++;
        }
        const size_t length = end - at;
        if (length == 2 && dots == 2) {
            steps.up++;
            if (depth > 0) {
                depth--;
            } else {
                steps.above++;
            }
        } else if (length >= 3 && dots == length) {
            steps.dots++;
        } else if (length > 0 && !(length == 1 && dots == 1)) {
            steps.segments++;
            depth++;
        }
        at = end + 1;
    }
    return steps;
}

static bool contains(const struct walk *walk, struct pen_str word)
{
    return pen_str_find_str((struct pen_str){walk->name, walk->len}, word) < walk->len;
}

/* A place that no function serves from. */
static bool is_sensitive(const struct walk *walk)
{
    static const struct pen_str places[] = {
        PEN_STR("etc/passwd"), PEN_STR("etc/shadow"),    PEN_STR("etc/group"),
        PEN_STR("etc/hosts"),  PEN_STR("etc/issue"),     PEN_STR("proc/self"),
        PEN_STR("boot.ini"),   PEN_STR("win.ini"),       PEN_STR("windows/system32"),
        PEN_STR("winnt/"),     PEN_STR(".ssh/"),         PEN_STR("id_rsa"),
        PEN_STR(".htpasswd"),  PEN_STR(".bash_history"), PEN_STR(".aws/credentials"),
        PEN_STR("web.config"), PEN_STR("global.asa"),    PEN_STR("etc/httpd"),
        PEN_STR("etc/apache"), PEN_STR("etc/nginx"),     PEN_STR("etc/mysql"),
        PEN_STR("my.ini"),     PEN_STR("php.ini"),       PEN_STR("httpd.conf"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(places); i++) {
        if (contains(walk, places[i])) return true;
    }
    return false;
}

/* The whole text is an absolute path into a tree of the system's. */
static bool is_absolute_system_path(const struct walk *walk)
{
    static const struct pen_str trees[] = {
        PEN_STR("/etc/"),      PEN_STR("/proc/"),    PEN_STR("/root/"),  PEN_STR("/boot/"),
        PEN_STR("c:/windows"), PEN_STR("c:/winnt"),  PEN_STR("c:/boot"), PEN_STR("c:/inetpub"),
        PEN_STR("d:/inetpub"), PEN_STR("/dev/"),     PEN_STR("/sys/"),   PEN_STR("etc/passwd"),
        PEN_STR("/var/www/"),  PEN_STR("/.ssh/"),    PEN_STR("/.git/"),  PEN_STR("/.env"),
        PEN_STR(".htaccess"),  PEN_STR(".htpasswd"),
    };
    const struct pen_str name = {walk->name, walk->len};
    for (size_t i = 0; i < PEN_COUNT_OF(trees); i++) {
        if (pen_str_starts(name, trees[i])) return true;
    }
    return false;
}

static bool has_wrapper(const struct walk *walk)
{
    static const struct pen_str wrappers[] = {
        PEN_STR("php://"),    PEN_STR("file:///"), PEN_STR("zip://"),           PEN_STR("phar://"),
        PEN_STR("expect://"), PEN_STR("glob://"),  PEN_STR("compress.zlib://"), PEN_STR("rar://"),
        PEN_STR("ssh2."),     PEN_STR("ogg://"),
    };
    const struct pen_str name = {walk->name, walk->len};
    for (size_t i = 0; i < PEN_COUNT_OF(wrappers); i++) {
        if (pen_str_starts(name, wrappers[i])) return true;
    }
    return false;
}

static uint32_t climb_score(const struct walk *walk, struct steps steps, bool decoded)
{
    if (is_sensitive(walk)) return walk->space ? 80 : 95;
    if (walk->space) return steps.above >= 3 ? 60 : 0; /* a link or a diff inside a text */
    if (walk->evasive || decoded) return 90;
    if (steps.above >= 3 || steps.up >= 4) return 80;
    return steps.above >= 2 ? 70 : 45;
}

static enum pen_status inspect_leaf(const void *state, const struct pen_leaf *leaf,
                                    struct pen_scan *scan)
{
    (void)state;
    PEN_TRY(pen_scan_spend(scan, leaf->text.len < WALK_BYTES ? leaf->text.len : WALK_BYTES));
    struct walk walk;
    read_name(leaf->text, &walk);
    const struct pen_span whole = {0, leaf->text.len};
    const struct steps steps = count_steps(&walk);
    /* Percent-encoding in a body is nobody's habit; in a path or query it is everybody's. */
    const bool decoded = leaf->from != NULL && leaf->origin == PEN_ORIGIN_BODY;

    if (steps.above > 0 || steps.up >= 3) {
        const uint32_t score = climb_score(&walk, steps, decoded);
        if (score > 0) pen_scan_report(scan, "path.climb", whole, score);
    }
    if (steps.dots >= 2 && !walk.space) pen_scan_report(scan, "path.evasion", whole, 80);
    if (walk.evasive && (steps.up > 0 || steps.dots > 0)) {
        pen_scan_report(scan, "path.evasion", whole, 90);
    }
    if (!walk.space && is_absolute_system_path(&walk)) {
        pen_scan_report(scan, "path.sensitive", whole, is_sensitive(&walk) ? 90 : 75);
    }
    if (has_wrapper(&walk)) pen_scan_report(scan, "path.wrapper", whole, 85);
    if (leaf->text.len > 3 && pen_str_starts(leaf->text, PEN_S("\\\\")) && !walk.space
        && leaf->text.ptr[2] != '\\') {
        pen_scan_report(scan, "path.unc", whole, 60);
    }
    if (walk.nul && !walk.space && (steps.segments > 1 || contains(&walk, PEN_S(".")))) {
        pen_scan_report(scan, "path.nul", whole, 85);
    }
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
