/** References within a document, and the schemas in it, compiled together. */
#include "gateway/schema/openapi_reading.h"

#define HOPS_MOST 16 /* references, one leading to the next */

enum pen_status pen_openapi_no_memory(const struct pen_openapi_reading *reading)
{
    pen_error_set(reading->err, "not enough memory for %.*s", PEN_STR_ARGS(reading->file->path));
    return PEN_ERR_NOMEM;
}

enum pen_status pen_openapi_dereference(const struct pen_openapi_reading *reading,
                                        const struct pen_json *value, const struct pen_json **out)
{
    const struct pen_json *at = value;
    for (int hops = 0; hops < HOPS_MOST; hops++) {
        const struct pen_json *const ref = pen_json_member(at, PEN_S("$ref"));
        if (at->type != PEN_JSON_OBJECT) return PEN_OPENAPI_FAIL(reading, at, "expected an object");
        if (ref == NULL) {
            *out = at;
            return PEN_OK;
        }
        if (!pen_str_starts(ref->text, PEN_S("#/"))) {
            return PEN_OPENAPI_FAIL(reading, ref,
                                    "references to parts of OpenAPI lead into the same document");
        }
        const struct pen_json *const next =
            pen_json_resolve(reading->file->root, pen_str_slice(ref->text, 1, ref->text.len));
        if (next == NULL) {
            return PEN_OPENAPI_FAIL(reading, ref, "nothing is at '%.*s'", PEN_STR_ARGS(ref->text));
        }
        at = next;
    }
    return PEN_OPENAPI_FAIL(reading, value, "a reference that leads in a circle");
}

enum pen_status pen_openapi_later(struct pen_openapi_reading *reading,
                                  const struct pen_json *schema, struct pen_openapi_schema *out)
{
    char memory[2048];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    struct pen_arena *const arena = reading->files->arena;
    if (schema == NULL) return PEN_OK;

    pen_json_pointer(schema, &buf);
    if (buf.full) return PEN_OPENAPI_FAIL(reading, schema, "this schema lies too deep");
    struct pen_openapi_pending *const pending = pen_arena_calloc(arena, 1, sizeof(*pending));
    out->schema = pen_arena_calloc(arena, 1, sizeof(const struct pen_schema *));
    if (pending == NULL || out->schema == NULL
        || pen_arena_copy(arena, pen_buf_str(&buf), &pending->pointer) != PEN_OK) {
        return pen_openapi_no_memory(reading);
    }
    out->typed = (struct pen_typed){reading->file->root, schema};
    pending->schema = out->schema;
    pending->next = reading->pending;
    reading->pending = pending;
    reading->pending_count++;
    return PEN_OK;
}

enum pen_status pen_openapi_compile_pending(struct pen_openapi_reading *reading)
{
    struct pen_arena *const arena = reading->files->arena;
    const uint32_t count = reading->pending_count;
    const struct pen_schema_source source = {.file = reading->file, .annotate = reading->annotate};
    struct pen_str *const pointers = pen_arena_calloc(arena, (size_t)count + 1, sizeof(*pointers));
    const struct pen_schema **const schemas =
        pen_arena_calloc(arena, (size_t)count + 1, sizeof(*schemas));
    if (pointers == NULL || schemas == NULL) return pen_openapi_no_memory(reading);

    uint32_t i = count;
    for (const struct pen_openapi_pending *p = reading->pending; p != NULL; p = p->next) {
        pointers[--i] = p->pointer;
    }
    PEN_TRY(pen_schema_files_compile_parts(reading->files, &source, pointers, count, schemas,
                                           reading->err));
    i = count;
    for (const struct pen_openapi_pending *p = reading->pending; p != NULL; p = p->next) {
        *p->schema = schemas[--i];
    }
    return PEN_OK;
}

enum pen_status pen_openapi_lower(const struct pen_openapi_reading *reading, struct pen_str text,
                                  struct pen_str *out)
{
    char *const memory = pen_arena_bytes(reading->files->arena, text.len + 1);
    if (memory == NULL) return pen_openapi_no_memory(reading);
    for (size_t i = 0; i < text.len; i++) {
        memory[i] = pen_to_lower(text.ptr[i]);
    }
    *out = (struct pen_str){memory, text.len};
    return PEN_OK;
}
