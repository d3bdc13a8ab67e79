/**
 * The event reader on JSON bodies: its speed on documents of several kinds, and whether a caller
 * can make a byte dear by the shape or the size of what it sends.
 *
 * CPU time of this thread, the quickest of the rounds: other load on the machine only adds. An
 * argument keeps the rows whose name holds it. Each row says whether it is within its bar; the exit
 * status is 1 when one is not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "filters/core/event.h"

#define ROUNDS 25
#define LARGE  ((size_t)1 << 20)
#define SMALL  ((size_t)16 << 10)
#define STOCK  ((size_t)32 << 20) /* as a worker's (gateway/edge/connection.h) */
#define ENOUGH 300000             /* ns that a round lasts at least */

#define LEAST_SPEED 400  /* MB/s of a large document, leaves and decoders included */
#define MOST_NOTICE 3000 /* ns of one notice */
#define MOST_GROWTH 1.3  /* of a KiB, from the small to the large document */

static bool all_within = true;

struct kind {
    const char *name;
    void (*write)(struct pen_buf *buf, uint32_t i); /* element i of an array */
};

static void require(bool condition, const char *what)
{
    if (condition) return;
    fprintf(stderr, "bench_json: %s\n", what);
    exit(1);
}

static void write_notice(struct pen_buf *buf, uint32_t i)
{
    pen_buf_format(
        buf,
        "{\"eventVersion\":\"2.1\",\"eventSource\":\"aws:s3\",\"awsRegion\":\"us-west-2\","
        "\"eventTime\":\"1970-01-01T00:00:00.000Z\",\"eventName\":\"ObjectCreated:Put\","
        "\"userIdentity\":{\"principalId\":\"AIDAJDPLRKLG7UEXAMPLE\"},\"requestParameters\":"
        "{\"sourceIPAddress\":\"127.0.0.1\"},\"responseElements\":{\"x-amz-request-id\":"
        "\"C3D13FE58DE4C810\",\"x-amz-id-2\":\"FMyUVURIY8/IgAtTv8xRjskZQpcIZ9KG4V5Wp6S7S/"
        "JRWeUWerMUE5JgHvANOjpD\"},\"s3\":{\"s3SchemaVersion\":\"1.0\",\"configurationId\":"
        "\"testConfigRule\",\"bucket\":{\"name\":\"mybucket\",\"ownerIdentity\":{\"principalId\":"
        "\"A3NL1KOZZKExample\"},\"arn\":\"arn:aws:s3:::mybucket\"},\"object\":{\"key\":\"photos/"
        "2026/holiday+at+the+lake-%u.jpg\",\"size\":1024,\"eTag\":"
        "\"d41d8cd98f00b204e9800998ecf8427e\",\"versionId\":\"096fKKXTRTtl3on89fVO.nfljtsv6qko\","
        "\"sequencer\":\"0055AED6DCD90281E5\"}}}",
        i);
}

/* Indented, half of it numbers and words, texts beyond ASCII: a timeline of short messages. */
static void write_message(struct pen_buf *buf, uint32_t i)
{
    pen_buf_format(
        buf,
        "\n    {\n      \"id\": %u,\n      \"created_at\": \"Sun Aug 31 00:29:15 +0000 2014\",\n"
        "      \"text\": \"@aym0566x \\n\\n\u540d\u524d:\u524d\u7530\u3042\u3086\u307f\\n"
        "\u7b2c\u4e00\u5370\u8c61:\u306a\u3093\u304b\u6016\u3063\uff01 na\u00efve caf\u00e9\",\n"
        "      \"truncated\": false,\n      \"in_reply_to\": null,\n      \"user\": {\n"
        "        \"id\": 1186275104,\n        \"name\": \"AYUMI\",\n        \"screen_name\": "
        "\"ayuu0123\",\n        \"location\": \"\",\n        \"description\": \"\u5143\u91ce\u7403"
        "\u90e8\u30de\u30cd\u30fc\u30b8\u30e3\u30fc\u2764\ufe0e\",\n        \"url\": null,\n"
        "        \"protected\": false,\n        \"followers_count\": 262,\n        "
        "\"friends_count\": 252,\n        \"listed_count\": 0,\n        \"favourites_count\": 235,"
        "\n        \"verified\": false,\n        \"lang\": \"ja\",\n        \"profile_image_url\": "
        "\"http://pbs.example.com/profile_images/497760886795153410/LDjAwR_y_normal.jpeg\",\n"
        "        \"profile_link_color\": \"0084B4\",\n        \"default_profile\": false,\n"
        "        \"geo\": [12.5, -73.99385]\n      },\n      \"retweet_count\": %u,\n"
        "      \"entities\": {\n        \"hashtags\": [],\n        \"user_mentions\": [\n"
        "          {\"screen_name\": \"aym0566x\", \"indices\": [0, 9]}\n        ]\n      }\n    }",
        i, i % 7);
}

