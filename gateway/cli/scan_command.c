/**
 * The same decoding and chain as the gateway's, one JSON verdict a line: for pipes, editors and
 * tests.
 *
 * Nothing is allocated per event once the arena is warm; input is read in large pieces and a line
 * is inspected where it lies in the buffer.
 */
#include "gateway/cli/scan_command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "filters/core/body/media_type.h"
#include "filters/core/nearest.h"
#include "filters/exception.h"
#include "gateway/cli/explain.h"
#include "gateway/cli/options.h"
#include "gateway/clock.h"
#include "gateway/config/config.h"
#include "gateway/inspect.h"
#include "gateway/mask.h"

#define ARENA_BLOCK  ((size_t)256 << 10)
#define OUTPUT_BYTES ((size_t)2 << 20)
#define FINDING_ROOM 16384 /* bytes that one finding may need, with the exception from it */
#define FIELDS_MOST  17    /* Content-Type, and those of --header */

static const char help[] =
    "penstock scan [-c FILE --function NAME] [--type TYPE] [--header 'NAME: VALUE']...\n"
    "              [--explain [--all]] [FILE...]\n"
    "\n"
    "Runs events through the decoding and filters that the gateway would use and prints one\n"
    "JSON line for each:\n"
    "  {\"verdict\":\"pass|flag|block\",\"status\":200,\"reason\":\"none\",\"findings\":[...]}\n"
    "and for one that filters refuse the `exceptions` that would let it pass.\n"
    "Each FILE is one JSON event, and of several each line has its \"file\"; without FILE,\n"
    "standard input has one JSON event a line.\n"
    "With --explain it prints for people what the gateway saw: each text with the way to it,\n"
    "what was decoded below what it was made of, envelopes that it knows by name, findings\n"
    "where they were made. An asterisk marks what whoever causes the event writes.\n"
    "\n"
    "  -c, --config FILE    take `event`, limits, filters and exceptions from this configuration\n"
    "  -f, --function NAME  of this function in it\n"
    "  -t, --type TYPE      the events are of this Content-Type, not application/json; standard\n"
    "                       input is then one event\n"
    "  -H, --header FIELD   the events come with this field, \"X-GitHub-Event: push\"; up to 16\n"
    "  -x, --explain        print what was seen instead of JSON; NO_COLOR is honoured\n"
    "  -a, --all            and the names, too, in which there is nothing to see\n"
    "  -h, --help           this text\n"
    "\n"
    "Without a configuration the default policy applies: all filters, no declared sinks.\n"
    "Example:\n"
    "  echo '{\"name\":\"x\\u0027 OR 1=1 --\"}' | penstock scan --explain\n"
    "Exit status: 0 all may pass, 1 at least one is refused, 2 used wrongly.\n";

static char standard_input[] = "/dev/stdin";

struct scanner {
    struct pen_config *config; /* NULL: default policy */
    struct pen_ruleset *ruleset;
    struct pen_scratch *scratch;
    struct pen_arena *chain_arena;
    struct pen_schemas *schemas;
    struct pen_inspect_rules rules;
    size_t function; /* by index, with a configuration */
    struct pen_inspect_limits limits;
    struct pen_arena *arena;    /* of one event */
    struct pen_media_type type; /* of the events */
    struct pen_event_field fields[FIELDS_MOST];
    size_t field_count;
    const struct pen_envelope *const *expected; /* by the function */
    size_t expected_count;
    int64_t now_s;
    bool refused;
    bool malformed; /* the latest event: no JSON, or whatever else it should be */
    bool hinted;    /* that standard input has an event a line */
    bool broken;    /* output cannot be written */
    struct pen_buf out;
    bool explain;
    struct pen_explain_view view; /* with explain, instead of `out` */
    size_t events;
    bool several; /* files */
};

static void flush(struct scanner *s)
{
    if (s->explain && fflush(s->view.out) != 0 && !s->broken) {
        fprintf(stderr, "penstock scan: cannot write: %s\n", strerror(errno));
        s->broken = true;
    }
    for (size_t at = 0; at < s->out.len && !s->broken;) {
        const ssize_t put = write(STDOUT_FILENO, s->out.ptr + at, s->out.len - at);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) {
            fprintf(stderr, "penstock scan: cannot write: %s\n", strerror(errno));
            s->broken = true;
        } else {
            at += (size_t)put;
        }
    }
    s->out.len = 0;
}

