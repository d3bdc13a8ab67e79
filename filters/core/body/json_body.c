/** application/json and +json: the names and strings of one document. */
#include "filters/core/body/body.h"

enum pen_status pen_body_add_json(struct pen_leaves *leaves, struct pen_str body,
                                  const struct pen_json **root, struct pen_json_left_out *left_out,
                                  size_t *offset)
{
    struct pen_json_error error = {0};
    const enum pen_status status =
        left_out == NULL
            ? pen_json_read(body, leaves->json, leaves->arena, root, &error)
            : pen_json_read_sparse(body, leaves->json, leaves->arena, root, left_out, &error);
    if (status == PEN_OK) return pen_leaves_add_tree(leaves, *root, NULL, 0);

    leaves->code = error.code;
    *offset = error.offset;
    return status;
}
