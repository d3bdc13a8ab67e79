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
#include <string.h>

#include "filters/filter.h"
#include "filters/path_name.h"
#include "filters/path_objects.h"
#include "filters/path_places.h"

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
    {"0x(2|5)[ecf]", true, 0},
    {"%u[0f2e][0f2]", true, 0},
    {"%[0-9a-z]?[g-z%]", true, 0},
    {"(php|zip|phar|expect|glob|rar|ogg|data|zlib|bzip2|file|ssh2)[:.]/?", true, 0},
    {"[^a-z0-9](etc|proc|root|boot|sys|dev|var|log|logs|conf|windows|winnt|inetpub|system32|"
     "web-inf|meta-inf|usr|opt|home|srv|tmp|run|mnt)[/\\\\]",
     true, 0},
    {"[a-z]:[/\\\\]?(windows|winnt|boot|inetpub)", true, 0},
    {"[^a-z][a-z]:[/\\\\]|~[0-9]?[/\\\\]|::\\$", true, 0},
    {"\\.(ini|conf|config|cnf|asa|asax|history)\\b", true, 0},
    {"\\.(htaccess|htpasswd|env|npmrc|pgpass|netrc|bash)", true, 0},
    /* Not ".github.com": links of that kind fill whole events. */
    {"\\.(ssh|aws|git|kube|docker)[^a-z0-9]", true, 0},
    {"id_[rde]", true, 0},
    {"\\\\\\\\[a-z0-9.?]", true, 0},
};

#define SHORTEST_VALUE   2 /* bytes: ".." */
#define SHORTEST_TREE    3 /* "c:/" */
#define SHORTEST_STREAM  4 /* "/(s(" */
#define SHORTEST_FOREIGN 4 /* "a~1/" */
#define SHORTEST_WRAPPER 5 /* "php:/" */
#define SHORTEST_PLACE   6 /* "id_rsa" */

#define OBJECT_SCORE 75 /* an object of a store whose name climbs */
#define SINK_SCORE   55 /* a function that opens names takes none of these */

static bool starts(const struct pen_path_name *name, struct pen_str word)
{
    if (name->head[0] != word.ptr[0] || name->head_length < word.len) return false;
    if (word.len > 1 && name->head[1] != word.ptr[1]) return false;
    return pen_str_starts((struct pen_str){name->head, name->head_length}, word);
}

static bool is_absolute(const struct pen_path_name *name)
{
    return starts(name, PEN_S("/")) || starts(name, PEN_S("~"))
           || (name->head_length > 2 && pen_is_alpha(name->head[0]) && name->head[1] == ':'
               && name->head[2] == '/')
           || starts(name, PEN_S("file:/"));
}

static bool ends_with_one_of(const struct pen_path_name *name, const struct pen_str *kinds,
                             size_t count)
{
    if (name->kept_count == 0) return false;

    const size_t slot = (name->depth - 1) % PEN_PATH_KEPT;
    const struct pen_str last = {name->kept[slot], name->kept_length[slot]};
    const char end = last.ptr[last.len - 1]; /* a kept segment has bytes */
    for (size_t i = 0; i < count; i++) {
        if (kinds[i].ptr[kinds[i].len - 1] == end && pen_str_ends(last, kinds[i])) return true;
    }
    return false;
}

/* The last segment is a file of settings or a log: a folder or program has another name. */
static bool names_settings_or_log(const struct pen_path_name *name)
{
    static const struct pen_str kinds[] = {
        PEN_STR(".conf"), PEN_STR(".cnf"), PEN_STR(".cfg"),
        PEN_STR(".ini"),  PEN_STR(".log"), PEN_STR("log"),
    };
    return ends_with_one_of(name, kinds, PEN_COUNT_OF(kinds));
}

/* Source that a server runs: what a page includes from outside of its folder. */
static bool names_page(const struct pen_path_name *name)
{
    static const struct pen_str kinds[] = {
        PEN_STR(".php"),  PEN_STR(".inc"), PEN_STR(".asp"),
        PEN_STR(".aspx"), PEN_STR(".jsp"), PEN_STR(".phtml"),
    };
    return ends_with_one_of(name, kinds, PEN_COUNT_OF(kinds));
}