static void put_member(struct pen_buf *out, struct pen_str name, struct pen_str text)
{
    pen_buf_put(out, PEN_S(",\""));
    pen_buf_put(out, name);
    pen_buf_put(out, PEN_S("\":\""));
    pen_buf_json(out, text);
    pen_buf_byte(out, '"');
}

static void put_finding(struct scanner *s, const struct pen_scan *scan,
                        const struct pen_finding *finding)
{
    char memory[PEN_EXCEPTION_PATH];
    struct pen_buf *const out = &s->out;
    struct pen_buf path = pen_buf_over(memory, sizeof(memory));
    pen_buf_put(out, PEN_S("{\"rule\":\""));
    pen_buf_put(out, pen_str_from_c(finding->rule));
    pen_buf_byte(out, '"');
    if (finding->leaf != NULL) pen_leaf_path(finding->leaf, &path);
    (void)pen_mask_path(scan, &path);
    put_member(out, PEN_S("path"), pen_buf_str(&path));
    if (finding->leaf != NULL && finding->leaf->from != NULL) {
        struct pen_buf codings = pen_buf_over(memory, sizeof(memory));
        pen_leaf_codings(finding->leaf, &codings);
        put_member(out, PEN_S("codings"), pen_buf_str(&codings));
    }
    pen_buf_put(out, PEN_S(",\"start\":"));
    pen_buf_u64(out, finding->span.start);
    pen_buf_put(out, PEN_S(",\"end\":"));
    pen_buf_u64(out, finding->span.end);
    pen_buf_put(out, PEN_S(",\"score\":"));
    pen_buf_u64(out, finding->score);
    if (finding->excused != NULL) pen_buf_put(out, PEN_S(",\"excused\":true"));
    if (finding->held_back) pen_buf_put(out, PEN_S(",\"held_back\":true"));
    put_member(out, PEN_S("message"), pen_str_from_c(finding->sentence));
    pen_buf_byte(out, '}');
}

/* What would let it pass, to be copied into the function's policy. */
static void put_exceptions(struct pen_buf *out, const struct pen_scan *scan)
{
    char memory[PEN_EXCEPTION_PATH];
    struct pen_buf path = pen_buf_over(memory, sizeof(memory));
    const char *rule = NULL;
    uint32_t at = 0;
    const size_t before = out->len;
    bool any = false;
    while (pen_exception_suggest(scan, &at, &rule, &path)) {
        if (pen_mask_path(scan, &path)) {
            out->len = before;
            return;
        }
        pen_buf_put(out, any ? PEN_S(",{\"rule\":\"") : PEN_S(",\"exceptions\":[{\"rule\":\""));
        pen_buf_json(out, pen_str_from_c(rule));
        pen_buf_byte(out, '"');
        put_member(out, PEN_S("path"), pen_buf_str(&path));
        put_member(out, PEN_S("reason"), PEN_S("")); /* yours to say */
        pen_buf_byte(out, '}');
        any = true;
    }
    if (any) pen_buf_byte(out, ']');
}

/* Of several files each line says which it is about. */
static void put_line(struct scanner *s, struct pen_str title,
                     const struct pen_inspection *inspection, const struct pen_scan *scan)
{
    if (s->out.cap - s->out.len < (size_t)FINDING_ROOM * (PEN_SCAN_FINDINGS + 1)) flush(s);
    struct pen_buf *const out = &s->out;
    pen_buf_put(out, PEN_S("{\"verdict\":\""));
    pen_buf_put(out, pen_str_from_c(pen_verdict_name(inspection->verdict)));
    pen_buf_byte(out, '"');
    if (s->several) put_member(out, PEN_S("file"), title);
    pen_buf_put(out, PEN_S(",\"status\":"));
    pen_buf_u64(out, (uint64_t)inspection->status);
    put_member(out, PEN_S("reason"), pen_str_from_c(inspection->reason));
    pen_buf_put(out, PEN_S(",\"findings\":["));
    for (uint32_t i = 0; i < scan->finding_count; i++) {
        if (i > 0) pen_buf_byte(out, ',');
        put_finding(s, scan, &scan->findings[i]);
    }
    pen_buf_byte(out, ']');
    if (inspection->violations != NULL) {
        pen_buf_put(out, PEN_S(",\"violations\":["));
        pen_violations_put(inspection->violations, true, out);
        pen_buf_byte(out, ']');
    }
    if (inspection->verdict == PEN_BLOCK) put_exceptions(out, scan);
    pen_buf_put(out, PEN_S("}\n"));
}

