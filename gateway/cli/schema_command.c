/**
 * A schema is compiled, instances are held against it, and what is wrong with them is said as a
 * compiler would: file, line, column.
 */
#include "gateway/cli/schema_command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filters/schema/output.h"
#include "gateway/cli/options.h"
#include "gateway/cli/schema_batch.h"
#include "gateway/cli/shown.h"
#include "gateway/config/judge.h"
#include "gateway/config/yaml.h"
#include "gateway/file.h"

#define INSTANCE_BYTES ((size_t)256 << 20) /* beyond it a wrong path is more likely */
#define OUTPUT_BYTES   ((size_t)64 << 20)
#define FAILURES_SHOWN 20                       /* of one instance; more fit on no screen */
#define REMOTES        "http://localhost:1234/" /* what the official suite's references begin with */

static const char help[] =
    "penstock schema SCHEMA [INSTANCE...]\n"
    "penstock schema --batch [--remotes DIR] <TESTS\n"
    "penstock schema --config >penstock.schema.json\n"
    "\n"
    "Holds JSON or YAML (by the file's name) against a JSON Schema: draft 2020-12, or draft-07\n"
    "where \"$schema\" says so. Without INSTANCE it only asks whether SCHEMA is a good one.\n"
    "An INSTANCE \"-\" is JSON on standard input.\n"
    "\n"
    "  -o, --output FORM    instead of sentences one JSON line an instance, in a form of the\n"
    "                       standard: flag, basic, detailed or verbose\n"
    "  -d, --draft DRAFT    2020-12 or 7, where the schema does not say; default 2020-12\n"
    "  -f, --format HOW     `assert` (default): \"format\" is checked; `annotate`: it is not\n"
    "  -p, --pointer AT     the schema is at this JSON Pointer in SCHEMA:\n"
    "                       /components/schemas/Order of an OpenAPI document\n"
    "  -m, --map URI=PATH   references to URI lead to this file; to all URIs that begin with one\n"
    "                       that ends in '/', to files in this folder. Nothing is ever fetched\n"
    "  -b, --batch          one test a line on standard input:\n"
    "                       {\"id\":1,\"draft\":\"2020-12\",\"schema\":...,\"instance\":...,\n"
    "                        \"assert_format\":true}; one line out for each: `valid`, `invalid`\n"
    "                       or `error REASON`\n"
    "                       (the exit status is 0 then, whatever they say)\n"
    "  -r, --remotes DIR    short for --map " REMOTES "=DIR\n"
    "  -c, --config         print the schema that configurations are held against, for editors\n"
    "  -h, --help           this text\n"
    "\n"
    "Example:\n"
    "  penstock schema order.schema.json order.json\n"
    "  order.json:4:12: /items/0/qty: minimum: must be at least 1\n"
    "Exit status: 0 all are valid, 1 at least one is not, 2 used wrongly, or SCHEMA is none.\n";

struct request {
    enum pen_schema_draft draft;
    bool annotate;
    bool batch;
    bool has_form;
    enum pen_schema_form form;
    struct pen_str pointer;
    const struct pen_schema *schema;
};

static int fail(const char *sentence)
{
    fprintf(stderr, "penstock schema: %s\n", sentence);
    return 2;
}

/* Standard error gets "name:line:column: sentence". */
static void complain(const char *name, const struct pen_error *err)
{
    if (err->line == 0) {
        fprintf(stderr, "penstock schema: %s\n", err->text);
    } else {
        fprintf(stderr, "%s:%zu:%zu: %s\n", name, err->line, err->column, err->text);
    }
}

static void put_failure(const char *name, struct pen_str source, const struct pen_schema_unit *unit)
{
    char memory[4096];
    size_t line = 0;
    size_t column = 0;
    struct pen_buf out = pen_buf_over(memory, sizeof(memory));
    pen_yaml_place(source, unit->instance->place.start, &line, &column);
    pen_buf_format(&out, "%s:%zu:%zu: ", name, line, column);
    char pointer[1024];
    struct pen_buf path = pen_buf_over(pointer, sizeof(pointer));
    pen_json_pointer(unit->instance, &path);
    if (path.len == 0) pen_buf_put(&path, PEN_S("the whole"));
    (void)pen_shown_path(&out, pen_buf_str(&path), 512);
    pen_buf_put(&out, PEN_S(": "));
    pen_buf_put(&out, pen_schema_unit_keyword(unit));
    if (unit->sentence != NULL) pen_buf_format(&out, ": %s", unit->sentence);
    char where[1024];
    struct pen_buf place = pen_buf_over(where, sizeof(where));
    pen_schema_unit_absolute(unit, &place);
    pen_buf_put(&out, PEN_S(" ("));
    (void)pen_shown_path(&out, pen_buf_str(&place), 512);
    pen_buf_put(&out, PEN_S(")\n"));
    (void)fwrite(out.ptr, 1, out.len, stdout);
}

