/**
 * Server-side request forgery: a URL that leads a function's own client to where only the function
 * may go.
 *
 * The URL is taken apart as clients take it apart, and the host classified behind every spelling of
 * an address. Where two clients would find two hosts in it, that is the finding. (CWE-918, OWASP
 * A10:2021)
 *
 * Not reported: addresses that are no URL ("sourceIp": "10.0.0.5"), URLs of public hosts, names of
 * resources (ARNs). Plain URLs of loopback and private hosts are hints: events of one's own cluster
 * are full of them; they block where the function declares that it fetches (sink "http").
 */
#include "filters/filter.h"
#include "filters/ssrf_host.h"

#define METADATA  92
#define DISGUISE  85
#define SCHEME    80
#define SERVICE   75 /* a port at which nothing speaks HTTP to strangers */
#define HINT      60
#define INNER     72   /* nobody outside of the machine means its own loopback */
#define NAMED     55   /* a host or scheme that only the function that fetches cares about */
#define IN_TEXT   55   /* within another text a URL is talked about */
#define TALKED    45   /* and one that would be a hint alone, or less, even more so */
#define TAG       256  /* bytes before an attribute in which its tag begins */
#define NESTED    4    /* URLs within a URL that are looked at */
#define URL_MOST  2048 /* bytes of one URL that are looked at */
#define URLS_MOST 64   /* in one text */

static const struct pen_rule rules[] = {
    {"ssrf.metadata", "the URL leads to the cloud's metadata service, which hands out credentials"},
    {"ssrf.disguise", "the URL spells an address so that a check does not know it"},
    {"ssrf.internal", "the URL leads to this machine or into the private network"},
    {"ssrf.service", "the URL leads to a service of this machine that speaks no HTTP"},
    {"ssrf.scheme", "the URL's scheme makes a client speak another protocol"},
    {"ssrf.ambiguous", "clients differ about which host this URL names"},
    {"ssrf.rebinding", "the name's address is chosen by whoever writes it"},
    {"ssrf.callback", "the host exists to see who calls it"},
};

static const struct pen_trigger triggers[] = {
    {"://", false, 0},
    {":\\\\\\\\|:/\\\\", false, 0},
    {"(jar|netdoc|gopher|dict|url):", true, 0},
    {"^//|[\"' =]//[a-z0-9\\[]", true, 0},
    {"https?:/?[0-9\\[]|unix:/", true, 0},
    {"^(169\\.254\\.1|metadata\\.google\\.internal)", true, 0},
};

struct url {
    struct pen_str scheme;
    struct pen_str user;  /* before '@' */
    struct pen_str host;  /* without port; brackets kept */
    struct pen_str path;  /* from the first '/' behind the authority */
    size_t authority_end; /* place in the text */
    uint32_t port;        /* 0 = none */
    bool userinfo;
    bool ambiguous;
};

static bool is_scheme_char(char c)
{
    return pen_is_alnum(c) || c == '+' || c == '-' || c == '.';
}

static bool ends_url(char c)
{
    return pen_is_space(c) || c == '"' || c == '\'' || c == '<' || c == '>' || c == '`' || c == '|'
           || c == '\0';
}

/* Authority: [userinfo@]host[:port]. */
static void read_authority(struct pen_str authority, struct url *url)
{
    size_t at = authority.len;
    size_t signs = 0;
    for (size_t i = 0; i < authority.len; i++) {
        if (authority.ptr[i] != '@') continue;
        at = i;
        signs++;
    }
    /* "http://a@b@c": curl and Python take another '@' each. */
    if (signs > 1) url->ambiguous = true;
    url->userinfo = signs > 0;
    const struct pen_str user = pen_str_slice(authority, 0, signs > 0 ? at : 0);
    url->user = user;
    struct pen_str host = signs > 0 ? pen_str_slice(authority, at + 1, authority.len) : authority;
    /* "http://good.example#@evil.example", "good.example\@evil": who is asked depends on the
     * client. */
    if (pen_str_find(user, '#', 0) < user.len || pen_str_find(user, '?', 0) < user.len
        || pen_str_find(user, '\\', 0) < user.len) {
        url->ambiguous = true;
    }
    const size_t bracket = host.len > 0 && host.ptr[0] == '[' ? pen_str_find(host, ']', 0) : 0;
    const size_t colon = pen_str_find(host, ':', bracket);
    url->host = pen_str_slice(host, 0, colon);
    for (size_t i = colon + 1; i < host.len && pen_is_digit(host.ptr[i]) && url->port < 100000;
         i++) {
        url->port = url->port * 10 + (uint32_t)(host.ptr[i] - '0');
    }
    /* "http://127.0.0.1:80:evil.example": one takes the first part, one the last. */
    if (colon < host.len && pen_str_find(host, ':', colon + 1) < host.len) url->ambiguous = true;
}