/* Several events have their names, and an empty line between two. */
static void put_explanation(struct scanner *s, struct pen_str title, struct pen_str event,
                            const struct pen_inspection *inspection, const struct pen_scan *scan)
{
    if (s->events++ > 0) fputc('\n', s->view.out);
    pen_explain(&s->view, title, event, inspection, scan);
}

static void scan_event(struct scanner *s, struct pen_str title, struct pen_str event)
{
    const struct pen_event_input input = {
        .method = PEN_STR("POST"),
        .body = event,
        .body_kind = s->type.kind,
        .boundary = s->type.boundary,
        .is_ascii = s->type.is_ascii,
        .fields = s->fields,
        .field_count = s->field_count,
        .expected = s->expected,
        .expected_count = s->expected_count,
    };
    struct pen_scan scan;
    struct pen_inspection inspection;
    pen_inspect(&s->rules, s->scratch, &input, &s->limits, s->now_s, s->arena, &scan, &inspection);
    if (inspection.verdict == PEN_BLOCK) s->refused = true;
    s->malformed = inspection.status == 400;
    if (s->explain) {
        put_explanation(s, title, event, &inspection, &scan);
    } else {
        put_line(s, title, &inspection, &scan);
    }
    pen_arena_reset(s->arena);
}

/* A line longer than an event may be is not kept, only answered. */
static void scan_too_long(struct scanner *s)
{
    const struct pen_inspection inspection = {
        .verdict = PEN_BLOCK, .status = 413, .reason = "body.too_large"};
    const struct pen_scan nothing = {.finding_count = 0};
    s->refused = true;
    if (s->explain) {
        put_explanation(s, PEN_S("a line too long"), PEN_S(""), &inspection, &nothing);
    } else {
        put_line(s, PEN_S(""), &inspection, &nothing);
    }
}

/* A line of a document that goes over several: "{", "  \"a\": 1,". Said once. */
static void hint_at_lines(struct scanner *s, struct pen_str line)
{
    while (line.len > 0 && pen_is_space(line.ptr[line.len - 1])) {
        line.len--;
    }
    const bool goes_on = line.len > 0 && strchr("{[,", line.ptr[line.len - 1]) != NULL;
    if (!s->malformed || !goes_on || s->hinted) return;
    fprintf(stderr, "penstock scan: standard input has one event a line; for one document give a "
                    "FILE or --type application/json\n");
    s->hinted = true;
}

/* Inspect the whole lines of `bytes`. Returns how much of it was used. */
static size_t scan_lines(struct scanner *s, struct pen_str bytes, bool last, bool *skipping)
{
    size_t start = 0;
    while (start < bytes.len && !s->broken) {
        const size_t end = pen_str_find(bytes, '\n', start);
        if (end == bytes.len && !last) break;
        struct pen_str line = pen_str_slice(bytes, start, end);
        if (line.len > 0 && line.ptr[line.len - 1] == '\r') line.len--;
        if (line.len > 0 && !*skipping) {
            scan_event(s, PEN_S(""), line);
            hint_at_lines(s, line);
        }
        *skipping = false;
        start = end + 1;
    }
    return start < bytes.len ? start : bytes.len;
}

static int scan_stdin(struct scanner *s)
{
    const size_t room = (size_t)s->limits.body_bytes + ((size_t)64 << 10);
    char *const buffer = malloc(room);
    if (buffer == NULL) {
        fprintf(stderr, "penstock scan: not enough memory\n");
        return 2;
    }
    size_t held = 0;
    bool skipping = false;
    int status = 0;
    for (;;) {
        const ssize_t got = read(STDIN_FILENO, buffer + held, room - held);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            fprintf(stderr, "penstock scan: cannot read standard input: %s\n", strerror(errno));
            status = 2;
            break;
        }
        held += (size_t)got;
        const size_t used = scan_lines(s, (struct pen_str){buffer, held}, got == 0, &skipping);
        memmove(buffer, buffer + used, held - used);
        held -= used;
        if (held == room) {
            if (!skipping) scan_too_long(s);
            skipping = true;
            held = 0;
        }
        /* Whoever writes line by line into a pipe wants to see each answer. */
        if (got < (ssize_t)(room - held) / 2) flush(s);
        if (got == 0 || s->broken) break;
    }
    free(buffer);
    return status;
}

