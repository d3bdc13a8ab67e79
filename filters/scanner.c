/**
 * Fingerprints of scanners and exploit tools: the name in User-Agent, fields that they add, and
 * what their probes are marked with so that the tool finds its own traces again.
 *
 * A tool that hides is not found so; most who scan do not hide. Where a name stands decides: in the
 * place of a user agent it is the sender's, in a text it is what somebody writes about. (OWASP
 * Automated Threats OAT-014; the tools' own sources and documentation)
 *
 * Not reported: curl, wget, HTTP libraries, monitoring; texts that speak of a scanner.
 */
#include "filters/filter.h"

#define TOOL   90
#define SURVEY 55 /* measures the whole Internet: a nuisance, no attack */
#define MARK   88 /* a string that only the tool's probes hold */
#define FIELD  88
#define CALLED 85 /* a name of one probe's own under a host that tells who asked for it */
#define NAMED  45 /* that host alone */
#define LABEL  8  /* characters that a probe's own name has at least */

static const struct pen_rule rules[] = {
    {"scanner.agent", "the sender calls itself by the name of a scanner or an exploit tool"},
    {"scanner.survey", "the sender calls itself by the name of an Internet-wide survey"},
    {"scanner.field", "a field that a scanner adds to its requests"},
    {"scanner.mark", "a string by which a scanner finds its own probes again"},
    {"scanner.callback", "a host that tells a scanner which of its probes was resolved or fetched"},
};

#define TOOLS                                                                                     \
    "sqlmap|nikto|nuclei|acunetix|wpscan|masscan|dirbuster|gobuster|ffuf|wfuzz|nessus|openvas|"   \
    "netsparker|appscan|w3af|havij|zaproxy|owasp zap|metasploit|jaeles|commix|xsser|\\(hydra\\)|" \
    "arachni|skipfish"
#define MORE                                                                                      \
    "feroxbuster|whatweb|nmap scripting|webinspect|joomscan|droopescan|cmsmap|grendel-scan|zmeu|" \
    "dotdotpwn|uniscan|golismero|n-stealth|sqlninja|sqlsus|dirb/|fuzz faster|dalfox|bbqsql|"      \
    "fimap|interactsh|invicti"
#define SURVEYS "zgrab|censysinspect|expanse|internetmeasurement|l9explore|l9tcpid"
#define MARKS                                                                                   \
    "acunetix[_-]wvs|(netsparker|invicti)\\(0x|nessus_is_|openvas-(xss|vt)|arachni_(xss|text)|" \
    "interactsh-url\\}|skipfish:|ns:netsparker|sqlmap\\.org\\)|wfxssprobe|cirt\\.net/"          \
    "rfiinc|0x3130323534383030|some_dangerous_input_|<sfi[0-9]{6}v|"                            \
    "r87\\.(me|com)|sqlmapoutput"
#define HOSTS                                                                        \
    "burpcollaborator\\.net|oastify\\.com|\\.oast\\.|interact\\.sh|canarytokens\\.|" \
    "dnslog\\.|bxss\\.me|xss\\.ht|ceye\\.io|eyes\\.sh"

static const struct pen_trigger triggers[] = {
    /* Whole words, as inspect_agent asks for them. */
    {"[^a-z](" TOOLS ")", true, 0},
    {"[^a-z](" MORE ")", true, 0},
    {"[^a-z](" SURVEYS ")", true, 0},
    {MARKS, true, 0},
    {HOSTS, true, 0},
};

