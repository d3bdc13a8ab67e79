/** The usual case of each check is a few instructions; the exact one is behind it. */
#include "filters/schema/checks.h"

#include "filters/core/codec.h"
#include "filters/schema/values.h"

#define SMALL_DIGITS 18 /* of a number that surely fits into 63 bits */
#define FEW_VALUES   4  /* for which comparing is quicker than hashing */

/* An integer as integers are written, of up to 18 digits. */
static bool read_small(struct pen_str text, int64_t *out)
{
    const bool negative = text.len > 0 && text.ptr[0] == '-';
    const size_t start = negative ? 1 : 0;
    if (text.len - start > SMALL_DIGITS) return false;
    int64_t value = 0;
    for (size_t i = start; i < text.len; i++) {
        if (!pen_is_digit(text.ptr[i])) return false;
        value = value * 10 + (text.ptr[i] - '0');
    }
    *out = negative ? -value : value;
    return true;
}

static bool read_exact(struct pen_schema_work *work, struct pen_str text, struct pen_number *out)
{
    if (!pen_schema_pay(work, text.len / 8)) return false;
    if (pen_number_read(text, out) == PEN_OK) return true;
    return pen_schema_stop(work, PEN_ERR_LIMIT);
}

bool pen_value_is_integer(struct pen_schema_work *work, const struct pen_json *number)
{
    int64_t small = 0;
    if (read_small(number->text, &small)) return true;
    struct pen_number exact;
    return read_exact(work, number->text, &exact) && pen_number_is_integer(&exact);
}

bool pen_types_have(struct pen_schema_work *work, pen_types types, const struct pen_json *value)
{
    if ((types & PEN_TYPE(value->type)) == 0) return false;
    if (value->type != PEN_JSON_NUMBER || (types & PEN_TYPES_INTEGER) == 0) return true;
    return pen_value_is_integer(work, value);
}

int pen_bound_compare(struct pen_schema_work *work, const struct pen_bound *bound,
                      const struct pen_json *number)
{
    int64_t small = 0;
    if (bound->is_small && read_small(number->text, &small)) {
        return (small > bound->small) - (small < bound->small);
    }
    struct pen_number exact;
    if (!read_exact(work, number->text, &exact)) return 0;
    return pen_number_compare(&exact, &bound->exact);
}

bool pen_bound_divides(struct pen_schema_work *work, const struct pen_bound *bound,
                       const struct pen_json *number)
{
    int64_t small = 0;
    if (bound->is_small && read_small(number->text, &small)) return small % bound->small == 0;

    struct pen_number exact;
    bool divides = false;
    if (!read_exact(work, number->text, &exact)) return false;
    const enum pen_status status =
        pen_number_is_multiple(&exact, &bound->exact, &work->steps_left, &divides);
    return status == PEN_OK ? divides : pen_schema_stop(work, status);
}

bool pen_length_within(struct pen_schema_work *work, struct pen_str text, uint64_t least,
                       uint64_t most)
{
    /* A code point has one to four bytes: often the bytes decide. */
    if (text.len < least) return false;
    if (text.len <= most && text.len / 4 >= least) return true;
    if (!pen_schema_pay(work, text.len / 8)) return false;
    uint64_t points = 0;
    for (size_t i = 0; i < text.len; i++) {
        points += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
    }
    return points >= least && points <= most;
}

bool pen_pattern_holds(struct pen_schema_work *work, const struct pen_expression *pattern,
                       struct pen_str text)
{
    bool matches = false;
    const enum pen_status status =
        pen_expression_matches(pattern, text, work->scratch, &work->steps_left, &matches);
    return status == PEN_OK ? matches : pen_schema_stop(work, status);
}

static bool is_among_few(struct pen_schema_work *work, const struct pen_enum *list,
                         const struct pen_json *value)
{
    for (uint32_t i = 0; i < list->other_count; i++) {
        if (pen_values_equal(work, list->others[i], value)) return true;
        if (work->status != PEN_OK) return false;
    }
    return false;
}

bool pen_enum_has(struct pen_schema_work *work, const struct pen_enum *list,
                  const struct pen_json *value)
{
    if ((list->types & PEN_TYPE(value->type)) == 0) return false;
    if (value->type < PEN_JSON_NUMBER) return true;
    if (value->type == PEN_JSON_STRING) {
        return pen_names_find(&list->strings, value->text) != PEN_NONE;
    }
    if (list->other_count <= FEW_VALUES) return is_among_few(work, list, value);

    const uint64_t hash = pen_values_hash(work, value);
    if (work->status != PEN_OK) return false;
    uint32_t low = 0;
    uint32_t high = list->other_count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (list->hashes[middle] < hash) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < list->other_count && list->hashes[low] == hash; low++) {
        if (pen_values_equal(work, list->others[low], value)) return true;
        if (work->status != PEN_OK) return false;
    }
    return false;
}

bool pen_content_fits(struct pen_schema_work *work, struct pen_content content, struct pen_str text)
{
    if (!pen_schema_pay(work, text.len)) return false;
    if (content.base64) {
        const enum pen_status status = pen_codec_base64(text, work->arena, &text);
        if (status == PEN_ERR_NOMEM) return pen_schema_stop(work, status);
        if (status != PEN_OK) return false;
    }
    if (!content.json) return true;
    const struct pen_json *root = NULL;
    const struct pen_json_limits limits = {.any_number = true};
    const enum pen_status status = pen_json_read(text, &limits, work->arena, &root, NULL);
    if (status == PEN_ERR_NOMEM || status == PEN_ERR_LIMIT) return pen_schema_stop(work, status);
    return status == PEN_OK;
}