/* From the scheme's colon; behind the URL. */
static size_t read_url(struct pen_str text, size_t colon, struct url *url)
{
    size_t start = colon;
    while (start > 0 && colon - start < 16 && is_scheme_char(text.ptr[start - 1])) {
        start--;
    }
    url->scheme = pen_str_slice(text, start, colon);
    size_t at = colon + 1;
    size_t slashes = 0;
    while (at < text.len && slashes < 4 && (text.ptr[at] == '/' || text.ptr[at] == '\\')) {
        if (text.ptr[at] == '\\') url->ambiguous = true;
        slashes++;
        at++;
    }
    size_t end = at;
    while (end < text.len && end - at < URL_MOST && !ends_url(text.ptr[end])) {
        end++;
    }
    const struct pen_str rest = pen_str_slice(text, at, end);
    size_t slash = pen_str_find(rest, '/', 0);
    const size_t query = pen_str_find(rest, '?', 0);
    const size_t fragment = pen_str_find(rest, '#', 0);
    size_t authority = slash < query ? slash : query;
    /* A '#' or '?' before an '@' hides the host from those who stop at it. */
    const size_t sign = pen_str_find(rest, '@', 0);
    if (fragment < authority && !(fragment < sign && sign < slash)) authority = fragment;
    if (query < slash && query < sign && sign < slash) authority = slash;
    /* Browsers take a backslash for a slash; before an '@' it is one more reading. */
    const size_t back = pen_str_find(rest, '\\', 0);
    if (back < authority && sign == rest.len) authority = back;
    read_authority(pen_str_slice(rest, 0, authority), url);
    url->path = pen_str_slice(rest, authority, rest.len);
    url->authority_end = at + authority;
    return end;
}

/* Schemes by which a client speaks to something that is no web server. */
static bool is_odd_scheme(struct pen_str scheme)
{
    static const struct pen_str odd[] = {
        PEN_STR("gopher"), PEN_STR("dict"),  PEN_STR("jar"),  PEN_STR("netdoc"),
        PEN_STR("tftp"),   PEN_STR("ldapi"), PEN_STR("unix"), PEN_STR("http+unix"),
    };
    return pen_str_is_among_fold(scheme, odd, PEN_COUNT_OF(odd));
}

/* What clients fetch by. */
static bool is_fetched(struct pen_str scheme)
{
    static const struct pen_str web[] = {
        PEN_STR("http"), PEN_STR("https"), PEN_STR("ws"), PEN_STR("wss"), PEN_STR(""),
    };
    return pen_str_is_among_fold(scheme, web, PEN_COUNT_OF(web));
}

struct weight {
    const char *rule;
    uint32_t score;
};

/* Databases, queues and shells: clients of their own speak to them, and where they are is a
   setting; but nobody outside says that it is this machine. */
static bool is_of_a_store(struct pen_str scheme)
{
    static const struct pen_str stores[] = {
        PEN_STR("redis"),    PEN_STR("rediss"),     PEN_STR("mongodb"),   PEN_STR("mysql"),
        PEN_STR("postgres"), PEN_STR("postgresql"), PEN_STR("memcached"), PEN_STR("amqp"),
        PEN_STR("ssh"),      PEN_STR("tcp"),        PEN_STR("udp"),       PEN_STR("rtsp"),
        PEN_STR("rmi"),      PEN_STR("iiop"),       PEN_STR("rsync"),     PEN_STR("svn"),
    };
    return pen_str_is_among_fold(scheme, stores, PEN_COUNT_OF(stores));
}

/* By another protocol than a client's own: only where it leads counts. */
static struct weight weigh_store(const struct url *url)
{
    const struct pen_ssrf_host host = pen_ssrf_host_read(url->host);
    switch (host.place) {
    case PEN_SSRF_METADATA:
        return (struct weight){"ssrf.metadata", METADATA};
    case PEN_SSRF_LOOPBACK:
    case PEN_SSRF_PRIVATE:
    case PEN_SSRF_UNSPECIFIED:
        if (host.disguised) return (struct weight){"ssrf.disguise", DISGUISE};
        return (struct weight){"ssrf.internal", NAMED};
    case PEN_SSRF_REBINDING:
    case PEN_SSRF_CALLBACK:
    case PEN_SSRF_ELSEWHERE:
        break;
    }
    return (struct weight){NULL, 0};
}