static const struct pen_str tools[] = {
    PEN_STR("sqlmap"),      PEN_STR("nikto"),       PEN_STR("nuclei"),       PEN_STR("acunetix"),
    PEN_STR("wpscan"),      PEN_STR("masscan"),     PEN_STR("dirbuster"),    PEN_STR("gobuster"),
    PEN_STR("ffuf"),        PEN_STR("wfuzz"),       PEN_STR("nessus"),       PEN_STR("openvas"),
    PEN_STR("netsparker"),  PEN_STR("appscan"),     PEN_STR("w3af"),         PEN_STR("havij"),
    PEN_STR("zaproxy"),     PEN_STR("owasp zap"),   PEN_STR("metasploit"),   PEN_STR("jaeles"),
    PEN_STR("commix"),      PEN_STR("xsser"),       PEN_STR("(hydra)"),      PEN_STR("arachni"),
    PEN_STR("skipfish"),    PEN_STR("whatweb"),     PEN_STR("feroxbuster"),  PEN_STR("zmeu"),
    PEN_STR("webinspect"),  PEN_STR("joomscan"),    PEN_STR("droopescan"),   PEN_STR("cmsmap"),
    PEN_STR("dotdotpwn"),   PEN_STR("uniscan"),     PEN_STR("golismero"),    PEN_STR("sqlninja"),
    PEN_STR("n-stealth"),   PEN_STR("sqlsus"),      PEN_STR("dirb/"),        PEN_STR("dalfox"),
    PEN_STR("fuzz faster"), PEN_STR("bbqsql"),      PEN_STR("fimap"),        PEN_STR("interactsh"),
    PEN_STR("invicti"),     PEN_STR("nmap script"), PEN_STR("grendel-scan"),
};

static const struct pen_str surveys[] = {
    PEN_STR("zgrab"),   PEN_STR("censysinspect"), PEN_STR("internetmeasurement"),
    PEN_STR("expanse"), PEN_STR("l9explore"),     PEN_STR("l9tcpid"),
};

static const struct pen_str marks[] = {
    PEN_STR("acunetix_wvs_"),
    PEN_STR("acunetix-wvs-"),
    PEN_STR("netsparker(0x"),
    PEN_STR("invicti(0x"),
    PEN_STR("wfxssprobe"),
    PEN_STR("cirt.net/rfiinc"),
    PEN_STR("nessus_is_probing"),
    PEN_STR("openvas-xss"),
    PEN_STR("openvas-vt-test"),
    PEN_STR("arachni_xss_in"),
    PEN_STR("arachni_text"),
    PEN_STR("0x31303235343830303536"),
    PEN_STR("some_dangerous_input_"),
    PEN_STR("<sfi"),
    PEN_STR("{{interactsh-url}}"),
    PEN_STR("skipfish:"),
    PEN_STR("sqlmapoutput"),
    PEN_STR("ns:netsparker"),
    PEN_STR("sqlmap.org)"),
};

/* Each probe gets a name of its own below one of these. */
static const struct pen_str hosts[] = {
    PEN_STR(".burpcollaborator.net"),
    PEN_STR(".oastify.com"),
    PEN_STR(".oast.pro"),
    PEN_STR(".oast.live"),
    PEN_STR(".oast.site"),
    PEN_STR(".oast.online"),
    PEN_STR(".oast.fun"),
    PEN_STR(".oast.me"),
    PEN_STR(".interact.sh"),
    PEN_STR(".canarytokens.com"),
    PEN_STR(".dnslog.cn"),
    PEN_STR(".dnslog.link"),
    PEN_STR(".bxss.me"),
    PEN_STR(".xss.ht"),
    PEN_STR(".ceye.io"),
    PEN_STR(".eyes.sh"),
    PEN_STR(".r87.me"),
    PEN_STR(".r87.com"),
};

/* Beginnings of field names. */
static const struct pen_str fields[] = {
    PEN_STR("acunetix-"),     PEN_STR("x-scanner"),  PEN_STR("x-scan-memo"),
    PEN_STR("x-wipp"),        PEN_STR("x-arachni-"), PEN_STR("x-requestmanager-memo"),
    PEN_STR("x-netsparker-"), PEN_STR("x-wvs-"),     PEN_STR("x-zap-"),
    PEN_STR("x-appscan"),     PEN_STR("x-nikto"),    PEN_STR("x-sqlmap"),
};

static bool is_letter_before(struct pen_str text, size_t at)
{
    return at > 0 && pen_is_alpha(text.ptr[at - 1]);
}