struct tree {
    struct pen_str start;
    uint32_t score;
};

/* By their first byte; of two that begin alike the longer first. */
static const struct tree root_trees[] = {
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
    {PEN_STR("/opt/"), SINK_SCORE},
    {PEN_STR("/srv/"), SINK_SCORE},
    {PEN_STR("/home/"), SINK_SCORE},
    {PEN_STR("/run/"), SINK_SCORE},
    {PEN_STR("/tmp/"), SINK_SCORE},
    {PEN_STR("/usr/"), SINK_SCORE},
};
static const struct tree c_trees[] = {
    {PEN_STR("c:/"), 60},
    {PEN_STR("c:windows"), 75},
    {PEN_STR("c:winnt"), 75},
};
static const struct tree d_trees[] = {
    {PEN_STR("d:/"), 60},
};
static const struct tree file_trees[] = {
    {PEN_STR("file:/c:/windows"), 75},
    {PEN_STR("file:///etc/"), 75},
    {PEN_STR("file:///proc/"), 75},
    {PEN_STR("file:///c:/"), 60},
};

/* Those that a name with these two first bytes may lead into. */
static const struct tree *trees_of(char first, char second, size_t *count)
{
    switch (first) {
    case '/':
        *count = memchr("bdehoprstuv", second, 11) == NULL ? 0 : PEN_COUNT_OF(root_trees);
        return root_trees;
    case 'c':
        *count = PEN_COUNT_OF(c_trees);
        return c_trees;
    case 'd':
        *count = PEN_COUNT_OF(d_trees);
        return d_trees;
    case 'f':
        *count = PEN_COUNT_OF(file_trees);
        return file_trees;
    default:
        *count = 0;
        return NULL;
    }
}