/* "http://unix:/var/run/docker.sock:/info": libraries of Node take it for a socket's path. */
static bool is_socket(const struct url *url)
{
    return pen_str_equal_fold(url->host, PEN_S("unix"))
           && pen_str_contains_fold(url->path, PEN_S(".sock"));
}

static bool is_known_scheme(struct pen_str scheme)
{
    static const struct pen_str others[] = {
        PEN_STR("ldap"),   PEN_STR("ldaps"), PEN_STR("sftp"), PEN_STR("smb"),  PEN_STR("ftp"),
        PEN_STR("telnet"), PEN_STR("imap"),  PEN_STR("pop3"), PEN_STR("smtp"),
    };
    if (pen_str_equal(scheme, PEN_S("0"))) return true;
    return is_fetched(scheme) || pen_str_is_among_fold(scheme, others, PEN_COUNT_OF(others));
}

/* Ports of services that obey whoever can reach them, and of functions' own runtimes. */
static bool is_service(const struct url *url)
{
    static const uint32_t ports[] = {
        22,   23,   25,   110,  143,  445,  2375,  2376,  2379,  3306,  4243,
        5432, 5984, 6379, 8500, 9001, 9200, 10250, 10255, 11211, 27017,
    };
    for (size_t i = 0; i < PEN_COUNT_OF(ports); i++) {
        if (url->port == ports[i]) return true;
    }
    return pen_str_starts(url->path, PEN_S("/2018-06-01/runtime/"))
           || pen_str_starts(url->path, PEN_S("/latest/meta-data"));
}

/* Ports that obey whoever reaches them, whatever machine they are on. */
static bool obeys_anyone(const struct url *url)
{
    return url->port == 2375 || url->port == 2379 || url->port == 6379 || url->port == 10250
           || url->port == 11211;
}

/* "http://127.0.0.1/x": callers of one's own machine name a port, or the name "localhost". */
static bool is_bare_loopback(const struct url *url)
{
    return (url->port == 0 || url->port == 80 || url->port == 443)
           && (pen_is_digit(url->host.ptr[0]) || url->host.ptr[0] == '[');
}