/* The word of the table that stands at `at`, or NULL. All words have three letters or more; nearly
   all are told apart by these. */
static const struct pen_str *word_at(struct pen_str text, size_t at, const struct pen_str *words,
                                     size_t count)
{
    if (text.len - at < 3) return NULL;
    const char first = pen_to_lower(text.ptr[at]);
    const char second = pen_to_lower(text.ptr[at + 1]);
    const char third = pen_to_lower(text.ptr[at + 2]);
    for (size_t i = 0; i < count; i++) {
        const char *const word = words[i].ptr;
        if (word[1] != second || word[0] != first || word[2] != third) continue;
        if (pen_str_stands_fold(text, at, words[i])) return &words[i];
    }
    return NULL;
}

/* What marks begin with. */
static bool may_mark(char c)
{
    static const bool starts[UINT8_MAX + 1] = {
        ['a'] = true, ['A'] = true, ['c'] = true, ['C'] = true, ['i'] = true, ['I'] = true,
        ['n'] = true, ['N'] = true, ['o'] = true, ['O'] = true, ['s'] = true, ['S'] = true,
        ['w'] = true, ['W'] = true, ['0'] = true, ['<'] = true, ['{'] = true,
    };
    return starts[(unsigned char)c];
}

/* What stands behind the dot that hosts begin with. */
static bool may_call(char c)
{
    static const bool seconds[UINT8_MAX + 1] = {
        ['b'] = true, ['B'] = true, ['c'] = true, ['C'] = true, ['d'] = true, ['D'] = true,
        ['e'] = true, ['E'] = true, ['i'] = true, ['I'] = true, ['o'] = true, ['O'] = true,
        ['r'] = true, ['R'] = true, ['x'] = true, ['X'] = true,
    };
    return seconds[(unsigned char)c];
}

static bool is_agent_name(struct pen_str name)
{
    static const struct pen_str names[] = {
        PEN_STR("user-agent"),      PEN_STR("useragent"),      PEN_STR("user_agent"),
        PEN_STR("http_user_agent"), PEN_STR("cs(user-agent)"),
    };
    return pen_str_is_among_fold(name, names, PEN_COUNT_OF(names));
}

/* The field itself, or what an envelope tells of it: "requestContext": {"userAgent": ...}. */
static bool is_agent(const struct pen_leaf *leaf)
{
    if (leaf->is_name) return false;
    if (leaf->origin == PEN_ORIGIN_HEADER && leaf->node == NULL) return is_agent_name(leaf->name);
    if (leaf->node == NULL) return false;
    const struct pen_json *const node = leaf->node->name.ptr == NULL && leaf->node->parent != NULL
                                            ? leaf->node->parent
                                            : leaf->node;
    return is_agent_name(node->name);
}

static void inspect_agent(struct pen_str text, struct pen_scan *scan)
{
    bool told[2] = {false, false};
    for (size_t i = 0; i < text.len; i++) {
        if (is_letter_before(text, i)) continue;
        const struct pen_str *word = word_at(text, i, tools, PEN_COUNT_OF(tools));
        const bool survey = word == NULL;
        if (survey) word = word_at(text, i, surveys, PEN_COUNT_OF(surveys));
        if (word == NULL || told[survey]) continue;
        told[survey] = true;
        pen_scan_report(scan, survey ? "scanner.survey" : "scanner.agent",
                        (struct pen_span){i, i + word->len}, survey ? SURVEY : TOOL);
    }
}

/* "c23b2la0kl1krjcrdj10cndmnioyyyyyn": letters and digits mixed, as nobody names a host. */
static size_t probe_label(struct pen_str text, size_t dot)
{
    size_t start = dot;
    size_t digits = 0;
    while (start > 0 && dot - start < 64 && pen_is_alnum(text.ptr[start - 1])) {
        start--;
        digits += pen_is_digit(text.ptr[start]);
    }
    const size_t length = dot - start;
    return length >= 2 * LABEL || (length >= LABEL && digits > 0 && digits < length) ? length : 0;
}