static int scan_file(struct scanner *s, const char *name)
{
    const size_t room = (size_t)s->limits.body_bytes + 1; /* one more shows that it is too large */
    FILE *file = fopen(name, "rbe");
    char *const buffer = malloc(room);
    int status = 0;
    if (file == NULL || buffer == NULL) {
        fprintf(stderr, "penstock scan: cannot read %s: %s\n", name, strerror(errno));
        status = 2;
    } else {
        const size_t length = fread(buffer, 1, room, file);
        if (ferror(file) != 0) {
            fprintf(stderr, "penstock scan: cannot read %s: %s\n", name, strerror(errno));
            status = 2;
        } else {
            const struct pen_str title = {name, name == standard_input ? 0 : strlen(name)};
            scan_event(s, title, (struct pen_str){buffer, length});
        }
    }
    free(buffer);
    if (file != NULL && fclose(file) != 0) status = 2;
    return status;
}

static const struct pen_config_function *find_function(const struct pen_config *config,
                                                       struct pen_str name)
{
    for (size_t i = 0; i < config->function_count; i++) {
        if (pen_str_equal(config->functions[i].name, name)) return &config->functions[i];
    }
    return NULL;
}

static enum pen_status take_policy(struct scanner *s, const char *file, const char *name,
                                   struct pen_policy *policy, struct pen_error *err)
{
    if (file == NULL) return PEN_OK;

    PEN_TRY(pen_config_load(pen_str_from_c(file), &s->config, err));
    const struct pen_config_function *const function =
        find_function(s->config, pen_str_from_c(name));
    if (function == NULL) {
        struct pen_nearest nearest;
        pen_nearest_init(&nearest, pen_str_from_c(name));
        for (size_t i = 0; i < s->config->function_count; i++) {
            pen_nearest_consider(&nearest, s->config->functions[i].name);
        }
        pen_error_set(err, "there is no function '%s'%s", name, pen_nearest_hint(&nearest));
        return PEN_ERR_NOT_FOUND;
    }
    s->function = function->index;
    *policy = pen_config_policy(function);
    s->expected = function->events;
    s->expected_count = function->event_count;
    s->limits = (struct pen_inspect_limits){
        .body_bytes = function->limits.body_bytes,
        .depth = function->limits.depth,
        .leaves = function->limits.leaves,
        .fields = function->limits.fields,
        .string_bytes = function->limits.string_bytes,
    };
    return PEN_OK;
}

static enum pen_status set_up(struct scanner *s, const char *file, const char *function,
                              struct pen_error *err)
{
    struct pen_policy policy = pen_policy_default();
    s->limits = pen_inspect_default_limits();
    s->now_s = pen_clock_unix_s();
    PEN_TRY(take_policy(s, file, function, &policy, err));
    pen_error_set(err, "not enough memory");
    const size_t patches = s->config == NULL ? 0 : s->config->patch_count;
    PEN_TRY(pen_ruleset_create_patched(patches == 0 ? NULL : s->config->patches, patches,
                                       &s->ruleset, err));
    PEN_TRY(pen_scratch_create(s->ruleset, &s->scratch));
    PEN_TRY(pen_arena_create((size_t)16 << 20, 65536, &s->chain_arena));
    PEN_TRY(pen_chain_create(s->ruleset, &policy, s->chain_arena, &s->rules.chain, err));
    if (s->config != NULL) {
        PEN_TRY(pen_schemas_create(s->config, &s->schemas, err));
        s->rules.schemas = pen_schemas_of(s->schemas, s->function);
    }
    const size_t limit =
        ((size_t)1 << 20) + 5 * (size_t)s->limits.body_bytes + (size_t)1024 * s->limits.leaves;
    s->limits.memory = limit;
    PEN_TRY(pen_arena_create(limit, ARENA_BLOCK, &s->arena));
    char *const memory = malloc(OUTPUT_BYTES);
    if (memory == NULL) return PEN_ERR_NOMEM;
    s->out = pen_buf_over(memory, OUTPUT_BYTES);
    return PEN_OK;
}

static void tear_down(struct scanner *s)
{
    pen_arena_destroy(s->arena);
    pen_arena_destroy(s->chain_arena);
    pen_schemas_destroy(s->schemas);
    pen_scratch_destroy(s->scratch);
    pen_ruleset_release(s->ruleset);
    pen_config_destroy(s->config);
    free(s->out.ptr);
}