static void put_failures(const char *name, struct pen_str source,
                         const struct pen_schema_unit *units)
{
    size_t count = 0;
    for (const struct pen_schema_unit *unit = pen_schema_next_failure(units, NULL); unit != NULL;
         unit = pen_schema_next_failure(units, unit)) {
        if (++count <= FAILURES_SHOWN) put_failure(name, source, unit);
    }
    if (count > FAILURES_SHOWN) printf("%s: and %zu more\n", name, count - FAILURES_SHOWN);
}

static int put_form(const struct request *request, const struct pen_schema_unit *units,
                    struct pen_arena *arena)
{
    char *const memory = pen_arena_bytes(arena, OUTPUT_BYTES);
    if (memory == NULL) return fail("not enough memory");
    struct pen_buf out = pen_buf_over(memory, OUTPUT_BYTES);
    pen_schema_output(units, request->form, &out);
    pen_buf_byte(&out, '\n');
    if (out.full) return fail("the output is longer than 64 MiB: ask for another form");
    return fwrite(out.ptr, 1, out.len, stdout) == out.len ? 0 : fail("cannot write");
}

/* An instance, read. */
struct instance {
    const char *name;
    struct pen_str text;
    const struct pen_json *tree;
};

static int no_verdict(const struct instance *instance, enum pen_status status)
{
    if (status == PEN_ERR_NOMEM) {
        fprintf(stderr, "%s: not enough memory\n", instance->name);
        return 2;
    }
    fprintf(stderr,
            "%s: this takes more work than an event of its size is granted: the gateway would"
            " refuse it (schema.limit)\n",
            instance->name);
    return 1;
}

/* All that there is to say, which takes longer than the verdict: from a budget of its own. */
static int explain(struct pen_schema_bench *bench, const struct request *request,
                   const struct instance *instance, bool valid)
{
    uint64_t steps = 16 * pen_schema_steps(instance->text.len);
    const struct pen_schema_unit *units = NULL;
    const struct pen_schema_run run = {
        .arena = bench->work, .scratch = bench->scratch, .steps_left = &steps};
    if (pen_schema_evaluate(request->schema, instance->tree, &run, &units) != PEN_OK) {
        fprintf(stderr, "%s: %s, and too large to say more of it\n", instance->name,
                valid ? "valid" : "not valid");
        return valid ? 2 : 1;
    }
    if (!request->has_form) {
        put_failures(instance->name, instance->text, units);
    } else if (put_form(request, units, bench->work) != 0) {
        return 2;
    }
    return valid ? 0 : 1;
}

static int judge(struct pen_schema_bench *bench, const struct request *request,
                 const struct instance *instance)
{
    uint64_t steps = pen_schema_steps(instance->text.len);
    const struct pen_schema_run run = {
        .arena = bench->work, .scratch = bench->scratch, .steps_left = &steps};
    bool valid = false;
    const enum pen_status status =
        pen_schema_is_valid(request->schema, instance->tree, &run, &valid);
    if (status != PEN_OK) return no_verdict(instance, status);
    if (request->has_form || !valid) return explain(bench, request, instance, valid);
    printf("%s: valid\n", instance->name);
    return 0;
}

/* 0 valid, 1 not, 2 it could not be told. */
static int hold(struct pen_schema_bench *bench, const struct request *request, const char *name)
{
    const char *const path = strcmp(name, "-") == 0 ? "/dev/stdin" : name;
    struct pen_error err = {.text = "not enough memory"};
    struct instance instance = {.name = name};
    if (pen_file_read(pen_str_from_c(path), INSTANCE_BYTES, &instance.text, &err) != PEN_OK) {
        complain(name, &err);
        return 2;
    }
    int exit_status = 0;
    pen_arena_reset(bench->work);
    const enum pen_status status = pen_schema_bench_read(pen_str_from_c(name), instance.text,
                                                         bench->work, &instance.tree, &err);
    if (status == PEN_OK) {
        exit_status = judge(bench, request, &instance);
    } else {
        complain(name, &err);
        exit_status = status == PEN_ERR_NOMEM ? 2 : 1;
    }
    pen_file_wipe(&instance.text);
    return exit_status;
}

/* What is doubtful ends nothing. */
static void tell_doubts(const struct pen_schema_files *files)
{
    size_t told = 0;
    for (const struct pen_schema_doubt *one = files->doubts; one != NULL; one = one->next, told++) {
        fprintf(stderr, "%.*s\n", PEN_STR_ARGS(one->text));
    }
    if (files->doubt_count > told) {
        fprintf(stderr, "penstock schema: %zu more members like these\n",
                files->doubt_count - told);
    }
}