/* An absolute path into a tree of the system's: how sure it is that no honest sender names it. */
static uint32_t tree_score(const struct pen_path_name *name, bool is_log_record)
{
    if (name->space || name->head_length < SHORTEST_TREE) return 0;
    size_t count = 0;
    const struct tree *const trees = trees_of(name->head[0], name->head[1], &count);
    for (size_t i = 0; i < count; i++) {
        if (name->head[1] != trees[i].start.ptr[1] || !starts(name, trees[i].start)) continue;
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
    if (name->head_length < SHORTEST_WRAPPER) return false;
    if (memchr("pzegrsodcb", name->head[0], 10) == NULL) return false;
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

static uint32_t climb_score(const struct pen_path_name *name, enum pen_path_place place,
                            bool hidden)
{
    if (place != PEN_PATH_NOWHERE) return name->space ? 80 : 95;
    if (name->space) {
        if (name->above < 3) return 0; /* a link or a diff inside a text */
        return name->starts_with_up ? 75 : 60;
    }
    if (name->respelled > 0 || hidden) return 90;
    if (name->padded || name->above >= 3 || name->up >= 4) return 80;
    if (name->above > 0 && starts(name, PEN_S("/"))) return 75; /* above the root */
    if (name->dots + name->dotted > 0 || name->here >= 2) return 75;
    if (name->above >= 2 && (name->empty > 0 || names_settings_or_log(name))) return 75;
    if (name->empty > 1 || names_page(name)) return 72;
    /* "x/../../y": who means to climb begins with it. */
    if (name->names > 1 && !name->starts_with_up) return name->above >= 2 ? 75 : 60;
    return name->above >= 2 ? 65 : SINK_SCORE;
}

/* What is left of "/etc/passwd" and its like when slashes are dropped. */
static bool names_lost_slashes(const struct pen_path_name *name)
{
    static const struct pen_str ends[] = {
        PEN_STR("etcpasswd"), PEN_STR("etcshadow"), PEN_STR("etchosts"),
        PEN_STR("boot.ini"),  PEN_STR("win.ini"),
    };
    return ends_with_one_of(name, ends, PEN_COUNT_OF(ends));
}

/* "in//etc/passwd": what joins names takes the second for absolute. */
static bool begins_anew(struct pen_str text)
{
    return pen_str_find_str(text, PEN_S("//etc/")) < text.len
           || pen_str_find_str(text, PEN_S("//proc/")) < text.len
           || pen_str_find_str(text, PEN_S("//var/log/")) < text.len;
}

/* "x.php::$DATA": a stream of NTFS; "(s(x))": a segment that ASP.NET drops. */
static bool names_stream(struct pen_str text)
{
    if (text.len < SHORTEST_STREAM) return false;
    if (pen_str_find(text, '(', 0) < text.len && pen_str_contains_fold(text, PEN_S("/(s("))) {
        return true;
    }
    return pen_str_find(text, '$', 0) < text.len
           && (pen_str_ends_fold(text, PEN_S("::$data"))
               || pen_str_contains_fold(text, PEN_S("::$index_allocation")));
}

/* Dots and slashes in places where no one writes them. */
static uint32_t evasion_score(struct pen_str text, const struct pen_path_name *name,
                              enum pen_path_place place, bool hidden)
{
    const bool some_dots = name->up + name->dots + name->dotted + name->wild > 0;
    /* In a text with spaces only a name that leads somewhere tells it from any other text. */
    if (name->space) return name->respelled > 0 && place == PEN_PATH_SYSTEM ? 85 : 0;
    if (name->respelled > 0 && (some_dots || place != PEN_PATH_NOWHERE)) return 90;
    if (name->wild > 0 && place != PEN_PATH_NOWHERE) return 85;
    if (name->control && (some_dots || place != PEN_PATH_NOWHERE)) return 85;
    if (hidden && place != PEN_PATH_NOWHERE) return 80;
    if (name->dots >= 2) return 80;
    if (names_stream(text)) return 85;
    if (name->empty > 0 && place != PEN_PATH_NOWHERE && begins_anew(text)) return 80;
    if (name->most_dots >= 4 && name->separators > 0) return 75;
    const bool mixed = name->slash && name->backslash;
    if (name->dotted > 0 && starts(name, PEN_S("/"))) return 75;
    if (name->dots > 0 && mixed) return 75;
    if (name->here >= 3 || (name->here >= 2 && (mixed || name->empty > 1))) return 75;
    if (name->here >= 2 && place != PEN_PATH_NOWHERE) return 75;
    /* "....................etcpasswd": slashes are put back by whoever takes the dots for steps */
    if (name->names == 1 && names_lost_slashes(name)
        && pen_str_find_str(text, PEN_S("......")) < text.len) {
        return 80;
    }
    return name->dots > 0 && name->separators > 0 ? SINK_SCORE : 0;
}

static uint32_t place_score(const struct pen_path_name *name, enum pen_path_place place, bool whole,
                            bool is_log_record)
{
    if (name->space) return 0;
    if (place == PEN_PATH_SYSTEM && is_absolute(name)) return 90;
    if (place == PEN_PATH_SYSTEM && whole) return 75;
    if (place == PEN_PATH_SERVER && is_absolute(name)) return is_log_record ? SINK_SCORE : 75;
    /* "WEB-INF/web.xml" as the whole name; projects have it below their own folders. */
    if (place == PEN_PATH_SERVER && whole)
        return starts(name, PEN_S("web-inf/")) || starts(name, PEN_S("meta-inf/context"))
                   ? 72
                   : SINK_SCORE;
    return 0;
}

static void report(struct pen_scan *scan, const char *rule, struct pen_span span, uint32_t score)
{
    if (score > 0) pen_scan_report(scan, rule, span, score);
}

/* "E:\\x": a drive; "PROGRA~1\\x": a short name. */
static bool is_foreign(struct pen_str text)
{
    if (text.len < SHORTEST_FOREIGN) return false;
    const bool drive = pen_is_alpha(text.ptr[0]) && text.ptr[1] == ':'
                       && (text.ptr[2] == '\\' || text.ptr[2] == '/');
    if (drive) return true;
    const size_t tilde = pen_str_find(text, '~', 0);
    return tilde > 0 && tilde + 2 < text.len && pen_is_digit(text.ptr[tilde + 1])
           && (text.ptr[tilde + 2] == '\\' || text.ptr[tilde + 2] == '/');
}

static uint32_t absolute_score(struct pen_str text, const struct pen_path_name *name,
                               bool is_log_record)
{
    const uint32_t score = tree_score(name, is_log_record);
    return score < SINK_SCORE && !name->space && is_foreign(text) ? SINK_SCORE : score;
}

static void inspect_name(struct pen_str text, struct pen_span span, bool hidden, bool is_log_record,
                         struct pen_scan *scan)
{
    struct pen_path_name name;
    pen_path_read(text, &name);
    bool whole = false;
    const enum pen_path_place place = pen_path_place_of(&name, &whole);

    if (name.above > 0 || name.up >= 3 || name.padded) {
        report(scan, "path.climb", span, climb_score(&name, place, hidden));
    } else if (name.up > 0 && place == PEN_PATH_SYSTEM && !name.space) {
        report(scan, "path.climb", span, 85);
    } else if (name.up > 0 && !name.space) {
        report(scan, "path.climb", span, SINK_SCORE);
    }
    report(scan, "path.evasion", span, evasion_score(text, &name, place, hidden));
    report(scan, "path.secret", span, place_score(&name, place, whole, is_log_record));
    report(scan, "path.absolute", span, absolute_score(text, &name, is_log_record));
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

/* One byte, or a few letters and digits, as most parameters have: no place has so short a name, and
   nothing that leads to one is spelled with them. */
static bool is_short_word(struct pen_str value)
{
    if (value.len < SHORTEST_VALUE) return true;
    if (value.len >= SHORTEST_PLACE) return false;
    for (size_t i = 0; i < value.len; i++) {
        if (!pen_is_alnum(value.ptr[i])) return false;
    }
    return true;
}

/* The values of a URL's or a form's parameters: what stands between '=' and '&'. */
static void inspect_parameters(struct pen_str text, bool hidden, struct pen_scan *scan)
{
    for (size_t at = pen_str_find(text, '=', 0); at < text.len;
         at = pen_str_find(text, '=', at + 1)) {
        const size_t end = pen_str_find(text, '&', at + 1);
        const struct pen_span span = {at + 1, end};
        const struct pen_str value = pen_str_slice(text, span.start, span.end);
        if (!is_short_word(value)) inspect_name(value, span, hidden, false, scan);
        at = end < text.len ? end : text.len - 1;
    }
}

/* in/../../x in a store: the function's file of that name is meant. */
static void inspect_object(const struct pen_leaf *leaf, struct pen_scan *scan)
{
    const struct pen_str object = pen_path_object(leaf);
    if (object.len == 0) return;

    struct pen_path_name name;
    pen_path_read(object, &name);
    const size_t start = (size_t)(object.ptr - leaf->text.ptr);
    const struct pen_span span = {start, start + object.len};
    if (name.above > 0 && !name.space) report(scan, "path.climb", span, OBJECT_SCORE);
}

static enum pen_status inspect_leaf(const void *state, const struct pen_leaf *leaf,
                                    struct pen_scan *scan)
{
    (void)state;
    const struct pen_str text = leaf->text;
    PEN_TRY(pen_scan_spend(scan, 3 * text.len));
    const bool hidden = is_hidden(leaf);
    inspect_name(text, (struct pen_span){0, text.len}, hidden, stands_in_log_record(leaf), scan);
    inspect_object(leaf, scan);
    if (pen_str_find(text, ' ', 0) == text.len) inspect_parameters(text, hidden, scan);
    return PEN_OK;
}

const struct pen_filter pen_filter_path = {
    .name = "path",
    .summary = "names that leave the folder they were meant for",
    .sinks = "path",
    .heeds_words = true,
    .rules = rules,
    .rule_count = PEN_COUNT_OF(rules),
    .triggers = triggers,
    .trigger_count = PEN_COUNT_OF(triggers),
    .inspect_leaf = inspect_leaf,
};
