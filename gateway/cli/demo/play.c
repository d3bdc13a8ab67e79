/** A dozen real events through libcurl, as a caller would send them. */
#include "gateway/cli/demo/play.h"

#include <curl/curl.h>
#include <langinfo.h>
#include <string.h>
#include <unistd.h>

#include "filters/core/json.h"

#define JSON_TYPE  "application/json"
#define CLOUD_TYPE "application/cloudevents+json"
#define TIMEOUT_MS 10000L

struct event {
    const char *what;
    const char *path;
    const char *type;
    enum pen_demo_caller caller;
    long status;
    const char *reason; /* in the problem document; NULL = an answer of the function's */
    const char *body;
};

static const char s3_clean[] =
    "{\"Records\":[{\"eventVersion\":\"2.1\",\"eventSource\":\"aws:s3\",\"awsRegion\":\"eu-west-"
    "1\","
    "\"eventTime\":\"2026-11-24T08:00:00.000Z\",\"eventName\":\"ObjectCreated:Put\","
    "\"s3\":{\"s3SchemaVersion\":\"1.0\",\"bucket\":{\"name\":\"uploads\",\"arn\":\"arn:aws:s3:::"
    "uploads\"},"
    "\"object\":{\"key\":\"photos/2026/holiday+at+the+lake.jpg\",\"size\":214053,"
    "\"eTag\":\"d41d8cd98f00b204e9800998ecf8427e\"}}}]}";

static const char s3_traversal[] =
    "{\"Records\":[{\"eventVersion\":\"2.1\",\"eventSource\":\"aws:s3\",\"awsRegion\":\"eu-west-"
    "1\","
    "\"eventName\":\"ObjectCreated:Put\",\"s3\":{\"bucket\":{\"name\":\"uploads\"},"
    "\"object\":{\"key\":\"photos/%2e%2e/%2e%2e/%2e%2e/etc/passwd\",\"size\":12}}}]}";

static const char hook_clean[] =
    "{\"ref\":\"refs/heads/main\",\"repository\":{\"full_name\":\"acme/"
    "shop\"},\"pusher\":{\"name\":"
    "\"Siobhan "
    "O'Brien\"},\"commits\":[{\"id\":\"6113728f27ae82c7b1a177c8d03f9e96e0adf246\",\"message\":"
    "\"fix: don't select the wrong row\\n\\nUpdate orders where the total is 0; see "
    "../docs/totals.md\"}]}";

static const char hook_injected[] =
    "{\"ref\":\"refs/heads/x\",\"repository\":{\"full_name\":\"acme/"
    "shop\"},\"commits\":[{\"message\":"
    "\"1'; DROP TABLE commits; --\"}]}";

static const char cloud_clean[] = "{\"specversion\":\"1.0\",\"type\":\"com.acme.order.created\","
                                  "\"source\":\"/shop/web\",\"id\":\"A234\","
                                  "\"time\":\"2026-11-24T08:00:00Z\",\"datacontenttype\":"
                                  "\"application/json\",\"data\":{\"order\":7,"
                                  "\"items\":[{\"sku\":\"BK-1001\",\"quantity\":1}],\"note\":"
                                  "\"Leave it with the neighbours - thanks!\"}}";

static const char order_injected[] = "{\"order\":8,\"note\":\"x' OR '1'='1\"}";

static const char order_union[] =
    "{\"order\":\"9 UNION SELECT card, cvc FROM payments\",\"note\":\"\"}";

