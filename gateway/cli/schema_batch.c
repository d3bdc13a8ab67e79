/**
 * A line is read as one tree; schema and instance are subtrees of it, so nothing is written out
 * and read again. Suites hold many instances against one schema: it is compiled when it changes.
 */
#include "gateway/cli/schema_batch.h"

#include <stdlib.h>
#include <string.h>

/* What the schema at hand was made of; the texts are on the heap, for the line's buffer is reused.
 */
struct made {
    char *text;
    size_t len;
    enum pen_schema_draft draft;
    bool assert_format;
    bool assert_content;
    const struct pen_schema *schema; /* NULL: it is none, and `reason` says why */
    char reason[1200];               /* path, sentence and what a file says fit */
    bool is_made;
};

struct test {
    const struct pen_json *schema;
    const struct pen_json *instance;
    enum pen_schema_draft draft;
    bool assert_format;
    bool assert_content;
};

static bool flag_of(const struct pen_json *line, struct pen_str name)
{
    const struct pen_json *const value = pen_json_member(line, name);
    return value != NULL && value->type == PEN_JSON_TRUE;
}

/* NULL, or what is wrong with the line. */
static const char *take(const struct pen_json *line, struct test *out)
{
    if (line->type != PEN_JSON_OBJECT) {
        return "a line is an object: {\"schema\":...,\"instance\":...}";
    }
    *out = (struct test){
        .schema = pen_json_member(line, PEN_S("schema")),
        .instance = pen_json_member(line, PEN_S("instance")),
        .assert_format = flag_of(line, PEN_S("assert_format")),
    };
    if (out->schema == NULL) return "there is no \"schema\"";
    if (out->instance == NULL) return "there is no \"instance\"";

    const struct pen_json *const draft = pen_json_member(line, PEN_S("draft"));
    if (draft == NULL || pen_str_equal(draft->text, PEN_S("2020-12"))) return NULL;
    out->draft = PEN_SCHEMA_DRAFT_7;
    /* The suite of draft-07 has these as assertions, that of 2020-12 as annotations. */
    out->assert_content = true;
    return pen_str_equal(draft->text, PEN_S("7")) ? NULL : "\"draft\" is \"2020-12\" or \"7\"";
}

static struct pen_str source_of(struct pen_str line, const struct pen_json *value)
{
    return pen_str_slice(line, value->place.start, value->place.end);
}

static bool is_the_same(const struct made *made, struct pen_str line, const struct test *test)
{
    const struct pen_str text = {made->text, made->len};
    return made->is_made && made->draft == test->draft && made->assert_format == test->assert_format
           && made->assert_content == test->assert_content
           && pen_str_equal(text, source_of(line, test->schema));
}

static void forget(struct pen_schema_bench *bench, struct made *made)
{
    pen_schema_bench_clear(bench);
    free(made->text);
    *made = (struct made){.text = NULL};
}

/* The schema outlives its line, so it is read once more from a copy. */
static enum pen_status make(struct pen_schema_bench *bench, struct pen_str line,
                            const struct test *test, struct made *made)
{
    const struct pen_str text = source_of(line, test->schema);
    forget(bench, made);
    made->text = malloc(text.len + 1);
    if (made->text == NULL) return PEN_ERR_NOMEM;
    memcpy(made->text, text.ptr, text.len);
    made->text[text.len] = '\0';
    made->len = text.len;
    made->draft = test->draft;
    made->assert_format = test->assert_format;
    made->assert_content = test->assert_content;

    const struct pen_json *document = NULL;
    struct pen_error err = {.text = ""};
    PEN_TRY(pen_schema_bench_read(PEN_S(""), (struct pen_str){made->text, made->len}, bench->kept,
                                  &document, &err));
    bench->files.err = &err;
    const struct pen_schema_documents documents = pen_schema_files_documents(&bench->files);
    const struct pen_schema_options options = {
        .draft = test->draft,
        .assert_format = test->assert_format,
        .assert_content = test->assert_content,
        .documents = &documents,
    };
    struct pen_schema_error error = {.sentence = ""};
    const enum pen_status status =
        pen_schema_compile(document, &options, bench->kept, &made->schema, &error);
    if (status == PEN_ERR_NOMEM) return status;
    if (status != PEN_OK) {
        made->schema = NULL;
        (void)snprintf(made->reason, sizeof(made->reason), "%.240s: %s%s%s", error.path,
                       error.sentence, err.text[0] == '\0' ? "" : ": ", err.text);
    }
    bench->files.err = NULL;
    made->is_made = true;
    return PEN_OK;
}

static enum pen_status judge(struct pen_schema_bench *bench, struct pen_str line, struct made *made,
                             char *answer, size_t room)
{
    const struct pen_json *tree = NULL;
    struct test test;
    struct pen_error err = {.text = ""};
    const enum pen_status status = pen_schema_bench_read(PEN_S(""), line, bench->work, &tree, &err);
    if (status == PEN_ERR_NOMEM) return status;
    const char *const problem = status != PEN_OK ? err.text : take(tree, &test);
    if (problem != NULL) {
        (void)snprintf(answer, room, "error %s", problem);
        return PEN_OK;
    }
    if (!is_the_same(made, line, &test)) PEN_TRY(make(bench, line, &test, made));
    if (made->schema == NULL) {
        (void)snprintf(answer, room, "error %s", made->reason);
        return PEN_OK;
    }
    uint64_t steps = pen_schema_steps(source_of(line, test.instance).len);
    const struct pen_schema_run run = {
        .arena = bench->work, .scratch = bench->scratch, .steps_left = &steps};
    bool valid = false;
    const enum pen_status verdict = pen_schema_is_valid(made->schema, test.instance, &run, &valid);
    if (verdict == PEN_ERR_NOMEM) return verdict;
    (void)snprintf(answer, room, "%s",
                   verdict != PEN_OK ? "error the work is bounded, and this is more"
                   : valid           ? "valid"
                                     : "invalid");
    return PEN_OK;
}

/* Names and URIs of a schema are in reasons, and may hold what would begin another answer. */
static void keep_on_one_line(char *answer)
{
    for (; *answer != '\0'; answer++) {
        if ((unsigned char)*answer < ' ') *answer = ' ';
    }
}

int pen_schema_batch(struct pen_schema_bench *bench, FILE *in, FILE *out)
{
    char *line = NULL;
    size_t room = 0;
    struct made made = {.text = NULL};
    int exit_status = 0;
    for (ssize_t got; exit_status == 0 && (got = getline(&line, &room, in)) >= 0;) {
        char answer[1280];
        struct pen_str text = {line, (size_t)got};
        while (text.len > 0 && pen_is_space(text.ptr[text.len - 1])) {
            text.len--;
        }
        pen_arena_reset(bench->work);
        if (judge(bench, text, &made, answer, sizeof(answer)) != PEN_OK) {
            (void)snprintf(answer, sizeof(answer), "error not enough memory");
        }
        keep_on_one_line(answer);
        if (fprintf(out, "%s\n", answer) < 0) exit_status = 2;
    }
    if (ferror(in) != 0 || fflush(out) != 0) exit_status = 2;
    if (exit_status != 0) fprintf(stderr, "penstock schema: cannot read or write\n");
    forget(bench, &made);
    free(line);
    return exit_status;
}