/* Pages that tell about a server or steer it. */
static bool names_inner_page(const struct url *url)
{
    static const struct pen_str pages[] = {
        PEN_STR("/server-status"), PEN_STR("/server-info"),  PEN_STR("/manager/html"),
        PEN_STR("/actuator/"),     PEN_STR("/phpmyadmin"),   PEN_STR("/admin"),
        PEN_STR("/.env"),          PEN_STR("/latest/meta-"), PEN_STR("/jenkins/script"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(pages); i++) {
        if (pen_str_starts_fold(url->path, pages[i])) return true;
    }
    return false;
}

/* 169.254.0.0/16: what a machine asks for itself. */
static bool is_link_local(const struct url *url)
{
    return pen_str_starts(url->host, PEN_S("169.254."));
}

static struct weight weigh_inner(const struct url *url, const struct pen_ssrf_host *host)
{
    const bool loopback = host->place == PEN_SSRF_LOOPBACK;
    if (host->disguised) return (struct weight){"ssrf.disguise", DISGUISE};
    if (url->userinfo) return (struct weight){"ssrf.ambiguous", DISGUISE};
    if (host->place == PEN_SSRF_UNSPECIFIED) return (struct weight){"ssrf.internal", SERVICE};
    if ((loopback && is_service(url)) || obeys_anyone(url)) {
        return (struct weight){"ssrf.service", SERVICE};
    }
    if (loopback && is_bare_loopback(url)) return (struct weight){"ssrf.internal", INNER};
    /* Tokens name a cluster's own service as who made them; its pages are another matter. */
    const bool cluster = pen_str_starts(url->host, PEN_S("kubernetes.default"));
    if (cluster && url->path.len > 1) return (struct weight){"ssrf.internal", INNER};
    if (is_link_local(url)) return (struct weight){"ssrf.internal", INNER};
    if (names_inner_page(url)) return (struct weight){"ssrf.internal", INNER};
    return (struct weight){"ssrf.internal", HINT};
}

/* "http://127.0.0.1@evil.example/": who reads up to the sign finds another host. */
static bool poses_as_inner(struct pen_str user)
{
    if (user.len == 0) return false;
    const struct pen_ssrf_host posed =
        pen_ssrf_host_read(pen_str_slice(user, 0, pen_str_find(user, ':', 0)));
    return posed.place == PEN_SSRF_LOOPBACK || posed.place == PEN_SSRF_PRIVATE
           || posed.place == PEN_SSRF_METADATA;
}

static struct weight weigh(const struct url *url)
{
    if (is_odd_scheme(url->scheme)) return (struct weight){"ssrf.scheme", SCHEME};
    if (is_of_a_store(url->scheme)) return weigh_store(url);
    if (is_socket(url)) return (struct weight){"ssrf.scheme", SCHEME};
    if (!is_known_scheme(url->scheme)) return (struct weight){NULL, 0};

    const struct pen_ssrf_host host = pen_ssrf_host_read(url->host);
    switch (host.place) {
    case PEN_SSRF_METADATA:
        return (struct weight){"ssrf.metadata", METADATA};
    case PEN_SSRF_LOOPBACK:
    case PEN_SSRF_PRIVATE:
    case PEN_SSRF_UNSPECIFIED:
        return weigh_inner(url, &host);
    case PEN_SSRF_REBINDING:
        return (struct weight){"ssrf.rebinding", SERVICE};
    case PEN_SSRF_CALLBACK:
        return (struct weight){"ssrf.callback", SERVICE};
    case PEN_SSRF_ELSEWHERE:
        break;
    }
    if (url->ambiguous && url->userinfo) return (struct weight){"ssrf.ambiguous", SCHEME};
    if (poses_as_inner(url->user)) return (struct weight){"ssrf.ambiguous", SCHEME};
    /* "http://redis/": a name of the function's own network. */
    const bool single = url->host.len > 0 && pen_str_find(url->host, '.', 0) == url->host.len
                        && url->host.ptr[0] != '[' && url->host.ptr[0] != '$'
                        && url->host.ptr[0] != '{';
    if (single && url->scheme.len > 0) return (struct weight){"ssrf.internal", NAMED};
    if (!is_fetched(url->scheme)) return (struct weight){"ssrf.scheme", NAMED};
    return (struct weight){NULL, 0};
}

/* "//host/path" as the whole text: the scheme is the reader's own. */
static bool is_relative(struct pen_str text, size_t at)
{
    return at == 0 && text.len > 3 && text.ptr[0] == '/' && text.ptr[1] == '/' && text.ptr[2] != '/'
           && pen_str_find(text, ' ', 0) == text.len;
}

static bool is_colon_of_url(struct pen_str text, size_t at)
{
    if (text.ptr[at] != ':' || at == 0 || at + 1 >= text.len) return false;
    /* "pop3://", and "0://" that only lenient readers take. */
    if (pen_is_digit(text.ptr[at - 1])) return pen_str_stands(text, at, PEN_S("://"));
    if (!pen_is_alpha(text.ptr[at - 1])) return false;
    const struct pen_str before = pen_str_slice(text, 0, at);
    if (pen_str_ends(before, PEN_S("unix")) && !pen_str_stands(text, at, PEN_S("://"))) {
        return false; /* a server's own setting */
    }
    if (text.ptr[at + 1] == '/' || text.ptr[at + 1] == '\\') return true;
    /* "http:10.0.0.1": lenient clients add the slashes. */
    if ((pen_is_digit(text.ptr[at + 1]) || text.ptr[at + 1] == '[')
        && (pen_str_ends_fold(before, PEN_S("http"))
            || pen_str_ends_fold(before, PEN_S("https")))) {
        return pen_str_find(text, '.', at) < text.len;
    }
    return pen_str_equal_fold(before, PEN_S("jar")) || pen_str_equal_fold(before, PEN_S("netdoc"));
}

/* "<img src='http://169.254.169.254/'": what turns markup into pictures or PDF fetches it. */
static bool is_loaded(struct pen_str text, size_t start)
{
    static const struct pen_str marks[] = {PEN_STR("src="), PEN_STR("data="), PEN_STR("url("),
                                           PEN_STR("xlink:href=")};
    if (start > 0 && (text.ptr[start - 1] == '"' || text.ptr[start - 1] == '\'')) start--;
    const struct pen_str before = pen_str_slice(text, 0, start);
    const struct pen_str near = pen_str_slice(before, start > TAG ? start - TAG : 0, start);
    for (size_t i = 0; i < PEN_COUNT_OF(marks); i++) {
        if (pen_str_ends_fold(before, marks[i])) return pen_str_find(near, '<', 0) < near.len;
    }
    return false;
}

/* Files of the machine; a mail's pictures are somewhere in a home. */
static bool names_system_file(struct pen_str text, size_t colon)
{
    static const struct pen_str trees[] = {PEN_STR(":///etc/"), PEN_STR(":///proc/"),
                                           PEN_STR(":///root/"), PEN_STR(":///c:/windows")};
    for (size_t i = 0; i < PEN_COUNT_OF(trees); i++) {
        if (pen_str_stands_fold(text, colon, trees[i])) return true;
    }
    return false;
}

/* "169.254.169.254/latest/meta-data/": the scheme is the function's own. */
static void inspect_head(struct pen_str text, struct pen_scan *scan)
{
    static const struct pen_str hosts[] = {
        PEN_STR("169.254.169.254"), PEN_STR("metadata.google.internal"), PEN_STR("169.254.170.2")};
    for (size_t i = 0; i < PEN_COUNT_OF(hosts); i++) {
        const size_t end = hosts[i].len;
        if (!pen_str_starts_fold(text, hosts[i]) || end + 1 >= text.len) continue;
        if (text.ptr[end] == '/' || (text.ptr[end] == ':' && pen_is_digit(text.ptr[end + 1]))) {
            pen_scan_report(scan, "ssrf.metadata", (struct pen_span){0, end}, METADATA);
        }
    }
}

static enum pen_status inspect_leaf(const void *state, const struct pen_leaf *leaf,
                                    struct pen_scan *scan)
{
    (void)state;
    const struct pen_str text = leaf->text;
    PEN_TRY(pen_scan_spend(scan, 8 * text.len));
    /* Without white space the text is a URL, or an object's key with one in it; nobody's sentence.
     */
    const bool single =
        pen_str_find(text, ' ', 0) == text.len && pen_str_find(text, '\n', 0) == text.len;
    if (single) inspect_head(text, scan);
    size_t urls = 0;
    size_t nested = 0;
    for (size_t i = 0; i < text.len && urls < URLS_MOST; i++) {
        struct url url = {.port = 0};
        size_t end = i;
        const bool relative = is_relative(text, i);
        if (!relative) i = pen_str_find(text, ':', i);
        if (i == text.len) break;
        if (relative) {
            const struct pen_str rest = pen_str_slice(text, 2, text.len);
            const size_t slash = pen_str_find(rest, '/', 0);
            read_authority(pen_str_slice(rest, 0, slash), &url);
            url.path = pen_str_slice(rest, slash, rest.len);
            end = text.len;
        } else if (is_colon_of_url(text, i)) {
            end = read_url(text, i, &url);
        } else {
            continue;
        }
        urls++;
        struct weight weight = weigh(&url);
        if (pen_str_equal_fold(url.scheme, PEN_S("file")) && names_system_file(text, i)
            && is_loaded(text, i - url.scheme.len)) {
            weight = (struct weight){"ssrf.scheme", SCHEME};
        }
        if (weight.rule != NULL) {
            const size_t start = i - url.scheme.len;
            const uint32_t talked = weight.score > HINT ? IN_TEXT : TALKED;
            const bool loaded = weight.score >= SERVICE && is_loaded(text, start);
            const uint32_t score =
                single || loaded || weight.score < talked ? weight.score : talked;
            pen_scan_report(scan, weight.rule, (struct pen_span){start, end}, score);
        }
        /* "jar:http://...!/", "https://a.example/?to=http://b": the URL within is looked at, too.
         */
        const bool leads_on = nested < NESTED && pen_str_find(url.path, ':', 0) < url.path.len;
        if (leads_on) nested++;
        if (leads_on && url.authority_end > i) {
            i = url.authority_end - 1;
        } else if (url.host.len > 0 && end > i) {
            i = end - 1;
        }
    }
    return PEN_OK;
}

const struct pen_filter pen_filter_ssrf = {
    .name = "ssrf",
    .summary = "URLs that lead a function's client inside",
    .sinks = "http",
    .heeds_words = true,
    .rules = rules,
    .rule_count = PEN_COUNT_OF(rules),
    .triggers = triggers,
    .trigger_count = PEN_COUNT_OF(triggers),
    .inspect_leaf = inspect_leaf,
};