static const struct event events[] = {
    {"S3 notice, clean", "/function/resize-image", JSON_TYPE, PEN_DEMO_SHOP, 200, NULL, s3_clean},
    {"GitHub push, clean", "/hooks/github", JSON_TYPE, PEN_DEMO_SHOP, 200, NULL, hook_clean},
    {"CloudEvent, clean", "/function/orders", CLOUD_TYPE, PEN_DEMO_SHOP, 200, NULL, cloud_clean},
    {"S3 key that climbs, percent-encoded", "/function/resize-image", JSON_TYPE, PEN_DEMO_SHOP, 403,
     "filter.path", s3_traversal},
    {"order note that closes a quote", "/function/orders", JSON_TYPE, PEN_DEMO_SHOP, 403,
     "filter.sqli", order_injected},
    {"order number with a UNION", "/function/orders", JSON_TYPE, PEN_DEMO_SHOP, 403, "filter.sqli",
     order_union},
    {"commit message with a statement", "/hooks/github", JSON_TYPE, PEN_DEMO_SHOP, 403,
     "filter.sqli", hook_injected},
    {"no token", "/function/orders", JSON_TYPE, PEN_DEMO_NOBODY, 401, "credential.missing",
     "{\"order\":1}"},
    {"expired token", "/function/orders", JSON_TYPE, PEN_DEMO_EXPIRED, 401, "token.invalid",
     "{\"order\":1}"},
    {"token signed by a stranger", "/function/orders", JSON_TYPE, PEN_DEMO_STRANGER, 401,
     "token.invalid", "{\"order\":1}"},
    {"token without the scope", "/function/orders", JSON_TYPE, PEN_DEMO_INTERN, 403, "allow.scope",
     "{\"order\":1}"},
    {"half an event", "/function/orders", JSON_TYPE, PEN_DEMO_SHOP, 400, "json.truncated",
     "{\"order\":"},
    {"a name twice", "/function/orders", JSON_TYPE, PEN_DEMO_SHOP, 400, "json.duplicate_name",
     "{\"order\":1,\"order\":2}"},
    {"XML where JSON is taken", "/function/orders", "application/xml", PEN_DEMO_SHOP, 415,
     "type.unsupported", "<order/>"},
    {"unknown function", "/function/nowhere", JSON_TYPE, PEN_DEMO_SHOP, 404, "route.unknown", "{}"},
};

struct answer {
    long status;
    size_t len;
    char body[4096];
};

static size_t collect(char *bytes, size_t size, size_t count, void *context)
{
    struct answer *const answer = context;
    const size_t length = size * count;
    if (length > sizeof(answer->body) - answer->len) return 0;
    memcpy(answer->body + answer->len, bytes, length);
    answer->len += length;
    return length;
}

static struct curl_slist *fields_of(const struct pen_demo_setting *setting,
                                    const struct event *event)
{
    char line[2200];
    const char *const token = setting->tokens[event->caller];
    const int type = snprintf(line, sizeof(line), "Content-Type: %s", event->type);
    if (type < 0 || (size_t)type >= sizeof(line)) return NULL;
    struct curl_slist *fields = curl_slist_append(NULL, line);
    if (fields == NULL || token[0] == '\0') return fields;

    const int length = snprintf(line, sizeof(line), "Authorization: Bearer %s", token);
    struct curl_slist *const both =
        length > 0 && (size_t)length < sizeof(line) ? curl_slist_append(fields, line) : NULL;
    if (both == NULL) curl_slist_free_all(fields);
    return both;
}

static CURLcode send_event(CURL *curl, const struct pen_demo_setting *setting,
                           const struct event *event, struct answer *answer)
{
    char url[256];
    char ca[128];
    struct curl_slist *const fields = fields_of(setting, event);
    const int url_length =
        snprintf(url, sizeof(url), "https://localhost:%u%s", setting->port, event->path);
    const int ca_length = snprintf(ca, sizeof(ca), "%s/ca.pem", setting->folder);
    if (fields == NULL || url_length < 0 || (size_t)url_length >= sizeof(url) || ca_length < 0
        || (size_t)ca_length >= sizeof(ca)) {
        curl_slist_free_all(fields);
        return CURLE_OUT_OF_MEMORY;
    }
    CURLcode result = CURLE_OK;
#define SET(option, value) \
    if (result == CURLE_OK) result = curl_easy_setopt(curl, option, value)
    SET(CURLOPT_URL, url);
    SET(CURLOPT_CAINFO, ca);
    SET(CURLOPT_NOPROXY, "*");
    SET(CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
    SET(CURLOPT_HTTPHEADER, fields);
    SET(CURLOPT_POSTFIELDS, event->body);
    SET(CURLOPT_POSTFIELDSIZE, (long)strlen(event->body));
    SET(CURLOPT_WRITEFUNCTION, collect);
    SET(CURLOPT_WRITEDATA, answer);
#undef SET
    if (result == CURLE_OK) result = curl_easy_perform(curl);
    if (result == CURLE_OK) {
        result = curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer->status);
    }
    curl_slist_free_all(fields);
    return result;
}