static int run(struct scanner *s, char **files)
{
    int status = 0;
    if (*files == NULL) status = scan_stdin(s);
    s->several = *files != NULL && files[1] != NULL;
    for (; *files != NULL && status == 0; files++) {
        status = scan_file(s, *files);
    }
    flush(s);
    if (status != 0 || s->broken) return 2;
    return s->refused ? 1 : 0;
}

/* Fields tell some envelopes, and the modes of CloudEvents. */
static bool take_field(struct scanner *s, struct pen_str name, struct pen_str value)
{
    if (s->field_count == FIELDS_MOST) {
        fprintf(stderr, "penstock scan: more than %d header fields\n", FIELDS_MOST - 1);
        return false;
    }
    s->fields[s->field_count++] = (struct pen_event_field){name, value};
    return true;
}

static bool take_header(struct scanner *s, const char *text)
{
    const struct pen_str field = pen_str_from_c(text);
    const size_t colon = pen_str_find(field, ':', 0);
    if (colon == 0 || colon == field.len) {
        fprintf(stderr, "penstock scan: '%s' is no header field; expected 'NAME: VALUE'\n", text);
        return false;
    }
    const struct pen_str name = pen_str_slice(field, 0, colon);
    if (pen_str_equal_fold(name, PEN_S("content-type"))) {
        fprintf(stderr, "penstock scan: the type of the events is told by --type\n");
        return false;
    }
    size_t start = colon + 1;
    while (start < field.len && field.ptr[start] == ' ') {
        start++;
    }
    return take_field(s, name, pen_str_slice(field, start, field.len));
}

static bool take_type(struct scanner *s, const char *text)
{
    const char *code = "type.malformed";
    if (pen_media_type_read(pen_str_from_c(text), &s->type, &code) == PEN_OK) {
        s->fields[0].value = pen_str_from_c(text);
        return true;
    }

    fprintf(
        stderr,
        "penstock scan: cannot read events of the type '%s': %s; there are readers of "
        "application/json, application/x-www-form-urlencoded, multipart/form-data, XML, NDJSON, "
        "GraphQL and text/plain (docs/events.md)\n",
        text, code);
    return false;
}

int pen_cli_scan(int argc, char **argv)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'}, {"function", required_argument, NULL, 'f'},
        {"type", required_argument, NULL, 't'},   {"header", required_argument, NULL, 'H'},
        {"explain", no_argument, NULL, 'x'},      {"all", no_argument, NULL, 'a'},
        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0},
    };
    const char *file = NULL;
    const char *function = NULL;
    bool all = false;
    bool typed = false;
    struct scanner scanner = {
        .type = {.kind = PEN_BODY_JSON},
        .fields = {{PEN_STR("content-type"), PEN_STR("application/json")}},
        .field_count = 1,
    };
    for (int option; (option = pen_option_next(argc, argv, ":c:f:t:H:xah", options)) != -1;) {
        switch (option) {
        case 'h':
            return fputs(help, stdout) == EOF ? 2 : 0;
        case 'c':
            file = optarg;
            break;
        case 'f':
            function = optarg;
            break;
        case 't':
            if (!take_type(&scanner, optarg)) return 2;
            typed = true;
            break;
        case 'H':
            if (!take_header(&scanner, optarg)) return 2;
            break;
        case 'x':
            scanner.explain = true;
            break;
        case 'a':
            all = true;
            break;
        default:
            return 2;
        }
    }
    if ((file == NULL) != (function == NULL)) {
        fprintf(stderr, "penstock scan: -c FILE and --function NAME go together\n");
        return 2;
    }
    if (all && !scanner.explain) {
        fprintf(stderr, "penstock scan: --all goes with --explain\n");
        return 2;
    }
    scanner.view = pen_explain_view_for(stdout);
    scanner.view.all = all;
    struct pen_error err = {0};
    int status = 2;
    if (set_up(&scanner, file, function, &err) == PEN_OK) {
        scanner.view.expected = scanner.expected;
        scanner.view.expected_count = scanner.expected_count;
        /* Other types have line breaks within. */
        char *whole[] = {standard_input, NULL};
        status = run(&scanner, typed && argv[optind] == NULL ? whole : argv + optind);
    } else if (err.line > 0) {
        fprintf(stderr, "%s:%zu:%zu: %s\n", file, err.line, err.column, err.text);
    } else {
        fprintf(stderr, "penstock scan: %s%s%s\n", file != NULL ? file : "",
                file != NULL ? ": " : "", err.text);
    }
    tear_down(&scanner);
    return status;
}