/* Compact, few but longer strings: a feed of pushes to repositories. */
static void write_push(struct pen_buf *buf, uint32_t i)
{
    pen_buf_format(
        buf,
        "{\"id\":\"%u\",\"type\":\"PushEvent\",\"actor\":{\"gravatar_id\":"
        "\"0d92d9fa7eb4e9c5ed9d6cf9d6d3c6ce\",\"login\":\"jathanism\",\"avatar_url\":"
        "\"https://secure.example.com/avatar/0d92d9fa7eb4e9c5ed9d6cf9d6d3c6ce?d=https://a.example."
        "com/images/gravatars/gravatar-user-420.png\",\"id\":138052},\"repo\":{\"id\":8517829,"
        "\"name\":\"jathanism/trigger-pkg\",\"url\":\"https://api.example.com/repos/jathanism/"
        "trigger-pkg\"},\"public\":true,\"payload\":{\"push_id\":134107894,\"size\":1,"
        "\"distinct_size\":1,\"ref\":\"refs/heads/master\",\"head\":"
        "\"05570a3080693f6e5244e012b3b1ec59516c01c0\",\"commits\":[{\"sha\":"
        "\"05570a3080693f6e5244e012b3b1ec59516c01c0\",\"author\":{\"email\":\"jathan@example.com\","
        "\"name\":\"Jathan McCollum\"},\"message\":\"SSH Channel data now properly populated in "
        "base class.\\n\\n- New test module added for the parser\\n- Fixes #31: \\\"broken\\\" "
        "output on old releases, seen since the spring.\",\"distinct\":true,\"url\":\"https://api."
        "example.com/repos/jathanism/trigger-pkg/commits/"
        "05570a3080693f6e5244e012b3b1ec59516c01c0\"}]},\"created_at\":\"2013-03-10T21:56:07Z\"}",
        i);
}

static void write_nest(struct pen_buf *buf, uint32_t i)
{
    (void)i;
    for (int n = 0; n < 120; n++) {
        pen_buf_byte(buf, '[');
    }
    for (int n = 0; n < 120; n++) {
        pen_buf_byte(buf, ']');
    }
}

static void write_object_nest(struct pen_buf *buf, uint32_t i)
{
    (void)i;
    for (int n = 0; n < 120; n++) {
        pen_buf_put(buf, PEN_S("{\"\":"));
    }
    pen_buf_byte(buf, '0');
    for (int n = 0; n < 120; n++) {
        pen_buf_byte(buf, '}');
    }
}

static void write_escapes(struct pen_buf *buf, uint32_t i)
{
    (void)i;
    pen_buf_byte(buf, '"');
    for (int n = 0; n < 200; n++) {
        pen_buf_put(buf, PEN_S("\\n\\u00e9"));
    }
    pen_buf_byte(buf, '"');
}

static void write_empty(struct pen_buf *buf, uint32_t i)
{
    (void)i;
    pen_buf_put(buf, PEN_S("\"\""));
}