/* The reason of a problem document, or what an answer of the function's says. */
static struct pen_str read_reason(const struct answer *answer, struct pen_arena *arena)
{
    const struct pen_json *root = NULL;
    const struct pen_str body = {answer->body, answer->len};
    if (pen_json_read(body, NULL, arena, &root, NULL) != PEN_OK) return PEN_S("");
    return pen_json_string_or(pen_json_member(root, PEN_S("reason")), PEN_S(""));
}

static bool went_as_expected(const struct event *event, const struct answer *answer,
                             struct pen_str reason)
{
    return answer->status == event->status && pen_str_equal(reason, pen_str_from_c(event->reason));
}

static size_t seen_by_functions(const struct pen_demo_setting *setting)
{
    size_t seen = 0;
    for (size_t i = 0; i < PEN_DEMO_FUNCTIONS; i++) {
        seen += pen_demo_function_seen(setting->functions[i]);
    }
    return seen;
}

static void print_row(FILE *out, const struct event *event, const struct answer *answer,
                      struct pen_str reason, bool reached, bool good)
{
    const bool colour = isatty(fileno(out)) == 1;
    const bool wide = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    const char *const mark = good ? (wide ? "\u2713" : "ok") : (wide ? "\u2717" : "WRONG");
    const char *const paint = !colour                ? ""
                              : !good                ? "\033[31m"
                              : answer->status < 400 ? "\033[32m"
                                                     : "\033[33m";
    fprintf(out, "  %-36s %-23s %s%ld %-20.*s%s %-8s %s\n", event->what, event->path, paint,
            answer->status, PEN_STR_ARGS(reason), colour ? "\033[0m" : "", reached ? "yes" : "no",
            mark);
    fflush(out);
}

static bool play_one(CURL *curl, const struct pen_demo_setting *setting, const struct event *event,
                     struct pen_arena *arena, FILE *out)
{
    struct answer answer = {0};
    const size_t before = seen_by_functions(setting);
    const CURLcode result = send_event(curl, setting, event, &answer);
    if (result != CURLE_OK) {
        fprintf(out, "  %-36s no answer: %s\n", event->what, curl_easy_strerror(result));
        return false;
    }
    pen_arena_reset(arena);
    const struct pen_str reason = read_reason(&answer, arena);
    const bool reached = seen_by_functions(setting) > before;
    const bool good = went_as_expected(event, &answer, reason) && reached == (event->status == 200);
    print_row(out, event, &answer, reason, reached, good);
    return good;
}

size_t pen_demo_play(const struct pen_demo_setting *setting, FILE *out)
{
    struct pen_arena *arena = NULL;
    CURL *const curl = curl_easy_init();
    if (curl == NULL || pen_arena_create(65536, 16384, &arena) != PEN_OK) {
        curl_easy_cleanup(curl);
        return PEN_COUNT_OF(events);
    }
    fprintf(out, "\n  %-36s %-23s %-24s %-8s\n", "event", "asked of", "answer", "function");
    size_t wrong = 0;
    for (size_t i = 0; i < PEN_COUNT_OF(events); i++) {
        if (!play_one(curl, setting, &events[i], arena, out)) wrong++;
    }
    fprintf(out, "\n  %zu events, %zu as expected\n", PEN_COUNT_OF(events),
            PEN_COUNT_OF(events) - wrong);
    pen_arena_destroy(arena);
    curl_easy_cleanup(curl);
    return wrong;
}