static void inspect_hosts(struct pen_str text, struct pen_scan *scan)
{
    bool called = false;
    bool named = false;
    for (size_t i = 0; i + 1 < text.len; i++) {
        if (text.ptr[i] != '.' || !may_call(text.ptr[i + 1])) continue;
        const struct pen_str *const host = word_at(text, i, hosts, PEN_COUNT_OF(hosts));
        if (host == NULL) continue;
        const size_t end = i + host->len;
        if (end < text.len && (pen_is_alnum(text.ptr[end]) || text.ptr[end] == '-')) continue;
        const size_t label = probe_label(text, i);
        if (label > 0 && !called) {
            pen_scan_report(scan, "scanner.callback", (struct pen_span){i - label, end}, CALLED);
            called = true;
        } else if (label == 0 && !named) {
            pen_scan_report(scan, "scanner.callback", (struct pen_span){i, end}, NAMED);
            named = true;
        }
        if (called && named) return;
    }
}

/* skipfish: "<sfi000123v456789>". */
static bool is_whole_mark(struct pen_str text, size_t at, struct pen_str mark)
{
    if (!pen_str_equal(mark, PEN_S("<sfi"))) return true;
    size_t end = at + mark.len;
    while (end < text.len && pen_is_digit(text.ptr[end])) {
        end++;
    }
    return end - at > mark.len + 4 && end < text.len && text.ptr[end] == 'v';
}

static void inspect_marks(struct pen_str text, struct pen_scan *scan)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!may_mark(text.ptr[i])) continue;
        const struct pen_str *const mark = word_at(text, i, marks, PEN_COUNT_OF(marks));
        if (mark == NULL || !is_whole_mark(text, i, *mark)) continue;
        pen_scan_report(scan, "scanner.mark", (struct pen_span){i, i + mark->len}, MARK);
        return;
    }
}

static enum pen_status inspect_leaf(const void *state, const struct pen_leaf *leaf,
                                    struct pen_scan *scan)
{
    (void)state;
    PEN_TRY(pen_scan_spend(scan, 8 * leaf->text.len));
    if (is_agent(leaf)) inspect_agent(leaf->text, scan);
    inspect_marks(leaf->text, scan);
    inspect_hosts(leaf->text, scan);
    return PEN_OK;
}

static bool is_scanner_field(struct pen_str name)
{
    if (name.len == 0 || (pen_to_lower(name.ptr[0]) != 'x' && pen_to_lower(name.ptr[0]) != 'a')) {
        return false;
    }
    for (size_t i = 0; i < PEN_COUNT_OF(fields); i++) {
        if (pen_str_starts_fold(name, fields[i])) return true;
    }
    return false;
}

/* The fields' leaves are the last but those of the path. */
static enum pen_status inspect_event(const void *state, const struct pen_event *event,
                                     struct pen_scan *scan)
{
    (void)state;
    for (uint32_t i = event->leaf_count; i-- > 0;) {
        if (pen_event_is_repeat(event, i)) continue; /* a name of a document */
        const struct pen_leaf *const leaf = pen_event_place(event, i);
        if (leaf->origin == PEN_ORIGIN_PATH) continue;
        if (leaf->origin != PEN_ORIGIN_HEADER) break;
        if (leaf->from != NULL || !is_scanner_field(leaf->name)) continue;
        scan->leaf = leaf;
        pen_scan_report(scan, "scanner.field", (struct pen_span){0, leaf->text.len}, FIELD);
        scan->leaf = NULL;
    }
    return PEN_OK;
}

const struct pen_filter pen_filter_scanner = {
    .name = "scanner",
    .summary = "names and marks of scanners and exploit tools",
    .rules = rules,
    .rule_count = PEN_COUNT_OF(rules),
    .triggers = triggers,
    .trigger_count = PEN_COUNT_OF(triggers),
    .inspect_leaf = inspect_leaf,
    .inspect_event = inspect_event,
};