static int hold_all(struct pen_schema_bench *bench, struct request *request, int argc, char **argv)
{
    const struct pen_schema_file *file = NULL;
    struct pen_error err = {.text = "not enough memory"};
    enum pen_status status =
        pen_schema_files_open(&bench->files, pen_str_from_c(argv[0]), &file, &err);
    if (status == PEN_OK) {
        const struct pen_schema_source source = {
            .file = file,
            .pointer = request->pointer,
            .annotate = request->annotate,
            .draft = request->draft,
        };
        status = pen_schema_files_compile(&bench->files, &source, &request->schema, &err);
    }
    if (status != PEN_OK) {
        /* What is wrong in a file begins with its name. */
        fprintf(stderr, "%s%s\n", status == PEN_ERR_IO ? "penstock schema: " : "", err.text);
        return 2;
    }
    tell_doubts(&bench->files);
    if (argc == 1) {
        printf("%s: %s\n", argv[0],
               bench->files.doubt_count == 0 ? "a good schema" : "a schema, but look twice");
    }
    int exit_status = 0;
    for (int i = 1; i < argc; i++) {
        const int one = hold(bench, request, argv[i]);
        if (one > exit_status) exit_status = one;
    }
    return fflush(stdout) == 0 ? exit_status : fail("cannot write");
}

static bool read_draft(const char *text, enum pen_schema_draft *out)
{
    if (strcmp(text, "2020-12") == 0) {
        *out = PEN_SCHEMA_2020_12;
        return true;
    }
    *out = PEN_SCHEMA_DRAFT_7;
    return strcmp(text, "7") == 0 || strcmp(text, "draft-07") == 0;
}

static bool read_form(const char *text, enum pen_schema_form *out)
{
    static const char *const names[] = {"flag", "basic", "detailed", "verbose"};
    static const enum pen_schema_form forms[] = {PEN_SCHEMA_FLAG, PEN_SCHEMA_BASIC,
                                                 PEN_SCHEMA_DETAILED, PEN_SCHEMA_VERBOSE};
    for (size_t i = 0; i < PEN_COUNT_OF(names); i++) {
        if (strcmp(text, names[i]) != 0) continue;
        *out = forms[i];
        return true;
    }
    return false;
}

static int map(struct pen_schema_bench *bench, struct pen_str uri, const char *path)
{
    struct pen_error err = {.text = ""};
    if (pen_schema_bench_map(bench, uri, pen_str_from_c(path), &err) == PEN_OK) return 0;
    return fail(err.text);
}

/* "URI=PATH"; a URI may hold '=', a path hardly does. */
static int map_pair(struct pen_schema_bench *bench, const char *text)
{
    const char *const equals = strrchr(text, '=');
    if (equals == NULL) return fail("--map takes URI=PATH");
    return map(bench, (struct pen_str){text, (size_t)(equals - text)}, equals + 1);
}

static int put_config_schema(void)
{
    const struct pen_str text = pen_judge_schema_text();
    return fwrite(text.ptr, 1, text.len, stdout) == text.len && fflush(stdout) == 0
               ? 0
               : fail("cannot write");
}

static int run(struct pen_schema_bench *bench, int argc, char **argv)
{
    static const struct option options[] = {
        {"output", required_argument, NULL, 'o'},  {"draft", required_argument, NULL, 'd'},
        {"format", required_argument, NULL, 'f'},  {"pointer", required_argument, NULL, 'p'},
        {"map", required_argument, NULL, 'm'},     {"batch", no_argument, NULL, 'b'},
        {"remotes", required_argument, NULL, 'r'}, {"config", no_argument, NULL, 'c'},
        {"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0},
    };
    struct request request = {.pointer = PEN_S("")};
    for (int option; (option = pen_option_next(argc, argv, ":o:d:f:p:m:br:ch", options)) != -1;) {
        int status = 0;
        switch (option) {
        case 'h':
            return fputs(help, stdout) == EOF ? 2 : 0;
        case 'o':
            request.has_form = true;
            if (!read_form(optarg, &request.form)) {
                status = fail("--output is flag, basic, detailed or verbose");
            }
            break;
        case 'd':
            if (!read_draft(optarg, &request.draft)) status = fail("--draft is 2020-12 or 7");
            break;
        case 'f':
            request.annotate = strcmp(optarg, "annotate") == 0;
            if (!request.annotate && strcmp(optarg, "assert") != 0) {
                status = fail("--format is assert or annotate");
            }
            break;
        case 'p':
            /* As "#/$defs/order" it stands in references and configurations. */
            request.pointer = pen_str_from_c(optarg[0] == '#' ? optarg + 1 : optarg);
            break;
        case 'm':
            status = map_pair(bench, optarg);
            break;
        case 'b':
            request.batch = true;
            break;
        case 'c':
            return put_config_schema();
        case 'r':
            status = map(bench, PEN_S(REMOTES), optarg);
            break;
        default:
            return 2;
        }
        if (status != 0) return status;
    }
    if (request.batch && optind == argc) return pen_schema_batch(bench, stdin, stdout);
    if (request.batch) return fail("--batch takes schemas and instances from standard input alone");
    if (optind == argc) return fail("which SCHEMA? see: penstock schema --help");
    return hold_all(bench, &request, argc - optind, argv + optind);
}

int pen_cli_schema(int argc, char **argv)
{
    struct pen_schema_bench bench;
    if (pen_schema_bench_open(&bench) != PEN_OK) return fail("not enough memory");
    const int exit_status = run(&bench, argc, argv);
    pen_schema_bench_close(&bench);
    return exit_status;
}