static void write_wide(struct pen_buf *buf, uint32_t i)
{
    (void)i;
    pen_buf_byte(buf, '"');
    for (int n = 0; n < 200; n++) {
        pen_buf_put(buf, PEN_S("\u540d\u00e9a"));
    }
    pen_buf_byte(buf, '"');
}

static void write_number(struct pen_buf *buf, uint32_t i)
{
    pen_buf_format(buf, "-%u.%ue-5", i, i);
}

static void write_byte(struct pen_buf *buf, uint32_t i)
{
    (void)i;
    pen_buf_byte(buf, '7');
}

static const struct kind plain[] = {
    {"S3 notices", write_notice},
    {"messages, indented", write_message},
    {"pushes", write_push},
};

static const struct kind hostile[] = {
    {"nested arrays", write_nest},     {"nested objects", write_object_nest},
    {"all escapes", write_escapes},    {"empty strings", write_empty},
    {"beyond ASCII", write_wide},      {"long numbers", write_number},
    {"one-digit numbers", write_byte},
};

/* An array of elements, `bytes` long or a little more. */
static void write_array(struct pen_buf *buf, const struct kind *kind, size_t bytes)
{
    buf->len = 0;
    pen_buf_byte(buf, '[');
    for (uint32_t i = 0; buf->len < bytes; i++) {
        if (i > 0) pen_buf_byte(buf, ',');
        kind->write(buf, i);
    }
    pen_buf_byte(buf, ']');
}

/* One object whose names differ in their last bytes. */
static void write_names(struct pen_buf *buf, size_t bytes)
{
    buf->len = 0;
    for (uint32_t i = 0; buf->len < bytes; i++) {
        pen_buf_format(buf, "%c\"k%x\":1", i == 0 ? '{' : ',', i);
    }
    pen_buf_byte(buf, '}');
}

static void write_long_string(struct pen_buf *buf, size_t bytes)
{
    buf->len = 0;
    pen_buf_byte(buf, '"');
    while (buf->len < bytes) {
        pen_buf_put(buf, PEN_S("Dear all, see you on Monday. "));
    }
    pen_buf_byte(buf, '"');
}

static uint64_t cpu_ns(void)
{
    struct timespec now;
    require(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0, "no clock");
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

typedef void step(struct pen_str body, struct pen_arena *arena);

static void read_json(struct pen_str body, struct pen_arena *arena)
{
    const struct pen_json *root = NULL;
    require(pen_json_read(body, NULL, arena, &root, NULL) == PEN_OK, "not readable");
    pen_arena_reset(arena);
}

static void read_event(struct pen_str body, struct pen_arena *arena)
{
    static const struct pen_event_limits limits = {.leaves = 1000000};
    const struct pen_event_input input = {.body = body, .body_kind = PEN_BODY_JSON};
    struct pen_event event;
    struct pen_json_error error = {0};
    if (pen_event_decode(&input, &limits, arena, &event, &error) != PEN_OK) {
        require(false, error.code);
    }
    pen_arena_reset(arena);
}

/* Nanoseconds that one step takes. */
static double measure(step *take, struct pen_str body, struct pen_arena *arena)
{
    uint64_t start = cpu_ns();
    take(body, arena);
    const uint64_t once = cpu_ns() - start + 1;
    const uint64_t times = ENOUGH / once + 1;
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
        start = cpu_ns();
        for (uint64_t i = 0; i < times; i++) {
            take(body, arena);
        }
        const double took = (double)(cpu_ns() - start) / (double)times;
        if (round == 0 || took < best) best = took;
    }
    return best;
}

static const char *judge(bool within)
{
    all_within = all_within && within;
    return within ? "PASS" : "over";
}

/* The bar is one of speed for large documents, one of time for a notice. */
static const char *judge_speed(const char *name, double bytes, double ns)
{
    if (bytes >= SMALL) return judge(bytes * 1000 / ns >= LEAST_SPEED);
    return strcmp(name, plain[0].name) == 0 ? judge(ns <= MOST_NOTICE) : "";
}

