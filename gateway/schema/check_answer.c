/** A function's answer held against what was said of it. */
#include "gateway/schema/check.h"

#include "gateway/schema/evidence.h"

static bool is_json(struct pen_str type)
{
    const struct pen_str name = pen_str_trim(pen_str_slice(type, 0, pen_str_find(type, ';', 0)));
    return pen_str_equal_fold(name, PEN_S("application/json"))
           || pen_str_ends_fold(name, PEN_S("+json"));
}

static enum pen_status hold(struct pen_evidence *evidence, const struct pen_check_answer *check,
                            const struct pen_schema *schema)
{
    const struct pen_json *root = NULL;
    struct pen_json_error error = {0};
    const enum pen_status status =
        is_json(check->type) ? pen_json_read(check->body, NULL, check->arena, &root, &error)
                             : PEN_ERR_SYNTAX;
    if (status == PEN_ERR_NOMEM) return status;
    if (status != PEN_OK) {
        return pen_evidence_add(evidence, "schema.violation", NULL, "content", NULL);
    }
    return pen_evidence_hold(evidence, schema, root);
}

static enum pen_status hold_listed(struct pen_evidence *evidence,
                                   const struct pen_check_answer *check)
{
    const struct pen_openapi_operation *const operation = check->operation->operation;
    const struct pen_openapi_answer *const answer = pen_openapi_answer(operation, check->status);
    evidence->file = pen_openapi_file(check->operation->openapi);
    if (answer == NULL) {
        return pen_evidence_add(evidence, "schema.violation", NULL, "responses", operation->node);
    }
    if (answer->content_count == 0) return PEN_OK;
    const struct pen_openapi_content *const content =
        pen_openapi_content(answer->contents, answer->content_count, check->type);
    if (content == NULL) {
        return pen_evidence_add(evidence, "schema.violation", NULL, "content", operation->node);
    }
    if (content->schema.schema == NULL || !is_json(check->type)) return PEN_OK;
    return hold(evidence, check, *content->schema.schema);
}

const struct pen_violations *pen_check_answer(const struct pen_check_answer *check)
{
    struct pen_evidence evidence;
    enum pen_status status = PEN_OK;
    pen_evidence_begin(&evidence, check->arena, check->scratch, check->body.len, check->room);
    if (check->held != NULL) {
        evidence.file = check->held->file;
        status = hold(&evidence, check, check->held->schema);
    }
    if (status == PEN_OK && check->operation != NULL) status = hold_listed(&evidence, check);
    return pen_evidence_end(&evidence, status);
}