static void show_speed(const char *name, const struct pen_buf *buf, struct pen_arena *arena)
{
    const struct pen_str body = pen_buf_str(buf);
    const double json = measure(read_json, body, arena);
    const double event = measure(read_event, body, arena);
    const double bytes = (double)body.len;
    printf("%-20s %9zu %11.2f us %6.0f MB/s %11.2f us %6.0f MB/s  %s\n", name, body.len,
           json / 1000, bytes * 1000 / json, event / 1000, bytes * 1000 / event,
           judge_speed(name, bytes, event));
}

static void show_growth(const char *name, const double small, const double large)
{
    printf("%-20s %10.0f ns/KiB %10.0f ns/KiB   x %.2f  %s\n", name, small, large, large / small,
           judge(large / small < MOST_GROWTH));
}

static double per_kib(struct pen_str body, struct pen_arena *arena)
{
    const uint64_t times = LARGE / body.len + 1;
    const uint64_t start = cpu_ns();
    for (uint64_t i = 0; i < times; i++) {
        read_event(body, arena);
    }
    return (double)(cpu_ns() - start) / (double)times * 1024 / (double)body.len;
}

/* Both sizes take turns, so that other load adds to both. */
static void compare_sizes(const char *name, const struct pen_buf bufs[2], struct pen_arena *arena)
{
    double least[2] = {0};
    require(!bufs[0].full && !bufs[1].full, "no room");
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < 2; i++) {
            const double took = per_kib(pen_buf_str(&bufs[i]), arena);
            if (round == 0 || took < least[i]) least[i] = took;
        }
    }
    show_growth(name, least[0], least[1]);
}

/* Is the row asked for? All are without an argument. */
static bool is_wanted(const char *name, int argc, char **argv)
{
    return argc < 2 || strstr(name, argv[1]) != NULL;
}

static void begin(struct pen_arena **arena, struct pen_stock **stock, size_t keep)
{
    require(pen_arena_create((size_t)1 << 30, (size_t)64 << 10, arena) == PEN_OK, "no memory");
    require(pen_stock_create(keep, stock) == PEN_OK, "no memory");
    pen_arena_share(*arena, *stock);
}

int main(int argc, char **argv)
{
    struct pen_arena *arena = NULL;
    struct pen_stock *stock = NULL;
    const size_t room = 2 * LARGE;
    char *const memory = malloc(2 * room);
    require(memory != NULL, "no memory");
    begin(&arena, &stock, STOCK);
    struct pen_buf bufs[2] = {pen_buf_over(memory + room, room), pen_buf_over(memory, room)};

    printf("%-20s %9s %30s %30s\n", "speed", "bytes", "JSON alone", "JSON and leaves");
    for (size_t i = 0; i < PEN_COUNT_OF(plain); i++) {
        if (!is_wanted(plain[i].name, argc, argv)) continue;
        write_array(&bufs[1], &plain[i], 2);
        show_speed(plain[i].name, &bufs[1], arena);
        write_array(&bufs[1], &plain[i], LARGE - 4096);
        show_speed(plain[i].name, &bufs[1], arena);
    }
    printf("\n%-20s %17s %17s\n", "growth", "16 KiB", "1 MiB");
    for (size_t i = 0; i < PEN_COUNT_OF(hostile); i++) {
        if (!is_wanted(hostile[i].name, argc, argv)) continue;
        write_array(&bufs[0], &hostile[i], SMALL);
        write_array(&bufs[1], &hostile[i], LARGE);
        compare_sizes(hostile[i].name, bufs, arena);
    }
    void (*const wholes[])(struct pen_buf *, size_t) = {write_names, write_long_string};
    const char *const names[] = {"names in one object", "one long string"};
    for (size_t i = 0; i < PEN_COUNT_OF(wholes); i++) {
        if (!is_wanted(names[i], argc, argv)) continue;
        wholes[i](&bufs[0], SMALL);
        wholes[i](&bufs[1], LARGE);
        compare_sizes(names[i], bufs, arena);
    }
    pen_arena_destroy(arena);
    pen_stock_destroy(stock);
    free(memory);
    return all_within ? 0 : 1;
}
